/* interface.c: the interfaces of this machine in one piece of memory, in order,
 * and what systems tell in different ways made one.
 *
 * The piece has the interfaces first, then all addresses, then all names. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

/* How much there is of everything, and where it goes. */
struct layout {
    size_t interfaces;
    size_t addresses;
    size_t text;
};

/* What has no other name goes by its name. */
static const char *alias_of(const psock_interface *interface_found)
{
    const char *alias = interface_found->alias;
    return alias == NULL || alias[0] == '\0' ? interface_found->name : alias;
}

static _Bool has_alias(const psock_interface *interface_found)
{
    return strcmp(alias_of(interface_found), interface_found->name) != 0;
}

static size_t text_of(const psock_interface *interface_found)
{
    const size_t alias =
        has_alias(interface_found) ? strlen(interface_found->alias) + 1 : 0;
    return strlen(interface_found->name) + 1 + alias;
}

static struct layout measure(const struct psock_sys_interfaces *from)
{
    struct layout layout = {0, 0, 0};
    psock_interface each;
    psock_interface_address address;
    uint32_t index;
    for (; psock_sys_interface_at(from, layout.interfaces, &each);
         layout.interfaces++)
        layout.text += text_of(&each);
    while (psock_sys_interface_address_at(from, layout.addresses, &index,
                                          &address))
        layout.addresses++;
    return layout;
}

/* Adds room for `count` things; false where there can be no such room. */
static _Bool add_room(size_t count, size_t size, size_t *total)
{
    if (count > (SIZE_MAX - *total) / size)
        return 0;
    *total += count * size;
    return 1;
}

/* What is between the interfaces and the addresses, so that those lie well. */
static size_t gap_after(size_t interfaces)
{
    const size_t alignment = _Alignof(psock_interface_address);
    const size_t over = interfaces * sizeof(psock_interface) % alignment;
    return over == 0 ? 0 : alignment - over;
}

/* Null where there is not so much. */
static psock_interface *make_room(const struct layout *layout)
{
    size_t size = 0;
    if (layout->interfaces > INT_MAX ||
        !add_room(layout->interfaces, sizeof(psock_interface), &size) ||
        !add_room(gap_after(layout->interfaces), 1, &size) ||
        !add_room(layout->addresses, sizeof(psock_interface_address), &size) ||
        !add_room(layout->text, 1, &size))
        return NULL;
    return calloc(1, size);
}

/* --- Interfaces and names ------------------------------------------------- */

static const char *put_text(const char *text, char **to)
{
    const size_t size = strlen(text) + 1;
    char *place = *to;
    memcpy(place, text, size);
    *to += size;
    return place;
}

static void put_names(psock_interface *interface_found, char **to)
{
    const _Bool other = has_alias(interface_found);
    const char *alias = interface_found->alias;
    interface_found->name = put_text(interface_found->name, to);
    interface_found->alias =
        other ? put_text(alias, to) : interface_found->name;
}

/* Some systems give zeros for what a loopback interface does not have. */
static void put_interfaces(const struct psock_sys_interfaces *from,
                           size_t count, psock_interface *to, char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (!psock_sys_interface_at(from, i, &to[i]))
            break;
        put_names(&to[i], &text);
        to[i].addresses = NULL;
        to[i].address_count = 0;
        if ((to[i].flags & PSOCK_INTERFACE_LOOPBACK) != 0)
            to[i].hardware_length = 0;
    }
}

static int compare_indexes(uint32_t one, uint32_t other)
{
    return (one > other) - (one < other);
}

static int compare(const void *one, const void *other)
{
    return compare_indexes(((const psock_interface *)one)->index,
                           ((const psock_interface *)other)->index);
}

static int compare_with(const void *index, const void *interface_found)
{
    return compare_indexes(*(const uint32_t *)index,
                           ((const psock_interface *)interface_found)->index);
}

static psock_interface *find(uint32_t index, psock_interface *in, size_t count)
{
    return bsearch(&index, in, count, sizeof *in, compare_with);
}

/* --- Addresses ------------------------------------------------------------ */

/* IPv6 addresses have as much. */
#define BYTES_MAX 16

static void put_bytes(int family, const unsigned char *bytes,
                      psock_address *address)
{
    if (family == PSOCK_IPV4)
        psock_sys_address_ipv4(bytes, 0, address);
    else
        psock_sys_address_ipv6(bytes, 0, 0, address);
}

static void make_mask(int family, unsigned prefix_length, psock_address *mask)
{
    unsigned char bytes[BYTES_MAX] = {0};
    for (unsigned i = 0; i < prefix_length; i++)
        bytes[i / 8] |= (unsigned char)(0x80u >> i % 8);
    put_bytes(family, bytes, mask);
}

static unsigned count_bits(const struct psock_address_view *mask)
{
    const unsigned bits = (unsigned)mask->length * 8;
    unsigned i = 0;
    while (i < bits && (mask->bytes[i / 8] & 0x80u >> i % 8) != 0)
        i++;
    return i;
}

/* Tells each by the other.  An address of no known network is a network by
 * itself. */
static void complete_mask(const struct psock_address_view *view,
                          psock_interface_address *address)
{
    const unsigned bits = (unsigned)view->length * 8;
    struct psock_address_view mask;
    psock_sys_address_view(&address->mask, &mask);
    if (mask.family == view->family) {
        address->prefix_length = count_bits(&mask);
        return;
    }
    if (address->prefix_length > bits)
        address->prefix_length = bits;
    make_mask(view->family, address->prefix_length, &address->mask);
}

/* An address of one link means nothing without it, which not every system has
 * in the address. */
