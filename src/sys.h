/* sys.h: what psock needs of a system.  The private interface between policy
 * (src/) and mechanism (src/posix, src/win32, and tests/fake, which answers
 * from a script).  One section for each sys_*.c, in the order of the bodies.
 *
 * Common to all, unless a line says otherwise:
 *  - pointers are not null, flags and modes are known ones, counts in range;
 *    descriptors may be anything;
 *  - a body tries once and returns: it never loops for policy, never waits, and
 *    never calls back into src/;
 *  - PSOCK_EINTR means "nothing happened, try again at once", PSOCK_EAGAIN
 *    "nothing happened, it would have to wait";
 *  - outputs are written only on success, and on failure the system's own code
 *    is what psock_sys_error_native() says, cleaning up notwithstanding. */
#ifndef PSOCK_SYS_H
#define PSOCK_SYS_H

#include <psock/psock.h>

/* --- sys_startup.c: starting the system's socket library, counted --------- */

int psock_sys_startup(void);
void psock_sys_cleanup(void);

/* --- sys_error.c: the system's codes -------------------------------------- */

/* The psock error for a system code other than 0; PSOCK_EIO for unknown ones.
 */
int psock_sys_error(int native);

/* Whether a system code can be what `error` came of, in some call. */
_Bool psock_sys_error_explains(int native, int error);

/* What last failed on this thread, as the system numbers it. */
int psock_sys_error_native(void);

/* Makes `native` that: it was before, or another thread failed for this one. */
void psock_sys_error_restore(int native);

/* --- sys_clock.c ---------------------------------------------------------- */

/* Monotonic nanoseconds since some moment; above zero. */
int64_t psock_sys_clock_ns(void);

/* Lets another thread run that may hold what this one needs. */
void psock_sys_yield(void);

/* --- sys_address.c: the system's address structures ----------------------- */

/* An address taken apart.  `bytes` points into the address. */
struct psock_address_view {
    int family; /* enum psock_family */
    uint16_t port;
    uint32_t scope;
    const unsigned char *bytes;
    size_t length;
};

/* In making one, `bytes` and `path` lie outside of `address`. */
void psock_sys_address_ipv4(const unsigned char bytes[4], uint16_t port,
                            psock_address *address);
void psock_sys_address_ipv6(const unsigned char bytes[16], uint16_t port,
                            uint32_t scope, psock_address *address);

/* `length` is in range; a first byte of zero makes an abstract name.  Returns
 * 0, PSOCK_ENOTSUP, or PSOCK_ENAMETOOLONG where the system takes less. */
int psock_sys_address_unix(const char *path, size_t length,
                           psock_address *address);

/* Takes any address apart, also one that lies about its length or has a family
 * psock does not know: PSOCK_NONE then. */
void psock_sys_address_view(const psock_address *address,
                            struct psock_address_view *view);

/* `address` is IPv4 or IPv6. */
void psock_sys_address_set_port(psock_address *address, uint16_t port);

/* The room an interface name needs, its zero byte included. */
#define PSOCK_SYS_SCOPE_NAME_SIZE 257

/* The index of an interface by name (UTF-8, of any length); 0 when there is
 * none. */
uint32_t psock_sys_scope_index(const char *name);

/* Writes the interface's name into PSOCK_SYS_SCOPE_NAME_SIZE bytes; false when
 * it has none. */
_Bool psock_sys_scope_name(uint32_t index, char *name);

/* --- sys_socket.c --------------------------------------------------------- */

psock_t psock_sys_open(int family, int type, unsigned flags);

/* `protocol` is 1 to 255. */
psock_t psock_sys_open_raw(int family, int protocol);

/* 0 for an open socket, PSOCK_EBADF, or PSOCK_ENOTSOCK. */
int psock_sys_check(psock_t s);

/* What kind of socket it is: enum psock_family and enum psock_type, 0 for what
 * psock does not know. */
int psock_sys_kind(psock_t s, int *family, int *type);

