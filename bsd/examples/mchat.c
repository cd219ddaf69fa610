/* mchat: a chat by multicast: what is typed goes to the group, what comes from the
 * group is shown, with who said it.
 *
 *     mchat [-i interface-address] [-t hops] group port name
 *     mchat 239.255.42.7 5007 alice
 *
 * The end of the input is the end of the chat. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in group = {.sin_family = AF_INET};
static const char *name;

/* Several of them on one machine share the port. */
static int open_socket(struct in_addr interface, unsigned char hops)
{
    struct ip_mreq membership = {group.sin_addr, interface};
    unsigned char loop = 1;
    int on = 1;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        err(1, "socket");
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&group, sizeof group) < 0)
        err(1, "bind");
    if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership,
                   sizeof membership) < 0)
        err(1, "cannot join %s", inet_ntoa(group.sin_addr));
    if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface,
                   sizeof interface) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &loop, sizeof loop) < 0)
        err(1, "setsockopt");
    return fd;
}

static void say(int fd, const char *text)
{
    char message[1024];
    int length = snprintf(message, sizeof message, "%s: %s", name, text);
    if (length > 0 && sendto(fd, message, strnlen(message, sizeof message), 0,
                             (struct sockaddr *)&group, sizeof group) < 0)
        warn("sendto");
}

/* Lines; what is longer than the room goes in pieces.  False at the end. */
static int say_what_is_typed(int fd)
{
    static char line[512];
    static size_t length;
    ssize_t size = read(STDIN_FILENO, line + length, sizeof line - 1 - length);
    if (size < 0)
        return errno == EINTR || errno == EAGAIN;
    length += (size_t)size;
    line[length] = '\0';
    char *begin = line;
    for (char *end; (end = strchr(begin, '\n')) != NULL; begin = end + 1) {
        *end = '\0';
        say(fd, begin);
    }
    length -= (size_t)(begin - line);
    memmove(line, begin, length);
    if (length > 0 && (size == 0 || length == sizeof line - 1)) {
        line[length] = '\0';
        say(fd, line);
        length = 0;
    }
    return size > 0;
}

static void show(int fd)
{
    char message[1024];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t size = recvfrom(fd, message, sizeof message, 0,
                            (struct sockaddr *)&from, &length);
    if (size < 0)
        return;
    for (ssize_t i = 0; i < size; i++) {
        if ((unsigned char)message[i] < 32)
            message[i] = '?';
    }
    printf("[%s] %.*s\n", inet_ntoa(from.sin_addr), (int)size, message);
    fflush(stdout);
}

static void chat(int fd)
{
    struct pollfd entries[2] = {
        {.fd = fd, .events = POLLIN},
        {.fd = STDIN_FILENO, .events = POLLIN},
    };
    for (;;) {
        if (poll(entries, 2, -1) < 0 && errno != EINTR)
            err(1, "poll");
        if ((entries[0].revents & POLLIN) != 0)
            show(fd);
        else if ((entries[1].revents & (POLLIN | POLLHUP)) != 0 &&
                 !say_what_is_typed(fd))
            return;
    }
}

int main(int argc, char **argv)
{
    struct in_addr interface = {.s_addr = htonl(INADDR_ANY)};
    int hops = 1;
    int option;
    while ((option = getopt(argc, argv, "i:t:")) != -1) {
        if (option == 'i' && inet_aton(optarg, &interface))
            continue;
        if (option != 't')
            errx(2, "not an address: %s", optarg);
        hops = atoi(optarg);
    }
    if (optind + 3 != argc)
        errx(2,
             "usage: mchat [-i interface-address] [-t hops] group port name");
    if (!inet_aton(argv[optind], &group.sin_addr) ||
        !IN_MULTICAST(ntohl(group.sin_addr.s_addr)))
        errx(2, "not a group: %s", argv[optind]);
    group.sin_port = htons((uint16_t)atoi(argv[optind + 1]));
    name = argv[optind + 2];
    int fd = open_socket(interface, (unsigned char)hops);
    printf("chatting as %s\n", name);
    fflush(stdout);
    chat(fd);
    close(fd);
    return 0;
}
