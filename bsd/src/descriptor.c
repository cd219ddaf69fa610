/* descriptor.c: descriptions, and how they are found by number without a lock.
 *
 * A description's memory stays one forever.  So whoever reads a pointer to one from
 * the table may count itself in, if somebody else still does, and then see whether
 * the table still says the same: if not, it was another's, and nothing has
 * happened. */
#include "number.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    CHUNK = 64
};

struct psock_guest_number psock_guest_numbers[PSOCK_GUEST_NUMBERS];
struct psock_guest psock_guest_nobody;

/* Those that nobody holds, by their member `state`. */
static struct psock_guest *pool;
static struct psock_guest_mutex pool_mutex;

/* --- The pool --------------------------------------------------------------- */

static void put_back(struct psock_guest *guest)
{
    psock_guest_lock(&pool_mutex);
    guest->state = pool;
    pool = guest;
    psock_guest_unlock(&pool_mutex);
}

static void refill(void)
{
    struct psock_guest *chunk = calloc(CHUNK, sizeof *chunk);
    for (size_t i = 0; chunk != NULL && i < CHUNK; i++) {
        chunk[i].state = pool;
        pool = &chunk[i];
    }
}

static struct psock_guest *take_one(void)
{
    psock_guest_lock(&pool_mutex);
    if (pool == NULL)
        refill();
    struct psock_guest *guest = pool;
    if (guest != NULL)
        pool = guest->state;
    psock_guest_unlock(&pool_mutex);
    return guest;
}

struct psock_guest *psock_guest_new(const struct psock_guest_class *class)
{
    struct psock_guest *guest = take_one();
    if (guest == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    const size_t kept = offsetof(struct psock_guest, class);
    memset((char *)guest + kept, 0, sizeof *guest - kept);
    guest->class = class;
    guest->socket = PSOCK_INVALID;
    atomic_store(&guest->references, 1);
    return guest;
}

/* --- Holding ---------------------------------------------------------------- */

void psock_guest_hold_again(struct psock_guest *guest)
{
    atomic_fetch_add(&guest->references, 1);
}

bool psock_guest_hold_if_held(struct psock_guest *guest)
{
    unsigned count = atomic_load(&guest->references);
    while (count != 0 && !atomic_compare_exchange_weak(&guest->references,
                                                       &count, count + 1)) {
    }
    return count != 0;
}

void psock_guest_drop(struct psock_guest *guest)
{
    if (atomic_fetch_sub(&guest->references, 1) != 1)
        return;
    int number = errno;
    if (guest->watches != NULL)
        psock_guest_unwatch(guest);
    if (guest->class->close != NULL)
        guest->class->close(guest);
    put_back(guest);
    errno = number;
}

struct psock_guest *psock_guest_hold(int fd)
{
    if (!psock_guest_in_range(fd))
        return NULL;
    _Atomic(struct psock_guest *) *place = &psock_guest_numbers[fd].guest;
    for (;;) {
        struct psock_guest *guest = atomic_load(place);
        if (guest == NULL || guest == &psock_guest_nobody)
            return NULL;
        if (!psock_guest_hold_if_held(guest))
            continue;
        if (atomic_load(place) == guest)
            return guest;
        psock_guest_drop(guest);
    }
}

struct psock_guest *psock_guest_hold_socket(int fd)
{
    struct psock_guest *guest = psock_guest_hold(fd);
    if (guest == NULL) {
        errno = psock_guest_is_plain(fd) ? ENOTSOCK : EBADF;
        return NULL;
    }
    if (guest->class->format == S_IFSOCK)
        return guest;
    psock_guest_drop(guest);
    errno = ENOTSOCK;
    return NULL;
}
