/* request.c: from the text of a request to the path of a file. */
#include "request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t http_request_length(const char *text, size_t size)
{
    for (size_t i = 0; i + 4 <= size; i++)
        if (memcmp(text + i, "\r\n\r\n", 4) == 0)
            return i + 4;
    return 0;
}

/* --- The path ----------------------------------------------------------------- */

static int digit_of(char letter)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = letter == '\0' ? NULL : strchr(digits, letter);
    return found == NULL ? -1 : (int)(found - digits) % 16;
}

/* Takes one byte, perhaps written as "%" and two digits; below zero for what is
 * malformed. */
static int take_byte(const char **text)
{
    const char *at = *text;
    *text = at + 1;
    if (*at != '%')
        return (unsigned char)*at;
    int high = digit_of(at[1]);
    int low = high < 0 ? -1 : digit_of(at[2]);
    *text = at + 3;
    return low < 0 ? -1 : high * 16 + low;
}

/* Whatever any system takes for more than a letter of a name: the end of a text,
 * another separator, a drive or a stream, a short form of another name.  Names of
 * devices are left to psock_file_open(), which finds no file there. */
static _Bool is_special(int byte)
{
    return byte < ' ' || byte == 0x7f || byte == '\\' || byte == ':' ||
           byte == '~';
}

/* Names that begin with a dot lead up, or are not for everybody; dots and blanks at
 * an end are left out by some systems. */
static _Bool is_plain_name(const char *name, size_t length)
{
    return length > 0 && name[0] != '.' && name[length - 1] != '.' &&
           name[length - 1] != ' ';
}

static _Bool is_plain_path(const char *path)
{
    for (;;) {
        const size_t length = strcspn(path, "/");
        if (!is_plain_name(path, length))
            return 0;
        if (path[length] == '\0')
            return 1;
        path += length + 1;
    }
}

/* `target` begins with "/" and ends with a blank; what follows "?" is not of the
 * path.  A directory stands for its index. */
static int read_target(const char *target, char *path)
{
    static const char index[] = "index.html";
    size_t length = 0;
    for (target++; *target != ' ' && *target != '?';) {
        int byte = take_byte(&target);
        if (byte < 0)
            return 400;
        if (is_special(byte) || length == HTTP_PATH_SIZE - sizeof index)
            return 404;
        path[length++] = (char)byte;
    }
    path[length] = '\0';
    if (length == 0 || path[length - 1] == '/')
        strcpy(path + length, index);
    return is_plain_path(path) ? 200 : 404;
}

/* --- The request ---------------------------------------------------------------- */

/* Method, blank, target, blank, version: nothing else may be in that line. */
static _Bool is_well_formed(const char *line)
{
    const size_t method = strcspn(line, " \r");
    if (method == 0 || line[method] != ' ' || line[method + 1] == ' ')
        return 0;
    const char *target = line + method + 1;
    const char *version = target + strcspn(target, " \r");
    return strncmp(version, " HTTP/1.", 8) == 0 && version[8] >= '0' &&
           version[8] <= '9' && strncmp(version + 9, "\r\n", 2) == 0;
}

int http_request_read(const char *text, size_t size,
                      struct http_request *request)
{
    if (memchr(text, '\0', size) != NULL)
        return 400;
    if (http_request_length(text, size) == 0)
        return 431;
    if (!is_well_formed(text))
        return 400;
    request->wants_body = strncmp(text, "GET ", 4) == 0;
    if (!request->wants_body && strncmp(text, "HEAD ", 5) != 0)
        return 405;
    const char *target = strchr(text, ' ') + 1;
    return *target == '/' ? read_target(target, request->path) : 400;
}

/* --- The answer ----------------------------------------------------------------- */

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {{200, "OK"},
                   {400, "Bad Request"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {431, "Request Header Fields Too Large"},
                   {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Internal Server Error";
}

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".pdf", "application/pdf"}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

void http_write_head(char *head, size_t size, int status, const char *path,
                     int64_t length)
{
    snprintf(head, size,
             "HTTP/1.1 %d %s\r\n%sContent-Type: %s\r\n"
             "Content-Length: %" PRId64 "\r\nConnection: close\r\n\r\n",
             status, reason_of(status),
             status == 405 ? "Allow: GET, HEAD\r\n" : "",
             status == 200 ? type_of(path) : "text/plain", length);
}
