/* fake_world.c: what every call goes through: the lock, the record, the script,
 * the complaints. */
#include "fake_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 160
#define COMPLAINTS_SIZE 4096
#define PATIENCE_NS ((int64_t)10 * 1000000000)

const struct fake_profile win7_like = {
    .name = "win7_like", .build = 7601, .no_urgent_error = WSAEINVAL};

const struct fake_profile win10_2004plus = {.name = "win10_2004plus",
                                            .build = 19041,
                                            .no_inherit_flag = 1,
                                            .initial_rto = 1,
                                            .udp_netreset = 1,
                                            .unix_streams = 1,
                                            .frees_names = 1,
                                            .asks_behind = 1,
                                            .no_urgent_error = WSAEWOULDBLOCK};

struct psock_winsock_table psock_winsock;
struct fake_script fake_script;

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;
static CONDITION_VARIABLE arrived = CONDITION_VARIABLE_INIT; /* to wait */

/* --- The record ------------------------------------------------------------ */

#define CALL_NAME(name) #name,
static const char *const call_names[] = {FAKE_CALLS(CALL_NAME)};

static char (*lines)[LINE_SIZE];
static size_t line_count;
static size_t line_room;
static char *record_text;
static unsigned call_counts[FAKE_CALL_COUNT];

static size_t add_line(const char *text)
{
    if (line_count == line_room) {
        line_room = line_room == 0 ? 256 : 2 * line_room;
        lines = realloc(lines, line_room * sizeof *lines);
    }
    snprintf(lines[line_count], LINE_SIZE, "%s", text);
    return line_count++;
}

static void add_result(size_t line, int error, int count)
{
    char *text = lines[line];
    size_t length = strlen(text);
    if (error == 0)
        snprintf(text + length, LINE_SIZE - length, " = %d", count);
    else
        snprintf(text + length, LINE_SIZE - length, " = error %d", error);
}

static void forget_lines(void)
{
    line_count = 0;
    memset(call_counts, 0, sizeof call_counts);
}

void fake_forget(void)
{
    AcquireSRWLockExclusive(&lock);
    forget_lines();
    ReleaseSRWLockExclusive(&lock);
}

unsigned fake_calls(enum fake_call call)
{
    AcquireSRWLockExclusive(&lock);
    unsigned count = call_counts[call];
    ReleaseSRWLockExclusive(&lock);
    return count;
}

unsigned fake_recorded(const char *part)
{
    unsigned count = 0;
    AcquireSRWLockExclusive(&lock);
    for (size_t i = 0; i < line_count; i++)
        count += strstr(lines[i], part) != NULL;
    ReleaseSRWLockExclusive(&lock);
    return count;
}

_Bool fake_recorded_in_order(const char *first, ...)
{
    va_list parts;
    const char *part = first;
    AcquireSRWLockExclusive(&lock);
    va_start(parts, first);
    for (size_t i = 0; i < line_count && part != NULL; i++)
        if (strstr(lines[i], part) != NULL)
            part = va_arg(parts, const char *);
    va_end(parts);
    ReleaseSRWLockExclusive(&lock);
    return part == NULL;
}

const char *fake_record_text(void)
{
    AcquireSRWLockExclusive(&lock);
    record_text = realloc(record_text, line_count * (LINE_SIZE + 1) + 1);
    char *end = record_text;
    *end = '\0';
    for (size_t i = 0; i < line_count; i++)
        end += sprintf(end, "%s\n", lines[i]);
    ReleaseSRWLockExclusive(&lock);
    return record_text;
}

/* --- The script ------------------------------------------------------------ */

struct scripted_failure {
    int skip;
    int code;
    int times;
};

static struct scripted_failure failures[FAKE_CALL_COUNT];

struct scripted_action {
    void (*run)(void *context);
    void *context;
};

static struct scripted_action when_waiting;
static struct scripted_action after[FAKE_CALL_COUNT];
static DWORD acting_thread; /* is inside such an action */

void fake_fail_after(enum fake_call call, int skip, int code, int times)
{
    AcquireSRWLockExclusive(&lock);
    failures[call] = (struct scripted_failure){skip, code, times};
    ReleaseSRWLockExclusive(&lock);
}

void fake_fail_next(enum fake_call call, int code, int times)
{
    fake_fail_after(call, 0, code, times);
}

