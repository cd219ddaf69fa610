/* Options: what is refused before the system is asked, what it is asked, and what
 * becomes of the answer.  The table's own values are the system-wide tests'. */
#include "sys_fake.h"

#include <string.h>

enum {
    SOCKET = 8,
    UNTOUCHED = 99
};

static const int families[] = {PSOCK_NONE, PSOCK_UNIX, PSOCK_IPV4, PSOCK_IPV6};
static const int types[] = {0, PSOCK_STREAM, PSOCK_DATAGRAM, PSOCK_SEQPACKET,
                            PSOCK_RAW};

static psock_option_info describe(int option)
{
    psock_option_info info;
    assert_result(psock_option_describe(option, &info), 0);
    return info;
}

/* Bit 0 is for those that psock has no name for. */
static _Bool is_for(const psock_option_info *info, int family, int type)
{
    return (info->families & 1u << family) != 0 &&
           (info->types & 1u << type) != 0;
}

/* What needs no more asking once the kind of the socket is known. */
static _Bool is_the_kind(int option)
{
    return option == PSOCK_OPTION_FAMILY || option == PSOCK_OPTION_TYPE;
}

/* --- Every option on every kind of socket --------------------------------- */

static void check_get(int option, int family, int type)
{
    const psock_option_info info = describe(option);
    int64_t value = UNTOUCHED;
    expect_kind(SOCKET, is_of(family, type));
    if (!is_for(&info, family, type)) {
        assert_result(psock_get_option(SOCKET, option, &value),
                      PSOCK_EOPNOTSUPP);
        assert_int_equal(value, UNTOUCHED);
        return;
    }
    if (!is_the_kind(option))
        expect_get_option(SOCKET, family, type, option, holds(8));
    assert_result(psock_get_option(SOCKET, option, &value), 0);
    assert_int_equal(value, option == PSOCK_OPTION_FAMILY ? family
                            : option == PSOCK_OPTION_TYPE ? type
                                                          : 8);
}

static void check_set(int option, int family, int type)
{
    const psock_option_info info = describe(option);
    if (!info.can_set)
        return;
    expect_kind(SOCKET, is_of(family, type));
    if (is_for(&info, family, type))
        expect_set_option(SOCKET, family, type, option, info.minimum,
                          returns(0));
    assert_result(psock_set_option(SOCKET, option, info.minimum),
                  is_for(&info, family, type) ? 0 : PSOCK_EOPNOTSUPP);
}

static void option_is_asked_of_its_own_kinds_of_sockets_only(void **state)
{
    (void)state;
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++)
        for (size_t i = 0; i < COUNT_OF(families); i++)
            for (size_t j = 0; j < COUNT_OF(types); j++) {
                script_begin();
                check_get(option, families[i], types[j]);
                check_set(option, families[i], types[j]);
            }
}

/* The first kind that the option is for. */
static void find_kind(const psock_option_info *info, int *family, int *type)
{
    for (size_t i = 0; i < COUNT_OF(families); i++)
        for (size_t j = 0; j < COUNT_OF(types); j++)
            if (is_for(info, families[i], types[j])) {
                *family = families[i];
                *type = types[j];
                return;
            }
    fail_msg("%s is for no socket", info->name);
}

static void expect_setting(int option, int64_t value, struct answer answer)
{
    const psock_option_info info = describe(option);
    int family = PSOCK_NONE;
    int type = 0;
    find_kind(&info, &family, &type);
    expect_kind(SOCKET, is_of(family, type));
    expect_set_option(SOCKET, family, type, option, value, answer);
}

/* --- Ranges --------------------------------------------------------------- */

static void ends_of_every_range_are_set(void **state)
{
    (void)state;
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++) {
        const psock_option_info info = describe(option);
        if (!info.can_set)
            continue;
        script_begin();
        expect_setting(option, info.minimum, returns(0));
        assert_result(psock_set_option(SOCKET, option, info.minimum), 0);
        expect_setting(option, info.maximum, returns(0));
        assert_result(psock_set_option(SOCKET, option, info.maximum), 0);
    }
}

static void value_out_of_range_is_refused_without_a_call(void **state)
{
    (void)state;
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++) {
        const psock_option_info info = describe(option);
        if (!info.can_set)
            continue;
        if (info.minimum > INT64_MIN)
            assert_result(psock_set_option(SOCKET, option, info.minimum - 1),
                          PSOCK_EINVAL);
        if (info.maximum < INT64_MAX)
            assert_result(psock_set_option(SOCKET, option, info.maximum + 1),
                          PSOCK_EINVAL);
    }
}

