#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Results -------------------------------------------------------------- */

static void complain(ptrdiff_t result, const char *call)
{
    if (result < 0)
        print_error("%s is %s, ", call, psock_error_name(result));
    else
        print_error("%s is %ld, ", call, (long)result);
}

void check_result(ptrdiff_t result, ptrdiff_t expected, const char *call,
                  const char *file, int line)
{
    if (result == expected)
        return;
    complain(result, call);
    if (expected < 0)
        print_error("not %s\n", psock_error_name(expected));
    else
        print_error("not %ld\n", (long)expected);
    _fail(file, line);
}

void check_either(ptrdiff_t result, ptrdiff_t first, ptrdiff_t second,
                  const char *call, const char *file, int line)
{
    if (result == first || result == second)
        return;
    complain(result, call);
    print_error("neither %s nor %s\n", psock_error_name(first),
                psock_error_name(second));
    _fail(file, line);
}

/* --- Time ----------------------------------------------------------------- */

psock_deadline in_time(void)
{
    return psock_deadline_ms(10000);
}

int64_t clock_ns(void)
{
    return psock_deadline_ns(0);
}

/* --- Sockets -------------------------------------------------------------- */

enum {
    KEPT_MAX = 4096
};

static psock_t kept[KEPT_MAX];
static size_t kept_count;

psock_t keep(psock_t s)
{
    if (s < 0)
        print_error("no socket to keep but %s\n", psock_error_name(s));
    assert_true(s >= 0);
    assert_in_range(kept_count, 0, KEPT_MAX - 1);
    kept[kept_count++] = s;
    return s;
}

psock_t let_go(psock_t s)
{
    for (size_t i = 0; i < kept_count; i++)
        if (kept[i] == s)
            kept[i] = kept[--kept_count];
    return s;
}

void close_kept(psock_t s)
{
    assert_result(psock_close(let_go(s)), 0);
}

psock_t open_kept(int family, int type)
{
    return keep(psock_open(family, type, 0));
}

psock_address loopback(int family, uint16_t port)
{
    psock_address address;
    assert_result(psock_address_loopback(family, port, &address), 0);
    return address;
}

psock_address local_of(psock_t s)
{
    psock_address address;
    assert_result(psock_local(s, &address), 0);
    return address;
}

psock_address peer_of(psock_t s)
{
    psock_address address;
    assert_result(psock_peer(s, &address), 0);
    return address;
}

enum {
    PATHS_MAX = 256,
    PATH_SIZE = 64
};

static char paths[PATHS_MAX][PATH_SIZE];
static size_t path_count;

static psock_address fresh_path(void)
{
    static unsigned number;
    psock_address address;
    assert_in_range(path_count, 0, PATHS_MAX - 1);
    char *path = paths[path_count++];
    snprintf(path, PATH_SIZE, "psock-test-%llx-%u.sock",
             (unsigned long long)clock_ns(), number++);
    assert_result(psock_address_unix(path, strlen(path), &address), 0);
    return address;
}

static psock_address fresh_address(int family)
{
    return family == PSOCK_UNIX ? fresh_path() : loopback(family, 0);
}

psock_t bound(int family, int type, int mode)
{
    psock_t s = open_kept(family, type);
    psock_address address = fresh_address(family);
    assert_result(psock_bind(s, &address, mode), 0);
    return s;
}

psock_t listening(int family)
{
    psock_t s = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    return s;
}

psock_t datagram(int family)
{
    return bound(family, PSOCK_DATAGRAM, PSOCK_BIND_FRESH);
}

psock_address deserted(int family, int type)
{
    return local_of(bound(family, type, PSOCK_BIND_FRESH));
}

psock_t connected_to(psock_t listener)
{
    psock_address address = local_of(listener);
    psock_t s = open_kept(psock_address_family(&address), PSOCK_STREAM);
    assert_result(psock_connect(s, &address, in_time()), 0);
    return s;
}

struct stream stream_over(int family)
{
    struct stream ends;
    psock_t listener = listening(family);
    ends.client = connected_to(listener);
    ends.server = keep(psock_accept(listener, NULL, in_time()));
    close_kept(listener);
    return ends;
}

struct stream datagrams_over(int family)
{
    struct stream ends = {datagram(family), datagram(family)};
    psock_address client = local_of(ends.client);
    psock_address server = local_of(ends.server);
    assert_result(psock_connect(ends.client, &server, PSOCK_NOW), 0);
    assert_result(psock_connect(ends.server, &client, PSOCK_NOW), 0);
    return ends;
}

/* What was sent is counted by the system as it likes, so the end is where a
 * little while brings no more room.  Receiving a byte makes the peer's system
 * tell of all its room, which it may have put off. */
