/* sys_poller.c: polls of AFD (afd.h) that arrive at a completion port.
 *
 * Each socket has at most one poll under way, for what is wanted of it.  The
 * polls go through handles that AFD gives to whoever opens its device by a name
 * below \Device\Afd, so neither are the sockets tied to the port, which could
 * not be undone, nor is there an event of each.  What is told again as long as
 * it is true comes of polling anew: a socket that was told of waits in a list,
 * and its next poll begins when a thread begins to wait, or at once while others
 * wait.  An answer that lay in the port before a wait began may be true no more,
 * so the socket is asked once again.
 *
 * Not documented are the request and the name of the device; libraries that
 * need them have used both since Windows 2000.  If the device cannot be opened,
 * or does not know a socket, adding says PSOCK_ENOTSUP.  The documented way,
 * ProcessSocketNotifications() of Windows 11, ties a socket to one port for good
 * and keeps others from using ports with it. */
#include "platform.h"
#include "poller.h"

#include <stdlib.h>

#define PACKETS_AT_ONCE 64

/* --- Taking wakers out ---------------------------------------------------- */

/* The registry's lock is held, and the poller's.  A packet in the port frees the
 * subscriber when it has come. */
static void take_waker_out(struct waker_subscriber *subscriber)
{
    struct psock_sys_poller *poller = subscriber->poller;
    struct waker_subscriber **link = &poller->wakers;
    while (*link != subscriber)
        link = &(*link)->next_in_poller;
    *link = subscriber->next_in_poller;
    if (psock_win32_unsubscribe(subscriber))
        poller->packets_due++;
    else
        free(subscriber);
}

/* --- Opening and closing -------------------------------------------------- */

/* A port holds threads back, though there are packets, while as many as it was
 * made for are at work with what they got of it.  But what a program does with
 * its threads is its own affair, and one that does not wait must see what there
 * is. */
#define AS_MANY_AS_COME 0x7fffffff

int psock_sys_poller_open(struct psock_sys_poller **poller)
{
    static const struct psock_sys_poller empty = {
        .lock = SRWLOCK_INIT, .bound_wait_ended = CONDITION_VARIABLE_INIT};
    struct psock_sys_poller *made = malloc(sizeof *made);
    if (made == NULL)
        return psock_win32_no_memory();
    *made = empty;
    made->to_arm = (struct poller_link){&made->to_arm, &made->to_arm};
    made->resting = (struct poller_link){&made->resting, &made->resting};
    made->port = psock_winsock.CreateIoCompletionPort(INVALID_HANDLE_VALUE,
                                                      NULL, 0, AS_MANY_AS_COME);
    if (made->port == NULL) {
        int error = psock_win32_error();
        free(made);
        return error;
    }
    *poller = made;
    return 0;
}

static void take_list_out(struct poller_link *list)
{
    struct poller_link *next;
    for (struct poller_link *link = list->next; link != list; link = next) {
        next = link->next;
        psock_win32_take_out((struct registration *)link);
    }
}

static void take_all_out(struct psock_sys_poller *poller)
{
    psock_win32_registry_lock();
    AcquireSRWLockExclusive(&poller->lock);
    take_list_out(&poller->to_arm);
    take_list_out(&poller->resting);
    struct waker_subscriber *next;
    for (struct waker_subscriber *each = poller->wakers; each != NULL;
         each = next) {
        next = each->next_in_poller;
        take_waker_out(each);
    }
    ReleaseSRWLockExclusive(&poller->lock);
    psock_win32_registry_unlock();
}

/* What the system, or a ring, may still write to is freed only when its packet
 * has come. */
static void drop_packet(struct psock_sys_poller *poller,
                        const OVERLAPPED_ENTRY *packet)
{
    if (packet->lpCompletionKey > PACKET_OF_WAKER)
        return;
    free(packet->lpOverlapped);
    poller->packets_due--;
}

static void drain(struct psock_sys_poller *poller)
{
    OVERLAPPED_ENTRY packets[PACKETS_AT_ONCE];
    ULONG count = 0;
    while (poller->packets_due > 0 &&
           psock_winsock.GetQueuedCompletionStatusEx(
               poller->port, packets, PACKETS_AT_ONCE, &count, INFINITE, 0))
        for (ULONG i = 0; i < count; i++)
            drop_packet(poller, &packets[i]);
}

void psock_sys_poller_close(struct psock_sys_poller *poller)
{
    take_all_out(poller);
    drain(poller);
    psock_win32_close_devices(poller);
    psock_winsock.CloseHandle(poller->port);
    free(poller);
}

