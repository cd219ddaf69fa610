/* selftest_polls.c: the fake tells readiness as AFD and select() do, and
 * complains of what no caller may do. */
#include "claim.h"

#define IOCTL_AFD_POLL 0x00012024
#define AFD_ALL 0x1ff
#define AFD_READ 0x001
#define AFD_WRITE 0x004
#define AFD_HANGUP 0x008
#define AFD_RESET 0x010
#define AFD_CLOSE 0x020
#define AFD_CONNECT 0x040
#define AFD_ACCEPT 0x080
#define AFD_CONNECT_ERROR 0x100

#define NT_TIMEOUT 0x102
#define NT_PENDING 0x103
#define NT_INVALID_HANDLE ((int)0xC0000008)
#define NT_INVALID_PARAMETER ((int)0xC000000D)
#define NT_INVALID_DEVICE_REQUEST ((int)0xC0000010)
#define NT_CANCELLED ((int)0xC0000120)

/* A poll and all it needs to be under way. */
struct poll {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct {
        HANDLE handle;
        ULONG events;
        NTSTATUS status;
    } entry;
};

struct request {
    struct poll poll;
    IO_STATUS_BLOCK status;
    HANDLE event;
};

static struct request request_for(SOCKET s, ULONG events, int64_t timeout)
{
    struct request request;
    memset(&request, 0, sizeof request);
    request.poll.timeout.QuadPart = timeout;
    request.poll.count = 1;
    request.poll.entry.handle = (HANDLE)s;
    request.poll.entry.events = events;
    request.event = psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
    return request;
}

static NTSTATUS begin_sized(SOCKET s, struct request *request, ULONG in_size,
                            ULONG out_size)
{
    return psock_winsock.NtDeviceIoControlFile(
        (HANDLE)s, request->event, NULL, NULL, &request->status, IOCTL_AFD_POLL,
        &request->poll, in_size, &request->poll, out_size);
}

static NTSTATUS begin(SOCKET s, struct request *request)
{
    return begin_sized(s, request, sizeof request->poll, sizeof request->poll);
}

static int finish(struct request *request, int result)
{
    psock_winsock.CloseHandle(request->event);
    return result;
}

/* The events that `s` shows at once; below zero a failure. */
static int shown(SOCKET s)
{
    struct request request = request_for(s, AFD_ALL, 0);
    NTSTATUS status = begin(s, &request);
    int events = request.poll.count == 0 ? 0 : (int)request.poll.entry.events;
    return finish(&request, status < 0 ? status : events);
}

/* --- What sockets show ----------------------------------------------------- */

static int fresh_stream(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, shown(s));
}

static int fresh_datagram(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    return claim_close(s, shown(s));
}

static int idle_listener(void)
{
    SOCKET s = claim_listener();
    return claim_close(s, shown(s));
}

static int visited_listener(void)
{
    SOCKET listener = claim_listener();
    SOCKET s = claim_open(SOCK_STREAM);
    const struct sockaddr_in name = claim_name_of(listener);
    claim_connect(s, &name, sizeof name);
    return claim_close_two(s, listener, shown(listener));
}

static int connected(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    return claim_close_two(s, peer, shown(s));
}

static int connected_with_data(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.send(peer, "data", 4, 0);
    return claim_close_two(s, peer, shown(s));
}

static int connected_and_full(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    fake_set_room(1);
    psock_winsock.send(s, "data", 4, 0);
    return claim_close_two(peer, s, shown(s));
}

static int ended_by_peer(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.shutdown(peer, SD_SEND);
    return claim_close_two(s, peer, shown(s));
}

static int reset_by_peer(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    fake_break((psock_t)s, WSAECONNRESET);
    return claim_close_two(s, peer, shown(s));
}

static SOCKET connecting(int outcome)
{
    SOCKET s = claim_open(SOCK_STREAM);
    const struct sockaddr_in name = claim_ipv4(0xc0000263u, 80);
    claim_connect(s, &name, sizeof name);
    if (outcome != 0)
        fake_decide_connect((psock_t)s, outcome);
    return s;
}