struct stream clogged(int family)
{
    static unsigned char data[1 << 18];
    struct stream ends = stream_over(family);
    ptrdiff_t sent;
    do {
        while (psock_send(ends.client, data, sizeof data, 0, PSOCK_NOW) > 0)
            continue;
        recv_all(ends.server, data, 1);
        sent = psock_send(ends.client, data, sizeof data, 0,
                          psock_deadline_ms(SHORT_MS));
    } while (sent > 0);
    assert_result(sent, PSOCK_ETIMEDOUT);
    return ends;
}

struct queue full_queue(int family)
{
    struct queue queue;
    queue.listener = bound(family, PSOCK_STREAM, PSOCK_BIND_FRESH);
    queue.address = local_of(queue.listener);
    assert_result(psock_listen(queue.listener, 1), 0);
    for (int i = 0; i < 64; i++) {
        queue.pending = open_kept(family, PSOCK_STREAM);
        int result = psock_connect(queue.pending, &queue.address,
                                   psock_deadline_ms(SHORT_MS));
        if (result == PSOCK_ETIMEDOUT)
            return queue;
        if (result < 0)
            break;
    }
    skip_because("this system leaves no connection to itself undecided");
    return queue;
}

/* Resets a connection by closing it with data unread, and leaves the system a
 * moment in which to lose that. */
static _Bool reset_gets_lost(void)
{
    char byte;
    struct stream ends = stream_over(PSOCK_IPV4);
    psock_t idle = datagram(PSOCK_IPV4);
    send_text(ends.client, "x");
    assert_result(psock_recv(ends.server, &byte, 1, PSOCK_PEEK, in_time()), 1);
    close_kept(ends.server);
    assert_result(psock_recv(idle, &byte, 1, 0, psock_deadline_ms(1)),
                  PSOCK_ETIMEDOUT);
    ptrdiff_t received = psock_recv(ends.client, &byte, 1, 0, in_time());
    close_kept(idle);
    close_kept(ends.client);
    return received == 0;
}

void need_resets(void)
{
    static int resets_to_see = 30;
    static _Bool lost;
    for (; resets_to_see > 0 && !lost; resets_to_see--)
        lost = reset_gets_lost();
    if (lost)
        skip_because("this system reports a reset as the end of the stream");
}

_Bool same_address(const psock_address *a, const psock_address *b)
{
    return psock_address_compare(a, b) == 0;
}

/* --- Data ----------------------------------------------------------------- */

void fill(unsigned char *bytes, size_t size, size_t first_place)
{
    for (size_t i = 0; i < size; i++) {
        uint32_t place = (uint32_t)(first_place + i);
        bytes[i] = (unsigned char)((place * UINT32_C(2654435761)) >> 24);
    }
}

void send_all(psock_t s, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ptrdiff_t sent =
            psock_send(s, (const char *)data + done, size - done, 0, in_time());
        assert_true(sent > 0);
        done += (size_t)sent;
    }
}

void recv_all(psock_t s, void *buffer, size_t size)
{
    for (size_t done = 0; done < size;) {
        ptrdiff_t received =
            psock_recv(s, (char *)buffer + done, size - done, 0, in_time());
        assert_true(received > 0);
        done += (size_t)received;
    }
}

void send_text(psock_t s, const char *text)
{
    send_all(s, text, strlen(text));
}

void recv_text(psock_t s, const char *expected)
{
    char text[256];
    size_t length = strlen(expected);
    assert_in_range(length, 1, sizeof text);
    recv_all(s, text, length);
    assert_memory_equal(text, expected, length);
}

/* --- Wakers and pollers ---------------------------------------------------- */

enum {
    WAITED_FOR_MAX = 64
};

static psock_waker *wakers[WAITED_FOR_MAX];
static size_t waker_count;
static psock_poller *pollers[WAITED_FOR_MAX];
static size_t poller_count;

psock_waker *kept_waker(void)
{
    assert_in_range(waker_count, 0, WAITED_FOR_MAX - 1);
    assert_result(psock_waker_open(&wakers[waker_count]), 0);
    return wakers[waker_count++];
}

psock_poller *kept_poller(void)
{
    assert_in_range(poller_count, 0, WAITED_FOR_MAX - 1);
    assert_result(psock_poller_open(&pollers[poller_count]), 0);
    return pollers[poller_count++];
}

/* --- Calls that other threads make ----------------------------------------- */

static void run_call(void *argument)
{
    struct running_call *call = argument;
    host_gate_open(call->about_to_wait);
    call->result = call->body(call->argument);
}

struct running_call *begin_call(call_body *body, void *argument)
{
    struct running_call *call = calloc(1, sizeof *call);
    assert_non_null(call);
    call->body = body;
    call->argument = argument;
    call->about_to_wait = host_gate_make();
    call->thread = host_thread_start(run_call, call);
    return call;
}

void let_it_wait(struct running_call *call, int round)
{
    host_gate_wait(call->about_to_wait);
    psock_deadline end = psock_deadline_ns(round * INT64_C(10000));
    while (psock_deadline_left_ns(end) > 0)
        host_yield();
}

