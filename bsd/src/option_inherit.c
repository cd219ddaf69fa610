/* option_inherit.c: what a connection has from its listener. */
#include "guest.h"

/* Said of the listener, and true of what it accepts. */
#define INHERITED                                                              \
    (PSOCK_GUEST_REUSEADDR | PSOCK_GUEST_REUSEPORT | PSOCK_GUEST_V6ONLY |      \
     PSOCK_GUEST_OOBINLINE | PSOCK_GUEST_PASSCRED)

void psock_guest_inherit_options(const struct psock_guest *listener,
                                 struct psock_guest *accepted)
{
    for (size_t i = 0; i < PSOCK_GUEST_KEPT_COUNT; i++)
        atomic_store(&accepted->kept[i], atomic_load(&listener->kept[i]));
    atomic_store(&accepted->receive_timeout_us,
                 atomic_load(&listener->receive_timeout_us));
    atomic_store(&accepted->send_timeout_us,
                 atomic_load(&listener->send_timeout_us));
    atomic_fetch_or(&accepted->options,
                    atomic_load(&listener->options) & INHERITED);
}
