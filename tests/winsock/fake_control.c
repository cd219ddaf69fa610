/* fake_control.c: control data, of datagrams to send and as received. */
#include "fake_option.h"

#include <stdio.h>
#include <string.h>

#define CONGESTION 3

#define INTERFACE_INDEX 1 /* there is one */

/* The layout, on its own terms: headers and data where a header may be. */
#define ALIGNMENT _Alignof(WSACMSGHDR)

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

struct item {
    int level;
    int type;
    size_t size;
    const char *data;
};

/* The next item: 1, 0 at the end, or below zero for what is none. */
static int next_item(const WSABUF *control, size_t *at, struct item *item)
{
    WSACMSGHDR header;
    const size_t left = control->len - *at;
    if (left == 0)
        return 0;
    if (left < sizeof header)
        return -1;
    memcpy(&header, control->buf + *at, sizeof header);
    if (header.cmsg_len < sizeof header || header.cmsg_len > left)
        return -1;
    *item = (struct item){header.cmsg_level, header.cmsg_type,
                          header.cmsg_len - sizeof header,
                          control->buf + *at + sizeof header};
    const size_t step = aligned(header.cmsg_len);
    *at += step < left ? step : left;
    return 1;
}

/* --- To send --------------------------------------------------------------- */

struct reading {
    const struct fake_object *s;
    const struct fake_name *to;
    struct fake_extras *extras;
};

static _Bool is_version_4(const struct reading *reading)
{
    return reading->s->family == AF_INET || fake_is_mapped(reading->to);
}

static struct fake_name ipv4_name(const char *bytes)
{
    struct fake_name name = fake_any_name(AF_INET);
    memcpy(&((struct sockaddr_in *)&name.storage)->sin_addr, bytes, 4);
    return name;
}

static struct fake_name ipv6_name(const char *bytes)
{
    struct fake_name name = fake_any_name(AF_INET6);
    memcpy(&((struct sockaddr_in6 *)&name.storage)->sin6_addr, bytes, 16);
    return name;
}

/* Of the version of the destination only, of this machine, and of an interface
 * that there is. */
static int read_source(const struct reading *reading, const struct item *item)
{
    const _Bool is_4 = item->level == IPPROTO_IP;
    const size_t length = is_4 ? 4 : 16;
    ULONG index;
    if (item->size != length + sizeof index || is_version_4(reading) != is_4)
        return WSAEINVAL;
    memcpy(&index, item->data + length, sizeof index);
    const struct fake_name name =
        is_4 ? ipv4_name(item->data) : ipv6_name(item->data);
    if (index > INTERFACE_INDEX)
        return WSAEINVAL;
    if (fake_is_any(&name))
        return 0;
    reading->extras->source = name;
    return fake_is_local(&name) ? 0 : WSAEINVAL;
}

static int read_number(const struct item *item, int *number)
{
    if (item->size != sizeof *number)
        return WSAEINVAL;
    memcpy(number, item->data, sizeof *number);
    return 0;
}

static int version_error(const struct reading *reading, const struct item *item)
{
    if (fake_script.profile->build < WINDOWS_10_2004)
        return WSAEINVAL;
    return is_version_4(reading) == (item->level == IPPROTO_IP) ? 0 : WSAEINVAL;
}

/* Nobody may say that there is congestion. */
static int read_ecn(const struct reading *reading, const struct item *item)
{
    int ecn;
    int error = version_error(reading, item);
    if (error == 0)
        error = read_number(item, &ecn);
    if (error == 0 && (ecn < 0 || ecn >= CONGESTION))
        error = WSAEINVAL;
    if (error == 0)
        reading->extras->traffic_class |= ecn;
    return error;
}

static int read_class(const struct reading *reading, const struct item *item)
{
    int number;
    int error = version_error(reading, item);
    if (error == 0)
        error = read_number(item, &number);
    if (error == 0 &&
        (number < 0 || number > 255 || (number & 3) == CONGESTION))
        error = WSAEINVAL;
    if (error == 0)
        reading->extras->traffic_class |= number;
    return error;
}

