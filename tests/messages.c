#include "messages.h"

#include <string.h>

void make_room(struct letter *letter, size_t size)
{
    memset(letter, 0xa5, sizeof *letter);
    letter->buffer = (psock_buffer){letter->bytes, size};
    letter->message.buffers = &letter->buffer;
    letter->message.buffer_count = 1;
    letter->message.control = NULL;
}

void write_letter(struct letter *letter, const char *text,
                  const psock_address *to)
{
    memset(letter, 0, sizeof *letter);
    letter->buffer = (psock_buffer){letter->bytes, strlen(text)};
    memcpy(letter->bytes, text, strlen(text));
    letter->message.buffers = &letter->buffer;
    letter->message.buffer_count = 1;
    if (to != NULL)
        letter->message.peer = *to;
}

void send_letter(psock_t s, struct letter *letter)
{
    assert_result(psock_send_messages(s, &letter->message, 1, 0, in_time()), 1);
    assert_int_equal(letter->message.size, letter->buffer.size);
}

void recv_letter(psock_t s, struct letter *letter)
{
    assert_result(psock_recv_messages(s, &letter->message, 1, 0, in_time()), 1);
}

void assert_letter(const struct letter *letter, const char *text)
{
    assert_int_equal(letter->message.size, strlen(text));
    assert_memory_equal(letter->bytes, text, strlen(text));
}

void expect_letter(psock_t s, const char *text)
{
    struct letter letter;
    make_room(&letter, LETTER_SIZE);
    recv_letter(s, &letter);
    assert_letter(&letter, text);
}

void assert_nothing_came(psock_t s)
{
    psock_address local = local_of(s);
    psock_address to = loopback(psock_address_family(&local), 0);
    struct letter letter;
    assert_result(psock_address_set_port(&to, psock_address_port(&local)), 0);
    write_letter(&letter, "marker", &to);
    send_letter(open_kept(psock_address_family(&to), PSOCK_DATAGRAM), &letter);
    expect_letter(s, "marker");
}

/* --- Two sockets, of IPv4, of IPv6, and of both --------------------------- */

struct net net_ipv4 = {PSOCK_IPV4, 0};
struct net net_ipv6 = {PSOCK_IPV6, 0};
struct net net_mapped = {PSOCK_IPV4, 1};

static psock_t open_receiver(const struct net *net)
{
    if (!net->mapped)
        return open_kept(net->family, PSOCK_DATAGRAM);
    if (psock_capability(PSOCK_CAP_DUAL_STACK) < 0)
        skip_because("this system has no IPv6");
    return keep(psock_open(PSOCK_IPV6, PSOCK_DATAGRAM, PSOCK_DUAL_STACK));
}

struct path path_over(void **state)
{
    const struct net *net = *state;
    struct path path;
    psock_address any;
    path.sender = open_kept(family_of(state), PSOCK_DATAGRAM);
    path.receiver = open_receiver(net);
    assert_result(
        psock_address_any(net->mapped ? PSOCK_IPV6 : net->family, 0, &any), 0);
    assert_result(psock_bind(path.receiver, &any, PSOCK_BIND_FRESH), 0);
    any = local_of(path.receiver);
    path.own = loopback(net->family, 0);
    path.to = loopback(net->family, psock_address_port(&any));
    return path;
}

psock_address address_on(const struct path *path, const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    assert_result(
        psock_address_set_port(&address, psock_address_port(&path->to)), 0);
    return address;
}

psock_address plain_address(const psock_address *address)
{
    psock_address plain;
    assert_result(psock_address_unmap(address, &plain), 0);
    assert_result(psock_address_set_port(&plain, 0), 0);
    return plain;
}
