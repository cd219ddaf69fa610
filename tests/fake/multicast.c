/* Who may become a member of what, and what is made of the system's answers. */
#include "sys_fake.h"

#include <limits.h>

enum {
    SOCKET = 8,
    INTERFACE = 3
};

static psock_address group4;
static psock_address group6;
static psock_address source4;
static psock_address source6;

static int set_the_stage(void **state)
{
    (void)state;
    return psock_address_parse("232.1.2.3:0", &group4) < 0 ||
           psock_address_parse("[ff3e::4321]:0", &group6) < 0 ||
           psock_address_parse("192.0.2.1:0", &source4) < 0 ||
           psock_address_parse("[2001:db8::1]:0", &source6) < 0;
}

/* --- The six -------------------------------------------------------------- */

/* One of the six; the first two take no source. */
static struct subject {
    enum psock_sys_membership change;
    int (*group_call)(psock_t s, const psock_address *group, uint32_t index);
    int (*source_call)(psock_t s, const psock_address *group,
                       const psock_address *source, uint32_t index);
} six[] = {
    {PSOCK_SYS_JOIN, psock_multicast_join, NULL},
    {PSOCK_SYS_LEAVE, psock_multicast_leave, NULL},
    {PSOCK_SYS_JOIN_SOURCE, NULL, psock_multicast_join_source},
    {PSOCK_SYS_LEAVE_SOURCE, NULL, psock_multicast_leave_source},
    {PSOCK_SYS_BLOCK_SOURCE, NULL, psock_multicast_block_source},
    {PSOCK_SYS_UNBLOCK_SOURCE, NULL, psock_multicast_unblock_source},
};

static int apply(const struct subject *subject, psock_t s,
                 const psock_address *group, const psock_address *source,
                 uint32_t index)
{
    return subject->group_call != NULL
               ? subject->group_call(s, group, index)
               : subject->source_call(s, group, source, index);
}

static void expect_change(const struct subject *subject,
                          const psock_address *group,
                          const psock_address *source, uint32_t index,
                          struct answer answer)
{
    expect_multicast(SOCKET, subject->change, group,
                     subject->group_call != NULL ? NULL : source, index,
                     answer);
}

static void check_change(const struct subject *subject, uint32_t index,
                         int type, struct answer answer)
{
    expect_kind(SOCKET, is_of(PSOCK_IPV4, type));
    expect_change(subject, &group4, &source4, index, answer);
    assert_result(apply(subject, SOCKET, &group4, &source4, index),
                  answer.result);
    expect_kind(SOCKET, is_of(PSOCK_IPV6, type));
    expect_change(subject, &group6, &source6, index, answer);
    assert_result(apply(subject, SOCKET, &group6, &source6, index),
                  answer.result);
}

/* --- What is passed on ---------------------------------------------------- */

static void membership_is_asked_for_as_it_is(void **state)
{
    const struct subject *subject = *state;
    check_change(subject, 0, PSOCK_DATAGRAM, returns(0));
    check_change(subject, INTERFACE, PSOCK_DATAGRAM, returns(0));
    check_change(subject, UINT32_MAX, PSOCK_RAW, returns(0));
}

static void systems_answer_is_the_result(void **state)
{
    static const int errors[] = {PSOCK_EADDRINUSE, PSOCK_ENODEV, PSOCK_ENOBUFS,
                                 PSOCK_ENOTSUP,    PSOCK_EINVAL, PSOCK_EINTR};
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        check_change(*state, INTERFACE, PSOCK_DATAGRAM, returns(errors[i]));
}

/* --- The answer that depends on the interface ----------------------------- */

static void no_member_on_an_interface_that_is_there_is_told_so(void **state)
{
    const struct subject *subject = *state;
    expect_kind(SOCKET, is_of(PSOCK_IPV4, PSOCK_DATAGRAM));
    expect_change(subject, &group4, &source4, INTERFACE,
                  returns(PSOCK_EADDRNOTAVAIL));
    expect_scope_name(INTERFACE, brings("if3"));
    assert_result(apply(subject, SOCKET, &group4, &source4, INTERFACE),
                  PSOCK_EADDRNOTAVAIL);
}

