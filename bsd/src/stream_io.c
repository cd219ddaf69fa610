/* stream_io.c: reading and writing of streams, ours and the C runtime's. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* --- Reading ------------------------------------------------------------------ */

int fgetc(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fgetc(file);
    int byte = psock_guest_stream_byte(stream);
    psock_guest_stream_leave(stream);
    return byte;
}

int getchar(void)
{
    return fgetc(stdin);
}

int ungetc(int byte, FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_ungetc(byte, file);
    int result = psock_guest_stream_unget(stream, byte);
    psock_guest_stream_leave(stream);
    return result;
}

size_t fread(void *restrict items, size_t size, size_t count,
             FILE *restrict file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fread(items, size, count, file);
    size_t got = psock_guest_stream_get(stream, items, size * count);
    psock_guest_stream_leave(stream);
    return size > 0 ? got / size : 0;
}

/* Copies at most `size` bytes, up to `end`, of what is buffered. */
static size_t take_until(struct psock_guest_stream *stream, char *to,
                         size_t size, int end)
{
    const unsigned char *from = stream->input + stream->input_at;
    size_t there = stream->input_end - stream->input_at;
    size_t part = size < there ? size : there;
    const unsigned char *last = memchr(from, end, part);
    if (last != NULL)
        part = (size_t)(last - from) + 1;
    memcpy(to, from, part);
    stream->input_at += part;
    return part;
}

/* An error loses what was read before it; the end does not. */
static char *get_line(struct psock_guest_stream *stream, char *text,
                      size_t size)
{
    size_t length = 0;
    while (length + 1 < size && psock_guest_stream_fill(stream)) {
        length += take_until(stream, text + length, size - 1 - length, '\n');
        if (text[length - 1] == '\n')
            break;
    }
    if (size > 1 &&
        (length == 0 ||
         (stream->failed && text[length - 1] != '\n' && length + 1 < size)))
        return NULL;
    text[length] = '\0';
    return text;
}

char *fgets(char *restrict text, int size, FILE *restrict file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fgets(text, size, file);
    char *result = size > 0 ? get_line(stream, text, (size_t)size) : NULL;
    psock_guest_stream_leave(stream);
    return result;
}

/* --- Lines of any length -------------------------------------------------------- */

static bool grow(char **line, size_t *size, size_t needed)
{
    if (*line != NULL && *size >= needed)
        return true;
    size_t larger = needed < 120 ? 120 : needed * 2;
    char *grown = realloc(*line, larger);
    if (grown == NULL)
        return false;
    *line = grown;
    *size = larger;
    return true;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int end,
                 FILE *restrict file)
{
    if (line == NULL || size == NULL)
        return psock_guest_fail(EINVAL);
    if (*line == NULL)
        *size = 0;
    flockfile(file);
    size_t length = 0;
    int byte = 0;
    while (length == 0 || byte != (unsigned char)end) {
        byte = fgetc(file);
        if (byte == EOF || !grow(line, size, length + 2))
            break;
        (*line)[length++] = (char)byte;
        (*line)[length] = '\0';
    }
    funlockfile(file);
    return length > 0 ? (ssize_t)length : -1;
}

ssize_t getline(char **restrict line, size_t *restrict size,
                FILE *restrict file)
{
    return getdelim(line, size, '\n', file);
}

/* --- Writing ------------------------------------------------------------------ */

int fputc(int byte, FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fputc(byte, file);
    unsigned char value = (unsigned char)byte;
    size_t put = psock_guest_stream_put(stream, &value, 1);
    psock_guest_stream_leave(stream);
    return put == 1 ? value : EOF;
}

int putchar(int byte)
{
    return fputc(byte, stdout);
}

size_t fwrite(const void *restrict items, size_t size, size_t count,
              FILE *restrict file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fwrite(items, size, count, file);
    size_t put = psock_guest_stream_put(stream, items, size * count);
    psock_guest_stream_leave(stream);
    return size > 0 ? put / size : 0;
}

int fputs(const char *restrict text, FILE *restrict file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fputs(text, file);
    size_t length = strlen(text);
    size_t put = psock_guest_stream_put(stream, text, length);
    psock_guest_stream_leave(stream);
    return put == length ? 1 : EOF;
}

/* The end of the line goes with it, for those that send at once. */
int puts(const char *text)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(stdout);
    if (stream == NULL)
        return runtime_puts(text);
    size_t length = strlen(text);
    size_t put = psock_guest_stream_put(stream, text, length);
    if (put == length)
        put += psock_guest_stream_put(stream, "\n", 1);
    psock_guest_stream_leave(stream);
    return put == length + 1 ? 1 : EOF;
}

/* --- Places, and what happened -------------------------------------------------- */

int fseeko(FILE *file, off_t offset, int from)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return _fseeki64(file, offset, from);
    int result = psock_guest_stream_seek(stream, offset, from);
    psock_guest_stream_leave(stream);
    return result;
}

int fseek(FILE *file, long offset, int from)
{
    return fseeko(file, offset, from);
}

off_t ftello(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return _ftelli64(file);
    long long place = psock_guest_stream_tell(stream);
    psock_guest_stream_leave(stream);
    return place;
}

long ftell(FILE *file)
{
    off_t place = ftello(file);
    return place <= INT32_MAX ? (long)place : psock_guest_fail(EOVERFLOW);
}

void rewind(FILE *file)
{
    fseeko(file, 0, SEEK_SET);
    clearerr(file);
}

int fgetpos(FILE *restrict file, fpos_t *restrict place)
{
    *place = ftello(file);
    return *place < 0 ? -1 : 0;
}

int fsetpos(FILE *file, const fpos_t *place)
{
    return fseeko(file, *place, SEEK_SET);
}

int feof(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_feof(file);
    bool ended = stream->ended;
    psock_guest_stream_leave(stream);
    return ended;
}

int ferror(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_ferror(file);
    bool failed = stream->failed;
    psock_guest_stream_leave(stream);
    return failed;
}

void clearerr(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL) {
        runtime_clearerr(file);
        return;
    }
    stream->ended = false;
    stream->failed = false;
    psock_guest_stream_leave(stream);
}
