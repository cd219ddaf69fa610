#include "fixture.h"

#include <string.h>

/* The loopback interface has this number wherever these tests run. */
#define LOOPBACK_INDEX 1

/* Not the number of any interface. */
#define NO_INDEX 0x7ffffff0

static psock_address address_of(const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    return address;
}

static psock_address group_of(int family)
{
    return address_of(family == PSOCK_IPV4 ? "239.255.76.1" : "ff15::7601");
}

static psock_address other_group_of(int family)
{
    return address_of(family == PSOCK_IPV4 ? "239.255.76.2" : "ff15::7602");
}

static psock_address source_of(int family)
{
    return address_of(family == PSOCK_IPV4 ? "127.0.0.1" : "::1");
}

static psock_address other_source_of(int family)
{
    return address_of(family == PSOCK_IPV4 ? "127.0.0.2" : "2001:db8::2");
}

/* Bound to any address, so that groups reach it. */
static psock_t receiver(int family)
{
    psock_address any;
    psock_t s = open_kept(family, PSOCK_DATAGRAM);
    assert_result(psock_address_any(family, 0, &any), 0);
    assert_result(psock_bind(s, &any, PSOCK_BIND_SHARED), 0);
    return s;
}

static int join(psock_t s, psock_address group)
{
    return psock_multicast_join(s, &group, LOOPBACK_INDEX);
}

static int leave(psock_t s, psock_address group)
{
    return psock_multicast_leave(s, &group, LOOPBACK_INDEX);
}

/* What is done with a group and a source. */
typedef int source_call(psock_t s, const psock_address *group,
                        const psock_address *source, uint32_t interface_index);

static int with_source(source_call *call, psock_t s, psock_address group,
                       psock_address source)
{
    return call(s, &group, &source, LOOPBACK_INDEX);
}

static source_call *const source_calls[] = {
    psock_multicast_join_source, psock_multicast_leave_source,
    psock_multicast_block_source, psock_multicast_unblock_source};

static void need_sources(void)
{
    int family = PSOCK_IPV4;
    psock_t s = receiver(family);
    int result = with_source(psock_multicast_join_source, s, group_of(family),
                             source_of(family));
    if (result == PSOCK_ENOTSUP)
        skip_because("this system has no source-specific multicast");
    close_kept(s);
}

/* --- Membership ----------------------------------------------------------- */

static void joined_group_is_left_again(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    for (int i = 0; i < 3; i++) {
        assert_result(join(s, group_of(family)), 0);
        assert_result(leave(s, group_of(family)), 0);
    }
}

static void
group_is_joined_on_the_interface_that_the_system_thinks_of(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    psock_address group = group_of(family);
    int result = psock_multicast_join(s, &group, 0);
    if (result == PSOCK_ENODEV)
        skip_because("this machine has no interface for groups by itself");
    assert_result(result, 0);
    assert_result(psock_multicast_join(s, &group, 0), PSOCK_EADDRINUSE);
    assert_result(psock_multicast_leave(s, &group, 0), 0);
    assert_result(psock_multicast_leave(s, &group, 0), PSOCK_EADDRNOTAVAIL);
}

static void several_groups_are_joined_at_once(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    assert_result(join(s, group_of(family)), 0);
    assert_result(join(s, other_group_of(family)), 0);
    assert_result(leave(s, group_of(family)), 0);
    assert_result(leave(s, other_group_of(family)), 0);
}

static void joining_a_group_twice_is_refused(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    assert_result(join(s, group_of(family)), 0);
    assert_result(join(s, group_of(family)), PSOCK_EADDRINUSE);
    assert_result(join(receiver(family), group_of(family)), 0);
    assert_result(leave(s, group_of(family)), 0);
    assert_result(leave(s, group_of(family)), PSOCK_EADDRNOTAVAIL);
}

