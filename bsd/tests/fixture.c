/* fixture.c: see fixture.h. */
#include "fixture.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEPT_MAX 4096
#define PATHS_MAX 16

static int kept[KEPT_MAX];
static size_t kept_count;
static char paths[PATHS_MAX][64];
static size_t path_count;

/* --- Results -------------------------------------------------------------- */

void check_call(long long result, long long expected, const char *call,
                const char *file, int line)
{
    if (result == expected)
        return;
    print_error("%s returned %lld (errno %d: %s), not %lld\n", call, result,
                errno, strerror(errno), expected);
    _fail(file, line);
}

void check_fails_either(long long result, int first, int second,
                        const char *call, const char *file, int line)
{
    int number = errno;
    if (result == -1 && (number == first || number == second))
        return;
    print_error("%s returned %lld with errno %d (%s), not -1 with %d (%s)\n",
                call, result, number, strerror(number), first, strerror(first));
    _fail(file, line);
}

void check_fails(long long result, int number, const char *call,
                 const char *file, int line)
{
    check_fails_either(result, number, number, call, file, line);
}

/* --- Descriptors ---------------------------------------------------------- */

int keep_at(int fd, const char *what, const char *file, int line)
{
    if (fd < 0) {
        print_error("%s: errno %d (%s)\n", what, errno, strerror(errno));
        _fail(file, line);
    }
    assert_true(kept_count < KEPT_MAX);
    kept[kept_count++] = fd;
    return fd;
}

int let_go(int fd)
{
    for (size_t i = 0; i < kept_count; i++) {
        if (kept[i] == fd) {
            kept[i] = kept[--kept_count];
            break;
        }
    }
    return fd;
}

void close_kept(int fd)
{
    assert_call(close(let_go(fd)), 0);
}

int closed_descriptor(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_call(close(fd), 0);
    return fd;
}

const char *temporary_path(void)
{
    static unsigned number;
    assert_true(path_count < PATHS_MAX);
    char *path = paths[path_count++];
    snprintf(path, sizeof paths[0], "bsd-test-%d-%u.tmp", (int)getpid(),
             number++);
    unlink(path);
    return path;
}

int temporary_file(void)
{
    return keep(open(temporary_path(), O_RDWR | O_CREAT | O_EXCL, 0600));
}

static void change_flag(int fd, int flag, int on)
{
    int flags = fcntl(fd, F_GETFL);
    assert_true(flags >= 0);
    assert_call(fcntl(fd, F_SETFL, on ? flags | flag : flags & ~flag), 0);
}

void set_nonblocking(int fd)
{
    change_flag(fd, O_NONBLOCK, 1);
}

void set_blocking(int fd)
{
    change_flag(fd, O_NONBLOCK, 0);
}

/* --- Sockets -------------------------------------------------------------- */

struct sockaddr *as_sockaddr(struct address *address)
{
    return (struct sockaddr *)&address->storage;
}

struct address loopback(int family, uint16_t port)
{
    struct address address;
    memset(&address, 0, sizeof address);
    if (family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)&address.storage;
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.length = sizeof *in;
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address.storage;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        in6->sin6_addr = in6addr_loopback;
        address.length = sizeof *in6;
    }
    return address;
}

/* The port stands at the same place in both families. */
uint16_t port_of(const struct address *address)
{
    return ntohs(((const struct sockaddr_in *)&address->storage)->sin_port);
}

struct address name_of(int fd)
{
    struct address address;
    memset(&address, 0, sizeof address);
    address.length = sizeof address.storage;
    assert_call(getsockname(fd, as_sockaddr(&address), &address.length), 0);
    return address;
}

struct address peer_of(int fd)
{
    struct address address;
    memset(&address, 0, sizeof address);
    address.length = sizeof address.storage;
    assert_call(getpeername(fd, as_sockaddr(&address), &address.length), 0);
    return address;
}

int bound(int family, int type)
{
    int fd = keep(socket(family, type, 0));
    struct address address = loopback(family, 0);
    assert_call(bind(fd, as_sockaddr(&address), address.length), 0);
    return fd;
}

int listening(int family)
{
    int fd = bound(family, SOCK_STREAM);
    assert_call(listen(fd, 16), 0);
    return fd;
}

/* Bound and not listening: connecting there is refused, and nobody else gets it. */
struct address deserted(int family, int type)
{
    return name_of(bound(family, type));
}

static void connect_to(int fd, struct address address)
{
    assert_call(connect(fd, as_sockaddr(&address), address.length), 0);
}

struct ends stream(int family)
{
    struct ends ends;
    int listener = listening(family);
    ends.client = keep(socket(family, SOCK_STREAM, 0));
    connect_to(ends.client, name_of(listener));
    ends.server = keep(accept(listener, NULL, NULL));
    close_kept(listener);
    return ends;
}

struct ends datagrams(int family)
{
    struct ends ends;
    ends.client = bound(family, SOCK_DGRAM);
    ends.server = bound(family, SOCK_DGRAM);
    connect_to(ends.client, name_of(ends.server));
    connect_to(ends.server, name_of(ends.client));
    return ends;
}

static void wait_for(int fd, short events)
{
    struct pollfd entry;
    entry.fd = fd;
    entry.events = events;
    entry.revents = 0;
    assert_call(poll(&entry, 1, 5000), 1);
}

void wait_readable(int fd)
{
    wait_for(fd, POLLIN);
}

void wait_writable(int fd)
{
    wait_for(fd, POLLOUT);
}

size_t fill(int fd)
{
    static const char block[65536];
    size_t sum = 0;
    for (;;) {
        ssize_t size = send(fd, block, sizeof block, MSG_DONTWAIT);
        if (size < 0)
            break;
        sum += (size_t)size;
    }
    assert_int_equal(errno, EAGAIN);
    return sum;
}

/* --- Threads and time ------------------------------------------------------- */

struct helper {
    pthread_t thread;
};

struct helper *begin(void *(*body)(void *context), void *context)
{
    struct helper *helper = malloc(sizeof *helper);
    assert_non_null(helper);
    assert_int_equal(pthread_create(&helper->thread, NULL, body, context), 0);
    return helper;
}

void *finish(struct helper *helper)
{
    void *result = NULL;
    assert_int_equal(pthread_join(helper->thread, &result), 0);
    free(helper);
    return result;
}

long long clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void let_others_wait(void)
{
    struct timespec a_moment = {0, 50000000};
    nanosleep(&a_moment, NULL);
}

/* --- Running ---------------------------------------------------------------- */

int clean_up(void **state)
{
    (void)state;
    while (kept_count > 0)
        close(kept[--kept_count]);
    while (path_count > 0)
        unlink(paths[--path_count]);
    return 0;
}
