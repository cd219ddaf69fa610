/* option_number.c: options that are a number, which psock has, or we keep. */
#include "option.h"

#include <string.h>

/* --- What is kept ---------------------------------------------------------- */

void psock_guest_keep(struct psock_guest *guest, int kept, int usual, int value)
{
    if (kept != PSOCK_GUEST_KEPT_NOTHING)
        atomic_store_explicit(&guest->kept[kept], value ^ usual,
                              memory_order_relaxed);
}

int psock_guest_kept(const struct psock_guest *guest, int kept, int usual)
{
    return atomic_load_explicit(&guest->kept[kept], memory_order_relaxed) ^
           usual;
}

/* --- What psock has -------------------------------------------------------- */

static bool is_lack(int error)
{
    return error == PSOCK_ENOTSUP || error == PSOCK_EOPNOTSUPP ||
           error == PSOCK_ENOPROTOOPT;
}

int psock_guest_option_error(int error)
{
    return is_lack(error) ? -ENOPROTOOPT : -psock_guest_errno(error);
}

/* Of a connection that is over, systems refuse what would make no difference. */
static bool is_over(const struct psock_guest *guest, int error)
{
    if (!psock_guest_is_stream(guest))
        return false;
    return error == PSOCK_ENOTCONN || error == PSOCK_ECONNRESET ||
           error == PSOCK_ENETRESET || error == PSOCK_ECONNABORTED ||
           (error == PSOCK_EINVAL &&
            atomic_load(&guest->connecting) != PSOCK_GUEST_IDLE);
}

static bool is_forgiven(const struct psock_guest *guest,
                        const struct psock_guest_option *option, int error)
{
    if (option->kept == PSOCK_GUEST_KEPT_NOTHING)
        return false;
    return (option->lack == PSOCK_GUEST_KEEP && is_lack(error)) ||
           is_over(guest, error);
}

static bool has_core(const struct psock_guest *guest,
                     const struct psock_guest_option *option)
{
    return option->core != PSOCK_GUEST_NO_OPTION &&
           guest->socket != PSOCK_INVALID;
}

int psock_guest_set_usual(struct psock_guest *guest,
                          const struct psock_guest_option *option, int value)
{
    int error = 0;
    if (has_core(guest, option))
        error = psock_set_option(guest->socket, option->core, value);
    if (error < 0 && !is_forgiven(guest, option, error))
        return psock_guest_option_error(error);
    psock_guest_keep(guest, option->kept, option->usual, value);
    return 0;
}

int psock_guest_get_usual(struct psock_guest *guest,
                          const struct psock_guest_option *option, int *value)
{
    int64_t told = 0;
    int error = has_core(guest, option)
                    ? psock_get_option(guest->socket, option->core, &told)
                    : PSOCK_ENOTSUP;
    if (error == 0)
        *value = (int)told;
    else if (option->kept != PSOCK_GUEST_KEPT_NOTHING)
        *value = psock_guest_kept(guest, option->kept, option->usual);
    else
        return psock_guest_option_error(error);
    return 0;
}

/* --- What every row can be made of ------------------------------------------ */

int psock_guest_cannot_set(struct psock_guest *guest,
                           const struct psock_guest_option *option, int value)
{
    (void)guest;
    (void)option;
    (void)value;
    return -ENOPROTOOPT;
}

int psock_guest_cannot_set_bytes(struct psock_guest *guest,
                                 const struct psock_guest_option *option,
                                 const void *value, socklen_t length)
{
    (void)guest;
    (void)option;
    (void)value;
    (void)length;
    return -ENOPROTOOPT;
}

int psock_guest_give(const void *from, size_t size, void *value,
                     socklen_t *length)
{
    const size_t given = *length < size ? *length : size;
    if (given > 0 && value == NULL)
        return -EFAULT;
    if (given > 0)
        memcpy(value, from, given);
    *length = (socklen_t)given;
    return 0;
}
