/* Who is at the other end, and sockets that go there.
 *
 * Started with arguments, this program is the child: the name of a role, the
 * address of its parent's listener, and the parent's number.  It connects to the
 * parent and plays the role; its exit code is 0 if all went well. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program;

/* Asked once, as some systems take their time to answer. */
static _Bool is_able(int capability, int *answer)
{
    if (*answer > 0)
        *answer = psock_capability(capability);
    return *answer == 0;
}

static void need_credentials(void)
{
    static int answer = 1;
    if (!is_able(PSOCK_CAP_PEER_CREDENTIALS, &answer))
        skip_because("this system does not tell who is at the other end");
}

static void need_passing(void)
{
    static int answer = 1;
    if (!is_able(PSOCK_CAP_PASS_SOCKETS, &answer))
        skip_because("this system passes no sockets");
}

static struct stream pair_of(int type)
{
    psock_t pair[2];
    assert_result(psock_pair(type, pair), 0);
    return (struct stream){keep(pair[0]), keep(pair[1])};
}

/* The channel of these tests: what is sent into the client's end comes out of
 * the server's. */
static struct stream channel(void)
{
    need_passing();
    return pair_of(PSOCK_STREAM);
}

static psock_t pass(struct stream through, psock_t s)
{
    assert_result(psock_send_socket(through.client, s, in_time()), 0);
    return keep(psock_recv_socket(through.server, in_time()));
}

/* The family of a channel between processes. */
static int channel_family(void)
{
    return psock_capability(PSOCK_CAP_UNIX_STREAM) == 0 ? PSOCK_UNIX
                                                        : PSOCK_IPV4;
}

/* --- The child -------------------------------------------------------------- */

/* Each returns 0 for success, or a number by which a failure is found.  Some
 * systems know who connected, and not who accepted: the parent. */
typedef int role(psock_t to_parent, uint32_t parent);

#define PARENT_UNKNOWN 99

static int tell_and_ask_who(psock_t to_parent, uint32_t parent)
{
    psock_credentials credentials;
    uint32_t own = host_process();
    if (psock_send(to_parent, &own, sizeof own, 0, in_time()) != sizeof own)
        return 10;
    int result = psock_peer_credentials(to_parent, &credentials);
    if (result < 0)
        return result == PSOCK_ENOTSUP ? PARENT_UNKNOWN : 11;
    return credentials.process == parent ? 0 : 12;
}

/* Gives back what it receives on a connection that it is passed. */
static int serve_the_passed_connection(psock_t to_parent, uint32_t parent)
{
    char text[4];
    (void)parent;
    psock_t passed = psock_recv_socket(to_parent, in_time());
    if (passed < 0)
        return 20;
    if (psock_recv(passed, text, 4, 0, in_time()) != 4)
        return 21;
    if (psock_send(passed, text, 4, 0, in_time()) != 4)
        return 22;
    return psock_close(passed) == 0 ? 0 : 23;
}

static int accept_on_the_passed_listener(psock_t to_parent, uint32_t parent)
{
    (void)parent;
    psock_t passed = psock_recv_socket(to_parent, in_time());
    if (passed < 0)
        return 30;
    psock_t s = psock_accept(passed, NULL, in_time());
    if (s < 0)
        return 31;
    if (psock_send(s, "here", 4, 0, in_time()) != 4)
        return 32;
    return psock_close(s) == 0 && psock_close(passed) == 0 ? 0 : 33;
}

static int answer_on_the_passed_datagram_socket(psock_t to_parent,
                                                uint32_t parent)
{
    char text[16];
    psock_address from;
    (void)parent;
    psock_t passed = psock_recv_socket(to_parent, in_time());
    if (passed < 0)
        return 40;
    if (psock_recv_from(passed, text, 16, 0, &from, in_time()) != 4)
        return 41;
    if (psock_send_to(passed, text, 4, 0, &from, in_time()) != 4)
        return 42;
    return psock_close(passed) == 0 ? 0 : 43;
}

