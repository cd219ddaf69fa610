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

/* Takes UTF-8 of one byte a character, and no size but -1. */
int MultiByteToWideChar(UINT code_page, DWORD flags, const char *text, int size,
                        WCHAR *wide, int room);

#endif
