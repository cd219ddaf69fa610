/* stream_mode.c: how streams are buffered and flushed. */
#include "stream.h"

/* --- Flushing ----------------------------------------------------------------- */

int fflush(FILE *file)
{
    if (file == NULL) {
        int result = psock_guest_stream_flush_all();
        return runtime_fflush(NULL) == 0 ? result : EOF;
    }
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fflush(file);
    int result = psock_guest_stream_flush(stream);
    psock_guest_stream_leave(stream);
    return result;
}

/* --- Buffering ------------------------------------------------------------------ */

int setvbuf(FILE *restrict file, char *restrict buffer, int mode, size_t size)
{
    if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF)
        return psock_guest_fail(EINVAL);
    psock_guest_stream_remember_mode(fileno(file), mode);
    if (mode == _IOLBF)
        psock_guest_stream_take(file); /* the C runtime does not know lines */
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_setvbuf(file, buffer, mode, size < 2 ? BUFSIZ : size);
    psock_guest_stream_set_mode(stream, mode, buffer != NULL ? size : 0);
    psock_guest_stream_leave(stream);
    return 0;
}

void setbuffer(FILE *file, char *buffer, size_t size)
{
    setvbuf(file, buffer, buffer != NULL ? _IOFBF : _IONBF, size);
}

void setbuf(FILE *restrict file, char *restrict buffer)
{
    setbuffer(file, buffer, BUFSIZ);
}

void setlinebuf(FILE *file)
{
    setvbuf(file, NULL, _IOLBF, 0);
}
