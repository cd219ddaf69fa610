/* Every option on every kind of socket: tests made from what
 * psock_option_describe() says.  What options do is in option_effects.c. */
#include "fixture.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* --- Kinds of sockets ----------------------------------------------------- */

static const struct kind {
    const char *name;
    int family;
    int type;
    unsigned flags;
    int protocol; /* of a raw one */
} kinds[] = {
    {"tcp", PSOCK_IPV4, PSOCK_STREAM, 0, 0},
    {"tcp of IPv6", PSOCK_IPV6, PSOCK_STREAM, 0, 0},
    {"tcp of both", PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK, 0},
    {"udp", PSOCK_IPV4, PSOCK_DATAGRAM, 0, 0},
    {"udp of IPv6", PSOCK_IPV6, PSOCK_DATAGRAM, 0, 0},
    {"udp of both", PSOCK_IPV6, PSOCK_DATAGRAM, PSOCK_DUAL_STACK, 0},
    {"raw", PSOCK_IPV4, PSOCK_RAW, 0, 1},
    {"raw of IPv6", PSOCK_IPV6, PSOCK_RAW, 0, 58},
    {"local stream", PSOCK_UNIX, PSOCK_STREAM, 0, 0},
    {"local datagram", PSOCK_UNIX, PSOCK_DATAGRAM, 0, 0},
    {"local seqpacket", PSOCK_UNIX, PSOCK_SEQPACKET, 0, 0},
};

/* Opens one, kept, or returns what is in the way: the system may lack it, or
 * the user. */
static psock_t open_kind(const struct kind *kind)
{
    psock_t s = kind->type == PSOCK_RAW
                    ? psock_open_raw(kind->family, kind->protocol)
                    : psock_open(kind->family, kind->type, kind->flags);
    return s < 0 ? s : keep(s);
}

static psock_option_info described(int option)
{
    psock_option_info info;
    assert_result(psock_option_describe(option, &info), 0);
    return info;
}

static _Bool has_option(const struct kind *kind, const psock_option_info *info)
{
    return (info->types >> kind->type & 1) != 0 &&
           (info->families >> kind->family & 1) != 0;
}

/* --- Checks with the option and the kind in the message ------------------- */

struct question {
    const struct kind *kind;
    psock_option_info info;
    int option;
    psock_t s;
};

static void complain(const struct question *question, const char *what,
                     int64_t value, int64_t expected)
{
    print_error("%s of %s: %s %lld, not %lld\n", question->info.name,
                question->kind->name, what, (long long)value,
                (long long)expected);
}

static void check_set(const struct question *question, int64_t value,
                      int expected)
{
    int result = psock_set_option(question->s, question->option, value);
    if (result != expected)
        complain(question, "setting is", result, expected);
    assert_result(result, expected);
}

/* What is told; a failure leaves the value alone. */
static int64_t check_get(const struct question *question, int expected)
{
    const int64_t untouched = INT64_C(0x5a5a5a5a5a5a5a5a);
    int64_t value = untouched;
    int result = psock_get_option(question->s, question->option, &value);
    if (result != expected)
        complain(question, "getting is", result, expected);
    assert_result(result, expected);
    assert_true((value == untouched) == (expected != 0));
    return value;
}

/* Asks of each kind of socket there is; `ask` returns whether the system had an
 * answer, and for want of any the test is skipped. */
static void ask_of_kinds(int option, _Bool (*ask)(const struct question *))
{
    struct question question = {.option = option, .info = described(option)};
    size_t opened = 0;
    size_t answered = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        question.kind = &kinds[i];
        if (!has_option(&kinds[i], &question.info))
            continue;
        question.s = open_kind(&kinds[i]);
        opened += question.s >= 0;
        answered += question.s >= 0 && ask(&question);
    }
    if (opened == 0)
        skip_because("this system, or this user, has no such socket");
    if (answered == 0)
        skip_because("this system, or this user, lacks the option");
}

