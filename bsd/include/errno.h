/* <errno.h> of POSIX.1-2024, and what Linux adds: those of the C runtime, and
 * numbers above all of its own for what it lacks.  They are never Winsock's. */
#ifndef _PSOCK_BSD_ERRNO_H
#define _PSOCK_BSD_ERRNO_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/begin.h>
#include_next <errno.h>
#include <psock_bsd/end.h>

_PSOCK_BSD_BEGIN
/* The C runtime's, whose name many programs have for a variable. */
int *__errno_location(void)
    __asm__(_PSOCK_BSD_TEXT(__USER_LABEL_PREFIX__) "_errno")
    __attribute__((__nothrow__, __const__));
_PSOCK_BSD_END
#undef errno
#define errno (*__errno_location())

/* Two names of one error each, as on Linux. */
#undef EWOULDBLOCK
#define EWOULDBLOCK EAGAIN
#undef EOPNOTSUPP
#define EOPNOTSUPP 130
#undef ENOTSUP
#define ENOTSUP EOPNOTSUPP
#undef EDEADLOCK
#define EDEADLOCK EDEADLK

#define ENOTBLK 1001
#define ESHUTDOWN 1002
#define ESOCKTNOSUPPORT 1003
#define EPFNOSUPPORT 1004
#define EHOSTDOWN 1005
#define ETOOMANYREFS 1006
#define EUSERS 1007
#define EDQUOT 1008
#define ESTALE 1009
#define EREMOTE 1010
#define EMULTIHOP 1011
#define ECHRNG 1012
#define EL2NSYNC 1013
#define EL3HLT 1014
#define EL3RST 1015
#define ELNRNG 1016
#define EUNATCH 1017
#define ENOCSI 1018
#define EL2HLT 1019
#define EBADE 1020
#define EBADR 1021
#define EXFULL 1022
#define ENOANO 1023
#define EBADRQC 1024
#define EBADSLT 1025
#define EBFONT 1026
#define ENONET 1027
#define ENOPKG 1028
#define EADV 1029
#define ESRMNT 1030
#define ECOMM 1031
#define EDOTDOT 1032
#define ENOTUNIQ 1033
#define EBADFD 1034
#define EREMCHG 1035
#define ELIBACC 1036
#define ELIBBAD 1037
#define ELIBSCN 1038
#define ELIBMAX 1039
#define ELIBEXEC 1040
#define ERESTART 1041
#define ESTRPIPE 1042
#define EUCLEAN 1043
#define ENOTNAM 1044
#define ENAVAIL 1045
#define EISNAM 1046
#define EREMOTEIO 1047
#define ENOMEDIUM 1048
#define EMEDIUMTYPE 1049
#define ENOKEY 1050
#define EKEYEXPIRED 1051
#define EKEYREVOKED 1052
#define EKEYREJECTED 1053
#define ERFKILL 1054
#define EHWPOISON 1055

#endif
