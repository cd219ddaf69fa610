/* sys_fake_message.c: what src/posix/sys_message.c has, from the script.
 *
 * What is sent is checked by content: where the data lie and how long they are,
 * however many buffers say so, and every member that `valid` names.  Where the
 * messages themselves lie is policy's business. */
#include "sys_fake.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SEND_BITS                                                              \
    (PSOCK_META_LOCAL | PSOCK_META_INTERFACE | PSOCK_META_ECN |                \
     PSOCK_META_TRAFFIC_CLASS | PSOCK_META_HOP_LIMIT |                         \
     PSOCK_META_SEGMENT_SIZE | PSOCK_META_DONT_FRAGMENT)
#define RECEIVE_BITS                                                           \
    (PSOCK_META_LOCAL | PSOCK_META_INTERFACE | PSOCK_META_ECN |                \
     PSOCK_META_TRAFFIC_CLASS | PSOCK_META_HOP_LIMIT |                         \
     PSOCK_META_SEGMENT_SIZE | PSOCK_META_TIMESTAMP |                          \
     PSOCK_META_SEGMENT_SIZE_ANYWAY)
#define RECEIVE_FLAGS (PSOCK_PEEK | PSOCK_WITH_UNDELIVERED | PSOCK_SYS_MAY_WAIT)

/* --- Messages as text ----------------------------------------------------- */

enum {
    TEXTS = 256,     /* of one test, and the last for what is called */
    TEXT_SIZE = 4096 /* of one call */
};

static char texts[TEXTS][TEXT_SIZE];
static size_t text_count;

void fake_begin_messages(void)
{
    text_count = 0;
}

/* A text that grows; what does not fit is counted into a hash instead, so that it
 * still tells messages apart. */
struct text {
    char *bytes;
    size_t length;
    uint64_t rest;
};

static void add_byte(struct text *text, char byte)
{
    if (text->length < TEXT_SIZE - 32)
        text->bytes[text->length++] = byte;
    else
        text->rest =
            (text->rest ^ (unsigned char)byte) * UINT64_C(0x100000001b3);
}

static void add(struct text *text, const char *word, int64_t number)
{
    char part[48];
    const int length =
        snprintf(part, sizeof part, "%s%" PRId64 " ", word, number);
    for (int i = 0; i < length; i++)
        add_byte(text, part[i]);
}

static void add_address(struct text *text, const char *word,
                        const psock_address *address)
{
    add(text, word, (int64_t)psock_address_hash(address, 1));
}

/* Buffers that go on where the one before ends count as one. */
static void add_data(struct text *text, const psock_message *message)
{
    const unsigned char *begin = NULL;
    size_t size = 0;
    for (size_t i = 0; i < message->buffer_count; i++) {
        const psock_buffer *buffer = &message->buffers[i];
        if (size > 0 && buffer->size > 0 && begin + size != buffer->data) {
            add(text, "@", fake_place(begin));
            add(text, "", (int64_t)size);
            size = 0;
        }
        if (size == 0 && buffer->size > 0)
            begin = buffer->data;
        size += buffer->size;
    }
    add(text, "@", size > 0 ? fake_place(begin) : 0);
    add(text, "", (int64_t)size);
}

static void add_metadata(struct text *text, const psock_message *message)
{
    const uint32_t valid = message->valid;
    if ((valid & PSOCK_META_SEGMENT_SIZE) != 0)
        add(text, "segments ", message->segment_size);
    if ((valid & PSOCK_META_LOCAL) != 0)
        add_address(text, "local ", &message->local);
    if ((valid & PSOCK_META_INTERFACE) != 0)
        add(text, "interface ", message->interface_index);
    if ((valid & PSOCK_META_ECN) != 0)
        add(text, "ecn ", message->ecn);
    if ((valid & PSOCK_META_TRAFFIC_CLASS) != 0)
        add(text, "class ", message->traffic_class);
    if ((valid & PSOCK_META_HOP_LIMIT) != 0)
        add(text, "hops ", message->hop_limit);
    if ((valid & PSOCK_META_DONT_FRAGMENT) != 0)
        add(text, "whole ", message->dont_fragment);
}

