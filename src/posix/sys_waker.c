/* sys_waker.c: a counter or a pipe that holds one unit while the waker is rung.
 *
 * Each change from not rung to rung is followed by one write, each change back
 * by one read that waits for its write, if need be.  So the descriptor always
 * comes to agree with the flag, in whatever order threads do this: a read that
 * took all there is, or did not wait, could take a later ring with it. */
#include "platform.h"

#include <stdlib.h>

#ifdef PSOCK_HAVE_EVENTFD
#include <sys/eventfd.h>

static int open_descriptors(psock_waker *waker)
{
    waker->read_fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
    waker->write_fd = waker->read_fd;
    return waker->read_fd < 0 ? psock_posix_error() : 0;
}

static void close_descriptors(psock_waker *waker)
{
    close(waker->read_fd);
}

static void put_one(int fd)
{
    const uint64_t one = 1;
    while (write(fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void take_one(int fd)
{
    uint64_t one;
    while (read(fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}
#else
static int open_descriptors(psock_waker *waker)
{
    int fds[2];
    if (pipe(fds) < 0)
        return psock_posix_error();
    (void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    waker->read_fd = fds[0];
    waker->write_fd = fds[1];
    return 0;
}

static void close_descriptors(psock_waker *waker)
{
    close(waker->read_fd);
    close(waker->write_fd);
}

static void put_one(int fd)
{
    while (write(fd, "", 1) < 0 && errno == EINTR)
        continue;
}

static void take_one(int fd)
{
    char one;
    while (read(fd, &one, 1) < 0 && errno == EINTR)
        continue;
}
#endif

int psock_sys_waker_open(psock_waker **waker)
{
    psock_waker *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    int error = open_descriptors(made);
    if (error < 0) {
        free(made);
        return error;
    }
    *waker = made;
    return 0;
}

void psock_sys_waker_close(psock_waker *waker)
{
    psock_posix_poller_forget(waker->read_fd);
    close_descriptors(waker);
    free(waker);
}

void psock_sys_waker_ring(psock_waker *waker)
{
    if (atomic_exchange(&waker->rung, 1))
        return;
    int native = errno;
    put_one(waker->write_fd);
    errno = native;
}

_Bool psock_sys_waker_reset(psock_waker *waker)
{
    if (!atomic_exchange(&waker->rung, 0))
        return 0;
    take_one(waker->read_fd);
    return 1;
}

psock_t psock_sys_waker_descriptor(const psock_waker *waker)
{
    return waker->read_fd;
}
