/* selftest_polls.c: the fake tells readiness as AFD and select() do, and
 * complains of what no caller may do. */
#include "claim.h"

#define IOCTL_AFD_POLL 0x00012024
#define AFD_ALL 0x1ff
#define AFD_READ 0x001
#define AFD_URGENT 0x002
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

struct entry {
    HANDLE handle;
    ULONG events;
    NTSTATUS status;
};

/* A poll and all it needs to be under way. */
struct poll {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct entry entry;
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

/* --- What sockets show ---------------------------------------------------- */

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

/* --- How polls go --------------------------------------------------------- */

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

/* --- Many at once --------------------------------------------------------- */

#define MANY 4
#define INFO_HEAD ((int)offsetof(struct poll_of_many, entries))

struct poll_of_many {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct entry entries[MANY];
};

struct many {
    struct poll_of_many poll;
    IO_STATUS_BLOCK status;
    HANDLE event;
};

static struct many many_for(ULONG count, int64_t timeout)
{
    struct many many;
    memset(&many, 0, sizeof many);
    many.poll.timeout.QuadPart = timeout;
    many.poll.count = count;
    many.event = psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
    return many;
}

static void put(struct many *many, int index, SOCKET s, ULONG events)
{
    many->poll.entries[index] =
        (struct entry){.handle = (HANDLE)s, .events = events};
}

static NTSTATUS begin_many(SOCKET s, struct many *many)
{
    return psock_winsock.NtDeviceIoControlFile(
        (HANDLE)s, many->event, NULL, NULL, &many->status, IOCTL_AFD_POLL,
        &many->poll, sizeof many->poll, &many->poll, sizeof many->poll);
}

/* The answer as a number: its handles' places among `sockets`, from one. */
static int places(const struct many *many, const SOCKET *sockets, int count)
{
    int number = 0;
    for (ULONG i = 0; i < many->poll.count; i++)
        for (int j = 0; j < count; j++)
            if (many->poll.entries[i].handle == (HANDLE)sockets[j])
                number = 10 * number + j + 1;
    return number;
}

static int finish_many(struct many *many, const SOCKET *sockets, int count,
                       int result)
{
    psock_winsock.CloseHandle(many->event);
    for (int i = 0; i < count; i++)
        psock_winsock.closesocket(sockets[i]);
    return result;
}

/* A stream without a connection is never ready, a datagram socket always. */
static void open_by_turns(SOCKET sockets[MANY])
{
    for (int i = 0; i < MANY; i++)
        sockets[i] = claim_open(i % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM);
}

static int ready_ones_move_up(void)
{
    SOCKET sockets[MANY];
    struct many many = many_for(MANY, 0);
    open_by_turns(sockets);
    for (int i = 0; i < MANY; i++)
        put(&many, i, sockets[i], AFD_ALL);
    begin_many(sockets[0], &many);
    return finish_many(&many, sockets, MANY, places(&many, sockets, MANY));
}

static int size_of_two_answers(void)
{
    SOCKET sockets[MANY];
    struct many many = many_for(MANY, 0);
    open_by_turns(sockets);
    for (int i = 0; i < MANY; i++)
        put(&many, i, sockets[i], AFD_ALL);
    begin_many(sockets[0], &many);
    int size = (int)many.status.Information;
    return finish_many(&many, sockets, MANY, size);
}

static int bad_one_of_many(void)
{
    SOCKET sockets[MANY];
    struct many many = many_for(MANY, 0);
    open_by_turns(sockets);
    for (int i = 0; i < MANY; i++)
        put(&many, i, i == 2 ? 0xabacab : sockets[i], AFD_ALL);
    int status = begin_many(sockets[0], &many);
    return finish_many(&many, sockets, MANY, status);
}

static int more_than_there_is_room_for(void)
{
    SOCKET s = claim_open(SOCK_DGRAM);
    struct many many = many_for(MANY + 1, 0);
    int status = begin_many(s, &many);
    return finish_many(&many, &s, 1, status);
}

static int ready_duplicates(enum fake_duplicates how)
{
    SOCKET sockets[2] = {claim_open(SOCK_DGRAM), claim_open(SOCK_STREAM)};
    struct many many = many_for(MANY, 0);
    put(&many, 0, sockets[0], AFD_WRITE);
    put(&many, 1, sockets[1], AFD_WRITE);
    put(&many, 2, sockets[0], AFD_WRITE);
    put(&many, 3, sockets[1], AFD_WRITE);
    fake_answer_duplicates(how);
    begin_many(sockets[0], &many);
    return finish_many(&many, sockets, 2, places(&many, sockets, 2));
}

static int duplicates_are_each_told(void)
{
    return ready_duplicates(FAKE_DUPLICATES_EACH);
}

static int duplicates_are_told_once(void)
{
    return ready_duplicates(FAKE_DUPLICATES_FIRST);
}

static int duplicates_are_counted_double(void)
{
    return ready_duplicates(FAKE_DUPLICATES_SQUARED);
}

/* What comes while a poll is under way. */
struct arrivals {
    SOCKET peer; /* of a stream; or none */
    SOCKET sender;
    struct sockaddr_in name; /* to send a datagram to, if there is a port */
};

static void arrive(void *context)
{
    struct arrivals *arrivals = context;
    if (arrivals->peer != INVALID_SOCKET)
        send_to_peer(&arrivals->peer);
    if (arrivals->name.sin_port != 0)
        claim_send_to(arrivals->sender, "a", &arrivals->name,
                      sizeof arrivals->name);
}

/* Two receivers, the first of which is asked for twice. */
static int told_of_arrivals(_Bool at_first, _Bool at_second)
{
    SOCKET peer;
    SOCKET sockets[2] = {claim_connected(&peer), claim_open_bound(SOCK_DGRAM)};
    struct arrivals arrivals = {.peer = at_first ? peer : INVALID_SOCKET,
                                .sender = claim_open(SOCK_DGRAM)};
    struct many many = many_for(3, INT64_MAX);
    if (at_second)
        arrivals.name = claim_name_of(sockets[1]);
    put(&many, 0, sockets[0], AFD_READ);
    put(&many, 1, sockets[0], AFD_READ);
    put(&many, 2, sockets[1], AFD_READ);
    begin_many(sockets[0], &many);
    fake_when_waiting(arrive, &arrivals);
    psock_winsock.WaitForSingleObject(many.event, INFINITE);
    claim_close_two(peer, arrivals.sender, 0);
    return finish_many(&many, sockets, 2, places(&many, sockets, 2));
}

static int waiting_duplicates_are_told_once(void)
{
    return told_of_arrivals(1, 0);
}

static int only_the_first_to_come_is_told(void)
{
    return told_of_arrivals(1, 1);
}

static int the_last_in_the_question_may_come_first(void)
{
    return told_of_arrivals(0, 1);
}

static int untouched_while_waiting(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, INT64_MAX);
    begin(s, &request);
    psock_winsock.WaitForSingleObject(request.event, 1);
    int events = (int)request.poll.entry.events;
    psock_winsock.CancelIoEx((HANDLE)s, NULL);
    return claim_close(s, finish(&request, events));
}

