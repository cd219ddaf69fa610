/* serve.c: the listeners of one service, from a name or for all addresses, and
 * connections from any of them. */
#include "policy.h"

/* --- What is asked ----------------------------------------------------------- */

static const psock_serve_options no_options;

static int options_error(const psock_serve_options *options)
{
    if (options->family != PSOCK_NONE && !psock_is_internet(options->family))
        return PSOCK_EINVAL;
    if (options->mode < PSOCK_BIND_FRESH || options->mode > PSOCK_BIND_SHARED)
        return PSOCK_EINVAL;
    return options->flags != 0 || options->backlog < 0 ? PSOCK_EINVAL : 0;
}

/* A service about to be: where to listen, and what listens so far. */
struct service {
    const psock_serve_options *options;
    psock_address addresses[PSOCK_LISTENERS_MAX];
    size_t count;
    unsigned flags; /* for psock_open() */
    psock_listeners opened;
    _Bool is_lacking; /* the failure is that this machine has no such address */
    int first_lack;   /* the first such failure, */
    int native;       /* and the system's code for it */
};

static struct service service_of(const psock_serve_options *options)
{
    return (struct service){.options = options};
}

/* Each address once.  What is IPv4 in the dress of IPv6 only reaches IPv4
 * peers. */
static void add_address(struct service *service, const psock_address *address)
{
    psock_address plain = *address;
    (void)!psock_address_unmap(address, &plain);
    for (size_t i = 0; i < service->count; i++)
        if (psock_address_compare(&service->addresses[i], &plain) == 0)
            return;
    service->addresses[service->count++] = plain;
}

/* --- One listener -------------------------------------------------------------- */

static _Bool is_any_of(int error, const int *errors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (errors[i] == error)
            return 1;
    return 0;
}

/* Whether the machine has no such family or address. */
static _Bool is_lack(int error)
{
    static const int lacks[] = {PSOCK_EAFNOSUPPORT, PSOCK_EPFNOSUPPORT,
                                PSOCK_EADDRNOTAVAIL};
    return is_any_of(error, lacks, sizeof lacks / sizeof *lacks);
}

/* Whether it has none that serve both families: systems have many words for an
 * option that cannot be set so. */
static _Bool is_lack_of_both(int error)
{
    static const int refusals[] = {PSOCK_ENOTSUP, PSOCK_ENOPROTOOPT,
                                   PSOCK_EOPNOTSUPP, PSOCK_EINVAL};
    return is_any_of(error, refusals, sizeof refusals / sizeof *refusals);
}

static int prepare(const psock_serve_options *options, psock_t s,
                   const psock_address *local)
{
    int result = options->prepare == NULL
                     ? 0
                     : options->prepare(s, local, options->context);
    return result < 0 ? result : 0;
}

/* What the user's own function says is never taken for a lack. */
static int equip(struct service *service, psock_t s, const psock_address *local)
{
    int error = prepare(service->options, s, local);
    if (error < 0)
        return error;
    error = psock_bind(s, local, service->options->mode);
    service->is_lacking = is_lack(error);
    return error;
}

static int open_one(struct service *service, const psock_address *local)
{
    psock_t s =
        psock_open(psock_address_family(local), PSOCK_STREAM, service->flags);
    if (s < 0) {
        service->is_lacking =
            is_lack((int)s) || (service->flags != 0 && is_lack_of_both((int)s));
        return (int)s;
    }
    service->is_lacking = 0;
    int error = equip(service, s, local);
    if (error < 0)
        psock_close(s);
    else
        service->opened.sockets[service->opened.count++] = s;
    return error;
}

/* --- All of them ---------------------------------------------------------------- */

static void close_all(struct service *service)
{
    while (service->opened.count > 0)
        psock_close(service->opened.sockets[--service->opened.count]);
}

/* Gives `local` the port that the first socket has got. */
static int share_port(const struct service *service, psock_address *local)
{
    psock_address first;
    if (service->opened.count == 0 || psock_address_port(local) != 0)
        return 0;
    int error = psock_local(service->opened.sockets[0], &first);
    return error < 0
               ? error
               : psock_address_set_port(local, psock_address_port(&first));
}

static int open_next(struct service *service, size_t i)
{
    psock_address local = service->addresses[i];
    service->is_lacking = 0;
    int error = share_port(service, &local);
    return error < 0 ? error : open_one(service, &local);
}

static void note_lack(struct service *service, int error)
{
    if (service->first_lack == 0) {
        service->first_lack = error;
        service->native = psock_sys_error_native();
    }
}

