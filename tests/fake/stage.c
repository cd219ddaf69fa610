#include "stage.h"

psock_poller *poller;
struct psock_sys_poller system_poller;

psock_poller *open_on(struct psock_sys_poller *made)
{
    psock_poller *opened = NULL;
    expect_poller_open(gives(made, returns(0)));
    assert_result(psock_poller_open(&opened), 0);
    return opened;
}

void close_on(psock_poller *opened, const struct psock_sys_poller *made)
{
    expect_poller_close(made, returns(0));
    assert_result(psock_poller_close(opened), 0);
}

int begin_open(void **state)
{
    fake_begin(state);
    expect_startup(returns(0));
    poller = open_on(&system_poller);
    return 0;
}

int end_open(void **state)
{
    close_on(poller, &system_poller);
    return fake_end(state);
}
