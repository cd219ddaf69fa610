/* Pollers, and what is in them. */
#include "stage.h"

enum {
    SOCKET = 8,
    OTHER_SOCKET = 10
};

static const uint32_t readable = PSOCK_READABLE;
static const uint32_t both = PSOCK_READABLE | PSOCK_WRITABLE;

static struct psock_waker waker = {40};
static struct psock_sys_poller other_system;
static int token;
static int mark;
static int other_mark;

/* --- Steps that many tests take ---------------------------------------------- */

static void expect_add(psock_t s, uint32_t wanted, struct answer answer)
{
    expect_checking(s, returns(0));
    expect_poller_add(&system_poller, s, wanted, &token, answer);
}

static int add(psock_t s, uint32_t wanted)
{
    return psock_poller_add(poller, s, wanted, &token);
}

static void have_added(psock_t s, uint32_t wanted)
{
    expect_add(s, wanted, gives(&mark, returns(0)));
    assert_result(add(s, wanted), 0);
}

static void expect_modify(psock_t s, uint32_t wanted, struct answer answer)
{
    expect_poller_modify(&system_poller, s, wanted, &mark, answer);
}

static void have_modified(psock_t s, uint32_t wanted)
{
    expect_modify(s, wanted, returns(0));
    assert_result(psock_poller_modify(poller, s, wanted), 0);
}

static void expect_remove(psock_t s, struct answer answer)
{
    expect_poller_remove(&system_poller, s, &mark, answer);
}

static void have_removed(psock_t s)
{
    expect_remove(s, returns(0));
    assert_result(psock_poller_remove(poller, s), 0);
}

/* Nothing is asked of the system but what `s` is. */
static void assert_absent(psock_t s, int check, int error)
{
    expect_checking(s, returns(check));
    assert_result(psock_poller_modify(poller, s, readable), error);
    expect_checking(s, returns(check));
    assert_result(psock_poller_remove(poller, s), error);
}

/* --- Opening and closing -------------------------------------------------- */

static void poller_needs_a_place(void **state)
{
    (void)state;
    assert_result(psock_poller_open(NULL), PSOCK_EFAULT);
    assert_int_equal(fake_allocations(), 0);
}

static void poller_needs_a_start(void **state)
{
    (void)state;
    psock_poller *untouched = poller;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_poller_open(&untouched), PSOCK_ENETDOWN);
    assert_ptr_equal(untouched, poller);
}

static void poller_needs_memory(void **state)
{
    (void)state;
    psock_poller *untouched = poller;
    fake_fail_allocation(0);
    assert_result(psock_poller_open(&untouched), PSOCK_ENOMEM);
    assert_ptr_equal(untouched, poller);
}

static void exhaustion_gives_no_poller(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOMEM};
    psock_poller *untouched = poller;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_poller_open(returns(errors[i]));
        assert_result(psock_poller_open(&untouched), errors[i]);
        assert_ptr_equal(untouched, poller);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

/* Closing one of them would be a call that is not expected. */
static void what_is_in_a_closed_poller_stays_open(void **state)
{
    (void)state;
    expect_startup(returns(0));
    poller = open_on(&system_poller);
    have_added(SOCKET, readable);
    close_on(poller, &system_poller);
    poller = open_on(&system_poller);
    have_added(SOCKET, readable);
    close_on(poller, &system_poller);
}

/* --- Arguments ------------------------------------------------------------ */

static void null_pollers_are_refused_without_a_call(void **state)
{
    (void)state;
    psock_poller_event event;
    assert_result(psock_poller_close(NULL), PSOCK_EFAULT);
    assert_result(psock_poller_add(NULL, SOCKET, readable, &token),
                  PSOCK_EFAULT);
    assert_result(psock_poller_modify(NULL, SOCKET, readable), PSOCK_EFAULT);
    assert_result(psock_poller_remove(NULL, SOCKET), PSOCK_EFAULT);
    assert_result(psock_poller_add_waker(NULL, &waker, &token), PSOCK_EFAULT);
    assert_result(psock_poller_remove_waker(NULL, &waker), PSOCK_EFAULT);
    assert_result(psock_poller_wait(NULL, &event, 1, PSOCK_NOW), PSOCK_EFAULT);
    assert_result(psock_poller_wake(NULL), PSOCK_EFAULT);
}

