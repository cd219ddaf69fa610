/* modes.c: blocking and not. */
#include "record.h"

#include <stdlib.h>

static void observe_setting(void)
{
    raw s = open_stream();
    observe_result("nb-set.on", raw_set_nonblocking(s, 1));
    observe_result("nb-set.off", raw_set_nonblocking(s, 0));
    observe_result("nb-set.no-pointer", raw_set_mode_by_null(s));
}

/* A blocking socket would wait for its timeout here. */
static void observe_inheriting(void)
{
    char byte;
    raw listener = listening(5);
    raw_set_nonblocking(listener, 1);
    struct ends ends = connected_to(listener);
    raw_set_timeout(ends.server, SO_RCVTIMEO, 200);
    int64_t start_ms = raw_clock_ms();
    raw_recv(ends.server, &byte, 1, 0);
    observe_yes_or_no("nb-inherit-accept.inherits",
                      raw_clock_ms() - start_ms < 100);
}

/* 0x40 is MSG_DONTWAIT to Linux. */
static void observe_flag(void)
{
    char byte;
    struct ends ends = connected();
    raw_set_nonblocking(ends.client, 1);
    observe_result("nb-msg-dontwait.recv-0x40",
                   raw_recv(ends.client, &byte, 1, 0x40));
}

#define MORE_THAN_FITS ((size_t)32 << 20)

static void observe_big_send(void)
{
    struct ends ends = connected();
    char *data = calloc(1, MORE_THAN_FITS);
    raw_set_nonblocking(ends.client, 1);
    long sent = raw_send(ends.client, data, MORE_THAN_FITS, 0);
    observe("nb-send-whole-buffer.32-mib", "%s",
            sent < 0                      ? result_text(sent)
            : sent < (long)MORE_THAN_FITS ? "a part"
                                          : "all");
    observe_result("nb-send-whole-buffer.next",
                   raw_send(ends.client, data, 1, 0));
    free(data);
    reset(ends.client);
}

void observe_modes(void)
{
    observe_setting();
    observe_inheriting();
    observe_flag();
    observe_big_send();
}
