/* dial_options.c: what can be chosen for a dial, dials of addresses that are
 * known, and the report. */
#include "net.h"

#include <string.h>

/* --- Delays --------------------------------------------------------------- */

static void attempt_delay_can_be_chosen(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 ab",
                         .ipv4 = "0 C",
                         .options.attempt_delay_ms = 10,
                         .peers = "b 900",
                         .tries = "a 0, C 10, b 20",
                         .ends = "920 b"});
    play(&(struct scene){.known = "aCb",
                         .options.attempt_delay_ms = 250,
                         .peers = "b 900",
                         .tries = "a 0, C 250, b 500",
                         .ends = "1400 b"});
    play(&(struct scene){.ipv6 = "0 ab",
                         .ipv4 = "0 C",
                         .options.attempt_delay_ms = 2000,
                         .peers = "b 900",
                         .tries = "a 0, C 2000, b 4000",
                         .ends = "4900 b"});
}

static void attempt_delay_out_of_range_is_refused(void **state)
{
    (void)state;
    static const int64_t delays_ms[] = {1,  9,         2001,     250000,
                                        -1, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(delays_ms); i++) {
        play(&(struct scene){.asks = "",
                             .options.attempt_delay_ms = delays_ms[i],
                             .ends = "0 EINVAL"});
        play(&(struct scene){.known = "a",
                             .options.attempt_delay_ms = delays_ms[i],
                             .ends = "0 EINVAL"});
    }
}

static void resolution_delay_can_be_chosen(void **state)
{
    (void)state;
    static const struct {
        int64_t delay_ms;
        const char *tries;
        const char *ends;
    } cases[] = {
        {0, "B 55", "75 B"},        {50, "B 55", "75 B"},
        {1, "B 6", "26 B"},         {200, "B 205", "225 B"},
        {-1, "B 5", "25 B"},        {INT64_MIN, "B 5", "25 B"},
        {4000, "a 3000", "3001 a"}, {INT64_MAX, "a 3000", "3001 a"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        play(&(struct scene){.ipv6 = "3000 a",
                             .ipv4 = "5 B",
                             .options.resolution_delay_ms = cases[i].delay_ms,
                             .peers = "a 1, B 20",
                             .tries = cases[i].tries,
                             .ends = cases[i].ends});
}

/* Nobody waits for what is known, or what is not asked for. */
static void resolution_delay_is_for_names_of_both_families(void **state)
{
    (void)state;
    play(&(struct scene){.ipv4 = "5 B",
                         .options.family = PSOCK_IPV4,
                         .options.resolution_delay_ms = 900,
                         .peers = "B 20",
                         .tries = "B 5",
                         .ends = "25 B"});
    play(&(struct scene){.known = "B",
                         .options.resolution_delay_ms = 900,
                         .peers = "B 20",
                         .tries = "B 0",
                         .ends = "20 B"});
}

/* --- Families and flags --------------------------------------------------- */

static void unknown_choices_are_refused(void **state)
{
    (void)state;
    static const psock_dial_options choices[] = {
        {.family = PSOCK_UNIX},   {.family = 99},
        {.family = -1},           {.preferred_family = PSOCK_UNIX},
        {.preferred_family = 99}, {.flags = 1},
        {.flags = 1u << 31},
    };
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        play(&(struct scene){
            .asks = "", .options = choices[i], .ends = "0 EINVAL"});
        play(&(struct scene){
            .known = "aB", .options = choices[i], .ends = "0 EINVAL"});
    }
}

/* --- The source ----------------------------------------------------------- */

/* The network sees to it that each socket is bound before it connects. */
static void source_is_bound_and_chooses_the_family(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "5 BC",
                         .source = "S",
                         .peers = "C 20",
                         .asks = "4",
                         .tries = "B 5, C 255",
                         .ends = "275 C"});
    play(&(struct scene){.ipv6 = "5 ab",
                         .source = "s",
                         .options.family = PSOCK_IPV6,
                         .peers = "b 20",
                         .asks = "6",
                         .tries = "a 5, b 255",
                         .ends = "275 b"});
    play(&(struct scene){.known = "aBcD",
                         .source = "S",
                         .peers = "D 20",
                         .tries = "B 0, D 250",
                         .ends = "270 D"});
    play(&(struct scene){.known = "B",
                         .source = "S",
                         .peers = "B 20",
                         .tries = "B 0",
                         .ends = "20 B"});
}