/* The number of an open descriptor among all that can be, for tables: small
 * numbers, given out again after closing. */
size_t psock_sys_index(psock_t s);

/* The descriptor is gone, unless it was none or no socket.  Success leaves the
 * system's last code as it was, so an earlier failure can still be told. */
int psock_sys_close(psock_t s);

/* As psock_sys_close(), with a reset where there is a connection. */
int psock_sys_close_reset(psock_t s);

/* Sets what `mode` asks for, then binds; on failure the option is taken back.
 * The socket is not bound yet. */
int psock_sys_bind(psock_t s, const psock_address *local, int mode);

/* Whether a stream of both families that is bound by `mode` to all addresses
 * keeps IPv4 sockets from having its port, and is refused where one has it. */
_Bool psock_sys_keeps_both(int mode);

/* Binds first when there is no address yet.  `backlog` is at least 0. */
int psock_sys_listen(psock_t s, int backlog);

/* Never waits.  `peer` may be null.  PSOCK_ECONNABORTED: the connection died in
 * the queue, the next may be fine. */
psock_t psock_sys_accept(psock_t listener, psock_address *peer);

/* Starts to connect, or asks how an attempt under way is doing.  It may wait
 * itself for the outcome up to `patience_ns` (below zero: as long as it takes),
 * where that saves calls, or return at once.
 *
 * Returns 0, PSOCK_EINPROGRESS or PSOCK_EALREADY (the outcome is open; so it is
 * after PSOCK_EINTR, when the attempt goes on), or the error. */
int psock_sys_connect(psock_t s, const psock_address *peer,
                      int64_t patience_ns);

/* The outcome of an attempt that psock_sys_wait() called writable: 0,
 * PSOCK_EALREADY after all, or the error. */
int psock_sys_connect_result(psock_t s, const psock_address *peer);

/* Wakes those who wait in psock_sys_wait() or in a receive. */
int psock_sys_shutdown(psock_t s, int how);

int psock_sys_local(psock_t s, psock_address *local);
int psock_sys_peer(psock_t s, psock_address *peer);

/* --- sys_io.c ------------------------------------------------------------- */

/* Beside the public flags, for receiving: may wait itself, as long as it takes,
 * or ignore the wish and return PSOCK_EAGAIN. */
#define PSOCK_SYS_MAY_WAIT (1u << 31)

ptrdiff_t psock_sys_send(psock_t s, const void *data, size_t size);
ptrdiff_t psock_sys_recv(psock_t s, void *buffer, size_t size, unsigned flags);
ptrdiff_t psock_sys_send_to(psock_t s, const void *data, size_t size,
                            const psock_address *peer);

/* `peer` may be null; family PSOCK_NONE where the system tells no sender. */
ptrdiff_t psock_sys_recv_from(psock_t s, void *buffer, size_t size,
                              unsigned flags, psock_address *peer);

/* `count` is at most PSOCK_BUFFERS_MAX, the sizes together fit a ptrdiff_t. */
ptrdiff_t psock_sys_send_vector(psock_t s, const psock_buffer *buffers,
                                size_t count);
ptrdiff_t psock_sys_recv_vector(psock_t s, const psock_buffer *buffers,
                                size_t count, unsigned flags);

/* One urgent byte.  Receiving returns it, 0 to 255, and never waits. */
int psock_sys_send_urgent(psock_t s, unsigned char byte);
int psock_sys_recv_urgent(psock_t s);

/* --- sys_control.c: the layout of control data ---------------------------- */

/* The room that an item with `size` bytes needs, which are as many as can be put
 * or as were read. */
size_t psock_sys_control_space(size_t size);

/* Writes an item into psock_sys_control_space() bytes, aligned or not, and zeros
 * into what of them it does not need. */
void psock_sys_control_write(unsigned char *at, const psock_control_item *item);

