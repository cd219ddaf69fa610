/* iphlpapi.h: a stand-in; see windows.h beside it.  There is one interface:
 * "loopback_0" with the alias "Loopback", number 1. */
#ifndef STAND_IN_IPHLPAPI_H
#define STAND_IN_IPHLPAPI_H

#include <winsock2.h>

#define NO_ERROR 0u
#define CP_UTF8 65001u
#define MB_ERR_INVALID_CHARS 8u
#define WC_ERR_INVALID_CHARS 0x80u

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

/* --- Adapters -------------------------------------------------------------- */

#define ERROR_BUFFER_OVERFLOW 111
#define ERROR_NO_DATA 232

#define GAA_FLAG_SKIP_UNICAST 0x0001u
#define GAA_FLAG_SKIP_ANYCAST 0x0002u
#define GAA_FLAG_SKIP_MULTICAST 0x0004u
#define GAA_FLAG_SKIP_DNS_SERVER 0x0008u

#define IP_ADAPTER_NO_MULTICAST 0x0010u

#define IF_TYPE_ETHERNET_CSMACD 6
#define IF_TYPE_PPP 23
#define IF_TYPE_SOFTWARE_LOOPBACK 24
#define IF_TYPE_TUNNEL 131

#define MAX_ADAPTER_ADDRESS_LENGTH 8

typedef enum {
    IfOperStatusUp = 1,
    IfOperStatusDown,
    IfOperStatusTesting,
    IfOperStatusUnknown,
    IfOperStatusDormant,
    IfOperStatusNotPresent,
    IfOperStatusLowerLayerDown
} IF_OPER_STATUS;

typedef enum {
    IpDadStateInvalid,
    IpDadStateTentative,
    IpDadStateDuplicate,
    IpDadStateDeprecated,
    IpDadStatePreferred
} IP_DAD_STATE;

typedef struct _SOCKET_ADDRESS {
    struct sockaddr *lpSockaddr;
    INT iSockaddrLength;
} SOCKET_ADDRESS;

typedef struct _IP_ADAPTER_UNICAST_ADDRESS {
    struct _IP_ADAPTER_UNICAST_ADDRESS *Next;
    SOCKET_ADDRESS Address;
    IP_DAD_STATE DadState;
    UCHAR OnLinkPrefixLength;
} IP_ADAPTER_UNICAST_ADDRESS;

typedef struct _IP_ADAPTER_ADDRESSES {
    DWORD IfIndex;
    struct _IP_ADAPTER_ADDRESSES *Next;
    IP_ADAPTER_UNICAST_ADDRESS *FirstUnicastAddress;
    WCHAR *FriendlyName;
    BYTE PhysicalAddress[MAX_ADAPTER_ADDRESS_LENGTH];
    ULONG PhysicalAddressLength;
    ULONG Flags;
    ULONG Mtu;
    ULONG IfType;
    IF_OPER_STATUS OperStatus;
    ULONG Ipv6IfIndex;
    NET_LUID Luid;
} IP_ADAPTER_ADDRESSES;

typedef enum _NET_IF_ACCESS_TYPE {
    NET_IF_ACCESS_LOOPBACK = 1,
    NET_IF_ACCESS_BROADCAST = 2,
    NET_IF_ACCESS_POINT_TO_POINT = 3,
    NET_IF_ACCESS_POINT_TO_MULTI_POINT = 4
} NET_IF_ACCESS_TYPE;

typedef enum _NET_IF_ADMIN_STATUS {
    NET_IF_ADMIN_STATUS_UP = 1,
    NET_IF_ADMIN_STATUS_DOWN = 2,
    NET_IF_ADMIN_STATUS_TESTING = 3
} NET_IF_ADMIN_STATUS;

typedef struct _MIB_IF_ROW2 {
    NET_LUID InterfaceLuid;
    NET_IFINDEX InterfaceIndex;
    NET_IF_ACCESS_TYPE AccessType;
    NET_IF_ADMIN_STATUS AdminStatus;
} MIB_IF_ROW2;

/* --- Changes --------------------------------------------------------------- */

#define NETIOAPI_API_

typedef enum _MIB_NOTIFICATION_TYPE {
    MibParameterNotification,
    MibAddInstance,
    MibDeleteInstance,
    MibInitialNotification
} MIB_NOTIFICATION_TYPE;

typedef struct _MIB_IPINTERFACE_ROW {
    NET_IFINDEX InterfaceIndex;
} MIB_IPINTERFACE_ROW;

typedef struct _MIB_UNICASTIPADDRESS_ROW {
    NET_IFINDEX InterfaceIndex;
} MIB_UNICASTIPADDRESS_ROW;

typedef void(NETIOAPI_API_ *PIPINTERFACE_CHANGE_CALLBACK)(
    void *context, MIB_IPINTERFACE_ROW *row, MIB_NOTIFICATION_TYPE kind);
typedef void(NETIOAPI_API_ *PUNICAST_IPADDRESS_CHANGE_CALLBACK)(
    void *context, MIB_UNICASTIPADDRESS_ROW *row, MIB_NOTIFICATION_TYPE kind);

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
