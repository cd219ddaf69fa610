/* dials.c: dialing by name, with peers that refuse or are silent and name servers
 * that are late. */
#include <stdio.h>
#include <string.h>

#include "names.h"

enum {
    ATTEMPTS = 64
};

/* A report, and options that ask for it. */
struct told {
    psock_dial_attempt attempts[ATTEMPTS];
    psock_dial_report report;
    psock_dial_options options;
};

static psock_dial_options *ask_for_report(struct told *told)
{
    memset(told, 0, sizeof *told);
    told->report.attempts = told->attempts;
    told->report.capacity = ATTEMPTS;
    told->options.report = &told->report;
    return &told->options;
}

/* A listener at this address, whose port is free: nobody else is here. */
static psock_t listener_at(const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    psock_t s = open_kept(psock_address_family(&address), PSOCK_STREAM);
    assert_result(psock_bind(s, &address, PSOCK_BIND_REBIND), 0);
    assert_result(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    return s;
}

#define PORT "4711"
#define LISTENER4 "127.0.0.1:4711"
#define LISTENER6 "[::1]:4711"

static void check_address(const psock_address *address, const char *expected)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address_format(address, 0, text, sizeof text);
    assert_string_equal(text, expected);
}

static void check_reached(psock_t s, const char *peer)
{
    psock_address address = peer_of(keep(s));
    check_address(&address, peer);
}

static void check_attempt(const struct told *told, size_t place,
                          const char *peer, int error)
{
    assert_true(told->report.count > place);
    check_address(&told->attempts[place].peer, peer);
    assert_result(told->attempts[place].error, error);
    assert_true(told->attempts[place].began_ns >= 0);
    assert_true(told->attempts[place].ended_ns >=
                told->attempts[place].began_ns);
}

/* How long after the first attempt the second began. */
static void check_second_after(const struct told *told, int64_t least_ms)
{
    const int64_t between_ns =
        told->attempts[1].began_ns - told->attempts[0].began_ns;
    assert_in_range(between_ns, least_ms * NANOSECONDS_PER_MS,
                    least_ms * NANOSECONDS_PER_MS + 3 * LATE_NS);
}

/* --- Reaching a listener ------------------------------------------------------------ */

static void name_of_one_family_is_dialed(void **state)
{
    (void)state;
    (void)listener_at(LISTENER4);
    (void)listener_at(LISTENER6);
    check_reached(psock_dial("four.test", PORT, NULL, in_time()), LISTENER4);
    check_reached(psock_dial("six.test", PORT, NULL, in_time()), LISTENER6);
}

static void name_of_both_families_is_dialed_by_either(void **state)
{
    struct told told;
    (void)state;
    psock_t listener = listener_at(LISTENER4);
    check_reached(
        psock_dial("both.test", PORT, ask_for_report(&told), in_time()),
        LISTENER4);
    assert_result(told.report.ipv6.result, 1);
    assert_result(told.report.ipv4.result, 1);
    check_attempt(&told, told.report.count - 1, LISTENER4, 0);
    close_kept(listener);
    (void)listener_at(LISTENER6);
    check_reached(psock_dial("both.test", PORT, NULL, in_time()), LISTENER6);
}

static void preferred_family_of_a_name_is_reached(void **state)
{
    (void)state;
    (void)listener_at(LISTENER4);
    (void)listener_at(LISTENER6);
    static const struct {
        int family;
        const char *peer;
    } rows[] = {{PSOCK_IPV4, LISTENER4}, {PSOCK_IPV6, LISTENER6}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const psock_dial_options options = {.preferred_family = rows[i].family,
                                            .resolution_delay_ms = 5000};
        check_reached(psock_dial("both.test", PORT, &options, in_time()),
                      rows[i].peer);
    }
}

static void only_the_family_that_is_wanted_is_looked_up(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER4);
    (void)listener_at(LISTENER6);
    ask_for_report(&told)->family = PSOCK_IPV4;
    check_reached(psock_dial("both.test", PORT, &told.options, in_time()),
                  LISTENER4);
    assert_int_equal(told.report.ipv6.result, 0);
    assert_result(told.report.ipv4.result, 1);
    assert_true(told.report.ipv4.ended_ns > 0);
}

