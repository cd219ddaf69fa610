/* <sys/ioctl.h> of Linux: its numbers for what is here. */
#ifndef _PSOCK_BSD_SYS_IOCTL_H
#define _PSOCK_BSD_SYS_IOCTL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/no_winsock.h>
#include <psock_bsd/sockios.h>
#include <psock_bsd/types.h>

/* --- Descriptors ------------------------------------------------------------- */

#define FIONREAD 0x541B
#define TIOCINQ FIONREAD
#define SIOCINQ FIONREAD
#define TIOCOUTQ 0x5411
#define SIOCOUTQ TIOCOUTQ
#define FIONBIO 0x5421
#define FIONCLEX 0x5450
#define FIOCLEX 0x5451
#define FIOASYNC 0x5452

/* --- Terminals --------------------------------------------------------------- */

#define TCGETS 0x5401
#define TCSETS 0x5402
#define TIOCGPGRP 0x540F
#define TIOCSPGRP 0x5410
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414
#define TIOCNOTTY 0x5422

struct winsize {
    unsigned short ws_row;
    unsigned short ws_col;
    unsigned short ws_xpixel;
    unsigned short ws_ypixel;
};

/* --- Sockets ----------------------------------------------------------------- */

#define FIOSETOWN 0x8901
#define SIOCSPGRP 0x8902
#define FIOGETOWN 0x8903
#define SIOCGPGRP 0x8904
#define SIOCATMARK 0x8905

_PSOCK_BSD_BEGIN

int ioctl(int __fd, unsigned long __request, ...) _PSOCK_BSD_NAME(ioctl);

_PSOCK_BSD_END

#endif
