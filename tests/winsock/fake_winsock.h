/* fake_winsock.h: Windows's sockets in memory, as strict as the real ones.
 *
 * It fills the table that src/win32 calls Windows through, and answers as real
 * Windows does, where Wine answers as Linux does.  Ordinary traffic works from
 * end to end inside the process; what does not happen by itself is scripted.
 *
 * Two things it does that Windows does not: it writes down every call, and it
 * complains of what no caller may do although Windows would let it pass (for a
 * while).  Each test begins with fake_begin() and ends with fake_end(), which
 * fails it for any complaint and for anything left open. */
#ifndef PSOCK_TESTS_FAKE_WINSOCK_H
#define PSOCK_TESTS_FAKE_WINSOCK_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <windows.h>
#include <iphlpapi.h>
#include <winternl.h>

#include <psock/psock.h>

#include "../../src/win32/numbers.h"
#include "../../src/win32/winsock.h"

/* --- Profiles -------------------------------------------------------------- */

/* Where Windows versions differ, as far as psock's calls can tell. */
struct fake_profile {
    const char *name;
    _Bool no_inherit_flag; /* WSASocketW knows WSA_FLAG_NO_HANDLE_INHERIT */
    _Bool initial_rto;     /* SIO_TCP_INITIAL_RTO */
    _Bool udp_netreset;    /* SIO_UDP_NETRESET */
    _Bool unix_streams;    /* AF_UNIX, stream sockets only */
    _Bool frees_names;     /* files can go while they are open */
    _Bool asks_behind;     /* GetAddrInfoExW takes an overlapped structure */
    unsigned build;        /* which options there are: fake_option.h */
    int no_urgent_error;   /* of a receive where no urgent byte is */
};

extern const struct fake_profile win7_like;
extern const struct fake_profile win10_2004plus;

/* --- A test's beginning and end -------------------------------------------- */

/* An empty world, not started. */
void fake_begin(const struct fake_profile *profile);

/* Stops what psock started by itself, prints what is wrong and returns how much
 * that is; 0 when all is well. */
unsigned fake_end(void);

/* The complaints so far, one a line; "" when there are none.  Forgets them. */
const char *fake_complaints(void);

/* --- The calls, for scripts and for the record ----------------------------- */

#define FAKE_CALLS(X)                                                          \
    X(WSAStartup)                                                              \
    X(WSACleanup)                                                              \
    X(WSASocketW)                                                              \
    X(WSADuplicateSocketW)                                                     \
    X(closesocket)                                                             \
    X(bind)                                                                    \
    X(listen)                                                                  \
    X(accept)                                                                  \
    X(connect)                                                                 \
    X(shutdown)                                                                \
    X(getsockname)                                                             \
    X(getpeername)                                                             \
    X(getsockopt)                                                              \
    X(setsockopt)                                                              \
    X(ioctlsocket)                                                             \
    X(WSAIoctl)                                                                \
    X(send)                                                                    \
    X(recv)                                                                    \
    X(sendto)                                                                  \
    X(recvfrom)                                                                \
    X(WSASend)                                                                 \
    X(WSARecv)                                                                 \
    X(WSARecvFrom)                                                             \
    X(WSASendMsg)                                                              \
    X(WSARecvMsg)                                                              \
    X(select)                                                                  \
    X(GetAddrInfoExW)                                                          \
    X(GetAddrInfoExCancel)                                                     \
    X(FreeAddrInfoExW)                                                         \
    X(GetAddrInfoW)                                                            \
    X(FreeAddrInfoW)                                                           \
    X(GetNameInfoW)                                                            \
    X(GetHandleInformation)                                                    \
    X(SetHandleInformation)                                                    \
    X(CreateEventW)                                                            \
    X(SetEvent)                                                                \
    X(ResetEvent)                                                              \
    X(WaitForSingleObject)                                                     \
    X(CreateIoCompletionPort)                                                  \
    X(GetQueuedCompletionStatusEx)                                             \
    X(PostQueuedCompletionStatus)                                              \
    X(CancelIoEx)                                                              \
    X(CloseHandle)                                                             \
    X(QueueUserWorkItem)                                                       \
    X(GetModuleHandleExW)                                                      \
    X(GetComputerNameExW)                                                      \
    X(GetIpAddrTable)                                                          \
    X(GetAdaptersAddresses)                                                    \
    X(GetIfEntry2)                                                             \
    X(ConvertInterfaceLuidToNameA)                                             \
    X(NotifyIpInterfaceChange)                                                 \
    X(NotifyUnicastIpAddressChange)                                            \
    X(CancelMibChangeNotify2)                                                  \
    X(GetCurrentProcessId)                                                     \
    X(GetTempPathW)                                                            \
    X(GetFileAttributesW)                                                      \
    X(GetFileType)                                                             \
    X(SetFilePointerEx)                                                        \
    X(ReadFile)                                                                \
    X(GetOverlappedResult)                                                     \
    X(TransmitFile)                                                            \
    X(WSAGetOverlappedResult)                                                  \
    X(RtlGetVersion)                                                           \
    X(RtlIdnToAscii)                                                           \
    X(CreateFileW)                                                             \
    X(GetFileInformationByHandleEx)                                            \
    X(SetFileInformationByHandle)                                              \
    X(GetExtendedTcpTable)                                                     \
    X(NtCreateFile)                                                            \
    X(NtDeviceIoControlFile)

