/* option.c: what may be asked of which socket, before the system is. */
#include "policy.h"

#include <string.h>

/* A socket and what it is. */
struct subject {
    psock_t s;
    int family;
    int type;
};

static int look_at(struct subject *subject)
{
    return psock_sys_kind(subject->s, &subject->family, &subject->type);
}

static int kind_error(const psock_option_info *info,
                      const struct subject *subject)
{
    if ((info->types >> subject->type & 1) == 0 ||
        (info->families >> subject->family & 1) == 0)
        return PSOCK_EOPNOTSUPP;
    return 0;
}

static int value_error(const psock_option_info *info, int64_t value)
{
    if (!info->can_set)
        return PSOCK_EOPNOTSUPP;
    return value < info->minimum || value > info->maximum ? PSOCK_EINVAL : 0;
}

int psock_set_option(psock_t s, int option, int64_t value)
{
    psock_option_info info;
    struct subject subject = {.s = s};
    if (s < 0)
        return PSOCK_EBADF;
    int error = psock_option_describe(option, &info);
    if (error == 0)
        error = value_error(&info, value);
    if (error == 0)
        error = look_at(&subject);
    if (error == 0)
        error = kind_error(&info, &subject);
    if (error < 0)
        return error;
    return psock_sys_set_option(s, subject.family, subject.type, option, value);
}

/* A connection that uses ECN (RFC 3168) changes its two bits as it goes. */
static int ask_traffic_class(const struct subject *subject, int64_t *value)
{
    const int64_t ecn_bits = 3;
    int64_t held = 0;
    int error = psock_sys_get_option(subject->s, subject->family, subject->type,
                                     PSOCK_OPTION_TRAFFIC_CLASS, &held);
    if (error == 0)
        *value = subject->type == PSOCK_STREAM ? held & ~ecn_bits : held;
    return error;
}

/* What a socket is has been found out by the time it is asked. */
static int ask(const struct subject *subject, int option, int64_t *value)
{
    switch (option) {
    case PSOCK_OPTION_FAMILY:
        *value = subject->family;
        return 0;
    case PSOCK_OPTION_TYPE:
        *value = subject->type;
        return 0;
    case PSOCK_OPTION_TRAFFIC_CLASS:
        return ask_traffic_class(subject, value);
    default:
        return psock_sys_get_option(subject->s, subject->family, subject->type,
                                    option, value);
    }
}

int psock_get_option(psock_t s, int option, int64_t *value)
{
    psock_option_info info;
    struct subject subject = {.s = s};
    if (s < 0)
        return PSOCK_EBADF;
    if (value == NULL)
        return PSOCK_EFAULT;
    int error = psock_option_describe(option, &info);
    if (error == 0)
        error = look_at(&subject);
    if (error == 0)
        error = kind_error(&info, &subject);
    return error < 0 ? error : ask(&subject, option, value);
}

/* --- TCP ------------------------------------------------------------------ */

/* What `data` is for has to be a TCP socket, and `data` there. */
static int tcp_error(psock_t s, const void *data)
{
    struct subject subject = {.s = s};
    if (s < 0)
        return PSOCK_EBADF;
    if (data == NULL)
        return PSOCK_EFAULT;
    int error = look_at(&subject);
    if (error < 0)
        return error;
    _Bool is_ip = psock_is_internet(subject.family);
    return is_ip && subject.type == PSOCK_STREAM ? 0 : PSOCK_EOPNOTSUPP;
}

static _Bool is_sound(const psock_keepalive *wanted)
{
    return wanted->idle_ms >= 0 && wanted->interval_ms >= 0 &&
           wanted->probes >= 0 && wanted->reserved == 0;
}

int psock_set_keepalive(psock_t s, const psock_keepalive *wanted,
                        psock_keepalive *applied)
{
    psock_keepalive held = {0};
    int error = tcp_error(s, wanted);
    if (error == 0 && !is_sound(wanted))
        error = PSOCK_EINVAL;
    if (error == 0)
        error = psock_sys_set_keepalive(s, wanted, &held);
    if (error == 0 && applied != NULL)
        *applied = held;
    return error;
}

int psock_get_congestion(psock_t s, char *name, size_t size)
{
    char whole[PSOCK_CONGESTION_NAME_SIZE];
    int error = tcp_error(s, name);
    if (error == 0)
        error = psock_sys_get_congestion(s, whole);
    if (error == 0 && strlen(whole) >= size)
        error = PSOCK_ENOSPC;
    if (error == 0)
        strcpy(name, whole);
    return error;
}

int psock_set_congestion(psock_t s, const char *name)
{
    int error = tcp_error(s, name);
    if (error < 0)
        return error;
    if (memchr(name, '\0', PSOCK_CONGESTION_NAME_SIZE) == NULL)
        return PSOCK_EINVAL;
    return psock_sys_set_congestion(s, name);
}

int psock_get_tcp_info(psock_t s, psock_tcp_info *info)
{
    psock_tcp_info found = {0};
    int error = tcp_error(s, info);
    if (error == 0)
        error = psock_sys_get_tcp_info(s, &found);
    if (error == 0)
        *info = found;
    return error;
}
