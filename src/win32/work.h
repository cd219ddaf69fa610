/* work.h: what the system is given to answer a look-up, and who holds it: for
 * sys_resolve.c. */
#ifndef PSOCK_WIN32_WORK_H
#define PSOCK_WIN32_WORK_H

#include "platform.h"

/* No name of a host or service has more units than bytes. */
#define HOST_ROOM PSOCK_HOST_NAME_SIZE
#define SERVICE_ROOM PSOCK_SERVICE_NAME_SIZE

struct psock_win32_work {
    OVERLAPPED overlapped; /* first: the routine gets its address */
    LONG holders;
    HANDLE handle; /* to cancel by, where the system gives one */
    struct psock_sys_look_up *look_up; /* null once it has been let go */

    /* Fills in the answer, and returns the system's code. */
    int (*ask)(struct psock_win32_work *work);

    /* The question. */
    WCHAR *host; /* null, or in `host_text` */
    WCHAR *service;
    WCHAR host_text[HOST_ROOM];
    WCHAR service_text[SERVICE_ROOM];
    ADDRINFOEXW wanted;
    psock_address address;
    int service_flags;
    unsigned numeric;

    /* The answer: either list, or the texts in place of those above. */
    ADDRINFOEXW *found;
    ADDRINFOW *found_by_waiting;
};

/* Work that the caller holds, or null. */
struct psock_win32_work *psock_win32_make_work(void);

void psock_win32_hold_work(struct psock_win32_work *work);

/* The last holder frees it, with what the system has answered. */
void psock_win32_release_work(struct psock_win32_work *work);

/* Lets `work` answer `look_up`. */
void psock_win32_tie_work(struct psock_win32_work *work,
                          struct psock_sys_look_up *look_up);

/* Whoever gets a look-up from this is to answer it; null when another one does.
 */
struct psock_sys_look_up *
psock_win32_claim_look_up(struct psock_win32_work *work);

/* The same from the other end.  The work is held. */
struct psock_win32_work *
psock_win32_claim_work(struct psock_sys_look_up *look_up);

_Bool psock_win32_is_work_wanted(struct psock_win32_work *work);

#endif
