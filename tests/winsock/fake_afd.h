/* fake_afd.h: AFD's numbers, and what it reads and writes, for those files of
 * the fake Winsock that play AFD. */
#ifndef PSOCK_TESTS_FAKE_AFD_H
#define PSOCK_TESTS_FAKE_AFD_H

#include "fake_world.h"

#define IOCTL_AFD_POLL 0x00012024

#define AFD_READ 0x0001u
#define AFD_URGENT 0x0002u
#define AFD_WRITE 0x0004u
#define AFD_HANGUP 0x0008u
#define AFD_RESET 0x0010u
#define AFD_CLOSE 0x0020u
#define AFD_CONNECT 0x0040u
#define AFD_ACCEPT 0x0080u
#define AFD_CONNECT_ERROR 0x0100u
#define AFD_KNOWN 0x01ffu

#define NT_SUCCESS_CODE ((NTSTATUS)0)
#define NT_TIMEOUT ((NTSTATUS)0x00000102)
#define NT_PENDING ((NTSTATUS)0x00000103)
#define NT_ACCESS_VIOLATION ((NTSTATUS)0xC0000005)
#define NT_INVALID_HANDLE ((NTSTATUS)0xC0000008)
#define NT_INVALID_PARAMETER ((NTSTATUS)0xC000000D)
#define NT_INVALID_DEVICE_REQUEST ((NTSTATUS)0xC0000010)
#define NT_ACCESS_DENIED ((NTSTATUS)0xC0000022)
#define NT_NAME_INVALID ((NTSTATUS)0xC0000033)
#define NT_NAME_NOT_FOUND ((NTSTATUS)0xC0000034)
#define NT_PATH_SYNTAX_BAD ((NTSTATUS)0xC000003B)
#define NT_CANCELLED ((NTSTATUS)0xC0000120)
#define NT_CONNECTION_REFUSED ((NTSTATUS)0xC0000236)

struct afd_entry {
    HANDLE handle;
    ULONG events;
    NTSTATUS status;
};

struct afd_info {
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct afd_entry entries[];
};

/* fake_ready.c: all that `s` is ready for. */
ULONG fake_ready_events(const struct fake_object *s);

#endif