static int read_cut(const struct reading *reading, const struct item *item)
{
    if (fake_script.profile->build < WINDOWS_10_2004)
        return WSAEINVAL;
    int error = read_number(item, &reading->extras->cut);
    return error == 0 && reading->extras->cut <= 0 ? WSAEINVAL : error;
}

static const struct {
    int level;
    int type;
    const char *text;
    int (*read)(const struct reading *reading, const struct item *item);
} readers[] = {
    {IPPROTO_IP, IP_PKTINFO, "IP_PKTINFO", read_source},
    {IPPROTO_IPV6, IPV6_PKTINFO, "IPV6_PKTINFO", read_source},
    {IPPROTO_IP, IP_ECN, "IP_ECN", read_ecn},
    {IPPROTO_IPV6, IPV6_ECN, "IPV6_ECN", read_ecn},
    {IPPROTO_IP, IP_TOS, "IP_TOS", read_class},
    {IPPROTO_IPV6, IPV6_TCLASS, "IPV6_TCLASS", read_class},
    {IPPROTO_UDP, UDP_SEND_MSG_SIZE, "UDP_SEND_MSG_SIZE", read_cut},
};

#define READER_COUNT (sizeof readers / sizeof *readers)

static size_t find_reader(const struct item *item)
{
    size_t i = 0;
    while (i < READER_COUNT &&
           (readers[i].level != item->level || readers[i].type != item->type))
        i++;
    return i;
}

static int read_item(const struct reading *reading, const struct item *item)
{
    const size_t which = find_reader(item);
    return which == READER_COUNT ? WSAEINVAL
                                 : readers[which].read(reading, item);
}

int fake_read_control(const struct fake_object *s, const WSABUF *control,
                      const struct fake_name *to, struct fake_extras *extras)
{
    const struct reading reading = {s, to, extras};
    struct item item;
    size_t at = 0;
    int more = 0;
    int error = 0;
    if (control->buf == NULL)
        return control->len == 0 ? 0 : WSAEFAULT;
    if ((uintptr_t)control->buf % ALIGNMENT != 0)
        fake_complain("control data of #%u are not aligned", s->id);
    while (error == 0 && (more = next_item(control, &at, &item)) > 0)
        error = read_item(&reading, &item);
    return error == 0 && more < 0 ? WSAEINVAL : error;
}

const char *fake_control_text(const WSABUF *control)
{
    static _Thread_local char text[96];
    struct item item;
    size_t at = 0;
    size_t length = 0;
    text[0] = '\0';
    while (control->buf != NULL && next_item(control, &at, &item) > 0 &&
           length < sizeof text) {
        const size_t which = find_reader(&item);
        int number = 0;
        if (item.size == sizeof number)
            memcpy(&number, item.data, sizeof number);
        length += (size_t)snprintf(
            text + length, sizeof text - length, " %s %d",
            which == READER_COUNT ? "unknown" : readers[which].text, number);
    }
    return text;
}

/* --- As received ----------------------------------------------------------- */

struct writing {
    const struct fake_object *s;
    const struct fake_datagram *datagram;
    WSABUF *control;
    size_t used;
    _Bool all; /* went in so far */
};

static void write_item(struct writing *writing, int level, int type,
                       const void *data, size_t size)
{
    const WSACMSGHDR header = {sizeof header + size, level, type};
    const size_t space = sizeof header + aligned(size);
    if (!writing->all || writing->used + space > writing->control->len) {
        writing->all = 0;
        return;
    }
    char *at = writing->control->buf + writing->used;
    memset(at, 0, space);
    memcpy(at, &header, sizeof header);
    memcpy(at + sizeof header, data, size);
    writing->used += space;
}

static void write_number(struct writing *writing, int level, int type,
                         int number)
{
    write_item(writing, level, type, &number, sizeof number);
}

