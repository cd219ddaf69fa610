/* ancillary_send.c: control data to send, as Linux reads them: what is of another
 * protocol is passed over, an unknown item of ours refused. */
#include "ancillary.h"
#include "option.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

/* Bytes of an item, which need not be aligned. */
struct item {
    int level;
    int type;
    const unsigned char *data;
    size_t size;
};

static int read_int(const struct item *item, int *value)
{
    if (item->size != sizeof *value)
        return -EINVAL;
    memcpy(value, item->data, sizeof *value);
    return 0;
}

/* --- One item each --------------------------------------------------------------- */

static void set_interface(psock_message *to, uint32_t index)
{
    if (index == 0)
        return;
    to->interface_index = index;
    to->valid |= PSOCK_META_INTERFACE;
}

/* Of an IPv6 socket, IPv4 addresses are mapped ones. */
static int make_local_4(const struct psock_guest *guest, struct in_addr from,
                        psock_address *local)
{
    unsigned char mapped[16] = {[10] = 0xff, [11] = 0xff};
    memcpy(mapped + 12, &from, sizeof from);
    return guest->domain == AF_INET6
               ? psock_address_ipv6(mapped, 0, 0, local)
               : psock_address_ipv4(mapped + 12, 0, local);
}

static int read_pktinfo(const struct psock_guest *guest,
                        const struct item *item, psock_message *to)
{
    struct in_pktinfo info;
    if (item->size != sizeof info)
        return -EINVAL;
    memcpy(&info, item->data, sizeof info);
    if (info.ipi_spec_dst.s_addr != INADDR_ANY) {
        (void)!make_local_4(guest, info.ipi_spec_dst, &to->local);
        to->valid |= PSOCK_META_LOCAL;
    }
    set_interface(to, (uint32_t)info.ipi_ifindex);
    return 0;
}

static int read_pktinfo_6(const struct psock_guest *guest,
                          const struct item *item, psock_message *to)
{
    struct in6_pktinfo info;
    (void)guest;
    if (item->size < sizeof info)
        return -EINVAL;
    memcpy(&info, item->data, sizeof info);
    if (!IN6_IS_ADDR_UNSPECIFIED(&info.ipi6_addr)) {
        (void)!psock_address_ipv6(info.ipi6_addr.s6_addr, 0, 0, &to->local);
        to->valid |= PSOCK_META_LOCAL;
    }
    set_interface(to, info.ipi6_ifindex);
    return 0;
}

static int read_ttl(const struct psock_guest *guest, const struct item *item,
                    psock_message *to)
{
    int ttl = 0;
    (void)guest;
    int error = read_int(item, &ttl);
    if (error < 0 || ttl < 1 || ttl > 255)
        return -EINVAL;
    to->hop_limit = (uint8_t)ttl;
    to->valid |= PSOCK_META_HOP_LIMIT;
    return 0;
}

/* -1 is the socket's own, and psock sends with none of 0. */
static int read_hop_limit(const struct psock_guest *guest,
                          const struct item *item, psock_message *to)
{
    int hops = 0;
    (void)guest;
    int error = read_int(item, &hops);
    if (error < 0 || hops < -1 || hops > 255)
        return -EINVAL;
    if (hops <= 0)
        return 0;
    to->hop_limit = (uint8_t)hops;
    to->valid |= PSOCK_META_HOP_LIMIT;
    return 0;
}

static int read_tos(const struct psock_guest *guest, const struct item *item,
                    psock_message *to)
{
    int tos = 0;
    (void)guest;
    if (item->size == 1)
        tos = item->data[0];
    else if (read_int(item, &tos) < 0 || tos < 0 || tos > 255)
        return -EINVAL;
    to->traffic_class = (uint8_t)tos;
    to->valid |= PSOCK_META_TRAFFIC_CLASS;
    return 0;
}

static int read_traffic_class(const struct psock_guest *guest,
                              const struct item *item, psock_message *to)
{
    int class = 0;
    (void)guest;
    int error = read_int(item, &class);
    if (error < 0 || class < -1 || class > 255)
        return -EINVAL;
    if (class < 0)
        return 0;
    to->traffic_class = (uint8_t) class;
    to->valid |= PSOCK_META_TRAFFIC_CLASS;
    return 0;
}

