/* sys_startup.c: WSAStartup and WSACleanup, which Windows counts.
 *
 * Neither may run under the loader's lock, so nothing here runs by itself when
 * the library is loaded or unloaded. */
#include "platform.h"

#define WANTED_VERSION MAKEWORD(2, 2)

/* WSAStartup returns its error: WSAGetLastError() has no say before it. */
static int startup_failure(int native)
{
    psock_winsock.WSASetLastError(native);
    return psock_sys_error(native);
}

int psock_sys_startup(void)
{
    WSADATA data;
    int native = psock_winsock.WSAStartup(WANTED_VERSION, &data);
    if (native != 0)
        return startup_failure(native);
    if (data.wVersion == WANTED_VERSION)
        return 0;
    psock_winsock.WSACleanup();
    return startup_failure(WSAVERNOTSUPPORTED);
}

void psock_sys_cleanup(void)
{
    psock_win32_drop_events();
    psock_winsock.WSACleanup();
}
