/* unix_hub.c: the thread that answers for all that is bound in this process.  It
 * waits for all ports and all visitors at once, so nobody can keep others waiting. */
#include "unix_visitor.h"

#include <stdlib.h>
#include <string.h>

enum {
    PATIENCE_MS = 3000,
    STRANGERS_MAX = 256
};

/* Sockets that are to be closed by the hub, which may be waiting for them. */
struct grave {
    struct grave *next;
    psock_t socket;
};

static psock_waker *waker;
static struct grave *graves;

/* What the thread alone uses. */
struct hub {
    struct unix_visitor *visitors;
    psock_pollable *entries;
    struct unix_box **boxes; /* held, by entry; null for others */
    struct unix_visitor **guests;
    size_t count;
    size_t room;
    size_t strangers;
};

/* --- From outside ------------------------------------------------------------- */

int psock_guest_unix_start_hub(void)
{
    if (waker != NULL)
        return 0;
    if (psock_waker_open(&waker) != 0)
        return -ENOMEM;
    if (psock_guest_thread(psock_guest_unix_hub, NULL) == 0)
        return 0;
    psock_waker_close(waker);
    waker = NULL;
    return -ENOMEM;
}

void psock_guest_unix_tell_hub(psock_t gone)
{
    struct grave *grave = gone >= 0 ? malloc(sizeof *grave) : NULL;
    if (grave != NULL) {
        *grave = (struct grave){graves, gone};
        graves = grave;
    }
    if (waker != NULL)
        psock_waker_ring(waker);
}

static void bury(void)
{
    psock_guest_unix_lock();
    struct grave *each = graves;
    graves = NULL;
    psock_guest_unix_unlock();
    while (each != NULL) {
        struct grave *next = each->next;
        psock_close(each->socket);
        free(each);
        each = next;
    }
}

/* --- What there is to wait for ------------------------------------------------- */

static bool grow(struct hub *hub)
{
    size_t room = hub->room == 0 ? 64 : hub->room * 2;
    void *entries = realloc(hub->entries, room * sizeof *hub->entries);
    if (entries != NULL)
        hub->entries = entries;
    void *boxes = realloc(hub->boxes, room * sizeof *hub->boxes);
    if (boxes != NULL)
        hub->boxes = boxes;
    void *guests = realloc(hub->guests, room * sizeof *hub->guests);
    if (guests != NULL)
        hub->guests = guests;
    if (entries == NULL || boxes == NULL || guests == NULL)
        return false;
    hub->room = room;
    return true;
}

static bool add(struct hub *hub, psock_pollable entry, struct unix_box *box,
                struct unix_visitor *visitor)
{
    if (hub->count == hub->room && !grow(hub))
        return false;
    hub->entries[hub->count] = entry;
    hub->boxes[hub->count] = box;
    hub->guests[hub->count++] = visitor;
    return true;
}

/* With the lock held. */
static void add_bound(struct hub *hub)
{
    struct unix_box *box = psock_guest_unix_next_bound(NULL);
    for (; box != NULL; box = psock_guest_unix_next_bound(box)) {
        psock_pollable entry = {box->anchor, NULL, PSOCK_READABLE, 0};
        if ((box->listening || box->type == SOCK_DGRAM) &&
            add(hub, entry, box, NULL))
            psock_guest_unix_hold(box);
    }
}

/* Of one that waits only its going is of interest. */
static void add_visitors(struct hub *hub)
{
    for (struct unix_visitor *each = hub->visitors; each != NULL;
         each = each->next) {
        bool waits = each->state == UNIX_VISITOR_QUEUED ||
                     each->state == UNIX_VISITOR_HOLDING;
        psock_pollable entry = {each->socket, NULL,
                                waits ? PSOCK_READ_ENDED : PSOCK_READABLE, 0};
        add(hub, entry, NULL, each);
    }
}

