/* system_process.c: processes and the machine, by Windows. */
#include "process.h"

#include <signal.h>
#include <stdio.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <psapi.h>
#include <winternl.h>

/* Those that end who does nothing about them, and that are sent to end somebody. */
static bool ends(int number)
{
    return number == SIGKILL || number == SIGTERM || number == SIGINT ||
           number == SIGQUIT || number == SIGABRT;
}

int psock_guest_kill_process(pid_t process, int number)
{
    DWORD access = number == 0 ? SYNCHRONIZE : SYNCHRONIZE | PROCESS_TERMINATE;
    HANDLE handle = OpenProcess(access, FALSE, (DWORD)process);
    if (handle == NULL)
        return GetLastError() == ERROR_ACCESS_DENIED ? -EPERM : -ESRCH;
    int result = 0;
    if (WaitForSingleObject(handle, 0) == WAIT_OBJECT_0)
        result = -ESRCH;
    else if (number != 0 &&
             !(ends(number) && TerminateProcess(handle, 128u + (UINT)number)))
        result = -EPERM;
    CloseHandle(handle);
    return result;
}

/* Of an entry of the list of threads and processes that the system makes, only the
 * own one is asked for. */
pid_t psock_guest_parent(void)
{
    ULONG_PTR about[6] = {0};
    ULONG size = 0;
    if (NtQueryInformationProcess(GetCurrentProcess(), ProcessBasicInformation,
                                  about, sizeof about, &size) != 0)
        return 1;
    return about[5] == 0 ? 1 : (pid_t)about[5];
}

static int64_t us_of(FILETIME time)
{
    return (
        int64_t)(((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) /
                 10);
}

void psock_guest_usage(struct psock_guest_usage *usage)
{
    FILETIME started, ended, system = {0, 0}, user = {0, 0};
    PROCESS_MEMORY_COUNTERS memory = {.cb = sizeof memory};
    GetProcessTimes(GetCurrentProcess(), &started, &ended, &system, &user);
    K32GetProcessMemoryInfo(GetCurrentProcess(), &memory, sizeof memory);
    usage->user_us = us_of(user);
    usage->system_us = us_of(system);
    usage->most_memory_kib = (int64_t)(memory.PeakWorkingSetSize / 1024);
}

/* The one that tells the truth to programs without a manifest. */
typedef LONG(WINAPI *version_function)(OSVERSIONINFOW *version);

static void read_version(struct psock_guest_machine *machine)
{
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    HMODULE module = GetModuleHandleA("ntdll.dll");
    FARPROC found =
        module != NULL ? GetProcAddress(module, "RtlGetVersion") : NULL;
    if (found == NULL || ((version_function)(uintptr_t)found)(&version) != 0)
        return;
    machine->major = version.dwMajorVersion;
    machine->minor = version.dwMinorVersion;
    machine->build = version.dwBuildNumber;
}

void psock_guest_machine(struct psock_guest_machine *machine)
{
    SYSTEM_INFO system;
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    *machine = (struct psock_guest_machine){0};
    GetNativeSystemInfo(&system);
    GlobalMemoryStatusEx(&memory);
    machine->page_size = (long)system.dwPageSize;
    machine->processors = (long)system.dwNumberOfProcessors;
    machine->memory_bytes = (int64_t)memory.ullTotalPhys;
    machine->free_memory_bytes = (int64_t)memory.ullAvailPhys;
    read_version(machine);
    snprintf(machine->name, sizeof machine->name, "%s",
             system.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_ARM64
                 ? "aarch64"
             : system.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_INTEL
                 ? "i686"
                 : "x86_64");
}

void *psock_guest_pages(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

bool psock_guest_free_pages(void *pages)
{
    return VirtualFree(pages, 0, MEM_RELEASE);
}
