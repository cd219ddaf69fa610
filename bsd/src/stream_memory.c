/* stream_memory.c: open_memstream(): a stream of ours with no number. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* Where the caller is told of the text after each flush. */
struct memory {
    char **text;
    size_t *size;
    char *buffer; /* with a zero behind its length */
    size_t length;
    size_t place; /* may be behind the end: what is between will be zero */
};

static void tell(const struct memory *memory)
{
    *memory->text = memory->buffer;
    *memory->size =
        memory->place < memory->length ? memory->place : memory->length;
}

static bool lengthen(struct memory *memory, size_t length)
{
    if (length <= memory->length)
        return true;
    char *grown = realloc(memory->buffer, length + 1);
    if (grown == NULL)
        return false;
    memset(grown + memory->length, 0, length + 1 - memory->length);
    memory->buffer = grown;
    memory->length = length;
    return true;
}

static ssize_t put(struct psock_guest_stream *stream, const void *bytes,
                   size_t size)
{
    struct memory *memory = stream->state;
    if (!lengthen(memory, memory->place + size))
        return psock_guest_fail(ENOMEM);
    memcpy(memory->buffer + memory->place, bytes, size);
    memory->place += size;
    tell(memory);
    return (ssize_t)size;
}

static long long seek(struct psock_guest_stream *stream, long long offset,
                      int from)
{
    struct memory *memory = stream->state;
    if (from == SEEK_CUR)
        offset += (long long)memory->place;
    else if (from == SEEK_END)
        offset += (long long)memory->length;
    else if (from != SEEK_SET)
        offset = -1;
    if (offset < 0)
        return psock_guest_fail(EINVAL);
    memory->place = (size_t)offset;
    tell(memory);
    return offset;
}

static struct memory *new_memory(char **text, size_t *size)
{
    struct memory *memory = malloc(sizeof *memory);
    char *buffer = calloc(1, 1);
    if (memory == NULL || buffer == NULL) {
        free(memory);
        free(buffer);
        return NULL;
    }
    *memory = (struct memory){text, size, buffer, 0, 0};
    tell(memory);
    return memory;
}

FILE *open_memstream(char **text, size_t *size)
{
    struct memory *memory = new_memory(text, size);
    if (memory == NULL)
        return NULL;
    struct psock_guest_stream *stream =
        psock_guest_stream_make(-1, false, true);
    if (stream == NULL) {
        free(memory->buffer);
        free(memory);
        return NULL;
    }
    stream->state = memory;
    stream->write = put;
    stream->seek = seek;
    return stream->file;
}
