/* sys_native.c: descriptors of any origin. */
#include "platform.h"

int psock_posix_no_fd(void)
{
    return -1;
}

static int set_close_on_exec(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? psock_posix_error() : 0;
}

#ifdef PSOCK_HAVE_SO_NOSIGPIPE
static int set_no_signal(int fd)
{
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) < 0)
        return psock_posix_error();
    return 0;
}
#else
static int set_no_signal(int fd)
{
    (void)fd; /* MSG_NOSIGNAL goes with every send instead */
    return 0;
}
#endif

#ifdef PSOCK_HAVE_SOCK_CLOEXEC
int psock_posix_equip(int fd)
{
    return set_no_signal(fd);
}
#else
int psock_posix_equip(int fd)
{
    int error = set_close_on_exec(fd);
    return error < 0 ? error : set_no_signal(fd);
}
#endif

int psock_posix_set_nonblocking(int fd, int nonblocking)
{
    return ioctl(fd, FIONBIO, &nonblocking) < 0 ? psock_posix_error() : 0;
}

/* Also tells a socket from any other descriptor. */
static int is_listener(int fd)
{
    int listens = 0;
    socklen_t length = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) < 0)
        return psock_posix_error();
    return listens != 0;
}

/* psock's own mode: listeners do not block, the others do (sys_io.c). */
int psock_sys_adopt(psock_t s)
{
    int fd = psock_posix_fd(s);
    int listens = is_listener(fd);
    if (listens < 0)
        return listens;
    int error = set_close_on_exec(fd);
    if (error == 0)
        error = set_no_signal(fd);
    return error < 0 ? error : psock_posix_set_nonblocking(fd, listens);
}

/* What psock leaves set since it does not count for its own calls: see
 * psock_sys_connect(). */
void psock_posix_lift_send_limit(int fd)
{
    static const struct timeval none;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
}

int psock_sys_release(psock_t s)
{
    int fd = psock_posix_fd(s);
    int listens = is_listener(fd);
    if (listens < 0)
        return listens;
    psock_posix_lift_send_limit(fd);
    return psock_posix_set_nonblocking(fd, 0);
}
