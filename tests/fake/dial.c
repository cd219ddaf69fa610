/* dial.c: who is tried when: Happy Eyeballs version 2 (RFC 8305). */
#include "scene.h"

#include <stdio.h>
#include <string.h>

/* --- Who answers first (section 3) ---------------------------------------- */

static void ipv6_that_is_known_first_is_tried_at_once(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "90 B",
                         .peers = "a 20, B 20",
                         .tries = "a 5",
                         .ends = "25 a"});
}

static void ipv4_that_is_known_first_waits_for_ipv6(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "59 a",
                         .ipv4 = "10 B",
                         .peers = "a 20, B 20",
                         .tries = "a 59",
                         .ends = "79 a"});
}

static void ipv6_at_the_end_of_the_resolution_delay_is_first(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "60 a",
                         .ipv4 = "10 B",
                         .peers = "a 20, B 20",
                         .tries = "a 60",
                         .ends = "80 a"});
}

static void ipv6_after_the_resolution_delay_is_next(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "61 a",
                         .ipv4 = "10 B",
                         .peers = "a 20",
                         .tries = "B 60, a 310",
                         .ends = "330 a"});
}

static void ipv6_that_is_never_known_is_not_waited_for(void **state)
{
    (void)state;
    play(&(struct scene){
        .ipv4 = "10 B", .peers = "B 20", .tries = "B 60", .ends = "80 B"});
}

static void ipv4_that_is_never_known_is_not_missed(void **state)
{
    (void)state;
    play(&(struct scene){
        .ipv6 = "10 a", .peers = "a 20", .tries = "a 10", .ends = "30 a"});
}

/* The resolver may know the answer when it is asked. */
static void answers_may_be_there_at_once(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "now a",
                         .ipv4 = "now B",
                         .peers = "B 20",
                         .tries = "a 0, B 250",
                         .ends = "270 B"});
    play(&(struct scene){
        .ipv4 = "now B", .peers = "B 20", .tries = "B 50", .ends = "70 B"});
}

static void answers_of_one_moment_are_taken_together(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "7 a",
                         .ipv4 = "7 B",
                         .peers = "B 20",
                         .tries = "a 7, B 257",
                         .ends = "277 B"});
}

/* Section 3: it is as if they had been there from the beginning. */
static void late_addresses_take_their_turn(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "100 ab",
                         .ipv4 = "0 CDE",
                         .peers = "E 10",
                         .tries = "C 50, a 300, D 550, b 800, E 1050",
                         .ends = "1060 E"});
    play(&(struct scene){.ipv6 = "0 abc",
                         .ipv4 = "600 DE",
                         .peers = "E 10",
                         .tries = "a 0, b 250, c 500, D 750, E 1000",
                         .ends = "1010 E"});
}

/* Their turn has come already. */
static void late_addresses_of_a_quiet_race_are_tried_at_once(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "900 B",
                         .peers = "B 10",
                         .tries = "a 0, B 900",
                         .ends = "910 B"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "900 B",
                         .peers = "a 30 ECONNREFUSED, B 10",
                         .tries = "a 0, B 900",
                         .ends = "910 B"});
}

static void answer_after_the_winner_is_not_waited_for(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "500 B",
                         .peers = "a 20",
                         .tries = "a 5",
                         .ends = "25 a"});
}

static void answer_at_the_moment_of_the_winner_changes_nothing(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "25 B",
                         .peers = "a 20",
                         .tries = "a 5",
                         .ends = "25 a"});
}

/* --- Which comes next (section 4) ----------------------------------------- */

static void families_take_turns(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 abc",
                         .ipv4 = "0 DEF",
                         .peers = "F 30",
                         .tries = "a 0, D 250, b 500, E 750, c 1000, F 1250",
                         .ends = "1280 F"});
}

static void preferred_family_has_the_first_turn(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 abc",
                         .ipv4 = "0 DEF",
                         .options.preferred_family = PSOCK_IPV4,
                         .peers = "c 30",
                         .tries = "D 0, a 250, E 500, b 750, F 1000, c 1250",
                         .ends = "1280 c"});
    play(&(struct scene){.ipv6 = "0 ab",
                         .ipv4 = "0 D",
                         .options.preferred_family = PSOCK_IPV6,
                         .peers = "b 30",
                         .tries = "a 0, D 250, b 500",
                         .ends = "530 b"});
}

