/* sys_resolve.c: names by GetAddrInfoExW, which runs in the background, and what
 * can only be waited for by calls in threads of the system's pool.
 *
 * What the system is given, and writes to, is a `struct psock_win32_work`, which has all that
 * the call needs and lives until nobody in the system can come back to it.  It is
 * tied to the look-up until one side lets go, under a lock: the one that brings an
 * answer, or the one that does not want it any more.  So `done` is called once, and
 * a look-up that was stopped is free at once, whatever the system still does. */
#include "work.h"

#include <stdlib.h>

typedef void(CALLBACK *completion_routine)(DWORD error, DWORD size,
                                           OVERLAPPED *overlapped);

/* --- Text -------------------------------------------------------------------- */

/* Makes UTF-16 of `text`, which may be null, and points to it. */
static int widen(const char *text, WCHAR *wide, int room, WCHAR **pointer)
{
    if (text == NULL)
        return 0;
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide,
                            room) == 0) {
        psock_winsock.WSASetLastError(WSAEINVAL);
        return PSOCK_EINVAL;
    }
    *pointer = wide;
    return 0;
}

/* Makes UTF-8 of `wide`, or an empty text of what is no UTF-16, or is longer than
 * any name. */
static void narrow(const WCHAR *wide, char *text, int size)
{
    if (WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, text, size,
                            NULL, NULL) == 0)
        text[0] = '\0';
}

/* --- Answers ------------------------------------------------------------------ */

/* Where addresses go: nowhere at first, to be counted. */
struct gathering {
    int family; /* AF_UNSPEC for both */
    psock_address *addresses;
    int count;
};

static void gather_ipv4(const struct sockaddr *name, psock_address *address)
{
    struct sockaddr_in in;
    memcpy(&in, name, sizeof in);
    psock_sys_address_ipv4((const unsigned char *)&in.sin_addr,
                           ntohs(in.sin_port), address);
}

static void gather_ipv6(const struct sockaddr *name, psock_address *address)
{
    struct sockaddr_in6 in6;
    memcpy(&in6, name, sizeof in6);
    psock_sys_address_ipv6((const unsigned char *)&in6.sin6_addr,
                           ntohs(in6.sin6_port), in6.sin6_scope_id, address);
}

/* Other families, and other lengths than a family has, are passed over. */
static void gather(struct gathering *to, const struct sockaddr *name,
                   size_t length)
{
    int family = name == NULL ? AF_UNSPEC : name->sa_family;
    const size_t whole = family == AF_INET ? sizeof(struct sockaddr_in)
                                           : sizeof(struct sockaddr_in6);
    if ((family != AF_INET && family != AF_INET6) || length < whole)
        return;
    if (to->family != AF_UNSPEC && to->family != family)
        return;
    psock_address *address =
        to->addresses == NULL ? NULL : &to->addresses[to->count];
    if (address != NULL && family == AF_INET)
        gather_ipv4(name, address);
    else if (address != NULL)
        gather_ipv6(name, address);
    to->count++;
}

/* Some headers name the type of `ai_next` in another way. */
static void gather_all(struct gathering *to,
                       const struct psock_win32_work *work)
{
    to->count = 0;
    for (const ADDRINFOEXW *each = work->found; each != NULL;
         each = (const void *)each->ai_next)
        gather(to, each->ai_addr, each->ai_addrlen);
    for (const ADDRINFOW *each = work->found_by_waiting; each != NULL;
         each = each->ai_next)
        gather(to, each->ai_addr, each->ai_addrlen);
}

/* The first entry has the canonical name. */
static const WCHAR *canonical_name(const struct psock_win32_work *work)
{
    if (work->found != NULL)
        return work->found->ai_canonname;
    return work->found_by_waiting == NULL
               ? NULL
               : work->found_by_waiting->ai_canonname;
}

/* Returns the system's code, which is 0 when all is well. */
static int answer_addresses(struct psock_sys_look_up *look_up,
                            const struct psock_win32_work *work)
{
    struct gathering to = {.family = work->wanted.ai_family};
    const WCHAR *name = canonical_name(work);
    gather_all(&to, work);
    if (to.count == 0)
        return WSANO_DATA;
    to.addresses = malloc((size_t)to.count * sizeof *to.addresses);
    if (to.addresses == NULL)
        return WSA_NOT_ENOUGH_MEMORY;
    gather_all(&to, work);
    if (look_up->wants_name && name != NULL)
        narrow(name, look_up->host_name, sizeof look_up->host_name);
    look_up->addresses = to.addresses;
    look_up->result = to.count;
    return 0;
}

