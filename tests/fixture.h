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

/* Bound to the loopback address and a port of the system's choice. */
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

_Bool same_address(const psock_address *a, const psock_address *b);

/* --- Data ----------------------------------------------------------------- */

/* Bytes that differ by place, so that lost, doubled and swapped ones show. */
void fill(unsigned char *bytes, size_t size, size_t first_place);

void send_all(psock_t s, const void *data, size_t size);
void recv_all(psock_t s, void *buffer, size_t size);

/* Both for text, its zero byte left out. */
void send_text(psock_t s, const char *text);
void recv_text(psock_t s, const char *expected);

/* --- Programs ------------------------------------------------------------- */

/* Each test gets the family it is for by its state, starts with no kept socket,
 * and fails when it leaves a descriptor open. */
#define FIXTURE_TEST(name, test, family)                                       \
    {                                                                          \
        name, test, note_descriptors, tidy_up, family                          \
    }

#define test_once(test) FIXTURE_TEST(#test, test, &fixture_ipv4)
#define test_ipv6(test) FIXTURE_TEST(#test, test, &fixture_ipv6)
#define test_both(test)                                                        \
    FIXTURE_TEST(#test ".ipv4", test, &fixture_ipv4),                          \
        FIXTURE_TEST(#test ".ipv6", test, &fixture_ipv6)

extern int fixture_ipv4, fixture_ipv6;

/* The family in a test's state.  Skips the test where the system lacks it. */
int family_of(void **state);

int note_descriptors(void **state);
int tidy_up(void **state);

/* For a whole group: lets the system open, once, whatever it keeps open. */
int warm_up(void **state);

#endif