static void no_member_where_no_interface_is_named_is_told_so(void **state)
{
    const struct subject *subject = *state;
    expect_kind(SOCKET, is_of(PSOCK_IPV4, PSOCK_DATAGRAM));
    expect_change(subject, &group4, &source4, 0, returns(PSOCK_EADDRNOTAVAIL));
    assert_result(apply(subject, SOCKET, &group4, &source4, 0),
                  PSOCK_EADDRNOTAVAIL);
}

static void interface_that_is_not_there_is_told_instead(void **state)
{
    const struct subject *subject = *state;
    expect_kind(SOCKET, is_of(PSOCK_IPV4, PSOCK_DATAGRAM));
    expect_change(subject, &group4, &source4, INTERFACE,
                  returns(PSOCK_EADDRNOTAVAIL));
    expect_scope_name(INTERFACE, returns(0));
    assert_result(apply(subject, SOCKET, &group4, &source4, INTERFACE),
                  PSOCK_ENODEV);
}

/* --- Scopes --------------------------------------------------------------- */

static void scope_of_a_group_is_the_interface(void **state)
{
    const struct subject *subject = *state;
    psock_address scoped;
    assert_result(psock_address_parse("[ff12::1%3]:0", &scoped), 0);
    for (uint32_t index = 0; index <= INTERFACE; index += INTERFACE) {
        expect_kind(SOCKET, is_of(PSOCK_IPV6, PSOCK_DATAGRAM));
        expect_change(subject, &scoped, &source6, INTERFACE, returns(0));
        assert_result(apply(subject, SOCKET, &scoped, &source6, index), 0);
    }
    expect_kind(SOCKET, is_of(PSOCK_IPV6, PSOCK_DATAGRAM));
    assert_result(apply(subject, SOCKET, &scoped, &source6, INTERFACE + 1),
                  PSOCK_EINVAL);
}

/* --- What is refused ------------------------------------------------------ */

static void nothing_is_asked_for_no_socket_and_no_group(void **state)
{
    const struct subject *subject = *state;
    assert_result(apply(subject, -1, &group4, &source4, 0), PSOCK_EBADF);
    assert_result(apply(subject, INTPTR_MIN, NULL, NULL, 0), PSOCK_EBADF);
    assert_result(apply(subject, SOCKET, NULL, &source4, 0), PSOCK_EFAULT);
    if (subject->source_call != NULL)
        assert_result(apply(subject, SOCKET, &group4, NULL, 0), PSOCK_EFAULT);
}

static void socket_that_cannot_be_asked_is_the_error(void **state)
{
    static const int errors[] = {PSOCK_EBADF, PSOCK_ENOTSOCK, PSOCK_ENOBUFS};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_kind(SOCKET, returns(errors[i]));
        assert_result(apply(*state, SOCKET, &group4, &source4, 0), errors[i]);
    }
}

static void only_datagrams_have_groups(void **state)
{
    static const int types[] = {PSOCK_STREAM, PSOCK_SEQPACKET, 0, 99};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        expect_kind(SOCKET, is_of(PSOCK_IPV4, types[i]));
        assert_result(apply(*state, SOCKET, &group4, &source4, 0),
                      PSOCK_EOPNOTSUPP);
    }
}

static void check_refused(const struct subject *subject, int family,
                          const char *group, const char *source, int error)
{
    psock_address group_address;
    psock_address source_address;
    assert_result(psock_address_parse(group, &group_address), 0);
    assert_result(psock_address_parse(source, &source_address), 0);
    expect_kind(SOCKET, is_of(family, PSOCK_DATAGRAM));
    assert_result(
        apply(subject, SOCKET, &group_address, &source_address, INTERFACE),
        error);
}