static void null_wakers_are_refused_without_a_call(void **state)
{
    (void)state;
    assert_result(psock_poller_add_waker(poller, NULL, &token), PSOCK_EFAULT);
    assert_result(psock_poller_remove_waker(poller, NULL), PSOCK_EFAULT);
}

static void negative_descriptors_are_refused_without_a_call(void **state)
{
    (void)state;
    static const psock_t negative[] = {PSOCK_INVALID, -2, INTPTR_MIN};
    for (size_t i = 0; i < COUNT_OF(negative); i++) {
        assert_result(add(negative[i], readable), PSOCK_EBADF);
        assert_result(add(negative[i], UINT32_MAX), PSOCK_EBADF);
        assert_result(psock_poller_modify(poller, negative[i], readable),
                      PSOCK_EBADF);
        assert_result(psock_poller_remove(poller, negative[i]), PSOCK_EBADF);
    }
}

static const uint32_t unknown_bits[] = {
    PSOCK_FAILED, PSOCK_HUNG_UP, PSOCK_NO_SOCKET, PSOCK_ONE_SHOT | PSOCK_FAILED,
    1u << 7,      1u << 8,       1u << 9,         1u << 30,
    UINT32_MAX,
};

static void bits_that_cannot_be_wanted_are_refused_without_a_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown_bits); i++) {
        assert_result(add(SOCKET, unknown_bits[i]), PSOCK_EINVAL);
        assert_result(psock_poller_modify(poller, SOCKET, unknown_bits[i]),
                      PSOCK_EINVAL);
    }
    have_added(SOCKET, readable);
    for (size_t i = 0; i < COUNT_OF(unknown_bits); i++)
        assert_result(psock_poller_modify(poller, SOCKET, unknown_bits[i]),
                      PSOCK_EINVAL);
}

static const int no_sockets[] = {PSOCK_EBADF, PSOCK_ENOTSOCK};

static void what_is_no_socket_is_not_added(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(no_sockets); i++) {
        expect_checking(SOCKET, returns(no_sockets[i]));
        assert_result(add(SOCKET, readable), no_sockets[i]);
        assert_int_equal(psock_error_native(), native_of(no_sockets[i]));
    }
}

static void what_is_no_socket_is_told_from_what_is_absent(void **state)
{
    (void)state;
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
    assert_absent(SOCKET, PSOCK_EBADF, PSOCK_EBADF);
    assert_absent(SOCKET, PSOCK_ENOTSOCK, PSOCK_ENOTSOCK);
    have_added(OTHER_SOCKET, readable);
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
    assert_absent(SOCKET, PSOCK_EBADF, PSOCK_EBADF);
    assert_absent(SOCKET, PSOCK_ENOTSOCK, PSOCK_ENOTSOCK);
}

static void everything_that_can_be_wanted_is_passed_through(void **state)
{
    (void)state;
    static const uint32_t bits[] = {PSOCK_READABLE, PSOCK_URGENT,
                                    PSOCK_WRITABLE, PSOCK_READ_ENDED,
                                    PSOCK_ONE_SHOT};
    for (unsigned choice = 0; choice < 1u << COUNT_OF(bits); choice++) {
        uint32_t wanted = 0;
        for (size_t i = 0; i < COUNT_OF(bits); i++)
            wanted |= (choice >> i & 1) * bits[i];
        have_added(SOCKET, wanted);
        have_removed(SOCKET);
    }
}

static void descriptor_zero_is_a_socket(void **state)
{
    (void)state;
    have_added(0, readable);
    have_modified(0, both);
    have_removed(0);
}

