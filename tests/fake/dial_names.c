/* dial_names.c: what a dial makes of the answers of the resolver, and whom it
 * asks. */
#include "scene.h"

/* --- One family only ------------------------------------------------------ */

static void family_without_addresses_is_not_missed(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5 EAI_NODATA",
                         .ipv4 = "100 B",
                         .peers = "B 20",
                         .tries = "B 100",
                         .ends = "120 B"});
    play(&(struct scene){.ipv6 = "200 a",
                         .ipv4 = "5 EAI_NONAME",
                         .peers = "a 20",
                         .tries = "a 200",
                         .ends = "220 a"});
}

/* The delay is for addresses that may come. */
static void no_addresses_end_the_resolution_delay(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "20 EAI_NODATA",
                         .ipv4 = "5 B",
                         .peers = "B 20",
                         .tries = "B 20",
                         .ends = "40 B"});
    play(&(struct scene){.ipv6 = "20 EAI_AGAIN",
                         .ipv4 = "5 B",
                         .peers = "B 20",
                         .tries = "B 20",
                         .ends = "40 B"});
}

/* A name server that drops one kind of question makes nobody wait. */
static void failure_that_comes_late_is_not_waited_for(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5000 EAI_AGAIN",
                         .ipv4 = "5 B",
                         .peers = "B 20",
                         .tries = "B 55",
                         .ends = "75 B"});
}

/* There may be more addresses still. */
static void refused_addresses_wait_for_others(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "3000 B",
                         .peers = "a 10 ECONNREFUSED, B 20",
                         .tries = "a 5, B 3000",
                         .ends = "3020 B"});
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "3000 EAI_AGAIN",
                         .peers = "a 10 ECONNREFUSED",
                         .tries = "a 5",
                         .ends = "3000 ECONNREFUSED"});
}

static void family_that_is_wanted_is_asked_for_alone(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "5 BC",
                         .options.family = PSOCK_IPV4,
                         .peers = "a 20, C 20",
                         .asks = "4",
                         .tries = "B 5, C 255",
                         .ends = "275 C"});
    play(&(struct scene){.ipv6 = "5 ab",
                         .ipv4 = "0 B",
                         .options.family = PSOCK_IPV6,
                         .options.preferred_family = PSOCK_IPV4,
                         .peers = "b 20, B 20",
                         .asks = "6",
                         .tries = "a 5, b 255",
                         .ends = "275 b"});
}

static void preferred_family_is_asked_for_first(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "5 B",
                         .options.preferred_family = PSOCK_IPV4,
                         .peers = "B 20",
                         .asks = "46",
                         .tries = "B 5",
                         .ends = "25 B"});
}

/* --- No address at all ---------------------------------------------------- */

static const struct {
    const char *ipv6;
    const char *ipv4;
    const char *ends;
} in_vain[] = {
    {"3 EAI_NONAME", "9 EAI_NONAME", "9 EAI_NONAME"},
    {"9 EAI_NODATA", "3 EAI_NODATA", "9 EAI_NODATA"},
    /* The name is there, as one of them knows. */
    {"3 EAI_NONAME", "9 EAI_NODATA", "9 EAI_NODATA"},
    {"3 EAI_NODATA", "9 EAI_NONAME", "9 EAI_NODATA"},
    /* It may be there, or have an address. */
    {"3 EAI_FAIL", "9 EAI_NODATA", "9 EAI_FAIL"},
    {"3 EAI_NONAME", "9 EAI_FAIL", "9 EAI_FAIL"},
    {"3 EAI_AGAIN", "9 EAI_NONAME", "9 EAI_AGAIN"},
    {"9 EAI_NODATA", "3 EAI_AGAIN", "9 EAI_AGAIN"},
    /* It is worth another attempt. */
    {"3 EAI_FAIL", "9 EAI_AGAIN", "9 EAI_AGAIN"},
    {"3 EAI_AGAIN", "9 EAI_FAIL", "9 EAI_AGAIN"},
    /* This machine is short of something. */
    {"3 EAI_NODATA", "9 EAI_MEMORY", "9 EAI_MEMORY"},
    {"3 ENOMEM", "9 EAI_NONAME", "9 ENOMEM"},
};

static void without_addresses_the_more_telling_answer_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(in_vain); i++)
        play(&(struct scene){.ipv6 = in_vain[i].ipv6,
                             .ipv4 = in_vain[i].ipv4,
                             .ends = in_vain[i].ends});
}

