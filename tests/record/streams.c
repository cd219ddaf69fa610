/* streams.c: sending and receiving on a connection. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

static void observe_nothing(void)
{
    char byte;
    struct ends ends = connected();
    raw_set_nonblocking(ends.server, 1);
    observe_result("io-zero-recv.nothing-there",
                   raw_recv(ends.server, &byte, 0, 0));
    observe_result("io-zero-send.stream", raw_send(ends.client, "", 0, 0));
    observe_result("io-zero-send.no-buffers", raw_send_vector(ends.client, 0));
    raw_send(ends.client, "abcde", 5, 0);
    raw_select(ends.server, 900);
    observe_result("io-zero-recv.something-there",
                   raw_recv(ends.server, &byte, 0, 0));
    observe_result("io-zero-recv.no-buffers", raw_recv_vector(ends.server, 0));
}

/* A length that is negative where lengths are signed. */
static void observe_lengths(void)
{
    static char buffer[16];
    volatile size_t minus_one = (size_t)-1;
    struct ends ends = connected();
    raw_send(ends.client, "abcde", 5, 0);
    raw_select(ends.server, 900);
    observe_result("io-fionread-type.five", raw_bytes_waiting(ends.server));
    observe_result("io-negative-len.recv",
                   raw_recv(ends.server, buffer, minus_one, 0));
    observe_result("io-fionread-type.unconnected",
                   raw_bytes_waiting(open_stream()));
}

static void observe_flags(void)
{
    char bytes[16];
    struct ends ends = connected();
    observe("io-msg-flags-values.peek-oob-dontroute-waitall", "%d %d %d %d",
            MSG_PEEK, MSG_OOB, MSG_DONTROUTE, MSG_WAITALL);
    observe_result("io-unknown-flags.send-0x4000",
                   raw_send(ends.client, "x", 1, 0x4000));
    observe_result("io-unknown-flags.send-waitall",
                   raw_send(ends.client, "x", 1, MSG_WAITALL));
    raw_select(ends.server, 900);
    raw_set_nonblocking(ends.server, 1);
    while (raw_recv(ends.server, bytes, sizeof bytes, 0) > 0)
        ;
    raw_send(ends.client, "abcde", 5, 0);
    raw_select(ends.server, 900);
    observe_result("io-msg-peek.twice",
                   raw_recv(ends.server, bytes, 3, MSG_PEEK) +
                       raw_recv(ends.server, bytes, 3, MSG_PEEK));
    observe_result("io-msg-waitall.not-blocking",
                   raw_recv(ends.server, bytes, 10, MSG_WAITALL));
}

static void observe_waiting_for_all(void)
{
    char bytes[16];
    struct ends ends = connected();
    raw_set_timeout(ends.server, SO_RCVTIMEO, 200);
    raw_send(ends.client, "abcde", 5, 0);
    raw_select(ends.server, 900);
    observe_result("io-msg-waitall.five-of-ten-in-200-ms",
                   raw_recv(ends.server, bytes, 10, MSG_WAITALL));
}

static void observe_urgent(void)
{
    char byte;
    int on = 1;
    struct ends ends = connected();
    raw_set_nonblocking(ends.server, 1);
    observe_result("io-msg-oob.none", raw_recv(ends.server, &byte, 1, MSG_OOB));
    observe_result("io-siocatmark.fresh", raw_is_at_mark(ends.server));
    raw_set(ends.server, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
    raw_send(ends.client, "x", 1, MSG_OOB);
    raw_poll(ends.server, WANT_IN, 900);
    observe("io-oobinline.select", "%s", raw_select(ends.server, 0));
}

static void observe_names_on_streams(void)
{
    char byte;
    struct ends ends = connected();
    struct sockaddr_in from = ipv4_address(0, 7);
    const struct sockaddr_in before = from;
    struct sockaddr_in other = ipv4_address(INADDR_LOOPBACK, 9);
    socklen_t length = sizeof from;
    observe_result("io-sendto-tcp-addr.sendto",
                   (long)sendto(ends.client, "x", 1, 0,
                                (struct sockaddr *)&other, sizeof other));
    recvfrom(ends.server, &byte, 1, 0, (struct sockaddr *)&from, &length);
    observe("io-recvfrom-tcp-addr.length-and-address", "%d %s", (int)length,
            memcmp(&from, &before, sizeof from) == 0 ? "untouched" : "changed");
}

static void observe_unconnected(void)
{
    char byte;
    observe_result("io-unconnected-send.send",
                   raw_send(open_stream(), "x", 1, 0));
    observe_result("io-unconnected-send.recv",
                   raw_recv(open_stream(), &byte, 1, 0));
}

static void observe_vectors(void)
{
    struct ends ends = connected();
    observe_result("io-iovec.send-1024", raw_send_vector(ends.client, 1024));
    observe_result("io-iovec.send-1025", raw_send_vector(ends.client, 1025));
}

#define MORE_THAN_FITS ((size_t)32 << 20)

static void observe_timeouts(void)
{
    char byte;
    struct ends ends = connected();
    char *data = calloc(1, MORE_THAN_FITS);
    raw_set_timeout(ends.server, SO_RCVTIMEO, 50);
    observe_result("io-rcvtimeo-error.recv",
                   raw_recv(ends.server, &byte, 1, 0));
    raw_set_timeout(ends.client, SO_SNDTIMEO, 50);
    long sent = raw_send(ends.client, data, MORE_THAN_FITS, 0);
    observe("io-sndtimeo-partial.send-32-mib", "%s",
            sent < 0                      ? result_text(sent)
            : sent < (long)MORE_THAN_FITS ? "a part"
                                          : "all");
    free(data);
    reset(ends.client);
}

void observe_streams(void)
{
    observe_nothing();
    observe_lengths();
    observe_flags();
    observe_waiting_for_all();
    observe_urgent();
    observe_names_on_streams();
    observe_unconnected();
    observe_vectors();
    observe_timeouts();
}