static void token_and_mark_may_be_null(void **state)
{
    (void)state;
    expect_checking(SOCKET, returns(0));
    expect_poller_add(&system_poller, SOCKET, 0, NULL, returns(0));
    assert_result(psock_poller_add(poller, SOCKET, 0, NULL), 0);
    expect_poller_modify(&system_poller, SOCKET, both, NULL, returns(0));
    assert_result(psock_poller_modify(poller, SOCKET, both), 0);
    expect_poller_remove(&system_poller, SOCKET, NULL, returns(0));
    assert_result(psock_poller_remove(poller, SOCKET), 0);
}

/* --- Being in it once ------------------------------------------------------ */

static void socket_is_added_once(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    static const uint32_t wanted[] = {PSOCK_READABLE, PSOCK_WRITABLE, 0,
                                      PSOCK_READABLE | PSOCK_ONE_SHOT};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        expect_checking(SOCKET, returns(0));
        assert_result(add(SOCKET, wanted[i]), PSOCK_EEXIST);
    }
    assert_result(psock_poller_modify(poller, SOCKET, readable), 0);
    have_removed(SOCKET);
}

/* It was closed past psock, and is no socket first of all. */
static void what_is_no_socket_any_more_is_refused_as_such(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    for (size_t i = 0; i < COUNT_OF(no_sockets); i++) {
        expect_checking(SOCKET, returns(no_sockets[i]));
        assert_result(add(SOCKET, readable), no_sockets[i]);
    }
}

static void socket_is_removed_once(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    have_removed(SOCKET);
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
}

static void removed_socket_can_be_added_anew(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        have_added(SOCKET, i % 2 == 0 ? readable : both);
        have_removed(SOCKET);
    }
}

static void sockets_beside_each_other_are_apart(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    expect_add(OTHER_SOCKET, both, gives(&other_mark, returns(0)));
    assert_result(add(OTHER_SOCKET, both), 0);
    have_removed(SOCKET);
    assert_result(psock_poller_modify(poller, OTHER_SOCKET, both), 0);
    expect_poller_remove(&system_poller, OTHER_SOCKET, &other_mark, returns(0));
    assert_result(psock_poller_remove(poller, OTHER_SOCKET), 0);
}

/* --- What is wanted -------------------------------------------------------- */

static void what_is_wanted_already_makes_no_call(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    assert_result(psock_poller_modify(poller, SOCKET, readable), 0);
    have_modified(SOCKET, both);
    assert_result(psock_poller_modify(poller, SOCKET, both), 0);
    assert_result(psock_poller_modify(poller, SOCKET, both), 0);
    have_modified(SOCKET, 0);
    assert_result(psock_poller_modify(poller, SOCKET, 0), 0);
    have_modified(SOCKET, readable);
}

static void every_bit_makes_a_difference(void **state)
{
    (void)state;
    static const uint32_t bits[] = {PSOCK_READABLE, PSOCK_URGENT,
                                    PSOCK_WRITABLE, PSOCK_READ_ENDED};
    have_added(SOCKET, 0);
    for (size_t i = 0; i < COUNT_OF(bits); i++) {
        have_modified(SOCKET, bits[i]);
        assert_result(psock_poller_modify(poller, SOCKET, bits[i]), 0);
    }
}

static void one_shot_always_asks_again(void **state)
{
    (void)state;
    have_added(SOCKET, readable | PSOCK_ONE_SHOT);
    for (int i = 0; i < 20; i++)
        have_modified(SOCKET, readable | PSOCK_ONE_SHOT);
}

static void leaving_one_shot_is_a_change(void **state)
{
    (void)state;
    have_added(SOCKET, readable | PSOCK_ONE_SHOT);
    have_modified(SOCKET, readable);
    assert_result(psock_poller_modify(poller, SOCKET, readable), 0);
    have_modified(SOCKET, readable | PSOCK_ONE_SHOT);
    have_modified(SOCKET, readable);
}