_Bool has_ended(struct running_call *call, int timeout_ms)
{
    if (call->thread != NULL && host_thread_join(call->thread, timeout_ms))
        call->thread = NULL;
    return call->thread == NULL;
}

_Bool interrupt_call(struct running_call *call, void (*run)(void *),
                     void *argument)
{
    for (int i = 0; i < 10 && !has_ended(call, i == 0 ? 0 : 500); i++)
        if (!host_thread_interrupt(call->thread, run, argument))
            return 0;
    return 1;
}

/* The memory stays with a thread that does not end. */
ptrdiff_t end_call(struct running_call *call)
{
    assert_true(has_ended(call, 15000));
    ptrdiff_t result = call->result;
    host_gate_free(call->about_to_wait);
    free(call);
    return result;
}

/* --- Programs ------------------------------------------------------------- */

int fixture_ipv4 = PSOCK_IPV4;
int fixture_ipv6 = PSOCK_IPV6;
int fixture_unix = PSOCK_UNIX;

int family_of(void **state)
{
    int family = *(const int *)*state;
    if (family == PSOCK_IPV6 && psock_capability(PSOCK_CAP_IPV6) < 0)
        skip_because("this system has no IPv6");
    if (family == PSOCK_UNIX && psock_capability(PSOCK_CAP_UNIX_STREAM) < 0)
        skip_because("this system has no such Unix sockets");
    return family;
}

static int descriptors_before;

/* What psock keeps open until it is cleaned up is not counted. */
static int count_descriptors(void)
{
    assert_result(psock_startup(), 0);
    assert_result(psock_cleanup(), 0);
    return host_descriptor_count();
}

int note_descriptors(void **state)
{
    (void)state;
    descriptors_before = count_descriptors();
    return 0;
}

void close_kept_all(void)
{
    (void)psock_cancel_with(NULL);
    while (poller_count > 0)
        psock_poller_close(pollers[--poller_count]);
    while (waker_count > 0)
        psock_waker_close(wakers[--waker_count]);
    while (kept_count > 0)
        psock_close(kept[--kept_count]);
    while (path_count > 0)
        remove(paths[--path_count]);
}

int tidy_up(void **state)
{
    (void)state;
    close_kept_all();
    assert_int_equal(count_descriptors(), descriptors_before);
    return 0;
}

static void touch_poller(psock_poller *poller, psock_t s)
{
    psock_poller_event event;
    (void)!psock_poller_add(poller, s, PSOCK_READABLE, NULL);
    (void)!psock_poller_wait(poller, &event, 1, psock_deadline_ms(1));
}

/* Waits in every way there is. */
static void touch_socket(void *argument)
{
    psock_t s = ((struct stream *)argument)->server;
    psock_pollable pollable = {.socket = s, .wanted = PSOCK_READABLE};
    psock_poller *poller;
    psock_recv(s, &(char){0}, 1, 0, psock_deadline_ms(1));
    (void)!psock_poll(&pollable, 1, psock_deadline_ms(1));
    if (psock_poller_open(&poller) < 0)
        return;
    touch_poller(poller, s);
    psock_poller_close(poller);
}

/* As many waits at once as any test has. */
#define WAITS_AT_ONCE 8

static ptrdiff_t wait_for_ring(void *argument)
{
    psock_pollable entry = {.socket = PSOCK_INVALID, .waker = argument};
    return psock_poll(&entry, 1, in_time());
}

static void wait_at_once(void)
{
    struct running_call *calls[WAITS_AT_ONCE];
    psock_waker *waker = kept_waker();
    for (size_t i = 0; i < WAITS_AT_ONCE; i++)
        calls[i] = begin_call(wait_for_ring, waker);
    for (size_t i = 0; i < WAITS_AT_ONCE; i++)
        let_it_wait(calls[i], 500);
    assert_result(psock_waker_ring(waker), 0);
    for (size_t i = 0; i < WAITS_AT_ONCE; i++)
        assert_result(end_call(calls[i]), 1);
}

int warm_up(void **state)
{
    struct stream ends = stream_over(PSOCK_IPV4);
    struct host_thread *thread = host_thread_start(touch_socket, &ends);
    touch_socket(&ends);
    assert_true(host_thread_join(thread, 10000));
    (void)datagram(PSOCK_IPV4);
    (void)psock_capability(PSOCK_CAP_IPV6);
    wait_at_once();
    close_kept_all();
    (void)state;
    return 0;
}

void check_streams_only(int family, void (*check_refused)(psock_t s, int error))
{
    psock_t other = datagram(family);
    psock_t foreign = host_foreign_open();
    psock_t closed = open_kept(family, PSOCK_STREAM);
    close_kept(closed);
    check_refused(other, PSOCK_EOPNOTSUPP);
    check_refused(closed, PSOCK_EBADF);
    check_refused(PSOCK_INVALID, PSOCK_EBADF);
    check_refused(foreign, PSOCK_ENOTSOCK);
    host_foreign_close(foreign);
}
