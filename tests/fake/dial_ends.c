/* dial_ends.c: how a dial ends that nobody answered in time: deadlines, wakers,
 * errors. */
#include "net.h"

#include <stdio.h>
#include <string.h>

/* --- In every step -------------------------------------------------------- */

/* One dial: the resolver is asked, IPv4 is known and held back, then tried,
 * then IPv6 beside it, and in the end all wait. */
#define STEPS                                                                  \
    .ipv6 = "100 ab", .ipv4 = "5 C", .peers = "C 900 ECONNRESET, b 9000"

static const struct {
    const char *moment;
    const char *tries;
} steps[] = {
    {"0", NULL},
    {"3", NULL},
    {"30", NULL},
    {"54", NULL},
    {"56", "C 55"},
    {"99", "C 55"},
    {"101", "C 55"},
    {"304", "C 55"},
    {"306", "C 55, a 305"},
    {"554", "C 55, a 305"},
    {"556", "C 55, a 305, b 555"},
    {"954", "C 55, a 305, b 555"},
    {"956", "C 55, a 305, b 555"},
    {"9554", "C 55, a 305, b 555"},
};

static void waker_ends_it_in_every_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        char ends[32];
        snprintf(ends, sizeof ends, "%s ECANCELED", steps[i].moment);
        play(&(struct scene){STEPS, .cancel = steps[i].moment,
                             .tries = steps[i].tries, .ends = ends});
    }
}

static void deadline_ends_it_in_every_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        char ends[32];
        snprintf(ends, sizeof ends, "%s ETIMEDOUT", steps[i].moment);
        play(&(struct scene){STEPS, .deadline = steps[i].moment,
                             .tries = steps[i].tries, .ends = ends});
    }
}

static void steps_end_well_where_nothing_ends_them(void **state)
{
    (void)state;
    play(&(struct scene){STEPS, .cancel = "9556", .deadline = "9557",
                         .tries = "C 55, a 305, b 555", .ends = "9555 b"});
}

/* --- A single address ----------------------------------------------------- */

static void single_address_has_the_whole_time(void **state)
{
    (void)state;
    play(&(struct scene){.host = "192.0.2.66",
                         .deadline = "70",
                         .tries = "B 0",
                         .ends = "70 ETIMEDOUT"});
    play(&(struct scene){.known = "a",
                         .deadline = "7000",
                         .peers = "a 6999",
                         .tries = "a 0",
                         .ends = "6999 a"});
}

static void single_address_can_be_canceled(void **state)
{
    (void)state;
    play(&(struct scene){.host = "192.0.2.66",
                         .cancel = "0",
                         .tries = "B 0",
                         .ends = "0 ECANCELED"});
    play(&(struct scene){.known = "a",
                         .cancel = "70",
                         .deadline = "80",
                         .peers = "a 75",
                         .tries = "a 0",
                         .ends = "70 ECANCELED"});
}

/* The system's own patience is not the deadline. */
static void single_address_may_be_given_up_by_the_system(void **state)
{
    (void)state;
    play(&(struct scene){.known = "a",
                         .deadline = "127000",
                         .peers = "a 120000 ETIMEDOUT",
                         .tries = "a 0",
                         .ends = "120000 ETIMEDOUT"});
}

/* --- Just in time --------------------------------------------------------- */

static void connection_at_the_deadline_is_one(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "B 30",
                         .deadline = "280",
                         .is_undisturbed = 1,
                         .tries = "a 0, B 250",
                         .ends = "280 B"});
    play(&(struct scene){.known = "B",
                         .peers = "B 30",
                         .deadline = "30",
                         .is_undisturbed = 1,
                         .tries = "B 0",
                         .ends = "30 B"});
}

static void connection_at_the_ring_is_one(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "B 30",
                         .cancel = "280",
                         .is_undisturbed = 1,
                         .tries = "a 0, B 250",
                         .ends = "280 B"});
}

/* What need not wait is not canceled. */
static void connection_at_once_is_not_canceled(void **state)
{
    (void)state;
    play(&(struct scene){.known = "ab",
                         .peers = "a now ECONNREFUSED, b now",
                         .cancel = "0",
                         .tries = "a 0, b 0",
                         .ends = "0 b"});
    play(&(struct scene){.known = "a",
                         .peers = "a now",
                         .cancel = "0",
                         .tries = "a 0",
                         .ends = "0 a"});
}

/* --- No time at all ------------------------------------------------------- */

static void now_takes_what_is_there_at_once(void **state)
{
    (void)state;
    play(&(struct scene){.known = "aB",
                         .peers = "a now ECONNREFUSED, B now",
                         .deadline = "now",
                         .tries = "a 0, B 0",
                         .ends = "0 B"});
    play(&(struct scene){.known = "a",
                         .peers = "a now",
                         .deadline = "now",
                         .tries = "a 0",
                         .ends = "0 a"});
}

