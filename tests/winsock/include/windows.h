/* windows.h: a stand-in for systems that are not Windows, so that src/win32 can
 * be compiled, and run on the fake Winsock, anywhere.
 *
 * It has what src/win32 and the fake use and no more.  Types have the sizes and
 * constants the values of Windows; locks, clocks and threads work, by way of
 * stand_in.c.  The entry points of the table in src/win32/winsock.h are left
 * out on purpose: a call past the table does not compile here. */
#ifndef STAND_IN_WINDOWS_H
#define STAND_IN_WINDOWS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <pthread.h>

#if UINTPTR_MAX > 0xffffffff && !defined(_WIN64)
#define _WIN64 1
#endif

#define WINAPI
#define WSAAPI
#define NTAPI
#define CALLBACK
#define VOID void

/* Windows's names for sizes that differ elsewhere: long is 32 bits there. */
#define u_char stand_in_u_char
#define u_short stand_in_u_short
#define u_int stand_in_u_int
#define u_long stand_in_u_long
typedef uint8_t u_char;
typedef uint16_t u_short;
typedef uint32_t u_int;
typedef uint32_t u_long;

typedef int BOOL;
typedef uint8_t BYTE, UCHAR, BOOLEAN;
typedef char CHAR;
typedef uint16_t WORD, USHORT, WCHAR, ADDRESS_FAMILY;
typedef int16_t SHORT;
typedef int32_t LONG, INT;
typedef uint32_t DWORD, ULONG, UINT;
typedef int64_t LONGLONG, LONG64;
typedef uint64_t ULONGLONG, ULONG64, DWORD64;
typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR;
typedef intptr_t INT_PTR, LONG_PTR;
typedef size_t SIZE_T;
typedef void *PVOID, *LPVOID, *HANDLE;
typedef DWORD *LPDWORD;
typedef WCHAR *PWSTR;
typedef DWORD ACCESS_MASK;