/* What this machine lacks is passed over, unless that is all of it. */
static int open_all(struct service *service)
{
    service->first_lack = 0;
    for (size_t i = 0; i < service->count; i++) {
        int error = open_next(service, i);
        if (error < 0 && !service->is_lacking)
            return error;
        if (error < 0)
            note_lack(service, error);
    }
    if (service->opened.count > 0)
        return 0;
    psock_sys_error_restore(service->native);
    return service->first_lack;
}

/* Only when all are bound: so nobody is let in by some of a service that is not
 * to be. */
static int listen_to_all(struct service *service)
{
    int error = 0;
    for (size_t i = 0; i < service->opened.count && error == 0; i++)
        error =
            psock_listen(service->opened.sockets[i], service->options->backlog);
    return error;
}

/* A path was made by binding, and goes with a listener that failed. */
static void undo(struct service *service)
{
    const _Bool is_bound = service->opened.count > 0;
    close_all(service);
    if (is_bound && psock_address_family(&service->addresses[0]) == PSOCK_UNIX)
        psock_remove_path(&service->addresses[0]);
}

static int try_once(struct service *service)
{
    int error = open_all(service);
    if (error == 0)
        error = listen_to_all(service);
    if (error < 0)
        undo(service);
    return error;
}

/* How many ports of the system's choice may turn out to be somebody's: the
 * choice is made for one address, and the others may have that port taken. */
#define PORTS_TRIED_MAX 16

static _Bool has_port_chosen(const struct service *service)
{
    const psock_address *first = &service->addresses[0];
    return psock_address_family(first) != PSOCK_UNIX &&
           psock_address_port(first) == 0;
}

static int begin(struct service *service)
{
    int tries_left = has_port_chosen(service) ? PORTS_TRIED_MAX : 1;
    int error;
    do {
        error = try_once(service);
    } while (error == PSOCK_EADDRINUSE && --tries_left > 0);
    return error;
}

/* --- All addresses ----------------------------------------------------------- */

static void add_any(struct service *service, int family, uint16_t port)
{
    psock_address any;
    if (psock_address_any(family, port, &any) == 0)
        add_address(service, &any);
}

static int serve_family(struct service *service, int family, uint16_t port)
{
    add_any(service, family, port);
    return begin(service);
}

static int serve_by_two(struct service *service, uint16_t port)
{
    add_any(service, PSOCK_IPV6, port);
    add_any(service, PSOCK_IPV4, port);
    return begin(service);
}

/* One socket for both families only counts where it keeps others away from both,
 * too. */
static int serve_everywhere(struct service *service, uint16_t port)
{
    const psock_serve_options *options = service->options;
    if (options->family != PSOCK_NONE)
        return serve_family(service, options->family, port);
    if (!psock_sys_keeps_both(options->mode))
        return serve_by_two(service, port);
    service->flags = PSOCK_DUAL_STACK;
    int error = serve_family(service, PSOCK_IPV6, port);
    if (error == 0 || !service->is_lacking)
        return error;
    *service = service_of(options);
    return serve_by_two(service, port);
}

/* --- By name ------------------------------------------------------------------ */

static int look_up(const char *host, const char *name, int family,
                   psock_address addresses[PSOCK_LISTENERS_MAX],
                   psock_deadline deadline)
{
    const psock_resolve_options options = {.family = family,
                                           .flags = PSOCK_RESOLVE_PASSIVE};
    int count = psock_resolve(host, name == NULL ? "0" : name, &options,
                              addresses, PSOCK_LISTENERS_MAX, deadline);
    return count > PSOCK_LISTENERS_MAX ? PSOCK_EOVERFLOW : count;
}

static int serve_name(struct service *service, const char *host,
                      const char *name, psock_deadline deadline)
{
    psock_address found[PSOCK_LISTENERS_MAX];
    int count = look_up(host, name, service->options->family, found, deadline);
    if (count < 0)
        return count;
    if (host == NULL)
        return serve_everywhere(service, psock_address_port(&found[0]));
    for (int i = 0; i < count; i++)
        add_address(service, &found[i]);
    return begin(service);
}

int psock_serve(const char *host, const char *service,
                const psock_serve_options *options, psock_listeners *listeners,
                psock_deadline deadline)
{
    struct service begun = service_of(options == NULL ? &no_options : options);
    if (listeners == NULL)
        return PSOCK_EFAULT;
    int error = options_error(begun.options);
    if (error == 0)
        error = serve_name(&begun, host, service, deadline);
    if (error == 0)
        *listeners = begun.opened;
    return error;
}

static int address_error(const psock_address *address, int wanted_family)
{
    const int family = psock_address_family(address);
    return family == PSOCK_NONE ||
                   (wanted_family != PSOCK_NONE && family != wanted_family)
               ? PSOCK_EAFNOSUPPORT
               : 0;
}

