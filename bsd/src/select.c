/* select.c: select() and pselect(): sets of bits, made into entries for poll(). */
#include "number.h"
#include "ready.h"

#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#define ON_STACK 64
#define SETS 3
#define US_IN_S 1000000
#define NS_IN_US 1000
#define NS_IN_S INT64_C(1000000000)

/* Longer is for ever; so many seconds and any tv_usec are still a deadline. */
#define SECONDS_MAX (INT64_MAX / NS_IN_S / 2)

/* What the bits of each set stand for, as Linux has it: to ask for, and to count. */
struct kind {
    short asked;
    short counted;
};

static const struct kind kinds[SETS] = {
    {POLLIN | POLLRDNORM | POLLRDBAND,
     POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR},
    {POLLOUT | POLLWRNORM | POLLWRBAND,
     POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR},
    {POLLPRI, POLLPRI},
};

struct select_call {
    fd_mask *sets[SETS]; /* as the program may have made them longer */
    size_t words;
    size_t numbers; /* below it */
    struct pollfd *entries;
    size_t count;
    psock_deadline deadline;
};

/* --- What is asked for --------------------------------------------------------- */

static bool is_in(const struct select_call *call, size_t set, int fd)
{
    const fd_mask *words = call->sets[set];
    return words != NULL && (words[fd / NFDBITS] >> fd % NFDBITS & 1) != 0;
}

static short events_of(const struct select_call *call, int fd)
{
    short events = 0;
    for (size_t set = 0; set < SETS; set++)
        if (is_in(call, set, fd))
            events |= kinds[set].asked;
    return events;
}

static bool is_empty_word(const struct select_call *call, size_t word)
{
    fd_mask all = 0;
    for (size_t set = 0; set < SETS; set++)
        if (call->sets[set] != NULL)
            all |= call->sets[set][word];
    return all == 0;
}

/* Writes the entries, unless there is no room yet, and counts them. */
static void gather(struct select_call *call, size_t room)
{
    call->count = 0;
    for (size_t fd = 0; fd < call->numbers; fd++) {
        if (fd % NFDBITS == 0 && is_empty_word(call, fd / NFDBITS)) {
            fd += NFDBITS - 1;
            continue;
        }
        short events = events_of(call, (int)fd);
        if (events != 0 && call->count++ < room)
            call->entries[call->count - 1] =
                (struct pollfd){.fd = (int)fd, .events = events};
    }
}

/* --- What is told ---------------------------------------------------------------- */

/* Which numbers are in which set is in the events of the entries, for the sets
 * are the program's and may be one and the same. */
static bool counts(const struct pollfd *entry, size_t set)
{
    return (entry->events & kinds[set].asked) != 0 &&
           (entry->revents & kinds[set].counted) != 0;
}

/* How many bits would be set, or -1 where a number is not open. */
static int bits_to_tell(const struct select_call *call)
{
    int bits = 0;
    for (size_t i = 0; i < call->count; i++) {
        if ((call->entries[i].revents & POLLNVAL) != 0)
            return -1;
        for (size_t set = 0; set < SETS; set++)
            bits += counts(&call->entries[i], set);
    }
    return bits;
}

/* What ends a poll() but not a select(), as a hang-up does where only urgent data
 * are waited for, is not waited for any more. */
static void pass_over_uncounted(struct select_call *call)
{
    for (size_t i = 0; i < call->count; i++)
        if (call->entries[i].revents != 0)
            call->entries[i].fd = -1;
}

static void write_set(const struct select_call *call, size_t set)
{
    fd_mask *words = call->sets[set];
    if (words == NULL)
        return;
    memset(words, 0, call->words * sizeof *words);
    for (size_t i = 0; i < call->count; i++) {
        const struct pollfd *entry = &call->entries[i];
        if (entry->fd >= 0 && counts(entry, set))
            words[entry->fd / NFDBITS] |= (fd_mask)1 << entry->fd % NFDBITS;
    }
}