static void leaving_a_group_not_joined_is_refused(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    assert_result(leave(s, group_of(family)), PSOCK_EADDRNOTAVAIL);
    assert_result(join(s, group_of(family)), 0);
    assert_result(leave(s, other_group_of(family)), PSOCK_EADDRNOTAVAIL);
    assert_result(leave(s, group_of(family)), 0);
}

static void port_of_a_group_counts_for_nothing(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    psock_address group = group_of(family), same = group_of(family);
    assert_result(psock_address_set_port(&group, 4711), 0);
    assert_result(join(s, group), 0);
    assert_result(join(s, same), PSOCK_EADDRINUSE);
    assert_result(leave(s, same), 0);
}

static void scope_of_a_group_is_its_interface(void **state)
{
    psock_t s = receiver(family_of(state));
    psock_address group = address_of("ff12::7603%1");
    psock_address plain = address_of("ff12::7603");
    assert_result(psock_multicast_join(s, &group, 0), 0);
    assert_result(join(s, plain), PSOCK_EADDRINUSE);
    assert_result(psock_multicast_leave(s, &group, LOOPBACK_INDEX), 0);
    assert_result(psock_multicast_join(s, &group, LOOPBACK_INDEX + 1),
                  PSOCK_EINVAL);
}

/* --- What is wrong -------------------------------------------------------- */

static void interface_that_is_not_there_is_refused(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    psock_address group = group_of(family);
    assert_result(psock_multicast_join(s, &group, NO_INDEX), PSOCK_ENODEV);
    assert_result(psock_multicast_leave(s, &group, NO_INDEX), PSOCK_ENODEV);
    assert_result(psock_multicast_join(s, &group, UINT32_MAX), PSOCK_ENODEV);
}

static void source_on_an_interface_that_is_not_there_is_refused(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    psock_address group = group_of(family), source = source_of(family);
    need_sources();
    for (size_t i = 0; i < COUNT_OF(source_calls); i++)
        assert_result(source_calls[i](s, &group, &source, NO_INDEX),
                      PSOCK_ENODEV);
}

static void what_is_no_group_cannot_be_joined(void **state)
{
    static const char *const ipv4[] = {"127.0.0.1", "0.0.0.0",
                                       "255.255.255.255", "223.255.255.255",
                                       "240.0.0.0"};
    static const char *const ipv6[] = {"::1", "::", "::ffff:239.255.76.1",
                                       "fe80::1", "2001:db8::1"};
    int family = family_of(state);
    psock_t s = receiver(family);
    psock_address source = source_of(family);
    for (size_t i = 0; i < COUNT_OF(ipv4); i++) {
        psock_address wrong =
            address_of(family == PSOCK_IPV4 ? ipv4[i] : ipv6[i]);
        assert_result(join(s, wrong), PSOCK_EINVAL);
        assert_result(leave(s, wrong), PSOCK_EINVAL);
        for (size_t j = 0; j < COUNT_OF(source_calls); j++)
            assert_result(with_source(source_calls[j], s, wrong, source),
                          PSOCK_EINVAL);
    }
}

static void source_that_is_nobody_is_refused(void **state)
{
    static const char *const ipv4[] = {"0.0.0.0", "239.1.2.3",
                                       "255.255.255.255"};
    static const char *const ipv6[] = {"::", "ff15::1", "::ffff:0.0.0.0"};
    int family = family_of(state);
    psock_t s = receiver(family);
    assert_result(join(s, group_of(family)), 0);
    for (size_t i = 0; i < COUNT_OF(ipv4); i++)
        for (size_t j = 0; j < COUNT_OF(source_calls); j++)
            assert_result(
                with_source(
                    source_calls[j], s, group_of(family),
                    address_of(family == PSOCK_IPV4 ? ipv4[i] : ipv6[i])),
                PSOCK_EINVAL);
}

