/* What sending and receiving have beside their waiting: arguments, flags, the
 * end of a stream, and what comes out. */
#include "sys_fake.h"

#include "host.h"

#include <limits.h>
#include <string.h>

enum {
    SOCKET = 7,
    UNKNOWN_FLAG = 1 << 5
};

static unsigned char memory[16];
static psock_buffer whole = {memory, sizeof memory};
static psock_address peer;

static int set_the_stage(void **state)
{
    (void)state;
    return psock_address_loopback(PSOCK_IPV4, 80, &peer);
}

/* --- Arguments ------------------------------------------------------------ */

/* No call is expected in these tests, so none may be made. */
static void null_memory_is_refused_without_a_call(void **state)
{
    (void)state;
    const psock_deadline d = PSOCK_FOREVER;
    psock_address from;
    assert_result(psock_send(SOCKET, NULL, 1, 0, d), PSOCK_EFAULT);
    assert_result(psock_recv(SOCKET, NULL, 1, 0, d), PSOCK_EFAULT);
    assert_result(psock_send_to(SOCKET, NULL, 1, 0, &peer, d), PSOCK_EFAULT);
    assert_result(psock_recv_from(SOCKET, NULL, 1, 0, &from, d), PSOCK_EFAULT);
    assert_result(psock_send_vector(SOCKET, NULL, 1, 0, d), PSOCK_EFAULT);
    assert_result(psock_recv_vector(SOCKET, NULL, 1, 0, d), PSOCK_EFAULT);
}

static void null_destination_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_send_to(SOCKET, memory, 1, 0, NULL, PSOCK_NOW),
                  PSOCK_EFAULT);
    assert_result(psock_send_to(SOCKET, NULL, 0, 0, NULL, PSOCK_NOW),
                  PSOCK_EFAULT);
}

static void check_send_flags(unsigned flags)
{
    const psock_deadline d = PSOCK_NOW;
    assert_result(psock_send(SOCKET, memory, 1, flags, d), PSOCK_EINVAL);
    assert_result(psock_send_to(SOCKET, memory, 1, flags, &peer, d),
                  PSOCK_EINVAL);
    assert_result(psock_send_vector(SOCKET, &whole, 1, flags, d), PSOCK_EINVAL);
}

static void check_receive_flags(unsigned flags)
{
    const psock_deadline d = PSOCK_NOW;
    assert_result(psock_recv(SOCKET, memory, 1, flags, d), PSOCK_EINVAL);
    assert_result(psock_recv_from(SOCKET, memory, 1, flags, NULL, d),
                  PSOCK_EINVAL);
    assert_result(psock_recv_vector(SOCKET, &whole, 1, flags, d), PSOCK_EINVAL);
}

static void unknown_flags_are_refused_without_a_call(void **state)
{
    (void)state;
    check_send_flags(UNKNOWN_FLAG);
    check_send_flags(PSOCK_PEEK);
    check_receive_flags(UNKNOWN_FLAG);
    check_receive_flags(UNKNOWN_FLAG | PSOCK_PEEK);
}

static void flags_between_the_halves_are_not_for_programs(void **state)
{
    (void)state;
    check_send_flags(PSOCK_SYS_MAY_WAIT);
    check_receive_flags(PSOCK_SYS_MAY_WAIT);
}

static void null_memory_of_no_size_is_passed_through(void **state)
{
    (void)state;
    const psock_deadline d = PSOCK_NOW;
    expect_send(SOCKET, NULL, 0, returns(0));
    assert_result(psock_send(SOCKET, NULL, 0, 0, d), 0);
    expect_recv(SOCKET, NULL, 0, 0, returns(0));
    assert_result(psock_recv(SOCKET, NULL, 0, 0, d), 0);
    expect_send_to(SOCKET, NULL, 0, &peer, returns(0));
    assert_result(psock_send_to(SOCKET, NULL, 0, 0, &peer, d), 0);
    expect_recv_from(SOCKET, NULL, 0, 0, NULL, returns(0));
    assert_result(psock_recv_from(SOCKET, NULL, 0, 0, NULL, d), 0);
}

/* Whether a descriptor is one is the system's to say. */
static void bad_descriptor_is_the_systems_to_refuse(void **state)
{
    (void)state;
    expect_send(-1, memory, 1, returns(PSOCK_EBADF));
    assert_result(psock_send(-1, memory, 1, 0, PSOCK_FOREVER), PSOCK_EBADF);
    expect_recv(-1, memory, 1, 0, returns(PSOCK_EBADF));
    assert_result(psock_recv(-1, memory, 1, 0, PSOCK_NOW), PSOCK_EBADF);
}

