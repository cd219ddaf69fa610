#include "messages.h"

#include <string.h>

/* An address where nobody receives. */
static psock_address nobody(int family)
{
    psock_t gone = datagram(family);
    psock_address address = local_of(gone);
    close_kept(gone);
    return address;
}

static void need_reports(psock_t s)
{
    if (psock_capability(PSOCK_CAP_UNDELIVERED) < 0)
        skip_because("this system reports no undelivered datagrams");
    assert_result(psock_want_undelivered(s, 1), 0);
}

static void send_into_the_void(psock_t s, const psock_address *to)
{
    assert_result(psock_send_to(s, "x", 1, 0, to, in_time()), 1);
}

static ptrdiff_t receive_with_reports(psock_t s, struct letter *letter,
                                      psock_deadline deadline)
{
    make_room(letter, LETTER_SIZE);
    return psock_recv_messages(s, &letter->message, 1, PSOCK_WITH_UNDELIVERED,
                               deadline);
}

static void assert_report(const psock_message *message,
                          const psock_address *peer)
{
    assert_int_equal(message->flags, PSOCK_UNDELIVERED);
    assert_int_equal(message->undelivered, PSOCK_UNDELIVERED_PORT);
    assert_int_equal(message->valid, 0);
    assert_int_equal(message->size, 0);
    assert_int_equal(message->mtu, 0);
    assert_true(same_address(&message->peer, peer));
}

static void expect_report(psock_t s, const psock_address *peer)
{
    struct letter letter;
    assert_result(receive_with_reports(s, &letter, in_time()), 1);
    assert_report(&letter.message, peer);
    assert_int_equal(letter.bytes[0], 0xa5);
}

static void expect_no_report(psock_t s)
{
    struct letter letter;
    assert_result(receive_with_reports(s, &letter, PSOCK_NOW), PSOCK_EAGAIN);
}

/* --- Unasked --------------------------------------------------------------- */

