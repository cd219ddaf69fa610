/* sys_fake.c: the life of a scripted test, and the calls that keep its books:
 * startup, errors, the clock, waiting, adoption. */
#include "sys_fake.h"

#include "net.h"

#include <stdio.h>
#include <string.h>

/* --- Answers -------------------------------------------------------------- */

enum {
    NATIVE_BASE = 1000,
    NATIVE_LEFT_BY_SUCCESS = 99
};

int native_of(int error)
{
    return NATIVE_BASE - error;
}

struct answer returns(ptrdiff_t result)
{
    return (struct answer){.result = result,
                           .native = result < 0 ? native_of((int)result)
                                                : NATIVE_LEFT_BY_SUCCESS};
}

struct answer came(unsigned events)
{
    return returns((ptrdiff_t)events);
}

struct answer brings(const char *text)
{
    struct answer answer = returns((ptrdiff_t)strlen(text));
    answer.data = text;
    return answer;
}

struct answer from(const psock_address *address, struct answer answer)
{
    answer.address = *address;
    return answer;
}

struct answer gives(void *object, struct answer answer)
{
    answer.object = object;
    return answer;
}

struct answer finds(const uint32_t *came, size_t count)
{
    ptrdiff_t ready = 0;
    for (size_t i = 0; i < count; i++)
        ready += came[i] != 0;
    struct answer answer = returns(ready);
    answer.came = came;
    answer.came_count = count;
    return answer;
}

struct answer tells(const psock_poller_event *events, size_t count)
{
    struct answer answer = returns((ptrdiff_t)count);
    answer.events = events;
    return answer;
}

struct answer is_of(int family, int type)
{
    struct answer answer = returns(0);
    answer.numbers[0] = family;
    answer.numbers[1] = type;
    return answer;
}

struct answer holds(int64_t value)
{
    struct answer answer = returns(0);
    answer.numbers[0] = value;
    return answer;
}

struct answer pairs(psock_t one, psock_t other)
{
    struct answer answer = returns(0);
    answer.numbers[0] = one;
    answer.numbers[1] = other;
    return answer;
}

struct answer describes(const void *structure)
{
    struct answer answer = returns(0);
    answer.structure = structure;
    return answer;
}

struct answer delivers(const psock_message *messages, size_t count)
{
    struct answer answer = returns((ptrdiff_t)count);
    answer.messages = messages;
    return answer;
}

struct answer carries(const void *data, size_t size, psock_t carried)
{
    struct answer answer = returns((ptrdiff_t)size);
    answer.data = data;
    answer.numbers[0] = carried;
    return answer;
}

struct answer times(size_t count, struct answer answer)
{
    answer.repeats = count - 1;
    return answer;
}

struct answer woken(struct answer answer)
{
    answer.woken = 1;
    return answer;
}

struct answer after(int64_t time_ns, struct answer answer)
{
    answer.elapsed_ns += time_ns;
    return answer;
}

struct answer while_doing(void (*what)(void), struct answer answer)
{
    answer.meanwhile = what;
    return answer;
}

struct answer leaving(int native, struct answer answer)
{
    answer.native = native;
    return answer;
}

struct answer next(struct steps *steps, struct answer good)
{
    if (steps->left-- != 0)
        return good;
    steps->is_over = 1;
    return returns(steps->error);
}

/* --- Checks --------------------------------------------------------------- */

static int native_code;

static void fail_with(const char *complaint)
{
    if (complaint != NULL)
        fail_msg("%s", complaint);
}

void fake_check(_Bool condition, const char *text, const char *function)
{
    if (!condition)
        fail_msg("%s() relies on %s", function, text);
}

void fake_expect(struct call call, struct answer answer)
{
    fail_with(script_add(call, answer));
}

struct answer fake_answer(struct call call)
{
    struct answer answer;
    fail_with(script_take(&call, &answer));
    if (answer.meanwhile != NULL)
        answer.meanwhile();
    native_code = answer.native;
    return answer;
}

struct answer fake_answer_quietly(struct call call)
{
    const int native = native_code;
    struct answer answer = fake_answer(call);
    if (answer.result >= 0)
        native_code = native;
    return answer;
}

int64_t fake_place(const void *pointer)
{
    return (int64_t)(intptr_t)pointer;
}

static void print_result(ptrdiff_t result)
{
    if (result < 0)
        print_error("%s", psock_error_name(result));
    else
        print_error("%ld", (long)result);
}

void check_result(ptrdiff_t result, ptrdiff_t expected, const char *call,
                  const char *file, int line)
{
    if (result == expected)
        return;
    print_error("%s is ", call);
    print_result(result);
    print_error(", not ");
    print_result(expected);
    print_error("\n");
    _fail(file, line);
}

/* --- Descriptors ---------------------------------------------------------- */

enum {
    OPEN_MAX_COUNT = 64
};

static psock_t opened[OPEN_MAX_COUNT];
static size_t opened_count;

void fake_note_opened(psock_t s)
{
    fake_require(opened_count < OPEN_MAX_COUNT);
    opened[opened_count++] = s;
}

/* Descriptors that the test invented may be closed as well. */
void fake_note_closed(psock_t s)
{
    size_t i = 0;
    while (i < opened_count && opened[i] != s)
        i++;
    if (i < opened_count)
        opened[i] = opened[--opened_count];
}

psock_t handed_over(psock_t s)
{
    fake_note_closed(s);
    return s;
}

static const char *leaked_descriptor(void)
{
    static char complaint[80];
    if (opened_count == 0)
        return NULL;
    snprintf(complaint, sizeof complaint,
             "descriptor %ld was opened, and neither closed nor handed over",
             (long)opened[0]);
    return complaint;
}

/* --- sys_startup.c -------------------------------------------------------- */

