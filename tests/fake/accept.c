/* What accepting has beside its waiting. */
#include "sys_fake.h"

enum {
    LISTENER = 7,
    CONNECTION = 9
};

static psock_address peer;

static int set_the_stage(void **state)
{
    (void)state;
    return psock_address_loopback(PSOCK_IPV6, 80, &peer);
}

static psock_t accept_connection(psock_address *from, psock_deadline deadline)
{
    return handed_over(psock_accept(LISTENER, from, deadline));
}

/* --- The connection ------------------------------------------------------- */

static void connection_comes_with_its_peer(void **state)
{
    (void)state;
    psock_address address;
    expect_accept(LISTENER, &address, returns(PSOCK_EAGAIN));
    expect_wait(LISTENER, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_READ));
    expect_accept(LISTENER, &address, from(&peer, returns(CONNECTION)));
    assert_result(accept_connection(&address, in(ms(9))), CONNECTION);
    assert_int_equal(psock_address_compare(&address, &peer), 0);
}

static void peer_need_not_be_asked_for(void **state)
{
    (void)state;
    expect_accept(LISTENER, NULL, from(&peer, returns(CONNECTION)));
    assert_result(accept_connection(NULL, PSOCK_NOW), CONNECTION);
}

static void descriptor_zero_is_a_connection(void **state)
{
    (void)state;
    expect_accept(LISTENER, NULL, returns(0));
    assert_result(accept_connection(NULL, PSOCK_FOREVER), 0);
}

static void negative_listener_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_accept(-1, NULL, PSOCK_FOREVER), PSOCK_EBADF);
    assert_result(psock_accept(INTPTR_MIN, &peer, PSOCK_NOW), PSOCK_EBADF);
}

/* --- Connections that died in the queue ----------------------------------- */

static const int deaths[] = {PSOCK_ECONNABORTED, PSOCK_EPROTO, PSOCK_EINTR};

static void expect_all_deaths(void)
{
    for (size_t i = 0; i < COUNT_OF(deaths); i++)
        expect_accept(LISTENER, NULL, returns(deaths[i]));
}

static void dead_connections_are_passed_over_at_once(void **state)
{
    (void)state;
    const psock_deadline deadlines[] = {PSOCK_NOW, 1, in(ms(9)), PSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(deadlines); i++) {
        expect_all_deaths();
        expect_all_deaths();
        expect_accept(LISTENER, NULL, returns(CONNECTION));
        assert_result(accept_connection(NULL, deadlines[i]), CONNECTION);
    }
    assert_int_equal(script_clock_reads(), 0);
}

static void queue_may_be_empty_behind_the_dead(void **state)
{
    (void)state;
    expect_all_deaths();
    expect_accept(LISTENER, NULL, returns(PSOCK_EAGAIN));
    assert_result(accept_connection(NULL, PSOCK_NOW), PSOCK_EAGAIN);
}

static void dead_connection_after_a_wait_does_not_end_it(void **state)
{
    (void)state;
    expect_accept(LISTENER, NULL, returns(PSOCK_EAGAIN));
    expect_wait(LISTENER, PSOCK_SYS_READ, ms(9),
                after(ms(2), came(PSOCK_SYS_READ)));
    expect_all_deaths();
    expect_accept(LISTENER, NULL, returns(PSOCK_EAGAIN));
    expect_wait(LISTENER, PSOCK_SYS_READ, ms(7), came(PSOCK_SYS_READ));
    expect_accept(LISTENER, NULL, returns(CONNECTION));
    assert_result(accept_connection(NULL, in(ms(9))), CONNECTION);
}

/* --- Exhaustion ----------------------------------------------------------- */

static const int exhaustions[] = {PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOBUFS,
                                  PSOCK_ENOMEM};

static void exhaustion_is_told_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(exhaustions); i++) {
        expect_accept(LISTENER, NULL, returns(exhaustions[i]));
        assert_result(psock_accept(LISTENER, NULL, PSOCK_FOREVER),
                      exhaustions[i]);
        assert_int_equal(psock_error_native(), native_of(exhaustions[i]));
    }
}

static void exhaustion_after_a_wait_is_told_too(void **state)
{
    (void)state;
    expect_accept(LISTENER, NULL, returns(PSOCK_EAGAIN));
    expect_wait(LISTENER, PSOCK_SYS_READ, -1, came(PSOCK_SYS_READ));
    expect_accept(LISTENER, NULL, returns(PSOCK_ECONNABORTED));
    expect_accept(LISTENER, NULL, returns(PSOCK_EMFILE));
    assert_result(psock_accept(LISTENER, NULL, PSOCK_FOREVER), PSOCK_EMFILE);
}

static void peer_is_untouched_by_a_failure(void **state)
{
    (void)state;
    psock_address address = peer;
    expect_accept(LISTENER, &address, returns(PSOCK_EMFILE));
    assert_result(psock_accept(LISTENER, &address, PSOCK_NOW), PSOCK_EMFILE);
    expect_accept(LISTENER, &address, returns(PSOCK_EAGAIN));
    assert_result(psock_accept(LISTENER, &address, 1), PSOCK_ETIMEDOUT);
    assert_memory_equal(&address, &peer, sizeof peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(connection_comes_with_its_peer),
        test(peer_need_not_be_asked_for),
        test(descriptor_zero_is_a_connection),
        test(negative_listener_is_refused_without_a_call),
        test(dead_connections_are_passed_over_at_once),
        test(queue_may_be_empty_behind_the_dead),
        test(dead_connection_after_a_wait_does_not_end_it),
        test(exhaustion_is_told_at_once),
        test(exhaustion_after_a_wait_is_told_too),
        test(peer_is_untouched_by_a_failure),
    };
    return cmocka_run_group_tests_name("fake.accept", tests, set_the_stage,
                                       NULL);
}
