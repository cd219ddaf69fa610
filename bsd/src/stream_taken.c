/* stream_taken.c: what stands in the buffer of a stream of the C runtime that is
 * taken over.  It belongs to whatever is behind the number now. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#ifdef _UCRT

/* There it cannot be seen: a program has to flush before dup2(). */
void psock_guest_stream_inherit(struct psock_guest_stream *stream)
{
    (void)stream;
}

#else

static void inherit_output(struct psock_guest_stream *stream, FILE *file)
{
    size_t size = (size_t)(file->_ptr - file->_base);
    psock_guest_stream_put(stream, file->_base, size);
}

static void inherit_input(struct psock_guest_stream *stream, FILE *file)
{
    size_t size = (size_t)file->_cnt;
    stream->input = malloc(2 * stream->buffer_size + size);
    if (stream->input == NULL)
        return;
    stream->input_at = stream->buffer_size;
    stream->input_end = stream->buffer_size + size;
    memcpy(stream->input + stream->input_at, file->_ptr, size);
}

static bool has_buffer(const FILE *file, int flag)
{
    return file->_base != NULL && (file->_flag & flag) != 0;
}

void psock_guest_stream_inherit(struct psock_guest_stream *stream)
{
    FILE *file = stream->file;
    if (has_buffer(file, _IOWRT) && file->_ptr > file->_base)
        inherit_output(stream, file);
    else if (has_buffer(file, _IOREAD) && file->_cnt > 0)
        inherit_input(stream, file);
    file->_ptr = file->_base;
    file->_cnt = 0;
}

#endif
