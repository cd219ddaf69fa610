/* winternl.h: a stand-in; see windows.h beside it. */
#ifndef STAND_IN_WINTERNL_H
#define STAND_IN_WINTERNL_H

#include <windows.h>

typedef LONG NTSTATUS;

typedef struct _IO_STATUS_BLOCK {
    union {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef void(NTAPI *PIO_APC_ROUTINE)(PVOID context, PIO_STATUS_BLOCK status,
                                     ULONG reserved);

#define STATUS_TIMEOUT ((DWORD)0x00000102)
#define STATUS_PENDING ((DWORD)0x00000103)

#endif