static void now_waits_for_nobody(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "1 a",
                         .ipv4 = "1 B",
                         .deadline = "now",
                         .asks = "*",
                         .ends = "0 EAGAIN"});
    play(&(struct scene){.known = "aB",
                         .peers = "a 1, B now",
                         .deadline = "now",
                         .tries = "a 0",
                         .ends = "0 EAGAIN"});
    play(&(struct scene){.known = "a",
                         .peers = "a 1",
                         .deadline = "now",
                         .tries = "a 0",
                         .ends = "0 EAGAIN"});
}

static void now_tells_why_nobody_is_there(void **state)
{
    (void)state;
    play(&(struct scene){.known = "aB",
                         .peers = "a now ENETUNREACH, B now ECONNREFUSED",
                         .deadline = "now",
                         .tries = "a 0, B 0",
                         .ends = "0 ECONNREFUSED"});
    play(&(struct scene){
        .host = "a.invalid", .deadline = "now", .ends = "0 EAI_NONAME"});
}

static void past_deadline_is_tried_once(void **state)
{
    (void)state;
    static const char *const pasts[] = {"past", "long past"};
    for (size_t i = 0; i < COUNT_OF(pasts); i++) {
        play(&(struct scene){.known = "aB",
                             .peers = "a now ECONNREFUSED, B now",
                             .deadline = pasts[i],
                             .tries = "a 0, B 0",
                             .ends = "0 B"});
        play(&(struct scene){.known = "aB",
                             .peers = "a 1",
                             .deadline = pasts[i],
                             .tries = "a 0",
                             .ends = "0 ETIMEDOUT"});
        play(&(struct scene){.known = "a",
                             .peers = "a 1",
                             .deadline = pasts[i],
                             .tries = "a 0",
                             .ends = "0 ETIMEDOUT"});
        play(&(struct scene){
            .ipv6 = "1 a", .deadline = pasts[i], .ends = "0 ETIMEDOUT"});
    }
}

static void deadline_beyond_all_time_is_none(void **state)
{
    (void)state;
    play(&(struct scene){STEPS, .deadline = "far",
                         .tries = "C 55, a 305, b 555", .ends = "9555 b"});
}

/* --- Which error ---------------------------------------------------------- */

static const struct {
    const char *peers;
    const char *ends;
} failures[] = {
    {"a 1 ECONNREFUSED, B 1 ECONNREFUSED", "2 ECONNREFUSED"},
    {"a 1 ECONNREFUSED, B 1 ECONNRESET", "2 ECONNREFUSED"},
    {"a 1 ECONNRESET, B 1 ECONNREFUSED", "2 ECONNRESET"},
    /* One of them was there. */
    {"a 1 ENETUNREACH, B 1 ECONNREFUSED", "2 ECONNREFUSED"},
    {"a 1 ECONNREFUSED, B 1 ENETUNREACH", "2 ECONNREFUSED"},
    {"a 0 EADDRNOTAVAIL, B 1 ECONNREFUSED", "1 ECONNREFUSED"},
    {"a 1 ECONNREFUSED, B now EAFNOSUPPORT", "1 ECONNREFUSED"},
    {"a now EACCES, B 1 ECONNRESET", "1 ECONNRESET"},
    {"a 9 ETIMEDOUT, B 1 ECONNREFUSED", "10 ECONNREFUSED"},
    {"a 1 ECONNREFUSED, B 9 ETIMEDOUT", "10 ECONNREFUSED"},
    /* What was sent says more than what was not. */
    {"a now ENETUNREACH, B 9 ETIMEDOUT", "9 ETIMEDOUT"},
    {"a 9 ETIMEDOUT, B now EACCES", "9 ETIMEDOUT"},
    /* The first. */
    {"a 1 ENETUNREACH, B 1 EHOSTUNREACH", "2 ENETUNREACH"},
    {"a 1 EHOSTUNREACH, B 1 ENETUNREACH", "2 EHOSTUNREACH"},
    {"a now EAFNOSUPPORT, B now EACCES", "0 EAFNOSUPPORT"},
};

static void error_is_that_of_who_came_furthest(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        const _Bool at_once = strstr(failures[i].peers, "a now") != NULL ||
                              strstr(failures[i].peers, "a 0") != NULL;
        const _Bool late = strstr(failures[i].peers, "a 9") != NULL;
        play(&(struct scene){.ipv6 = "0 a",
                             .ipv4 = "0 B",
                             .peers = failures[i].peers,
                             .tries = at_once ? "a 0, B 0"
                                      : late  ? "a 0, B 9"
                                              : "a 0, B 1",
                             .ends = failures[i].ends});
    }
}

/* Whatever failed after it. */
static void system_code_is_that_of_the_error(void **state)
{
    (void)state;
    static const struct scene scenes[] = {
        {.ipv6 = "0 a",
         .ipv4 = "0 B",
         .peers = "a 1 ECONNREFUSED, B 1 ENETUNREACH",
         .tries = "a 0, B 1",
         .ends = "2 ECONNREFUSED"},
        {.ipv6 = "0 a",
         .ipv4 = "0 EAI_AGAIN",
         .peers = "a 1 ENETUNREACH",
         .tries = "a 0",
         .ends = "1 ENETUNREACH"},
        {.ipv6 = "1 EAI_AGAIN", .ipv4 = "2 EAI_NODATA", .ends = "2 EAI_AGAIN"},
    };
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        play(&scenes[i]);
        assert_int_equal(psock_error_native(),
                         native_of(scene_error(strchr(scenes[i].ends, 'E'))));
    }
}

