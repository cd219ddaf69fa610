/* sys_fake_io.c: what src/posix/sys_io.c has, from the script.
 *
 * What is sent is checked by its place and size: nothing may copy it on the
 * way. */
#include "sys_fake.h"

#include <string.h>

#define RECEIVE_FLAGS (PSOCK_PEEK | PSOCK_SYS_MAY_WAIT)

static void require_memory(const void *memory, size_t size)
{
    fake_require(memory != NULL || size == 0);
}

static void require_buffers(const psock_buffer *buffers, size_t count)
{
    size_t room = PTRDIFF_MAX;
    fake_require(count <= PSOCK_BUFFERS_MAX);
    fake_require(buffers != NULL || count == 0);
    for (size_t i = 0; i < count; i++) {
        require_memory(buffers[i].data, buffers[i].size);
        fake_require(buffers[i].size <= room);
        room -= buffers[i].size;
    }
}

/* Puts the data of `answer` into the buffers, one after the other. */
static ptrdiff_t received(struct answer answer, const psock_buffer *buffers,
                          size_t count)
{
    size_t rest = answer.data == NULL ? 0 : (size_t)answer.result;
    for (size_t i = 0; i < count && rest > 0; i++) {
        size_t part = rest < buffers[i].size ? rest : buffers[i].size;
        if (part > 0)
            memcpy(buffers[i].data, answer.data, part);
        answer.data += part;
        rest -= part;
    }
    fake_require(rest == 0);
    return answer.result;
}

/* --- send, recv ----------------------------------------------------------- */

static struct call send_call(psock_t s, const void *data, size_t size)
{
    struct call call = FAKE_CALL("send", s, fake_place(data), (int64_t)size);
    call.bytes = data;
    call.byte_count = size;
    return call;
}

static struct call recv_call(psock_t s, const void *buffer, size_t size,
                             unsigned flags)
{
    return FAKE_CALL("recv", s, fake_place(buffer), (int64_t)size, flags);
}

void expect_send(psock_t s, const void *data, size_t size, struct answer answer)
{
    struct call call = send_call(s, data, size);
    call.bytes = script_any_bytes;
    fake_expect(call, answer);
}

void expect_send_of(psock_t s, const void *bytes, size_t size,
                    struct answer answer)
{
    struct call call = send_call(s, ANYWHERE, size);
    call.bytes = bytes;
    fake_expect(call, answer);
}

void expect_recv(psock_t s, const void *buffer, size_t size, unsigned flags,
                 struct answer answer)
{
    fake_expect(recv_call(s, buffer, size, flags), answer);
}

ptrdiff_t psock_sys_send(psock_t s, const void *data, size_t size)
{
    require_memory(data, size);
    return fake_answer(send_call(s, data, size)).result;
}

ptrdiff_t psock_sys_recv(psock_t s, void *buffer, size_t size, unsigned flags)
{
    require_memory(buffer, size);
    fake_require((flags & ~RECEIVE_FLAGS) == 0);
    psock_buffer whole = {buffer, size};
    return received(fake_answer(recv_call(s, buffer, size, flags)), &whole, 1);
}

/* --- send_to, recv_from --------------------------------------------------- */

static struct call send_to_call(psock_t s, const void *data, size_t size,
                                const psock_address *peer)
{
    struct call call = FAKE_CALL("send_to", s, fake_place(data), (int64_t)size);
    call.address = *peer;
    return call;
}

static struct call recv_from_call(psock_t s, const void *buffer, size_t size,
                                  unsigned flags, const psock_address *peer)
{
    return FAKE_CALL("recv_from", s, fake_place(buffer), (int64_t)size, flags,
                     fake_place(peer));
}

void expect_send_to(psock_t s, const void *data, size_t size,
                    const psock_address *peer, struct answer answer)
{
    fake_expect(send_to_call(s, data, size, peer), answer);
}

void expect_recv_from(psock_t s, const void *buffer, size_t size,
                      unsigned flags, const psock_address *peer,
                      struct answer answer)
{
    fake_expect(recv_from_call(s, buffer, size, flags, peer), answer);
}

ptrdiff_t psock_sys_send_to(psock_t s, const void *data, size_t size,
                            const psock_address *peer)
{
    require_memory(data, size);
    fake_require(peer != NULL);
    return fake_answer(send_to_call(s, data, size, peer)).result;
}

ptrdiff_t psock_sys_recv_from(psock_t s, void *buffer, size_t size,
                              unsigned flags, psock_address *peer)
{
    require_memory(buffer, size);
    fake_require((flags & ~RECEIVE_FLAGS) == 0);
    psock_buffer whole = {buffer, size};
    struct answer answer =
        fake_answer(recv_from_call(s, buffer, size, flags, peer));
    if (answer.result >= 0 && peer != NULL)
        *peer = answer.address;
    return received(answer, &whole, 1);
}

/* --- send_vector, recv_vector --------------------------------------------- */

static struct call send_vector_call(psock_t s, const psock_buffer *buffers,
                                    size_t count)
{
    return FAKE_CALL("send_vector", s, fake_place(buffers), (int64_t)count);
}

static struct call recv_vector_call(psock_t s, const psock_buffer *buffers,
                                    size_t count, unsigned flags)
{
    return FAKE_CALL("recv_vector", s, fake_place(buffers), (int64_t)count,
                     flags);
}

void expect_send_vector(psock_t s, const psock_buffer *buffers, size_t count,
                        struct answer answer)
{
    fake_expect(send_vector_call(s, buffers, count), answer);
}

void expect_recv_vector(psock_t s, const psock_buffer *buffers, size_t count,
                        unsigned flags, struct answer answer)
{
    fake_expect(recv_vector_call(s, buffers, count, flags), answer);
}

ptrdiff_t psock_sys_send_vector(psock_t s, const psock_buffer *buffers,
                                size_t count)
{
    require_buffers(buffers, count);
    return fake_answer(send_vector_call(s, buffers, count)).result;
}

ptrdiff_t psock_sys_recv_vector(psock_t s, const psock_buffer *buffers,
                                size_t count, unsigned flags)
{
    require_buffers(buffers, count);
    fake_require((flags & ~RECEIVE_FLAGS) == 0);
    return received(fake_answer(recv_vector_call(s, buffers, count, flags)),
                    buffers, count);
}

/* --- send_urgent, recv_urgent --------------------------------------------- */

static struct call send_urgent_call(psock_t s, unsigned char byte)
{
    return FAKE_CALL("send_urgent", s, byte);
}

static struct call recv_urgent_call(psock_t s)
{
    return FAKE_CALL("recv_urgent", s);
}

void expect_send_urgent(psock_t s, unsigned char byte, struct answer answer)
{
    fake_expect(send_urgent_call(s, byte), answer);
}

void expect_recv_urgent(psock_t s, struct answer answer)
{
    fake_expect(recv_urgent_call(s), answer);
}

int psock_sys_send_urgent(psock_t s, unsigned char byte)
{
    return (int)fake_answer(send_urgent_call(s, byte)).result;
}

int psock_sys_recv_urgent(psock_t s)
{
    return (int)fake_answer(recv_urgent_call(s)).result;
}