static void group_of_another_family_is_refused(void **state)
{
    int family = family_of(state);
    int other = family == PSOCK_IPV4 ? PSOCK_IPV6 : PSOCK_IPV4;
    psock_t s = receiver(family);
    psock_address none = {.length = 0};
    assert_result(join(s, group_of(other)), PSOCK_EAFNOSUPPORT);
    assert_result(join(s, none), PSOCK_EAFNOSUPPORT);
    for (size_t i = 0; i < COUNT_OF(source_calls); i++) {
        assert_result(
            with_source(source_calls[i], s, group_of(family), source_of(other)),
            PSOCK_EAFNOSUPPORT);
        assert_result(with_source(source_calls[i], s, group_of(family), none),
                      PSOCK_EAFNOSUPPORT);
    }
}

static void stream_is_no_member_of_a_group(void **state)
{
    int family = family_of(state);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_result(join(s, group_of(family)), PSOCK_EOPNOTSUPP);
    assert_result(leave(s, group_of(family)), PSOCK_EOPNOTSUPP);
    for (size_t i = 0; i < COUNT_OF(source_calls); i++)
        assert_result(with_source(source_calls[i], s, group_of(family),
                                  source_of(family)),
                      PSOCK_EOPNOTSUPP);
}

static void what_is_no_socket_is_no_member_of_a_group(void **state)
{
    int family = family_of(state);
    psock_address group = group_of(family);
    psock_t closed = receiver(family), foreign = host_foreign_open();
    close_kept(closed);
    assert_result(join(-1, group), PSOCK_EBADF);
    assert_result(join(closed, group), PSOCK_EBADF);
    assert_result(join(foreign, group), PSOCK_ENOTSOCK);
    assert_result(leave(closed, group), PSOCK_EBADF);
    host_foreign_close(foreign);
}

static void group_that_is_null_is_refused(void **state)
{
    psock_address group = group_of(family_of(state));
    psock_t s = receiver(family_of(state));
    assert_result(psock_multicast_join(s, NULL, 0), PSOCK_EFAULT);
    assert_result(psock_multicast_leave(s, NULL, 0), PSOCK_EFAULT);
    for (size_t i = 0; i < COUNT_OF(source_calls); i++) {
        assert_result(source_calls[i](s, NULL, &group, 0), PSOCK_EFAULT);
        assert_result(source_calls[i](s, &group, NULL, 0), PSOCK_EFAULT);
        assert_result(source_calls[i](-1, NULL, NULL, 0), PSOCK_EBADF);
    }
}

/* --- Sources -------------------------------------------------------------- */

static int join_source(psock_t s, int family)
{
    return with_source(psock_multicast_join_source, s, group_of(family),
                       source_of(family));
}

static int leave_source(psock_t s, int family)
{
    return with_source(psock_multicast_leave_source, s, group_of(family),
                       source_of(family));
}

static int block_source(psock_t s, int family)
{
    return with_source(psock_multicast_block_source, s, group_of(family),
                       source_of(family));
}

static int unblock_source(psock_t s, int family)
{
    return with_source(psock_multicast_unblock_source, s, group_of(family),
                       source_of(family));
}

static void joined_source_is_left_again(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    need_sources();
    for (int i = 0; i < 3; i++) {
        assert_result(join_source(s, family), 0);
        assert_result(join_source(s, family), PSOCK_EADDRINUSE);
        assert_result(leave_source(s, family), 0);
        assert_result(leave_source(s, family), PSOCK_EADDRNOTAVAIL);
    }
}

static void several_sources_are_joined_and_left_one_by_one(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    psock_address group = group_of(family), other = other_source_of(family);
    need_sources();
    assert_result(join_source(s, family), 0);
    assert_result(with_source(psock_multicast_leave_source, s, group, other),
                  PSOCK_EADDRNOTAVAIL);
    assert_result(with_source(psock_multicast_join_source, s, group, other), 0);
    assert_result(leave_source(s, family), 0);
    assert_result(with_source(psock_multicast_join_source, s, group, other),
                  PSOCK_EADDRINUSE);
    assert_result(with_source(psock_multicast_leave_source, s, group, other),
                  0);
    assert_result(leave(s, group), PSOCK_EADDRNOTAVAIL);
}