/* Reads the item in the `left` bytes at `at`, above zero.  Trusts no length.
 *
 * Returns the bytes from this item to the next, or all that are left; 0 when
 * there is no whole item, with nothing written. */
size_t psock_sys_control_read(const unsigned char *at, size_t left,
                              psock_control_item *item);

/* --- sys_message.c -------------------------------------------------------- */

/* The most messages that one call takes. */
#define PSOCK_SYS_MESSAGES_MAX 64

/* As many messages as go at once, each checked; `count` is above zero.  One with
 * a segment size is not longer than what the system can be given at once (see
 * src/segments.c).
 *
 * Returns how many went, above zero, with their `size` written; or the error of
 * the first.  PSOCK_ENOPROTOOPT: the system does not cut the first in segments,
 * not at all or not on this way. */
ptrdiff_t psock_sys_send_messages(psock_t s, psock_message *messages,
                                  size_t count);

/* As many messages as are there, or with PSOCK_WITH_UNDELIVERED reports in place
 * of some.  `flags` may have PSOCK_SYS_MAY_WAIT, too; `count` is above zero.
 *
 * Returns how many came, above zero; or an error.  PSOCK_EINTR also where there
 * is a report that `flags` does not ask for, and that is thereby gone. */
ptrdiff_t psock_sys_recv_messages(psock_t s, psock_message *messages,
                                  size_t count, unsigned flags);

/* Drops the reports that wait to be received, so that psock_sys_wait() does not
 * tell of them for ever. */
void psock_sys_drop_undelivered(psock_t s);

/* Both: `s` is a socket of datagrams, or raw, of IPv4 or IPv6.  The first
 * returns what is granted. */
int psock_sys_want_metadata(psock_t s, unsigned wanted);
int psock_sys_want_undelivered(psock_t s, int wanted);

/* Whether the system takes many messages in one call: 0, or PSOCK_ENOTSUP. */
int psock_sys_batches(void);

/* --- sys_multicast.c ------------------------------------------------------ */

enum psock_sys_membership {
    PSOCK_SYS_JOIN,
    PSOCK_SYS_LEAVE,
    PSOCK_SYS_JOIN_SOURCE,
    PSOCK_SYS_LEAVE_SOURCE,
    PSOCK_SYS_BLOCK_SOURCE,
    PSOCK_SYS_UNBLOCK_SOURCE
};

/* Changes what `s` is a member of.  `s` is of datagrams or raw, and of the family
 * of the addresses; `source` is null for the first two. */
int psock_sys_multicast(psock_t s, enum psock_sys_membership change,
                        const psock_address *group, const psock_address *source,
                        uint32_t interface_index);

/* --- sys_option.c --------------------------------------------------------- */

/* Both: `s` is of `family` and `type`, which psock_sys_kind() told; the option is
 * of this kind of socket and not PSOCK_OPTION_FAMILY or PSOCK_OPTION_TYPE, which
 * need no more asking; the value is in its range.
 *
 * PSOCK_ENOTSUP when the system does not have it, PSOCK_ENODEV for the index of
 * no interface, PSOCK_EPERM for missing rights.  Of an IPv6 socket for IPv4 too,
 * the IPv4 side is set as well, as far as that is possible, and the IPv6 side is
 * told. */
int psock_sys_get_option(psock_t s, int family, int type, int option,
                         int64_t *value);
int psock_sys_set_option(psock_t s, int family, int type, int option,
                         int64_t value);

/* All: `s` is TCP.
 *
 * No member is below zero; PSOCK_EINVAL for one above what the system can hold,
 * with nothing changed.  `applied` is not null. */
int psock_sys_set_keepalive(psock_t s, const psock_keepalive *wanted,
                            psock_keepalive *applied);

/* A name has at most PSOCK_CONGESTION_NAME_SIZE bytes, its zero byte included. */
int psock_sys_get_congestion(psock_t s, char name[PSOCK_CONGESTION_NAME_SIZE]);
int psock_sys_set_congestion(psock_t s, const char *name);

