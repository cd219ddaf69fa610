/* sys_poller_poll.c: the poller of systems that have nothing but poll().
 *
 * What is wanted is kept here, under a lock.  A thread that waits does so in a
 * copy, without the lock; the copy is made anew only after a change.  Each such
 * thread has a waker of its own, by which whoever changes something makes it
 * look again.  Copies and wakers are kept for later waits, and given the memory
 * they will need when something is added. */
#include "platform.h"

#include <pthread.h>
#include <stdlib.h>

/* What is kept beside each entry for poll(). */
struct poll_record {
    void *token;
    uint32_t wanted;
    int fd; /* also while its entry has none, since nothing is to be told */
    _Bool is_waker;
    uint64_t since; /* the change that made it what it is */
};

/* A waiting thread's copy of the entries, behind some of its own. */
struct poll_waiter {
    struct poll_waiter *next;
    psock_waker *change;
    _Bool is_waiting;
    uint64_t version; /* the change that the copy is up to date with */
    size_t count;
    struct pollfd *entries;
    struct pollfd *larger; /* to take their place, or null */
};

enum {
    ENTRY_OF_WAKE,
    ENTRY_OF_CHANGE,
    ENTRY_OF_CANCELER,
    OWN_ENTRIES
};

struct psock_sys_poller {
    struct psock_posix_poller_link link; /* stays first */
    pthread_mutex_t lock;
    psock_waker *wake;
    struct poll_waiter *waiters;
    uint64_t version; /* counts changes */
    size_t count;
    size_t room;  /* for so many, here and in each waiter */
    size_t start; /* where to look first, so that all have their turn */
    struct pollfd *entries;
    struct poll_record *records;
    size_t *places; /* by descriptor: one more than its index, or 0 */
    size_t place_count;
};

/* --- Those who wait ------------------------------------------------------- */

static struct pollfd *waiter_entries(size_t room)
{
    return malloc((OWN_ENTRIES + room) * sizeof(struct pollfd));
}

static void free_waiter(struct poll_waiter *waiter)
{
    if (waiter->change != NULL)
        psock_sys_waker_close(waiter->change);
    free(waiter->entries);
    free(waiter->larger);
    free(waiter);
}

static int open_waiter(struct psock_sys_poller *poller,
                       struct poll_waiter **waiter)
{
    struct poll_waiter *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    made->entries = waiter_entries(poller->room);
    int error = made->entries == NULL ? PSOCK_ENOMEM
                                      : psock_sys_waker_open(&made->change);
    if (error < 0) {
        int native = errno;
        free_waiter(made);
        errno = native;
        return error;
    }
    made->next = poller->waiters;
    poller->waiters = made;
    *waiter = made;
    return 0;
}

/* One that no thread uses.  A new one is made when more threads wait at once
 * than ever before. */
static int take_waiter(struct psock_sys_poller *poller,
                       struct poll_waiter **waiter)
{
    struct poll_waiter *idle = poller->waiters;
    while (idle != NULL && idle->is_waiting)
        idle = idle->next;
    if (idle == NULL)
        return open_waiter(poller, waiter);
    *waiter = idle;
    return 0;
}

/* Gives all waiters entries for `room`.  Those of a waiting thread are the
 * system's to write to until it wakes. */
static int grow_waiters(struct psock_sys_poller *poller, size_t room)
{
    struct poll_waiter *waiter;
    for (waiter = poller->waiters; waiter != NULL; waiter = waiter->next) {
        struct pollfd *larger = waiter_entries(room);
        if (larger == NULL)
            return PSOCK_ENOMEM;
        free(waiter->larger);
        waiter->larger = larger;
    }
    return 0;
}

static void copy_entries(const struct psock_sys_poller *poller,
                         struct poll_waiter *waiter)
{
    if (waiter->larger != NULL) {
        free(waiter->entries);
        waiter->entries = waiter->larger;
        waiter->larger = NULL;
    }
    if (poller->count > 0)
        memcpy(waiter->entries + OWN_ENTRIES, poller->entries,
               poller->count * sizeof *poller->entries);
    waiter->count = poller->count;
    waiter->version = poller->version;
}

/* What was changed until now need not wake it any more. */
static void prepare_waiter(const struct psock_sys_poller *poller,
                           struct poll_waiter *waiter,
                           const psock_waker *canceler)
{
    (void)psock_sys_waker_reset(waiter->change);
    if (waiter->version != poller->version)
        copy_entries(poller, waiter);
    const psock_waker *const own[OWN_ENTRIES] = {
        [ENTRY_OF_WAKE] = poller->wake,
        [ENTRY_OF_CHANGE] = waiter->change,
        [ENTRY_OF_CANCELER] = canceler,
    };
    for (size_t i = 0; i < OWN_ENTRIES; i++)
        waiter->entries[i] = (struct pollfd){.fd = psock_posix_waker_fd(own[i]),
                                             .events = POLLIN};
    waiter->is_waiting = 1;
}

/* --- Opening and closing -------------------------------------------------- */

