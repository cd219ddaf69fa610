/* hosts.c: gethostbyname() and its kin. */
#include "names.h"

#include <string.h>

#define ADDRESSES_MAX 64

/* Holds ADDRESSES_MAX addresses, their list and the longest name. */
#define BUFFER_SIZE 4096

/* What a thread was told last. */
static _Thread_local struct hostent last;
static _Thread_local char last_buffer[BUFFER_SIZE];

/* An answer before it is written into a buffer. */
struct answer {
    psock_address addresses[ADDRESSES_MAX];
    int count;
    char name[PSOCK_HOST_NAME_SIZE];
};

/* --- Writing ----------------------------------------------------------------------- */

static char *copy_bytes(const psock_address *address,
                        struct psock_guest_room *room)
{
    size_t length;
    const unsigned char *bytes = psock_address_bytes(address, &length);
    char *copy = psock_guest_take(room, length);
    return copy == NULL ? NULL : memcpy(copy, bytes, length);
}

static char **copy_addresses(const struct answer *answer,
                             struct psock_guest_room *room)
{
    size_t size = ((size_t)answer->count + 1) * sizeof(char *);
    char **list = psock_guest_take(room, size);
    if (list == NULL)
        return NULL;
    for (int i = 0; i < answer->count; i++) {
        list[i] = copy_bytes(&answer->addresses[i], room);
        if (list[i] == NULL)
            return NULL;
    }
    list[answer->count] = NULL;
    return list;
}

static bool write_host(const struct answer *answer, struct hostent *host,
                       struct psock_guest_room *room)
{
    static char *const no_aliases[] = {NULL};
    bool is_ipv4 = psock_address_family(&answer->addresses[0]) == PSOCK_IPV4;
    host->h_addrtype = is_ipv4 ? AF_INET : AF_INET6;
    host->h_length = is_ipv4 ? 4 : 16;
    host->h_addr_list = copy_addresses(answer, room);
    host->h_aliases = psock_guest_take_texts(room, no_aliases);
    host->h_name = psock_guest_take_text(room, answer->name);
    return host->h_addr_list != NULL && host->h_aliases != NULL &&
           host->h_name != NULL;
}

/* Ends all of them: `problem` is a value of h_errno.  Returns what the functions
 * with buffers do. */
static int conclude(int problem, const struct answer *answer,
                    struct hostent *host, struct psock_guest_room room,
                    struct hostent **result, int *error)
{
    *result = NULL;
    *error = problem;
    if (problem == NETDB_INTERNAL)
        return errno;
    if (problem == TRY_AGAIN)
        return EAGAIN;
    if (problem != NETDB_SUCCESS)
        return 0;
    if (!write_host(answer, host, &room)) {
        *error = NETDB_INTERNAL;
        return errno = ERANGE;
    }
    *result = host;
    return 0;
}

/* --- Looking up -------------------------------------------------------------------- */

static int internal_error(int number)
{
    errno = number;
    return NETDB_INTERNAL;
}

static int psock_family_of(int family)
{
    if (family == AF_INET)
        return PSOCK_IPV4;
    return family == AF_INET6 ? PSOCK_IPV6 : PSOCK_NONE;
}

/* A number stands for itself, and has the text that was given for a name. */
static int find_number(const char *name, int family, struct answer *answer)
{
    if (psock_address_family(&answer->addresses[0]) != family ||
        strlen(name) >= sizeof answer->name)
        return HOST_NOT_FOUND;
    answer->count = 1;
    strcpy(answer->name, name);
    return NETDB_SUCCESS;
}

static int find_by_name(const char *name, int family, struct answer *answer)
{
    int wanted = psock_family_of(family);
    if (wanted == PSOCK_NONE)
        return internal_error(EAFNOSUPPORT);
    if (name == NULL || name[0] == '\0')
        return NO_RECOVERY;
    if (psock_guest_numeric(name, &answer->addresses[0]) > 0)
        return find_number(name, wanted, answer);
    answer->count = psock_guest_look_up(name, wanted, 0, answer->name,
                                        answer->addresses, ADDRESSES_MAX);
    return psock_guest_host_error(answer->count);
}

static int read_address(const void *address, socklen_t length, int family,
                        psock_address *out)
{
    if (family == AF_INET && length == 4)
        return psock_address_ipv4(address, 0, out);
    if (family == AF_INET6 && length == 16)
        return psock_address_ipv6(address, 0, 0, out);
    return PSOCK_EAFNOSUPPORT;
}

static int find_by_address(const void *address, socklen_t length, int family,
                           struct answer *answer)
{
    if (read_address(address, length, family, &answer->addresses[0]) != 0)
        return internal_error(EAFNOSUPPORT);
    answer->count = 1;
    return psock_guest_host_error(
        psock_guest_look_up_name(&answer->addresses[0], answer->name));
}

/* --- The functions of POSIX and Linux ------------------------------------------------ */

int gethostbyname2_r(const char *name, int family, struct hostent *host,
                     char *buffer, size_t size, struct hostent **result,
                     int *error)
{
    struct answer answer;
    int problem = find_by_name(name, family, &answer);
    return conclude(problem, &answer, host,
                    (struct psock_guest_room){buffer, size}, result, error);
}

int gethostbyname_r(const char *name, struct hostent *host, char *buffer,
                    size_t size, struct hostent **result, int *error)
{
    return gethostbyname2_r(name, AF_INET, host, buffer, size, result, error);
}

int gethostbyaddr_r(const void *address, socklen_t length, int family,
                    struct hostent *host, char *buffer, size_t size,
                    struct hostent **result, int *error)
{
    struct answer answer;
    int problem = find_by_address(address, length, family, &answer);
    return conclude(problem, &answer, host,
                    (struct psock_guest_room){buffer, size}, result, error);
}

struct hostent *gethostbyname2(const char *name, int family)
{
    struct hostent *result;
    (void)gethostbyname2_r(name, family, &last, last_buffer, BUFFER_SIZE,
                           &result, &h_errno);
    return result;
}

struct hostent *gethostbyname(const char *name)
{
    return gethostbyname2(name, AF_INET);
}

struct hostent *gethostbyaddr(const void *address, socklen_t length, int family)
{
    struct hostent *result;
    (void)gethostbyaddr_r(address, length, family, &last, last_buffer,
                          BUFFER_SIZE, &result, &h_errno);
    return result;
}
