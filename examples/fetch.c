/* fetch: gets what a URL names, by HTTP/1.1.
 *
 *   fetch [-t <seconds>] [-o <file>] http://<host>[:<port>][/<path>]
 *
 * What comes goes into the file, or else to the standard output.  A bar on the
 * standard error shows how far it is where that is a terminal, unless the output
 * goes to one, too.  One deadline is over everything: a minute, unless told.
 *
 * Fails, with the reason on the standard error, when there is no connection (then
 * each attempt to make one is told), when the server says anything but 2xx, and
 * when its answer is malformed or ends too early. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psock/psock.h>

#include "host/host.h"
#include "http/answer.h"
#include "http/place.h"

enum {
    PATIENCE_S = 60,
    MOST_SECONDS = 86400,
    MOST_ATTEMPTS = 32,
    REQUEST_SIZE = 8 * HTTP_URL_SIZE,
    BAR_WIDTH = 40,
    BAR_NS = 100000000 /* from one look of it to the next */
};

static int fail(const char *what, ptrdiff_t error)
{
    char text[PSOCK_ERROR_TEXT_SIZE];
    psock_error_describe(error, text, sizeof text);
    fprintf(stderr, "fetch: %s: %s\n", what, text);
    return EXIT_FAILURE;
}

/* --- Connecting ------------------------------------------------------------- */

static void explain_look_up(const char *family, const psock_dial_look_up *it)
{
    if (it->result < 0)
        fprintf(stderr, "  no %s addresses after %" PRId64 " ms: %s\n", family,
                it->ended_ns / 1000000, psock_error_text(it->result));
}

static void explain(const psock_dial_report *report)
{
    char peer[PSOCK_ADDRESS_TEXT_SIZE];
    explain_look_up("IPv6", &report->ipv6);
    explain_look_up("IPv4", &report->ipv4);
    for (size_t i = 0; i < report->count && i < report->capacity; i++) {
        const psock_dial_attempt *it = &report->attempts[i];
        if (psock_address_format(&it->peer, 0, peer, sizeof peer) < 0)
            strcpy(peer, "?");
        fprintf(stderr, "  %s, from %" PRId64 " to %" PRId64 " ms: %s\n", peer,
                it->began_ns / 1000000, it->ended_ns / 1000000,
                psock_error_text(it->error));
    }
}

static psock_t dial(const struct http_place *place, psock_deadline deadline)
{
    psock_dial_attempt attempts[MOST_ATTEMPTS];
    psock_dial_report report = {.attempts = attempts,
                                .capacity = MOST_ATTEMPTS};
    const psock_dial_options options = {.report = &report};
    psock_t s = psock_dial(place->host, place->service, &options, deadline);
    if (s < 0) {
        fail(place->host, s);
        explain(&report);
    }
    return s;
}

static int ask(psock_t server, const struct http_place *place,
               psock_deadline deadline)
{
    static char request[REQUEST_SIZE];
    int size = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\n"
                        "Host: %s\r\n"
                        "User-Agent: psock-fetch\r\n"
                        "Accept: */*\r\n"
                        "Connection: close\r\n\r\n",
                        place->path, place->authority);
    return psock_send_all(server, request, (size_t)size, deadline, NULL);
}

/* --- The bar ---------------------------------------------------------------- */

static struct {
    _Bool is_shown;
    psock_deadline next; /* time to draw it again */
} bar;

static void draw_bar(uint64_t done, const struct http_answer *answer)
{
    char marks[BAR_WIDTH + 1] = "";
    const double megabytes = (double)done / 1e6;
    if (answer->framing != HTTP_LENGTH || answer->length == 0) {
        fprintf(stderr, "\r%.1f MB ", megabytes);
        return;
    }
    const double part = (double)done / (double)answer->length;
    memset(marks, '#', (size_t)(part * BAR_WIDTH));
    fprintf(stderr, "\r[%-*s] %3d %%  %.1f MB ", BAR_WIDTH, marks,
            (int)(part * 100), megabytes);
}

/* A deadline after no time at all is now. */
static void show_bar(uint64_t done, const struct http_answer *answer)
{
    psock_deadline now = psock_deadline_ns(0);
    if (!bar.is_shown || now < bar.next)
        return;
    draw_bar(done, answer);
    bar.next = now + BAR_NS;
}

static void end_bar(uint64_t done, const struct http_answer *answer)
{
    if (!bar.is_shown)
        return;
    draw_bar(done, answer);
    fputc('\n', stderr);
}

/* --- The answer ------------------------------------------------------------- */

static int write_body(struct http_answer *answer, FILE *output)
{
    const char *piece;
    uint64_t done = 0;
    ptrdiff_t size;
    _Bool writes = 1;
    while (writes && (size = http_read_body(answer, &piece)) > 0) {
        writes = fwrite(piece, 1, (size_t)size, output) == (size_t)size;
        done += (uint64_t)size;
        show_bar(done, answer);
    }
    end_bar(done, answer);
    if (fclose(output) != 0 || !writes)
        return fail("writing", PSOCK_EIO);
    return size < 0 ? fail("the answer", size) : EXIT_SUCCESS;
}

static int write_answer(struct http_answer *answer, const char *file)
{
    FILE *output = file == NULL ? stdout : host_create(file);
    if (output != NULL)
        return write_body(answer, output);
    fprintf(stderr, "fetch: %s cannot be written\n", file);
    return EXIT_FAILURE;
}

static int fetch(const struct http_place *place, const char *file,
                 psock_deadline deadline)
{
    static struct http_answer answer;
    psock_t server = dial(place, deadline);
    if (server < 0)
        return EXIT_FAILURE;
    answer.server = server;
    answer.deadline = deadline;
    int status = EXIT_FAILURE;
    int error = ask(server, place, deadline);
    if (error == 0)
        error = http_read_head(&answer);
    if (error < 0)
        fail(place->authority, error);
    else if (answer.status < 200 || answer.status > 299)
        fprintf(stderr, "fetch: %s: %s\n", place->authority, answer.line);
    else
        status = write_answer(&answer, file);
    psock_close(server);
    return status;
}

/* --- What is wanted --------------------------------------------------------- */

struct wish {
    const char *file;
    long seconds;
    struct http_place place;
};

static _Bool read_wish(char *const *word, struct wish *wish)
{
    for (; word[0] != NULL && word[0][0] == '-' && word[1] != NULL; word += 2)
        if (strcmp(word[0], "-o") == 0)
            wish->file = word[1];
        else if (strcmp(word[0], "-t") == 0)
            wish->seconds = strtol(word[1], NULL, 10);
        else
            return 0;
    return word[0] != NULL && word[1] == NULL && wish->seconds > 0 &&
           wish->seconds <= MOST_SECONDS &&
           http_read_place(word[0], &wish->place);
}

int main(int count, char **words)
{
    static struct wish wish = {.seconds = PATIENCE_S};
    words = host_begin(count, words);
    if (words == NULL)
        return fail("starting", PSOCK_ENOMEM);
    if (!read_wish(words + (count > 0), &wish)) {
        fputs("usage: fetch [-t <seconds>] [-o <file>] "
              "http://<host>[:<port>][/<path>]\n",
              stderr);
        return EXIT_FAILURE;
    }
    bar.is_shown = host_is_terminal(stderr) &&
                   (wish.file != NULL || !host_is_terminal(stdout));
    return fetch(&wish.place, wish.file,
                 psock_deadline_ms(wish.seconds * INT64_C(1000)));
}
