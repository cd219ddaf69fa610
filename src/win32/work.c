/* work.c: what the system is given to answer a look-up, and who holds it. */
#include "work.h"

#include <stdlib.h>

struct psock_win32_work *psock_win32_make_work(void)
{
    struct psock_win32_work *work = calloc(1, sizeof *work);
    if (work != NULL)
        work->holders = 1;
    return work;
}

static SRWLOCK lock = SRWLOCK_INIT;

void psock_win32_hold_work(struct psock_win32_work *work)
{
    InterlockedIncrement(&work->holders);
}

void psock_win32_release_work(struct psock_win32_work *work)
{
    if (InterlockedDecrement(&work->holders) > 0)
        return;
    if (work->found != NULL)
        psock_winsock.FreeAddrInfoExW(work->found);
    if (work->found_by_waiting != NULL)
        psock_winsock.FreeAddrInfoW(work->found_by_waiting);
    free(work);
}

/* --- Who answers ------------------------------------------------------------ */

void psock_win32_tie_work(struct psock_win32_work *work,
                          struct psock_sys_look_up *look_up)
{
    AcquireSRWLockExclusive(&lock);
    work->look_up = look_up;
    look_up->work = work;
    ReleaseSRWLockExclusive(&lock);
}

/* Both are called with the lock held. */
static void untie(struct psock_win32_work *work)
{
    if (work->look_up != NULL)
        work->look_up->work = NULL;
    work->look_up = NULL;
}

struct psock_sys_look_up *
psock_win32_claim_look_up(struct psock_win32_work *work)
{
    AcquireSRWLockExclusive(&lock);
    struct psock_sys_look_up *look_up = work->look_up;
    untie(work);
    ReleaseSRWLockExclusive(&lock);
    return look_up;
}

struct psock_win32_work *
psock_win32_claim_work(struct psock_sys_look_up *look_up)
{
    AcquireSRWLockExclusive(&lock);
    struct psock_win32_work *work = look_up->work;
    if (work != NULL) {
        psock_win32_hold_work(work);
        untie(work);
    }
    ReleaseSRWLockExclusive(&lock);
    return work;
}

_Bool psock_win32_is_work_wanted(struct psock_win32_work *work)
{
    AcquireSRWLockExclusive(&lock);
    _Bool wanted = work->look_up != NULL;
    ReleaseSRWLockExclusive(&lock);
    return wanted;
}