/* `info` is all zero, and stays so where the call fails. */
int psock_sys_get_tcp_info(psock_t s, psock_tcp_info *info);

/* --- sys_process.c -------------------------------------------------------- */

/* A pair that the system makes by itself, with all that psock_sys_open() gives.
 * PSOCK_ENOTSUP, or an error of an unknown family or type, where it makes none of
 * that type. */
int psock_sys_pair(int type, psock_t pair[2]);

/* Takes the file of a Unix path away if it is a socket's: PSOCK_EEXIST if it is
 * not.  Success leaves the system's last code as it was. */
int psock_sys_remove_path(const psock_address *local);

/* Makes a Unix path that nobody else has, in a directory for such, or
 * PSOCK_ENOTSUP where pairs are not made by way of one. */
int psock_sys_temporary_path(psock_address *local);

/* Writes all members. */
int psock_sys_peer_credentials(psock_t s, psock_credentials *credentials);

/* A socket goes to another process packed in bytes that say what the receiver has
 * to know of it, or carried beside bytes of any kind, as the system has it.
 *
 * Tells how many bytes a packed socket is: 0 where it is carried, and never more
 * than PSOCK_SYS_PACKED_MAX. */
#define PSOCK_SYS_PACKED_MAX 1000
size_t psock_sys_packed_size(void);

/* 0 when sockets can go over `channel`, or come; PSOCK_EOPNOTSUPP, or
 * PSOCK_ENOTCONN for a listener. */
int psock_sys_check_channel(psock_t channel);

/* Packs `passed` for the process at the other end of `channel`.  Not undone when
 * the bytes are not sent, so it comes last before that. */
int psock_sys_pack_socket(psock_t channel, psock_t passed,
                          unsigned char *packed);

/* As psock_sys_send() and psock_sys_recv() of more than no bytes, and `carried`
 * goes with the first of them, where sockets are carried; below zero for none.
 * What comes and is not just one socket is closed: PSOCK_EPROTO. */
ptrdiff_t psock_sys_send_carrying(psock_t channel, const void *data,
                                  size_t size, psock_t carried);
ptrdiff_t psock_sys_recv_carrying(psock_t channel, void *buffer, size_t size,
                                  psock_t *carried);

/* Makes a socket of what came, equipped like psock's own: of `packed`, bytes not
 * to be trusted, or of `carried`, which may be none and which stays open after a
 * failure.  PSOCK_EPROTO when there is none in it. */
psock_t psock_sys_unpack_socket(const unsigned char *packed, psock_t carried);

/* --- sys_waker.c ---------------------------------------------------------- */

/* A twin says what struct psock_waker is. */
int psock_sys_waker_open(psock_waker **waker);
void psock_sys_waker_close(psock_waker *waker);

/* May be called from signal handlers where there are any; leaves the system's
 * last code as it was. */
void psock_sys_waker_ring(psock_waker *waker);

/* Whether it was rung. */
_Bool psock_sys_waker_reset(psock_waker *waker);

/* A number for tables that no socket and no other waker has: see
 * psock_sys_index(). */
psock_t psock_sys_waker_descriptor(const psock_waker *waker);

/* --- sys_wait.c ----------------------------------------------------------- */

enum psock_sys_event {
    PSOCK_SYS_READ = 1 << 0,  /* a receive or accept would not wait */
    PSOCK_SYS_WRITE = 1 << 1, /* a send would not wait; connecting is decided */
    PSOCK_SYS_ENDED = 1 << 2, /* nothing more will come: shut down or gone */
    PSOCK_SYS_FAILED =
        1 << 3 /* a failure, or a report that waits, and no data */
};

/* Waits until one of `events` (READ or WRITE) has come, or `timeout_ns` has
 * passed; below zero waits as long as it takes.  May wake early.
 *
 * Returns the bits that came, ENDED and FAILED among them asked for or not; 0 when the
 * time has passed; PSOCK_ECANCELED when nothing came and `canceler`, which may
 * be null, is rung; or an error. */
