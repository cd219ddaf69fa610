/* syslogd: collects messages from UDP and from a Unix socket (RFC 3164) and writes
 * them on its output, a line each: from whom, the facility and level, the text.
 *
 *     syslogd [-p port] [-s path]
 *
 * It tells "udp <port>" and "unix <path>" first. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const levels[] = {"emerg",   "alert",  "crit", "err",
                                     "warning", "notice", "info", "debug"};
static const char *const facilities[] = {
    "kern",   "user",   "mail",   "daemon", "auth",     "syslog",
    "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
    "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
    "local2", "local3", "local4", "local5", "local6",   "local7"};

/* Messages come from anybody: what is no text is not written as it is. */
static void print_text(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 32 || byte == 127)
            printf("\\%03o", byte);
        else
            putchar(byte);
    }
    putchar('\n');
}

/* "<13>text"; without a priority it is user.notice. */
static void print_message(const char *from, const char *message)
{
    unsigned long priority = 13;
    char *rest;
    if (message[0] == '<') {
        priority = strtoul(message + 1, &rest, 10);
        if (*rest == '>' && rest > message + 1 && priority < 24 * 8)
            message = rest + 1;
        else
            priority = 13;
    }
    printf("%s %s.%s ", from, facilities[priority / 8], levels[priority % 8]);
    print_text(message);
    fflush(stdout);
}

static int open_udp(const char *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof name;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        err(1, "socket");
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons((uint16_t)atoi(port));
    if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0 ||
        getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        err(1, "port %s", port);
    printf("udp %d\n", ntohs(name.sin_port));
    return fd;
}

static int open_unix(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0)
        err(1, "socket");
    if (strlen(path) >= sizeof name.sun_path)
        errx(2, "too long: %s", path);
    strcpy(name.sun_path, path);
    unlink(path);
    if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0)
        err(1, "%s", path);
    printf("unix %s\n", path);
    return fd;
}

static void take_message(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_un un;
    } peer;
    socklen_t length = sizeof peer;
    char message[2048];
    char from[NI_MAXHOST] = "local";
    ssize_t size =
        recvfrom(fd, message, sizeof message - 1, 0, &peer.any, &length);
    if (size < 0) {
        if (errno != EINTR)
            warn("recvfrom");
        return;
    }
    while (size > 0 && (message[size - 1] == '\n' || message[size - 1] == '\0'))
        size--;
    message[size] = '\0';
    if (length >= sizeof peer.in && peer.any.sa_family == AF_INET)
        getnameinfo(&peer.any, length, from, sizeof from, NULL, 0,
                    NI_NUMERICHOST);
    print_message(from, message);
}

int main(int argc, char **argv)
{
    const char *port = "0";
    const char *path = NULL;
    struct pollfd entries[2];
    nfds_t count = 1;
    int option;
    while ((option = getopt(argc, argv, "p:s:")) != -1) {
        if (option == 'p')
            port = optarg;
        else if (option == 's')
            path = optarg;
        else
            return 2;
    }
    entries[0] = (struct pollfd){.fd = open_udp(port), .events = POLLIN};
    if (path != NULL)
        entries[count++] = (struct pollfd){open_unix(path), POLLIN, 0};
    fflush(stdout);
    for (;;) {
        if (poll(entries, count, -1) < 0 && errno != EINTR)
            err(1, "poll");
        for (nfds_t i = 0; i < count; i++) {
            if ((entries[i].revents & POLLIN) != 0)
                take_message(entries[i].fd);
        }
    }
}
