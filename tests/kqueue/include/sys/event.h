/* sys/event.h: kqueue for the tests, on a system that has none; see kqueue.c.
 *
 * Names and meanings are those of the kqueue(2) pages of the BSDs; numbers and
 * the members' types are FreeBSD's.  Only what psock uses is here. */
#ifndef PSOCK_TESTS_SYS_EVENT_H
#define PSOCK_TESTS_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

struct kevent {
    uintptr_t ident;
    short filter;
    unsigned short flags;
    unsigned fflags;
    int64_t data;
    void *udata;
    uint64_t ext[4];
};

#define EV_SET(event, a_ident, a_filter, a_flags, a_fflags, a_data, a_udata)   \
    (*(event) = (struct kevent){.ident = (uintptr_t)(a_ident),                 \
                                .filter = (short)(a_filter),                   \
                                .flags = (unsigned short)(a_flags),            \
                                .fflags = (unsigned)(a_fflags),                \
                                .data = (int64_t)(a_data),                     \
                                .udata = (a_udata)})

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)
#define EVFILT_USER (-11)
#define EVFILT_EXCEPT (-15)

/* Actions. */
#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_ENABLE 0x0004
#define EV_DISABLE 0x0008
#define EV_RECEIPT 0x0040

/* How it is told. */
#define EV_ONESHOT 0x0010
#define EV_CLEAR 0x0020
#define EV_DISPATCH 0x0080

/* What is told. */
#define EV_EOF 0x8000
#define EV_ERROR 0x4000

#define NOTE_OOB 0x00000002
#define NOTE_TRIGGER 0x01000000

int kqueue(void);
int kevent(int kq, const struct kevent *changes, int change_count,
           struct kevent *events, int event_count,
           const struct timespec *timeout);

#endif
