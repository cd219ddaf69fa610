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

/* The same while the system may still be in use: of calls and descriptors. */
const char *fake_complaint_of_sockets(void);

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

/* Any answer, and what is made for the caller: a waker, a poller, or a mark. */
struct answer gives(void *object, struct answer answer);

/* What a poll of `count` entries finds: the result is how many are ready. */
struct answer finds(const uint32_t *came, size_t count);

/* What a wait in a poller tells. */
struct answer tells(const psock_poller_event *events, size_t count);

/* Any answer of a wait in a poller that somebody woke, too. */
struct answer woken(struct answer answer);

/* The kind of a socket, the value of an option, two sockets that are a pair. */
struct answer is_of(int family, int type);
struct answer holds(int64_t value);
struct answer pairs(psock_t one, psock_t other);

/* A structure that is asked for: keepalive times, TCP's info, credentials. */
struct answer describes(const void *structure);

/* Messages received, their data in their first buffers. */
struct answer delivers(const psock_message *messages, size_t count);

/* `size` bytes received on a channel, and the socket with them, below zero for
 * none. */
struct answer carries(const void *data, size_t size, psock_t carried);

/* Any answer to a call that is made `count` times, above zero. */
struct answer times(size_t count, struct answer answer);

/* Any answer that is `time_ns` in coming. */
struct answer after(int64_t time_ns, struct answer answer);

/* Any answer during which something else happens. */
struct answer while_doing(void (*what)(void), struct answer answer);

/* Any answer that leaves this code of the system's behind.  Without it a
 * failure leaves native_of() the error, and a success leaves one that means
 * nothing, since a system that succeeds may change its code all the same. */
struct answer leaving(int native, struct answer answer);

/* What a call does, step by step, up to the one that fails. */
struct steps {
    int left; /* before the one that fails; below zero for none */
    int error;
    _Bool is_over;
};

/* The answer of the next step: `good`, or the failure. */
struct answer next(struct steps *steps, struct answer good);

/* This system's number for an error. */
int native_of(int error);

/* The system's code from here on. */
void fake_set_native(int native);

/* --- Memory ---------------------------------------------------------------- */

/* The shared half allocates from here.  Has the allocation fail that comes
 * after `count` others. */
void fake_fail_allocation(int count);

/* What happens during the next allocation, once. */
void fake_while_allocating(void (*what)(void));

/* How many the shared half has and has not freed. */
int fake_memory_in_use(void);

/* How many there were, and how many entries the last was for. */
int fake_allocations(void);
size_t fake_last_allocation(void);

/* --- Many threads ---------------------------------------------------------- */

/* The script is for one thread at a time.  From here until the end of the test
 * descriptors are checked, and put into pollers, changed, removed and woken,
 * without a script and by any thread: all of it succeeds, and is counted. */
void fake_admit_crowd(void);

struct fake_crowd {
    int calls;
    int wakes;
    int breaches; /* of what sys.h promises the twins */
};

struct fake_crowd fake_crowd_so_far(void);

/* --- Calls, in the order of sys.h ----------------------------------------- */

void expect_startup(struct answer answer);
void expect_cleanup(struct answer answer);

/* Not expected but told: what happens when a thread yields.  Nothing does. */
void fake_set_yielding(void (*what)(void));

/* Not expected but told: whether this system has abstract names.  It has. */
void fake_set_abstract_names(_Bool has);

/* The names of scopes: 0, or an answer that brings nothing, for none. */
void expect_scope_index(const char *name, struct answer answer);
void expect_scope_name(uint32_t index, struct answer answer);

void expect_open(int family, int type, unsigned flags, struct answer answer);
void expect_open_raw(int family, int protocol, struct answer answer);
/* CMocka has an expect_check() of its own. */
void expect_checking(psock_t s, struct answer answer);
void expect_kind(psock_t s, struct answer answer);

/* Not expected but told: what psock_sys_index() says of a descriptor, which is
 * even then, and the descriptor that has an index. */
size_t fake_index_of(psock_t s);
psock_t fake_descriptor_of(size_t index);

void expect_close(psock_t s, struct answer answer);
void expect_close_reset(psock_t s, struct answer answer);
void expect_bind(psock_t s, const psock_address *local, int mode,
                 struct answer answer);

/* Not expected but told: whether a socket of both families keeps both.  It
 * does. */
