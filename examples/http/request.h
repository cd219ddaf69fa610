/* request.h: what a server understands of HTTP/1.1 (RFC 9112). */
#ifndef EXAMPLES_HTTP_REQUEST_H
#define EXAMPLES_HTTP_REQUEST_H

#include <stddef.h>

enum {
    HTTP_PATH_SIZE = 1024
};

/* What is asked for. */
struct http_request {
    _Bool wants_body; /* GET, and not HEAD */
    char path
        [HTTP_PATH_SIZE]; /* without a "/" in front; never leads out of where
                                * it is put */
};

/* The bytes of the first request in `text`, its empty line included; 0 when it is
 * not all there yet. */
size_t http_request_length(const char *text, size_t size);

/* Reads a whole request, which ends with a zero byte.
 *
 * Returns 200, or the status of an answer that says what is wrong: 400 malformed,
 * 404 a path that cannot be a file's, 405 neither GET nor HEAD. */
int http_request_read(const char *text, struct http_request *request);

/* What a status is called, and what kind of data a file is by its name. */
const char *http_reason(int status);
const char *http_type(const char *path);

#endif