static int scripted_error(enum fake_call call)
{
    struct scripted_failure *failure = &failures[call];
    if (failure->times == 0)
        return 0;
    if (failure->skip > 0) {
        failure->skip--;
        return 0;
    }
    failure->times--;
    return failure->code;
}

#define SET_SCRIPT_ACTION(place, action, argument)                             \
    do {                                                                       \
        AcquireSRWLockExclusive(&lock);                                        \
        (place) = (struct scripted_action){action, argument};                  \
        ReleaseSRWLockExclusive(&lock);                                        \
    } while (0)

/* One knob of the script, set under the lock. */
#define SET_SCRIPT(knob, value)                                                \
    do {                                                                       \
        fake_take_lock();                                                      \
        fake_script.knob = value;                                              \
        fake_give_lock();                                                      \
    } while (0)

void fake_offer_version(WORD version)
{
    SET_SCRIPT(version, version);
}

void fake_hold_connects(_Bool hold)
{
    SET_SCRIPT(hold_connects, hold);
}

void fake_set_room(size_t room)
{
    SET_SCRIPT(room, room);
}

void fake_send_at_most(int size)
{
    SET_SCRIPT(send_at_most, size);
}

void fake_limit_buffers(int size)
{
    SET_SCRIPT(buffer_limit, size);
}

void fake_mark_datagrams(int traffic_class)
{
    SET_SCRIPT(traffic_class, traffic_class);
}

void fake_stamp_datagrams(int64_t stamp)
{
    SET_SCRIPT(stamp, stamp);
}

void fake_limit_control(int size)
{
    SET_SCRIPT(control_limit, size);
}

void fake_ignore_control(void)
{
    SET_SCRIPT(ignores_control, 1);
}

void fake_limit_segments(int size)
{
    SET_SCRIPT(segment_limit, size);
}

void fake_limit_datagrams(int count)
{
    SET_SCRIPT(datagram_limit, count);
}

void fake_hurry(int early_ms)
{
    SET_SCRIPT(early_ms, early_ms);
}

void fake_refuse_second_memberships_by(int error)
{
    SET_SCRIPT(second_membership, error);
}

void fake_have_no_group_requests(void)
{
    SET_SCRIPT(no_group_requests, 1);
}

void fake_want_binding_before_joining(void)
{
    SET_SCRIPT(binding_before_joining, 1);
}

void fake_cancel_slowly(void)
{
    SET_SCRIPT(slow_cancels, 1);
}

void fake_answer_duplicates(enum fake_duplicates how)
{
    SET_SCRIPT(duplicates, how);
}

void fake_lose_patience(void)
{
    SET_SCRIPT(patience_ns, 0);
}

void fake_reuse_handles(void)
{
    SET_SCRIPT(reuse_handles, 1);
}

void fake_set_temporary_directory(const char *path)
{
    fake_take_lock();
    snprintf(fake_script.temporary_directory,
             sizeof fake_script.temporary_directory, "%s", path);
    fake_give_lock();
}

void fake_decide_paths_at_once(void)
{
    SET_SCRIPT(paths_at_once, 1);
}

void fake_set_unnamed_length(int length)
{
    SET_SCRIPT(unnamed_length, length);
}

void fake_become(DWORD process)
{
    SET_SCRIPT(process, process);
}

void fake_guard_process(DWORD process)
{
    SET_SCRIPT(guarded_process, process);
}

void fake_set_answering(enum fake_answering when)
{
    SET_SCRIPT(answering, when);
}

void fake_answer_with(int error)
{
    SET_SCRIPT(answer_error, error);
}

void fake_give_no_handles(void)
{
    SET_SCRIPT(no_handles, 1);
}

void fake_answer_cancels_later(void)
{
    SET_SCRIPT(late_cancels, 1);
}

void fake_hold_work(void)
{
    SET_SCRIPT(work_held, 1);
}

void fake_hang_names(_Bool hang)
{
    SET_SCRIPT(names_hang, hang);
}

void fake_set_answered_length(size_t length)
{
    SET_SCRIPT(answered_length, length);
}

void fake_name_machine(const char *name)
{
    fake_take_lock();
    snprintf(fake_script.machine, sizeof fake_script.machine, "%s", name);
    fake_give_lock();
}

void fake_be_a_server(void)
{
    SET_SCRIPT(is_server, 1);
}

