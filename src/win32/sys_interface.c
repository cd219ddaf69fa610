/* sys_interface.c: the system's list of adapters, and calls when one changes. */
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

/* The alias of at most 256 characters, each of at most three bytes. */
#define ALIAS_SIZE 769

struct adapter {
    const IP_ADAPTER_ADDRESSES *from;
    uint32_t index;
    unsigned flags;
    char name[PSOCK_SYS_SCOPE_NAME_SIZE];
    char alias[ALIAS_SIZE];
};

/* An address, and whose it is. */
struct place {
    const IP_ADAPTER_UNICAST_ADDRESS *from;
    const struct adapter *adapter;
};

struct psock_sys_interfaces {
    IP_ADAPTER_ADDRESSES *list;
    struct adapter *adapters;
    size_t adapter_count;
    struct place *places;
    size_t place_count;
};

/* --- The system's list ---------------------------------------------------- */

/* What Microsoft recommends to begin with, and how often a list may grow while it
 * is asked for. */
#define FIRST_SIZE 16384
#define ATTEMPTS_MAX 16

/* All that have to do with IP, whether they are connected or not. */
static ULONG ask_list(IP_ADAPTER_ADDRESSES *list, ULONG *size)
{
    const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST |
                        GAA_FLAG_SKIP_DNS_SERVER;
    return psock_winsock.GetAdaptersAddresses(AF_UNSPEC, flags, NULL, list,
                                              size);
}

/* Leaves what there is to be freed, whatever came of it. */
static ULONG take_list(IP_ADAPTER_ADDRESSES **list)
{
    ULONG size = FIRST_SIZE;
    ULONG code = ERROR_BUFFER_OVERFLOW;
    for (int i = 0; code == ERROR_BUFFER_OVERFLOW && i < ATTEMPTS_MAX; i++) {
        free(*list);
        *list = malloc(size);
        if (*list == NULL)
            return ERROR_NOT_ENOUGH_MEMORY;
        code = ask_list(*list, &size);
        size += size / 4;
    }
    return code;
}

static int read_list(IP_ADAPTER_ADDRESSES **list)
{
    const ULONG code = take_list(list);
    if (code == NO_ERROR)
        return 0;
    free(*list);
    *list = NULL;
    if (code == ERROR_NO_DATA) /* there is nothing to list */
        return 0;
    psock_winsock.WSASetLastError((int)code);
    return psock_win32_error();
}

/* --- What is asked of each ------------------------------------------------ */

/* The protocols have the same number, or one has none. */
static uint32_t index_of(const IP_ADAPTER_ADDRESSES *adapter)
{
    return adapter->IfIndex != 0 ? adapter->IfIndex : adapter->Ipv6IfIndex;
}

static unsigned access_flag(NET_IF_ACCESS_TYPE access)
{
    switch (access) {
    case NET_IF_ACCESS_BROADCAST:
        return PSOCK_INTERFACE_BROADCAST;
    case NET_IF_ACCESS_POINT_TO_POINT:
        return PSOCK_INTERFACE_POINT_TO_POINT;
    default:
        return 0;
    }
}

/* What the list does not have.  One that has gone since is not switched on. */
static unsigned row_flags(const IP_ADAPTER_ADDRESSES *adapter)
{
    MIB_IF_ROW2 row;
    memset(&row, 0, sizeof row);
    row.InterfaceLuid = adapter->Luid;
    if (psock_winsock.GetIfEntry2(&row) != NO_ERROR)
        return 0;
    return access_flag(row.AccessType) |
           (row.AdminStatus == NET_IF_ADMIN_STATUS_UP ? PSOCK_INTERFACE_UP : 0);
}

static unsigned flags_of(const IP_ADAPTER_ADDRESSES *adapter)
{
    unsigned flags = row_flags(adapter);
    if (adapter->OperStatus == IfOperStatusUp)
        flags |= PSOCK_INTERFACE_UP | PSOCK_INTERFACE_RUNNING;
    if (adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK)
        flags |= PSOCK_INTERFACE_LOOPBACK;
    if ((adapter->Flags & IP_ADAPTER_NO_MULTICAST) == 0)
        flags |= PSOCK_INTERFACE_MULTICAST;
    return flags;
}

/* The name that psock_sys_scope_name() finds too.  What has none goes by its
 * number. */
static void name_adapter(struct adapter *adapter)
{
    if (psock_winsock.ConvertInterfaceLuidToNameA(
            &adapter->from->Luid, adapter->name, sizeof adapter->name) !=
        NO_ERROR)
        snprintf(adapter->name, sizeof adapter->name, "%u",
                 (unsigned)adapter->index);
}

