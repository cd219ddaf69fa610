/* fake_object.c: handles and what is behind them. */
#include "fake_world.h"

#include <stdlib.h>
#include <string.h>

#define HANDLE_COUNT 4096

/* Handles are multiples of four and, where they can be, do not fit 32 bits, so
 * that whoever cuts one is found out. */
#define HANDLE_STEP 4
#if UINTPTR_MAX > 0xffffffff
#define FIRST_HANDLE ((ULONG_PTR)0x100000004)
#else
#define FIRST_HANDLE ((ULONG_PTR)0x1004)
#endif

static struct fake_object *objects[HANDLE_COUNT];

/* Whose each handle is, and whether it has been put there by another process and
 * not been opened yet. */
static struct {
    DWORD process;
    _Bool in_parcel;
} holders[HANDLE_COUNT];

static size_t next_slot;
static size_t slots_used; /* none from here on was ever in use */
static unsigned next_id;

/* What psock keeps for itself is the same in all processes, since they are one.
 */
static _Bool is_held_here(size_t slot)
{
    return objects[slot] != NULL &&
           (objects[slot]->kind != FAKE_SOCKET ||
            holders[slot].process == fake_script.process);
}

/* The slot of a handle of this process; HANDLE_COUNT when there is none. */
static size_t slot_of(ULONG_PTR handle)
{
    ULONG_PTR offset = handle - FIRST_HANDLE;
    if (handle < FIRST_HANDLE || offset % HANDLE_STEP != 0 ||
        offset / HANDLE_STEP >= HANDLE_COUNT)
        return HANDLE_COUNT;
    size_t slot = (size_t)(offset / HANDLE_STEP);
    return is_held_here(slot) ? slot : HANDLE_COUNT;
}

struct fake_object *fake_find(ULONG_PTR handle)
{
    size_t slot = slot_of(handle);
    return slot < HANDLE_COUNT && !holders[slot].in_parcel ? objects[slot]
                                                           : NULL;
}

struct fake_object *fake_find_socket(SOCKET s)
{
    struct fake_object *object = fake_find(s);
    return object != NULL && object->kind == FAKE_SOCKET ? object : NULL;
}

struct fake_object *fake_new_object(enum fake_kind kind)
{
    struct fake_object *object = calloc(1, sizeof *object);
    object->kind = kind;
    return object;
}

static size_t free_slot(void)
{
    size_t slot = fake_script.reuse_handles ? 0 : next_slot;
    while (objects[slot % HANDLE_COUNT] != NULL)
        slot++;
    return slot % HANDLE_COUNT;
}

static ULONG_PTR put(struct fake_object *object, DWORD process, _Bool in_parcel)
{
    size_t slot = free_slot();
    objects[slot] = object;
    holders[slot].process = process;
    holders[slot].in_parcel = in_parcel;
    next_slot = slot + 1;
    if (slots_used < next_slot)
        slots_used = next_slot;
    return FIRST_HANDLE + HANDLE_STEP * slot;
}

void fake_give_handle(struct fake_object *object)
{
    object->handle = put(object, fake_script.process, 0);
    object->process = fake_script.process;
    if (object->kind == FAKE_SOCKET)
        object->id = ++next_id;
}

/* One more handle, in another process. */
ULONG_PTR fake_add_parcel(struct fake_object *object, DWORD process)
{
    return put(object, process, 1);
}

struct fake_object *fake_open_parcel(ULONG_PTR handle)
{
    size_t slot = slot_of(handle);
    if (slot == HANDLE_COUNT || !holders[slot].in_parcel)
        return NULL;
    holders[slot].in_parcel = 0;
    return objects[slot];
}

/* Parcels have room for half of a handle. */
ULONG_PTR fake_whole_handle(DWORD number)
{
    return FIRST_HANDLE - (DWORD)FIRST_HANDLE + number;
}

static size_t first_slot_of(const struct fake_object *object)
{
    size_t slot = 0;
    while (slot < slots_used && objects[slot] != object)
        slot++;
    return slot;
}

_Bool fake_drop_handle(ULONG_PTR handle)
{
    size_t slot = slot_of(handle);
    struct fake_object *object = objects[slot];
    objects[slot] = NULL;
    size_t other = first_slot_of(object);
    if (other == slots_used) {
        objects[slot] = object; /* the last goes with the object */
        return 0;
    }
    object->handle = FIRST_HANDLE + HANDLE_STEP * other;
    return 1;
}

psock_t fake_hand_over(psock_t s, DWORD process)
{
    fake_take_lock();
    ULONG_PTR handle = put(fake_find_socket((SOCKET)s), process, 0);
    fake_give_lock();
    return (psock_t)handle;
}

