/* win32.c: host.h for Windows. */
#include <winsock2.h>
#include <windows.h>

#include <psapi.h>
#include <winioctl.h>
#include <tlhelp32.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static void demand(_Bool met, const char *what)
{
    if (met)
        return;
    fprintf(stderr, "host: %s: error %lu\n", what, GetLastError());
    exit(EXIT_FAILURE);
}

static void *make(size_t size)
{
    void *memory = calloc(1, size);
    demand(memory != NULL, "memory");
    return memory;
}

/* --- Threads -------------------------------------------------------------- */

struct host_thread {
    HANDLE handle;
    void (*run)(void *);
    void *argument;
};

static DWORD WINAPI run_thread(void *argument)
{
    struct host_thread *thread = argument;
    thread->run(thread->argument);
    return 0;
}

struct host_thread *host_thread_start(void (*run)(void *), void *argument)
{
    struct host_thread *thread = make(sizeof *thread);
    thread->run = run;
    thread->argument = argument;
    thread->handle = CreateThread(NULL, 0, run_thread, thread, 0, NULL);
    demand(thread->handle != NULL, "CreateThread");
    return thread;
}

_Bool host_thread_join(struct host_thread *thread, int timeout_ms)
{
    if (WaitForSingleObject(thread->handle, (DWORD)timeout_ms) != WAIT_OBJECT_0)
        return 0;
    CloseHandle(thread->handle);
    free(thread);
    return 1;
}

static void WINAPI ignore_disturbance(ULONG_PTR argument)
{
    (void)argument;
}

void host_thread_disturb(struct host_thread *thread)
{
    QueueUserAPC(ignore_disturbance, thread->handle, 0);
}

_Bool host_thread_interrupt(struct host_thread *thread, void (*run)(void *),
                            void *argument)
{
    (void)thread;
    (void)run;
    (void)argument;
    return 0;
}

int host_thread_count(void)
{
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 thread = {.dwSize = sizeof thread};
    int count = 0;
    demand(all != INVALID_HANDLE_VALUE, "CreateToolhelp32Snapshot");
    for (BOOL is_one = Thread32First(all, &thread); is_one;
         is_one = Thread32Next(all, &thread))
        count += thread.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle(all);
    return count;
}

void host_yield(void)
{
    SwitchToThread();
}

/* --- Gates ---------------------------------------------------------------- */

struct host_gate {
    HANDLE event;
};

struct host_gate *host_gate_make(void)
{
    struct host_gate *gate = make(sizeof *gate);
    gate->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    demand(gate->event != NULL, "CreateEvent");
    return gate;
}

void host_gate_open(struct host_gate *gate)
{
    SetEvent(gate->event);
}

void host_gate_wait(struct host_gate *gate)
{
    WaitForSingleObject(gate->event, INFINITE);
}

void host_gate_free(struct host_gate *gate)
{
    CloseHandle(gate->event);
    free(gate);
}

/* --- Child processes ------------------------------------------------------ */

struct host_child {
    HANDLE process;
    HANDLE input;
};

enum {
    COMMAND_SIZE = 2048
};

static void write_command(char *command, const char *const *arguments)
{
    char path[MAX_PATH];
    demand(GetModuleFileNameA(NULL, path, sizeof path) < sizeof path, "path");
    int length = snprintf(command, COMMAND_SIZE, "\"%s\"", path);
    for (; *arguments != NULL; arguments++)
        length += snprintf(command + length, (size_t)(COMMAND_SIZE - length),
                           " %s", *arguments);
    demand(length < COMMAND_SIZE, "command line");
}

static void create_process(struct host_child *child, char *command,
                           HANDLE input)
{
    PROCESS_INFORMATION process;
    STARTUPINFOA startup;
    memset(&startup, 0, sizeof startup);
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = input;
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    demand(CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL,
                          &startup, &process),
           "CreateProcess");
    CloseHandle(process.hThread);
    child->process = process.hProcess;
}

