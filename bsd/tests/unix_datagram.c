/* unix_datagram.c: datagrams between Unix sockets. */
#include "unix_socket.h"

#include <poll.h>
#include <sys/ioctl.h>

static ssize_t send_to(int fd, const char *text, const char *path, int flags)
{
    struct address to = path_address(path);
    return sendto(fd, text, strlen(text), flags, as_sockaddr(&to), to.length);
}

static void a_datagram_comes_with_its_senders_name(void **state)
{
    const char *path = temporary_path();
    const char *mine = temporary_path();
    char buffer[16];
    struct address from;
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int sender = bound_at(SOCK_DGRAM, mine);
    assert_call(send_to(sender, "hello", path, 0), 5);
    from.length = sizeof from.storage;
    assert_call(recvfrom(receiver, buffer, sizeof buffer, 0, as_sockaddr(&from),
                         &from.length),
                5);
    assert_memory_equal(buffer, "hello", 5);
    assert_named(&from, mine);
}

static void a_sender_without_a_name_has_none(void **state)
{
    const char *path = temporary_path();
    char byte;
    struct address from;
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    assert_call(send_to(unix_socket(SOCK_DGRAM), "x", path, 0), 1);
    from.length = sizeof from.storage;
    assert_call(
        recvfrom(receiver, &byte, 1, 0, as_sockaddr(&from), &from.length), 1);
    assert_int_equal(from.length, 0);
}

static void datagrams_stay_apart_and_in_order(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int sender = connected_to(SOCK_DGRAM, path);
    send_text(sender, "one");
    assert_call(send(sender, "", 0, 0), 0);
    send_text(sender, "three");
    assert_received(receiver, "one");
    assert_received(receiver, "");
    assert_received(receiver, "three");
}

static void what_does_not_fit_is_lost(void **state)
{
    const char *path = temporary_path();
    char buffer[4];
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int sender = connected_to(SOCK_DGRAM, path);
    send_text(sender, "longer");
    send_text(sender, "next");
    assert_call(recv(receiver, buffer, sizeof buffer, 0), 4);
    assert_memory_equal(buffer, "long", 4);
    assert_received(receiver, "next");
}

static void its_real_length_is_told(void **state)
{
    const char *path = temporary_path();
    char buffer[2];
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message;
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int sender = connected_to(SOCK_DGRAM, path);
    send_text(sender, "longer");
    assert_call(recv(receiver, buffer, 2, MSG_TRUNC | MSG_PEEK), 6);
    memset(&message, 0, sizeof message);
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    assert_call(recvmsg(receiver, &message, 0), 2);
    assert_int_equal(message.msg_flags & MSG_TRUNC, MSG_TRUNC);
}

static void its_length_can_be_asked_for(void **state)
{
    const char *path = temporary_path();
    int size = -1;
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int sender = connected_to(SOCK_DGRAM, path);
    assert_call(ioctl(receiver, FIONREAD, &size), 0);
    assert_int_equal(size, 0);
    send_text(sender, "seven b");
    send_text(sender, "x");
    assert_call(ioctl(receiver, FIONREAD, &size), 0);
    assert_int_equal(size, 7);
}

static void an_answer_goes_to_the_name(void **state)
{
    const char *path = temporary_path();
    const char *mine = temporary_path();
    char byte;
    struct address from;
    (void)state;
    int server = bound_at(SOCK_DGRAM, path);
    int client = bound_at(SOCK_DGRAM, mine);
    assert_call(send_to(client, "?", path, 0), 1);
    from.length = sizeof from.storage;
    recvfrom(server, &byte, 1, 0, as_sockaddr(&from), &from.length);
    assert_call(sendto(server, "!", 1, 0, as_sockaddr(&from), from.length), 1);
    assert_received(client, "!");
}

/* --- Peers ------------------------------------------------------------------ */

static void a_connected_one_takes_from_its_peer_only(void **state)
{
    const char *path = temporary_path();
    const char *peer_path = temporary_path();
    (void)state;
    int socket_here = bound_at(SOCK_DGRAM, path);
    int peer = bound_at(SOCK_DGRAM, peer_path);
    int stranger = unix_socket(SOCK_DGRAM);
    assert_call(connect_path(socket_here, peer_path), 0);
    assert_fails(send_to(stranger, "x", path, 0), EPERM);
    assert_fails(connect_path(stranger, path), EPERM);
    assert_call(send_to(peer, "mine", path, 0), 4);
    assert_received(socket_here, "mine");
}

