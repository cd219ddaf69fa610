/* control.c: fcntl(). */
#include "plain.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>

/* --- Flags of the number ------------------------------------------------------ */

static int set_number_flags(int fd, intptr_t argument)
{
    const int flags = (int)argument & FD_CLOEXEC;
    atomic_store(&psock_guest_numbers[fd].flags, flags);
    if (psock_guest_is_plain(fd))
        psock_guest_set_inherited(fd, flags == 0);
    return 0;
}

static int get_number_flags(int fd, intptr_t argument)
{
    (void)argument;
    return atomic_load(&psock_guest_numbers[fd].flags);
}

static int duplicate(int fd, int lowest, int flags)
{
    if (!psock_guest_is_allowed(lowest))
        return psock_guest_fail(EINVAL);
    return psock_guest_duplicate(fd, lowest, flags);
}

static int duplicate_inherited(int fd, intptr_t lowest)
{
    return duplicate(fd, (int)lowest, 0);
}

static int duplicate_not_inherited(int fd, intptr_t lowest)
{
    return duplicate(fd, (int)lowest, FD_CLOEXEC);
}

/* --- Flags of the description -------------------------------------------------- */

enum {
    CHANGEABLE = O_NONBLOCK | O_APPEND | O_NOATIME
};

static void change(atomic_int *flags, int wanted)
{
    int before = atomic_load(flags);
    int after;
    do
        after = (before & ~CHANGEABLE) | (wanted & CHANGEABLE);
    while (!atomic_compare_exchange_weak(flags, &before, after));
}

static int set_flags(int fd, intptr_t argument)
{
    const bool waits = (argument & O_NONBLOCK) == 0;
    struct psock_guest *guest =
        waits ? psock_guest_hold(fd) : psock_guest_hold_to_wait(fd);
    if (guest == NULL) {
        change(&psock_guest_numbers[fd].plain_flags, (int)argument);
        return 0;
    }
    change(&guest->flags, (int)argument);
    psock_guest_drop(guest);
    return 0;
}

/* What was not opened by open() could be for either direction. */
static int get_plain_flags(int fd)
{
    int flags = atomic_load(&psock_guest_numbers[fd].plain_flags);
    return (flags & PSOCK_GUEST_OPENED) != 0 ? flags & ~PSOCK_GUEST_OPENED
                                             : flags | O_RDWR;
}

static int get_flags(int fd, intptr_t argument)
{
    (void)argument;
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL)
        return get_plain_flags(fd);
    int flags = atomic_load(&guest->flags);
    if (guest->class->format != S_IFIFO)
        flags |= O_RDWR;
    psock_guest_drop(guest);
    return flags;
}

/* --- Locks -------------------------------------------------------------------- */

static int get_lock(int fd, intptr_t argument)
{
    return psock_guest_control_lock(fd, F_GETLK, (struct flock *)argument);
}

static int set_lock(int fd, intptr_t argument)
{
    return psock_guest_control_lock(fd, F_SETLK, (struct flock *)argument);
}

static int set_lock_waiting(int fd, intptr_t argument)
{
    return psock_guest_control_lock(fd, F_SETLKW, (struct flock *)argument);
}

/* --- Owners: nobody gets SIGIO, and whoever asked is remembered ----------------- */

static int set_owner(int fd, intptr_t owner)
{
    atomic_store(&psock_guest_numbers[fd].owner, (int)owner);
    return 0;
}

static int get_owner(int fd, intptr_t argument)
{
    (void)argument;
    return atomic_load(&psock_guest_numbers[fd].owner);
}

/* --- fcntl() ------------------------------------------------------------------ */

static const struct command {
    int command;
    int (*body)(int fd, intptr_t argument);
} commands[] = {
    {F_DUPFD, duplicate_inherited},
    {F_DUPFD_CLOEXEC, duplicate_not_inherited},
    {F_GETFD, get_number_flags},
    {F_SETFD, set_number_flags},
    {F_GETFL, get_flags},
    {F_SETFL, set_flags},
    {F_GETLK, get_lock},
    {F_SETLK, set_lock},
    {F_SETLKW, set_lock_waiting},
    {F_SETOWN, set_owner},
    {F_GETOWN, get_owner},
};

static bool is_number(int fd)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL)
        return psock_guest_is_plain(fd);
    psock_guest_drop(guest);
    return true;
}

int fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    const intptr_t argument = va_arg(arguments, intptr_t);
    va_end(arguments);
    if (!is_number(fd))
        return psock_guest_fail(EBADF);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (commands[i].command == command)
            return commands[i].body(fd, argument);
    }
    return psock_guest_fail(EINVAL);
}