static void read_alias(struct adapter *adapter)
{
    const WCHAR *alias = adapter->from->FriendlyName;
    if (alias == NULL ||
        WideCharToMultiByte(CP_UTF8, 0, alias, -1, adapter->alias,
                            sizeof adapter->alias, NULL, NULL) == 0)
        adapter->alias[0] = '\0';
}

/* --- Reading -------------------------------------------------------------- */

static void add_places(struct psock_sys_interfaces *in,
                       const struct adapter *adapter)
{
    for (const IP_ADAPTER_UNICAST_ADDRESS *each =
             adapter->from->FirstUnicastAddress;
         each != NULL; each = each->Next) {
        const int family = each->Address.lpSockaddr->sa_family;
        if (family == AF_INET || family == AF_INET6)
            in->places[in->place_count++] = (struct place){each, adapter};
    }
}

static void add_adapter(struct psock_sys_interfaces *in,
                        const IP_ADAPTER_ADDRESSES *from)
{
    struct adapter *adapter = &in->adapters[in->adapter_count];
    adapter->from = from;
    adapter->index = index_of(from);
    if (adapter->index == 0)
        return;
    in->adapter_count++;
    adapter->flags = flags_of(from);
    name_adapter(adapter);
    read_alias(adapter);
    add_places(in, adapter);
}

static size_t count_addresses(const IP_ADAPTER_ADDRESSES *adapter)
{
    size_t count = 0;
    for (const IP_ADAPTER_UNICAST_ADDRESS *each = adapter->FirstUnicastAddress;
         each != NULL; each = each->Next)
        count++;
    return count;
}

/* One more of each, as nothing may be null. */
static int make_room(struct psock_sys_interfaces *in)
{
    size_t adapters = 1;
    size_t places = 1;
    for (const IP_ADAPTER_ADDRESSES *each = in->list; each != NULL;
         each = each->Next) {
        adapters++;
        places += count_addresses(each);
    }
    in->adapters = calloc(adapters, sizeof *in->adapters);
    in->places = calloc(places, sizeof *in->places);
    return in->adapters == NULL || in->places == NULL ? psock_win32_no_memory()
                                                      : 0;
}

static int read_all(struct psock_sys_interfaces *in)
{
    int error = read_list(&in->list);
    if (error == 0)
        error = make_room(in);
    if (error < 0)
        return error;
    for (const IP_ADAPTER_ADDRESSES *each = in->list; each != NULL;
         each = each->Next)
        add_adapter(in, each);
    return 0;
}

int psock_sys_interfaces_read(struct psock_sys_interfaces **interfaces)
{
    struct psock_sys_interfaces *made = calloc(1, sizeof *made);
    if (made == NULL)
        return psock_win32_no_memory();
    int error = read_all(made);
    if (error < 0) {
        const int native = psock_winsock.WSAGetLastError();
        psock_sys_interfaces_free(made);
        psock_winsock.WSASetLastError(native);
        return error;
    }
    *interfaces = made;
    return 0;
}

void psock_sys_interfaces_free(struct psock_sys_interfaces *interfaces)
{
    free(interfaces->places);
    free(interfaces->adapters);
    free(interfaces->list);
    free(interfaces);
}

/* --- Interfaces ----------------------------------------------------------- */

_Bool psock_sys_interface_at(const struct psock_sys_interfaces *interfaces,
                             size_t i, psock_interface *interface_found)
{
    if (i >= interfaces->adapter_count)
        return 0;
    const struct adapter *adapter = &interfaces->adapters[i];
    const ULONG length = adapter->from->PhysicalAddressLength;
    *interface_found = (psock_interface){.index = adapter->index,
                                         .flags = adapter->flags,
                                         .mtu = adapter->from->Mtu,
                                         .name = adapter->name,
                                         .alias = adapter->alias};
    if (length <= sizeof adapter->from->PhysicalAddress) {
        interface_found->hardware_length = length;
        memcpy(interface_found->hardware, adapter->from->PhysicalAddress,
               length);
    }
    return 1;
}

/* --- Addresses ------------------------------------------------------------ */

static void read_ipv4(const struct sockaddr *from, psock_address *address)
{
    struct sockaddr_in in;
    unsigned char bytes[4];
    memcpy(&in, from, sizeof in);
    memcpy(bytes, &in.sin_addr, sizeof bytes);
    psock_sys_address_ipv4(bytes, 0, address);
}

