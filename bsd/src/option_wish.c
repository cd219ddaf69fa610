/* option_wish.c: options that ask for what is to come with messages. */
#include "ancillary.h"
#include "option.h"

#include <netinet/in.h>

/* The names of the two levels differ. */
static const struct {
    int name;
    unsigned wish;
} wishes[] = {
    {IP_PKTINFO, PSOCK_GUEST_WISH_PKTINFO},
    {IP_RECVTTL, PSOCK_GUEST_WISH_TTL},
    {IP_RECVTOS, PSOCK_GUEST_WISH_TOS},
    {IPV6_RECVPKTINFO, PSOCK_GUEST_WISH_PKTINFO_6},
    {IPV6_RECVHOPLIMIT, PSOCK_GUEST_WISH_HOPLIMIT_6},
    {IPV6_RECVTCLASS, PSOCK_GUEST_WISH_TCLASS_6},
};

static unsigned wish_of(const struct psock_guest_option *option)
{
    size_t i = 0;
    while (wishes[i].name != option->name)
        i++;
    return wishes[i].wish;
}

int psock_guest_get_wish(struct psock_guest *guest,
                         const struct psock_guest_option *option, int *value)
{
    *value = (psock_guest_wishes(guest) & wish_of(option)) != 0;
    return 0;
}

int psock_guest_set_wish(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    const unsigned wish = wish_of(option);
    return psock_guest_wish(guest, wish, value ? wish : 0);
}
