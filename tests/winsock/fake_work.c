/* fake_work.c: threads of the system: work for them, and what keeps the code in
 * place that they run. */
#include "fake_world.h"

#include <stdlib.h>

#include "host.h"

#define PATIENCE_MS 20000

/* --- Threads ------------------------------------------------------------------ */

struct thread {
    struct thread *next;
    struct host_thread *thread;
};

static struct thread *threads;

/* The lock is held. */
void fake_start_thread(void (*run)(void *context), void *context)
{
    struct thread *started = calloc(1, sizeof *started);
    started->thread = host_thread_start(run, context);
    started->next = threads;
    threads = started;
}

/* New ones may come of those that end. */
static struct thread *take_thread(void)
{
    fake_take_lock();
    struct thread *first = threads;
    if (first != NULL)
        threads = first->next;
    fake_give_lock();
    return first;
}

void fake_join_threads(void)
{
    struct thread *each;
    while ((each = take_thread()) != NULL) {
        if (!host_thread_join(each->thread, PATIENCE_MS))
            fake_complain("a thread of the system does not end");
        free(each);
    }
}

/* --- Work --------------------------------------------------------------------- */

struct item {
    struct item *next;
    LPTHREAD_START_ROUTINE run;
    void *context;
};

static struct item *items; /* held, the last first */
static _Bool pinned;       /* of the process, not of one test */

_Bool fake_module_stays(void)
{
    return pinned;
}

static void run_item(void *context)
{
    struct item item = *(struct item *)context;
    free(context);
    item.run(item.context);
}

static void add_item(LPTHREAD_START_ROUTINE run, void *context)
{
    struct item *item = malloc(sizeof *item);
    *item = (struct item){items, run, context};
    if (fake_script.work_held)
        items = item;
    else
        fake_start_thread(run_item, item);
}

static BOOL WINAPI queue_work(LPTHREAD_START_ROUTINE run, void *context,
                              ULONG flags)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_QueueUserWorkItem, "flags %#x",
                           (unsigned)flags);
    if (flags != WT_EXECUTELONGFUNCTION)
        fake_complain("work that takes long is not said to");
    if (!fake_module_stays())
        fake_complain("work is begun by a module that may go");
    fake_look_up_begins(); /* also if there is no thread for it */
    if (error == 0)
        add_item(run, context);
    return fake_leave_bool(&visit, error);
}

_Bool fake_run_work(void)
{
    fake_take_lock();
    struct item **last = &items;
    while (*last != NULL && (*last)->next != NULL)
        last = &(*last)->next;
    struct item *item = *last;
    *last = NULL;
    fake_give_lock();
    if (item != NULL)
        run_item(item);
    return item != NULL;
}

void fake_drop_work(void)
{
    while (fake_run_work())
        fake_complain("work was left");
}

/* --- Modules ------------------------------------------------------------------ */

static BOOL WINAPI get_module(DWORD flags, const WCHAR *name, HMODULE *module)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_GetModuleHandleExW, "flags %#x",
                           (unsigned)flags);
    if (flags != (GET_MODULE_HANDLE_EX_FLAG_PIN |
                  GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) ||
        name == NULL)
        fake_complain("a module is asked for in another way");
    if (error == 0) {
        pinned = 1;
        *module = (HMODULE)(uintptr_t)name;
    }
    return fake_leave_bool(&visit, error);
}

_Bool fake_is_pinned(void)
{
    fake_take_lock();
    _Bool is_pinned = pinned;
    fake_give_lock();
    return is_pinned;
}

void fake_install_work(struct psock_winsock_table *table)
{
    table->QueueUserWorkItem = queue_work;
    table->GetModuleHandleExW = get_module;
}
