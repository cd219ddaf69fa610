/* serve: gives the files of a directory to whoever asks, by HTTP/1.1.
 *
 *   serve <directory> [<port> [<host>]]
 *
 * The host is localhost unless given, and "*" is all addresses of this machine,
 * IPv4 and IPv6; for port 0, the default, the system chooses one.  The first line
 * printed says "listening on <host>:<port>".  The server goes on for ever, unless
 * it cannot begin.
 *
 * GET and HEAD.  A path that ends in "/" stands for the index.html there.  Names
 * that begin with a dot are not served, and no path leads out of the directory but
 * by links in it.
 *
 * One thread serves all clients, and waits nowhere but in the poller: files go out
 * as far as each client takes them, from the system's memory where it can. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

#include "host/host.h"
#include "http/request.h"

enum {
    PATIENCE_MS = 30000, /* with a client that does not go on */
    LOOK_MS = 1000,      /* how often to look for such */
    CLIENTS_MAX = 400,   /* each has two descriptors; others wait at the door */
    EVENTS_MAX = 64,
    TURN = 1 << 20, /* what a client gets before it is the turn of the next */
    REQUEST_SIZE = 4096
};

struct client {
    struct client *next;
    psock_t socket;
    psock_deadline deadline; /* to go on until */
    enum {
        ASKING,
        BEING_ANSWERED,
        LEAVING,
        GONE
    } state;
    size_t asked, told; /* bytes of the request, and of the head so far */
    char request[REQUEST_SIZE + 1], head[HTTP_HEAD_SIZE];
    psock_file file; /* below zero for none */
    int64_t offset, left;
};

