/* system_child.c: beginning programs, by Windows and the C runtime. */
#include "process.h"

#include <stdlib.h>
#include <string.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <process.h>

/* --- Words as programs take their command line apart --------------------------- */

/* A quoted word: quotes and what backslashes stand before them are marked by
 * backslashes. */
static char *quote(char *to, const char *word)
{
    size_t backslashes = 0;
    *to++ = '"';
    for (; *word != '\0'; word++) {
        if (*word == '"') {
            memset(to, '\\', backslashes + 1);
            to += backslashes + 1;
        }
        backslashes = *word == '\\' ? backslashes + 1 : 0;
        *to++ = *word;
    }
    memset(to, '\\', backslashes);
    to += backslashes;
    *to++ = '"';
    *to++ = '\0';
    return to;
}

static size_t count_of(char *const words[])
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

/* One piece of memory: the words' addresses, then the words. */
static char **quoted(char *const words[])
{
    size_t count = count_of(words);
    size_t size = (count + 1) * sizeof(char *);
    for (size_t i = 0; i < count; i++)
        size += 2 * strlen(words[i]) + 3;
    char **copy = malloc(size);
    if (copy == NULL)
        return NULL;
    char *next = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = next;
        next = quote(next, words[i]);
    }
    copy[count] = NULL;
    return copy;
}

/* --- Processes ---------------------------------------------------------------------- */

static intptr_t begin(const char *path, bool search, char **words,
                      char *const environment[])
{
    const char *const *list = (const char *const *)words;
    const char *const *variables = (const char *const *)environment;
    if (search)
        return variables != NULL ? _spawnvpe(_P_NOWAIT, path, list, variables)
                                 : _spawnvp(_P_NOWAIT, path, list);
    return variables != NULL ? _spawnve(_P_NOWAIT, path, list, variables)
                             : _spawnv(_P_NOWAIT, path, list);
}

int psock_guest_spawn(const char *path, bool search, char *const words[],
                      char *const environment[], intptr_t *handle)
{
    char **copy = quoted(words);
    if (copy == NULL)
        return ENOMEM;
    int before = errno;
    *handle = begin(path, search, copy, environment);
    int number = *handle == -1 ? errno : 0;
    errno = before;
    free(copy);
    return number;
}

pid_t psock_guest_process_of(intptr_t handle)
{
    return (pid_t)GetProcessId((HANDLE)handle);
}

bool psock_guest_has_ended(intptr_t handle, int *status)
{
    DWORD code = 0;
    if (WaitForSingleObject((HANDLE)handle, 0) != WAIT_OBJECT_0)
        return false;
    GetExitCodeProcess((HANDLE)handle, &code);
    *status = (int)code;
    return true;
}

void psock_guest_forget_process(intptr_t handle)
{
    CloseHandle((HANDLE)handle);
}
