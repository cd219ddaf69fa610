#include "interfaces.h"

#include <stdio.h>
#include <string.h>

#include <psock/psock.h>

#define PATIENCE_MS 20000
#define LINE_SIZE 400

static int fail(const char *what, int error)
{
    fprintf(stderr, "interfaces: %s: %s\n", what, psock_error_name(error));
    return error == PSOCK_ENOTSUP ? 3 : 1;
}

/* --- Lines ---------------------------------------------------------------- */

static void write_interface(const psock_interface *from, char *line)
{
    snprintf(line, LINE_SIZE, "%u %s%s%s mtu %u", (unsigned)from->index,
             from->alias, (from->flags & PSOCK_INTERFACE_UP) ? " up" : "",
             (from->flags & PSOCK_INTERFACE_RUNNING) ? " running" : "",
             (unsigned)from->mtu);
}

static void write_host(const psock_address *address, char *text)
{
    if (psock_address_format(address, PSOCK_FORMAT_NO_PORT, text,
                             PSOCK_ADDRESS_TEXT_SIZE) < 0)
        strcpy(text, "?");
}

static void write_address(const psock_interface *of,
                          const psock_interface_address *from, char *line)
{
    char host[PSOCK_ADDRESS_TEXT_SIZE];
    char peer[PSOCK_ADDRESS_TEXT_SIZE];
    const _Bool has_peer = psock_address_family(&from->peer) != PSOCK_NONE;
    write_host(&from->address, host);
    if (has_peer)
        write_host(&from->peer, peer);
    snprintf(line, LINE_SIZE, "%u %s has %s/%u%s%s", (unsigned)of->index,
             of->alias, host, from->prefix_length, has_peer ? " peer " : "",
             has_peer ? peer : "");
}

/* Calls `take` for each line until it says that it is enough.  Returns whether it
 * did, or an error. */
static int each_line(_Bool (*take)(const char *line, const void *context),
                     const void *context)
{
    char line[LINE_SIZE];
    psock_interface *interfaces;
    _Bool enough = 0;
    const int count = psock_interfaces(&interfaces);
    if (count < 0)
        return count;
    for (int i = 0; i < count && !enough; i++) {
        write_interface(&interfaces[i], line);
        enough = take(line, context);
        for (size_t j = 0; j < interfaces[i].address_count && !enough; j++) {
            write_address(&interfaces[i], &interfaces[i].addresses[j], line);
            enough = take(line, context);
        }
    }
    psock_interfaces_free(interfaces);
    return enough;
}

static _Bool print(const char *line, const void *context)
{
    (void)context;
    printf("%s\n", line);
    return 0;
}

int list_interfaces(void)
{
    const int result = each_line(print, NULL);
    return result < 0 ? fail("list", result) : 0;
}

/* --- Changes -------------------------------------------------------------- */

/* Lines begin with an index, which nobody knows of an interface that is to
 * come. */
static _Bool ends_with(const char *line, const void *wanted)
{
    const char *text = strchr(line, ' ');
    return text != NULL && strcmp(text + 1, wanted) == 0;
}

static int wait_for_ring(psock_waker *waker)
{
    psock_pollable entry = {.socket = PSOCK_INVALID, .waker = waker};
    const int result = psock_poll(&entry, 1, psock_deadline_ms(PATIENCE_MS));
    if (result < 0)
        return result;
    (void)psock_waker_reset(waker);
    return 0;
}

/* Looks only when it was told. */
static int follow(psock_waker *waker, const char *line, _Bool there)
{
    int error = 0;
    if (each_line(ends_with, line) == there)
        return fail("it is so already", PSOCK_EINVAL);
    printf("ready\n");
    fflush(stdout);
    while (error == 0) {
        error = wait_for_ring(waker);
        const int found = each_line(ends_with, line);
        if (error == 0 && found == there)
            return 0;
        if (found < 0)
            error = found;
    }
    return fail("change", error);
}

int await_line(const char *line, _Bool there)
{
    psock_waker *waker;
    psock_interface_watch *watch;
    int error = psock_waker_open(&waker);
    if (error < 0)
        return fail("waker", error);
    error = psock_interface_watch_open(waker, &watch);
    if (error < 0)
        return fail("watch", error);
    const int status = follow(waker, line, there);
    if (psock_interface_watch_close(watch) < 0 || psock_waker_close(waker) < 0)
        return 1;
    return status;
}
