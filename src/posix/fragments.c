/* fragments.c: IP_MTU_DISCOVER, set for the moment of one message. */
#include "fragments.h"

#ifdef IP_MTU_DISCOVER
#include <pthread.h>

/* Between setting the option and putting it back, another thread with a message
 * of its own for the same socket would take what is set for what was before. */
#define MOMENTS 64
static atomic_bool moments[MOMENTS];
static pthread_once_t moments_once = PTHREAD_ONCE_INIT;

/* In a process forked off nobody is left to end the moments of other threads. */
static void end_all_moments(void)
{
    for (size_t i = 0; i < MOMENTS; i++)
        atomic_store(&moments[i], 0);
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, end_all_moments);
}

static atomic_bool *moment_of(int fd)
{
    return &moments[(unsigned)fd % MOMENTS];
}

static void await_moment(int fd)
{
    (void)pthread_once(&moments_once, watch_forks);
    while (atomic_exchange(moment_of(fd), 1))
        psock_sys_yield();
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
    await_moment(fd);
    int error = change_discovery(fd, wanted, before);
    if (error < 0)
        atomic_store(moment_of(fd), 0);
    else if (*before == wanted)
        *before = PSOCK_POSIX_UNCHANGED;
    return error;
}

void psock_posix_end_fragments(int fd, int before)
{
    const int native = errno;
    if (before != PSOCK_POSIX_UNCHANGED)
        (void)set_discovery(fd, before);
    atomic_store(moment_of(fd), 0);
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
