/* platform.h: the Windows headers, in the order they want, and what the files
 * of this side share.  Every sys_*.c here starts with it; nothing else includes
 * it. */
#ifndef PSOCK_WIN32_PLATFORM_H
#define PSOCK_WIN32_PLATFORM_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <windows.h>
#include <iphlpapi.h>
#include <winternl.h>

#include "../policy.h"
#include "numbers.h"
#include "winsock.h"

/* sys_error.c: the last failure of a call through the table, mapped. */
int psock_win32_error(void);

/* sys_error.c: the same where the socket `s` may be the cause: tells a
 * descriptor that is not open from an open one that is no socket, which Winsock
 * does not. */
int psock_win32_socket_error(psock_t s);

/* sys_error.c: what a failure for want of memory returns, and one that the
 * kernel has a code for; and whether that means that something has run out. */
int psock_win32_no_memory(void);
int psock_win32_status_error(NTSTATUS status);
_Bool psock_win32_is_shortage(NTSTATUS status);

/* sys_error.c: what a code of the resolver's means, which has some for other things
 * than the rest of Winsock. */
int psock_win32_resolver_error(int native);

/* sys_startup.c: keeps Winsock from ending, for what looks up names. */
void psock_win32_stay_started(void);

/* sys_io.c: what a failed send or receive means.  The latter may mean success:
 * the end, or a datagram that filled the `size` bytes there were for it. */
ptrdiff_t psock_win32_send_failure(psock_t s);
ptrdiff_t psock_win32_send_to_failure(psock_t s, const psock_address *peer);
ptrdiff_t psock_win32_receive_failure(psock_t s, size_t size);

/* sys_io.c: whether `peer` has no port, where one is needed. */
_Bool psock_win32_is_portless(psock_t s, const psock_address *peer);

/* sys_message.c: whether any socket was ever asked for reports of undelivered
 * datagrams that come among the datagrams. */
extern atomic_int psock_win32_reports_come;

/* Where to receive: one buffer at least, and the bytes of all. */
struct psock_win32_room {
    WSABUF *buffers;
    DWORD count;
    size_t size;
};

/* sys_message.c: receives as psock_sys_recv_from() does, passing over such reports
 * by PSOCK_EINTR. */
ptrdiff_t psock_win32_receive_datagram(psock_t s,
                                       const struct psock_win32_room *room,
                                       unsigned flags, psock_address *peer);

/* sys_message.c: remembers what was asked of a datagram socket, by whoever had it
 * before, that changes what comes.  PSOCK_ENOMEM. */
int psock_win32_recall_wishes(psock_t s);

/* sys_socket.c: the socket's native family and type; false when it has none to
 * tell. */
_Bool psock_win32_kind(psock_t s, int *family, int *type);

/* sys_socket.c: a socket that is overlapped and not inherited, of a type, or of
 * what another process has made of one of its own for this. */
SOCKET psock_win32_make_socket(int family, int type, int protocol,
                               WSAPROTOCOL_INFOW *info);

/* sys_socket.c: what a socket is, or has been through; false when it is none.
 */
_Bool psock_win32_is_datagram(psock_t s);
_Bool psock_win32_has_peer(psock_t s);
_Bool psock_win32_is_bound(psock_t s);
_Bool psock_win32_is_listener(psock_t s);

/* sys_socket.c: binds to every local address and a port of the system's
 * choice. */
int psock_win32_bind_any(psock_t s);

/* sys_socket.c: the last failure of a call on `s` with `address`; tells the
 * wrong family from all else. */
int psock_win32_address_error(psock_t s, const psock_address *address);

/* sys_socket.c: where to send for `peer`: there, or to `loopback`, which is
 * made for the unspecified address. */
const psock_address *psock_win32_reachable(const psock_address *peer,
                                           psock_address *loopback);

/* interfaces.c: an IPv4 address of an interface, and the interface of one, both as
 * tables of the system have them; 0 where there is none. */
DWORD psock_win32_interface_address(uint32_t interface_index);
uint32_t psock_win32_interface_at(DWORD address);

/* sys_process.c: the system's code for what keeps the file of a Unix path from
 * being found, or 0 when there is one. */
int psock_win32_path_code(const psock_address *local);

/* afd.c: closes the events kept for reuse. */
void psock_win32_drop_events(void);

/* abilities.c: forgets what Windows was found to have, once it is not in use. */
void psock_win32_forget_abilities(void);

/* sys_wait.c: what a canceled wait returns. */
int psock_win32_canceled(void);

/* sys_waker.c */
struct psock_waker {
    LONG volatile rung;
    HANDLE event; /* never set: its number is the waker's */
    struct waker_subscriber *subscribers;
};

/* Whether a waker, which may be null, is rung. */
static inline _Bool psock_win32_is_rung(psock_waker *waker)
{
    return waker != NULL && InterlockedCompareExchange(&waker->rung, 0, 0) != 0;
}

/* sys_poller.c: those who are in pollers: a socket that was shut down, and a
 * socket or a waker that is about to be closed. */
void psock_win32_wake_pollers(psock_t s);
void psock_win32_leave_pollers(psock_t s);
void psock_win32_waker_leaves_pollers(psock_waker *waker);

/* sys_native.c: clears HANDLE_FLAG_INHERIT and whatever else `flags` has. */
int psock_win32_set_not_inherited(psock_t s, DWORD flags);

/* sys_native.c */
int psock_win32_set_nonblocking(psock_t s, _Bool nonblocking);
void psock_win32_ignore_undelivered(psock_t s);
void psock_win32_report_refusal(psock_t s);

/* sys_native.c: switches the reports of one kind; false when there is no such
 * switch. */
_Bool psock_win32_switch_report(psock_t s, DWORD code, _Bool on);

#include "settled.h"
#include "shadow.h"
#include "afd.h"

#endif
