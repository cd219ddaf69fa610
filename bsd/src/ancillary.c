/* ancillary.c: what a program wants to be told with each message. */
#include "ancillary.h"
#include "option.h"

/* What psock is to tell for a wish.  A time of arrival we tell ourselves where the
 * system does not, and joined datagrams may always come one by one. */
static const struct {
    unsigned wish;
    unsigned metadata;
    bool needs_it;
} wishes[] = {
    {PSOCK_GUEST_WISH_TIMESTAMP, PSOCK_META_TIMESTAMP, false},
    {PSOCK_GUEST_WISH_TIMESTAMPNS, PSOCK_META_TIMESTAMP, false},
    {PSOCK_GUEST_WISH_JOINED, PSOCK_META_SEGMENT_SIZE, false},
    {PSOCK_GUEST_WISH_PKTINFO, PSOCK_META_LOCAL | PSOCK_META_INTERFACE, true},
    {PSOCK_GUEST_WISH_TTL, PSOCK_META_HOP_LIMIT, true},
    {PSOCK_GUEST_WISH_TOS, PSOCK_META_TRAFFIC_CLASS, true},
    {PSOCK_GUEST_WISH_PKTINFO_6, PSOCK_META_LOCAL | PSOCK_META_INTERFACE, true},
    {PSOCK_GUEST_WISH_HOPLIMIT_6, PSOCK_META_HOP_LIMIT, true},
    {PSOCK_GUEST_WISH_TCLASS_6, PSOCK_META_TRAFFIC_CLASS, true},
};

#define WISH_COUNT (sizeof wishes / sizeof *wishes)

static unsigned metadata_of(unsigned wanted)
{
    unsigned metadata = 0;
    for (size_t i = 0; i < WISH_COUNT; i++)
        if ((wanted & wishes[i].wish) != 0)
            metadata |= wishes[i].metadata;
    return metadata;
}

/* The wishes of `wanted` that `granted` is not enough for. */
static unsigned denied_of(unsigned wanted, unsigned granted)
{
    unsigned denied = 0;
    for (size_t i = 0; i < WISH_COUNT; i++)
        if (wishes[i].needs_it && (wishes[i].metadata & ~granted) != 0)
            denied |= wanted & wishes[i].wish;
    return denied;
}

/* On streams nothing ever comes of it, as on Linux. */
static int ask_psock(struct psock_guest *guest, unsigned wanted)
{
    if (!psock_guest_is_internet(guest) || psock_guest_is_stream(guest))
        return (int)metadata_of(wanted);
    return psock_want_metadata(guest->socket, metadata_of(wanted));
}

int psock_guest_wish(struct psock_guest *guest, unsigned which, unsigned wanted)
{
    const unsigned old = psock_guest_wishes(guest);
    const unsigned now = (old & ~which) | wanted;
    int granted = ask_psock(guest, now);
    if (granted < 0)
        return psock_guest_option_error(granted);
    if ((denied_of(now, (unsigned)granted) & wanted) != 0) {
        (void)!ask_psock(guest, old);
        return -ENOPROTOOPT;
    }
    psock_guest_keep(guest, PSOCK_GUEST_KEPT_WISHES, 0, (int)now);
    return 0;
}
