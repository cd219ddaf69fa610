/* renew.c: a socket made anew behind its number, where POSIX lets one be used again
 * and Windows does not: after a failed attempt to connect, or disconnected. */
#include "socket.h"

/* What can be set and was. */
static void repeat_options(psock_t from, psock_t to)
{
    for (int option = 0; option < PSOCK_OPTION_COUNT; option++) {
        psock_option_info info;
        int64_t held;
        int64_t fresh;
        if (psock_option_describe(option, &info) == 0 && info.can_set &&
            psock_get_option(from, option, &held) == 0 &&
            psock_get_option(to, option, &fresh) == 0 && held != fresh)
            (void)!psock_set_option(to, option, held);
    }
}

/* Closing frees the address for its successor. */
static int bind_again(struct psock_guest *guest, const psock_address *local)
{
    const unsigned bound = PSOCK_GUEST_BOUND;
    if ((atomic_load(&guest->options) & bound) == 0 ||
        psock_address_port(local) == 0)
        return 0;
    return psock_guest_bind(guest, local);
}

int psock_guest_renew(struct psock_guest *guest)
{
    psock_address local = {.length = 0};
    const psock_t old = guest->socket;
    psock_t fresh =
        psock_guest_open(guest->domain, guest->type, guest->protocol);
    if (fresh < 0)
        return -psock_guest_errno(fresh);
    (void)!psock_local(old, &local);
    repeat_options(old, fresh);
    guest->socket = fresh;
    psock_guest_renewed(guest, old);
    psock_close_reset(old);
    atomic_store(&guest->connecting, PSOCK_GUEST_IDLE);
    atomic_fetch_and(&guest->options, ~(unsigned)PSOCK_GUEST_ENDED);
    atomic_store(&guest->shut, 0);
    atomic_store(&guest->error, 0);
    return bind_again(guest, &local);
}
