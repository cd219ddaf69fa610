/* threads.c: how threads of psock's own begin. */
#include "threads.h"

/* What is held back where it begins is held back in it from its first moment. */
int psock_posix_start_thread(pthread_t *thread, void *(*body)(void *),
                             void *argument)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const int native = pthread_create(thread, NULL, body, argument);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return native;
}