static int answer_names(struct psock_sys_look_up *look_up,
                        const struct psock_win32_work *work)
{
    narrow(work->host_text, look_up->host_name, sizeof look_up->host_name);
    narrow(work->service_text, look_up->service_name,
           sizeof look_up->service_name);
    return 0;
}

/* Of a service alone, it is the service that is not there. */
static int failure(const struct psock_sys_look_up *look_up, int native)
{
    int error = psock_win32_resolver_error(native);
    _Bool of_service = look_up->host == NULL && look_up->address == NULL;
    _Bool missing = error == PSOCK_EAI_NONAME || error == PSOCK_EAI_NODATA;
    return of_service && missing ? PSOCK_EAI_SERVICE : error;
}

static void answer(struct psock_sys_look_up *look_up,
                   const struct psock_win32_work *work, int native)
{
    look_up->result = 0;
    look_up->addresses = NULL;
    look_up->host_name[0] = '\0';
    look_up->service_name[0] = '\0';
    if (native == 0)
        native = look_up->address == NULL ? answer_addresses(look_up, work)
                                          : answer_names(look_up, work);
    look_up->native = native;
    if (native != 0)
        look_up->result = failure(look_up, native);
}

/* What the system has found out.  Whoever waits for it may be gone from where this
 * is once it is told, so that comes last. */
static void finish(struct psock_win32_work *work, int native)
{
    struct psock_sys_look_up *look_up = psock_win32_claim_look_up(work);
    if (look_up != NULL)
        answer(look_up, work, native);
    psock_win32_release_work(work);
    if (look_up != NULL)
        look_up->done(look_up);
}

/* --- In a thread of the system's pool ------------------------------------------ */

/* By the call that everybody makes. */
static int ask_for_addresses(struct psock_win32_work *work)
{
    const ADDRINFOW wanted = {.ai_flags = work->wanted.ai_flags,
                              .ai_family = work->wanted.ai_family,
                              .ai_socktype = work->wanted.ai_socktype};
    return psock_winsock.GetAddrInfoW(work->host, work->service, &wanted,
                                      &work->found_by_waiting);
}

static _Bool is_no_name(int native)
{
    int error = psock_win32_resolver_error(native);
    return error == PSOCK_EAI_NONAME || error == PSOCK_EAI_NODATA;
}

/* Asks for the name of the host, or of the service. */
static int ask_name(struct psock_win32_work *work, WCHAR *host, WCHAR *service)
{
    int native = psock_winsock.GetNameInfoW(
        (const struct sockaddr *)work->address.storage.bytes,
        (socklen_t)work->address.length, host, host == NULL ? 0 : HOST_ROOM,
        service, service == NULL ? 0 : SERVICE_ROOM,
        host == NULL ? work->service_flags : NI_NAMEREQD);
    if (native != 0)
        (host == NULL ? service : host)[0] = 0;
    return is_no_name(native) ? 0 : native;
}

static _Bool is_number(const WCHAR *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return *text == 0;
}

/* A service without a name is written as its number. */
static int ask_for_service(struct psock_win32_work *work)
{
    int native = ask_name(work, NULL, work->service_text);
    if (is_number(work->service_text))
        work->service_text[0] = 0;
    return native;
}

static int ask_for_names(struct psock_win32_work *work)
{
    int native = 0;
    if ((work->numeric & PSOCK_RESOLVE_NUMERIC_SERVICE) == 0)
        native = ask_for_service(work);
    if (native == 0 && (work->numeric & PSOCK_RESOLVE_NUMERIC_HOST) == 0)
        native = ask_name(work, work->host_text, NULL);
    return native;
}

/* What is stopped before it has begun does not begin. */
static DWORD WINAPI run(void *context)
{
    struct psock_win32_work *work = context;
    finish(work, psock_win32_is_work_wanted(work) ? work->ask(work)
                                                  : WSA_E_CANCELLED);
    return 0;
}

static int give_up(struct psock_win32_work *work, int native)
{
    psock_win32_claim_look_up(work);
    psock_win32_release_work(work);
    psock_winsock.WSASetLastError(native);
    return psock_win32_resolver_error(native);
}