static void service_by_name_is_dialed(void **state)
{
    (void)state;
    (void)listener_at(LISTENER4);
    check_reached(psock_dial("four.test", "psock-stream", NULL, in_time()),
                  LISTENER4);
    check_reached(psock_dial("localhost", "psock-stream", NULL, in_time()),
                  LISTENER4);
    assert_result(psock_dial("four.test", "psock-nothing", NULL, in_time()),
                  PSOCK_EAI_SERVICE);
}

static void alias_is_dialed(void **state)
{
    (void)state;
    (void)listener_at(LISTENER6);
    check_reached(psock_dial("over.test", PORT, NULL, in_time()), LISTENER6);
}

static void name_is_dialed_from_a_source(void **state)
{
    psock_address source, local;
    (void)state;
    (void)listener_at(LISTENER4);
    (void)listener_at(LISTENER6);
    assert_result(psock_address_parse("127.0.0.9", &source), 0);
    const psock_dial_options options = {.source = &source};
    psock_t s = psock_dial("both.test", PORT, &options, in_time());
    check_reached(s, LISTENER4);
    local = local_of(s);
    assert_result(psock_address_set_port(&local, 0), 0);
    assert_true(same_address(&local, &source));
}

/* --- Names that cannot be dialed --------------------------------------------------------- */

static void dial_of_no_name_says_so(void **state)
{
    struct told told;
    (void)state;
    assert_result(
        psock_dial("absent.test", PORT, ask_for_report(&told), in_time()),
        PSOCK_EAI_NONAME);
    assert_result(told.report.ipv6.result, PSOCK_EAI_NONAME);
    assert_result(told.report.ipv4.result, PSOCK_EAI_NONAME);
    assert_int_equal(told.report.count, 0);
}

static void dial_of_a_name_without_addresses_says_so(void **state)
{
    (void)state;
    assert_either(psock_dial("empty.test", PORT, NULL, in_time()),
                  PSOCK_EAI_NODATA, PSOCK_EAI_NONAME);
}

static void dial_with_a_server_in_trouble_says_so(void **state)
{
    (void)state;
    assert_result(psock_dial("code-2.played.test", PORT, NULL, in_time()),
                  PSOCK_EAI_AGAIN);
}

/* --- Peers that refuse or are silent ------------------------------------------------------ */

static void refused_family_makes_room_for_the_other_at_once(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER4);
    ask_for_report(&told)->resolution_delay_ms = 5000;
    told.options.attempt_delay_ms = 2000;
    check_reached(psock_dial("refused-six.test", PORT, &told.options,
                             psock_deadline_ms(900)),
                  LISTENER4);
    assert_int_equal(told.report.count, 2);
    check_attempt(&told, 0, "[fd78::1]:4711", PSOCK_ECONNREFUSED);
    check_attempt(&told, 1, LISTENER4, 0);
}

static void silent_family_is_passed_after_the_delay(void **state)
{
    static const int64_t delays_ms[] = {0, 40, 600};
    (void)state;
    (void)listener_at(LISTENER4);
    for (size_t i = 0; i < COUNT_OF(delays_ms); i++) {
        struct told told;
        ask_for_report(&told)->attempt_delay_ms = delays_ms[i];
        told.options.resolution_delay_ms = 5000;
        check_reached(
            psock_dial("dead-six.test", PORT, &told.options, in_time()),
            LISTENER4);
        assert_int_equal(told.report.count, 2);
        check_attempt(&told, 0, "[fd78::99]:4711", PSOCK_ECANCELED);
        check_attempt(&told, 1, LISTENER4, 0);
        check_second_after(&told, delays_ms[i] == 0 ? 250 : delays_ms[i]);
    }
}