/* --- What is set is told -------------------------------------------------- */

enum rounding {
    NOTHING_MORE = 0,
    EXACT,
    UP,   /* to what the system can have */
    DOWN, /* likewise, above zero */
    REFUSED_INDEX
};

/* The loopback interface has this number wherever these tests run. */
#define LOOPBACK 1

struct trial {
    int64_t value;
    enum rounding rounding;
};

#define TRIALS_MAX 8

/* Of options whose range is larger than any system's.  All others are tried
 * with the least, a middle and the greatest value, exactly. */
static const struct {
    int option;
    struct trial trials[TRIALS_MAX];
} chosen[] = {
    {PSOCK_OPTION_RECEIVE_BUFFER_BYTES,
     {{8192, EXACT}, {65537, EXACT}, {1, UP}, {INT32_MAX, DOWN}}},
    {PSOCK_OPTION_SEND_BUFFER_BYTES,
     {{8192, EXACT}, {65537, EXACT}, {1, UP}, {INT32_MAX, DOWN}}},
    {PSOCK_OPTION_RECEIVE_LOW_BYTES,
     {{1, EXACT}, {1000, EXACT}, {INT32_MAX, DOWN}}},
    {PSOCK_OPTION_INTERFACE,
     {{0, EXACT},
      {LOOPBACK, EXACT},
      {INT32_MAX, REFUSED_INDEX},
      {UINT32_MAX, REFUSED_INDEX},
      {0, EXACT}}},
    {PSOCK_OPTION_PRIORITY, {{0, EXACT}, {3, EXACT}, {6, EXACT}}},
    {PSOCK_OPTION_INCOMING_CPU, {{0, EXACT}, {1, EXACT}, {-1, EXACT}}},
    {PSOCK_OPTION_DEAD_PEER_MS,
     {{1, UP}, {1500, UP}, {5000, EXACT}, {3600000, EXACT}, {0, EXACT}}},
    {PSOCK_OPTION_DEFER_ACCEPT_S,
     {{1, EXACT}, {2, UP}, {100, UP}, {3600, UP}, {0, EXACT}}},
    {PSOCK_OPTION_FAST_OPEN,
     {{1, EXACT}, {5, DOWN}, {INT32_MAX, DOWN}, {0, EXACT}}},
    {PSOCK_OPTION_MULTICAST_INTERFACE,
     {{0, EXACT},
      {LOOPBACK, EXACT},
      {INT32_MAX, REFUSED_INDEX},
      {UINT32_MAX, REFUSED_INDEX},
      {0, EXACT}}},
};

static void choose_trials(const struct question *question,
                          struct trial trials[TRIALS_MAX])
{
    const psock_option_info *info = &question->info;
    const struct trial by_itself[TRIALS_MAX] = {
        {info->minimum, EXACT},
        {info->minimum + (info->maximum - info->minimum) / 2, EXACT},
        {info->maximum, EXACT}};
    memcpy(trials, by_itself, sizeof by_itself);
    for (size_t i = 0; i < COUNT_OF(chosen); i++)
        if (chosen[i].option == question->option)
            memcpy(trials, chosen[i].trials, sizeof chosen[i].trials);
}

/* ECN is TCP's own business. */
static int64_t expected_value(const struct question *question, int64_t value)
{
    _Bool has_own_ecn = question->option == PSOCK_OPTION_TRAFFIC_CLASS &&
                        question->kind->type == PSOCK_STREAM;
    return has_own_ecn ? value & ~INT64_C(3) : value;
}

static _Bool is_right(int64_t told, int64_t wanted, enum rounding rounding)
{
    switch (rounding) {
    case UP:
        return told >= wanted;
    case DOWN:
        return told > 0 && told <= wanted;
    default:
        return told == wanted;
    }
}

