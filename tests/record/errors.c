/* errors.c: how failures are told, and which. */
#include "record.h"

#include <string.h>

static void observe_codes(void)
{
    struct in_addr address = {0};
    char text[4];
    observe_yes_or_no("err-code-space.eagain-is-ewouldblock",
                      EAGAIN == EWOULDBLOCK);
    observe_yes_or_no("err-code-space.enotsup-is-eopnotsupp",
                      ENOTSUP == EOPNOTSUPP);
    observe_yes_or_no("err-strerror.knows-a-reset",
                      strncmp(strerror(RAW_ECONNRESET), "Unknown", 7) != 0);
    raw_set_error(0);
    observe("err-ntstatus-leak.inet-ntop", "%s",
            inet_ntop(AF_INET, &address, text, sizeof text) != NULL
                ? "ok"
                : result_text(-1));
}

static void observe_clobbering(void)
{
    struct ends ends = connected();
    raw_set_error(RAW_EINVAL);
    raw_send(ends.client, "x", 1, 0);
    observe_yes_or_no("err-success-clobbers.send", raw_error() != RAW_EINVAL);
    raw_set_error(RAW_EINVAL);
    forget(ends.client);
    raw_close(ends.client);
    observe_yes_or_no("err-success-clobbers.close", raw_error() != RAW_EINVAL);
}

static void observe_refusal(void)
{
    raw s = refused();
    raw_select(s, 900);
    observe("err-soerror-wsa-codes.refused", "%s", pending_error(s));
    observe("err-soerror-sticky.second", "%s", pending_error(s));

    struct sockaddr_in address = deserted();
    s = open_stream();
    raw_hurry_refusal(s);
    observe_result("err-soerror-sync-connect.connect", connect_to(s, &address));
    observe("err-soerror-sync-connect.after", "%s", pending_error(s));
}

static raw reset_by_peer(void)
{
    struct ends ends = connected();
    reset(ends.server);
    raw_select(ends.client, 50);
    raw_poll(ends.client, WANT_IN, 900);
    return ends.client;
}

static void observe_reset(void)
{
    char byte;
    raw s = reset_by_peer();
    observe("err-soerror-rst.first", "%s", pending_error(s));
    observe("err-soerror-rst.second", "%s", pending_error(s));
    observe_result("err-soerror-rst.recv", raw_recv(s, &byte, 1, 0));

    s = reset_by_peer();
    observe_result("err-soerror-rst.unasked-recv", raw_recv(s, &byte, 1, 0));
    observe_result("err-soerror-rst.unasked-recv-again",
                   raw_recv(s, &byte, 1, 0));
    observe_result("err-epipe.after-told-reset", raw_send(s, &byte, 1, 0));

    s = reset_by_peer();
    observe_result("err-epipe.after-reset", raw_send(s, "x", 1, 0));
    observe_result("err-epipe.after-reset-again", raw_send(s, "x", 1, 0));
}

static void observe_shutdown(void)
{
    char byte;
    struct ends ends = connected();
    shutdown(ends.client, 1);
    observe_result("err-epipe.after-own-shutdown",
                   raw_send(ends.client, "x", 1, 0));
    shutdown(ends.client, 0);
    observe_result("err-eshutdown-recv.recv",
                   raw_recv(ends.client, &byte, 1, 0));
}

/* The peer closes, does not say so by a reset yet, and gets data. */
static void observe_abort(void)
{
    char byte;
    struct ends ends = connected();
    shutdown(ends.server, 1);
    forget(ends.server);
    raw_close(ends.server);
    raw_poll(ends.client, WANT_IN, 900);
    raw_send(ends.client, "x", 1, 0);
    raw_pause(50);
    observe_result("err-econnaborted.recv", raw_recv(ends.client, &byte, 1, 0));
}

static void observe_short_lengths(void)
{
    struct sockaddr_in address = ipv4_address(INADDR_LOOPBACK, 0);
    struct sockaddr *name = (struct sockaddr *)&address;
    raw s = open_stream();
    observe_result("err-efault-for-lengths.bind", bind(s, name, 8));
    bind_to(s, &address);
    socklen_t length = 4;
    int result = getsockname(s, name, &length);
    observe("err-efault-for-lengths.getsockname", "%s length %d",
            result_text(result), (int)length);
    address = own_address(listening(1));
    observe_result("err-efault-for-lengths.connect", connect(s, name, 8));
    observe_result("err-efault-for-lengths.sendto",
                   (long)sendto(open_datagram(), "x", 1, 0, name, 8));
}

static void observe_order(void)
{
    struct ends ends = connected();
    observe_result("err-param-order.no-socket",
                   getpeername(NO_RAW, NULL, NULL));
    observe_result("err-param-order.unconnected",
                   getpeername(open_stream(), NULL, NULL));
    observe_result("err-param-order.connected",
                   getpeername(ends.client, NULL, NULL));
}

static void observe_options(void)
{
    int value = 0;
    int size = sizeof value;
    raw s = open_stream();
    observe_result("err-getsockopt-level.get-level",
                   raw_get(s, 0x1234, 1, &value, &size));
    observe_result("err-getsockopt-level.set-level",
                   raw_set(s, 0x1234, 1, &value, size));
    observe_result("err-getsockopt-level.get-option",
                   raw_get(s, SOL_SOCKET, 0x7777, &value, &size));
    observe_result(
        "err-getsockopt-level.get-tcp-on-datagram",
        raw_get(open_datagram(), IPPROTO_TCP, TCP_NODELAY, &value, &size));
}

void observe_errors(void)
{
    observe_codes();
    observe_clobbering();
    observe_refusal();
    observe_reset();
    observe_shutdown();
    observe_abort();
    observe_short_lengths();
    observe_order();
    observe_options();
}
