/* posix.c: host.h for POSIX systems. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "host.h"

char **host_begin(int count, char **words)
{
    (void)count;
    return words;
}

_Bool host_is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

FILE *host_create(const char *path)
{
    return fopen(path, "wb");
}

ptrdiff_t host_read_input(void *buffer, size_t size)
{
    return read(STDIN_FILENO, buffer, size);
}

struct host_thread {
    pthread_t id;
    void (*run)(void *);
    void *argument;
};

static void *run_thread(void *argument)
{
    struct host_thread *thread = argument;
    thread->run(thread->argument);
    return NULL;
}

struct host_thread *host_thread_start(void (*run)(void *), void *argument)
{
    struct host_thread *thread = malloc(sizeof *thread);
    if (thread == NULL)
        return NULL;
    thread->run = run;
    thread->argument = argument;
    if (pthread_create(&thread->id, NULL, run_thread, thread) == 0)
        return thread;
    free(thread);
    return NULL;
}

void host_thread_join(struct host_thread *thread)
{
    pthread_join(thread->id, NULL);
    free(thread);
}