int psock_serve_address(const psock_address *address,
                        const psock_serve_options *options,
                        psock_listeners *listeners)
{
    struct service begun = service_of(options == NULL ? &no_options : options);
    if (address == NULL || listeners == NULL)
        return PSOCK_EFAULT;
    int error = options_error(begun.options);
    if (error == 0)
        error = address_error(address, begun.options->family);
    if (error < 0)
        return error;
    add_address(&begun, address);
    error = begin(&begun);
    if (error == 0)
        *listeners = begun.opened;
    return error;
}

/* --- Accepting ----------------------------------------------------------------- */

static psock_t accept_plainly(psock_t listener, psock_address *peer,
                              psock_deadline deadline)
{
    psock_t s = psock_accept(listener, peer, deadline);
    if (s >= 0 && peer != NULL) {
        const psock_address whole = *peer;
        (void)!psock_address_unmap(&whole, peer);
    }
    return s;
}

/* Whose turn it is to be asked first.  The multiples of the golden ratio spread
 * evenly over the listeners, also those that one caller sees of them who takes
 * each second or third. */
static size_t next_turn(size_t count)
{
    static _Atomic uint32_t turns;
    const uint32_t turn =
        atomic_fetch_add_explicit(&turns, 1, memory_order_relaxed);
    const uint32_t place = turn * UINT32_C(2654435769);
    return (size_t)((uint64_t)place * count >> 32);
}

/* Asks each listener that may have a connection. */
static psock_t accept_any(const psock_pollable *entries, size_t count,
                          psock_address *peer)
{
    psock_t result = PSOCK_EAGAIN;
    const size_t first = next_turn(count);
    for (size_t i = 0; i < count && result == PSOCK_EAGAIN; i++) {
        const psock_pollable *entry = &entries[(first + i) % count];
        if (entry->came != 0)
            result = accept_plainly(entry->socket, peer, PSOCK_NOW);
    }
    return result;
}

/* Another thread may take what was seen to come, and then what comes next, for as
 * long as it likes. */
static psock_t wait_and_accept(psock_pollable *entries, size_t count,
                               psock_address *peer, psock_deadline deadline)
{
    int ready = psock_poll(entries, count, deadline);
    if (ready < 0)
        return ready;
    psock_t result = accept_any(entries, count, peer);
    int error = result == PSOCK_EAGAIN ? psock_may_go_on(deadline) : 0;
    return error < 0 ? error : result;
}

static psock_t accept_of_many(const psock_listeners *listeners,
                              psock_address *peer, psock_deadline deadline)
{
    psock_pollable entries[PSOCK_LISTENERS_MAX] = {{.socket = PSOCK_INVALID}};
    const size_t count = listeners->count;
    for (size_t i = 0; i < count; i++)
        entries[i] = (psock_pollable){.socket = listeners->sockets[i],
                                      .wanted = PSOCK_READABLE,
                                      .came = PSOCK_READABLE};
    psock_t result = accept_any(entries, count, peer);
    while (result == PSOCK_EAGAIN && deadline != PSOCK_NOW)
        result = wait_and_accept(entries, count, peer, deadline);
    return result;
}

/* No listeners, or more than there can be, are none of psock_serve(). */
static int listeners_error(const psock_listeners *listeners)
{
    if (listeners == NULL)
        return PSOCK_EFAULT;
    return listeners->count > PSOCK_LISTENERS_MAX ? PSOCK_EINVAL : 0;
}

psock_t psock_serve_accept(const psock_listeners *listeners,
                           psock_address *peer, psock_deadline deadline)
{
    int error = listeners_error(listeners);
    if (error < 0)
        return error;
    if (listeners->count == 0)
        return PSOCK_EINVAL;
    return listeners->count == 1
               ? accept_plainly(listeners->sockets[0], peer, deadline)
               : accept_of_many(listeners, peer, deadline);
}

/* --- What there is of them ------------------------------------------------------- */

int psock_serve_port(const psock_listeners *listeners)
{
    psock_address local;
    int error = listeners_error(listeners);
    if (error == 0 && listeners->count == 0)
        return 0;
    if (error == 0)
        error = psock_local(listeners->sockets[0], &local);
    return error < 0 ? error : psock_address_port(&local);
}

int psock_serve_close(psock_listeners *listeners)
{
    int first_error = listeners_error(listeners);
    if (first_error < 0)
        return first_error;
    for (size_t i = 0; i < listeners->count; i++) {
        int error = psock_close(listeners->sockets[i]);
        if (first_error == 0)
            first_error = error;
    }
    *listeners = (psock_listeners){.count = 0};
    return first_error;
}
