/* fixture.h: what the tests of the public API start from. */
#ifndef PSOCK_TESTS_FIXTURE_H
#define PSOCK_TESTS_FIXTURE_H

#include <psock/psock.h>

#include "host.h"
#include "test.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- Results -------------------------------------------------------------- */

/* Checks what a call of psock returned, and names both results if it fails. */
#define assert_result(call, expected)                                          \
    check_result((call), (expected), #call, __FILE__, __LINE__)

void check_result(ptrdiff_t result, ptrdiff_t expected, const char *call,
                  const char *file, int line);

/* The same where systems may differ: `second` is as good. */
#define assert_either(call, first, second)                                     \
    check_either((call), (first), (second), #call, __FILE__, __LINE__)

void check_either(ptrdiff_t result, ptrdiff_t first, ptrdiff_t second,
                  const char *call, const char *file, int line);

/* Skips the test on a system that may lose a reset by the peer and report the
 * end of the stream in its place. */
void need_resets(void);

/* --- Time ----------------------------------------------------------------- */

/* For what is sure to happen: late enough for a slow machine. */
psock_deadline in_time(void);

/* Now, on the clock of the deadlines. */
int64_t clock_ns(void);

/* How long the waits are that tests let run to their end. */
#define SHORT_MS 30
#define SHORT_NS INT64_C(30000000)

/* --- Sockets -------------------------------------------------------------- */

/* Remembers the socket `s`, which must be one, to be closed after the test. */
psock_t keep(psock_t s);

/* Forgets it again. */
psock_t let_go(psock_t s);

/* Closes it at once. */
void close_kept(psock_t s);

psock_t open_kept(int family, int type);

psock_address loopback(int family, uint16_t port);
psock_address local_of(psock_t s);
psock_address peer_of(psock_t s);

/* Bound to the loopback address and a port of the system's choice, or to a path
 * that is removed after the test. */
psock_t bound(int family, int type, int mode);

psock_t listening(int family);

/* A datagram socket so bound. */
psock_t datagram(int family);

/* An address of `family` that nobody listens at, kept so until the test ends.
 */
psock_address deserted(int family, int type);

/* A connected stream: two ends. */
struct stream {
    psock_t client;
    psock_t server;
};

psock_t connected_to(psock_t listener);
struct stream stream_over(int family);

/* Two datagram sockets, each connected to the other. */
struct stream datagrams_over(int family);

/* A connected stream that takes no more from the client. */
struct stream clogged(int family);

/* A listener whose queue is full, and an attempt to connect to it that stays
 * undecided.  Skips the test where there is no such thing. */
struct queue {
    psock_t listener;
    psock_address address;
    psock_t pending;
};

struct queue full_queue(int family);

/* Whether `check_refused` finds each socket refused that is no stream, closed, or
 * none at all, with the error that it is given. */
void check_streams_only(int family,
                        void (*check_refused)(psock_t s, int error));

_Bool same_address(const psock_address *a, const psock_address *b);

/* --- Data ----------------------------------------------------------------- */

/* Bytes that differ by place, so that lost, doubled and swapped ones show. */
void fill(unsigned char *bytes, size_t size, size_t first_place);

void send_all(psock_t s, const void *data, size_t size);
void recv_all(psock_t s, void *buffer, size_t size);

/* Both for text, its zero byte left out. */
void send_text(psock_t s, const char *text);
void recv_text(psock_t s, const char *expected);

/* --- Wakers and pollers, closed after the test ----------------------------- */

psock_waker *kept_waker(void);
psock_poller *kept_poller(void);

/* --- Calls that other threads make ----------------------------------------- */

typedef ptrdiff_t call_body(void *argument);

struct running_call {
    call_body *body;
    void *argument;
    struct host_gate *about_to_wait;
    struct host_thread *thread;
    ptrdiff_t result;
};

struct running_call *begin_call(call_body *body, void *argument);

/* Nobody can see that a thread has begun to wait.  This lets it come as far as
 * it does in some microseconds, more of them the higher `round`; tests must be
 * right however far that is, and have many rounds. */
void let_it_wait(struct running_call *call, int round);

/* Whether the call has ended, or does within `timeout_ms`. */
_Bool has_ended(struct running_call *call, int timeout_ms);

/* Has the call's thread run `run` in a signal handler; false where there are
 * none.  A thread sanitizer keeps a signal that comes just before a wait until
 * something ends that wait, so if the call does not end there will be another,
 * in vain for what is not ended by a handler. */
_Bool interrupt_call(struct running_call *call, void (*run)(void *),
                     void *argument);

/* Waits for the end of the call, frees it and returns its result. */
ptrdiff_t end_call(struct running_call *call);

/* --- Programs ------------------------------------------------------------- */

/* Each test gets the family it is for by its state, starts with no kept socket,
 * and fails when it leaves a descriptor open. */
#define FIXTURE_TEST(name, test, family)                                       \
    {                                                                          \
        name, test, note_descriptors, tidy_up, family                          \
    }

#define test_once(test) FIXTURE_TEST(#test, test, &fixture_ipv4)
#define test_ipv6(test) FIXTURE_TEST(#test, test, &fixture_ipv6)
#define test_unix(test) FIXTURE_TEST(#test ".unix", test, &fixture_unix)
#define test_both(test)                                                        \
    FIXTURE_TEST(#test ".ipv4", test, &fixture_ipv4),                          \
        FIXTURE_TEST(#test ".ipv6", test, &fixture_ipv6)

#define test_all(test) test_both(test), test_unix(test)

extern int fixture_ipv4, fixture_ipv6, fixture_unix;

/* The family in a test's state, which is an int or begins with one.  Skips the test where the system lacks it. */
int family_of(void **state);

/* Closes all that is kept, as tidy_up() does. */
void close_kept_all(void);

int note_descriptors(void **state);
int tidy_up(void **state);

/* For a whole group: lets the system open, once, whatever it keeps open. */
int warm_up(void **state);

#endif
