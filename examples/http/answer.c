/* answer.c: see answer.h. */
#include "answer.h"

#include <string.h>

/* --- Bytes and lines -------------------------------------------------------- */

/* Makes sure that something is there.  Returns above zero, 0 at the end, or an
 * error. */
static ptrdiff_t fill(struct http_answer *answer)
{
    if (answer->begin < answer->end)
        return 1;
    ptrdiff_t size = psock_recv(answer->server, answer->room, HTTP_ROOM, 0,
                                answer->deadline);
    answer->begin = 0;
    answer->end = size > 0 ? (size_t)size : 0;
    return size;
}

/* Nothing that would move a cursor, if somebody prints it. */
static _Bool is_text(char byte)
{
    return (unsigned char)byte >= ' ' ? byte != 0x7f : byte == '\t';
}

/* Reads one line into `line`, without the CR LF that ends it. */
static int read_line(struct http_answer *answer, char line[HTTP_LINE_SIZE])
{
    size_t length = 0;
    if (++answer->lines > HTTP_MOST_LINES)
        return PSOCK_EPROTO;
    while (length < HTTP_LINE_SIZE) {
        ptrdiff_t result = fill(answer);
        if (result <= 0)
            return result == 0 ? PSOCK_EEOF : (int)result;
        char byte = answer->room[answer->begin++];
        if (length > 0 && line[length - 1] == '\r') {
            line[length - 1] = '\0';
            return byte == '\n' ? 0 : PSOCK_EPROTO;
        }
        if (byte != '\r' && !is_text(byte))
            return PSOCK_EPROTO;
        line[length++] = byte;
    }
    return PSOCK_EPROTO;
}

/* Reads the digits at `text`, which are one or more.  Returns where they end, or
 * null. */
static const char *read_number(const char *text, unsigned base,
                               uint64_t *number)
{
    static const char digits[] = "00112233445566778899aAbBcCdDeEfF";
    const char *const begin = text;
    const char *digit;
    *number = 0;
    for (; *text != '\0' && (digit = strchr(digits, *text)) != NULL; text++) {
        const unsigned value = (unsigned)(digit - digits) / 2;
        if (value >= base || *number > UINT64_MAX / base - 1)
            return NULL;
        *number = *number * base + value;
    }
    return text > begin ? text : NULL;
}

/* --- The head --------------------------------------------------------------- */