static void free_poller(struct psock_sys_poller *poller)
{
    while (poller->waiters != NULL) {
        struct poll_waiter *waiter = poller->waiters;
        poller->waiters = waiter->next;
        free_waiter(waiter);
    }
    if (poller->wake != NULL)
        psock_sys_waker_close(poller->wake);
    pthread_mutex_destroy(&poller->lock);
    free(poller->entries);
    free(poller->records);
    free(poller->places);
    free(poller);
}

int psock_sys_poller_open(struct psock_sys_poller **poller)
{
    struct poll_waiter *first;
    struct psock_sys_poller *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    pthread_mutex_init(&made->lock, NULL);
    made->version = 1; /* what no copy is up to date with */
    int error = psock_sys_waker_open(&made->wake);
    if (error == 0)
        error = open_waiter(made, &first);
    if (error < 0) {
        int native = errno;
        free_poller(made);
        errno = native;
        return error;
    }
    psock_posix_poller_begin(&made->link);
    *poller = made;
    return 0;
}

void psock_sys_poller_close(struct psock_sys_poller *poller)
{
    psock_posix_poller_end(&poller->link);
    free_poller(poller);
}

/* --- What is in it -------------------------------------------------------- */

#define FIRST_ROOM 16

static int make_room(struct psock_sys_poller *poller)
{
    if (poller->count < poller->room)
        return 0;
    size_t room = poller->room == 0 ? FIRST_ROOM : poller->room * 2;
    struct pollfd *entries =
        realloc(poller->entries, room * sizeof *poller->entries);
    if (entries == NULL)
        return PSOCK_ENOMEM;
    poller->entries = entries;
    struct poll_record *records =
        realloc(poller->records, room * sizeof *poller->records);
    if (records == NULL)
        return PSOCK_ENOMEM;
    poller->records = records;
    int error = grow_waiters(poller, room);
    if (error == 0)
        poller->room = room;
    return error;
}

static int make_place(struct psock_sys_poller *poller, int fd)
{
    size_t count = poller->place_count;
    if (fd < 0)
        return PSOCK_EBADF;
    if ((size_t)fd < count)
        return 0;
    size_t larger = count * 2 > (size_t)fd ? count * 2 : (size_t)fd + 1;
    size_t *places = realloc(poller->places, larger * sizeof *places);
    if (places == NULL)
        return PSOCK_ENOMEM;
    memset(places + count, 0, (larger - count) * sizeof *places);
    poller->places = places;
    poller->place_count = larger;
    return 0;
}

/* Where `fd` is, as the places have it: 0 for nowhere. */
static size_t place_of(const struct psock_sys_poller *poller, int fd)
{
    return fd >= 0 && (size_t)fd < poller->place_count ? poller->places[fd] : 0;
}

/* What all changes end with. */
static void tell_waiters(const struct psock_sys_poller *poller)
{
    const struct poll_waiter *waiter;
    for (waiter = poller->waiters; waiter != NULL; waiter = waiter->next)
        if (waiter->is_waiting)
            psock_sys_waker_ring(waiter->change);
}

static void want(struct psock_sys_poller *poller, size_t index, uint32_t wanted)
{
    struct poll_record *record = &poller->records[index];
    record->wanted = wanted;
    record->since = ++poller->version;
    poller->entries[index] = (struct pollfd){
        .fd = record->fd, .events = psock_posix_poll_events(wanted)};
    tell_waiters(poller);
}

static int add_locked(struct psock_sys_poller *poller,
                      const struct poll_record *record)
{
    int error = make_room(poller);
    if (error == 0)
        error = make_place(poller, record->fd);
    if (error < 0)
        return error;
    size_t index = poller->count++;
    poller->records[index] = *record;
    poller->places[record->fd] = index + 1;
    want(poller, index, record->wanted);
    return 0;
}

/* The last takes its place. */
static void drop_locked(struct psock_sys_poller *poller, size_t index)
{
    size_t last = --poller->count;
    int fd = poller->records[index].fd;
    poller->records[index] = poller->records[last];
    poller->entries[index] = poller->entries[last];
    poller->places[poller->records[index].fd] = index + 1;
    poller->places[fd] = 0;
    poller->version++;
    tell_waiters(poller);
}

static int absent(void)
{
    errno = ENOENT;
    return PSOCK_ENOENT;
}

static int drop(struct psock_sys_poller *poller, int fd)
{
    pthread_mutex_lock(&poller->lock);
    size_t place = place_of(poller, fd);
    if (place != 0)
        drop_locked(poller, place - 1);
    pthread_mutex_unlock(&poller->lock);
    return place != 0 ? 0 : absent();
}

void psock_posix_poller_drop(struct psock_posix_poller_link *link, int fd)
{
    (void)drop((struct psock_sys_poller *)link, fd);
}

static int add_record(struct psock_sys_poller *poller,
                      const struct poll_record *record, void **mark)
{
    pthread_mutex_lock(&poller->lock);
    int error = add_locked(poller, record);
    pthread_mutex_unlock(&poller->lock);
    if (error == 0)
        *mark = NULL;
    return error;
}

