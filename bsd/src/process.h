/* process.h: what of processes only the system can do (system_process.c). */
#ifndef PSOCK_GUEST_PROCESS_H
#define PSOCK_GUEST_PROCESS_H

#include "guest.h"

/* 0 where `wanted` is the own number, or -1, which leaves all as it is; otherwise -1
 * with errno EPERM.  (process.c) */
int psock_guest_become(unsigned int wanted, unsigned int own);

/* Sends `number` to another process, 0 only asks.  Returns 0 or -ESRCH, -EPERM:
 * signals that end a process end it, others cannot be sent. */
int psock_guest_kill_process(pid_t process, int number);

pid_t psock_guest_parent(void);

/* Begins a program with these words, in this environment or, for null, in that of
 * this process; looks for it in PATH with `search`.  Returns 0 with a handle, or an
 * error of POSIX.  (system_child.c) */
int psock_guest_spawn(const char *path, bool search, char *const words[],
                      char *const environment[], intptr_t *handle);
pid_t psock_guest_process_of(intptr_t handle);
bool psock_guest_has_ended(intptr_t handle, int *status);
void psock_guest_forget_process(intptr_t handle);

/* Of this process: microseconds spent in itself and in the system, and the most
 * memory it had. */
struct psock_guest_usage {
    int64_t user_us;
    int64_t system_us;
    int64_t most_memory_kib;
};
void psock_guest_usage(struct psock_guest_usage *usage);

/* Of the machine. */
struct psock_guest_machine {
    long page_size;
    long processors;
    int64_t memory_bytes;
    int64_t free_memory_bytes;
    unsigned int major, minor, build; /* of the system */
    char name[64];
};
void psock_guest_machine(struct psock_guest_machine *machine);

/* Memory of the system's, zero; null for none.  Freed only by its beginning. */
void *psock_guest_pages(size_t size);
bool psock_guest_free_pages(void *pages);

#endif
