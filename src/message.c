/* message.c: arrays of messages: what is wrong with them, how many go at once,
 * and who cuts them. */
#include "segments.h"
#include "transfer.h"

#define CAN_BE_TOLD                                                            \
    (PSOCK_META_LOCAL | PSOCK_META_INTERFACE | PSOCK_META_ECN |                \
     PSOCK_META_TRAFFIC_CLASS | PSOCK_META_HOP_LIMIT |                         \
     PSOCK_META_SEGMENT_SIZE | PSOCK_META_TIMESTAMP)
#define CAN_BE_SENT                                                            \
    ((CAN_BE_TOLD & ~PSOCK_META_TIMESTAMP) | PSOCK_META_DONT_FRAGMENT)

/* --- What is wrong with a message ----------------------------------------- */

static inline _Bool has(const psock_message *message, unsigned bit)
{
    return (message->valid & bit) != 0;
}

static int buffers_error(const psock_message *message)
{
    size_t room = PTRDIFF_MAX;
    if (message->buffer_count > PSOCK_MESSAGE_BUFFERS_MAX)
        return PSOCK_EINVAL;
    if (message->buffers == NULL && message->buffer_count != 0)
        return PSOCK_EFAULT;
    for (size_t i = 0; i < message->buffer_count; i++) {
        const psock_buffer *buffer = &message->buffers[i];
        if (buffer->size > room)
            return PSOCK_EINVAL;
        if (buffer->data == NULL && buffer->size != 0)
            return PSOCK_EFAULT;
        room -= buffer->size;
    }
    return 0;
}

static int control_to_send_error(const psock_control *control)
{
    if (control->bytes == NULL && control->size != 0)
        return PSOCK_EFAULT;
    return control->size > control->room || control->size > PSOCK_CONTROL_MAX
               ? PSOCK_EINVAL
               : 0;
}

static _Bool is_out_of_range(const psock_message *message)
{
    return (has(message, PSOCK_META_ECN) && message->ecn > 3) ||
           (has(message, PSOCK_META_HOP_LIMIT) && message->hop_limit == 0) ||
           (has(message, PSOCK_META_DONT_FRAGMENT) &&
            message->dont_fragment > 1) ||
           (has(message, PSOCK_META_SEGMENT_SIZE) &&
            message->segment_size == 0);
}

/* Segments that no datagram is as long as. */
static _Bool is_too_long(const psock_message *message)
{
    return has(message, PSOCK_META_SEGMENT_SIZE) &&
           message->segment_size > PSOCK_DATAGRAM_MAX &&
           psock_message_bytes(message) > PSOCK_DATAGRAM_MAX;
}

/* What `valid` and the control data add to the buffers. */
static int extras_to_send_error(const psock_message *message)
{
    if ((message->valid & ~(unsigned)CAN_BE_SENT) != 0 ||
        is_out_of_range(message))
        return PSOCK_EINVAL;
    if (is_too_long(message))
        return PSOCK_EMSGSIZE;
    return message->control == NULL ? 0
                                    : control_to_send_error(message->control);
}

/* What most messages are, so that the rest needs no look: one buffer that has
 * memory, and no control data. */
static inline _Bool is_ordinary(const psock_message *message)
{
    return message->buffer_count == 1 && message->control == NULL &&
           message->buffers != NULL && message->buffers->data != NULL &&
           message->buffers->size <= PTRDIFF_MAX;
}

static PSOCK_ASIDE int other_to_send_error(const psock_message *message)
{
    int error = buffers_error(message);
    return error < 0 ? error : extras_to_send_error(message);
}

static inline int message_to_send_error(const psock_message *message)
{
    return PSOCK_LIKELY(is_ordinary(message) && message->valid == 0)
               ? 0
               : other_to_send_error(message);
}

static PSOCK_ASIDE int other_to_fill_error(const psock_message *message)
{
    int error = buffers_error(message);
    return error == 0 && message->control != NULL &&
                   message->control->bytes == NULL &&
                   message->control->room != 0
               ? PSOCK_EFAULT
               : error;
}

static inline int message_to_fill_error(const psock_message *message)
{
    return PSOCK_LIKELY(is_ordinary(message)) ? 0
                                              : other_to_fill_error(message);
}

/* --- Sending -------------------------------------------------------------- */

static _Bool is_to_be_cut(const psock_message *message)
{
    return has(message, PSOCK_META_SEGMENT_SIZE) &&
           psock_is_too_long_at_once(message);
}

/* How many messages from the first on can be given to the system at once; none
 * when the first is wrong, with `error`, or has to be cut before. */
static inline size_t count_sendable(const psock_message *messages, size_t count,
                                    int *error)
{
    if (count > PSOCK_SYS_MESSAGES_MAX)
        count = PSOCK_SYS_MESSAGES_MAX;
    for (size_t i = 0; i < count; i++) {
        *error = message_to_send_error(&messages[i]);
        if (!PSOCK_LIKELY(*error == 0) || is_to_be_cut(&messages[i]))
            return i;
    }
    return count;
}

