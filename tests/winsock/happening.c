/* happening.c: what happens to a socket while it is waited for. */
#include "happening.h"

void happening_data(void *context)
{
    scene_send(((struct happening *)context)->peer, "came");
}

void happening_urgent_byte(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_send_urgent(happening->peer, '!', PSOCK_NOW), 0);
}

void happening_end(void *context)
{
    struct happening *happening = context;
    assert_int_equal(psock_shutdown(happening->peer, PSOCK_SHUT_WRITE), 0);
}

void happening_reset(void *context)
{
    fake_break(((struct happening *)context)->s, WSAECONNRESET);
}

static void shut(const struct happening *happening, int how)
{
    assert_int_equal(psock_shutdown(happening->s, how), 0);
}

void happening_shut_reading(void *context)
{
    shut(context, PSOCK_SHUT_READ);
}

void happening_shut_writing(void *context)
{
    shut(context, PSOCK_SHUT_WRITE);
}

void happening_shut_both(void *context)
{
    shut(context, PSOCK_SHUT_BOTH);
}

void happening_cancels(void *context)
{
    fake_cancel_polls();
    happening_data(context);
}

void happening_refusal(void *context)
{
    fake_decide_connect(*(psock_t *)context, WSAECONNREFUSED);
}

void happening_success(void *context)
{
    fake_decide_connect(*(psock_t *)context, 0);
}

void happening_ring(void *context)
{
    assert_int_equal(psock_waker_ring(context), 0);
}

const struct ending happening_endings[ENDING_COUNT] = {
    {happening_data, PSOCK_READABLE, PSOCK_READABLE},
    {happening_urgent_byte, PSOCK_URGENT, PSOCK_URGENT},
    {happening_end, PSOCK_READABLE, PSOCK_READABLE | PSOCK_READ_ENDED},
    {happening_end, PSOCK_READ_ENDED, PSOCK_READ_ENDED},
    {happening_reset, PSOCK_READ_ENDED, BROKEN_BITS},
    {happening_shut_reading, PSOCK_READABLE, PSOCK_READABLE | PSOCK_READ_ENDED},
    {happening_shut_both, 0, HUNG_UP_BITS},
    {happening_reset, PSOCK_URGENT, BROKEN_BITS & ~PSOCK_READ_ENDED},
    {happening_reset, 0, BROKEN_BITS & ~PSOCK_READ_ENDED},
};