void fake_set_keeping_both(_Bool keeps);

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
/* What is sent has to be these bytes, wherever they lie. */
void expect_send_of(psock_t s, const void *bytes, size_t size,
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

void expect_send_urgent(psock_t s, unsigned char byte, struct answer answer);
void expect_recv_urgent(psock_t s, struct answer answer);

/* Not expected: the layout of control data, which is this system's own.  It
 * keeps levels and types of 0 to 255. */
enum {
    FAKE_CONTROL_HEADER = 4, /* before the data of an item */
    FAKE_CONTROL_STEP = 3    /* items begin at multiples of it */
};

/* What is sent has to be these messages, wherever they lie: the same data at the
 * same places, and all that `valid` names; or so many of any kind. */
void expect_send_messages(psock_t s, const psock_message *messages,
                          size_t count, struct answer answer);
void expect_send_of_messages(psock_t s, size_t count, struct answer answer);
void expect_recv_messages(psock_t s, const psock_message *messages,
                          size_t count, unsigned flags, struct answer answer);
void expect_drop_undelivered(psock_t s, struct answer answer);
void expect_want_metadata(psock_t s, unsigned wanted, struct answer answer);
void expect_want_undelivered(psock_t s, int wanted, struct answer answer);
void expect_batches(struct answer answer);

/* `source` may be null. */
void expect_multicast(psock_t s, enum psock_sys_membership change,
                      const psock_address *group, const psock_address *source,
                      uint32_t interface_index, struct answer answer);

void expect_get_option(psock_t s, int family, int type, int option,
                       struct answer answer);
void expect_set_option(psock_t s, int family, int type, int option,
                       int64_t value, struct answer answer);
void expect_set_keepalive(psock_t s, const psock_keepalive *wanted,
                          struct answer answer);
void expect_get_congestion(psock_t s, struct answer answer);
void expect_set_congestion(psock_t s, const char *name, struct answer answer);
void expect_get_tcp_info(psock_t s, struct answer answer);

void expect_pair(int type, struct answer answer);
void expect_remove_path(const psock_address *local, struct answer answer);
void expect_temporary_path(struct answer answer);
void expect_peer_credentials(psock_t s, struct answer answer);

/* Not expected but told: how many bytes a packed socket is here; 0 where it is
 * carried, as in the beginning. */
void fake_set_packed_size(size_t size);

void expect_check_channel(psock_t channel, struct answer answer);
void expect_pack_socket(psock_t channel, psock_t passed, struct answer answer);
void expect_send_carrying(psock_t channel, const void *data, size_t size,
                          psock_t carried, struct answer answer);
void expect_recv_carrying(psock_t channel, size_t size, struct answer answer);
void expect_unpack_socket(const void *packed, psock_t carried,
                          struct answer answer);

/* A waker of this system.  Tests may have some that nobody opened. */
struct psock_waker {
    psock_t descriptor;
};

void expect_waker_open(struct answer answer);
void expect_waker_close(const psock_waker *waker, struct answer answer);
void expect_waker_ring(const psock_waker *waker, struct answer answer);
void expect_waker_reset(const psock_waker *waker, struct answer answer);

/* A wait that nobody may cancel, and one that `canceler` may. */
void expect_wait(psock_t s, unsigned events, int64_t timeout_ns,
                 struct answer answer);
void expect_wait_with(psock_t s, unsigned events, const psock_waker *canceler,
                      int64_t timeout_ns, struct answer answer);

void expect_poll(const psock_pollable *entries, size_t count,
                 const psock_waker *canceler, int64_t timeout_ns,
                 struct answer answer);

/* A poller of this system, all zero before it is opened. */
struct psock_sys_poller {
    int waits; /* under way */
    _Bool wake_is_due;
};

void expect_poller_open(struct answer answer);
void expect_poller_close(const struct psock_sys_poller *poller,
                         struct answer answer);
void expect_poller_add(const struct psock_sys_poller *poller, psock_t s,
                       uint32_t wanted, const void *token,
                       struct answer answer);
void expect_poller_modify(const struct psock_sys_poller *poller, psock_t s,
                          uint32_t wanted, const void *mark,
                          struct answer answer);
void expect_poller_remove(const struct psock_sys_poller *poller, psock_t s,
                          const void *mark, struct answer answer);
void expect_poller_add_waker(const struct psock_sys_poller *poller,
                             const psock_waker *waker, const void *token,
                             struct answer answer);
void expect_poller_remove_waker(const struct psock_sys_poller *poller,
                                const psock_waker *waker, const void *mark,
                                struct answer answer);
void expect_poller_wait(const struct psock_sys_poller *poller,
                        const psock_poller_event *events, size_t count,
                        const psock_waker *canceler, int64_t timeout_ns,
                        struct answer answer);
void expect_poller_wake(const struct psock_sys_poller *poller,
                        struct answer answer);

/* A look-up begins; what its answer is, is said by `finds_out()` or later.  The
 * texts, the family, the type, the wishes, the address and the flags have to be
 * those of `question`. */
void expect_look_up(const struct psock_sys_look_up *question,
                    struct answer answer);

/* What a look-up finds; all zero is an address without names. */
struct finding {
    int result;                     /* as in struct psock_sys_look_up */
    const psock_address *addresses; /* as many as `result` says */
    const char *host_name;          /* null for none */
    const char *service_name;
};

/* The address that `text` says. */
psock_address parsed(const char *text);

/* What a look-up finds that finds the addresses which the texts say, at most 16;
 * kept until the next. */
#define FOUND(...) found((const char *const[]){__VA_ARGS__, NULL})
const struct finding *found(const char *const *texts);

/* And one that fails. */
const struct finding *failed(int error);

/* Success of a call during which the look-up that it begins or stops is
 * answered.  `finding` stays the test's. */
struct answer finds_out(const struct finding *finding);

/* Answers the look-up that began after `number` others, once. */
void fake_answer_look_up(size_t number, const struct finding *finding);

/* The look-up that began after `number` others is stopped. */
void expect_stop_look_up(size_t number, struct answer answer);

void expect_can_stop_look_up(struct answer answer);
void expect_can_name_internationally(struct answer answer);
void expect_host_name(size_t size, struct answer answer);

/* A size is what the answer holds(). */
void expect_file_open(const char *path, struct answer answer);
void expect_file_close(psock_file file, struct answer answer);
void expect_file_size(psock_file file, struct answer answer);
void expect_file_read(psock_file file, int64_t offset, size_t size,
                      struct answer answer);
void expect_send_file_ready(psock_t s, struct answer answer);
void expect_send_file(psock_t s, psock_file file, int64_t offset, size_t size,
                      const psock_waker *canceler, int64_t timeout_ns,
                      struct answer answer);
void expect_can_send_file(struct answer answer);

/* The interfaces of this system, as psock_sys_interface_at() and its neighbour tell
 * them: what describes() one is the answer to reading them. */
struct fake_interface_address {
    uint32_t index;
    psock_interface_address address;
};

struct fake_interfaces {
    const psock_interface *interfaces;
    size_t count;
    const struct fake_interface_address *addresses;
    size_t address_count;
};

void expect_interfaces_read(struct answer answer);
void expect_watch_open(const psock_waker *waker, struct answer answer);
void expect_watch_close(const psock_interface_watch *watch,
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

/* A pointer as an argument of a call, and memory that may lie anywhere. */
#define ANYWHERE ((void *)INTPTR_MIN)

int64_t fake_place(const void *pointer);

/* Fails the test unless what sys.h promises the twins is so. */
#define fake_require(condition) fake_check((condition), #condition, __func__)

void fake_check(_Bool condition, const char *text, const char *function);

/* The books of descriptors and starts. */
void fake_note_opened(psock_t s);
void fake_note_closed(psock_t s);
void fake_require_started(void);

/* Answers a call that leaves the system's code as it was when it succeeds. */
struct answer fake_answer_quietly(struct call call);

/* The books of wakers and pollers, and of what is in which poller. */
void fake_begin_wakers(void);
const char *fake_leaked_waker(void);
void fake_begin_pollers(void);
const char *fake_leaked_poller(void);
void fake_leave_pollers(psock_t s);

/* The book of look-ups. */
void fake_begin_look_ups(void);
const char *fake_leaked_look_up(void);
void fake_require_question(const struct psock_sys_look_up *question);

/* Writes the answer into `look_up`, and tells the asker. */
void fake_fill_look_up(struct psock_sys_look_up *look_up,
                       const struct finding *finding);

/* The book of lists of interfaces, and of watches. */
void fake_begin_interfaces(void);
const char *fake_leaked_interfaces(void);

/* The book of files. */
void fake_begin_files(void);
const char *fake_leaked_file(void);

/* The calls of a crowd, while there is one. */
enum fake_crowd_call {
    FAKE_CROWD_ADD,
    FAKE_CROWD_MODIFY,
    FAKE_CROWD_REMOVE
};

void fake_begin_crowd(void);
_Bool fake_is_crowded(void);
void fake_crowd_change(psock_t s, enum fake_crowd_call call);
void fake_crowd_wake(void);

void fake_begin_memory(void);

/* Memory that the shared half is to free. */
void *fake_lend(size_t size);

/* What the expected messages look like is kept until the test ends. */
void fake_begin_messages(void);

#endif
