/* sys_startup.c: WSAStartup and WSACleanup, which Windows counts.
 *
 * Neither may run under the loader's lock, so nothing here runs by itself when
 * the library is loaded or unloaded. */
#include "platform.h"

#define WANTED_VERSION MAKEWORD(2, 2)

/* Windows counts under a lock of its own, Wine under none. */
static SRWLOCK startup_lock = SRWLOCK_INIT;

/* WSAStartup returns its error: WSAGetLastError() has no say before it. */
static int startup_failure(int native)
{
    psock_winsock.WSASetLastError(native);
    return psock_sys_error(native);
}

static int start(void)
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

int psock_sys_startup(void)
{
    AcquireSRWLockExclusive(&startup_lock);
    int error = start();
    ReleaseSRWLockExclusive(&startup_lock);
    return error;
}

/* What has looked up a name in the background goes on in a thread of the system
 * after its end was told, for a moment that nobody can wait for, and crashes when
 * Winsock ends then.  So from the first look-up there is one start that nobody
 * takes back. */
void psock_win32_stay_started(void)
{
    static LONG volatile stays;
    if (InterlockedExchange(&stays, 1) == 0 && psock_sys_startup() < 0)
        InterlockedExchange(&stays, 0);
}

void psock_sys_cleanup(void)
{
    psock_win32_drop_events();
    psock_win32_forget_abilities();
    AcquireSRWLockExclusive(&startup_lock);
    psock_winsock.WSACleanup();
    ReleaseSRWLockExclusive(&startup_lock);
}
