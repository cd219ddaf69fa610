/* echo_client: sends bytes to an echo server and checks that they come back.
 *
 *   echo_client <address> [<bytes>]
 *
 * Prints "echoed <bytes> bytes in <time> ms" and succeeds when every byte came
 * back as it was sent.  Without a number it sends a million. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <psock/psock.h>

/* For how long the server may keep us waiting, and how much goes at once. */
enum {
    PATIENCE_MS = 10000,
    PIECE_SIZE = 16 * 1024
};

/* A connection: how many bytes it is to carry, and how far they have got. */
struct echo {
    psock_t server;
    uint64_t total, sent, received;
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "echo_client: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

/* The byte to send at `position`, such that one lost, doubled or out of place
 * is noticed. */
static unsigned char byte_at(uint64_t position)
{
    return (unsigned char)(position * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

/* Sends what there is room for, without waiting for more room. */
static ptrdiff_t send_some(struct echo *echo)
{
    unsigned char bytes[PIECE_SIZE];
    size_t size = 0;
    for (; size < sizeof bytes && echo->sent + size < echo->total; size++)
        bytes[size] = byte_at(echo->sent + size);
    ptrdiff_t sent = psock_send(echo->server, bytes, size, 0, PSOCK_NOW);
    if (sent > 0)
        echo->sent += (uint64_t)sent;
    return sent;
}

/* Takes what came back and checks it.  Returns 0 when that was the last. */
static ptrdiff_t receive_some(struct echo *echo)
{
    unsigned char bytes[PIECE_SIZE];
    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    ptrdiff_t size = psock_recv(echo->server, bytes, sizeof bytes, 0, deadline);
    if (size == 0 && echo->received < echo->total)
        return PSOCK_EPROTO;
    for (ptrdiff_t i = 0; i < size; i++, echo->received++)
        if (echo->received == echo->sent || bytes[i] != byte_at(echo->received))
            return PSOCK_EPROTO;
    return size;
}

/* Where there is no room to send it receives: a client that waited for room
 * while its server waits to answer would wait for ever.  Having sent all, it
 * says so and reads to the end. */
static ptrdiff_t exchange(struct echo *echo)
{
    ptrdiff_t result = 0;
    while (echo->sent < echo->total && result >= 0) {
        result = send_some(echo);
        if (result == PSOCK_EAGAIN)
            result = receive_some(echo);
    }
    if (result >= 0)
        result = psock_shutdown(echo->server, PSOCK_SHUT_WRITE);
    if (result < 0)
        return result;
    do {
        result = receive_some(echo);
    } while (result > 0);
    return result;
}

/* The time is that of the exchange.  A deadline after no time at all is now. */
static int run(struct echo *echo)
{
    psock_deadline start = psock_deadline_ns(0);
    ptrdiff_t result = exchange(echo);
    double time_ms = (double)(psock_deadline_ns(0) - start) / 1e6;
    if (result < 0) {
        char where[64];
        snprintf(where, sizeof where, "after %" PRIu64 " bytes",
                 echo->received);
        return fail(where, result);
    }
    printf("echoed %" PRIu64 " bytes in %.3f ms\n", echo->total, time_ms);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const char *count = argc > 2 ? argv[2] : "1000000";
    char *count_end;
    struct echo echo = {.total = strtoull(count, &count_end, 10)};
    if (argc < 2 || argc > 3 || *count == '-' || *count == '\0' ||
        *count_end != '\0') {
        fputs("usage: echo_client <address> [<bytes>]\n", stderr);
        return EXIT_FAILURE;
    }

    psock_address address;
    int error = psock_address_parse(name, &address);
    if (error < 0)
        return fail(name, error);
    echo.server = psock_open(psock_address_family(&address), PSOCK_STREAM, 0);
    if (echo.server < 0)
        return fail(name, echo.server);

    psock_deadline deadline = psock_deadline_ms(PATIENCE_MS);
    error = psock_connect(echo.server, &address, deadline);
    int status = error < 0 ? fail(name, error) : run(&echo);
    psock_close(echo.server);
    return status;
}