/* What one system or another can only set, or only tell. */
static _Bool is_one_way(int option)
{
    return option == PSOCK_OPTION_MULTICAST_INTERFACE ||
           option == PSOCK_OPTION_SEGMENT_BYTES ||
           option == PSOCK_OPTION_ACK_FREQUENCY;
}

/* Whether the option can be both set and told. */
static _Bool is_there(const struct question *question)
{
    int64_t value;
    int told = psock_get_option(question->s, question->option, &value);
    int set =
        psock_set_option(question->s, question->option, question->info.minimum);
    if (told != PSOCK_ENOTSUP)
        assert_result(told, 0);
    if (set != PSOCK_EPERM && set != PSOCK_ENOTSUP)
        assert_result(set, 0);
    if (set != PSOCK_EPERM && !is_one_way(question->option))
        assert_true((told == PSOCK_ENOTSUP) == (set == PSOCK_ENOTSUP));
    return told == 0 && set == 0;
}

/* False where this user may not. */
static _Bool try_value(const struct question *question,
                       const struct trial *trial)
{
    int64_t wanted = expected_value(question, trial->value);
    if (trial->rounding == REFUSED_INDEX) {
        check_set(question, trial->value, PSOCK_ENODEV);
        return 1;
    }
    int result = psock_set_option(question->s, question->option, trial->value);
    if (result == PSOCK_EPERM)
        return 0;
    if (result != 0)
        complain(question, "setting failed for", trial->value, result);
    assert_result(result, 0);
    int64_t told = check_get(question, 0);
    if (!is_right(told, wanted, trial->rounding))
        complain(question, "tells", told, wanted);
    assert_true(is_right(told, wanted, trial->rounding));
    return 1;
}

/* Tries another socket: who has no rights may set an interface but once. */
static void need_indexes(const struct question *question)
{
    if (question->option != PSOCK_OPTION_INTERFACE &&
        question->option != PSOCK_OPTION_MULTICAST_INTERFACE)
        return;
    psock_t other = open_kind(question->kind);
    int result = psock_set_option(other, question->option, LOOPBACK);
    if (result == PSOCK_EINVAL)
        skip_because("this system refuses interfaces by their index");
}

static _Bool set_and_ask(const struct question *question)
{
    struct trial trials[TRIALS_MAX];
    size_t done = 0;
    if (!is_there(question))
        return 0;
    need_indexes(question);
    choose_trials(question, trials);
    for (size_t i = 0; i < TRIALS_MAX && trials[i].rounding != 0; i++)
        done += try_value(question, &trials[i]);
    return done > 0;
}

/* Whether it is there does not depend on what this process has open. */
static void interface_is_found_without_a_descriptor_left(void **state)
{
    psock_t s = datagram(family_of(state));
    if (!host_forbid_descriptors(1))
        skip_because("this system has descriptors without end");
    int result =
        psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, LOOPBACK);
    host_forbid_descriptors(0);
    assert_result(result, 0);
}

static int option_of(void **state)
{
    return ((const int *)*state)[1];
}

static void value_is_told_as_it_was_set(void **state)
{
    ask_of_kinds(option_of(state), set_and_ask);
}

/* --- What is out of range ------------------------------------------------- */

static int64_t value_or_error(const struct question *question)
{
    int64_t value = 0;
    int error = psock_get_option(question->s, question->option, &value);
    return error < 0 ? INT64_MIN - (int64_t)error : value;
}

