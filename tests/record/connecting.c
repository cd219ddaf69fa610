/* connecting.c: from the first attempt to its outcome. */
#include "record.h"

#include <stdio.h>
#include <string.h>

static void observe_success(void)
{
    struct sockaddr_in address = own_address(listening(5));
    raw s = open_stream();
    raw_set_nonblocking(s, 1);
    observe_result("connect-einprogress.first", connect_to(s, &address));
    raw_select(s, 900);
    observe_result("connect-again-when-done.first", connect_to(s, &address));
    observe_result("connect-again-when-done.second", connect_to(s, &address));
}

static void observe_failure(void)
{
    raw s = refused();
    raw_select(s, 900);
    raw_pause(20);
    observe("connect-fail-select.sets", "%s", raw_select(s, 900));
    pending_error(s);
    struct sockaddr_in address = deserted();
    observe_result("connect-again-when-done.after-failure",
                   connect_to(s, &address));

    observe("connect-fail-wsapoll.in-and-out", "%s",
            raw_poll(refused(), WANT_IN | WANT_OUT, 900));
    observe("connect-fail-pollin-only.in", "%s",
            raw_poll(refused(), WANT_IN, 900));
}

static void observe_delay(void)
{
    struct sockaddr_in address = deserted();
    raw s = open_stream();
    raw_set_nonblocking(s, 1);
    connect_to(s, &address);
    observe_yes_or_no("connect-refused-delay.refused-within-300-ms",
                      strcmp(raw_select(s, 300), "-") != 0);
}

static void observe_addresses_to_connect_to(void)
{
    raw listener = listening(5);
    struct sockaddr_in any =
        ipv4_address(INADDR_ANY, ntohs(own_address(listener).sin_port));
    struct sockaddr_in portless = ipv4_address(INADDR_LOOPBACK, 0);
    struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
    observe_result("connect-anyaddr.stream", connect_to(open_stream(), &any));
    raw s = open_stream();
    raw_hurry_refusal(s);
    observe_result("connect-port0.stream", connect_to(s, &portless));
    observe_result("connect-listening.connect", connect_to(listener, &any));
    observe_result("connect-tcp-unspec.fresh",
                   connect(open_stream(), &unspecified, sizeof any));
}

static void observe_after_refusal(void)
{
    struct sockaddr_in bad = deserted();
    struct sockaddr_in good = own_address(listening(5));
    raw s = open_stream();
    raw_hurry_refusal(s);
    connect_to(s, &bad);
    observe_result("connect-retry-same-socket.connect", connect_to(s, &good));
    s = open_stream();
    raw_hurry_refusal(s);
    connect_to(s, &bad);
    observe_result("connect-failed-then-listen.listen", listen(s, 1));
}

static void observe_pending(void)
{
    char byte;
    int on = 1;
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    raw s = pending();
    if (s == NO_RAW)
        return;
    struct sockaddr_in same = deserted();
    observe_result("connect-again-while-pending.connect", connect_to(s, &same));
    observe_result("connect-pending-io.recv", raw_recv(s, &byte, 1, 0));
    observe_result("connect-pending-io.send", raw_send(s, "x", 1, 0));
    observe_result("connect-pending-names.getpeername",
                   getpeername(s, (struct sockaddr *)&peer, &length));
    observe_result("connect-pending-options.keepalive",
                   raw_set(s, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
    observe_result("connect-pending-shutdown.both", shutdown(s, 2));
}

static void observe_unreachable(void)
{
    struct sockaddr_in6 mapped = {.sin6_family = AF_INET6,
                                  .sin6_port =
                                      own_address(listening(1)).sin_port};
    int on = 1;
    raw s = socket(AF_INET6, SOCK_STREAM, 0);
    if (s == NO_RAW)
        return;
    keep(s);
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr);
    raw_set(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    observe_result("connect-unreach-codes.mapped-on-v6only",
                   connect(s, (struct sockaddr *)&mapped, sizeof mapped));
}

/* Linux draws from 32768 up, Windows from 49152. */
static void observe_ports(void)
{
    int below = 0;
    for (int i = 0; i < 40; i++) {
        raw s = open_stream();
        bind_loopback(s);
        below |= ntohs(own_address(s).sin_port) < 49152;
        forget(s);
        raw_close(s);
    }
    observe_yes_or_no("connect-ephemeral.below-49152", below);
}

static void observe_oneself(void)
{
    raw s = open_stream();
    bind_loopback(s);
    struct sockaddr_in own = own_address(s);
    raw_hurry_refusal(s);
    observe_result("connect-self.connect", connect_to(s, &own));
}

/* Two sockets of one local address, and one peer. */
static void observe_same_pair(void)
{
    int on = 1;
    struct sockaddr_in peer = own_address(listening(5));
    struct sockaddr_in local = ipv4_address(INADDR_LOOPBACK, 0);
    for (int i = 0; i < 2; i++) {
        raw s = open_stream();
        raw_set(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        bind_to(s, &local);
        local = own_address(s);
        int result = connect_to(s, &peer);
        if (i == 1)
            observe_result("connect-eaddrinuse-dup-tuple.second", result);
    }
}

void observe_connecting(void)
{
    observe_success();
    observe_failure();
    observe_delay();
    observe_addresses_to_connect_to();
    observe_after_refusal();
    observe_pending();
    observe_unreachable();
    observe_ports();
    observe_oneself();
    observe_same_pair();
}
