/* selftest_names.c: that the fake looks names up, and complains, as Windows does. */
#include "claim.h"

#define HOST "host.test"

static const WCHAR host[] = {'h', 'o', 's', 't', '.', 't', 'e', 's', 't', 0};
static const WCHAR service[] = {'e', 'c', 'h', 'o', 0};

/* Each test has a start of its own, and there is one that stays. */
static void start(void)
{
    WSADATA data;
    while (fake_started() < 2)
        psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
}

static void stop(void)
{
    while (fake_started() > 0)
        psock_winsock.WSACleanup();
}

/* What the caller owes before it looks up. */
static void prepare(void)
{
    HMODULE module;
    fake_add_host(HOST, "192.0.2.7");
    fake_set_answering(FAKE_ANSWERS_LATER);
    psock_winsock.GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN |
                                         GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                                     host, &module);
    start();
}

/* --- In the background -------------------------------------------------------- */

static struct request {
    OVERLAPPED overlapped;
    ADDRINFOEXW wanted;
    ADDRINFOEXW *found;
    HANDLE handle;
    int ends;
    int error;
} request;

static void CALLBACK end(DWORD error, DWORD size, OVERLAPPED *overlapped)
{
    (void)size;
    (void)overlapped;
    request.ends++;
    request.error = (int)error;
}

static int ask(const WCHAR *for_host, const WCHAR *for_service)
{
    return -psock_winsock.GetAddrInfoExW(
        for_host, for_service, NS_ALL, NULL, &request.wanted, &request.found,
        NULL, &request.overlapped,
        (LPLOOKUPSERVICE_COMPLETION_ROUTINE)(uintptr_t)end, &request.handle);
}

static void begin(void)
{
    prepare();
    memset(&request, 0, sizeof request);
    request.wanted.ai_socktype = SOCK_STREAM;
}

static int drop(int result)
{
    if (request.found != NULL)
        psock_winsock.FreeAddrInfoExW(request.found);
    return result;
}

static int pending(void)
{
    begin();
    int result = ask(host, NULL);
    fake_answer();
    return drop(result);
}

static int pending_gives_a_handle(void)
{
    begin();
    ask(host, NULL);
    fake_answer();
    return drop(request.handle != NULL);
}

static int answered(void)
{
    begin();
    ask(host, NULL);
    int before = request.ends;
    fake_answer();
    return drop(request.ends - before + 10 * request.error);
}

static int answered_at_once(void)
{
    begin();
    fake_set_answering(FAKE_ANSWERS_AT_ONCE);
    int result = ask(host, NULL);
    return drop(result + request.ends);
}

static int answered_with_an_error(void)
{
    static const WCHAR other[] = {'x', 0};
    begin();
    ask(other, NULL);
    fake_answer();
    return -request.error;
}

static int canceled(void)
{
    begin();
    ask(host, NULL);
    int result = psock_winsock.GetAddrInfoExCancel(&request.handle);
    return result == 0 ? -request.error : 0;
}

static int canceled_is_told_once(void)
{
    begin();
    ask(host, NULL);
    psock_winsock.GetAddrInfoExCancel(&request.handle);
    psock_winsock.GetAddrInfoExCancel(&request.handle);
    return request.ends;
}

static int canceled_late(void)
{
    begin();
    ask(host, NULL);
    fake_answer();
    return drop(-psock_winsock.GetAddrInfoExCancel(&request.handle));
}

static int without_a_service(void)
{
    begin();
    ask(host, service);
    fake_answer();
    return -request.error;
}

static int of_an_old_system(void)
{
    begin();
    return ask(host, NULL);
}

static int event_and_routine_are_complained_of(void)
{
    begin();
    request.overlapped.hEvent = (HANDLE)&request;
    ask(host, NULL);
    fake_answer();
    drop(0);
    return strstr(fake_complaints(), "an event") != NULL;
}

static int answer_not_given_back_is_complained_of(void)
{
    begin();
    ask(host, NULL);
    fake_answer();
    ADDRINFOEXW *found = request.found;
    psock_winsock.FreeAddrInfoW((ADDRINFOW *)(void *)found);
    int told = strstr(fake_complaints(), "not given so") != NULL;
    return drop(told);
}

static int answer_given_back_twice_is_complained_of(void)
{
    begin();
    ask(host, NULL);
    fake_answer();
    drop(0);
    drop(0);
    return strstr(fake_complaints(), "not given so") != NULL;
}

static int ending_beneath_is_complained_of(void)
{
    pending();
    stop();
    start();
    return strstr(fake_complaints(), "beneath") != NULL;
}

/* --- By waiting --------------------------------------------------------------- */

static int ask_waiting(const WCHAR *for_host, const WCHAR *for_service)
{
    const ADDRINFOW wanted = {.ai_socktype = SOCK_STREAM};
    ADDRINFOW *found = NULL;
    prepare();
    int error =
        psock_winsock.GetAddrInfoW(for_host, for_service, &wanted, &found);
    if (found != NULL)
        psock_winsock.FreeAddrInfoW(found);
    return -error;
}

static int waiting(void)
{
    return ask_waiting(host, NULL);
}