static void silent_preferred_family_is_passed_after_the_delay(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER6);
    ask_for_report(&told)->preferred_family = PSOCK_IPV4;
    told.options.resolution_delay_ms = 5000;
    check_reached(psock_dial("dead-four.test", PORT, &told.options, in_time()),
                  LISTENER6);
    assert_int_equal(told.report.count, 2);
    check_attempt(&told, 0, "10.78.0.99:4711", PSOCK_ECANCELED);
    check_attempt(&told, 1, LISTENER6, 0);
    check_second_after(&told, 250);
}

static void family_out_of_reach_is_passed_at_once(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER4);
    ask_for_report(&told)->attempt_delay_ms = 2000;
    told.options.resolution_delay_ms = 5000;
    check_reached(
        psock_dial("astray.test", PORT, &told.options, psock_deadline_ms(900)),
        LISTENER4);
    check_attempt(&told, 1, LISTENER4, 0);
    assert_either(told.attempts[0].error, PSOCK_EHOSTUNREACH,
                  PSOCK_ENETUNREACH);
}

static ptrdiff_t dial_silent(psock_deadline deadline, const void *options)
{
    return psock_dial("silent.test", PORT, options, deadline);
}

static void dial_of_silent_addresses_keeps_its_deadline(void **state)
{
    struct told told;
    (void)state;
    check_deadlines(dial_silent, ask_for_report(&told), PSOCK_ETIMEDOUT);
    assert_int_equal(told.report.count, 2);
    check_attempt(&told, 0, "[fd78::99]:4711", PSOCK_ECANCELED);
    check_attempt(&told, 1, "10.78.0.99:4711", PSOCK_ECANCELED);
    check_second_after(&told, 250);
}

/* The families take turns, and not all are open at once. */
static void very_many_silent_addresses_are_tried_in_turn(void **state)
{
    struct told told;
    (void)state;
    ask_for_report(&told)->attempt_delay_ms = 10;
    told.options.resolution_delay_ms = 5000;
    const int64_t before_ns = clock_ns();
    assert_result(
        psock_dial("many.test", PORT, &told.options, psock_deadline_ms(1000)),
        PSOCK_ETIMEDOUT);
    check_took(before_ns, 1000, 1200);
    assert_in_range(told.report.count, 16, 64);
    for (size_t i = 0; i < told.report.count; i++)
        assert_int_equal(psock_address_family(&told.attempts[i].peer),
                         i % 2 == 0 ? PSOCK_IPV6 : PSOCK_IPV4);
}

/* --- Name servers that are late ------------------------------------------------------------ */

/* Without a pause for what is preferred when that is here. */
static void late_second_family_is_not_waited_for(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER6);
    const int64_t before_ns = clock_ns();
    check_reached(psock_dial("late4-900.played.test", PORT,
                             ask_for_report(&told), in_time()),
                  LISTENER6);
    check_took(before_ns, 0, 450);
    assert_result(told.report.ipv6.result, 1);
    assert_result(told.report.ipv4.result, PSOCK_ECANCELED);
}

static void late_first_family_is_waited_for_a_little(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER4);
    (void)listener_at(LISTENER6);
    const int64_t before_ns = clock_ns();
    check_reached(psock_dial("late6-901.played.test", PORT,
                             ask_for_report(&told), in_time()),
                  LISTENER4);
    check_took(before_ns, 50, 500);
    assert_result(told.report.ipv6.result, PSOCK_ECANCELED);
    assert_result(told.report.ipv4.result, 1);
    assert_in_range(told.attempts[0].began_ns - told.report.ipv4.ended_ns,
                    50 * NANOSECONDS_PER_MS, 50 * NANOSECONDS_PER_MS + LATE_NS);
}

static void late_first_family_is_taken_when_it_comes_in_time(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER4);
    (void)listener_at(LISTENER6);
    ask_for_report(&told)->resolution_delay_ms = 5000;
    const int64_t before_ns = clock_ns();
    check_reached(
        psock_dial("late6-200.played.test", PORT, &told.options, in_time()),
        LISTENER6);
    check_took(before_ns, 200, 900);
    assert_result(told.report.ipv6.result, 1);
}

