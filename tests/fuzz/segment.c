/* segment.c: a fuzzer of psock_message_segment().
 *
 * Whatever sizes a message claims: what is found lies in one of its buffers, and
 * the datagrams of an honest message are all of it, one after the other. */
#include "fuzz.h"

enum {
    BUFFERS_MAX = 4,
    BUFFER_SIZE_MAX = 256
};

struct subject {
    unsigned char *memory[BUFFERS_MAX];
    psock_buffer buffers[BUFFERS_MAX];
    psock_message message;
};

static void take_subject(struct input *input, struct subject *subject)
{
    *subject = (struct subject){.message.buffers = subject->buffers};
    subject->message.buffer_count = take_byte(input) % (BUFFERS_MAX + 1);
    for (size_t i = 0; i < subject->message.buffer_count; i++) {
        const size_t size = take_byte(input) % (BUFFER_SIZE_MAX + 1);
        subject->memory[i] = make_memory(size);
        subject->buffers[i] = (psock_buffer){subject->memory[i], size};
    }
    subject->message.valid = (uint32_t)take_number(input, 4);
    subject->message.segment_size =
        (uint32_t)take_number(input, (int)take_byte(input) % 5);
}

static void free_subject(struct subject *subject)
{
    for (size_t i = 0; i < BUFFERS_MAX; i++)
        free(subject->memory[i]);
}

static size_t room_of(const psock_message *message)
{
    size_t room = 0;
    for (size_t i = 0; i < message->buffer_count; i++)
        room += message->buffers[i].size;
    return room;
}

/* --- What is found -------------------------------------------------------- */

static _Bool lies_in(const psock_buffer *part, const psock_buffer *whole)
{
    const unsigned char *begin = whole->data;
    const unsigned char *data = part->data;
    return whole->data != NULL && data >= begin &&
           data <= begin + whole->size &&
           part->size <= (size_t)(begin + whole->size - data);
}

static _Bool lies_in_any(const psock_message *message, const psock_buffer *part)
{
    for (size_t i = 0; i < message->buffer_count; i++)
        if (lies_in(part, &message->buffers[i]))
            return 1;
    return part->size == 0 && part->data == NULL;
}

static _Bool is_joined(const psock_message *message)
{
    return (message->valid & PSOCK_META_SEGMENT_SIZE) != 0 &&
           message->segment_size > 0;
}

/* Divides, so that nothing can wrap around. */
static _Bool has_datagram(const psock_message *message, size_t index)
{
    return index == 0 || (is_joined(message) && message->size > 0 &&
                          index <= (message->size - 1) / message->segment_size);
}

static int find(const psock_message *message, size_t index, psock_buffer *part)
{
    static unsigned char untouched;
    *part = (psock_buffer){&untouched, 1};
    const int found = psock_message_segment(message, index, part);
    if (found == 1) {
        require(has_datagram(message, index));
        require(lies_in_any(message, part) && part->size <= message->size);
        return 1;
    }
    require(found == PSOCK_EINVAL || !has_datagram(message, index));
    require(found == PSOCK_EINVAL || found == 0);
    require(part->data == &untouched && part->size == 1);
    return found;
}

/* --- Any size ------------------------------------------------------------- */

static void check_claim(struct subject *subject, struct input *input)
{
    psock_message *message = &subject->message;
    psock_buffer part;
    message->size = (size_t)take_number(input, (int)take_byte(input) % 9);
    for (int i = 0; i < 8; i++)
        find(message, (size_t)take_number(input, (int)take_byte(input) % 9),
             &part);
    find(message, 0, &part);
    find(message, message->size, &part);
    find(message, SIZE_MAX, &part);
}

/* --- An honest size ------------------------------------------------------- */

/* In one buffer, every datagram has the size, but for the last. */
static void check_tiles(const psock_message *message)
{
    const unsigned char *at = message->buffers[0].data;
    const size_t size =
        is_joined(message) ? message->segment_size : message->size;
    psock_buffer part;
    size_t left = message->size;
    size_t index = 0;
    do {
        require(find(message, index++, &part) == 1);
        require(part.data == at || part.size == 0);
        require(part.size == (left < size ? left : size));
        at += part.size;
        left -= part.size;
    } while (left > 0);
    require(find(message, index, &part) == 0);
}

static void check_honest(struct subject *subject)
{
    psock_message *message = &subject->message;
    if (message->buffer_count == 0)
        return;
    message->buffer_count = 1;
    message->size = room_of(message);
    check_tiles(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct subject subject;
    take_subject(&input, &subject);
    check_claim(&subject, &input);
    check_honest(&subject);
    free_subject(&subject);
    return 0;
}
