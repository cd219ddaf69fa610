/* option_udp.c: the options of IPPROTO_UDP. */
#include "ancillary.h"
#include "option.h"

#include <netinet/in.h>
#include <netinet/udp.h>

static int set_segment(struct psock_guest *guest,
                       const struct psock_guest_option *option, int value)
{
    psock_guest_keep(guest, option->kept, 0, value);
    if (value != 0)
        atomic_fetch_or(&guest->options, PSOCK_GUEST_SEGMENTS);
    else
        atomic_fetch_and(&guest->options, ~(unsigned)PSOCK_GUEST_SEGMENTS);
    return 0;
}

static int get_joined(struct psock_guest *guest,
                      const struct psock_guest_option *option, int *value)
{
    (void)option;
    *value = (psock_guest_wishes(guest) & PSOCK_GUEST_WISH_JOINED) != 0;
    return 0;
}

static int set_joined(struct psock_guest *guest,
                      const struct psock_guest_option *option, int value)
{
    (void)option;
    return psock_guest_wish(guest, PSOCK_GUEST_WISH_JOINED,
                            value ? PSOCK_GUEST_WISH_JOINED : 0);
}

static const struct psock_guest_option options[] = {
    {.name = UDP_SEGMENT,
     .core = PSOCK_GUEST_NO_OPTION,
     .kept = PSOCK_GUEST_KEPT_SEGMENT,
     .minimum = 0,
     .maximum = UINT16_MAX,
     .set = set_segment},
    {.name = UDP_GRO,
     .form = PSOCK_GUEST_SWITCH,
     .core = PSOCK_GUEST_NO_OPTION,
     .get = get_joined,
     .set = set_joined},
};

const struct psock_guest_options_of psock_guest_udp_options = {
    options, sizeof options / sizeof *options};
