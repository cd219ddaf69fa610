/* posix_raw_file.c: see raw_file.h. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "raw_file.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

static FILE *files[2];

intptr_t raw_open_file(void)
{
    FILE *file = tmpfile();
    const int slot = files[0] != NULL;
    BENCH_REQUIRE(file != NULL && files[slot] == NULL);
    BENCH_REQUIRE(ftruncate(fileno(file), RAW_FILE_SIZE) == 0);
    files[slot] = file;
    return fileno(file);
}

void raw_close_file(intptr_t file)
{
    const int slot = files[0] == NULL || fileno(files[0]) != file;
    BENCH_REQUIRE(files[slot] != NULL && fclose(files[slot]) == 0);
    files[slot] = NULL;
}

struct raw_pair raw_file_pair(void)
{
    int on = 1;
    struct raw_pair pair = raw_stream_pair();
    BENCH_REQUIRE(ioctl((int)pair.ends[0], FIONBIO, &on) == 0);
    return pair;
}

/* What is dropped need not be copied (tcp(7)). */
void raw_drop(const struct raw_pair *pair, int64_t size)
{
    static char room[1];
    while (size > 0) {
        ssize_t dropped =
            recv((int)pair->ends[1], room, (size_t)size, MSG_TRUNC);
        BENCH_REQUIRE(dropped > 0);
        size -= dropped;
    }
}

void raw_send_parts(const struct raw_pair *pair, intptr_t file, uint64_t count)
{
    for (off_t at = 0; count > 0; count--) {
        const off_t end = at + RAW_FILE_PART;
        while (at < end) {
            ssize_t sent = sendfile((int)pair->ends[0], (int)file, &at,
                                    (size_t)(end - at));
            BENCH_REQUIRE(sent > 0);
            raw_drop(pair, sent);
        }
        at %= RAW_FILE_SIZE;
    }
}
