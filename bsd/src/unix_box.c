/* unix_box.c: what is behind the description of a Unix socket, and the mail that
 * goes from one to another. */
#include "unix.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* There is a moment between two of them, in which who waits for room has seen the
 * ring. */
enum {
    LOOKS_OF_OTHERS = 2
};

static struct psock_guest_mutex mutex;
static struct unix_box *bound;

/* Those that were rung while the lock was held, the last one pointing at itself. */
static struct unix_box *rung;

void psock_guest_unix_lock(void)
{
    psock_guest_lock(&mutex);
}

/* With the lock held: takes the first one out of the list, so that whoever rings it
 * from now on tells of it too.  Returns its description, or null. */
static struct psock_guest *take_rung(struct unix_box **first)
{
    struct unix_box *box = *first;
    struct psock_guest *guest = box->guest;
    *first = box->next_rung == box ? NULL : box->next_rung;
    box->next_rung = NULL;
    psock_guest_unix_let_go(box);
    return guest;
}

void psock_guest_unix_unlock(void)
{
    struct unix_box *first = rung;
    rung = NULL;
    while (first != NULL) {
        struct psock_guest *guest = take_rung(&first);
        psock_guest_unlock(&mutex);
        if (guest != NULL)
            psock_guest_changed(guest);
        psock_guest_lock(&mutex);
    }
    psock_guest_unlock(&mutex);
}

/* --- Making and letting go -------------------------------------------------- */

struct ucred psock_guest_unix_self(void)
{
    struct ucred self = {getpid(), getuid(), getgid()};
    return self;
}

struct unix_box *psock_guest_unix_new_box(int type)
{
    struct unix_box *box = calloc(1, sizeof *box);
    if (box == NULL ||
        (type != SOCK_STREAM && psock_waker_open(&box->waker) != 0)) {
        free(box);
        errno = ENOMEM;
        return NULL;
    }
    box->references = 1;
    box->type = type;
    box->last = &box->first;
    box->last_arrival = &box->arrivals;
    box->anchor = PSOCK_INVALID;
    box->courier = PSOCK_INVALID;
    return box;
}

void psock_guest_unix_hold(struct unix_box *box)
{
    box->references++;
}

void psock_guest_unix_let_go(struct unix_box *box)
{
    if (box == NULL || --box->references != 0)
        return;
    if (box->waker != NULL)
        psock_waker_close(box->waker);
    if (box->room != NULL)
        psock_waker_close(box->room);
    free(box);
}

void psock_guest_unix_join(struct unix_box *a, struct unix_box *b)
{
    psock_guest_unix_hold(a);
    psock_guest_unix_hold(b);
    a->peer = b;
    b->peer = a;
    a->connected = b->connected = true;
    a->peer_name = b->name;
    b->peer_name = a->name;
    a->peer_is = b->peer_is = psock_guest_unix_self();
}

void psock_guest_unix_ring(struct unix_box *box)
{
    if (box->waker == NULL || box->closed)
        return;
    psock_waker_ring(box->waker);
    if (box->next_rung != NULL)
        return;
    psock_guest_unix_hold(box);
    box->next_rung = rung == NULL ? box : rung;
    rung = box;
}

/* --- Mail ------------------------------------------------------------------- */

bool psock_guest_unix_has_room(const struct unix_box *to)
{
    return to->bytes < UNIX_ROOM && to->count < UNIX_MAIL;
}

void psock_guest_unix_deliver(struct unix_box *to, struct unix_mail *mail)
{
    mail->next = NULL;
    *to->last = mail;
    to->last = &mail->next;
    to->bytes += mail->size;
    to->count++;
    psock_guest_unix_ring(to);
}

struct unix_mail *psock_guest_unix_take(struct unix_box *box)
{
    struct unix_mail *mail = box->first;
    if (mail == NULL)
        return NULL;
    box->first = mail->next;
    mail->next = NULL;
    if (box->first == NULL)
        box->last = &box->first;
    box->bytes -= mail->size;
    box->count--;
    psock_guest_unix_unblock(box);
    if (box->held_up)
        psock_guest_unix_tell_hub(PSOCK_INVALID);
    box->held_up = false;
    return mail;
}

void psock_guest_unix_free_mail(struct unix_mail *mail)
{
    while (mail != NULL) {
        struct unix_mail *next = mail->next;
        psock_guest_unix_drop_rights(mail->rights);
        free(mail);
        mail = next;
    }
}

/* --- Waiting for room ------------------------------------------------------- */

/* A box is in one list only: the end of each list points at itself, so that a null
 * pointer says that a box is in none. */
void psock_guest_unix_block(struct unix_box *box, struct unix_box *to)
{
    if (box->next_blocked != NULL)
        return;
    psock_guest_unix_hold(box);
    box->next_blocked = to->blocked == NULL ? box : to->blocked;
    to->blocked = box;
}

void psock_guest_unix_unblock(struct unix_box *box)
{
    struct unix_box *each = box->blocked;
    box->blocked = NULL;
    while (each != NULL) {
        struct unix_box *next = each->next_blocked;
        each->next_blocked = NULL;
        each->room_is_news = LOOKS_OF_OTHERS;
        psock_guest_unix_ring(each);
        if (each->room != NULL)
            psock_waker_ring(each->room);
        bool is_last = next == each;
        psock_guest_unix_let_go(each);
        each = is_last ? NULL : next;
    }
}

/* --- What is bound ---------------------------------------------------------- */

void psock_guest_unix_enlist(struct unix_box *box)
{
    psock_guest_unix_hold(box);
    box->next_bound = bound;
    bound = box;
}

struct unix_box *psock_guest_unix_next_bound(struct unix_box *box)
{
    return box == NULL ? bound : box->next_bound;
}

void psock_guest_unix_delist(struct unix_box *box)
{
    for (struct unix_box **at = &bound; *at != NULL; at = &(*at)->next_bound) {
        if (*at == box) {
            *at = box->next_bound;
            psock_guest_unix_let_go(box);
            return;
        }
    }
}

struct unix_box *psock_guest_unix_find(const struct unix_place *place)
{
    struct unix_box *box = bound;
    while (box != NULL &&
           memcmp(box->place.secret, place->secret, sizeof place->secret) != 0)
        box = box->next_bound;
    return box;
}
