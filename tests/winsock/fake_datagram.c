/* fake_datagram.c: datagrams, and reports of those that reached nobody. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

#define DATAGRAM_MAX 65507

static void put_in_queue(struct fake_object *s, struct fake_datagram *datagram)
{
    struct fake_datagram **link = &s->datagrams;
    while (*link != NULL)
        link = &(*link)->next;
    *link = datagram;
}

static struct fake_datagram *new_datagram(const char *data, int size)
{
    struct fake_datagram *datagram = calloc(1, sizeof *datagram + (size_t)size);
    datagram->size = size;
    if (size > 0)
        memcpy(datagram->data, data, (size_t)size);
    return datagram;
}

void fake_drop_first_datagram(struct fake_object *s)
{
    struct fake_datagram *first = s->datagrams;
    s->datagrams = first->next;
    free(first);
}

void fake_drop_datagrams(struct fake_object *s)
{
    while (s->datagrams != NULL)
        fake_drop_first_datagram(s);
}

/* A socket that does not want to know does not hear of it. */
static void report(struct fake_object *s, int error, const struct fake_name *to)
{
    if (error == WSAECONNRESET && !s->numbers[FAKE_CONNECT_RESET])
        return;
    if (error == WSAENETRESET && !s->numbers[FAKE_NET_RESET])
        return;
    struct fake_datagram *report = new_datagram(NULL, 0);
    report->error = error;
    report->from = *to;
    put_in_queue(s, report);
}

void fake_report_undelivered(psock_t handle, int error)
{
    const struct fake_name nobody = {.length = 0};
    fake_take_lock();
    report(fake_find_socket((SOCKET)handle), error, &nobody);
    fake_give_lock();
}

static struct fake_name name_of(const psock_address *address)
{
    return fake_name_of((const struct sockaddr *)address->storage.bytes,
                        (int)address->length);
}

void fake_report_undelivered_to(psock_t handle, int error,
                                const psock_address *peer)
{
    const struct fake_name name = name_of(peer);
    fake_take_lock();
    report(fake_find_socket((SOCKET)handle), error, &name);
    fake_give_lock();
}

/* --- With details ----------------------------------------------------------- */

static _Bool is_told_details(const struct fake_object *s,
                             const struct fake_icmp *icmp)
{
    return s->numbers[icmp->protocol == IPPROTO_ICMP ? FAKE_TELL_REPORTS_4
                                                     : FAKE_TELL_REPORTS_6] !=
           0;
}

/* What those are told who want no details: that a port was not there, and that
 * the hops did not suffice; of the rest nothing. */
static int code_of(const struct fake_icmp *icmp)
{
    const _Bool is_4 = icmp->protocol == IPPROTO_ICMP;
    if (icmp->type == (is_4 ? 3 : 1) && icmp->code == (is_4 ? 3 : 4))
        return WSAECONNRESET;
    return icmp->type == (is_4 ? 11 : 3) ? WSAENETRESET : 0;
}

/* A part of what was sent comes along. */
static void report_details(struct fake_object *s, const struct fake_icmp *icmp,
                           const struct fake_name *to)
{
    struct fake_datagram *details = new_datagram("sent", 4);
    details->is_report = 1;
    details->icmp = *icmp;
    details->from = *to;
    details->to = s->local;
    put_in_queue(s, details);
}

static void report_icmp(struct fake_object *s, const struct fake_icmp *icmp,
                        const struct fake_name *to)
{
    if (is_told_details(s, icmp))
        report_details(s, icmp, to);
    else if (code_of(icmp) != 0)
        report(s, code_of(icmp), to);
}

void fake_report_icmp(psock_t handle, const psock_address *peer,
                      struct fake_icmp icmp)
{
    const struct fake_name name = name_of(peer);
    fake_take_lock();
    report_icmp(fake_find_socket((SOCKET)handle), &icmp, &name);
    fake_give_lock();
}

/* --- Joined ----------------------------------------------------------------- */

static void deliver(struct fake_object *s, const struct fake_name *from,
                    int size, int joined)
{
    struct fake_datagram *datagram = calloc(1, sizeof *datagram + (size_t)size);
    datagram->size = size;
    datagram->joined = joined;
    datagram->from = fake_name_for(s->family, from);
    datagram->to = s->local;
    memset(datagram->data, 'j', (size_t)size);
    put_in_queue(s, datagram);
}