static int pass_a_listener_of_its_own(psock_t to_parent, uint32_t parent)
{
    psock_address any;
    (void)parent;
    psock_t own = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    if (own < 0 || psock_address_loopback(PSOCK_IPV4, 0, &any) < 0 ||
        psock_bind(own, &any, PSOCK_BIND_FRESH) < 0 || psock_listen(own, 1) < 0)
        return 50;
    int result = psock_send_socket(to_parent, own, in_time());
    if (result < 0)
        psock_shutdown(to_parent, PSOCK_SHUT_WRITE);
    if (result < 0)
        return result == PSOCK_ENOTSUP ? PARENT_UNKNOWN : 51;
    return psock_close(own) == 0 ? 0 : 52;
}

static const struct {
    const char *name;
    role *play;
} roles[] = {
    {"who", tell_and_ask_who},
    {"connection", serve_the_passed_connection},
    {"listener", accept_on_the_passed_listener},
    {"datagrams", answer_on_the_passed_datagram_socket},
    {"giver", pass_a_listener_of_its_own},
};

static int play(const char *name, psock_t to_parent, uint32_t parent)
{
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].play(to_parent, parent);
    return 1;
}

/* It ends with its standard input, so that nobody asks about one that is gone.
 */
static int be_the_child(char **arguments)
{
    psock_address address;
    if (psock_address_parse(arguments[1], &address) < 0)
        return 2;
    psock_t to_parent =
        psock_open(psock_address_family(&address), PSOCK_STREAM, 0);
    if (psock_connect(to_parent, &address, in_time()) < 0)
        return 3;
    int failure = play(arguments[0], to_parent,
                       (uint32_t)strtoul(arguments[2], NULL, 10));
    while (getchar() != EOF)
        continue;
    return failure;
}

/* --- The parent ------------------------------------------------------------- */

struct family_tie {
    struct host_child *child;
    psock_t to_child;
};

static struct family_tie start_child(const char *role_name)
{
    struct family_tie tie;
    char text[PSOCK_ADDRESS_TEXT_SIZE], number[16];
    const char *arguments[] = {role_name, text, number, NULL};
    psock_t listener = listening(channel_family());
    psock_address address = local_of(listener);
    assert_true(psock_address_format(&address, 0, text, sizeof text) > 0);
    snprintf(number, sizeof number, "%lu", (unsigned long)host_process());
    tie.child = host_child_start(program, arguments);
    tie.to_child = keep(psock_accept(listener, NULL, in_time()));
    return tie;
}

static void end_child(struct family_tie tie)
{
    assert_int_equal(host_child_end(tie.child), 0);
}

/* --- Credentials ------------------------------------------------------------- */

static void credentials_of_a_pair_are_this_process(void **state)
{
    (void)state;
    need_credentials();
    struct stream ends = pair_of(PSOCK_STREAM);
    psock_credentials client, server;
    memset(&client, 0xff, sizeof client);
    memset(&server, 0xaa, sizeof server);
    assert_result(psock_peer_credentials(ends.client, &client), 0);
    assert_true(client.valid & PSOCK_CREDENTIALS_PROCESS);
    assert_int_equal(client.process, host_process());
    int result = psock_peer_credentials(ends.server, &server);
    assert_either(result, 0, PSOCK_ENOTSUP);
    if (result == 0)
        assert_memory_equal(&client, &server, sizeof client);
}

static void credentials_that_are_not_valid_are_zero(void **state)
{
    (void)state;
    need_credentials();
    psock_credentials told;
    memset(&told, 0xff, sizeof told);
    assert_result(psock_peer_credentials(pair_of(PSOCK_STREAM).client, &told),
                  0);
    assert_int_equal(told.valid & ~7u, 0);
    if ((told.valid & PSOCK_CREDENTIALS_USER) == 0)
        assert_int_equal(told.user, 0);
    if ((told.valid & PSOCK_CREDENTIALS_GROUP) == 0)
        assert_int_equal(told.group, 0);
    for (size_t i = 0; i < COUNT_OF(told.reserved); i++)
        assert_int_equal(told.reserved[i], 0);
}

