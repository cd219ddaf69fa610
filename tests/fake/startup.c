#include "sys_fake.h"

enum {
    SOCKET = 7,
    OTHER = 8
};

static void expect_start(void)
{
    expect_startup(returns(0));
}

static void expect_stop(void)
{
    expect_cleanup(returns(0));
}

static void expect_datagram(psock_t s)
{
    expect_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0, returns(s));
}

static psock_t open_datagram(void)
{
    return handed_over(psock_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0));
}

/* Uses psock where no start may be made. */
static void use_what_is_started(void)
{
    expect_datagram(SOCKET);
    assert_result(open_datagram(), SOCKET);
}

/* Uses psock where a start must be made. */
static void use_for_the_first_time(void)
{
    expect_start();
    use_what_is_started();
}

static void start_up(void)
{
    expect_start();
    assert_result(psock_startup(), 0);
}

static void clean_up(int stops)
{
    for (int i = 0; i < stops; i++)
        expect_stop();
    assert_result(psock_cleanup(), 0);
}

/* --- The automatic start -------------------------------------------------- */

static void first_use_starts_and_later_ones_do_not(void **state)
{
    (void)state;
    use_for_the_first_time();
    use_what_is_started();
    use_what_is_started();
    expect_adopt(OTHER, returns(0));
    assert_result(psock_native_adopt(OTHER), OTHER);
}

static void failed_start_is_told_and_nothing_is_opened(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_ENETDOWN, PSOCK_ENOTSUP, PSOCK_EMFILE,
                                 PSOCK_ENOMEM, PSOCK_EAGAIN};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_startup(returns(errors[i]));
        assert_result(open_datagram(), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

static void failed_start_is_tried_again_by_the_next_use(void **state)
{
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(open_datagram(), PSOCK_ENETDOWN);
    use_for_the_first_time();
    use_what_is_started();
}

static void what_needs_no_system_does_not_start_it(void **state)
{
    (void)state;
    psock_address address;
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    assert_result(psock_address_parse("[::1]:80", &address), 0);
    assert_result(psock_address_format(&address, 0, text, sizeof text), 8);
    assert_true(psock_error_describe(PSOCK_EIO, text, sizeof text) > 0);
    assert_true(psock_deadline_ms(1) > 0);
    assert_non_null(psock_version());
}

/* --- Starts, counted ------------------------------------------------------ */

static void each_startup_is_one_start_and_each_cleanup_one_stop(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        start_up();
    for (int i = 0; i < 3; i++)
        clean_up(1);
}

static void cleanup_without_startup_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_cleanup(), PSOCK_EINVAL);
    start_up();
    clean_up(1);
    assert_result(psock_cleanup(), PSOCK_EINVAL);
}

static void automatic_start_is_no_startup(void **state)
{
    (void)state;
    use_for_the_first_time();
    assert_result(psock_cleanup(), PSOCK_EINVAL);
    use_what_is_started();
}

static void failed_startup_is_not_counted(void **state)
{
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_startup(), PSOCK_ENETDOWN);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ENETDOWN));
    assert_result(psock_cleanup(), PSOCK_EINVAL);
}

/* The automatic start must outlive a plug-in that counts its own. */
static void startup_does_not_stand_in_for_the_automatic_start(void **state)
{
    (void)state;
    start_up();
    use_for_the_first_time();
    clean_up(2);
}

static void last_cleanup_undoes_the_automatic_start_too(void **state)
{
    (void)state;
    use_for_the_first_time();
    start_up();
    start_up();
    clean_up(1);
    use_what_is_started();
    clean_up(2);
}

static void next_use_after_the_last_cleanup_starts_anew(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        start_up();
        use_for_the_first_time();
        use_what_is_started();
        clean_up(2);
    }
    use_for_the_first_time();
}

/* --- Two threads at once -------------------------------------------------- */

/* While this thread is inside a start or stop, another does all of these.  The
 * script holds the calls of both, in the order in which they are made. */
static void open_elsewhere(void)
{
    assert_result(open_datagram(), OTHER);
}

static void start_up_elsewhere(void)
{
    assert_result(psock_startup(), 0);
}

static void clean_up_elsewhere(void)
{
    assert_result(psock_cleanup(), 0);
}

static void slower_of_two_starts_is_undone(void **state)
{
    (void)state;
    expect_startup(while_doing(open_elsewhere, returns(0)));
    expect_start();
    expect_datagram(OTHER);
    expect_stop();
    expect_datagram(SOCKET);
    assert_result(open_datagram(), SOCKET);
    use_what_is_started();
}

static void start_that_fails_beside_one_that_works_is_told(void **state)
{
    (void)state;
    expect_startup(while_doing(open_elsewhere, returns(PSOCK_ENOMEM)));
    expect_start();
    expect_datagram(OTHER);
    assert_result(open_datagram(), PSOCK_ENOMEM);
    use_what_is_started();
}

static void startup_beside_the_last_cleanup_keeps_its_start(void **state)
{
    (void)state;
    use_for_the_first_time();
    start_up();
    expect_cleanup(while_doing(start_up_elsewhere, returns(0)));
    expect_start();
    expect_stop();
    assert_result(psock_cleanup(), 0);
    use_for_the_first_time();
    clean_up(2);
}

static void automatic_start_is_undone_by_one_of_two_cleanups(void **state)
{
    (void)state;
    use_for_the_first_time();
    start_up();
    start_up();
    expect_cleanup(while_doing(clean_up_elsewhere, returns(0)));
    expect_stop();
    expect_stop();
    assert_result(psock_cleanup(), 0);
    use_for_the_first_time();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(first_use_starts_and_later_ones_do_not),
        test(failed_start_is_told_and_nothing_is_opened),
        test(failed_start_is_tried_again_by_the_next_use),
        test(what_needs_no_system_does_not_start_it),
        test(each_startup_is_one_start_and_each_cleanup_one_stop),
        test(cleanup_without_startup_is_refused_without_a_call),
        test(automatic_start_is_no_startup),
        test(failed_startup_is_not_counted),
        test(startup_does_not_stand_in_for_the_automatic_start),
        test(last_cleanup_undoes_the_automatic_start_too),
        test(next_use_after_the_last_cleanup_starts_anew),
        test(slower_of_two_starts_is_undone),
        test(start_that_fails_beside_one_that_works_is_told),
        test(startup_beside_the_last_cleanup_keeps_its_start),
        test(automatic_start_is_undone_by_one_of_two_cleanups),
    };
    return cmocka_run_group_tests_name("fake.startup", tests, NULL, NULL);
}