/* --- Flags of a receive --------------------------------------------------- */

static void may_wait(psock_deadline deadline, unsigned flags, unsigned hint)
{
    expect_recv(SOCKET, memory, 16, flags | hint, returns(1));
    assert_result(psock_recv(SOCKET, memory, 16, flags, deadline), 1);
    expect_recv_from(SOCKET, memory, 16, flags | hint, NULL, returns(1));
    assert_result(psock_recv_from(SOCKET, memory, 16, flags, NULL, deadline),
                  1);
    expect_recv_vector(SOCKET, &whole, 1, flags | hint, returns(1));
    assert_result(psock_recv_vector(SOCKET, &whole, 1, flags, deadline), 1);
}

static void system_may_wait_only_where_psock_would_for_ever(void **state)
{
    (void)state;
    may_wait(PSOCK_FOREVER, 0, PSOCK_SYS_MAY_WAIT);
    may_wait(PSOCK_FOREVER - 1, 0, 0);
    may_wait(in(ms(100)), 0, 0);
    may_wait(in(0), 0, 0);
    may_wait(PSOCK_NOW, 0, 0);
    may_wait(INT64_MIN, 0, 0);
}

static void peeking_is_passed_through(void **state)
{
    (void)state;
    may_wait(PSOCK_FOREVER, PSOCK_PEEK, PSOCK_SYS_MAY_WAIT);
    may_wait(in(ms(100)), PSOCK_PEEK, 0);
    may_wait(PSOCK_NOW, PSOCK_PEEK, 0);
}

static void every_attempt_has_the_flags_of_the_first(void **state)
{
    (void)state;
    const unsigned flags = PSOCK_PEEK | PSOCK_SYS_MAY_WAIT;
    expect_recv(SOCKET, memory, 16, flags, returns(PSOCK_EINTR));
    expect_recv(SOCKET, memory, 16, flags, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, -1, came(PSOCK_SYS_READ));
    expect_recv(SOCKET, memory, 16, flags, returns(1));
    assert_result(psock_recv(SOCKET, memory, 16, PSOCK_PEEK, PSOCK_FOREVER), 1);
}

static void system_may_not_wait_where_somebody_may_cancel(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    may_wait(PSOCK_FOREVER, 0, 0);
    may_wait(PSOCK_FOREVER, PSOCK_PEEK, 0);
    may_wait(PSOCK_NOW, 0, 0);
    (void)psock_cancel_with(NULL);
    may_wait(PSOCK_FOREVER, 0, PSOCK_SYS_MAY_WAIT);
}

/* A thread that is bound while this one does something. */
struct bound_thread {
    struct host_thread *thread;
    struct host_gate *bound;
    struct host_gate *finished;
};

static void stay_bound(void *argument)
{
    const struct bound_thread *self = argument;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    host_gate_open(self->bound);
    host_gate_wait(self->finished);
    (void)psock_cancel_with(NULL);
}

static void system_may_not_wait_while_any_thread_may_be_canceled(void **state)
{
    (void)state;
    struct bound_thread other = {.bound = host_gate_make(),
                                 .finished = host_gate_make()};
    other.thread = host_thread_start(stay_bound, &other);
    host_gate_wait(other.bound);
    may_wait(PSOCK_FOREVER, 0, 0);
    host_gate_open(other.finished);
    assert_true(host_thread_join(other.thread, 10000));
    may_wait(PSOCK_FOREVER, 0, PSOCK_SYS_MAY_WAIT);
    host_gate_free(other.bound);
    host_gate_free(other.finished);
}

/* --- Parts ---------------------------------------------------------------- */

/* What was done is never added to: one call moves what it can. */
static void part_after_a_wait_is_the_whole_result(void **state)
{
    (void)state;
    expect_send(SOCKET, memory, 16, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9), came(PSOCK_SYS_WRITE));
    expect_send(SOCKET, memory, 16, returns(1));
    assert_result(psock_send(SOCKET, memory, 16, 0, in(ms(9))), 1);
}

static void received_bytes_stand_at_the_beginning(void **state)
{
    (void)state;
    memset(memory, '#', sizeof memory);
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_READ));
    expect_recv(SOCKET, memory, 16, 0, brings("hello"));
    assert_result(psock_recv(SOCKET, memory, 16, 0, in(ms(9))), 5);
    assert_memory_equal(memory, "hello###########", 16);
}