static void credentials_of_a_child_are_the_childs(void **state)
{
    (void)state;
    need_credentials();
    uint32_t number = 0;
    psock_credentials told = {.process = 0};
    struct family_tie tie = start_child("who");
    recv_all(tie.to_child, &number, sizeof number);
    int result = psock_peer_credentials(tie.to_child, &told);
    int child = host_child_end(tie.child);
    assert_either(child, 0, PARENT_UNKNOWN);
    assert_result(result, 0);
    assert_int_equal(told.process, number);
    assert_int_not_equal(told.process, host_process());
}

static void unconnected_socket_has_no_credentials(void **state)
{
    int family = family_of(state);
    need_credentials();
    psock_credentials told = {.valid = 99};
    psock_t listener = listening(family);
    psock_t unconnected = open_kept(family, PSOCK_STREAM);
    assert_result(psock_peer_credentials(unconnected, &told), PSOCK_ENOTCONN);
    assert_result(psock_peer_credentials(listener, &told), PSOCK_ENOTCONN);
    assert_int_equal(told.valid, 99);
}

static void credentials_without_room_are_refused(void **state)
{
    (void)state;
    psock_credentials told;
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    assert_result(psock_peer_credentials(s, NULL), PSOCK_EFAULT);
    assert_result(psock_peer_credentials(-1, &told), PSOCK_EBADF);
}

static void credentials_of_a_closed_socket_are_refused(void **state)
{
    (void)state;
    psock_credentials told;
    psock_t s = open_kept(PSOCK_IPV4, PSOCK_STREAM);
    close_kept(s);
    assert_result(psock_peer_credentials(s, &told), PSOCK_EBADF);
}

/* --- What can be passed, within the process ----------------------------------- */

static void passed_connection_goes_on(void **state)
{
    (void)state;
    struct stream through = channel(), ends = stream_over(PSOCK_IPV4);
    send_text(ends.client, "before");
    psock_t passed = pass(through, ends.server);
    assert_int_not_equal(passed, ends.server);
    close_kept(ends.server);
    send_text(ends.client, "after");
    recv_text(passed, "beforeafter");
    send_text(passed, "back");
    recv_text(ends.client, "back");
}

static void passed_listener_accepts(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_t listener = listening(PSOCK_IPV4);
    psock_t client = connected_to(listener);
    psock_t passed = pass(through, listener);
    close_kept(listener);
    psock_t server = keep(psock_accept(passed, NULL, in_time()));
    send_text(client, "hello");
    recv_text(server, "hello");
    assert_result(psock_accept(passed, NULL, PSOCK_NOW), PSOCK_EAGAIN);
    psock_t next = connected_to(passed);
    send_text(next, "again");
    recv_text(keep(psock_accept(passed, NULL, in_time())), "again");
}

static void passed_datagram_socket_keeps_its_address(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_t s = datagram(PSOCK_IPV4), other = datagram(PSOCK_IPV4);
    psock_address address = local_of(s);
    assert_result(psock_send_to(other, "early", 5, 0, &address, in_time()), 5);
    psock_t passed = pass(through, s);
    close_kept(s);
    psock_address now = local_of(passed);
    assert_true(same_address(&now, &address));
    assert_result(psock_send_to(other, "late", 4, 0, &address, in_time()), 4);
    recv_text(passed, "early");
    recv_text(passed, "late");
}

static void passed_end_of_a_pair_goes_on(void **state)
{
    (void)state;
    struct stream through = channel(), ends = pair_of(PSOCK_STREAM);
    psock_t passed = pass(through, ends.server);
    close_kept(ends.server);
    send_text(ends.client, "ping");
    recv_text(passed, "ping");
    close_kept(passed);
    assert_result(psock_recv(ends.client, &(char){0}, 1, 0, in_time()), 0);
}

