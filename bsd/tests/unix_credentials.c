/* unix_credentials.c: who is at the other end of a Unix socket. */
#include "unix_socket.h"

static struct ucred peer_credentials(int fd)
{
    struct ucred peer = {-7, 7, 7};
    socklen_t length = sizeof peer;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length), 0);
    assert_int_equal(length, sizeof peer);
    return peer;
}

static void assert_me(struct ucred who)
{
    assert_int_equal(who.pid, getpid());
    assert_int_equal(who.uid, getuid());
    assert_int_equal(who.gid, getgid());
}

static void a_pair_is_of_this_process(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        assert_me(peer_credentials(ends.client));
        assert_me(peer_credentials(ends.server));
    }
}

static void so_are_both_ends_of_a_connection(void **state)
{
    (void)state;
    struct ends ends = accepted(SOCK_STREAM);
    assert_me(peer_credentials(ends.client));
    assert_me(peer_credentials(ends.server));
}

static void an_unconnected_one_knows_nobody(void **state)
{
    (void)state;
    struct ucred peer = peer_credentials(unix_socket(SOCK_STREAM));
    assert_int_equal(peer.pid, 0);
    assert_int_equal(peer.uid, (uid_t)-1);
    assert_int_equal(peer.gid, (gid_t)-1);
}

/* --- With messages ------------------------------------------------------------ */

static void pass_credentials(int fd)
{
    int on = 1;
    assert_call(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on), 0);
}

/* Whether credentials came with a message. */
static int credentials_of_next(int fd, struct ucred *who)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    char byte;
    struct iovec piece = {&byte, 1};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    assert_call(recvmsg(fd, &message, 0), 1);
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    if (item == NULL)
        return 0;
    assert_int_equal(item->cmsg_level, SOL_SOCKET);
    assert_int_equal(item->cmsg_type, SCM_CREDENTIALS);
    assert_int_equal(item->cmsg_len, CMSG_LEN(sizeof *who));
    memcpy(who, CMSG_DATA(item), sizeof *who);
    return 1;
}

static void they_come_where_they_were_asked_for(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    struct ucred who;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct ends ends = pair_of(types[i]);
        send_text(ends.client, "x");
        assert_int_equal(credentials_of_next(ends.server, &who), 0);
        pass_credentials(ends.server);
        send_text(ends.client, "x");
        assert_int_equal(credentials_of_next(ends.server, &who), 1);
        assert_me(who);
    }
}

static void the_switch_can_be_read(void **state)
{
    int value = -1;
    socklen_t length = sizeof value;
    (void)state;
    int fd = unix_socket(SOCK_DGRAM);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_PASSCRED, &value, &length), 0);
    assert_int_equal(value, 0);
    pass_credentials(fd);
    assert_call(getsockopt(fd, SOL_SOCKET, SO_PASSCRED, &value, &length), 0);
    assert_int_equal(value, 1);
}

static void ones_own_can_be_sent(void **state)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct ucred mine = {getpid(), getuid(), getgid()};
    struct iovec piece = {(void *)"x", 1};
    struct msghdr message;
    struct ucred who;
    (void)state;
    struct ends ends = pair_of(SOCK_DGRAM);
    pass_credentials(ends.server);
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_CREDENTIALS;
    item->cmsg_len = CMSG_LEN(sizeof mine);
    memcpy(CMSG_DATA(item), &mine, sizeof mine);
    assert_call(sendmsg(ends.client, &message, 0), 1);
    assert_int_equal(credentials_of_next(ends.server, &who), 1);
    assert_me(who);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_pair_is_of_this_process),
        claim(so_are_both_ends_of_a_connection),
        claim(an_unconnected_one_knows_nobody),
        claim(they_come_where_they_were_asked_for),
        claim(the_switch_can_be_read),
        claim(ones_own_can_be_sent),
    };
    return cmocka_run_group_tests_name("unix_credentials", tests, NULL, NULL);
}
