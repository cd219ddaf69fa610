/* number.h: the numbers of descriptors, between descriptor.c, which finds what is
 * behind them, number.c, which gives and takes them, and those that keep a flag of
 * one. */
#ifndef PSOCK_GUEST_NUMBER_H
#define PSOCK_GUEST_NUMBER_H

#include "guest.h"

/* How many the C runtime has. */
#ifdef _UCRT
enum {
    PSOCK_GUEST_NUMBERS = 8192
};
#else
enum {
    PSOCK_GUEST_NUMBERS = 2048
};
#endif

struct psock_guest_number {
    /* Null: the number is the C runtime's, or nobody's. */
    _Atomic(struct psock_guest *) guest;
    atomic_int plain_flags; /* of such a number, as open() was given them */
    atomic_int flags;       /* FD_CLOEXEC */
    atomic_int owner;       /* F_SETOWN */
};

/* In plain_flags: open() has given them all. */
enum {
    PSOCK_GUEST_OPENED = 1 << 30
};

extern struct psock_guest_number psock_guest_numbers[PSOCK_GUEST_NUMBERS];

/* Stands at a number that is being closed. */
extern struct psock_guest psock_guest_nobody;

static inline bool psock_guest_in_range(int fd)
{
    return fd >= 0 && fd < PSOCK_GUEST_NUMBERS;
}

/* Numbers from here on are not given, as RLIMIT_NOFILE says (rlimit.c). */
extern atomic_int psock_guest_numbers_allowed;

static inline bool psock_guest_is_allowed(int fd)
{
    return fd >= 0 && fd < atomic_load_explicit(&psock_guest_numbers_allowed,
                                                memory_order_relaxed);
}

/* Whether the C runtime has `fd` open, with a description behind it or not
 * (runtime.c). */
bool psock_guest_is_open(int fd);

/* Sets what belongs to a number anew. */
void psock_guest_set_number(int fd, int plain_flags, int flags);

/* Held by whoever changes the table. */
extern struct psock_guest_mutex psock_guest_numbers_mutex;

/* With it: the lowest free number from `lowest` on, made another of `source` of the
 * C runtime's, or a placeholder for -1; or -1 with errno EMFILE. */
int psock_guest_lowest(int source, int lowest);

/* is_plain() with it. */
bool psock_guest_is_plain_locked(int fd);

/* dup() to the lowest free number from `lowest` on (duplicate.c). */
int psock_guest_duplicate(int fd, int lowest, int flags);

#endif
