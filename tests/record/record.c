/* record.c: the program and what its parts share. */
#include "record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

/* --- Writing down --------------------------------------------------------- */

void observe(const char *what, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%s | ", what);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    fflush(stdout);
}

const char *result_text(long result)
{
    static char texts[4][32];
    static unsigned next;
    int code = raw_error();
    char *text = texts[next++ % 4];
    if (result < 0)
        return raw_error_name(code);
    snprintf(text, sizeof *texts, "%ld", result);
    return text;
}

void observe_result(const char *what, long result)
{
    observe(what, "%s", result_text(result));
}

void observe_socket(const char *what, raw s)
{
    if (s == NO_RAW)
        observe_result(what, -1);
    else
        observe(what, "ok");
    if (s != NO_RAW)
        keep(s);
}

void observe_yes_or_no(const char *what, int yes)
{
    observe(what, "%s", yes ? "yes" : "no");
}

/* --- Sockets -------------------------------------------------------------- */

static raw kept[256];
static size_t kept_count;

/* What must work for anything else to mean something. */
static void demand(int met, const char *what)
{
    if (met)
        return;
    fprintf(stderr, "record: %s: %s\n", what, raw_error_name(raw_error()));
    exit(EXIT_FAILURE);
}

raw keep(raw s)
{
    demand(s != NO_RAW, "no socket");
    demand(kept_count < sizeof kept / sizeof *kept, "too many sockets");
    kept[kept_count++] = s;
    return s;
}

void forget(raw s)
{
    for (size_t i = 0; i < kept_count; i++)
        if (kept[i] == s)
            kept[i] = kept[--kept_count];
}

void close_kept(void)
{
    while (kept_count > 0)
        raw_close(kept[--kept_count]);
}

raw open_stream(void)
{
    return keep(socket(AF_INET, SOCK_STREAM, 0));
}

raw open_datagram(void)
{
    return keep(socket(AF_INET, SOCK_DGRAM, 0));
}

struct sockaddr_in ipv4_address(uint32_t host, uint16_t port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host);
    address.sin_port = htons(port);
    return address;
}

struct sockaddr_in own_address(raw s)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    demand(getsockname(s, (struct sockaddr *)&address, &length) == 0, "name");
    return address;
}

int bind_to(raw s, const struct sockaddr_in *address)
{
    return bind(s, (const struct sockaddr *)address, sizeof *address);
}

int connect_to(raw s, const struct sockaddr_in *address)
{
    return connect(s, (const struct sockaddr *)address, sizeof *address);
}

void bind_loopback(raw s)
{
    struct sockaddr_in address = ipv4_address(INADDR_LOOPBACK, 0);
    demand(bind_to(s, &address) == 0, "bind");
}

raw listening(int backlog)
{
    raw s = open_stream();
    bind_loopback(s);
    demand(listen(s, backlog) == 0, "listen");
    return s;
}

struct ends connected_to(raw listener)
{
    struct sockaddr_in address = own_address(listener);
    struct ends ends = {.client = open_stream()};
    demand(connect_to(ends.client, &address) == 0, "connect");
    raw_select(listener, 900);
    ends.server = keep(accept(listener, NULL, NULL));
    return ends;
}

struct ends connected(void)
{
    return connected_to(listening(5));
}

void reset(raw s)
{
    raw_set_linger(s, 0);
    forget(s);
    raw_close(s);
}

/* A socket that is bound and does not listen keeps others away. */
struct sockaddr_in deserted(void)
{
    raw s = open_stream();
    bind_loopback(s);
    return own_address(s);
}

static raw start_connecting(const struct sockaddr_in *address)
{
    raw s = open_stream();
    raw_set_nonblocking(s, 1);
    connect_to(s, address);
    return s;
}

static int is_undecided(raw s)
{
    return strcmp(raw_select(s, 60), "-") == 0;
}

/* Either the system is slow to refuse, or a listener whose queue is full does
 * not answer. */
raw pending(void)
{
    struct sockaddr_in address = deserted();
    raw s = start_connecting(&address);
    if (is_undecided(s))
        return s;
    address = own_address(listening(0));
    for (int i = 0; i < 6; i++) {
        s = start_connecting(&address);
        if (is_undecided(s))
            return s;
    }
    return NO_RAW;
}

raw refused(void)
{
    struct sockaddr_in address = deserted();
    raw s = open_stream();
    raw_hurry_refusal(s);
    raw_set_nonblocking(s, 1);
    connect_to(s, &address);
    return s;
}

const char *pending_error(raw s)
{
    int error = 0;
    int size = sizeof error;
    demand(raw_get(s, SOL_SOCKET, SO_ERROR, &error, &size) == 0, "SO_ERROR");
    return error == 0 ? "0" : raw_error_name(error);
}

/* --- Threads that wait ---------------------------------------------------- */

struct blocked_thread {
    enum blocked_call call;
    raw socket;
    const char *result;
    char text[64];
};

static const char *call_once(enum blocked_call call, raw s)
{
    char byte;
    raw accepted;
    switch (call) {
    case IN_RECV:
        return result_text(raw_recv(s, &byte, 1, 0));
    case IN_ACCEPT:
        accepted = accept(s, NULL, NULL);
        return accepted == NO_RAW ? result_text(-1) : "a connection";
    case IN_SELECT:
        return raw_select(s, 900);
    default:
        return raw_poll(s, WANT_IN, 900);
    }
}

static void run_blocked(void *argument)
{
    struct blocked_thread *thread = argument;
    snprintf(thread->text, sizeof thread->text, "%s",
             call_once(thread->call, thread->socket));
}

/* Long enough for a thread that was just started to come to its call. */
#define COME_TO_WAIT_MS 150

const char *blocked(enum blocked_call call, raw s, void (*act)(raw s),
                    void (*release)(void *context), void *context,
                    int patience_ms)
{
    static struct blocked_thread thread;
    thread = (struct blocked_thread){.call = call, .socket = s};
    struct host_thread *running = host_thread_start(run_blocked, &thread);
    raw_pause(COME_TO_WAIT_MS);
    if (act != NULL)
        act(s);
    if (host_thread_join(running, patience_ms))
        return thread.text;
    release(context);
    demand(host_thread_join(running, 5000), "a thread that cannot be ended");
    return "goes on waiting";
}

/* --- The program ---------------------------------------------------------- */

static void (*const areas[])(void) = {
    observe_descriptors,  observe_errors,    observe_modes,
    observe_connecting,   observe_binding,   observe_closing,
    observe_streams,      observe_addresses, observe_readiness,
    observe_surroundings, observe_system,
};

int main(void)
{
    printf("# raw sockets of %s\n", raw_system_name());
    observe_before_start();
    raw_start();
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        areas[i]();
        close_kept();
    }
    return EXIT_SUCCESS;
}
