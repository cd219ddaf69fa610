/* resolve.c: names to addresses and back: what is asked, and in which words it is
 * answered. */
#include <limits.h>
#include <string.h>

#include "query.h"

/* --- What can be asked ----------------------------------------------------- */

#define TARGET_FLAGS                                                           \
    (PSOCK_RESOLVE_NUMERIC_HOST | PSOCK_RESOLVE_NUMERIC_SERVICE |              \
     PSOCK_RESOLVE_PASSIVE | PSOCK_RESOLVE_CONFIGURED)
#define ADDRESS_FLAGS                                                          \
    (PSOCK_RESOLVE_NUMERIC_HOST | PSOCK_RESOLVE_NUMERIC_SERVICE |              \
     PSOCK_RESOLVE_NAME_REQUIRED)

static _Bool has_services(int type)
{
    return type == PSOCK_STREAM || type == PSOCK_DATAGRAM;
}

/* --- Names to addresses ---------------------------------------------------- */

static int options_error(const psock_resolve_options *options)
{
    if ((options->flags & ~(unsigned)TARGET_FLAGS) != 0)
        return PSOCK_EINVAL;
    if (options->family != PSOCK_NONE && !psock_is_internet(options->family))
        return PSOCK_EAI_FAMILY;
    return has_services(options->type) ? 0 : PSOCK_EAI_SOCKTYPE;
}

static psock_resolve_options
complete_options(const psock_resolve_options *options)
{
    psock_resolve_options complete = {0};
    if (options != NULL)
        complete = *options;
    if (complete.type == 0)
        complete.type = PSOCK_STREAM;
    return complete;
}

/* Where the answer goes. */
struct room {
    psock_address *addresses;
    size_t capacity;
};

static int hand_out(const psock_address *addresses, size_t count,
                    const struct room *room)
{
    const size_t fitting = count < room->capacity ? count : room->capacity;
    if (fitting > 0)
        memcpy(room->addresses, addresses, fitting * sizeof *addresses);
    return (int)count;
}

static void tell_name(const char *name, const psock_resolve_options *options)
{
    if (options->canonical_name != NULL)
        memcpy(options->canonical_name, name, strlen(name) + 1);
}

static int resolve_known(const char *host, struct psock_target *target,
                         const psock_resolve_options *options,
                         const struct room *room, psock_deadline deadline)
{
    const int error = psock_target_find_port(target, options->type, deadline);
    if (error < 0)
        return error;
    tell_name(host == NULL ? "" : host, options);
    return hand_out(target->addresses, target->count, room);
}

/* Hands out what was found.  The port is the system's where it was asked. */
static int hand_out_answer(const struct psock_sys_look_up *answer,
                           const struct psock_target *target,
                           const psock_resolve_options *options,
                           const struct room *room)
{
    const int count = hand_out(answer->addresses, (size_t)answer->result, room);
    if (target->service == NULL)
        for (size_t i = 0; i < (size_t)count && i < room->capacity; i++)
            psock_sys_address_set_port(&room->addresses[i], target->port);
    tell_name(answer->host_name[0] != '\0' ? answer->host_name : target->host,
              options);
    return count;
}

static int resolve_asked(const struct psock_target *target,
                         const psock_resolve_options *options,
                         const struct room *room, psock_deadline deadline)
{
    const struct psock_sys_look_up question = {
        .host = target->host,
        .service = target->service,
        .family = options->family,
        .type = options->type,
        .configured = (options->flags & PSOCK_RESOLVE_CONFIGURED) != 0,
        .wants_name = options->canonical_name != NULL};
    struct psock_query *query;
    int result = psock_query_ask(&question, deadline, &query);
    if (result < 0)
        return result;
    result = hand_out_answer(psock_query_answer(query), target, options, room);
    psock_query_end(query);
    return result;
}

int psock_resolve(const char *host, const char *service,
                  const psock_resolve_options *options,
                  psock_address *addresses, size_t capacity,
                  psock_deadline deadline)
{
    const psock_resolve_options wanted = complete_options(options);
    const struct room room = {addresses, capacity};
    struct psock_target target;
    if ((host == NULL && service == NULL) ||
        (addresses == NULL && capacity > 0))
        return PSOCK_EFAULT;
    int error = options_error(&wanted);
    if (error == 0)
        error = psock_target_read(host, service, wanted.family, wanted.flags,
                                  &target);
    if (error < 0)
        return error;
    return target.host == NULL
               ? resolve_known(host, &target, &wanted, &room, deadline)
               : resolve_asked(&target, &wanted, &room, deadline);
}

/* --- Addresses to names ---------------------------------------------------- */

/* What is said of an address; empty until it is known. */
struct names {
    char host[PSOCK_HOST_NAME_SIZE];
    char service[PSOCK_SERVICE_NAME_SIZE];
};