static void group_of_another_family_is_refused(void **state)
{
    check_refused(*state, PSOCK_IPV6, "232.1.2.3:0", "192.0.2.1:0",
                  PSOCK_EAFNOSUPPORT);
    check_refused(*state, PSOCK_IPV4, "[ff3e::1]:0", "[2001:db8::1]:0",
                  PSOCK_EAFNOSUPPORT);
    check_refused(*state, PSOCK_UNIX, "232.1.2.3:0", "192.0.2.1:0",
                  PSOCK_EAFNOSUPPORT);
    check_refused(*state, PSOCK_IPV4, "unix:/x", "192.0.2.1:0",
                  PSOCK_EAFNOSUPPORT);
}

static void what_is_no_group_is_refused(void **state)
{
    static const char *const fours[] = {"0.0.0.0:0", "127.0.0.1:0",
                                        "223.255.255.255:0", "240.0.0.0:0",
                                        "255.255.255.255:0"};
    static const char *const sixes[] = {"[::]:0", "[fe80::1%3]:0",
                                        "[::ffff:232.1.2.3]:0"};
    for (size_t i = 0; i < COUNT_OF(fours); i++)
        check_refused(*state, PSOCK_IPV4, fours[i], "192.0.2.1:0",
                      PSOCK_EINVAL);
    for (size_t i = 0; i < COUNT_OF(sixes); i++)
        check_refused(*state, PSOCK_IPV6, sixes[i], "[2001:db8::1]:0",
                      PSOCK_EINVAL);
}

static void nobody_is_no_source(void **state)
{
    const struct subject *subject = *state;
    if (subject->source_call == NULL)
        return;
    check_refused(subject, PSOCK_IPV4, "232.1.2.3:0", "0.0.0.0:0",
                  PSOCK_EINVAL);
    check_refused(subject, PSOCK_IPV4, "232.1.2.3:0", "232.1.2.4:0",
                  PSOCK_EINVAL);
    check_refused(subject, PSOCK_IPV4, "232.1.2.3:0", "255.255.255.255:0",
                  PSOCK_EINVAL);
    check_refused(subject, PSOCK_IPV6, "[ff3e::1]:0", "[::]:0", PSOCK_EINVAL);
    check_refused(subject, PSOCK_IPV6, "[ff3e::1]:0", "[ff3e::2]:0",
                  PSOCK_EINVAL);
    check_refused(subject, PSOCK_IPV4, "232.1.2.3:0", "[2001:db8::1]:0",
                  PSOCK_EAFNOSUPPORT);
    check_refused(subject, PSOCK_IPV6, "[ff3e::1]:0", "192.0.2.1:0",
                  PSOCK_EAFNOSUPPORT);
}

/* The same claim about each of the six. */
#define test_six(claim)                                                        \
    test_of(claim, "join", &six[0]), test_of(claim, "leave", &six[1]),         \
        test_of(claim, "join_source", &six[2]),                                \
        test_of(claim, "leave_source", &six[3]),                               \
        test_of(claim, "block_source", &six[4]),                               \
        test_of(claim, "unblock_source", &six[5])

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_six(membership_is_asked_for_as_it_is),
        test_six(systems_answer_is_the_result),
        test_six(no_member_on_an_interface_that_is_there_is_told_so),
        test_six(no_member_where_no_interface_is_named_is_told_so),
        test_six(interface_that_is_not_there_is_told_instead),
        test_six(scope_of_a_group_is_the_interface),
        test_six(nothing_is_asked_for_no_socket_and_no_group),
        test_six(socket_that_cannot_be_asked_is_the_error),
        test_six(only_datagrams_have_groups),
        test_six(group_of_another_family_is_refused),
        test_six(what_is_no_group_is_refused),
        test_six(nobody_is_no_source),
    };
    return cmocka_run_group_tests_name("fake.multicast", tests, set_the_stage,
                                       NULL);
}
