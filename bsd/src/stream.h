/* stream.h: streams of ours, beside those of the C runtime.
 *
 * The C runtime's streams do not know of sockets, and what is behind the numbers of
 * those is nothing to it.  So fdopen() makes streams of our own there.  And a stream
 * of the C runtime (stdout) whose number has come to be a socket's (dup2()) is taken
 * over: from then on its buffers are ours.  Ours read and write by read() and
 * write(), so they may go back to a file. */
#ifndef PSOCK_GUEST_STREAM_H
#define PSOCK_GUEST_STREAM_H

#include "guest.h"

#include <stdio.h>

struct psock_guest_stream {
    FILE face;            /* what a program holds of one that is ours wholly */
    _Atomic(FILE *) file; /* &face, or the C runtime's; null: not used now */
    struct psock_guest_stream *next;
    struct psock_guest_stream *previous; /* of ours only */

    bool is_new; /* taken, and not looked into */
    int number;
    int mode; /* _IOFBF, _IOLBF, _IONBF */
    bool can_read;
    bool can_write;
    bool ended;
    bool failed;

    /* Made when first needed.  In front of the input is room for ungetc(). */
    unsigned char *input;
    size_t input_at;
    size_t input_end;
    unsigned char *output;
    size_t output_end;
    size_t buffer_size;

    /* Of one without a number: where writing goes, at which place as lseek() has
     * it, and what they need for that. */
    ssize_t (*write)(struct psock_guest_stream *stream, const void *bytes,
                     size_t size);
    long long (*seek)(struct psock_guest_stream *stream, long long offset,
                      int from);
    void *state;

    /* Of ours only: a thread may lock it again. */
    struct psock_guest_mutex mutex;
    _Atomic(void *) owner;
    unsigned depth;
};

#define PSOCK_GUEST_STREAM_BUFFER 4096

/* --- stream.c ---------------------------------------------------------------- */

/* The stream, locked, if `file` is one of ours, or has to be taken over now; null
 * if it is the C runtime's. */
struct psock_guest_stream *psock_guest_stream_enter(FILE *file);
void psock_guest_stream_leave(struct psock_guest_stream *stream);

/* The same in two steps, and without taking over. */
struct psock_guest_stream *psock_guest_stream_find(FILE *file);
void psock_guest_stream_lock(struct psock_guest_stream *stream);

/* Of one that is ours wholly: false where another thread has it. */
bool psock_guest_stream_try_lock(struct psock_guest_stream *stream);

/* Whether what is behind a number is nothing to the C runtime. */
bool psock_guest_stream_is_needed(int number);

/* Makes it one of ours whatever is behind its number; null without memory. */
struct psock_guest_stream *psock_guest_stream_take(FILE *file);

/* A stream that is ours wholly; null without memory. */
struct psock_guest_stream *psock_guest_stream_make(int number, bool can_read,
                                                   bool can_write);

/* Its end: nobody else has it by now. */
void psock_guest_stream_forget(struct psock_guest_stream *stream);

/* Throws away what is buffered, and the flags. */
void psock_guest_stream_clear(struct psock_guest_stream *stream);

/* 0 or EOF. */
int psock_guest_stream_flush_all(void);

/* What setvbuf() said of stdin and so on, for when they are taken over. */
void psock_guest_stream_remember_mode(int number, int mode);

static inline bool
psock_guest_stream_is_made(const struct psock_guest_stream *stream)
{
    return stream->file == &stream->face;
}

/* --- stream_taken.c ---------------------------------------------------------- */

/* Moves what the C runtime has buffered; under the stream's lock. */
void psock_guest_stream_inherit(struct psock_guest_stream *stream);

/* --- stream_buffer.c: of a stream that is locked ------------------------------ */

/* How many bytes were taken: all, unless writing failed. */
size_t psock_guest_stream_put(struct psock_guest_stream *stream,
                              const void *bytes, size_t size);

/* Writes what is buffered: 0 or EOF. */
int psock_guest_stream_flush(struct psock_guest_stream *stream);

/* How many bytes were read: `size`, unless the end came or reading failed. */
size_t psock_guest_stream_get(struct psock_guest_stream *stream, void *bytes,
                              size_t size);

/* The next byte or EOF. */
int psock_guest_stream_byte(struct psock_guest_stream *stream);
int psock_guest_stream_unget(struct psock_guest_stream *stream, int byte);

/* Makes sure that there is something between input_at and input_end. */
bool psock_guest_stream_fill(struct psock_guest_stream *stream);

void psock_guest_stream_set_mode(struct psock_guest_stream *stream, int mode,
                                 size_t size);
long long psock_guest_stream_tell(struct psock_guest_stream *stream);
int psock_guest_stream_seek(struct psock_guest_stream *stream, long long offset,
                            int from);

/* --- The C runtime's own ------------------------------------------------------- */

#define RUNTIME_NAME(name) __asm__(_PSOCK_BSD_TEXT(__USER_LABEL_PREFIX__) #name)

int runtime_fclose(FILE *file) RUNTIME_NAME(fclose);
FILE *runtime_freopen(const char *path, const char *mode, FILE *file)
    RUNTIME_NAME(freopen);
int runtime_fflush(FILE *file) RUNTIME_NAME(fflush);
int runtime_setvbuf(FILE *file, char *buffer, int mode, size_t size)
    RUNTIME_NAME(setvbuf);
int runtime_fgetc(FILE *file) RUNTIME_NAME(fgetc);
char *runtime_fgets(char *text, int size, FILE *file) RUNTIME_NAME(fgets);
size_t runtime_fread(void *items, size_t size, size_t count, FILE *file)
    RUNTIME_NAME(fread);
int runtime_ungetc(int byte, FILE *file) RUNTIME_NAME(ungetc);
int runtime_fputc(int byte, FILE *file) RUNTIME_NAME(fputc);
int runtime_fputs(const char *text, FILE *file) RUNTIME_NAME(fputs);
int runtime_puts(const char *text) RUNTIME_NAME(puts);
size_t runtime_fwrite(const void *items, size_t size, size_t count, FILE *file)
    RUNTIME_NAME(fwrite);
int runtime_feof(FILE *file) RUNTIME_NAME(feof);
int runtime_ferror(FILE *file) RUNTIME_NAME(ferror);
void runtime_clearerr(FILE *file) RUNTIME_NAME(clearerr);

#endif
