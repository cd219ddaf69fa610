/* sys_fake.h: the third twin, which answers the calls of sys.h from a script.
 *
 * A test says first which calls it expects and what each answers, and then does
 * what is to make them:
 *
 *   expect_recv(7, buffer, 10, 0, returns(PSOCK_EAGAIN));
 *   expect_wait(7, PSOCK_SYS_READ, ms(100), after(ms(30), came(PSOCK_SYS_READ)));
 *   expect_recv(7, buffer, 10, 0, brings("hello"));
 *   assert_result(psock_recv(7, buffer, 10, 0, in(ms(100))), 5);
 *
 * A call that is not the next one fails the test, and so does what breaks the
 * conditions of sys.h, an expected call that is not made, a descriptor that
 * nobody got, and a start without its cleanup. */
#ifndef PSOCK_TESTS_FAKE_SYS_FAKE_H
#define PSOCK_TESTS_FAKE_SYS_FAKE_H

#include "script.h"

#include "test.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- Tests ---------------------------------------------------------------- */

int fake_begin(void **state);
int fake_end(void **state);

/* What a test that ended here would be told; null for nothing. */
const char *fake_complaint(void);

#define test(claim) cmocka_unit_test_setup_teardown(claim, fake_begin, fake_end)

/* The same claim about something else, which its state points to. */
#define test_of(claim, what, state)                                            \
    {                                                                          \
        .name = #claim "." what, .test_func = claim, .setup_func = fake_begin, \
        .teardown_func = fake_end, .initial_state = state                      \
    }

/* Checks what a call returned, and names both results if it fails. */
#define assert_result(call, expected)                                          \
    check_result((call), (expected), #call, __FILE__, __LINE__)

void check_result(ptrdiff_t result, ptrdiff_t expected, const char *call,
                  const char *file, int line);

/* The test has the descriptor `s` now: psock has passed it on. */
psock_t handed_over(psock_t s);

/* --- Time ----------------------------------------------------------------- */

int64_t ms(int64_t milliseconds);

/* The moment `time_ns` from now. */
psock_deadline in(int64_t time_ns);

/* --- Answers -------------------------------------------------------------- */

struct answer returns(ptrdiff_t result);
struct answer came(unsigned events);

/* Returns the length of `text` and leaves it in the buffers. */
struct answer brings(const char *text);

/* Any answer, and an address for the caller. */
struct answer from(const psock_address *address, struct answer answer);

/* Any answer that is `time_ns` in coming. */
struct answer after(int64_t time_ns, struct answer answer);

/* Any answer during which something else happens. */
struct answer while_doing(void (*what)(void), struct answer answer);

/* Any answer that leaves this code of the system's behind.  Without it a
 * failure leaves native_of() the error, and a success leaves one that means
 * nothing, since a system that succeeds may change its code all the same. */
struct answer leaving(int native, struct answer answer);

/* This system's number for an error. */
int native_of(int error);

/* The system's code from here on. */
void fake_set_native(int native);

/* --- Calls, in the order of sys.h ----------------------------------------- */

void expect_startup(struct answer answer);
void expect_cleanup(struct answer answer);

/* Not expected but told: whether this system has abstract names.  It has. */
void fake_set_abstract_names(_Bool has);

/* The names of scopes: 0, or an answer that brings nothing, for none. */
void expect_scope_index(const char *name, struct answer answer);
void expect_scope_name(uint32_t index, struct answer answer);

void expect_open(int family, int type, unsigned flags, struct answer answer);
void expect_close(psock_t s, struct answer answer);
void expect_close_reset(psock_t s, struct answer answer);
void expect_bind(psock_t s, const psock_address *local, int mode,
                 struct answer answer);
void expect_listen(psock_t s, int backlog, struct answer answer);
void expect_accept(psock_t listener, const psock_address *peer,
                   struct answer answer);
void expect_connect(psock_t s, const psock_address *peer, int64_t patience_ns,
                    struct answer answer);
void expect_connect_result(psock_t s, const psock_address *peer,
                           struct answer answer);
void expect_shutdown(psock_t s, int how, struct answer answer);
void expect_local(psock_t s, struct answer answer);
void expect_peer(psock_t s, struct answer answer);

void expect_send(psock_t s, const void *data, size_t size,
                 struct answer answer);
void expect_recv(psock_t s, const void *buffer, size_t size, unsigned flags,
                 struct answer answer);
void expect_send_to(psock_t s, const void *data, size_t size,
                    const psock_address *peer, struct answer answer);
void expect_recv_from(psock_t s, const void *buffer, size_t size,
                      unsigned flags, const psock_address *peer,
                      struct answer answer);
void expect_send_vector(psock_t s, const psock_buffer *buffers, size_t count,
                        struct answer answer);
void expect_recv_vector(psock_t s, const psock_buffer *buffers, size_t count,
                        unsigned flags, struct answer answer);

void expect_wait(psock_t s, unsigned events, int64_t timeout_ns,
                 struct answer answer);

void expect_adopt(psock_t s, struct answer answer);
void expect_release(psock_t s, struct answer answer);

/* --- For the bodies ------------------------------------------------------- */

void fake_expect(struct call call, struct answer answer);
struct answer fake_answer(struct call call);

#define FAKE_CALL(word, ...)                                                   \
    (struct call)                                                              \
    {                                                                          \
        .name = word, .arguments = {__VA_ARGS__},                              \
        .count = COUNT_OF(((int64_t[]){__VA_ARGS__}))                          \
    }

/* A pointer as an argument of a call. */
int64_t fake_place(const void *pointer);

/* Fails the test unless what sys.h promises the twins is so. */
#define fake_require(condition) fake_check((condition), #condition, __func__)

void fake_check(_Bool condition, const char *text, const char *function);

/* The books of descriptors and starts. */
void fake_note_opened(psock_t s);
void fake_note_closed(psock_t s);
void fake_require_started(void);

#endif
