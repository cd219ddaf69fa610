/* poll.c: waiting for many descriptions, and for one.
 *
 * Sockets are waited for by psock, all others by their wakers beside them.  What
 * has no waker (pipes of the C runtime, consoles, sets of epoll) is looked at from
 * time to time while the rest is waited for. */
#include "number.h"
#include "ready.h"

#include <stdlib.h>

#define ON_STACK 64

/* What one call asks about.  Entries of psock are at the same place as those of
 * the program. */
struct survey {
    struct pollfd *asked;
    psock_pollable *entries;
    struct psock_guest **guests; /* held; null for numbers of the C runtime */
    size_t count;
    bool has_others; /* than sockets */
    bool looks;      /* at some of them, as nobody rings */
    bool has_errors; /* of sockets, kept for SO_ERROR */
};

/* --- Others than sockets ----------------------------------------------------- */

static bool is_other(const struct survey *survey, size_t i)
{
    return survey->asked[i].fd >= 0 && survey->entries[i].socket < 0;
}

static short other_bits(const struct survey *survey, size_t i)
{
    const struct pollfd *asked = &survey->asked[i];
    struct psock_guest *guest = survey->guests[i];
    if (guest == NULL)
        return psock_guest_plain_now(asked->fd, asked->events);
    return guest->class->now(guest, asked->events) &
           (asked->events | UNASKED_BITS);
}

/* A waker that rings for what was not asked for would end every wait at once. */
static void look_instead(struct survey *survey, psock_pollable *entry)
{
    if (entry->came != 0)
        entry->waker = NULL;
    if (entry->waker == NULL)
        survey->looks = true;
}

static int look(struct survey *survey)
{
    int ready = 0;
    for (size_t i = 0; survey->has_others && i < survey->count; i++) {
        if (!is_other(survey, i))
            continue;
        short bits = other_bits(survey, i);
        survey->asked[i].revents = bits;
        ready += bits != 0;
        if (bits == 0)
            look_instead(survey, &survey->entries[i]);
    }
    return ready;
}

/* --- Sockets ------------------------------------------------------------------ */

/* psock does not know of what is kept. */
static short kept_bits(const struct psock_guest *guest)
{
    short bits = atomic_load_explicit(&guest->error, memory_order_relaxed) != 0
                     ? POLLERR
                     : 0;
    return guest->domain == AF_UNIX ? bits | psock_guest_unix_hang_up(guest)
                                    : bits;
}

static short socket_bits(const struct psock_guest *guest, uint32_t came,
                         short events)
{
    short bits = came == 0 ? 0 : psock_guest_came(guest, came, events);
    return bits | kept_bits(guest);
}

static int tell_sockets(struct survey *survey)
{
    int ready = 0;
    for (size_t i = 0; i < survey->count; i++) {
        const psock_pollable *entry = &survey->entries[i];
        struct pollfd *asked = &survey->asked[i];
        if (entry->socket < 0)
            continue;
        asked->revents =
            socket_bits(survey->guests[i], entry->came, asked->events);
        ready += asked->revents != 0;
    }
    return ready;
}

/* --- The wait ------------------------------------------------------------------ */

static psock_deadline next_look(const struct survey *survey,
                                psock_deadline deadline)
{
    if (!survey->looks)
        return deadline;
    psock_deadline soon = psock_deadline_ms(LOOK_AGAIN_MS);
    return soon < deadline ? soon : deadline;
}

/* Returns how many are ready, 0 for another turn, or psock's error. */
static int take_turn(struct survey *survey, psock_deadline deadline)
{
    int ready = look(survey);
    bool has_errors = survey->has_errors;
    bool waits = ready == 0 && !has_errors;
    psock_deadline until = waits ? next_look(survey, deadline) : PSOCK_NOW;
    int result = psock_poll(survey->entries, survey->count, until);
    survey->has_errors = false; /* somebody else may take them meanwhile */
    if (result > 0 || has_errors)
        return ready + tell_sockets(survey);
    if (ready > 0)
        return ready;
    return result == PSOCK_ETIMEDOUT && until != deadline ? 0 : result;
}