/* --- Sockets -------------------------------------------------------------- */

/* The registry's lock is held. */
static struct registration *find_in(const struct psock_sys_poller *poller,
                                    psock_t s)
{
    struct registration *each = psock_win32_registry_first(s);
    while (each != NULL && (each->poller != poller || each->socket != s))
        each = each->next_of_socket;
    return each;
}

static int enter_registration(struct psock_sys_poller *poller,
                              struct registration *made)
{
    psock_win32_registry_lock();
    AcquireSRWLockExclusive(&poller->lock);
    struct registration *old = find_in(poller, made->socket);
    if (old != NULL)
        psock_win32_take_out(old);
    int error = psock_win32_put_in(poller, made);
    psock_win32_registry_unlock();
    psock_win32_arm_for_those_who_wait(poller);
    ReleaseSRWLockExclusive(&poller->lock);
    return error;
}

/* Nothing is kept in the mark: by the time it comes back the socket may have
 * been closed by another thread, and its registration be gone. */
int psock_sys_poller_add(struct psock_sys_poller *poller, psock_t s,
                         uint32_t wanted, void *token, void **mark)
{
    struct registration *made = psock_win32_make_registration(s, wanted, token);
    if (made == NULL)
        return psock_win32_no_memory();
    int error = psock_win32_prepare(made);
    if (error == 0)
        error = enter_registration(poller, made);
    if (error == 0)
        *mark = NULL;
    else
        psock_win32_free_registration(made);
    return error;
}

int psock_sys_poller_modify(struct psock_sys_poller *poller, psock_t s,
                            uint32_t wanted, void *mark)
{
    int error = PSOCK_ENOENT;
    (void)mark;
    psock_win32_registry_lock();
    AcquireSRWLockExclusive(&poller->lock);
    struct registration *registration = find_in(poller, s);
    psock_win32_registry_unlock();
    if (registration != NULL)
        error = psock_win32_change(registration, wanted);
    psock_win32_arm_for_those_who_wait(poller);
    ReleaseSRWLockExclusive(&poller->lock);
    return error;
}

int psock_sys_poller_remove(struct psock_sys_poller *poller, psock_t s,
                            void *mark)
{
    (void)mark;
    psock_win32_registry_lock();
    AcquireSRWLockExclusive(&poller->lock);
    struct registration *registration = find_in(poller, s);
    if (registration != NULL)
        psock_win32_take_out(registration);
    ReleaseSRWLockExclusive(&poller->lock);
    psock_win32_registry_unlock();
    return registration == NULL ? PSOCK_ENOENT : 0;
}

/* --- Wakers --------------------------------------------------------------- */

static struct waker_subscriber *
find_waker(const struct psock_sys_poller *poller, const psock_waker *waker)
{
    struct waker_subscriber *each = poller->wakers;
    while (each != NULL && each->waker != waker)
        each = each->next_in_poller;
    return each;
}

int psock_sys_poller_add_waker(struct psock_sys_poller *poller,
                               psock_waker *waker, void *token, void **mark)
{
    struct waker_subscriber *made = calloc(1, sizeof *made);
    if (made == NULL)
        return psock_win32_no_memory();
    *made = (struct waker_subscriber){
        .waker = waker, .poller = poller, .port = poller->port, .token = token};
    psock_win32_registry_lock();
    AcquireSRWLockExclusive(&poller->lock);
    made->next_in_poller = poller->wakers;
    poller->wakers = made;
    psock_win32_subscribe(made);
    psock_win32_registry_unlock();
    psock_win32_arm_for_those_who_wait(poller);
    ReleaseSRWLockExclusive(&poller->lock);
    *mark = NULL;
    return 0;
}

int psock_sys_poller_remove_waker(struct psock_sys_poller *poller,
                                  psock_waker *waker, void *mark)
{
    (void)mark;
    psock_win32_registry_lock();
    AcquireSRWLockExclusive(&poller->lock);
    struct waker_subscriber *subscriber = find_waker(poller, waker);
    if (subscriber != NULL)
        take_waker_out(subscriber);
    ReleaseSRWLockExclusive(&poller->lock);
    psock_win32_registry_unlock();
    return subscriber == NULL ? PSOCK_ENOENT : 0;
}

/* --- What happens to sockets and wakers outside ---------------------------- */