/* --- What this machine lacks ---------------------------------------------- */

static void family_that_is_not_here_is_passed_over(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .fails = "open1 EAFNOSUPPORT",
                         .peers = "B 20",
                         .tries = "a 0, B 0",
                         .ends = "20 B"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .fails = "open1 EAFNOSUPPORT, open2 EAFNOSUPPORT",
                         .tries = "a 0, B 0",
                         .ends = "0 EAFNOSUPPORT"});
}

static void socket_that_is_one_too_many_is_a_failed_attempt(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 ab",
                         .ipv4 = "0 C",
                         .fails = "open2 EMFILE",
                         .peers = "a 900",
                         .tries = "a 0, C 250, b 250",
                         .ends = "900 a"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 C",
                         .fails = "open2 EMFILE",
                         .peers = "a 900 ECONNREFUSED",
                         .tries = "a 0, C 250",
                         .ends = "900 ECONNREFUSED"});
    play(&(struct scene){.known = "a",
                         .fails = "open1 ENFILE",
                         .tries = "a 0",
                         .ends = "0 ENFILE"});
}

static void wait_that_fails_ends_it(void **state)
{
    (void)state;
    play(&(struct scene){STEPS, .fails = "poll1 ENOMEM", .is_undisturbed = 1,
                         .ends = "0 ENOMEM"});
    play(&(struct scene){.known = "aBc",
                         .fails = "poll3 ENOMEM",
                         .is_undisturbed = 1,
                         .tries = "a 0, B 250, c 500",
                         .ends = "500 ENOMEM"});
}

static void system_without_sockets_is_told(void **state)
{
    (void)state;
    const struct scene scene = {.fails = "startup1 ENETDOWN, "
                                         "startup2 ENETDOWN"};
    const psock_address peer = scene_address('a', NET_PORT);
    net_begin(&scene, 0);
    assert_result(psock_dial_addresses(&peer, 1, NULL, PSOCK_FOREVER),
                  PSOCK_ENETDOWN);
    assert_result(psock_dial("peer.test", "80",
                             &(psock_dial_options){.family = PSOCK_IPV6},
                             PSOCK_FOREVER),
                  PSOCK_ENETDOWN);
    assert_int_equal(net_books.attempt_count, 0);
    assert_int_equal(net_books.look_up_count, 0);
    net_end();
}

/* --- Connections that are none -------------------------------------------- */

/* Whoever dials a free port of its own machine may be given just that one. */
static void connection_to_itself_is_refused(void **state)
{
    (void)state;
    play(&(struct scene){.known = "a",
                         .peers = "a 20 self",
                         .tries = "a 0",
                         .ends = "20 ECONNREFUSED"});
    play(&(struct scene){.known = "a",
                         .peers = "a now self",
                         .tries = "a 0",
                         .ends = "0 ECONNREFUSED"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 20 self, B 5",
                         .tries = "a 0, B 20",
                         .ends = "25 B"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a now self, B 5",
                         .tries = "a 0, B 0",
                         .ends = "5 B"});
}

/* The unspecified address is another's name then. */
static void connection_to_itself_by_no_address_is_refused(void **state)
{
    (void)state;
    play(&(struct scene){.known = "oO",
                         .peers = "o 20 self, O 20 self",
                         .tries = "o 0, O 20",
                         .ends = "40 ECONNREFUSED"});
    play(&(struct scene){.known = "oO",
                         .peers = "o 20 self, O 20",
                         .tries = "o 0, O 20",
                         .ends = "40 O"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(waker_ends_it_in_every_step),
        test(deadline_ends_it_in_every_step),
        test(steps_end_well_where_nothing_ends_them),
        test(single_address_has_the_whole_time),
        test(single_address_can_be_canceled),
        test(single_address_may_be_given_up_by_the_system),
        test(connection_at_the_deadline_is_one),
        test(connection_at_the_ring_is_one),
        test(connection_at_once_is_not_canceled),
        test(now_takes_what_is_there_at_once),
        test(now_waits_for_nobody),
        test(now_tells_why_nobody_is_there),
        test(past_deadline_is_tried_once),
        test(deadline_beyond_all_time_is_none),
        test(error_is_that_of_who_came_furthest),
        test(system_code_is_that_of_the_error),
        test(family_that_is_not_here_is_passed_over),
        test(socket_that_is_one_too_many_is_a_failed_attempt),
        test(wait_that_fails_ends_it),
        test(system_without_sockets_is_told),
        test(connection_to_itself_is_refused),
        test(connection_to_itself_by_no_address_is_refused),
    };
    return cmocka_run_group_tests_name("fake.dial_ends", tests, NULL, NULL);
}
