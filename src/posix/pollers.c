/* pollers.c: all pollers of the process, which have to be told when a descriptor
 * is closed. */
#include "platform.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct psock_posix_poller_link *first;
static atomic_bool any; /* so that closing costs one load without pollers */

/* A process forked off has none: it must not use those of its parent, and what
 * other threads of its parent were at here it cannot know. */
static void start_anew(void)
{
    static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;
    lock = unlocked;
    first = NULL;
    atomic_store(&any, 0);
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, start_anew);
}

void psock_posix_poller_begin(struct psock_posix_poller_link *link)
{
    (void)pthread_once(&once, watch_forks);
    pthread_mutex_lock(&lock);
    link->before = NULL;
    link->next = first;
    if (first != NULL)
        first->before = link;
    first = link;
    atomic_store(&any, 1);
    pthread_mutex_unlock(&lock);
}

void psock_posix_poller_end(struct psock_posix_poller_link *link)
{
    pthread_mutex_lock(&lock);
    if (link->before != NULL)
        link->before->next = link->next;
    else
        first = link->next;
    if (link->next != NULL)
        link->next->before = link->before;
    atomic_store(&any, first != NULL);
    pthread_mutex_unlock(&lock);
}

static PSOCK_APART void forget(int fd)
{
    int native = errno;
    pthread_mutex_lock(&lock);
    for (struct psock_posix_poller_link *link = first; link != NULL;
         link = link->next)
        psock_posix_poller_drop(link, fd);
    pthread_mutex_unlock(&lock);
    errno = native;
}

void psock_posix_poller_forget(int fd)
{
    if (!PSOCK_LIKELY(!atomic_load_explicit(&any, memory_order_acquire)))
        forget(fd);
}