static int starts;
static _Bool starts_are_free; /* between tests */

static struct call startup_call(void)
{
    return (struct call){.name = "startup"};
}

static struct call cleanup_call(void)
{
    return (struct call){.name = "cleanup"};
}

void expect_startup(struct answer answer)
{
    fake_expect(startup_call(), answer);
}

void expect_cleanup(struct answer answer)
{
    fake_expect(cleanup_call(), answer);
}

int psock_sys_startup(void)
{
    int result = 0;
    if (net_is_there())
        result = net_startup();
    else if (!starts_are_free)
        result = (int)fake_answer(startup_call()).result;
    starts += result == 0;
    return result;
}

void psock_sys_cleanup(void)
{
    if (!starts_are_free)
        fake_answer(cleanup_call());
    starts--;
    fake_require(starts >= 0);
}

void fake_require_started(void)
{
    fake_require(starts > 0);
}

/* Takes back what the test has started, by a program's own means.  What is left
 * then, nobody can take back any more. */
static void undo_starts(void)
{
    starts_are_free = 1;
    while (psock_cleanup() == 0)
        continue;
    if (psock_startup() == 0)
        psock_cleanup();
    starts_are_free = 0;
}

static const char *leaked_start(void)
{
    return starts == 0 ? NULL : "a start has no cleanup";
}

/* --- The life of a test --------------------------------------------------- */

int fake_begin(void **state)
{
    (void)state;
    net_end(); /* both: of a test that failed before its end */
    undo_starts();
    script_begin();
    fake_set_abstract_names(1);
    fake_set_keeping_both(1);
    fake_set_yielding(NULL);
    fake_set_packed_size(0);
    fake_begin_memory();
    fake_begin_messages();
    fake_begin_crowd();
    fake_begin_wakers();
    fake_begin_pollers();
    fake_begin_look_ups();
    fake_begin_files();
    fake_begin_interfaces();
    opened_count = 0;
    starts = 0;
    starts_are_free = 0;
    native_code = 0;
    return 0;
}

const char *fake_complaint_of_sockets(void)
{
    const char *complaint = script_left_over();
    return complaint != NULL ? complaint : leaked_descriptor();
}

const char *fake_complaint(void)
{
    const char *complaint = fake_complaint_of_sockets();
    if (complaint == NULL)
        complaint = fake_leaked_waker();
    if (complaint == NULL)
        complaint = fake_leaked_poller();
    if (complaint == NULL)
        complaint = fake_leaked_look_up();
    if (complaint == NULL)
        complaint = fake_leaked_file();
    if (complaint == NULL)
        complaint = fake_leaked_interfaces();
    return complaint != NULL ? complaint : leaked_start();
}

int fake_end(void **state)
{
    (void)state;
    net_end();
    undo_starts();
    fail_with(fake_complaint());
    return 0;
}

/* --- sys_error.c ---------------------------------------------------------- */

void fake_set_native(int native)
{
    native_code = native;
}

int psock_sys_error(int native)
{
    fake_require(native != 0);
    if (native <= NATIVE_BASE || native >= 2 * NATIVE_BASE)
        return PSOCK_EIO;
    return NATIVE_BASE - native;
}

_Bool psock_sys_error_explains(int native, int error)
{
    return psock_sys_error(native) == error;
}

int psock_sys_error_native(void)
{
    return native_code;
}

void psock_sys_error_restore(int native)
{
    native_code = native;
}

/* --- sys_clock.c ---------------------------------------------------------- */

int64_t ms(int64_t milliseconds)
{
    return milliseconds * 1000000;
}

psock_deadline in(int64_t time_ns)
{
    return script_clock_now() + time_ns;
}

int64_t psock_sys_clock_ns(void)
{
    return script_clock_read();
}

static void (*yielding)(void);

void fake_set_yielding(void (*what)(void))
{
    yielding = what;
}

void psock_sys_yield(void)
{
    if (yielding != NULL)
        yielding();
}

/* --- sys_wait.c ----------------------------------------------------------- */

static struct call wait_call(psock_t s, unsigned events,
                             const psock_waker *canceler, int64_t timeout_ns)
{
    return FAKE_CALL("wait", s, events, fake_place(canceler), timeout_ns);
}

void expect_wait(psock_t s, unsigned events, int64_t timeout_ns,
                 struct answer answer)
{
    expect_wait_with(s, events, NULL, timeout_ns, answer);
}

void expect_wait_with(psock_t s, unsigned events, const psock_waker *canceler,
                      int64_t timeout_ns, struct answer answer)
{
    fake_expect(wait_call(s, events, canceler, timeout_ns), answer);
}

int psock_sys_wait(psock_t s, unsigned events, psock_waker *canceler,
                   int64_t timeout_ns)
{
    fake_require(events == PSOCK_SYS_READ || events == PSOCK_SYS_WRITE);
    if (net_is_there())
        return net_wait(s, events, canceler, timeout_ns);
    return (int)fake_answer(wait_call(s, events, canceler, timeout_ns)).result;
}

/* --- sys_native.c --------------------------------------------------------- */

static struct call adopt_call(psock_t s)
{
    return FAKE_CALL("adopt", s);
}

static struct call release_call(psock_t s)
{
    return FAKE_CALL("release", s);
}

void expect_adopt(psock_t s, struct answer answer)
{
    fake_expect(adopt_call(s), answer);
}

void expect_release(psock_t s, struct answer answer)
{
    fake_expect(release_call(s), answer);
}

int psock_sys_adopt(psock_t s)
{
    fake_require_started();
    return (int)fake_answer(adopt_call(s)).result;
}

int psock_sys_release(psock_t s)
{
    return (int)fake_answer(release_call(s)).result;
}
