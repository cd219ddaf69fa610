/* The limits of the vectored calls. */
#include "sys_fake.h"

enum {
    SOCKET = 7
};

static unsigned char byte;
static psock_buffer many[PSOCK_BUFFERS_MAX + 1];

static int set_the_stage(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = (psock_buffer){&byte, 1};
    return 0;
}

static void check_refused(const psock_buffer *buffers, size_t count, int error)
{
    assert_result(psock_send_vector(SOCKET, buffers, count, 0, PSOCK_NOW),
                  error);
    assert_result(psock_recv_vector(SOCKET, buffers, count, 0, PSOCK_NOW),
                  error);
}

static void check_passed(const psock_buffer *buffers, size_t count)
{
    expect_send_vector(SOCKET, buffers, count, returns(3));
    assert_result(psock_send_vector(SOCKET, buffers, count, 0, PSOCK_NOW), 3);
    expect_recv_vector(SOCKET, buffers, count, 0, returns(3));
    assert_result(psock_recv_vector(SOCKET, buffers, count, 0, PSOCK_NOW), 3);
}

static void most_buffers_are_passed_through_as_they_are(void **state)
{
    (void)state;
    check_passed(many, 1);
    check_passed(many, 2);
    check_passed(many, PSOCK_BUFFERS_MAX);
}

static void one_buffer_more_is_refused_without_a_call(void **state)
{
    (void)state;
    check_refused(many, PSOCK_BUFFERS_MAX + 1, PSOCK_EINVAL);
    check_refused(many, SIZE_MAX, PSOCK_EINVAL);
}

/* Nothing may look at buffers of which there are too many. */
static void too_many_buffers_are_not_looked_at(void **state)
{
    (void)state;
    check_refused(NULL, PSOCK_BUFFERS_MAX + 1, PSOCK_EINVAL);
}

static void no_buffers_are_passed_through(void **state)
{
    (void)state;
    check_passed(NULL, 0);
    check_passed(many, 0);
}

static void sizes_may_fill_a_result(void **state)
{
    (void)state;
    const psock_buffer one[] = {{&byte, PTRDIFF_MAX}};
    const psock_buffer two[] = {{&byte, PTRDIFF_MAX - 1}, {&byte, 1}};
    const psock_buffer three[] = {{&byte, PTRDIFF_MAX}, {NULL, 0}, {&byte, 0}};
    check_passed(one, COUNT_OF(one));
    check_passed(two, COUNT_OF(two));
    check_passed(three, COUNT_OF(three));
}

static void sizes_beyond_a_result_are_refused_without_a_call(void **state)
{
    (void)state;
    const psock_buffer one[] = {{&byte, (size_t)PTRDIFF_MAX + 1}};
    const psock_buffer two[] = {{&byte, PTRDIFF_MAX}, {&byte, 1}};
    const psock_buffer last[] = {{&byte, 1}, {&byte, 1}, {&byte, PTRDIFF_MAX}};
    check_refused(one, COUNT_OF(one), PSOCK_EINVAL);
    check_refused(two, COUNT_OF(two), PSOCK_EINVAL);
    check_refused(last, COUNT_OF(last), PSOCK_EINVAL);
}

static void sizes_that_overflow_are_refused_without_a_call(void **state)
{
    (void)state;
    const psock_buffer to_zero[] = {{&byte, SIZE_MAX}, {&byte, 1}};
    const psock_buffer to_little[] = {{&byte, 2}, {&byte, SIZE_MAX}};
    check_refused(to_zero, COUNT_OF(to_zero), PSOCK_EINVAL);
    check_refused(to_little, COUNT_OF(to_little), PSOCK_EINVAL);
}

static void null_piece_is_refused_without_a_call(void **state)
{
    (void)state;
    const psock_buffer first[] = {{NULL, 1}, {&byte, 1}};
    const psock_buffer last[] = {{&byte, 1}, {NULL, 1}};
    check_refused(first, COUNT_OF(first), PSOCK_EFAULT);
    check_refused(last, COUNT_OF(last), PSOCK_EFAULT);
}

static void null_piece_of_no_size_is_passed_through(void **state)
{
    (void)state;
    const psock_buffer pieces[] = {{NULL, 0}, {&byte, 1}, {NULL, 0}};
    check_passed(pieces, COUNT_OF(pieces));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(most_buffers_are_passed_through_as_they_are),
        test(one_buffer_more_is_refused_without_a_call),
        test(too_many_buffers_are_not_looked_at),
        test(no_buffers_are_passed_through),
        test(sizes_may_fill_a_result),
        test(sizes_beyond_a_result_are_refused_without_a_call),
        test(sizes_that_overflow_are_refused_without_a_call),
        test(null_piece_is_refused_without_a_call),
        test(null_piece_of_no_size_is_passed_through),
    };
    return cmocka_run_group_tests_name("fake.vector", tests, set_the_stage,
                                       NULL);
}