static void passed_socket_does_not_wait_for_psock_now(void **state)
{
    (void)state;
    char byte;
    struct stream through = channel(), ends = stream_over(PSOCK_IPV4);
    psock_t passed = pass(through, ends.server);
    assert_result(psock_recv(passed, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_recv(passed, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
}

static void sender_keeps_what_it_passed(void **state)
{
    (void)state;
    struct stream through = channel(), ends = stream_over(PSOCK_IPV4);
    psock_t passed = pass(through, ends.server);
    send_text(ends.server, "one");
    recv_text(ends.client, "one");
    close_kept(passed);
    send_text(ends.server, "two");
    recv_text(ends.client, "two");
}

static void sender_may_close_all_at_once(void **state)
{
    (void)state;
    struct stream through = channel(), ends = stream_over(PSOCK_IPV4);
    assert_result(psock_send_socket(through.client, ends.server, in_time()), 0);
    close_kept(ends.server);
    close_kept(through.client);
    psock_t passed = keep(psock_recv_socket(through.server, in_time()));
    send_text(passed, "still");
    recv_text(ends.client, "still");
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_ENOTCONN);
}

static void sockets_arrive_in_order(void **state)
{
    (void)state;
    enum {
        SOCKETS = 4
    };
    struct stream through = channel();
    uint16_t ports[SOCKETS];
    for (int i = 0; i < SOCKETS; i++) {
        psock_t s = datagram(PSOCK_IPV4);
        psock_address address = local_of(s);
        ports[i] = psock_address_port(&address);
        assert_result(psock_send_socket(through.client, s, in_time()), 0);
        close_kept(s);
    }
    for (int i = 0; i < SOCKETS; i++) {
        psock_address address =
            local_of(keep(psock_recv_socket(through.server, in_time())));
        assert_int_equal(psock_address_port(&address), ports[i]);
    }
}

static void data_around_a_socket_stay_as_they_are(void **state)
{
    (void)state;
    struct stream through = channel();
    send_text(through.client, "before");
    assert_result(
        psock_send_socket(through.client, datagram(PSOCK_IPV4), in_time()), 0);
    send_text(through.client, "behind");
    recv_text(through.server, "before");
    keep(psock_recv_socket(through.server, in_time()));
    recv_text(through.server, "behind");
}

/* --- Other channels ----------------------------------------------------------- */

static int datagram_type = PSOCK_DATAGRAM;
static int seqpacket_type = PSOCK_SEQPACKET;

static struct stream channel_of_messages(void **state)
{
    psock_t pair[2];
    need_passing();
    int result = psock_pair(*(const int *)*state, pair);
    if (result == PSOCK_ESOCKTNOSUPPORT)
        skip_because("this system has no such Unix sockets");
    assert_result(result, 0);
    struct stream through = {keep(pair[0]), keep(pair[1])};
    psock_address address = local_of(through.client);
    if (psock_address_family(&address) != PSOCK_UNIX)
        skip_because("this system passes no sockets by datagrams");
    return through;
}

static void socket_goes_by_a_channel_of_messages(void **state)
{
    struct stream through = channel_of_messages(state);
    struct stream ends = stream_over(PSOCK_IPV4);
    psock_t passed = pass(through, ends.server);
    send_text(passed, "by");
    recv_text(ends.client, "by");
}

static void other_messages_are_refused_and_left(void **state)
{
    struct stream through = channel_of_messages(state);
    send_text(through.client, "something else");
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_EPROTO);
    recv_text(through.server, "something else");
    assert_result(psock_send(through.client, NULL, 0, 0, in_time()), 0);
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_EPROTO);
}

