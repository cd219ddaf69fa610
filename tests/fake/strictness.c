/* The fake's own claim: it lets nothing pass that a test did not expect. */
#include "sys_fake.h"

#include <string.h>

static struct call call_of(const char *name, int64_t first, int64_t second)
{
    return (struct call){
        .name = name, .arguments = {first, second}, .count = 2};
}

/* Takes an answer for a call, which must be the next. */
static void check_taken(struct call call, ptrdiff_t result)
{
    struct answer answer;
    assert_null(script_take(&call, &answer));
    assert_int_equal(answer.result, result);
}

static void check_complaint(struct call call, const char *expected)
{
    struct answer answer;
    const char *complaint = script_take(&call, &answer);
    assert_non_null(complaint);
    assert_string_equal(complaint, expected);
}

/* Each of these leaves a script of its own behind. */
static int empty_the_script(void **state)
{
    script_begin();
    return fake_end(state);
}

#define test_script(claim)                                                     \
    cmocka_unit_test_setup_teardown(claim, fake_begin, empty_the_script)

static void calls_are_answered_in_their_order(void **state)
{
    (void)state;
    script_add(call_of("recv", 7, 1), returns(5));
    script_add(call_of("recv", 7, 1), returns(6));
    check_taken(call_of("recv", 7, 1), 5);
    check_taken(call_of("recv", 7, 1), 6);
    assert_null(script_left_over());
}

static void call_that_nobody_expects_is_refused(void **state)
{
    (void)state;
    check_complaint(call_of("recv", 7, 1),
                    "step 1 of 0 is not there, called is recv(7, 1)");
}

static void call_out_of_its_order_is_refused(void **state)
{
    (void)state;
    script_add(call_of("send", 7, 1), returns(5));
    script_add(call_of("recv", 7, 1), returns(5));
    check_complaint(call_of("recv", 7, 1),
                    "step 1 of 2 is send(7, 1), called is recv(7, 1)");
}

static void every_argument_counts(void **state)
{
    (void)state;
    script_add(call_of("wait", 7, 1), returns(5));
    check_complaint(call_of("wait", 8, 1),
                    "step 1 of 1 is wait(7, 1), called is wait(8, 1)");
    check_complaint(call_of("wait", 7, -1),
                    "step 1 of 1 is wait(7, 1), called is wait(7, -1)");
    check_taken(call_of("wait", 7, 1), 5);
}

static void every_byte_of_an_address_counts(void **state)
{
    (void)state;
    struct call call = call_of("bind", 7, 0);
    script_add(call, returns(0));
    call.address.storage.bytes[127] = 1;
    check_complaint(call, "step 1 of 1 is bind(7, 0) with another address, "
                          "called is bind(7, 0)");
}

static void second_address_counts(void **state)
{
    (void)state;
    struct call call = call_of("multicast", 7, 0);
    script_add(call, returns(0));
    call.second.length = 1;
    check_complaint(call, "step 1 of 1 is multicast(7, 0) with another "
                          "address, called is multicast(7, 0)");
}

static void every_byte_of_what_is_sent_counts(void **state)
{
    (void)state;
    struct call call = call_of("send_carrying", 7, 0);
    call.bytes = "abc";
    call.byte_count = 3;
    script_add(call, returns(0));
    call.bytes = "abd";
    check_complaint(call, "step 1 of 1 is send_carrying(7, 0) with other "
                          "bytes, called is send_carrying(7, 0)");
    call.bytes = "abc";
    call.byte_count = 2;
    check_complaint(call, "step 1 of 1 is send_carrying(7, 0) with other "
                          "bytes, called is send_carrying(7, 0)");
    call.byte_count = 3;
    check_taken(call, 0);
}

static void argument_may_be_anything_where_the_test_says_so(void **state)
{
    (void)state;
    script_add(call_of("recv", 7, SCRIPT_ANYTHING), returns(5));
    script_add(call_of("recv", 7, 1), returns(6));
    check_taken(call_of("recv", 7, 12345), 5);
    struct answer answer;
    struct call anything = call_of("recv", 7, SCRIPT_ANYTHING);
    assert_non_null(script_take(&anything, &answer));
    check_taken(call_of("recv", 7, 1), 6);
}

static void answer_is_given_as_often_as_the_test_says(void **state)
{
    (void)state;
    script_add(call_of("recv", 7, 1), times(3, returns(5)));
    script_add(call_of("recv", 7, 1), returns(6));
    for (int i = 0; i < 3; i++)
        check_taken(call_of("recv", 7, 1), 5);
    check_taken(call_of("recv", 7, 1), 6);
    script_add(call_of("recv", 7, 1), times(2, returns(5)));
    check_taken(call_of("recv", 7, 1), 5);
    assert_non_null(script_left_over());
}

static void text_counts(void **state)
{
    (void)state;
    struct call call = {.name = "scope_index", .text = "eth0"};
    script_add(call, returns(1));
    call.text = "eth1";
    check_complaint(call, "step 1 of 1 is scope_index(\"eth0\"), "
                          "called is scope_index(\"eth1\")");
    call.text = NULL;
    check_complaint(call, "step 1 of 1 is scope_index(\"eth0\"), "
                          "called is scope_index()");
}

static void call_that_is_not_made_is_missed(void **state)
{
    (void)state;
    script_add(call_of("recv", 7, 1), returns(5));
    script_add(call_of("wait", 7, 1), returns(5));
    check_taken(call_of("recv", 7, 1), 5);
    assert_string_equal(script_left_over(),
                        "1 of 2 steps were not taken, the first is wait(7, 1)");
}

