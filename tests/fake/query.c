/* Look-ups in the background, and those who hold them: the asker and the answer,
 * whichever goes first. */
#include "sys_fake.h"

#include "query.h"

#include <string.h>

static struct psock_waker waker = {40};
static struct psock_waker canceler = {42};
static const uint32_t rung[] = {PSOCK_READABLE};

static const struct psock_sys_look_up plain = {
    .host = "example.org", .service = "http", .type = PSOCK_STREAM};

static void expect_begin(const struct psock_sys_look_up *question,
                         struct answer answer)
{
    expect_waker_open(gives(&waker, returns(0)));
    expect_look_up(question, answer);
}

static struct psock_query *begun(const struct psock_sys_look_up *question)
{
    struct psock_query *query = NULL;
    expect_startup(returns(0));
    expect_begin(question, returns(0));
    assert_result(psock_query_begin(question, &query), 0);
    assert_non_null(query);
    return query;
}

static void answer_with(const struct finding *finding)
{
    expect_waker_ring(&waker, returns(0));
    fake_answer_look_up(0, finding);
}

static void end_answered(struct psock_query *query)
{
    expect_waker_close(&waker, returns(0));
    psock_query_end(query);
    assert_int_equal(fake_memory_in_use(), 0);
}

static void check_addresses(const struct psock_sys_look_up *answer,
                            const char *const *texts)
{
    int count = 0;
    assert_non_null(answer);
    for (; texts[count] != NULL; count++) {
        const psock_address expected = parsed(texts[count]);
        assert_in_range(answer->result, count + 1, 16);
        assert_int_equal(
            psock_address_compare(&answer->addresses[count], &expected), 0);
    }
    assert_int_equal(answer->result, count);
}

#define CHECK_ADDRESSES(answer, ...)                                           \
    check_addresses(answer, (const char *const[]){__VA_ARGS__, NULL})

/* --- Question and answer ---------------------------------------------------- */

static void look_up_has_no_answer_before_the_system_has(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    assert_ptr_equal(psock_query_waker(query), &waker);
    assert_null(psock_query_answer(query));
    answer_with(FOUND("192.0.2.7:80"));
    CHECK_ADDRESSES(psock_query_answer(query), "192.0.2.7:80");
    end_answered(query);
}

static void question_is_copied_whole(void **state)
{
    char host[] = "example.org";
    char service[] = "http";
    (void)state;
    struct psock_query *query =
        begun(&(struct psock_sys_look_up){.host = host,
                                          .service = service,
                                          .family = PSOCK_IPV6,
                                          .type = PSOCK_DATAGRAM,
                                          .configured = 1,
                                          .wants_name = 1});
    memset(host, 'x', sizeof host - 1);
    memset(service, 'x', sizeof service - 1);
    answer_with(FOUND("[2001:db8::1]:80"));
    const struct psock_sys_look_up *answer = psock_query_answer(query);
    assert_string_equal(answer->host, "example.org");
    assert_string_equal(answer->service, "http");
    end_answered(query);
}

static void address_that_is_asked_about_is_copied(void **state)
{
    psock_address address = parsed("192.0.2.7:80");
    const psock_address same = address;
    const struct finding names = {.host_name = "a.example",
                                  .service_name = "http"};
    (void)state;
    struct psock_query *query = begun(
        &(struct psock_sys_look_up){.address = &address,
                                    .type = PSOCK_STREAM,
                                    .flags = PSOCK_RESOLVE_NUMERIC_SERVICE});
    memset(&address, 0, sizeof address);
    answer_with(&names);
    const struct psock_sys_look_up *answer = psock_query_answer(query);
    assert_memory_equal(answer->address, &same, sizeof same);
    assert_int_equal(answer->result, 0);
    assert_string_equal(answer->host_name, "a.example");
    assert_string_equal(answer->service_name, "http");
    end_answered(query);
}

static void answer_may_come_while_the_question_is_asked(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    expect_begin(&plain, finds_out(FOUND("192.0.2.7:80")));
    expect_waker_ring(&waker, returns(0));
    assert_result(psock_query_begin(&plain, &query), 0);
    CHECK_ADDRESSES(psock_query_answer(query), "192.0.2.7:80");
    end_answered(query);
}

static void failure_is_an_answer(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    answer_with(failed(PSOCK_EAI_AGAIN));
    assert_int_equal(psock_query_answer(query)->result, PSOCK_EAI_AGAIN);
    assert_int_equal(psock_query_answer(query)->native,
                     native_of(PSOCK_EAI_AGAIN));
    end_answered(query);
}

/* --- Who goes first ---------------------------------------------------------- */

