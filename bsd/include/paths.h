/* <paths.h> of BSD: those that mean something here, and those that programs name. */
#ifndef _PSOCK_BSD_PATHS_H
#define _PSOCK_BSD_PATHS_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#define _PATH_DEFPATH "/usr/bin:/bin"
#define _PATH_STDPATH "/usr/bin:/bin:/usr/sbin:/sbin"
#define _PATH_BSHELL "/bin/sh"
#define _PATH_CONSOLE "/dev/console"
#define _PATH_DEVNULL "/dev/null"
#define _PATH_TTY "/dev/tty"
#define _PATH_DEV "/dev/"
#define _PATH_TMP "/tmp/"
#define _PATH_VARTMP "/var/tmp/"
#define _PATH_VARRUN "/var/run/"
#define _PATH_LOG "/dev/log"

#endif