static void script_too_long_is_refused(void **state)
{
    (void)state;
    const char *complaint = NULL;
    for (int i = 0; i < 100000 && complaint == NULL; i++)
        complaint = script_add(call_of("recv", i, 0), returns(0));
    assert_non_null(complaint);
}

static void clock_moves_by_answers_alone(void **state)
{
    (void)state;
    const int64_t start = script_clock_now();
    script_add(call_of("recv", 7, 1), after(5, after(6, returns(0))));
    assert_true(script_clock_read() == start);
    assert_true(script_clock_read() == start);
    assert_int_equal(script_clock_reads(), 2);
    check_taken(call_of("recv", 7, 1), 0);
    assert_true(script_clock_now() == start + 11);
    assert_int_equal(script_clock_reads(), 2);
}

static void descriptor_that_nobody_has_is_missed(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_open(PSOCK_IPV4, PSOCK_STREAM, 0, returns(7));
    assert_result(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), 7);
    assert_string_equal(
        fake_complaint(),
        "descriptor 7 was opened, and neither closed nor handed over");
    expect_close(7, returns(PSOCK_EIO));
    assert_result(psock_close(7), PSOCK_EIO);
    assert_string_equal(fake_complaint(), "a start has no cleanup");
}

static void start_without_its_cleanup_is_missed(void **state)
{
    (void)state;
    expect_startup(returns(0));
    assert_result(psock_sys_startup(), 0);
    assert_string_equal(fake_complaint(), "a start has no cleanup");
    expect_cleanup(returns(0));
    psock_sys_cleanup();
    assert_null(fake_complaint());
}

static void waker_that_nobody_closes_is_missed(void **state)
{
    (void)state;
    struct psock_waker made = {40};
    psock_waker *waker;
    expect_startup(returns(0));
    expect_waker_open(gives(&made, returns(0)));
    assert_result(psock_waker_open(&waker), 0);
    assert_string_equal(fake_complaint(), "a waker was opened, and not closed");
    expect_waker_close(&made, returns(0));
    assert_result(psock_waker_close(waker), 0);
    assert_string_equal(fake_complaint(), "a start has no cleanup");
}

static void poller_that_nobody_closes_is_missed(void **state)
{
    (void)state;
    struct psock_sys_poller made;
    psock_poller *poller;
    expect_startup(returns(0));
    expect_poller_open(gives(&made, returns(0)));
    assert_result(psock_poller_open(&poller), 0);
    assert_string_equal(fake_complaint(),
                        "a poller was opened, and not closed");
    expect_poller_close(&made, returns(0));
    assert_result(psock_poller_close(poller), 0);
    assert_string_equal(fake_complaint(), "a start has no cleanup");
}

/* In a crowd nothing fails by itself. */
static void breaches_in_a_crowd_are_counted(void **state)
{
    (void)state;
    fake_admit_crowd();
    fake_crowd_change(8, FAKE_CROWD_ADD);
    fake_crowd_change(8, FAKE_CROWD_MODIFY);
    fake_crowd_change(8, FAKE_CROWD_REMOVE);
    assert_int_equal(fake_crowd_so_far().breaches, 0);
    fake_crowd_change(8, FAKE_CROWD_MODIFY);
    assert_int_equal(fake_crowd_so_far().breaches, 1);
    fake_crowd_change(8, FAKE_CROWD_ADD);
    assert_int_equal(fake_crowd_so_far().breaches, 2);
    fake_crowd_change(-1, FAKE_CROWD_ADD);
    assert_int_equal(fake_crowd_so_far().breaches, 3);
    assert_int_equal(fake_crowd_so_far().calls, 6);
}

static void success_leaves_a_code_that_means_nothing(void **state)
{
    (void)state;
    fake_set_native(native_of(PSOCK_EIO));
    expect_shutdown(7, PSOCK_SHUT_READ, returns(0));
    assert_result(psock_shutdown(7, PSOCK_SHUT_READ), 0);
    assert_int_not_equal(psock_error_native(), native_of(PSOCK_EIO));
}

static void closing_leaves_the_code_of_the_failure_before(void **state)
{
    (void)state;
    fake_set_native(native_of(PSOCK_EIO));
    expect_close(7, returns(0));
    assert_result(psock_close(7), 0);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EIO));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_script(calls_are_answered_in_their_order),
        test_script(call_that_nobody_expects_is_refused),
        test_script(call_out_of_its_order_is_refused),
        test_script(every_argument_counts),
        test_script(every_byte_of_an_address_counts),
        test_script(second_address_counts),
        test_script(every_byte_of_what_is_sent_counts),
        test_script(argument_may_be_anything_where_the_test_says_so),
        test_script(answer_is_given_as_often_as_the_test_says),
        test_script(text_counts),
        test_script(call_that_is_not_made_is_missed),
        test_script(script_too_long_is_refused),
        test_script(clock_moves_by_answers_alone),
        test(descriptor_that_nobody_has_is_missed),
        test(start_without_its_cleanup_is_missed),
        test(waker_that_nobody_closes_is_missed),
        test(poller_that_nobody_closes_is_missed),
        test(breaches_in_a_crowd_are_counted),
        test(success_leaves_a_code_that_means_nothing),
        test(closing_leaves_the_code_of_the_failure_before),
    };
    return cmocka_run_group_tests_name("fake.strictness", tests, NULL, NULL);
}