static void late_first_family_is_not_waited_for_if_so_wanted(void **state)
{
    const psock_dial_options options = {.resolution_delay_ms = -1};
    (void)state;
    (void)listener_at(LISTENER4);
    (void)listener_at(LISTENER6);
    const int64_t before_ns = clock_ns();
    check_reached(
        psock_dial("late6-902.played.test", PORT, &options, in_time()),
        LISTENER4);
    check_took(before_ns, 0, 450);
}

/* What comes late joins the attempts. */
static void late_family_helps_when_the_other_refuses(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER6);
    check_reached(psock_dial("late6-300.played.test", PORT,
                             ask_for_report(&told), in_time()),
                  LISTENER6);
    assert_int_equal(told.report.count, 2);
    check_attempt(&told, 0, LISTENER4, PSOCK_ECONNREFUSED);
    check_attempt(&told, 1, LISTENER6, 0);
    assert_true(told.attempts[1].began_ns >= told.report.ipv6.ended_ns);
}

static void
look_up_that_hangs_does_not_keep_the_other_from_winning(void **state)
{
    struct told told;
    (void)state;
    (void)listener_at(LISTENER4);
    const int64_t before_ns = clock_ns();
    check_reached(psock_dial("late6-99999.played.test", PORT,
                             ask_for_report(&told), in_time()),
                  LISTENER4);
    check_took(before_ns, 50, 500);
    assert_result(told.report.ipv6.result, PSOCK_ECANCELED);
}

static void dial_given_up_in_the_look_up_tells_of_no_attempt(void **state)
{
    struct told told;
    (void)state;
    assert_result(psock_dial(hung_name(), PORT, ask_for_report(&told),
                             psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
    assert_int_equal(told.report.count, 0);
    assert_result(told.report.ipv6.result, PSOCK_ECANCELED);
    assert_result(told.report.ipv4.result, PSOCK_ECANCELED);
    assert_true(told.report.ipv6.ended_ns >= SHORT_NS);
    assert_true(told.report.ipv4.ended_ns >= SHORT_NS);
}

static const struct CMUnitTest tests[] = {
    NAMES_TEST(name_of_one_family_is_dialed),
    NAMES_TEST(name_of_both_families_is_dialed_by_either),
    NAMES_TEST(preferred_family_of_a_name_is_reached),
    NAMES_TEST(only_the_family_that_is_wanted_is_looked_up),
    NAMES_TEST(service_by_name_is_dialed),
    NAMES_TEST(alias_is_dialed),
    NAMES_TEST(name_is_dialed_from_a_source),
    NAMES_TEST(dial_of_no_name_says_so),
    NAMES_TEST(dial_of_a_name_without_addresses_says_so),
    NAMES_TEST(dial_with_a_server_in_trouble_says_so),
    NAMES_TEST(refused_family_makes_room_for_the_other_at_once),
    NAMES_TEST(silent_family_is_passed_after_the_delay),
    NAMES_TEST(silent_preferred_family_is_passed_after_the_delay),
    NAMES_TEST(family_out_of_reach_is_passed_at_once),
    NAMES_TEST(dial_of_silent_addresses_keeps_its_deadline),
    NAMES_TEST(very_many_silent_addresses_are_tried_in_turn),
    NAMES_TEST(late_second_family_is_not_waited_for),
    NAMES_TEST(late_first_family_is_waited_for_a_little),
    NAMES_TEST(late_first_family_is_taken_when_it_comes_in_time),
    NAMES_TEST(late_first_family_is_not_waited_for_if_so_wanted),
    NAMES_TEST(late_family_helps_when_the_other_refuses),
    NAMES_TEST(look_up_that_hangs_does_not_keep_the_other_from_winning),
    NAMES_TEST(dial_given_up_in_the_look_up_tells_of_no_attempt),
};

const struct claims dial_claims = CLAIMS(tests);
