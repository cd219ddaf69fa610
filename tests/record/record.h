/* record.h: what the files of the recorder share. */
#ifndef PSOCK_RECORD_RECORD_H
#define PSOCK_RECORD_RECORD_H

#include "system.h"

/* --- Writing down --------------------------------------------------------- */

/* One line: "id.case | value".  `what` is "id.case". */
void observe(const char *what, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* A result: the number, or the error's name when it is below zero. */
void observe_result(const char *what, long result);

/* The same as text, good until four more were made. */
const char *result_text(long result);

/* What socket() or the like returned: "ok", or the error's name.  Kept. */
void observe_socket(const char *what, raw s);

void observe_yes_or_no(const char *what, int yes);

/* --- Sockets -------------------------------------------------------------- */

/* Remembers `s`, to be closed by close_kept().  Ends the program, with the
 * error, when it is none. */
raw keep(raw s);
void forget(raw s);
void close_kept(void);

raw open_stream(void);
raw open_datagram(void);

struct sockaddr_in ipv4_address(uint32_t host, uint16_t port);
struct sockaddr_in own_address(raw s);

int bind_to(raw s, const struct sockaddr_in *address);
int connect_to(raw s, const struct sockaddr_in *address);

/* Bound to the loopback address and some port. */
void bind_loopback(raw s);
raw listening(int backlog);

struct ends {
    raw client;
    raw server;
};

struct ends connected(void);
struct ends connected_to(raw listener);

/* Closes by a reset. */
void reset(raw s);

/* An address of this machine where nobody listens. */
struct sockaddr_in deserted(void);

/* A stream whose connecting is under way, or NO_RAW if none could be had. */
raw pending(void);

/* A stream, not blocking, whose connecting was refused, with nobody told yet.
 */
raw refused(void);

/* The value of SO_ERROR as a name; "0" for none. */
const char *pending_error(raw s);

/* --- Threads that wait ---------------------------------------------------- */

enum blocked_call {
    IN_RECV,
    IN_ACCEPT,
    IN_SELECT,
    IN_POLL,
};

/* Starts `call` on `s` in a thread, lets it come to wait, calls `act` on `s`
 * (null: nothing), and tells how the call ended, or "goes on waiting" if it has
 * not within `patience_ms`.  `release` is called then to end it. */
const char *blocked(enum blocked_call call, raw s, void (*act)(raw s),
                    void (*release)(void *context), void *context,
                    int patience_ms);

/* --- The areas, in the order of docs/differences.md ------------------------ */

void observe_descriptors(void);
void observe_errors(void);
void observe_modes(void);
void observe_connecting(void);
void observe_binding(void);
void observe_closing(void);
void observe_streams(void);
void observe_addresses(void);
void observe_readiness(void);
void observe_surroundings(void);

/* Lets `ask` answer for a socket in each state of readiness.c, and writes that
 * down as "id.state.how". */
void for_each_state(const char *how, const char *(*ask)(raw s));

#endif
