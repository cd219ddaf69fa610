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
static size_t next_slot;
static size_t slots_used; /* none from here on was ever in use */
static unsigned next_id;

struct fake_object *fake_find(ULONG_PTR handle)
{
    ULONG_PTR offset = handle - FIRST_HANDLE;
    if (handle < FIRST_HANDLE || offset % HANDLE_STEP != 0)
        return NULL;
    size_t slot = (size_t)(offset / HANDLE_STEP);
    return slot < HANDLE_COUNT ? objects[slot] : NULL;
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

void fake_give_handle(struct fake_object *object)
{
    size_t slot = free_slot();
    objects[slot] = object;
    object->handle = FIRST_HANDLE + HANDLE_STEP * slot;
    if (object->kind == FAKE_SOCKET)
        object->id = ++next_id;
    next_slot = slot + 1;
    if (slots_used < next_slot)
        slots_used = next_slot;
}

static void take_handle(struct fake_object *object)
{
    if (object->handle != 0)
        objects[(object->handle - FIRST_HANDLE) / HANDLE_STEP] = NULL;
    object->handle = 0;
}

void fake_drop_object(struct fake_object *object)
{
    take_handle(object);
    if (object->base != NULL)
        fake_drop_object(object->base);
    fake_drop_datagrams(object);
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

struct fake_object *fake_each(struct fake_object *after)
{
    size_t slot = 0;
    if (after != NULL)
        slot = (size_t)((after->handle - FIRST_HANDLE) / HANDLE_STEP) + 1;
    while (slot < slots_used && objects[slot] == NULL)
        slot++;
    return slot < slots_used ? objects[slot] : NULL;
}

unsigned fake_count_kind(enum fake_kind kind)
{
    unsigned count = 0;
    for (struct fake_object *each = fake_each(NULL); each != NULL;
         each = fake_each(each))
        count += each->kind == kind;
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
