/* undelivered_kinds.h: what ICMP means by a type and a code, for the twins.
 *
 * RFC 792, RFC 1122 (section 3.2.2.1), RFC 1812 (section 5.2.7.1), RFC 4443. */
#ifndef PSOCK_UNDELIVERED_KINDS_H
#define PSOCK_UNDELIVERED_KINDS_H

#include "policy.h"

struct undelivered_kind {
    int version; /* 4: ICMP, 6: ICMPv6 */
    int type;
    int code; /* -1: any */
    enum psock_undelivered kind;
};

static const struct undelivered_kind undelivered_kinds[] = {
    {4, 3, 0, PSOCK_UNDELIVERED_NETWORK},
    {4, 3, 1, PSOCK_UNDELIVERED_HOST},
    {4, 3, 3, PSOCK_UNDELIVERED_PORT},
    {4, 3, 4, PSOCK_UNDELIVERED_SIZE},
    {4, 3, 6, PSOCK_UNDELIVERED_NETWORK},
    {4, 3, 7, PSOCK_UNDELIVERED_HOST},
    {4, 3, 8, PSOCK_UNDELIVERED_HOST},
    {4, 3, 9, PSOCK_UNDELIVERED_PROHIBITED},
    {4, 3, 10, PSOCK_UNDELIVERED_PROHIBITED},
    {4, 3, 11, PSOCK_UNDELIVERED_NETWORK},
    {4, 3, 12, PSOCK_UNDELIVERED_HOST},
    {4, 3, 13, PSOCK_UNDELIVERED_PROHIBITED},
    {4, 3, 14, PSOCK_UNDELIVERED_PROHIBITED},
    {4, 3, 15, PSOCK_UNDELIVERED_PROHIBITED},
    {4, 11, 0, PSOCK_UNDELIVERED_HOPS},
    {6, 1, 0, PSOCK_UNDELIVERED_NETWORK},
    {6, 1, 1, PSOCK_UNDELIVERED_PROHIBITED},
    {6, 1, 3, PSOCK_UNDELIVERED_HOST},
    {6, 1, 4, PSOCK_UNDELIVERED_PORT},
    {6, 1, 5, PSOCK_UNDELIVERED_PROHIBITED},
    {6, 1, 6, PSOCK_UNDELIVERED_PROHIBITED},
    {6, 2, -1, PSOCK_UNDELIVERED_SIZE},
    {6, 3, 0, PSOCK_UNDELIVERED_HOPS},
};

/* PSOCK_UNDELIVERED_OTHER where there is no more to say. */
static enum psock_undelivered undelivered_kind(int version, int type, int code)
{
    const size_t count = sizeof undelivered_kinds / sizeof *undelivered_kinds;
    for (size_t i = 0; i < count; i++) {
        const struct undelivered_kind *row = &undelivered_kinds[i];
        if (row->version == version && row->type == type &&
            (row->code < 0 || row->code == code))
            return row->kind;
    }
    return PSOCK_UNDELIVERED_OTHER;
}

#endif
