/* sys_poll.c: one AFD poll (afd.h) for several sockets.
 *
 * It goes to the handle of one of them.  The answer is matched by handles and
 * counted here: neither how many entries it has nor their order can be relied
 * on. */
#include "platform.h"

#include <stdlib.h>

/* Sets up to this size need no memory from elsewhere. */
#define SLOTS_KEPT 64

/* An entry that is not passed over. */
struct slot {
    HANDLE handle;
    uint32_t entry;
    ULONG events; /* that came; with AFD_POLL_LOCAL_CLOSE it is no socket */
};

/* The slots of sockets come first, in the order of their handles, so that the
 * same socket is asked for once and found quickly. */
struct poll_set {
    psock_pollable *entries;
    size_t count;
    struct slot *slots;
    size_t slot_count; /* of sockets */
    size_t waker_count;
    struct afd_poll *poll; /* and room for its entries */
    HANDLE event;
    psock_waker *canceler;
    _Bool by_select; /* AFD does not know all of the sockets */
};

/* --- Slots ---------------------------------------------------------------- */

static uintptr_t number_of(const struct slot *slot)
{
    return (uintptr_t)slot->handle;
}

static int compare_slots(const void *one, const void *other)
{
    const struct slot *a = one;
    const struct slot *b = other;
    return (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
}

/* Mostly they are in order. */
static void sort_slots(struct poll_set *set)
{
    for (size_t i = 1; i < set->slot_count; i++)
        if (number_of(&set->slots[i]) < number_of(&set->slots[i - 1])) {
            qsort(set->slots, set->slot_count, sizeof *set->slots,
                  compare_slots);
            return;
        }
}

static _Bool has_socket(const psock_pollable *entry)
{
    return entry->waker == NULL && entry->socket >= 0;
}

static size_t count_slots(const psock_pollable *entries, size_t count)
{
    size_t slots = 0;
    for (size_t i = 0; i < count; i++)
        slots += entries[i].waker != NULL || entries[i].socket >= 0;
    return slots;
}

static void fill_slots(struct poll_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (has_socket(&set->entries[i]))
            set->slots[set->slot_count++] = (struct slot){
                .handle = (HANDLE)set->entries[i].socket, .entry = (uint32_t)i};
    for (size_t i = 0; i < set->count; i++)
        if (set->entries[i].waker != NULL)
            set->slots[set->slot_count + set->waker_count++] =
                (struct slot){.entry = (uint32_t)i};
    sort_slots(set);
}

static const psock_pollable *entry_of(const struct poll_set *set, size_t slot)
{
    return &set->entries[set->slots[slot].entry];
}

static _Bool is_open(const struct slot *slot)
{
    return (slot->events & AFD_POLL_LOCAL_CLOSE) == 0;
}

/* The first slot with `handle`, or where it would be. */
static size_t find_slot(const struct poll_set *set, HANDLE handle)
{
    size_t low = 0;
    size_t high = set->slot_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (number_of(&set->slots[middle]) < (uintptr_t)handle)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void note_events(struct poll_set *set, HANDLE handle, ULONG events)
{
    for (size_t i = find_slot(set, handle);
         i < set->slot_count && set->slots[i].handle == handle; i++)
        set->slots[i].events |= events;
}

/* --- The request ---------------------------------------------------------- */

static struct afd_entry *entries_of(struct afd_poll *poll)
{
    return (struct afd_entry *)(poll + 1);
}

static ULONG size_of(const struct afd_poll *poll)
{
    return (ULONG)(sizeof *poll + poll->count * sizeof(struct afd_entry));
}

/* What the start of a request needs to know. */
struct question {
    struct poll_set *set;
    ULONG more; /* AFD's events, beside those of what is wanted */
    int64_t timeout_ns;
};

/* Asks for what is wanted of each handle, and for `more` of those that are not
 * settled: what comes of it is slow to answer where it comes of many. */
static void fill_request(const struct question *question)
{
    struct poll_set *set = question->set;
    struct afd_entry *entries = entries_of(set->poll);
    ULONG count = 0;
    for (size_t i = 0; i < set->slot_count; i++) {
        const psock_pollable *entry = entry_of(set, i);
        unsigned state = psock_win32_shadow_held(entry->socket);
        ULONG events = psock_win32_afd_events(entry->wanted, state);
        if (!psock_win32_is_settled(entry->socket))
            events |= question->more;
        if (!is_open(&set->slots[i]))
            continue;
        if (count > 0 && entries[count - 1].handle == set->slots[i].handle)
            entries[count - 1].events |= events;
        else
            entries[count++] = (struct afd_entry){
                .handle = set->slots[i].handle, .events = events};
    }
    *set->poll = (struct afd_poll){
        .timeout = psock_win32_afd_timeout(question->timeout_ns),
        .count = count};
}

/* Whether something has come that AFD does not tell: a ring, or a shutdown. */
static _Bool has_come(const psock_pollable *entry)
{
    if (entry->waker != NULL)
        return psock_win32_is_rung(entry->waker);
    return entry->socket >= 0 &&
           psock_win32_came(entry->socket, entry->wanted, 0,
                            psock_win32_shadow_held(entry->socket)) != 0;
}

static _Bool has_anything_come(const struct shadow_waiter *waiter)
{
    for (size_t i = 0; i < waiter->count; i++)
        if (has_come(&waiter->entries[i]))
            return 1;
    return psock_win32_is_rung(waiter->canceler);
}

/* What to ask for is found out here, as it depends on what was shut down.  When
 * something has come, AFD is just asked what else there is. */
static NTSTATUS start_poll(struct shadow_waiter *waiter, void *context)
{
    const struct question *question = context;
    struct afd_poll *poll = question->set->poll;
    fill_request(question);
    if (poll->count == 0)
        return 0;
    waiter->handle = entries_of(poll)->handle;
    if (poll->timeout.QuadPart != 0 && has_anything_come(waiter))
        poll->timeout.QuadPart = 0;
    return psock_win32_ask(waiter->handle, waiter->overlapped.hEvent, NULL,
                           (IO_STATUS_BLOCK *)&waiter->overlapped, poll,
                           size_of(poll));
}

static struct shadow_waiter waiter_for(const struct poll_set *set)
{
    return (struct shadow_waiter){.entries = set->entries,
                                  .count = set->count,
                                  .canceler = set->canceler};
}

static NTSTATUS request(struct poll_set *set, ULONG more, int64_t timeout_ns)
{
    struct question question = {
        .set = set, .more = more, .timeout_ns = timeout_ns};
    struct shadow_waiter waiter = waiter_for(set);
    const struct afd_entry *entries = entries_of(set->poll);
    NTSTATUS status = psock_win32_ask_and_wait(&waiter, NULL, set->event,
                                               start_poll, &question);
    for (ULONG i = 0; status == 0 && i < set->poll->count; i++)
        note_events(set, entries[i].handle, entries[i].events);
    return status;
}

/* --- Where AFD does not know a handle -------------------------------------- */

/* Marks what is no open socket.  Returns how many are not. */
static size_t mark_strangers(struct poll_set *set)
{
    size_t strangers = 0;
    for (size_t i = 0; i < set->slot_count; i++)
        if (is_open(&set->slots[i]) &&
            psock_sys_check(entry_of(set, i)->socket) < 0) {
            set->slots[i].events = AFD_POLL_LOCAL_CLOSE;
            strangers++;
        }
    return strangers;
}

/* Takes the handles below, or for WAYS_BELOW those of the sockets again. */
static void take_handles(struct poll_set *set, unsigned way)
{
    for (size_t i = 0; i < set->slot_count; i++) {
        psock_t s = entry_of(set, i)->socket;
        HANDLE below =
            way < WAYS_BELOW ? psock_win32_handle_below(s, way) : NULL;
        set->slots[i].handle = below == NULL ? (HANDLE)s : below;
    }
    sort_slots(set);
}

/* Beside what is wanted, so that what AFD says nothing at all of is either a
 * stream without a connection or one that needs no other look. */
#define EVENTS_OF_ALL (AFD_POLL_CONNECT | AFD_POLL_SEND)

static void ask_for_all(struct poll_set *set)
{
    NTSTATUS status = request(set, EVENTS_OF_ALL, 0);
    if (psock_win32_is_refusal(status) && mark_strangers(set) > 0)
        status = request(set, EVENTS_OF_ALL, 0);
    for (unsigned way = 0; way < WAYS_BELOW && psock_win32_is_refusal(status);
         way++) {
        take_handles(set, way);
        status = request(set, EVENTS_OF_ALL, 0);
    }
    set->by_select = psock_win32_is_refusal(status);
    if (set->by_select)
        take_handles(set, WAYS_BELOW);
}

/* --- The last resort ------------------------------------------------------- */

/* select() has no limit where its sets have the room. */
struct wide_set {
    u_int count;
    SOCKET sockets[];
};

_Static_assert(offsetof(struct wide_set, sockets) == offsetof(fd_set, fd_array),
               "a wide set is a longer fd_set");

struct select_sets {
    struct wide_set *read;
    struct wide_set *write;
    struct wide_set *except;
};

static void add_to_set(struct wide_set *set, _Bool wanted, psock_t s)
{
    if (wanted)
        set->sockets[set->count++] = (SOCKET)s;
}

static void fill_sets(const struct poll_set *set, struct select_sets *sets)
{
    const uint32_t reading = PSOCK_READABLE | PSOCK_READ_ENDED;
    sets->read->count = sets->write->count = sets->except->count = 0;
    for (size_t i = 0; i < set->slot_count; i++) {
        const psock_pollable *entry = entry_of(set, i);
        if (!is_open(&set->slots[i]))
            continue;
        add_to_set(sets->read, (entry->wanted & reading) != 0, entry->socket);
        add_to_set(sets->write, (entry->wanted & PSOCK_WRITABLE) != 0,
                   entry->socket);
        add_to_set(sets->except, 1, entry->socket);
    }
}

/* What there is to read, which select() does not tell apart. */
static ULONG events_of_readable(psock_t s)
{
    char byte;
    if (psock_winsock.recv((SOCKET)s, &byte, 1, MSG_PEEK) == 0)
        return psock_win32_is_datagram(s) ? AFD_POLL_RECEIVE
                                          : AFD_POLL_DISCONNECT;
    int native = psock_winsock.WSAGetLastError();
    return native == WSAECONNRESET || native == WSAECONNABORTED
               ? AFD_POLL_ABORT
               : AFD_POLL_RECEIVE;
}

/* Failed connects show in the third set and nowhere else, and stay there until
 * the next attempt. */
static ULONG events_of_exception(psock_t s)
{
    return (psock_win32_shadow(s) & SHADOW_CONNECTING) == 0 &&
                   psock_win32_has_peer(s)
               ? AFD_POLL_RECEIVE_EXPEDITED
               : AFD_POLL_CONNECT_FAIL;
}

static void note_sets(struct poll_set *set, const struct select_sets *sets)
{
    for (u_int i = 0; i < sets->read->count; i++)
        note_events(set, (HANDLE)sets->read->sockets[i],
                    events_of_readable((psock_t)sets->read->sockets[i]));
    for (u_int i = 0; i < sets->write->count; i++)
        note_events(set, (HANDLE)sets->write->sockets[i], AFD_POLL_SEND);
    for (u_int i = 0; i < sets->except->count; i++)
        note_events(set, (HANDLE)sets->except->sockets[i],
                    events_of_exception((psock_t)sets->except->sockets[i]));
}

/* select() cannot be woken, so it looks up now and then. */
#define LONGEST_SELECT_NS INT64_C(20000000)

static int select_with(struct poll_set *set, struct select_sets *sets,
                       int64_t timeout_ns)
{
    if (timeout_ns < 0 || timeout_ns > LONGEST_SELECT_NS)
        timeout_ns = LONGEST_SELECT_NS;
    struct timeval timeout = {.tv_usec = (long)((timeout_ns + 999) / 1000)};
    fill_sets(set, sets);
    if (sets->except->count == 0)
        return 0;
    int ready =
        psock_winsock.select(0, (fd_set *)sets->read, (fd_set *)sets->write,
                             (fd_set *)sets->except, &timeout);
    if (ready == SOCKET_ERROR)
        return psock_win32_error();
    note_sets(set, sets);
    return 0;
}

static int wait_by_select_for(struct poll_set *set, int64_t timeout_ns)
{
    size_t size = sizeof(fd_set) + (set->slot_count + 1) * sizeof(SOCKET);
    size = (size + sizeof(SOCKET) - 1) / sizeof(SOCKET) * sizeof(SOCKET);
    char *memory = malloc(3 * size);
    if (memory == NULL)
        return psock_win32_no_memory();
    struct select_sets sets = {
        .read = (struct wide_set *)(void *)memory,
        .write = (struct wide_set *)(void *)(memory + size),
        .except = (struct wide_set *)(void *)(memory + 2 * size)};
    int error = select_with(set, &sets, timeout_ns);
    free(memory);
    return error;
}

/* --- The answer ----------------------------------------------------------- */

static uint32_t came_to(const struct poll_set *set, size_t slot)
{
    const psock_pollable *entry = entry_of(set, slot);
    if (entry->waker != NULL)
        return psock_win32_is_rung(entry->waker) ? PSOCK_READABLE : 0;
    return psock_win32_came(entry->socket, entry->wanted,
                            set->slots[slot].events,
                            psock_win32_shadow(entry->socket));
}

/* Has the slots say what came of their events.  Returns how many have
 * something. */
static int conclude(struct poll_set *set)
{
    int ready = 0;
    for (size_t i = 0; i < set->slot_count + set->waker_count; i++) {
        set->slots[i].events = came_to(set, i);
        ready += set->slots[i].events != 0;
    }
    return ready;
}

static int answer(struct poll_set *set)
{
    int ready = conclude(set);
    if (ready == 0)
        return 0;
    for (size_t i = 0; i < set->count; i++)
        set->entries[i].came = 0;
    for (size_t i = 0; i < set->slot_count + set->waker_count; i++)
        set->entries[set->slots[i].entry].came = set->slots[i].events;
    return ready;
}

/* --- Looking and waiting -------------------------------------------------- */

/* An attempt to connect settles nothing before it has succeeded. */
static void find_what_is_fresh(struct slot *slot, psock_t s)
{
    const ULONG known = AFD_POLL_CONNECT | AFD_POLL_SEND;
    const ULONG failed = AFD_POLL_CONNECT_FAIL | AFD_POLL_LOCAL_CLOSE;
    _Bool settled = (slot->events & known) != 0 && (slot->events & failed) == 0;
    if (slot->events == 0 && (psock_win32_shadow(s) & SHADOW_CONNECTING) == 0) {
        settled = !psock_win32_is_fresh(s);
        slot->events = settled ? 0 : NEVER_CONNECTED;
    }
    if (settled)
        psock_win32_settle(s);
}

static void ask_what_is_fresh(struct poll_set *set)
{
    for (size_t i = 0; i < set->slot_count; i++) {
        psock_t s = entry_of(set, i)->socket;
        if (!psock_win32_is_settled(s))
            find_what_is_fresh(&set->slots[i], s);
    }
}

static int look(struct poll_set *set)
{
    ask_for_all(set);
    int error = set->by_select ? wait_by_select_for(set, 0) : 0;
    if (error < 0)
        return error;
    ask_what_is_fresh(set);
    return answer(set);
}

/* Disturbed, or in trouble, it looks again. */
static int wait_for_sockets(struct poll_set *set, int64_t timeout_ns)
{
    if (set->by_select) {
        int error = wait_by_select_for(set, timeout_ns);
        return error < 0 ? error : answer(set);
    }
    return request(set, 0, timeout_ns) < 0 ? look(set) : answer(set);
}

static void set_event(struct shadow_waiter *waiter)
{
    psock_winsock.SetEvent(waiter->handle);
}

static NTSTATUS start_idle_wait(struct shadow_waiter *waiter, void *context)
{
    (void)context;
    return has_anything_come(waiter) ? 0 : STATUS_PENDING;
}

static int wait_for_wakers(struct poll_set *set, int64_t timeout_ns)
{
    struct shadow_waiter waiter = waiter_for(set);
    waiter.disturb = set_event;
    waiter.handle = set->event;
    psock_winsock.ResetEvent(set->event);
    if (psock_win32_waiter_enter(&waiter, start_idle_wait, NULL) ==
        STATUS_PENDING)
        psock_winsock.WaitForSingleObject(set->event,
                                          psock_win32_timeout_ms(timeout_ns));
    psock_win32_waiter_leave(&waiter);
    return answer(set);
}

static int poll_set_until(struct poll_set *set, int64_t timeout_ns)
{
    fill_slots(set);
    if (set->slot_count == 0)
        return wait_for_wakers(set, timeout_ns);
    int ready = look(set);
    if (ready == 0 && timeout_ns != 0 && !psock_win32_is_rung(set->canceler))
        ready = wait_for_sockets(set, timeout_ns);
    return ready;
}

static int poll_with_event(struct poll_set *set, int64_t timeout_ns)
{
    set->event = psock_win32_take_event();
    if (set->event == NULL)
        return psock_win32_error();
    int result = poll_set_until(set, timeout_ns);
    psock_win32_give_event(set->event);
    if (result == 0 && psock_win32_is_rung(set->canceler))
        return psock_win32_canceled();
    return result;
}

static int poll_with_memory(struct poll_set *set, size_t slots,
                            int64_t timeout_ns)
{
    const size_t request_size =
        sizeof(struct afd_poll) + slots * sizeof(struct afd_entry);
    char *memory = malloc(request_size + slots * sizeof(struct slot));
    if (memory == NULL)
        return psock_win32_no_memory();
    set->poll = (struct afd_poll *)(void *)memory;
    set->slots = (struct slot *)(void *)(memory + request_size);
    int result = poll_with_event(set, timeout_ns);
    free(memory);
    return result;
}

int psock_sys_poll(psock_pollable *entries, size_t count, psock_waker *canceler,
                   int64_t timeout_ns)
{
    struct {
        struct afd_poll poll;
        struct afd_entry entries[SLOTS_KEPT];
        struct slot slots[SLOTS_KEPT];
    } kept;
    struct poll_set set = {.entries = entries,
                           .count = count,
                           .slots = kept.slots,
                           .poll = &kept.poll,
                           .canceler = canceler};
    const size_t slots = count_slots(entries, count);
    if (slots > SLOTS_KEPT)
        return poll_with_memory(&set, slots, timeout_ns);
    return poll_with_event(&set, timeout_ns);
}
