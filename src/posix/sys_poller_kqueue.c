/* sys_poller_kqueue.c: the poller of the BSDs and macOS.
 *
 * A queue has up to three events of a socket: that it can be read, that it can be
 * written, and where there is EVFILT_EXCEPT (not on FreeBSD and NetBSD, where
 * PSOCK_URGENT never comes) that it has urgent data.  A record for each socket
 * leads from them to the token, and makes one of them.
 *
 * Reading and writing are asked for by their level.  What a socket tells unasked
 * is asked for by its edges (EV_CLEAR), or every byte that nobody wants would
 * wake the waiting threads without end; so is urgent data, which some of the
 * systems mix up with other data.  What came by an edge, and what makes no event
 * at all, that a stream was never connected, is then looked for by each wait as
 * long as it is true: the socket is said to be standing.  While there are such
 * sockets, an event of our own keeps waits from lasting.
 *
 * To look at a socket, its events are asked for in a second queue, which tells at
 * once what is true.  No other way to ask for both ends of a connection works on
 * all of these systems: poll() is different on each.  It is done for what has
 * come to an end, what is standing, what was changed during the wait, and where
 * the end of the array may have cut a socket's events in two.
 *
 * One difference stays: an attempt to connect that has failed tells READ_ENDED,
 * too, after psock_connect() has told of it. */
#include "kqueue.h"

#include <stdlib.h>

#define NEEDS_A_LOOK (1u << 31)

/* --- Standing sockets ------------------------------------------------------ */

static void stand(struct psock_sys_poller *poller, struct kqueue_record *record)
{
    if (record->standing != 0)
        return;
    poller->standing[poller->standing_count++] = record;
    record->standing = poller->standing_count;
}

static void stand_no_more(struct psock_sys_poller *poller,
                          struct kqueue_record *record)
{
    if (record->standing == 0)
        return;
    struct kqueue_record *last = poller->standing[--poller->standing_count];
    poller->standing[record->standing - 1] = last;
    last->standing = record->standing;
    record->standing = 0;
}

/* To be called after each change of the two above. */
static void keep_standing(struct psock_sys_poller *poller)
{
    _Bool is_short = poller->standing_count > 0;
    if (is_short != poller->is_kept_short)
        psock_kqueue_keep_short(poller, is_short);
    poller->is_kept_short = is_short;
}

/* --- Opening and closing -------------------------------------------------- */

static int open_queue(int *queue_fd)
{
    *queue_fd = kqueue();
    if (*queue_fd < 0)
        return psock_posix_error();
    (void)fcntl(*queue_fd, F_SETFD, FD_CLOEXEC);
    return 0;
}

static void free_poller(struct psock_sys_poller *poller)
{
    psock_kqueue_close_own(poller);
    if (poller->look_fd >= 0)
        close(poller->look_fd);
    if (poller->queue_fd >= 0)
        close(poller->queue_fd);
    for (size_t i = 0; i < poller->record_room; i++)
        free(poller->records[i]);
    free(poller->records);
    free(poller->standing);
    pthread_mutex_destroy(&poller->lock);
    free(poller);
}

