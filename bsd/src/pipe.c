/* pipe.c: pipe(): a connection within the process, each end for one direction. */
#include "guest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What both ends know. */
struct pipe {
    atomic_int ends;
    atomic_bool has_reader;
};

static bool is_for(const struct psock_guest *guest, int direction)
{
    return (atomic_load(&guest->flags) & O_ACCMODE) == direction;
}

/* --- Moving bytes --------------------------------------------------------------- */

static bool is_empty(const struct iovec *pieces, int count)
{
    for (int i = 0; i < count; i++) {
        if (pieces[i].iov_len > 0)
            return false;
    }
    return true;
}

/* A connection can break in several ways, a pipe in one. */
static bool is_broken(ssize_t result)
{
    return result == -ECONNRESET || result == -ECONNABORTED ||
           result == -ENOTCONN;
}

static ssize_t read_pipe(struct psock_guest *guest, const struct iovec *pieces,
                         int count)
{
    if (!is_for(guest, O_RDONLY))
        return -EBADF;
    if (is_empty(pieces, count))
        return 0;
    ssize_t result = psock_guest_stream_recv(guest, pieces, (size_t)count, 0);
    return is_broken(result) ? 0 : result;
}

static ssize_t broken(struct psock_guest *guest)
{
    return -psock_guest_errno(psock_guest_sent(guest, PSOCK_EPIPE, 0));
}

static ssize_t write_pipe(struct psock_guest *guest, const struct iovec *pieces,
                          int count)
{
    const struct pipe *pipe = guest->state;
    if (!is_for(guest, O_WRONLY))
        return -EBADF;
    if (is_empty(pieces, count))
        return 0;
    if (!atomic_load(&pipe->has_reader))
        return broken(guest);
    ssize_t result = psock_guest_stream_send(guest, pieces, (size_t)count, 0);
    return is_broken(result) ? broken(guest) : result;
}

/* --- The rest -------------------------------------------------------------------- */

static void let_go(struct pipe *pipe)
{
    if (atomic_fetch_sub(&pipe->ends, 1) == 1)
        free(pipe);
}

static void close_pipe(struct psock_guest *guest)
{
    struct pipe *pipe = guest->state;
    if (is_for(guest, O_RDONLY))
        atomic_store(&pipe->has_reader, false);
    psock_close(guest->socket);
    let_go(pipe);
}

static int control_pipe(struct psock_guest *guest, unsigned long request,
                        void *argument)
{
    int64_t unread = 0;
    if (request != FIONREAD)
        return -ENOTTY;
    if (argument == NULL)
        return -EFAULT;
    int error =
        psock_get_option(guest->socket, PSOCK_OPTION_UNREAD_BYTES, &unread);
    if (error == 0)
        *(int *)argument = (int)unread;
    return -psock_guest_errno(error);
}

static const struct psock_guest_class pipe_class = {
    .format = S_IFIFO,
    .read = read_pipe,
    .write = write_pipe,
    .close = close_pipe,
    .ioctl = control_pipe,
};

/* --- Making ---------------------------------------------------------------------- */

static void be_end(struct psock_guest *guest, psock_t s, struct pipe *pipe,
                   int flags)
{
    guest->socket = s;
    guest->type = SOCK_STREAM;
    guest->state = pipe;
    atomic_store(&guest->connecting, PSOCK_GUEST_CONNECTED);
    atomic_store(&guest->flags, flags);
    /* What is written is there at once; Unix sockets need not be told. */
    (void)!psock_set_option(s, PSOCK_OPTION_NO_DELAY, 1);
}

static int join_ends(struct psock_guest *guests[2], struct pipe *pipe,
                     int flags)
{
    psock_t pair[2];
    int error = psock_pair(PSOCK_STREAM, pair);
    if (error < 0)
        return psock_guest_errno(error);
    atomic_store(&pipe->ends, 2);
    atomic_store(&pipe->has_reader, true);
    be_end(guests[0], pair[0], pipe, O_RDONLY | (flags & O_NONBLOCK));
    be_end(guests[1], pair[1], pipe, O_WRONLY | (flags & O_NONBLOCK));
    return 0;
}

/* An end that came to nothing. */
static void discard(struct psock_guest *guest)
{
    static const struct psock_guest_class nothing = {.format = 0};
    if (guest != NULL) {
        guest->class = &nothing;
        psock_guest_drop(guest);
    }
}

static int make_pipe(struct psock_guest *guests[2], int flags)
{
    struct pipe *pipe = malloc(sizeof *pipe);
    guests[0] = psock_guest_new(&pipe_class);
    guests[1] = psock_guest_new(&pipe_class);
    int number = pipe == NULL || guests[0] == NULL || guests[1] == NULL
                     ? ENOMEM
                     : join_ends(guests, pipe, flags);
    if (number != 0) {
        free(pipe);
        discard(guests[0]);
        discard(guests[1]);
    }
    return number;
}

static int number_ends(struct psock_guest *guests[2], int ends[2], int flags)
{
    const int number_flags = (flags & O_CLOEXEC) != 0 ? FD_CLOEXEC : 0;
    int reader = psock_guest_number(guests[0], 0, number_flags);
    int writer = psock_guest_number(guests[1], 0, number_flags);
    if (reader >= 0 && writer >= 0) {
        ends[0] = reader;
        ends[1] = writer;
        return 0;
    }
    if (reader >= 0)
        close(reader);
    if (writer >= 0)
        close(writer);
    return psock_guest_fail(EMFILE);
}

int pipe2(int ends[2], int flags)
{
    struct psock_guest *guests[2];
    if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0)
        return psock_guest_fail(EINVAL);
    if (ends == NULL)
        return psock_guest_fail(EFAULT);
    int number = make_pipe(guests, flags);
    return number != 0 ? psock_guest_fail(number)
                       : number_ends(guests, ends, flags);
}

int pipe(int ends[2])
{
    return pipe2(ends, 0);
}