struct server {
    const char *directory;
    psock_listeners listeners;
    psock_poller *poller;
    struct client *clients;
    size_t count;
    _Bool is_exhausted; /* the system had no more connections to give */
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "serve: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

/* --- Answering -------------------------------------------------------------- */

/* Whatever is the matter with a file, there is none for others to see, unless it
 * may be there later. */
static int status_of(int64_t error)
{
    return error == PSOCK_EMFILE || error == PSOCK_ENFILE ||
                   error == PSOCK_ENOMEM
               ? 503
               : 404;
}

static int open_file(const struct server *server, struct client *client,
                     const char *name)
{
    char path[2 * HTTP_PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", server->directory, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return 404;
    client->file = psock_file_open(path);
    int64_t size =
        client->file < 0 ? client->file : psock_file_size(client->file);
    client->left = size < 0 ? 0 : size;
    return size < 0 ? status_of(size) : 200;
}

static void answer(const struct server *server, struct client *client)
{
    struct http_request request;
    int status = http_request_read(client->request, client->asked, &request);
    if (status == 200)
        status = open_file(server, client, request.path);
    http_write_head(client->head, sizeof client->head, status, request.path,
                    client->left);
    if (status == 200 && !request.wants_body)
        client->left = 0;
    client->state = BEING_ANSWERED;
}

/* A request that does not fit is answered, too: it has no end. */
static ptrdiff_t hear(const struct server *server, struct client *client)
{
    ptrdiff_t received =
        psock_recv(client->socket, client->request + client->asked,
                   REQUEST_SIZE - client->asked, 0, PSOCK_NOW);
    if (received <= 0)
        return received == 0 ? PSOCK_EEOF : received;
    client->asked += (size_t)received;
    client->request[client->asked] = '\0';
    if (http_request_length(client->request, client->asked) > 0 ||
        client->asked == REQUEST_SIZE)
        answer(server, client);
    return received;
}

/* The head, and then a part of the file.  A client that has been told everything is
 * left to leave: who closes before that may take back what was not received. */
static ptrdiff_t tell(struct client *client)
{
    size_t told = 0;
    int64_t sent = 0;
    const char *rest = client->head + client->told;
    int error =
        psock_send_all(client->socket, rest, strlen(rest), PSOCK_NOW, &told);
    if (error == 0 && client->left > 0)
        error = psock_send_file(client->socket, client->file, client->offset,
                                client->left < TURN ? client->left : TURN,
                                PSOCK_NOW, &sent);
    client->told += told;
    client->offset += sent;
    client->left -= sent;
    if (told > 0 || sent > 0)
        client->deadline = psock_deadline_ms(PATIENCE_MS);
    if (error < 0 || client->left > 0)
        return error;
    client->state = LEAVING;
    return psock_shutdown(client->socket, PSOCK_SHUT_WRITE);
}

static ptrdiff_t let_leave(struct client *client)
{
    char ignored[4096];
    ptrdiff_t received =
        psock_recv(client->socket, ignored, sizeof ignored, 0, PSOCK_NOW);
    if (received == 0)
        client->state = GONE;
    return received;
}

static void attend(const struct server *server, struct client *client)
{
    ptrdiff_t result = 0;
    if (client->state == ASKING)
        result = hear(server, client);
    else if (client->state == LEAVING)
        result = let_leave(client);
    if (client->state == BEING_ANSWERED)
        result = tell(client);
    if (result == 0 || result == PSOCK_EAGAIN || result > 0)
        result = psock_poller_modify(
            server->poller, client->socket,
            client->state == BEING_ANSWERED ? PSOCK_WRITABLE : PSOCK_READABLE);
    if (result < 0)
        client->state = GONE;
}

/* --- Coming and leaving ------------------------------------------------------ */

/* Takes the connection over, or closes it. */
static void enter(struct server *server, psock_t s)
{
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL ||
        psock_poller_add(server->poller, s, PSOCK_READABLE, client) < 0) {
        free(client);
        psock_close_reset(s);
        return;
    }
    client->socket = s;
    client->file = -1;
    client->deadline = psock_deadline_ms(PATIENCE_MS);
    client->next = server->clients;
    server->clients = client;
    server->count++;
}

/* That the system has no descriptors left, say, will pass. */
static void welcome(struct server *server)
{
    psock_t s = psock_serve_accept(&server->listeners, NULL, PSOCK_NOW);
    if (s >= 0) {
        enter(server, s);
    } else if (s != PSOCK_EAGAIN) {
        server->is_exhausted = 1;
        fail("accepting", s);
    }
}

/* Listens only while there is room; to ask for what is asked for already costs
 * nothing. */
static int mind_the_door(const struct server *server)
{
    const psock_listeners *listeners = &server->listeners;
    const _Bool has_room = server->count < CLIENTS_MAX && !server->is_exhausted;
    int error = 0;
    for (size_t i = 0; i < listeners->count && error == 0; i++)
        error = psock_poller_modify(server->poller, listeners->sockets[i],
                                    has_room ? PSOCK_READABLE : 0);
    return error;
}

/* By a reset, if the file is not all there: so nobody takes it for whole. */
static void part(struct server *server, struct client **link)
{
    struct client *client = *link;
    *link = client->next;
    server->count--;
    server->is_exhausted = 0;
    if (client->left == 0)
        psock_close(client->socket);
    else
        psock_close_reset(client->socket);
    psock_file_close(client->file);
    free(client);
}

static void part_with_leaving(struct server *server)
{
    struct client **link = &server->clients;
    while (*link != NULL)
        if ((*link)->state == GONE ||
            psock_deadline_left_ns((*link)->deadline) == 0)
            part(server, link);
        else
            link = &(*link)->next;
}

static int serve(struct server *server)
{
    psock_poller_event events[EVENTS_MAX];
    int error;
    while ((error = mind_the_door(server)) == 0) {
        int count = psock_poller_wait(server->poller, events, EVENTS_MAX,
                                      psock_deadline_ms(LOOK_MS));
        if (count == PSOCK_ETIMEDOUT)
            server->is_exhausted = 0;
        else if (count < 0)
            return count;
        for (int i = 0; i < count; i++)
            if (events[i].token != NULL)
                attend(server, events[i].token);
            else
                welcome(server);
        part_with_leaving(server);
    }
    return error;
}

/* --- The program -------------------------------------------------------------- */

/* A server that is started again wants its old port back, hence REBIND.  Who
 * started it may be waiting for the line, so that must not stay in a buffer. */
static int start(struct server *server, const char *host, const char *port)
{
    const psock_serve_options options = {.mode = PSOCK_BIND_REBIND};
    const char *where = strcmp(host, "*") == 0 ? NULL : host;
    int error = psock_serve(where, port, &options, &server->listeners,
                            psock_deadline_ms(PATIENCE_MS));
    if (error == 0)
        error = psock_poller_open(&server->poller);
    for (size_t i = 0; error == 0 && i < server->listeners.count; i++)
        error = psock_poller_add(server->poller, server->listeners.sockets[i],
                                 PSOCK_READABLE, NULL);
    if (error < 0)
        return error;
    printf(strchr(host, ':') == NULL ? "listening on %s:%d\n"
                                     : "listening on [%s]:%d\n",
           host, psock_serve_port(&server->listeners));
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    static struct server server;
    char **words = host_begin(argc, argv);
    if (words == NULL || argc < 2 || argc > 4) {
        fputs("usage: serve <directory> [<port> [<host>]]\n", stderr);
        return EXIT_FAILURE;
    }
    const char *port = argc > 2 ? words[2] : "0";
    const char *host = argc > 3 ? words[3] : "localhost";
    server.directory = words[1];
    psock_file file = psock_file_open(server.directory);
    if (file != PSOCK_EISDIR)
        return fail(server.directory, file < 0 ? file : PSOCK_ENOTDIR);
    int error = start(&server, host, port);
    if (error < 0)
        return fail(host, error);
    return fail("serving", serve(&server));
}