static void leaving_a_group_leaves_its_sources(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    need_sources();
    assert_result(join_source(s, family), 0);
    assert_result(leave(s, group_of(family)), 0);
    assert_result(leave_source(s, family), PSOCK_EADDRNOTAVAIL);
    assert_result(join_source(s, family), 0);
}

static void group_is_joined_from_any_source_or_from_named_ones(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    need_sources();
    assert_result(join_source(s, family), 0);
    assert_result(join(s, group_of(family)), PSOCK_EADDRINUSE);
    assert_result(block_source(s, family), PSOCK_EADDRNOTAVAIL);
    assert_result(unblock_source(s, family), PSOCK_EADDRNOTAVAIL);
    assert_result(leave_source(s, family), 0);
    assert_result(join(s, group_of(family)), 0);
    assert_result(join_source(s, family), PSOCK_EADDRINUSE);
    assert_result(leave_source(s, family), PSOCK_EADDRNOTAVAIL);
    assert_result(leave(s, group_of(family)), 0);
}

static void source_is_blocked_once(void **state)
{
    int family = family_of(state);
    psock_t s = receiver(family);
    need_sources();
    assert_result(block_source(s, family), PSOCK_EADDRNOTAVAIL);
    assert_result(unblock_source(s, family), PSOCK_EADDRNOTAVAIL);
    assert_result(join(s, group_of(family)), 0);
    assert_result(unblock_source(s, family), PSOCK_EADDRNOTAVAIL);
    for (int i = 0; i < 3; i++) {
        assert_result(block_source(s, family), 0);
        assert_result(block_source(s, family), PSOCK_EADDRNOTAVAIL);
        assert_result(join_source(s, family), PSOCK_EADDRINUSE);
        assert_result(unblock_source(s, family), 0);
        assert_result(unblock_source(s, family), PSOCK_EADDRNOTAVAIL);
    }
    assert_result(join_source(s, family), PSOCK_EADDRINUSE);
    assert_result(leave(s, group_of(family)), 0);
}

/* --- What arrives, on the loopback interface ------------------------------- */

/* Sends by the loopback interface: where the option cannot say so, the address
 * that it is bound to does. */
static psock_t sender_at(const char *text)
{
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_DATAGRAM);
    psock_address local = address_of(text);
    assert_result(psock_bind(s, &local, PSOCK_BIND_FRESH), 0);
    (void)!psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE,
                            LOOPBACK_INDEX);
    return s;
}

static psock_t sender(void)
{
    return sender_at("127.0.0.1");
}

static void say(psock_t s, const char *text, psock_address to, psock_t receiver)
{
    psock_address local = local_of(receiver);
    assert_result(psock_address_set_port(&to, psock_address_port(&local)), 0);
    assert_result(psock_send_to(s, text, strlen(text), 0, &to, in_time()),
                  (ptrdiff_t)strlen(text));
}

static void say_to_group(psock_t s, const char *text, psock_t receiver)
{
    say(s, text, group_of(PSOCK_IPV4), receiver);
}

static void hears(psock_t s, const char *text)
{
    char buffer[64];
    assert_result(psock_recv(s, buffer, sizeof buffer, 0, in_time()),
                  (ptrdiff_t)strlen(text));
    assert_memory_equal(buffer, text, strlen(text));
}

/* What is sent later comes later, so what has not come before will not. */
static void hears_no_more(psock_t s)
{
    psock_t marker = datagram(PSOCK_IPV4);
    say(marker, "marker", loopback(PSOCK_IPV4, 0), s);
    hears(s, "marker");
    close_kept(marker);
}

/* Hears of other sockets' groups nothing, where that can be asked for. */
static psock_t selective_receiver(void)
{
    psock_t s = receiver(PSOCK_IPV4);
    (void)!psock_set_option(s, PSOCK_OPTION_MULTICAST_ALL, 0);
    return s;
}

