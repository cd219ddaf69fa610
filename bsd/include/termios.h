/* <termios.h> of POSIX, as far as programs need it that ask and are told that there
 * is no terminal: tcgetattr() is ENOTTY. */
#ifndef _PSOCK_BSD_TERMIOS_H
#define _PSOCK_BSD_TERMIOS_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

typedef unsigned char cc_t;
typedef unsigned int speed_t;
typedef unsigned int tcflag_t;

#define NCCS 32

struct termios {
    tcflag_t c_iflag;
    tcflag_t c_oflag;
    tcflag_t c_cflag;
    tcflag_t c_lflag;
    cc_t c_line;
    cc_t c_cc[NCCS];
    speed_t c_ispeed;
    speed_t c_ospeed;
};

#define VINTR 0
#define VQUIT 1
#define VERASE 2
#define VKILL 3
#define VEOF 4
#define VTIME 5
#define VMIN 6
#define VSWTC 7
#define VSTART 8
#define VSTOP 9
#define VSUSP 10
#define VEOL 11
#define VREPRINT 12
#define VDISCARD 13
#define VWERASE 14
#define VLNEXT 15
#define VEOL2 16

#define IGNBRK 0000001
#define BRKINT 0000002
#define IGNPAR 0000004
#define PARMRK 0000010
#define INPCK 0000020
#define ISTRIP 0000040
#define INLCR 0000100
#define IGNCR 0000200
#define ICRNL 0000400
#define IXON 0002000
#define IXANY 0004000
#define IXOFF 0010000
#define IMAXBEL 0020000

#define OPOST 0000001
#define ONLCR 0000004

#define CSIZE 0000060
#define CS5 0000000
#define CS6 0000020
#define CS7 0000040
#define CS8 0000060
#define CSTOPB 0000100
#define CREAD 0000200
#define PARENB 0000400
#define PARODD 0001000
#define HUPCL 0002000
#define CLOCAL 0004000

#define ISIG 0000001
#define ICANON 0000002
#define ECHO 0000010
#define ECHOE 0000020
#define ECHOK 0000040
#define ECHONL 0000100
#define NOFLSH 0000200
#define TOSTOP 0000400
#define ECHOCTL 0001000
#define ECHOKE 0004000
#define FLUSHO 0010000
#define IEXTEN 0100000
#define EXTPROC 0200000

#define TCSANOW 0
#define TCSADRAIN 1
#define TCSAFLUSH 2
#define TCIFLUSH 0
#define TCOFLUSH 1
#define TCIOFLUSH 2
#define TCOOFF 0
#define TCOON 1
#define TCIOFF 2
#define TCION 3

#define B0 0
#define B1200 0000011
#define B2400 0000013
#define B4800 0000014
#define B9600 0000015
#define B19200 0000016
#define B38400 0000017
#define B57600 0010001
#define B115200 0010002
#define B230400 0010003
#define B460800 0010004
#define B500000 0010005
#define B576000 0010006
#define B921600 0010007
#define B1000000 0010010
#define B1152000 0010011
#define B1500000 0010012
#define B2000000 0010013
#define B2500000 0010014
#define B3000000 0010015
#define B3500000 0010016
#define B4000000 0010017

_PSOCK_BSD_BEGIN

int tcgetattr(int __fd, struct termios *__settings) _PSOCK_BSD_NAME(tcgetattr);
int tcsetattr(int __fd, int __when, const struct termios *__settings)
    _PSOCK_BSD_NAME(tcsetattr);
int tcdrain(int __fd) _PSOCK_BSD_NAME(tcdrain);
int tcflush(int __fd, int __queue) _PSOCK_BSD_NAME(tcflush);
int tcflow(int __fd, int __action) _PSOCK_BSD_NAME(tcflow);
int tcsendbreak(int __fd, int __duration) _PSOCK_BSD_NAME(tcsendbreak);
pid_t tcgetsid(int __fd) _PSOCK_BSD_NAME(tcgetsid);
void cfmakeraw(struct termios *__settings) _PSOCK_BSD_NAME(cfmakeraw);
speed_t cfgetispeed(const struct termios *__settings)
    _PSOCK_BSD_NAME(cfgetispeed);
speed_t cfgetospeed(const struct termios *__settings)
    _PSOCK_BSD_NAME(cfgetospeed);
int cfsetispeed(struct termios *__settings, speed_t __speed)
    _PSOCK_BSD_NAME(cfsetispeed);
int cfsetospeed(struct termios *__settings, speed_t __speed)
    _PSOCK_BSD_NAME(cfsetospeed);

_PSOCK_BSD_END

#endif
