/* chat_server: tells all its clients what each of them says.
 *
 *   chat_server [<address> [<clients>]]
 *
 * Clients are numbered as they come.  What one says, line by line, the others
 * are told, and who comes and leaves.  The address is 127.0.0.1:0 unless given,
 * and for port 0 the system chooses one: the first line printed says "listening
 * on <address>", the others who comes and leaves.  The server ends when that
 * many clients have been there; without a number it goes on for ever.
 *
 * One thread serves them all, and waits nowhere but in the poller. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

enum {
    LINE_SIZE = 512, /* a longer one goes on as several */
    QUEUE_SIZE = 64 * 1024,
    EVENTS_MAX = 64
};

struct client {
    struct client *next;
    psock_t socket;
    long number;
    const char *parting; /* how it leaves, once the events at hand are served */
    _Bool has_ended;     /* says no more, and is told what is in the queue */
    size_t length, queued;
    char line[LINE_SIZE]; /* what it is saying, behind its number */
    char queue[QUEUE_SIZE];
};

struct room {
    psock_t listener;
    psock_poller *poller;
    struct client *clients;
    long last_number, to_come;
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "chat_server: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

/* --- Telling -------------------------------------------------------------- */

/* Sends what there is room for.  Only while something is left is the socket
 * waited for to be writable, as that it is nearly always; to ask for what is
 * asked for already costs nothing. */
static void flush(const struct room *room, struct client *client)
{
    ptrdiff_t sent =
        psock_send(client->socket, client->queue, client->queued, 0, PSOCK_NOW);
    if (sent > 0) {
        client->queued -= (size_t)sent;
        memmove(client->queue, client->queue + sent, client->queued);
    }
    uint32_t wanted = client->has_ended ? 0 : PSOCK_READABLE;
    wanted |= client->queued == 0 ? 0 : PSOCK_WRITABLE;
    if ((sent < 0 && sent != PSOCK_EAGAIN) || wanted == 0 ||
        psock_poller_modify(room->poller, client->socket, wanted) < 0)
        client->parting = "left";
}

/* Nobody waits for one who does not listen, and memory has an end: when its
 * queue is full, it has to go. */
static void tell(const struct room *room, struct client *client,
                 const char *line, size_t size)
{
    if (size > QUEUE_SIZE - client->queued) {
        client->parting = "was too slow";
        return;
    }
    memcpy(client->queue + client->queued, line, size);
    client->queued += size;
    flush(room, client);
}

static void tell_others(const struct room *room, const struct client *speaker,
                        const char *line, size_t size)
{
    for (struct client *other = room->clients; other; other = other->next)
        if (other != speaker && other->parting == NULL && !other->has_ended)
            tell(room, other, line, size);
}

static void report(const struct room *room, const struct client *client,
                   const char *what)
{
    char line[64];
    int size = snprintf(line, sizeof line, "* %ld %s\n", client->number, what);
    tell_others(room, client, line, (size_t)size);
    fputs(line + 2, stdout);
    fflush(stdout);
}

/* --- Listening ------------------------------------------------------------ */

static void begin_line(struct client *client)
{
    client->length = (size_t)snprintf(client->line, sizeof client->line,
                                      "%ld: ", client->number);
}

static void hear(const struct room *room, struct client *client, char byte)
{
    client->line[client->length++] = byte;
    if (byte != '\n' && client->length < LINE_SIZE - 1)
        return;
    if (byte != '\n')
        client->line[client->length++] = '\n';
    tell_others(room, client, client->line, client->length);
    begin_line(client);
}

static void listen_to(const struct room *room, struct client *client)
{
    char bytes[4096];
    ptrdiff_t received =
        psock_recv(client->socket, bytes, sizeof bytes, 0, PSOCK_NOW);
    for (ptrdiff_t i = 0; i < received; i++)
        hear(room, client, bytes[i]);
    if (received == 0)
        client->has_ended = 1;
    if (received < 0 && received != PSOCK_EAGAIN)
        client->parting = "left";
}

/* One who was too slow for another's words may have an event in the same batch,
 * and is therefore still there. */
static void attend(const struct room *room, struct client *client,
                   uint32_t came)
{
    if (client->parting == NULL && !client->has_ended &&
        (came & PSOCK_READABLE) != 0)
        listen_to(room, client);
    if (client->parting == NULL)
        flush(room, client);
}

/* --- Coming and leaving --------------------------------------------------- */

static int enter(struct room *room, struct client *client)
{
    client->number = ++room->last_number;
    client->next = room->clients;
    room->clients = client;
    begin_line(client);
    report(room, client, "came");
    if (room->to_come > 0 && --room->to_come == 0)
        return psock_poller_remove(room->poller, room->listener);
    return 0;
}

static int welcome(struct room *room)
{
    psock_t s = psock_accept(room->listener, NULL, PSOCK_NOW);
    if (s < 0)
        return s == PSOCK_EAGAIN ? 0 : (int)s;
    struct client *client = calloc(1, sizeof *client);
    int error = PSOCK_ENOMEM;
    if (client != NULL)
        error = psock_poller_add(room->poller, s, PSOCK_READABLE, client);
    if (error < 0) {
        free(client);
        psock_close(s);
        return error;
    }
    client->socket = s;
    return enter(room, client);
}

/* By a reset, if it does not listen, so that the system gives up, too. */
static void part(struct room *room, struct client **link)
{
    struct client *client = *link;
    *link = client->next;
    if (client->has_ended)
        psock_close(client->socket);
    else
        psock_close_reset(client->socket);
    report(room, client, client->parting);
    free(client);
}

/* To hear of it may be too much for another: then it begins anew. */
static void part_with_leaving(struct room *room)
{
    struct client **link = &room->clients;
    while (*link != NULL) {
        if ((*link)->parting == NULL) {
            link = &(*link)->next;
        } else {
            part(room, link);
            link = &room->clients;
        }
    }
}

static int serve(struct room *room)
{
    psock_poller_event events[EVENTS_MAX];
    int error = 0;
    while (error == 0 && (room->to_come != 0 || room->clients != NULL)) {
        int count =
            psock_poller_wait(room->poller, events, EVENTS_MAX, PSOCK_FOREVER);
        error = count < 0 ? count : 0;
        for (int i = 0; i < count && error == 0; i++)
            if (events[i].token != NULL)
                attend(room, events[i].token, events[i].came);
            else
                error = welcome(room);
        part_with_leaving(room);
    }
    return error < 0 ? fail("serving", error) : EXIT_SUCCESS;
}

/* --- The program ---------------------------------------------------------- */

/* A server that is started again wants its old port back, hence REBIND.  Who
 * started it may be waiting for the line, so that must not stay in a buffer. */
static int start(const struct room *room, const psock_address *wanted)
{
    psock_address local;
    char name[PSOCK_ADDRESS_TEXT_SIZE] = "";
    int error = psock_bind(room->listener, wanted, PSOCK_BIND_REBIND);
    if (error == 0)
        error = psock_listen(room->listener, PSOCK_BACKLOG_DEFAULT);
    if (error == 0)
        error = psock_poller_add(room->poller, room->listener, PSOCK_READABLE,
                                 NULL);
    if (error == 0)
        error = psock_local(room->listener, &local);
    if (error < 0)
        return error;
    psock_address_format(&local, 0, name, sizeof name);
    printf("listening on %s\n", name);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "127.0.0.1:0";
    const char *count = argc > 2 ? argv[2] : "-1";
    char *count_end;
    struct room room = {.to_come = strtol(count, &count_end, 10)};
    if (argc > 3 || *count == '\0' || *count_end != '\0') {
        fputs("usage: chat_server [<address> [<clients>]]\n", stderr);
        return EXIT_FAILURE;
    }

    psock_address address;
    int error = psock_address_parse(name, &address);
    if (error == 0)
        error = psock_poller_open(&room.poller);
    if (error < 0)
        return fail(name, error);
    int family = psock_address_family(&address);
    room.listener = psock_open(family, PSOCK_STREAM, 0);
    if (room.listener < 0)
        return fail(name, room.listener);

    error = start(&room, &address);
    int status = error < 0 ? fail(name, error) : serve(&room);
    psock_poller_close(room.poller);
    psock_close(room.listener);
    return status;
}
