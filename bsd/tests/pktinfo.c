/* pktinfo.c: what comes with datagrams as control data, and goes with them. */
#include "fixture.h"

#include <netinet/udp.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

struct received {
    struct msghdr message;
    struct iovec piece;
    char bytes[64];
    union {
        struct cmsghdr align;
        unsigned char bytes[512];
    } control;
};

static void receive(int fd, struct received *received, size_t room)
{
    memset(received, 0, sizeof *received);
    received->piece.iov_base = received->bytes;
    received->piece.iov_len = sizeof received->bytes;
    received->message.msg_iov = &received->piece;
    received->message.msg_iovlen = 1;
    received->message.msg_control = received->control.bytes;
    received->message.msg_controllen = room;
    assert_true(recvmsg(fd, &received->message, 0) >= 0);
}

static struct cmsghdr *find(struct received *received, int level, int type)
{
    struct cmsghdr *item;
    for (item = CMSG_FIRSTHDR(&received->message); item != NULL;
         item = CMSG_NXTHDR(&received->message, item))
        if (item->cmsg_level == level && item->cmsg_type == type)
            return item;
    return NULL;
}

/* The item, which has to be there, of `size` bytes. */
static void read_item(struct received *received, int level, int type,
                      void *data, size_t size)
{
    struct cmsghdr *item = find(received, level, type);
    assert_non_null(item);
    assert_int_equal(item->cmsg_len, CMSG_LEN(size));
    memcpy(data, CMSG_DATA(item), size);
}

static int set(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value);
}

static void want(int fd, int level, int option)
{
    if (set(fd, level, option, 1) == 0)
        return;
    assert_int_equal(errno, ENOPROTOOPT);
    skip_because("this system does not tell that of datagrams");
}

static void send_one(struct ends ends)
{
    assert_call(send(ends.client, "x", 1, 0), 1);
}

/* Sends with one item of control data. */
static void send_with(int fd, int level, int type, const void *data,
                      size_t size)
{
    union {
        struct cmsghdr align;
        unsigned char bytes[128];
    } control;
    char byte[] = "x";
    struct iovec piece = {byte, 1};
    struct msghdr message;
    memset(&control, 0, sizeof control);
    memset(&message, 0, sizeof message);
    control.align.cmsg_len = CMSG_LEN(size);
    control.align.cmsg_level = level;
    control.align.cmsg_type = type;
    memcpy(CMSG_DATA(&control.align), data, size);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(size);
    assert_call(sendmsg(fd, &message, 0), 1);
}

/* --- Where it was sent to ------------------------------------------------------------ */

static void nothing_is_told_that_was_not_asked_for(void **state)
{
    (void)state;
    struct received received;
    struct ends ends = datagrams(AF_INET);
    send_one(ends);
    receive(ends.server, &received, 512);
    assert_int_equal(received.message.msg_controllen, 0);
    assert_int_equal(received.message.msg_flags, 0);
}

