/* options_tcp.c: the options of TCP. */
#include "fixture.h"

#include <netinet/tcp.h>
#include <string.h>

static int fresh(void)
{
    return keep(socket(AF_INET, SOCK_STREAM, 0));
}

static int get(int fd, int option)
{
    int value = -77;
    socklen_t length = sizeof value;
    assert_call(getsockopt(fd, IPPROTO_TCP, option, &value, &length), 0);
    assert_int_equal(length, sizeof value);
    return value;
}

static int set(int fd, int option, int value)
{
    return setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

/* --- Switches ------------------------------------------------------------------ */

static void check_no_delay(int fd)
{
    assert_int_equal(get(fd, TCP_NODELAY), 0);
    assert_call(set(fd, TCP_NODELAY, 1), 0);
    assert_int_equal(get(fd, TCP_NODELAY), 1);
    assert_call(set(fd, TCP_NODELAY, 0), 0);
    assert_int_equal(get(fd, TCP_NODELAY), 0);
    assert_call(set(fd, TCP_NODELAY, 0x100), 0);
    assert_int_equal(get(fd, TCP_NODELAY), 1);
}

static void no_delay_is_told_as_it_was_set(void **state)
{
    (void)state;
    check_no_delay(fresh());
    check_no_delay(stream(AF_INET).client);
    check_no_delay(stream(AF_INET6).server);
    check_no_delay(listening(AF_INET));
}

static void no_delay_goes_from_a_listener_to_what_it_accepts(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    assert_call(set(listener, TCP_NODELAY, 1), 0);
    int client = fresh();
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    int server = keep(accept(listener, NULL, NULL));
    assert_int_equal(get(server, TCP_NODELAY), 1);
    assert_int_equal(get(client, TCP_NODELAY), 0);
}

static void no_delay_can_be_set_after_the_peer_is_gone(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    close_kept(ends.server);
    wait_readable(ends.client);
    assert_call(set(ends.client, TCP_NODELAY, 1), 0);
    assert_int_equal(get(ends.client, TCP_NODELAY), 1);
}

static void corked_stream_sends_everything_when_it_is_uncorked(void **state)
{
    (void)state;
    char buffer[16];
    struct ends ends = stream(AF_INET);
    assert_int_equal(get(ends.client, TCP_CORK), 0);
    assert_call(set(ends.client, TCP_CORK, 1), 0);
    assert_int_equal(get(ends.client, TCP_CORK), 1);
    assert_call(send(ends.client, "head", 4, 0), 4);
    assert_call(send(ends.client, "body", 4, 0), 4);
    assert_call(set(ends.client, TCP_CORK, 0), 0);
    assert_int_equal(get(ends.client, TCP_CORK), 0);
    assert_call(recv(ends.server, buffer, 8, MSG_WAITALL), 8);
    assert_memory_equal(buffer, "headbody", 8);
}

static void quick_acknowledgements_can_be_asked_for(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.client, TCP_QUICKACK, 1), 0);
    assert_in_range(get(ends.client, TCP_QUICKACK), 0, 1);
}

/* --- Probing --------------------------------------------------------------------- */

struct range {
    int option;
    int usual;
    int most;
};

static const struct range probing[] = {
    {TCP_KEEPIDLE, 7200, 32767},
    {TCP_KEEPINTVL, 75, 32767},
    {TCP_KEEPCNT, 9, 127},
};

static void probing_has_the_usual_times(void **state)
{
    (void)state;
    int fd = fresh();
    for (size_t i = 0; i < COUNT_OF(probing); i++)
        assert_int_equal(get(fd, probing[i].option), probing[i].usual);
}

static void times_of_probing_are_told_as_they_were_set(void **state)
{
    (void)state;
    int fd = stream(AF_INET).client;
    for (size_t i = 0; i < COUNT_OF(probing); i++) {
        assert_call(set(fd, probing[i].option, 5), 0);
        assert_int_equal(get(fd, probing[i].option), 5);
        assert_call(set(fd, probing[i].option, 1), 0);
        assert_int_equal(get(fd, probing[i].option), 1);
        assert_call(set(fd, probing[i].option, probing[i].most), 0);
        assert_int_equal(get(fd, probing[i].option), probing[i].most);
    }
}

static void times_of_probing_out_of_range_are_einval(void **state)
{
    (void)state;
    int fd = fresh();
    for (size_t i = 0; i < COUNT_OF(probing); i++) {
        assert_fails(set(fd, probing[i].option, 0), EINVAL);
        assert_fails(set(fd, probing[i].option, -1), EINVAL);
        assert_fails(set(fd, probing[i].option, probing[i].most + 1), EINVAL);
        assert_int_equal(get(fd, probing[i].option), probing[i].usual);
    }
}