static void complete_scope(const struct psock_address_view *view,
                           uint32_t index, psock_interface_address *address)
{
    unsigned char bytes[BYTES_MAX];
    if (view->family != PSOCK_IPV6 || view->scope != 0 ||
        (psock_address_kind(&address->address) & PSOCK_ADDRESS_LINK_LOCAL) == 0)
        return;
    memcpy(bytes, view->bytes, sizeof bytes);
    psock_sys_address_ipv6(bytes, 0, index, &address->address);
}

static void complete(uint32_t index, psock_interface_address *address)
{
    struct psock_address_view view;
    psock_sys_address_view(&address->address, &view);
    complete_mask(&view, address);
    complete_scope(&view, index, address);
    address->reserved = 0;
}

/* An interface may have come between it and its addresses. */
static psock_interface *find_owner(const struct psock_sys_interfaces *from,
                                   size_t i, const struct layout *layout,
                                   psock_interface *in,
                                   psock_interface_address *address)
{
    uint32_t index;
    if (!psock_sys_interface_address_at(from, i, &index, address))
        return NULL;
    return find(index, in, layout->interfaces);
}

static void count_addresses(const struct psock_sys_interfaces *from,
                            const struct layout *layout, psock_interface *in)
{
    psock_interface_address ignored;
    for (size_t i = 0; i < layout->addresses; i++) {
        psock_interface *owner = find_owner(from, i, layout, in, &ignored);
        if (owner != NULL)
            owner->address_count++;
    }
}

/* Gives each interface its part of `room`, and leaves the counts at zero, to be
 * counted again as the parts are filled. */
static void part_room(psock_interface *in, size_t count,
                      psock_interface_address *room)
{
    for (size_t i = 0; i < count; i++) {
        in[i].addresses = in[i].address_count > 0 ? room : NULL;
        room += in[i].address_count;
        in[i].address_count = 0;
    }
}

static void put_addresses(const struct psock_sys_interfaces *from,
                          const struct layout *layout, psock_interface *in,
                          psock_interface_address *room)
{
    psock_interface_address address;
    for (size_t i = 0; i < layout->addresses; i++) {
        psock_interface *owner = find_owner(from, i, layout, in, &address);
        if (owner == NULL)
            continue;
        complete(owner->index, &address);
        room[(size_t)(owner->addresses - room) + owner->address_count++] =
            address;
    }
}

static void put_all(const struct psock_sys_interfaces *from,
                    const struct layout *layout, psock_interface *to)
{
    void *end =
        (char *)(to + layout->interfaces) + gap_after(layout->interfaces);
    psock_interface_address *room = end;
    put_interfaces(from, layout->interfaces, to,
                   (char *)(room + layout->addresses));
    qsort(to, layout->interfaces, sizeof *to, compare);
    count_addresses(from, layout, to);
    part_room(to, layout->interfaces, room);
    put_addresses(from, layout, to, room);
}

/* --- The calls ------------------------------------------------------------ */

static int pack(const struct psock_sys_interfaces *from,
                psock_interface **interfaces)
{
    const struct layout layout = measure(from);
    psock_interface *made = NULL;
    if (layout.interfaces > 0) {
        made = make_room(&layout);
        if (made == NULL)
            return PSOCK_ENOMEM;
        put_all(from, &layout, made);
    }
    *interfaces = made;
    return (int)layout.interfaces;
}

int psock_interfaces(psock_interface **interfaces)
{
    struct psock_sys_interfaces *from;
    if (interfaces == NULL)
        return PSOCK_EFAULT;
    int result = psock_sys_interfaces_read(&from);
    if (result < 0)
        return result;
    result = pack(from, interfaces);
    psock_sys_interfaces_free(from);
    return result;
}

void psock_interfaces_free(psock_interface *interfaces)
{
    free(interfaces);
}

/* The number that `text` is, all digits; 0 where it is none. */
static uint32_t read_index(const char *text)
{
    uint32_t number = 0;
    do {
        const unsigned digit = (unsigned)*text - '0';
        if (digit > 9 || number > (UINT32_MAX - digit) / 10)
            return 0;
        number = number * 10 + digit;
    } while (*++text != '\0');
    return number;
}

static _Bool is_there(uint32_t index)
{
    char name[PSOCK_SYS_SCOPE_NAME_SIZE];
    return index != 0 && psock_sys_scope_name(index, name);
}

/* Some interface may have digits for a name, so names come first. */
int psock_interface_index(const char *name, uint32_t *index)
{
    if (name == NULL || index == NULL)
        return PSOCK_EFAULT;
    uint32_t found = psock_sys_scope_index(name);
    if (found == 0) {
        found = read_index(name);
        if (!is_there(found))
            return PSOCK_ENODEV;
    }
    *index = found;
    return 0;
}

int psock_interface_name(uint32_t index, char *name, size_t size)
{
    char found[PSOCK_SYS_SCOPE_NAME_SIZE];
    if (name == NULL)
        return PSOCK_EFAULT;
    if (index == 0 || !psock_sys_scope_name(index, found))
        return PSOCK_ENODEV;
    const size_t length = strlen(found);
    if (length >= size)
        return PSOCK_ENOSPC;
    memcpy(name, found, length + 1);
    return (int)length;
}

int psock_interface_watch_open(psock_waker *waker,
                               psock_interface_watch **watch)
{
    if (waker == NULL || watch == NULL)
        return PSOCK_EFAULT;
    return psock_sys_watch_open(waker, watch);
}

int psock_interface_watch_close(psock_interface_watch *watch)
{
    if (watch == NULL)
        return PSOCK_EFAULT;
    psock_sys_watch_close(watch);
    return 0;
}
