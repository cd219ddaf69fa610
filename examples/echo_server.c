/* echo_server: sends back what its clients send, one client after the other.
 *
 *   echo_server [<address> [<connections>]]
 *
 * The address is 127.0.0.1:0 unless given, and for port 0 the system chooses
 * one: the first line printed says "listening on <address>".  The server ends
 * after that many connections; without a number it goes on for ever. */
#include <stdio.h>
#include <stdlib.h>

#include <psock/psock.h>

/* For how long a client may keep us waiting. */
enum {
    PATIENCE_MS = 10000
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "echo_server: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

/* One call sends what there is room for; one deadline bounds them all. */
static ptrdiff_t send_all(psock_t client, const char *data, size_t size)
{
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    while (size > 0) {
        ptrdiff_t sent = psock_send(client, data, size, 0, deadline);
        if (sent < 0)
            return sent;
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* Returns 0 once the client has ended its sending and all of it is sent back.
 * Having read to the end, the caller may close: nothing gets lost. */
static ptrdiff_t echo(psock_t client)
{
    static char buffer[64 * 1024];
    for (;;) {
        psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
        ptrdiff_t received =
            psock_recv(client, buffer, sizeof buffer, 0, deadline);
        if (received <= 0)
            return received;
        ptrdiff_t result = send_all(client, buffer, (size_t)received);
        if (result < 0)
            return result;
    }
}

/* It may be long until the next client comes, so that has no deadline.  What
 * goes wrong with one client does not keep the next one waiting. */
static int serve(psock_t listener, long connections)
{
    int status = EXIT_SUCCESS;
    for (; connections != 0; connections -= connections > 0) {
        psock_t client = psock_accept(listener, NULL, PSOCK_FOREVER);
        if (client < 0)
            return fail("accepting", client);
        ptrdiff_t result = echo(client);
        if (result < 0)
            status = fail("serving a client", result);
        psock_close(client);
    }
    return status;
}

/* A server that is started again wants its old port back, hence REBIND.  Who
 * started it may be waiting for the line, so that must not stay in a buffer. */
static int start(psock_t listener, const psock_address *wanted)
{
    psock_address local;
    char name[PSOCK_ADDRESS_TEXT_SIZE] = "";
    int error = psock_bind(listener, wanted, PSOCK_BIND_REBIND);
    if (error == 0)
        error = psock_listen(listener, PSOCK_BACKLOG_DEFAULT);
    if (error == 0)
        error = psock_local(listener, &local);
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
    long connections = strtol(count, &count_end, 10);
    if (argc > 3 || *count == '\0' || *count_end != '\0') {
        fputs("usage: echo_server [<address> [<connections>]]\n", stderr);
        return EXIT_FAILURE;
    }

    psock_address address;
    int error = psock_address_parse(name, &address);
    if (error < 0)
        return fail(name, error);
    int family = psock_address_family(&address);
    psock_t listener = psock_open(family, PSOCK_STREAM, 0);
    if (listener < 0)
        return fail(name, listener);

    error = start(listener, &address);
    int status = error < 0 ? fail(name, error) : serve(listener, connections);
    psock_close(listener);
    return status;
}