static void received_vector_is_filled_in_order(void **state)
{
    (void)state;
    psock_buffer parts[3] = {{memory, 2}, {NULL, 0}, {memory + 8, 8}};
    memset(memory, '#', sizeof memory);
    expect_recv_vector(SOCKET, parts, 3, 0, brings("hello"));
    assert_result(psock_recv_vector(SOCKET, parts, 3, 0, PSOCK_NOW), 5);
    assert_memory_equal(memory, "he######llo#####", 16);
}

/* --- The end -------------------------------------------------------------- */

static void receive_in_vain_after_the_end_gives_zero(void **state)
{
    (void)state;
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_ENDED));
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EAGAIN));
    assert_result(psock_recv(SOCKET, memory, 16, 0, in(ms(9))), 0);
}

static void end_ends_a_receive_that_may_wait_for_ever(void **state)
{
    (void)state;
    const unsigned events = PSOCK_SYS_READ | PSOCK_SYS_ENDED;
    const unsigned flags = PSOCK_SYS_MAY_WAIT;
    expect_recv_vector(SOCKET, &whole, 1, flags, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, -1, came(events));
    expect_recv_vector(SOCKET, &whole, 1, flags, returns(PSOCK_EAGAIN));
    assert_result(psock_recv_vector(SOCKET, &whole, 1, 0, PSOCK_FOREVER), 0);
}

static void data_before_the_end_come_first(void **state)
{
    (void)state;
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_ENDED));
    expect_recv(SOCKET, memory, 16, 0, returns(4));
    assert_result(psock_recv(SOCKET, memory, 16, 0, in(ms(9))), 4);
}

static void error_at_the_end_is_told(void **state)
{
    (void)state;
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_ENDED));
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_ECONNRESET));
    assert_result(psock_recv(SOCKET, memory, 16, 0, in(ms(9))),
                  PSOCK_ECONNRESET);
}

static void end_is_remembered_over_an_interruption(void **state)
{
    (void)state;
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_ENDED));
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EINTR));
    expect_recv(SOCKET, memory, 16, 0, returns(PSOCK_EAGAIN));
    assert_result(psock_recv(SOCKET, memory, 16, 0, in(ms(9))), 0);
}

static void end_has_no_sender(void **state)
{
    (void)state;
    psock_address from = peer;
    expect_recv_from(SOCKET, memory, 16, 0, &from, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_ENDED));
    expect_recv_from(SOCKET, memory, 16, 0, &from, returns(PSOCK_EAGAIN));
    assert_result(psock_recv_from(SOCKET, memory, 16, 0, &from, in(ms(9))), 0);
    const psock_address none = {.length = 0};
    assert_memory_equal(&from, &none, sizeof none);
}

static void end_without_an_interest_in_the_sender_is_the_same(void **state)
{
    (void)state;
    expect_recv_from(SOCKET, memory, 16, 0, NULL, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_ENDED));
    expect_recv_from(SOCKET, memory, 16, 0, NULL, returns(PSOCK_EAGAIN));
    assert_result(psock_recv_from(SOCKET, memory, 16, 0, NULL, in(ms(9))), 0);
}

/* That nothing will come says nothing about what can go. */
static void end_of_receiving_does_not_end_a_send(void **state)
{
    (void)state;
    const unsigned events = PSOCK_SYS_WRITE | PSOCK_SYS_ENDED;
    expect_send(SOCKET, memory, 16, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(9), after(ms(1), came(events)));
    expect_send(SOCKET, memory, 16, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_WRITE, ms(8), came(events));
    expect_send(SOCKET, memory, 16, returns(5));
    assert_result(psock_send(SOCKET, memory, 16, 0, in(ms(9))), 5);
}

/* --- Senders -------------------------------------------------------------- */

static void sender_comes_with_the_datagram(void **state)
{
    (void)state;
    psock_address sender;
    expect_recv_from(SOCKET, memory, 16, 0, &sender, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), came(PSOCK_SYS_READ));
    expect_recv_from(SOCKET, memory, 16, 0, &sender, from(&peer, brings("x")));
    assert_result(psock_recv_from(SOCKET, memory, 16, 0, &sender, in(ms(9))),
                  1);
    assert_int_equal(psock_address_compare(&sender, &peer), 0);
}