#define FAKE_CALL_ID(name) FAKE_##name,
enum fake_call {
    FAKE_CALLS(FAKE_CALL_ID) FAKE_CALL_COUNT
};

/* --- Scripts --------------------------------------------------------------- */

/* The next `times` calls fail with `code`: the Winsock or system error that the
 * call's last error shall be, the result of WSAStartup, the NTSTATUS. */
void fake_fail_next(enum fake_call call, int code, int times);

/* The same, after `skip` calls that go well. */
void fake_fail_after(enum fake_call call, int skip, int code, int times);

/* WSAStartup offers this version in place of 2.2. */
void fake_offer_version(WORD version);

/* Connecting stays undecided until fake_decide_connect(). */
void fake_hold_connects(_Bool hold);

/* Ends an attempt that is under way, well (0) or with a Winsock error. */
void fake_decide_connect(psock_t handle, int error);

/* The connection breaks: every send and receive of it fails with `error` from
 * now on, and what was received is lost. */
void fake_break(psock_t handle, int error);

/* The network reports an undelivered datagram of the socket. */
void fake_report_undelivered(psock_t handle, int error);

/* The same of one that was sent to `peer`. */
void fake_report_undelivered_to(psock_t handle, int error,
                                const psock_address *peer);

/* The same with all that the network says (RFC 792, RFC 4443).  A socket that is
 * told of details gets it as a message, others as their codes. */
struct fake_icmp {
    int protocol;
    int type;
    int code;
    ULONG mtu;
};

void fake_report_icmp(psock_t handle, const psock_address *peer,
                      struct fake_icmp icmp);

/* A sender's datagrams of `each` bytes come joined in one of `size`, if the
 * socket wants them so, with their size told or, as some systems do, not. */
void fake_deliver_joined(psock_t handle, const psock_address *sender, int size,
                         int each, _Bool told);

/* Datagrams come with this ECN and traffic class, whatever they were sent with. */
void fake_mark_datagrams(int traffic_class);

/* Datagrams are stamped with this: of the performance counter otherwise. */
void fake_stamp_datagrams(int64_t stamp);

/* Control data that are received may have no more than this. */
void fake_limit_control(int size);

/* Control data to send are taken and not looked at, as Wine has it. */
void fake_ignore_control(void);

/* Longer pieces of a message do not get through. */
void fake_limit_segments(int size);

/* The send buffer takes this many more datagrams, and then none. */
void fake_limit_datagrams(int count);

/* How much a stream takes before a send must wait, and at most in one go. */
void fake_set_room(size_t room);
void fake_send_at_most(int size);

/* Larger sends and receives fail with WSAENOBUFS. */
void fake_limit_buffers(int size);

/* AFD ends a poll, and a port a wait, this much before its time. */
void fake_hurry(int early_ms);

/* Joining what is joined already fails by `error`, and not as documented. */
void fake_refuse_second_memberships_by(int error);

/* Groups can be joined by the options of before Windows Vista only, and their
 * interface is known by its address, as in Wine. */
void fake_have_no_group_requests(void);

/* Sockets that are not bound cannot join. */
void fake_want_binding_before_joining(void);

/* Polls that are cancelled end only when somebody comes to wait, and until then
 * may still end well. */
void fake_cancel_slowly(void);

/* Ends all polls that are under way as if cancelled, as Windows may do with those
 * of a thread that ends. */
void fake_cancel_polls(void);

/* What the answer to an AFD poll has of a handle that was asked for twice, when
 * it is ready at once. */
enum fake_duplicates {
    FAKE_DUPLICATES_EACH,   /* an answer for each, as Windows has it */
    FAKE_DUPLICATES_FIRST,  /* one for the first */
    FAKE_DUPLICATES_SQUARED /* two for each, as far as there is room */
};

