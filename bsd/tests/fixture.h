/* fixture.h: what the tests of POSIX calls start from.  All that a test opens
 * through here is closed after it, whether it failed or not. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- Results -------------------------------------------------------------- */

/* Checks that a call returned `expected`, and says what it returned and errno if
 * not. */
#define assert_call(call, expected)                                            \
    check_call((long long)(call), (long long)(expected), #call, __FILE__,      \
               __LINE__)

/* Checks that a call returned -1 with errno `number`. */
#define assert_fails(call, number)                                             \
    (errno = 0,                                                                \
     check_fails((long long)(call), (number), #call, __FILE__, __LINE__))

/* The same where systems may differ. */
#define assert_fails_either(call, first, second)                               \
    (errno = 0, check_fails_either((long long)(call), (first), (second),       \
                                   #call, __FILE__, __LINE__))

void check_call(long long result, long long expected, const char *call,
                const char *file, int line);
void check_fails(long long result, int number, const char *call,
                 const char *file, int line);
void check_fails_either(long long result, int first, int second,
                        const char *call, const char *file, int line);

/* Ends the running test as skipped, with the reason for the parity report. */
#define skip_because(reason)                                                   \
    do {                                                                       \
        print_message("[  REASON  ] %s\n", reason);                            \
        skip();                                                                \
    } while (0)

/* --- Descriptors ---------------------------------------------------------- */

/* Checks that `fd` is one, and closes it after the test. */
#define keep(fd) keep_at((fd), #fd, __FILE__, __LINE__)
int keep_at(int fd, const char *what, const char *file, int line);

/* Closes it at once. */
void close_kept(int fd);

/* Forgets it: the test has closed it. */
int let_go(int fd);

/* A number that is no descriptor: closed just now. */
int closed_descriptor(void);

/* A regular file, open for reading and writing, empty and removed after the
 * test. */
int temporary_file(void);

/* The path of a file that is not there, and removed after the test: short enough
 * for a Unix socket.  Each call has another. */
const char *temporary_path(void);

void set_nonblocking(int fd);
void set_blocking(int fd);

/* --- Sockets -------------------------------------------------------------- */

/* An address with room for any. */
struct address {
    struct sockaddr_storage storage;
    socklen_t length;
};

struct sockaddr *as_sockaddr(struct address *address);

/* 127.0.0.1 or ::1 with `port` in host order. */
struct address loopback(int family, uint16_t port);
uint16_t port_of(const struct address *address);
struct address name_of(int fd);
struct address peer_of(int fd);

/* A socket of `family` and `type`, bound to loopback and a port of the system's
 * choice. */
int bound(int family, int type);
int listening(int family);

/* An address of loopback that nobody listens at, until the test ends. */
struct address deserted(int family, int type);

/* Two ends of a connected stream; two datagram sockets connected to each other. */
struct ends {
    int client;
    int server;
};

struct ends stream(int family);
struct ends datagrams(int family);

/* Makes sure that something has arrived at `fd` to be read, within five seconds:
 * loopback is not always immediate. */
void wait_readable(int fd);
void wait_writable(int fd);

/* Fills what `fd` can send until it would have to wait; `fd` is left blocking as it
 * was.  Returns how many bytes went. */
size_t fill(int fd);

/* --- Threads and time ------------------------------------------------------- */

/* Runs `body` in another thread; the first function joins it, and returns what it
 * returned. */
struct helper;
struct helper *begin(void *(*body)(void *context), void *context);
void *finish(struct helper *helper);

/* Milliseconds on a clock that never goes back. */
long long clock_ms(void);

/* Gives other threads time to come into a call that waits: there is no way to see
 * it.  Tests hold without it, and prove less. */
void let_others_wait(void);

/* --- Running ---------------------------------------------------------------- */

/* Put into each group: the test, and what cleans up after it. */
#define claim(test) cmocka_unit_test_teardown(test, clean_up)
int clean_up(void **state);

#endif