static int undecided(void)
{
    SOCKET s = connecting(0);
    return claim_close(s, shown(s));
}

static int refused(void)
{
    SOCKET s = connecting(WSAECONNREFUSED);
    return claim_close(s, shown(s));
}

static int refused_still(void)
{
    SOCKET s = connecting(WSAECONNREFUSED);
    claim_error_of(s);
    return claim_close(s, shown(s));
}

/* --- How polls go ---------------------------------------------------------- */

static int zero_timeout_status(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, 0);
    int status = begin(s, &request);
    return claim_close(s, finish(&request, status));
}

static int passed_timeout_status(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, -10000);
    int begun = begin(s, &request);
    psock_winsock.WaitForSingleObject(request.event, INFINITE);
    int status = begun == NT_PENDING ? request.status.Status : begun;
    return claim_close(s, finish(&request, status));
}

static int passed_timeout_count(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, -10000);
    begin(s, &request);
    psock_winsock.WaitForSingleObject(request.event, INFINITE);
    return claim_close(s, finish(&request, (int)request.poll.count));
}

static void send_to_peer(void *peer)
{
    psock_winsock.send(*(SOCKET *)peer, "data", 4, 0);
}

static int poll_ends_with_the_event(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    struct request request = request_for(s, AFD_READ, INT64_MAX);
    begin(s, &request);
    fake_when_waiting(send_to_peer, &peer);
    psock_winsock.WaitForSingleObject(request.event, INFINITE);
    return claim_close_two(s, peer,
                           finish(&request, (int)request.poll.entry.events));
}

static int cancelled_status(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, INT64_MAX);
    begin(s, &request);
    psock_winsock.CancelIoEx((HANDLE)s, (OVERLAPPED *)(void *)&request.status);
    return claim_close(s, finish(&request, request.status.Status));
}

static int cancel_of_nothing(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    BOOL found = psock_winsock.CancelIoEx((HANDLE)s, NULL);
    return claim_close(s, found ? 0 : -psock_winsock.WSAGetLastError());
}

static int closing_ends_the_poll(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, 0, INT64_MAX);
    begin(s, &request);
    psock_winsock.closesocket(s);
    fake_complaints();
    return finish(&request, (int)request.poll.entry.events);
}

static int short_answer_status(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, 0);
    int status =
        begin_sized(s, &request, sizeof request.poll, sizeof request.poll - 1);
    return claim_close(s, finish(&request, status));
}

static int short_question_status(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, 0);
    int status =
        begin_sized(s, &request, sizeof request.poll - 1, sizeof request.poll);
    return claim_close(s, finish(&request, status));
}

static int no_count_status(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, 0);
    request.poll.count = 0;
    int status = begin(s, &request);
    return claim_close(s, finish(&request, status));
}

static int no_socket_status(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, 0);
    request.poll.entry.handle = NULL;
    int status = begin(s, &request);
    return claim_close(s, finish(&request, status));
}

/* --- Layers ---------------------------------------------------------------- */

static SOCKET layered(enum fake_layer layer)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    fake_put_layer((psock_t)s, layer);
    return s;
}

static int layered_status(void)
{
    SOCKET s = layered(FAKE_LAYER_BASE_HANDLE);
    return claim_close(s, shown(s));
}

static int shown_below(enum fake_layer layer, DWORD request)
{
    SOCKET below = INVALID_SOCKET;
    DWORD returned;
    SOCKET s = layered(layer);
    int result = claim_outcome(psock_winsock.WSAIoctl(
        s, request, NULL, 0, &below, sizeof below, &returned, NULL, NULL));
    return claim_close(s, result < 0 ? result : shown(below));
}

static int base_handle(void)
{
    return shown_below(FAKE_LAYER_BASE_HANDLE, SIO_BASE_HANDLE);
}

