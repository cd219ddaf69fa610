/* unix_letter.c: datagrams that come from other processes.  Each is answered once it
 * is in the box, or cannot be. */
#include "unix_visitor.h"

#include <stdlib.h>
#include <string.h>

static struct unix_mail *new_mail(const struct unix_visitor *visitor)
{
    const struct unix_letter *letter = &visitor->letter;
    struct unix_mail *mail = calloc(1, sizeof *mail + letter->size);
    if (mail == NULL)
        return NULL;
    mail->size = letter->size;
    mail->from = psock_guest_unix_name_of(letter->name, letter->name_length);
    mail->sender = psock_guest_unix_user_of(visitor->request.process);
    return mail;
}

/* With the lock held: whose datagrams a connected socket takes. */
static bool is_welcome(const struct unix_visitor *visitor)
{
    const struct unix_box *box = visitor->box;
    return !box->connected ||
           (box->remote && visitor->mail->from.length != 0 &&
            psock_guest_unix_same_name(&box->peer_name, &visitor->mail->from));
}

static void finish_letter(struct unix_visitor *visitor, enum unix_error error)
{
    if (error != UNIX_DONE)
        free(visitor->mail);
    visitor->mail = NULL;
    psock_guest_unix_visitor_enters(visitor, UNIX_VISITOR_COURIER);
    psock_guest_unix_visitor_answer(visitor, error);
}

void psock_guest_unix_try_to_deliver(struct unix_visitor *visitor)
{
    struct unix_box *box = visitor->box;
    if ((atomic_load(&box->shut) & 1) != 0) {
        finish_letter(visitor, UNIX_DEAF);
    } else if (!is_welcome(visitor)) {
        finish_letter(visitor, UNIX_NOT_ALLOWED);
    } else if (psock_guest_unix_has_room(box)) {
        psock_guest_unix_deliver(box, visitor->mail);
        finish_letter(visitor, UNIX_DONE);
    } else if (visitor->letter.waits) {
        visitor->state = UNIX_VISITOR_HOLDING;
        box->held_up = true;
    } else {
        finish_letter(visitor, UNIX_FULL);
    }
}

void psock_guest_unix_receive_letter(struct unix_visitor *visitor)
{
    if (!psock_guest_unix_visitor_hears(visitor, visitor->mail->bytes,
                                        visitor->mail->size))
        return;
    visitor->state = UNIX_VISITOR_HOLDING;
    psock_guest_unix_visitor_tries(visitor);
}

void psock_guest_unix_begin_letter(struct unix_visitor *visitor)
{
    if (!psock_guest_unix_visitor_hears(visitor, &visitor->letter,
                                        sizeof visitor->letter))
        return;
    if (visitor->letter.size > UNIX_MESSAGE_MAX) {
        psock_guest_unix_visitor_goes(visitor);
        return;
    }
    visitor->mail = new_mail(visitor);
    psock_guest_unix_visitor_enters(visitor, visitor->mail == NULL
                                                 ? UNIX_VISITOR_GONE
                                                 : UNIX_VISITOR_LETTER);
    if (visitor->mail != NULL)
        psock_guest_unix_receive_letter(visitor);
}