/* --- Failures ------------------------------------------------------------- */

static const int errors[] = {PSOCK_ENOMEM, PSOCK_ENOSPC, PSOCK_ENOTSUP,
                             PSOCK_ENETDOWN, PSOCK_EIO};

static void socket_that_could_not_be_added_is_absent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_add(SOCKET, readable, returns(errors[i]));
        assert_result(add(SOCKET, readable), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
        assert_absent(SOCKET, 0, PSOCK_ENOENT);
    }
    have_added(SOCKET, readable);
}

static void failed_change_leaves_what_was_wanted(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_modify(SOCKET, both, returns(errors[i]));
        assert_result(psock_poller_modify(poller, SOCKET, both), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
        assert_result(psock_poller_modify(poller, SOCKET, readable), 0);
    }
    have_modified(SOCKET, both);
}

static void socket_that_could_not_be_removed_is_there(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_remove(SOCKET, returns(errors[i]));
        assert_result(psock_poller_remove(poller, SOCKET), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
        assert_result(psock_poller_modify(poller, SOCKET, readable), 0);
    }
    have_removed(SOCKET);
}

/* It was closed past psock, and its number is another socket's now.  After an
 * ENOENT it would be absurd to hear EEXIST. */
static void what_the_system_has_lost_is_absent(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    expect_modify(SOCKET, both, returns(PSOCK_ENOENT));
    expect_checking(SOCKET, returns(0));
    assert_result(psock_poller_modify(poller, SOCKET, both), PSOCK_ENOENT);
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
    have_added(SOCKET, readable);
    expect_remove(SOCKET, returns(PSOCK_ENOENT));
    expect_checking(SOCKET, returns(0));
    assert_result(psock_poller_remove(poller, SOCKET), PSOCK_ENOENT);
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
    have_added(SOCKET, readable);
}

static void socket_closed_past_psock_is_absent(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    expect_modify(SOCKET, both, returns(PSOCK_EBADF));
    assert_result(psock_poller_modify(poller, SOCKET, both), PSOCK_EBADF);
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
    have_added(SOCKET, readable);
}

/* --- Sockets that are closed ----------------------------------------------- */

static void close_plainly(void)
{
    expect_close(SOCKET, returns(0));
    assert_result(psock_close(SOCKET), 0);
}

static void close_with_a_reset(void)
{
    expect_close_reset(SOCKET, returns(0));
    assert_result(psock_close_reset(SOCKET), 0);
}

/* The number is gone all the same. */
static void close_in_vain(void)
{
    expect_close(SOCKET, returns(PSOCK_EINTR));
    assert_result(psock_close(SOCKET), PSOCK_EINTR);
}

static void (*const closings[])(void) = {close_plainly, close_with_a_reset,
                                         close_in_vain};

static void closed_socket_is_in_no_poller(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(closings); i++) {
        have_added(SOCKET, readable);
        closings[i]();
        assert_absent(SOCKET, PSOCK_EBADF, PSOCK_EBADF);
    }
}

static void next_socket_of_the_number_can_be_added(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(closings); i++) {
        have_added(SOCKET, readable);
        closings[i]();
        assert_absent(SOCKET, 0, PSOCK_ENOENT);
        have_added(SOCKET, readable);
        have_modified(SOCKET, both);
        have_removed(SOCKET);
    }
}

static void next_socket_that_cannot_be_added_is_absent(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    close_plainly();
    expect_add(SOCKET, readable, returns(PSOCK_ENOSPC));
    assert_result(add(SOCKET, readable), PSOCK_ENOSPC);
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
}

static void closing_a_neighbour_changes_nothing(void **state)
{
    (void)state;
    have_added(OTHER_SOCKET, readable);
    close_plainly();
    assert_result(psock_poller_modify(poller, OTHER_SOCKET, readable), 0);
    have_removed(OTHER_SOCKET);
}

