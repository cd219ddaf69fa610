/* <sys/sendfile.h> of Linux. */
#ifndef _PSOCK_BSD_SYS_SENDFILE_H
#define _PSOCK_BSD_SYS_SENDFILE_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

_PSOCK_BSD_BEGIN

ssize_t sendfile(int __to, int __from, off64_t *__offset, size_t __size)
    _PSOCK_BSD_NAME(sendfile);
ssize_t sendfile64(int __to, int __from, off64_t *__offset, size_t __size)
    _PSOCK_BSD_NAME(sendfile);

_PSOCK_BSD_END

#endif