void fake_deliver_joined(psock_t handle, const psock_address *sender, int size,
                         int each, _Bool told)
{
    const struct fake_name from = name_of(sender);
    fake_take_lock();
    struct fake_object *s = fake_find_socket((SOCKET)handle);
    const int most = s->numbers[FAKE_JOIN];
    if (most >= size)
        deliver(s, &from, size, told ? each : 0);
    else
        for (int left = size; left > 0; left -= each)
            deliver(s, &from, left < each ? left : each, 0);
    fake_give_lock();
}

/* --- Sending --------------------------------------------------------------- */

static _Bool wants(const struct fake_object *s, const struct fake_name *from)
{
    return s->state != FAKE_CONNECTED || fake_same_place(&s->remote, from);
}

static struct fake_object *find_receiver(const struct fake_name *to,
                                         const struct fake_name *from)
{
    struct fake_object *best = NULL;
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (each->kind == FAKE_SOCKET && each->type == SOCK_DGRAM &&
            wants(each, from) &&
            fake_match(each, to) > (best == NULL ? 0 : fake_match(best, to)))
            best = each;
    return best;
}

static struct fake_name source_of(const struct fake_object *s,
                                  const struct fake_name *to,
                                  const struct fake_extras *extras)
{
    struct fake_name source = s->local;
    if (extras->source.length != 0) {
        source = fake_name_for(s->family, &extras->source);
        fake_set_port(&source, fake_port(&s->local));
    } else if (fake_is_any(&source)) {
        source = fake_source_for(s->family, to);
        fake_set_port(&source, fake_port(&s->local));
    }
    return source;
}

static int send_error(const struct fake_object *s, int size,
                      const struct fake_name *to)
{
    if (s->shut_send)
        return WSAESHUTDOWN;
    if (to->length == 0)
        return WSAENOTCONN;
    if (fake_is_any(to))
        return WSAEADDRNOTAVAIL;
    if (fake_is_broadcast(to) && !s->numbers[FAKE_BROADCAST])
        return WSAEACCES;
    return size > DATAGRAM_MAX ? WSAEMSGSIZE : 0;
}

/* The hop limit and the rest of what datagrams to `to` get from their socket. */
static int option_for(const struct fake_object *s, const struct fake_name *to,
                      enum fake_number of_4, enum fake_number of_6)
{
    const _Bool is_4 = s->family == AF_INET || fake_is_mapped(to);
    return s->numbers[is_4 ? of_4 : of_6];
}

static int hops_for(const struct fake_object *s, const struct fake_name *to)
{
    return fake_is_group(to)
               ? option_for(s, to, FAKE_GROUP_HOPS_4, FAKE_GROUP_HOPS_6)
               : option_for(s, to, FAKE_HOPS_4, FAKE_HOPS_6);
}

static int64_t stamp_now(void)
{
    LARGE_INTEGER count;
    QueryPerformanceCounter(&count);
    return fake_script.stamp >= 0 ? fake_script.stamp : count.QuadPart;
}

static void describe(const struct fake_object *s, const struct fake_name *to,
                     const struct fake_extras *extras,
                     struct fake_datagram *datagram)
{
    datagram->to = *to;
    datagram->hops = hops_for(s, to);
    datagram->whole = option_for(s, to, FAKE_WHOLE_4, FAKE_WHOLE_6) != 0;
    datagram->traffic_class = fake_script.traffic_class >= 0
                                  ? fake_script.traffic_class
                                  : extras->traffic_class;
    datagram->stamp = stamp_now();
}

static void hand_over(struct fake_object *s, const char *data, int size,
                      const struct fake_name *to, const struct fake_name *from,
                      const struct fake_extras *extras,
                      struct fake_object *receiver)
{
    struct fake_datagram *datagram = new_datagram(data, size);
    datagram->from = fake_name_for(receiver->family, from);
    describe(s, to, extras, datagram);
    put_in_queue(receiver, datagram);
}

