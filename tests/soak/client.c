/* client.c: the life of one client of the soak. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "load.h"

enum {
    WORDS_MAX = 8 * 1024,      /* that one talking sends at once */
    POUR_MAX = 8 * 1024 * 1024 /* that a slow one sends before it reads */
};

void load_put_absent(struct load *load, struct load_client *client)
{
    client->phase = LOAD_ABSENT;
    client->next_absent = load->absent;
    load->absent = client;
    load->absent_count++;
}

/* --- How it ends ---------------------------------------------------------- */

/* It is taken out of the poller before closing or by it, which must not matter.
 */
static void leave(struct load *load, struct load_client *client)
{
    if (client->phase == LOAD_CONNECTING)
        load->connecting_count--;
    if (client->number % 2 == 0)
        psock_poller_remove(load->poller, client->socket);
    if (client->ending == SOAK_RESET)
        psock_close_reset(client->socket);
    else
        psock_close(client->socket);
    load_put_absent(load, client);
}

static void leave_clean(struct load *load, struct load_client *client)
{
    load->report.counts[SOAK_CLEAN]++;
    load->report.counts[SOAK_CLEAN_BYTES] += client->received;
    leave(load, client);
}

static void leave_reset(struct load *load, struct load_client *client,
                        _Bool as_end)
{
    load->report.counts[SOAK_RESETS]++;
    load->report.counts[SOAK_RESETS_AS_END] += as_end;
    leave(load, client);
}

static void leave_lost(struct load *load, struct load_client *client,
                       ptrdiff_t result)
{
    char what[96];
    snprintf(what, sizeof what,
             "client %u: %" PRIu64 " of %" PRIu64 " bytes back, phase %d",
             client->number, client->received, client->sent,
             (int)client->phase);
    soak_complain(&load->report, what, client->ending, result);
    leave(load, client);
}

void load_give_up(struct load *load, struct load_client *client)
{
    leave_lost(load, client, PSOCK_ETIMEDOUT);
}

/* After the end of the stream or an error, as `result` says. */
static void conclude(struct load *load, struct load_client *client,
                     ptrdiff_t result)
{
    if (client->phase == LOAD_FINISHING && client->ending == SOAK_SERVER_RESET)
        leave_reset(load, client, result == 0);
    else if (client->phase == LOAD_FINISHING && result == 0 &&
             client->has_shut_down && client->received == client->sent)
        leave_clean(load, client);
    else
        leave_lost(load, client, result);
}

/* --- Bytes ---------------------------------------------------------------- */

static const unsigned char *bytes_at(const struct load *load,
                                     const struct load_client *client,
                                     uint64_t position)
{
    return load->pattern + (client->start + position) % LOAD_PATTERN_PERIOD;
}

/* Sends what is allowed and there is room for.  Returns 0 or an error. */
static ptrdiff_t send_allowed(struct load *load, struct load_client *client)
{
    while (client->sent < client->allowed) {
        uint64_t size = client->allowed - client->sent;
        ptrdiff_t sent =
            psock_send(client->socket, bytes_at(load, client, client->sent),
                       size < LOAD_PIECE_MAX ? (size_t)size : LOAD_PIECE_MAX, 0,
                       PSOCK_NOW);
        load->report.counts[SOAK_STALLS] += sent == PSOCK_EAGAIN;
        if (sent < 0)
            return sent == PSOCK_EAGAIN ? 0 : sent;
        client->sent += (uint64_t)sent;
    }
    return 0;
}

/* Returns what was received and is right, 0 at the end, or an error. */
static ptrdiff_t receive(struct load *load, struct load_client *client)
{
    ptrdiff_t size = psock_recv(client->socket, load->received,
                                sizeof load->received, 0, PSOCK_NOW);
    if (size <= 0)
        return size;
    if ((uint64_t)size > client->sent - client->received ||
        memcmp(load->received, bytes_at(load, client, client->received),
               (size_t)size) != 0)
        return PSOCK_EPROTO;
    client->received += (uint64_t)size;
    load->report.counts[SOAK_BYTES] += (uint64_t)size;
    return size;
}

/* To ask for what is asked for already costs nothing. */
static void ask(struct load *load, const struct load_client *client,
                uint32_t always)
{
    uint32_t wanted = always;
    if (client->sent < client->allowed)
        wanted |= PSOCK_WRITABLE;
    soak_demand(psock_poller_modify(load->poller, client->socket, wanted),
                "asking");
}

static void allow_more(struct load_client *client)
{
    client->allowed += 1 + soak_random_below(&client->random, WORDS_MAX);
}

/* --- What it does --------------------------------------------------------- */

/* Sends what remains, then says that this was all, and asks for the answer. */
static ptrdiff_t go_on_finishing(struct load *load, struct load_client *client)
{
    ptrdiff_t result = send_allowed(load, client);
    if (result < 0)
        return result;
    if (client->sent == client->allowed && !client->has_shut_down) {
        client->has_shut_down = 1;
        result = psock_shutdown(client->socket, PSOCK_SHUT_WRITE);
    }
    ask(load, client, PSOCK_READABLE);
    return result;
}

/* It has everything back, and ends as it was meant to. */
static ptrdiff_t begin_to_end(struct load *load, struct load_client *client)
{
    if (client->ending == SOAK_CLOSE) {
        leave_clean(load, client);
        return 0;
    }
    allow_more(client);
    ptrdiff_t result = send_allowed(load, client);
    if (result == 0 && client->ending == SOAK_RESET) {
        leave_reset(load, client, 0);
        return 0;
    }
    if (result < 0)
        return result;
    client->phase = LOAD_FINISHING;
    if (client->ending != SOAK_UNREAD)
        return go_on_finishing(load, client);
    client->phase = LOAD_LEAVING_UNREAD;
    client->allowed = client->sent;
    ask(load, client, PSOCK_READABLE);
    return 0;
}