static void destination_and_interface_of_ipv4_are_told(void **state)
{
    (void)state;
    struct received received;
    struct in_pktinfo info;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_PKTINFO);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    assert_int_equal(ntohl(info.ipi_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(ntohl(info.ipi_spec_dst.s_addr), INADDR_LOOPBACK);
    assert_true(info.ipi_ifindex > 0);
    assert_int_equal(received.message.msg_controllen, CMSG_SPACE(sizeof info));
}

static void destination_and_interface_of_ipv6_are_told(void **state)
{
    (void)state;
    struct received received;
    struct in6_pktinfo info;
    struct ends ends = datagrams(AF_INET6);
    want(ends.server, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    assert_true(IN6_IS_ADDR_LOOPBACK(&info.ipi6_addr));
    assert_true(info.ipi6_ifindex > 0);
}

static void destination_is_not_told_any_more_on_request(void **state)
{
    (void)state;
    struct received received;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_PKTINFO);
    assert_call(set(ends.server, IPPROTO_IP, IP_PKTINFO, 0), 0);
    send_one(ends);
    receive(ends.server, &received, 512);
    assert_int_equal(received.message.msg_controllen, 0);
}

static void answer_goes_out_from_where_the_question_came_in(void **state)
{
    (void)state;
    struct received received;
    struct in_pktinfo info;
    struct address from;
    char byte;
    struct address any = loopback(AF_INET, 0);
    int server = keep(socket(AF_INET, SOCK_DGRAM, 0));
    int client = bound(AF_INET, SOCK_DGRAM);
    ((struct sockaddr_in *)&any.storage)->sin_addr.s_addr = INADDR_ANY;
    assert_call(bind(server, as_sockaddr(&any), any.length), 0);
    want(server, IPPROTO_IP, IP_PKTINFO);
    any = name_of(server);
    struct address to = loopback(AF_INET, port_of(&any));
    assert_call(sendto(client, "x", 1, 0, as_sockaddr(&to), to.length), 1);
    receive(server, &received, 512);
    read_item(&received, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    struct address peer = name_of(client);
    assert_call(connect(server, as_sockaddr(&peer), peer.length), 0);
    info.ipi_ifindex = 0;
    send_with(server, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    from.length = sizeof from.storage;
    assert_call(recvfrom(client, &byte, 1, 0, as_sockaddr(&from), &from.length),
                1);
    assert_memory_equal(&from.storage, &to.storage, 8);
}

static void other_address_of_this_machine_is_sent_from(void **state)
{
    (void)state;
    struct in_pktinfo info;
    struct address from;
    char byte;
    int client = bound(AF_INET, SOCK_DGRAM);
    int server = keep(socket(AF_INET, SOCK_DGRAM, 0));
    struct address to = name_of(client);
    assert_call(connect(server, as_sockaddr(&to), to.length), 0);
    memset(&info, 0, sizeof info);
    info.ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK + 5);
    send_with(server, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    from.length = sizeof from.storage;
    assert_call(recvfrom(client, &byte, 1, 0, as_sockaddr(&from), &from.length),
                1);
    struct in_addr sender = ((struct sockaddr_in *)&from.storage)->sin_addr;
    if (ntohl(sender.s_addr) == INADDR_LOOPBACK)
        skip_because("this system cannot choose the address to send from");
    assert_int_equal(ntohl(sender.s_addr), INADDR_LOOPBACK + 5);
}

/* --- Hops and classes ------------------------------------------------------------------ */

static void time_to_live_is_told(void **state)
{
    (void)state;
    struct received received;
    int ttl = 0;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_RECVTTL);
    assert_call(set(ends.client, IPPROTO_IP, IP_TTL, 33), 0);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    assert_int_equal(ttl, 33);
}

static void time_to_live_of_one_datagram_is_its_own(void **state)
{
    (void)state;
    struct received received;
    int ttl = 44;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_RECVTTL);
    assert_call(set(ends.client, IPPROTO_IP, IP_TTL, 33), 0);
    send_with(ends.client, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    assert_int_equal(ttl, 44);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    assert_int_equal(ttl, 33);
}

static void hop_limit_is_told(void **state)
{
    (void)state;
    struct received received;
    int hops = 0;
    struct ends ends = datagrams(AF_INET6);
    want(ends.server, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
    assert_call(set(ends.client, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 12), 0);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
    assert_int_equal(hops, 12);
    hops = 13;
    send_with(ends.client, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
    assert_int_equal(hops, 13);
}

static void type_of_service_is_told_as_a_byte(void **state)
{
    (void)state;
    struct received received;
    unsigned char tos = 0xaa;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_RECVTOS);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    assert_int_equal(tos, 0);
}

static void type_of_service_arrives_as_it_was_sent(void **state)
{
    (void)state;
    struct received received;
    unsigned char tos = 0;
    int sent = 0xb8;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_RECVTOS);
    send_with(ends.client, IPPROTO_IP, IP_TOS, &sent, sizeof sent);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    if (tos == 0)
        skip_because("this system sends no types of service");
    assert_int_equal(tos, 0xb8);
}

static void type_of_service_may_be_a_byte_to_send(void **state)
{
    (void)state;
    unsigned char tos = 0x10;
    struct ends ends = datagrams(AF_INET);
    char byte;
    send_with(ends.client, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
}

static void traffic_class_is_told(void **state)
{
    (void)state;
    struct received received;
    int class = 0xaa;
    struct ends ends = datagrams(AF_INET6);
    want(ends.server, IPPROTO_IPV6, IPV6_RECVTCLASS);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof class);
    assert_int_equal(class, 0);
}

static void several_items_come_together(void **state)
{
    (void)state;
    struct received received;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_PKTINFO);
    want(ends.server, IPPROTO_IP, IP_RECVTTL);
    want(ends.server, SOL_SOCKET, SO_TIMESTAMP);
    send_one(ends);
    receive(ends.server, &received, 512);
    assert_non_null(find(&received, IPPROTO_IP, IP_PKTINFO));
    assert_non_null(find(&received, IPPROTO_IP, IP_TTL));
    assert_non_null(find(&received, SOL_SOCKET, SCM_TIMESTAMP));
    assert_int_equal(received.message.msg_controllen,
                     CMSG_SPACE(sizeof(struct in_pktinfo)) +
                         CMSG_SPACE(sizeof(int)) +
                         CMSG_SPACE(sizeof(struct timeval)));
}

/* --- Times --------------------------------------------------------------------------------- */

static void time_of_arrival_is_told(void **state)
{
    (void)state;
    struct received received;
    struct timeval time;
    struct timespec precise;
    struct timespec now;
    struct ends ends = datagrams(AF_INET);
    clock_gettime(CLOCK_REALTIME, &now);
    want(ends.server, SOL_SOCKET, SO_TIMESTAMP);
    send_one(ends);
    receive(ends.server, &received, 512);
    read_item(&received, SOL_SOCKET, SCM_TIMESTAMP, &time, sizeof time);
    assert_in_range(time.tv_sec, now.tv_sec - 2, now.tv_sec + 60);
    assert_in_range(time.tv_usec, 0, 999999);
    want(ends.server, SOL_SOCKET, SO_TIMESTAMPNS);
    send_one(ends);
    receive(ends.server, &received, 512);
    assert_null(find(&received, SOL_SOCKET, SCM_TIMESTAMP));
    read_item(&received, SOL_SOCKET, SCM_TIMESTAMPNS, &precise, sizeof precise);
    assert_in_range(precise.tv_sec, now.tv_sec - 2, now.tv_sec + 60);
    assert_in_range(precise.tv_nsec, 0, 999999999);
}

/* --- Room ----------------------------------------------------------------------------------- */

static void item_without_room_is_cut_and_told(void **state)
{
    (void)state;
    struct received received;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_PKTINFO);
    send_one(ends);
    receive(ends.server, &received, CMSG_LEN(4));
    assert_int_equal(received.message.msg_flags, MSG_CTRUNC);
    assert_int_equal(received.message.msg_controllen, CMSG_LEN(4));
    assert_int_equal(received.control.align.cmsg_len, CMSG_LEN(4));
    assert_int_equal(received.control.align.cmsg_type, IP_PKTINFO);
    assert_int_equal(received.control.bytes[CMSG_LEN(4)], 0);
}