/* What is negative is nobody's number. */
static void closing_in_error_changes_nothing(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    assert_result(psock_close(PSOCK_INVALID), PSOCK_EBADF);
    assert_result(psock_close_reset(INTPTR_MIN), PSOCK_EBADF);
    assert_result(psock_poller_modify(poller, SOCKET, readable), 0);
}

/* Another thread could do this as soon as the system has closed the socket. */
static void add_the_next_one(void)
{
    have_added(SOCKET, both);
}

static void socket_is_forgotten_before_its_number_comes_back(void **state)
{
    (void)state;
    have_added(SOCKET, readable);
    expect_close(SOCKET, while_doing(add_the_next_one, returns(0)));
    assert_result(psock_close(SOCKET), 0);
    assert_result(psock_poller_modify(poller, SOCKET, both), 0);
    expect_close_reset(SOCKET, while_doing(add_the_next_one, returns(0)));
    assert_result(psock_close_reset(SOCKET), 0);
    assert_result(psock_poller_modify(poller, SOCKET, both), 0);
    have_removed(SOCKET);
}

/* --- Several pollers ------------------------------------------------------- */

static void pollers_know_nothing_of_each_other(void **state)
{
    (void)state;
    psock_poller *other = open_on(&other_system);
    have_added(SOCKET, readable);
    expect_checking(SOCKET, returns(0));
    assert_result(psock_poller_remove(other, SOCKET), PSOCK_ENOENT);
    expect_checking(SOCKET, returns(0));
    expect_poller_add(&other_system, SOCKET, both, NULL,
                      gives(&other_mark, returns(0)));
    assert_result(psock_poller_add(other, SOCKET, both, NULL), 0);
    assert_result(psock_poller_modify(poller, SOCKET, readable), 0);
    assert_result(psock_poller_modify(other, SOCKET, both), 0);
    have_removed(SOCKET);
    assert_result(psock_poller_modify(other, SOCKET, both), 0);
    close_on(other, &other_system);
}

static void closed_socket_is_in_none_of_several_pollers(void **state)
{
    (void)state;
    psock_poller *other = open_on(&other_system);
    have_added(SOCKET, readable);
    expect_checking(SOCKET, returns(0));
    expect_poller_add(&other_system, SOCKET, both, NULL, returns(0));
    assert_result(psock_poller_add(other, SOCKET, both, NULL), 0);
    close_plainly();
    assert_absent(SOCKET, 0, PSOCK_ENOENT);
    expect_checking(SOCKET, returns(0));
    assert_result(psock_poller_modify(other, SOCKET, both), PSOCK_ENOENT);
    close_on(other, &other_system);
}

/* --- Wakers --------------------------------------------------------------- */

static void expect_add_waker(struct answer answer)
{
    expect_poller_add_waker(&system_poller, &waker, &token, answer);
}

static int add_waker(void)
{
    return psock_poller_add_waker(poller, &waker, &token);
}

static void have_added_waker(void)
{
    expect_add_waker(gives(&mark, returns(0)));
    assert_result(add_waker(), 0);
}

static void have_removed_waker(void)
{
    expect_poller_remove_waker(&system_poller, &waker, &mark, returns(0));
    assert_result(psock_poller_remove_waker(poller, &waker), 0);
}

static void waker_is_in_a_poller_once(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_result(psock_poller_remove_waker(poller, &waker), PSOCK_ENOENT);
        have_added_waker();
        assert_result(add_waker(), PSOCK_EEXIST);
        have_removed_waker();
    }
    assert_result(psock_poller_remove_waker(poller, &waker), PSOCK_ENOENT);
}

static void waker_that_could_not_be_added_is_absent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_add_waker(returns(errors[i]));
        assert_result(add_waker(), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
        assert_result(psock_poller_remove_waker(poller, &waker), PSOCK_ENOENT);
    }
    have_added_waker();
}

