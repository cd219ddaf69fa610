/* psock_open_raw(), where the user may. */
#include "fixture.h"

#include <limits.h>
#include <string.h>

enum {
    ICMP = 1,
    ICMPV6 = 58,
    ECHO_SIZE = 16,
    PACKET_MAX = 2048
};

static int protocol_of(int family)
{
    return family == PSOCK_IPV6 ? ICMPV6 : ICMP;
}

static psock_t raw_with(int family, int protocol)
{
    psock_t s = psock_open_raw(family, protocol);
    if (s == PSOCK_EPERM)
        skip_because("this user may open no raw sockets");
    if (s == PSOCK_EPROTONOSUPPORT)
        skip_because("this system has no raw sockets of this protocol");
    return keep(s);
}

static psock_t raw_of(int family)
{
    return raw_with(family, protocol_of(family));
}

/* --- Echoes (RFC 792, RFC 4443) ---------------------------------------------- */

/* The sum of RFC 1071, to be 0 over all that has its own complement in it. */
static unsigned checksum(const unsigned char *bytes, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i + 1 < size; i += 2)
        sum += (unsigned)bytes[i] << 8 | bytes[i + 1];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

/* Who asked: the time, as good as a random number. */
static void make_request(unsigned char request[ECHO_SIZE], int family)
{
    int64_t token = clock_ns();
    memset(request, 0, ECHO_SIZE);
    request[0] = family == PSOCK_IPV6 ? 128 : 8;
    memcpy(request + 4, &token, 4);
    memcpy(request + 8, &token, sizeof token);
    unsigned sum = checksum(request, ECHO_SIZE);
    request[2] = (unsigned char)(sum >> 8);
    request[3] = (unsigned char)sum;
}

static _Bool is_answer(const unsigned char *packet,
                       const unsigned char *request, int family)
{
    return packet[0] == (family == PSOCK_IPV6 ? 129 : 0) &&
           memcmp(packet + 4, request + 4, ECHO_SIZE - 4) == 0;
}

/* IPv4 puts its header in front, which says how long it is. */
static size_t header_size(const unsigned char *packet, int family)
{
    return family == PSOCK_IPV6 ? 0 : (size_t)(packet[0] & 15) * 4;
}

/* Whatever else is going on in the machine comes, too. */
static psock_address await_answer(psock_t s, const unsigned char *request,
                                  int family)
{
    unsigned char packet[PACKET_MAX];
    psock_address from;
    size_t skip;
    psock_deadline deadline = in_time();
    do {
        ptrdiff_t size =
            psock_recv_from(s, packet, sizeof packet, 0, &from, deadline);
        assert_true(size > 0);
        skip = header_size(packet, family);
        if ((size_t)size < skip + ECHO_SIZE)
            skip = sizeof packet - ECHO_SIZE;
    } while (!is_answer(packet + skip, request, family));
    return from;
}

static void echo_is_answered(void **state)
{
    int family = family_of(state);
    unsigned char request[ECHO_SIZE];
    psock_t s = raw_of(family);
    psock_address here = loopback(family, 0);
    make_request(request, family);
    ptrdiff_t sent =
        psock_send_to(s, request, sizeof request, 0, &here, in_time());
    assert_result(sent, sizeof request);
    psock_address from = await_answer(s, request, family);
    assert_true(same_address(&from, &here));
}

static void connected_raw_socket_sends_without_an_address(void **state)
{
    int family = family_of(state);
    unsigned char request[ECHO_SIZE];
    psock_t s = raw_of(family);
    psock_address here = loopback(family, 0);
    assert_result(psock_connect(s, &here, in_time()), 0);
    make_request(request, family);
    assert_result(psock_send(s, request, sizeof request, 0, in_time()),
                  sizeof request);
    await_answer(s, request, family);
}

/* What a socket sends to itself comes back behind the header. */
static void check_header_of(int family, int protocol)
{
    unsigned char packet[PACKET_MAX];
    psock_t s = raw_with(family, protocol);
    psock_address here = loopback(family, 0);
    assert_result(psock_send_to(s, "data", 4, 0, &here, in_time()), 4);
    ptrdiff_t size = psock_recv(s, packet, sizeof packet, 0, in_time());
    assert_true(size >= 4);
    assert_result(size, (ptrdiff_t)header_size(packet, family) + 4);
    assert_memory_equal(packet + size - 4, "data", 4);
    close_kept(s);
}

static void system_puts_the_header_in_front_of_any_protocol(void **state)
{
    int family = family_of(state);
    check_header_of(family, 253);
    check_header_of(family, 254);
    check_header_of(family, 255);
}

static void raw_socket_waits_as_long_as_it_is_told(void **state)
{
    (void)state;
    char byte;
    psock_t s = raw_with(PSOCK_IPV4, 253); /* for trying out: RFC 3692 */
    assert_result(psock_recv(s, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_recv(s, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
}

/* --- Refusals ----------------------------------------------------------------- */

static void raw_socket_is_had_or_needs_privileges(void **state)
{
    int family = family_of(state);
    psock_t s = psock_open_raw(family, protocol_of(family));
    if (s >= 0)
        close_kept(keep(s));
    else
        assert_either(s, PSOCK_EPERM, PSOCK_EPROTONOSUPPORT);
}

static void raw_capability_is_what_opening_says(void **state)
{
    (void)state;
    psock_t s = psock_open_raw(PSOCK_IPV4, ICMP);
    assert_result(psock_capability(PSOCK_CAP_RAW),
                  s < 0 ? (int)s : psock_close(s));
}

static void protocols_out_of_range_are_refused(void **state)
{
    (void)state;
    static const int protocols[] = {0, -1, 256, 1 << 20, INT_MAX, INT_MIN};
    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        assert_result(psock_open_raw(PSOCK_IPV4, protocols[i]), PSOCK_EINVAL);
        assert_result(psock_open_raw(PSOCK_IPV6, protocols[i]), PSOCK_EINVAL);
    }
}

static void raw_sockets_of_other_families_are_refused(void **state)
{
    (void)state;
    static const int families[] = {PSOCK_NONE, PSOCK_UNIX, -1, 99};
    for (size_t i = 0; i < COUNT_OF(families); i++)
        assert_result(psock_open_raw(families[i], ICMP), PSOCK_EAFNOSUPPORT);
}

static void raw_sockets_are_not_had_by_type(void **state)
{
    (void)state;
    assert_result(psock_open(PSOCK_IPV4, PSOCK_RAW, 0), PSOCK_ESOCKTNOSUPPORT);
}

static void raw_socket_does_not_listen(void **state)
{
    (void)state;
    assert_result(psock_listen(raw_of(PSOCK_IPV4), 1), PSOCK_EOPNOTSUPP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(echo_is_answered),
        test_both(connected_raw_socket_sends_without_an_address),
        test_both(system_puts_the_header_in_front_of_any_protocol),
        test_once(raw_socket_waits_as_long_as_it_is_told),
        test_both(raw_socket_is_had_or_needs_privileges),
        test_once(raw_capability_is_what_opening_says),
        test_once(protocols_out_of_range_are_refused),
        test_once(raw_sockets_of_other_families_are_refused),
        test_once(raw_sockets_are_not_had_by_type),
        test_once(raw_socket_does_not_listen),
    };
    return cmocka_run_group_tests_name("raw", tests, warm_up, NULL);
}