static void poll_anew(struct registration *registration)
{
    struct psock_sys_poller *poller = registration->poller;
    AcquireSRWLockExclusive(&poller->lock);
    psock_win32_poll_anew(registration);
    psock_win32_arm_for_those_who_wait(poller);
    ReleaseSRWLockExclusive(&poller->lock);
}

static void leave_poller(struct registration *registration)
{
    struct psock_sys_poller *poller = registration->poller;
    AcquireSRWLockExclusive(&poller->lock);
    psock_win32_take_out(registration);
    ReleaseSRWLockExclusive(&poller->lock);
}

static PSOCK_APART void
for_each_registration(psock_t s, void (*act)(struct registration *registration))
{
    psock_win32_registry_lock();
    struct registration *each = psock_win32_registry_first(s);
    while (each != NULL) {
        struct registration *next = each->next_of_socket;
        if (each->socket == s)
            act(each);
        each = next;
    }
    psock_win32_registry_unlock();
}

void psock_win32_wake_pollers(psock_t s)
{
    if (!psock_win32_registry_is_empty())
        for_each_registration(s, poll_anew);
}

void psock_win32_leave_pollers(psock_t s)
{
    if (!PSOCK_LIKELY(psock_win32_registry_is_empty()))
        for_each_registration(s, leave_poller);
}

static void waker_leaves_poller(struct waker_subscriber *subscriber)
{
    struct psock_sys_poller *poller = subscriber->poller;
    AcquireSRWLockExclusive(&poller->lock);
    take_waker_out(subscriber);
    ReleaseSRWLockExclusive(&poller->lock);
}

void psock_win32_waker_leaves_pollers(psock_waker *waker)
{
    struct waker_subscriber *next;
    psock_win32_registry_lock();
    for (struct waker_subscriber *each = waker->subscribers; each != NULL;
         each = next) {
        next = each->next;
        waker_leaves_poller(each);
    }
    psock_win32_registry_unlock();
}

/* --- Waiting -------------------------------------------------------------- */

/* A wait that can be canceled.  Its packet may go to another thread, which then
 * puts it back and stays away until this one has gone. */
struct bound_wait {
    struct shadow_waiter waiter; /* comes first */
    LONG volatile called;
    struct bound_wait *next;
};

/* What one call has come to. */
struct turn {
    struct psock_sys_poller *poller;
    uint64_t number;
    psock_poller_event *events;
    size_t room;
    size_t ready;
    size_t packets;
    struct bound_wait *bound; /* null without a canceler */
    _Bool is_short;           /* until polls are tried again */
    _Bool has_waited;         /* what has come was not there before */
    _Bool woken;
    _Bool cancel_came;
    _Bool passed_on; /* that went to the thread that it was for */
};

static void tell(struct turn *turn, void *token, uint32_t came)
{
    psock_poller_event *event = &turn->events[turn->ready++];
    event->token = token;
    event->came = came;
}

static void answer_comes(struct turn *turn, struct registration *registration,
                         ULONG events)
{
    unsigned state = psock_win32_shadow(registration->socket);
    if ((events & AFD_POLL_LOCAL_CLOSE) != 0)
        return; /* closed past psock: nothing will come any more */
    if (events == 0 && !registration->settled &&
        psock_win32_is_fresh(registration->socket))
        events = NEVER_CONNECTED;
    else if (events != 0 && (events & AFD_POLL_CONNECT_FAIL) == 0)
        registration->settled = 1;
    uint32_t came = psock_win32_came(registration->socket, registration->wanted,
                                     events, state);
    if (came != 0)
        tell(turn, registration->token, came);
    if (came == 0 || (registration->wanted & PSOCK_ONE_SHOT) == 0)
        psock_win32_ask_again(registration);
}

/* What came before this turn began may be true no more: the program may have
 * received meanwhile what there was. */
static _Bool is_certain(const struct turn *turn,
                        const struct poller_request *request)
{
    return !request->registration->doubtful &&
           (turn->has_waited || request->turn >= turn->number);
}

static PSOCK_APART ULONG events_now(const struct registration *registration,
                                    ULONG events)
{
    HANDLE event = psock_win32_take_event();
    if (event == NULL)
        return events;
    (void)psock_win32_look(registration->handle, event, registration->asked,
                           &events);
    psock_win32_give_event(event);
    return events;
}

static ULONG events_of(const struct turn *turn,
                       const struct poller_request *request)
{
    if (request->status.Status != 0 || request->ask.poll.count == 0)
        return 0;
    ULONG events = request->ask.entry.events;
    return is_certain(turn, request)
               ? events
               : events_now(request->registration, events);
}

