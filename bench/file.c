/* file.c: a file of a gigabyte that goes out over a socket, in parts. */
#include <psock/psock.h>

#include "harness.h"
#include "raw_file.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static struct raw_pair raw;
static struct raw_pair raw_again;
static struct raw_pair ours;
static intptr_t file;

static void make_all(void)
{
    file = raw_open_file();
    raw = raw_file_pair();
    raw_again = raw_file_pair();
    ours = raw_file_pair();
    BENCH_REQUIRE(psock_native_adopt(ours.ends[0]) == ours.ends[0]);
}

static void close_all(void)
{
    raw_close_pair(&ours);
    raw_close_pair(&raw_again);
    raw_close_pair(&raw);
    raw_close_file(file);
}

static void send_raw(const void *pair, uint64_t count)
{
    raw_send_parts(pair, file, count);
}

/* As much as goes, which is dropped before the next. */
static void send_part(int64_t at)
{
    const int64_t end = at + RAW_FILE_PART;
    while (at < end) {
        int64_t done = 0;
        int result =
            psock_send_file(ours.ends[0], file, at, end - at, PSOCK_NOW, &done);
        BENCH_REQUIRE(result == 0 || result == PSOCK_EAGAIN);
        raw_drop(&ours, done);
        at += done;
    }
}

static void send_now(const void *context, uint64_t count)
{
    (void)context;
    for (int64_t at = 0; count > 0; count--) {
        send_part(at);
        at = (at + RAW_FILE_PART) % RAW_FILE_SIZE;
    }
}

/* How much goes at once is the system's choice, and different each time; so nobody
 * counts the system calls. */
static const struct bench_variant variants[] = {
    {"raw", send_raw, &raw, 0, 0},
    {"raw again", send_raw, &raw_again, 0, 0},
    {"PSOCK_NOW", send_now, NULL, RAW_FILE_GOAL, BENCH_UNCOUNTED},
};

static const struct bench_group groups[] = {
    {.name = "file",
     .operation = "send 16 MiB of a file, and drop them",
     .unit = "ns/part",
     .calls = 1,
     .slack = 0.01,
     .most_pairs = 41,
     .prepare = make_all,
     .dispose = close_all,
     .variants = variants,
     .variant_count = COUNT_OF(variants)},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, groups, COUNT_OF(groups));
}
