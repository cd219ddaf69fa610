/* option_error.c: SO_ERROR. */
#include "guest.h"

/* What failed before, and has been told, is not told again. */
static bool has_told(const struct psock_guest *guest)
{
    const int state = atomic_load(&guest->connecting);
    return state == PSOCK_GUEST_FAILED || state == PSOCK_GUEST_BROKEN;
}

/* Some systems show a reset to those who wait, and to nobody who asks. */
static int look_for_error(struct psock_guest *guest)
{
    int64_t error = 0;
    if (psock_get_option(guest->socket, PSOCK_OPTION_ERROR, &error) < 0)
        return 0;
    if (error == 0 && psock_guest_is_broken(guest))
        return ECONNRESET;
    return psock_guest_errno((ptrdiff_t)error);
}

static int take_error_of_psock(struct psock_guest *guest)
{
    if (guest->socket == PSOCK_INVALID || has_told(guest))
        return 0;
    int error = look_for_error(guest);
    if (error != 0)
        psock_guest_told(guest);
    return error;
}

int psock_guest_take_error(struct psock_guest *guest)
{
    int error = atomic_exchange(&guest->error, 0);
    return error != 0 ? error : take_error_of_psock(guest);
}