static void gather(struct hub *hub)
{
    psock_pollable entry = {PSOCK_INVALID, waker, PSOCK_READABLE, 0};
    hub->count = 0;
    hub->strangers = 0;
    add(hub, entry, NULL, NULL);
    psock_guest_unix_lock();
    add_bound(hub);
    psock_guest_unix_unlock();
    add_visitors(hub);
}

static psock_deadline earliest(const struct hub *hub)
{
    psock_deadline first = PSOCK_FOREVER;
    for (struct unix_visitor *each = hub->visitors; each != NULL;
         each = each->next) {
        if (each->until < first)
            first = each->until;
    }
    return first;
}

/* --- Visitors ------------------------------------------------------------------ */

static void welcome(struct hub *hub, struct unix_box *box, psock_t s)
{
    struct unix_visitor *visitor = calloc(1, sizeof *visitor);
    if (visitor == NULL || psock_set_option(s, PSOCK_OPTION_NO_DELAY, 1) < 0) {
        psock_close(s);
        free(visitor);
        return;
    }
    visitor->box = box;
    visitor->socket = s;
    visitor->until = psock_deadline_ms(PATIENCE_MS);
    visitor->next = hub->visitors;
    hub->visitors = visitor;
    psock_guest_unix_lock();
    psock_guest_unix_hold(box);
    psock_guest_unix_unlock();
}

static void farewell(struct unix_visitor *visitor)
{
    if (visitor->socket >= 0)
        psock_close(visitor->socket);
    free(visitor->mail);
    psock_guest_unix_lock();
    psock_guest_unix_let_go(visitor->box);
    psock_guest_unix_unlock();
    free(visitor);
}

/* Of too many strangers those go that came first. */
static bool is_over(struct hub *hub, const struct unix_visitor *visitor)
{
    if (visitor->state == UNIX_VISITOR_GONE || visitor->box->closed)
        return true;
    if (visitor->until == PSOCK_FOREVER)
        return false;
    return ++hub->strangers > STRANGERS_MAX ||
           psock_deadline_left_ns(visitor->until) == 0;
}

static void see_off(struct hub *hub)
{
    struct unix_visitor **at = &hub->visitors;
    while (*at != NULL) {
        struct unix_visitor *visitor = *at;
        if (!is_over(hub, visitor)) {
            at = &visitor->next;
            continue;
        }
        *at = visitor->next;
        farewell(visitor);
    }
}

/* --- The thread ----------------------------------------------------------------- */

static void accept_all(struct hub *hub, struct unix_box *box, psock_t anchor)
{
    for (int i = 0; i < STRANGERS_MAX; i++) {
        psock_t s = psock_accept(anchor, NULL, PSOCK_NOW);
        if (s < 0)
            break;
        welcome(hub, box, s);
    }
}

static void attend(struct hub *hub)
{
    for (size_t i = 1; i < hub->count; i++) {
        const psock_pollable *entry = &hub->entries[i];
        struct unix_visitor *visitor = hub->guests[i];
        if (visitor != NULL && entry->came != 0)
            psock_guest_unix_visitor_reads(visitor);
        else if (visitor != NULL)
            psock_guest_unix_visitor_tries(visitor);
        else if (entry->came != 0)
            accept_all(hub, hub->boxes[i], entry->socket);
    }
}

static void let_go_of_boxes(struct hub *hub)
{
    psock_guest_unix_lock();
    for (size_t i = 0; i < hub->count; i++)
        psock_guest_unix_let_go(hub->boxes[i]);
    psock_guest_unix_unlock();
}

void psock_guest_unix_hub(void *context)
{
    struct hub hub;
    (void)context;
    psock_guest_block_signals();
    memset(&hub, 0, sizeof hub);
    for (;;) {
        gather(&hub);
        int came = psock_poll(hub.entries, hub.count, earliest(&hub));
        psock_waker_reset(waker);
        if (came > 0)
            attend(&hub);
        let_go_of_boxes(&hub);
        see_off(&hub);
        bury();
    }
}
