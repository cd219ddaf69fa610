/* duplicate.c: dup() and its kin. */
#include "number.h"

#include <fcntl.h>
#include <io.h>
#include <unistd.h>

static int duplicate_plain(int fd, int lowest, int flags)
{
    psock_guest_lock(&psock_guest_numbers_mutex);
    int copy = psock_guest_is_plain_locked(fd) ? psock_guest_lowest(fd, lowest)
                                               : psock_guest_fail(EBADF);
    if (copy >= 0)
        psock_guest_set_number(
            copy, atomic_load(&psock_guest_numbers[fd].plain_flags), flags);
    psock_guest_unlock(&psock_guest_numbers_mutex);
    return copy;
}

int psock_guest_duplicate(int fd, int lowest, int flags)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    return guest != NULL ? psock_guest_number(guest, lowest, flags)
                         : duplicate_plain(fd, lowest, flags);
}

int dup(int fd)
{
    return psock_guest_duplicate(fd, 0, 0);
}

/* Makes `to` stand for `guest`, which is `from`, and whose hold becomes the
 * table's; the placeholder is made when it can no longer be seen.  What was there,
 * or could not be put there, is `*old`. */
static int put_guest(struct psock_guest *guest, int from, int to,
                     struct psock_guest **old)
{
    _Atomic(struct psock_guest *) *place = &psock_guest_numbers[to].guest;
    *old = atomic_exchange(place, guest);
    if (*old != NULL || _dup2(from, to) == 0)
        return 0;
    *old = guest;
    atomic_store(place, NULL);
    return -1;
}

static int put_plain(int from, int to, struct psock_guest **old)
{
    if (!psock_guest_is_plain_locked(from))
        return psock_guest_fail(EBADF);
    if (_dup2(from, to) != 0)
        return -1;
    *old = atomic_exchange(&psock_guest_numbers[to].guest, NULL);
    return 0;
}

/* With the lock. */
static int replace_locked(int from, int to, struct psock_guest **old)
{
    if (atomic_load(&psock_guest_numbers[to].guest) == &psock_guest_nobody)
        return psock_guest_fail(EBUSY);
    struct psock_guest *guest = psock_guest_hold(from);
    return guest != NULL ? put_guest(guest, from, to, old)
                         : put_plain(from, to, old);
}

/* dup2() for two numbers that are not the same. */
static int replace(int from, int to, int flags)
{
    struct psock_guest *old = NULL;
    if (!psock_guest_is_allowed(to))
        return psock_guest_fail(EBADF);
    psock_guest_lock(&psock_guest_numbers_mutex);
    int result = replace_locked(from, to, &old);
    if (result == 0)
        psock_guest_set_number(
            to, atomic_load(&psock_guest_numbers[from].plain_flags), flags);
    psock_guest_unlock(&psock_guest_numbers_mutex);
    if (old != NULL)
        psock_guest_drop(old);
    return result == 0 ? to : -1;
}

int dup2(int from, int to)
{
    if (from != to)
        return replace(from, to, 0);
    return fcntl(from, F_GETFD) < 0 ? -1 : to;
}

int dup3(int from, int to, int flags)
{
    if (from == to || (flags & ~O_CLOEXEC) != 0)
        return psock_guest_fail(EINVAL);
    return replace(from, to, (flags & O_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
}
