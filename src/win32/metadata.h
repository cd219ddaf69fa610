/* metadata.h: what psock_message says, as control data and options of Windows,
 * and which of them this Windows has. */
#ifndef PSOCK_WIN32_METADATA_H
#define PSOCK_WIN32_METADATA_H

#include "platform.h"

/* The most that the members of one message need, of both IP versions where a
 * socket serves both. */
#define PSOCK_WIN32_METADATA_MAX 512

/* Control data of one message, in memory as Windows wants it: those of the
 * members and the caller's own. */
struct psock_win32_control {
    size_t size;
    union {
        WSACMSGHDR aligned;
        unsigned char bytes[PSOCK_WIN32_METADATA_MAX + PSOCK_CONTROL_MAX];
    };
};

/* Adds an item.  There is room. */
void psock_win32_put_item(struct psock_win32_control *control, int level,
                          int type, const void *data, size_t size);

/* struct in_pktinfo, whose members are not called the same by all headers. */
struct psock_win32_source_4 {
    unsigned char address[4];
    ULONG interface_index;
};

/* Writes what `message`, checked, is to be sent with.  Returns 0; PSOCK_ENOTSUP;
 * PSOCK_EAFNOSUPPORT when the local address does not go with the peer's; or
 * PSOCK_ENOPROTOOPT when nobody here cuts it in segments. */
int psock_win32_put_metadata(psock_t s, const psock_message *message,
                             struct psock_win32_control *control);

/* Reads what came with a message, and adds it.  Returns how many of the `size`
 * bytes are whole items. */
size_t psock_win32_take_metadata(const unsigned char *bytes, size_t size,
                                 psock_message *message);

/* An undelivered datagram, as the network reported it, from among control data;
 * false when there is none. */
_Bool psock_win32_take_report(const unsigned char *bytes, size_t size,
                              psock_message *message);

/* Writes where `message` goes, its own peer or that of `s`.  Returns whether the
 * network's packets of it are IPv4, as they are to IPv4-mapped addresses, or
 * IPv6: 4, 6, or 0 where that is not known. */
int psock_win32_destination(psock_t s, const psock_message *message,
                            psock_address *to);

/* The level of options and control data of a version, whose numbers are the same
 * of both. */
static inline int psock_win32_level(int version)
{
    return version == 4 ? IPPROTO_IP : IPPROTO_IPV6;
}

/* Whether `message` has more than `size` bytes of data. */
static inline _Bool psock_win32_is_longer(const psock_message *message,
                                          size_t size)
{
    for (size_t i = 0; i < message->buffer_count; i++) {
        if (message->buffers[i].size > size)
            return 1;
        size -= message->buffers[i].size;
    }
    return 0;
}

/* abilities.c: what some versions of Windows can send with. */
enum psock_win32_ability {
    PSOCK_WIN32_READS_CONTROL, /* at all */
    PSOCK_WIN32_SENDS_ECN_4,
    PSOCK_WIN32_SENDS_ECN_6,
    PSOCK_WIN32_SENDS_TRAFFIC_CLASS,
    PSOCK_WIN32_SENDS_SEGMENTS,
    PSOCK_WIN32_ABILITIES
};

_Bool psock_win32_can(psock_t s, enum psock_win32_ability ability);

/* abilities.c: WSARecvMsg(), as this system has it for `s`, or null. */
LPFN_WSARECVMSG psock_win32_recv_msg(psock_t s);

#endif