/* As many as go in one call of the system, of `given`, or the first in pieces:
 * 0 when only a part of it went. */
static inline ptrdiff_t send_at_once(psock_t s, psock_message *messages,
                                     size_t count, size_t *given)
{
    int error = 0;
    *given = count_sendable(messages, count, &error);
    if (!PSOCK_LIKELY(*given > 0)) {
        *given = 1;
        return error < 0 ? error : psock_send_segments(s, messages, 1);
    }
    ptrdiff_t sent = psock_sys_send_messages(s, messages, *given);
    if (PSOCK_LIKELY(sent != PSOCK_ENOPROTOOPT))
        return sent;
    *given = 1;
    return psock_send_segments(s, messages, 0);
}

/* Whether the system may have stopped because it does not cut the next one. */
static inline _Bool stopped_at_segments(ptrdiff_t sent,
                                        const psock_message *next)
{
    return sent > 0 && has(next, PSOCK_META_SEGMENT_SIZE);
}

/* One message, for which the rest of this is not needed. */
static inline ptrdiff_t send_message_attempt(const struct transfer *t)
{
    psock_message *message = t->room;
    int error = message_to_send_error(message);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    if (is_to_be_cut(message))
        return psock_send_segments(t->socket, message, 1);
    ptrdiff_t sent = psock_sys_send_messages(t->socket, message, 1);
    return PSOCK_LIKELY(sent != PSOCK_ENOPROTOOPT)
               ? sent
               : psock_send_segments(t->socket, message, 0);
}

/* Goes on as long as all goes that is given. */
static PSOCK_ASIDE ptrdiff_t send_messages_attempt(const struct transfer *t)
{
    psock_message *messages = t->room;
    size_t done = 0;
    size_t given;
    ptrdiff_t sent;
    do {
        sent = send_at_once(t->socket, messages + done, t->size - done, &given);
        if (sent > 0)
            done += (size_t)sent;
    } while (done < t->size && (sent == (ptrdiff_t)given ||
                                stopped_at_segments(sent, &messages[done])));
    if (sent < 0 && done == 0)
        return sent;
    if (sent != 0 && done < t->size)
        messages[done].size = 0;
    return (ptrdiff_t)done;
}

/* What comes of a call without messages, or with wrong arguments. */
static PSOCK_APART ptrdiff_t nothing_to_do(psock_t s, const void *messages,
                                           size_t count, int error)
{
    if (error < 0)
        return error;
    if (messages == NULL && count != 0)
        return PSOCK_EFAULT;
    return s < 0 ? PSOCK_EBADF : psock_sys_check(s);
}

ptrdiff_t psock_send_messages(psock_t s, psock_message *messages, size_t count,
                              unsigned flags, psock_deadline deadline)
{
    int error = flags_error(flags, 0);
    if (!PSOCK_LIKELY(error == 0 && messages != NULL && count > 0))
        return nothing_to_do(s, messages, count, error);
    struct transfer transfer;
    transfer.socket = s;
    transfer.room = messages;
    transfer.size = count;
    transfer.deadline = deadline;
    return count == 1
               ? try_first(send_message_attempt, send_messages_attempt,
                           &transfer, PSOCK_SYS_WRITE)
               : try_it(send_messages_attempt, &transfer, PSOCK_SYS_WRITE);
}

/* --- Receiving ------------------------------------------------------------ */

/* How many messages from the first on have room that can be used; none when the
 * first has not, with `error`. */
static inline size_t count_fillable(const psock_message *messages, size_t count,
                                    int *error)
{
    if (count > PSOCK_SYS_MESSAGES_MAX)
        count = PSOCK_SYS_MESSAGES_MAX;
    for (size_t i = 0; i < count; i++) {
        *error = message_to_fill_error(&messages[i]);
        if (!PSOCK_LIKELY(*error == 0))
            return i;
    }
    return count;
}

/* Only the first call may wait in the system, and not where a report may be
 * there already, of which the system would not wake. */
static inline unsigned recv_messages_flags(const struct transfer *t,
                                           size_t done)
{
    return done > 0 || (t->flags & PSOCK_WITH_UNDELIVERED) != 0
               ? t->flags
               : receive_flags(t);
}

static inline ptrdiff_t recv_message_attempt(const struct transfer *t)
{
    int error = message_to_fill_error(t->room);
    if (!PSOCK_LIKELY(error == 0))
        return error;
    return psock_sys_recv_messages(t->socket, t->room, 1,
                                   recv_messages_flags(t, 0));
}

/* Whether there may be more: a report comes alone, whatever is behind it. */
static inline _Bool may_have_more(ptrdiff_t received, size_t given,
                                  const psock_message *next)
{
    return received == (ptrdiff_t)given ||
           (received > 0 && (next[-1].flags & PSOCK_UNDELIVERED) != 0);
}

