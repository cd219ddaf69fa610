/* termios.c: terminals that nobody has. */
#include "guest.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

/* The console is not one whose settings could be told so. */
static int no_terminal(int fd)
{
    return psock_guest_fail(fcntl(fd, F_GETFD) < 0 ? EBADF : ENOTTY);
}

int tcgetattr(int fd, struct termios *settings)
{
    (void)settings;
    return no_terminal(fd);
}

int tcsetattr(int fd, int when, const struct termios *settings)
{
    (void)when;
    (void)settings;
    return no_terminal(fd);
}

int tcdrain(int fd)
{
    return no_terminal(fd);
}

int tcflush(int fd, int queue)
{
    (void)queue;
    return no_terminal(fd);
}

int tcflow(int fd, int action)
{
    (void)action;
    return no_terminal(fd);
}

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return no_terminal(fd);
}

pid_t tcgetsid(int fd)
{
    return no_terminal(fd);
}

void cfmakeraw(struct termios *settings)
{
    settings->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
                                     IGNCR | ICRNL | IXON);
    settings->c_oflag &= ~(tcflag_t)OPOST;
    settings->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    settings->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    settings->c_cflag |= CS8;
    settings->c_cc[VMIN] = 1;
    settings->c_cc[VTIME] = 0;
}

speed_t cfgetispeed(const struct termios *settings)
{
    return settings->c_ispeed;
}

speed_t cfgetospeed(const struct termios *settings)
{
    return settings->c_ospeed;
}

int cfsetispeed(struct termios *settings, speed_t speed)
{
    settings->c_ispeed = speed;
    return 0;
}

int cfsetospeed(struct termios *settings, speed_t speed)
{
    settings->c_ospeed = speed;
    return 0;
}
