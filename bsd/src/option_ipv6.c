/* option_ipv6.c: the options of IPPROTO_IPV6, other than membership of groups. */
#include "option.h"

#include <limits.h>
#include <netinet/in.h>

#define USUAL_HOPS 64
#define USUAL_GROUP_HOPS 1

static int set_only_ipv6(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    int error = psock_guest_set_usual(guest, option, value);
    if (error < 0)
        return error;
    if (value)
        atomic_fetch_or(&guest->options, PSOCK_GUEST_V6ONLY);
    else
        atomic_fetch_and(&guest->options, ~(unsigned)PSOCK_GUEST_V6ONLY);
    return 0;
}

/* --- Of all that is sent ------------------------------------------------------ */

/* -1 puts it back; 0 does not leave this machine anyway. */
static int set_hops(struct psock_guest *guest,
                    const struct psock_guest_option *option, int value)
{
    if (value < 0)
        value = option->usual;
    if (value > 0 || option->name == IPV6_MULTICAST_HOPS)
        return psock_guest_set_usual(guest, option, value);
    psock_guest_keep(guest, option->kept, option->usual, value);
    return 0;
}

static int set_traffic_class(struct psock_guest *guest,
                             const struct psock_guest_option *option, int value)
{
    return psock_guest_set_usual(guest, option, value < 0 ? 0 : value);
}

static int set_discovery(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    const bool whole = value == IP_PMTUDISC_DO || value == IP_PMTUDISC_PROBE;
    if (!psock_guest_is_stream(guest))
        (void)!psock_set_option(guest->socket, PSOCK_OPTION_DONT_FRAGMENT,
                                whole);
    psock_guest_keep(guest, option->kept, option->usual, value);
    return 0;
}

/* --- What is sent to groups ----------------------------------------------------------- */

static int get_group_interface(struct psock_guest *guest,
                               const struct psock_guest_option *option,
                               int *value)
{
    *value = psock_guest_kept(guest, option->kept, 0);
    return 0;
}

static int set_group_interface(struct psock_guest *guest,
                               const struct psock_guest_option *option,
                               int value)
{
    char name[PSOCK_INTERFACE_NAME_SIZE];
    int error = 0;
    if (value != 0)
        error = psock_interface_name((uint32_t)value, name, sizeof name);
    if (error < 0)
        return -ENODEV;
    return psock_guest_set_usual(guest, option, value);
}

/* --- The rows ---------------------------------------------------------------------------- */

#define NUMBER(the_name, the_core, the_kept, the_usual, least, most, the_set)  \
    {                                                                          \
        .name = (the_name), .lack = PSOCK_GUEST_KEEP, .core = (the_core),      \
        .kept = (the_kept), .usual = (the_usual), .minimum = (least),          \
        .maximum = (most), .set = (the_set)                                    \
    }
#define WISH(the_name)                                                         \
    {                                                                          \
        .name = (the_name), .form = PSOCK_GUEST_SWITCH,                        \
        .core = PSOCK_GUEST_NO_OPTION, .get = psock_guest_get_wish,            \
        .set = psock_guest_set_wish                                            \
    }

static const struct psock_guest_option options[] = {
    {.name = IPV6_V6ONLY,
     .form = PSOCK_GUEST_SWITCH,
     .core = PSOCK_OPTION_IPV6_ONLY,
     .set = set_only_ipv6},
    NUMBER(IPV6_UNICAST_HOPS, PSOCK_OPTION_HOP_LIMIT, PSOCK_GUEST_KEPT_HOPS,
           USUAL_HOPS, -1, 255, set_hops),
    NUMBER(IPV6_TCLASS, PSOCK_OPTION_TRAFFIC_CLASS, PSOCK_GUEST_KEPT_TCLASS, 0,
           -1, 255, set_traffic_class),
    NUMBER(IPV6_MTU_DISCOVER, PSOCK_GUEST_NO_OPTION,
           PSOCK_GUEST_KEPT_MTU_DISCOVER_6, IP_PMTUDISC_WANT, 0, 5,
           set_discovery),
    {.name = IPV6_MTU,
     .core = PSOCK_OPTION_PATH_MTU_BYTES,
     .minimum = INT_MIN,
     .maximum = INT_MAX,
     .set = psock_guest_cannot_set},
    PSOCK_GUEST_CORE_SWITCH(IPV6_DONTFRAG, PSOCK_OPTION_DONT_FRAGMENT,
                            PSOCK_GUEST_KEPT_DONTFRAG),
    PSOCK_GUEST_KEPT_SWITCH(IPV6_RECVERR, PSOCK_GUEST_KEPT_RECVERR_6),
    WISH(IPV6_RECVPKTINFO),
    WISH(IPV6_RECVHOPLIMIT),
    WISH(IPV6_RECVTCLASS),
    {.name = IPV6_MULTICAST_HOPS,
     .lack = PSOCK_GUEST_KEEP,
     .core = PSOCK_OPTION_MULTICAST_HOP_LIMIT,
     .kept = PSOCK_GUEST_KEPT_GROUP_HOPS,
     .usual = USUAL_GROUP_HOPS,
     .minimum = -1,
     .maximum = 255,
     .of_streams = ENOPROTOOPT,
     .set = set_hops},
    PSOCK_GUEST_CORE_NUMBER(IPV6_MULTICAST_LOOP, PSOCK_OPTION_MULTICAST_LOOP,
                            PSOCK_GUEST_KEPT_GROUP_LOOP_6, 1, 0, 1),
    {.name = IPV6_MULTICAST_IF,
     .core = PSOCK_OPTION_MULTICAST_INTERFACE,
     .kept = PSOCK_GUEST_KEPT_GROUP_INTERFACE,
     .minimum = INT_MIN,
     .maximum = INT_MAX,
     .of_streams = ENOPROTOOPT,
     .get = get_group_interface,
     .set = set_group_interface},
};

const struct psock_guest_options_of psock_guest_ipv6_options = {
    options, sizeof options / sizeof *options};