static void waker_that_could_not_be_removed_is_there(void **state)
{
    (void)state;
    have_added_waker();
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_poller_remove_waker(&system_poller, &waker, &mark,
                                   returns(errors[i]));
        assert_result(psock_poller_remove_waker(poller, &waker), errors[i]);
        assert_result(add_waker(), PSOCK_EEXIST);
    }
    have_removed_waker();
}

static void waker_that_the_system_has_lost_is_absent(void **state)
{
    (void)state;
    have_added_waker();
    expect_poller_remove_waker(&system_poller, &waker, &mark,
                               returns(PSOCK_ENOENT));
    assert_result(psock_poller_remove_waker(poller, &waker), PSOCK_ENOENT);
    have_added_waker();
}

/* A program that guesses its number must not get at it as if it were one. */
static void waker_is_no_socket(void **state)
{
    (void)state;
    have_added_waker();
    static const uint32_t wanted[] = {PSOCK_READABLE, 0,
                                      PSOCK_READABLE | PSOCK_ONE_SHOT};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        expect_checking(waker.descriptor, returns(PSOCK_ENOTSOCK));
        assert_result(psock_poller_modify(poller, waker.descriptor, wanted[i]),
                      PSOCK_ENOTSOCK);
    }
    expect_checking(waker.descriptor, returns(PSOCK_ENOTSOCK));
    assert_result(psock_poller_remove(poller, waker.descriptor),
                  PSOCK_ENOTSOCK);
    expect_checking(waker.descriptor, returns(PSOCK_ENOTSOCK));
    assert_result(add(waker.descriptor, readable), PSOCK_ENOTSOCK);
    assert_result(add_waker(), PSOCK_EEXIST);
    have_removed_waker();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(poller_needs_a_place),
        test(poller_needs_a_start),
        test(poller_needs_memory),
        test(exhaustion_gives_no_poller),
        test(what_is_in_a_closed_poller_stays_open),
        test(null_pollers_are_refused_without_a_call),
        test_open(null_wakers_are_refused_without_a_call),
        test_open(negative_descriptors_are_refused_without_a_call),
        test_open(bits_that_cannot_be_wanted_are_refused_without_a_call),
        test_open(what_is_no_socket_is_not_added),
        test_open(what_is_no_socket_is_told_from_what_is_absent),
        test_open(everything_that_can_be_wanted_is_passed_through),
        test_open(descriptor_zero_is_a_socket),
        test_open(token_and_mark_may_be_null),
        test_open(socket_is_added_once),
        test_open(what_is_no_socket_any_more_is_refused_as_such),
        test_open(socket_is_removed_once),
        test_open(removed_socket_can_be_added_anew),
        test_open(sockets_beside_each_other_are_apart),
        test_open(what_is_wanted_already_makes_no_call),
        test_open(every_bit_makes_a_difference),
        test_open(one_shot_always_asks_again),
        test_open(leaving_one_shot_is_a_change),
        test_open(socket_that_could_not_be_added_is_absent),
        test_open(failed_change_leaves_what_was_wanted),
        test_open(socket_that_could_not_be_removed_is_there),
        test_open(what_the_system_has_lost_is_absent),
        test_open(socket_closed_past_psock_is_absent),
        test_open(closed_socket_is_in_no_poller),
        test_open(next_socket_of_the_number_can_be_added),
        test_open(next_socket_that_cannot_be_added_is_absent),
        test_open(closing_a_neighbour_changes_nothing),
        test_open(closing_in_error_changes_nothing),
        test_open(socket_is_forgotten_before_its_number_comes_back),
        test_open(pollers_know_nothing_of_each_other),
        test_open(closed_socket_is_in_none_of_several_pollers),
        test_open(waker_is_in_a_poller_once),
        test_open(waker_that_could_not_be_added_is_absent),
        test_open(waker_that_could_not_be_removed_is_there),
        test_open(waker_that_the_system_has_lost_is_absent),
        test_open(waker_is_no_socket),
    };
    return cmocka_run_group_tests_name("fake.poller", tests, NULL, NULL);
}
