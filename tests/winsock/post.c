/* post.c: messages for the tests of psock on the fake Winsock. */
#include "post.h"

void post_make(struct post *post, size_t size, const psock_address *peer)
{
    post_empty(post, size);
    memset(post->bytes, 'm', size);
    if (peer != NULL)
        post->message.peer = *peer;
}

void post_empty(struct post *post, size_t size)
{
    memset(post, 0, sizeof *post);
    post->buffer = (psock_buffer){post->bytes, size};
    post->message.buffers = &post->buffer;
    post->message.buffer_count = 1;
}

ptrdiff_t post_send(psock_t s, struct post *post)
{
    return psock_send_messages(s, &post->message, 1, 0, PSOCK_NOW);
}

ptrdiff_t post_receive(psock_t s, struct post *post, unsigned flags)
{
    return psock_recv_messages(s, &post->message, 1, flags, PSOCK_NOW);
}

void post_expect(psock_t s, struct post *post)
{
    post_empty(post, POST_ROOM);
    assert_int_equal(post_receive(s, post, 0), 1);
}

psock_t post_open(int family, unsigned flags, const char *loopback,
                  psock_address *where)
{
    psock_address any;
    psock_t s = psock_open(family, PSOCK_DATAGRAM, flags);
    assert_true(s >= 0);
    assert_int_equal(psock_address_any(family, 0, &any), 0);
    assert_int_equal(psock_bind(s, &any, PSOCK_BIND_FRESH), 0);
    assert_int_equal(psock_local(s, &any), 0);
    *where = scene_address(loopback);
    assert_int_equal(psock_address_set_port(where, psock_address_port(&any)),
                     0);
    return s;
}