void fake_answer_duplicates(enum fake_duplicates how);

/* A wait without end, for what nobody has begun, is complained of at once and
 * not after a while only. */
void fake_lose_patience(void);

/* The next call that has to wait runs `action` first, as another thread
 * might. */
void fake_when_waiting(void (*action)(void *context), void *context);

/* Returns when this many threads wait: for an event, a packet or by select(). */
void fake_await_waiting(unsigned count);

/* The next such call runs `action` when it is done, before it returns: what
 * another thread might do between two calls of this one. */
void fake_after(enum fake_call call, void (*action)(void *context),
                void *context);

/* New handles take the lowest number free, also one just closed. */
void fake_reuse_handles(void);

/* How much a layered provider lets through. */
enum fake_layer {
    FAKE_LAYER_BASE_HANDLE, /* SIO_BASE_HANDLE tells the socket below */
    FAKE_LAYER_BSP_POLL,    /* only SIO_BSP_HANDLE_POLL does */
    FAKE_LAYER_CLOSED       /* nothing but select() works */
};

/* Makes `s` the socket of a layered provider, which AFD does not know. */
void fake_put_layer(psock_t s, enum fake_layer layer);

/* An open handle of a file, and one of a blocking, inheritable socket, both
 * made by somebody else. */
psock_t fake_open_file(void);
psock_t fake_open_foreign(int family, int type);

/* The closing side of both. */
void fake_close_foreign(psock_t handle);

/* The socket that listens, or one of them; -1 when there is none. */
psock_t fake_listener(void);

/* --- Files, which Unix sockets have ----------------------------------------- */

/* The directory for temporary files, "C:\\Temp\\" at first; and one that is not
 * there. */
#define FAKE_NO_DIRECTORY "C:\\Nowhere\\"
void fake_set_temporary_directory(const char *path);

/* Makes a file, plain or with the tag of a reparse point, and takes any away.
 * Those left at the end, which bind() makes too, are complained of. */
#define FAKE_PLAIN_FILE 0
#define FAKE_SOCKET_FILE 0x80000023
void fake_make_file(const char *path, DWORD tag);
void fake_remove_file(const char *path);
void fake_remove_files(void); /* all there are */
_Bool fake_has_file(const char *path);
unsigned fake_files(void);

/* What is in a file, which is made if need be: zeros first, as many as `hole`, that
 * take no room.  What is a directory; what is a device, FILE_TYPE_CHAR or a pipe,
 * FILE_TYPE_PIPE. */
void fake_write_file(const char *path, int64_t hole, const void *bytes,
                     size_t size);
void fake_make_directory(const char *path);
void fake_make_device(const char *path, DWORD type);

/* Where an open file stands, of which there are so many. */
int64_t fake_position(intptr_t file);
void fake_move_position(intptr_t file, int64_t position);

/* Makes the handle one for overlapped calls, which end later. */
void fake_make_overlapped(intptr_t file);
unsigned fake_open_files(void);

/* This is a server's edition, where any number of files are transmitted at once. */
void fake_be_a_server(void);

/* Whether attempts to connect to a path are decided before the call returns. */
void fake_decide_paths_at_once(void);

/* How long the name of an end without a path is said to be. */
void fake_set_unnamed_length(int length);

/* --- Processes ------------------------------------------------------------- */

#define FAKE_FIRST_PROCESS 1000

/* What follows is done by this process: other handles are not its own. */
void fake_become(DWORD process);

/* A process that may not be given handles. */
void fake_guard_process(DWORD process);

/* Gives another process a handle of the socket, as inheriting it would. */
psock_t fake_hand_over(psock_t s, DWORD process);

/* Forgets what was sent to processes and not opened by them. */
void fake_drop_parcels(void);

/* Whether sockets are made of parcels that nobody has sent, as Wine makes them,
 * of any handle. */
void fake_trust_parcels(void);

/* Whether connections have no owners, or are not there for anybody to see. */
void fake_hide_owners(void);
void fake_hide_connections(void);

/* Whether the user may have raw sockets; not at first. */
void fake_set_privileged(_Bool privileged);

/* --- Names ----------------------------------------------------------------- */

/* What the resolver knows, each line for one address; a host has those of all its
 * lines, in their order.  Texts are UTF-8. */
void fake_add_host(const char *host, const char *address);
void fake_add_service(const char *service, int type, u_short port);
void fake_add_name(const char *address, const char *host);

/* What answers call every host, or write as the name of every address and service:
 * units of UTF-16 with a zero at the end, of whatever kind. */