static void answer_that_nobody_waits_for_takes_all_with_it(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    expect_stop_look_up(0, returns(0));
    psock_query_end(query);
    assert_true(fake_memory_in_use() > 0);
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(0));
    fake_answer_look_up(0, FOUND("192.0.2.7:80", "[2001:db8::1]:80"));
    assert_int_equal(fake_memory_in_use(), 0);
}

static void stopped_look_up_may_answer_at_once(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    expect_stop_look_up(0, finds_out(failed(PSOCK_ECANCELED)));
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(0));
    psock_query_end(query);
    assert_int_equal(fake_memory_in_use(), 0);
}

static void look_up_that_has_its_answer_is_not_stopped(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    answer_with(failed(PSOCK_EAI_NONAME));
    end_answered(query);
}

/* --- What cannot begin -------------------------------------------------------- */

static void look_up_needs_a_start(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(PSOCK_ENETDOWN));
    assert_result(psock_query_begin(&plain, &query), PSOCK_ENETDOWN);
}

static void look_up_needs_memory(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    fake_fail_allocation(0);
    assert_result(psock_query_begin(&plain, &query), PSOCK_ENOMEM);
    assert_int_equal(fake_memory_in_use(), 0);
}

static void look_up_needs_a_waker(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    expect_waker_open(returns(PSOCK_EMFILE));
    assert_result(psock_query_begin(&plain, &query), PSOCK_EMFILE);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EMFILE));
    assert_int_equal(fake_memory_in_use(), 0);
}

static void look_up_that_cannot_begin_leaves_nothing(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    expect_begin(&plain, returns(PSOCK_ENOMEM));
    expect_waker_close(&waker, returns(PSOCK_EIO));
    assert_result(psock_query_begin(&plain, &query), PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ENOMEM));
    assert_int_equal(fake_memory_in_use(), 0);
}

/* --- Waiting ------------------------------------------------------------------ */

static void expect_look(const psock_waker *canceled_by, int64_t timeout_ns,
                        struct answer answer)
{
    expect_poll(ANYWHERE, 1, canceled_by, timeout_ns, answer);
}

static void answer_now(void)
{
    fake_answer_look_up(0, FOUND("192.0.2.7:80"));
}

static void waiting_ends_with_the_answer(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    expect_look(NULL, ms(100),
                after(ms(30), while_doing(answer_now, finds(rung, 1))));
    expect_waker_ring(&waker, returns(0));
    assert_result(psock_query_wait(query, in(ms(100))), 0);
    end_answered(query);
}

static void what_has_its_answer_is_not_waited_for(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    answer_with(FOUND("192.0.2.7:80"));
    assert_result(psock_query_wait(query, PSOCK_NOW), 0);
    assert_result(psock_query_wait(query, in(0)), 0);
    assert_result(psock_query_wait(query, PSOCK_FOREVER), 0);
    end_answered(query);
}

/* Interrupted, woken early, rung by nobody. */
static void wait_for_an_answer_goes_on_with_what_is_left(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    const psock_deadline deadline = in(ms(100));
    expect_look(NULL, ms(100), after(ms(20), returns(PSOCK_EINTR)));
    expect_look(NULL, ms(80), after(ms(30), returns(0)));
    expect_look(NULL, ms(50), after(ms(50), returns(0)));
    assert_result(psock_query_wait(query, deadline), PSOCK_ETIMEDOUT);
    answer_with(failed(PSOCK_EAI_FAIL));
    end_answered(query);
}

static void wait_without_an_end_has_no_timeout(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    expect_look(NULL, -1, while_doing(answer_now, finds(rung, 1)));
    expect_waker_ring(&waker, returns(0));
    assert_result(psock_query_wait(query, PSOCK_FOREVER), 0);
    end_answered(query);
}