struct host_child *host_child_start(const char *program,
                                    const char *const *arguments)
{
    struct host_child *child = make(sizeof *child);
    char command[COMMAND_SIZE];
    HANDLE input;
    (void)program; /* Windows knows it better */
    write_command(command, arguments);
    demand(CreatePipe(&input, &child->input, NULL, 0), "CreatePipe");
    SetHandleInformation(input, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    create_process(child, command, input);
    CloseHandle(input);
    return child;
}

int host_child_end(struct host_child *child)
{
    DWORD code = 0;
    CloseHandle(child->input);
    WaitForSingleObject(child->process, INFINITE);
    _Bool known = GetExitCodeProcess(child->process, &code);
    CloseHandle(child->process);
    free(child);
    return known && code <= 255 ? (int)code : -1;
}

int host_copy_run(int (*run)(void *argument), void *argument)
{
    (void)run;
    (void)argument;
    return -1;
}

uint32_t host_process(void)
{
    return GetCurrentProcessId();
}

/* --- Descriptors ---------------------------------------------------------- */

/* Wine says that there are none, and asking it for those of all processes ends its
 * server if one of them has none at that moment.  It gives out the lowest number
 * that is free, so what stays open lies behind no long gap. */
#define LONGEST_GAP 64

static DWORD count_by_number(void)
{
    DWORD count = 0;
    DWORD flags;
    for (ULONG_PTR number = 4, gap = 0; gap < LONGEST_GAP; number += 4)
        if (GetHandleInformation((HANDLE)number, &flags)) {
            count++;
            gap = 0;
        } else {
            gap++;
        }
    return count;
}

int host_descriptor_count(void)
{
    DWORD count = 0;
    demand(GetProcessHandleCount(GetCurrentProcess(), &count), "handles");
    return (int)(count != 0 ? count : count_by_number());
}

/* Windows has no such limit. */
_Bool host_allow_descriptors(int count)
{
    (void)count;
    return 1;
}

_Bool host_forbid_descriptors(_Bool forbidden)
{
    (void)forbidden;
    return 0;
}

uint64_t host_peak_memory(void)
{
    PROCESS_MEMORY_COUNTERS counters;
    demand(K32GetProcessMemoryInfo(GetCurrentProcess(), &counters,
                                   sizeof counters),
           "GetProcessMemoryInfo");
    return counters.PeakWorkingSetSize;
}

psock_t host_foreign_open(void)
{
    HANDLE foreign = CreateEventW(NULL, TRUE, FALSE, NULL);
    demand(foreign != NULL, "CreateEvent");
    return (psock_t)foreign;
}

_Bool host_foreign_is_open(psock_t foreign)
{
    DWORD flags;
    return GetHandleInformation((HANDLE)foreign, &flags) != 0;
}

void host_foreign_close(psock_t foreign)
{
    CloseHandle((HANDLE)foreign);
}

void host_make_inheritable(psock_t s)
{
    demand(SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT,
                                HANDLE_FLAG_INHERIT),
           "SetHandleInformation");
}

_Bool host_send_descriptors(psock_t channel, const void *data, int size,
                            const psock_t *descriptors, int count)
{
    (void)channel;
    (void)data;
    (void)size;
    (void)descriptors;
    (void)count;
    return 0;
}

/* --- Sockets that psock knows nothing of ----------------------------------- */

psock_t host_native_open(int family, int type)
{
    SOCKET native = socket(family == PSOCK_IPV6 ? AF_INET6 : AF_INET,
                           type == PSOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, 0);
    demand(native != INVALID_SOCKET, "socket");
    return (psock_t)native;
}

void host_native_close(psock_t native)
{
    closesocket((SOCKET)native);
}

int host_native_recv(psock_t native, void *buffer, int size, int timeout_ms)
{
    DWORD timeout = (DWORD)timeout_ms;
    int done = setsockopt((SOCKET)native, SOL_SOCKET, SO_RCVTIMEO,
                          (const char *)&timeout, sizeof timeout);
    demand(done == 0, "setsockopt");
    return recv((SOCKET)native, buffer, size, 0);
}

/* --- Files ----------------------------------------------------------------- */

static const WCHAR *wide(const char *path)
{
    static _Thread_local WCHAR room[HOST_PATH_SIZE];
    demand(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, room,
                               HOST_PATH_SIZE) != 0,
           path);
    return room;
}

void host_directory_make(char path[HOST_PATH_SIZE])
{
    static LONG volatile made;
    WCHAR where[HOST_PATH_SIZE];
    char name[HOST_PATH_SIZE];
    demand(GetTempPathW(HOST_PATH_SIZE, where) != 0, "GetTempPathW");
    demand(WideCharToMultiByte(CP_UTF8, 0, where, -1, name, HOST_PATH_SIZE,
                               NULL, NULL) != 0,
           "WideCharToMultiByte");
    snprintf(path, HOST_PATH_SIZE, "%.400spsock-%lu-%ld\\", name,
             GetCurrentProcessId(), InterlockedIncrement(&made));
    demand(CreateDirectoryW(wide(path), NULL), path);
}

void host_directory_remove(const char *path)
{
    demand(RemoveDirectoryW(wide(path)), path);
}

FILE *host_file_open(const char *path, const char *mode)
{
    WCHAR wide_mode[8] = {0};
    for (size_t i = 0; mode[i] != '\0' && i < 7; i++)
        wide_mode[i] = (WCHAR)mode[i];
    FILE *file = _wfopen(wide(path), wide_mode);
    demand(file != NULL, path);
    return file;
}

void host_file_remove(const char *path)
{
    demand(DeleteFileW(wide(path)), path);
}

static HANDLE open_to_write(const char *path, int64_t offset)
{
    DWORD returned;
    HANDLE file =
        CreateFileW(wide(path), GENERIC_WRITE,
                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                    NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    demand(file != INVALID_HANDLE_VALUE, path);
    DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &returned, NULL);
    demand(SetFilePointerEx(file, (LARGE_INTEGER){.QuadPart = offset}, NULL,
                            FILE_BEGIN),
           "SetFilePointerEx");
    return file;
}