static void connecting_again_changes_the_peer(void **state)
{
    const char *first_path = temporary_path();
    const char *second_path = temporary_path();
    (void)state;
    int first = bound_at(SOCK_DGRAM, first_path);
    int second = bound_at(SOCK_DGRAM, second_path);
    int client = connected_to(SOCK_DGRAM, first_path);
    send_text(client, "first");
    assert_call(connect_path(client, second_path), 0);
    send_text(client, "second");
    assert_received(first, "first");
    assert_received(second, "second");
    struct address peer = peer_of(client);
    assert_named(&peer, second_path);
}

static void an_unspecified_address_takes_the_peer_away(void **state)
{
    const char *path = temporary_path();
    struct sockaddr none;
    (void)state;
    bound_at(SOCK_DGRAM, path);
    int client = connected_to(SOCK_DGRAM, path);
    memset(&none, 0, sizeof none);
    none.sa_family = AF_UNSPEC;
    assert_call(connect(client, &none, sizeof none), 0);
    assert_fails(send(client, "x", 1, 0), ENOTCONN);
}

static void a_connected_one_can_send_elsewhere(void **state)
{
    const char *path = temporary_path();
    const char *other_path = temporary_path();
    (void)state;
    bound_at(SOCK_DGRAM, path);
    int other = bound_at(SOCK_DGRAM, other_path);
    int client = connected_to(SOCK_DGRAM, path);
    assert_call(send_to(client, "else", other_path, 0), 4);
    assert_received(other, "else");
}

static void a_peer_that_closed_refuses(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int client = connected_to(SOCK_DGRAM, path);
    close_kept(receiver);
    assert_fails(send(client, "x", 1, 0), ECONNREFUSED);
    assert_fails(send(client, "x", 1, 0), ENOTCONN);
}

/* --- Limits ----------------------------------------------------------------- */

static void a_full_receiver_is_eagain(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int client = unix_socket(SOCK_DGRAM);
    int count = 0;
    while (send_to(client, "x", path, MSG_DONTWAIT) == 1)
        count++;
    assert_int_equal(errno, EAGAIN);
    assert_true(count > 0);
    for (int i = 0; i < count; i++)
        assert_received(receiver, "x");
    assert_call(send_to(client, "x", path, MSG_DONTWAIT), 1);
}

struct many {
    const char *path;
    int count;
};

static void *send_many(void *context)
{
    struct many *many = context;
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    for (int i = 0; i < many->count; i++) {
        if (send_to(fd, "number", many->path, 0) != 6)
            break;
    }
    close(fd);
    return NULL;
}

static void a_blocking_sender_waits_for_room(void **state)
{
    struct many many = {temporary_path(), 1500};
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, many.path);
    struct helper *helper = begin(send_many, &many);
    for (int i = 0; i < many.count; i++)
        assert_received(receiver, "number");
    finish(helper);
}

static void a_time_to_send_is_kept(void **state)
{
    const char *path = temporary_path();
    struct timeval soon = {0, 50000};
    (void)state;
    bound_at(SOCK_DGRAM, path);
    int client = connected_to(SOCK_DGRAM, path);
    fill(client);
    assert_call(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon),
                0);
    while (send(client, "x", 1, MSG_DONTWAIT) == 1) {
    }
    assert_fails(send(client, "x", 1, 0), EAGAIN);
}

static void a_long_datagram_goes_whole(void **state)
{
    enum {
        SIZE = 100000
    };
    static char out[SIZE];
    static char in[SIZE + 1];
    const char *path = temporary_path();
    (void)state;
    for (int i = 0; i < SIZE; i++)
        out[i] = (char)(i * 7);
    int receiver = bound_at(SOCK_DGRAM, path);
    int client = connected_to(SOCK_DGRAM, path);
    assert_call(send(client, out, SIZE, 0), SIZE);
    assert_call(recv(receiver, in, sizeof in, 0), SIZE);
    assert_memory_equal(in, out, SIZE);
}

