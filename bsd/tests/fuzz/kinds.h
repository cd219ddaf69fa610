/* kinds.h: a descriptor of every kind, in every state that it can have. */
#ifndef KINDS_H
#define KINDS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

struct kind {
    const char *name;
    int (*make)(void);
};

extern const struct kind kinds[];
extern const size_t kind_count;

/* Makes one that never waits.  What else it needs lives until lose_helpers(). */
int make_kind(const struct kind *kind);
void lose_helpers(void);

/* An address of any family. */
union any_address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_storage storage;
};

/* Loopback with `port` in host order; the length is told. */
socklen_t loopback(union any_address *address, int family, int port);

/* A Unix socket's path that is removed by lose_helpers(). */
socklen_t fresh_path(union any_address *address);

/* Where nobody is: Internet ports nobody has, or a path that is not there. */
socklen_t deserted(union any_address *address, int family, int type);

/* Waits until one of `events` is true of `fd`, half a second at most. */
bool settle(int fd, int events);

#endif
