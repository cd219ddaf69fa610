/* fragments.c: IP_MTU_DISCOVER, set for the moment of one message. */
#include "fragments.h"

#ifdef IP_MTU_DISCOVER
#include <pthread.h>

/* Between setting the option and putting it back, another thread with a message
 * of its own for the same socket would take what is set for what was before. */
#define MOMENTS 64
static pthread_mutex_t moments[MOMENTS];
static pthread_once_t moments_once = PTHREAD_ONCE_INIT;

/* In a process forked off, nobody is left to end the moments of other threads. */
static void make_moments(void)
{
    for (size_t i = 0; i < MOMENTS; i++)
        (void)pthread_mutex_init(&moments[i], NULL);
}

static void begin_moments(void)
{
    make_moments();
    (void)pthread_atfork(NULL, NULL, make_moments);
}

static pthread_mutex_t *moment_of(int fd)
{
    return &moments[(unsigned)fd % MOMENTS];
}

static int set_discovery(int fd, int value)
{
    return setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &value, sizeof value);
}

static int change_discovery(int fd, int wanted, int *before)
{
    socklen_t length = sizeof *before;
    if (getsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, before, &length) < 0)
        return psock_posix_error();
    if (*before != wanted && set_discovery(fd, wanted) < 0)
        return psock_posix_error();
    return 0;
}

int psock_posix_begin_fragments(int fd, _Bool forbidden, int *before)
{
    const int wanted = forbidden ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
    (void)pthread_once(&moments_once, begin_moments);
    (void)pthread_mutex_lock(moment_of(fd));
    int error = change_discovery(fd, wanted, before);
    if (error < 0)
        (void)pthread_mutex_unlock(moment_of(fd));
    else if (*before == wanted)
        *before = PSOCK_POSIX_UNCHANGED;
    return error;
}

void psock_posix_end_fragments(int fd, int before)
{
    const int native = errno;
    if (before != PSOCK_POSIX_UNCHANGED)
        (void)set_discovery(fd, before);
    (void)pthread_mutex_unlock(moment_of(fd));
    errno = native;
}
#else
int psock_posix_begin_fragments(int fd, _Bool forbidden, int *before)
{
    (void)fd;
    (void)forbidden;
    (void)before;
    errno = ENOPROTOOPT;
    return PSOCK_ENOTSUP;
}

void psock_posix_end_fragments(int fd, int before)
{
    (void)fd;
    (void)before;
}
#endif
