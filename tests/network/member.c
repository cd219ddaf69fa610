/* member.c: one end of multicast between two hosts, for scripts/namespaces.
 *
 *     member send <group:port> <interface> <count> [option=value ...]
 *     member hear <group:port> <interface> <expected> [source ...]
 *     member list
 *     member await|lose <line>
 *
 * The sender sends `count` datagrams, "1" and so on, to the group by the
 * interface.  The other one joins the group there, from any source or from the
 * sources, says "ready" and receives until it has got as many as `expected` and
 * then until a datagram to its own address ends it.  It writes each datagram with
 * the interface, the hop limit and the sender as the system tells them, and
 * succeeds when there were as many as expected.  A status of 3 says that the
 * system cannot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

#include "interfaces.h"

#define PATIENCE_MS 20000

static int fail(const char *what, ptrdiff_t error)
{
    fprintf(stderr, "member: %s: %s\n", what, psock_error_name(error));
    return error == PSOCK_ENOTSUP ? 3 : 1;
}

static uint32_t number_of(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

/* --- Sending --------------------------------------------------------------- */

static const struct {
    const char *name;
    int option;
} options[] = {
    {"hop-limit", PSOCK_OPTION_MULTICAST_HOP_LIMIT},
    {"loop", PSOCK_OPTION_MULTICAST_LOOP},
};

static int set_option(psock_t s, const char *text)
{
    const char *value = strchr(text, '=');
    const size_t length = value == NULL ? 0 : (size_t)(value - text);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (length == strlen(options[i].name) &&
            strncmp(text, options[i].name, length) == 0)
            return psock_set_option(s, options[i].option,
                                    (int64_t)number_of(value + 1));
    return PSOCK_EINVAL;
}

/* The interface exists, so a system that finds it invalid cannot. */
static int set_interface(psock_t s, uint32_t interface_index)
{
    int error =
        psock_set_option(s, PSOCK_OPTION_MULTICAST_INTERFACE, interface_index);
    return error == PSOCK_EINVAL ? PSOCK_ENOTSUP : error;
}

static int set_options(psock_t s, uint32_t interface_index, char **texts)
{
    int error = set_interface(s, interface_index);
    for (; error == 0 && *texts != NULL; texts++)
        error = set_option(s, *texts);
    return error;
}

static int send_numbers(psock_t s, const psock_address *group, uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "%u", (unsigned)i);
        ptrdiff_t sent = psock_send_to(s, text, (size_t)length, 0, group,
                                       psock_deadline_ms(PATIENCE_MS));
        if (sent < 0)
            return (int)sent;
    }
    return 0;
}

static int be_sender(const psock_address *group, char **arguments)
{
    psock_t s = psock_open(psock_address_family(group), PSOCK_DATAGRAM, 0);
    if (s < 0)
        return fail("open", s);
    int error = set_options(s, number_of(arguments[0]), arguments + 2);
    if (error < 0)
        return fail("option", error);
    error = send_numbers(s, group, number_of(arguments[1]));
    return error < 0 ? fail("send", error) : psock_close(s) != 0;
}

/* --- Hearing --------------------------------------------------------------- */

static int join(psock_t s, const psock_address *group, uint32_t interface_index,
                char **sources)
{
    int error = 0;
    if (*sources == NULL)
        return psock_multicast_join(s, group, interface_index);
    for (; error == 0 && *sources != NULL; sources++) {
        psock_address source;
        error = psock_address_parse(*sources, &source);
        if (error == 0)
            error =
                psock_multicast_join_source(s, group, &source, interface_index);
    }
    return error;
}

static int prepare(psock_t s, const psock_address *group, char **arguments)
{
    psock_address any;
    int error = psock_address_any(psock_address_family(group),
                                  psock_address_port(group), &any);
    if (error == 0)
        error = psock_bind(s, &any, PSOCK_BIND_SHARED);
    if (error == 0)
        error = join(s, group, number_of(arguments[0]), arguments + 2);
    (void)!psock_set_option(s, PSOCK_OPTION_MULTICAST_ALL, 0);
    (void)!psock_want_metadata(s, PSOCK_META_INTERFACE | PSOCK_META_HOP_LIMIT |
                                      PSOCK_META_LOCAL);
    return error;
}

static void tell(const psock_message *message, const char *text)
{
    char peer[PSOCK_ADDRESS_TEXT_SIZE];
    psock_address_format(&message->peer, PSOCK_FORMAT_NO_PORT, peer,
                         sizeof peer);
    printf("heard %.*s by interface %u with hop limit %u from %s\n",
           (int)message->size, text, (unsigned)message->interface_index,
           message->hop_limit, peer);
}

static _Bool is_for_the_group(const psock_message *message)
{
    return (psock_address_kind(&message->local) & PSOCK_ADDRESS_MULTICAST) != 0;
}

/* Counts what comes for the group until something comes for this host. */
static ptrdiff_t hear(psock_t s)
{
    char text[64];
    const psock_buffer buffer = {text, sizeof text};
    for (ptrdiff_t heard = 0;; heard++) {
        psock_message message = {.buffers = &buffer, .buffer_count = 1};
        ptrdiff_t received = psock_recv_messages(
            s, &message, 1, 0, psock_deadline_ms(PATIENCE_MS));
        if (received < 0)
            return received;
        if (!is_for_the_group(&message))
            return heard;
        tell(&message, text);
    }
}

static int be_member(const psock_address *group, char **arguments)
{
    psock_t s = psock_open(psock_address_family(group), PSOCK_DATAGRAM, 0);
    if (s < 0)
        return fail("open", s);
    int error = prepare(s, group, arguments);
    if (error < 0)
        return fail("join", error);
    printf("ready\n");
    fflush(stdout);
    ptrdiff_t heard = hear(s);
    if (heard < 0)
        return fail("receive", heard);
    if (heard == (ptrdiff_t)number_of(arguments[1]))
        return psock_close(s) != 0;
    fprintf(stderr, "member: heard %ld, not %s\n", (long)heard, arguments[1]);
    return 1;
}

static _Bool is_command(int count, char **arguments, int expected,
                        const char *command)
{
    return count == expected && strcmp(arguments[1], command) == 0;
}

int main(int count, char **arguments)
{
    psock_address group;
    if (is_command(count, arguments, 2, "list"))
        return list_interfaces();
    if (is_command(count, arguments, 3, "await"))
        return await_line(arguments[2], 1);
    if (is_command(count, arguments, 3, "lose"))
        return await_line(arguments[2], 0);
    if (count < 5 || psock_address_parse(arguments[2], &group) < 0) {
        fprintf(stderr, "usage: member send|hear <group:port> <interface> "
                        "<count> [option=value|source ...]\n"
                        "       member list\n"
                        "       member await|lose <line>\n");
        return 2;
    }
    return strcmp(arguments[1], "send") == 0 ? be_sender(&group, arguments + 3)
                                             : be_member(&group, arguments + 3);
}
