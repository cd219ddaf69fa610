/* windows_first.c: a file that has both, with Windows before. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "forwards.h"

int windows_first(HANDLE handle, int fd);

int windows_first(HANDLE handle, int fd)
{
    struct timeval time = {0, 0};
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(fd, &readable);
    return handle != NULL ? select(fd + 1, &readable, NULL, NULL, &time)
                          : close(fd);
}
