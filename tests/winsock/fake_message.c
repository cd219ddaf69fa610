/* fake_message.c: WSASendMsg and WSARecvMsg, which are for datagrams only. */
#include "fake_option.h"

#include <stdlib.h>
#include <string.h>

static int overlapped_error(const void *counter,
                            const WSAOVERLAPPED *overlapped,
                            LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    if (overlapped != NULL || completion != NULL)
        fake_complain("the fake knows no overlapped messages");
    return counter == NULL ? WSAEFAULT : 0; /* needed without an overlapped */
}

/* What is wrong with the parts of a message, whichever way it goes. */
static int parts_error(const struct fake_object *s, const WSAMSG *message,
                       int *total)
{
    if (s->type == SOCK_STREAM)
        return WSAEINVAL;
    if ((message->name == NULL && message->namelen != 0) ||
        (message->Control.buf == NULL && message->Control.len != 0))
        return WSAEFAULT;
    if (message->dwBufferCount == 0)
        return WSAEINVAL;
    return fake_total_of(message->lpBuffers, message->dwBufferCount, total);
}

/* --- Sending --------------------------------------------------------------- */

static int destination_error(const struct fake_object *s, const WSAMSG *message,
                             struct fake_name *to)
{
    *to = s->remote;
    if (message->name == NULL)
        return s->remote.length == 0 ? WSAENOTCONN : 0;
    int error = fake_name_error(s, message->name, message->namelen);
    if (error == 0)
        *to = fake_name_of(message->name, message->namelen);
    return error;
}

static int send_checked(struct fake_object *s, const WSAMSG *message, int total,
                        int *sent)
{
    struct fake_extras extras = {.traffic_class = 0};
    struct fake_name to;
    int error = destination_error(s, message, &to);
    if (error == 0 && !fake_script.ignores_control)
        error = fake_read_control(s, &message->Control, &to, &extras);
    if (error != 0)
        return error;
    char *data = fake_gather(message->lpBuffers, message->dwBufferCount, total);
    error = fake_datagram_send_with(s, data, total, &to, &extras, sent);
    free(data);
    return error;
}

static int WSAAPI send_message(SOCKET handle, WSAMSG *message, DWORD flags,
                               DWORD *sent, WSAOVERLAPPED *overlapped,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    struct fake_visit visit;
    struct fake_object *s;
    int total = 0;
    int done = 0;
    (void)fake_total_of(message->lpBuffers, message->dwBufferCount, &total);
    int error = fake_enter_socket(
        &visit, FAKE_WSASendMsg, handle, &s, "size %d to %s%s", total,
        fake_name_text(message->name, message->namelen),
        fake_control_text(&message->Control));
    if (error == 0)
        error = overlapped_error(sent, overlapped, completion);
    if (error == 0)
        error = parts_error(s, message, &total);
    if (error == 0 && (flags & ~(DWORD)MSG_DONTROUTE) != 0)
        error = WSAEOPNOTSUPP;
    if (error == 0)
        error = send_checked(s, message, total, &done);
    if (error == 0)
        *sent = (DWORD)done;
    return fake_leave(&visit, error);
}

/* --- Receiving ------------------------------------------------------------- */

/* A report with details is a message like any other, but for the mark. */
static int receive_data(struct fake_object *s, WSAMSG *message, int total,
                        _Bool peek, int *received)
{
    struct fake_datagram *first = s->datagrams;
    char *data = malloc((size_t)total + 1);
    const _Bool is_report = first != NULL && first->is_report;
    if (is_report)
        first->is_report = 0;
    int error = fake_datagram_receive(
        s, data, total, peek, message->name,
        message->name == NULL ? NULL : &message->namelen, received);
    if (error == 0 || error == WSAEMSGSIZE)
        fake_scatter(data, *received, message->lpBuffers);
    if (is_report && peek)
        first->is_report = 1;
    free(data);
    return error;
}

/* Of a datagram that is cut short, or whose control data are, all that there is
 * room for is written, and the count, although the call fails. */
static int receive_checked(struct fake_object *s, WSAMSG *message, int total,
                           DWORD *received)
{
    const _Bool peek = (message->dwFlags & MSG_PEEK) != 0;
    char room[1024];
    WSABUF control = {sizeof room, room};
    int done = 0;
    _Bool all = 1;
    DWORD flags = 0;
    if (message->Control.len < control.len)
        control.len = message->Control.len;
    if ((ULONG)fake_script.control_limit < control.len)
        control.len = (ULONG)fake_script.control_limit;
    if (s->datagrams != NULL && s->datagrams->error == 0) {
        all = fake_write_control(s, s->datagrams, &control);
        flags = s->datagrams->is_report ? MSG_ERRQUEUE : 0;
    }
    int error = receive_data(s, message, total, peek, &done);
    if (error != 0 && error != WSAEMSGSIZE)
        return error;
    if (control.len > 0)
        memcpy(message->Control.buf, room, control.len);
    message->Control.len = control.len;
    message->dwFlags =
        flags | (error != 0 ? MSG_TRUNC : 0) | (all ? 0 : MSG_CTRUNC);
    *received = (DWORD)done;
    return all ? error : WSAEMSGSIZE;
}

static INT WSAAPI receive_message(SOCKET handle, WSAMSG *message,
                                  DWORD *received, WSAOVERLAPPED *overlapped,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    struct fake_visit visit;
    struct fake_object *s;
    int total = 0;
    (void)fake_total_of(message->lpBuffers, message->dwBufferCount, &total);
    int error = fake_enter_socket(&visit, FAKE_WSARecvMsg, handle, &s,
                                  "size %d room %d control %d", total,
                                  message->namelen, (int)message->Control.len);
    if (error == 0)
        error = overlapped_error(received, overlapped, completion);
    if (error == 0)
        error = parts_error(s, message, &total);
    if (error == 0 && (message->dwFlags & ~(DWORD)MSG_PEEK) != 0)
        error = WSAEOPNOTSUPP;
    if (error == 0)
        error = receive_checked(s, message, total, received);
    return fake_leave(&visit, error);
}

fake_function *fake_extension(const GUID *id)
{
    static const GUID receiving = WSAID_WSARECVMSG;
    static const GUID transmitting = WSAID_TRANSMITFILE;
    if (memcmp(id, &transmitting, sizeof transmitting) == 0)
        return fake_transmit_function();
    return memcmp(id, &receiving, sizeof receiving) == 0
               ? (fake_function *)receive_message
               : NULL;
}

void fake_install_messages(struct psock_winsock_table *table)
{
    table->WSASendMsg = send_message;
}
