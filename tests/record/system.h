/* system.h: what of the recorder differs between systems.
 *
 * What has one name and one shape everywhere (socket, bind, connect ...) is
 * called by that; the rest is here, each a single call in its thinnest coat.
 * Answered by posix.c and win32.c, in this order. */
#ifndef PSOCK_RECORD_SYSTEM_H
#define PSOCK_RECORD_SYSTEM_H

#include RECORD_SYSTEM

#include <stddef.h>
#include <stdint.h>

/* --- The program ---------------------------------------------------------- */

const char *raw_system_name(void);
void raw_start(void);

int64_t raw_clock_ms(void);
void raw_pause(int pause_ms);

/* --- Errors --------------------------------------------------------------- */

int raw_error(void);
void raw_set_error(int code);

/* "EINVAL", "WSAEINVAL"; the number for one without a name here. */
const char *raw_error_name(int code);

/* --- Calls of different shape; below zero is failure ---------------------- */

int raw_close(raw s);
long raw_send(raw s, const void *data, size_t size, int flags);
long raw_recv(raw s, void *buffer, size_t size, int flags);
int raw_set(raw s, int level, int option, const void *value, int size);
int raw_get(raw s, int level, int option, void *value, int *size);
int raw_set_nonblocking(raw s, int on);

/* Sets the mode with no pointer at all. */
int raw_set_mode_by_null(raw s);

/* SO_RCVTIMEO or SO_SNDTIMEO, in the type that the system wants. */
int raw_set_timeout(raw s, int option, int timeout_ms);

/* SO_LINGER, switched on. */
int raw_set_linger(raw s, int seconds);

/* FIONREAD and SIOCATMARK; the answer, or below zero. */
long raw_bytes_waiting(raw s);
long raw_is_at_mark(raw s);

/* `count` buffers of one byte each. */
long raw_send_vector(raw s, int count);
long raw_recv_vector(raw s, int count);

/* Lets a refused connect to this machine end at once where it would else be
 * tried again for two seconds. */
void raw_hurry_refusal(raw s);

/* A descriptor that is no socket. */
raw raw_open_file(void);
void raw_close_file(raw file);

/* --- Readiness, as text --------------------------------------------------- */

enum {
    WANT_IN = 1,
    WANT_OUT = 2,
    WANT_PRI = 4
};

/* select() with `s` in all three sets: "r,w,x" or what of it, "-" for none. */
const char *raw_select(raw s, int timeout_ms);

/* poll() for some of the above: "IN,OUT,ERR" or the like, "-" for nothing, or
 * an error. */
const char *raw_poll(raw s, int wanted, int timeout_ms);

/* --- What only this system can be asked ----------------------------------- */

/* Called first of all, before raw_start(). */
void observe_before_start(void);

/* Called after everything common. */
void observe_system(void);

#endif
