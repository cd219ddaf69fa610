/* place.c: see place.h, RFC 3986, and RFC 6874 for scopes. */
#include <stdio.h>
#include <string.h>

#include "place.h"

/* Writes `length` bytes of `text`, and what HTTP does not take as %XX: so a URL
 * cannot bring lines of its own into a request. */
static void escape(const char *text, size_t length, char *end)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte > ' ' && byte < 0x7f)
            *end++ = (char)byte;
        else
            end += sprintf(end, "%%%02X", (unsigned)byte);
    }
    *end = '\0';
}

/* Reads ":<port>", or nothing. */
static _Bool read_port(const char *text, size_t length, char service[6])
{
    strcpy(service, "80");
    if (length < 2)
        return length == 0 || *text == ':';
    if (*text != ':' || length > 6 ||
        strspn(text + 1, "0123456789") < length - 1)
        return 0;
    memcpy(service, text + 1, length - 1);
    service[length - 1] = '\0';
    return 1;
}

/* The scope of an address is for this machine only; in a URL its '%' is "%25". */
static void read_scope(struct http_place *place)
{
    char *scope = strchr(place->host, '%');
    if (scope == NULL)
        return;
    if (strncmp(scope, "%25", 3) == 0 && scope[3] != '\0')
        memmove(scope + 1, scope + 3, strlen(scope + 3) + 1);
    char *sent = strchr(place->authority, '%');
    const char *end = strchr(sent, ']');
    memmove(sent, end, strlen(end) + 1);
}

/* Reads "<host>[:<port>]". */
static _Bool read_authority(const char *text, size_t length,
                            struct http_place *place)
{
    const size_t bracket = *text == '[';
    size_t host = bracket;
    while (host < length && text[host] != (bracket ? ']' : ':'))
        host++;
    if (host == bracket || (bracket && host == length) ||
        !read_port(text + host + bracket, length - host - bracket,
                   place->service))
        return 0;
    memcpy(place->host, text + bracket, host - bracket);
    place->host[host - bracket] = '\0';
    escape(text, length, place->authority);
    if (bracket)
        read_scope(place);
    return 1;
}

/* What is behind '#' is not the server's business, and users are nobody's. */
_Bool http_read_place(const char *url, struct http_place *place)
{
    static const char scheme[] = "http://";
    const char *authority = url + sizeof scheme - 1;
    if (strlen(url) >= HTTP_URL_SIZE ||
        strncmp(url, scheme, sizeof scheme - 1) != 0)
        return 0;
    const size_t length = strcspn(authority, "/?#");
    if (memchr(authority, '@', length) != NULL ||
        !read_authority(authority, length, place))
        return 0;
    const char *path = authority + length;
    place->path[0] = '/';
    escape(path, strcspn(path, "#"), place->path + (*path != '/'));
    return 1;
}
