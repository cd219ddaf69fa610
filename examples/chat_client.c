/* chat_client: talks to a chat server.
 *
 *   chat_client <address>
 *
 * Sends the lines of its standard input, except that
 *
 *   an empty line  prints what the others have said meanwhile
 *   ?text          prints until somebody has said a thing with this text in it
 *
 * and at the end of input takes its leave and prints what still comes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

/* For how long somebody else may keep us waiting. */
enum {
    PATIENCE_MS = 30000,
    LINE_SIZE = 1024
};

/* What has come: lines, the last of them perhaps not whole yet. */
struct talk {
    psock_t server;
    size_t filled;
    char input[LINE_SIZE];
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "chat_client: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

static ptrdiff_t send_all(psock_t server, const char *data, size_t size)
{
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    while (size > 0) {
        ptrdiff_t sent = psock_send(server, data, size, 0, deadline);
        if (sent < 0)
            return sent;
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* Takes the first line out of what has come.  Returns its length, 0 if there is
 * none. */
static size_t take_line(struct talk *talk, char line[LINE_SIZE + 1])
{
    const char *end = memchr(talk->input, '\n', talk->filled);
    if (end == NULL && talk->filled < LINE_SIZE)
        return 0;
    size_t size = end != NULL ? (size_t)(end - talk->input) + 1 : LINE_SIZE;
    memcpy(line, talk->input, size);
    line[size] = '\0';
    talk->filled -= size;
    memmove(talk->input, talk->input + size, talk->filled);
    return size;
}

/* Who reads along may be waiting for the line, so that must not stay in a
 * buffer.  Returns 0 when the server has ended the talk. */
static ptrdiff_t print_line(struct talk *talk, char line[LINE_SIZE + 1],
                            psock_deadline deadline)
{
    size_t size;
    while ((size = take_line(talk, line)) == 0) {
        ptrdiff_t received =
            psock_recv(talk->server, talk->input + talk->filled,
                       LINE_SIZE - talk->filled, 0, deadline);
        if (received <= 0)
            return received;
        talk->filled += (size_t)received;
    }
    fputs(line, stdout);
    fflush(stdout);
    return (ptrdiff_t)size;
}

static ptrdiff_t print_what_is_there(struct talk *talk)
{
    char line[LINE_SIZE + 1];
    ptrdiff_t result;
    do {
        result = print_line(talk, line, PSOCK_NOW);
    } while (result > 0);
    return result == PSOCK_EAGAIN ? 0 : result;
}

static ptrdiff_t print_until(struct talk *talk, const char *text)
{
    char line[LINE_SIZE + 1] = "";
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    ptrdiff_t result;
    do {
        result = print_line(talk, line, deadline);
    } while (result > 0 && strstr(line, text) == NULL);
    return result == 0 ? PSOCK_EPIPE : result;
}

static ptrdiff_t take_leave(struct talk *talk)
{
    char line[LINE_SIZE + 1];
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    ptrdiff_t result = psock_shutdown(talk->server, PSOCK_SHUT_WRITE);
    if (result < 0)
        return result;
    do {
        result = print_line(talk, line, deadline);
    } while (result > 0);
    return result;
}

static ptrdiff_t obey(struct talk *talk, char *order)
{
    if (order[0] == '\n')
        return print_what_is_there(talk);
    if (order[0] != '?')
        return send_all(talk->server, order, strlen(order));
    order[strcspn(order, "\n")] = '\0';
    return print_until(talk, order + 1);
}

static int run(struct talk *talk)
{
    char order[LINE_SIZE];
    ptrdiff_t result = 0;
    while (result >= 0 && fgets(order, sizeof order, stdin) != NULL)
        result = obey(talk, order);
    if (result >= 0)
        result = take_leave(talk);
    return result < 0 ? fail("talking", result) : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    psock_address address;
    struct talk talk = {.filled = 0};
    if (argc != 2) {
        fputs("usage: chat_client <address>\n", stderr);
        return EXIT_FAILURE;
    }
    int error = psock_address_parse(argv[1], &address);
    if (error < 0)
        return fail(argv[1], error);
    talk.server = psock_open(psock_address_family(&address), PSOCK_STREAM, 0);
    if (talk.server < 0)
        return fail(argv[1], talk.server);

    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    error = psock_connect(talk.server, &address, deadline);
    int status = error < 0 ? fail(argv[1], error) : run(&talk);
    psock_close(talk.server);
    return status;
}