/* --- Layers --------------------------------------------------------------- */

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

/* --- select --------------------------------------------------------------- */

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

static int connected_with_urgent(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.send(peer, "u", 1, MSG_OOB);
    return claim_close_two(s, peer, shown(s));
}

static int select_urgent(void)
{
    SOCKET peer;
    SOCKET s = claim_connected(&peer);
    psock_winsock.send(peer, "u", 1, MSG_OOB);
    return claim_close_two(s, peer, selected(s));
}

static int select_twice(void)
{
    fd_set set = {.fd_count = 2};
    struct timeval at_once = {0};
    set.fd_array[0] = set.fd_array[1] = claim_open(SOCK_DGRAM);
    int count =
        claim_outcome(psock_winsock.select(0, NULL, &set, NULL, &at_once));
    return claim_close(set.fd_array[0], 10 * count + (int)set.fd_count);
}

/* A failure is asked for together with all else, or with nothing else. */
static int shown_of_refused(ULONG events)
{
    SOCKET s = connecting(WSAECONNREFUSED);
    struct request request = request_for(s, events, 0);
    begin(s, &request);
    int result = request.poll.count == 0 ? 0 : (int)request.poll.entry.events;
    return claim_close(s, finish(&request, result));
}

static int refused_to_readers_and_writers(void)
{
    return shown_of_refused(AFD_READ | AFD_WRITE | AFD_HANGUP | AFD_RESET |
                            AFD_CONNECT);
}

static int refused_to_those_who_ask(void)
{
    return shown_of_refused(AFD_CONNECT_ERROR);
}

static int select_refused_by_writers(void)
{
    fd_set set = {.fd_count = 1};
    struct timeval at_once = {0};
    SOCKET s = connecting(WSAECONNREFUSED);
    set.fd_array[0] = s;
    return claim_close(
        s, claim_outcome(psock_winsock.select(0, NULL, &set, NULL, &at_once)));
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

/* --- Complaints: 1 when there is one -------------------------------------- */

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
    fake_lose_patience();
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

static int complains_of_a_status_block_in_use(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, INT64_MAX);
    begin(s, &request);
    begin(s, &request);
    int result = complained();
    psock_winsock.CancelIoEx((HANDLE)s, NULL);
    return claim_close(s, finish(&request, result));
}

static int complains_of_an_exclusive_poll(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, 0);
    request.poll.exclusive = 1;
    begin(s, &request);
    return claim_close(s, finish(&request, complained()));
}

