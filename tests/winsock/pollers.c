/* pollers.c: opening, filling and asking pollers. */
#include "pollers.h"

char pollers_token;

psock_poller *pollers_open(void)
{
    psock_poller *poller = NULL;
    assert_int_equal(psock_poller_open(&poller), 0);
    return poller;
}

void pollers_close(psock_poller *poller)
{
    assert_int_equal(psock_poller_close(poller), 0);
    assert_int_equal(fake_open_ports(), 0);
    assert_int_equal(fake_open_devices(), 0);
    assert_int_equal(fake_pending_polls(), 0);
}

void pollers_add(psock_poller *poller, psock_t s, uint32_t wanted)
{
    assert_int_equal(psock_poller_add(poller, s, wanted, &pollers_token), 0);
}

void pollers_modify(psock_poller *poller, psock_t s, uint32_t wanted)
{
    assert_int_equal(psock_poller_modify(poller, s, wanted), 0);
}

psock_poller *pollers_with(psock_t s, uint32_t wanted)
{
    psock_poller *poller = pollers_open();
    pollers_add(poller, s, wanted);
    return poller;
}

uint32_t pollers_came_by(psock_poller *poller, psock_deadline deadline)
{
    psock_poller_event events[4] = {{0}};
    int result = psock_poller_wait(poller, events, 4, deadline);
    if (result == 1) {
        assert_ptr_equal(events[0].token, &pollers_token);
        assert_int_not_equal(events[0].came, 0);
        return events[0].came;
    }
    assert_int_equal(result, deadline == PSOCK_NOW ? PSOCK_EAGAIN : 1);
    return 0;
}

uint32_t pollers_came_now(psock_poller *poller)
{
    return pollers_came_by(poller, PSOCK_NOW);
}

int pollers_wait_one(psock_poller *poller, psock_deadline deadline)
{
    psock_poller_event event;
    return psock_poller_wait(poller, &event, 1, deadline);
}