static void what_can_only_be_asked_is_not_set(void **state)
{
    (void)state;
    int count = 0;
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++) {
        const psock_option_info info = describe(option);
        if (info.can_set)
            continue;
        count++;
        assert_result(psock_set_option(SOCKET, option, info.minimum),
                      PSOCK_EOPNOTSUPP);
        assert_result(psock_set_option(SOCKET, option, INT64_MIN),
                      PSOCK_EOPNOTSUPP);
    }
    assert_true(count > 5);
}

/* --- Arguments and answers ------------------------------------------------ */

static void unknown_option_is_refused_without_a_call(void **state)
{
    (void)state;
    static const int unknown[] = {-1, PSOCK_OPTION_COUNT, INT32_MIN, INT32_MAX};
    psock_option_info info = {.can_set = UNTOUCHED};
    int64_t value = UNTOUCHED;
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        assert_result(psock_set_option(SOCKET, unknown[i], 0), PSOCK_EINVAL);
        assert_result(psock_get_option(SOCKET, unknown[i], &value),
                      PSOCK_EINVAL);
        assert_result(psock_option_describe(unknown[i], &info), PSOCK_EINVAL);
    }
    assert_int_equal(value, UNTOUCHED);
    assert_int_equal(info.can_set, UNTOUCHED);
}

static void null_outputs_of_an_option_are_refused(void **state)
{
    (void)state;
    assert_result(psock_option_describe(0, NULL), PSOCK_EFAULT);
    assert_result(psock_get_option(SOCKET, 0, NULL), PSOCK_EFAULT);
    assert_result(psock_set_keepalive(SOCKET, NULL, NULL), PSOCK_EFAULT);
    assert_result(psock_get_congestion(SOCKET, NULL, 16), PSOCK_EFAULT);
    assert_result(psock_set_congestion(SOCKET, NULL), PSOCK_EFAULT);
    assert_result(psock_get_tcp_info(SOCKET, NULL), PSOCK_EFAULT);
}

static void no_descriptor_has_no_options(void **state)
{
    (void)state;
    psock_keepalive times = {.idle_ms = 1};
    psock_tcp_info info;
    char name[16] = "";
    int64_t value = 0;
    assert_result(psock_get_option(-1, 0, &value), PSOCK_EBADF);
    assert_result(psock_set_option(-1, PSOCK_OPTION_NO_DELAY, 1), PSOCK_EBADF);
    assert_result(psock_set_keepalive(-1, &times, NULL), PSOCK_EBADF);
    assert_result(psock_get_congestion(-1, name, sizeof name), PSOCK_EBADF);
    assert_result(psock_set_congestion(-1, "reno"), PSOCK_EBADF);
    assert_result(psock_get_tcp_info(-1, &info), PSOCK_EBADF);
}

static void systems_refusal_of_an_option_is_the_result(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_ENOTSUP, PSOCK_EPERM, PSOCK_ENODEV,
                                 PSOCK_EINVAL, PSOCK_ENOTCONN};
    int64_t value = UNTOUCHED;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_kind(SOCKET, is_of(PSOCK_IPV4, PSOCK_STREAM));
        expect_set_option(SOCKET, PSOCK_IPV4, PSOCK_STREAM,
                          PSOCK_OPTION_NO_DELAY, 1, returns(errors[i]));
        assert_result(psock_set_option(SOCKET, PSOCK_OPTION_NO_DELAY, 1),
                      errors[i]);
        expect_kind(SOCKET, is_of(PSOCK_IPV6, PSOCK_STREAM));
        expect_get_option(SOCKET, PSOCK_IPV6, PSOCK_STREAM,
                          PSOCK_OPTION_NO_DELAY, returns(errors[i]));
        assert_result(psock_get_option(SOCKET, PSOCK_OPTION_NO_DELAY, &value),
                      errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
    assert_int_equal(value, UNTOUCHED);
}

static int64_t traffic_class_told(int type, int64_t held)
{
    int64_t value = UNTOUCHED;
    expect_kind(SOCKET, is_of(PSOCK_IPV6, type));
    expect_get_option(SOCKET, PSOCK_IPV6, type, PSOCK_OPTION_TRAFFIC_CLASS,
                      holds(held));
    assert_result(psock_get_option(SOCKET, PSOCK_OPTION_TRAFFIC_CLASS, &value),
                  0);
    return value;
}