void fake_trust_parcels(void)
{
    SET_SCRIPT(trusting, 1);
}

void fake_hide_owners(void)
{
    SET_SCRIPT(hide_owners, 1);
}

void fake_hide_connections(void)
{
    SET_SCRIPT(hide_connections, 1);
}

void fake_silence_changes(void)
{
    SET_SCRIPT(silent_changes, 1);
}

void fake_set_privileged(_Bool privileged)
{
    SET_SCRIPT(privileged, privileged);
}

void fake_when_waiting(void (*action)(void *context), void *context)
{
    SET_SCRIPT_ACTION(when_waiting, action, context);
}

void fake_after(enum fake_call call, void (*action)(void *context),
                void *context)
{
    SET_SCRIPT_ACTION(after[call], action, context);
}

/* Once, and without the lock, as psock's calls may come of it. */
static _Bool act(struct scripted_action *scripted)
{
    struct scripted_action action = *scripted;
    if (action.run == NULL)
        return 0;
    scripted->run = NULL;
    acting_thread = GetCurrentThreadId();
    ReleaseSRWLockExclusive(&lock);
    action.run(action.context);
    AcquireSRWLockExclusive(&lock);
    acting_thread = 0;
    return 1;
}

_Bool fake_act_while_waiting(void)
{
    return act(&when_waiting);
}

/* --- Complaints ------------------------------------------------------------ */

static char complaints[COMPLAINTS_SIZE];
static char told_complaints[COMPLAINTS_SIZE];

void fake_complain(const char *format, ...)
{
    va_list arguments;
    size_t length = strlen(complaints);
    va_start(arguments, format);
    vsnprintf(complaints + length, sizeof complaints - length, format,
              arguments);
    va_end(arguments);
    length = strlen(complaints);
    snprintf(complaints + length, sizeof complaints - length, "\n");
}

const char *fake_complaints(void)
{
    AcquireSRWLockExclusive(&lock);
    memcpy(told_complaints, complaints, sizeof told_complaints);
    complaints[0] = '\0';
    ReleaseSRWLockExclusive(&lock);
    return told_complaints;
}

/* --- Visits ---------------------------------------------------------------- */

/* Calls that a thread may make while a poll of its own is under way; in any
 * other, it has forgotten a poll whose answer will be written to its stack. */
static _Bool may_leave_poll(enum fake_call call)
{
    return call == FAKE_WaitForSingleObject || call == FAKE_CancelIoEx ||
           call == FAKE_NtDeviceIoControlFile ||
           acting_thread == GetCurrentThreadId();
}

static int begin_visit(struct fake_visit *visit, enum fake_call call,
                       const char *what)
{
    char line[LINE_SIZE];
    snprintf(line, sizeof line, "%s %s", call_names[call], what);
    visit->call = call;
    visit->line = add_line(line);
    call_counts[call]++;
    if (!may_leave_poll(call) && fake_thread_has_poll())
        fake_complain("%s while a poll of this thread is under way", line);
    fake_settle_connects();
    fake_settle_polls();
    return scripted_error(call);
}

int fake_enter(struct fake_visit *visit, enum fake_call call,
               const char *format, ...)
{
    char what[LINE_SIZE];
    va_list arguments;
    AcquireSRWLockExclusive(&lock);
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return begin_visit(visit, call, what);
}

int fake_enter_socket(struct fake_visit *visit, enum fake_call call, SOCKET s,
                      struct fake_object **object, const char *format, ...)
{
    char what[LINE_SIZE];
    va_list arguments;
    AcquireSRWLockExclusive(&lock);
    *object = fake_find_socket(s);
    int length = *object == NULL
                     ? snprintf(what, sizeof what, "#none ")
                     : snprintf(what, sizeof what, "#%u ", (*object)->id);
    va_start(arguments, format);
    vsnprintf(what + length, sizeof what - (size_t)length, format, arguments);
    va_end(arguments);
    int error = begin_visit(visit, call, what);
    if (error != 0)
        return error;
    if (fake_script.starts == 0)
        return WSANOTINITIALISED;
    return *object == NULL ? WSAENOTSOCK : 0;
}

void fake_take_lock(void)
{
    AcquireSRWLockExclusive(&lock);
    fake_settle_connects();
    fake_settle_polls();
}

