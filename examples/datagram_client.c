/* datagram_client: asks a datagram server until it has all its answers.
 *
 *   datagram_client <address> [<bytes>]
 *
 * Sends that many bytes (100000 unless given), a datagram at a time, each again
 * and again until it has come back as it was sent, and an empty one to end the
 * conversation.  Prints "echoed <bytes> bytes in <time> ms". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

/* 1200 bytes go through any network in one piece. */
enum {
    DATAGRAM_SIZE = 1200,
    RESEND_MS = 500,
    ATTEMPTS = 10
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "datagram_client: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

/* The byte to send at `position`; no two datagrams are the same. */
static unsigned char byte_at(uint64_t position)
{
    return (unsigned char)(position * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

/* Waits for the answer.  What is not it was late, and is passed over.  The room
 * for one byte more tells a longer datagram from one that fits. */
static ptrdiff_t await_answer(psock_t server, const unsigned char *question,
                              size_t size)
{
    unsigned char answer[DATAGRAM_SIZE + 1];
    psock_deadline deadline = psock_deadline_ms(RESEND_MS);
    ptrdiff_t received;
    do {
        received = psock_recv(server, answer, sizeof answer, 0, deadline);
    } while (received >= 0 &&
             ((size_t)received != size || memcmp(answer, question, size) != 0));
    return received;
}

/* Datagrams get lost, questions and answers: so it asks again. */
static ptrdiff_t ask(psock_t server, const unsigned char *question, size_t size)
{
    ptrdiff_t result = PSOCK_ETIMEDOUT;
    for (int i = 0; i < ATTEMPTS && result == PSOCK_ETIMEDOUT; i++) {
        psock_deadline deadline = psock_deadline_ms(RESEND_MS);
        result = psock_send(server, question, size, 0, deadline);
        if (result >= 0)
            result = await_answer(server, question, size);
    }
    return result;
}

static ptrdiff_t ask_all(psock_t server, uint64_t total)
{
    unsigned char question[DATAGRAM_SIZE];
    uint64_t done = 0;
    while (done < total) {
        size_t size = 0;
        for (; size < sizeof question && done + size < total; size++)
            question[size] = byte_at(done + size);
        ptrdiff_t result = ask(server, question, size);
        if (result < 0)
            return result;
        done += size;
    }
    return ask(server, question, 0);
}

/* A deadline after no time at all is now. */
static int run(psock_t server, uint64_t total)
{
    psock_deadline start = psock_deadline_ns(0);
    ptrdiff_t result = ask_all(server, total);
    double time_ms = (double)(psock_deadline_ns(0) - start) / 1e6;
    if (result < 0)
        return fail("asking", result);
    printf("echoed %" PRIu64 " bytes in %.3f ms\n", total, time_ms);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const char *count = argc > 2 ? argv[2] : "100000";
    char *count_end;
    uint64_t total = strtoull(count, &count_end, 10);
    if (argc < 2 || argc > 3 || *count == '-' || *count == '\0' ||
        *count_end != '\0') {
        fputs("usage: datagram_client <address> [<bytes>]\n", stderr);
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

    /* Connected, the socket takes answers from nobody else. */
    error = psock_connect(server, &address, PSOCK_FOREVER);
    int status = error < 0 ? fail(name, error) : run(server, total);
    psock_close(server);
    return status;
}
