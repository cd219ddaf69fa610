/* raw_file.h: a file that goes out over a socket, as the system does it: see
 * raw.h. */
#ifndef BENCH_RAW_FILE_H
#define BENCH_RAW_FILE_H

#include "raw.h"

#define RAW_FILE_SIZE (INT64_C(1) << 30)
#define RAW_FILE_PART (INT64_C(1) << 24)

/* How much longer it may take through psock: of the raw throughput 0.97 are to be
 * left.  There is no goal where psock has reasons not to do as the raw side. */
#ifdef _WIN32
#define RAW_FILE_GOAL 0
#else
#define RAW_FILE_GOAL 1.03
#endif

/* A temporary file of that size that takes no room on the disk. */
intptr_t raw_open_file(void);
void raw_close_file(intptr_t file);

/* A connection of TCP whose end 0 does not block. */
struct raw_pair raw_file_pair(void);

/* Receives and drops `size` bytes that end 0 has sent. */
void raw_drop(const struct raw_pair *pair, int64_t size);

/* Sends `count` parts of the file, which follow each other and begin anew behind
 * its end: as much as goes, which is dropped before the next. */
void raw_send_parts(const struct raw_pair *pair, intptr_t file, uint64_t count);

#endif