static void nothing_fails_by_itself_because_of_others(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    psock_address gone = nobody(family), own = local_of(s);
    struct letter letter;
    for (int i = 0; i < 5; i++) {
        write_letter(&letter, "lost", &gone);
        send_letter(s, &letter);
        make_room(&letter, LETTER_SIZE);
        assert_result(psock_recv_messages(s, &letter.message, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
        expect_no_report(s);
        write_letter(&letter, "hello", &own);
        send_letter(other, &letter);
        expect_letter(s, "hello");
    }
}

static void connected_socket_tells_that_its_peer_refused(void **state)
{
    int family = family_of(state);
    struct stream ends = datagrams_over(family);
    struct letter letter;
    close_kept(ends.server);
    for (int i = 0; i < 5; i++) {
        write_letter(&letter, "lost", NULL);
        assert_either(
            psock_send_messages(ends.client, &letter.message, 1, 0, in_time()),
            1, PSOCK_ECONNREFUSED);
        make_room(&letter, LETTER_SIZE);
        assert_either(psock_recv_messages(ends.client, &letter.message, 1, 0,
                                          psock_deadline_ms(1)),
                      PSOCK_ECONNREFUSED, PSOCK_ETIMEDOUT);
    }
}

/* Where it is told at all, arrays are told, too. */
static void array_is_told_that_its_peer_refused(void **state)
{
    struct stream ends = datagrams_over(family_of(state));
    struct letter letter;
    psock_message messages[8];
    _Bool is_told = 0, told_to_array = 0;
    close_kept(ends.server);
    write_letter(&letter, "lost", NULL);
    for (size_t i = 0; i < COUNT_OF(messages); i++)
        messages[i] = letter.message;
    for (int i = 0; i < 4; i++)
        is_told |= psock_send_messages(ends.client, messages, 1, 0,
                                       in_time()) == PSOCK_ECONNREFUSED;
    for (int i = 0; i < 4; i++)
        told_to_array |=
            psock_send_messages(ends.client, messages, COUNT_OF(messages), 0,
                                in_time()) == PSOCK_ECONNREFUSED;
    assert_true(told_to_array || !is_told);
}

/* --- On request ------------------------------------------------------------ */

static void report_tells_to_whom_and_why(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    need_reports(s);
    send_into_the_void(s, &gone);
    expect_report(s, &gone);
}

static void reporter_is_told_or_nobody(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    struct letter letter;
    need_reports(s);
    send_into_the_void(s, &gone);
    assert_result(receive_with_reports(s, &letter, in_time()), 1);
    psock_address reporter = letter.message.reporter;
    if (psock_address_family(&reporter) != PSOCK_NONE) {
        psock_address machine = loopback(family, 0);
        assert_true(same_address(&reporter, &machine));
    }
}

static void report_is_told_once(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    need_reports(s);
    for (int i = 0; i < 3; i++) {
        send_into_the_void(s, &gone);
        expect_report(s, &gone);
        expect_no_report(s);
    }
}

static void each_undelivered_datagram_is_reported(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone[4];
    need_reports(s);
    for (size_t i = 0; i < 4; i++) {
        gone[i] = nobody(family);
        send_into_the_void(s, &gone[i]);
    }
    for (size_t i = 0; i < 4; i++)
        expect_report(s, &gone[i]);
    expect_no_report(s);
}

static void reports_come_by_ways_of_sending_of_all_kinds(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    struct letter letter;
    need_reports(s);
    write_letter(&letter, "lost", &gone);
    send_letter(s, &letter);
    expect_report(s, &gone);
    write_letter(&letter, "lost", &gone);
    letter.message.valid = PSOCK_META_SEGMENT_SIZE;
    letter.message.segment_size = 1000;
    send_letter(s, &letter);
    expect_report(s, &gone);
}

/* Whichever comes first, none is lost and none doubled. */
static void reports_and_datagrams_come_side_by_side(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    psock_address gone = nobody(family), own = local_of(s);
    size_t reports = 0, datagrams = 0;
    need_reports(s);
    for (int i = 0; i < 3; i++) {
        send_into_the_void(s, &gone);
        assert_result(psock_send_to(other, "hello", 5, 0, &own, in_time()), 5);
    }
    while (reports + datagrams < 6) {
        struct letter letter;
        assert_result(receive_with_reports(s, &letter, in_time()), 1);
        if (letter.message.flags == PSOCK_UNDELIVERED) {
            assert_report(&letter.message, &gone);
            reports++;
        } else {
            assert_letter(&letter, "hello");
            datagrams++;
        }
    }
    assert_int_equal(reports, 3);
    expect_no_report(s);
}

static void arrays_take_reports_among_messages(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    psock_address gone = nobody(family), own = local_of(s);
    struct letter letters[8];
    psock_message messages[8];
    size_t reports = 0, done = 0;
    need_reports(s);
    send_into_the_void(s, &gone);
    assert_result(psock_send_to(other, "hello", 5, 0, &own, in_time()), 5);
    send_into_the_void(s, &gone);
    while (done < 3) {
        for (size_t i = 0; i < 8; i++) {
            make_room(&letters[i], LETTER_SIZE);
            messages[i] = letters[i].message;
        }
        ptrdiff_t received = psock_recv_messages(
            s, messages, 8, PSOCK_WITH_UNDELIVERED, in_time());
        assert_in_range(received, 1, 3 - done);
        for (size_t i = 0; i < (size_t)received; i++)
            reports += messages[i].flags == PSOCK_UNDELIVERED;
        done += (size_t)received;
    }
    assert_int_equal(reports, 2);
    expect_no_report(s);
}

static void many_reports_come_in_one_call(void **state)
{
    enum {
        REPORTS = 5
    };
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    struct letter letters[REPORTS + 1];
    psock_message messages[REPORTS + 1];
    need_reports(s);
    for (int i = 0; i < REPORTS; i++)
        send_into_the_void(s, &gone);
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        make_room(&letters[i], LETTER_SIZE);
        messages[i] = letters[i].message;
    }
    assert_result(psock_recv_messages(s, messages, COUNT_OF(messages),
                                      PSOCK_WITH_UNDELIVERED, in_time()),
                  REPORTS);
    for (size_t i = 0; i < REPORTS; i++)
        assert_report(&messages[i], &gone);
    expect_no_report(s);
}

/* --- Those who do not want to know ----------------------------------------- */

static void plain_receives_pass_reports_over(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    psock_address gone = nobody(family), own = local_of(s);
    struct letter letter;
    need_reports(s);
    for (int i = 0; i < 3; i++) {
        send_into_the_void(s, &gone);
        assert_result(psock_recv(s, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
        assert_result(psock_recv(s, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
        make_room(&letter, LETTER_SIZE);
        assert_result(psock_recv_messages(s, &letter.message, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
        assert_result(psock_send_to(other, "hello", 5, 0, &own, in_time()), 5);
        expect_letter(s, "hello");
    }
}

static void sending_is_not_disturbed_by_reports(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    psock_address gone = nobody(family), to = local_of(other);
    need_reports(s);
    for (int i = 0; i < 5; i++) {
        struct letter letter;
        send_into_the_void(s, &gone);
        send_into_the_void(s, &gone);
        assert_result(psock_send_to(s, "hello", 5, 0, &to, in_time()), 5);
        expect_letter(other, "hello");
        send_into_the_void(s, &gone);
        write_letter(&letter, "letter", &to);
        send_letter(s, &letter);
        expect_letter(other, "letter");
    }
}

static void array_to_nobody_goes_whole_beside_its_reports(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    struct letter letter;
    psock_message messages[8];
    need_reports(s);
    write_letter(&letter, "lost", &gone);
    for (size_t i = 0; i < COUNT_OF(messages); i++)
        messages[i] = letter.message;
    for (int i = 0; i < 3; i++)
        assert_result(
            psock_send_messages(s, messages, COUNT_OF(messages), 0, in_time()),
            COUNT_OF(messages));
}

static ptrdiff_t take_reports(void *argument)
{
    struct letter letter;
    ptrdiff_t count = 0;
    while (receive_with_reports(*(psock_t *)argument, &letter,
                                psock_deadline_ms(SHORT_MS)) == 1)
        count++;
    return count;
}

/* Each report that is taken makes way for the next, and two threads do that. */
static void sending_is_not_disturbed_while_reports_are_taken(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    enum {
        THREADS = 2
    };
    struct running_call *calls[THREADS];
    need_reports(s);
    for (int i = 0; i < THREADS; i++)
        calls[i] = begin_call(take_reports, &s);
    for (int i = 0; i < 2000; i++)
        send_into_the_void(s, &gone);
    for (int i = 0; i < THREADS; i++)
        assert_true(end_call(calls[i]) > 0);
}

static void plain_receive_waits_beside_a_report(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    need_reports(s);
    for (int i = 0; i < 3; i++) {
        send_into_the_void(s, &gone);
        int64_t before_ns = clock_ns();
        assert_result(psock_recv(s, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
                      PSOCK_ETIMEDOUT);
        assert_true(clock_ns() - before_ns >= SHORT_NS);
    }
}

static ptrdiff_t receive_for_ever(void *argument)
{
    char buffer[16];
    return psock_recv(*(psock_t *)argument, buffer, sizeof buffer, 0,
                      PSOCK_FOREVER);
}

static void waiting_receive_outlives_reports(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    psock_address gone = nobody(family), own = local_of(s);
    need_reports(s);
    for (int round = 0; round < 20; round++) {
        struct running_call *call = begin_call(receive_for_ever, &s);
        let_it_wait(call, round * 5);
        send_into_the_void(s, &gone);
        assert_false(has_ended(call, 1));
        assert_result(psock_send_to(other, "hello", 5, 0, &own, in_time()), 5);
        assert_result(end_call(call), 5);
    }
}

/* --- Waiting for reports --------------------------------------------------- */

static ptrdiff_t receive_report_for_ever(void *argument)
{
    struct letter letter;
    ptrdiff_t received =
        receive_with_reports(*(psock_t *)argument, &letter, PSOCK_FOREVER);
    return received == 1 ? (ptrdiff_t)letter.message.flags : received;
}

static void report_ends_the_wait_for_it(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    need_reports(s);
    for (int round = 0; round < 20; round++) {
        struct running_call *call = begin_call(receive_report_for_ever, &s);
        let_it_wait(call, round * 5);
        send_into_the_void(s, &gone);
        assert_result(end_call(call), PSOCK_UNDELIVERED);
    }
}

static void report_makes_readable_until_it_is_taken(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    psock_pollable entry = {.socket = s, .wanted = PSOCK_READABLE};
    need_reports(s);
    assert_result(psock_poll(&entry, 1, PSOCK_NOW), PSOCK_EAGAIN);
    send_into_the_void(s, &gone);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
    assert_true((entry.came & PSOCK_READABLE) != 0);
    expect_report(s, &gone);
    assert_result(psock_poll(&entry, 1, PSOCK_NOW), PSOCK_EAGAIN);
}

static void poller_tells_of_a_report_until_it_is_taken(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    psock_poller *poller = kept_poller();
    psock_poller_event event;
    need_reports(s);
    assert_result(psock_poller_add(poller, s, PSOCK_READABLE, NULL), 0);
    send_into_the_void(s, &gone);
    assert_result(psock_poller_wait(poller, &event, 1, in_time()), 1);
    assert_true((event.came & PSOCK_READABLE) != 0);
    expect_report(s, &gone);
    assert_either(psock_poller_wait(poller, &event, 1, PSOCK_NOW), PSOCK_EAGAIN,
                  0);
}

/* --- Off again, and elsewhere ---------------------------------------------- */

static void reports_are_switched_off_again(void **state)
{
    int family = family_of(state);
    psock_t s = datagram(family);
    psock_address gone = nobody(family);
    need_reports(s);
    send_into_the_void(s, &gone);
    expect_report(s, &gone);
    assert_result(psock_want_undelivered(s, 0), 0);
    send_into_the_void(s, &gone);
    expect_no_report(s);
    assert_result(psock_want_undelivered(s, 1), 0);
    send_into_the_void(s, &gone);
    expect_report(s, &gone);
}

static void what_waits_is_gone_when_reports_are_switched_off(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t s = datagram(family), other = datagram(family);
    psock_address gone = nobody(family), to = local_of(other);
    need_reports(s);
    send_into_the_void(s, &gone);
    assert_result(psock_want_undelivered(s, 0), 0);
    assert_result(psock_recv(s, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_want_undelivered(s, 1), 0);
    send_into_the_void(s, &gone);
    assert_result(psock_want_undelivered(s, 0), 0);
    assert_result(psock_send_to(s, "hello", 5, 0, &to, in_time()), 5);
    expect_letter(other, "hello");
}

static void switching_reports_off_is_always_allowed(void **state)
{
    psock_t s = datagram(family_of(state));
    assert_result(psock_want_undelivered(s, 0), 0);
    assert_result(psock_want_undelivered(s, 0), 0);
}

static void asking_for_reports_agrees_with_the_capability(void **state)
{
    psock_t s = datagram(family_of(state));
    assert_int_equal(psock_want_undelivered(s, 1) == 0,
                     psock_capability(PSOCK_CAP_UNDELIVERED) == 0);
}

static void dual_stack_socket_is_told_of_both_families(void **state)
{
    struct path path = path_over(state);
    psock_address gone = nobody(PSOCK_IPV4), gone_6 = nobody(PSOCK_IPV6);
    unsigned char bytes[16] = {[10] = 0xff, [11] = 0xff};
    psock_address mapped;
    memcpy(bytes + 12, psock_address_bytes(&gone, NULL), 4);
    assert_result(
        psock_address_ipv6(bytes, psock_address_port(&gone), 0, &mapped), 0);
    need_reports(path.receiver);
    send_into_the_void(path.receiver, &mapped);
    expect_report(path.receiver, &mapped);
    send_into_the_void(path.receiver, &gone_6);
    expect_report(path.receiver, &gone_6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(nothing_fails_by_itself_because_of_others),
        test_both(connected_socket_tells_that_its_peer_refused),
        test_both(array_is_told_that_its_peer_refused),
        test_both(report_tells_to_whom_and_why),
        test_both(reporter_is_told_or_nobody),
        test_both(report_is_told_once),
        test_both(each_undelivered_datagram_is_reported),
        test_both(reports_come_by_ways_of_sending_of_all_kinds),
        test_both(reports_and_datagrams_come_side_by_side),
        test_both(arrays_take_reports_among_messages),
        test_both(many_reports_come_in_one_call),
        test_both(plain_receives_pass_reports_over),
        test_both(sending_is_not_disturbed_by_reports),
        test_both(array_to_nobody_goes_whole_beside_its_reports),
        test_both(sending_is_not_disturbed_while_reports_are_taken),
        test_both(plain_receive_waits_beside_a_report),
        test_both(waiting_receive_outlives_reports),
        test_both(report_ends_the_wait_for_it),
        test_both(report_makes_readable_until_it_is_taken),
        test_both(poller_tells_of_a_report_until_it_is_taken),
        test_both(reports_are_switched_off_again),
        test_both(what_waits_is_gone_when_reports_are_switched_off),
        test_both(switching_reports_off_is_always_allowed),
        test_both(asking_for_reports_agrees_with_the_capability),
        FIXTURE_TEST("dual_stack_socket_is_told_of_both_families",
                     dual_stack_socket_is_told_of_both_families, &net_mapped),
    };
    return cmocka_run_group_tests_name("undelivered", tests, warm_up, NULL);
}
