/* What the headers show, and how to set options to zero, in C99 and in C++98. */
#include <psock/psock.h>

#ifdef __cplusplus
#define ALL_ZERO                                                               \
    {                                                                          \
    }
#else
#define ALL_ZERO                                                               \
    {                                                                          \
        0                                                                      \
    }
#endif

static int prepare(psock_t s, const psock_address *address, void *context)
{
    (void)s;
    (void)address;
    *(int *)context += 1;
    return 0;
}

psock_t dial_as_shown(psock_waker *waker);
int serve_as_shown(psock_listeners *listeners);
int resolve_as_shown(psock_address *addresses, size_t capacity);
int copy_as_shown(psock_t from, psock_t to);

psock_t dial_as_shown(psock_waker *waker)
{
    psock_t s;
    int prepared = 0;
    psock_dial_attempt attempts[4];
    psock_dial_report report = ALL_ZERO;
    psock_dial_options options = ALL_ZERO;
    report.attempts = attempts;
    report.capacity = 4;
    options.prepare = prepare;
    options.context = &prepared;
    options.report = &report;
    psock_cancel_with(waker);
    s = psock_dial("psock.example", "80", &options, psock_deadline_ms(10000));
    psock_cancel_with(NULL);
    return s;
}

int serve_as_shown(psock_listeners *listeners)
{
    psock_serve_options options = ALL_ZERO;
    options.mode = PSOCK_BIND_REBIND;
    return psock_serve(NULL, "8080", &options, listeners, PSOCK_FOREVER);
}

int resolve_as_shown(psock_address *addresses, size_t capacity)
{
    char name[PSOCK_HOST_NAME_SIZE];
    psock_resolve_options options = ALL_ZERO;
    options.family = PSOCK_IPV6;
    options.flags = PSOCK_RESOLVE_PASSIVE | PSOCK_RESOLVE_NUMERIC_SERVICE;
    options.canonical_name = name;
    return psock_resolve("::1", "8080", &options, addresses, capacity,
                         PSOCK_FOREVER);
}

int copy_as_shown(psock_t from, psock_t to)
{
    char room[1024];
    psock_copy_state state = ALL_ZERO;
    state.buffer = room;
    state.size = sizeof room;
    return psock_copy(from, to, &state, UINT64_MAX, PSOCK_FOREVER);
}
