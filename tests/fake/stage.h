/* stage.h: what the tests of pollers start from: one that is open. */
#ifndef PSOCK_TESTS_FAKE_STAGE_H
#define PSOCK_TESTS_FAKE_STAGE_H

#include "sys_fake.h"

extern psock_poller *poller;
extern struct psock_sys_poller system_poller;

/* Opens a poller which the system makes as `made`, and closes it. */
psock_poller *open_on(struct psock_sys_poller *made);
void close_on(psock_poller *opened, const struct psock_sys_poller *made);

int begin_open(void **state);
int end_open(void **state);

/* A test that finds `poller` open on `system_poller` and leaves it so. */
#define test_open(claim)                                                       \
    cmocka_unit_test_setup_teardown(claim, begin_open, end_open)

#endif
