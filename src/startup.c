/* startup.c: who started the system's socket library, and who may stop it.
 *
 * The system counts its own starts, so two facts are enough here: how many the
 * program asked for, and whether psock has taken one for itself. */
#include <stdatomic.h>

#include "policy.h"

static atomic_int starts_asked_for;
static atomic_bool started_by_itself;

static int start_by_itself(void)
{
    int error = psock_sys_startup();
    if (error < 0)
        return error;
    if (atomic_exchange(&started_by_itself, 1))
        psock_sys_cleanup(); /* another thread was faster: one is enough */
    return 0;
}

int psock_ensure_started(void)
{
    if (atomic_load_explicit(&started_by_itself, memory_order_acquire))
        return 0;
    return start_by_itself();
}

int psock_startup(void)
{
    int error = psock_sys_startup();
    if (error < 0)
        return error;
    atomic_fetch_add(&starts_asked_for, 1);
    return 0;
}

/* Takes one off what the program asked for, if there is any.  Returns how many
 * there were. */
static int take_one_back(void)
{
    int count = atomic_load(&starts_asked_for);
    while (count > 0 &&
           !atomic_compare_exchange_weak(&starts_asked_for, &count, count - 1))
        continue;
    return count;
}

int psock_cleanup(void)
{
    int count = take_one_back();
    if (count == 0)
        return PSOCK_EINVAL;
    psock_sys_cleanup();
    if (count == 1 && atomic_exchange(&started_by_itself, 0))
        psock_sys_cleanup();
    return 0;
}

#define TEXT_OF(number) #number
#define VERSION_TEXT(major, minor, patch)                                      \
    TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *psock_version(void)
{
    return VERSION_TEXT(PSOCK_VERSION_MAJOR, PSOCK_VERSION_MINOR,
                        PSOCK_VERSION_PATCH);
}