static _Bool set_out_of_range(const struct question *question)
{
    const psock_option_info *info = &question->info;
    const int64_t before = value_or_error(question);
    const int64_t wrong[] = {info->minimum - 1, info->maximum + 1, INT32_MIN,
                             INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        check_set(question, wrong[i], PSOCK_EINVAL);
    assert_true(value_or_error(question) == before);
    return 1;
}

static void value_out_of_range_changes_nothing(void **state)
{
    ask_of_kinds(option_of(state), set_out_of_range);
}

/* --- What is only told ---------------------------------------------------- */

static _Bool set_anyway(const struct question *question)
{
    check_set(question, question->info.minimum, PSOCK_EOPNOTSUPP);
    check_set(question, INT64_MIN, PSOCK_EOPNOTSUPP);
    check_set(question, 1, PSOCK_EOPNOTSUPP);
    return 1;
}

static void what_is_only_told_cannot_be_set(void **state)
{
    ask_of_kinds(option_of(state), set_anyway);
}

/* --- Other kinds of sockets ----------------------------------------------- */

static void check_is_refused(const struct question *question)
{
    (void)check_get(question, PSOCK_EOPNOTSUPP);
    check_set(question, question->info.minimum, PSOCK_EOPNOTSUPP);
    if (question->info.can_set) {
        check_set(question, question->info.maximum, PSOCK_EOPNOTSUPP);
        check_set(question, question->info.minimum - 1, PSOCK_EINVAL);
    }
}

static void other_kinds_of_sockets_do_not_have_it(void **state)
{
    int option = option_of(state);
    struct question question = {.option = option, .info = described(option)};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        question.kind = &kinds[i];
        if (has_option(&kinds[i], &question.info))
            continue;
        question.s = open_kind(&kinds[i]);
        if (question.s >= 0)
            check_is_refused(&question);
    }
}

/* --- In the beginning ----------------------------------------------------- */

#define ANY_NUMBER INT64_MIN
#define ABOVE_ZERO (INT64_MIN + 1)
#define NOT_CONNECTED (INT64_MIN + 2)
#define LIKE_THE_KIND (INT64_MIN + 3)

/* Where not 0. */
static const int64_t in_the_beginning[PSOCK_OPTION_COUNT] = {
    [PSOCK_OPTION_FAMILY] = LIKE_THE_KIND,
    [PSOCK_OPTION_TYPE] = LIKE_THE_KIND,
    [PSOCK_OPTION_PROTOCOL] = LIKE_THE_KIND,
    [PSOCK_OPTION_RECEIVE_BUFFER_BYTES] = ABOVE_ZERO,
    [PSOCK_OPTION_SEND_BUFFER_BYTES] = ABOVE_ZERO,
    [PSOCK_OPTION_RECEIVE_LOW_BYTES] = 1,
    [PSOCK_OPTION_BUSY_POLL_US] = ANY_NUMBER,
    [PSOCK_OPTION_INCOMING_CPU] = -1,
    [PSOCK_OPTION_COOKIE] = ABOVE_ZERO,
    [PSOCK_OPTION_LINGER_S] = -1,
    [PSOCK_OPTION_SEGMENT_BYTES] = ABOVE_ZERO,
    [PSOCK_OPTION_QUICK_ACK] = ANY_NUMBER,
    [PSOCK_OPTION_HOP_LIMIT] = ABOVE_ZERO,
    [PSOCK_OPTION_PATH_MTU_BYTES] = NOT_CONNECTED,
    [PSOCK_OPTION_IPV6_ONLY] = LIKE_THE_KIND,
    [PSOCK_OPTION_MULTICAST_HOP_LIMIT] = 1,
    [PSOCK_OPTION_MULTICAST_LOOP] = 1,
    [PSOCK_OPTION_MULTICAST_ALL] = ANY_NUMBER,
};

static int protocol_of(const struct kind *kind)
{
    if (kind->family == PSOCK_UNIX || kind->type == PSOCK_RAW)
        return kind->protocol;
    return kind->type == PSOCK_STREAM ? 6 : 17;
}

static int64_t like_the_kind(const struct kind *kind, int option)
{
    switch (option) {
    case PSOCK_OPTION_FAMILY:
        return kind->family;
    case PSOCK_OPTION_TYPE:
        return kind->type;
    case PSOCK_OPTION_PROTOCOL:
        return protocol_of(kind);
    default:
        return (kind->flags & PSOCK_DUAL_STACK) == 0;
    }
}