_Bool load_time_is_over(const struct load *load,
                        const struct load_client *client)
{
    return load->is_complete &&
           (load->now_ns >= client->until_ns || load->now_ns >= load->stop_ns);
}

static ptrdiff_t talk(struct load *load, struct load_client *client,
                      uint32_t came)
{
    ptrdiff_t result = PSOCK_EAGAIN;
    if ((came & PSOCK_READABLE) != 0)
        result = receive(load, client);
    if (result == 0)
        return PSOCK_EPIPE;
    if (result < 0 && result != PSOCK_EAGAIN)
        return result;
    if (client->received == client->allowed) {
        if (load_time_is_over(load, client))
            return begin_to_end(load, client);
        allow_more(client);
    }
    result = send_allowed(load, client);
    ask(load, client, PSOCK_READABLE);
    return result;
}

static ptrdiff_t pour(struct load *load, struct load_client *client,
                      uint32_t came)
{
    (void)came;
    ptrdiff_t result = send_allowed(load, client);
    ask(load, client, 0);
    return result;
}

static ptrdiff_t finish(struct load *load, struct load_client *client,
                        uint32_t came)
{
    ptrdiff_t result = PSOCK_EAGAIN;
    if ((came & PSOCK_READABLE) != 0)
        result = receive(load, client);
    if (result == 0 || (result < 0 && result != PSOCK_EAGAIN)) {
        conclude(load, client, result);
        return 0;
    }
    return go_on_finishing(load, client);
}

static ptrdiff_t leave_unread(struct load *load, struct load_client *client,
                              uint32_t came)
{
    if ((came & PSOCK_READABLE) != 0)
        leave_reset(load, client, 0);
    return 0;
}

/* The first byte tells the server how this is going to end. */
static ptrdiff_t begin(struct load *load, struct load_client *client)
{
    unsigned char ending = (unsigned char)client->ending;
    ptrdiff_t result = psock_send(client->socket, &ending, 1, 0, PSOCK_NOW);
    if (result < 0)
        return result;
    load->connecting_count--;
    client->phase = client->is_slow ? LOAD_POURING : LOAD_TALKING;
    if (client->is_slow)
        client->allowed = POUR_MAX;
    else
        allow_more(client);
    result = send_allowed(load, client);
    ask(load, client, client->is_slow ? 0 : PSOCK_READABLE);
    return result;
}

static ptrdiff_t go_on_connecting(struct load *load, struct load_client *client,
                                  uint32_t came)
{
    (void)came;
    ptrdiff_t result = psock_connect(client->socket, &load->server, PSOCK_NOW);
    if (result == PSOCK_EAGAIN)
        return 0;
    return result < 0 ? result : begin(load, client);
}

void load_begin_to_read(struct load *load, struct load_client *client)
{
    client->phase = LOAD_FINISHING;
    client->allowed = client->sent;
    ptrdiff_t result = go_on_finishing(load, client);
    if (result < 0)
        leave_lost(load, client, result);
}

static ptrdiff_t (*const phases[])(struct load *, struct load_client *,
                                   uint32_t) = {
    [LOAD_CONNECTING] = go_on_connecting,
    [LOAD_TALKING] = talk,
    [LOAD_POURING] = pour,
    [LOAD_FINISHING] = finish,
    [LOAD_LEAVING_UNREAD] = leave_unread,
};

void load_serve(struct load *load, struct load_client *client, uint32_t came)
{
    ptrdiff_t result = phases[client->phase](load, client, came);
    if (result < 0)
        conclude(load, client, result);
}

/* --- How it begins -------------------------------------------------------- */

/* Half of them talk from the beginning to the end, the others for a part of it,
 * and then come again. */
void load_choose_time(const struct load *load, struct load_client *client)
{
    uint64_t duration_ns = (uint64_t)load->plan->duration_ns;
    uint64_t least_ns = duration_ns / (client->is_slow ? 64 : 32);
    uint64_t most_ns = duration_ns / (client->is_slow ? 8 : 2);
    client->until_ns = INT64_MAX;
    if (client->is_slow || client->number % 2 != 0)
        client->until_ns =
            load->now_ns +
            (int64_t)(least_ns + soak_random_below(&client->random,
                                                   most_ns - least_ns + 1));
}

void load_connect(struct load *load, struct load_client *client)
{
    load_choose_time(load, client);
    client->ending =
        client->is_slow ? SOAK_HALF_CLOSE
                        : (int)soak_random_below(&client->random, SOAK_ENDINGS);
    client->start =
        (size_t)soak_random_below(&client->random, LOAD_PATTERN_PERIOD);
    client->sent = client->received = client->allowed = 0;
    client->has_shut_down = 0;
    client->phase = LOAD_CONNECTING;
    client->socket = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    soak_demand(client->socket, "opening a socket");
    load->connecting_count++;
    load->report.counts[SOAK_CONNECTIONS]++;
    soak_demand(
        psock_poller_add(load->poller, client->socket, PSOCK_WRITABLE, client),
        "adding a client");
    ptrdiff_t result = go_on_connecting(load, client, 0);
    if (result < 0)
        leave_lost(load, client, result);
}