static void source_that_cannot_be_bound_fails_the_attempt(void **state)
{
    (void)state;
    play(&(struct scene){.ipv4 = "0 BC",
                         .source = "S",
                         .fails = "bind1 EADDRINUSE",
                         .peers = "C 20",
                         .tries = "B 0, C 0",
                         .ends = "20 C"});
    play(&(struct scene){.ipv4 = "0 BC",
                         .source = "S",
                         .fails = "bind1 EADDRNOTAVAIL, bind2 EADDRINUSE",
                         .tries = "B 0, C 0",
                         .ends = "0 EADDRNOTAVAIL"});
    play(&(struct scene){.known = "a",
                         .source = "s",
                         .fails = "bind1 EADDRNOTAVAIL",
                         .tries = "a 0",
                         .ends = "0 EADDRNOTAVAIL"});
}

static void source_of_another_family_is_refused(void **state)
{
    (void)state;
    play(&(struct scene){.asks = "",
                         .source = "s",
                         .options.family = PSOCK_IPV4,
                         .ends = "0 EAFNOSUPPORT"});
    play(&(struct scene){.known = "aB",
                         .source = "S",
                         .options.family = PSOCK_IPV6,
                         .ends = "0 EAFNOSUPPORT"});
    /* There are no names of Unix addresses. */
    play(&(struct scene){.asks = "", .source = "1", .ends = "0 EAFNOSUPPORT"});
}

static void source_of_no_family_is_refused(void **state)
{
    (void)state;
    static const psock_address none;
    const psock_dial_options options = {.source = &none};
    const psock_address peer = scene_address('a', 80);
    assert_result(psock_dial("peer.test", "80", &options, PSOCK_FOREVER),
                  PSOCK_EAFNOSUPPORT);
    assert_result(psock_dial_addresses(&peer, 1, &options, PSOCK_FOREVER),
                  PSOCK_EAFNOSUPPORT);
}

/* --- Preparing ------------------------------------------------------------ */

/* The network sees to it that each socket is prepared once, before all else. */
static void socket_that_cannot_be_prepared_fails_the_attempt(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .fails = "prepare1 EPERM",
                         .peers = "a 1, B 20",
                         .tries = "a 0, B 0",
                         .ends = "20 B"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .source = "s",
                         .fails = "prepare1 EPERM",
                         .asks = "6",
                         .tries = "a 0",
                         .ends = "0 EPERM"});
    play(&(struct scene){.known = "a",
                         .fails = "prepare1 ENOPROTOOPT",
                         .peers = "a 1",
                         .tries = "a 0",
                         .ends = "0 ENOPROTOOPT"});
}

/* Also what means something to those who wait for attempts. */
static void preparing_may_fail_with_any_error(void **state)
{
    (void)state;
    static const char *const failures[][2] = {
        {"prepare1 EINPROGRESS", "0 EINPROGRESS"},
        {"prepare1 EALREADY", "0 EALREADY"}};
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        play(&(struct scene){.ipv6 = "0 a",
                             .ipv4 = "0 B",
                             .fails = failures[i][0],
                             .peers = "a 1, B 20",
                             .tries = "a 0, B 0",
                             .ends = "20 B"});
        play(&(struct scene){.ipv6 = "0 a",
                             .ipv4 = "0 EAI_NODATA",
                             .fails = failures[i][0],
                             .tries = "a 0",
                             .ends = failures[i][1]});
        play(&(struct scene){.known = "a",
                             .fails = failures[i][0],
                             .tries = "a 0",
                             .ends = failures[i][1]});
    }
}

/* --- Addresses that are known --------------------------------------------- */

static void known_addresses_are_tried_as_they_stand(void **state)
{
    (void)state;
    play(&(struct scene){.known = "BCaDb",
                         .options.preferred_family = PSOCK_IPV6,
                         .peers = "b 20",
                         .tries = "B 0, C 250, a 500, D 750, b 1000",
                         .ends = "1020 b"});
    play(&(struct scene){.known = "abC",
                         .options.preferred_family = PSOCK_IPV4,
                         .peers = "a 5 ECONNREFUSED, C 20",
                         .tries = "a 0, b 5, C 255",
                         .ends = "275 C"});
}

