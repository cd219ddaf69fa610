/* number.c: giving and taking numbers: close() and its kin.
 *
 * Whatever changes the table does so under one lock.  In a change, a number has a
 * description, old or new, or says that it is being closed; never is a placeholder
 * seen for a file. */
#include "number.h"

#include <fcntl.h>
#include <io.h>
#include <unistd.h>

struct psock_guest_mutex psock_guest_numbers_mutex;

/* --- Numbers of the C runtime ------------------------------------------------ */

bool psock_guest_is_plain_locked(int fd)
{
    return psock_guest_in_range(fd) &&
           atomic_load(&psock_guest_numbers[fd].guest) == NULL &&
           psock_guest_is_open(fd);
}

/* A placeholder that has no description yet must not be taken for a file, nor a file
 * for the placeholder that has just made room for it, nor what dup2() is replacing
 * for nothing. */
bool psock_guest_is_plain(int fd)
{
    if (!psock_guest_in_range(fd))
        return false;
    psock_guest_lock(&psock_guest_numbers_mutex);
    bool result = psock_guest_is_plain_locked(fd);
    psock_guest_unlock(&psock_guest_numbers_mutex);
    return result;
}

/* --- Numbers ---------------------------------------------------------------- */

/* The lowest free number, made another of `source`, or a placeholder for -1. */
static int lowest_free(int source)
{
    int fd = source < 0 ? _open("NUL", _O_RDWR | _O_BINARY | _O_NOINHERIT)
                        : _dup(source);
    if (psock_guest_is_allowed(fd))
        return fd;
    if (fd >= 0)
        _close(fd);
    return psock_guest_fail(EMFILE);
}

/* The lowest free one from `lowest` on: the free ones below are held meanwhile. */
int psock_guest_lowest(int source, int lowest)
{
    int fd = lowest_free(source);
    if (fd < 0 || fd >= lowest)
        return fd;
    int higher = psock_guest_lowest(source, lowest);
    _close(fd);
    return higher;
}

void psock_guest_set_number(int fd, int plain_flags, int flags)
{
    atomic_store(&psock_guest_numbers[fd].owner, 0);
    atomic_store(&psock_guest_numbers[fd].plain_flags, plain_flags);
    atomic_store(&psock_guest_numbers[fd].flags, flags);
}

/* The lowest free number from `lowest` on, with `guest` behind it. */
static int give(struct psock_guest *guest, int lowest, int flags)
{
    psock_guest_lock(&psock_guest_numbers_mutex);
    int fd = psock_guest_lowest(-1, lowest);
    if (fd >= 0) {
        psock_guest_set_number(fd, 0, flags);
        atomic_store(&psock_guest_numbers[fd].guest, guest);
    }
    psock_guest_unlock(&psock_guest_numbers_mutex);
    return fd;
}

int psock_guest_number(struct psock_guest *guest, int lowest, int flags)
{
    int fd = give(guest, lowest, flags);
    if (fd < 0)
        psock_guest_drop(guest);
    return fd;
}

/* --- Reserving -------------------------------------------------------------- */

int psock_guest_reserve(int flags)
{
    int number = errno;
    int fd = give(&psock_guest_nobody, 0, flags);
    errno = number;
    return fd < 0 ? -EMFILE : fd;
}

void psock_guest_settle(int fd, struct psock_guest *guest)
{
    atomic_store(&psock_guest_numbers[fd].guest, guest);
}

void psock_guest_give_back(int fd)
{
    int number = errno;
    psock_guest_lock(&psock_guest_numbers_mutex);
    _close(fd);
    atomic_store(&psock_guest_numbers[fd].guest, NULL);
    psock_guest_unlock(&psock_guest_numbers_mutex);
    errno = number;
}

/* --- Closing ---------------------------------------------------------------- */

/* What was behind `fd`, whose number is free now; null where nothing was. */
static struct psock_guest *take(int fd)
{
    _Atomic(struct psock_guest *) *place = &psock_guest_numbers[fd].guest;
    if (atomic_load(place) == NULL)
        return NULL;
    psock_guest_lock(&psock_guest_numbers_mutex);
    struct psock_guest *guest = atomic_load(place);
    if (guest == &psock_guest_nobody)
        guest = NULL;
    if (guest != NULL) {
        atomic_store(place, &psock_guest_nobody);
        _close(fd);
        atomic_store(place, NULL);
    }
    psock_guest_unlock(&psock_guest_numbers_mutex);
    return guest;
}

int close(int fd)
{
    struct psock_guest *guest = psock_guest_in_range(fd) ? take(fd) : NULL;
    if (guest != NULL) {
        psock_guest_drop(guest);
        return 0;
    }
    if (!psock_guest_is_plain(fd))
        return psock_guest_fail(EBADF);
    psock_guest_set_number(fd, 0, 0);
    return _close(fd);
}

int close_range(unsigned first, unsigned last, int flags)
{
    if (first > last || (flags & ~CLOSE_RANGE_CLOEXEC) != 0)
        return psock_guest_fail(EINVAL);
    int number = errno;
    for (unsigned fd = first; fd <= last && fd < PSOCK_GUEST_NUMBERS; fd++) {
        if (flags == 0)
            close((int)fd);
        else
            atomic_store(&psock_guest_numbers[fd].flags, FD_CLOEXEC);
    }
    errno = number;
    return 0;
}

void closefrom(int lowest)
{
    close_range(lowest < 0 ? 0 : (unsigned)lowest, ~0u, 0);
}

struct psock_guest *psock_guest_release(int fd)
{
    if (!psock_guest_in_range(fd))
        return NULL;
    psock_guest_lock(&psock_guest_numbers_mutex);
    _Atomic(struct psock_guest *) *place = &psock_guest_numbers[fd].guest;
    struct psock_guest *guest = atomic_load(place);
    if (guest == &psock_guest_nobody)
        guest = NULL;
    if (guest != NULL)
        atomic_store(place, NULL);
    psock_guest_set_number(fd, 0, 0);
    psock_guest_unlock(&psock_guest_numbers_mutex);
    return guest;
}