/* Systems tell what they use themselves, once a connection has agreed on it. */
static void congestion_bits_of_a_connection_are_not_told(void **state)
{
    (void)state;
    assert_int_equal(traffic_class_told(PSOCK_STREAM, 0xfe), 0xfc);
    assert_int_equal(traffic_class_told(PSOCK_STREAM, 3), 0);
    assert_int_equal(traffic_class_told(PSOCK_DATAGRAM, 0xfe), 0xfe);
    assert_int_equal(traffic_class_told(PSOCK_RAW, 1), 1);
}

static void what_is_no_socket_has_no_options(void **state)
{
    (void)state;
    psock_keepalive times = {.idle_ms = 1};
    psock_tcp_info info = {.valid = UNTOUCHED};
    char name[16] = "x";
    int64_t value = UNTOUCHED;
    for (int i = 0; i < 6; i++)
        expect_kind(SOCKET, returns(PSOCK_ENOTSOCK));
    assert_result(psock_get_option(SOCKET, 0, &value), PSOCK_ENOTSOCK);
    assert_result(psock_set_option(SOCKET, PSOCK_OPTION_NO_DELAY, 1),
                  PSOCK_ENOTSOCK);
    assert_result(psock_set_keepalive(SOCKET, &times, &times), PSOCK_ENOTSOCK);
    assert_result(psock_get_congestion(SOCKET, name, sizeof name),
                  PSOCK_ENOTSOCK);
    assert_result(psock_set_congestion(SOCKET, name), PSOCK_ENOTSOCK);
    assert_result(psock_get_tcp_info(SOCKET, &info), PSOCK_ENOTSOCK);
    assert_int_equal(value, UNTOUCHED);
    assert_int_equal(info.valid, UNTOUCHED);
}

/* --- TCP ------------------------------------------------------------------ */

static void expect_tcp(void)
{
    expect_kind(SOCKET, is_of(PSOCK_IPV6, PSOCK_STREAM));
}

static void check_not_tcp(int family, int type)
{
    psock_keepalive times = {.idle_ms = 1};
    psock_tcp_info info;
    char name[16] = "x";
    for (int i = 0; i < 4; i++)
        expect_kind(SOCKET, is_of(family, type));
    assert_result(psock_set_keepalive(SOCKET, &times, NULL), PSOCK_EOPNOTSUPP);
    assert_result(psock_get_congestion(SOCKET, name, sizeof name),
                  PSOCK_EOPNOTSUPP);
    assert_result(psock_set_congestion(SOCKET, name), PSOCK_EOPNOTSUPP);
    assert_result(psock_get_tcp_info(SOCKET, &info), PSOCK_EOPNOTSUPP);
}

static void only_tcp_has_what_is_of_tcp(void **state)
{
    (void)state;
    check_not_tcp(PSOCK_UNIX, PSOCK_STREAM);
    check_not_tcp(PSOCK_NONE, PSOCK_STREAM);
    check_not_tcp(PSOCK_IPV4, PSOCK_DATAGRAM);
    check_not_tcp(PSOCK_IPV6, PSOCK_RAW);
    check_not_tcp(PSOCK_IPV4, 0);
}

static void keepalive_that_holds_is_told(void **state)
{
    (void)state;
    const psock_keepalive wanted = {.idle_ms = 1500, .probes = 3};
    const psock_keepalive held = {
        .idle_ms = 2000, .interval_ms = 1000, .probes = 3};
    psock_keepalive applied = {.idle_ms = UNTOUCHED};
    expect_tcp();
    expect_set_keepalive(SOCKET, &wanted, describes(&held));
    assert_result(psock_set_keepalive(SOCKET, &wanted, &applied), 0);
    assert_memory_equal(&applied, &held, sizeof held);
    expect_tcp();
    expect_set_keepalive(SOCKET, &wanted, describes(&held));
    assert_result(psock_set_keepalive(SOCKET, &wanted, NULL), 0);
}

/* The same structure may be asked with and told in. */
static void keepalive_may_be_told_where_it_was_asked_for(void **state)
{
    (void)state;
    psock_keepalive times = {.idle_ms = 1500};
    const psock_keepalive held = {.idle_ms = 2000};
    expect_tcp();
    expect_set_keepalive(SOCKET, &times, describes(&held));
    assert_result(psock_set_keepalive(SOCKET, &times, &times), 0);
    assert_memory_equal(&times, &held, sizeof held);
}

