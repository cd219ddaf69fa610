/* win32.c: host.h for Windows. */
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <stdlib.h>

#include "host.h"

/* Below this a read cannot fail for its size. */
#define READ_MAX 65536

static char *utf8_of(const wchar_t *wide)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = malloc((size_t)size + 1);
    if (text != NULL)
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, size, NULL, NULL);
    return text;
}

/* What main() gets was turned into the code page of the system, which has not every
 * character. */
char **host_begin(int count, char **words)
{
    int wide_count = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &wide_count);
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    if (wide == NULL || wide_count != count)
        return words;
    char **texts = calloc((size_t)count + 1, sizeof *texts);
    for (int i = 0; texts != NULL && i < count; i++)
        if ((texts[i] = utf8_of(wide[i])) == NULL)
            return NULL;
    LocalFree(wide);
    return texts;
}

/* _isatty() takes the null device for a terminal. */
_Bool host_is_terminal(FILE *stream)
{
    DWORD mode;
    return GetConsoleMode((HANDLE)_get_osfhandle(_fileno(stream)), &mode) != 0;
}

FILE *host_create(const char *path)
{
    wchar_t wide[MAX_PATH];
    return MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, MAX_PATH) > 0
               ? _wfopen(wide, L"wb")
               : NULL;
}

ptrdiff_t host_read_input(void *buffer, size_t size)
{
    return _read(_fileno(stdin), buffer,
                 (unsigned)(size < READ_MAX ? size : READ_MAX));
}

struct host_thread {
    HANDLE handle;
    void (*run)(void *);
    void *argument;
};

static DWORD WINAPI run_thread(void *argument)
{
    struct host_thread *thread = argument;
    thread->run(thread->argument);
    return 0;
}

struct host_thread *host_thread_start(void (*run)(void *), void *argument)
{
    struct host_thread *thread = malloc(sizeof *thread);
    if (thread == NULL)
        return NULL;
    thread->run = run;
    thread->argument = argument;
    thread->handle = CreateThread(NULL, 0, run_thread, thread, 0, NULL);
    if (thread->handle != NULL)
        return thread;
    free(thread);
    return NULL;
}

void host_thread_join(struct host_thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}
