/* process.c: sockets on their way from one process to another.
 *
 * A socket travels as one message: a greeting, by which the receiver knows that
 * it is one, and what the system says of the socket, or the descriptor itself
 * beside it (sys.h).  The receiver looks before it takes: until the message is
 * there as a whole, and is one, nothing of it is taken. */
#include <string.h>

#include "policy.h"

/* The last byte counts the versions of what follows. */
static const unsigned char greeting[] = {'p', 's', 'o', 'c', 'k', ' ', '@', 1};

enum {
    GREETING_SIZE = sizeof greeting,
    MESSAGE_MAX = GREETING_SIZE + PSOCK_SYS_PACKED_MAX
};

static size_t message_size(void)
{
    return GREETING_SIZE + psock_sys_packed_size();
}

int psock_peer_credentials(psock_t s, psock_credentials *credentials)
{
    if (s < 0)
        return PSOCK_EBADF;
    return credentials == NULL ? PSOCK_EFAULT
                               : psock_sys_peer_credentials(s, credentials);
}

/* --- Sending --------------------------------------------------------------- */

/* Waits until a message will most likely go at once.  Unlike psock_wait_for()
 * it follows no attempt, so there is one look for PSOCK_NOW, too. */
static int await_room(psock_t channel, psock_deadline deadline)
{
    int came;
    do {
        came = psock_sys_wait(channel, PSOCK_SYS_WRITE, NULL, 0);
        if (came == 0)
            came = psock_wait_for(channel, PSOCK_SYS_WRITE, deadline);
    } while (came == PSOCK_EINTR);
    return came < 0 ? came : 0;
}

/* Half a message cannot be taken back. */
static ptrdiff_t wait_to_go_on(psock_t channel, size_t sent,
                               psock_deadline deadline)
{
    int came = psock_wait_for(channel, PSOCK_SYS_WRITE, deadline);
    if (came < 0)
        return sent > 0 ? PSOCK_EPROTO : came;
    return 0;
}

static int send_message(psock_t channel, const unsigned char *message,
                        psock_t passed, psock_deadline deadline)
{
    const size_t size = message_size();
    for (size_t sent = 0; sent < size;) {
        ptrdiff_t result = psock_sys_send_carrying(
            channel, message + sent, size - sent, sent == 0 ? passed : -1);
        if (result == PSOCK_EAGAIN)
            result = wait_to_go_on(channel, sent, deadline);
        if (result < 0 && result != PSOCK_EINTR)
            return (int)result;
        sent += result > 0 ? (size_t)result : 0;
    }
    return 0;
}

/* What packing has done is not undone, so all else comes before it. */
int psock_send_socket(psock_t channel, psock_t passed, psock_deadline deadline)
{
    unsigned char message[MESSAGE_MAX];
    if (channel < 0 || passed < 0)
        return PSOCK_EBADF;
    int error = psock_sys_check(passed);
    if (error == 0)
        error = psock_sys_check_channel(channel);
    if (error == 0)
        error = await_room(channel, deadline);
    if (error == 0)
        error = psock_sys_pack_socket(channel, passed, message + GREETING_SIZE);
    if (error < 0)
        return error;
    memcpy(message, greeting, GREETING_SIZE);
    return send_message(channel, message, passed, deadline);
}

/* --- Receiving ------------------------------------------------------------- */

/* Whether no more will follow what is there. */
static _Bool has_ended(psock_t channel)
{
    int came = psock_sys_wait(channel, PSOCK_SYS_READ, NULL, 0);
    return came > 0 && (came & PSOCK_SYS_ENDED) != 0;
}

/* What no bytes mean: the end, or an empty message. */
static int nothing_came(psock_t channel, int type)
{
    return type == PSOCK_STREAM || has_ended(channel) ? PSOCK_ENOTCONN
                                                      : PSOCK_EPROTO;
}

/* Whether the `size` bytes there are can become a message. */
static _Bool is_beginning(const unsigned char *bytes, size_t size)
{
    return memcmp(bytes, greeting,
                  size < GREETING_SIZE ? size : GREETING_SIZE) == 0;
}

/* Looks for a message.  One byte more than it has room for tells longer ones.
 *
 * Returns 1 when there is one, 0 when it has begun on a stream, or an error. */
static int look(psock_t channel, int type, psock_deadline deadline)
{
    unsigned char bytes[MESSAGE_MAX + 1];
    const size_t size = message_size();
    const size_t room = type == PSOCK_STREAM ? size : size + 1;
    ptrdiff_t there = psock_recv(channel, bytes, room, PSOCK_PEEK, deadline);
    if (there < 0)
        return (int)there;
    if (there == 0)
        return nothing_came(channel, type);
    if (!is_beginning(bytes, (size_t)there))
        return PSOCK_EPROTO;
    if ((size_t)there == size)
        return 1;
    return type == PSOCK_STREAM ? 0 : PSOCK_EPROTO;
}

/* How long the rest of a message may take that has begun.  It was sent at once
 * if there was room, and by now there is. */
#define REST_MS 2000

/* No event tells that more has come of what is there already, and on some systems
 * none that no more will. */
static int await_rest(psock_deadline rest, _Bool ended, psock_deadline deadline)
{
    if (ended || psock_deadline_left_ns(rest) == 0)
        return PSOCK_EPROTO;
    return psock_pause(deadline);
}

static int await_message(psock_t channel, psock_deadline deadline)
{
    int family = PSOCK_NONE;
    int type = 0;
    psock_deadline rest = PSOCK_FOREVER;
    int result = psock_sys_kind(channel, &family, &type);
    while (result == 0) {
        const _Bool ended = has_ended(channel);
        result = look(channel, type, deadline);
        if (result == 0 && rest == PSOCK_FOREVER)
            rest = psock_deadline_ms(REST_MS);
        if (result == 0)
            result = await_rest(rest, ended, deadline);
    }
    return result < 0 ? result : 0;
}

static ptrdiff_t take(psock_t channel, unsigned char *message, psock_t *carried)
{
    ptrdiff_t result;
    do {
        result =
            psock_sys_recv_carrying(channel, message, message_size(), carried);
    } while (result == PSOCK_EINTR);
    return result;
}

/* When several processes receive from one channel, another one may take what was
 * looked at: then there is nothing, or the end. */
static ptrdiff_t await_and_take(psock_t channel, unsigned char *message,
                                psock_t *carried, psock_deadline deadline)
{
    ptrdiff_t result;
    do {
        int error = await_message(channel, deadline);
        if (error < 0)
            return error;
        result = take(channel, message, carried);
    } while (result == PSOCK_EAGAIN || (result == 0 && *carried < 0));
    return result;
}

/* What was looked at and is not what came was taken by somebody else. */
static psock_t unpack(const unsigned char *message, ptrdiff_t size,
                      psock_t carried)
{
    if (size != (ptrdiff_t)message_size() ||
        !is_beginning(message, GREETING_SIZE))
        return PSOCK_EPROTO;
    return psock_sys_unpack_socket(message + GREETING_SIZE, carried);
}

psock_t psock_recv_socket(psock_t channel, psock_deadline deadline)
{
    unsigned char message[MESSAGE_MAX];
    psock_t carried = -1;
    if (channel < 0)
        return PSOCK_EBADF;
    int error = psock_sys_check_channel(channel);
    if (error < 0)
        return error;
    ptrdiff_t size = await_and_take(channel, message, &carried, deadline);
    psock_t s = size < 0 ? size : unpack(message, size, carried);
    if (s < 0 && carried >= 0)
        psock_sys_close(carried);
    return s;
}
