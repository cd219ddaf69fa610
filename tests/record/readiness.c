/* readiness.c: what the system says of a socket in each state that matters. */
#include "record.h"

#include <stdio.h>
#include <string.h>

/* --- The states ------------------------------------------------------------ */

static raw idle_listener(void)
{
    return listening(5);
}

static raw listener_with_connection(void)
{
    raw listener = listening(5);
    struct sockaddr_in address = own_address(listener);
    connect_to(open_stream(), &address);
    raw_select(listener, 900);
    return listener;
}

static raw settled(void)
{
    return connected().client;
}

/* Lets the server do what `act` does, and come over. */
static raw after(void (*act)(raw server))
{
    struct ends ends = connected();
    act(ends.server);
    raw_pause(30);
    return ends.client;
}

static void send_data(raw server)
{
    raw_send(server, "abcd", 4, 0);
}

static void end_sending(raw server)
{
    shutdown(server, 1);
}

static void send_and_end(raw server)
{
    send_data(server);
    end_sending(server);
}

static void send_urgent(raw server)
{
    raw_send(server, "!", 1, MSG_OOB);
}

static void send_data_and_urgent(raw server)
{
    send_data(server);
    send_urgent(server);
}

static raw with_data(void)
{
    return after(send_data);
}

static raw ended(void)
{
    return after(end_sending);
}

static raw ended_with_data(void)
{
    return after(send_and_end);
}

static raw broken(void)
{
    return after(reset);
}

static raw with_urgent(void)
{
    return after(send_urgent);
}

static raw with_both(void)
{
    return after(send_data_and_urgent);
}

static raw shut(int how)
{
    raw s = settled();
    shutdown(s, how);
    return s;
}

static raw shut_for_reading(void)
{
    return shut(0);
}

static raw shut_for_writing(void)
{
    return shut(1);
}

static raw shut_both_ways(void)
{
    return shut(2);
}

static raw ended_by_both(void)
{
    raw s = ended();
    shutdown(s, 1);
    return s;
}

static raw failed(void)
{
    raw s = refused();
    raw_select(s, 900);
    raw_pause(20);
    return s;
}

static raw failed_and_told(void)
{
    raw s = failed();
    pending_error(s);
    return s;
}

static raw bound_datagrams(void)
{
    raw s = open_datagram();
    bind_loopback(s);
    return s;
}

static raw refused_datagrams(void)
{
    raw nobody = bound_datagrams();
    struct sockaddr_in address = own_address(nobody);
    raw s = open_datagram();
    connect_to(s, &address);
    forget(nobody);
    raw_close(nobody);
    raw_send(s, "x", 1, 0);
    raw_pause(30);
    return s;
}

static raw empty_datagram(void)
{
    raw receiver = bound_datagrams();
    struct sockaddr_in address = own_address(receiver);
    raw s = open_datagram();
    connect_to(s, &address);
    raw_send(s, "", 0, 0);
    raw_pause(30);
    return receiver;
}

/* --- What is told of them --------------------------------------------------- */

struct state {
    const char *what;
    raw (*make)(void);
};

static const struct state states[] = {
    {"poll-fresh-tcp.fresh", open_stream},
    {"poll-api.idle-listener", idle_listener},
    {"poll-api.listener-with-connection", listener_with_connection},
    {"poll-api.connected", settled},
    {"poll-api.data", with_data},
    {"poll-api.idle-datagrams", bound_datagrams},
    {"poll-api.unbound-datagrams", open_datagram},
    {"poll-api.empty-datagram", empty_datagram},
    {"poll-hup-vs-in.fin", ended},
    {"poll-hup-vs-in.fin-and-data", ended_with_data},
    {"poll-hup-vs-in.fin-and-own-end", ended_by_both},
    {"poll-rst.reset", broken},
    {"poll-rdhup.shut-for-reading", shut_for_reading},
    {"poll-rdhup.shut-for-writing", shut_for_writing},
    {"poll-rdhup.shut-both-ways", shut_both_ways},
    {"poll-pri-oob.urgent", with_urgent},
    {"poll-pri-oob.urgent-and-data", with_both},
    {"poll-connecting.pending", pending},
    {"poll-connecting.failed", failed},
    {"poll-connecting.failed-and-told", failed_and_told},
    {"poll-udp-icmp.refused", refused_datagrams},
};

void for_each_state(const char *how, const char *(*ask)(raw s))
{
    char what[80];
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        raw s = states[i].make();
        snprintf(what, sizeof what, "%s.%s", states[i].what, how);
        observe(what, "%s", s == NO_RAW ? "could not be had" : ask(s));
        close_kept();
    }
}

static const char *ask_select(raw s)
{
    return raw_select(s, 60);
}

static const char *ask_poll(raw s)
{
    return raw_poll(s, WANT_IN | WANT_OUT, 60);
}

static const char *ask_poll_for_input(raw s)
{
    return raw_poll(s, WANT_IN, 60);
}

static const char *ask_poll_for_nothing(raw s)
{
    return raw_poll(s, 0, 60);
}

/* --- What can be asked wrongly ------------------------------------------------ */

static void observe_no_sockets(void)
{
    raw closed = open_stream();
    raw file = raw_open_file();
    forget(closed);
    raw_close(closed);
    observe("poll-invalid-fd.closed", "%s", raw_poll(closed, WANT_IN, 60));
    observe("poll-invalid-fd.file", "%s", raw_poll(file, WANT_IN, 60));
    observe("poll-negative-fd.minus-one", "%s", raw_poll(NO_RAW, WANT_IN, 60));
    observe("poll-bad-events.priority", "%s",
            raw_poll(bound_datagrams(), WANT_IN | WANT_PRI, 60));
    raw_close_file(file);
}

static void observe_nothing_to_wait_for(void)
{
    struct timeval timeout = {.tv_usec = 50000};
    int64_t start_ms = raw_clock_ms();
    const char *result = result_text(select(0, NULL, NULL, NULL, &timeout));
    observe("sel-empty.no-sets", "%s, %s", result,
            raw_clock_ms() - start_ms >= 45 ? "after waiting" : "at once");
}

void observe_readiness(void)
{
    for_each_state("select", ask_select);
    for_each_state("poll", ask_poll);
    for_each_state("poll-for-input", ask_poll_for_input);
    for_each_state("poll-for-nothing", ask_poll_for_nothing);
    observe_no_sockets();
    observe_nothing_to_wait_for();
}
