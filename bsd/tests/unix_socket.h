/* unix_socket.h: what the tests of Unix sockets have in common. */
#ifndef UNIX_SOCKET_H
#define UNIX_SOCKET_H

#include "fixture.h"

#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    PATH_AT = offsetof(struct sockaddr_un, sun_path)
};

/* The address of a path, with its zero byte. */
static inline struct address path_address(const char *path)
{
    struct address address;
    struct sockaddr_un *un = (struct sockaddr_un *)&address.storage;
    memset(&address, 0, sizeof address);
    un->sun_family = AF_UNIX;
    strcpy(un->sun_path, path);
    address.length = (socklen_t)(PATH_AT + strlen(path) + 1);
    return address;
}

/* The address of `size` bytes, whatever they are. */
static inline struct address bytes_address(const void *bytes, size_t size)
{
    struct address address;
    struct sockaddr_un *un = (struct sockaddr_un *)&address.storage;
    memset(&address, 0, sizeof address);
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, bytes, size);
    address.length = (socklen_t)(PATH_AT + size);
    return address;
}

static inline const char *path_in(const struct address *address)
{
    return ((const struct sockaddr_un *)&address->storage)->sun_path;
}

static inline int bind_to(int fd, const char *path)
{
    struct address address = path_address(path);
    return bind(fd, as_sockaddr(&address), address.length);
}

static inline int connect_path(int fd, const char *path)
{
    struct address address = path_address(path);
    return connect(fd, as_sockaddr(&address), address.length);
}

static inline int unix_socket(int type)
{
    return keep(socket(AF_UNIX, type, 0));
}

static inline int bound_at(int type, const char *path)
{
    int fd = unix_socket(type);
    assert_call(bind_to(fd, path), 0);
    return fd;
}

static inline int listening_at(int type, const char *path, int backlog)
{
    int fd = bound_at(type, path);
    assert_call(listen(fd, backlog), 0);
    return fd;
}

static inline int connected_to(int type, const char *path)
{
    int fd = unix_socket(type);
    assert_call(connect_path(fd, path), 0);
    return fd;
}

/* A client and what was accepted of it. */
static inline struct ends accepted(int type)
{
    struct ends ends;
    const char *path = temporary_path();
    int listener = listening_at(type, path, 4);
    ends.client = connected_to(type, path);
    ends.server = keep(accept(listener, NULL, NULL));
    close_kept(listener);
    return ends;
}

static inline struct ends pair_of(int type)
{
    int fds[2] = {-1, -1};
    assert_call(socketpair(AF_UNIX, type, 0, fds), 0);
    struct ends ends = {keep(fds[0]), keep(fds[1])};
    return ends;
}

static inline void assert_received(int fd, const char *text)
{
    char buffer[256];
    memset(buffer, 0, sizeof buffer);
    assert_call(recv(fd, buffer, sizeof buffer, 0), strlen(text));
    assert_memory_equal(buffer, text, strlen(text));
}

static inline void send_text(int fd, const char *text)
{
    assert_call(send(fd, text, strlen(text), 0), strlen(text));
}

static inline void assert_named(const struct address *address, const char *path)
{
    assert_int_equal(address->storage.ss_family, AF_UNIX);
    assert_int_equal(address->length, PATH_AT + strlen(path) + 1);
    assert_string_equal(path_in(address), path);
}

static inline void assert_unnamed(const struct address *address)
{
    assert_int_equal(address->length, PATH_AT);
    assert_int_equal(address->storage.ss_family, AF_UNIX);
}

#endif