void fake_give_lock(void)
{
    fake_settle_connects();
    fake_settle_polls();
    WakeAllConditionVariable(&changed);
    ReleaseSRWLockExclusive(&lock);
}

static void end_visit(struct fake_visit *visit, int error, int count)
{
    if (visit->line < line_count)
        add_result(visit->line, error, count);
    act(&after[visit->call]);
    fake_give_lock();
}

int fake_leave_count(struct fake_visit *visit, int error, int count)
{
    end_visit(visit, error, count);
    SetLastError((DWORD)error);
    return error == 0 ? count : SOCKET_ERROR;
}

int fake_leave(struct fake_visit *visit, int error)
{
    return fake_leave_count(visit, error, 0);
}

BOOL fake_leave_bool(struct fake_visit *visit, int error)
{
    end_visit(visit, error, 1);
    if (error != 0)
        SetLastError((DWORD)error);
    return error == 0;
}

NTSTATUS fake_leave_status(struct fake_visit *visit, NTSTATUS status)
{
    end_visit(visit, 0, status);
    return status;
}

/* --- Time ------------------------------------------------------------------ */

int64_t fake_now_ns(void)
{
    LARGE_INTEGER now;
    LARGE_INTEGER frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    int64_t seconds = now.QuadPart / frequency.QuadPart;
    int64_t rest = now.QuadPart % frequency.QuadPart;
    return seconds * 1000000000 + rest * 1000000000 / frequency.QuadPart;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
    if (a_ns < 0 || b_ns < 0)
        return a_ns < 0 ? b_ns : a_ns;
    return a_ns < b_ns ? a_ns : b_ns;
}

static DWORD ms_until(int64_t due_ns)
{
    int64_t left_ns = due_ns - fake_now_ns();
    if (left_ns <= 0)
        return 0;
    return (DWORD)((left_ns + 999999) / 1000000);
}

int64_t fake_patience_ends_ns(void)
{
    return fake_now_ns() + fake_script.patience_ns;
}

static unsigned waiting; /* threads in fake_sleep() */

void fake_sleep(int64_t due_ns)
{
    due_ns = earlier(due_ns, fake_next_connect_ns());
    due_ns = earlier(due_ns, fake_next_timeout_ns());
    DWORD timeout_ms = due_ns < 0 ? INFINITE : ms_until(due_ns);
    waiting++;
    WakeAllConditionVariable(&arrived);
    SleepConditionVariableSRW(&changed, &lock, timeout_ms, 0);
    waiting--;
    fake_settle_connects();
    fake_settle_polls();
}

void fake_await_waiting(unsigned count)
{
    AcquireSRWLockExclusive(&lock);
    const int64_t give_up_ns = fake_now_ns() + PATIENCE_NS;
    while (waiting < count && fake_now_ns() < give_up_ns)
        SleepConditionVariableSRW(&arrived, &lock, ms_until(give_up_ns), 0);
    if (waiting < count)
        fake_complain("there are %u waiting threads, not %u", waiting, count);
    ReleaseSRWLockExclusive(&lock);
}

/* --- A test's beginning and end -------------------------------------------- */

void fake_begin(const struct fake_profile *profile)
{
    AcquireSRWLockExclusive(&lock);
    fake_drop_polls();
    fake_drop_all();
    fake_drop_files();
    fake_drop_listeners();
    fake_begin_interfaces();
    fake_forget_names();
    forget_lines();
    memset(failures, 0, sizeof failures);
    when_waiting.run = NULL;
    memset(after, 0, sizeof after);
    complaints[0] = '\0';
    fake_script = (struct fake_script){.profile = profile,
                                       .version = MAKEWORD(2, 2),
                                       .room = 128 * 1024,
                                       .send_at_most = INT32_MAX,
                                       .traffic_class = -1,
                                       .stamp = -1,
                                       .segment_limit = INT32_MAX,
                                       .control_limit = INT32_MAX,
                                       .datagram_limit = INT32_MAX,
                                       .patience_ns = PATIENCE_NS,
                                       .second_membership = WSAEADDRNOTAVAIL,
                                       .temporary_directory = "C:\\Temp\\",
                                       .unnamed_length = 2,
                                       .machine = "machine",
                                       .starts = fake_has_looked_up(),
                                       .process = FAKE_FIRST_PROCESS,
                                       .buffer_limit = INT32_MAX};
    fake_install_startup(&psock_winsock);
    fake_install_handles(&psock_winsock);
    fake_install_sockets(&psock_winsock);
    fake_install_options(&psock_winsock);
    fake_install_transfers(&psock_winsock);
    fake_install_messages(&psock_winsock);
    fake_install_afd(&psock_winsock);
    fake_install_device(&psock_winsock);
    fake_install_ports(&psock_winsock);
    fake_install_select(&psock_winsock);
    fake_install_groups(&psock_winsock);
    fake_install_files(&psock_winsock);
    fake_install_contents(&psock_winsock);
    fake_install_transmissions(&psock_winsock);
    fake_install_processes(&psock_winsock);
    fake_install_interfaces(&psock_winsock);
    fake_install_resolver(&psock_winsock);
    fake_install_work(&psock_winsock);
    ReleaseSRWLockExclusive(&lock);
}

