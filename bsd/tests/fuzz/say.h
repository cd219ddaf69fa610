/* say.h: results as words that are the same wherever a program is built: names of
 * errors and bits, and never their numbers. */
#ifndef SAY_H
#define SAY_H

#include <stddef.h>

/* The result of a call, and errno's name if it is -1. */
void say_result(long long result);

/* The names of those of `events` that poll() tells, with | between. */
void say_events(int events);

/* A number that two rows of bytes have in common only by accident if they differ. */
unsigned hash_of(const void *bytes, size_t size);

#endif