void host_file_write(const char *path, int64_t offset, const void *data,
                     size_t size)
{
    DWORD written;
    HANDLE file = open_to_write(path, offset);
    demand(WriteFile(file, data, (DWORD)size, &written, NULL) &&
               written == size,
           "WriteFile");
    CloseHandle(file);
}

void host_file_cut(const char *path, int64_t size)
{
    HANDLE file = open_to_write(path, size);
    demand(SetEndOfFile(file), "SetEndOfFile");
    CloseHandle(file);
}

const char *host_device_path(void)
{
    return "NUL";
}

/* --- Signals of broken connections ------------------------------------------ */

_Bool host_hold_pipe_signals(void)
{
    return 0;
}

void host_send_pipe_signal(void)
{
}

_Bool host_take_pipe_signal(void)
{
    return 0;
}

/* --- The system's error codes ---------------------------------------------- */

#define ROW(native, error)                                                     \
    {                                                                          \
#native, native, PSOCK_##error                                         \
    }

static const struct host_native_error native_errors[] = {
    ROW(WSAEWOULDBLOCK, EAGAIN),
    ROW(WSAEINTR, ECANCELED),
    ROW(WSAEINPROGRESS, EINPROGRESS),
    ROW(WSAEALREADY, EALREADY),
    ROW(WSAECONNREFUSED, ECONNREFUSED),
    ROW(WSAECONNRESET, ECONNRESET),
    ROW(WSAECONNABORTED, ECONNABORTED),
    ROW(WSAETIMEDOUT, ETIMEDOUT),
    ROW(WSAEINVAL, EINVAL),
    ROW(WSAEBADF, EBADF),
    ROW(WSAENOTSOCK, ENOTSOCK),
    ROW(WSAEACCES, EACCES),
    ROW(WSAEFAULT, EFAULT),
    ROW(WSAEMFILE, EMFILE),
    ROW(WSAENOBUFS, ENOBUFS),
    ROW(WSAEADDRINUSE, EADDRINUSE),
    ROW(WSAEADDRNOTAVAIL, EADDRNOTAVAIL),
    ROW(WSAEAFNOSUPPORT, EAFNOSUPPORT),
    ROW(WSAEPFNOSUPPORT, EPFNOSUPPORT),
    ROW(WSAEPROTONOSUPPORT, EPROTONOSUPPORT),
    ROW(WSAEPROTOTYPE, EPROTOTYPE),
    ROW(WSAESOCKTNOSUPPORT, ESOCKTNOSUPPORT),
    ROW(WSAEOPNOTSUPP, EOPNOTSUPP),
    ROW(WSAENOPROTOOPT, ENOPROTOOPT),
    ROW(WSAEMSGSIZE, EMSGSIZE),
    ROW(WSAEDESTADDRREQ, EDESTADDRREQ),
    ROW(WSAEISCONN, EISCONN),
    ROW(WSAENOTCONN, ENOTCONN),
    ROW(WSAESHUTDOWN, ESHUTDOWN),
    ROW(WSAEHOSTUNREACH, EHOSTUNREACH),
    ROW(WSAEHOSTDOWN, EHOSTDOWN),
    ROW(WSAENETUNREACH, ENETUNREACH),
    ROW(WSAENETDOWN, ENETDOWN),
    ROW(WSAENETRESET, ENETRESET),
    ROW(WSAETOOMANYREFS, ETOOMANYREFS),
    ROW(WSAELOOP, ELOOP),
    ROW(WSAENAMETOOLONG, ENAMETOOLONG),
    ROW(WSAENOTEMPTY, ENOTEMPTY),
    ROW(WSAEPROCLIM, EMFILE),
    ROW(WSAEUSERS, EUSERS),
    ROW(WSAEDQUOT, EDQUOT),
    ROW(WSAESTALE, ESTALE),
    ROW(WSAEREMOTE, EREMOTE),
    ROW(WSASYSNOTREADY, ENETDOWN),
    ROW(WSAVERNOTSUPPORTED, ENOTSUP),
    ROW(WSANOTINITIALISED, ENETDOWN),
    ROW(WSAEDISCON, EPIPE),
    ROW(WSAECANCELLED, ECANCELED),
    ROW(WSAEREFUSED, ECONNREFUSED),
    ROW(WSATYPE_NOT_FOUND, EAI_SERVICE),
    ROW(WSAHOST_NOT_FOUND, EAI_NONAME),
    ROW(WSATRY_AGAIN, EAI_AGAIN),
    ROW(WSANO_RECOVERY, EAI_FAIL),
    ROW(WSANO_DATA, EAI_NODATA),
};

const struct host_native_error *host_native_errors(size_t *count)
{
    *count = sizeof native_errors / sizeof *native_errors;
    return native_errors;
}

void host_native_fail(int native)
{
    WSASetLastError(native);
}

int host_native_unknown(void)
{
    return 123456;
}
