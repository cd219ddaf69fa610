/* place.h: taking a URL apart. */
#ifndef PSOCK_EXAMPLES_HTTP_PLACE_H
#define PSOCK_EXAMPLES_HTTP_PLACE_H

enum {
    HTTP_URL_SIZE = 2048
};

/* What "http://<host>[:<port>][/<path>]" means: where to connect to, and what to
 * ask for there. */
struct http_place {
    char host[HTTP_URL_SIZE]; /* as psock_dial() takes it */
    char service[6];
    char authority[3 * HTTP_URL_SIZE]; /* as the request has them */
    char path[3 * HTTP_URL_SIZE];
};

/* Returns whether `url` is one.  The host may be a name in any script, an IPv4
 * address, or an IPv6 address in brackets. */
_Bool http_read_place(const char *url, struct http_place *place);

#endif