static void room_for_no_header_has_nothing_and_says_so(void **state)
{
    (void)state;
    static const size_t rooms[] = {0, 1, sizeof(struct cmsghdr) - 1};
    struct received received;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_PKTINFO);
    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        send_one(ends);
        receive(ends.server, &received, rooms[i]);
        assert_int_equal(received.message.msg_flags, MSG_CTRUNC);
        assert_int_equal(received.message.msg_controllen, 0);
        assert_int_equal(received.bytes[0], 'x');
    }
}

static void what_fits_is_given(void **state)
{
    (void)state;
    struct received received;
    const size_t room = CMSG_SPACE(sizeof(struct in_pktinfo));
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_PKTINFO);
    want(ends.server, IPPROTO_IP, IP_RECVTTL);
    send_one(ends);
    receive(ends.server, &received, room);
    assert_int_equal(received.message.msg_flags, MSG_CTRUNC);
    assert_non_null(find(&received, IPPROTO_IP, IP_PKTINFO));
    assert_null(find(&received, IPPROTO_IP, IP_TTL));
    assert_int_equal(received.message.msg_controllen, room);
}

static void message_without_control_data_says_what_it_lacks(void **state)
{
    (void)state;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message;
    struct ends ends = datagrams(AF_INET);
    want(ends.server, IPPROTO_IP, IP_PKTINFO);
    send_one(ends);
    memset(&message, 0, sizeof message);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    assert_call(recvmsg(ends.server, &message, 0), 1);
    assert_int_equal(message.msg_flags, MSG_CTRUNC);
}