static void member_receives_what_is_sent_to_its_group(void **state)
{
    psock_t s = receiver(PSOCK_IPV4), from = sender();
    psock_address expected = local_of(from), told;
    char buffer[8];
    (void)state;
    assert_result(join(s, group_of(PSOCK_IPV4)), 0);
    say_to_group(from, "first", s);
    assert_result(psock_recv_from(s, buffer, 8, 0, &told, in_time()), 5);
    assert_memory_equal(buffer, "first", 5);
    assert_true(same_address(&told, &expected));
    say_to_group(from, "second", s);
    hears(s, "second");
    hears_no_more(s);
}

static void who_has_left_receives_no_more(void **state)
{
    psock_t s = selective_receiver(), from = sender();
    (void)state;
    assert_result(join(s, group_of(PSOCK_IPV4)), 0);
    say_to_group(from, "before", s);
    hears(s, "before");
    assert_result(leave(s, group_of(PSOCK_IPV4)), 0);
    say_to_group(from, "after", s);
    hears_no_more(s);
    assert_result(join(s, group_of(PSOCK_IPV4)), 0);
    say_to_group(from, "again", s);
    hears(s, "again");
}

static void second_joining_that_is_refused_changes_nothing(void **state)
{
    psock_t s = selective_receiver(), from = sender();
    (void)state;
    assert_result(join(s, group_of(PSOCK_IPV4)), 0);
    assert_result(join(s, group_of(PSOCK_IPV4)), PSOCK_EADDRINUSE);
    say_to_group(from, "still", s);
    hears(s, "still");
    hears_no_more(s);
}

/* Both have the port, so each must get its own copy. */
static void every_member_of_a_shared_port_receives(void **state)
{
    psock_t a = receiver(PSOCK_IPV4), b = open_kept(PSOCK_IPV4, PSOCK_DATAGRAM);
    psock_address local = local_of(a);
    psock_t from = sender();
    (void)state;
    assert_result(psock_bind(b, &local, PSOCK_BIND_SHARED), 0);
    assert_result(join(a, group_of(PSOCK_IPV4)), 0);
    assert_result(join(b, group_of(PSOCK_IPV4)), 0);
    say_to_group(from, "to all", a);
    hears(a, "to all");
    hears(b, "to all");
}

static void socket_bound_to_a_group_receives_what_is_sent_there(void **state)
{
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_DATAGRAM), from = sender();
    psock_address group = group_of(PSOCK_IPV4);
    (void)state;
    assert_result(psock_bind(s, &group, PSOCK_BIND_SHARED), 0);
    assert_result(join(s, group), 0);
    say_to_group(from, "bound", s);
    hears(s, "bound");
}

/* A socket bound to any address hears of other sockets' groups on some systems,
 * unless it says that it does not want to. */
static void groups_of_others_are_heard_on_request_only(void **state)
{
    psock_t member = receiver(PSOCK_IPV4), from = sender();
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_DATAGRAM);
    psock_address local = local_of(member);
    (void)state;
    assert_result(psock_bind(s, &local, PSOCK_BIND_SHARED), 0);
    assert_result(join(member, group_of(PSOCK_IPV4)), 0);
    assert_result(join(s, other_group_of(PSOCK_IPV4)), 0);
    if (psock_set_option(s, PSOCK_OPTION_MULTICAST_ALL, 0) == PSOCK_ENOTSUP)
        skip_because("this system cannot be told to keep to a socket's groups");
    say_to_group(from, "not for you", s);
    say(from, "for you", other_group_of(PSOCK_IPV4), s);
    hears(s, "for you");
}

static void named_source_is_heard_and_no_other(void **state)
{
    psock_t s = selective_receiver(), other = sender_at("127.0.0.2");
    psock_t from = sender();
    (void)state;
    need_sources();
    assert_result(join_source(s, PSOCK_IPV4), 0);
    say_to_group(other, "other", s);
    say_to_group(from, "named", s);
    hears(s, "named");
    say_to_group(other, "other", s);
    hears_no_more(s);
}

