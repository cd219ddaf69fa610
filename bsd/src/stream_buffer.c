/* stream_buffer.c: the buffers of a stream of ours, which somebody has locked. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM_TO_UNGET 8

/* Returns whether it stands there. */
static bool make_buffer(unsigned char **buffer, size_t size)
{
    if (*buffer == NULL)
        *buffer = malloc(size);
    return *buffer != NULL;
}

static bool fail(struct psock_guest_stream *stream, int number)
{
    stream->failed = true;
    errno = number;
    return false;
}

/* --- Writing ------------------------------------------------------------------ */

static ssize_t write_some(struct psock_guest_stream *stream,
                          const unsigned char *bytes, size_t size)
{
    return stream->write != NULL ? stream->write(stream, bytes, size)
                                 : write(stream->number, bytes, size);
}

/* Returns how much went out.  write() may take a part only. */
static size_t write_out(struct psock_guest_stream *stream,
                        const unsigned char *bytes, size_t size)
{
    size_t sum = 0;
    while (sum < size) {
        ssize_t written = write_some(stream, bytes + sum, size - sum);
        if (written < 0) {
            stream->failed = true;
            break;
        }
        sum += (size_t)written;
    }
    return sum;
}

/* What could not be written is lost, as with glibc. */
int psock_guest_stream_flush(struct psock_guest_stream *stream)
{
    size_t size = stream->output_end;
    stream->output_end = 0;
    if (size == 0)
        return 0;
    return write_out(stream, stream->output, size) == size ? 0 : EOF;
}

static size_t add_to_buffer(struct psock_guest_stream *stream,
                            const unsigned char *bytes, size_t size)
{
    size_t room = stream->buffer_size - stream->output_end;
    size_t part = size < room ? size : room;
    memcpy(stream->output + stream->output_end, bytes, part);
    stream->output_end += part;
    return part;
}

/* Whole blocks go out past the buffer when it is empty. */
static size_t put_buffered(struct psock_guest_stream *stream,
                           const unsigned char *bytes, size_t size)
{
    size_t sum = 0;
    while (sum < size) {
        size_t left = size - sum;
        if (stream->output_end == stream->buffer_size &&
            psock_guest_stream_flush(stream) == EOF)
            break;
        if (stream->output_end == 0 && left >= stream->buffer_size) {
            size_t blocks = left - left % stream->buffer_size;
            size_t written = write_out(stream, bytes + sum, blocks);
            sum += written;
            if (written < blocks)
                break;
            continue;
        }
        sum += add_to_buffer(stream, bytes + sum, left);
    }
    return sum;
}

/* How much of it goes out at once: all up to the last line's end. */
static size_t lines_in(const unsigned char *bytes, size_t size)
{
    const unsigned char *last = memrchr(bytes, '\n', size);
    return last != NULL ? (size_t)(last - bytes) + 1 : 0;
}

static size_t put_lines(struct psock_guest_stream *stream,
                        const unsigned char *bytes, size_t size)
{
    size_t lines = lines_in(bytes, size);
    if (lines > 0) {
        size_t put = put_buffered(stream, bytes, lines);
        if (put < lines || psock_guest_stream_flush(stream) == EOF)
            return put < lines ? put : 0;
    }
    return lines + put_buffered(stream, bytes + lines, size - lines);
}

size_t psock_guest_stream_put(struct psock_guest_stream *stream,
                              const void *bytes, size_t size)
{
    if (!stream->can_write)
        return fail(stream, EBADF);
    if (stream->mode == _IONBF)
        return write_out(stream, bytes, size);
    if (!make_buffer(&stream->output, stream->buffer_size))
        return fail(stream, ENOMEM);
    return stream->mode == _IOLBF ? put_lines(stream, bytes, size)
                                  : put_buffered(stream, bytes, size);
}

/* --- Reading ------------------------------------------------------------------ */

static size_t read_in(struct psock_guest_stream *stream, void *bytes,
                      size_t size)
{
    ssize_t result = read(stream->number, bytes, size);
    stream->ended |= result == 0;
    stream->failed |= result < 0;
    return result > 0 ? (size_t)result : 0;
}

