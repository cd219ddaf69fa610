/* stand_in.c: the bodies of include/windows.h, over POSIX threads and clocks.
 * Not built on Windows. */
#define _POSIX_C_SOURCE 200809L

#include <sched.h>
#include <string.h>
#include <time.h>

#include <iphlpapi.h>
#include <windows.h>

static _Thread_local DWORD last_error;

DWORD GetLastError(void)
{
    return last_error;
}

void SetLastError(DWORD error)
{
    last_error = error;
}

void AcquireSRWLockExclusive(SRWLOCK *lock)
{
    pthread_mutex_lock(lock);
}

void ReleaseSRWLockExclusive(SRWLOCK *lock)
{
    pthread_mutex_unlock(lock);
}

void AcquireSRWLockShared(SRWLOCK *lock)
{
    pthread_mutex_lock(lock);
}

void ReleaseSRWLockShared(SRWLOCK *lock)
{
    pthread_mutex_unlock(lock);
}

/* Condition variables made by their initializer go by the wall clock. */
static struct timespec moment_after(DWORD timeout_ms)
{
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    moment.tv_sec += (time_t)(timeout_ms / 1000);
    moment.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (moment.tv_nsec >= 1000000000) {
        moment.tv_sec++;
        moment.tv_nsec -= 1000000000;
    }
    return moment;
}

BOOL SleepConditionVariableSRW(CONDITION_VARIABLE *condition, SRWLOCK *lock,
                               DWORD timeout_ms, ULONG flags)
{
    (void)flags;
    if (timeout_ms == INFINITE)
        return pthread_cond_wait(condition, lock) == 0;
    const struct timespec moment = moment_after(timeout_ms);
    return pthread_cond_timedwait(condition, lock, &moment) == 0;
}

void WakeAllConditionVariable(CONDITION_VARIABLE *condition)
{
    pthread_cond_broadcast(condition);
}

BOOL QueryPerformanceCounter(LARGE_INTEGER *count)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    count->QuadPart = (LONGLONG)now.tv_sec * 1000000000 + now.tv_nsec;
    return TRUE;
}

BOOL QueryPerformanceFrequency(LARGE_INTEGER *frequency)
{
    frequency->QuadPart = 1000000000;
    return TRUE;
}

/* The address of something of each thread tells threads apart. */
DWORD GetCurrentThreadId(void)
{
    return (DWORD)((uintptr_t)&last_error >> 4);
}

BOOL SwitchToThread(void)
{
    return sched_yield() == 0;
}

/* --- The only interface ---------------------------------------------------- */

#define INTERFACE_INDEX 1
#define INTERFACE_LUID 1024

NET_IFINDEX if_nametoindex(const char *name)
{
    return strcmp(name, "loopback_0") == 0 ? INTERFACE_INDEX : 0;
}

char *if_indextoname(NET_IFINDEX index, char *name)
{
    return index == INTERFACE_INDEX ? strcpy(name, "loopback_0") : NULL;
}

int MultiByteToWideChar(UINT code_page, DWORD flags, const char *text, int size,
                        WCHAR *wide, int room)
{
    int count = 0;
    (void)code_page;
    (void)flags;
    (void)size;
    do {
        if (count == room || (unsigned char)text[count] > 0x7f)
            return 0;
        wide[count] = (WCHAR)text[count];
    } while (text[count++] != '\0');
    return count;
}

DWORD ConvertInterfaceAliasToLuid(const WCHAR *alias, NET_LUID *luid)
{
    static const WCHAR known[] = {'L', 'o', 'o', 'p', 'b', 'a', 'c', 'k', 0};
    if (memcmp(alias, known, sizeof known) != 0)
        return ERROR_INVALID_PARAMETER;
    luid->Value = INTERFACE_LUID;
    return NO_ERROR;
}

DWORD ConvertInterfaceLuidToIndex(const NET_LUID *luid, NET_IFINDEX *index)
{
    if (luid->Value != INTERFACE_LUID)
        return ERROR_FILE_NOT_FOUND;
    *index = INTERFACE_INDEX;
    return NO_ERROR;
}