/* --- Segments ------------------------------------------------------------------------------- */

static void one_message_is_sent_in_segments(void **state)
{
    (void)state;
    union {
        struct cmsghdr align;
        unsigned char bytes[CMSG_SPACE(sizeof(uint16_t))];
    } control;
    char buffer[32];
    uint16_t size = 4;
    char text[] = "abcdefghij";
    struct iovec piece = {text, 10};
    struct msghdr message;
    struct ends ends = datagrams(AF_INET);
    memset(&control, 0, sizeof control);
    memset(&message, 0, sizeof message);
    control.align.cmsg_len = CMSG_LEN(sizeof size);
    control.align.cmsg_level = IPPROTO_UDP;
    control.align.cmsg_type = UDP_SEGMENT;
    memcpy(CMSG_DATA(&control.align), &size, sizeof size);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control;
    assert_call(sendmsg(ends.client, &message, 0), 10);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 4);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 4);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 2);
    assert_memory_equal(buffer, "ij", 2);
}

static void joined_datagrams_tell_their_size(void **state)
{
    (void)state;
    struct received received;
    size_t sum = 0;
    struct ends ends = datagrams(AF_INET);
    assert_call(set(ends.server, IPPROTO_UDP, UDP_GRO, 1), 0);
    for (int i = 0; i < 3; i++)
        assert_call(send(ends.client, "abcd", 4, 0), 4);
    while (sum < 12) {
        int size = 4;
        receive(ends.server, &received, 512);
        struct cmsghdr *item = find(&received, IPPROTO_UDP, UDP_GRO);
        if (item != NULL)
            memcpy(&size, CMSG_DATA(item), sizeof size);
        assert_int_equal(size, 4);
        sum += strlen(received.bytes);
    }
    assert_int_equal(sum, 12);
}

/* --- IPv4 on sockets of both ------------------------------------------------------------------- */

static void socket_of_both_families_tells_of_ipv4(void **state)
{
    (void)state;
    struct received received;
    struct in6_pktinfo info;
    struct address any = loopback(AF_INET6, 0);
    int server = keep(socket(AF_INET6, SOCK_DGRAM, 0));
    int client = bound(AF_INET, SOCK_DGRAM);
    ((struct sockaddr_in6 *)&any.storage)->sin6_addr = in6addr_any;
    assert_call(bind(server, as_sockaddr(&any), any.length), 0);
    want(server, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    any = name_of(server);
    struct address to = loopback(AF_INET, port_of(&any));
    assert_call(sendto(client, "x", 1, 0, as_sockaddr(&to), to.length), 1);
    receive(server, &received, 512);
    if (received.message.msg_controllen == 0)
        skip_because("this system does not tell of IPv4 on such sockets");
    read_item(&received, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    assert_true(IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr));
    assert_true(info.ipi6_ifindex > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(nothing_is_told_that_was_not_asked_for),
        claim(destination_and_interface_of_ipv4_are_told),
        claim(destination_and_interface_of_ipv6_are_told),
        claim(destination_is_not_told_any_more_on_request),
        claim(answer_goes_out_from_where_the_question_came_in),
        claim(other_address_of_this_machine_is_sent_from),
        claim(time_to_live_is_told),
        claim(time_to_live_of_one_datagram_is_its_own),
        claim(hop_limit_is_told),
        claim(type_of_service_is_told_as_a_byte),
        claim(type_of_service_arrives_as_it_was_sent),
        claim(type_of_service_may_be_a_byte_to_send),
        claim(traffic_class_is_told),
        claim(several_items_come_together),
        claim(time_of_arrival_is_told),
        claim(item_without_room_is_cut_and_told),
        claim(room_for_no_header_has_nothing_and_says_so),
        claim(what_fits_is_given),
        claim(message_without_control_data_says_what_it_lacks),
        claim(one_message_is_sent_in_segments),
        claim(joined_datagrams_tell_their_size),
        claim(socket_of_both_families_tells_of_ipv4),
    };
    return cmocka_run_group_tests_name("pktinfo", tests, NULL, NULL);
}
