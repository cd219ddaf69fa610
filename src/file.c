/* file.c: what goes from a file to a stream: as the system sends files by itself,
 * and as it is read and sent where the system does not. */
#include "policy.h"

psock_file psock_file_open(const char *path)
{
    psock_file file;
    if (path == NULL)
        return PSOCK_EFAULT;
    do {
        file = psock_sys_file_open(path);
    } while (file == PSOCK_EINTR);
    return file;
}

int psock_file_close(psock_file file)
{
    return file < 0 ? PSOCK_EBADF : psock_sys_file_close(file);
}

int64_t psock_file_size(psock_file file)
{
    return file < 0 ? PSOCK_EBADF : psock_sys_file_size(file);
}

/* --- Sending ---------------------------------------------------------------- */

/* What is left to send, and of what. */
struct job {
    psock_t socket;
    psock_file file;
    int64_t offset; /* of the next byte */
    int64_t left;
    psock_deadline deadline;
};

/* Where somebody may want it to end in between, no part takes long that does not
 * wait: so much goes in milliseconds. */
#define LONGEST_PART (INT64_C(8) << 20)

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The size of the next part; 0 behind the last offset that can be told, where no
 * file goes on. */
static size_t size_of_part(const struct job *job, int64_t longest)
{
    const int64_t size =
        lesser(lesser(job->left, longest), INT64_MAX - job->offset);
    return (uint64_t)size < SIZE_MAX / 2 ? (size_t)size : SIZE_MAX / 2;
}

static void count_part(struct job *job, ptrdiff_t sent)
{
    job->offset += sent;
    job->left -= sent;
}

/* One attempt of the system's, for at most `size` bytes.  Returns how many went, 0
 * at the end of the file, or an error. */
static ptrdiff_t send_by_system(const struct job *job, size_t *size)
{
    const int64_t timeout_ns = psock_timeout_ns(job->deadline);
    psock_waker *canceler = psock_canceler_within(timeout_ns);
    const _Bool may_end =
        job->deadline != PSOCK_NOW && (timeout_ns >= 0 || canceler != NULL);
    *size = size_of_part(job, may_end ? LONGEST_PART : INT64_MAX);
    return *size == 0 ? 0
                      : psock_sys_send_file(job->socket, job->file, job->offset,
                                            *size, canceler, timeout_ns);
}

/* Counts a part that went.  One that is shorter than was asked for has filled the
 * socket, unless the file ended there; to ask for the file's size is much cheaper
 * than to try in vain. */
static int finish_part(struct job *job, ptrdiff_t sent, size_t size)
{
    count_part(job, sent);
    if (job->left == 0)
        return 0;
    if ((size_t)sent < size && job->offset < psock_sys_file_size(job->file))
        return psock_wait_for(job->socket, PSOCK_SYS_WRITE, job->deadline);
    return psock_may_go_on(job->deadline);
}

static int send_part_by_system(struct job *job)
{
    size_t size;
    ptrdiff_t sent = send_by_system(job, &size);
    if (sent > 0)
        return finish_part(job, sent, size);
    if (sent == PSOCK_EAGAIN)
        return psock_wait_for(job->socket, PSOCK_SYS_WRITE, job->deadline);
    if (sent == PSOCK_EINTR)
        return 0;
    return sent == 0 ? PSOCK_EEOF : (int)sent;
}

/* Returns 0 when all has gone, PSOCK_ENOTSUP where the rest has to be read, or an
 * error. */
static int send_all_by_system(struct job *job)
{
    int result = 0;
    while (result >= 0 && job->left > 0)
        result = send_part_by_system(job);
    return result < 0 ? result : 0;
}

/* --- Reading and sending ------------------------------------------------------ */

static ptrdiff_t read_part(const struct job *job, char *buffer, size_t room)
{
    ptrdiff_t count;
    const size_t size = size_of_part(job, (int64_t)room);
    if (size == 0)
        return 0;
    do {
        count = psock_sys_file_read(job->file, job->offset, buffer, size);
    } while (count == PSOCK_EINTR);
    return count;
}

/* What of it did not go is read again, if it ever is. */
static int send_part(struct job *job, const char *data, size_t size)
{
    while (size > 0) {
        ptrdiff_t sent = psock_send(job->socket, data, size, 0, job->deadline);
        if (sent < 0)
            return (int)sent;
        count_part(job, sent);
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

static int read_and_send(struct job *job)
{
    char buffer[16 * 1024];
    int error = 0;
    while (error == 0 && job->left > 0) {
        ptrdiff_t count = read_part(job, buffer, sizeof buffer);
        if (count <= 0)
            return count == 0 ? PSOCK_EEOF : (int)count;
        error = send_part(job, buffer, (size_t)count);
        if (error == 0 && job->left > 0)
            error = psock_may_go_on(job->deadline);
    }
    return error;
}

/* --- The call ----------------------------------------------------------------- */

/* All that is left is as much as there is, so its end is no error. */
static int finish(int error, int64_t size)
{
    return error == PSOCK_EEOF && size == PSOCK_FILE_REST ? 0 : error;
}

/* What is no regular file may never end, or never give anything: systems would
 * send of some, and wait for others. */
static int file_error(psock_file file)
{
    const int64_t size = psock_sys_file_size(file);
    return size < 0 ? (int)size : 0;
}

static int send_it(struct job *job)
{
    int error = file_error(job->file);
    if (error < 0)
        return error;
    error = psock_sys_send_file_ready(job->socket);
    if (error == 0)
        error = send_all_by_system(job);
    return error == PSOCK_ENOTSUP ? read_and_send(job) : error;
}

static int argument_error(psock_t s, psock_file file, int64_t offset,
                          int64_t size)
{
    if (s < 0 || file < 0)
        return PSOCK_EBADF;
    return offset < 0 || size < 0 ? PSOCK_EINVAL : 0;
}

int psock_send_file(psock_t s, psock_file file, int64_t offset, int64_t size,
                    psock_deadline deadline, int64_t *done)
{
    struct job job = {.socket = s,
                      .file = file,
                      .offset = offset,
                      .left = size,
                      .deadline = deadline};
    int error = argument_error(s, file, offset, size);
    if (error == 0)
        error = send_it(&job);
    if (done != NULL)
        *done = job.offset - offset;
    return finish(error, size);
}