/* A question has to be out before an answer is waited for.  The end, once seen,
 * stays until clearerr(). */
static bool may_read(struct psock_guest_stream *stream)
{
    if (!stream->can_read)
        return fail(stream, EBADF);
    return !stream->ended && psock_guest_stream_flush(stream) == 0;
}

bool psock_guest_stream_fill(struct psock_guest_stream *stream)
{
    if (stream->input_at < stream->input_end)
        return true;
    if (!may_read(stream))
        return false;
    if (!make_buffer(&stream->input, ROOM_TO_UNGET + stream->buffer_size))
        return fail(stream, ENOMEM);
    stream->input_at = ROOM_TO_UNGET;
    stream->input_end = ROOM_TO_UNGET;
    stream->input_end +=
        read_in(stream, stream->input + ROOM_TO_UNGET,
                stream->mode == _IONBF ? 1 : stream->buffer_size);
    return stream->input_at < stream->input_end;
}

static size_t take_buffered(struct psock_guest_stream *stream,
                            unsigned char *bytes, size_t size)
{
    size_t there = stream->input_end - stream->input_at;
    size_t part = size < there ? size : there;
    if (part > 0)
        memcpy(bytes, stream->input + stream->input_at, part);
    stream->input_at += part;
    return part;
}

/* What would fill a buffer goes past it. */
size_t psock_guest_stream_get(struct psock_guest_stream *stream, void *bytes,
                              size_t size)
{
    unsigned char *to = bytes;
    size_t sum = take_buffered(stream, to, size);
    while (sum < size) {
        size_t part = 0;
        if (size - sum < stream->buffer_size && stream->mode != _IONBF) {
            if (psock_guest_stream_fill(stream))
                part = take_buffered(stream, to + sum, size - sum);
        } else if (may_read(stream)) {
            part = read_in(stream, to + sum, size - sum);
        }
        if (part == 0)
            break;
        sum += part;
    }
    return sum;
}

int psock_guest_stream_byte(struct psock_guest_stream *stream)
{
    return psock_guest_stream_fill(stream) ? stream->input[stream->input_at++]
                                           : EOF;
}

int psock_guest_stream_unget(struct psock_guest_stream *stream, int byte)
{
    if (byte == EOF ||
        !make_buffer(&stream->input, ROOM_TO_UNGET + stream->buffer_size))
        return EOF;
    if (stream->input_at == stream->input_end) {
        stream->input_at = ROOM_TO_UNGET;
        stream->input_end = ROOM_TO_UNGET;
    }
    if (stream->input_at == 0)
        return EOF;
    stream->input[--stream->input_at] = (unsigned char)byte;
    stream->ended = false;
    return (unsigned char)byte;
}

/* --- Buffering, and places ------------------------------------------------------ */

/* The size counts while there is no buffer yet. */
void psock_guest_stream_set_mode(struct psock_guest_stream *stream, int mode,
                                 size_t size)
{
    psock_guest_stream_flush(stream);
    stream->mode = mode;
    if (size > 0 && stream->input == NULL && stream->output == NULL)
        stream->buffer_size = size;
}

static long long move(struct psock_guest_stream *stream, long long offset,
                      int from)
{
    return stream->seek != NULL ? stream->seek(stream, offset, from)
                                : lseek(stream->number, offset, from);
}

long long psock_guest_stream_tell(struct psock_guest_stream *stream)
{
    long long place = move(stream, 0, SEEK_CUR);
    if (place < 0)
        return -1;
    return place - (long long)(stream->input_end - stream->input_at) +
           (long long)stream->output_end;
}

int psock_guest_stream_seek(struct psock_guest_stream *stream, long long offset,
                            int from)
{
    if (psock_guest_stream_flush(stream) == EOF)
        return -1;
    if (from == SEEK_CUR)
        offset -= (long long)(stream->input_end - stream->input_at);
    if (move(stream, offset, from) < 0)
        return -1;
    stream->input_at = stream->input_end;
    stream->ended = false;
    return 0;
}
