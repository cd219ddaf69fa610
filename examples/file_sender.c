/* file_sender: sends a file to file_receiver, as datagrams of 1200 bytes.
 *
 *   file_sender <address> <file>
 *
 * A datagram has its number, in four bytes, and what stands in the file there;
 * one that is not full is the last.  They go in trains, each one message of one
 * call; the answer is the number that is wanted next, and what was lost is sent
 * again from there.  Nobody answers to the last answer: if it is lost, this
 * fails, though all has come. */
#include <stdio.h>
#include <stdlib.h>

#include <psock/psock.h>

enum {
    NUMBER_SIZE = 4,
    SEGMENT_SIZE = 1200,
    PIECE_SIZE = SEGMENT_SIZE - NUMBER_SIZE,
    TRAIN_LENGTH = 40,
    PATIENCE_MS = 100,
    MOST_TRIES = 20
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "file_sender: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

static uint32_t read_number(const unsigned char *bytes)
{
    uint32_t number = 0;
    for (int i = 0; i < NUMBER_SIZE; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* Fills `train` from datagram `number` on, and tells its size. */
static size_t load(FILE *file, uint32_t number, unsigned char *train)
{
    size_t size = 0, read = PIECE_SIZE;
    fseek(file, (long)number * PIECE_SIZE, SEEK_SET);
    for (int i = 0; i < TRAIN_LENGTH && read == PIECE_SIZE; i++, number++) {
        for (int byte = 0; byte < NUMBER_SIZE; byte++)
            train[size++] = (unsigned char)(number >> (24 - 8 * byte));
        read = fread(train + size, 1, PIECE_SIZE, file);
        size += read;
    }
    return size;
}

/* Waits until datagram `end` is wanted next, or for as long as an answer may take,
 * and tells which is; or an error. */
static int64_t hear(psock_t s, uint32_t wanted, uint32_t end)
{
    unsigned char answer[NUMBER_SIZE];
    while (wanted < end) {
        ptrdiff_t size = psock_recv(s, answer, sizeof answer, 0,
                                    psock_deadline_ms(PATIENCE_MS));
        if (size < 0 && size != PSOCK_ETIMEDOUT)
            return size;
        if (size != NUMBER_SIZE)
            break;
        uint32_t number = read_number(answer);
        if (number > wanted && number <= end)
            wanted = number;
    }
    return wanted;
}

static int send_file(psock_t s, FILE *file)
{
    static unsigned char train[TRAIN_LENGTH * SEGMENT_SIZE];
    uint32_t wanted = 0;
    size_t last = 0; /* how much of the last datagram is there */
    for (int tries = 0; last == 0 && tries < MOST_TRIES; tries++) {
        psock_buffer buffer = {train, load(file, wanted, train)};
        psock_message message = {.buffers = &buffer,
                                 .buffer_count = 1,
                                 .valid = PSOCK_META_SEGMENT_SIZE,
                                 .segment_size = SEGMENT_SIZE};
        uint32_t count = (uint32_t)((buffer.size - 1) / SEGMENT_SIZE + 1);
        int64_t heard = psock_send_messages(s, &message, 1, 0,
                                            psock_deadline_ms(PATIENCE_MS));
        if (heard >= 0 || heard == PSOCK_ETIMEDOUT)
            heard = hear(s, wanted, wanted + count);
        if (heard < 0)
            return fail("sending", (ptrdiff_t)heard);
        if (heard == (int64_t)wanted + count)
            last = buffer.size % SEGMENT_SIZE;
        if (heard > wanted)
            tries = -1;
        wanted = (uint32_t)heard;
    }
    if (last == 0)
        return fail("sending", PSOCK_ETIMEDOUT);
    printf("%u datagrams, cut by %s\n", (unsigned)wanted,
           psock_capability(PSOCK_CAP_SEND_SEGMENTS) == 0 ? "the system"
                                                          : "psock");
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    psock_address address;
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (file == NULL || psock_address_parse(argv[1], &address) < 0) {
        fputs("usage: file_sender <address> <file>\n", stderr);
        return EXIT_FAILURE;
    }
    psock_t s = psock_open(psock_address_family(&address), PSOCK_DATAGRAM, 0);
    int error = s < 0 ? (int)s : psock_connect(s, &address, PSOCK_NOW);
    int status = error < 0 ? fail(argv[1], error) : send_file(s, file);
    psock_close(s);
    fclose(file);
    return status;
}
