/* fake_transfer.c: the calls that send and receive. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

/* The flags that Windows knows, by direction.  Others are refused, unlike on
 * systems that overlook them. */
#define SEND_FLAGS (MSG_OOB | MSG_DONTROUTE)
#define RECEIVE_FLAGS (MSG_OOB | MSG_PEEK | MSG_WAITALL)

static int memory_error(const void *memory, int size)
{
    return size < 0 || (memory == NULL && size != 0) ? WSAEFAULT : 0;
}

/* There are no urgent datagrams, and none to a path. */
static _Bool has_urgent_data(const struct fake_object *s)
{
    return s->type == SOCK_STREAM && s->family != AF_UNIX;
}

static int send_flags_error(const struct fake_object *s, int flags)
{
    if ((flags & ~SEND_FLAGS) != 0)
        return WSAEOPNOTSUPP;
    return (flags & MSG_OOB) != 0 && !has_urgent_data(s) ? WSAEOPNOTSUPP : 0;
}

static int receive_flags_error(const struct fake_object *s, int flags)
{
    if ((flags & ~RECEIVE_FLAGS) != 0)
        return WSAEOPNOTSUPP;
    if ((flags & MSG_OOB) != 0 &&
        (!has_urgent_data(s) || (flags & MSG_WAITALL) != 0))
        return WSAEOPNOTSUPP;
    if ((flags & MSG_WAITALL) == 0)
        return 0;
    if (s->nonblocking || s->type != SOCK_STREAM || (flags & MSG_PEEK) != 0)
        return WSAEOPNOTSUPP;
    fake_complain("the fake does not wait for all");
    return 0;
}

static int send_any(struct fake_object *s, const char *data, int size,
                    int flags, const struct fake_name *to, int *sent)
{
    if ((flags & MSG_OOB) != 0)
        return fake_stream_send_urgent(s, data, size, sent);
    if (s->type == SOCK_STREAM)
        return fake_stream_send(s, data, size, sent);
    return fake_datagram_send(s, data, size, to, sent);
}

static int WSAAPI send_plain(SOCKET handle, const char *data, int size,
                             int flags)
{
    struct fake_visit visit;
    struct fake_object *s;
    int sent = 0;
    int error = fake_enter_socket(&visit, FAKE_send, handle, &s,
                                  "size %d flags %x", size, (unsigned)flags);
    if (error == 0)
        error = memory_error(data, size);
    if (error == 0)
        error = send_flags_error(s, flags);
    if (error == 0)
        error = send_any(s, data, size, flags, &s->remote, &sent);
    return fake_leave_count(&visit, error, sent);
}

/* A stream pays no attention to the address. */
static int send_to_checked(struct fake_object *s, const char *data, int size,
                           int flags, const struct sockaddr *name, int length,
                           int *sent)
{
    if (s->type == SOCK_STREAM || name == NULL)
        return send_any(s, data, size, flags, &s->remote, sent);
    int error = fake_name_error(s, name, length);
    if (error != 0)
        return error;
    const struct fake_name to = fake_name_of(name, length);
    return send_any(s, data, size, flags, &to, sent);
}

static int WSAAPI send_to(SOCKET handle, const char *data, int size, int flags,
                          const struct sockaddr *name, int length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int sent = 0;
    int error = fake_enter_socket(
        &visit, FAKE_sendto, handle, &s, "size %d flags %x to %s length %d",
        size, (unsigned)flags, fake_name_text(name, length), length);
    if (error == 0)
        error = memory_error(data, size);
    if (error == 0)
        error = send_flags_error(s, flags);
    if (error == 0)
        error = send_to_checked(s, data, size, flags, name, length, &sent);
    return fake_leave_count(&visit, error, sent);
}

/* A stream leaves the sender's name alone. */
static int receive_any(struct fake_object *s, char *buffer, int size, int flags,
                       struct sockaddr *from, int *from_length, int *received)
{
    _Bool peek = (flags & MSG_PEEK) != 0;
    if ((flags & MSG_OOB) != 0)
        return fake_stream_receive_urgent(s, buffer, size, peek, received);
    if (s->type == SOCK_STREAM)
        return fake_stream_receive(s, buffer, size, peek, received);
    return fake_datagram_receive(s, buffer, size, peek, from, from_length,
                                 received);
}

static int WSAAPI receive_plain(SOCKET handle, char *buffer, int size,
                                int flags)
{
    struct fake_visit visit;
    struct fake_object *s;
    int received = 0;
    int error = fake_enter_socket(&visit, FAKE_recv, handle, &s,
                                  "size %d flags %x", size, (unsigned)flags);
    if (error == 0)
        error = memory_error(buffer, size);
    if (error == 0)
        error = receive_flags_error(s, flags);
    if (error == 0)
        error = receive_any(s, buffer, size, flags, NULL, NULL, &received);
    return fake_leave_count(&visit, error, received);
}

static int WSAAPI receive_from(SOCKET handle, char *buffer, int size, int flags,
                               struct sockaddr *from, int *from_length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int received = 0;
    int error = fake_enter_socket(
        &visit, FAKE_recvfrom, handle, &s, "size %d flags %x room %d", size,
        (unsigned)flags, from_length == NULL ? -1 : *from_length);
    if (error == 0)
        error = memory_error(buffer, size);
    if (error == 0)
        error = receive_flags_error(s, flags);
    if (error == 0)
        error =
            receive_any(s, buffer, size, flags, from, from_length, &received);
    return fake_leave_count(&visit, error, received);
}

/* --- Vectors: gathered here into one piece, or scattered from it ------------ */

/* What the buffers together may have in the fake, which counts in ints. */
#define TOTAL_MAX ((ULONG)INT32_MAX)

