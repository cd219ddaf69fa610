/* segments.h: messages that are sent in segments. */
#ifndef PSOCK_SEGMENTS_H
#define PSOCK_SEGMENTS_H

#include "policy.h"

/* What every system that cuts takes at once: so many segments, and so many bytes
 * with room for the headers of either family. */
#define PSOCK_SEGMENTS_AT_ONCE 64
#define PSOCK_BYTES_AT_ONCE 65000

/* The most bytes of segments of `segment_size` that a system is given at once. */
static inline size_t psock_bytes_at_once(size_t segment_size)
{
    const size_t count = PSOCK_BYTES_AT_ONCE / segment_size;
    return segment_size *
           (count < PSOCK_SEGMENTS_AT_ONCE ? count : PSOCK_SEGMENTS_AT_ONCE);
}

/* Whether psock has to cut `message`, which has a segment size, before the system
 * can. */
static inline _Bool psock_is_too_long_at_once(const psock_message *message)
{
    const size_t size = psock_message_bytes(message);
    return size > message->segment_size &&
           (size > PSOCK_BYTES_AT_ONCE ||
            size > (size_t)message->segment_size * PSOCK_SEGMENTS_AT_ONCE);
}

/* Sends one checked message with a segment size, cut by psock: in pieces that
 * the system cuts further where `system_cuts` and as long as it does, else in
 * datagrams.
 *
 * Returns 1 when it went whole, 0 when in part, with its `size` written; or,
 * with nothing sent, the error. */
ptrdiff_t psock_send_segments(psock_t s, psock_message *message,
                              _Bool system_cuts);

#endif