static void socket_for_nobody_known_is_refused(void **state)
{
    (void)state;
    need_passing();
    psock_t unconnected = datagram(PSOCK_IPV4), s = datagram(PSOCK_IPV4);
    assert_either(psock_send_socket(unconnected, s, PSOCK_NOW),
                  PSOCK_EOPNOTSUPP, PSOCK_ENOTCONN);
    assert_either(psock_recv_socket(unconnected, PSOCK_NOW), PSOCK_EOPNOTSUPP,
                  PSOCK_ENOTCONN);
}

/* --- Waiting -------------------------------------------------------------------- */

static void receiving_a_socket_waits_as_long_as_it_is_told(void **state)
{
    (void)state;
    struct stream through = channel();
    assert_result(psock_recv_socket(through.server, PSOCK_NOW), PSOCK_EAGAIN);
    int64_t start = clock_ns();
    assert_result(
        psock_recv_socket(through.server, psock_deadline_ms(SHORT_MS)),
        PSOCK_ETIMEDOUT);
    assert_true(clock_ns() - start >= SHORT_NS);
}

static ptrdiff_t receive_socket(void *argument)
{
    return psock_recv_socket(*(psock_t *)argument, in_time());
}

static void waiting_receiver_gets_the_socket(void **state)
{
    (void)state;
    struct stream through = channel();
    struct running_call *call = begin_call(receive_socket, &through.server);
    let_it_wait(call, 20);
    psock_t s = datagram(PSOCK_IPV4);
    psock_address address = local_of(s);
    assert_result(psock_send_socket(through.client, s, in_time()), 0);
    psock_address passed = local_of(keep(end_call(call)));
    assert_true(same_address(&passed, &address));
}

static void rung_waker_ends_the_wait_for_a_socket(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_waker *waker = kept_waker();
    assert_result(psock_waker_ring(waker), 0);
    psock_cancel_with(waker);
    assert_result(psock_recv_socket(through.server, in_time()),
                  PSOCK_ECANCELED);
    assert_result(
        psock_send_socket(through.client, datagram(PSOCK_IPV4), in_time()), 0);
    keep(psock_recv_socket(through.server, in_time()));
}

/* Fills the channel as far as it goes, with bytes of zero. */
static size_t clog_up(psock_t s)
{
    static const unsigned char zeros[1 << 16];
    size_t total = 0;
    for (size_t size = sizeof zeros; size > 0; size /= 2) {
        ptrdiff_t sent;
        while ((sent = psock_send(s, zeros, size, 0, PSOCK_NOW)) > 0)
            total += (size_t)sent;
    }
    return total;
}

static void drain(psock_t s, size_t size)
{
    static unsigned char data[1 << 16];
    for (size_t piece; size > 0; size -= piece) {
        piece = size < sizeof data ? size : sizeof data;
        recv_all(s, data, piece);
    }
}

/* On a connection it is the system's choice when it moves on what it was given,
 * so the channel may have found room again. */
static void full_channel_takes_no_socket_or_all_of_it(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_t s = datagram(PSOCK_IPV4);
    size_t sent = clog_up(through.client);
    int now = psock_send_socket(through.client, s, PSOCK_NOW);
    int later = now == 0 ? PSOCK_ETIMEDOUT
                         : psock_send_socket(through.client, s,
                                             psock_deadline_ms(SHORT_MS));
    drain(through.server, sent);
    assert_either(now, PSOCK_EAGAIN, 0);
    assert_either(later, PSOCK_ETIMEDOUT, 0);
    if (now < 0 && later < 0)
        assert_result(psock_send_socket(through.client, s, in_time()), 0);
    keep(psock_recv_socket(through.server, in_time()));
    assert_result(psock_recv_socket(through.server, PSOCK_NOW), PSOCK_EAGAIN);
}

/* Of what comes beside a socket because the channel asks for it, the socket loses
 * nothing. */
