/* lookup.c: asking for names, for as long as it takes. */
#include "names.h"

/* A question that a signal has ended is asked again, whatever SA_RESTART says: so
 * do the resolvers of Unix. */
static bool is_asked_again(ptrdiff_t *result)
{
    return psock_guest_goes_on(result, true) || *result == PSOCK_EINTR;
}

int psock_guest_look_up(const char *host, int family, unsigned flags,
                        char *name, psock_address *addresses, size_t capacity)
{
    psock_resolve_options options = {
        .family = family, .flags = flags, .canonical_name = name};
    ptrdiff_t result;
    do {
        psock_guest_may_wait();
        result = psock_resolve(host, NULL, &options, addresses, capacity,
                               PSOCK_FOREVER);
    } while (is_asked_again(&result));
    return result > (ptrdiff_t)capacity ? (int)capacity : (int)result;
}

int psock_guest_look_up_name(const psock_address *address, char *name)
{
    ptrdiff_t result;
    do {
        psock_guest_may_wait();
        result = psock_resolve_address(
            address, PSOCK_STREAM, PSOCK_RESOLVE_NAME_REQUIRED, name,
            PSOCK_HOST_NAME_SIZE, NULL, 0, PSOCK_FOREVER);
    } while (is_asked_again(&result));
    return (int)result;
}