static int waiting_for_a_service(void)
{
    fake_add_service("echo", SOCK_STREAM, 7);
    return ask_waiting(NULL, service);
}

static int waiting_without_a_service(void)
{
    return ask_waiting(NULL, service);
}

static int asking_for_nothing_is_complained_of(void)
{
    ask_waiting(NULL, NULL);
    return strstr(fake_complaints(), "nothing is looked up") != NULL;
}

static int not_started(void)
{
    ADDRINFOW *found;
    const ADDRINFOW wanted = {.ai_socktype = SOCK_STREAM};
    prepare();
    stop();
    fake_complaints();
    int error = psock_winsock.GetAddrInfoW(host, NULL, &wanted, &found);
    start();
    return -error;
}

/* --- Names of addresses ---------------------------------------------------------- */

static int name_of(WCHAR *to_host, DWORD room, WCHAR *to_service, int flags)
{
    const struct sockaddr_in address = claim_ipv4(0xc0000207, 7);
    prepare();
    return -psock_winsock.GetNameInfoW(
        (const struct sockaddr *)&address, sizeof address, to_host, room,
        to_service, to_service == NULL ? 0 : 10, flags);
}

static int unknown_name(void)
{
    WCHAR text[20];
    return name_of(text, 20, NULL, NI_NAMEREQD);
}

static int known_name(void)
{
    WCHAR text[20];
    fake_add_name("192.0.2.7", HOST);
    return name_of(text, 20, NULL, NI_NAMEREQD) +
           (memcmp(text, host, sizeof host) == 0);
}

static int name_without_room(void)
{
    WCHAR text[20];
    fake_add_name("192.0.2.7", HOST);
    return name_of(text, 9, NULL, NI_NAMEREQD);
}

static int unknown_service_is_a_number(void)
{
    WCHAR text[10];
    return name_of(NULL, 0, text, NI_NAMEREQD) + (text[0] == '7') +
           (text[1] == 0);
}

/* --- This machine, and threads of the system ---------------------------------------- */

static int own_name_without_room(void)
{
    WCHAR text[7];
    DWORD room = 7;
    psock_winsock.GetComputerNameExW(ComputerNamePhysicalDnsHostname, text,
                                     &room);
    return psock_winsock.WSAGetLastError() == ERROR_MORE_DATA ? (int)room : 0;
}

static int own_name(void)
{
    WCHAR text[8];
    DWORD room = 8;
    psock_winsock.GetComputerNameExW(ComputerNamePhysicalDnsHostname, text,
                                     &room);
    return (int)room;
}

static DWORD WINAPI count(void *context)
{
    ++*(int *)context;
    return 0;
}

static int held_work_runs_when_told(void)
{
    int runs = 0;
    prepare();
    fake_hold_work();
    psock_winsock.QueueUserWorkItem(count, &runs, WT_EXECUTELONGFUNCTION);
    int before = runs;
    fake_run_work();
    return runs - before;
}

static const struct claim claims[] = {
    {"names.pending", pending, -WSA_IO_PENDING},
    {"names.pending.handle", pending_gives_a_handle, 1},
    {"names.answered", answered, 1},
    {"names.at_once", answered_at_once, 0},
    {"names.error", answered_with_an_error, -WSAHOST_NOT_FOUND},
    {"names.canceled", canceled, -WSA_E_CANCELLED},
    {"names.canceled.once", canceled_is_told_once, 1},
    {"names.canceled.late", canceled_late, -WSA_INVALID_HANDLE},
    {"names.service.missing", without_a_service, -WSATYPE_NOT_FOUND},
    {"names.complaint.event", event_and_routine_are_complained_of, 1},
    {"names.complaint.kind", answer_not_given_back_is_complained_of, 1},
    {"names.complaint.twice", answer_given_back_twice_is_complained_of, 1},
    {"names.complaint.cleanup", ending_beneath_is_complained_of, 1},
};

static const struct claim everywhere[] = {
    {"names.waiting", waiting, 0},
    {"names.waiting.service", waiting_for_a_service, 0},
    {"names.waiting.missing", waiting_without_a_service, -WSATYPE_NOT_FOUND},
    {"names.complaint.nothing", asking_for_nothing_is_complained_of, 1},
    {"names.not_started", not_started, -WSANOTINITIALISED},
    {"names.address.unknown", unknown_name, -WSAHOST_NOT_FOUND},
    {"names.address.known", known_name, 1},
    {"names.address.room", name_without_room, -ERROR_INSUFFICIENT_BUFFER},
    {"names.address.number", unknown_service_is_a_number, 2},
    {"names.own.room", own_name_without_room, 8},
    {"names.own", own_name, 7},
    {"names.work", held_work_runs_when_told, 1},
};

static const struct claim on_windows_7[] = {
    {"names.behind", of_an_old_system, -WSAEINVAL},
};

int main(void)
{
    return CLAIM_RUN("fake.names", claims) +
           CLAIM_RUN("fake.names.both", everywhere) +
           CLAIM_RUN_ON("fake.names.both.windows_7", &win7_like, everywhere) +
           CLAIM_RUN_ON("fake.names.windows_7", &win7_like, on_windows_7);
}
