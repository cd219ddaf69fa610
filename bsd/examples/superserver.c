/* superserver: the small services of RFC 862 to 868 in one process, waiting in one
 * select(), as inetd has them inside.
 *
 *     superserver [-a address] service/protocol[:port]...
 *     superserver echo/tcp:7007 echo/udp:7007 daytime/tcp
 *
 * Without a port the system chooses one.  Each socket is told on a line of its own:
 * "echo/tcp 127.0.0.1 7007". */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct service {
    const char *name;
    /* What a connection gets at once, and what comes of what it sends: how much of
     * `data` is to be sent back. */
    size_t (*greet)(char *data, size_t size);
    int answers;
    int stays; /* until the peer ends it */
};

static size_t greet_with_date(char *data, size_t size)
{
    time_t now = time(NULL);
    return strftime(data, size, "%c\r\n", localtime(&now));
}

/* Seconds since 1900 (RFC 868). */
static size_t greet_with_time(char *data, size_t size)
{
    uint32_t seconds = htonl((uint32_t)((uint64_t)time(NULL) + 2208988800u));
    if (size < sizeof seconds)
        return 0;
    memcpy(data, &seconds, sizeof seconds);
    return sizeof seconds;
}

static const struct service services[] = {
    {"echo", NULL, 1, 1},
    {"discard", NULL, 0, 1},
    {"daytime", greet_with_date, 0, 0},
    {"time", greet_with_time, 0, 0},
};

enum role {
    LISTENER,
    DATAGRAMS,
    CONNECTION
};

/* By descriptor. */
static struct {
    const struct service *service;
    enum role role;
} served[FD_SETSIZE];
static fd_set all;
static int highest = -1;

static void serve(int fd, const struct service *service, enum role role)
{
    served[fd].service = service;
    served[fd].role = role;
    FD_SET(fd, &all);
    if (fd > highest)
        highest = fd;
}

static void stop_serving(int fd)
{
    FD_CLR(fd, &all);
    close(fd);
}

static const struct service *find_service(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        if (strlen(services[i].name) == length &&
            strncmp(services[i].name, name, length) == 0)
            return &services[i];
    }
    errx(2, "no such service: %.*s", (int)length, name);
}

static void tell(int fd, const char *what, int length)
{
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &size) < 0)
        err(1, "getsockname");
    printf("%.*s %s %d\n", length, what, inet_ntoa(name.sin_addr),
           ntohs(name.sin_port));
    fflush(stdout);
}

static int open_socket(int type, const char *address, const char *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    int on = 1;
    int fd = socket(AF_INET, type, 0);
    if (fd < 0 || fd >= FD_SETSIZE)
        err(1, "socket");
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1)
        errx(2, "not an address: %s", address);
    name.sin_port = htons((uint16_t)atoi(port));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0)
        err(1, "bind to %s port %s", address, port);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

/* "echo/tcp:7007" */
static void begin(const char *address, const char *what)
{
    const char *slash = strchr(what, '/');
    const char *colon = strchr(what, ':');
    if (slash == NULL)
        errx(2, "a service is name/tcp or name/udp: %s", what);
    const struct service *service = find_service(what, (size_t)(slash - what));
    int is_stream = strncmp(slash, "/tcp", 4) == 0;
    int fd = open_socket(is_stream ? SOCK_STREAM : SOCK_DGRAM, address,
                         colon == NULL ? "0" : colon + 1);
    if (is_stream && listen(fd, 16) < 0)
        err(1, "listen");
    serve(fd, service, is_stream ? LISTENER : DATAGRAMS);
    tell(fd, what, colon == NULL ? (int)strlen(what) : (int)(colon - what));
}

static void accept_one(int listener)
{
    const struct service *service = served[listener].service;
    char data[128];
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return;
    if (fd >= FD_SETSIZE) {
        close(fd);
        return;
    }
    if (service->greet != NULL &&
        write(fd, data, service->greet(data, sizeof data)) < 0)
        warn("%s", service->name);
    if (service->stays)
        serve(fd, service, CONNECTION);
    else
        close(fd);
}

static void serve_connection(int fd)
{
    char data[4096];
    ssize_t size = read(fd, data, sizeof data);
    if (size < 0 && errno == EINTR)
        return;
    if (size <= 0 ||
        (served[fd].service->answers && write(fd, data, (size_t)size) != size))
        stop_serving(fd);
}

static void serve_datagram(int fd)
{
    const struct service *service = served[fd].service;
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    char data[65536];
    ssize_t size =
        recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&peer, &length);
    if (size < 0)
        return;
    if (service->greet != NULL)
        size = (ssize_t)service->greet(data, sizeof data);
    else if (!service->answers)
        return;
    sendto(fd, data, (size_t)size, 0, (struct sockaddr *)&peer, length);
}

static void serve_what_is_ready(int fd)
{
    switch (served[fd].role) {
    case LISTENER:
        accept_one(fd);
        break;
    case DATAGRAMS:
        serve_datagram(fd);
        break;
    default:
        serve_connection(fd);
        break;
    }
}

static void loop(void)
{
    for (;;) {
        fd_set ready = all;
        int count = select(highest + 1, &ready, NULL, NULL, NULL);
        if (count < 0 && errno != EINTR)
            err(1, "select");
        for (int fd = 0; fd <= highest && count > 0; fd++) {
            if (FD_ISSET(fd, &ready)) {
                count--;
                serve_what_is_ready(fd);
            }
        }
    }
}

int main(int argc, char **argv)
{
    const char *address = "127.0.0.1";
    int option;
    while ((option = getopt(argc, argv, "a:")) != -1) {
        if (option != 'a')
            return 2;
        address = optarg;
    }
    if (optind == argc)
        errx(2, "usage: superserver [-a address] service/protocol[:port]...");
    signal(SIGPIPE, SIG_IGN);
    FD_ZERO(&all);
    while (optind < argc)
        begin(address, argv[optind++]);
    loop();
}
