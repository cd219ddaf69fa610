/* option.c: getsockopt() and setsockopt(): which option it is, and the lengths. */
#include "option.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

/* --- Which option it is ----------------------------------------------------- */

struct level {
    int level;
    int domain; /* 0 for any */
    int type;   /* 0 for any */
    const struct psock_guest_options_of *of;
};

/* IPv6 sockets may serve IPv4 too, and have its options. */
static const struct level levels[] = {
    {SOL_SOCKET, 0, 0, &psock_guest_socket_options},
    {IPPROTO_TCP, AF_INET, SOCK_STREAM, &psock_guest_tcp_options},
    {IPPROTO_TCP, AF_INET6, SOCK_STREAM, &psock_guest_tcp_options},
    {IPPROTO_UDP, AF_INET, SOCK_DGRAM, &psock_guest_udp_options},
    {IPPROTO_UDP, AF_INET6, SOCK_DGRAM, &psock_guest_udp_options},
    {IPPROTO_IP, AF_INET, 0, &psock_guest_ip_options},
    {IPPROTO_IP, AF_INET, 0, &psock_guest_membership_options},
    {IPPROTO_IP, AF_INET6, 0, &psock_guest_ip_options},
    {IPPROTO_IP, AF_INET6, 0, &psock_guest_membership_options},
    {IPPROTO_IPV6, AF_INET6, 0, &psock_guest_ipv6_options},
    {IPPROTO_IPV6, AF_INET6, 0, &psock_guest_membership_6_options},
};

static bool is_for(const struct level *level, const struct psock_guest *guest)
{
    return (level->domain == 0 || level->domain == guest->domain) &&
           (level->type == 0 || level->type == guest->type);
}

static const struct psock_guest_option *
find_name(const struct psock_guest_options_of *of, int name)
{
    for (size_t i = 0; i < of->count; i++)
        if (of->options[i].name == name)
            return &of->options[i];
    return NULL;
}

static const struct psock_guest_option *
find_option(const struct psock_guest *guest, int level, int name,
            bool *has_level)
{
    *has_level = false;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (levels[i].level != level || !is_for(&levels[i], guest))
            continue;
        *has_level = true;
        const struct psock_guest_option *option = find_name(levels[i].of, name);
        if (option != NULL)
            return option;
    }
    return NULL;
}

/* --- Getting ----------------------------------------------------------------- */

static int give_number(const struct psock_guest_option *option, int number,
                       void *value, socklen_t *length)
{
    const unsigned char byte = (unsigned char)number;
    if (option->takes_a_byte && *length > 0 && *length < sizeof number &&
        number >= 0 && number <= UCHAR_MAX)
        return psock_guest_give(&byte, sizeof byte, value, length);
    return psock_guest_give(&number, sizeof number, value, length);
}

static int get_option(struct psock_guest *guest,
                      const struct psock_guest_option *option, void *value,
                      socklen_t *length)
{
    int number = 0;
    if (option->form == PSOCK_GUEST_BYTES)
        return option->get_bytes == NULL
                   ? -ENOPROTOOPT
                   : option->get_bytes(guest, option, value, length);
    int error = option->get != NULL
                    ? option->get(guest, option, &number)
                    : psock_guest_get_usual(guest, option, &number);
    return error < 0 ? error : give_number(option, number, value, length);
}

/* Linux has one number for asking IPv4, and Unix sockets, at a level that they
 * have not, and another for all else. */
static int unknown_to_get(const struct psock_guest *guest, bool has_level)
{
    return has_level || guest->domain == AF_INET6 ? -ENOPROTOOPT : -EOPNOTSUPP;
}

static int unknown_to_set(const struct psock_guest *guest, bool has_level)
{
    return has_level || psock_guest_is_internet(guest) ? -ENOPROTOOPT
                                                       : -EOPNOTSUPP;
}

static int get_checked(struct psock_guest *guest, int level, int name,
                       void *value, socklen_t *length)
{
    bool has_level;
    if (length == NULL)
        return -EFAULT;
    if (*length > INT_MAX)
        return -EINVAL;
    const struct psock_guest_option *option =
        find_option(guest, level, name, &has_level);
    if (option == NULL)
        return unknown_to_get(guest, has_level);
    return get_option(guest, option, value, length);
}

int getsockopt(int fd, int level, int name, void *restrict value,
               socklen_t *restrict length)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int error = get_checked(guest, level, name, value, length);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(error);
}

/* --- Setting ----------------------------------------------------------------- */

static int take_number(const struct psock_guest_option *option,
                       const void *value, socklen_t length, int *number)
{
    unsigned char byte = 0;
    const bool is_byte = option->takes_a_byte && length < sizeof *number;
    if (length < (is_byte ? sizeof byte : sizeof *number))
        return -EINVAL;
    if (value == NULL)
        return -EFAULT;
    memcpy(is_byte ? (void *)&byte : (void *)number, value,
           is_byte ? sizeof byte : sizeof *number);
    if (is_byte)
        *number = byte;
    return 0;
}

static int set_number(struct psock_guest *guest,
                      const struct psock_guest_option *option,
                      const void *value, socklen_t length)
{
    int number = 0;
    int error = take_number(option, value, length, &number);
    if (error < 0)
        return error;
    if (option->form == PSOCK_GUEST_SWITCH)
        number = number != 0;
    else if (number < option->minimum || number > option->maximum)
        return option->set == psock_guest_cannot_set ? -ENOPROTOOPT : -EINVAL;
    return option->set != NULL ? option->set(guest, option, number)
                               : psock_guest_set_usual(guest, option, number);
}

static int set_checked(struct psock_guest *guest, int level, int name,
                       const void *value, socklen_t length)
{
    bool has_level;
    if (length > INT_MAX)
        return -EINVAL;
    const struct psock_guest_option *option =
        find_option(guest, level, name, &has_level);
    if (option == NULL)
        return unknown_to_set(guest, has_level);
    if (option->of_streams != 0 && psock_guest_is_stream(guest))
        return -option->of_streams;
    return option->form == PSOCK_GUEST_BYTES
               ? option->set_bytes(guest, option, value, length)
               : set_number(guest, option, value, length);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int error = set_checked(guest, level, name, value, length);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(error);
}
