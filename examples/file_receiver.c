/* file_receiver: receives a file from file_sender, which see.
 *
 *   file_receiver <address> <file>
 *
 * For port 0 the system chooses one: the first line printed says "listening on
 * <address>".  The second tells how fast it was, and how many datagrams came with
 * each call: where the system joins them, one message has many. */
#include <stdio.h>
#include <stdlib.h>

#include <psock/psock.h>

enum {
    NUMBER_SIZE = 4,
    SEGMENT_SIZE = 1200,
    MESSAGES = 16,
    ROOM = 64 * 1024, /* for the longest that the system may join */
    PATIENCE_MS = 10000
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "file_receiver: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

static uint32_t read_number(const unsigned char *bytes)
{
    uint32_t number = 0;
    for (int i = 0; i < NUMBER_SIZE; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* What has come so far. */
struct receipt {
    FILE *file;
    uint32_t wanted; /* the number of the next datagram */
    int is_whole;
    unsigned long bytes, datagrams, calls;
};

/* Whether it is part of a file, and so is to be answered. */
static int take(struct receipt *receipt, const psock_buffer *datagram)
{
    const unsigned char *bytes = datagram->data;
    receipt->datagrams++;
    if (datagram->size < NUMBER_SIZE)
        return 0;
    if (receipt->is_whole || read_number(bytes) != receipt->wanted)
        return 1; /* something was lost, and will be sent again */
    receipt->bytes += (unsigned long)fwrite(
        bytes + NUMBER_SIZE, 1, datagram->size - NUMBER_SIZE, receipt->file);
    receipt->wanted++;
    receipt->is_whole = datagram->size < SEGMENT_SIZE;
    return 1;
}

static ptrdiff_t answer(psock_t s, const struct receipt *receipt,
                        const psock_address *peer)
{
    unsigned char number[NUMBER_SIZE];
    for (int byte = 0; byte < NUMBER_SIZE; byte++)
        number[byte] = (unsigned char)(receipt->wanted >> (24 - 8 * byte));
    return psock_send_to(s, number, sizeof number, 0, peer,
                         psock_deadline_ms(PATIENCE_MS));
}

/* What comes by one call, and the answer to it. */
static ptrdiff_t receive_some(psock_t s, struct receipt *receipt)
{
    static char room[MESSAGES][ROOM];
    static psock_message messages[MESSAGES];
    psock_buffer buffers[MESSAGES], datagram;
    for (int i = 0; i < MESSAGES; i++) {
        buffers[i] = (psock_buffer){room[i], ROOM};
        messages[i].buffers = &buffers[i];
        messages[i].buffer_count = 1;
    }
    ptrdiff_t count = psock_recv_messages(s, messages, MESSAGES, 0,
                                          psock_deadline_ms(PATIENCE_MS));
    const psock_address *peer = NULL;
    receipt->calls++;
    for (ptrdiff_t i = 0; i < count; i++)
        for (size_t j = 0;
             psock_message_segment(&messages[i], j, &datagram) > 0; j++)
            if (take(receipt, &datagram))
                peer = &messages[i].peer;
    return peer == NULL ? count : answer(s, receipt, peer);
}

static int receive(psock_t s, FILE *file)
{
    struct receipt receipt = {.file = file};
    psock_deadline begin = psock_deadline_ms(0);
    ptrdiff_t result = psock_want_metadata(s, PSOCK_META_SEGMENT_SIZE);
    while (result >= 0 && !receipt.is_whole) {
        result = receive_some(s, &receipt);
        if (receipt.calls == 1)
            begin = psock_deadline_ms(0);
    }
    if (result < 0)
        return fail("receiving", result);
    double seconds = (double)(psock_deadline_ms(0) - begin) / 1e9;
    printf("%lu bytes, %.0f MB/s, %.1f datagrams a call\n", receipt.bytes,
           (double)receipt.bytes / 1e6 / (seconds > 0 ? seconds : 1),
           (double)receipt.datagrams / (double)receipt.calls);
    return EXIT_SUCCESS;
}

/* Who started it may be waiting for the line it prints. */
static int start(psock_t s, const psock_address *wanted)
{
    psock_address address;
    char text[PSOCK_ADDRESS_TEXT_SIZE] = "";
    int error = psock_bind(s, wanted, PSOCK_BIND_FRESH);
    if (error == 0)
        error = psock_local(s, &address);
    if (error < 0)
        return error;
    psock_address_format(&address, 0, text, sizeof text);
    printf("listening on %s\n", text);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    psock_address address;
    FILE *file = argc == 3 ? fopen(argv[2], "wb") : NULL;
    if (file == NULL || psock_address_parse(argv[1], &address) < 0) {
        fputs("usage: file_receiver <address> <file>\n", stderr);
        return EXIT_FAILURE;
    }
    psock_t s = psock_open(psock_address_family(&address), PSOCK_DATAGRAM, 0);
    int error = s < 0 ? (int)s : start(s, &address);
    int status = error < 0 ? fail(argv[1], error) : receive(s, file);
    psock_close(s);
    return fclose(file) == 0 ? status : EXIT_FAILURE;
}