static void socket_comes_with_the_credentials_of_its_sender(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_address local = local_of(through.server);
    const _Bool is_unix = psock_address_family(&local) == PSOCK_UNIX;
    assert_either(
        psock_set_option(through.server, PSOCK_OPTION_PASS_CREDENTIALS, 1),
        is_unix ? 0 : PSOCK_EOPNOTSUPP, PSOCK_ENOTSUP);
    pass(through, datagram(PSOCK_IPV4));
    assert_result(psock_recv_socket(through.server, PSOCK_NOW), PSOCK_EAGAIN);
}

static void socket_for_which_there_is_no_descriptor_is_lost(void **state)
{
    (void)state;
    if (!host_forbid_descriptors(1))
        skip_because("this system has descriptors without end");
    host_forbid_descriptors(0);
    struct stream through = channel();
    psock_t lost = datagram(PSOCK_IPV4), other = stream_over(PSOCK_IPV4).client;
    assert_result(psock_send_socket(through.client, lost, in_time()), 0);
    assert_result(psock_send_socket(through.client, other, in_time()), 0);
    host_forbid_descriptors(1);
    psock_t passed = psock_recv_socket(through.server, in_time());
    host_forbid_descriptors(0);
    assert_result(passed, PSOCK_EMFILE);
    passed = keep(psock_recv_socket(through.server, in_time()));
    assert_result(psock_shutdown(passed, PSOCK_SHUT_BOTH), 0);
    assert_result(psock_recv(other, &(char){0}, 1, 0, in_time()), 0);
}

/* Nothing would ever end the wait for room. */
static void listener_is_no_channel(void **state)
{
    (void)state;
    need_passing();
    psock_t listener = listening(channel_family());
    const int refused =
        channel_family() == PSOCK_UNIX ? PSOCK_ENOTCONN : PSOCK_EOPNOTSUPP;
    assert_either(psock_send_socket(listener, listener, PSOCK_FOREVER),
                  PSOCK_ENOTCONN, refused);
    assert_either(psock_recv_socket(listener, PSOCK_FOREVER), PSOCK_ENOTCONN,
                  refused);
}

/* --- What is not a socket -------------------------------------------------------- */

static void data_in_place_of_a_socket_are_refused_and_left(void **state)
{
    (void)state;
    struct stream through = channel();
    send_text(through.client, "p0ison");
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_EPROTO);
    recv_text(through.server, "p0ison");
    assert_result(
        psock_send_socket(through.client, datagram(PSOCK_IPV4), in_time()), 0);
    keep(psock_recv_socket(through.server, in_time()));
}

static void one_wrong_byte_is_enough_to_refuse(void **state)
{
    (void)state;
    struct stream through = channel();
    send_text(through.client, "x");
    assert_result(psock_recv_socket(through.server, PSOCK_NOW), PSOCK_EPROTO);
}

/* What the message looks like that a socket travels in. */
static size_t learn_message(unsigned char *message, size_t room)
{
    struct stream through = channel();
    assert_result(
        psock_send_socket(through.client, datagram(PSOCK_IPV4), in_time()), 0);
    ptrdiff_t size =
        psock_recv(through.server, message, room, PSOCK_PEEK, in_time());
    assert_in_range(size, 2, room - 1);
    close_kept(psock_recv_socket(through.server, in_time()));
    return (size_t)size;
}

static void half_a_message_is_waited_for(void **state)
{
    (void)state;
    unsigned char message[2048];
    size_t size = learn_message(message, sizeof message);
    struct stream through = channel();
    send_all(through.client, message, size / 2);
    assert_result(psock_recv_socket(through.server, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(
        psock_recv_socket(through.server, psock_deadline_ms(SHORT_MS)),
        PSOCK_ETIMEDOUT);
    close_kept(through.client);
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_EPROTO);
}

/* The right greeting with nothing behind it: no descriptor, or no more of what
 * describes one than zeros. */
static void message_without_a_socket_is_refused(void **state)
{
    (void)state;
    unsigned char message[2048];
    size_t size = learn_message(message, sizeof message);
    struct stream through = channel();
    const size_t greeting = 8;
    if (size > greeting)
        memset(message + greeting, 0, size - greeting);
    send_all(through.client, message, size);
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_EPROTO);
}

