/* stream.c: which streams are ours: finding, making and forgetting them. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

/* What stands first in a stream of ours, and in no stream of the C runtime, which
 * has a pointer into its buffer there. */
static char mark;

static struct psock_guest_mutex list_mutex;
static struct psock_guest_stream *made; /* by fdopen(), under the mutex */

/* Of the C runtime's, found without a lock: they are never taken out, only used
 * again. */
static _Atomic(struct psock_guest_stream *) taken;

/* As setvbuf() has set it of stdin, stdout and stderr before they were taken. */
#define STANDARD_COUNT 3
static int standard_modes[STANDARD_COUNT] = {_IOFBF, _IOFBF, _IONBF};

/* --- Locks -------------------------------------------------------------------- */

/* errno has a place of its own in each thread. */
static void *this_thread(void)
{
    return &errno;
}

static bool is_locked_here(struct psock_guest_stream *stream)
{
    return atomic_load_explicit(&stream->owner, memory_order_relaxed) ==
           this_thread();
}

static void count_lock(struct psock_guest_stream *stream)
{
    atomic_store_explicit(&stream->owner, this_thread(), memory_order_relaxed);
    stream->depth++;
}

void psock_guest_stream_lock(struct psock_guest_stream *stream)
{
    if (!psock_guest_stream_is_made(stream)) {
        _lock_file(stream->file);
        return;
    }
    if (!is_locked_here(stream))
        psock_guest_lock(&stream->mutex);
    count_lock(stream);
}

bool psock_guest_stream_try_lock(struct psock_guest_stream *stream)
{
    if (!is_locked_here(stream) && !psock_guest_try_lock(&stream->mutex))
        return false;
    count_lock(stream);
    return true;
}

void psock_guest_stream_leave(struct psock_guest_stream *stream)
{
    if (!psock_guest_stream_is_made(stream)) {
        _unlock_file(stream->file);
        return;
    }
    if (--stream->depth > 0)
        return;
    atomic_store_explicit(&stream->owner, NULL, memory_order_relaxed);
    psock_guest_unlock(&stream->mutex);
}

/* --- Finding ------------------------------------------------------------------ */

static bool is_ours(FILE *file)
{
    void *first;
    memcpy(&first, file, sizeof first);
    return first == &mark;
}

static struct psock_guest_stream *find_taken(FILE *file)
{
    struct psock_guest_stream *stream = atomic_load(&taken);
    while (stream != NULL && stream->file != file)
        stream = stream->next;
    return stream;
}

struct psock_guest_stream *psock_guest_stream_find(FILE *file)
{
    return is_ours(file) ? (struct psock_guest_stream *)(void *)file
                         : find_taken(file);
}

bool psock_guest_stream_is_needed(int fd)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL)
        return false;
    psock_guest_drop(guest);
    return true;
}

struct psock_guest_stream *psock_guest_stream_enter(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_find(file);
    if (stream == NULL && psock_guest_stream_is_needed(_fileno(file)))
        stream = psock_guest_stream_take(file);
    if (stream == NULL)
        return NULL;
    psock_guest_stream_lock(stream);
    if (stream->is_new) {
        stream->is_new = false;
        psock_guest_stream_inherit(stream);
    }
    return stream;
}

/* --- Making ------------------------------------------------------------------- */

static void set_up(struct psock_guest_stream *stream, int number, int mode)
{
    stream->number = number;
    stream->mode = mode;
    stream->buffer_size = PSOCK_GUEST_STREAM_BUFFER;
    stream->can_read = true;
    stream->can_write = true;
}

/* One that is not used, under the mutex. */
static struct psock_guest_stream *one_to_take(void)
{
    struct psock_guest_stream *stream = find_taken(NULL);
    if (stream != NULL)
        return stream;
    stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->next = atomic_load(&taken);
    atomic_store(&taken, stream);
    return stream;
}

/* `file` is set last: others look for it without the mutex. */
struct psock_guest_stream *psock_guest_stream_take(FILE *file)
{
    psock_guest_lock(&list_mutex);
    struct psock_guest_stream *stream = psock_guest_stream_find(file);
    if (stream == NULL && (stream = one_to_take()) != NULL) {
        int number = _fileno(file);
        bool standard = number >= 0 && number < STANDARD_COUNT;
        set_up(stream, number, standard ? standard_modes[number] : _IOFBF);
        stream->is_new = true;
        stream->file = file;
    }
    psock_guest_unlock(&list_mutex);
    return stream;
}

struct psock_guest_stream *psock_guest_stream_make(int number, bool can_read,
                                                   bool can_write)
{
    struct psock_guest_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    set_up(stream, number, _IOFBF);
    stream->file = &stream->face;
    void *first = &mark;
    memcpy(&stream->face, &first, sizeof first);
    stream->can_read = can_read;
    stream->can_write = can_write;
    psock_guest_lock(&list_mutex);
    stream->next = made;
    if (made != NULL)
        made->previous = stream;
    made = stream;
    psock_guest_unlock(&list_mutex);
    return stream;
}

void psock_guest_stream_clear(struct psock_guest_stream *stream)
{
    free(stream->input);
    free(stream->output);
    stream->input = NULL;
    stream->output = NULL;
    stream->input_at = stream->input_end = stream->output_end = 0;
    stream->ended = stream->failed = false;
}

void psock_guest_stream_forget(struct psock_guest_stream *stream)
{
    psock_guest_lock(&list_mutex);
    if (stream->previous != NULL)
        stream->previous->next = stream->next;
    else
        made = stream->next;
    if (stream->next != NULL)
        stream->next->previous = stream->previous;
    psock_guest_unlock(&list_mutex);
    psock_guest_stream_clear(stream);
    free(stream->state);
    free(stream);
}

/* --- All of them ---------------------------------------------------------------- */

static int flush_locked(struct psock_guest_stream *stream)
{
    if (stream->file == NULL)
        return 0;
    psock_guest_stream_lock(stream);
    int result = psock_guest_stream_flush(stream);
    psock_guest_stream_leave(stream);
    return result;
}

static int flush_all(int (*flush)(struct psock_guest_stream *stream))
{
    int result = 0;
    struct psock_guest_stream *stream;
    for (stream = atomic_load(&taken); stream != NULL; stream = stream->next)
        result |= flush(stream);
    for (stream = made; stream != NULL; stream = stream->next)
        result |= flush(stream);
    return result;
}

int psock_guest_stream_flush_all(void)
{
    psock_guest_lock(&list_mutex);
    int result = flush_all(flush_locked);
    psock_guest_unlock(&list_mutex);
    return result;
}

/* Others may wait in a stream that they have locked, so nothing is locked here. */
static int flush_at_exit(void)
{
    return flush_all(psock_guest_stream_flush);
}

/* Before all that main() may give to atexit(), so that it comes after it.  In a DLL,
 * atexit() would be for when it is unloaded, also by _exit(). */
__attribute__((constructor)) static void begin(void)
{
    _onexit(flush_at_exit);
}

void psock_guest_stream_remember_mode(int number, int mode)
{
    if (number >= 0 && number < STANDARD_COUNT)
        standard_modes[number] = mode;
}