static void poll_has_ended(struct turn *turn, struct poller_request *request)
{
    struct registration *registration = request->registration;
    turn->poller->packets_due--;
    if (registration == NULL) {
        free(request);
        return;
    }
    registration->armed = 0;
    answer_comes(turn, registration, events_of(turn, request));
}

static PSOCK_APART void waker_comes(struct turn *turn,
                                    struct waker_subscriber *subscriber)
{
    if (subscriber->waker == NULL) {
        turn->poller->packets_due--;
        free(subscriber);
    } else if (psock_win32_is_told(subscriber)) {
        tell(turn, subscriber->token, PSOCK_READABLE);
    }
}

static void packet_comes(struct turn *turn, const OVERLAPPED_ENTRY *packet)
{
    switch (packet->lpCompletionKey) {
    case PACKET_OF_POLL:
        poll_has_ended(turn, (struct poller_request *)packet->lpOverlapped);
        break;
    case PACKET_OF_WAKER:
        waker_comes(turn, (struct waker_subscriber *)packet->lpOverlapped);
        break;
    case PACKET_OF_CANCEL:
        turn->cancel_came = 1;
        break;
    case PACKET_OF_LACK:
        break;
    default:
        turn->woken = 1;
        break;
    }
}

/* --- Waits that can be canceled -------------------------------------------- */

static void call_bound_wait(struct shadow_waiter *waiter)
{
    struct bound_wait *bound = (struct bound_wait *)waiter;
    InterlockedExchange(&bound->called, 1);
    psock_winsock.PostQueuedCompletionStatus(waiter->handle, 0,
                                             PACKET_OF_CANCEL, NULL);
}

static NTSTATUS start_bound_wait(struct shadow_waiter *waiter, void *context)
{
    int64_t *timeout_ns = context;
    if (psock_win32_is_rung(waiter->canceler))
        *timeout_ns = 0;
    return 0;
}

static void bind_wait(struct turn *turn, struct bound_wait *bound,
                      psock_waker *canceler)
{
    *bound = (struct bound_wait){.waiter = {.canceler = canceler,
                                            .disturb = call_bound_wait,
                                            .handle = turn->poller->port}};
    turn->bound = bound;
}

static PSOCK_APART void bound_wait_begins(struct turn *turn,
                                          int64_t *timeout_ns)
{
    turn->bound->called = 0;
    turn->bound->next = turn->poller->bound_waits;
    turn->poller->bound_waits = turn->bound;
    (void)psock_win32_waiter_enter(&turn->bound->waiter, start_bound_wait,
                                   timeout_ns);
}

static PSOCK_APART void bound_wait_ends(struct turn *turn)
{
    struct bound_wait **link = &turn->poller->bound_waits;
    psock_win32_waiter_leave(&turn->bound->waiter);
    while (*link != turn->bound)
        link = &(*link)->next;
    *link = turn->bound->next;
    WakeAllConditionVariable(&turn->poller->bound_wait_ended);
}

static _Bool somebody_is_called(const struct psock_sys_poller *poller)
{
    for (struct bound_wait *each = poller->bound_waits; each != NULL;
         each = each->next)
        if (InterlockedCompareExchange(&each->called, 0, 0) != 0)
            return 1;
    return 0;
}

/* One that is going to return need not. */
static _Bool stays_away(const struct turn *turn)
{
    return turn->ready == 0 &&
           (turn->bound == NULL ||
            !psock_win32_is_rung(turn->bound->waiter.canceler));
}

/* A packet that came to the wrong thread, or more than one to a right one. */
static PSOCK_APART void pass_on_cancel(struct turn *turn)
{
    struct psock_sys_poller *poller = turn->poller;
    if (!somebody_is_called(poller) ||
        !psock_winsock.PostQueuedCompletionStatus(poller->port, 0,
                                                  PACKET_OF_CANCEL, NULL))
        return;
    turn->passed_on = 1;
    while (stays_away(turn) && somebody_is_called(poller))
        SleepConditionVariableSRW(&poller->bound_wait_ended, &poller->lock,
                                  INFINITE, 0);
}

/* --- One wait ------------------------------------------------------------- */

/* A poll that the system had no room for is tried again soon. */
#define SHORTAGE_NS INT64_C(10000000)