static void keepalive_that_fails_tells_nothing(void **state)
{
    (void)state;
    const psock_keepalive wanted = {
        .idle_ms = INT64_MAX, .interval_ms = INT64_MAX, .probes = INT32_MAX};
    psock_keepalive applied = {.idle_ms = UNTOUCHED};
    expect_tcp();
    expect_set_keepalive(SOCKET, &wanted, returns(PSOCK_EINVAL));
    assert_result(psock_set_keepalive(SOCKET, &wanted, &applied), PSOCK_EINVAL);
    assert_int_equal(applied.idle_ms, UNTOUCHED);
}

static void keepalive_below_zero_is_refused(void **state)
{
    (void)state;
    const psock_keepalive bad[] = {{.idle_ms = -1},
                                   {.interval_ms = -1},
                                   {.probes = -1},
                                   {.idle_ms = INT64_MIN},
                                   {.reserved = 1}};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        expect_tcp();
        assert_result(psock_set_keepalive(SOCKET, &bad[i], NULL), PSOCK_EINVAL);
    }
}

static struct answer called(const char *name)
{
    struct answer answer = returns(0);
    answer.data = name;
    return answer;
}

static void name_of_congestion_control_is_told_where_it_fits(void **state)
{
    (void)state;
    char name[PSOCK_CONGESTION_NAME_SIZE] = "untouched";
    expect_tcp();
    expect_get_congestion(SOCKET, called("cubic"));
    assert_result(psock_get_congestion(SOCKET, name, 0), PSOCK_ENOSPC);
    expect_tcp();
    expect_get_congestion(SOCKET, called("cubic"));
    assert_result(psock_get_congestion(SOCKET, name, 5), PSOCK_ENOSPC);
    assert_string_equal(name, "untouched");
    expect_tcp();
    expect_get_congestion(SOCKET, called("cubic"));
    assert_result(psock_get_congestion(SOCKET, name, 6), 0);
    assert_string_equal(name, "cubic");
    expect_tcp();
    expect_get_congestion(SOCKET, returns(PSOCK_ENOTSUP));
    assert_result(psock_get_congestion(SOCKET, name, sizeof name),
                  PSOCK_ENOTSUP);
    assert_string_equal(name, "cubic");
}

static void name_of_congestion_control_is_passed_on(void **state)
{
    (void)state;
    expect_tcp();
    expect_set_congestion(SOCKET, "fifteen-letters", returns(0));
    assert_result(psock_set_congestion(SOCKET, "fifteen-letters"), 0);
    expect_tcp();
    expect_set_congestion(SOCKET, "", returns(PSOCK_ENOENT));
    assert_result(psock_set_congestion(SOCKET, ""), PSOCK_ENOENT);
    expect_tcp();
    assert_result(psock_set_congestion(SOCKET, "sixteen--letters"),
                  PSOCK_EINVAL);
}

static void tcp_info_is_told_on_success_only(void **state)
{
    (void)state;
    const psock_tcp_info held = {.valid = PSOCK_TCP_STATE,
                                 .state = PSOCK_TCP_ESTABLISHED};
    psock_tcp_info info;
    memset(&info, UNTOUCHED, sizeof info);
    const psock_tcp_info before = info;
    expect_tcp();
    expect_get_tcp_info(SOCKET, returns(PSOCK_ENOTSUP));
    assert_result(psock_get_tcp_info(SOCKET, &info), PSOCK_ENOTSUP);
    assert_memory_equal(&info, &before, sizeof info);
    expect_tcp();
    expect_get_tcp_info(SOCKET, describes(&held));
    assert_result(psock_get_tcp_info(SOCKET, &info), 0);
    assert_memory_equal(&info, &held, sizeof info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(option_is_asked_of_its_own_kinds_of_sockets_only),
        test(ends_of_every_range_are_set),
        test(value_out_of_range_is_refused_without_a_call),
        test(what_can_only_be_asked_is_not_set),
        test(unknown_option_is_refused_without_a_call),
        test(null_outputs_of_an_option_are_refused),
        test(no_descriptor_has_no_options),
        test(systems_refusal_of_an_option_is_the_result),
        test(congestion_bits_of_a_connection_are_not_told),
        test(what_is_no_socket_has_no_options),
        test(only_tcp_has_what_is_of_tcp),
        test(keepalive_that_holds_is_told),
        test(keepalive_may_be_told_where_it_was_asked_for),
        test(keepalive_that_fails_tells_nothing),
        test(keepalive_below_zero_is_refused),
        test(name_of_congestion_control_is_told_where_it_fits),
        test(name_of_congestion_control_is_passed_on),
        test(tcp_info_is_told_on_success_only),
    };
    return cmocka_run_group_tests_name("fake.option", tests, NULL, NULL);
}
