#include "platform.h"

/* Fields go in and out by memcpy: the storage is bytes to the compiler, and a
 * structure filled beside it would be waited for before it could be copied. */
static void put(const void *field, size_t size, size_t offset,
                psock_address *address)
{
    memcpy(address->storage.bytes + offset, field, size);
}

static void put_port(uint16_t port, size_t offset, psock_address *address)
{
    const uint16_t in_network_order = htons(port);
    put(&in_network_order, sizeof in_network_order, offset, address);
}

/* Where the system's structures tell their length, they want it told. */
#ifdef PSOCK_HAVE_SA_LEN
static void put_length(psock_address *address)
{
    const unsigned char length = (unsigned char)address->length;
    put(&length, sizeof length, offsetof(struct sockaddr, sa_len), address);
}
#else
static void put_length(psock_address *address)
{
    (void)address;
}
#endif

/* Makes `length` bytes of a family, all else in them zero. */
static void start(sa_family_t family, size_t length, psock_address *address)
{
    memset(address->storage.bytes, 0, length);
    address->length = (uint32_t)length;
    address->reserved = 0;
    put(&family, sizeof family, offsetof(struct sockaddr, sa_family), address);
    put_length(address);
}

void psock_sys_address_ipv4(const unsigned char bytes[4], uint16_t port,
                            psock_address *address)
{
    start(AF_INET, sizeof(struct sockaddr_in), address);
    put_port(port, offsetof(struct sockaddr_in, sin_port), address);
    put(bytes, 4, offsetof(struct sockaddr_in, sin_addr), address);
}

void psock_sys_address_ipv6(const unsigned char bytes[16], uint16_t port,
                            uint32_t scope, psock_address *address)
{
    start(AF_INET6, sizeof(struct sockaddr_in6), address);
    put_port(port, offsetof(struct sockaddr_in6, sin6_port), address);
    put(bytes, 16, offsetof(struct sockaddr_in6, sin6_addr), address);
    put(&scope, sizeof scope, offsetof(struct sockaddr_in6, sin6_scope_id),
        address);
}

/* What keeps the system from taking `length` bytes of a Unix name, or 0. */
#ifdef PSOCK_HAVE_ABSTRACT_NAMES
static int name_error(const char *name, size_t length)
{
    (void)name;
    (void)length;
    return 0;
}
#else
static int name_error(const char *name, size_t length)
{
    struct sockaddr_un un;
    if (length > 0 && name[0] == '\0')
        return PSOCK_ENOTSUP;
    return length < sizeof un.sun_path ? 0 : PSOCK_ENAMETOOLONG;
}
#endif

/* A path ends with a zero byte; an abstract name, and none, with its length. */
int psock_sys_address_unix(const char *path, size_t length,
                           psock_address *address)
{
    const size_t offset = offsetof(struct sockaddr_un, sun_path);
    const size_t zero = length > 0 && path[0] != '\0';
    const int error = name_error(path, length);
    if (error != 0)
        return error;
    start(AF_UNIX, offset + length + zero, address);
    put(path, length, offset, address);
    return 0;
}

static void view_ipv4(const psock_address *address,
                      struct psock_address_view *view)
{
    struct sockaddr_in in;
    if (address->length < sizeof in)
        return;
    memcpy(&in, address->storage.bytes, sizeof in);
    view->family = PSOCK_IPV4;
    view->port = ntohs(in.sin_port);
    view->bytes =
        address->storage.bytes + offsetof(struct sockaddr_in, sin_addr);
    view->length = sizeof in.sin_addr;
}

static void view_ipv6(const psock_address *address,
                      struct psock_address_view *view)
{
    struct sockaddr_in6 in6;
    if (address->length < sizeof in6)
        return;
    memcpy(&in6, address->storage.bytes, sizeof in6);
    view->family = PSOCK_IPV6;
    view->port = ntohs(in6.sin6_port);
    view->scope = in6.sin6_scope_id;
    view->bytes =
        address->storage.bytes + offsetof(struct sockaddr_in6, sin6_addr);
    view->length = sizeof in6.sin6_addr;
}

/* How much of `size` bytes is a path: up to its zero byte, which the system may
 * have left out. */
static size_t path_length(const unsigned char *path, size_t size)
{
    const unsigned char *zero = memchr(path, 0, size);
    return zero == NULL ? size : (size_t)(zero - path);
}

/* How much of `size` bytes is a name: all, when it is an abstract one. */
#ifdef PSOCK_HAVE_ABSTRACT_NAMES
static size_t name_length(const unsigned char *name, size_t size)
{
    return size > 0 && name[0] == 0 ? size : path_length(name, size);
}
#else
static size_t name_length(const unsigned char *name, size_t size)
{
    return path_length(name, size);
}
#endif

static void view_unix(const psock_address *address,
                      struct psock_address_view *view)
{
    struct sockaddr_un un;
    const size_t offset = offsetof(struct sockaddr_un, sun_path);
    const unsigned char *name = address->storage.bytes + offset;
    size_t size = address->length > offset ? address->length - offset : 0;
    if (size > sizeof un.sun_path)
        size = sizeof un.sun_path;
    view->family = PSOCK_UNIX;
    view->length = name_length(name, size);
    view->bytes = view->length > 0 ? name : NULL;
}

void psock_sys_address_view(const psock_address *address,
                            struct psock_address_view *view)
{
    struct sockaddr any;
    *view = (struct psock_address_view){.family = PSOCK_NONE};
    if (address->length < offsetof(struct sockaddr, sa_data) ||
        address->length > sizeof address->storage)
        return;
    memcpy(&any, address->storage.bytes, sizeof any);
    if (any.sa_family == AF_INET)
        view_ipv4(address, view);
    else if (any.sa_family == AF_INET6)
        view_ipv6(address, view);
    else if (any.sa_family == AF_UNIX)
        view_unix(address, view);
}

void psock_sys_address_set_port(psock_address *address, uint16_t port)
{
    struct psock_address_view view;
    psock_sys_address_view(address, &view);
    if (view.family == PSOCK_IPV4)
        put_port(port, offsetof(struct sockaddr_in, sin_port), address);
    else
        put_port(port, offsetof(struct sockaddr_in6, sin6_port), address);
}

/* Some libraries would cut a longer name. */
uint32_t psock_sys_scope_index(const char *name)
{
    return strlen(name) < IF_NAMESIZE ? if_nametoindex(name) : 0;
}

_Bool psock_sys_scope_name(uint32_t index, char *name)
{
    return if_indextoname(index, name) != NULL;
}
