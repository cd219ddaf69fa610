/* allocations.h: counts what the program and psock allocate.
 *
 * The linker sends their calls of malloc() and its family here (--wrap), and
 * leaves those that the system's libraries make for themselves alone: the raw
 * variants have these too. */
#ifndef BENCH_ALLOCATIONS_H
#define BENCH_ALLOCATIONS_H

#include <stdint.h>

/* How many there were so far. */
uint64_t bench_allocations(void);

#endif