static int wait_for_some(struct survey *survey, psock_deadline deadline)
{
    int result;
    do
        result = take_turn(survey, deadline);
    while (result == 0);
    if (result == PSOCK_EAGAIN || result == PSOCK_ETIMEDOUT)
        return look(survey);
    return result;
}

/* --- What is asked about --------------------------------------------------------- */

/* Where an entry of psock's is passed over, its socket is below zero. */
static psock_pollable pollable_for(const struct psock_guest *guest,
                                   short events)
{
    psock_pollable entry = {.socket = PSOCK_INVALID};
    if (guest->class->now != NULL) {
        entry.waker = guest->waker;
    } else {
        entry.socket = guest->socket;
        entry.wanted = psock_guest_wanted(guest, events);
    }
    return entry;
}

static void ask_about(struct survey *survey, size_t i)
{
    struct pollfd *asked = &survey->asked[i];
    struct psock_guest *guest =
        asked->fd < 0 ? NULL : psock_guest_hold_to_wait(asked->fd);
    asked->revents = 0;
    survey->guests[i] = guest;
    survey->entries[i] = (psock_pollable){.socket = PSOCK_INVALID};
    if (guest != NULL)
        survey->entries[i] = pollable_for(guest, asked->events);
    if (is_other(survey, i))
        survey->has_others = true;
    else if (guest != NULL && kept_bits(guest) != 0)
        survey->has_errors = true;
}

/* As on Linux a number that was closed meanwhile ends no wait, and what does tells
 * of it. */
static void tell_closed(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        struct pollfd *asked = &survey->asked[i];
        if (asked->revents != 0 && survey->guests[i] != NULL &&
            atomic_load(&psock_guest_numbers[asked->fd].guest) !=
                survey->guests[i])
            asked->revents = POLLNVAL;
    }
}

static ptrdiff_t run(struct survey *survey, psock_deadline deadline)
{
    for (size_t i = 0; i < survey->count; i++)
        ask_about(survey, i);
    int result = wait_for_some(survey, deadline);
    if (result > 0)
        tell_closed(survey);
    for (size_t i = 0; i < survey->count; i++)
        if (survey->guests[i] != NULL)
            psock_guest_drop(survey->guests[i]);
    return result;
}

static ptrdiff_t run_many(struct survey *survey, psock_deadline deadline)
{
    survey->entries = calloc(survey->count, sizeof *survey->entries);
    survey->guests = calloc(survey->count, sizeof(struct psock_guest *));
    ptrdiff_t result = PSOCK_ENOMEM;
    if (survey->entries != NULL && survey->guests != NULL)
        result = run(survey, deadline);
    free(survey->entries);
    free(survey->guests);
    return result;
}

ptrdiff_t psock_guest_poll(struct pollfd *entries, size_t count,
                           psock_deadline deadline)
{
    psock_pollable pollables[ON_STACK];
    struct psock_guest *guests[ON_STACK];
    struct survey survey = {.asked = entries,
                            .entries = pollables,
                            .guests = guests,
                            .count = count};
    if (count > ON_STACK)
        return run_many(&survey, deadline);
    return run(&survey, deadline);
}

/* --- One description -------------------------------------------------------------- */

/* The number stands for none: it only must not be below zero. */
int psock_guest_wait(struct psock_guest *guest, short wanted,
                     psock_deadline deadline)
{
    struct pollfd asked = {.fd = 0, .events = wanted};
    psock_pollable entry = pollable_for(guest, wanted);
    struct survey survey = {.asked = &asked,
                            .entries = &entry,
                            .guests = &guest,
                            .count = 1,
                            .has_others = entry.socket < 0};
    int result = wait_for_some(&survey, deadline);
    if (result > 0)
        return asked.revents;
    if (result == 0)
        return deadline == PSOCK_NOW ? PSOCK_EAGAIN : PSOCK_ETIMEDOUT;
    return result;
}
