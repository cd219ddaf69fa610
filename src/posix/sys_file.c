/* sys_file.c: regular files, and sendfile(). */
#include "platform.h"

#include <sys/stat.h>

static inline int file_fd(psock_file file)
{
    return psock_posix_fd(file);
}

static int fail(int native, int error)
{
    errno = native;
    return error;
}

/* --- Files ----------------------------------------------------------------- */

/* What is no regular file has no offsets, and may have no end. */
static int kind_error(const struct stat *status)
{
    if (S_ISREG(status->st_mode))
        return 0;
    return S_ISDIR(status->st_mode) ? fail(EISDIR, PSOCK_EISDIR)
                                    : fail(EINVAL, PSOCK_EINVAL);
}

static int look_at(int fd, struct stat *status)
{
    return fstat(fd, status) < 0 ? psock_posix_error() : kind_error(status);
}

/* A file that somebody holds a lease on (fcntl(2)) could be had later; and what
 * there is and cannot be opened, as a socket, is no regular file. */
static int opening_error(void)
{
    if (errno == EAGAIN)
        return PSOCK_EBUSY;
    return errno == ENXIO || errno == ENODEV ? PSOCK_EINVAL
                                             : psock_posix_error();
}

/* Not waiting for somebody to write to a pipe, and not made the terminal of this
 * process by one. */
psock_file psock_sys_file_open(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return opening_error();
    int error = look_at(fd, &status);
    if (error == 0)
        return fd;
    int native = errno;
    close(fd);
    return fail(native, error);
}

/* An interrupted close has closed it all the same. */
int psock_sys_file_close(psock_file file)
{
    if (close(file_fd(file)) < 0 && errno == EBADF)
        return PSOCK_EBADF;
    return 0;
}

int64_t psock_sys_file_size(psock_file file)
{
    struct stat status;
    int error = look_at(file_fd(file), &status);
    return error < 0 ? error : status.st_size;
}

/* A pipe or a terminal has no offsets, so it is no regular file. */
static int reading_error(void)
{
    return errno == ESPIPE ? PSOCK_EINVAL : psock_posix_error();
}

ptrdiff_t psock_sys_file_read(psock_file file, int64_t offset, void *buffer,
                              size_t size)
{
    ssize_t count = pread(file_fd(file), buffer, size, offset);
    return count >= 0 ? count : reading_error();
}

/* --- Sending them ---------------------------------------------------------- */

/* sendfile() would write to anything; and on a socket of datagrams make some of
 * whatever it has read at once. */
static int stream_error(int fd)
{
    int type = 0;
    socklen_t length = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0)
        return psock_posix_error();
    return type == SOCK_STREAM ? 0 : fail(EOPNOTSUPP, PSOCK_EOPNOTSUPP);
}

#ifdef PSOCK_HAVE_SENDFILE
#include <sys/sendfile.h>

/* It has no flag for not waiting, so the descriptor is told. */
int psock_sys_send_file_ready(psock_t s)
{
    int error = stream_error(psock_posix_fd(s));
    return error < 0 ? error
                     : psock_posix_set_nonblocking(psock_posix_fd(s), 1);
}

/* Nor has it a flag for no signal.  The system sends one to the thread whose call
 * finds the connection broken; so it is held back meanwhile and taken away, but
 * for one that waited for this thread before. */
struct held_signal {
    sigset_t before;
    _Bool waited;
};

static void make_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

static _Bool is_pending(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

/* What is not held back already cannot wait. */
static void hold_signal(struct held_signal *held)
{
    sigset_t set;
    make_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, &held->before);
    held->waited = sigismember(&held->before, SIGPIPE) == 1 && is_pending();
}

static void take_signal(void)
{
    sigset_t set;
    const struct timespec at_once = {.tv_sec = 0};
    make_set(&set);
    while (sigtimedwait(&set, NULL, &at_once) < 0 && errno == EINTR)
        continue;
}

/* Leaves errno alone. */
static void let_signal_go(const struct held_signal *held, _Bool may_have_come)
{
    const int native = errno;
    if (may_have_come && !held->waited)
        take_signal();
    if (sigismember(&held->before, SIGPIPE) == 0)
        pthread_sigmask(SIG_SETMASK, &held->before, NULL);
    errno = native;
}

/* It may also have found the connection broken when some had gone. */
static _Bool may_have_signalled(ssize_t sent, size_t size)
{
    return sent < 0 ? errno == EPIPE : (size_t)sent < size;
}

static ssize_t send_quietly(int to, int from, int64_t offset, size_t size)
{
    off_t at = offset;
    struct held_signal held;
    hold_signal(&held);
    ssize_t sent = sendfile(to, from, &at, size);
    let_signal_go(&held, may_have_signalled(sent, size));
    return sent;
}

/* Files that it cannot read and sockets that it cannot write to, as their makers
 * left that out, can be read and written to by other means. */
static ptrdiff_t sending_error(psock_t s)
{
    if (errno == EINVAL || errno == ENOSYS || errno == EOVERFLOW)
        return PSOCK_ENOTSUP;
    if (errno == ESPIPE)
        return PSOCK_EINVAL;
    return psock_posix_send_failure(s, NULL);
}

ptrdiff_t psock_sys_send_file(psock_t s, psock_file file, int64_t offset,
                              size_t size, psock_waker *canceler,
                              int64_t timeout_ns)
{
    (void)canceler;
    (void)timeout_ns;
    ssize_t sent = send_quietly(psock_posix_fd(s), file_fd(file), offset, size);
    return sent >= 0 ? sent : sending_error(s);
}

int psock_sys_can_send_file(void)
{
    return 0;
}
#else
int psock_sys_send_file_ready(psock_t s)
{
    return stream_error(psock_posix_fd(s));
}

ptrdiff_t psock_sys_send_file(psock_t s, psock_file file, int64_t offset,
                              size_t size, psock_waker *canceler,
                              int64_t timeout_ns)
{
    (void)s;
    (void)file;
    (void)offset;
    (void)size;
    (void)canceler;
    (void)timeout_ns;
    return PSOCK_ENOTSUP;
}

int psock_sys_can_send_file(void)
{
    errno = ENOSYS;
    return PSOCK_ENOTSUP;
}
#endif