/* "HTTP/1.1 200 OK" */
static int read_status(struct http_answer *answer)
{
    uint64_t status = 0;
    int error = read_line(answer, answer->line);
    if (error < 0)
        return error;
    const char *line = answer->line;
    if (strncmp(line, "HTTP/1.", 7) != 0 ||
        (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
        strcspn(line + 9, " ") != 3)
        return PSOCK_EPROTO;
    const char *end = read_number(line + 9, 10, &status);
    answer->status = (int)status;
    return end == line + 12 && status >= 100 ? 0 : PSOCK_EPROTO;
}

/* Twice the same is the same. */
static int take_length(struct http_answer *answer, const char *value)
{
    uint64_t length;
    const char *end = read_number(value, 10, &length);
    if (end == NULL || *end != '\0' || answer->framing == HTTP_CHUNKED ||
        (answer->framing == HTTP_LENGTH && answer->length != length))
        return PSOCK_EPROTO;
    answer->framing = HTTP_LENGTH;
    answer->length = length;
    return 0;
}

static _Bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static _Bool is_word(const char *text, size_t length, const char *word)
{
    for (size_t i = 0; i < length; i++, word++) {
        const char lower = text[i] >= 'A' && text[i] <= 'Z'
                               ? (char)(text[i] - 'A' + 'a')
                               : text[i];
        if (lower != *word)
            return 0;
    }
    return *word == '\0';
}

/* No other coding was asked for.  With a length beside it, nobody could tell where
 * the answer ends. */
static int take_coding(struct http_answer *answer, const char *value)
{
    if (answer->framing != HTTP_UNTIL_END ||
        !is_word(value, strlen(value), "chunked"))
        return PSOCK_EPROTO;
    answer->framing = HTTP_CHUNKED;
    return 0;
}

static const struct {
    const char *name;
    int (*take)(struct http_answer *answer, const char *value);
} fields[] = {
    {"content-length", take_length},
    {"transfer-encoding", take_coding},
};

/* "Name: value"; lines that go on in the next are of the past. */
static int take_field(struct http_answer *answer, char *line)
{
    const size_t length = strcspn(line, ": \t");
    if (length == 0 || line[length] != ':')
        return PSOCK_EPROTO;
    const char *value = line + length + 1;
    value += strspn(value, " \t");
    for (char *end = strchr(line, '\0'); end > value && is_blank(end[-1]);)
        *--end = '\0';
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (is_word(line, length, fields[i].name))
            return fields[i].take(answer, value);
    return 0;
}

/* Of the fields after a body nothing is taken. */
static int read_fields(struct http_answer *answer, _Bool takes)
{
    char line[HTTP_LINE_SIZE];
    int error;
    while ((error = read_line(answer, line)) == 0 && line[0] != '\0')
        if (takes && (error = take_field(answer, line)) < 0)
            break;
    return error;
}

int http_read_head(struct http_answer *answer)
{
    int error;
    do { /* what comes before the answer, such as 103, counts for nothing */
        answer->framing = HTTP_UNTIL_END;
        error = read_status(answer);
        if (error == 0)
            error = read_fields(answer, 1);
    } while (error == 0 && answer->status < 200);
    if (answer->status == 204 || answer->status == 304) {
        answer->framing = HTTP_LENGTH;
        answer->length = 0;
    }
    if (answer->framing != HTTP_CHUNKED)
        answer->left =
            answer->framing == HTTP_LENGTH ? answer->length : UINT64_MAX;
    return error;
}

/* --- The body --------------------------------------------------------------- */

/* "<size>[;<extension>]" in hexadecimal. */
static int read_chunk_size(struct http_answer *answer)
{
    char line[HTTP_LINE_SIZE];
    int error = read_line(answer, line);
    if (error < 0)
        return error;
    const char *end = read_number(line, 16, &answer->left);
    if (end == NULL)
        return PSOCK_EPROTO;
    end += strspn(end, " \t");
    return *end == '\0' || *end == ';' ? 0 : PSOCK_EPROTO;
}

/* Behind a chunk there is an empty line. */
static int end_chunk(struct http_answer *answer)
{
    char line[HTTP_LINE_SIZE];
    int error = read_line(answer, line);
    return error == 0 && line[0] != '\0' ? PSOCK_EPROTO : error;
}

/* The last has no bytes. */
static int begin_chunk(struct http_answer *answer)
{
    answer->lines = 0;
    int error = answer->chunks++ > 0 ? end_chunk(answer) : 0;
    if (error == 0)
        error = read_chunk_size(answer);
    if (error < 0 || answer->left > 0)
        return error;
    answer->is_over = 1;
    return read_fields(answer, 0);
}

static ptrdiff_t take_piece(struct http_answer *answer, const char **piece)
{
    ptrdiff_t result = fill(answer);
    if (result <= 0)
        return result == 0 && answer->framing != HTTP_UNTIL_END ? PSOCK_EEOF
                                                                : result;
    size_t size = answer->end - answer->begin;
    if (size > answer->left)
        size = (size_t)answer->left;
    *piece = answer->room + answer->begin;
    answer->begin += size;
    answer->left -= size;
    return (ptrdiff_t)size;
}

ptrdiff_t http_read_body(struct http_answer *answer, const char **piece)
{
    if (answer->framing == HTTP_CHUNKED && answer->left == 0 &&
        !answer->is_over) {
        int error = begin_chunk(answer);
        if (error < 0)
            return error;
    }
    return answer->left == 0 ? 0 : take_piece(answer, piece);
}