static int read_dont_fragment(const struct psock_guest *guest,
                              const struct item *item, psock_message *to)
{
    int whole = 0;
    (void)guest;
    int error = read_int(item, &whole);
    if (error < 0 || whole < 0 || whole > 1)
        return -EINVAL;
    to->dont_fragment = (uint8_t)whole;
    to->valid |= PSOCK_META_DONT_FRAGMENT;
    return 0;
}

static int read_segment(const struct psock_guest *guest,
                        const struct item *item, psock_message *to)
{
    uint16_t size = 0;
    (void)guest;
    if (item->size != sizeof size)
        return -EINVAL;
    memcpy(&size, item->data, sizeof size);
    to->segment_size = size;
    to->valid &= ~(uint32_t)PSOCK_META_SEGMENT_SIZE;
    if (size > 0)
        to->valid |= PSOCK_META_SEGMENT_SIZE;
    return 0;
}

/* Only Unix sockets carry those, and others do not mind. */
static int pass_over(const struct psock_guest *guest, const struct item *item,
                     psock_message *to)
{
    (void)guest;
    (void)item;
    (void)to;
    return 0;
}

static const struct {
    int level;
    int type;
    int (*read)(const struct psock_guest *guest, const struct item *item,
                psock_message *to);
} kinds[] = {
    {SOL_SOCKET, SCM_RIGHTS, pass_over},
    {SOL_SOCKET, SCM_CREDENTIALS, pass_over},
    {IPPROTO_IP, IP_PKTINFO, read_pktinfo},
    {IPPROTO_IP, IP_TTL, read_ttl},
    {IPPROTO_IP, IP_TOS, read_tos},
    {IPPROTO_IPV6, IPV6_PKTINFO, read_pktinfo_6},
    {IPPROTO_IPV6, IPV6_HOPLIMIT, read_hop_limit},
    {IPPROTO_IPV6, IPV6_TCLASS, read_traffic_class},
    {IPPROTO_IPV6, IPV6_DONTFRAG, read_dont_fragment},
    {IPPROTO_UDP, UDP_SEGMENT, read_segment},
};

/* Whether items of this level are for such a socket: those of others are passed
 * over. */
static bool is_ours(const struct psock_guest *guest, int level)
{
    if (level == SOL_SOCKET)
        return true;
    if (!psock_guest_is_internet(guest) || psock_guest_is_stream(guest))
        return false;
    return (level == IPPROTO_IP) ||
           (level == IPPROTO_IPV6 && guest->domain == AF_INET6) ||
           (level == IPPROTO_UDP && guest->type == SOCK_DGRAM);
}

static int read_item(const struct psock_guest *guest, const struct item *item,
                     psock_message *to)
{
    if (!is_ours(guest, item->level))
        return 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].level == item->level && kinds[i].type == item->type)
            return kinds[i].read(guest, item, to);
    return -EINVAL;
}

/* --- All of them -------------------------------------------------------------------- */

/* Less than a header at the end counts for nothing. */
int psock_guest_read_items(const struct psock_guest *guest,
                           const struct msghdr *from, psock_message *to)
{
    const unsigned char *control = from->msg_control;
    size_t left = control == NULL ? 0 : from->msg_controllen;
    int error = control == NULL && from->msg_controllen > 0 ? -EFAULT : 0;
    while (error == 0 && left >= sizeof(struct cmsghdr)) {
        struct cmsghdr header;
        memcpy(&header, control, sizeof header);
        if (header.cmsg_len < CMSG_LEN(0) || header.cmsg_len > left)
            return -EINVAL;
        const struct item item = {header.cmsg_level, header.cmsg_type,
                                  control + CMSG_LEN(0),
                                  header.cmsg_len - CMSG_LEN(0)};
        error = read_item(guest, &item, to);
        size_t step = CMSG_ALIGN(header.cmsg_len);
        if (step > left)
            step = left;
        control += step;
        left -= step;
    }
    return error;
}
