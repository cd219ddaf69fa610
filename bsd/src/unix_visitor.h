/* unix_visitor.h: a connection to something that is bound here, until it is a
 * stream of its own or goes. */
#ifndef PSOCK_GUEST_UNIX_VISITOR_H
#define PSOCK_GUEST_UNIX_VISITOR_H

#include "unix.h"

enum unix_visitor_state {
    UNIX_VISITOR_HELLO,
    UNIX_VISITOR_REQUEST,
    UNIX_VISITOR_QUEUED,  /* for room among the connections */
    UNIX_VISITOR_COURIER, /* brings datagrams */
    UNIX_VISITOR_LETTER,  /* the bytes of one */
    UNIX_VISITOR_HOLDING, /* one that waits for room */
    UNIX_VISITOR_GONE
};

struct unix_visitor {
    struct unix_visitor *next;
    struct unix_box *box; /* held */
    psock_t socket;
    enum unix_visitor_state state;
    psock_deadline until; /* strangers have to be done by then */
    size_t got;           /* of what the state is about */
    struct unix_hello hello;
    struct unix_challenge challenge;
    struct unix_request request;
    struct unix_letter letter;
    struct unix_mail *mail;
};

/* Something can be received from it. */
void psock_guest_unix_visitor_reads(struct unix_visitor *visitor);

/* There may be room for it now. */
void psock_guest_unix_visitor_tries(struct unix_visitor *visitor);

/* --- Steps ------------------------------------------------------------------ */

void psock_guest_unix_visitor_goes(struct unix_visitor *visitor);
void psock_guest_unix_visitor_enters(struct unix_visitor *visitor,
                                     enum unix_visitor_state state);
bool psock_guest_unix_visitor_answer(struct unix_visitor *visitor,
                                     enum unix_error error);
/* Receives on into `bytes`; true when all of `size` is there. */
bool psock_guest_unix_visitor_hears(struct unix_visitor *visitor, void *bytes,
                                    size_t size);
struct unix_name psock_guest_unix_name_of(const char *path, uint8_t length);
struct ucred psock_guest_unix_user_of(uint32_t process);

/* --- Datagrams (unix_letter.c) ------------------------------------------------ */

void psock_guest_unix_begin_letter(struct unix_visitor *visitor);
void psock_guest_unix_receive_letter(struct unix_visitor *visitor);
/* With the lock held. */
void psock_guest_unix_try_to_deliver(struct unix_visitor *visitor);

#endif
