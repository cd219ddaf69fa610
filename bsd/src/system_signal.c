/* system_signal.c: threads, the console and the end of the process, by Windows. */
#include "signals.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* --- Threads ------------------------------------------------------------------ */

static DWORD local = FLS_OUT_OF_INDEXES;
static DWORD main_thread_id;

static void WINAPI on_thread_end(void *own)
{
    if (own != NULL)
        psock_guest_signal_thread_ended(own);
}

/* Threads that end, and the process, call what is here: a DLL stays loaded. */
static void stay(void)
{
    HMODULE module;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN |
                           GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                       (LPCWSTR)(const void *)&local, &module);
}

/* The program's first thread runs this, before main(). */
__attribute__((constructor)) static void on_start(void)
{
    main_thread_id = GetCurrentThreadId();
    local = FlsAlloc(on_thread_end);
    stay();
}

void *psock_guest_signal_local(void)
{
    return FlsGetValue(local);
}

bool psock_guest_signal_set_local(void *own)
{
    return FlsSetValue(local, own);
}

unsigned long psock_guest_thread_id(void)
{
    return GetCurrentThreadId();
}

bool psock_guest_is_main_thread(void)
{
    return GetCurrentThreadId() == main_thread_id;
}

unsigned long psock_guest_thread_of(void *handle)
{
    return handle != NULL ? GetThreadId(handle) : 0;
}

void psock_guest_rest_ms(unsigned int time_ms)
{
    Sleep(time_ms);
}

_Noreturn void psock_guest_end(int status)
{
    TerminateProcess(GetCurrentProcess(), (UINT)status);
    for (;;)
        Sleep(INFINITE);
}

/* --- The console --------------------------------------------------------------- */

/* By the number of its event. */
static const int signals_of_events[] = {
    [CTRL_C_EVENT] = SIGINT,         [CTRL_BREAK_EVENT] = SIGQUIT,
    [CTRL_CLOSE_EVENT] = SIGHUP,     [CTRL_LOGOFF_EVENT] = SIGHUP,
    [CTRL_SHUTDOWN_EVENT] = SIGTERM,
};

/* Some events end the process as soon as this returns: it has until the system
 * loses patience. */
static BOOL WINAPI on_event(DWORD event)
{
    size_t count = sizeof signals_of_events / sizeof *signals_of_events;
    int number = event < count ? signals_of_events[event] : 0;
    if (number == 0 || !psock_guest_signal_is_cared_for(number))
        return FALSE;
    psock_guest_signal_process(number, SI_KERNEL);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        Sleep(INFINITE);
    return TRUE;
}

void psock_guest_watch_console(void)
{
    static atomic_bool watched;
    if (!atomic_load_explicit(&watched, memory_order_relaxed) &&
        !atomic_exchange(&watched, true))
        SetConsoleCtrlHandler(on_event, TRUE);
}

/* --- What the C runtime raises -------------------------------------------------- */

typedef void handler_of_runtime(int number);

handler_of_runtime *
psock_guest_runtime_signal(int number, handler_of_runtime *handler) __asm__(
    _PSOCK_BSD_TEXT(__USER_LABEL_PREFIX__) "signal");

/* The runtime's number of SIGABRT. */
enum {
    ABORT_OF_RUNTIME = 22
};

static void on_fault(int number)
{
    psock_guest_runtime_signal(number, on_fault);
    raise(number == ABORT_OF_RUNTIME ? SIGABRT : number);
}

void psock_guest_watch_fault(int number, __sighandler_t handler)
{
    handler_of_runtime *theirs = handler;
    if (handler != SIG_DFL && handler != SIG_IGN)
        theirs = on_fault;
    psock_guest_runtime_signal(number == SIGABRT ? ABORT_OF_RUNTIME : number,
                               theirs);
}
