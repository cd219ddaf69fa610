/* fake_handle.c: the calls on handles of any kind, and on events. */
#include "fake_world.h"

static unsigned id_of(const struct fake_object *object)
{
    return object == NULL ? 0 : object->id;
}

static BOOL WINAPI get_handle_information(HANDLE handle, DWORD *flags)
{
    struct fake_visit visit;
    struct fake_object *object;
    int error = fake_enter(&visit, FAKE_GetHandleInformation, "handle");
    object = fake_find((ULONG_PTR)handle);
    if (error == 0 && object == NULL)
        error = ERROR_INVALID_HANDLE;
    if (error == 0)
        *flags = object->inheritable ? HANDLE_FLAG_INHERIT : 0;
    return fake_leave_bool(&visit, error);
}

/* The handles of layered providers are not the system's own. */
static BOOL WINAPI set_handle_information(HANDLE handle, DWORD mask,
                                          DWORD flags)
{
    struct fake_visit visit;
    int error = fake_enter(
        &visit, FAKE_SetHandleInformation, "#%u mask %u flags %u",
        id_of(fake_find((ULONG_PTR)handle)), (unsigned)mask, (unsigned)flags);
    struct fake_object *object = fake_find((ULONG_PTR)handle);
    if (error == 0 && (object == NULL || object->layered))
        error = ERROR_INVALID_HANDLE;
    if (error == 0 && (mask & HANDLE_FLAG_INHERIT) != 0)
        object->inheritable = (flags & HANDLE_FLAG_INHERIT) != 0;
    return fake_leave_bool(&visit, error);
}

static HANDLE WINAPI create_event(SECURITY_ATTRIBUTES *security,
                                  BOOL manual_reset, BOOL initial,
                                  const WCHAR *name)
{
    struct fake_visit visit;
    struct fake_object *event = NULL;
    int error = fake_enter(&visit, FAKE_CreateEventW, "manual %d initial %d",
                           manual_reset, initial);
    if (name != NULL)
        fake_complain("an event with a name is everybody's");
    if (error == 0) {
        event = fake_new_object(FAKE_EVENT);
        event->manual_reset = manual_reset != 0;
        event->signalled = initial != 0;
        event->inheritable = security != NULL && security->bInheritHandle != 0;
        fake_give_handle(event);
    }
    HANDLE handle = event == NULL ? NULL : (HANDLE)event->handle;
    fake_leave_bool(&visit, error);
    return handle;
}

/* --- Closing -------------------------------------------------------------- */

/* The memory of a poll that is under way will be written to, whatever is
 * closed. */
static void complain_of_closing(const struct fake_object *object)
{
    if (object->kind == FAKE_EVENT && fake_event_has_poll(object))
        fake_complain("CloseHandle of the event of a poll under way");
    if (object->kind == FAKE_DEVICE && fake_device_has_poll(object))
        fake_complain("CloseHandle of a device with a poll under way");
    if (object->kind == FAKE_PORT && fake_port_has_poll(object))
        fake_complain("CloseHandle of a port with a poll under way to it");
}

static int closing_error(const struct fake_object *object)
{
    if (object == NULL) {
        fake_complain("CloseHandle of a handle that is not open");
        return ERROR_INVALID_HANDLE;
    }
    complain_of_closing(object);
    if (object->kind == FAKE_EVENT || object->kind == FAKE_DEVICE ||
        object->kind == FAKE_PORT || object->file != NULL)
        return 0;
    fake_complain("CloseHandle of a socket goes round Winsock");
    return ERROR_INVALID_HANDLE;
}

static BOOL WINAPI close_handle(HANDLE handle)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_CloseHandle, "handle");
    struct fake_object *object = fake_find((ULONG_PTR)handle);
    if (error == 0)
        error = closing_error(object);
    if (error == 0)
        fake_drop_object(object);
    return fake_leave_bool(&visit, error);
}

/* --- Setting -------------------------------------------------------------- */

static BOOL change_event(enum fake_call call, HANDLE handle, _Bool signalled)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, call, "handle");
    struct fake_object *event = fake_find((ULONG_PTR)handle);
    if (error == 0 && (event == NULL || event->kind != FAKE_EVENT)) {
        fake_complain("setting or resetting what is no open event");
        error = ERROR_INVALID_HANDLE;
    }
    if (error == 0)
        event->signalled = signalled;
    return fake_leave_bool(&visit, error);
}

static BOOL WINAPI set_event(HANDLE handle)
{
    return change_event(FAKE_SetEvent, handle, 1);
}

static BOOL WINAPI reset_event(HANDLE handle)
{
    return change_event(FAKE_ResetEvent, handle, 0);
}

/* --- Waiting -------------------------------------------------------------- */

static DWORD take_event(struct fake_object *event)
{
    if (!event->manual_reset)
        event->signalled = 0;
    return WAIT_OBJECT_0;
}

/* Under the lock, which is given up while it sleeps; so the event is looked for
 * anew each time. */
static DWORD wait_for_event(HANDLE handle, int64_t due_ns)
{
    const int64_t give_up_ns = fake_patience_ends_ns();
    fake_settle_cancels();
    fake_settle_read(fake_find((ULONG_PTR)handle));
    for (;;) {
        struct fake_object *event = fake_find((ULONG_PTR)handle);
        if (event == NULL || event->kind != FAKE_EVENT) {
            fake_complain("waiting for a handle that is no event");
            return WAIT_FAILED;
        }
        if (event->signalled)
            return take_event(event);
        if (due_ns >= 0 && fake_now_ns() >= due_ns)
            return WAIT_TIMEOUT;
        _Bool is_awaited = due_ns >= 0 || fake_event_has_poll(event);
        if (!is_awaited && fake_now_ns() >= give_up_ns) {
            fake_complain("waiting for ever for an event nobody will set");
            return WAIT_FAILED;
        }
        if (!fake_act_while_waiting())
            fake_sleep(is_awaited ? due_ns : give_up_ns);
        fake_settle_cancels();
    }
}

static DWORD WINAPI wait_for_single_object(HANDLE handle, DWORD timeout_ms)
{
    struct fake_visit visit;
    DWORD result = WAIT_FAILED;
    int64_t due_ns = -1;
    int error = fake_enter(&visit, FAKE_WaitForSingleObject, "timeout %d ms",
                           timeout_ms == INFINITE ? -1 : (int)timeout_ms);
    if (timeout_ms != INFINITE)
        due_ns = fake_now_ns() + (int64_t)timeout_ms * 1000000;
    if (error == 0)
        result = wait_for_event(handle, due_ns);
    if (error == 0 && result == WAIT_FAILED)
        error = ERROR_INVALID_HANDLE;
    fake_leave_bool(&visit, error);
    return result;
}

void fake_install_handles(struct psock_winsock_table *table)
{
    table->GetHandleInformation = get_handle_information;
    table->SetHandleInformation = set_handle_information;
    table->CreateEventW = create_event;
    table->SetEvent = set_event;
    table->ResetEvent = reset_event;
    table->CloseHandle = close_handle;
    table->WaitForSingleObject = wait_for_single_object;
}
