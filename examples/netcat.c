/* netcat: copies its standard input to a peer, and what comes from there to its
 * standard output, both at the same time.
 *
 *   netcat <host> <port>         connects to a host, by name or address
 *   netcat -l <port> [<host>]    serves one connection, at all addresses or one
 *
 * For port 0 the system chooses one.  What it is connected to, and where it
 * listens, goes to the standard error.  At the end of its input it says so to the
 * peer and goes on receiving; it succeeds when both directions have ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

#include "host/host.h"

enum {
    PATIENCE_MS = 30000, /* for a connection to be made */
    PIECE_SIZE = 64 * 1024
};

/* Both directions, each in a thread: the input can be waited for by no call that
 * also waits for sockets.  The waker ends one when the other has failed. */
static struct {
    psock_t peer;
    psock_waker *failed;
    int sending; /* how it ended */
} talk;

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "netcat: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

static void tell(const char *what, const psock_address *peer)
{
    char name[PSOCK_ADDRESS_TEXT_SIZE];
    if (psock_address_format(peer, 0, name, sizeof name) > 0)
        fprintf(stderr, "%s %s\n", what, name);
}

/* --- Talking ---------------------------------------------------------------- */

/* The direction that was ended has nothing to say. */
static int stop(const char *what, ptrdiff_t error)
{
    return error == PSOCK_ECANCELED ? EXIT_FAILURE : fail(what, error);
}

static int send_input(void)
{
    static char piece[PIECE_SIZE];
    ptrdiff_t size;
    while ((size = host_read_input(piece, sizeof piece)) > 0) {
        int error =
            psock_send_all(talk.peer, piece, (size_t)size, PSOCK_FOREVER, NULL);
        if (error < 0)
            return stop("sending", error);
    }
    if (size < 0)
        return fail("reading the input", PSOCK_EIO);
    int error = psock_shutdown(talk.peer, PSOCK_SHUT_WRITE);
    return error < 0 ? fail("ending", error) : EXIT_SUCCESS;
}

static void run_sending(void *unused)
{
    (void)unused;
    psock_cancel_with(talk.failed);
    talk.sending = send_input();
    if (talk.sending != EXIT_SUCCESS)
        psock_waker_ring(talk.failed);
}

/* Who reads along may be waiting for what came, so that must not stay in a
 * buffer. */
static int print_what_comes(void)
{
    static char piece[PIECE_SIZE];
    ptrdiff_t size;
    while ((size = psock_recv(talk.peer, piece, sizeof piece, 0,
                              PSOCK_FOREVER)) > 0)
        if (fwrite(piece, 1, (size_t)size, stdout) != (size_t)size ||
            fflush(stdout) != 0)
            return fail("writing the output", PSOCK_EIO);
    return size < 0 ? stop("receiving", size) : EXIT_SUCCESS;
}

/* A thread that has failed ends the program: the other may be waiting for input,
 * which nothing can end. */
static int exchange(psock_t peer)
{
    int error = psock_waker_open(&talk.failed);
    if (error < 0)
        return fail("starting", error);
    talk.peer = peer;
    struct host_thread *sender = host_thread_start(run_sending, NULL);
    if (sender == NULL)
        return fail("starting", PSOCK_ENOMEM);
    psock_cancel_with(talk.failed);
    if (print_what_comes() != EXIT_SUCCESS) {
        psock_waker_ring(talk.failed);
        exit(EXIT_FAILURE);
    }
    host_thread_join(sender);
    psock_cancel_with(NULL);
    psock_waker_close(talk.failed);
    return talk.sending;
}

/* --- Connections ------------------------------------------------------------ */

static psock_t dial(const char *host, const char *port)
{
    psock_address peer;
    psock_t s = psock_dial(host, port, NULL, psock_deadline_ms(PATIENCE_MS));
    if (s < 0)
        fail(host, s);
    else if (psock_peer(s, &peer) == 0)
        tell("connected to", &peer);
    return s;
}

static psock_t serve(const char *host, const char *port)
{
    const psock_serve_options options = {.mode = PSOCK_BIND_REBIND};
    psock_listeners listeners;
    psock_address peer;
    int error = psock_serve(host, port, &options, &listeners,
                            psock_deadline_ms(PATIENCE_MS));
    if (error < 0) {
        fail(port, error);
        return error;
    }
    fprintf(stderr, "listening on port %d\n", psock_serve_port(&listeners));
    psock_t s = psock_serve_accept(&listeners, &peer, PSOCK_FOREVER);
    psock_serve_close(&listeners);
    if (s < 0)
        fail("accepting", s);
    else
        tell("connected to", &peer);
    return s;
}

int main(int count, char **words)
{
    words = host_begin(count, words);
    if (words == NULL)
        return fail("starting", PSOCK_ENOMEM);
    _Bool serves = count > 1 && strcmp(words[1], "-l") == 0;
    if (count < 3 || count > 3 + serves || (!serves && words[1][0] == '-')) {
        fputs("usage: netcat <host> <port>\n"
              "       netcat -l <port> [<host>]\n",
              stderr);
        return EXIT_FAILURE;
    }
    psock_t s = serves ? serve(words[3], words[2]) : dial(words[1], words[2]);
    if (s < 0)
        return EXIT_FAILURE;
    int status = exchange(s);
    psock_close(s);
    return status;
}
