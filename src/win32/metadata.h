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

/* What can only be said of the whole socket, said for the moment of a call. */
struct psock_win32_moment {
    size_t count;
    struct {
        int level;
        int option;
        DWORD before;
    } changed[2];
};

/* Sets what `message` asks for of that.  Returns 0 or, with nothing changed, the
 * error. */
int psock_win32_begin_moment(psock_t s, const psock_message *message,
                             struct psock_win32_moment *moment);

/* Puts back what was there before, and leaves the system's last code alone. */
void psock_win32_end_moment(psock_t s, const struct psock_win32_moment *moment);

/* Whether the network's packets of `message` are IPv4, as they are to
 * IPv4-mapped addresses, or IPv6: 4, 6, or 0 where that is not known. */
int psock_win32_version_to_send(psock_t s, const psock_message *message);

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