static void take_handle(struct fake_object *object)
{
    for (size_t slot = 0; slot < slots_used && object->handle != 0; slot++)
        if (objects[slot] == object)
            objects[slot] = NULL;
    object->handle = 0;
}

void fake_drop_object(struct fake_object *object)
{
    take_handle(object);
    if (object->base != NULL)
        fake_drop_object(object->base);
    fake_close_file(object);
    fake_drop_datagrams(object);
    fake_drop_members(object);
    fake_drop_packets(object);
    fake_forget_port(object);
    fake_forget_in_polls(object);
    free(object->received);
    free(object);
}

/* Connections that nobody accepted are reset. */
static void drop_waiting(struct fake_object *listener)
{
    while (listener->first_waiting != NULL) {
        struct fake_object *waiting = listener->first_waiting;
        listener->first_waiting = waiting->next_waiting;
        waiting->linger = (struct linger){.l_onoff = 1, .l_linger = 0};
        fake_end_connection(waiting);
        fake_drop_object(waiting);
    }
}

void fake_drop_socket(struct fake_object *socket)
{
    drop_waiting(socket);
    fake_end_connection(socket);
    fake_end_polls_of(socket);
    fake_drop_object(socket);
}

static struct fake_object *first_of(enum fake_kind kind)
{
    struct fake_object *each = fake_each(NULL);
    while (each != NULL && each->kind != kind)
        each = fake_each(each);
    return each;
}

static void drop_parcel(size_t slot)
{
    struct fake_object *object = objects[slot];
    const DWORD process = fake_script.process;
    fake_script.process = holders[slot].process;
    if (!fake_drop_handle(FIRST_HANDLE + HANDLE_STEP * slot))
        fake_drop_socket(object);
    fake_script.process = process;
}

void fake_drop_parcels(void)
{
    fake_take_lock();
    for (size_t slot = 0; slot < slots_used; slot++)
        if (objects[slot] != NULL && holders[slot].in_parcel)
            drop_parcel(slot);
    fake_give_lock();
}

void fake_drop_sockets(void)
{
    struct fake_object *socket;
    while ((socket = first_of(FAKE_SOCKET)) != NULL)
        fake_drop_socket(socket);
}

void fake_drop_all(void)
{
    struct fake_object *object;
    fake_drop_sockets();
    while ((object = fake_each(NULL)) != NULL)
        fake_drop_object(object);
    next_slot = 0;
    slots_used = 0;
    next_id = 0;
}

static _Bool is_first_handle(size_t slot)
{
    return objects[slot] != NULL &&
           objects[slot]->handle == FIRST_HANDLE + HANDLE_STEP * slot;
}

struct fake_object *fake_each(struct fake_object *after)
{
    size_t slot = 0;
    if (after != NULL)
        slot = (size_t)((after->handle - FIRST_HANDLE) / HANDLE_STEP) + 1;
    while (slot < slots_used && !is_first_handle(slot))
        slot++;
    return slot < slots_used ? objects[slot] : NULL;
}

/* Handles, of which an object may have several. */
unsigned fake_count_kind(enum fake_kind kind)
{
    unsigned count = 0;
    for (size_t slot = 0; slot < slots_used; slot++)
        count += objects[slot] != NULL && objects[slot]->kind == kind;
    return count;
}

/* --- What tests ask and make ---------------------------------------------- */

psock_t fake_open_file(void)
{
    fake_take_lock();
    struct fake_object *file = fake_new_object(FAKE_FILE);
    fake_give_handle(file);
    fake_give_lock();
    return (psock_t)file->handle;
}

_Bool fake_is_inheritable(psock_t s)
{
    fake_take_lock();
    const struct fake_object *object = fake_find((ULONG_PTR)s);
    _Bool answer = object != NULL && object->inheritable;
    fake_give_lock();
    return answer;
}

_Bool fake_is_nonblocking(psock_t s)
{
    fake_take_lock();
    const struct fake_object *object = fake_find_socket((SOCKET)s);
    _Bool answer = object != NULL && object->nonblocking;
    fake_give_lock();
    return answer;
}

void fake_put_layer(psock_t s, enum fake_layer layer)
{
    fake_take_lock();
    struct fake_object *object = fake_find_socket((SOCKET)s);
    object->layered = 1;
    object->layer = layer;
    object->base = fake_new_object(FAKE_BASE);
    object->base->above = object;
    fake_give_handle(object->base);
    fake_give_lock();
}
