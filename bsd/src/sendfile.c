/* sendfile.c: sendfile(). */
#include "plain.h"

#include <fcntl.h>
#include <io.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHUNK = 16384
};

/* --- To a stream ------------------------------------------------------------------ */

static bool is_stream(const struct psock_guest *guest)
{
    return guest->class == &psock_guest_socket_class &&
           guest->type == SOCK_STREAM && !psock_guest_is_emulated(guest);
}

/* What went counts, whatever ended it. */
static ssize_t to_stream(struct psock_guest *guest, int from, int64_t offset,
                         size_t size)
{
    const psock_deadline deadline = psock_guest_send_deadline(guest, 0);
    int64_t sum = 0;
    ptrdiff_t result;
    psock_guest_may_wait();
    do {
        int64_t done = 0;
        result =
            psock_send_file(guest->socket, _get_osfhandle(from), offset + sum,
                            (int64_t)size - sum, deadline, &done);
        sum += done;
    } while (result < 0 && sum == 0 &&
             psock_guest_goes_on_in(guest, &result, deadline == PSOCK_FOREVER));
    psock_guest_look_for_signals(guest);
    psock_guest_sent_of(guest, result, size);
    if (sum > 0 || result >= 0 || result == PSOCK_EEOF)
        return (ssize_t)sum;
    return psock_guest_send_result(guest, result, deadline, 0);
}

/* --- To anything else --------------------------------------------------------------- */

static ssize_t write_chunk(int to, int from, int64_t offset, size_t size)
{
    char chunk[CHUNK];
    ssize_t count = psock_guest_read_at(
        from, chunk, size < sizeof chunk ? size : sizeof chunk, offset);
    if (count <= 0)
        return count;
    ssize_t result = write(to, chunk, (size_t)count);
    return result < 0 ? -errno : result;
}

/* What went counts, whatever ended it. */
static ssize_t to_any(int to, int from, int64_t offset, size_t size)
{
    size_t sum = 0;
    ssize_t result = 1;
    const int number = errno;
    while (sum < size && result > 0) {
        result = write_chunk(to, from, offset + (int64_t)sum, size - sum);
        if (result > 0)
            sum += (size_t)result;
    }
    if (sum == 0)
        return result < 0 ? result : 0;
    errno = number;
    return (ssize_t)sum;
}

/* --- sendfile() ----------------------------------------------------------------- */

static ssize_t send_to(int to, int from, int64_t offset, size_t size)
{
    struct psock_guest *guest = psock_guest_hold(to);
    if (guest == NULL)
        return to_any(to, from, offset, size);
    ssize_t result = is_stream(guest) ? to_stream(guest, from, offset, size)
                                      : to_any(to, from, offset, size);
    psock_guest_drop(guest);
    return result;
}

/* What is wrong with the numbers, or 0. */
static int check(int to, int from)
{
    struct stat status;
    const int number = errno;
    int target = fcntl(to, F_GETFL);
    int source = fcntl(from, F_GETFL);
    int known = fstat(from, &status);
    errno = number;
    if (target < 0 || source < 0 || known < 0 ||
        (target & O_ACCMODE) == O_RDONLY || (source & O_ACCMODE) == O_WRONLY)
        return EBADF;
    return S_ISREG(status.st_mode) ? 0 : EINVAL;
}

/* Without an offset it is the position, which moves as far as the bytes went. */
static ssize_t from_position(int to, int from, size_t size)
{
    int64_t position = _lseeki64(from, 0, SEEK_CUR);
    ssize_t result = send_to(to, from, position, size);
    if (result > 0)
        _lseeki64(from, position + result, SEEK_SET);
    return result;
}

static ssize_t from_offset(int to, int from, off64_t *offset, size_t size)
{
    if (*offset < 0)
        return -EINVAL;
    ssize_t result = send_to(to, from, *offset, size);
    if (result > 0)
        *offset += result;
    return result;
}

ssize_t sendfile(int to, int from, off64_t *offset, size_t size)
{
    const int number = check(to, from);
    if (number != 0)
        return psock_guest_fail(number);
    if (size > PSOCK_GUEST_MOST)
        size = PSOCK_GUEST_MOST;
    return psock_guest_returned(offset == NULL
                                    ? from_position(to, from, size)
                                    : from_offset(to, from, offset, size));
}
