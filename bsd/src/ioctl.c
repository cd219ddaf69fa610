/* ioctl.c: ioctl(): what is the same for all descriptors, and whom to ask for the
 * rest. */
#include "plain.h"

#include <fcntl.h>
#include <io.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- The same for all --------------------------------------------------------- */

static int set_nonblocking(int fd, void *argument)
{
    if (argument == NULL)
        return psock_guest_fail(EFAULT);
    int flags = fcntl(fd, F_GETFL);
    return fcntl(fd, F_SETFL,
                 *(int *)argument != 0 ? flags | O_NONBLOCK
                                       : flags & ~O_NONBLOCK);
}

static int set_not_inherited(int fd, void *argument)
{
    (void)argument;
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int set_inherited(int fd, void *argument)
{
    (void)argument;
    return fcntl(fd, F_SETFD, 0);
}

/* Switching off what is never on is all that can be done. */
static int set_asynchronous(int fd, void *argument)
{
    (void)fd;
    if (argument == NULL)
        return psock_guest_fail(EFAULT);
    return *(int *)argument == 0 ? 0 : psock_guest_fail(ENOTTY);
}

static int set_owner(int fd, void *argument)
{
    if (argument == NULL)
        return psock_guest_fail(EFAULT);
    return fcntl(fd, F_SETOWN, *(int *)argument);
}

static int get_owner(int fd, void *argument)
{
    if (argument == NULL)
        return psock_guest_fail(EFAULT);
    *(int *)argument = fcntl(fd, F_GETOWN);
    return 0;
}

/* --- Files, pipes and consoles -------------------------------------------------- */

static int bytes_left(int fd)
{
    struct _stat64 status;
    if (_fstat64(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return -ENOTTY;
    return (int)(status.st_size - _lseeki64(fd, 0, SEEK_CUR));
}

static int get_unread(int fd, void *argument)
{
    int unread = psock_guest_plain_unread(fd);
    if (unread == -ENOTTY)
        unread = bytes_left(fd);
    if (unread < 0)
        return unread;
    if (argument == NULL)
        return -EFAULT;
    *(int *)argument = unread;
    return 0;
}

static int get_window(int fd, void *argument)
{
    struct winsize size = {0, 0, 0, 0};
    if (!psock_guest_terminal_size(fd, &size.ws_row, &size.ws_col))
        return -ENOTTY;
    if (argument == NULL)
        return -EFAULT;
    *(struct winsize *)argument = size;
    return 0;
}

static int plain(int fd, unsigned long request, void *argument)
{
    int number = errno;
    int result = request == FIONREAD     ? get_unread(fd, argument)
                 : request == TIOCGWINSZ ? get_window(fd, argument)
                                         : -ENOTTY;
    errno = number;
    return result;
}

/* --- ioctl() ------------------------------------------------------------------ */

static const struct request {
    unsigned long request;
    int (*body)(int fd, void *argument);
} requests[] = {
    {FIONBIO, set_nonblocking}, {FIOCLEX, set_not_inherited},
    {FIONCLEX, set_inherited},  {FIOASYNC, set_asynchronous},
    {FIOSETOWN, set_owner},     {SIOCSPGRP, set_owner},
    {FIOGETOWN, get_owner},     {SIOCGPGRP, get_owner},
};

static bool is_about_interfaces(unsigned long request)
{
    return request >= 0x8910 && request <= 0x89ff;
}

static int of_class(struct psock_guest *guest, unsigned long request,
                    void *argument)
{
    if (guest->class->format == S_IFSOCK && is_about_interfaces(request))
        return psock_guest_interface_ioctl(request, argument);
    return guest->class->ioctl == NULL
               ? -ENOTTY
               : guest->class->ioctl(guest, request, argument);
}

static int other(int fd, unsigned long request, void *argument)
{
    struct psock_guest *guest = request == FIONREAD
                                    ? psock_guest_hold_to_wait(fd)
                                    : psock_guest_hold(fd);
    if (guest == NULL)
        return plain(fd, request, argument);
    int result = of_class(guest, request, argument);
    psock_guest_drop(guest);
    return result;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (fcntl(fd, F_GETFD) < 0)
        return -1;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (requests[i].request == request)
            return requests[i].body(fd, argument);
    }
    return (int)psock_guest_returned(other(fd, request, argument));
}
