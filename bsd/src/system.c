/* system.c: locks, threads and chance, by Windows. */
#include "guest.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <ntsecapi.h>
#include <process.h>
#include <stdlib.h>

_Static_assert(sizeof(struct psock_guest_mutex) == sizeof(SRWLOCK),
               "a lock is a pointer");

static SRWLOCK *lock_of(struct psock_guest_mutex *mutex)
{
    return (SRWLOCK *)(void *)mutex;
}

void psock_guest_lock(struct psock_guest_mutex *mutex)
{
    AcquireSRWLockExclusive(lock_of(mutex));
}

bool psock_guest_try_lock(struct psock_guest_mutex *mutex)
{
    return TryAcquireSRWLockExclusive(lock_of(mutex)) != 0;
}

void psock_guest_unlock(struct psock_guest_mutex *mutex)
{
    ReleaseSRWLockExclusive(lock_of(mutex));
}

/* What a thread is begun with. */
struct task {
    void (*body)(void *context);
    void *context;
};

static unsigned __stdcall run(void *argument)
{
    struct task task = *(struct task *)argument;
    free(argument);
    task.body(task.context);
    return 0;
}

int psock_guest_thread(void (*body)(void *context), void *context)
{
    struct task *task = malloc(sizeof *task);
    if (task == NULL)
        return -EAGAIN;
    task->body = body;
    task->context = context;
    uintptr_t thread = _beginthreadex(NULL, 0, run, task, 0, NULL);
    if (thread == 0) {
        free(task);
        return -EAGAIN;
    }
    CloseHandle((HANDLE)thread);
    return 0;
}

int psock_guest_random(void *bytes, size_t size)
{
    if (size > ULONG_MAX)
        return -EIO;
    return RtlGenRandom(bytes, (ULONG)size) ? 0 : -EIO;
}
