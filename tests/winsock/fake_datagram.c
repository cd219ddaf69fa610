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

static void drop_first(struct fake_object *s)
{
    struct fake_datagram *first = s->datagrams;
    s->datagrams = first->next;
    free(first);
}

void fake_drop_datagrams(struct fake_object *s)
{
    while (s->datagrams != NULL)
        drop_first(s);
}

/* A socket that does not want to know does not hear of it. */
void fake_datagram_report(struct fake_object *s, int error)
{
    if (error == WSAECONNRESET && !s->numbers[FAKE_CONNECT_RESET])
        return;
    if (error == WSAENETRESET && !s->numbers[FAKE_NET_RESET])
        return;
    struct fake_datagram *report = new_datagram(NULL, 0);
    report->error = error;
    put_in_queue(s, report);
}

void fake_report_undelivered(psock_t handle, int error)
{
    fake_take_lock();
    fake_datagram_report(fake_find_socket((SOCKET)handle), error);
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
                                  const struct fake_name *to)
{
    struct fake_name source = s->local;
    if (fake_is_any(&source)) {
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

/* What meets no receiver on this machine is reported to its sender; what goes
 * elsewhere is gone. */
static void transmit(struct fake_object *s, const char *data, int size,
                     const struct fake_name *to)
{
    const struct fake_name source = source_of(s, to);
    struct fake_object *receiver = find_receiver(to, &source);
    if (receiver != NULL) {
        struct fake_datagram *datagram = new_datagram(data, size);
        datagram->from = fake_name_for(receiver->family, &source);
        put_in_queue(receiver, datagram);
    } else if (fake_is_local(to) && fake_port(to) != 0) {
        fake_datagram_report(s, WSAECONNRESET);
    }
}

int fake_datagram_send(struct fake_object *s, const char *data, int size,
                       const struct fake_name *to, int *sent)
{
    int error = send_error(s, size, to);
    if (error != 0)
        return error;
    fake_bind_any(s);
    transmit(s, data, size, to);
    *sent = size;
    return 0;
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
        drop_first(s);
    return error;
}
