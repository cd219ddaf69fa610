/* closing.c: how connections end, and the waits on them. */
#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- What the peer sees --------------------------------------------------- */

static void let_go(raw s)
{
    forget(s);
    raw_close(s);
}

static void observe_peers_view(void)
{
    char bytes[8];
    struct ends ends = connected();
    reset(ends.server);
    raw_poll(ends.client, WANT_IN, 900);
    observe_result("close-linger-zero.peer-recv",
                   raw_recv(ends.client, bytes, 1, 0));

    ends = connected();
    raw_send(ends.client, "abcd", 4, 0);
    raw_select(ends.server, 900);
    let_go(ends.server);
    raw_poll(ends.client, WANT_IN, 900);
    observe_result("close-unread-data.peer-recv",
                   raw_recv(ends.client, bytes, 1, 0));

    ends = connected();
    raw_send(ends.server, "abcd", 4, 0);
    reset(ends.server);
    raw_pause(20);
    observe_result("rst-discards-received-data.first-recv",
                   raw_recv(ends.client, bytes, sizeof bytes, 0));
    observe_result("rst-discards-received-data.second-recv",
                   raw_recv(ends.client, bytes, sizeof bytes, 0));
}

/* Sends, closes at once, and counts what arrives. */
static int arrives_whole(raw listener)
{
    static char data[60000];
    long received = 0;
    long step;
    struct ends ends = connected_to(listener);
    raw_send(ends.client, data, sizeof data, 0);
    shutdown(ends.client, 1);
    let_go(ends.client);
    while ((step = raw_recv(ends.server, data, sizeof data, 0)) > 0)
        received += step;
    let_go(ends.server);
    return received == sizeof data;
}

static void observe_loss(void)
{
    int losses = 0;
    raw listener = listening(5);
    for (int i = 0; i < 50; i++)
        losses += !arrives_whole(listener);
    observe_yes_or_no("send-then-close-loopback-loss.loses", losses > 0);
}

/* Closing a socket with a linger time that has data nobody takes. */
static void observe_lingering(void)
{
    static char data[1 << 16];
    struct ends ends = connected();
    raw_set_nonblocking(ends.client, 1);
    while (raw_send(ends.client, data, sizeof data, 0) > 0)
        ;
    raw_set_linger(ends.client, 1);
    forget(ends.client);
    int64_t start_ms = raw_clock_ms();
    int result = raw_close(ends.client);
    const char *text = result_text(result);
    observe("close-linger-nonblocking.close", "%s, %s", text,
            raw_clock_ms() - start_ms > 500 ? "after waiting" : "at once");
    reset(ends.server);
}

/* --- Waits that another thread ends --------------------------------------- */

struct wait {
    const char *what;
    enum blocked_call call;
    int type;
    void (*act)(raw s);
};

static void shut_read(raw s)
{
    shutdown(s, 0);
}

static void shut_both(raw s)
{
    shutdown(s, 2);
}

static const struct wait waits[] = {
    {"close-cancels-blocked-recv.recv", IN_RECV, SOCK_STREAM, let_go},
    {"close-cancels-blocked-recv.datagram-recv", IN_RECV, SOCK_DGRAM, let_go},
    {"close-cancels-blocked-recv.accept", IN_ACCEPT, SOCK_STREAM, let_go},
    {"close-cancels-blocked-recv.select", IN_SELECT, SOCK_STREAM, let_go},
    {"close-cancels-blocked-recv.poll", IN_POLL, SOCK_STREAM, let_go},
    {"shut-wakes-recv.read", IN_RECV, SOCK_STREAM, shut_read},
    {"shut-wakes-recv.both", IN_RECV, SOCK_STREAM, shut_both},
    {"shut-wakes-recv.datagram-read", IN_RECV, SOCK_DGRAM, shut_read},
    {"shut-listener.read-wakes-accept", IN_ACCEPT, SOCK_STREAM, shut_read},
};

/* What ends a wait that nothing else has ended. */
struct rescue {
    struct sockaddr_in address;
    int type;
    raw peer;
};

static void come_to_the_rescue(void *context)
{
    struct rescue *rescue = context;
    if (rescue->peer != NO_RAW)
        let_go(rescue->peer);
    else if (rescue->type == SOCK_STREAM)
        connect_to(open_stream(), &rescue->address);
    else
        sendto(open_datagram(), "x", 1, 0, (struct sockaddr *)&rescue->address,
               sizeof rescue->address);
}

static raw waiting_socket(const struct wait *wait, struct rescue *rescue)
{
    *rescue = (struct rescue){.type = wait->type, .peer = NO_RAW};
    raw s = wait->type == SOCK_DGRAM ? open_datagram() : listening(5);
    if (wait->type == SOCK_DGRAM)
        bind_loopback(s);
    rescue->address = own_address(s);
    if (wait->call != IN_RECV || wait->type == SOCK_DGRAM)
        return s;
    struct ends ends = connected_to(s);
    rescue->peer = ends.client;
    return ends.server;
}

static void observe_wait(const struct wait *wait)
{
    struct rescue rescue;
    raw s = waiting_socket(wait, &rescue);
    observe(
        wait->what, "%s",
        blocked(wait->call, s, wait->act, come_to_the_rescue, &rescue, 300));
}

/* --- Shutting down -------------------------------------------------------- */

static void observe_shut_read(void)
{
    char bytes[8];
    struct ends ends = connected();
    shutdown(ends.server, 0);
    observe_result("shut-rd-recv.nothing-there",
                   raw_recv(ends.server, bytes, sizeof bytes, 0));
    raw_send(ends.client, "abc", 3, 0);
    raw_pause(20);
    observe_result("shut-rd-recv.peer-sent-after",
                   raw_recv(ends.server, bytes, sizeof bytes, 0));
    observe_result("shut-rd-recv.peer-may-send",
                   raw_send(ends.client, "abc", 3, 0));

    ends = connected();
    raw_send(ends.client, "abc", 3, 0);
    raw_select(ends.server, 900);
    shutdown(ends.server, 0);
    observe_result("shut-rd-recv.something-there",
                   raw_recv(ends.server, bytes, sizeof bytes, 0));
}

static void observe_shutting_down(void)
{
    char bytes[8];
    observe_result("shut-unconnected.stream", shutdown(open_stream(), 2));
    observe_result("shut-unconnected.datagram", shutdown(open_datagram(), 2));
    observe_result("shut-listener.read", shutdown(listening(1), 0));
    struct ends ends = connected();
    observe_result("shut-bad-how.99", shutdown(ends.client, 99));
    shutdown(ends.client, 1);
    observe_result("shut-twice.second", shutdown(ends.client, 1));
    raw_send(ends.server, "abc", 3, 0);
    observe_result("half-close-ok.recv",
                   raw_recv(ends.client, bytes, sizeof bytes, 0));
}

void observe_closing(void)
{
    observe_peers_view();
    observe_loss();
    observe_lingering();
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        observe_wait(&waits[i]);
        close_kept();
    }
    observe_shut_read();
    observe_shutting_down();
}