static void
times_of_probing_can_be_set_before_and_after_the_switch(void **state)
{
    (void)state;
    int on = 1;
    struct ends ends = stream(AF_INET);
    assert_call(set(ends.client, TCP_KEEPIDLE, 60), 0);
    assert_call(
        setsockopt(ends.client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on), 0);
    assert_call(set(ends.client, TCP_KEEPINTVL, 10), 0);
    assert_call(set(ends.client, TCP_KEEPCNT, 3), 0);
    assert_int_equal(get(ends.client, TCP_KEEPIDLE), 60);
    assert_int_equal(get(ends.client, TCP_KEEPINTVL), 10);
    assert_int_equal(get(ends.client, TCP_KEEPCNT), 3);
}

static void times_of_probing_switch_nothing_on(void **state)
{
    (void)state;
    int value = 1;
    socklen_t length = sizeof value;
    int fd = fresh();
    assert_call(set(fd, TCP_KEEPIDLE, 60), 0);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &length), 0);
    assert_int_equal(value, 0);
}

/* --- Sizes and times --------------------------------------------------------------- */

static void segments_have_a_size(void **state)
{
    (void)state;
    assert_in_range(get(fresh(), TCP_MAXSEG), 88, 65535);
    assert_in_range(get(stream(AF_INET).client, TCP_MAXSEG), 88, 65535);
}

static void segments_too_small_or_too_large_are_einval(void **state)
{
    (void)state;
    int fd = fresh();
    assert_fails(set(fd, TCP_MAXSEG, 87), EINVAL);
    assert_fails(set(fd, TCP_MAXSEG, 32768), EINVAL);
    assert_fails(set(fd, TCP_MAXSEG, -1), EINVAL);
    assert_call(set(fd, TCP_MAXSEG, 1000), 0);
}

static void patience_is_told_as_it_was_set(void **state)
{
    (void)state;
    int fd = fresh();
    int wanted = 30000;
    if (setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &wanted, sizeof wanted) !=
        0) {
        assert_int_equal(errno, ENOPROTOOPT);
        skip_because("this system lacks TCP_USER_TIMEOUT");
    }
    assert_int_equal(get(fd, TCP_USER_TIMEOUT), 30000);
    assert_call(set(fd, TCP_USER_TIMEOUT, 0), 0);
    assert_int_equal(get(fd, TCP_USER_TIMEOUT), 0);
}

static void patience_below_zero_is_einval(void **state)
{
    (void)state;
    assert_fails(set(fresh(), TCP_USER_TIMEOUT, -1), EINVAL);
}

static void listener_that_defers_accepts_when_data_have_come(void **state)
{
    (void)state;
    char byte;
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    assert_int_equal(get(listener, TCP_DEFER_ACCEPT), 0);
    assert_call(set(listener, TCP_DEFER_ACCEPT, 1), 0);
    assert_true(get(listener, TCP_DEFER_ACCEPT) >= 1);
    int client = fresh();
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    assert_call(send(client, "x", 1, 0), 1);
    int server = keep(accept(listener, NULL, NULL));
    assert_call(recv(server, &byte, 1, 0), 1);
    assert_int_equal(byte, 'x');
}

static void unsent_low_water_mark_is_told_as_it_was_set(void **state)
{
    (void)state;
    int fd = fresh();
    assert_call(set(fd, TCP_NOTSENT_LOWAT, 16384), 0);
    assert_int_equal(get(fd, TCP_NOTSENT_LOWAT), 16384);
}

static void fast_opening_can_be_asked_for_of_a_listener(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    assert_call(set(listener, TCP_FASTOPEN, 5), 0);
    assert_true(get(listener, TCP_FASTOPEN) > 0);
    assert_fails(set(listener, TCP_FASTOPEN, -1), EINVAL);
}

static void fast_opening_of_a_connection_is_einval(void **state)
{
    (void)state;
    assert_fails(set(stream(AF_INET).client, TCP_FASTOPEN, 5), EINVAL);
}

/* --- Congestion control -------------------------------------------------------------- */

static void congestion_control_has_a_name(void **state)
{
    (void)state;
    char name[16] = "";
    socklen_t length = sizeof name;
    int fd = fresh();
    if (getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &length) != 0) {
        assert_int_equal(errno, ENOPROTOOPT);
        skip_because("this system does not tell its congestion control");
    }
    assert_true(name[0] != '\0');
    assert_call(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name,
                           (socklen_t)strlen(name)),
                0);
    assert_fails(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nosuchname", 10),
                 ENOENT);
}

static void congestion_control_without_a_name_is_einval(void **state)
{
    (void)state;
    assert_fails(setsockopt(fresh(), IPPROTO_TCP, TCP_CONGESTION, "", 0),
                 EINVAL);
}