static void sender_is_untouched_by_a_failure(void **state)
{
    (void)state;
    psock_address sender = peer;
    expect_recv_from(SOCKET, memory, 16, 0, &sender, returns(PSOCK_EAGAIN));
    expect_wait(SOCKET, PSOCK_SYS_READ, ms(9), after(ms(9), returns(0)));
    assert_result(psock_recv_from(SOCKET, memory, 16, 0, &sender, in(ms(9))),
                  PSOCK_ETIMEDOUT);
    expect_recv_from(SOCKET, memory, 16, 0, &sender, returns(PSOCK_ENOMEM));
    assert_result(psock_recv_from(SOCKET, memory, 16, 0, &sender, PSOCK_NOW),
                  PSOCK_ENOMEM);
    assert_memory_equal(&sender, &peer, sizeof peer);
}

/* --- The urgent byte ------------------------------------------------------ */

static void every_byte_can_be_urgent(void **state)
{
    (void)state;
    for (int byte = 0; byte <= UCHAR_MAX; byte += 51) {
        expect_send_urgent(SOCKET, (unsigned char)byte, returns(0));
        assert_result(psock_send_urgent(SOCKET, (unsigned char)byte, PSOCK_NOW),
                      0);
        expect_recv_urgent(SOCKET, returns(byte));
        assert_result(psock_recv_urgent(SOCKET), byte);
    }
}

static void urgent_byte_on_no_socket_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_send_urgent(PSOCK_INVALID, 1, PSOCK_FOREVER),
                  PSOCK_EBADF);
    assert_result(psock_send_urgent(INTPTR_MIN, 1, PSOCK_NOW), PSOCK_EBADF);
    assert_result(psock_recv_urgent(PSOCK_INVALID), PSOCK_EBADF);
}

static void urgent_byte_that_is_not_there_is_not_waited_for(void **state)
{
    (void)state;
    expect_recv_urgent(SOCKET, returns(PSOCK_EAGAIN));
    assert_result(psock_recv_urgent(SOCKET), PSOCK_EAGAIN);
    assert_int_equal(script_clock_reads(), 0);
}

static void interrupted_look_for_an_urgent_byte_is_repeated(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        expect_recv_urgent(SOCKET, returns(PSOCK_EINTR));
    expect_recv_urgent(SOCKET, returns(0));
    assert_result(psock_recv_urgent(SOCKET), 0);
    expect_recv_urgent(SOCKET, returns(PSOCK_EINTR));
    expect_recv_urgent(SOCKET, returns(PSOCK_EAGAIN));
    assert_result(psock_recv_urgent(SOCKET), PSOCK_EAGAIN);
}

static void socket_without_urgent_bytes_says_so(void **state)
{
    (void)state;
    expect_send_urgent(SOCKET, 1, returns(PSOCK_EOPNOTSUPP));
    assert_result(psock_send_urgent(SOCKET, 1, PSOCK_FOREVER),
                  PSOCK_EOPNOTSUPP);
    expect_recv_urgent(SOCKET, returns(PSOCK_EOPNOTSUPP));
    assert_result(psock_recv_urgent(SOCKET), PSOCK_EOPNOTSUPP);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EOPNOTSUPP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(null_memory_is_refused_without_a_call),
        test(null_destination_is_refused_without_a_call),
        test(unknown_flags_are_refused_without_a_call),
        test(flags_between_the_halves_are_not_for_programs),
        test(null_memory_of_no_size_is_passed_through),
        test(bad_descriptor_is_the_systems_to_refuse),
        test(system_may_wait_only_where_psock_would_for_ever),
        test(peeking_is_passed_through),
        test(every_attempt_has_the_flags_of_the_first),
        test(system_may_not_wait_where_somebody_may_cancel),
        test(system_may_not_wait_while_any_thread_may_be_canceled),
        test(part_after_a_wait_is_the_whole_result),
        test(received_bytes_stand_at_the_beginning),
        test(received_vector_is_filled_in_order),
        test(receive_in_vain_after_the_end_gives_zero),
        test(end_ends_a_receive_that_may_wait_for_ever),
        test(data_before_the_end_come_first),
        test(error_at_the_end_is_told),
        test(end_is_remembered_over_an_interruption),
        test(end_has_no_sender),
        test(end_without_an_interest_in_the_sender_is_the_same),
        test(end_of_receiving_does_not_end_a_send),
        test(sender_comes_with_the_datagram),
        test(sender_is_untouched_by_a_failure),
        test(every_byte_can_be_urgent),
        test(urgent_byte_on_no_socket_is_refused_without_a_call),
        test(urgent_byte_that_is_not_there_is_not_waited_for),
        test(interrupted_look_for_an_urgent_byte_is_repeated),
        test(socket_without_urgent_bytes_says_so),
    };
    return cmocka_run_group_tests_name("fake.transfer", tests, set_the_stage,
                                       NULL);
}
