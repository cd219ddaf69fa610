/* system_clock.c: what time it is, by Windows. */
#include "clock.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define NS_PER_SECOND 1000000000
#define UNITS_UNTIL_1970 116444736000000000

static long long units_of(FILETIME time)
{
    return (long long)((unsigned long long)time.dwHighDateTime << 32 |
                       time.dwLowDateTime);
}

/* Newer than some systems that we run on. */
static void ask_precisely(FILETIME *now)
{
    typedef VOID(WINAPI * ask_t)(LPFILETIME);
    static void *volatile found;
    if (found == NULL) {
        HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
        FARPROC ask = GetProcAddress(kernel, "GetSystemTimePreciseAsFileTime");
        found = ask != NULL ? (void *)(uintptr_t)ask
                            : (void *)(uintptr_t)GetSystemTimeAsFileTime;
    }
    ((ask_t)(uintptr_t)found)(now);
}

long long psock_guest_real_ns(void)
{
    FILETIME now;
    ask_precisely(&now);
    return (units_of(now) - UNITS_UNTIL_1970) * 100;
}

long long psock_guest_monotonic_ns(void)
{
    LARGE_INTEGER frequency;
    LARGE_INTEGER count;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&count);
    long long seconds = count.QuadPart / frequency.QuadPart;
    long long rest = count.QuadPart % frequency.QuadPart;
    return seconds * NS_PER_SECOND + rest * NS_PER_SECOND / frequency.QuadPart;
}

struct psock_guest_cpu psock_guest_process_cpu(void)
{
    FILETIME begun, ended, kernel, user;
    GetProcessTimes(GetCurrentProcess(), &begun, &ended, &kernel, &user);
    return (struct psock_guest_cpu){units_of(user) * 100,
                                    units_of(kernel) * 100};
}

struct psock_guest_cpu psock_guest_thread_cpu(void)
{
    FILETIME begun, ended, kernel, user;
    GetThreadTimes(GetCurrentThread(), &begun, &ended, &kernel, &user);
    return (struct psock_guest_cpu){units_of(user) * 100,
                                    units_of(kernel) * 100};
}