/* Each member gets its own. */
static void transmit_to_group(struct fake_object *s, const char *data, int size,
                              const struct fake_name *to,
                              const struct fake_extras *extras)
{
    const struct fake_name source = source_of(s, to, extras);
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        if (each->kind == FAKE_SOCKET && each->type == SOCK_DGRAM &&
            fake_hears(each, to, &source))
            hand_over(s, data, size, to, &source, extras, each);
}

/* What meets no receiver on this machine is reported to its sender; what goes
 * elsewhere is gone. */
static void transmit(struct fake_object *s, const char *data, int size,
                     const struct fake_name *to,
                     const struct fake_extras *extras)
{
    const struct fake_name source = source_of(s, to, extras);
    struct fake_object *receiver = find_receiver(to, &source);
    if (fake_is_group(to) && !fake_is_broadcast(to)) {
        transmit_to_group(s, data, size, to, extras);
    } else if (receiver != NULL) {
        hand_over(s, data, size, to, &source, extras, receiver);
    } else if (fake_is_local(to) && fake_port(to) != 0) {
        const _Bool is_4 = s->family == AF_INET || fake_is_mapped(to);
        const struct fake_icmp no_port = {is_4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
                                          is_4 ? 3 : 1, is_4 ? 3 : 4, 0};
        report_icmp(s, &no_port, to);
    }
}

/* Pieces are as long as the first, but for the last. */
static int cut_error(int size, const struct fake_extras *extras)
{
    if (extras->cut == 0 || size <= extras->cut)
        return 0;
    return extras->cut > fake_script.segment_limit ? WSAEMSGSIZE : 0;
}

int fake_datagram_send_with(struct fake_object *s, const char *data, int size,
                            const struct fake_name *to,
                            const struct fake_extras *extras, int *sent)
{
    const int each = extras->cut != 0 ? extras->cut : size;
    int error = send_error(s, size, to);
    if (error == 0)
        error = cut_error(size, extras);
    if (error == 0 && fake_script.datagram_limit-- <= 0)
        error = WSAEWOULDBLOCK;
    if (error != 0)
        return error;
    fake_bind_any(s);
    int left = size;
    do {
        transmit(s, data + (size - left), left < each ? left : each, to,
                 extras);
        left -= each;
    } while (left > 0);
    *sent = size;
    return 0;
}

int fake_datagram_send(struct fake_object *s, const char *data, int size,
                       const struct fake_name *to, int *sent)
{
    const struct fake_extras none = {.traffic_class = 0};
    return fake_datagram_send_with(s, data, size, to, &none, sent);
}

/* --- Receiving ------------------------------------------------------------- */

static int receive_error(const struct fake_object *s)
{
    if (s->local.length == 0)
        return WSAEINVAL;
    if (s->shut_receive)
        return WSAESHUTDOWN;
    if (s->datagrams != NULL)
        return 0;
    if (!s->nonblocking)
        fake_complain("recvfrom would block for ever");
    return WSAEWOULDBLOCK;
}

/* A room for the sender that is too small leaves the datagram where it is. */
static int from_error(const struct fake_datagram *datagram,
                      const struct sockaddr *from, const int *from_length)
{
    if ((from == NULL) != (from_length == NULL))
        return WSAEFAULT;
    if (from != NULL && *from_length < datagram->from.length)
        return WSAEFAULT;
    return 0;
}

int fake_datagram_receive(struct fake_object *s, char *buffer, int size,
                          _Bool peek, struct sockaddr *from, int *from_length,
                          int *received)
{
    int error = receive_error(s);
    if (error == 0)
        error = from_error(s->datagrams, from, from_length);
    if (error != 0)
        return error;
    const struct fake_datagram *first = s->datagrams;
    error = first->error;
    if (first->is_report)
        fake_complain("what a receive without flags says of a report is "
                      "not documented");
    if (error != 0 && from != NULL && first->from.length != 0)
        fake_copy_name(&first->from, from, from_length);
    if (error == 0) {
        int count = size < first->size ? size : first->size;
        if (count > 0)
            memcpy(buffer, first->data, (size_t)count);
        if (from != NULL)
            fake_copy_name(&first->from, from, from_length);
        *received = count;
        error = size < first->size ? WSAEMSGSIZE : 0;
    }
    if (!peek || first->error != 0)
        fake_drop_first_datagram(s);
    return error;
}