static void read_ipv6(const struct sockaddr *from, psock_address *address)
{
    struct sockaddr_in6 in6;
    unsigned char bytes[16];
    memcpy(&in6, from, sizeof in6);
    memcpy(bytes, &in6.sin6_addr, sizeof bytes);
    psock_sys_address_ipv6(bytes, 0, in6.sin6_scope_id, address);
}

/* On Windows it is the last one of the network and no other. */
static void read_broadcast(const struct place *place,
                           psock_interface_address *address)
{
    struct sockaddr_in in;
    unsigned char bytes[4];
    const unsigned length = place->from->OnLinkPrefixLength;
    if ((place->adapter->flags & PSOCK_INTERFACE_BROADCAST) == 0 || length > 30)
        return;
    memcpy(&in, place->from->Address.lpSockaddr, sizeof in);
    in.sin_addr.s_addr |= htonl(UINT32_MAX >> length);
    memcpy(bytes, &in.sin_addr, sizeof bytes);
    psock_sys_address_ipv4(bytes, 0, &address->peer);
}

_Bool psock_sys_interface_address_at(
    const struct psock_sys_interfaces *interfaces, size_t i, uint32_t *index,
    psock_interface_address *address)
{
    if (i >= interfaces->place_count)
        return 0;
    const struct place *place = &interfaces->places[i];
    const struct sockaddr *from = place->from->Address.lpSockaddr;
    memset(address, 0, sizeof *address);
    address->prefix_length = place->from->OnLinkPrefixLength;
    if (from->sa_family == AF_INET) {
        read_ipv4(from, &address->address);
        read_broadcast(place, address);
    } else {
        read_ipv6(from, &address->address);
    }
    *index = place->adapter->index;
    return 1;
}

/* --- Changes -------------------------------------------------------------- */

struct psock_interface_watch {
    psock_waker *waker;
    HANDLE interfaces;
    HANDLE addresses;
};

static void NETIOAPI_API_ interface_changed(void *context,
                                            MIB_IPINTERFACE_ROW *row,
                                            MIB_NOTIFICATION_TYPE kind)
{
    psock_interface_watch *watch = context;
    (void)row;
    (void)kind;
    psock_sys_waker_ring(watch->waker);
}

static void NETIOAPI_API_ address_changed(void *context,
                                          MIB_UNICASTIPADDRESS_ROW *row,
                                          MIB_NOTIFICATION_TYPE kind)
{
    psock_interface_watch *watch = context;
    (void)row;
    (void)kind;
    psock_sys_waker_ring(watch->waker);
}

/* Wine's calls succeed, do nothing, and give no handle.  That is the only thing
 * that tells them from real ones: the call that can be had at once comes from one of
 * them too, and when it comes from Windows is not documented. */
static int watch_error(DWORD code, HANDLE handle)
{
    if (code == NO_ERROR && handle != NULL)
        return 0;
    psock_winsock.WSASetLastError(
        (int)(code == NO_ERROR ? ERROR_NOT_SUPPORTED : code));
    return psock_win32_error();
}

static int watch_interfaces(psock_interface_watch *watch)
{
    const DWORD code = psock_winsock.NotifyIpInterfaceChange(
        AF_UNSPEC, interface_changed, watch, FALSE, &watch->interfaces);
    return watch_error(code, watch->interfaces);
}

static int watch_addresses(psock_interface_watch *watch)
{
    const DWORD code = psock_winsock.NotifyUnicastIpAddressChange(
        AF_UNSPEC, address_changed, watch, FALSE, &watch->addresses);
    return watch_error(code, watch->addresses);
}

/* Waits for calls under way, so it must not be one of these that cancels. */
static void cancel(HANDLE handle)
{
    if (handle != NULL)
        (void)psock_winsock.CancelMibChangeNotify2(handle);
}

int psock_sys_watch_open(psock_waker *waker, psock_interface_watch **watch)
{
    psock_interface_watch *made = calloc(1, sizeof *made);
    if (made == NULL)
        return psock_win32_no_memory();
    made->waker = waker;
    int error = watch_interfaces(made);
    if (error == 0)
        error = watch_addresses(made);
    if (error < 0) {
        const int native = psock_winsock.WSAGetLastError();
        psock_sys_watch_close(made);
        psock_winsock.WSASetLastError(native);
        return error;
    }
    *watch = made;
    return 0;
}

void psock_sys_watch_close(psock_interface_watch *watch)
{
    cancel(watch->interfaces);
    cancel(watch->addresses);
    free(watch);
}
