/* fake_ready.c: what sockets are ready for, in AFD's words. */
#include "fake_afd.h"

static ULONG connected_events(const struct fake_object *s)
{
    ULONG events = AFD_CONNECT;
    if (s->broken != 0)
        return events | AFD_WRITE | AFD_RESET;
    if (fake_room(s) > 0)
        events |= AFD_WRITE;
    if (s->received_size > 0 && !s->shut_receive)
        events |= AFD_READ;
    if (s->urgent_count > 0)
        events |= AFD_URGENT; /* not readable */
    if (s->peer_ended)
        events |= AFD_HANGUP; /* not readable, though a receive gives 0 */
    return events;
}

/* A failure to connect shows as nothing else, and stays until the next
 * attempt. */
ULONG fake_ready_events(const struct fake_object *s)
{
    if (s->type == SOCK_DGRAM)
        return AFD_WRITE | (s->datagrams != NULL ? AFD_READ : 0);
    if (s->state == FAKE_CONNECTED)
        return connected_events(s);
    if (s->state == FAKE_LISTENING)
        return s->first_waiting != NULL ? AFD_ACCEPT : 0;
    return s->connect_failed ? AFD_CONNECT_ERROR : 0;
}
