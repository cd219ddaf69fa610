/* moment.h: what can only be said of the whole socket, said for the moment of one
 * message. */
#ifndef PSOCK_WIN32_MOMENT_H
#define PSOCK_WIN32_MOMENT_H

#include "platform.h"

struct psock_win32_moment {
    SRWLOCK *lock; /* null where nothing has begun */
    size_t count;
    struct {
        int level;
        int option;
        DWORD before;
    } changed[2];
};

/* Sets what `message` asks for of that.  From here to the end other threads'
 * messages for such a moment of `s` wait.  Returns 0 or, with nothing begun, the
 * error. */
int psock_win32_begin_moment(psock_t s, const psock_message *message,
                             struct psock_win32_moment *moment);

/* Puts back what was there before, if anything was set, and leaves the system's
 * last code alone. */
void psock_win32_end_moment(psock_t s, const struct psock_win32_moment *moment);

#endif
