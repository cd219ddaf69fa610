/* posix.c: host.h for POSIX systems. */
#define _POSIX_C_SOURCE 200809L
#define _DARWIN_C_SOURCE /* or there would be no ru_maxrss */
#define _FILE_OFFSET_BITS 64

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

extern char **environ;

static void demand(_Bool met, const char *what)
{
    if (met)
        return;
    fprintf(stderr, "host: %s: error %d\n", what, errno);
    exit(EXIT_FAILURE);
}

static void *make(size_t size)
{
    void *memory = calloc(1, size);
    demand(memory != NULL, "memory");
    return memory;
}

/* --- Threads -------------------------------------------------------------- */

struct host_thread {
    pthread_t id;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    _Bool has_ended;
    void (*run)(void *);
    void *argument;
};

static void *run_thread(void *argument)
{
    struct host_thread *thread = argument;
    thread->run(thread->argument);
    pthread_mutex_lock(&thread->lock);
    thread->has_ended = 1;
    pthread_cond_signal(&thread->ended);
    pthread_mutex_unlock(&thread->lock);
    return NULL;
}

struct host_thread *host_thread_start(void (*run)(void *), void *argument)
{
    struct host_thread *thread = make(sizeof *thread);
    thread->run = run;
    thread->argument = argument;
    pthread_mutex_init(&thread->lock, NULL);
    pthread_cond_init(&thread->ended, NULL);
    errno = pthread_create(&thread->id, NULL, run_thread, thread);
    demand(errno == 0, "pthread_create");
    return thread;
}

static struct timespec time_after(int timeout_ms)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    time.tv_sec += timeout_ms / 1000 + time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static _Bool has_ended_in_time(struct host_thread *thread, int timeout_ms)
{
    struct timespec until = time_after(timeout_ms);
    int error = 0;
    pthread_mutex_lock(&thread->lock);
    while (!thread->has_ended && error == 0)
        error = pthread_cond_timedwait(&thread->ended, &thread->lock, &until);
    _Bool ended = thread->has_ended;
    pthread_mutex_unlock(&thread->lock);
    return ended;
}

_Bool host_thread_join(struct host_thread *thread, int timeout_ms)
{
    if (!has_ended_in_time(thread, timeout_ms))
        return 0;
    pthread_join(thread->id, NULL);
    pthread_cond_destroy(&thread->ended);
    pthread_mutex_destroy(&thread->lock);
    free(thread);
    return 1;
}

static void ignore_disturbance(int signal)
{
    (void)signal;
}

void host_thread_disturb(struct host_thread *thread)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignore_disturbance; /* no SA_RESTART: waits do end */
    sigaction(SIGUSR1, &action, NULL);
    pthread_kill(thread->id, SIGUSR1);
}

/* What the handler finds to run; one thread at a time is interrupted. */
static void (*_Atomic interruption)(void *);
static void *_Atomic interruption_argument;

static void run_interruption(int signal)
{
    int before = errno;
    (void)signal;
    atomic_load (&interruption)(atomic_load(&interruption_argument));
    errno = before;
}

_Bool host_thread_interrupt(struct host_thread *thread, void (*run)(void *),
                            void *argument)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = run_interruption;
    atomic_store(&interruption_argument, argument);
    atomic_store(&interruption, run);
    sigaction(SIGUSR2, &action, NULL);
    return pthread_kill(thread->id, SIGUSR2) == 0;
}

int host_thread_count(void)
{
    DIR *threads = opendir("/proc/self/task");
    int count = 0;
    if (threads == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(threads)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(threads);
    return count;
}

void host_yield(void)
{
    sched_yield();
}

/* --- Gates ---------------------------------------------------------------- */

struct host_gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    _Bool is_open;
};

struct host_gate *host_gate_make(void)
{
    struct host_gate *gate = make(sizeof *gate);
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->opened, NULL);
    return gate;
}

void host_gate_open(struct host_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->is_open = 1;
    pthread_cond_broadcast(&gate->opened);
    pthread_mutex_unlock(&gate->lock);
}

