/* fake_stream.c: bytes between two connected sockets. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

/* What `s` may send before it must wait.  As long as there is any room, all of
 * a send is taken, whatever its size. */
size_t fake_room(const struct fake_object *s)
{
    size_t unread = s->peer == NULL ? 0 : s->peer->received_size;
    return unread < fake_script.room ? fake_script.room - unread : 0;
}

/* What was received and not read is lost with the connection. */
void fake_break_stream(struct fake_object *s, int error)
{
    s->broken = error;
    s->received_size = 0;
    s->urgent_count = 0;
}

void fake_break(psock_t handle, int error)
{
    fake_take_lock();
    struct fake_object *s = fake_find_socket((SOCKET)handle);
    if (s->peer != NULL)
        s->peer->peer = NULL;
    s->peer = NULL;
    fake_break_stream(s, error);
    fake_give_lock();
}

static void deliver(struct fake_object *to, const char *data, int size)
{
    size_t needed = to->received_size + (size_t)size;
    if (needed > to->received_room) {
        to->received_room = 2 * needed;
        to->received = realloc(to->received, to->received_room);
    }
    if (size > 0)
        memcpy(to->received + to->received_size, data, (size_t)size);
    to->received_size = needed;
}

static int send_error(const struct fake_object *s)
{
    if (s->state != FAKE_CONNECTED)
        return WSAENOTCONN;
    if (s->broken != 0)
        return s->broken;
    if (s->shut_send)
        return WSAESHUTDOWN;
    return 0;
}

static int send_now_error(const struct fake_object *s, int size)
{
    int error = send_error(s);
    if (error != 0)
        return error;
    if (size > fake_script.buffer_limit)
        return WSAENOBUFS;
    if (fake_room(s) > 0)
        return 0;
    if (!s->nonblocking)
        fake_complain("send would block for ever");
    return WSAEWOULDBLOCK;
}

/* A peer that has closed lets one send pass and answers it with a reset, which
 * this end tells as an abort of its own. */
int fake_stream_send(struct fake_object *s, const char *data, int size,
                     int *sent)
{
    int error = send_now_error(s, size);
    if (error != 0)
        return error;
    *sent = size < fake_script.send_at_most ? size : fake_script.send_at_most;
    if (s->peer != NULL)
        deliver(s->peer, data, *sent);
    else if (*sent > 0)
        fake_break_stream(s, WSAECONNABORTED);
    return 0;
}

static int receive_error(const struct fake_object *s)
{
    if (s->state != FAKE_CONNECTED)
        return WSAENOTCONN;
    if (s->broken != 0)
        return s->broken;
    if (s->shut_receive)
        return WSAESHUTDOWN;
    if (s->received_size > 0 || s->peer_ended)
        return 0;
    if (!s->nonblocking)
        fake_complain("recv would block for ever");
    return WSAEWOULDBLOCK;
}

int fake_stream_receive(struct fake_object *s, char *buffer, int size,
                        _Bool peek, int *received)
{
    int error = receive_error(s);
    if (error != 0)
        return error;
    if (size > fake_script.buffer_limit)
        return WSAENOBUFS;
    size_t count =
        (size_t)size < s->received_size ? (size_t)size : s->received_size;
    if (count > 0)
        memcpy(buffer, s->received, count);
    if (!peek && count > 0) {
        s->received_size -= count;
        memmove(s->received, s->received + count, s->received_size);
    }
    *received = (int)count;
    return 0;
}

/* --- Urgent data: received apart, each byte for itself -------------------- */

/* Of more than one byte the last is urgent. */
int fake_stream_send_urgent(struct fake_object *s, const char *data, int size,
                            int *sent)
{
    int error = send_now_error(s, size);
    if (error != 0)
        return error;
    *sent = size;
    if (s->peer == NULL)
        fake_break_stream(s, WSAECONNABORTED);
    if (s->peer == NULL || size == 0)
        return 0;
    deliver(s->peer, data, size - 1);
    if (s->peer->urgent_count < FAKE_URGENT_ROOM)
        s->peer->urgent[s->peer->urgent_count++] =
            (unsigned char)data[size - 1];
    return 0;
}

int fake_stream_receive_urgent(struct fake_object *s, char *buffer, int size,
                               _Bool peek, int *received)
{
    if (s->state != FAKE_CONNECTED)
        return WSAENOTCONN;
    if (s->broken != 0)
        return s->broken;
    if (s->urgent_count == 0)
        return fake_script.profile->no_urgent_error;
    if (size == 0)
        return 0;
    buffer[0] = (char)s->urgent[0];
    *received = 1;
    if (!peek)
        memmove(s->urgent, s->urgent + 1, --s->urgent_count);
    return 0;
}
