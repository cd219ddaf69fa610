/* fake_interface.c: adapters, as a script has them, and calls that tell of changes.
 *
 * A list lies in the caller's block and nowhere else, so what is read behind its
 * end, or after it was freed, is found by the sanitizers.  Who is called may be
 * called by any thread, until cancelling has returned; cancelling waits for calls
 * under way, and would for ever if it came from one. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

#define ADAPTERS_MAX 16
#define FRIENDLY_ROOM 257

static struct fake_adapter adapters[ADAPTERS_MAX];
static size_t adapter_count;
static size_t padding; /* behind a list, as far as its size goes */
static int growths;

static const struct fake_adapter only_one = {
    .name = "loopback_0",
    .friendly_name = "Loopback",
    .index = 1,
    .ipv6_index = 1,
    .type = IF_TYPE_SOFTWARE_LOOPBACK,
    .status = IfOperStatusUp,
    .access = NET_IF_ACCESS_LOOPBACK,
    .mtu = 0xffffffff,
    .addresses = {{"127.0.0.1", 8}, {"::1", 128}},
};

void fake_begin_interfaces(void)
{
    adapters[0] = only_one;
    adapter_count = 1;
    padding = 0;
    growths = 0;
}

void fake_remove_adapters(void)
{
    fake_take_lock();
    adapter_count = 0;
    fake_give_lock();
}

void fake_add_adapter(const struct fake_adapter *adapter)
{
    fake_take_lock();
    if (adapter_count < ADAPTERS_MAX)
        adapters[adapter_count++] = *adapter;
    else
        fake_complain("there are too many adapters");
    fake_give_lock();
}

void fake_grow_lists(int times)
{
    fake_take_lock();
    padding = 20000;
    growths = times;
    fake_give_lock();
}

/* --- The list ------------------------------------------------------------- */

/* What there is of one adapter, behind each other. */
struct entry {
    IP_ADAPTER_ADDRESSES adapter;
    WCHAR friendly_name[FRIENDLY_ROOM];
    IP_ADAPTER_UNICAST_ADDRESS unicast[FAKE_ADDRESSES_MAX];
    struct sockaddr_storage names[FAKE_ADDRESSES_MAX];
};

static void write_address(const struct fake_adapter_address *from,
                          struct entry *entry, size_t i)
{
    IP_ADAPTER_UNICAST_ADDRESS *to = &entry->unicast[i];
    psock_address address;
    if (psock_address_parse(from->text, &address) != 0) {
        fake_complain("%s is no address", from->text);
        return;
    }
    memcpy(&entry->names[i], address.storage.bytes, address.length);
    to->Address.lpSockaddr = (struct sockaddr *)&entry->names[i];
    to->Address.iSockaddrLength = (INT)address.length;
    to->OnLinkPrefixLength = from->prefix_length;
    to->DadState = IpDadStatePreferred;
    if (i == 0)
        entry->adapter.FirstUnicastAddress = to;
    else
        entry->unicast[i - 1].Next = to;
}

static void write_friendly_name(const char *text, struct entry *entry)
{
    if (text == NULL)
        return;
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1,
                            entry->friendly_name, FRIENDLY_ROOM) == 0)
        fake_complain("%s is no name", text);
    entry->adapter.FriendlyName = entry->friendly_name;
}

static void write_entry(const struct fake_adapter *from, struct entry *entry)
{
    IP_ADAPTER_ADDRESSES *to = &entry->adapter;
    memset(entry, 0, sizeof *entry);
    to->IfIndex = from->index;
    to->Ipv6IfIndex = from->ipv6_index;
    to->Luid.Value = (ULONG64)(from - adapters) + 1;
    to->IfType = from->type;
    to->OperStatus = from->status;
    to->Flags = from->flags;
    to->Mtu = from->mtu;
    to->PhysicalAddressLength = from->hardware_length;
    memset(to->PhysicalAddress, 0xab, sizeof to->PhysicalAddress);
    write_friendly_name(from->friendly_name, entry);
    for (size_t i = 0;
         i < FAKE_ADDRESSES_MAX && from->addresses[i].text != NULL; i++)
        write_address(&from->addresses[i], entry, i);
}

static void write_list(struct entry *entries)
{
    for (size_t i = 0; i < adapter_count; i++) {
        write_entry(&adapters[i], &entries[i]);
        if (i > 0)
            entries[i - 1].adapter.Next = &entries[i].adapter;
    }
}

static size_t needed_size(void)
{
    return adapter_count * sizeof(struct entry) + padding;
}