static int hidden_base_handle(void)
{
    return shown_below(FAKE_LAYER_BSP_POLL, SIO_BASE_HANDLE);
}

static int bsp_handle(void)
{
    return shown_below(FAKE_LAYER_BSP_POLL, SIO_BSP_HANDLE_POLL);
}

static int hidden_bsp_handle(void)
{
    return shown_below(FAKE_LAYER_CLOSED, SIO_BSP_HANDLE_POLL);
}

/* --- select ---------------------------------------------------------------- */

/* What select() tells of `s`: 1 readable, 2 writable, 4 exceptional. */
static int selected(SOCKET s)
{
    fd_set sets[3];
    struct timeval at_once = {0};
    for (int i = 0; i < 3; i++) {
        sets[i].fd_count = 1;
        sets[i].fd_array[0] = s;
    }
    int count = claim_outcome(
        psock_winsock.select(0, &sets[0], &sets[1], &sets[2], &at_once));
    if (count < 0)
        return count;
    return (int)(sets[0].fd_count + 2 * sets[1].fd_count +
                 4 * sets[2].fd_count);
}

static int select_fresh(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    return claim_close(s, selected(s));
}

static int select_refused(void)
{
    SOCKET s = connecting(WSAECONNREFUSED);
    return claim_close(s, selected(s));
}

static int select_ended(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.shutdown(peer, SD_SEND);
    return claim_close_two(s, peer, selected(s));
}

static int select_reset(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    fake_break((psock_t)s, WSAECONNRESET);
    return claim_close_two(s, peer, selected(s));
}

static int select_closed(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.closesocket(s);
    return selected(s);
}

static int select_nothing(void)
{
    struct timeval at_once = {0};
    return claim_outcome(psock_winsock.select(0, NULL, NULL, NULL, &at_once));
}

static int select_negative(void)
{
    fd_set set = {.fd_count = 1};
    struct timeval negative = {.tv_sec = -1};
    set.fd_array[0] = claim_open(SOCK_DGRAM);
    int result =
        claim_outcome(psock_winsock.select(0, NULL, &set, NULL, &negative));
    return claim_close(set.fd_array[0], result);
}

#define CROWD 100

static int select_a_crowd(void)
{
    struct {
        u_int count;
        SOCKET sockets[CROWD];
    } crowd = {.count = CROWD};
    struct timeval at_once = {0};
    for (int i = 0; i < CROWD; i++)
        crowd.sockets[i] = claim_open(SOCK_DGRAM);
    int result = claim_outcome(psock_winsock.select(
        0, NULL, (fd_set *)(void *)&crowd, NULL, &at_once));
    for (int i = 0; i < CROWD; i++)
        psock_winsock.closesocket(crowd.sockets[i]);
    return result;
}

/* --- Complaints: 1 when there is one ---------------------------------------- */

static int complained(void)
{
    return fake_complaints()[0] != '\0';
}

static int complains_of_sd_receive(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.shutdown(s, SD_RECEIVE);
    return claim_close_two(s, peer, complained());
}

static int complains_of_not_overlapped(void)
{
    SOCKET s = psock_winsock.WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, 0);
    return claim_close(s, complained());
}

static int complains_of_closing_under_a_poll(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, INT64_MAX);
    begin(s, &request);
    psock_winsock.closesocket(s);
    return finish(&request, complained());
}

static int complains_of_a_poll_forgotten(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, INT64_MAX);
    begin(s, &request);
    psock_winsock.listen(s, 1);
    int result = complained();
    psock_winsock.CancelIoEx((HANDLE)s, NULL);
    return claim_close(s, finish(&request, result));
}

static int complains_of_unknown_events(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, 0x8000, 0);
    begin(s, &request);
    return claim_close(s, finish(&request, complained()));
}

static int complains_of_closing_a_socket_as_a_handle(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    psock_winsock.CloseHandle((HANDLE)s);
    return claim_close(s, complained());
}

