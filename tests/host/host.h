/* host.h: what the tests need of the system they run on, beside psock.
 *
 * Answered by the twins posix.c and win32.c, function by function in this
 * order.  What cannot be had at all ends the program: without it no test result
 * would mean anything. */
#ifndef PSOCK_TESTS_HOST_H
#define PSOCK_TESTS_HOST_H

#include <stdio.h>

#include <psock/socket.h>

/* --- Threads -------------------------------------------------------------- */

struct host_thread;

struct host_thread *host_thread_start(void (*run)(void *), void *argument);

/* Waits for the end of `thread` and frees it; false, with the thread still
 * running and not freed, when that takes longer than `timeout_ms`. */
_Bool host_thread_join(struct host_thread *thread, int timeout_ms);

/* Disturbs a wait of `thread` in the system by what is usual there: a signal
 * whose handler does nothing, or an empty asynchronous procedure call. */
void host_thread_disturb(struct host_thread *thread);

/* Has `thread` call `run` in the middle of whatever it does or waits for, from a
 * signal handler; false where there are none. */
_Bool host_thread_interrupt(struct host_thread *thread, void (*run)(void *),
                            void *argument);

/* How many threads this process has; 0 where the system does not tell. */
int host_thread_count(void);

/* Lets another thread run, if one wants to. */
void host_yield(void);

/* --- Gates: threads wait until another opens one, for good ----------------- */

struct host_gate;

struct host_gate *host_gate_make(void);
void host_gate_open(struct host_gate *gate);
void host_gate_wait(struct host_gate *gate);
void host_gate_free(struct host_gate *gate);

/* --- Child processes ------------------------------------------------------ */

struct host_child;

/* Starts this program, whose argv[0] is `program`, once more with `arguments`
 * (no blanks or quotes inside; null-ended), its standard input a pipe from here.
 * The child inherits whatever is inheritable. */
struct host_child *host_child_start(const char *program,
                                    const char *const *arguments);

/* Ends the child's standard input, waits for the child to end, frees it, and
 * returns its exit code, or -1 when it died. */
int host_child_end(struct host_child *child);

/* Calls `run` in a copy of this process that has none of its other threads.
 * Returns what it returned, 0 to 255, or -1 where no process can be copied or the
 * copy died. */
int host_copy_run(int (*run)(void *argument), void *argument);

/* The number of this process, as the system tells it to others. */
uint32_t host_process(void);

/* --- Descriptors ---------------------------------------------------------- */

/* How many this process has open, of every kind. */
int host_descriptor_count(void);

/* Whether `count` may be open at once, which is arranged if it can be. */
_Bool host_allow_descriptors(int count);

/* Keeps this process from opening more descriptors, or lets it again; false where
 * nobody can. */
_Bool host_forbid_descriptors(_Bool forbidden);

/* The most memory that this process has had at once so far, in bytes. */
uint64_t host_peak_memory(void);

/* One that is open but no socket. */
psock_t host_foreign_open(void);
_Bool host_foreign_is_open(psock_t foreign);
void host_foreign_close(psock_t foreign);

/* Lets child processes inherit `s`, as psock's own sockets never are. */
void host_make_inheritable(psock_t s);

/* Sends `data` over `channel` with `count` descriptors of any kind, at most 32,
 * beside them; false where descriptors do not travel so. */
_Bool host_send_descriptors(psock_t channel, const void *data, int size,
                            const psock_t *descriptors, int count);

/* --- Sockets that psock knows nothing of ----------------------------------- */

/* A socket as the system makes it by default, for an enum psock_family and an
 * enum psock_type. */
psock_t host_native_open(int family, int type);
void host_native_close(psock_t native);

/* Receives by the system's own call, which waits for at most `timeout_ms` on a
 * blocking socket and not at all on another.  Below zero: nothing came. */
int host_native_recv(psock_t native, void *buffer, int size, int timeout_ms);

/* --- Files, by paths in UTF-8 ---------------------------------------------- */

enum {
    HOST_PATH_SIZE = 512
};

/* Makes a directory for temporary files that ends in a separator, and removes it
 * once it is empty. */
void host_directory_make(char path[HOST_PATH_SIZE]);
void host_directory_remove(const char *path);

FILE *host_file_open(const char *path, const char *mode);
void host_file_remove(const char *path);

/* Writes into a file, which is made if need be: behind its end, too, with nothing
 * in between and in no time; and cuts it off. */
void host_file_write(const char *path, int64_t offset, const void *data,
                     size_t size);
void host_file_cut(const char *path, int64_t size);

/* What is there and is neither a file nor a directory. */
const char *host_device_path(void);

/* --- Signals of broken connections, which psock promises to send none of ----- */

/* Holds those to this thread back; false where there are none. */
_Bool host_hold_pipe_signals(void);

void host_send_pipe_signal(void);

/* Takes away what was held back, and holds back no more.  Whether there was
 * one. */
_Bool host_take_pipe_signal(void);

/* --- The system's error codes ---------------------------------------------- */

/* What a code of the system means to psock, as its documentation has it. */
struct host_native_error {
    const char *name;
    int native;
    int error;
};

const struct host_native_error *host_native_errors(size_t *count);

/* Makes `native` what the system says of this thread's last failure. */
void host_native_fail(int native);

/* A number that is no code of the system. */
int host_native_unknown(void);

#endif