static void free_record(void)
{
    free(lines);
    lines = NULL;
    line_count = line_room = 0;
    free(record_text);
    record_text = NULL;
}

/* How many of something are left; prints what they are when there are any. */
static unsigned left_over(const char *what, unsigned count)
{
    if (count != 0)
        fprintf(stderr, "fake Winsock: left over: %u %s\n", count, what);
    return count;
}

static void print_last_lines(size_t count)
{
    size_t i = line_count > count ? line_count - count : 0;
    fprintf(stderr, "fake Winsock: the record%s:\n", i > 0 ? ", its end" : "");
    for (; i < line_count; i++)
        fprintf(stderr, "  %s\n", lines[i]);
}

/* One is to stay once a name was looked up. */
static unsigned starts_left(void)
{
    const unsigned staying = fake_has_looked_up();
    const unsigned starts = fake_started();
    return starts > staying ? starts - staying : 0;
}

unsigned fake_end(void)
{
    fake_hang_names(0);
    fake_join_threads();
    fake_drop_work();
    fake_drop_answers();
    unsigned wrong = left_over("sockets", fake_open_sockets());
    if (psock_startup() == 0)
        psock_cleanup(); /* takes what started by itself along */
    wrong += left_over("events", fake_open_events());
    wrong += left_over("devices", fake_open_devices());
    wrong += left_over("ports", fake_open_ports());
    wrong += left_over("files", fake_files());
    wrong += left_over("polls", fake_pending_polls());
    wrong += left_over("listeners to changes", fake_listeners());
    wrong += left_over("starts", starts_left());
    const char *text = fake_complaints();
    if (text[0] != '\0') {
        fprintf(stderr, "fake Winsock: %s", text);
        wrong++;
    }
    if (wrong != 0)
        print_last_lines(60);
    AcquireSRWLockExclusive(&lock);
    fake_drop_polls();
    fake_drop_all();
    free_record();
    ReleaseSRWLockExclusive(&lock);
    return wrong;
}

/* --- What stands ----------------------------------------------------------- */

unsigned fake_started(void)
{
    AcquireSRWLockExclusive(&lock);
    unsigned count = fake_script.starts;
    ReleaseSRWLockExclusive(&lock);
    return count;
}

static unsigned count_kind(enum fake_kind kind)
{
    AcquireSRWLockExclusive(&lock);
    unsigned count = fake_count_kind(kind);
    ReleaseSRWLockExclusive(&lock);
    return count;
}

unsigned fake_open_sockets(void)
{
    return count_kind(FAKE_SOCKET);
}

unsigned fake_open_events(void)
{
    return count_kind(FAKE_EVENT);
}

unsigned fake_open_devices(void)
{
    return count_kind(FAKE_DEVICE);
}

unsigned fake_open_ports(void)
{
    return count_kind(FAKE_PORT);
}

unsigned fake_inheritable_handles(void)
{
    unsigned count = 0;
    AcquireSRWLockExclusive(&lock);
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        count += each->inheritable;
    ReleaseSRWLockExclusive(&lock);
    return count;
}

unsigned fake_queued_packets(void)
{
    AcquireSRWLockExclusive(&lock);
    unsigned count = fake_count_packets();
    ReleaseSRWLockExclusive(&lock);
    return count;
}

unsigned fake_pending_polls(void)
{
    AcquireSRWLockExclusive(&lock);
    unsigned count = fake_count_polls();
    ReleaseSRWLockExclusive(&lock);
    return count;
}