static void add_message(struct text *text, const psock_message *message)
{
    add_byte(text, '[');
    add_data(text, message);
    add_metadata(text, message);
    if (message->peer.length > 0)
        add_address(text, "to ", &message->peer);
    if (message->control != NULL)
        add(text, "control ", fake_place(message->control));
    add_byte(text, ']');
}

static const char *text_of(const psock_message *messages, size_t count,
                           size_t place)
{
    struct text text = {.bytes = texts[place]};
    for (size_t i = 0; i < count; i++)
        add_message(&text, &messages[i]);
    snprintf(text.bytes + text.length, 32, "%" PRIx64, text.rest);
    return text.bytes;
}

/* --- send ----------------------------------------------------------------- */

static struct call send_call(psock_t s, const psock_message *messages,
                             size_t count, size_t place)
{
    struct call call = FAKE_CALL("send_messages", s, (int64_t)count);
    call.text = text_of(messages, count, place);
    return call;
}

void expect_send_messages(psock_t s, const psock_message *messages,
                          size_t count, struct answer answer)
{
    fake_require(text_count < TEXTS - 1);
    fake_expect(send_call(s, messages, count, text_count++), answer);
}

void expect_send_of_messages(psock_t s, size_t count, struct answer answer)
{
    struct call call = FAKE_CALL("send_messages", s, (int64_t)count);
    call.text = script_any_text;
    fake_expect(call, answer);
}

static size_t size_of(const psock_message *message)
{
    size_t size = 0;
    for (size_t i = 0; i < message->buffer_count; i++)
        size += message->buffers[i].size;
    return size;
}

static void require_buffers(const psock_message *message)
{
    size_t room = PTRDIFF_MAX;
    fake_require(message->buffer_count <= PSOCK_MESSAGE_BUFFERS_MAX);
    fake_require(message->buffers != NULL || message->buffer_count == 0);
    for (size_t i = 0; i < message->buffer_count; i++) {
        const psock_buffer *buffer = &message->buffers[i];
        fake_require(buffer->data != NULL || buffer->size == 0);
        fake_require(buffer->size <= room);
        room -= buffer->size;
    }
}

static void require_control_to_send(const psock_control *control)
{
    fake_require(control->bytes != NULL || control->size == 0);
    fake_require(control->size <= control->room);
    fake_require(control->size <= PSOCK_CONTROL_MAX);
}

static void require_control_to_fill(const psock_control *control)
{
    fake_require(control->bytes != NULL || control->room == 0);
}

/* Whether a system that cuts can be given so much at once: as many segments and
 * bytes as every one takes. */
static _Bool is_cuttable(const psock_message *message)
{
    const size_t size = size_of(message);
    const size_t segment = message->segment_size;
    return segment > 0 &&
           (size <= segment || (size <= 65000 && size <= 64 * segment));
}

static void require_metadata(const psock_message *message)
{
    const uint32_t valid = message->valid;
    fake_require((valid & ~(uint32_t)SEND_BITS) == 0);
    fake_require((valid & PSOCK_META_SEGMENT_SIZE) == 0 ||
                 is_cuttable(message));
    fake_require((valid & PSOCK_META_ECN) == 0 || message->ecn <= 3);
    fake_require((valid & PSOCK_META_HOP_LIMIT) == 0 || message->hop_limit > 0);
    fake_require((valid & PSOCK_META_DONT_FRAGMENT) == 0 ||
                 message->dont_fragment <= 1);
}

static void require_message(const psock_message *message)
{
    require_buffers(message);
    require_metadata(message);
    if (message->control != NULL)
        require_control_to_send(message->control);
}

ptrdiff_t psock_sys_send_messages(psock_t s, psock_message *messages,
                                  size_t count)
{
    fake_require(messages != NULL && count > 0);
    for (size_t i = 0; i < count; i++)
        require_message(&messages[i]);
    struct answer answer =
        fake_answer(send_call(s, messages, count, TEXTS - 1));
    fake_require(answer.result <= (ptrdiff_t)count);
    for (ptrdiff_t i = 0; i < answer.result; i++)
        messages[i].size = size_of(&messages[i]);
    return answer.result;
}

