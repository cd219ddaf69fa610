/* poll.c: waiting for a few sockets at once.
 *
 * One of them is readable, and stays it. */
#include <psock/psock.h>

#include <stdlib.h>

#include "harness.h"
#include "raw.h"

#define MOST_ENTRIES 256
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct raw_crowd crowd;
static struct raw_pair readable;
static size_t entry_count;

/* The same sockets, for the two raw variants and for psock. */
static void *raw;
static void *raw_again;
static psock_pollable ours[MOST_ENTRIES];

/* The readable one comes last. */
static void fill(intptr_t *sockets)
{
    for (size_t i = 0; i + 1 < entry_count; i++)
        sockets[i] = crowd.sockets[i];
    sockets[entry_count - 1] = readable.ends[0];
}

static void prepare(size_t count)
{
    intptr_t sockets[MOST_ENTRIES];
    entry_count = count;
    crowd = raw_open_crowd(MOST_ENTRIES);
    readable = raw_stream_pair();
    raw_prod(&readable);
    BENCH_REQUIRE(crowd.count == MOST_ENTRIES);
    fill(sockets);
    raw = raw_poll_entries(sockets, count);
    raw_again = raw_poll_entries(sockets, count);
    for (size_t i = 0; i < count; i++)
        ours[i] = (psock_pollable){.socket = psock_native_adopt(sockets[i]),
                                   .wanted = PSOCK_READABLE};
}

static void dispose(void)
{
    free(raw);
    free(raw_again);
    raw_reset_pair(&readable);
    raw_close_crowd(&crowd);
}

static void prepare_1(void)
{
    prepare(1);
}

static void prepare_16(void)
{
    prepare(16);
}

static void prepare_256(void)
{
    prepare(256);
}

static void poll_raw(const void *entries, uint64_t count)
{
    void *const *seen = entries;
    raw_polls(*seen, entry_count, count);
}

static void poll_ours(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--)
        BENCH_REQUIRE(psock_poll(ours, entry_count, PSOCK_FOREVER) == 1);
}

/* psock asks of each entry whether it is a socket, since poll() takes others. */
#define VARIANTS(more_calls)                                                   \
    {                                                                          \
        {"raw", poll_raw, &raw, 0, 0},                                         \
            {"raw again", poll_raw, &raw_again, 0, 0},                         \
            {"psock_poll", poll_ours, NULL, 0, more_calls},                    \
    }

#define VARIANT_COUNT 3

static const struct bench_variant variants_1[VARIANT_COUNT] = VARIANTS(1);
static const struct bench_variant variants_16[VARIANT_COUNT] = VARIANTS(16);

/* So many take memory. */
static const struct bench_variant variants_256[VARIANT_COUNT] =
    VARIANTS(BENCH_UNCOUNTED);

static const struct bench_group groups[] = {
    {.name = "poll-1",
     .operation = "wait for one socket, which is readable",
     .calls = 1,
     .prepare = prepare_1,
     .dispose = dispose,
     .variants = variants_1,
     .variant_count = VARIANT_COUNT},
    {.name = "poll-16",
     .operation = "wait for 16 sockets, of which one is readable",
     .calls = 1,
     .prepare = prepare_16,
     .dispose = dispose,
     .variants = variants_16,
     .variant_count = VARIANT_COUNT},
    {.name = "poll-256",
     .operation = "wait for 256 sockets, of which one is readable",
     .calls = 1,
     .prepare = prepare_256,
     .dispose = dispose,
     .variants = variants_256,
     .variant_count = VARIANT_COUNT},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, groups, COUNT_OF(groups));
}