typedef union _LARGE_INTEGER {
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER;

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME;

typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;

typedef struct _SECURITY_ATTRIBUTES {
    DWORD nLength;
    LPVOID lpSecurityDescriptor;
    BOOL bInheritHandle;
} SECURITY_ATTRIBUTES;

typedef struct _OVERLAPPED {
    ULONG_PTR Internal;
    ULONG_PTR InternalHigh;
    union {
        struct {
            DWORD Offset;
            DWORD OffsetHigh;
        };
        PVOID Pointer;
    };
    HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

typedef struct _OVERLAPPED_ENTRY {
    ULONG_PTR lpCompletionKey;
    LPOVERLAPPED lpOverlapped;
    ULONG_PTR Internal;
    DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY, *LPOVERLAPPED_ENTRY;

#define TRUE 1
#define FALSE 0
#define INFINITE 0xffffffffu
#define MAXDWORD 0xffffffffu
#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)
#define HANDLE_FLAG_INHERIT 1u
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 2u

#define GENERIC_READ 0x80000000u
#define DELETE 0x00010000
#define SYNCHRONIZE 0x00100000
#define FILE_READ_ATTRIBUTES 0x00000080
#define FILE_SHARE_READ 0x00000001
#define FILE_SHARE_WRITE 0x00000002
#define FILE_SHARE_DELETE 0x00000004

#define OPEN_EXISTING 3
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000
#define SECURITY_SQOS_PRESENT 0x00100000
#define SECURITY_IDENTIFICATION 0x00010000
#define FILE_ATTRIBUTE_DIRECTORY 0x00000010
#define FILE_ATTRIBUTE_NORMAL 0x00000080
#define FILE_ATTRIBUTE_REPARSE_POINT 0x00000400
#define INVALID_FILE_ATTRIBUTES 0xffffffffu
#define MAX_PATH 260

#define FILE_BEGIN 0
#define FILE_CURRENT 1

#define FILE_TYPE_UNKNOWN 0
#define FILE_TYPE_DISK 1
#define FILE_TYPE_CHAR 2
#define FILE_TYPE_PIPE 3

typedef enum _FILE_INFO_BY_HANDLE_CLASS {
    FileStandardInfo = 1,
    FileDispositionInfo = 4,
    FileAttributeTagInfo = 9
} FILE_INFO_BY_HANDLE_CLASS;

typedef struct _FILE_STANDARD_INFO {
    LARGE_INTEGER AllocationSize;
    LARGE_INTEGER EndOfFile;
    DWORD NumberOfLinks;
    BOOLEAN DeletePending;
    BOOLEAN Directory;
} FILE_STANDARD_INFO;

typedef struct _FILE_ATTRIBUTE_TAG_INFO {
    DWORD FileAttributes;
    DWORD ReparseTag;
} FILE_ATTRIBUTE_TAG_INFO;

typedef struct _FILE_DISPOSITION_INFO {
    BOOLEAN DeleteFile;
} FILE_DISPOSITION_INFO;

#define WAIT_OBJECT_0 0u
#define WAIT_TIMEOUT 258u
#define WAIT_FAILED 0xffffffffu

#define ERROR_SUCCESS 0
#define ERROR_FILE_NOT_FOUND 2
#define ERROR_PATH_NOT_FOUND 3
#define ERROR_TOO_MANY_OPEN_FILES 4
#define ERROR_ACCESS_DENIED 5
#define ERROR_INVALID_HANDLE 6
#define ERROR_NOT_ENOUGH_MEMORY 8
#define ERROR_OUTOFMEMORY 14
#define ERROR_WRITE_PROTECT 19
#define ERROR_SHARING_VIOLATION 32
#define ERROR_HANDLE_EOF 38
#define ERROR_NOT_SUPPORTED 50
#define ERROR_NETNAME_DELETED 64
#define ERROR_FILE_EXISTS 80
#define ERROR_INVALID_PARAMETER 87
#define ERROR_BROKEN_PIPE 109
#define ERROR_SEM_TIMEOUT 121
#define ERROR_INSUFFICIENT_BUFFER 122
#define ERROR_INVALID_NAME 123
#define ERROR_FILENAME_EXCED_RANGE 206
#define ERROR_MORE_DATA 234
#define ERROR_ABANDONED_WAIT_0 735
#define ERROR_OPERATION_ABORTED 995
#define ERROR_IO_INCOMPLETE 996
#define ERROR_IO_PENDING 997
#define ERROR_NOACCESS 998
#define ERROR_NOT_FOUND 1168
#define ERROR_CONNECTION_REFUSED 1225
#define ERROR_GRACEFUL_DISCONNECT 1226
#define ERROR_ADDRESS_ALREADY_ASSOCIATED 1227
#define ERROR_CONNECTION_INVALID 1229
#define ERROR_NETWORK_UNREACHABLE 1231
#define ERROR_HOST_UNREACHABLE 1232
#define ERROR_PROTOCOL_UNREACHABLE 1233
#define ERROR_PORT_UNREACHABLE 1234
#define ERROR_REQUEST_ABORTED 1235
#define ERROR_CONNECTION_ABORTED 1236
#define ERROR_NO_SYSTEM_RESOURCES 1450
#define ERROR_TIMEOUT 1460
#define ERROR_CANT_ACCESS_FILE 1920
#define DNS_ERROR_RCODE_SERVER_FAILURE 9002
#define DNS_ERROR_RCODE_NAME_ERROR 9003
#define DNS_INFO_NO_RECORDS 9501
#define DNS_ERROR_INVALID_NAME_CHAR 9560

#define MAKEWORD(low, high)                                                    \
    ((WORD)(((BYTE)(low)) | ((WORD)((BYTE)(high))) << 8))
#define LOBYTE(word) ((BYTE)((word)&0xff))
#define HIBYTE(word) ((BYTE)((word) >> 8 & 0xff))

/* --- The system's edition -------------------------------------------------- */

#define VER_NT_WORKSTATION 1
#define VER_NT_DOMAIN_CONTROLLER 2
#define VER_NT_SERVER 3

typedef struct _OSVERSIONINFOW {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    WCHAR szCSDVersion[128];
} RTL_OSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXW {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    WCHAR szCSDVersion[128];
    WORD wServicePackMajor;
    WORD wServicePackMinor;
    WORD wSuiteMask;
    BYTE wProductType;
    BYTE wReserved;
} RTL_OSVERSIONINFOEXW;

/* --- Work for threads of the system, modules, this machine ------------------ */

typedef DWORD(WINAPI *LPTHREAD_START_ROUTINE)(void *context);
#define WT_EXECUTELONGFUNCTION 0x00000010

typedef HANDLE HMODULE;
#define GET_MODULE_HANDLE_EX_FLAG_PIN 1
#define GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS 4

typedef enum _COMPUTER_NAME_FORMAT {
    ComputerNameDnsHostname = 1,
    ComputerNamePhysicalDnsHostname = 5
} COMPUTER_NAME_FORMAT;

/* --- Errors, one of each thread ------------------------------------------- */

DWORD GetLastError(void);
void SetLastError(DWORD error);

/* --- Locks: shared holders exclude each other too, which nobody may rely on
 * not being so --------------------------------------------------------------- */

typedef pthread_mutex_t SRWLOCK;
typedef pthread_cond_t CONDITION_VARIABLE;
#define SRWLOCK_INIT PTHREAD_MUTEX_INITIALIZER
#define CONDITION_VARIABLE_INIT PTHREAD_COND_INITIALIZER

void AcquireSRWLockExclusive(SRWLOCK *lock);
void ReleaseSRWLockExclusive(SRWLOCK *lock);
void AcquireSRWLockShared(SRWLOCK *lock);
void ReleaseSRWLockShared(SRWLOCK *lock);
BOOL SleepConditionVariableSRW(CONDITION_VARIABLE *condition, SRWLOCK *lock,
                               DWORD timeout_ms, ULONG flags);
void WakeAllConditionVariable(CONDITION_VARIABLE *condition);

#define InterlockedExchange(target, value)                                     \
    __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd(target, value)                                  \
    __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST)
#define InterlockedIncrement(target)                                           \
    __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement(target)                                           \
    __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedCompareExchange(target, value, expected)                    \
    __sync_val_compare_and_swap(target, expected, value)
#define InterlockedExchangePointer(target, value)                              \
    __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define InterlockedCompareExchangePointer(target, value, expected)             \
    __sync_val_compare_and_swap(target, expected, value)

/* --- Clocks, threads ------------------------------------------------------- */

BOOL QueryPerformanceCounter(LARGE_INTEGER *count);
BOOL QueryPerformanceFrequency(LARGE_INTEGER *frequency);
void GetSystemTimePreciseAsFileTime(FILETIME *time);
DWORD GetCurrentThreadId(void);
BOOL SwitchToThread(void);

#endif