static _Bool begins_right(const struct question *question, int64_t value)
{
    int64_t expected = in_the_beginning[question->option];
    if (expected == ANY_NUMBER)
        return 1;
    if (expected == ABOVE_ZERO)
        return value > 0;
    if (expected == LIKE_THE_KIND)
        expected = like_the_kind(question->kind, question->option);
    return value == expected;
}

static _Bool ask_fresh(const struct question *question)
{
    int64_t value = 0;
    int error = psock_get_option(question->s, question->option, &value);
    if (error == PSOCK_ENOTSUP)
        return 0;
    if (in_the_beginning[question->option] == NOT_CONNECTED) {
        assert_result(error, PSOCK_ENOTCONN);
        return 1;
    }
    assert_result(error, 0);
    assert_true(value >= question->info.minimum);
    assert_true(value <= question->info.maximum);
    if (!begins_right(question, value))
        complain(question, "begins with", value,
                 in_the_beginning[question->option]);
    assert_true(begins_right(question, value));
    return 1;
}

static void fresh_socket_tells_the_default(void **state)
{
    ask_of_kinds(option_of(state), ask_fresh);
}

/* --- Descriptions --------------------------------------------------------- */

static _Bool is_unit(const char *unit)
{
    static const char *const units[] = {"", "bytes", "ms", "s", "us", "switch"};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (strcmp(unit, units[i]) == 0)
            return 1;
    return 0;
}

static void every_option_is_described(void **state)
{
    (void)state;
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++) {
        psock_option_info info = described(option);
        assert_non_null(info.name);
        assert_true(strlen(info.name) > 0);
        assert_true(is_unit(info.unit));
        assert_true(info.minimum < info.maximum);
        assert_in_range(info.can_set, 0, 1);
        assert_true(info.types != 0 && info.families != 0);
        if (strcmp(info.unit, "switch") == 0)
            assert_true(info.minimum == 0 && info.maximum == 1);
    }
}

static void every_option_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a < PSOCK_OPTION_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(described(a).name, described(b).name);
}

static void some_kind_of_socket_has_every_option(void **state)
{
    (void)state;
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++) {
        psock_option_info info = described(option);
        size_t count = 0;
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
            count += has_option(&kinds[i], &info);
        assert_true(count > 0);
    }
}

static void descriptions_say_which_sockets_have_an_option(void **state)
{
    psock_option_info info = described(PSOCK_OPTION_NO_DELAY);
    (void)state;
    assert_string_equal(info.name, "no-delay");
    assert_string_equal(info.unit, "switch");
    assert_int_equal(info.can_set, 1);
    assert_int_equal(info.types, 1 << PSOCK_STREAM);
    assert_int_equal(info.families, 1 << PSOCK_IPV4 | 1 << PSOCK_IPV6);
    info = described(PSOCK_OPTION_HEADER_INCLUDED);
    assert_int_equal(info.types, 1 << PSOCK_RAW);
    assert_int_equal(info.families, 1 << PSOCK_IPV4);
    info = described(PSOCK_OPTION_COOKIE);
    assert_int_equal(info.can_set, 0);
}

/* --- Mistakes ------------------------------------------------------------- */

static const int no_options[] = {-1, PSOCK_OPTION_COUNT, INT_MIN, INT_MAX};

static void number_that_is_no_option_is_refused(void **state)
{
    int64_t value = 7;
    psock_option_info info = {.name = "as it was"};
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    for (size_t i = 0; i < COUNT_OF(no_options); i++) {
        assert_result(psock_option_describe(no_options[i], &info),
                      PSOCK_EINVAL);
        assert_result(psock_get_option(s, no_options[i], &value), PSOCK_EINVAL);
        assert_result(psock_set_option(s, no_options[i], 0), PSOCK_EINVAL);
    }
    assert_string_equal(info.name, "as it was");
    assert_true(value == 7);
}