static void blocked_source_is_not_heard_until_unblocked(void **state)
{
    psock_t s = selective_receiver(), other = sender_at("127.0.0.2");
    psock_t from = sender();
    (void)state;
    need_sources();
    assert_result(join(s, group_of(PSOCK_IPV4)), 0);
    assert_result(block_source(s, PSOCK_IPV4), 0);
    say_to_group(from, "blocked", s);
    say_to_group(other, "other", s);
    hears(s, "other");
    hears_no_more(s);
    assert_result(unblock_source(s, PSOCK_IPV4), 0);
    say_to_group(from, "unblocked", s);
    hears(s, "unblocked");
}

/* Some systems take each of these requests for a wish to change the kind. */
static void refused_request_about_sources_leaves_a_member_hearing(void **state)
{
    psock_t s = selective_receiver(), other = sender_at("127.0.0.2");
    (void)state;
    need_sources();
    assert_result(join(s, group_of(PSOCK_IPV4)), 0);
    assert_result(join_source(s, PSOCK_IPV4), PSOCK_EADDRINUSE);
    say_to_group(other, "one", s);
    hears(s, "one");
    assert_result(leave_source(s, PSOCK_IPV4), PSOCK_EADDRNOTAVAIL);
    say_to_group(other, "two", s);
    hears(s, "two");
    assert_result(unblock_source(s, PSOCK_IPV4), PSOCK_EADDRNOTAVAIL);
    say_to_group(other, "three", s);
    hears(s, "three");
}

static void refused_request_to_block_leaves_a_source_heard(void **state)
{
    psock_t s = selective_receiver(), other = sender_at("127.0.0.2");
    psock_t from = sender();
    (void)state;
    need_sources();
    assert_result(join_source(s, PSOCK_IPV4), 0);
    assert_result(block_source(s, PSOCK_IPV4), PSOCK_EADDRNOTAVAIL);
    assert_result(unblock_source(s, PSOCK_IPV4), PSOCK_EADDRNOTAVAIL);
    assert_result(join(s, group_of(PSOCK_IPV4)), PSOCK_EADDRINUSE);
    say_to_group(other, "other", s);
    say_to_group(from, "named", s);
    hears(s, "named");
    hears_no_more(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(joined_group_is_left_again),
        test_both(group_is_joined_on_the_interface_that_the_system_thinks_of),
        test_both(several_groups_are_joined_at_once),
        test_both(joining_a_group_twice_is_refused),
        test_both(leaving_a_group_not_joined_is_refused),
        test_both(port_of_a_group_counts_for_nothing),
        test_ipv6(scope_of_a_group_is_its_interface),
        test_both(interface_that_is_not_there_is_refused),
        test_both(source_on_an_interface_that_is_not_there_is_refused),
        test_both(what_is_no_group_cannot_be_joined),
        test_both(source_that_is_nobody_is_refused),
        test_both(group_of_another_family_is_refused),
        test_both(stream_is_no_member_of_a_group),
        test_both(what_is_no_socket_is_no_member_of_a_group),
        test_both(group_that_is_null_is_refused),
        test_both(joined_source_is_left_again),
        test_both(several_sources_are_joined_and_left_one_by_one),
        test_both(leaving_a_group_leaves_its_sources),
        test_both(group_is_joined_from_any_source_or_from_named_ones),
        test_both(source_is_blocked_once),
        test_once(member_receives_what_is_sent_to_its_group),
        test_once(who_has_left_receives_no_more),
        test_once(second_joining_that_is_refused_changes_nothing),
        test_once(every_member_of_a_shared_port_receives),
        test_once(socket_bound_to_a_group_receives_what_is_sent_there),
        test_once(groups_of_others_are_heard_on_request_only),
        test_once(named_source_is_heard_and_no_other),
        test_once(blocked_source_is_not_heard_until_unblocked),
        test_once(refused_request_about_sources_leaves_a_member_hearing),
        test_once(refused_request_to_block_leaves_a_source_heard),
    };
    return cmocka_run_group_tests_name("multicast", tests, warm_up, NULL);
}