/* Whoever acts for another user in this thread does not in that one. */
static int queue(struct psock_win32_work *work,
                 int (*ask)(struct psock_win32_work *work))
{
    work->ask = ask;
    if (psock_winsock.QueueUserWorkItem(run, work, WT_EXECUTELONGFUNCTION))
        return 0;
    return give_up(work, psock_winsock.WSAGetLastError());
}

/* --- In the background ---------------------------------------------------------- */

static void CALLBACK completed(DWORD error, DWORD size, OVERLAPPED *overlapped)
{
    (void)size;
    finish((struct psock_win32_work *)(void *)overlapped, (int)error);
}

/* Answers that come at once do not come by the routine.  The work is held in the
 * meantime, as it may be answered before the handle is written; if it is under way
 * then, it may be gone afterwards. */
static int ask_in_background(struct psock_win32_work *work, DWORD namespaces)
{
    psock_win32_hold_work(work);
    int native = psock_winsock.GetAddrInfoExW(
        work->host, work->service, namespaces, NULL, &work->wanted,
        &work->found, NULL, &work->overlapped,
        (LPLOOKUPSERVICE_COMPLETION_ROUTINE)(uintptr_t)completed,
        &work->handle);
    psock_win32_release_work(work);
    return native;
}

/* Failures at once that are about the way of asking and not about the name: of
 * systems that do not look up in the background, and of threads that act for
 * another user. */
static _Bool is_refusal(int native)
{
    switch (native) {
    case WSAEINVAL:
    case WSAEOPNOTSUPP:
    case WSATRY_AGAIN:
    case WSA_E_CANCELLED:
        return 1;
    default:
        return 0;
    }
}

static _Bool is_ascii(const WCHAR *text)
{
    while (*text != 0 && *text < 0x80)
        text++;
    return *text == 0;
}

/* A name that has no ASCII form, or one that is too long, is none: that is found out
 * at once, and looks like the failure of a server, of which none was asked. */
static int meant_at_once(const struct psock_win32_work *work, int native)
{
    return native == WSANO_RECOVERY && !is_ascii(work->host) ? WSAHOST_NOT_FOUND
                                                             : native;
}

static int ask_for_host(struct psock_win32_work *work)
{
    int native = ask_in_background(work, NS_ALL);
    if (native == WSA_IO_PENDING)
        return 0;
    if (is_refusal(native))
        return queue(work, ask_for_addresses);
    finish(work, meant_at_once(work, native));
    return 0;
}

/* --- Beginning ------------------------------------------------------------------ */

static const struct {
    int family;
    int native;
} families[] = {
    {PSOCK_NONE, AF_UNSPEC}, {PSOCK_IPV4, AF_INET}, {PSOCK_IPV6, AF_INET6}};

static int native_family(int family)
{
    int native = AF_UNSPEC;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (families[i].family == family)
            native = families[i].native;
    return native;
}

static int put_names(struct psock_win32_work *work,
                     const struct psock_sys_look_up *look_up)
{
    int error = widen(look_up->host, work->host_text, HOST_ROOM, &work->host);
    if (error == 0)
        error = widen(look_up->service, work->service_text, SERVICE_ROOM,
                      &work->service);
    work->wanted.ai_family = native_family(look_up->family);
    work->wanted.ai_socktype =
        look_up->type == PSOCK_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM;
    work->wanted.ai_flags = (look_up->configured ? AI_ADDRCONFIG : 0) |
                            (look_up->wants_name ? AI_CANONNAME : 0);
    return error;
}

static int put_address(struct psock_win32_work *work,
                       const struct psock_sys_look_up *look_up)
{
    work->address = *look_up->address;
    work->numeric = look_up->flags;
    work->service_flags = look_up->type == PSOCK_DATAGRAM ? NI_DGRAM : 0;
    return 0;
}

/* The system comes back to this code at a moment that nobody here can wait for, so
 * the module of this code must stay. */
static void stay_loaded(void)
{
    static LONG volatile stays;
    HMODULE module;
    if (InterlockedCompareExchange(&stays, 0, 0) != 0)
        return;
    if (psock_winsock.GetModuleHandleExW(
            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                GET_MODULE_HANDLE_EX_FLAG_PIN,
            (const WCHAR *)(const void *)families, &module))
        InterlockedExchange(&stays, 1);
}