static void known_addresses_of_another_family_are_passed_over(void **state)
{
    (void)state;
    play(&(struct scene){.known = "aBc1D",
                         .options.family = PSOCK_IPV4,
                         .peers = "D 20",
                         .tries = "B 0, D 250",
                         .ends = "270 D"});
    play(&(struct scene){
        .known = "a", .options.family = PSOCK_IPV4, .ends = "0 EAI_NODATA"});
    play(
        &(struct scene){.known = "a1c", .source = "S", .ends = "0 EAI_NODATA"});
}

static void no_address_is_no_peer(void **state)
{
    (void)state;
    play(&(struct scene){.known = "", .ends = "0 EAI_NODATA"});
    assert_result(psock_dial_addresses(NULL, 0, NULL, PSOCK_FOREVER),
                  PSOCK_EAI_NODATA);
}

static void known_address_that_stands_twice_is_tried_once(void **state)
{
    (void)state;
    play(&(struct scene){.known = "aaBaBc",
                         .peers = "a 5 ECONNREFUSED, c 20",
                         .tries = "a 0, B 5, c 255",
                         .ends = "275 c"});
}

static void known_addresses_that_cannot_be_are_refused(void **state)
{
    (void)state;
    psock_address peers[3] = {
        scene_address('a', 80), {.length = 0}, scene_address('B', 80)};
    assert_result(psock_dial_addresses(NULL, 1, NULL, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_dial_addresses(peers, 3, NULL, PSOCK_FOREVER),
                  PSOCK_EAFNOSUPPORT);
    peers[1] = scene_address('c', 0);
    assert_result(psock_dial_addresses(peers, 3, NULL, PSOCK_FOREVER),
                  PSOCK_EINVAL);
    peers[1] = scene_address('C', 0);
    assert_result(psock_dial_addresses(peers + 1, 1, NULL, PSOCK_FOREVER),
                  PSOCK_EINVAL);
}

/* --- Unix addresses ------------------------------------------------------- */

static void unix_addresses_are_tried_as_well(void **state)
{
    (void)state;
    play(&(struct scene){
        .known = "1", .peers = "1 now", .tries = "1 0", .ends = "0 1"});
    play(&(struct scene){.known = "12a",
                         .peers = "1 now ENOENT, 2 now ECONNREFUSED, a 20",
                         .tries = "1 0, 2 0, a 0",
                         .ends = "20 a"});
    play(&(struct scene){.known = "12",
                         .peers = "1 now ENOENT, 2 now ECONNREFUSED",
                         .tries = "1 0, 2 0",
                         .ends = "0 ECONNREFUSED"});
    play(&(struct scene){.known = "a1",
                         .source = "3",
                         .peers = "1 now",
                         .tries = "1 0",
                         .ends = "0 1"});
}

/* No event tells when there is room. */
static void full_queue_is_waited_for_where_it_is_alone(void **state)
{
    (void)state;
    play(&(struct scene){
        .known = "1", .peers = "1 24 full", .tries = "1 0", .ends = "24 1"});
    play(&(struct scene){.known = "1",
                         .peers = "1 24 full",
                         .deadline = "now",
                         .tries = "1 0",
                         .ends = "0 EAGAIN"});
    play(&(struct scene){.known = "1",
                         .peers = "1 24 full",
                         .deadline = "10",
                         .tries = "1 0",
                         .ends = "10 ETIMEDOUT"});
    play(&(struct scene){.known = "12",
                         .peers = "1 24 full, 2 now",
                         .tries = "1 0, 2 0",
                         .ends = "0 2"});
}

/* --- The report ----------------------------------------------------------- */

/* By hand, once: each scene checks its report. */
static void report_tells_what_was_done(void **state)
{
    (void)state;
    psock_dial_attempt attempts[3];
    psock_dial_report report = {
        .attempts = attempts, .capacity = COUNT_OF(attempts), .count = 9};
    const psock_dial_options options = {.report = &report};
    const struct scene scene = {.ipv6 = "5 ab",
                                .ipv4 = "9 EAI_NODATA",
                                .peers = "a 300 ECONNREFUSED, b 60"};
    const psock_address a = scene_address('a', NET_PORT);
    const psock_address b = scene_address('b', NET_PORT);
    attempts[2].error = 1;
    net_begin(&scene, 0);
    const psock_t s = psock_dial("peer.test", "80", &options, PSOCK_FOREVER);
    assert_true(s >= 0);
    assert_int_equal(report.count, 2);
    assert_int_equal(psock_address_compare(&attempts[0].peer, &a), 0);
    assert_int_equal(attempts[0].error, PSOCK_ECONNREFUSED);
    assert_int_equal(attempts[0].began_ns, ms(5));
    assert_int_equal(attempts[0].ended_ns, ms(305));
    assert_int_equal(psock_address_compare(&attempts[1].peer, &b), 0);
    assert_int_equal(attempts[1].error, 0);
    assert_int_equal(attempts[1].began_ns, ms(255));
    assert_int_equal(attempts[1].ended_ns, ms(315));
    assert_int_equal(attempts[2].error, 1);
    assert_int_equal(report.ipv6.result, 2);
    assert_int_equal(report.ipv6.ended_ns, ms(5));
    assert_int_equal(report.ipv4.result, PSOCK_EAI_NODATA);
    assert_int_equal(report.ipv4.ended_ns, ms(9));
    assert_result(psock_close(s), 0);
    net_end();
}

static void report_without_its_room_is_refused(void **state)
{
    (void)state;
    psock_dial_report report = {.capacity = 1, .count = 9};
    const psock_dial_options options = {.report = &report};
    const psock_address peer = scene_address('a', 80);
    assert_result(psock_dial("peer.test", "80", &options, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_dial_addresses(&peer, 1, &options, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_int_equal(report.count, 9);
}

static void refused_dial_leaves_the_report_alone(void **state)
{
    (void)state;
    psock_dial_report report = {.count = 9, .ipv4.result = 8};
    const psock_dial_options options = {.flags = 1, .report = &report};
    const psock_dial_options usual = {.report = &report};
    psock_address path;
    assert_result(psock_address_unix("/path", 5, &path), 0);
    const psock_dial_options from_a_path = {.source = &path, .report = &report};
    assert_result(psock_dial(NULL, NULL, &usual, PSOCK_FOREVER), PSOCK_EFAULT);
    assert_result(psock_dial("peer.test", "80", &options, PSOCK_FOREVER),
                  PSOCK_EINVAL);
    assert_result(psock_dial_addresses(NULL, 1, &usual, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_dial("peer.test", "0", &usual, PSOCK_FOREVER),
                  PSOCK_EINVAL);
    assert_result(psock_dial("peer\xff.test", "80", &usual, PSOCK_FOREVER),
                  PSOCK_EINVAL);
    assert_result(psock_dial("peer.test", "80", &from_a_path, PSOCK_FOREVER),
                  PSOCK_EAFNOSUPPORT);
    assert_int_equal(report.count, 9);
    assert_int_equal(report.ipv4.result, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(attempt_delay_can_be_chosen),
        test(attempt_delay_out_of_range_is_refused),
        test(resolution_delay_can_be_chosen),
        test(resolution_delay_is_for_names_of_both_families),
        test(unknown_choices_are_refused),
        test(source_is_bound_and_chooses_the_family),
        test(source_that_cannot_be_bound_fails_the_attempt),
        test(source_of_another_family_is_refused),
        test(source_of_no_family_is_refused),
        test(socket_that_cannot_be_prepared_fails_the_attempt),
        test(preparing_may_fail_with_any_error),
        test(known_addresses_are_tried_as_they_stand),
        test(known_addresses_of_another_family_are_passed_over),
        test(no_address_is_no_peer),
        test(known_address_that_stands_twice_is_tried_once),
        test(known_addresses_that_cannot_be_are_refused),
        test(unix_addresses_are_tried_as_well),
        test(full_queue_is_waited_for_where_it_is_alone),
        test(report_tells_what_was_done),
        test(report_without_its_room_is_refused),
        test(refused_dial_leaves_the_report_alone),
    };
    return cmocka_run_group_tests_name("fake.dial_options", tests, NULL, NULL);
}