int psock_sys_wait(psock_t s, unsigned events, psock_waker *canceler,
                   int64_t timeout_ns);

/* --- sys_poll.c ----------------------------------------------------------- */

/* One wait for all `entries`, as psock_poll() has it, with the timeout and the
 * canceler of psock_sys_wait().  `wanted` has known bits; an entry has a socket
 * or a waker, or is to be passed over.
 *
 * Returns how many are ready, all `came` written; 0 when the time has passed,
 * or early, with none written; or an error. */
int psock_sys_poll(psock_pollable *entries, size_t count, psock_waker *canceler,
                   int64_t timeout_ns);

/* --- sys_poller.c, of which there may be several to choose from ------------ */

struct psock_sys_poller;

int psock_sys_poller_open(struct psock_sys_poller **poller);

/* No thread waits. */
void psock_sys_poller_close(struct psock_sys_poller *poller);

/* Puts in an open socket that is not there yet.  `wanted` has known bits.
 *
 * mark  receives what the twin wants to get back with modify and remove */
int psock_sys_poller_add(struct psock_sys_poller *poller, psock_t s,
                         uint32_t wanted, void *token, void **mark);

/* Both: PSOCK_ENOENT or PSOCK_EBADF when the system has lost it. */
int psock_sys_poller_modify(struct psock_sys_poller *poller, psock_t s,
                            uint32_t wanted, void *mark);
int psock_sys_poller_remove(struct psock_sys_poller *poller, psock_t s,
                            void *mark);

int psock_sys_poller_add_waker(struct psock_sys_poller *poller,
                               psock_waker *waker, void *token, void **mark);
int psock_sys_poller_remove_waker(struct psock_sys_poller *poller,
                                  psock_waker *waker, void *mark);

/* One wait, with the timeout and the canceler of psock_sys_wait(); `count` is
 * above zero.  Writes `woken` only to say that psock_sys_poller_wake() was the
 * reason, or one of them.
 *
 * Returns how many events were written, 0 also when it is woken, when the time
 * has passed, or early; or an error. */
int psock_sys_poller_wait(struct psock_sys_poller *poller,
                          psock_poller_event *events, size_t count,
                          psock_waker *canceler, int64_t timeout_ns,
                          _Bool *woken);

/* Ends one wait, this or the next.  As psock_sys_waker_ring() otherwise; not
 * called again before a wait has said that it was woken. */
void psock_sys_poller_wake(struct psock_sys_poller *poller);

/* --- sys_resolve.c: what the system's resolver is asked -------------------- */

/* One question and its answer.  Whoever asks keeps it and all it points to where
 * it is until `done` was called. */
struct psock_sys_look_up {
    /* Of a name: `host` (UTF-8) or `service` may be null, not both; a host is
     * neither numeric nor empty, a service no number. */
    const char *host;
    const char *service;
    int family;       /* PSOCK_NONE for both */
    int type;         /* PSOCK_STREAM or PSOCK_DATAGRAM */
    _Bool configured; /* PSOCK_RESOLVE_CONFIGURED */
    _Bool wants_name; /* the canonical name, into `host_name` */
    /* Of an address, unless null: its name into `host_name` and `service_name`,
     * each empty where there is none, or where `flags` has it as a number. */
    const psock_address *address;
    unsigned flags;

    /* The answer: how many addresses (0 of an address), or the error and the
     * system's code. */
    int result;
    int native;
    psock_address *addresses; /* of malloc(), for free(); null for none */
    char host_name[PSOCK_HOST_NAME_SIZE];
    char service_name[PSOCK_SERVICE_NAME_SIZE];

    /* Called once, by any thread, perhaps before psock_sys_begin_look_up() has
     * returned, when all of the answer is written.  Not of src/ in name, so it
     * may call there. */
    void (*done)(struct psock_sys_look_up *look_up);
    void *work; /* the twin's own */
};

