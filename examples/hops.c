/* hops: the way to a host, hop by hop.
 *
 *   hops <address>:<port> [<most hops>]
 *
 * Sends datagrams with hop limits 1, 2, 3, and so on, and prints who reports
 * that a limit was used up there, until the host answers or says that nobody
 * has the port.  A system that does not tell who reports prints "?". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

enum {
    PATIENCE_MS = 1000,
    MOST_HOPS = 30
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "hops: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

static ptrdiff_t probe(psock_t s, const psock_address *host, uint8_t hops)
{
    char text[] = "hops";
    psock_buffer buffer = {text, sizeof text - 1};
    psock_message message;
    memset(&message, 0, sizeof message);
    message.peer = *host;
    message.buffers = &buffer;
    message.buffer_count = 1;
    message.valid = PSOCK_META_HOP_LIMIT;
    message.hop_limit = hops;
    return psock_send_messages(s, &message, 1, 0,
                               psock_deadline_ms(PATIENCE_MS));
}

static void print_hop(int hops, const psock_address *who, const char *what)
{
    char name[PSOCK_ADDRESS_TEXT_SIZE];
    if (psock_address_format(who, 0, name, sizeof name) <= 0)
        strcpy(name, "?");
    printf("%2d  %s%s\n", hops, name, what);
}

/* Returns 1 when the host itself was reached, 0 when not yet, or an error. */
static ptrdiff_t listen_to_answer(psock_t s, int hops)
{
    char room[512];
    psock_buffer buffer = {room, sizeof room};
    psock_message answer;
    memset(&answer, 0, sizeof answer);
    answer.buffers = &buffer;
    answer.buffer_count = 1;
    ptrdiff_t received = psock_recv_messages(
        s, &answer, 1, PSOCK_WITH_UNDELIVERED, psock_deadline_ms(PATIENCE_MS));
    if (received < 0) {
        print_hop(hops, NULL, "");
        return received == PSOCK_ETIMEDOUT ? 0 : received;
    }
    if ((answer.flags & PSOCK_UNDELIVERED) == 0) {
        print_hop(hops, &answer.peer, "  answers");
        return 1;
    }
    _Bool on_the_way = answer.undelivered == PSOCK_UNDELIVERED_HOPS;
    print_hop(hops, &answer.reporter, on_the_way ? "" : "  ends it");
    return !on_the_way;
}

static int trace(psock_t s, const psock_address *host, int most)
{
    ptrdiff_t result = psock_want_undelivered(s, 1);
    for (int hops = 1; hops <= most && result == 0; hops++) {
        result = probe(s, host, (uint8_t)hops);
        if (result > 0)
            result = listen_to_answer(s, hops);
    }
    return result < 0 ? fail("probing", result) : EXIT_SUCCESS;
}

int main(int count, char **words)
{
    psock_address host;
    int most = count > 2 ? atoi(words[2]) : MOST_HOPS;
    if (count < 2 || most < 1 || most > 255 ||
        psock_address_parse(words[1], &host) < 0) {
        fprintf(stderr, "usage: hops <address>:<port> [<most hops>]\n");
        return EXIT_FAILURE;
    }
    psock_t s = psock_open(psock_address_family(&host), PSOCK_DATAGRAM, 0);
    if (s < 0)
        return fail("opening a socket", s);
    int status = trace(s, &host, most);
    psock_close(s);
    return status;
}