/* Returns false on systems without such. */
static _Bool send_descriptors(psock_t to, psock_t descriptor, int count)
{
    unsigned char message[2048];
    psock_t descriptors[32];
    size_t size = learn_message(message, sizeof message);
    for (int i = 0; i < count; i++)
        descriptors[i] = descriptor;
    return host_send_descriptors(to, message, (int)size, descriptors, count);
}

#define skip_packers() skip_because("this system passes no sockets beside data")

/* The fixture counts the descriptors. */
static void several_sockets_at_once_are_refused_and_closed(void **state)
{
    (void)state;
    static const int counts[] = {2, 3, 8, 9, 32};
    psock_t s = datagram(PSOCK_IPV4);
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct stream through = channel();
        if (!send_descriptors(through.client, s, counts[i]))
            skip_packers();
        assert_result(psock_recv_socket(through.server, in_time()),
                      PSOCK_EPROTO);
    }
}

static void descriptor_that_is_no_socket_is_refused_and_closed(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_t foreign = host_foreign_open();
    const _Bool sent = send_descriptors(through.client, foreign, 1);
    host_foreign_close(foreign);
    if (!sent)
        skip_packers();
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_EPROTO);
}

static void descriptor_beside_other_data_is_not_taken(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_t s = datagram(PSOCK_IPV4);
    if (!host_send_descriptors(through.client, "text", 4, &s, 1))
        skip_packers();
    assert_result(psock_recv_socket(through.server, in_time()), PSOCK_EPROTO);
    recv_text(through.server, "text");
}

static void only_open_sockets_are_passed(void **state)
{
    (void)state;
    struct stream through = channel();
    psock_t closed = datagram(PSOCK_IPV4);
    psock_t foreign = host_foreign_open();
    close_kept(closed);
    assert_result(psock_send_socket(through.client, closed, in_time()),
                  PSOCK_EBADF);
    assert_result(psock_send_socket(through.client, -1, in_time()),
                  PSOCK_EBADF);
    int refused = psock_send_socket(through.client, foreign, in_time());
    host_foreign_close(foreign);
    assert_result(refused, PSOCK_ENOTSOCK);
    assert_result(psock_recv_socket(through.server, PSOCK_NOW), PSOCK_EAGAIN);
}

static void only_open_channels_are_used(void **state)
{
    (void)state;
    psock_t closed = datagram(PSOCK_IPV4), s = datagram(PSOCK_IPV4);
    close_kept(closed);
    assert_result(psock_send_socket(closed, s, in_time()), PSOCK_EBADF);
    assert_result(psock_recv_socket(closed, in_time()), PSOCK_EBADF);
    assert_result(psock_send_socket(-1, s, in_time()), PSOCK_EBADF);
    assert_result(psock_recv_socket(-1, in_time()), PSOCK_EBADF);
}

/* --- To a child and back ------------------------------------------------------------ */

static void child_serves_a_connection_that_it_is_passed(void **state)
{
    (void)state;
    need_passing();
    struct stream ends = stream_over(PSOCK_IPV4);
    send_text(ends.client, "pi");
    struct family_tie tie = start_child("connection");
    int sent = psock_send_socket(tie.to_child, ends.server, in_time());
    close_kept(ends.server);
    send_text(ends.client, "ng");
    recv_text(ends.client, "ping");
    assert_result(psock_recv(ends.client, &(char){0}, 1, 0, in_time()), 0);
    end_child(tie);
    assert_result(sent, 0);
}

static void child_accepts_on_a_listener_that_it_is_passed(void **state)
{
    (void)state;
    need_passing();
    psock_t listener = listening(PSOCK_IPV4);
    psock_t client = connected_to(listener);
    struct family_tie tie = start_child("listener");
    int sent = psock_send_socket(tie.to_child, listener, in_time());
    close_kept(listener);
    recv_text(client, "here");
    end_child(tie);
    assert_result(sent, 0);
}