static void write_source_4(struct writing *writing)
{
    const struct fake_name to = fake_name_for(AF_INET, &writing->datagram->to);
    const ULONG index = INTERFACE_INDEX;
    char source[8];
    memcpy(source, &((const struct sockaddr_in *)&to.storage)->sin_addr, 4);
    memcpy(source + 4, &index, sizeof index);
    write_item(writing, IPPROTO_IP, IP_PKTINFO, source, sizeof source);
}

static void write_source_6(struct writing *writing)
{
    const struct fake_name *to = &writing->datagram->to;
    const ULONG index = INTERFACE_INDEX;
    char source[20];
    memcpy(source, &((const struct sockaddr_in6 *)&to->storage)->sin6_addr, 16);
    memcpy(source + 16, &index, sizeof index);
    write_item(writing, IPPROTO_IPV6, IPV6_PKTINFO, source, sizeof source);
}

static void write_of_4(struct writing *writing)
{
    const int *numbers = writing->s->numbers;
    const struct fake_datagram *datagram = writing->datagram;
    if (numbers[FAKE_TELL_SOURCE_4])
        write_source_4(writing);
    if (numbers[FAKE_TELL_CLASS_4])
        write_number(writing, IPPROTO_IP, IP_TOS, datagram->traffic_class);
    if (numbers[FAKE_TELL_ECN_4])
        write_number(writing, IPPROTO_IP, IP_ECN, datagram->traffic_class & 3);
    if (numbers[FAKE_TELL_HOPS_4])
        write_number(writing, IPPROTO_IP,
                     fake_script.profile->build < WINDOWS_10_1703 ? IP_HOPLIMIT
                                                                  : IP_TTL,
                     datagram->hops);
}

static void write_of_6(struct writing *writing)
{
    const int *numbers = writing->s->numbers;
    const struct fake_datagram *datagram = writing->datagram;
    if (numbers[FAKE_TELL_SOURCE_6])
        write_source_6(writing);
    if (numbers[FAKE_TELL_CLASS_6])
        write_number(writing, IPPROTO_IPV6, IPV6_TCLASS,
                     datagram->traffic_class);
    if (numbers[FAKE_TELL_ECN_6])
        write_number(writing, IPPROTO_IPV6, IPV6_ECN,
                     datagram->traffic_class & 3);
    if (numbers[FAKE_TELL_HOPS_6])
        write_number(writing, IPPROTO_IPV6, IPV6_HOPLIMIT, datagram->hops);
}

/* struct in_recverr. */
static void write_report(struct writing *writing)
{
    const struct fake_icmp *icmp = &writing->datagram->icmp;
    const struct {
        int protocol;
        ULONG mtu;
        UCHAR type;
        UCHAR code;
    } report = {icmp->protocol, icmp->mtu, (UCHAR)icmp->type,
                (UCHAR)icmp->code};
    static const int types[] = {IPV6_RECVERR, IP_RECVERR};
    const _Bool is_4 = icmp->protocol == IPPROTO_ICMP;
    write_item(writing, is_4 ? IPPROTO_IP : IPPROTO_IPV6, types[is_4], &report,
               sizeof report);
}

static _Bool is_received_by_4(const struct writing *writing)
{
    return writing->s->family == AF_INET ||
           fake_is_mapped(&writing->datagram->from);
}

_Bool fake_write_control(const struct fake_object *s,
                         const struct fake_datagram *datagram, WSABUF *control)
{
    struct writing writing = {s, datagram, control, 0, 1};
    if (datagram->is_report)
        write_report(&writing);
    else if (is_received_by_4(&writing))
        write_of_4(&writing);
    else
        write_of_6(&writing);
    if (datagram->joined != 0)
        write_number(&writing, IPPROTO_UDP, UDP_COALESCED_INFO,
                     datagram->joined);
    if (s->numbers[FAKE_TELL_STAMPS])
        write_item(&writing, SOL_SOCKET, SO_TIMESTAMP, &datagram->stamp,
                   sizeof datagram->stamp);
    control->len = (ULONG)writing.used;
    return writing.all;
}