static void one_that_is_too_long_is_emsgsize(void **state)
{
    enum {
        SIZE = 64 << 20
    };
    const char *path = temporary_path();
    (void)state;
    bound_at(SOCK_DGRAM, path);
    int client = connected_to(SOCK_DGRAM, path);
    char *data = test_calloc(1, SIZE);
    assert_fails(send(client, data, SIZE, 0), EMSGSIZE);
    test_free(data);
}

/* --- Readiness -------------------------------------------------------------- */

static void it_is_readable_when_something_came(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    struct pollfd entry = {receiver, POLLIN | POLLOUT, 0};
    assert_call(poll(&entry, 1, 0), 1);
    assert_int_equal(entry.revents, POLLOUT);
    send_to(unix_socket(SOCK_DGRAM), "x", path, 0);
    assert_call(poll(&entry, 1, 5000), 1);
    assert_int_equal(entry.revents, POLLIN | POLLOUT);
}

static void *send_later(void *context)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    let_others_wait();
    send_to(fd, "late", context, 0);
    close(fd);
    return NULL;
}

static void polling_waits(void **state)
{
    char path[64];
    (void)state;
    strcpy(path, temporary_path());
    int receiver = bound_at(SOCK_DGRAM, path);
    struct helper *helper = begin(send_later, path);
    wait_readable(receiver);
    assert_received(receiver, "late");
    finish(helper);
}

static void an_empty_one_is_eagain(void **state)
{
    char byte;
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, temporary_path());
    assert_fails(recv(receiver, &byte, 1, MSG_DONTWAIT), EAGAIN);
    assert_fails(recv(unix_socket(SOCK_DGRAM), &byte, 1, MSG_DONTWAIT), EAGAIN);
}

/* --- Two who wait for the same socket -------------------------------------------- */

enum {
    TURNS = 300
};

struct waiter {
    int fd;
    volatile int is_over;
};

static void *wait_for_mail(void *context)
{
    struct waiter *waiter = context;
    char byte;
    while (!waiter->is_over) {
        struct pollfd entry = {.fd = waiter->fd, .events = POLLIN};
        if (poll(&entry, 1, 5000) > 0)
            (void)!recv(waiter->fd, &byte, 1, MSG_DONTWAIT);
    }
    return NULL;
}

static void *take_all(void *context)
{
    char bytes[4096];
    while (recv(*(int *)context, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        continue;
    return NULL;
}

static void who_waits_for_room_is_told_beside_who_waits_for_mail(void **state)
{
    struct ends ends = pair_of(SOCK_DGRAM);
    struct waiter waiter = {ends.client, 0};
    int ready = 1;
    (void)state;
    fill(ends.client);
    struct helper *helper = begin(wait_for_mail, &waiter);
    for (int i = 0; i < TURNS && ready == 1; i++) {
        struct pollfd entry = {.fd = ends.client, .events = POLLOUT};
        while (send(ends.client, "x", 1, MSG_DONTWAIT) == 1)
            continue;
        struct helper *taker = begin(take_all, &ends.server);
        ready = poll(&entry, 1, 5000);
        finish(taker);
    }
    waiter.is_over = 1;
    send_text(ends.server, "x");
    finish(helper);
    assert_int_equal(ready, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_datagram_comes_with_its_senders_name),
        claim(a_sender_without_a_name_has_none),
        claim(datagrams_stay_apart_and_in_order),
        claim(what_does_not_fit_is_lost),
        claim(its_real_length_is_told),
        claim(its_length_can_be_asked_for),
        claim(an_answer_goes_to_the_name),
        claim(a_connected_one_takes_from_its_peer_only),
        claim(connecting_again_changes_the_peer),
        claim(an_unspecified_address_takes_the_peer_away),
        claim(a_connected_one_can_send_elsewhere),
        claim(a_peer_that_closed_refuses),
        claim(a_full_receiver_is_eagain),
        claim(a_blocking_sender_waits_for_room),
        claim(a_time_to_send_is_kept),
        claim(a_long_datagram_goes_whole),
        claim(one_that_is_too_long_is_emsgsize),
        claim(it_is_readable_when_something_came),
        claim(polling_waits),
        claim(an_empty_one_is_eagain),
        claim(who_waits_for_room_is_told_beside_who_waits_for_mail),
    };
    return cmocka_run_group_tests_name("unix_datagram", tests, NULL, NULL);
}