static int complains_of_waiting_for_nothing(void)
{
    HANDLE event = psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
    psock_winsock.WaitForSingleObject(event, INFINITE);
    int result = complained();
    psock_winsock.CloseHandle(event);
    return result;
}

static int complains_of_blocking(void)
{
    char byte;
    u_long off = 0;
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.ioctlsocket(s, (long)FIONBIO, &off);
    psock_winsock.recv(s, &byte, 1, 0);
    return claim_close_two(s, peer, complained());
}

int main(void)
{
    static const struct claim claims[] = {
        {"poll.fresh", fresh_stream, 0},
        {"poll.fresh.udp", fresh_datagram, AFD_WRITE},
        {"poll.listening", idle_listener, 0},
        {"poll.listening.ready", visited_listener, AFD_ACCEPT},
        {"poll.connected", connected, AFD_WRITE | AFD_CONNECT},
        {"poll.data", connected_with_data, AFD_READ | AFD_WRITE | AFD_CONNECT},
        {"poll.full", connected_and_full, AFD_CONNECT},
        {"poll.fin", ended_by_peer, AFD_HANGUP | AFD_WRITE | AFD_CONNECT},
        {"poll.rst", reset_by_peer, AFD_RESET | AFD_WRITE | AFD_CONNECT},
        {"poll.connecting", undecided, 0},
        {"poll.refused", refused, AFD_CONNECT_ERROR},
        {"poll.refused.again", refused_still, AFD_CONNECT_ERROR},
        {"poll.timeout.zero", zero_timeout_status, 0},
        {"poll.timeout", passed_timeout_status, NT_TIMEOUT},
        {"poll.timeout.count", passed_timeout_count, 0},
        {"poll.pending", poll_ends_with_the_event, AFD_READ},
        {"poll.cancel", cancelled_status, NT_CANCELLED},
        {"poll.cancel.none", cancel_of_nothing, -ERROR_NOT_FOUND},
        {"poll.close", closing_ends_the_poll, AFD_CLOSE},
        {"poll.size.out", short_answer_status, NT_INVALID_PARAMETER},
        {"poll.size.in", short_question_status, NT_INVALID_PARAMETER},
        {"poll.count.zero", no_count_status, NT_INVALID_PARAMETER},
        {"poll.no_socket", no_socket_status, NT_INVALID_HANDLE},
        {"layer.poll", layered_status, NT_INVALID_DEVICE_REQUEST},
        {"layer.base", base_handle, AFD_WRITE},
        {"layer.base.hidden", hidden_base_handle, -WSAEOPNOTSUPP},
        {"layer.bsp", bsp_handle, AFD_WRITE},
        {"layer.bsp.hidden", hidden_bsp_handle, -WSAEOPNOTSUPP},
        {"tcp.fresh.sel", select_fresh, 0},
        {"connect.nb.refused.sel", select_refused, 4},
        {"half.peer.sel", select_ended, 3},
        {"peerrst.sel", select_reset, 3},
        {"select.closed", select_closed, -WSAENOTSOCK},
        {"select.nofds", select_nothing, -WSAEINVAL},
        {"select.negtv", select_negative, -WSAEINVAL},
        {"select.crowd", select_a_crowd, CROWD},
        {"complaint.sd_receive", complains_of_sd_receive, 1},
        {"complaint.not_overlapped", complains_of_not_overlapped, 1},
        {"complaint.close", complains_of_closing_under_a_poll, 1},
        {"complaint.forgotten", complains_of_a_poll_forgotten, 1},
        {"complaint.events", complains_of_unknown_events, 1},
        {"complaint.CloseHandle", complains_of_closing_a_socket_as_a_handle, 1},
        {"complaint.wait", complains_of_waiting_for_nothing, 1},
        {"complaint.blocking", complains_of_blocking, 1},
    };
    return CLAIM_RUN("fake.polls", claims);
}
