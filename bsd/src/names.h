/* names.h: what the files about names lend each other: getaddrinfo() and its kin,
 * the old functions, and the databases of services, protocols and networks. */
#ifndef PSOCK_GUEST_NAMES_H
#define PSOCK_GUEST_NAMES_H

#include "guest.h"

#include <netdb.h>

/* --- A caller's buffer (room.c) ---------------------------------------------- */

/* What is left of it. */
struct psock_guest_room {
    char *at;
    size_t left;
};

/* Takes `size` bytes, aligned for pointers; null when they are not there. */
void *psock_guest_take(struct psock_guest_room *room, size_t size);

/* Copies text, and a list of texts that ends with a null, into it. */
char *psock_guest_take_text(struct psock_guest_room *room, const char *text);
char **psock_guest_take_texts(struct psock_guest_room *room,
                              char *const *texts);

/* --- Databases (database.c) --------------------------------------------------- */

/* A line of a file such as /etc/services: a name, a value, other names. */
struct psock_guest_entry {
    char *name; /* null after the last one */
    char *value;
    char **aliases;
    long number;    /* that `value` begins with; -1 for none */
    char *protocol; /* what stands behind its '/'; "" for nothing */
};

/* The lines of a file of the system, and then those of `common` that it lacks. */
struct psock_guest_database {
    const char *file; /* in %SystemRoot%\System32\drivers\etc */
    const char *common;
    _Atomic(struct psock_guest_entry *) entries;
    struct psock_guest_mutex lock;
};

/* Its lines, in order.  They are read once and stay. */
const struct psock_guest_entry *
psock_guest_entries(struct psock_guest_database *database);

/* The first line with this name, or other name; null for none. */
const struct psock_guest_entry *
psock_guest_entry_called(const struct psock_guest_entry *entries,
                         const char *name);

extern struct psock_guest_database psock_guest_services;  /* services.c */
extern struct psock_guest_database psock_guest_protocols; /* protocols.c */

extern const char psock_guest_common_services[];  /* common.c */
extern const char psock_guest_common_protocols[]; /* common.c */

/* The service of this name, or of this port, over `protocol`, which may be null
 * for any; null for none. */
const struct psock_guest_entry *psock_guest_service(const char *name,
                                                    const char *protocol);
const struct psock_guest_entry *psock_guest_service_at(int port,
                                                       const char *protocol);

/* --- Look-ups (lookup.c) ------------------------------------------------------- */

/* psock_resolve() and psock_resolve_address(), for as long as it takes.  Signals
 * run their handlers and do not end it.  `name`, which may be null, receives what
 * the host is called (PSOCK_HOST_NAME_SIZE bytes). */
int psock_guest_look_up(const char *host, int family, unsigned flags,
                        char *name, psock_address *addresses, size_t capacity);
int psock_guest_look_up_name(const psock_address *address, char *name);

/* The error EAI_... for an error of psock; errno tells of EAI_SYSTEM.
 * (gai_error.c) */
int psock_guest_eai(ptrdiff_t error);

/* The same for h_errno; errno tells of NETDB_INTERNAL.  (host_error.c) */
int psock_guest_host_error(ptrdiff_t error);

/* --- What kinds of socket a service has (kinds.c) ------------------------------- */

#define PSOCK_GUEST_KINDS_MAX 6

struct psock_guest_kinds {
    int count;
    struct psock_guest_kind {
        int type;
        int protocol;
        uint16_t port;
    } kind[PSOCK_GUEST_KINDS_MAX];
};

/* Those of `service` that the hints allow.  Returns 0 or an error EAI_.... */
int psock_guest_find_kinds(const char *service, const struct addrinfo *hints,
                           struct psock_guest_kinds *kinds);

/* --- Numbers as text (numeric.c) ------------------------------------------------ */

/* Reads the whole of `text` as inet_aton() reads addresses, or with a scope as of
 * RFC 4007 ("fe80::1%lo").  Returns 1 with `out` written, 0 where it is no address,
 * or EAI_NONAME for a scope that there is not. */
int psock_guest_numeric(const char *text, psock_address *out);

/* The parts of an address as inet_aton() has it; `end` is what stands behind. */
bool psock_guest_aton(const char *text, uint32_t *address, const char **end);

/* --- Interfaces (interface_name.c) ------------------------------------------------ */

/* The name of the interface `at` of a list: its own where that fits IF_NAMESIZE,
 * "lo" for the first loopback, or "if" and its index. */
void psock_guest_interface_name(const psock_interface *interfaces, int at,
                                char *name);

/* IFF_UP and so on. */
unsigned psock_guest_interface_flags(const psock_interface *interface);

#endif