static ULONG list_into(void *list, ULONG *size)
{
    const size_t needed = needed_size();
    if (adapter_count == 0)
        return ERROR_NO_DATA;
    const _Bool fits = list != NULL && *size >= needed;
    *size = (ULONG)needed;
    if (growths > 0 && growths-- > 0)
        padding += needed;
    if (!fits)
        return ERROR_BUFFER_OVERFLOW;
    write_list(list);
    return NO_ERROR;
}

static ULONG WINAPI list_adapters(ULONG family, ULONG flags, void *reserved,
                                  IP_ADAPTER_ADDRESSES *list, ULONG *size)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_GetAdaptersAddresses,
                           "family %u flags %x room %u", (unsigned)family,
                           (unsigned)flags, (unsigned)*size);
    if (reserved != NULL || family != AF_UNSPEC)
        fake_complain("GetAdaptersAddresses is asked for another list");
    if ((flags & GAA_FLAG_SKIP_UNICAST) != 0)
        fake_complain("GetAdaptersAddresses is not asked for addresses");
    if (error == 0)
        error = (int)list_into(list, size);
    fake_leave_bool(&visit, error);
    return (ULONG)error;
}

/* --- One adapter ---------------------------------------------------------- */

static const struct fake_adapter *find_adapter(const NET_LUID *luid)
{
    const ULONG64 number = luid->Value;
    return number >= 1 && number <= adapter_count ? &adapters[number - 1]
                                                  : NULL;
}

static DWORD WINAPI ask_adapter(MIB_IF_ROW2 *row)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_GetIfEntry2, "luid %u",
                           (unsigned)row->InterfaceLuid.Value);
    const struct fake_adapter *found = find_adapter(&row->InterfaceLuid);
    if (row->InterfaceIndex != 0)
        fake_complain("GetIfEntry2 is asked for two interfaces");
    if (error == 0 && (found == NULL || found->is_gone))
        error = ERROR_FILE_NOT_FOUND;
    if (error == 0) {
        row->InterfaceIndex = found->index;
        row->AccessType = found->access;
        row->AdminStatus = found->is_disabled ? NET_IF_ADMIN_STATUS_DOWN
                                              : NET_IF_ADMIN_STATUS_UP;
    }
    fake_leave_bool(&visit, error);
    return (DWORD)error;
}

static DWORD WINAPI name_adapter(const NET_LUID *luid, char *name, SIZE_T size)
{
    struct fake_visit visit;
    int error =
        fake_enter(&visit, FAKE_ConvertInterfaceLuidToNameA, "luid %u room %u",
                   (unsigned)luid->Value, (unsigned)size);
    const struct fake_adapter *found = find_adapter(luid);
    if (error == 0 && (found == NULL || found->name == NULL))
        error = ERROR_INVALID_PARAMETER;
    if (error == 0 && strlen(found->name) >= size)
        error = ERROR_NOT_ENOUGH_MEMORY;
    if (error == 0)
        memcpy(name, found->name, strlen(found->name) + 1);
    fake_leave_bool(&visit, error);
    return (DWORD)error;
}

/* --- Who is told of changes ----------------------------------------------- */

struct listener {
    struct listener *next;
    enum fake_change change;
    void *callback; /* of either type, by the change */
    void *context;
    ULONG_PTR handle;
    unsigned calls; /* under way */
    DWORD thread;   /* of the last of them */
};

static struct listener *listeners;
static ULONG_PTR last_handle = 0x9000;

static struct listener *find_listener(ULONG_PTR handle)
{
    struct listener *each = listeners;
    while (each != NULL && each->handle != handle)
        each = each->next;
    return each;
}

static HANDLE add_listener(enum fake_change change,
                           const struct listener *listener)
{
    struct listener *made = malloc(sizeof *made);
    *made = *listener;
    made->change = change;
    made->handle = ++last_handle;
    made->next = listeners;
    listeners = made;
    return (HANDLE)made->handle;
}

static void drop_listener(struct listener *listener)
{
    struct listener **link = &listeners;
    while (*link != listener)
        link = &(*link)->next;
    *link = listener->next;
    free(listener);
}

unsigned fake_listeners(void)
{
    unsigned count = 0;
    fake_take_lock();
    for (struct listener *each = listeners; each != NULL; each = each->next)
        count++;
    fake_give_lock();
    return count;
}

void fake_drop_listeners(void)
{
    while (listeners != NULL)
        drop_listener(listeners);
}

/* What does not tell succeeds, too, and gives no handle. */
static int begin_to_tell(enum fake_change change,
                         const struct listener *listener, BOOLEAN initial,
                         HANDLE *handle)
{
    if (handle == NULL)
        return ERROR_INVALID_PARAMETER;
    if (listener->context == NULL || initial)
        fake_complain("a change is to be told in another way");
    *handle =
        fake_script.silent_changes ? NULL : add_listener(change, listener);
    return 0;
}