/* --- The wait ---------------------------------------------------------------------- */

/* An error of psock, or how many bits are told. */
static ptrdiff_t wait_for_bits(struct select_call *call)
{
    for (;;) {
        ptrdiff_t result =
            psock_guest_poll(call->entries, call->count, call->deadline);
        if (result <= 0)
            return result;
        int bits = bits_to_tell(call);
        if (bits < 0)
            return PSOCK_EBADF;
        if (bits > 0)
            return bits;
        pass_over_uncounted(call);
    }
}

static ptrdiff_t select_gathered(struct select_call *call)
{
    ptrdiff_t result = wait_for_bits(call);
    for (size_t set = 0; result >= 0 && set < SETS; set++)
        write_set(call, set);
    return result;
}

static ptrdiff_t select_many(struct select_call *call)
{
    const size_t room = call->count;
    call->entries = calloc(room, sizeof *call->entries);
    if (call->entries == NULL)
        return PSOCK_ENOMEM;
    gather(call, room);
    ptrdiff_t result = select_gathered(call);
    free(call->entries);
    return result;
}

static ptrdiff_t select_once(void *context)
{
    struct select_call *call = context;
    struct pollfd entries[ON_STACK];
    call->entries = entries;
    gather(call, ON_STACK);
    return call->count > ON_STACK ? select_many(call) : select_gathered(call);
}

static int select_until(int count, fd_set *const sets[SETS],
                        psock_deadline deadline, const sigset_t *mask)
{
    struct select_call call = {.deadline = deadline};
    if (count < 0)
        return psock_guest_fail(EINVAL);
    call.numbers =
        count < PSOCK_GUEST_NUMBERS ? (size_t)count : PSOCK_GUEST_NUMBERS;
    call.words = (call.numbers + NFDBITS - 1) / NFDBITS;
    for (size_t set = 0; set < SETS; set++)
        call.sets[set] = sets[set] == NULL ? NULL : sets[set]->fds_bits;
    return (int)psock_guest_masked(select_once, &call, mask, NULL);
}

/* --- The calls ------------------------------------------------------------------------ */

/* More microseconds than a second has are right here. */
static int timeout_of(const struct timeval *timeout, psock_deadline *deadline)
{
    *deadline = PSOCK_FOREVER;
    if (timeout == NULL)
        return 0;
    const int64_t seconds = timeout->tv_sec;
    if (seconds < 0 || timeout->tv_usec < 0)
        return -EINVAL;
    if (seconds < SECONDS_MAX)
        *deadline = psock_deadline_ns(seconds * NS_IN_S +
                                      (int64_t)timeout->tv_usec * NS_IN_US);
    return 0;
}

static void write_time_left(struct timeval *timeout, psock_deadline deadline)
{
    if (timeout == NULL || deadline == PSOCK_FOREVER)
        return;
    int64_t left_us = psock_deadline_left_ns(deadline) / 1000;
    timeout->tv_sec = (time_t)(left_us / US_IN_S);
    timeout->tv_usec = (long)(left_us % US_IN_S);
}

int select(int count, fd_set *restrict read, fd_set *restrict write,
           fd_set *restrict except, struct timeval *restrict timeout)
{
    fd_set *const sets[SETS] = {read, write, except};
    psock_deadline deadline;
    int error = timeout_of(timeout, &deadline);
    if (error < 0)
        return psock_guest_fail(-error);
    int result = select_until(count, sets, deadline, NULL);
    write_time_left(timeout, deadline);
    return result;
}

int pselect(int count, fd_set *restrict read, fd_set *restrict write,
            fd_set *restrict except, const struct timespec *restrict timeout,
            const sigset_t *restrict mask)
{
    fd_set *const sets[SETS] = {read, write, except};
    psock_deadline deadline;
    int error = psock_guest_timeout(timeout, &deadline);
    if (error < 0)
        return psock_guest_fail(-error);
    return select_until(count, sets, deadline, mask);
}
