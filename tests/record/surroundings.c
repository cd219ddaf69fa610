/* surroundings.c: threads, headers and limits, as far as all systems can be
 * asked alike. */
#include "record.h"

#include <stdlib.h>

#include "host.h"

/* What a thread finds as its last error before anything has failed in it. */
static void look(void *argument)
{
    *(int *)argument = raw_error();
}

static void observe_threads(void)
{
    int found = RAW_EINVAL;
    raw_set_error(RAW_EINVAL);
    host_thread_join(host_thread_start(look, &found), 900);
    observe_yes_or_no("thr-last-error.each-thread-has-its-own",
                      found != RAW_EINVAL);
}

static void observe_types(void)
{
    observe("hdr-types.socklen-and-htonl", "%d %d", (int)sizeof(socklen_t),
            (int)sizeof htonl(0));
    observe("hdr-timeval.size", "%d", (int)sizeof(struct timeval));
    observe("hdr-fd_set.count-and-size", "%d %d", FD_SETSIZE,
            (int)sizeof(fd_set));
    observe("lim-somaxconn.value", "%#x", (unsigned)SOMAXCONN);
    observe("lim-hostname.ni-maxhost", "%d", NI_MAXHOST);
}

static void observe_longest_datagram(void)
{
    char *data = calloc(1, 65508);
    raw s = open_datagram();
    raw to = open_datagram();
    bind_loopback(to);
    struct sockaddr_in address = own_address(to);
    connect_to(s, &address);
    observe_result("lim-udp.65507", raw_send(s, data, 65507, 0));
    observe_result("lim-udp.65508", raw_send(s, data, 65508, 0));
    free(data);
}

static void observe_loopback(void)
{
    int late = 0;
    char byte;
    struct ends ends = connected();
    raw_set_nonblocking(ends.server, 1);
    for (int i = 0; i < 200; i++) {
        raw_send(ends.client, "x", 1, 0);
        if (raw_recv(ends.server, &byte, 1, 0) == 1)
            continue;
        late = 1;
        raw_select(ends.server, 900);
        raw_recv(ends.server, &byte, 1, 0);
    }
    observe("time-loopback-async.data-after-send", "%s",
            late ? "sometimes late" : "always there");
}

void observe_surroundings(void)
{
    observe_threads();
    observe_types();
    observe_longest_datagram();
    observe_loopback();
}