static DWORD WINAPI tell_interfaces(ADDRESS_FAMILY family,
                                    PIPINTERFACE_CHANGE_CALLBACK changed,
                                    void *context, BOOLEAN initial,
                                    HANDLE *handle)
{
    struct fake_visit visit;
    struct listener listener = {.context = context};
    int error = fake_enter(&visit, FAKE_NotifyIpInterfaceChange, "family %u",
                           (unsigned)family);
    memcpy(&listener.callback, &changed, sizeof changed);
    if (error == 0)
        error =
            begin_to_tell(FAKE_INTERFACE_CHANGE, &listener, initial, handle);
    fake_leave_bool(&visit, error);
    return (DWORD)error;
}

static DWORD WINAPI tell_addresses(ADDRESS_FAMILY family,
                                   PUNICAST_IPADDRESS_CHANGE_CALLBACK changed,
                                   void *context, BOOLEAN initial,
                                   HANDLE *handle)
{
    struct fake_visit visit;
    struct listener listener = {.context = context};
    int error = fake_enter(&visit, FAKE_NotifyUnicastIpAddressChange,
                           "family %u", (unsigned)family);
    memcpy(&listener.callback, &changed, sizeof changed);
    if (error == 0)
        error = begin_to_tell(FAKE_ADDRESS_CHANGE, &listener, initial, handle);
    fake_leave_bool(&visit, error);
    return (DWORD)error;
}

static int end_telling(ULONG_PTR handle)
{
    struct listener *listener = find_listener(handle);
    if (listener == NULL) {
        fake_complain("nobody is told of changes by this handle");
        return ERROR_INVALID_PARAMETER;
    }
    if (listener->calls > 0 && listener->thread == GetCurrentThreadId()) {
        fake_complain("a call that tells of a change waits for itself");
        return ERROR_INVALID_PARAMETER;
    }
    listener->handle = 0; /* no calls begin any more */
    while (listener->calls > 0)
        fake_sleep(-1);
    drop_listener(listener);
    return 0;
}

static DWORD WINAPI cancel_telling(HANDLE handle)
{
    struct fake_visit visit;
    int error =
        fake_enter(&visit, FAKE_CancelMibChangeNotify2, "%s", "a handle");
    if (error == 0)
        error = end_telling((ULONG_PTR)handle);
    fake_leave_bool(&visit, error);
    return (DWORD)error;
}

/* --- Changes -------------------------------------------------------------- */

static void call_interface(const struct listener *listener)
{
    PIPINTERFACE_CHANGE_CALLBACK changed;
    MIB_IPINTERFACE_ROW row;
    memset(&row, 0, sizeof row);
    memcpy(&changed, &listener->callback, sizeof changed);
    changed(listener->context, &row, MibParameterNotification);
}

static void call_address(const struct listener *listener)
{
    PUNICAST_IPADDRESS_CHANGE_CALLBACK changed;
    MIB_UNICASTIPADDRESS_ROW row;
    memset(&row, 0, sizeof row);
    memcpy(&changed, &listener->callback, sizeof changed);
    changed(listener->context, &row, MibAddInstance);
}

static void call(struct listener *listener, void (*meanwhile)(void *context),
                 void *context)
{
    const struct listener called = *listener;
    listener->calls++;
    listener->thread = GetCurrentThreadId();
    fake_give_lock();
    if (called.change == FAKE_INTERFACE_CHANGE)
        call_interface(&called);
    else
        call_address(&called);
    if (meanwhile != NULL)
        meanwhile(context);
    fake_take_lock();
    listener->calls--;
}

/* The next who is to be told, by the order of the handles. */
static struct listener *next_listener(enum fake_change change, ULONG_PTR after)
{
    struct listener *next = NULL;
    for (struct listener *each = listeners; each != NULL; each = each->next)
        if (each->change == change && each->handle > after &&
            (next == NULL || each->handle < next->handle))
            next = each;
    return next;
}

unsigned fake_tell_change(enum fake_change change,
                          void (*meanwhile)(void *context), void *context)
{
    unsigned told = 0;
    ULONG_PTR after = 0;
    struct listener *next;
    fake_take_lock();
    while ((next = next_listener(change, after)) != NULL) {
        after = next->handle;
        call(next, meanwhile, context);
        told++;
    }
    fake_give_lock();
    return told;
}

void fake_install_interfaces(struct psock_winsock_table *table)
{
    table->GetAdaptersAddresses = list_adapters;
    table->GetIfEntry2 = ask_adapter;
    table->ConvertInterfaceLuidToNameA = name_adapter;
    table->NotifyIpInterfaceChange = tell_interfaces;
    table->NotifyUnicastIpAddressChange = tell_addresses;
    table->CancelMibChangeNotify2 = cancel_telling;
}