/* --- recv ----------------------------------------------------------------- */

static struct call recv_call(psock_t s, const psock_message *messages,
                             size_t count, unsigned flags)
{
    return FAKE_CALL("recv_messages", s, fake_place(messages), (int64_t)count,
                     flags);
}

void expect_recv_messages(psock_t s, const psock_message *messages,
                          size_t count, unsigned flags, struct answer answer)
{
    fake_expect(recv_call(s, messages, count, flags), answer);
}

/* Puts one that came, the data of whose buffers are the data, in its place. */
static void receive(const psock_message *came, psock_message *message)
{
    const psock_buffer *buffers = message->buffers;
    const size_t buffer_count = message->buffer_count;
    psock_control *control = message->control;
    const unsigned char *data =
        came->buffer_count > 0 ? came->buffers[0].data : NULL;
    size_t rest = came->buffer_count > 0 ? came->buffers[0].size : 0;
    for (size_t i = 0; i < buffer_count && rest > 0; i++) {
        const size_t part = rest < buffers[i].size ? rest : buffers[i].size;
        if (part > 0)
            memcpy(buffers[i].data, data, part);
        data += part;
        rest -= part;
    }
    *message = *came;
    message->buffers = buffers;
    message->buffer_count = buffer_count;
    message->control = control;
}

ptrdiff_t psock_sys_recv_messages(psock_t s, psock_message *messages,
                                  size_t count, unsigned flags)
{
    fake_require(messages != NULL && count > 0);
    fake_require((flags & ~RECEIVE_FLAGS) == 0);
    for (size_t i = 0; i < count; i++) {
        require_buffers(&messages[i]);
        if (messages[i].control != NULL)
            require_control_to_fill(messages[i].control);
    }
    struct answer answer = fake_answer(recv_call(s, messages, count, flags));
    fake_require(answer.result <= (ptrdiff_t)count);
    for (ptrdiff_t i = 0; i < answer.result && answer.messages != NULL; i++)
        receive(&answer.messages[i], &messages[i]);
    return answer.result;
}

/* --- Reports -------------------------------------------------------------- */

static struct call drop_call(psock_t s)
{
    return FAKE_CALL("drop_undelivered", s);
}

void expect_drop_undelivered(psock_t s, struct answer answer)
{
    fake_expect(drop_call(s), answer);
}

void psock_sys_drop_undelivered(psock_t s)
{
    fake_answer(drop_call(s));
}

/* --- What is wanted ------------------------------------------------------- */

static struct call want_metadata_call(psock_t s, unsigned wanted)
{
    return FAKE_CALL("want_metadata", s, wanted);
}

static struct call want_undelivered_call(psock_t s, int wanted)
{
    return FAKE_CALL("want_undelivered", s, wanted);
}

void expect_want_metadata(psock_t s, unsigned wanted, struct answer answer)
{
    fake_expect(want_metadata_call(s, wanted), answer);
}

void expect_want_undelivered(psock_t s, int wanted, struct answer answer)
{
    fake_expect(want_undelivered_call(s, wanted), answer);
}

int psock_sys_want_metadata(psock_t s, unsigned wanted)
{
    fake_require((wanted & ~(unsigned)RECEIVE_BITS) == 0);
    return (int)fake_answer(want_metadata_call(s, wanted)).result;
}

int psock_sys_want_undelivered(psock_t s, int wanted)
{
    return (int)fake_answer(want_undelivered_call(s, wanted)).result;
}

/* --- Batches -------------------------------------------------------------- */

static struct call batches_call(void)
{
    return (struct call){.name = "batches"};
}

void expect_batches(struct answer answer)
{
    fake_expect(batches_call(), answer);
}

int psock_sys_batches(void)
{
    return (int)fake_answer(batches_call()).result;
}
