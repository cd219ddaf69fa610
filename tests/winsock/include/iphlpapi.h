/* iphlpapi.h: a stand-in; see windows.h beside it.  There is one interface:
 * "loopback_0" with the alias "Loopback", number 1. */
#ifndef STAND_IN_IPHLPAPI_H
#define STAND_IN_IPHLPAPI_H

#include <winsock2.h>

#define NO_ERROR 0u
#define CP_UTF8 65001u
#define MB_ERR_INVALID_CHARS 8u

typedef union _NET_LUID {
    ULONG64 Value;
} NET_LUID;
typedef ULONG NET_IFINDEX;

#define if_nametoindex stand_in_if_nametoindex
#define if_indextoname stand_in_if_indextoname

NET_IFINDEX if_nametoindex(const char *name);
char *if_indextoname(NET_IFINDEX index, char *name);
DWORD ConvertInterfaceAliasToLuid(const WCHAR *alias, NET_LUID *luid);
DWORD ConvertInterfaceLuidToIndex(const NET_LUID *luid, NET_IFINDEX *index);

/* Both take texts that end with a zero, size -1, and refuse what is no UTF-8, or
 * no UTF-16. */
int MultiByteToWideChar(UINT code_page, DWORD flags, const char *text, int size,
                        WCHAR *wide, int room);
int WideCharToMultiByte(UINT code_page, DWORD flags, const WCHAR *wide,
                        int size, char *text, int room, const char *unknown,
                        BOOL *was_unknown);

/* --- Addresses of interfaces ----------------------------------------------- */

typedef struct _MIB_IPADDRROW {
    DWORD dwAddr;
    DWORD dwIndex;
    DWORD dwMask;
    DWORD dwBCastAddr;
    DWORD dwReasmSize;
    unsigned short unused1;
    unsigned short wType;
} MIB_IPADDRROW;

typedef struct _MIB_IPADDRTABLE {
    DWORD dwNumEntries;
    MIB_IPADDRROW table[1];
} MIB_IPADDRTABLE;

/* --- Who owns which connection --------------------------------------------- */

typedef enum _TCP_TABLE_CLASS {
    TCP_TABLE_OWNER_PID_ALL = 5
} TCP_TABLE_CLASS;

#define MIB_TCP_STATE_ESTAB 5
#define MIB_TCP_STATE_FIN_WAIT2 7
#define MIB_TCP_STATE_CLOSE_WAIT 8

typedef struct _MIB_TCPROW_OWNER_PID {
    DWORD dwState;
    DWORD dwLocalAddr;
    DWORD dwLocalPort;
    DWORD dwRemoteAddr;
    DWORD dwRemotePort;
    DWORD dwOwningPid;
} MIB_TCPROW_OWNER_PID;

typedef struct _MIB_TCPTABLE_OWNER_PID {
    DWORD dwNumEntries;
    MIB_TCPROW_OWNER_PID table[1];
} MIB_TCPTABLE_OWNER_PID;

typedef struct _MIB_TCP6ROW_OWNER_PID {
    UCHAR ucLocalAddr[16];
    DWORD dwLocalScopeId;
    DWORD dwLocalPort;
    UCHAR ucRemoteAddr[16];
    DWORD dwRemoteScopeId;
    DWORD dwRemotePort;
    DWORD dwState;
    DWORD dwOwningPid;
} MIB_TCP6ROW_OWNER_PID;

typedef struct _MIB_TCP6TABLE_OWNER_PID {
    DWORD dwNumEntries;
    MIB_TCP6ROW_OWNER_PID table[1];
} MIB_TCP6TABLE_OWNER_PID;

#endif