void fake_call_hosts(const WCHAR *name);

/* The length that answers say every address has. */
void fake_set_answered_length(size_t length);

/* When GetAddrInfoExW is answered that was asked in the background. */
enum fake_answering {
    FAKE_ANSWERS_SOON,    /* by a thread of its own; so at first */
    FAKE_ANSWERS_AT_ONCE, /* before the call returns */
    FAKE_ANSWERS_LATER    /* by fake_answer() */
};

void fake_set_answering(enum fake_answering when);

/* What asks in the background is answered with this error, or 0. */
void fake_answer_with(int error);

/* Answers the first that waits; false when there is none. */
_Bool fake_answer(void);
unsigned fake_unanswered(void);

/* Gives no handles to cancel by, and cancels nothing, as Wine has it. */
void fake_give_no_handles(void);

/* Cancels that end later: by fake_answer(), with the error of canceling. */
void fake_answer_cancels_later(void);

/* Work waits to be run by fake_run_work(), and not by a thread. */
void fake_hold_work(void);
_Bool fake_run_work(void);

/* Calls that look names up and do not return before this is taken back. */
void fake_hang_names(_Bool hang);

/* The name of this machine. */
void fake_name_machine(const char *name);

/* Whether the module that looks names up was made to stay. */
_Bool fake_is_pinned(void);

/* --- Interfaces ------------------------------------------------------------ */

#define FAKE_ADDRESSES_MAX 4

struct fake_adapter_address {
    const char *text;
    unsigned char prefix_length;
};

/* An adapter as GetAdaptersAddresses() lists it and GetIfEntry2() describes it;
 * what the texts are, stays the test's. */
struct fake_adapter {
    const char *name;          /* null for none */
    const char *friendly_name; /* UTF-8; null for none */
    ULONG index;
    ULONG ipv6_index;
    ULONG type;
    IF_OPER_STATUS status;
    ULONG flags;
    ULONG mtu;
    ULONG hardware_length; /* of bytes that are all 0xab */
    NET_IF_ACCESS_TYPE access;
    _Bool is_disabled;
    _Bool is_gone; /* when it is asked for by itself */
    struct fake_adapter_address addresses[FAKE_ADDRESSES_MAX];
};

/* At first there is "loopback_0" with the alias "Loopback", number 1. */
void fake_remove_adapters(void);
void fake_add_adapter(const struct fake_adapter *adapter);

/* The list is too long for a first attempt, and grows so many times after it was
 * asked for. */
void fake_grow_lists(int times);

enum fake_change {
    FAKE_INTERFACE_CHANGE,
    FAKE_ADDRESS_CHANGE
};

/* Tells all who want to be told, from this thread, and returns how many.  Of each
 * call, `meanwhile` is the last part, which may be null. */
unsigned fake_tell_change(enum fake_change change,
                          void (*meanwhile)(void *context), void *context);

/* Nobody is told of changes, who asks for it is given no handle, and all succeeds,
 * as Wine has it. */
void fake_silence_changes(void);

/* How many are to be told. */
unsigned fake_listeners(void);

/* --- The record ------------------------------------------------------------ */

/* How often `call` was made since fake_begin() or fake_forget(). */
unsigned fake_calls(enum fake_call call);

/* How many lines of the record have `part` in them.  A line reads
 * "setsockopt #1 SO_EXCLUSIVEADDRUSE 01000000 = 0": the call, the socket's
 * number in order of opening, the arguments, the result or error. */
unsigned fake_recorded(const char *part);

/* Whether there are lines with these parts in this order; ends with NULL. */
_Bool fake_recorded_in_order(const char *first, ...);

/* The whole record, for printing. */
const char *fake_record_text(void);

void fake_forget(void);

/* --- What stands ----------------------------------------------------------- */

unsigned fake_started(void);
unsigned fake_open_sockets(void);
unsigned fake_open_events(void);
unsigned fake_open_devices(void);
unsigned fake_open_ports(void);
unsigned fake_queued_packets(void);
unsigned fake_inheritable_handles(void);
unsigned fake_pending_polls(void);
_Bool fake_is_inheritable(psock_t s);
_Bool fake_is_nonblocking(psock_t s);
int fake_option(psock_t handle, int level, int name);

/* What SIO_KEEPALIVE_VALS and SIO_TCP_SET_ACK_FREQUENCY have left, 0 at first. */
void fake_kept_alive(psock_t handle, DWORD *idle_ms, DWORD *interval_ms);
int fake_acks_each(psock_t handle);

#endif