void host_gate_wait(struct host_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    while (!gate->is_open)
        pthread_cond_wait(&gate->opened, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

void host_gate_free(struct host_gate *gate)
{
    pthread_cond_destroy(&gate->opened);
    pthread_mutex_destroy(&gate->lock);
    free(gate);
}

/* --- Child processes ------------------------------------------------------ */

struct host_child {
    pid_t id;
    int input;
};

enum {
    ARGUMENTS_MAX = 32
};

/* posix_spawn() wants an array of its own, and says it changes no text. */
static void spawn(struct host_child *child, const char *program,
                  const char *const *arguments, int input)
{
    const char *all[ARGUMENTS_MAX + 2] = {program};
    char *words[ARGUMENTS_MAX + 2];
    posix_spawn_file_actions_t actions;
    for (int i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        all[i + 1] = arguments[i];
    memcpy(words, all, sizeof words);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    errno = posix_spawn(&child->id, program, &actions, NULL, words, environ);
    demand(errno == 0, "posix_spawn");
    posix_spawn_file_actions_destroy(&actions);
}

struct host_child *host_child_start(const char *program,
                                    const char *const *arguments)
{
    struct host_child *child = make(sizeof *child);
    int ends[2];
    demand(pipe(ends) == 0, "pipe");
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    spawn(child, program, arguments, ends[0]);
    close(ends[0]);
    child->input = ends[1];
    return child;
}

static int exit_code_of(pid_t id)
{
    int status = 0;
    while (waitpid(id, &status, 0) < 0)
        demand(errno == EINTR, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int host_child_end(struct host_child *child)
{
    const pid_t id = child->id;
    close(child->input);
    free(child);
    return exit_code_of(id);
}

int host_copy_run(int (*run)(void *argument), void *argument)
{
    const pid_t id = fork();
    demand(id >= 0, "fork");
    if (id == 0)
        _exit(run(argument));
    return exit_code_of(id);
}

uint32_t host_process(void)
{
    return (uint32_t)getpid();
}

/* --- Descriptors ---------------------------------------------------------- */

/* None that was opened has a higher number. */
static int descriptors_end = 4096;

int host_descriptor_count(void)
{
    int count = 0;
    for (int i = 0; i < descriptors_end; i++)
        count += fcntl(i, F_GETFD) >= 0;
    return count;
}

_Bool host_allow_descriptors(int count)
{
    struct rlimit limit;
    demand(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
    if (descriptors_end < count)
        descriptors_end = count;
    if (limit.rlim_cur >= (rlim_t)count)
        return 1;
    limit.rlim_cur = (rlim_t)count;
    return limit.rlim_cur <= limit.rlim_max &&
           setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* The lowest free number is what the next descriptor would get. */
_Bool host_forbid_descriptors(_Bool forbidden)
{
    static rlim_t before;
    struct rlimit limit;
    demand(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
    if (forbidden) {
        int lowest = open("/dev/null", O_RDONLY);
        demand(lowest >= 0, "open");
        close(lowest);
        before = limit.rlim_cur;
        limit.rlim_cur = (rlim_t)lowest;
    } else
        limit.rlim_cur = before;
    demand(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
    return 1;
}

/* In units of 1024 bytes, though some systems have others. */
uint64_t host_peak_memory(void)
{
    struct rusage usage;
    demand(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage");
    return (uint64_t)usage.ru_maxrss * 1024;
}

psock_t host_foreign_open(void)
{
    int foreign = open("/dev/null", O_RDONLY | O_CLOEXEC);
    demand(foreign >= 0, "open");
    return foreign;
}

_Bool host_foreign_is_open(psock_t foreign)
{
    return fcntl((int)foreign, F_GETFD) >= 0;
}

void host_foreign_close(psock_t foreign)
{
    close((int)foreign);
}

void host_make_inheritable(psock_t s)
{
    demand(fcntl((int)s, F_SETFD, 0) == 0, "fcntl");
}

enum {
    DESCRIPTORS_MAX = 32
};

_Bool host_send_descriptors(psock_t channel, const void *data, int size,
                            const psock_t *descriptors, int count)
{
    union {
        struct cmsghdr header;
        unsigned char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    } control = {.bytes = {0}};
    char copy[1024];
    struct iovec piece = {copy, (size_t)size};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    const size_t carried = (size_t)count * sizeof(int);
    demand(size <= (int)sizeof copy && count <= DESCRIPTORS_MAX, "room");
    memcpy(copy, data, (size_t)size);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(carried);
    for (int i = 0; i < count; i++)
        ((int *)(void *)CMSG_DATA(&control.header))[i] = (int)descriptors[i];
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(carried);
    demand(sendmsg((int)channel, &message, 0) == size, "sendmsg");
    return 1;
}

/* --- Sockets that psock knows nothing of ----------------------------------- */

psock_t host_native_open(int family, int type)
{
    int native = socket(family == PSOCK_IPV6 ? AF_INET6 : AF_INET,
                        type == PSOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, 0);
    demand(native >= 0, "socket");
    return native;
}

void host_native_close(psock_t native)
{
    close((int)native);
}

int host_native_recv(psock_t native, void *buffer, int size, int timeout_ms)
{
    struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    int done = setsockopt((int)native, SOL_SOCKET, SO_RCVTIMEO, &timeout,
                          sizeof timeout);
    demand(done == 0, "setsockopt");
    return (int)recv((int)native, buffer, (size_t)size, 0);
}

/* --- Files ----------------------------------------------------------------- */

void host_directory_make(char path[HOST_PATH_SIZE])
{
    const char *where = getenv("TMPDIR");
    snprintf(path, HOST_PATH_SIZE - 1, "%s/psock-XXXXXX",
             where != NULL ? where : "/tmp");
    demand(mkdtemp(path) != NULL, "mkdtemp");
    strcat(path, "/");
}

void host_directory_remove(const char *path)
{
    demand(rmdir(path) == 0, path);
}

FILE *host_file_open(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    demand(file != NULL, path);
    return file;
}

void host_file_remove(const char *path)
{
    demand(unlink(path) == 0, path);
}

void host_file_write(const char *path, int64_t offset, const void *data,
                     size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    demand(file >= 0, path);
    demand(pwrite(file, data, size, offset) == (ssize_t)size, "pwrite");
    close(file);
}

void host_file_cut(const char *path, int64_t size)
{
    demand(truncate(path, size) == 0, path);
}

const char *host_device_path(void)
{
    return "/dev/null";
}

/* --- Signals of broken connections ------------------------------------------ */

static void change_pipe_signal(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(how, &set, NULL);
}

_Bool host_hold_pipe_signals(void)
{
    change_pipe_signal(SIG_BLOCK);
    return 1;
}

void host_send_pipe_signal(void)
{
    demand(pthread_kill(pthread_self(), SIGPIPE) == 0, "pthread_kill");
}

_Bool host_take_pipe_signal(void)
{
    int taken;
    sigset_t set;
    sigemptyset(&set);
    sigpending(&set);
    _Bool was_one = sigismember(&set, SIGPIPE) == 1;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    if (was_one)
        sigwait(&set, &taken);
    change_pipe_signal(SIG_UNBLOCK);
    return was_one;
}

/* --- The system's error codes ---------------------------------------------- */

#define ROW(native, error)                                                     \
    {                                                                          \
#native, native, PSOCK_##error                                         \
    }

static const struct host_native_error native_errors[] = {
    ROW(EAGAIN, EAGAIN),
    ROW(EWOULDBLOCK, EAGAIN),
    ROW(EINTR, EINTR),
    ROW(EINPROGRESS, EINPROGRESS),
    ROW(EALREADY, EALREADY),
    ROW(ECONNREFUSED, ECONNREFUSED),
    ROW(ECONNRESET, ECONNRESET),
    ROW(ECONNABORTED, ECONNABORTED),
    ROW(ETIMEDOUT, ETIMEDOUT),
    ROW(EPIPE, EPIPE),
    ROW(EINVAL, EINVAL),
    ROW(EBADF, EBADF),
    ROW(ENOTSOCK, ENOTSOCK),
    ROW(EACCES, EACCES),
    ROW(EPERM, EPERM),
    ROW(EFAULT, EFAULT),
    ROW(ENOMEM, ENOMEM),
    ROW(EMFILE, EMFILE),
    ROW(ENFILE, ENFILE),
    ROW(ENOBUFS, ENOBUFS),
    ROW(EADDRINUSE, EADDRINUSE),
    ROW(EADDRNOTAVAIL, EADDRNOTAVAIL),
    ROW(EAFNOSUPPORT, EAFNOSUPPORT),
    ROW(EPROTONOSUPPORT, EPROTONOSUPPORT),
    ROW(EPROTOTYPE, EPROTOTYPE),
    ROW(EOPNOTSUPP, EOPNOTSUPP),
    ROW(ENOSYS, ENOTSUP),
    ROW(ENOPROTOOPT, ENOPROTOOPT),
    ROW(EMSGSIZE, EMSGSIZE),
    ROW(EDESTADDRREQ, EDESTADDRREQ),
    ROW(EISCONN, EISCONN),
    ROW(ENOTCONN, ENOTCONN),
    ROW(EHOSTUNREACH, EHOSTUNREACH),
    ROW(ENETUNREACH, ENETUNREACH),
    ROW(ENETDOWN, ENETDOWN),
    ROW(ENETRESET, ENETRESET),
    ROW(ECANCELED, ECANCELED),
    ROW(ENOENT, ENOENT),
    ROW(ENOTDIR, ENOTDIR),
    ROW(EISDIR, EISDIR),
    ROW(ELOOP, ELOOP),
    ROW(ENAMETOOLONG, ENAMETOOLONG),
    ROW(EROFS, EROFS),
    ROW(EEXIST, EEXIST),
    ROW(ENOTEMPTY, ENOTEMPTY),
    ROW(EIO, EIO),
    ROW(EPROTO, EPROTO),
    ROW(ENOSPC, ENOSPC),
    ROW(EBUSY, EBUSY),
    ROW(EOVERFLOW, EOVERFLOW),
    ROW(ENODEV, ENODEV),
    ROW(ENXIO, ENODEV),
    ROW(EDQUOT, EDQUOT),
    ROW(ESTALE, ESTALE),
    ROW(ESOCKTNOSUPPORT, ESOCKTNOSUPPORT),
    ROW(EPFNOSUPPORT, EPFNOSUPPORT),
    ROW(EHOSTDOWN, EHOSTDOWN),
    ROW(ESHUTDOWN, ESHUTDOWN),
    ROW(ETOOMANYREFS, ETOOMANYREFS),
    ROW(EUSERS, EUSERS),
    ROW(EREMOTE, EREMOTE),
};

const struct host_native_error *host_native_errors(size_t *count)
{
    *count = sizeof native_errors / sizeof *native_errors;
    return native_errors;
}

void host_native_fail(int native)
{
    errno = native;
}

int host_native_unknown(void)
{
    return 123456;
}
