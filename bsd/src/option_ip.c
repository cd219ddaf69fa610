/* option_ip.c: the options of IPPROTO_IP, other than membership of groups.
 *
 * IPv6 sockets have them, too.  psock has one option for both families, which is
 * that of IPv6 there, so that of IPv4 is only kept. */
#include "option.h"

#include <limits.h>
#include <netinet/in.h>
#include <string.h>

#define USUAL_TTL 64

static int get_ipv4(struct psock_guest *guest,
                    const struct psock_guest_option *option, int *value)
{
    if (guest->domain == AF_INET)
        return psock_guest_get_usual(guest, option, value);
    *value = psock_guest_kept(guest, option->kept, option->usual);
    return 0;
}

static int set_ipv4(struct psock_guest *guest,
                    const struct psock_guest_option *option, int value)
{
    if (guest->domain == AF_INET)
        return psock_guest_set_usual(guest, option, value);
    psock_guest_keep(guest, option->kept, option->usual, value);
    return 0;
}

/* --- Of all that is sent ------------------------------------------------------ */

/* -1 puts it back. */
static int set_ttl(struct psock_guest *guest,
                   const struct psock_guest_option *option, int value)
{
    if (value == 0)
        return -EINVAL;
    return set_ipv4(guest, option, value < 0 ? option->usual : value);
}

/* One byte counts; the bits for ECN are TCP's own. */
static int set_tos(struct psock_guest *guest,
                   const struct psock_guest_option *option, int value)
{
    value &= psock_guest_is_stream(guest) ? 0xfc : 0xff;
    return set_ipv4(guest, option, value);
}

/* Whether routers may cut is what psock knows of it. */
static int set_discovery(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    const bool whole = value == IP_PMTUDISC_DO || value == IP_PMTUDISC_PROBE;
    if (guest->domain == AF_INET && !psock_guest_is_stream(guest))
        (void)!psock_set_option(guest->socket, PSOCK_OPTION_DONT_FRAGMENT,
                                whole);
    psock_guest_keep(guest, option->kept, option->usual, value);
    return 0;
}

static int set_header_included(struct psock_guest *guest,
                               const struct psock_guest_option *option,
                               int value)
{
    return guest->type == SOCK_RAW ? psock_guest_set_usual(guest, option, value)
                                   : -ENOPROTOOPT;
}

static int get_header_included(struct psock_guest *guest,
                               const struct psock_guest_option *option,
                               int *value)
{
    *value = 0;
    return guest->type == SOCK_RAW ? psock_guest_get_usual(guest, option, value)
                                   : 0;
}

/* --- Options within the header ----------------------------------------------------- */

#define MOST_OPTIONS 40

static int give_options(struct psock_guest *guest,
                        const struct psock_guest_option *option, void *value,
                        socklen_t *length)
{
    (void)guest;
    (void)option;
    (void)value;
    *length = 0;
    return 0;
}

static int take_options(struct psock_guest *guest,
                        const struct psock_guest_option *option,
                        const void *value, socklen_t length)
{
    (void)guest;
    (void)option;
    (void)value;
    if (length > MOST_OPTIONS)
        return -EINVAL;
    return length == 0 ? 0 : -ENOPROTOOPT;
}

/* --- What is sent to groups ----------------------------------------------------------- */

static int set_group_ttl(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    return set_ipv4(guest, option, value < 0 ? option->usual : value);
}

static int give_group_address(struct psock_guest *guest,
                              const struct psock_guest_option *option,
                              void *value, socklen_t *length)
{
    (void)option;
    const struct in_addr address = {
        (in_addr_t)psock_guest_kept(guest, PSOCK_GUEST_KEPT_GROUP_ADDRESS, 0)};
    return psock_guest_give(&address, sizeof address, value, length);
}

/* Any of the three structures that Linux takes, told by their lengths. */
static void read_interface(const void *value, socklen_t length,
                           struct ip_mreqn *out)
{
    memset(out, 0, sizeof *out);
    if (length >= sizeof *out)
        memcpy(out, value, sizeof *out);
    else if (length >= sizeof(struct ip_mreq))
        memcpy(out, value, sizeof(struct ip_mreq));
    else
        memcpy(&out->imr_address, value, sizeof out->imr_address);
}