static PSOCK_APART void wait_shortly(struct psock_sys_poller *poller,
                                     int64_t *timeout_ns)
{
    poller->waiting_shortly++;
    if (*timeout_ns < 0 || *timeout_ns > SHORTAGE_NS)
        *timeout_ns = SHORTAGE_NS;
}

/* Returns whether polls of earlier turns are under way. */
static _Bool begin_turn(struct turn *turn, int64_t *timeout_ns)
{
    struct psock_sys_poller *poller = turn->poller;
    turn->cancel_came = turn->passed_on = 0;
    AcquireSRWLockExclusive(&poller->lock);
    _Bool has_old_polls = poller->packets_due > 0;
    turn->number = ++poller->turns;
    psock_win32_arm_all(poller);
    poller->waiting++;
    turn->is_short = !psock_win32_is_all_armed(poller);
    if (!PSOCK_LIKELY(!turn->is_short))
        wait_shortly(poller, timeout_ns);
    if (!PSOCK_LIKELY(turn->bound == NULL))
        bound_wait_begins(turn, timeout_ns);
    ReleaseSRWLockExclusive(&poller->lock);
    return has_old_polls;
}

static void end_turn(struct turn *turn, const OVERLAPPED_ENTRY *packets,
                     ULONG count)
{
    struct psock_sys_poller *poller = turn->poller;
    AcquireSRWLockExclusive(&poller->lock);
    poller->waiting--;
    poller->waiting_shortly -= turn->is_short;
    if (!PSOCK_LIKELY(turn->bound == NULL))
        bound_wait_ends(turn);
    for (ULONG i = 0; i < count; i++)
        packet_comes(turn, &packets[i]);
    psock_win32_arm_for_those_who_wait(poller);
    if (!PSOCK_LIKELY(!turn->cancel_came))
        pass_on_cancel(turn);
    ReleaseSRWLockExclusive(&poller->lock);
    turn->packets = count;
}

static int take_packets(const struct turn *turn, OVERLAPPED_ENTRY *packets,
                        int64_t timeout_ns, ULONG *count)
{
    ULONG most =
        turn->room < PACKETS_AT_ONCE ? (ULONG)turn->room : PACKETS_AT_ONCE;
    if (psock_winsock.GetQueuedCompletionStatusEx(
            turn->poller->port, packets, most, count,
            psock_win32_timeout_ms(timeout_ns), 0))
        return 0;
    *count = 0;
    return psock_winsock.WSAGetLastError() == WAIT_TIMEOUT
               ? 0
               : psock_win32_error();
}

/* Looking first tells what came before from what comes now, which is certain. */
static int take_turn(struct turn *turn, int64_t timeout_ns)
{
    OVERLAPPED_ENTRY packets[PACKETS_AT_ONCE];
    ULONG count = 0;
    int error = 0;
    _Bool look_first = begin_turn(turn, &timeout_ns) && timeout_ns != 0;
    if (look_first)
        error = take_packets(turn, packets, 0, &count);
    turn->has_waited = look_first && count == 0;
    if (count == 0 && error == 0)
        error = take_packets(turn, packets, timeout_ns, &count);
    end_turn(turn, packets, count);
    return error;
}

/* Packets that tell nothing, of polls that were given up, must not hide from
 * those who do not wait, or no longer, what is behind them. */
int psock_sys_poller_wait(struct psock_sys_poller *poller,
                          psock_poller_event *events, size_t count,
                          psock_waker *canceler, int64_t timeout_ns,
                          _Bool *woken)
{
    struct turn turn = {.poller = poller, .events = events, .room = count};
    struct bound_wait bound;
    int error;
    if (!PSOCK_LIKELY(canceler == NULL))
        bind_wait(&turn, &bound, canceler);
    do {
        error = take_turn(&turn, timeout_ns);
    } while (turn.ready == 0 && turn.packets > 0 && !turn.woken &&
             (timeout_ns == 0 ||
              (psock_win32_is_rung(canceler) && !turn.passed_on)));
    if (turn.woken)
        *woken = 1;
    if (PSOCK_LIKELY(turn.ready > 0) || turn.woken)
        return (int)turn.ready;
    if (error == 0 && psock_win32_is_rung(canceler))
        return psock_win32_canceled();
    return error;
}

void psock_sys_poller_wake(struct psock_sys_poller *poller)
{
    int native = psock_winsock.WSAGetLastError();
    psock_winsock.PostQueuedCompletionStatus(poller->port, 0, PACKET_OF_WAKE,
                                             NULL);
    psock_winsock.WSASetLastError(native);
}