/* What is not wanted, and what has no name: nobody is asked for it. */
static unsigned numeric_parts(const psock_address *address, unsigned flags,
                              _Bool wants_host, _Bool wants_service)
{
    if (!wants_host)
        flags |= PSOCK_RESOLVE_NUMERIC_HOST;
    if (!wants_service || psock_address_port(address) == 0)
        flags |= PSOCK_RESOLVE_NUMERIC_SERVICE;
    return flags;
}

static int ask_for_names(const psock_address *address, int type, unsigned flags,
                         struct names *names, psock_deadline deadline)
{
    const struct psock_sys_look_up question = {
        .address = address, .type = type, .flags = flags};
    struct psock_query *query;
    const int error = psock_query_ask(&question, deadline, &query);
    if (error < 0)
        return error;
    const struct psock_sys_look_up *answer = psock_query_answer(query);
    memcpy(names->host, answer->host_name, sizeof names->host);
    memcpy(names->service, answer->service_name, sizeof names->service);
    psock_query_end(query);
    return 0;
}

/* The one address of each family that is called so everywhere. */
static _Bool is_localhost(const psock_address *address)
{
    psock_address loopback;
    return psock_address_loopback(psock_address_family(address),
                                  psock_address_port(address),
                                  &loopback) == 0 &&
           psock_address_compare(address, &loopback) == 0;
}

static int find_names(const psock_address *address, int type, unsigned flags,
                      struct names *names, psock_deadline deadline)
{
    const unsigned both =
        PSOCK_RESOLVE_NUMERIC_HOST | PSOCK_RESOLVE_NUMERIC_SERVICE;
    if ((flags & PSOCK_RESOLVE_NUMERIC_HOST) == 0 && is_localhost(address)) {
        const int error = find_names(
            address, type, flags | PSOCK_RESOLVE_NUMERIC_HOST, names, deadline);
        memcpy(names->host, "localhost", sizeof "localhost");
        return error;
    }
    return (flags & both) == both
               ? 0
               : ask_for_names(address, type, flags, names, deadline);
}

static void write_port(uint16_t port, char *text)
{
    char reversed[5];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + port % 10);
        port /= 10;
    } while (port > 0);
    while (count > 0)
        *text++ = reversed[--count];
    *text = '\0';
}

/* Writes as numbers what has no name. */
static void fill_up(const psock_address *address, struct names *names)
{
    if (names->host[0] == '\0')
        (void)psock_address_format(address, PSOCK_FORMAT_NO_PORT, names->host,
                                   sizeof names->host);
    if (names->service[0] == '\0')
        write_port(psock_address_port(address), names->service);
}

static _Bool fits(const char *text, const char *room, size_t size)
{
    return room == NULL || strlen(text) < size;
}

static void copy_out(const char *text, char *room)
{
    if (room != NULL)
        memcpy(room, text, strlen(text) + 1);
}

static int address_error(const psock_address *address, int type, unsigned flags)
{
    const unsigned contradiction =
        PSOCK_RESOLVE_NUMERIC_HOST | PSOCK_RESOLVE_NAME_REQUIRED;
    if ((flags & ~(unsigned)ADDRESS_FLAGS) != 0)
        return PSOCK_EINVAL;
    if ((flags & contradiction) == contradiction)
        return PSOCK_EAI_BADFLAGS;
    if (!psock_is_internet(psock_address_family(address)))
        return PSOCK_EAI_FAMILY;
    return has_services(type) ? 0 : PSOCK_EAI_SOCKTYPE;
}

int psock_resolve_address(const psock_address *address, int type,
                          unsigned flags, char *host, size_t host_size,
                          char *service, size_t service_size,
                          psock_deadline deadline)
{
    struct names names = {"", ""};
    if (address == NULL || (host == NULL && service == NULL) ||
        (host == NULL && host_size > 0) ||
        (service == NULL && service_size > 0))
        return PSOCK_EFAULT;
    int error = address_error(address, type, flags);
    if (error == 0)
        error = find_names(
            address, type,
            numeric_parts(address, flags, host != NULL, service != NULL),
            &names, deadline);
    if (error < 0)
        return error;
    if ((flags & PSOCK_RESOLVE_NAME_REQUIRED) != 0 && host != NULL &&
        names.host[0] == '\0')
        return PSOCK_EAI_NONAME;
    fill_up(address, &names);
    if (!fits(names.host, host, host_size) ||
        !fits(names.service, service, service_size))
        return PSOCK_EAI_OVERFLOW;
    copy_out(names.host, host);
    copy_out(names.service, service);
    return 0;
}

/* --- This machine ---------------------------------------------------------- */

int psock_host_name(char *name, size_t size)
{
    if (name == NULL)
        return PSOCK_EFAULT;
    if (size == 0)
        return PSOCK_ENAMETOOLONG;
    const int error = psock_ensure_started();
    return error < 0 ? error : psock_sys_host_name(name, size);
}
