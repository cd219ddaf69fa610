/* common.c: what both processes of the soak need. */
#include "soak.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PATIENCE_MS = 60000,
    COMPLAINTS_MAX = 10
};

/* --- Connections and counting --------------------------------------------- */

const char *const soak_ending_names[SOAK_ENDINGS] = {
    "half close", "close", "reset", "close with unread data",
    "reset by the server"};

_Bool soak_is_reset(int ending)
{
    return ending != SOAK_HALF_CLOSE && ending != SOAK_CLOSE;
}

void soak_complain(struct soak_report *report, const char *what, int ending,
                   ptrdiff_t result)
{
    if (report->counts[SOAK_LOST]++ >= COMPLAINTS_MAX)
        return;
    fprintf(stderr, "soak: %s, meant to end by %s: %s\n", what,
            ending < 0 ? "what it has not told" : soak_ending_names[ending],
            result == 0 ? "end of stream" : psock_error_name(result));
}

void soak_note_most(struct soak_report *report, uint64_t now_open)
{
    if (report->counts[SOAK_MOST_AT_ONCE] < now_open)
        report->counts[SOAK_MOST_AT_ONCE] = now_open;
}

void soak_add(struct soak_report *report, const struct soak_report *part)
{
    uint64_t most = report->counts[SOAK_MOST_AT_ONCE];
    for (size_t i = 0; i < SOAK_COUNTS; i++)
        report->counts[i] += part->counts[i];
    report->counts[SOAK_MOST_AT_ONCE] = most;
    soak_note_most(report, part->counts[SOAK_MOST_AT_ONCE]);
}

/* --- Small things --------------------------------------------------------- */

ptrdiff_t soak_demand(ptrdiff_t result, const char *what)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    if (result >= 0)
        return result;
    psock_error_describe(result, text, sizeof text);
    fprintf(stderr, "soak: %s: %s\n", what, text);
    exit(EXIT_FAILURE);
}

/* Splitmix64. */
uint64_t soak_random(uint64_t *state)
{
    uint64_t mixed = *state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

uint64_t soak_random_below(uint64_t *state, uint64_t limit)
{
    return soak_random(state) % limit;
}

/* A deadline after no time at all is now. */
int64_t soak_now_ns(void)
{
    return psock_deadline_ns(0);
}

void soak_send(psock_t s, const void *data, size_t size)
{
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    for (size_t done = 0; done < size;)
        done += (size_t)soak_demand(
            psock_send(s, (const char *)data + done, size - done, 0, deadline),
            "sending to the other process");
}

void soak_recv(psock_t s, void *data, size_t size)
{
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    for (size_t done = 0; done < size;) {
        ptrdiff_t received =
            psock_recv(s, (char *)data + done, size - done, 0, deadline);
        soak_demand(received != 0 ? received : PSOCK_ECONNRESET,
                    "receiving from the other process");
        done += (size_t)received;
    }
}

psock_t soak_listen(psock_address *address)
{
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    soak_demand(s, "opening a listener");
    soak_demand(psock_address_loopback(PSOCK_IPV4, 0, address), "loopback");
    soak_demand(psock_bind(s, address, PSOCK_BIND_FRESH), "binding");
    soak_demand(psock_listen(s, PSOCK_BACKLOG_DEFAULT), "listening");
    soak_demand(psock_local(s, address), "asking for the address");
    return s;
}

/* --- Bells ---------------------------------------------------------------- */

void soak_bell_open(struct soak_bell *bell)
{
    bell->rung = 0;
    atomic_init(&bell->heard, 0);
    atomic_init(&bell->last, 0);
    soak_demand(psock_waker_open(&bell->waker), "opening a waker");
}

_Bool soak_bell_is_heard(struct soak_bell *bell)
{
    return atomic_load(&bell->heard) == bell->rung;
}

void soak_bell_ring_again(struct soak_bell *bell)
{
    if (!soak_bell_is_heard(bell))
        return;
    bell->rung++;
    soak_demand(psock_waker_ring(bell->waker), "ringing");
}

_Bool soak_bell_hear(struct soak_bell *bell)
{
    if (soak_demand(psock_waker_reset(bell->waker), "resetting") == 0)
        return 1;
    return atomic_fetch_add(&bell->heard, 1) + 1 != atomic_load(&bell->last);
}
