/* httpd: serves the files of one folder by HTTP/1.0 and 1.1, with a fixed number of
 * threads that all accept from one listener.
 *
 *     httpd [-p port] [-t threads] folder
 *
 * It tells "httpd <port>".  SIGTERM and SIGINT end it. */
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define PATH_SIZE 1024

static const char *folder;
static int listener;

struct request {
    char method[8];
    char path[PATH_SIZE];
    int stays; /* the connection is for more than this one */
};

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".png", "image/png"},
    {".css", "text/css"},
};

static const char *type_of(const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t ending = strlen(types[i].ending);
        if (length > ending &&
            strcmp(path + length - ending, types[i].ending) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

/* "%41" is "A"; false for what is cut short or makes a zero byte. */
static int decode(char *text)
{
    char *to = text;
    for (; *text != '\0'; text++) {
        if (*text == '%') {
            char digits[3] = {text[1], text[1] != '\0' ? text[2] : '\0', '\0'};
            if (!isxdigit((unsigned char)digits[0]) ||
                !isxdigit((unsigned char)digits[1]) ||
                strcmp(digits, "00") == 0)
                return 0;
            *text = (char)strtol(digits, NULL, 16);
            memmove(text + 1, text + 3, strlen(text + 3) + 1);
        }
        *to++ = *text;
    }
    *to = '\0';
    return 1;
}

/* No step up, and nothing that a file system may read in its own way. */
static int is_harmless(const char *path)
{
    if (path[0] != '/' || strpbrk(path, "\\:") != NULL)
        return 0;
    for (const char *part = path; part != NULL; part = strchr(part + 1, '/')) {
        if (part[1] == '.')
            return 0;
    }
    return 1;
}

static void answer_shortly(FILE *out, const struct request *request,
                           const char *status)
{
    fprintf(out,
            "HTTP/1.1 %s\r\nContent-Type: text/plain\r\n"
            "Content-Length: %zu\r\nConnection: %s\r\n\r\n%s\n",
            status, strlen(status) + 1, request->stays ? "keep-alive" : "close",
            strcmp(request->method, "HEAD") == 0 ? "" : status);
    fflush(out);
}

/* The head is buffered and the file is not, so the first has to be out before. */
static int answer_with(FILE *out, const struct request *request,
                       const char *path, int file, off_t size)
{
    off_t offset = 0;
    fprintf(out,
            "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %lld\r\n"
            "Connection: %s\r\n\r\n",
            type_of(path), (long long)size,
            request->stays ? "keep-alive" : "close");
    if (fflush(out) != 0)
        return 0;
    while (strcmp(request->method, "GET") == 0 && offset < size) {
        if (sendfile(fileno(out), file, &offset, (size_t)(size - offset)) <= 0)
            return 0;
    }
    return 1;
}

static int answer(FILE *out, struct request *request)
{
    char path[2 * PATH_SIZE];
    struct stat status;
    int file = -1;
    if (strcmp(request->method, "GET") != 0 &&
        strcmp(request->method, "HEAD") != 0) {
        answer_shortly(out, request, "501 Not Implemented");
        return 1;
    }
    if (!decode(request->path) || !is_harmless(request->path)) {
        answer_shortly(out, request, "400 Bad Request");
        return 1;
    }
    snprintf(path, sizeof path, "%s%s%s", folder, request->path,
             request->path[strlen(request->path) - 1] == '/' ? "index.html"
                                                             : "");
    file = open(path, O_RDONLY | O_CLOEXEC);
    int result = 1;
    if (file < 0 || fstat(file, &status) < 0 || !S_ISREG(status.st_mode))
        answer_shortly(out, request, "404 Not Found");
    else
        result = answer_with(out, request, path, file, status.st_size);
    if (file >= 0)
        close(file);
    return result;
}

/* Reads up to the empty line.  False at the end, and for what is no request. */
static int read_request(FILE *in, struct request *request)
{
    char line[PATH_SIZE + 64];
    int minor;
    if (fgets(line, sizeof line, in) == NULL ||
        sscanf(line, "%7s %1023s HTTP/1.%d", request->method, request->path,
               &minor) != 3)
        return 0;
    request->stays = minor >= 1;
    while (fgets(line, sizeof line, in) != NULL) {
        if (strcmp(line, "\r\n") == 0 || strcmp(line, "\n") == 0)
            return 1;
        if (strncasecmp(line, "Connection: close", 17) == 0)
            request->stays = 0;
    }
    return 0;
}

/* One stream for each way, as one alone may not be read and written in turn. */
static void serve(int fd)
{
    struct timeval patience = {.tv_sec = 10};
    struct request request;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int other = dup(fd);
    FILE *in = fdopen(fd, "r");
    FILE *out = other < 0 ? NULL : fdopen(other, "w");
    while (in != NULL && out != NULL && read_request(in, &request) &&
           answer(out, &request) && request.stays)
        continue;
    if (out != NULL)
        fclose(out);
    if (in != NULL)
        fclose(in);
}

static void *serve_all(void *nothing)
{
    (void)nothing;
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0)
            serve(fd);
        else if (errno == EINVAL || errno == EBADF)
            return NULL;
        else if (errno != EINTR && errno != ECONNABORTED)
            warn("accept");
    }
}

static void end(int number)
{
    (void)number;
    _exit(0);
}

static void open_listener(int port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof name;
    int on = 1;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0)
        err(1, "socket");
    name.sin_port = htons((uint16_t)port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) < 0 ||
        listen(listener, 128) < 0 ||
        getsockname(listener, (struct sockaddr *)&name, &length) < 0)
        err(1, "port %d", port);
    printf("httpd %d\n", ntohs(name.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int port = 0;
    int threads = 4;
    int option;
    struct sigaction action = {.sa_handler = end};
    while ((option = getopt(argc, argv, "p:t:")) != -1) {
        if (option == 'p')
            port = atoi(optarg);
        else if (option == 't')
            threads = atoi(optarg);
        else
            return 2;
    }
    if (optind + 1 != argc)
        errx(2, "usage: httpd [-p port] [-t threads] folder");
    folder = argv[optind];
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    open_listener(port);
    for (int i = 1; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve_all, NULL) != 0)
            errx(1, "no more threads");
        pthread_detach(thread);
    }
    serve_all(NULL);
}