static int begin(struct psock_win32_work *work,
                 const struct psock_sys_look_up *look_up)
{
    stay_loaded();
    psock_win32_stay_started();
    if (look_up->address != NULL)
        return queue(work, ask_for_names);
    if (work->host == NULL)
        return queue(work, ask_for_addresses);
    return ask_for_host(work);
}

int psock_sys_begin_look_up(struct psock_sys_look_up *look_up)
{
    struct psock_win32_work *work = psock_win32_make_work();
    if (work == NULL)
        return psock_win32_no_memory();
    int error = look_up->address != NULL ? put_address(work, look_up)
                                         : put_names(work, look_up);
    if (error < 0) {
        psock_win32_release_work(work);
        return error;
    }
    psock_win32_tie_work(work, look_up);
    return begin(work, look_up);
}

/* --- Stopping ------------------------------------------------------------------- */

/* No lock is held: the routine may be called from within.  A handle that has ended
 * in this moment is refused. */
static void cancel(struct psock_win32_work *work)
{
    if (work->handle != NULL)
        psock_winsock.GetAddrInfoExCancel(&work->handle);
}

void psock_sys_stop_look_up(struct psock_sys_look_up *look_up)
{
    struct psock_win32_work *work = psock_win32_claim_work(look_up);
    if (work == NULL)
        return;
    cancel(work);
    psock_win32_release_work(work);
    answer(look_up, NULL, WSA_E_CANCELLED);
    look_up->result = PSOCK_ECANCELED;
    look_up->done(look_up);
}

/* Tries it with a name for which nobody outside is asked.  An answer that comes at
 * once shows that the system looks up in the background where that is worth it. */
static int try_to_stop(struct psock_win32_work *work)
{
    static const WCHAR local[] = {'l', 'o', 'c', 'a', 'l',
                                  'h', 'o', 's', 't', 0};
    memcpy(work->host_text, local, sizeof local);
    work->host = work->host_text;
    psock_win32_hold_work(work);
    int native = ask_in_background(work, NS_DNS);
    _Bool stops = native == WSA_IO_PENDING ? work->handle != NULL : native == 0;
    if (native == WSA_IO_PENDING)
        cancel(work);
    else
        psock_win32_release_work(work);
    psock_win32_release_work(work);
    return stops ? 0 : PSOCK_ENOTSUP;
}

int psock_sys_can_stop_look_up(void)
{
    struct psock_win32_work *work = psock_win32_make_work();
    if (work == NULL)
        return psock_win32_no_memory();
    stay_loaded();
    psock_win32_stay_started();
    int result = try_to_stop(work);
    if (result < 0)
        psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
    return result;
}

/* The resolver makes the ASCII form itself, since Windows 8.  To see it do so,
 * somebody would have to be asked; that Windows can make one shows without. */
int psock_sys_can_name_internationally(void)
{
    static const WCHAR name[] = {0xfc, 0};
    static const WCHAR ascii[] = {'x', 'n', '-', '-', 't', 'd', 'a', 0};
    WCHAR made[16];
    LONG length = sizeof made / sizeof *made;
    if (psock_winsock.RtlIdnToAscii(0, name, -1, made, &length) >= 0 &&
        (size_t)length == sizeof ascii / sizeof *ascii &&
        memcmp(made, ascii, sizeof ascii) == 0)
        return 0;
    psock_winsock.WSASetLastError(WSAEOPNOTSUPP);
    return PSOCK_ENOTSUP;
}

/* --- This machine ----------------------------------------------------------------- */

/* The machine's own name, without a domain, as gethostname() has it elsewhere; of a
 * node of a cluster not that of the cluster. */
#define OWN_NAME ComputerNamePhysicalDnsHostname

static int name_failure(int native)
{
    psock_winsock.WSASetLastError(native);
    return native == ERROR_MORE_DATA ? PSOCK_ENAMETOOLONG
                                     : psock_sys_error(native);
}

int psock_sys_host_name(char *name, size_t size)
{
    WCHAR wide[HOST_ROOM];
    char text[PSOCK_HOST_NAME_SIZE];
    DWORD room = HOST_ROOM;
    if (!psock_winsock.GetComputerNameExW(OWN_NAME, wide, &room))
        return name_failure(psock_winsock.WSAGetLastError());
    narrow(wide, text, sizeof text);
    const size_t length = strlen(text);
    if (length >= size)
        return name_failure(ERROR_MORE_DATA);
    memcpy(name, text, length + 1);
    return (int)length;
}
