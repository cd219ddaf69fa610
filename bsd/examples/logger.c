/* logger: sends one message to a syslogd.
 *
 *     logger [-n host -p port | -s path] [-P priority] text... */
#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_udp(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *list;
    int fd = -1;
    int error = getaddrinfo(host, port, &hints, &list);
    if (error != 0)
        errx(1, "%s port %s: %s", host, port, gai_strerror(error));
    for (struct addrinfo *each = list; each != NULL && fd < 0;
         each = each->ai_next) {
        fd = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (fd >= 0 && connect(fd, each->ai_addr, each->ai_addrlen) < 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (fd < 0)
        err(1, "%s port %s", host, port);
    return fd;
}

static int connect_unix(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (strlen(path) >= sizeof name.sun_path)
        errx(2, "too long: %s", path);
    strcpy(name.sun_path, path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof name) < 0)
        err(1, "%s", path);
    return fd;
}

int main(int argc, char **argv)
{
    const char *host = "127.0.0.1";
    const char *port = "514";
    const char *path = NULL;
    int priority = 13;
    int option;
    char message[1024];
    while ((option = getopt(argc, argv, "n:p:s:P:")) != -1) {
        switch (option) {
        case 'n':
            host = optarg;
            break;
        case 'p':
            port = optarg;
            break;
        case 's':
            path = optarg;
            break;
        case 'P':
            priority = atoi(optarg);
            break;
        default:
            return 2;
        }
    }
    int fd = path != NULL ? connect_unix(path) : connect_udp(host, port);
    int length = snprintf(message, sizeof message, "<%d>", priority);
    for (; optind < argc && (size_t)length < sizeof message; optind++)
        length += snprintf(message + length, sizeof message - (size_t)length,
                           "%s%s", argv[optind], optind + 1 < argc ? " " : "");
    if ((size_t)length >= sizeof message)
        errx(2, "too long");
    if (send(fd, message, (size_t)length, 0) != length)
        err(1, "send");
    return 0;
}
