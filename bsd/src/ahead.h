/* ahead.h: pipes of the C runtime that can be read and not looked into: dark ones
 * (ahead.c), who reads them (reader.c), and what of Windows that needs
 * (system_ahead.c). */
#ifndef PSOCK_GUEST_AHEAD_H
#define PSOCK_GUEST_AHEAD_H

#include "number.h"
#include "plain.h"

/* Whether `fd`, of the C runtime, is such a pipe. */
bool psock_guest_is_dark(int fd);

/* Another handle for what `fd` is; or -EMFILE. */
intptr_t psock_guest_second_handle(int fd);

/* Waits for bytes: how many came, 0 at the end, or -EIO. */
ssize_t psock_guest_read_handle(intptr_t handle, void *buffer, size_t size);

/* How many went, or -EPIPE. */
ssize_t psock_guest_write_handle(intptr_t handle, const void *data,
                                 size_t size);
bool psock_guest_can_write(intptr_t handle);

/* --- A thread that reads ahead (reader.c) ---------------------------------------- */

enum {
    PSOCK_GUEST_READER_ROOM = 65536
};

/* Belongs to the description and to the thread that reads. */
struct psock_guest_reader {
    struct psock_guest_mutex mutex;
    struct psock_guest *guest; /* whose memory is never given back */
    psock_waker *waker;        /* rung while a read() returns at once */
    intptr_t handle;
    bool is_reading;
    bool is_closed; /* the description is gone */
    bool is_over;   /* the last read was the end, or failed */
    int error;
    size_t at;
    size_t end;
    unsigned char bytes[PSOCK_GUEST_READER_ROOM];
};

/* Of the pipe `fd`, for `guest`; null without memory. */
struct psock_guest_reader *psock_guest_reader_open(struct psock_guest *guest,
                                                   int fd);

/* Does not wait. */
void psock_guest_reader_close(struct psock_guest_reader *reader);

/* Begins to read where nothing is known.  Returns whether it is worth while to look
 * again. */
bool psock_guest_reader_ask(struct psock_guest *guest);

/* Bytes, 0 at the end, -EAGAIN where nothing is known, or what reading said. */
ssize_t psock_guest_reader_take(struct psock_guest_reader *reader,
                                const struct iovec *pieces, int count);

/* POLLIN, POLLHUP or POLLERR as far as is known. */
short psock_guest_reader_bits(struct psock_guest_reader *reader);

/* How many bytes were read ahead. */
int psock_guest_reader_unread(struct psock_guest_reader *reader);

#endif
