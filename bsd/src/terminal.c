/* terminal.c: isatty() and ttyname(). */
#include "plain.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int check(int fd)
{
    int number = errno;
    bool is_number = fcntl(fd, F_GETFD) >= 0;
    errno = number;
    if (!is_number)
        return EBADF;
    return psock_guest_is_plain(fd) && psock_guest_is_terminal(fd) ? 0 : ENOTTY;
}

int isatty(int fd)
{
    int number = check(fd);
    if (number == 0)
        return 1;
    errno = number;
    return 0;
}

static const char name[] = "/dev/tty";

int ttyname_r(int fd, char *buffer, size_t size)
{
    int number = check(fd);
    if (number != 0)
        return number;
    if (size < sizeof name)
        return ERANGE;
    memcpy(buffer, name, sizeof name);
    return 0;
}

char *ttyname(int fd)
{
    static char buffer[sizeof name];
    int number = ttyname_r(fd, buffer, sizeof buffer);
    if (number == 0)
        return buffer;
    errno = number;
    return NULL;
}
