/* datagram_server: sends every datagram back to where it came from.
 *
 *   datagram_server [<address> [<conversations>]]
 *
 * The address is 127.0.0.1:0 unless given, and for port 0 the system chooses
 * one: the first line printed says "listening on <address>".  An empty datagram
 * ends a conversation.  The server ends after that many conversations; without
 * a number it goes on for ever. */
#include <stdio.h>
#include <stdlib.h>

#include <psock/psock.h>

/* For how long a full queue may keep an answer back, which then is dropped:
 * with datagrams, whoever asked must be prepared for that. */
enum {
    PATIENCE_MS = 100
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "datagram_server: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

static void answer(psock_t server, const char *data, size_t size,
                   const psock_address *peer)
{
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    ptrdiff_t sent = psock_send_to(server, data, size, 0, peer, deadline);
    if (sent < 0)
        fail("answering", sent);
}

/* It may be long until the next datagram comes, so that has no deadline.  The
 * buffer has room for the longest there is. */
static int serve(psock_t server, long conversations)
{
    static char buffer[64 * 1024];
    while (conversations != 0) {
        psock_address peer;
        ptrdiff_t size = psock_recv_from(server, buffer, sizeof buffer, 0,
                                         &peer, PSOCK_FOREVER);
        if (size < 0)
            return fail("receiving", size);
        answer(server, buffer, (size_t)size, &peer);
        if (size == 0 && conversations > 0)
            conversations--;
    }
    return EXIT_SUCCESS;
}

/* Who started the server may be waiting for the line it prints, so that must
 * not stay in a buffer. */
static int start(psock_t server, const psock_address *wanted)
{
    psock_address local;
    char name[PSOCK_ADDRESS_TEXT_SIZE] = "";
    int error = psock_bind(server, wanted, PSOCK_BIND_FRESH);
    if (error == 0)
        error = psock_local(server, &local);
    if (error < 0)
        return error;
    psock_address_format(&local, 0, name, sizeof name);
    printf("listening on %s\n", name);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "127.0.0.1:0";
    const char *count = argc > 2 ? argv[2] : "-1";
    char *count_end;
    long conversations = strtol(count, &count_end, 10);
    if (argc > 3 || *count == '\0' || *count_end != '\0') {
        fputs("usage: datagram_server [<address> [<conversations>]]\n", stderr);
        return EXIT_FAILURE;
    }

    psock_address address;
    int error = psock_address_parse(name, &address);
    if (error < 0)
        return fail(name, error);
    int family = psock_address_family(&address);
    psock_t server = psock_open(family, PSOCK_DATAGRAM, 0);
    if (server < 0)
        return fail(name, server);

    error = start(server, &address);
    int status = error < 0 ? fail(name, error) : serve(server, conversations);
    psock_close(server);
    return status;
}
