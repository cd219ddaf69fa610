/* stream_lock.c: flockfile(), ftrylockfile() and funlockfile().
 *
 * The C runtime cannot be asked whether somebody has locked a stream of its own, so
 * who did by flockfile() is noted here. */
#include "stream.h"

enum {
    NOTES = 64
};

struct note {
    FILE *file; /* null: nobody's */
    void *owner;
    unsigned depth;
};

static struct psock_guest_mutex mutex;
static struct note notes[NOTES];

/* errno has a place of its own in each thread. */
static void *this_thread(void)
{
    return &errno;
}

/* --- Notes, with the mutex --------------------------------------------------------- */

/* Of `file`, null for a free one; null where there is none. */
static struct note *find(const FILE *file)
{
    for (size_t i = 0; i < NOTES; i++) {
        if (notes[i].file == file)
            return &notes[i];
    }
    return NULL;
}

/* Where there are too many, who tries waits. */
static void note_locked(FILE *file)
{
    struct note *note = find(file);
    if (note == NULL)
        note = find(NULL);
    if (note == NULL)
        return;
    note->file = file;
    note->owner = this_thread();
    note->depth++;
}

static void note_left(FILE *file)
{
    struct note *note = find(file);
    if (note != NULL && --note->depth == 0)
        note->file = NULL;
}

static bool is_of_another(FILE *file)
{
    const struct note *note = find(file);
    return note != NULL && note->owner != this_thread();
}

/* --- Streams of the C runtime -------------------------------------------------------- */

static void lock_runtime(FILE *file)
{
    _lock_file(file);
    psock_guest_lock(&mutex);
    note_locked(file);
    psock_guest_unlock(&mutex);
}

static void leave_runtime(FILE *file)
{
    psock_guest_lock(&mutex);
    note_left(file);
    psock_guest_unlock(&mutex);
    _unlock_file(file);
}

/* Waits for a call of another thread's that is under way. */
static bool try_runtime(FILE *file)
{
    psock_guest_lock(&mutex);
    bool is_locked = is_of_another(file);
    psock_guest_unlock(&mutex);
    if (!is_locked)
        lock_runtime(file);
    return !is_locked;
}

/* --- The calls ------------------------------------------------------------------------- */

/* One that is ours wholly; others have the C runtime's lock. */
static struct psock_guest_stream *made(FILE *file)
{
    struct psock_guest_stream *stream = psock_guest_stream_find(file);
    return stream != NULL && psock_guest_stream_is_made(stream) ? stream : NULL;
}

void flockfile(FILE *file)
{
    struct psock_guest_stream *stream = made(file);
    if (stream != NULL)
        psock_guest_stream_lock(stream);
    else
        lock_runtime(file);
}

int ftrylockfile(FILE *file)
{
    struct psock_guest_stream *stream = made(file);
    bool done = stream != NULL ? psock_guest_stream_try_lock(stream)
                               : try_runtime(file);
    return done ? 0 : EBUSY;
}

void funlockfile(FILE *file)
{
    struct psock_guest_stream *stream = made(file);
    if (stream != NULL)
        psock_guest_stream_leave(stream);
    else
        leave_runtime(file);
}