int psock_sys_poller_open(struct psock_sys_poller **poller)
{
    struct psock_sys_poller *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    pthread_mutex_init(&made->lock, NULL);
    made->look_fd = -1;
    int error = open_queue(&made->queue_fd);
    if (error == 0)
        error = open_queue(&made->look_fd);
    if (error == 0)
        error = psock_kqueue_open_own(made);
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

/* --- Records -------------------------------------------------------------- */

static int make_record_room(struct psock_sys_poller *poller, int fd)
{
    const size_t before = poller->record_room;
    if (fd < 0)
        return PSOCK_EBADF;
    if ((size_t)fd < before)
        return 0;
    size_t room = before * 2 > (size_t)fd ? before * 2 : (size_t)fd + 1;
    struct kqueue_record **records =
        realloc(poller->records, room * sizeof(struct kqueue_record *));
    if (records == NULL)
        return PSOCK_ENOMEM;
    memset(records + before, 0,
           (room - before) * sizeof(struct kqueue_record *));
    poller->records = records;
    struct kqueue_record **standing =
        realloc(poller->standing, room * sizeof(struct kqueue_record *));
    if (standing == NULL)
        return PSOCK_ENOMEM;
    poller->standing = standing;
    poller->record_room = room;
    return 0;
}

static struct kqueue_record *find_record(const struct psock_sys_poller *poller,
                                         int fd)
{
    return fd >= 0 && (size_t)fd < poller->record_room ? poller->records[fd]
                                                       : NULL;
}

static int make_record(struct psock_sys_poller *poller, int fd,
                       struct kqueue_record **record)
{
    int error = make_record_room(poller, fd);
    if (error < 0)
        return error;
    if (poller->records[fd] == NULL)
        poller->records[fd] = calloc(1, sizeof **poller->records);
    *record = poller->records[fd];
    return *record == NULL ? PSOCK_ENOMEM : 0;
}

/* --- What the queue is asked for ------------------------------------------ */

/* An end of the connection, which is told unasked, shows in either direction, so
 * one of the two is asked for in any case. */
static void plan(uint32_t wanted, unsigned char asked[FILTERS])
{
    _Bool read = (wanted & PSOCK_READABLE) != 0;
    _Bool write = (wanted & PSOCK_WRITABLE) != 0;
    _Bool ended = (wanted & PSOCK_READ_ENDED) != 0;
    _Bool urgent = PSOCK_KQUEUE_HAS_URGENT && (wanted & PSOCK_URGENT) != 0;
    asked[FILTER_READ] = read ? ASK_LEVEL : ASK_NOT;
    asked[FILTER_WRITE] = write ? ASK_LEVEL : ASK_NOT;
    asked[FILTER_URGENT] = urgent ? ASK_EDGE : ASK_NOT;
    if (!read && (ended || !write))
        asked[FILTER_READ] = ASK_EDGE;
    if (!read && !write)
        asked[FILTER_WRITE] = ASK_EDGE;
}

static int collect(struct kevent *changes, struct kqueue_record *record,
                   unsigned flags)
{
    int count = 0;
    for (int i = 0; i < FILTERS; i++)
        if (record->asked[i] != ASK_NOT)
            psock_kqueue_set_change(&changes[count++], record->fd, i, flags,
                                    record);
    return count;
}

/* An edge does not become a level, nor a level an edge, while the event is
 * there. */
static void ask_no_more_unless(const struct psock_sys_poller *poller,
                               struct kqueue_record *record,
                               const unsigned char asked[FILTERS])
{
    struct kevent changes[FILTERS];
    int count = 0;
    for (int i = 0; i < FILTERS; i++) {
        if (record->asked[i] != ASK_NOT && record->asked[i] != asked[i])
            psock_kqueue_set_change(&changes[count++], record->fd, i, EV_DELETE,
                                    NULL);
        record->asked[i] = asked[i];
    }
    psock_kqueue_change_surely(poller->queue_fd, changes, count);
}

static void ask_no_more(const struct psock_sys_poller *poller,
                        struct kqueue_record *record)
{
    static const unsigned char nothing[FILTERS] = {ASK_NOT};
    ask_no_more_unless(poller, record, nothing);
}

/* Adding what is there already enables it, and tells it anew if it is true. */
static int ask(const struct psock_sys_poller *poller,
               struct kqueue_record *record)
{
    struct kevent changes[FILTERS];
    unsigned char asked[FILTERS];
    plan(record->wanted, asked);
    ask_no_more_unless(poller, record, asked);
    int count = collect(changes, record, EV_ADD | EV_ENABLE);
    for (int i = 0, j = 0; i < FILTERS; i++) {
        if (asked[i] == ASK_EDGE)
            changes[j].flags |= EV_CLEAR;
        j += asked[i] != ASK_NOT;
    }
    return psock_kqueue_change(poller->queue_fd, changes, count);
}

/* --- What is told of it ------------------------------------------------------ */

/* A datagram socket may have an error where it can be sent from, or where there
 * seems to be nothing to receive. */
static _Bool may_have_failed(const struct kqueue_record *record,
                             const struct kevent *event)
{
    return !record->is_stream && !record->is_waker &&
           (event->filter == EVFILT_WRITE || event->data == 0);
}

/* What of `came` is to be told. */
static uint32_t answer_to(uint32_t wanted, uint32_t came)
{
    uint32_t answer =
        came & (wanted | (uint32_t)(PSOCK_FAILED | PSOCK_HUNG_UP));
    if ((wanted & PSOCK_READABLE) != 0)
        answer |= came & PSOCK_READ_ENDED;
    if ((answer & (PSOCK_FAILED | PSOCK_HUNG_UP)) != 0)
        answer |= PSOCK_READABLE | PSOCK_WRITABLE;
    return answer;
}

/* Whether the queue will not tell again what the answer is. */
static _Bool must_stand(const struct kqueue_record *record, uint32_t answer)
{
    uint32_t level = 0;
    if (record->asked[FILTER_READ] == ASK_LEVEL)
        level |= PSOCK_READABLE | PSOCK_READ_ENDED;
    if (record->asked[FILTER_WRITE] == ASK_LEVEL)
        level |= PSOCK_WRITABLE;
    if ((answer & PSOCK_HUNG_UP) != 0)
        return level == 0 || (record->is_stream && !record->is_connected);
    return (answer & ~level) != 0;
}

/* --- What is in it -------------------------------------------------------- */

static void change_wish(struct psock_sys_poller *poller,
                        struct kqueue_record *record, uint32_t wanted)
{
    record->wanted = wanted;
    record->is_told = 0;
    record->since = atomic_fetch_add(&poller->changes, 1) + 1;
    if (record->is_stream && !record->is_connected &&
        psock_kqueue_look(poller, record) == PSOCK_KQUEUE_IDLE)
        stand(poller, record);
    keep_standing(poller);
}

static void drop_record(struct psock_sys_poller *poller,
                        struct kqueue_record *record)
{
    ask_no_more(poller, record);
    stand_no_more(poller, record);
    keep_standing(poller);
    record->is_there = 0;
}

static int add_locked(struct psock_sys_poller *poller,
                      const struct kqueue_record *model, void **mark)
{
    struct kqueue_record *record;
    int error = make_record(poller, model->fd, &record);
    if (error < 0)
        return error;
    if (record->is_there)
        drop_record(poller, record);
    *record = *model;
    record->is_there = 1;
    record->is_stream =
        !model->is_waker &&
        psock_kqueue_socket_option(model->fd, SO_TYPE) == SOCK_STREAM;
    change_wish(poller, record, model->wanted);
    error = ask(poller, record);
    if (error < 0) {
        int native = errno;
        drop_record(poller, record);
        errno = native;
        return error;
    }
    *mark = record;
    return 0;
}

static int add(struct psock_sys_poller *poller,
               const struct kqueue_record *model, void **mark)
{
    pthread_mutex_lock(&poller->lock);
    int error = add_locked(poller, model, mark);
    pthread_mutex_unlock(&poller->lock);
    return error;
}

static int absent(void)
{
    errno = ENOENT;
    return PSOCK_ENOENT;
}

static int drop(struct psock_sys_poller *poller, struct kqueue_record *record)
{
    pthread_mutex_lock(&poller->lock);
    _Bool was_there = record->is_there;
    if (was_there)
        drop_record(poller, record);
    pthread_mutex_unlock(&poller->lock);
    return was_there ? 0 : absent();
}

void psock_posix_poller_drop(struct psock_posix_poller_link *link, int fd)
{
    struct psock_sys_poller *poller = (struct psock_sys_poller *)link;
    pthread_mutex_lock(&poller->lock);
    struct kqueue_record *record = find_record(poller, fd);
    if (record != NULL && record->is_there)
        drop_record(poller, record);
    pthread_mutex_unlock(&poller->lock);
}

int psock_sys_poller_add(struct psock_sys_poller *poller, psock_t s,
                         uint32_t wanted, void *token, void **mark)
{
    const struct kqueue_record model = {
        .token = token, .wanted = wanted, .fd = psock_posix_fd(s)};
    return add(poller, &model, mark);
}

int psock_sys_poller_modify(struct psock_sys_poller *poller, psock_t s,
                            uint32_t wanted, void *mark)
{
    struct kqueue_record *record = mark;
    (void)s;
    pthread_mutex_lock(&poller->lock);
    int error = record->is_there ? 0 : absent();
    if (error == 0) {
        change_wish(poller, record, wanted);
        error = ask(poller, record);
    }
    pthread_mutex_unlock(&poller->lock);
    return error;
}

int psock_sys_poller_remove(struct psock_sys_poller *poller, psock_t s,
                            void *mark)
{
    (void)s;
    return drop(poller, mark);
}

int psock_sys_poller_add_waker(struct psock_sys_poller *poller,
                               psock_waker *waker, void *token, void **mark)
{
    const struct kqueue_record model = {.token = token,
                                        .wanted = PSOCK_READABLE,
                                        .fd = psock_posix_waker_fd(waker),
                                        .is_waker = 1};
    return add(poller, &model, mark);
}

int psock_sys_poller_remove_waker(struct psock_sys_poller *poller,
                                  psock_waker *waker, void *mark)
{
    (void)waker;
    return drop(poller, mark);
}

/* --- Waiting -------------------------------------------------------------- */

#define NATIVE_EVENTS 128

/* What a wait has had from the queue, and makes of it. */
struct harvest {
    const struct kevent *native;
    int native_count;
    _Bool may_be_cut;           /* the queue may have had more */
    unsigned long since;        /* the last change before the wait */
    psock_poller_event *events; /* with records as tokens until they are told */
    size_t count;
    size_t room;
};

/* The event of `record`, which there may be already; null without room. */
static psock_poller_event *event_of(const struct psock_sys_poller *poller,
                                    struct harvest *harvest,
                                    struct kqueue_record *record)
{
    if (record->wait == poller->waits)
        return &harvest->events[record->event];
    if (harvest->count == harvest->room)
        return NULL;
    record->wait = poller->waits;
    record->event = harvest->count++;
    psock_poller_event *event = &harvest->events[record->event];
    event->token = record;
    event->came = 0;
    return event;
}

static _Bool is_by_edge(const struct kqueue_record *record,
                        const struct kevent *event)
{
    if (event->filter == EVFILT_READ)
        return record->asked[FILTER_READ] == ASK_EDGE;
    return event->filter != EVFILT_WRITE ||
           record->asked[FILTER_WRITE] == ASK_EDGE;
}

/* An event that was under way when its record was changed may be of what was
 * there before. */
static void reap_native(const struct psock_sys_poller *poller,
                        struct harvest *harvest, const struct kevent *native)
{
    struct kqueue_record *record = (void *)native->udata;
    if (record == NULL || !record->is_there || record->is_told)
        return;
    psock_poller_event *event = event_of(poller, harvest, record);
    if (event == NULL)
        return;
    event->came |= psock_kqueue_bits(native);
    if ((native->flags & (EV_EOF | EV_ERROR)) != 0 ||
        record->since > harvest->since || is_by_edge(record, native) ||
        may_have_failed(record, native))
        event->came |= NEEDS_A_LOOK;
}

static void reap_standing(struct psock_sys_poller *poller,
                          struct harvest *harvest)
{
    const size_t count = poller->standing_count;
    size_t i = 0;
    for (; i < count; i++) {
        size_t place = (poller->standing_start + i) % count;
        psock_poller_event *event =
            event_of(poller, harvest, poller->standing[place]);
        if (event == NULL)
            break;
        event->came |= NEEDS_A_LOOK;
    }
    poller->standing_start = i == count ? 0 : poller->standing_start + i;
}

static void tell_once(const struct psock_sys_poller *poller,
                      struct kqueue_record *record)
{
    struct kevent changes[FILTERS];
    int count = collect(changes, record, EV_DISABLE);
    psock_kqueue_change_surely(poller->queue_fd, changes, count);
    record->is_told = 1;
}

/* Whether the queue may have more of it than `came`. */
static _Bool may_lack_something(const struct kqueue_record *record,
                                uint32_t came)
{
    return (record->asked[FILTER_READ] != ASK_NOT &&
            (came & PSOCK_READABLE) == 0) ||
           (record->asked[FILTER_WRITE] != ASK_NOT &&
            (came & PSOCK_WRITABLE) == 0) ||
           record->asked[FILTER_URGENT] != ASK_NOT;
}

static uint32_t finish_bits(const struct psock_sys_poller *poller,
                            const struct harvest *harvest,
                            struct kqueue_record *record, uint32_t came)
{
    if (harvest->may_be_cut && may_lack_something(record, came))
        came |= NEEDS_A_LOOK;
    if ((came & NEEDS_A_LOOK) != 0)
        came = psock_kqueue_look(poller, record);
    return answer_to(record->wanted, came);
}

/* Returns what is to be told of `record`, and leaves it as it has to be after
 * that. */
static uint32_t finish_record(struct psock_sys_poller *poller,
                              const struct harvest *harvest,
                              struct kqueue_record *record, uint32_t came)
{
    uint32_t answer = finish_bits(poller, harvest, record, came);
    _Bool is_last = answer != 0 && (record->wanted & PSOCK_ONE_SHOT) != 0;
    if (is_last)
        tell_once(poller, record);
    if (answer != 0 && !is_last && must_stand(record, answer))
        stand(poller, record);
    else
        stand_no_more(poller, record);
    return answer;
}

static int finish(struct psock_sys_poller *poller,
                  const struct harvest *harvest)
{
    int told = 0;
    psock_poller_event *events = harvest->events;
    for (size_t i = 0; i < harvest->count; i++) {
        struct kqueue_record *record = events[i].token;
        uint32_t answer =
            finish_record(poller, harvest, record, events[i].came);
        if (answer == 0)
            continue;
        events[told].token = record->token;
        events[told++].came = answer;
    }
    keep_standing(poller);
    return told;
}

static int reap(struct psock_sys_poller *poller, struct harvest *harvest,
                _Bool *woken)
{
    pthread_mutex_lock(&poller->lock);
    poller->waits++;
    for (int i = 0; i < harvest->native_count; i++) {
        const struct kevent *native = &harvest->native[i];
        if ((void *)native->udata != NULL)
            reap_native(poller, harvest, native);
        else if (psock_kqueue_is_wake(poller, native))
            *woken = 1;
    }
    reap_standing(poller, harvest);
    int told = finish(poller, harvest);
    pthread_mutex_unlock(&poller->lock);
    return told;
}

/* Waits of more than a day are cut, as the caller will ask again. */
static int await_events(const struct psock_sys_poller *poller,
                        struct kevent *native, int room, int64_t timeout_ns)
{
    const int64_t longest_ns = INT64_C(86400000000000);
    if (timeout_ns > longest_ns)
        timeout_ns = longest_ns;
    const struct timespec timeout = {
        .tv_sec = (time_t)(timeout_ns / 1000000000),
        .tv_nsec = (long)(timeout_ns % 1000000000)};
    int count = kevent(poller->queue_fd, NULL, 0, native, room,
                       timeout_ns < 0 ? NULL : &timeout);
    return count < 0 ? psock_posix_error() : count;
}

/* Sets `is_cut` when there may be more events than it has looked at. */
static int harvest_once(struct psock_sys_poller *poller,
                        psock_poller_event *events, size_t count,
                        int64_t timeout_ns, _Bool *woken, _Bool *is_cut)
{
    struct kevent native[NATIVE_EVENTS];
    const int room = count < NATIVE_EVENTS ? (int)count : NATIVE_EVENTS;
    struct harvest harvest = {.native = native,
                              .since = atomic_load(&poller->changes),
                              .events = events,
                              .room = count < INT_MAX ? count : INT_MAX};
    int ready = await_events(poller, native, room, timeout_ns);
    if (ready <= 0)
        return ready;
    harvest.native_count = ready;
    harvest.may_be_cut = ready == room;
    *is_cut = harvest.may_be_cut;
    return reap(poller, &harvest, woken);
}

/* Where all events turned out to be nothing, there may be more behind them, of
 * which also a wait that does not wait has to tell. */
int psock_sys_poller_wait(struct psock_sys_poller *poller,
                          psock_poller_event *events, size_t count,
                          psock_waker *canceler, int64_t timeout_ns,
                          _Bool *woken)
{
    _Bool is_cut;
    int told;
    if (!PSOCK_LIKELY(canceler == NULL)) {
        int error =
            psock_posix_await_set(poller->queue_fd, canceler, timeout_ns);
        if (error < 0)
            return error;
        timeout_ns = 0;
    }
    do {
        is_cut = 0;
        told = harvest_once(poller, events, count, timeout_ns, woken, &is_cut);
        timeout_ns = 0;
    } while (told == 0 && is_cut && !*woken);
    return told;
}

void psock_sys_poller_wake(struct psock_sys_poller *poller)
{
    int native = errno;
    psock_kqueue_wake(poller);
    errno = native;
}
