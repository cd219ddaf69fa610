#include "platform.h"

/* Where the system's structures have a length of their own, they want it. */
#ifdef PSOCK_HAVE_SA_LEN
static void mark_length(psock_address *address)
{
    unsigned char length = (unsigned char)address->length;
    address->storage.bytes[offsetof(struct sockaddr, sa_len)] = length;
}
#else
static void mark_length(psock_address *address)
{
    (void)address;
}
#endif

static void store(const void *from, size_t length, psock_address *address)
{
    memset(address, 0, sizeof *address);
    memcpy(address->storage.bytes, from, length);
    address->length = (uint32_t)length;
    mark_length(address);
}

void psock_sys_address_ipv4(const unsigned char bytes[4], uint16_t port,
                            psock_address *address)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    memcpy(&in.sin_addr, bytes, sizeof in.sin_addr);
    store(&in, sizeof in, address);
}

void psock_sys_address_ipv6(const unsigned char bytes[16], uint16_t port,
                            uint32_t scope, psock_address *address)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                               .sin6_port = htons(port),
                               .sin6_scope_id = scope};
    memcpy(&in6.sin6_addr, bytes, sizeof in6.sin6_addr);
    store(&in6, sizeof in6, address);
}

/* What the system can take of `length` bytes of path or abstract name. */
#ifdef PSOCK_HAVE_ABSTRACT_NAMES
static int path_error(const char *path, size_t length)
{
    (void)path;
    (void)length;
    return 0;
}
#else
static int path_error(const char *path, size_t length)
{
    struct sockaddr_un un;
    if (length > 0 && path[0] == '\0')
        return PSOCK_ENOTSUP;
    return length < sizeof un.sun_path ? 0 : PSOCK_ENAMETOOLONG;
}
#endif

int psock_sys_address_unix(const char *path, size_t length,
                           psock_address *address)
{
    int error = path_error(path, length);
    if (error != 0)
        return error;
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    memcpy(un.sun_path, path, length);
    size_t ends_in_zero = length > 0 && path[0] != '\0';
    store(&un, offsetof(struct sockaddr_un, sun_path) + length + ends_in_zero,
          address);
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

/* How much of `size` bytes is a path: a zero byte ends it, or may be missing.
 */
static size_t path_length(const unsigned char *path, size_t size)
{
    const unsigned char *zero = memchr(path, 0, size);
    return zero == NULL ? size : (size_t)(zero - path);
}

/* The same where the first byte may be the zero of an abstract name, all of
 * which counts. */
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
    const size_t start = offsetof(struct sockaddr_un, sun_path);
    const unsigned char *name = address->storage.bytes + start;
    size_t size = address->length > start ? address->length - start : 0;
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

static void put_port(psock_address *address, size_t offset, uint16_t port)
{
    uint16_t in_network_order = htons(port);
    memcpy(address->storage.bytes + offset, &in_network_order, sizeof port);
}

void psock_sys_address_set_port(psock_address *address, uint16_t port)
{
    struct psock_address_view view;
    psock_sys_address_view(address, &view);
    if (view.family == PSOCK_IPV4)
        put_port(address, offsetof(struct sockaddr_in, sin_port), port);
    else
        put_port(address, offsetof(struct sockaddr_in6, sin6_port), port);
}

uint32_t psock_sys_scope_index(const char *name)
{
    return if_nametoindex(name);
}

_Bool psock_sys_scope_name(uint32_t index, char *name)
{
    return if_indextoname(index, name) != NULL;
}