static void child_answers_on_a_datagram_socket_that_it_is_passed(void **state)
{
    (void)state;
    need_passing();
    psock_t s = datagram(PSOCK_IPV4), other = datagram(PSOCK_IPV4);
    psock_address address = local_of(s);
    struct family_tie tie = start_child("datagrams");
    int sent = psock_send_socket(tie.to_child, s, in_time());
    close_kept(s);
    assert_result(psock_send_to(other, "ping", 4, 0, &address, in_time()), 4);
    recv_text(other, "ping");
    end_child(tie);
    assert_result(sent, 0);
}

static void listener_of_a_child_that_has_ended_accepts(void **state)
{
    (void)state;
    need_passing();
    struct family_tie tie = start_child("giver");
    psock_t passed = psock_recv_socket(tie.to_child, in_time());
    int child = host_child_end(tie.child);
    if (child == PARENT_UNKNOWN)
        skip_because("this system does not tell who accepted");
    assert_int_equal(child, 0);
    psock_t listener = keep(passed);
    psock_t client = connected_to(listener);
    send_text(client, "hello");
    recv_text(keep(psock_accept(listener, NULL, in_time())), "hello");
}

#define test_messages(test)                                                    \
    FIXTURE_TEST(#test ".datagram", test, &datagram_type),                     \
        FIXTURE_TEST(#test ".seqpacket", test, &seqpacket_type)

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        test_once(credentials_of_a_pair_are_this_process),
        test_once(credentials_that_are_not_valid_are_zero),
        test_once(credentials_of_a_child_are_the_childs),
        test_unix(unconnected_socket_has_no_credentials),
        test_once(credentials_without_room_are_refused),
        test_once(credentials_of_a_closed_socket_are_refused),
        test_once(passed_connection_goes_on),
        test_once(passed_listener_accepts),
        test_once(passed_datagram_socket_keeps_its_address),
        test_once(passed_end_of_a_pair_goes_on),
        test_once(passed_socket_does_not_wait_for_psock_now),
        test_once(sender_keeps_what_it_passed),
        test_once(sender_may_close_all_at_once),
        test_once(sockets_arrive_in_order),
        test_once(data_around_a_socket_stay_as_they_are),
        test_messages(socket_goes_by_a_channel_of_messages),
        test_messages(other_messages_are_refused_and_left),
        test_once(socket_for_nobody_known_is_refused),
        test_once(receiving_a_socket_waits_as_long_as_it_is_told),
        test_once(waiting_receiver_gets_the_socket),
        test_once(rung_waker_ends_the_wait_for_a_socket),
        test_once(full_channel_takes_no_socket_or_all_of_it),
        test_once(socket_comes_with_the_credentials_of_its_sender),
        test_once(socket_for_which_there_is_no_descriptor_is_lost),
        test_once(listener_is_no_channel),
        test_once(data_in_place_of_a_socket_are_refused_and_left),
        test_once(one_wrong_byte_is_enough_to_refuse),
        test_once(half_a_message_is_waited_for),
        test_once(message_without_a_socket_is_refused),
        test_once(several_sockets_at_once_are_refused_and_closed),
        test_once(descriptor_that_is_no_socket_is_refused_and_closed),
        test_once(descriptor_beside_other_data_is_not_taken),
        test_once(only_open_sockets_are_passed),
        test_once(only_open_channels_are_used),
        test_once(child_serves_a_connection_that_it_is_passed),
        test_once(child_accepts_on_a_listener_that_it_is_passed),
        test_once(child_answers_on_a_datagram_socket_that_it_is_passed),
        test_once(listener_of_a_child_that_has_ended_accepts),
    };
    if (count > 3)
        return be_the_child(arguments + 1);
    program = arguments[0];
    return cmocka_run_group_tests_name("process", tests, warm_up, NULL);
}