static void without_addresses_the_one_answer_counts(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "8 EAI_NODATA",
                         .options.family = PSOCK_IPV6,
                         .ends = "8 EAI_NODATA"});
    play(&(struct scene){
        .ipv4 = "now EAI_FAIL", .source = "S", .ends = "0 EAI_FAIL"});
}

/* --- Questions that cannot be asked --------------------------------------- */

static void question_that_fails_is_an_answer(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "5 B",
                         .fails = "ask1 EAI_MEMORY",
                         .peers = "B 20",
                         .tries = "B 5",
                         .ends = "25 B"});
    play(&(struct scene){.ipv6 = "5 a",
                         .ipv4 = "0 B",
                         .fails = "ask2 EMFILE",
                         .peers = "a 20",
                         .tries = "a 5",
                         .ends = "25 a"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "5 EAI_NODATA",
                         .fails = "ask1 EAI_MEMORY",
                         .ends = "5 EAI_MEMORY"});
}

static void questions_that_all_fail_end_it(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "0 B",
                         .fails = "ask1 ENOMEM, ask2 EMFILE",
                         .ends = "0 ENOMEM"});
}

static void question_that_cannot_be_waited_for_is_not_asked(void **state)
{
    (void)state;
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "5 B",
                         .fails = "waker1 EMFILE",
                         .peers = "B 20",
                         .asks = "4",
                         .tries = "B 5",
                         .ends = "25 B"});
    play(&(struct scene){.ipv6 = "0 a",
                         .ipv4 = "5 B",
                         .fails = "waker1 EMFILE, waker2 EMFILE",
                         .asks = "",
                         .ends = "0 EMFILE"});
}

/* Whatever else is short, it is one family less, or the end. */
static void want_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    play_short_of_memory(
        &(struct scene){.ipv6 = "5 ab", .ipv4 = "9 CD", .peers = "b 30, D 30"});
}

static int yields;

static void count_yield(void)
{
    yields++;
}

/* It comes from another thread, which may be long about it. */
static void
ring_before_the_answer_keeps_nobody_beyond_the_deadline(void **state)
{
    (void)state;
    static const uint32_t rung[] = {PSOCK_READABLE};
    static const struct finding canceled = {.result = PSOCK_ECANCELED};
    static const struct psock_sys_look_up question = {
        .host = "peer.test", .family = PSOCK_IPV4, .type = PSOCK_STREAM};
    const psock_dial_options options = {.family = PSOCK_IPV4};
    struct psock_waker waker = {40};
    yields = 0;
    fake_set_yielding(count_yield);
    expect_startup(returns(0));
    expect_waker_open(gives(&waker, returns(0)));
    expect_look_up(&question, returns(0));
    expect_poll(ANYWHERE, 1, NULL, ms(9), after(ms(5), finds(rung, 1)));
    expect_poll(ANYWHERE, 1, NULL, ms(4), after(ms(4), finds(rung, 1)));
    expect_stop_look_up(0, finds_out(&canceled));
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(0));
    assert_result(psock_dial("peer.test", "80", &options, in(ms(9))),
                  PSOCK_ETIMEDOUT);
    assert_int_equal(yields, 2);
    fake_set_yielding(NULL);
}

/* --- Numbers and names that are known ------------------------------------- */

static void number_is_tried_without_asking(void **state)
{
    (void)state;
    play(&(struct scene){.host = "2001:db8::61",
                         .peers = "a 20",
                         .tries = "a 0",
                         .ends = "20 a"});
    play(&(struct scene){.host = "192.0.2.66",
                         .peers = "B 20 ECONNREFUSED",
                         .tries = "B 0",
                         .ends = "20 ECONNREFUSED"});
    play(&(struct scene){
        .host = "192.0.2.66", .peers = "B now", .tries = "B 0", .ends = "0 B"});
}

static void number_of_another_family_is_refused(void **state)
{
    (void)state;
    play(&(struct scene){.host = "2001:db8::61",
                         .options.family = PSOCK_IPV4,
                         .ends = "0 EAI_FAMILY"});
    play(&(struct scene){
        .host = "192.0.2.66", .source = "s", .ends = "0 EAI_FAMILY"});
}

