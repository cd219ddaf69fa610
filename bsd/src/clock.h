/* clock.h: what clock.c asks of the system (system_clock.c). */
#ifndef PSOCK_GUEST_CLOCK_H
#define PSOCK_GUEST_CLOCK_H

#include "guest.h"

/* Since 1970. */
long long psock_guest_real_ns(void);

/* Since some moment; never goes back. */
long long psock_guest_monotonic_ns(void);

/* What a process or a thread has had of the processors. */
struct psock_guest_cpu {
    long long user_ns;
    long long system_ns;
};

struct psock_guest_cpu psock_guest_process_cpu(void);
struct psock_guest_cpu psock_guest_thread_cpu(void);

#endif
