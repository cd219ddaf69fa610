/* request.h: what a server understands of HTTP/1.1 (RFC 9112). */
#ifndef EXAMPLES_HTTP_REQUEST_H
#define EXAMPLES_HTTP_REQUEST_H

#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_PATH_SIZE = 1024,
    HTTP_HEAD_SIZE = 512
};

/* What is asked for. */
struct http_request {
    _Bool wants_body;          /* GET, and not HEAD */
    char path[HTTP_PATH_SIZE]; /* without a "/" in front, and leads no way but
                                * down */
};

/* The bytes of the first request in `text`, its empty line included; 0 when it is
 * not all there yet. */
size_t http_request_length(const char *text, size_t size);

/* Reads the request in the `size` bytes of `text`, which a zero byte follows.
 *
 * Returns 200, or the status of an answer that says what is wrong: 400 malformed,
 * 404 a path that cannot be a file's, 405 neither GET nor HEAD, 431 no end. */
int http_request_read(const char *text, size_t size,
                      struct http_request *request);

/* Writes the head of an answer, with the `length` of what follows; for 200 that is
 * the file `path`, whose kind is told by its name.  HTTP_HEAD_SIZE is enough. */
void http_write_head(char *head, size_t size, int status, const char *path,
                     int64_t length);

#endif
