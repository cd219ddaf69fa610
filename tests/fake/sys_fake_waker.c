/* sys_fake_waker.c: what src/posix/sys_waker.c has, from the script. */
#include "sys_fake.h"

#include "net.h"

/* --- The book of wakers --------------------------------------------------- */

static int open_wakers;

void fake_begin_wakers(void)
{
    open_wakers = 0;
}

const char *fake_leaked_waker(void)
{
    return open_wakers == 0 ? NULL : "a waker was opened, and not closed";
}

/* --- open, close ---------------------------------------------------------- */

static struct call open_call(void)
{
    return (struct call){.name = "waker_open"};
}

static struct call close_call(const psock_waker *waker)
{
    return FAKE_CALL("waker_close", fake_place(waker));
}

void expect_waker_open(struct answer answer)
{
    fake_expect(open_call(), answer);
}

void expect_waker_close(const psock_waker *waker, struct answer answer)
{
    fake_expect(close_call(waker), answer);
}

int psock_sys_waker_open(psock_waker **waker)
{
    fake_require(waker != NULL);
    fake_require_started();
    if (net_is_there())
        return net_waker_open(waker);
    struct answer answer = fake_answer(open_call());
    if (answer.result == 0) {
        *waker = answer.object;
        open_wakers++;
    }
    return (int)answer.result;
}

void psock_sys_waker_close(psock_waker *waker)
{
    if (net_is_there()) {
        net_waker_close(waker);
        return;
    }
    open_wakers--;
    fake_require(open_wakers >= 0);
    fake_leave_pollers(waker->descriptor);
    fake_answer_quietly(close_call(waker));
}

/* --- ring, reset ---------------------------------------------------------- */

static struct call ring_call(const psock_waker *waker)
{
    return FAKE_CALL("waker_ring", fake_place(waker));
}

static struct call reset_call(const psock_waker *waker)
{
    return FAKE_CALL("waker_reset", fake_place(waker));
}

void expect_waker_ring(const psock_waker *waker, struct answer answer)
{
    fake_expect(ring_call(waker), answer);
}

void expect_waker_reset(const psock_waker *waker, struct answer answer)
{
    fake_expect(reset_call(waker), answer);
}

void psock_sys_waker_ring(psock_waker *waker)
{
    fake_require(waker != NULL);
    if (net_is_there())
        net_waker_ring(waker);
    else
        fake_answer_quietly(ring_call(waker));
}

_Bool psock_sys_waker_reset(psock_waker *waker)
{
    fake_require(waker != NULL);
    if (net_is_there())
        return net_waker_reset(waker);
    return fake_answer(reset_call(waker)).result != 0;
}

/* --- descriptor ----------------------------------------------------------- */

psock_t psock_sys_waker_descriptor(const psock_waker *waker)
{
    fake_require(waker != NULL);
    return waker->descriptor;
}
