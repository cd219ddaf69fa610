/* nameinfo.c: getnameinfo(). */
#include "names.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#define KNOWN_FLAGS                                                            \
    (NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM |    \
     NI_IDN | NI_IDN_ALLOW_UNASSIGNED | NI_IDN_USE_STD3_ASCII_RULES |          \
     NI_NUMERICSCOPE)

/* Where a text goes, if it is wanted. */
struct place {
    char *text;
    socklen_t size;
};

static bool is_wanted(const struct place *place)
{
    return place->text != NULL && place->size > 0;
}

static int put(const struct place *place, const char *text)
{
    size_t size = strlen(text) + 1;
    if (size > place->size)
        return EAI_OVERFLOW;
    memcpy(place->text, text, size);
    return 0;
}

/* --- Hosts ------------------------------------------------------------------------- */

/* Takes the domain away that this machine is in. */
static void cut_domain(char *name)
{
    char own[PSOCK_HOST_NAME_SIZE];
    if (psock_host_name(own, sizeof own) < 0)
        return;
    const char *domain = strchr(own, '.');
    char *dot = strchr(name, '.');
    if (domain != NULL && dot != NULL && strcmp(dot, domain) == 0)
        *dot = '\0';
}

static bool has_link(const struct in6_addr *address)
{
    return IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MC_LINKLOCAL(address);
}

static void write_scope(const struct sockaddr_in6 *address, int flags,
                        char *text)
{
    char name[IF_NAMESIZE];
    if (address->sin6_scope_id == 0)
        return;
    if ((flags & NI_NUMERICSCOPE) == 0 && has_link(&address->sin6_addr) &&
        if_indextoname(address->sin6_scope_id, name) != NULL)
        (void)sprintf(text, "%%%s", name);
    else
        (void)sprintf(text, "%%%u", (unsigned)address->sin6_scope_id);
}

static void write_number(const struct sockaddr *address, int flags, char *text,
                         socklen_t size)
{
    union {
        const struct sockaddr *any;
        const struct sockaddr_in *in;
        const struct sockaddr_in6 *in6;
    } of = {address};
    if (address->sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &of.in->sin_addr, text, size);
        return;
    }
    (void)inet_ntop(AF_INET6, &of.in6->sin6_addr, text, size);
    write_scope(of.in6, flags, text + strlen(text));
}

/* Returns 0, or psock's error, which may be that there is none. */
static int find_name(const struct sockaddr *address, socklen_t length,
                     int flags, char *name)
{
    psock_address read;
    if ((flags & NI_NUMERICHOST) != 0 ||
        psock_guest_address_in(address, length, &read) != 0)
        return PSOCK_EAI_NONAME;
    int error = psock_guest_look_up_name(&read, name);
    if (error == 0 && (flags & NI_NOFQDN) != 0)
        cut_domain(name);
    return error;
}

static int tell_host(const struct sockaddr *address, socklen_t length,
                     int flags, const struct place *place)
{
    char name[PSOCK_HOST_NAME_SIZE];
    int error = find_name(address, length, flags, name);
    if (error != 0 && (flags & NI_NAMEREQD) != 0)
        return psock_guest_eai(error);
    if (error != 0)
        write_number(address, flags, name, sizeof name);
    return put(place, name);
}

/* --- Services ----------------------------------------------------------------------- */

static int tell_service(const struct sockaddr *address, int flags,
                        const struct place *place)
{
    uint16_t port;
    char number[8];
    const struct psock_guest_entry *entry = NULL;
    memcpy(&port, address->sa_data, sizeof port);
    port = ntohs(port);
    if ((flags & NI_NUMERICSERV) == 0)
        entry = psock_guest_service_at(port,
                                       (flags & NI_DGRAM) != 0 ? "udp" : "tcp");
    (void)sprintf(number, "%u", (unsigned)port);
    return put(place, entry == NULL ? number : entry->name);
}

/* --- Unix addresses ------------------------------------------------------------------ */

static int tell_own_name(int flags, const struct place *place)
{
    char name[PSOCK_HOST_NAME_SIZE];
    if ((flags & NI_NUMERICHOST) == 0 && psock_host_name(name, sizeof name) > 0)
        return put(place, name);
    return (flags & NI_NAMEREQD) != 0 ? EAI_NONAME : put(place, "localhost");
}

static int tell_path(const struct sockaddr *address, socklen_t length,
                     const struct place *place)
{
    char path[sizeof(struct sockaddr_un) + 1];
    size_t size = length - sizeof address->sa_family;
    if (size >= sizeof path)
        size = sizeof path - 1;
    memcpy(path, address->sa_data, size);
    path[size] = '\0';
    return put(place, path);
}

/* --- getnameinfo() ------------------------------------------------------------------- */

/* The shortest that an address may be: the scope may be left out, as of old. */
static bool is_long_enough(const struct sockaddr *address, socklen_t length)
{
    if (address == NULL || length < sizeof address->sa_family)
        return false;
    if (address->sa_family == AF_UNIX)
        return true;
    if (address->sa_family == AF_INET)
        return length >= sizeof(struct sockaddr_in);
    return address->sa_family == AF_INET6 &&
           length >= offsetof(struct sockaddr_in6, sin6_scope_id);
}

static int tell(const struct sockaddr *address, socklen_t length, int flags,
                const struct place *host, const struct place *service)
{
    bool is_unix = address->sa_family == AF_UNIX;
    int error = 0;
    if (is_wanted(host))
        error = is_unix ? tell_own_name(flags, host)
                        : tell_host(address, length, flags, host);
    if (error == 0 && is_wanted(service))
        error = is_unix ? tell_path(address, length, service)
                        : tell_service(address, flags, service);
    return error;
}

int getnameinfo(const struct sockaddr *address, socklen_t length, char *host,
                socklen_t host_size, char *service, socklen_t service_size,
                int flags)
{
    struct sockaddr_in6 whole;
    if ((flags & ~KNOWN_FLAGS) != 0)
        return EAI_BADFLAGS;
    if (!is_long_enough(address, length))
        return EAI_FAMILY;
    if ((flags & NI_NAMEREQD) != 0 && host == NULL && service == NULL)
        return EAI_NONAME;
    if (address->sa_family == AF_INET6 && length < sizeof whole) {
        memset(&whole, 0, sizeof whole);
        memcpy(&whole, address, length);
        address = (const struct sockaddr *)&whole;
        length = sizeof whole;
    }
    return tell(address, length, flags, &(struct place){host, host_size},
                &(struct place){service, service_size});
}