/* The other family is the one that waits then. */
static void preferred_ipv4_is_waited_for(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "54 B",
                         .options.preferred_family = PSOCK_IPV4,
                         .peers = "B 30",
                         .tries = "B 54",
                         .ends = "84 B"});
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "70 B",
                         .options.preferred_family = PSOCK_IPV4,
                         .peers = "B 30",
                         .tries = "a 55, B 305",
                         .ends = "335 B"});
}

static void longer_family_goes_on_alone(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 BCD",
                         .peers = "D 30",
                         .tries = "a 0, B 250, C 500, D 750",
                         .ends = "780 D"});
    play(&(struct scene){.ipv6 = "0 bcd",
                         .ipv4 = "0 A",
                         .peers = "d 30",
                         .tries = "b 0, A 250, c 500, d 750",
                         .ends = "780 d"});
}

static void address_that_is_told_twice_is_tried_once(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 aab",
                         .ipv4 = "0 CC",
                         .peers = "b 30",
                         .tries = "a 0, C 250, b 500",
                         .ends = "530 b"});
}

/* --- When the next begins (section 5) ------------------------------------- */

static void silent_ipv6_gives_way_to_ipv4(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "B 30",
                         .tries = "a 0, B 250",
                         .ends = "280 B"});
}

static void slow_peer_wins_where_the_next_is_slower(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 400, B 300",
                         .tries = "a 0, B 250",
                         .ends = "400 a"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 600, B 300",
                         .tries = "a 0, B 250",
                         .ends = "550 B"});
}

static void peer_that_answers_within_the_delay_is_alone(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 249, B 1",
                         .tries = "a 0",
                         .ends = "249 a"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 250, B 1",
                         .is_undisturbed = 1,
                         .tries = "a 0",
                         .ends = "250 a"});
}

static void connection_at_once_is_the_end(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "3 a",
                         .ipv4 = "0 B",
                         .peers = "a now, B now",
                         .tries = "a 3",
                         .ends = "3 a"});
}

static void failure_lets_the_next_begin_at_once(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 10 ECONNREFUSED, B 20",
                         .tries = "a 0, B 10",
                         .ends = "30 B"});
    play(&(struct scene){.ipv6 = "0 ac",
                         .ipv4 = "0 BD",
                         .peers = "a now ENETUNREACH, B 5 ECONNRESET, "
                                  "c now EHOSTUNREACH, D 20",
                         .tries = "a 0, B 0, c 5, D 5",
                         .ends = "25 D"});
}

/* From there on the delay counts anew. */
static void failure_of_the_second_lets_the_third_begin(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 ac",
                         .ipv4 = "0 BD",
                         .peers = "B 20 ECONNREFUSED, D 10",
                         .tries = "a 0, B 250, c 270, D 520",
                         .ends = "530 D"});
}

static void failure_of_the_first_lets_the_third_begin(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 ac",
                         .ipv4 = "0 BD",
                         .peers = "a 300 ECONNREFUSED, D 10",
                         .tries = "a 0, B 250, c 300, D 550",
                         .ends = "560 D"});
}

/* Two at once make room for one: the next of the two has its delay. */
static void two_failures_at_once_let_one_begin(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 ac",
                         .ipv4 = "0 BD",
                         .peers = "a 300 ECONNREFUSED, B 50 ECONNREFUSED, "
                                  "D 10",
                         .tries = "a 0, B 250, c 300, D 550",
                         .ends = "560 D"});
}

static void last_open_attempt_is_waited_for(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 90000, B 10 ECONNREFUSED",
                         .tries = "a 0, B 250",
                         .ends = "90000 a"});
}

/* As it may come about on a machine that was asleep. */
static void first_of_two_that_answer_at_once_wins(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .peers = "a 300, B 50",
                         .tries = "a 0, B 250",
                         .ends = "300 a"});
}

