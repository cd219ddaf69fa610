/* stream_open.c: fopen(), fdopen(), freopen() and fclose(). */
#include "stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- Opening ------------------------------------------------------------------ */

/* What a mode of fopen() means to open(); -1 for none. */
static int flags_of(const char *mode)
{
    bool both = strchr(mode, '+') != NULL;
    int more = strchr(mode, 'x') != NULL ? O_EXCL : 0;
    more |= strchr(mode, 'e') != NULL ? O_CLOEXEC : 0;
    switch (mode[0]) {
    case 'r':
        return (both ? O_RDWR : O_RDONLY) | more;
    case 'w':
        return (both ? O_RDWR : O_WRONLY) | O_CREAT | O_TRUNC | more;
    case 'a':
        return (both ? O_RDWR : O_WRONLY) | O_CREAT | O_APPEND | more;
    default:
        return -1;
    }
}

/* Without the letters that the C runtime does not know. */
static void plain_mode(const char *mode, char plain[4])
{
    bool both = strchr(mode, '+') != NULL;
    plain[0] = mode[0];
    plain[1] = both ? '+' : 'b';
    plain[2] = both ? 'b' : '\0';
    plain[3] = '\0';
}

static bool allows(int fd, int flags)
{
    int has = fcntl(fd, F_GETFL);
    if (has < 0)
        return false;
    has &= O_ACCMODE;
    if (has == O_RDWR || has == (flags & O_ACCMODE))
        return true;
    errno = EINVAL;
    return false;
}

FILE *fdopen(int fd, const char *mode)
{
    int flags = flags_of(mode);
    if (flags == -1) {
        errno = EINVAL;
        return NULL;
    }
    if (!allows(fd, flags))
        return NULL;
    if (!psock_guest_stream_is_needed(fd)) {
        char plain[4];
        plain_mode(mode, plain);
        FILE *file = _fdopen(fd, plain);
        if (file == NULL)
            errno = EMFILE;
        return file;
    }
    flags &= O_ACCMODE;
    struct psock_guest_stream *stream =
        psock_guest_stream_make(fd, flags != O_WRONLY, flags != O_RDONLY);
    return stream != NULL ? stream->file : NULL;
}

/* The name goes through our open(), which knows /dev/null. */
FILE *fopen(const char *restrict path, const char *restrict mode)
{
    int flags = flags_of(mode);
    if (flags == -1) {
        errno = EINVAL;
        return NULL;
    }
    int fd = open(path, flags, 0666);
    if (fd < 0)
        return NULL;
    FILE *file = fdopen(fd, mode);
    if (file == NULL)
        close(fd);
    return file;
}

int fileno(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_find(file);
    int number = stream != NULL ? stream->number : _fileno(file);
    return number >= 0 ? number : psock_guest_fail(EBADF);
}

/* --- Closing ------------------------------------------------------------------ */

static int close_made(struct psock_guest_stream *stream)
{
    int result = psock_guest_stream_flush(stream);
    int number = errno;
    if (stream->number >= 0 && close(stream->number) != 0)
        result = EOF;
    else
        errno = number;
    psock_guest_stream_leave(stream);
    psock_guest_stream_forget(stream);
    return result;
}

/* Makes it the C runtime's again, unlocked.  That will close the number itself, so
 * the description is taken out of it before, to be let go of after. */
static struct psock_guest *give_back(struct psock_guest_stream *stream)
{
    struct psock_guest *guest = psock_guest_release(stream->number);
    FILE *file = stream->file;
    psock_guest_stream_clear(stream);
    stream->file = NULL;
    _unlock_file(file);
    return guest;
}

static int close_taken(struct psock_guest_stream *stream)
{
    FILE *file = stream->file;
    int result = psock_guest_stream_flush(stream);
    struct psock_guest *guest = give_back(stream);
    if (runtime_fclose(file) != 0)
        result = EOF;
    if (guest != NULL)
        psock_guest_drop(guest);
    return result;
}

int fclose(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream == NULL)
        return runtime_fclose(file);
    return psock_guest_stream_is_made(stream) ? close_made(stream)
                                              : close_taken(stream);
}

/* A stream of ours reads and writes files as well. */
static FILE *open_again(struct psock_guest_stream *stream, const char *path,
                        int flags)
{
    psock_guest_stream_flush(stream);
    psock_guest_stream_clear(stream);
    int fd = open(path, flags, 0666);
    if (fd < 0) {
        close_made(stream);
        return NULL;
    }
    dup2(fd, stream->number);
    close(fd);
    stream->can_read = (flags & O_ACCMODE) != O_WRONLY;
    stream->can_write = (flags & O_ACCMODE) != O_RDONLY;
    psock_guest_stream_leave(stream);
    return stream->file;
}

/* The C runtime opens it by itself, for its own stream. */
static FILE *runtime_open_again(FILE *file, const char *path, const char *mode)
{
    char plain[4];
    bool null = path != NULL && strcmp(path, "/dev/null") == 0;
    plain_mode(mode, plain);
    return runtime_freopen(null ? "NUL" : path, plain, file);
}

FILE *freopen(const char *restrict path, const char *restrict mode,
              FILE *restrict file)
{
    int flags = flags_of(mode);
    struct psock_guest *guest = NULL;
    struct psock_guest_stream *stream = psock_guest_stream_enter(file);
    if (stream != NULL && psock_guest_stream_is_made(stream) && path != NULL)
        return open_again(stream, path, flags);
    if (stream != NULL) {
        psock_guest_stream_flush(stream);
        guest = give_back(stream);
    }
    FILE *result = runtime_open_again(file, path, mode);
    if (guest != NULL)
        psock_guest_drop(guest);
    return result;
}