/* Asks.  Returns 0; or an error, with `done` not called then or later. */
int psock_sys_begin_look_up(struct psock_sys_look_up *look_up);

/* Nobody waits for the answer any more: ends it where the system can, and what has
 * not begun.  `done` is called still, from within this call or later; the caller
 * makes sure that `look_up` stays there meanwhile, called or not. */
void psock_sys_stop_look_up(struct psock_sys_look_up *look_up);

/* Whether the system stops a look-up that has begun: 0, or PSOCK_ENOTSUP. */
int psock_sys_can_stop_look_up(void);

/* Whether the system makes the ASCII form of names beyond ASCII, found without
 * asking anybody else: 0, or PSOCK_ENOTSUP. */
int psock_sys_can_name_internationally(void);

/* As psock_host_name(), which checked its arguments. */
int psock_sys_host_name(char *name, size_t size);

/* --- sys_file.c ------------------------------------------------------------ */

psock_file psock_sys_file_open(const char *path);
int psock_sys_file_close(psock_file file);
int64_t psock_sys_file_size(psock_file file);

/* Returns the bytes read, 0 at the end, or an error.  `size` is above zero, and
 * both together are an offset. */
ptrdiff_t psock_sys_file_read(psock_file file, int64_t offset, void *buffer,
                              size_t size);

/* Makes `s` fit for psock_sys_send_file(); once for many.  PSOCK_EOPNOTSUPP where
 * it is no stream. */
int psock_sys_send_file_ready(psock_t s);

/* Sends some of at most `size` bytes, as in reading.  It may wait itself until some
 * have gone, no longer than `timeout_ns` (below zero: as long as it takes) and no
 * longer than until `canceler`, which may be null, is rung; or return
 * PSOCK_EAGAIN.
 *
 * Returns how many went, 0 where the file has no more, PSOCK_ENOTSUP where this
 * file or socket has to be read and sent instead; or an error. */
ptrdiff_t psock_sys_send_file(psock_t s, psock_file file, int64_t offset,
                              size_t size, psock_waker *canceler,
                              int64_t timeout_ns);

/* Whether the system sends files by itself: 0, or PSOCK_ENOTSUP. */
int psock_sys_can_send_file(void);

/* --- sys_interface.c ------------------------------------------------------- */

/* What the system said of its interfaces at one moment. */
struct psock_sys_interfaces;

int psock_sys_interfaces_read(struct psock_sys_interfaces **interfaces);
void psock_sys_interfaces_free(struct psock_sys_interfaces *interfaces);

/* The interface in place `i`, in no order, without its addresses; its index is
 * above zero and no other's.  Names point into `interfaces`; the alias may be
 * null.  False when there are no more. */
_Bool psock_sys_interface_at(const struct psock_sys_interfaces *interfaces,
                             size_t i, psock_interface *interface_found);

/* Above any prefix length. */
#define PSOCK_SYS_PREFIX_UNKNOWN 255u

/* The address in place `i`, IPv4 or IPv6, and the index of its interface.  A twin
 * tells the mask, or leaves it PSOCK_NONE and tells the prefix length, which may be
 * unknown.  An address of one link may lack its scope. */
_Bool psock_sys_interface_address_at(
    const struct psock_sys_interfaces *interfaces, size_t i, uint32_t *index,
    psock_interface_address *address);

/* A twin says what struct psock_interface_watch is. */
int psock_sys_watch_open(psock_waker *waker, psock_interface_watch **watch);

/* When it returns, `waker` is not rung any more. */
void psock_sys_watch_close(psock_interface_watch *watch);

/* --- sys_native.c: the two directions of native.h ------------------------- */

/* Gives a descriptor of any origin what psock's own have; on failure it is as
 * it was. */
int psock_sys_adopt(psock_t s);

/* Makes it a plain blocking descriptor again. */
int psock_sys_release(psock_t s);

#endif
