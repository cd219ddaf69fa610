/* threads.h: threads of psock's own. */
#ifndef PSOCK_POSIX_THREADS_H
#define PSOCK_POSIX_THREADS_H

#include "platform.h"

#include <pthread.h>

/* Starts a thread that takes no signals, as these are the program's.
 *
 * Returns 0, or the system's code. */
int psock_posix_start_thread(pthread_t *thread, void *(*body)(void *),
                             void *argument);

#endif