static int complains_of_no_event(void)
{
    SOCKET s = claim_open(SOCK_STREAM);
    struct request request = request_for(s, AFD_ALL, 0);
    psock_winsock.CloseHandle(request.event);
    request.event = NULL;
    begin(s, &request);
    return claim_close(s, complained());
}

static int complains_of_setting_what_is_closed(void)
{
    HANDLE event = psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
    psock_winsock.CloseHandle(event);
    psock_winsock.SetEvent(event);
    return complained();
}

static int events_are_set_and_reset(void)
{
    HANDLE event = psock_winsock.CreateEventW(NULL, TRUE, FALSE, NULL);
    psock_winsock.SetEvent(event);
    DWORD set = psock_winsock.WaitForSingleObject(event, INFINITE);
    psock_winsock.ResetEvent(event);
    DWORD reset = psock_winsock.WaitForSingleObject(event, 1);
    psock_winsock.CloseHandle(event);
    return (int)set * 1000 + (int)reset;
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
        {"poll.urgent", connected_with_urgent,
         AFD_URGENT | AFD_WRITE | AFD_CONNECT},
        {"poll.answer.late", untouched_while_waiting, AFD_ALL},
        {"poll.many", ready_ones_move_up, 24},
        {"poll.many.size", size_of_two_answers,
         INFO_HEAD + 2 * (int)sizeof(struct entry)},
        {"poll.many.bad", bad_one_of_many, NT_INVALID_HANDLE},
        {"poll.many.room", more_than_there_is_room_for, NT_INVALID_PARAMETER},
        {"poll.many.pending", only_the_first_to_come_is_told, 1},
        {"poll.many.last", the_last_in_the_question_may_come_first, 2},
        {"poll.duplicates", duplicates_are_each_told, 11},
        {"poll.duplicates.first", duplicates_are_told_once, 1},
        {"poll.duplicates.squared", duplicates_are_counted_double, 1111},
        {"poll.duplicates.pending", waiting_duplicates_are_told_once, 1},
        {"event.set", events_are_set_and_reset, WAIT_TIMEOUT},
        {"layer.poll", layered_status, NT_INVALID_DEVICE_REQUEST},
        {"layer.base", base_handle, AFD_WRITE},
        {"layer.base.hidden", hidden_base_handle, -WSAEOPNOTSUPP},
        {"layer.bsp", bsp_handle, AFD_WRITE},
        {"layer.bsp.hidden", hidden_bsp_handle, -WSAEOPNOTSUPP},
        {"tcp.fresh.sel", select_fresh, 0},
        {"half.peer.sel", select_ended, 3},
        {"peerrst.sel", select_reset, 3},
        {"select.closed", select_closed, -WSAENOTSOCK},
        {"select.nofds", select_nothing, -WSAEINVAL},
        {"select.negtv", select_negative, -WSAEINVAL},
        {"select.crowd", select_a_crowd, CROWD},
        {"select.urgent", select_urgent, 6},
        {"select.dup", select_twice, 11},
        {"complaint.sd_receive", complains_of_sd_receive, 1},
        {"complaint.not_overlapped", complains_of_not_overlapped, 1},
        {"complaint.close", complains_of_closing_under_a_poll, 1},
        {"complaint.forgotten", complains_of_a_poll_forgotten, 1},
        {"complaint.events", complains_of_unknown_events, 1},
        {"complaint.CloseHandle", complains_of_closing_a_socket_as_a_handle, 1},
        {"complaint.wait", complains_of_waiting_for_nothing, 1},
        {"complaint.blocking", complains_of_blocking, 1},
        {"complaint.status", complains_of_a_status_block_in_use, 1},
        {"complaint.exclusive", complains_of_an_exclusive_poll, 1},
        {"complaint.event", complains_of_no_event, 1},
        {"complaint.SetEvent", complains_of_setting_what_is_closed, 1},
    };
    /* The older Windows has failures to connect where only those find them who
     * look there. */
    static const struct claim failed_connects[] = {
        {"poll.refused", refused, AFD_CONNECT_ERROR},
        {"poll.refused.again", refused_still, AFD_CONNECT_ERROR},
        {"poll.refused.apart", refused_to_readers_and_writers, 0},
        {"poll.refused.asked", refused_to_those_who_ask, AFD_CONNECT_ERROR},
        {"connect.nb.refused.sel", select_refused, 4},
        {"connect.nb.refused.sel.w", select_refused_by_writers, 0},
    };
    int failed = CLAIM_RUN("fake.polls", claims);
    failed += CLAIM_RUN("fake.polls.refused", failed_connects);
    return failed + CLAIM_RUN_ON("fake.polls.refused.windows_7", &win7_like,
                                 failed_connects);
}
