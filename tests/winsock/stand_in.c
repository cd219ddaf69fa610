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

/* In units of 100 ns since 1601. */
void GetSystemTimePreciseAsFileTime(FILETIME *time)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t units = (uint64_t)116444736000000000 +
                           (uint64_t)now.tv_sec * 10000000 +
                           (uint64_t)now.tv_nsec / 100;
    time->dwLowDateTime = (DWORD)units;
    time->dwHighDateTime = (DWORD)(units >> 32);
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

/* --- Text ------------------------------------------------------------------- */

/* Each form of UTF-8: how many bytes, the bits that say so, the least value. */
static const struct {
    int length;
    unsigned char mask;
    unsigned char mark;
    uint32_t least;
} forms[] = {
    {1, 0x80, 0x00, 0},
    {2, 0xe0, 0xc0, 0x80},
    {3, 0xf0, 0xe0, 0x800},
    {4, 0xf8, 0xf0, 0x10000},
};

static int form_of(unsigned char first)
{
    for (int i = 0; i < 4; i++)
        if ((first & forms[i].mask) == forms[i].mark)
            return i;
    return -1;
}

/* Returns the bytes of the character at `text`, 0 when it is none. */
static int take_character(const char *text, uint32_t *character)
{
    const unsigned char *bytes = (const unsigned char *)text;
    int form = form_of(bytes[0]);
    if (form < 0)
        return 0;
    *character = bytes[0] & (unsigned char)~forms[form].mask;
    for (int i = 1; i < forms[form].length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (bytes[i] & 0x3fu);
    }
    return *character < forms[form].least || *character > 0x10ffff ||
                   (*character & 0xfffff800) == 0xd800
               ? 0
               : forms[form].length;
}

int MultiByteToWideChar(UINT code_page, DWORD flags, const char *text, int size,
                        WCHAR *wide, int room)
{
    int count = 0;
    uint32_t character = 1;
    (void)code_page;
    (void)flags;
    (void)size;
    while (character != 0) {
        int length = take_character(text, &character);
        int units = character > 0xffff ? 2 : 1;
        if (length == 0 || room - count < units)
            return 0;
        text += length;
        if (units == 2)
            wide[count++] = (WCHAR)(0xd7c0 + (character >> 10));
        wide[count++] = units == 2 ? (WCHAR)(0xdc00 | (character & 0x3ff))
                                   : (WCHAR)character;
    }
    return count;
}

static int put_character(uint32_t character, char *text, int room)
{
    int form = 3;
    while (form > 0 && character < forms[form].least)
        form--;
    const int length = forms[form].length;
    if (length > room)
        return 0;
    for (int i = length - 1; i > 0; i--) {
        text[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    text[0] = (char)(forms[form].mark | character);
    return length;
}

/* Takes a character of `wide`; returns its units, 0 where there is none but half
 * of one. */
static int take_wide(const WCHAR *wide, uint32_t *character)
{
    *character = wide[0];
    if ((wide[0] & 0xf800) != 0xd800)
        return 1;
    if ((wide[0] & 0xfc00) != 0xd800 || (wide[1] & 0xfc00) != 0xdc00)
        return 0;
    *character = ((*character - 0xd7c0) << 10) + (wide[1] & 0x3ffu);
    return 2;
}

int WideCharToMultiByte(UINT code_page, DWORD flags, const WCHAR *wide,
                        int size, char *text, int room, const char *unknown,
                        BOOL *was_unknown)
{
    int count = 0;
    uint32_t character = 1;
    (void)code_page;
    (void)flags;
    (void)size;
    (void)unknown;
    (void)was_unknown;
    while (character != 0) {
        int units = take_wide(wide, &character);
        int length = units == 0
                         ? 0
                         : put_character(character, text + count, room - count);
        wide += units;
        if (length == 0)
            SetLastError(ERROR_INSUFFICIENT_BUFFER);
        if (length == 0)
            return 0;
        count += length;
    }
    return count;
}

/* --- The only interface, by its other name ---------------------------------- */

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