static void options_of_what_is_no_socket_are_refused(void **state)
{
    int64_t value;
    psock_t foreign = host_foreign_open();
    psock_t closed = open_kept(family_of(state), PSOCK_STREAM);
    close_kept(closed);
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++) {
        psock_option_info info = described(option);
        int closed_error = info.can_set ? PSOCK_EBADF : PSOCK_EOPNOTSUPP;
        int foreign_error = info.can_set ? PSOCK_ENOTSOCK : PSOCK_EOPNOTSUPP;
        assert_result(psock_get_option(closed, option, &value), PSOCK_EBADF);
        assert_result(psock_get_option(PSOCK_INVALID, option, &value),
                      PSOCK_EBADF);
        assert_result(psock_get_option(foreign, option, &value),
                      PSOCK_ENOTSOCK);
        assert_result(psock_set_option(closed, option, info.minimum),
                      closed_error);
        assert_result(psock_set_option(INTPTR_MIN, option, info.minimum),
                      PSOCK_EBADF);
        assert_result(psock_set_option(foreign, option, info.minimum),
                      foreign_error);
    }
    host_foreign_close(foreign);
}

static void options_need_a_place_for_the_answer(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_get_option(s, PSOCK_OPTION_NO_DELAY, NULL),
                  PSOCK_EFAULT);
    assert_result(psock_option_describe(PSOCK_OPTION_NO_DELAY, NULL),
                  PSOCK_EFAULT);
}

/* --- Programs ------------------------------------------------------------- */

#define NAME_SIZE 96

/* What a generated test is about; the family comes first for the fixture. */
static struct about {
    int family;
    int option;
} about[PSOCK_OPTION_COUNT];

static struct CMUnitTest tests[PSOCK_OPTION_COUNT * 4 + 16];
static char names[PSOCK_OPTION_COUNT * 4][NAME_SIZE];
static size_t test_count;

static void add_test(const char *name, CMUnitTestFunction test, void *state)
{
    assert_in_range(test_count, 0, COUNT_OF(tests) - 1);
    tests[test_count++] = (struct CMUnitTest)FIXTURE_TEST(name, test, state);
}

static void add_for(int option, const char *claim, CMUnitTestFunction test)
{
    psock_option_info info;
    if (psock_option_describe(option, &info) < 0)
        return;
    snprintf(names[test_count], NAME_SIZE, "%s.%s", claim, info.name);
    about[option] = (struct about){PSOCK_IPV4, option};
    add_test(names[test_count], test, &about[option]);
}

#define ADD_FOR(option, test) add_for(option, #test, test)

static void add_tests_of(int option)
{
    psock_option_info info = {.can_set = 0};
    (void)!psock_option_describe(option, &info);
    ADD_FOR(option, fresh_socket_tells_the_default);
    ADD_FOR(option, other_kinds_of_sockets_do_not_have_it);
    if (info.can_set) {
        ADD_FOR(option, value_is_told_as_it_was_set);
        ADD_FOR(option, value_out_of_range_changes_nothing);
    } else {
        ADD_FOR(option, what_is_only_told_cannot_be_set);
    }
}

static void add_all(const struct CMUnitTest *more, size_t count)
{
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++)
        add_tests_of(option);
    for (size_t i = 0; i < count; i++)
        add_test(more[i].name, more[i].test_func, more[i].initial_state);
}

int main(void)
{
    const struct CMUnitTest more[] = {
        test_once(every_option_is_described),
        test_once(every_option_has_a_name_of_its_own),
        test_once(some_kind_of_socket_has_every_option),
        test_once(descriptions_say_which_sockets_have_an_option),
        test_both(number_that_is_no_option_is_refused),
        test_both(options_of_what_is_no_socket_are_refused),
        test_both(options_need_a_place_for_the_answer),
        test_both(interface_is_found_without_a_descriptor_left),
    };
    add_all(more, COUNT_OF(more));
    return _cmocka_run_group_tests("option", tests, test_count, warm_up, NULL);
}