/* --- Statistics -------------------------------------------------------------------------- */

static struct tcp_info info_of(int fd)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) {
        assert_int_equal(errno, ENOPROTOOPT);
        skip_because("this system tells nothing of TCP connections");
    }
    assert_true(length > offsetof(struct tcp_info, tcpi_total_retrans));
    return info;
}

static void connection_is_established(void **state)
{
    (void)state;
    struct tcp_info info = info_of(stream(AF_INET).client);
    assert_int_equal(info.tcpi_state, TCP_ESTABLISHED);
    assert_in_range(info.tcpi_snd_mss, 88, 65535);
}

static void states_are_those_of_the_socket(void **state)
{
    (void)state;
    assert_int_equal(info_of(listening(AF_INET)).tcpi_state, TCP_LISTEN);
    assert_int_equal(info_of(fresh()).tcpi_state, TCP_CLOSE);
    struct ends ends = stream(AF_INET);
    close_kept(ends.server);
    wait_readable(ends.client);
    assert_int_equal(info_of(ends.client).tcpi_state, TCP_CLOSE_WAIT);
}

static void statistics_are_given_as_far_as_there_is_room(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    unsigned char bytes[8];
    socklen_t length = 1;
    (void)info_of(ends.client);
    memset(bytes, 0xaa, sizeof bytes);
    assert_call(getsockopt(ends.client, IPPROTO_TCP, TCP_INFO, bytes, &length),
                0);
    assert_int_equal(length, 1);
    assert_int_equal(bytes[0], TCP_ESTABLISHED);
    assert_int_equal(bytes[1], 0xaa);
}

static void statistics_cannot_be_set(void **state)
{
    (void)state;
    struct tcp_info info;
    memset(&info, 0, sizeof info);
    assert_fails(setsockopt(fresh(), IPPROTO_TCP, TCP_INFO, &info, sizeof info),
                 ENOPROTOOPT);
}

/* --- The header ------------------------------------------------------------------------------ */

static void header_is_laid_out_as_it_is_sent(void **state)
{
    (void)state;
    static const unsigned char sent[] = {
        0x12, 0x34, 0x56, 0x78, 0,    0,    0,    1,    0,    0,
        0,    2,    0x50, 0x12, 0x20, 0x00, 0xab, 0xcd, 0x00, 0x07};
    struct tcphdr header;
    assert_int_equal(sizeof header, sizeof sent);
    memcpy(&header, sent, sizeof header);
    assert_int_equal(ntohs(header.source), 0x1234);
    assert_int_equal(ntohs(header.th_dport), 0x5678);
    assert_int_equal(ntohl(header.seq), 1);
    assert_int_equal(ntohl(header.th_ack), 2);
    assert_int_equal(header.doff, 5);
    assert_int_equal(header.th_off, 5);
    assert_int_equal(header.th_flags, TH_SYN | TH_ACK);
    assert_true(header.syn && header.ack && !header.fin && !header.rst);
    assert_int_equal(ntohs(header.window), 0x2000);
    assert_int_equal(ntohs(header.check), 0xabcd);
    assert_int_equal(ntohs(header.urg_ptr), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(no_delay_is_told_as_it_was_set),
        claim(no_delay_goes_from_a_listener_to_what_it_accepts),
        claim(no_delay_can_be_set_after_the_peer_is_gone),
        claim(corked_stream_sends_everything_when_it_is_uncorked),
        claim(quick_acknowledgements_can_be_asked_for),
        claim(probing_has_the_usual_times),
        claim(times_of_probing_are_told_as_they_were_set),
        claim(times_of_probing_out_of_range_are_einval),
        claim(times_of_probing_can_be_set_before_and_after_the_switch),
        claim(times_of_probing_switch_nothing_on),
        claim(segments_have_a_size),
        claim(segments_too_small_or_too_large_are_einval),
        claim(patience_is_told_as_it_was_set),
        claim(patience_below_zero_is_einval),
        claim(listener_that_defers_accepts_when_data_have_come),
        claim(unsent_low_water_mark_is_told_as_it_was_set),
        claim(fast_opening_can_be_asked_for_of_a_listener),
        claim(fast_opening_of_a_connection_is_einval),
        claim(congestion_control_has_a_name),
        claim(congestion_control_without_a_name_is_einval),
        claim(connection_is_established),
        claim(states_are_those_of_the_socket),
        claim(statistics_are_given_as_far_as_there_is_room),
        claim(statistics_cannot_be_set),
        claim(header_is_laid_out_as_it_is_sent),
    };
    return cmocka_run_group_tests_name("options_tcp", tests, NULL, NULL);
}
