/* proxy: passes connections on to another address, all in one thread on epoll.
 *
 *     proxy port target-host target-port
 *
 * It tells the port that it serves, which for 0 the system chooses.  Each direction
 * ends by itself: what one side has ended, the other is told. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 16384

/* One side of a connection: its socket, and what was read from it and is not sent
 * to the other side yet. */
struct side {
    int fd;
    struct side *other;
    int ended;      /* nothing more will be read from it */
    int told;       /* the other side was told so */
    uint32_t asked; /* what epoll was asked for */
    size_t begin, end;
    char data[ROOM];
};

static int set;
static struct addrinfo *target;
static struct side *dead; /* closed in this round: events may name them still */

static void ask(struct side *side, uint32_t events, int how)
{
    struct epoll_event event = {.events = events, .data = {.ptr = side}};
    if (how == EPOLL_CTL_MOD && side->asked == events)
        return;
    if (epoll_ctl(set, how, side->fd, &event) < 0)
        err(1, "epoll_ctl");
    side->asked = events;
}

/* Read while there is room, write while there is something. */
static void ask_for_what_is_possible(struct side *side)
{
    uint32_t events = 0;
    if (!side->ended && side->end < ROOM)
        events |= EPOLLIN;
    if (side->other->begin < side->other->end)
        events |= EPOLLOUT;
    ask(side, events, EPOLL_CTL_MOD);
}

static void bury(struct side *side)
{
    struct side *sides[2] = {side, side->other};
    for (int i = 0; i < 2; i++) {
        close(sides[i]->fd);
        sides[i]->fd = -1;
    }
    side->other->other = dead;
    dead = side;
}

static void free_the_dead(void)
{
    while (dead != NULL) {
        struct side *side = dead;
        struct side *other = side->other;
        dead = other->other;
        free(other);
        free(side);
    }
}

/* False when the connection is over. */
static int take(struct side *side)
{
    ssize_t size = read(side->fd, side->data + side->end, ROOM - side->end);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR;
    side->end += (size_t)size;
    side->ended = size == 0;
    return 1;
}

static int give(struct side *from)
{
    ssize_t size = send(from->other->fd, from->data + from->begin,
                        from->end - from->begin, MSG_NOSIGNAL);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR;
    from->begin += (size_t)size;
    if (from->begin == from->end)
        from->begin = from->end = 0;
    return 1;
}

/* Tells the other side of the end when all was sent; false when both have ended. */
static int end(struct side *side)
{
    if (side->ended && !side->told && side->begin == side->end) {
        shutdown(side->other->fd, SHUT_WR);
        side->told = 1;
    }
    return !(side->told && side->other->told);
}

static void pass(struct side *side, uint32_t events)
{
    struct side *other = side->other;
    int goes_on = (events & EPOLLERR) == 0;
    if (goes_on && (events & (EPOLLIN | EPOLLHUP)) != 0 && !side->ended &&
        side->end < ROOM)
        goes_on = take(side);
    if (goes_on && side->begin < side->end)
        goes_on = give(side);
    if (goes_on && other->begin < other->end && (events & EPOLLOUT) != 0)
        goes_on = give(other);
    if (!goes_on || !end(side) || !end(other)) {
        bury(side);
        return;
    }
    ask_for_what_is_possible(side);
    ask_for_what_is_possible(other);
}

static struct side *new_side(int fd)
{
    int on = 1;
    struct side *side = calloc(1, sizeof *side);
    if (side == NULL)
        err(1, NULL);
    side->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return side;
}

static void accept_one(int listener)
{
    int in = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (in < 0)
        return;
    int out = socket(target->ai_family,
                     target->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (out < 0 || (connect(out, target->ai_addr, target->ai_addrlen) < 0 &&
                    errno != EINPROGRESS)) {
        warn("connect");
        if (out >= 0)
            close(out);
        close(in);
        return;
    }
    struct side *client = new_side(in);
    struct side *server = new_side(out);
    client->other = server;
    server->other = client;
    ask(client, EPOLLIN, EPOLL_CTL_ADD);
    ask(server, EPOLLIN, EPOLL_CTL_ADD);
}

static int open_listener(const char *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof name;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        err(1, "socket");
    name.sin_port = htons((uint16_t)atoi(port));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&name, sizeof name) < 0 ||
        listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        err(1, "port %s", port);
    printf("proxy %s %d\n", inet_ntoa(name.sin_addr), ntohs(name.sin_port));
    fflush(stdout);
    return fd;
}

static void find_target(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    int error = getaddrinfo(host, port, &hints, &target);
    if (error != 0)
        errx(1, "%s port %s: %s", host, port, gai_strerror(error));
}

static void loop(int listener)
{
    struct epoll_event events[64];
    for (;;) {
        int count = epoll_wait(set, events, 64, -1);
        if (count < 0 && errno != EINTR)
            err(1, "epoll_wait");
        for (int i = 0; i < count; i++) {
            struct side *side = events[i].data.ptr;
            if (side == NULL)
                accept_one(listener);
            else if (side->fd >= 0)
                pass(side, events[i].events);
        }
        free_the_dead();
    }
}

int main(int argc, char **argv)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (argc != 4)
        errx(2, "usage: proxy port target-host target-port");
    signal(SIGPIPE, SIG_IGN);
    find_target(argv[2], argv[3]);
    set = epoll_create1(EPOLL_CLOEXEC);
    if (set < 0)
        err(1, "epoll_create1");
    int listener = open_listener(argv[1]);
    if (epoll_ctl(set, EPOLL_CTL_ADD, listener, &event) < 0)
        err(1, "epoll_ctl");
    loop(listener);
}