static void who_may_not_wait_has_to_come_again(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    assert_result(psock_query_wait(query, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_query_wait(query, in(0)), PSOCK_ETIMEDOUT);
    answer_with(failed(PSOCK_EAI_FAIL));
    end_answered(query);
}

static void waiting_for_an_answer_can_be_canceled(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    (void)psock_cancel_with(&canceler);
    expect_look(&canceler, -1, returns(PSOCK_ECANCELED));
    assert_result(psock_query_wait(query, PSOCK_FOREVER), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
    answer_with(failed(PSOCK_EAI_FAIL));
    end_answered(query);
}

static void failure_to_wait_is_told(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    expect_look(NULL, -1, returns(PSOCK_ENOMEM));
    assert_result(psock_query_wait(query, PSOCK_FOREVER), PSOCK_ENOMEM);
    answer_with(failed(PSOCK_EAI_FAIL));
    end_answered(query);
}

/* --- Answers that need a second look ------------------------------------------- */

static void each_address_is_told_once(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    answer_with(FOUND("192.0.2.7:80", "[2001:db8::1]:80", "192.0.2.7:80",
                      "192.0.2.8:80", "[2001:db8::1]:80", "192.0.2.8:81"));
    CHECK_ADDRESSES(psock_query_answer(query), "192.0.2.7:80",
                    "[2001:db8::1]:80", "192.0.2.8:80", "192.0.2.8:81");
    end_answered(query);
}

static void addresses_of_another_family_are_left_out(void **state)
{
    struct psock_sys_look_up question = plain;
    (void)state;
    question.family = PSOCK_IPV4;
    struct psock_query *query = begun(&question);
    answer_with(FOUND("[2001:db8::1]:80", "192.0.2.7:80", "[::1]:80"));
    CHECK_ADDRESSES(psock_query_answer(query), "192.0.2.7:80");
    end_answered(query);
}

static void name_without_an_address_of_the_family_has_no_data(void **state)
{
    struct psock_sys_look_up question = plain;
    (void)state;
    question.family = PSOCK_IPV6;
    struct psock_query *query = begun(&question);
    answer_with(FOUND("192.0.2.7:80"));
    assert_int_equal(psock_query_answer(query)->result, PSOCK_EAI_NODATA);
    end_answered(query);
}

static void answer_of_nothing_is_no_data(void **state)
{
    (void)state;
    struct psock_query *query = begun(&plain);
    answer_with(failed(0));
    assert_int_equal(psock_query_answer(query)->result, PSOCK_EAI_NODATA);
    end_answered(query);
}

/* What systems make of the wide forms of digits. */
static void number_in_disguise_is_no_name(void **state)
{
    static const char wide[] = "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1";
    struct psock_sys_look_up asked = {
        .host = wide, .type = PSOCK_STREAM, .wants_name = 1};
    struct psock_sys_look_up question = asked;
    struct finding finding = *FOUND("127.0.0.1");
    (void)state;
    question.wants_name = 0;
    finding.host_name = "127.1";
    struct psock_query *query;
    expect_startup(returns(0));
    expect_begin(&asked, returns(0));
    assert_result(psock_query_begin(&question, &query), 0);
    answer_with(&finding);
    assert_int_equal(psock_query_answer(query)->result, PSOCK_EAI_NONAME);
    end_answered(query);
}

static void plain_name_may_really_be_called_by_a_number(void **state)
{
    struct finding finding = *FOUND("192.0.2.7:80");
    (void)state;
    finding.host_name = "192.0.2.7";
    struct psock_query *query = begun(&plain);
    answer_with(&finding);
    CHECK_ADDRESSES(psock_query_answer(query), "192.0.2.7:80");
    end_answered(query);
}

static void names_that_are_not_utf8_are_none(void **state)
{
    const struct finding names = {.host_name = "\xfc.example",
                                  .service_name = "\xff"};
    const psock_address address = parsed("192.0.2.7:80");
    (void)state;
    struct psock_query *query = begun(
        &(struct psock_sys_look_up){.address = &address, .type = PSOCK_STREAM});
    answer_with(&names);
    assert_string_equal(psock_query_answer(query)->host_name, "");
    assert_string_equal(psock_query_answer(query)->service_name, "");
    end_answered(query);
}

/* --- Asking and waiting --------------------------------------------------------- */

static void nobody_is_asked_who_could_not_be_waited_for(void **state)
{
    struct psock_query *query;
    (void)state;
    assert_result(psock_query_ask(&plain, PSOCK_NOW, &query), PSOCK_EAGAIN);
    assert_int_equal(fake_allocations(), 0);
}

static void asking_gives_an_answer_to_be_ended(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    expect_begin(&plain, finds_out(FOUND("192.0.2.7:80", "192.0.2.8:80")));
    expect_waker_ring(&waker, returns(0));
    assert_result(psock_query_ask(&plain, PSOCK_FOREVER, &query), 2);
    CHECK_ADDRESSES(psock_query_answer(query), "192.0.2.7:80", "192.0.2.8:80");
    end_answered(query);
}

/* The thread that asked hears of what another one was told. */
static void failed_answer_leaves_nothing_but_its_error(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    expect_begin(&plain, finds_out(failed(PSOCK_EAI_FAIL)));
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(PSOCK_EIO));
    assert_result(psock_query_ask(&plain, PSOCK_FOREVER, &query),
                  PSOCK_EAI_FAIL);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EAI_FAIL));
    assert_int_equal(fake_memory_in_use(), 0);
}