static void loopback_is_known_by_name_and_without(void **state)
{
    (void)state;
    play(&(struct scene){.host = "localhost",
                         .peers = "l 0 ECONNREFUSED, L 1",
                         .tries = "l 0, L 0",
                         .ends = "1 L"});
    play(&(struct scene){.host = "null",
                         .peers = "L 1",
                         .tries = "l 0, L 250",
                         .ends = "251 L"});
    play(&(struct scene){.host = "null",
                         .options.preferred_family = PSOCK_IPV4,
                         .peers = "l 1",
                         .tries = "L 0, l 250",
                         .ends = "251 l"});
    play(&(struct scene){.host = "a.localhost",
                         .options.family = PSOCK_IPV4,
                         .peers = "L 1",
                         .tries = "L 0",
                         .ends = "1 L"});
}

static void name_that_is_none_is_refused_without_asking(void **state)
{
    (void)state;
    play(&(struct scene){.host = "127.1", .ends = "0 EAI_NONAME"});
    play(&(struct scene){.host = "a.invalid", .ends = "0 EAI_NONAME"});
}

/* --- Services ------------------------------------------------------------- */

static void service_is_looked_up_with_the_host(void **state)
{
    (void)state;
    play(&(struct scene){.service = "http",
                         .ipv6 = "5 a",
                         .ipv4 = "9 B",
                         .peers = "B 20",
                         .tries = "a 5, B 255",
                         .ends = "275 B"});
    play(&(struct scene){.service = "http",
                         .ipv6 = "5 EAI_SERVICE",
                         .ipv4 = "9 EAI_SERVICE",
                         .ends = "9 EAI_SERVICE"});
}

static void service_of_a_number_is_looked_up_first(void **state)
{
    (void)state;
    play(&(struct scene){.host = "192.0.2.66",
                         .service = "http",
                         .port = "5 lL",
                         .peers = "B 20",
                         .tries = "B 5",
                         .ends = "25 B"});
    play(&(struct scene){.host = "null",
                         .service = "http",
                         .port = "5 EAI_SERVICE",
                         .ends = "5 EAI_SERVICE"});
}

static void service_can_keep_one_waiting(void **state)
{
    (void)state;
    play(&(struct scene){.host = "192.0.2.66",
                         .service = "http",
                         .deadline = "40",
                         .asks = "p",
                         .ends = "40 ETIMEDOUT"});
    play(&(struct scene){.host = "192.0.2.66",
                         .service = "http",
                         .cancel = "40",
                         .asks = "p",
                         .ends = "40 ECANCELED"});
    play(&(struct scene){.host = "192.0.2.66",
                         .service = "http",
                         .deadline = "now",
                         .asks = "*",
                         .ends = "0 EAGAIN"});
}

static void dialed_port_zero_is_refused(void **state)
{
    (void)state;
    play(&(struct scene){.service = "0", .asks = "", .ends = "0 EINVAL"});
    play(&(struct scene){
        .host = "192.0.2.66", .service = "0", .ends = "0 EINVAL"});
    play(&(struct scene){.host = "null", .service = "0", .ends = "0 EINVAL"});
}

static void number_too_large_is_no_service(void **state)
{
    (void)state;
    play(&(struct scene){
        .service = "65536", .asks = "", .ends = "0 EAI_SERVICE"});
}

static void missing_service_is_refused(void **state)
{
    (void)state;
    assert_result(psock_dial("peer.test", NULL, NULL, PSOCK_FOREVER),
                  PSOCK_EFAULT);
    assert_result(psock_dial(NULL, NULL, NULL, PSOCK_NOW), PSOCK_EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(family_without_addresses_is_not_missed),
        test(no_addresses_end_the_resolution_delay),
        test(failure_that_comes_late_is_not_waited_for),
        test(refused_addresses_wait_for_others),
        test(family_that_is_wanted_is_asked_for_alone),
        test(preferred_family_is_asked_for_first),
        test(without_addresses_the_more_telling_answer_counts),
        test(without_addresses_the_one_answer_counts),
        test(question_that_fails_is_an_answer),
        test(questions_that_all_fail_end_it),
        test(question_that_cannot_be_waited_for_is_not_asked),
        test(want_of_memory_leaves_nothing_behind),
        test(ring_before_the_answer_keeps_nobody_beyond_the_deadline),
        test(number_is_tried_without_asking),
        test(number_of_another_family_is_refused),
        test(loopback_is_known_by_name_and_without),
        test(name_that_is_none_is_refused_without_asking),
        test(service_is_looked_up_with_the_host),
        test(service_of_a_number_is_looked_up_first),
        test(service_can_keep_one_waiting),
        test(dialed_port_zero_is_refused),
        test(number_too_large_is_no_service),
        test(missing_service_is_refused),
    };
    return cmocka_run_group_tests_name("fake.dial_names", tests, NULL, NULL);
}
