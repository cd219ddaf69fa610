/* rlimit.c: getrlimit() and setrlimit(): limits are kept and told as they were set;
 * the one on descriptors is also in force. */
#include "number.h"

#include <sys/resource.h>
#include <unistd.h>

atomic_int psock_guest_numbers_allowed = PSOCK_GUEST_NUMBERS;

static struct psock_guest_mutex mutex;
static bool is_set[RLIM_NLIMITS];        /* under the mutex */
static struct rlimit kept[RLIM_NLIMITS]; /* under the mutex */

static rlim_t limit_of(int resource)
{
    if (resource == RLIMIT_NOFILE)
        return PSOCK_GUEST_NUMBERS;
    return resource == RLIMIT_CORE ? 0 : RLIM_INFINITY;
}

static struct rlimit untouched(int resource)
{
    const rlim_t limit = limit_of(resource);
    return (struct rlimit){limit, limit};
}

int getrlimit(int resource, struct rlimit *limit)
{
    if (resource < 0 || resource >= RLIM_NLIMITS)
        return psock_guest_fail(EINVAL);
    if (limit == NULL)
        return psock_guest_fail(EFAULT);
    psock_guest_lock(&mutex);
    *limit = is_set[resource] ? kept[resource] : untouched(resource);
    psock_guest_unlock(&mutex);
    return 0;
}

/* There are only so many: raising the limit beyond is what only root may elsewhere,
 * and what even root cannot at last. */
int setrlimit(int resource, const struct rlimit *limit)
{
    if (resource < 0 || resource >= RLIM_NLIMITS)
        return psock_guest_fail(EINVAL);
    if (limit == NULL)
        return psock_guest_fail(EFAULT);
    if (limit->rlim_cur > limit->rlim_max)
        return psock_guest_fail(EINVAL);
    if (limit->rlim_max > limit_of(resource))
        return psock_guest_fail(EPERM);
    psock_guest_lock(&mutex);
    is_set[resource] = true;
    kept[resource] = *limit;
    if (resource == RLIMIT_NOFILE)
        atomic_store(&psock_guest_numbers_allowed, (int)limit->rlim_cur);
    psock_guest_unlock(&mutex);
    return 0;
}

int getdtablesize(void)
{
    return atomic_load(&psock_guest_numbers_allowed);
}