static void asking_stops_what_is_late(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    expect_begin(&plain, returns(0));
    expect_look(NULL, ms(50), after(ms(50), returns(0)));
    expect_stop_look_up(0, returns(0));
    assert_result(psock_query_ask(&plain, in(ms(50)), &query), PSOCK_ETIMEDOUT);
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(0));
    fake_answer_look_up(0, FOUND("192.0.2.7:80"));
    assert_int_equal(fake_memory_in_use(), 0);
}

static void asking_tells_what_could_not_begin(void **state)
{
    struct psock_query *query;
    (void)state;
    expect_startup(returns(0));
    expect_waker_open(returns(PSOCK_ENFILE));
    assert_result(psock_query_ask(&plain, PSOCK_FOREVER, &query), PSOCK_ENFILE);
}

/* --- Ports of services ------------------------------------------------------------ */

static struct psock_target target_of(const char *host, const char *service)
{
    struct psock_target target;
    assert_result(psock_target_read(host, service, PSOCK_NONE, 0, &target), 0);
    return target;
}

static void expect_service(const char *service, int type,
                           const struct finding *finding)
{
    const struct psock_sys_look_up question = {.service = service,
                                               .type = type};
    expect_startup(returns(0));
    expect_begin(&question, finds_out(finding));
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(0));
}

static void port_is_given_to_all_that_is_known(void **state)
{
    struct psock_target target = target_of(NULL, "domain");
    (void)state;
    expect_service("domain", PSOCK_DATAGRAM, FOUND("127.0.0.1:53"));
    assert_result(psock_target_find_port(&target, PSOCK_DATAGRAM, in(ms(9))),
                  0);
    assert_null(target.service);
    assert_int_equal(target.port, 53);
    assert_int_equal(target.count, 2);
    for (size_t i = 0; i < target.count; i++)
        assert_int_equal(psock_address_port(&target.addresses[i]), 53);
    assert_int_equal(fake_memory_in_use(), 0);
}

static void port_that_is_known_is_not_asked_for(void **state)
{
    struct psock_target target = target_of("::1", "80");
    (void)state;
    assert_result(psock_target_find_port(&target, PSOCK_STREAM, PSOCK_NOW), 0);
    assert_int_equal(psock_address_port(&target.addresses[0]), 80);
}

static void unknown_service_changes_nothing(void **state)
{
    struct psock_target target = target_of("::1", "nonsense");
    const struct psock_target before = target;
    (void)state;
    expect_service("nonsense", PSOCK_STREAM, failed(PSOCK_EAI_SERVICE));
    assert_result(psock_target_find_port(&target, PSOCK_STREAM, in(ms(9))),
                  PSOCK_EAI_SERVICE);
    assert_memory_equal(&target, &before, sizeof target);
    assert_result(psock_target_find_port(&target, PSOCK_STREAM, PSOCK_NOW),
                  PSOCK_EAGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(look_up_has_no_answer_before_the_system_has),
        test(question_is_copied_whole),
        test(address_that_is_asked_about_is_copied),
        test(answer_may_come_while_the_question_is_asked),
        test(failure_is_an_answer),
        test(answer_that_nobody_waits_for_takes_all_with_it),
        test(stopped_look_up_may_answer_at_once),
        test(look_up_that_has_its_answer_is_not_stopped),
        test(look_up_needs_a_start),
        test(look_up_needs_memory),
        test(look_up_needs_a_waker),
        test(look_up_that_cannot_begin_leaves_nothing),
        test(waiting_ends_with_the_answer),
        test(what_has_its_answer_is_not_waited_for),
        test(wait_for_an_answer_goes_on_with_what_is_left),
        test(wait_without_an_end_has_no_timeout),
        test(who_may_not_wait_has_to_come_again),
        test(waiting_for_an_answer_can_be_canceled),
        test(failure_to_wait_is_told),
        test(each_address_is_told_once),
        test(addresses_of_another_family_are_left_out),
        test(name_without_an_address_of_the_family_has_no_data),
        test(answer_of_nothing_is_no_data),
        test(number_in_disguise_is_no_name),
        test(plain_name_may_really_be_called_by_a_number),
        test(names_that_are_not_utf8_are_none),
        test(nobody_is_asked_who_could_not_be_waited_for),
        test(asking_gives_an_answer_to_be_ended),
        test(failed_answer_leaves_nothing_but_its_error),
        test(asking_stops_what_is_late),
        test(asking_tells_what_could_not_begin),
        test(port_is_given_to_all_that_is_known),
        test(port_that_is_known_is_not_asked_for),
        test(unknown_service_changes_nothing),
    };
    return cmocka_run_group_tests_name("fake.query", tests, NULL, NULL);
}