int fake_total_of(const WSABUF *buffers, DWORD count, int *total)
{
    ULONG sum = 0;
    if (buffers == NULL)
        return WSAEFAULT;
    for (DWORD i = 0; i < count; i++) {
        if (buffers[i].buf == NULL && buffers[i].len != 0)
            return WSAEFAULT;
        if (buffers[i].len > TOTAL_MAX - sum)
            return WSAENOBUFS;
        sum += buffers[i].len;
    }
    *total = (int)sum;
    return 0;
}

static int vector_error(const void *counter, const WSAOVERLAPPED *overlapped,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    if (overlapped != NULL || completion != NULL)
        fake_complain("the fake knows no overlapped transfers");
    return counter == NULL ? WSAEFAULT : 0; /* needed without an overlapped */
}

char *fake_gather(const WSABUF *buffers, DWORD count, int total)
{
    size_t place = 0;
    char *data = malloc((size_t)total + 1);
    for (DWORD i = 0; i < count; i++) {
        if (buffers[i].len > 0)
            memcpy(data + place, buffers[i].buf, buffers[i].len);
        place += buffers[i].len;
    }
    return data;
}

void fake_scatter(const char *data, int size, const WSABUF *buffers)
{
    size_t left = (size_t)size;
    for (; left > 0; buffers++) {
        size_t part = buffers->len < left ? buffers->len : left;
        if (part > 0)
            memcpy(buffers->buf, data, part);
        data += part;
        left -= part;
    }
}

static int WSAAPI send_vector(SOCKET handle, WSABUF *buffers, DWORD count,
                              DWORD *sent, DWORD flags,
                              WSAOVERLAPPED *overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    struct fake_visit visit;
    struct fake_object *s;
    int total = 0;
    int done = 0;
    int sum_error = fake_total_of(buffers, count, &total);
    int error = fake_enter_socket(&visit, FAKE_WSASend, handle, &s,
                                  "buffers %d size %d flags %x", (int)count,
                                  total, (unsigned)flags);
    if (error == 0)
        error = sum_error;
    if (error == 0)
        error = vector_error(sent, overlapped, completion);
    if (error == 0)
        error = send_flags_error(s, (int)flags);
    if (error == 0) {
        char *data = fake_gather(buffers, count, total);
        error = send_any(s, data, total, (int)flags, &s->remote, &done);
        free(data);
    }
    if (error == 0)
        *sent = (DWORD)done;
    return fake_leave(&visit, error);
}

/* Tests offer gigabytes, to see them clamped; nothing here fills them. */
#define PIECE_MAX (1 << 20)

static int receive_scattered(struct fake_object *s, const WSABUF *buffers,
                             int total, int flags, struct sockaddr *from,
                             int *from_length, int *received)
{
    int size = total < PIECE_MAX ? total : PIECE_MAX;
    char *data = malloc((size_t)size + 1);
    int error = receive_any(s, data, size, flags, from, from_length, received);
    fake_scatter(data, *received, buffers);
    free(data);
    return error;
}

/* The count is not told along with an error, a truncated datagram's neither. */
static int receive_vector_checked(struct fake_object *s, const WSABUF *buffers,
                                  DWORD count, DWORD *received, DWORD *flags,
                                  struct sockaddr *from, int *from_length)
{
    int total = 0;
    int done = 0;
    if (flags == NULL)
        return WSAEFAULT;
    int error = count == 0 ? WSAEINVAL : fake_total_of(buffers, count, &total);
    if (error == 0)
        error =
            received == NULL ? WSAEFAULT : receive_flags_error(s, (int)*flags);
    if (error == 0)
        error = receive_scattered(s, buffers, total, (int)*flags, from,
                                  from_length, &done);
    if (error == WSAEMSGSIZE)
        *flags |= MSG_PARTIAL;
    if (error == 0)
        *received = (DWORD)done;
    return error;
}

static int WSAAPI receive_vector(SOCKET handle, WSABUF *buffers, DWORD count,
                                 DWORD *received, DWORD *flags,
                                 WSAOVERLAPPED *overlapped,
                                 LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    struct fake_visit visit;
    struct fake_object *s;
    int total = 0;
    (void)fake_total_of(buffers, count, &total);
    int error = fake_enter_socket(&visit, FAKE_WSARecv, handle, &s,
                                  "buffers %d size %d flags %x", (int)count,
                                  total, flags == NULL ? 0 : (unsigned)*flags);
    if (error == 0)
        error = vector_error(received, overlapped, completion);
    if (error == 0)
        error = receive_vector_checked(s, buffers, count, received, flags, NULL,
                                       NULL);
    return fake_leave(&visit, error);
}

static int WSAAPI receive_vector_from(
    SOCKET handle, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags,
    struct sockaddr *from, int *from_length, WSAOVERLAPPED *overlapped,
    LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    struct fake_visit visit;
    struct fake_object *s;
    int total = 0;
    (void)fake_total_of(buffers, count, &total);
    int error = fake_enter_socket(
        &visit, FAKE_WSARecvFrom, handle, &s, "buffers %d size %d room %d",
        (int)count, total, from_length == NULL ? -1 : *from_length);
    if (error == 0)
        error = vector_error(received, overlapped, completion);
    if (error == 0)
        error = receive_vector_checked(s, buffers, count, received, flags, from,
                                       from_length);
    return fake_leave(&visit, error);
}

void fake_install_transfers(struct psock_winsock_table *table)
{
    table->send = send_plain;
    table->recv = receive_plain;
    table->sendto = send_to;
    table->recvfrom = receive_from;
    table->WSASend = send_vector;
    table->WSARecv = receive_vector;
    table->WSARecvFrom = receive_vector_from;
}