static PSOCK_ASIDE ptrdiff_t recv_messages_attempt(const struct transfer *t)
{
    psock_message *messages = t->room;
    size_t done = 0;
    size_t given;
    ptrdiff_t received;
    do {
        int error = 0;
        given = count_fillable(messages + done, t->size - done, &error);
        if (!PSOCK_LIKELY(given > 0))
            return done > 0 ? (ptrdiff_t)done : error;
        received = psock_sys_recv_messages(t->socket, messages + done, given,
                                           recv_messages_flags(t, done));
        if (received > 0)
            done += (size_t)received;
    } while (done < t->size && may_have_more(received, given, messages + done));
    return done > 0 ? (ptrdiff_t)done : received;
}

/* What there is for those who waited for what will never come. */
static PSOCK_APART ptrdiff_t give_nothing(psock_message *message)
{
    message->peer = (psock_address){.length = 0};
    message->size = 0;
    message->valid = 0;
    message->flags = 0;
    if (message->control != NULL)
        message->control->size = 0;
    return 1;
}

ptrdiff_t psock_recv_messages(psock_t s, psock_message *messages, size_t count,
                              unsigned flags, psock_deadline deadline)
{
    int error = flags_error(flags, PSOCK_PEEK | PSOCK_WITH_UNDELIVERED);
    if (!PSOCK_LIKELY(error == 0 && messages != NULL && count > 0))
        return nothing_to_do(s, messages, count, error);
    struct transfer transfer;
    transfer.socket = s;
    transfer.room = messages;
    transfer.size = (flags & PSOCK_PEEK) != 0 ? 1 : count;
    transfer.deadline = deadline;
    transfer.flags = flags;
    ptrdiff_t received =
        transfer.size == 1
            ? try_first(recv_message_attempt, recv_messages_attempt, &transfer,
                        PSOCK_SYS_READ)
            : try_it(recv_messages_attempt, &transfer, PSOCK_SYS_READ);
    return PSOCK_LIKELY(received != 0) ? received : give_nothing(messages);
}

/* --- What is in a message ------------------------------------------------- */

/* Finds `size` bytes from byte number `offset` on, if they are in one buffer. */
static int find_bytes(const psock_message *message, size_t offset, size_t size,
                      psock_buffer *found)
{
    size_t i = 0;
    while (i < message->buffer_count && offset >= message->buffers[i].size)
        offset -= message->buffers[i++].size;
    if (i == message->buffer_count && size == 0) {
        *found = (psock_buffer){NULL, 0};
        return 1;
    }
    if (i == message->buffer_count || size > message->buffers[i].size - offset)
        return PSOCK_EINVAL;
    found->data = (char *)message->buffers[i].data + offset;
    found->size = size;
    return 1;
}

/* Multiplies rather than divides; sizes that would need more bits than a product
 * has are no message's. */
int psock_message_find_segment(const psock_message *message, size_t index,
                               psock_buffer *segment)
{
    if (message == NULL || segment == NULL)
        return PSOCK_EFAULT;
    const size_t all = message->size;
    if (all > UINT32_MAX || index > all)
        return all > UINT32_MAX ? PSOCK_EINVAL : 0;
    const _Bool is_joined =
        has(message, PSOCK_META_SEGMENT_SIZE) && message->segment_size > 0;
    const uint64_t size = is_joined ? message->segment_size : all;
    const uint64_t offset = index * size;
    if (offset >= all && index > 0)
        return 0;
    const uint64_t left = all - offset;
    return find_bytes(message, (size_t)offset,
                      (size_t)(left < size ? left : size), segment);
}

/* --- What to be told ------------------------------------------------------ */

/* Whether `s` has datagrams of IPv4 or IPv6, as 0 or an error. */
static int kind_error(psock_t s, _Bool raw_will_do)
{
    int family = PSOCK_NONE;
    int type = 0;
    int error = s < 0 ? PSOCK_EBADF : psock_sys_kind(s, &family, &type);
    if (error < 0)
        return error;
    if (!psock_is_internet(family))
        return PSOCK_EOPNOTSUPP;
    return type == PSOCK_DATAGRAM || (raw_will_do && type == PSOCK_RAW)
               ? 0
               : PSOCK_EOPNOTSUPP;
}

int psock_want_metadata(psock_t s, unsigned wanted)
{
    const unsigned known = CAN_BE_TOLD | PSOCK_META_SEGMENT_SIZE_ANYWAY;
    if ((wanted & ~known) != 0)
        return PSOCK_EINVAL;
    int error = kind_error(s, 1);
    return error < 0 ? error : psock_sys_want_metadata(s, wanted);
}

int psock_want_undelivered(psock_t s, int wanted)
{
    int error = kind_error(s, 0);
    return error < 0 ? error : psock_sys_want_undelivered(s, wanted != 0);
}
