/* windows_last.c: a file that has both, with Windows after. */

#include "forwards.h"

#include <windows.h>

int windows_last(HANDLE handle, int fd);

int windows_last(HANDLE handle, int fd)
{
    struct timeval time = {0, 0};
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(fd, &readable);
    return handle != NULL ? select(fd + 1, &readable, NULL, NULL, &time)
                          : close(fd);
}
