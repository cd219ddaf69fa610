/* raw.h: the system itself, as a careful program would call it.
 *
 * The bodies are in posix_raw.c and win32_raw.c.  What is timed is whole loops,
 * so that no call level of ours slows the raw side down: each does one thing
 * `count` times, checks every result, and ends the program when one is wrong.
 * Sockets are the system's own descriptors, blocking unless a line says
 * otherwise. */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <stddef.h>
#include <stdint.h>

/* Starts the system's socket library and binds the program to one cpu. */
void raw_start(void);

/* Monotonic, above zero. */
uint64_t raw_clock_ns(void);

/* The system's code for what failed last. */
int raw_error(void);

/* Two ends that send to each other over loopback. */
struct raw_pair {
    intptr_t ends[2];
};

/* --- Streams -------------------------------------------------------------- */

/* Connected, TCP, without delays for small writes. */
struct raw_pair raw_stream_pair(void);

/* The same with a peer on the same cpu that sends back what it gets; end 0 is
 * ours, end 1 no descriptor. */
struct raw_pair raw_echo_pair(void);

/* Closes both ends; the peer of an echo pair has ended then. */
void raw_close_pair(const struct raw_pair *pair);

/* The same for streams, by a reset, so that nothing lingers. */
void raw_reset_pair(const struct raw_pair *pair);

/* One byte there and back: four calls. */
void raw_stream_round_trips(const struct raw_pair *pair, uint64_t count);

/* The same in two pieces, one buffer for each. */
void raw_vector_round_trips(const struct raw_pair *pair, uint64_t count);

/* One byte to the echo and back: two calls, of which one must wait. */
void raw_echo_round_trips(const struct raw_pair *pair, uint64_t count);

/* The same by a program that may not wait for ever: it tries, asks the system
 * to tell when there is something, and tries again. */
void raw_polled_echo_round_trips(const struct raw_pair *pair, uint64_t count);

/* A receive that finds nothing on an end 0 that does not block. */
void raw_empty_receives(const struct raw_pair *pair, uint64_t count);

/* Makes end 0 fit for raw_empty_receives(). */
void raw_set_nonblocking(const struct raw_pair *pair);

/* --- Crowds --------------------------------------------------------------- */

/* Sizes of crowd that the system can hold. */
#ifdef _WIN32
#define RAW_FEW 64
#define RAW_MANY 256
#define RAW_MULTITUDE 1000

/* How near to the raw calls an echo is to be, how far off is near enough in a
 * noisy run, and the documented wait for many. */
#define RAW_ECHO_GOAL 1.05
#define RAW_ECHO_SLACK 0.15
#define RAW_PLAIN_WAIT "WSAPoll"
#else
#define RAW_ECHO_GOAL 1.01
#define RAW_ECHO_SLACK 0.02
#define RAW_FEW 100
#define RAW_MANY 1000
#define RAW_MULTITUDE 10000
#endif

/* Connections on which nothing happens.  Where one process may not have so many
 * descriptors, there are fewer. */
struct raw_crowd {
    intptr_t *sockets; /* our ends */
    size_t count;
    intptr_t others; /* who has the other ends; the system's business */
};

/* At most one at a time. */
struct raw_crowd raw_open_crowd(size_t count);
void raw_close_crowd(const struct raw_crowd *crowd);

/* Sends one byte from end 1, and takes one that was sent to it. */
void raw_prod(const struct raw_pair *pair);
void raw_take(const struct raw_pair *pair);

/* What the system's own poll() takes, for reading from `count` sockets. */
void *raw_poll_entries(const intptr_t *sockets, size_t count);

/* Waits `count` times for `size` entries of which one is readable. */
void raw_polls(void *entries, size_t size, uint64_t count);

/* --- Datagrams ------------------------------------------------------------ */

/* Two UDP sockets bound to loopback, not connected. */
struct raw_pair raw_datagram_pair(void);

/* One byte from end 0 to end 1, the sender asked for: two calls. */
void raw_datagrams(const struct raw_pair *pair, uint64_t count);

/* --- Connections ---------------------------------------------------------- */

/* No more than these at a time. */
#define RAW_BATCH 64

/* A TCP listener on loopback. */
intptr_t raw_listener(uint16_t *port);
void raw_close(intptr_t s);

/* Makes `count` connections to the listener, and closes them again by resets.
 */
void raw_dial(uint16_t port, uint64_t count);
void raw_hang_up(uint64_t count);

/* Takes `count` connections and resets them. */
void raw_drain(intptr_t listener, uint64_t count);

/* Accepts, the peer's address asked for, and holds what it gets. */
void raw_accepts(intptr_t listener, uint64_t count);

/* The same by a program whose children must not inherit the socket. */
void raw_uninherited_accepts(intptr_t listener, uint64_t count);

/* Socket and connect, two calls; holds what it gets. */
void raw_connects(uint16_t port, uint64_t count);

/* The same by a program that may not wait for ever. */
void raw_polled_connects(uint16_t port, uint64_t count);

/* Closes `count` of those held. */
void raw_closes(uint64_t count);

/* One of those held, for others to close, and one of others to hold. */
intptr_t raw_held(uint64_t index);
void raw_hold(uint64_t index, intptr_t s);

/* --- Addresses: raw_address.c --------------------------------------------- */

/* How many texts each loop takes in turn. */
#define RAW_TEXTS 4

/* inet_pton() of texts that are literals, and by hand around it where they are
 * "literal:port" or "[literal]:port". */
void raw_parse_ipv4(const char *const *texts, uint64_t count);
void raw_parse_ipv6(const char *const *texts, uint64_t count);
void raw_parse_ipv4_port(const char *const *texts, uint64_t count);
void raw_parse_ipv6_port(const char *const *texts, uint64_t count);

/* The port that the last two write. */
#define RAW_PORT 50443

/* inet_ntop() of what the literals stand for, and snprintf() for a port. */
void raw_format_ipv4(const char *const *texts, uint64_t count);
void raw_format_ipv6(const char *const *texts, uint64_t count);
void raw_format_ipv4_port(const char *const *texts, uint64_t count);
void raw_format_ipv6_port(const char *const *texts, uint64_t count);

#endif
