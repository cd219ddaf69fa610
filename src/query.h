/* query.h: look-ups under way, and what needs none: for resolve.c, dial.c and
 * serve.c. */
#ifndef PSOCK_QUERY_H
#define PSOCK_QUERY_H

#include "policy.h"

/* --- host.c: what can be said of a host and a service without asking --------- */

/* The most addresses that are known without asking: one of each family. */
#define PSOCK_KNOWN_MAX 2

/* A host and a service, looked at.  The text stays the caller's. */
struct psock_target {
    const char *host; /* to be asked for; null when the addresses are known */
    const char *service; /* to be asked for; null when the port is known */
    uint16_t port;
    size_t count; /* the addresses known, all with `port` */
    psock_address addresses[PSOCK_KNOWN_MAX];
};

/* Looks at what is asked.  `family`, `type` and `flags` are known ones, and not
 * both texts are null.
 *
 * Returns 0, or the error that is plain already: a malformed or unknown name or
 * service, a numeric host of another family; `target` is of no use then. */
int psock_target_read(const char *host, const char *service, int family,
                      unsigned flags, struct psock_target *target);

/* All: `text` or `host` is ended by a zero byte.  The last tells whether the last
 * label is a number, as the URL standard has it; a dot may follow it. */
_Bool psock_is_utf8(const char *text);
_Bool psock_is_ascii(const char *text);
_Bool psock_ends_in_number(const char *host);

/* --- query.c: a look-up and those who hold it -------------------------------- */

/* A look-up in the background.  It lives until the asker has ended it and the
 * system has answered, in whichever order. */
struct psock_query;

/* Begins to ask what `question` says; text and address are copied, the answer and
 * `done` are not looked at.  The answer will have each address once, and those of
 * the family only. */
int psock_query_begin(const struct psock_sys_look_up *question,
                      struct psock_query **query);

/* Rung a moment before there is an answer, and then for good; for
 * psock_sys_poll(). */
psock_waker *psock_query_waker(const struct psock_query *query);

/* The answer, valid until psock_query_end(); null while there is none. */
const struct psock_sys_look_up *
psock_query_answer(const struct psock_query *query);

/* Waits for the answer.  Returns 0, or as psock_wait_for(). */
int psock_query_wait(const struct psock_query *query, psock_deadline deadline);

/* Lets go of it, and stops it where that can be done. */
void psock_query_end(struct psock_query *query);

/* Begins and waits.  Returns the result of the answer, 0 or above, with `query` to
 * be ended by the caller; or the error of either, which is also what the system's
 * last code tells of. */
int psock_query_ask(const struct psock_sys_look_up *question,
                    psock_deadline deadline, struct psock_query **query);

/* Asks for the port of a service, if `target` leaves that to be asked, and gives
 * it to the addresses that are known. */
int psock_target_find_port(struct psock_target *target, int type,
                           psock_deadline deadline);

#endif