static void failure_beside_a_winner_does_not_matter(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 BC",
                         .peers = "a 300 ECONNREFUSED, B 50",
                         .tries = "a 0, B 250",
                         .ends = "300 B"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 BC",
                         .peers = "a 300, B 50 ECONNREFUSED",
                         .tries = "a 0, B 250",
                         .ends = "300 a"});
}

/* --- Many ----------------------------------------------------------------- */

/* Peers beyond the alphabet, what they do, and when they are tried. */
struct many {
    char known[128];
    char peers[8192];
    char tries[8192];
};

static void add_peer(struct many *many, char peer, const char *how,
                     int tried_ms)
{
    char text[64];
    const char name[] = {peer, 0};
    strcat(many->known, name);
    snprintf(text, sizeof text, "%c %s, ", peer, how);
    strcat(many->peers, text);
    snprintf(text, sizeof text, "%s%c %d", many->tries[0] == 0 ? "" : ", ",
             peer, tried_ms);
    strcat(many->tries, text);
}

static void many_addresses_are_tried_until_one_answers(void **state)
{
    (void)state;
    struct many many = {.known = ""};
    for (int i = 0; i < 99; i++)
        add_peer(&many, (char)(128 + i), "15 ECONNREFUSED",
                 i == 0       ? 0
                 : i % 2 == 1 ? i / 2 * 15 + 10
                              : i / 2 * 15);
    add_peer(&many, 'Z', "5", 99 / 2 * 15 + 10);
    play(&(struct scene){.known = many.known,
                         .options.attempt_delay_ms = 10,
                         .peers = many.peers,
                         .is_undisturbed = 1,
                         .tries = many.tries,
                         .ends = "750 Z"});
}

/* More are not open at once. */
static void thirty_third_attempt_waits_for_another_to_fail(void **state)
{
    (void)state;
    struct many many = {.known = ""};
    add_peer(&many, (char)128, "1000 ETIMEDOUT", 0);
    for (int i = 1; i < 32; i++)
        add_peer(&many, (char)(128 + i), "9000", 10 * i);
    add_peer(&many, 'Z', "5", 1000);
    play(&(struct scene){.known = many.known,
                         .options.attempt_delay_ms = 10,
                         .peers = many.peers,
                         .tries = many.tries,
                         .ends = "1005 Z"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(ipv6_that_is_known_first_is_tried_at_once),
        test(ipv4_that_is_known_first_waits_for_ipv6),
        test(ipv6_at_the_end_of_the_resolution_delay_is_first),
        test(ipv6_after_the_resolution_delay_is_next),
        test(ipv6_that_is_never_known_is_not_waited_for),
        test(ipv4_that_is_never_known_is_not_missed),
        test(answers_may_be_there_at_once),
        test(answers_of_one_moment_are_taken_together),
        test(late_addresses_take_their_turn),
        test(late_addresses_of_a_quiet_race_are_tried_at_once),
        test(answer_after_the_winner_is_not_waited_for),
        test(answer_at_the_moment_of_the_winner_changes_nothing),
        test(families_take_turns),
        test(preferred_family_has_the_first_turn),
        test(preferred_ipv4_is_waited_for),
        test(longer_family_goes_on_alone),
        test(address_that_is_told_twice_is_tried_once),
        test(silent_ipv6_gives_way_to_ipv4),
        test(slow_peer_wins_where_the_next_is_slower),
        test(peer_that_answers_within_the_delay_is_alone),
        test(connection_at_once_is_the_end),
        test(failure_lets_the_next_begin_at_once),
        test(failure_of_the_second_lets_the_third_begin),
        test(failure_of_the_first_lets_the_third_begin),
        test(two_failures_at_once_let_one_begin),
        test(last_open_attempt_is_waited_for),
        test(first_of_two_that_answer_at_once_wins),
        test(failure_beside_a_winner_does_not_matter),
        test(many_addresses_are_tried_until_one_answers),
        test(thirty_third_attempt_waits_for_another_to_fail),
    };
    return cmocka_run_group_tests_name("fake.dial", tests, NULL, NULL);
}
