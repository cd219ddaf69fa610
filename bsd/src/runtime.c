/* runtime.c: the C runtime, made to behave as that of a system with one kind of
 * file, whose functions return their errors. */
#include "number.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

bool psock_guest_is_open(int fd)
{
    return psock_guest_in_range(fd) && _get_osfhandle(fd) != -1;
}

/* What some versions of the runtime would end the program for is EBADF or EINVAL
 * for POSIX. */
static void go_on(const wchar_t *expression, const wchar_t *function,
                  const wchar_t *file, unsigned line, uintptr_t reserved)
{
    (void)expression;
    (void)function;
    (void)file;
    (void)line;
    (void)reserved;
}

/* Bytes are bytes.  Only a console goes on ending its lines as programs expect. */
__attribute__((constructor)) static void begin(void)
{
    _set_invalid_parameter_handler(go_on);
    _fmode = _O_BINARY;
    for (int fd = 0; fd <= 2; fd++) {
        if (psock_guest_is_open(fd) && (fd > 0 || !_isatty(fd)))
            _setmode(fd, _O_BINARY);
    }
}
