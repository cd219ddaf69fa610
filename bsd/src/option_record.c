/* option_record.c: the options of SOL_SOCKET that are no numbers. */
#include "option.h"

#include <limits.h>
#include <net/if.h>
#include <string.h>
#include <sys/time.h>

/* --- Lingering ------------------------------------------------------------------ */

#define MOST_LINGER_S 65535

int psock_guest_give_linger(struct psock_guest *guest,
                            const struct psock_guest_option *option,
                            void *value, socklen_t *length)
{
    (void)option;
    const struct linger linger = {
        .l_onoff = psock_guest_kept(guest, PSOCK_GUEST_KEPT_LINGERS, 0),
        .l_linger = psock_guest_kept(guest, PSOCK_GUEST_KEPT_LINGER_S, 0),
    };
    return psock_guest_give(&linger, sizeof linger, value, length);
}

static int64_t linger_s_of(const struct linger *linger)
{
    if (linger->l_onoff == 0)
        return -1;
    return linger->l_linger < 0 || linger->l_linger > MOST_LINGER_S
               ? MOST_LINGER_S
               : linger->l_linger;
}

/* Of other sockets, and of connections that are over, it is kept only. */
int psock_guest_take_linger(struct psock_guest *guest,
                            const struct psock_guest_option *option,
                            const void *value, socklen_t length)
{
    struct linger linger;
    (void)option;
    if (length < sizeof linger)
        return -EINVAL;
    if (value == NULL)
        return -EFAULT;
    memcpy(&linger, value, sizeof linger);
    if (guest->socket != PSOCK_INVALID)
        (void)!psock_set_option(guest->socket, PSOCK_OPTION_LINGER_S,
                                linger_s_of(&linger));
    psock_guest_keep(guest, PSOCK_GUEST_KEPT_LINGERS, 0, linger.l_onoff != 0);
    if (linger.l_onoff != 0)
        psock_guest_keep(guest, PSOCK_GUEST_KEPT_LINGER_S, 0, linger.l_linger);
    return 0;
}

/* --- Timeouts ------------------------------------------------------------------- */

#define US_PER_S 1000000

static atomic_llong *timeout_of(struct psock_guest *guest,
                                const struct psock_guest_option *option)
{
    return option->name == SO_RCVTIMEO ? &guest->receive_timeout_us
                                       : &guest->send_timeout_us;
}

int psock_guest_give_timeout(struct psock_guest *guest,
                             const struct psock_guest_option *option,
                             void *value, socklen_t *length)
{
    struct timeval timeout;
    long long us = atomic_load(timeout_of(guest, option));
    if (us < 0)
        us = 0;
    memset(&timeout, 0, sizeof timeout);
    timeout.tv_sec = (time_t)(us / US_PER_S);
    timeout.tv_usec = (long)(us % US_PER_S);
    return psock_guest_give(&timeout, sizeof timeout, value, length);
}

/* Less than nothing is a time that has passed: such a call does not wait.  What
 * does not fit is forever. */
static long long us_of(const struct timeval *timeout)
{
    if (timeout->tv_sec < 0)
        return -1;
    if (timeout->tv_sec >= INT_MAX)
        return 0;
    return (long long)timeout->tv_sec * US_PER_S + timeout->tv_usec;
}

int psock_guest_take_timeout(struct psock_guest *guest,
                             const struct psock_guest_option *option,
                             const void *value, socklen_t length)
{
    struct timeval timeout;
    if (length < sizeof timeout)
        return -EINVAL;
    if (value == NULL)
        return -EFAULT;
    memcpy(&timeout, value, sizeof timeout);
    if (timeout.tv_usec < 0 || timeout.tv_usec >= US_PER_S)
        return -EDOM;
    atomic_store(timeout_of(guest, option), us_of(&timeout));
    return 0;
}

/* --- Devices and peers ------------------------------------------------------------ */

/* Systems that cannot tell have none. */
int psock_guest_give_device(struct psock_guest *guest,
                            const struct psock_guest_option *option,
                            void *value, socklen_t *length)
{
    int64_t index = 0;
    char name[IF_NAMESIZE] = "";
    (void)option;
    if (guest->socket == PSOCK_INVALID ||
        psock_get_option(guest->socket, PSOCK_OPTION_INTERFACE, &index) < 0 ||
        index == 0 || if_indextoname((unsigned)index, name) == NULL) {
        *length = 0;
        return 0;
    }
    if (*length < sizeof name)
        return -EINVAL;
    return psock_guest_give(name, strlen(name) + 1, value, length);
}

/* A name need not be ended by a zero byte; the empty one is any device. */
int psock_guest_take_device(struct psock_guest *guest,
                            const struct psock_guest_option *option,
                            const void *value, socklen_t length)
{
    char name[IF_NAMESIZE] = "";
    unsigned index = 0;
    (void)option;
    if (value == NULL && length > 0)
        return -EFAULT;
    if (length > 0)
        memcpy(name, value, length < sizeof name ? length : sizeof name - 1);
    if (name[0] != '\0') {
        index = if_nametoindex(name);
        if (index == 0)
            return -ENODEV;
    }
    int error = psock_set_option(guest->socket, PSOCK_OPTION_INTERFACE, index);
    return error < 0 ? psock_guest_option_error(error) : 0;
}

/* Nobody is known by number 0, and by -1 as a user. */
int psock_guest_give_credentials(struct psock_guest *guest,
                                 const struct psock_guest_option *option,
                                 void *value, socklen_t *length)
{
    struct ucred credentials = {0, (uid_t)-1, (gid_t)-1};
    (void)option;
    if (guest->domain == AF_UNIX) {
        int error = psock_guest_unix_credentials(guest, &credentials);
        if (error < 0)
            return error;
    }
    return psock_guest_give(&credentials, sizeof credentials, value, length);
}
