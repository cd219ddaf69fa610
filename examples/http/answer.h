/* answer.h: what a server answers by HTTP/1.1 (RFC 9112), read strictly: what is
 * malformed is an error, and no guess. */
#ifndef PSOCK_EXAMPLES_HTTP_ANSWER_H
#define PSOCK_EXAMPLES_HTTP_ANSWER_H

#include <psock/psock.h>

enum {
    HTTP_LINE_SIZE = 8 * 1024,
    HTTP_MOST_LINES = 256, /* before the body, and after it */
    HTTP_ROOM = 64 * 1024
};

/* How the end of the body is known. */
enum http_framing {
    HTTP_UNTIL_END,
    HTTP_LENGTH,
    HTTP_CHUNKED
};

/* An answer being read.  Begin with the first two, and all else zero. */
struct http_answer {
    psock_t server;
    psock_deadline deadline; /* for all of it */

    int status;                /* 200 and so on */
    char line[HTTP_LINE_SIZE]; /* once the head is read, its first line */
    enum http_framing framing;
    uint64_t length; /* of the body, for HTTP_LENGTH */

    /* Of the reader: of this body or chunk there is `left` still to come. */
    uint64_t left;
    uint64_t chunks;
    int lines;
    _Bool is_over;
    size_t begin, end; /* what was received and not taken yet */
    char room[HTTP_ROOM];
};

/* Reads up to the body.  Returns 0; PSOCK_EPROTO when it is malformed, PSOCK_EEOF
 * when it ends early, or the error of receiving. */
int http_read_head(struct http_answer *answer);

/* Gives the next piece of the body, which lies in `answer` until the next call.
 * Returns its size, 0 at the end, or an error as above. */
ptrdiff_t http_read_body(struct http_answer *answer, const char **piece);

#endif