static int take_group_interface(struct psock_guest *guest,
                                const struct psock_guest_option *option,
                                const void *value, socklen_t length)
{
    struct ip_mreqn wanted;
    uint32_t index = 0;
    (void)option;
    if (length < sizeof(struct in_addr))
        return -EINVAL;
    if (value == NULL)
        return -EFAULT;
    read_interface(value, length, &wanted);
    int error = psock_guest_find_interface(&wanted, &index);
    if (error < 0)
        return -EADDRNOTAVAIL;
    if (guest->domain == AF_INET)
        error = psock_set_option(guest->socket,
                                 PSOCK_OPTION_MULTICAST_INTERFACE, index);
    if (error < 0)
        return psock_guest_option_error(error);
    psock_guest_keep(guest, PSOCK_GUEST_KEPT_GROUP_ADDRESS, 0,
                     (int)wanted.imr_address.s_addr);
    return 0;
}

/* --- The rows ---------------------------------------------------------------------------- */

#define NUMBER(the_name, the_core, the_kept, the_usual, least, most, the_set)  \
    {                                                                          \
        .name = (the_name), .takes_a_byte = true, .lack = PSOCK_GUEST_KEEP,    \
        .core = (the_core), .kept = (the_kept), .usual = (the_usual),          \
        .minimum = (least), .maximum = (most), .get = get_ipv4,                \
        .set = (the_set)                                                       \
    }
#define WISH(the_name)                                                         \
    {                                                                          \
        .name = (the_name), .form = PSOCK_GUEST_SWITCH, .takes_a_byte = true,  \
        .core = PSOCK_GUEST_NO_OPTION, .get = psock_guest_get_wish,            \
        .set = psock_guest_set_wish                                            \
    }

static const struct psock_guest_option options[] = {
    NUMBER(IP_TTL, PSOCK_OPTION_HOP_LIMIT, PSOCK_GUEST_KEPT_TTL, USUAL_TTL, -1,
           255, set_ttl),
    NUMBER(IP_TOS, PSOCK_OPTION_TRAFFIC_CLASS, PSOCK_GUEST_KEPT_TOS, 0, INT_MIN,
           INT_MAX, set_tos),
    NUMBER(IP_MTU_DISCOVER, PSOCK_GUEST_NO_OPTION,
           PSOCK_GUEST_KEPT_MTU_DISCOVER, IP_PMTUDISC_WANT, 0, 5,
           set_discovery),
    {.name = IP_MTU,
     .takes_a_byte = true,
     .core = PSOCK_OPTION_PATH_MTU_BYTES,
     .minimum = INT_MIN,
     .maximum = INT_MAX,
     .set = psock_guest_cannot_set},
    {.name = IP_HDRINCL,
     .form = PSOCK_GUEST_SWITCH,
     .takes_a_byte = true,
     .core = PSOCK_OPTION_HEADER_INCLUDED,
     .get = get_header_included,
     .set = set_header_included},
    {.name = IP_RECVERR,
     .form = PSOCK_GUEST_SWITCH,
     .takes_a_byte = true,
     .core = PSOCK_GUEST_NO_OPTION,
     .kept = PSOCK_GUEST_KEPT_RECVERR},
    WISH(IP_PKTINFO),
    WISH(IP_RECVTTL),
    WISH(IP_RECVTOS),
    {.name = IP_MULTICAST_TTL,
     .takes_a_byte = true,
     .lack = PSOCK_GUEST_KEEP,
     .core = PSOCK_OPTION_MULTICAST_HOP_LIMIT,
     .kept = PSOCK_GUEST_KEPT_GROUP_TTL,
     .usual = IP_DEFAULT_MULTICAST_TTL,
     .minimum = -1,
     .maximum = 255,
     .of_streams = EINVAL,
     .get = get_ipv4,
     .set = set_group_ttl},
    {.name = IP_MULTICAST_LOOP,
     .form = PSOCK_GUEST_SWITCH,
     .takes_a_byte = true,
     .lack = PSOCK_GUEST_KEEP,
     .core = PSOCK_OPTION_MULTICAST_LOOP,
     .kept = PSOCK_GUEST_KEPT_GROUP_LOOP,
     .usual = IP_DEFAULT_MULTICAST_LOOP,
     .get = get_ipv4,
     .set = set_ipv4},
    NUMBER(IP_MULTICAST_ALL, PSOCK_OPTION_MULTICAST_ALL,
           PSOCK_GUEST_KEPT_GROUP_ALL, 1, 0, 1, set_ipv4),
    {.name = IP_MULTICAST_IF,
     .form = PSOCK_GUEST_BYTES,
     .of_streams = EINVAL,
     .get_bytes = give_group_address,
     .set_bytes = take_group_interface},
    PSOCK_GUEST_OWN_BYTES(IP_OPTIONS, give_options, take_options),
};

const struct psock_guest_options_of psock_guest_ip_options = {
    options, sizeof options / sizeof *options};
