/* host.h: what some examples need of the system beside sockets, and ISO C does
 * not have.
 *
 * Answered by the twins posix.c and win32.c, function by function in this order.
 * Its threads are neither C11's nor POSIX's, as a compiler for Windows may have
 * none of these. */
#ifndef PSOCK_EXAMPLES_HOST_H
#define PSOCK_EXAMPLES_HOST_H

#include <stddef.h>
#include <stdio.h>

/* The words of the command line in UTF-8, for main() to begin with; and from then
 * on standard input and output carry bytes, and no lines are translated.  Null
 * when there is no memory. */
char **host_begin(int count, char **words);

/* Whether somebody looks at `stream`, the standard output or that of errors. */
_Bool host_is_terminal(FILE *stream);

/* Opens the file `path`, in UTF-8, for bytes to be written; null when that cannot
 * be. */
FILE *host_create(const char *path);

/* Reads from the standard input what is there, and waits when there is nothing.
 * Returns how many bytes, 0 at the end, or below zero. */
ptrdiff_t host_read_input(void *buffer, size_t size);

struct host_thread;

/* Starts a thread; null when that cannot be. */
struct host_thread *host_thread_start(void (*run)(void *), void *argument);

/* Waits for the end of `thread`. */
void host_thread_join(struct host_thread *thread);

#endif
