/* <pthread.h>: that of the compiler's, with a pthread_kill() that sends signals. */
#ifndef _PSOCK_BSD_PTHREAD_H
#define _PSOCK_BSD_PTHREAD_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <errno.h>
#include <signal.h>

#pragma push_macro("pthread_kill")
#undef pthread_kill
#define pthread_kill _psock_bsd_hidden_pthread_kill
#include <psock_bsd/begin.h>
#include_next <pthread.h>
#include <psock_bsd/end.h>
#undef pthread_kill
#pragma pop_macro("pthread_kill")
#undef pthread_sigmask

_PSOCK_BSD_BEGIN

/* Returns an error of POSIX.  The thread handles it when it waits or moves data. */
static __inline__ __attribute__((unused)) int pthread_kill(pthread_t __thread_id,
                                                           int __number)
{
    return _psock_bsd_thread_signal(pthread_gethandle(__thread_id), __number);
}

_PSOCK_BSD_END

#endif