int psock_sys_poller_add(struct psock_sys_poller *poller, psock_t s,
                         uint32_t wanted, void *token, void **mark)
{
    const struct poll_record record = {
        .token = token, .wanted = wanted, .fd = psock_posix_fd(s)};
    return add_record(poller, &record, mark);
}

int psock_sys_poller_modify(struct psock_sys_poller *poller, psock_t s,
                            uint32_t wanted, void *mark)
{
    (void)mark;
    pthread_mutex_lock(&poller->lock);
    size_t place = place_of(poller, psock_posix_fd(s));
    if (place != 0)
        want(poller, place - 1, wanted);
    pthread_mutex_unlock(&poller->lock);
    return place != 0 ? 0 : absent();
}

int psock_sys_poller_remove(struct psock_sys_poller *poller, psock_t s,
                            void *mark)
{
    (void)mark;
    return drop(poller, psock_posix_fd(s));
}

int psock_sys_poller_add_waker(struct psock_sys_poller *poller,
                               psock_waker *waker, void *token, void **mark)
{
    const struct poll_record record = {.token = token,
                                       .wanted = PSOCK_READABLE,
                                       .fd = psock_posix_waker_fd(waker),
                                       .is_waker = 1};
    return add_record(poller, &record, mark);
}

int psock_sys_poller_remove_waker(struct psock_sys_poller *poller,
                                  psock_waker *waker, void *mark)
{
    (void)mark;
    return drop(poller, psock_posix_waker_fd(waker));
}

/* --- Waiting -------------------------------------------------------------- */

static uint32_t record_came(const struct poll_record *record,
                            const struct pollfd *entry)
{
    return record->is_waker ? PSOCK_READABLE
                            : psock_posix_came(record->wanted, entry);
}

/* What came of an entry may be out of date: it was taken out, changed, or told
 * to another thread meanwhile.  If it still is so, the next wait tells. */
static _Bool tell_one(struct psock_sys_poller *poller, uint64_t version,
                      const struct pollfd *entry, psock_poller_event *event)
{
    size_t index = place_of(poller, entry->fd) - 1;
    if (index >= poller->count || poller->records[index].since > version ||
        poller->entries[index].fd < 0)
        return 0;
    const struct poll_record *record = &poller->records[index];
    if ((entry->revents & POLLNVAL) != 0) { /* closed past psock */
        drop_locked(poller, index);
        return 0;
    }
    event->came = record_came(record, entry);
    event->token = record->token;
    if (event->came != 0 && (record->wanted & PSOCK_ONE_SHOT) != 0) {
        poller->entries[index].fd = -1;
        poller->version++;
    }
    return event->came != 0;
}

static int tell(struct psock_sys_poller *poller,
                const struct poll_waiter *waiter, psock_poller_event *events,
                size_t count)
{
    size_t told = 0;
    size_t looked_at = 0;
    const size_t start = poller->start < waiter->count ? poller->start : 0;
    const struct pollfd *entries = waiter->entries + OWN_ENTRIES;
    if (count > INT_MAX)
        count = INT_MAX;
    for (; looked_at < waiter->count && told < count; looked_at++) {
        size_t i = start + looked_at;
        i -= i < waiter->count ? 0 : waiter->count;
        if (entries[i].revents != 0)
            told +=
                tell_one(poller, waiter->version, &entries[i], &events[told]);
    }
    poller->start = start + looked_at;
    poller->start -= poller->start < waiter->count ? 0 : waiter->count;
    return (int)told;
}

static int answer_waiter(struct psock_sys_poller *poller,
                         const struct poll_waiter *waiter,
                         psock_poller_event *events, size_t count, _Bool *woken)
{
    _Bool was_woken = waiter->entries[ENTRY_OF_WAKE].revents != 0 &&
                      psock_sys_waker_reset(poller->wake);
    int told = tell(poller, waiter, events, count);
    if (was_woken)
        *woken = 1;
    if (told > 0 || was_woken ||
        waiter->entries[ENTRY_OF_CANCELER].revents == 0)
        return told;
    return psock_posix_canceled();
}

int psock_sys_poller_wait(struct psock_sys_poller *poller,
                          psock_poller_event *events, size_t count,
                          psock_waker *canceler, int64_t timeout_ns,
                          _Bool *woken)
{
    struct poll_waiter *waiter;
    pthread_mutex_lock(&poller->lock);
    int result = take_waiter(poller, &waiter);
    if (result == 0) {
        prepare_waiter(poller, waiter, canceler);
        pthread_mutex_unlock(&poller->lock);
        result = psock_posix_poll(waiter->entries, OWN_ENTRIES + waiter->count,
                                  timeout_ns);
        result = result < 0 ? psock_posix_error() : result;
        pthread_mutex_lock(&poller->lock);
        waiter->is_waiting = 0;
        if (result > 0)
            result = answer_waiter(poller, waiter, events, count, woken);
    }
    pthread_mutex_unlock(&poller->lock);
    return result;
}

void psock_sys_poller_wake(struct psock_sys_poller *poller)
{
    psock_sys_waker_ring(poller->wake);
}
