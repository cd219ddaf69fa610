/* reader.c: a thread that reads ahead, for ahead.c: one piece, when somebody wants to
 * know and nothing is there. */
#include "ahead.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* What is in the pipe already is there before somebody says that there is
     * nothing. */
    MOMENT_MS = 20
};

static void free_reader(struct psock_guest_reader *reader)
{
    if (reader->waker != NULL)
        psock_waker_close(reader->waker);
    if (reader->handle > 0)
        psock_guest_close_handle(reader->handle);
    free(reader);
}

/* --- The thread ----------------------------------------------------------------- */

static void take_result(struct psock_guest_reader *reader, ssize_t result)
{
    reader->is_reading = false;
    reader->is_over = result <= 0;
    reader->error = result < 0 ? (int)-result : 0;
    reader->at = 0;
    reader->end = result > 0 ? (size_t)result : 0;
    psock_waker_ring(reader->waker);
}

/* Whose reader it still is, held; null where it is closed or about to be. */
static struct psock_guest *hold_owner(const struct psock_guest_reader *reader)
{
    return !reader->is_closed && psock_guest_hold_if_held(reader->guest)
               ? reader->guest
               : NULL;
}

static void read_ahead(void *context)
{
    struct psock_guest_reader *reader = context;
    psock_guest_block_signals();
    ssize_t result = psock_guest_read_handle(reader->handle, reader->bytes,
                                             PSOCK_GUEST_READER_ROOM);
    psock_guest_lock(&reader->mutex);
    struct psock_guest *guest = hold_owner(reader);
    bool is_closed = reader->is_closed;
    take_result(reader, result);
    if (guest != NULL)
        psock_guest_changed(guest);
    psock_guest_unlock(&reader->mutex);
    if (is_closed)
        free_reader(reader);
    else if (guest != NULL)
        psock_guest_drop(guest);
}

/* --- Asking ----------------------------------------------------------------------- */

static bool has_news(const struct psock_guest_reader *reader)
{
    return reader->at < reader->end || reader->is_over;
}

/* Returns whether a thread has begun to read. */
static bool begin_reading(struct psock_guest_reader *reader)
{
    psock_guest_lock(&reader->mutex);
    bool begins = !reader->is_reading && !has_news(reader);
    if (begins)
        reader->is_reading = psock_guest_thread(read_ahead, reader) == 0;
    begins = begins && reader->is_reading;
    psock_guest_unlock(&reader->mutex);
    return begins;
}

/* Returns whether it is worth while to look again.  Not where a set tells of edges:
 * it is told by the thread, and would tell twice. */
bool psock_guest_reader_ask(struct psock_guest *guest)
{
    struct psock_guest_reader *reader = guest->state;
    psock_pollable entry = {PSOCK_INVALID, reader->waker, PSOCK_READABLE, 0};
    return begin_reading(reader) && atomic_load(&guest->edges) == 0 &&
           psock_poll(&entry, 1, psock_deadline_ms(MOMENT_MS)) > 0;
}

/* --- Reading ---------------------------------------------------------------------- */

static size_t copy_out(struct psock_guest_reader *reader,
                       const struct iovec *pieces, int count)
{
    size_t sum = 0;
    for (int i = 0; i < count && reader->at < reader->end; i++) {
        size_t there = reader->end - reader->at;
        size_t part = pieces[i].iov_len < there ? pieces[i].iov_len : there;
        if (part > 0)
            memcpy(pieces[i].iov_base, reader->bytes + reader->at, part);
        reader->at += part;
        sum += part;
    }
    return sum;
}

ssize_t psock_guest_reader_take(struct psock_guest_reader *reader,
                                const struct iovec *pieces, int count)
{
    ssize_t result = -EAGAIN;
    psock_guest_lock(&reader->mutex);
    if (reader->at < reader->end)
        result = (ssize_t)copy_out(reader, pieces, count);
    else if (reader->is_over)
        result = -reader->error;
    if (!has_news(reader))
        psock_waker_reset(reader->waker);
    psock_guest_unlock(&reader->mutex);
    return result;
}

/* The end of a pipe is no input. */
short psock_guest_reader_bits(struct psock_guest_reader *reader)
{
    short bits = 0;
    psock_guest_lock(&reader->mutex);
    if (reader->at < reader->end)
        bits = POLLIN | POLLRDNORM;
    else if (reader->is_over)
        bits = reader->error != 0 ? POLLERR : POLLHUP;
    psock_guest_unlock(&reader->mutex);
    return bits;
}

int psock_guest_reader_unread(struct psock_guest_reader *reader)
{
    psock_guest_lock(&reader->mutex);
    int unread = (int)(reader->end - reader->at);
    psock_guest_unlock(&reader->mutex);
    return unread;
}

/* --- Beginning and end --------------------------------------------------------------- */

struct psock_guest_reader *psock_guest_reader_open(struct psock_guest *guest,
                                                   int fd)
{
    struct psock_guest_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->guest = guest;
    reader->handle = psock_guest_second_handle(fd);
    if (reader->handle > 0 && psock_waker_open(&reader->waker) == 0)
        return reader;
    free_reader(reader);
    return NULL;
}

/* A thread that still waits for bytes ends with the pipe, and nobody waits for
 * it. */
void psock_guest_reader_close(struct psock_guest_reader *reader)
{
    psock_guest_lock(&reader->mutex);
    reader->is_closed = true;
    bool is_reading = reader->is_reading;
    psock_guest_unlock(&reader->mutex);
    if (!is_reading)
        free_reader(reader);
}
