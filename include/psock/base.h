/* base.h: what every other header builds on: the socket value, time, startup.
 *
 * The rule of the whole API: zero or more is the answer, less than zero is the
 * error (error.h lists them).  Errors are the same numbers on every system.
 * Outputs are written only on success. */
#ifndef PSOCK_BASE_H
#define PSOCK_BASE_H

/* What old C++ wants to hear before it defines the limits of integers. */
#if defined(__cplusplus) && !defined(__STDC_LIMIT_MACROS)
#define __STDC_LIMIT_MACROS
#endif

#include <stddef.h>
#include <stdint.h>

#define PSOCK_VERSION_MAJOR 0
#define PSOCK_VERSION_MINOR 1
#define PSOCK_VERSION_PATCH 0

/* PSOCK_API marks what the library exports.  Programs that link the shared
 * library define PSOCK_SHARED; CMake's psock::psock and the pkg-config file do
 * it for them. */
#if defined(_WIN32) && defined(PSOCK_SHARED)
#if defined(PSOCK_BUILDING)
#define PSOCK_API __declspec(dllexport)
#else
#define PSOCK_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define PSOCK_API __attribute__((visibility("default")))
#else
#define PSOCK_API
#endif

/* PSOCK_CHECKED marks results that a program must not ignore. */
#if defined(__GNUC__)
#define PSOCK_CHECKED __attribute__((warn_unused_result))
#else
#define PSOCK_CHECKED
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A socket: a plain value, nothing allocated behind it.  It holds a descriptor
 * or a SOCKET whole; a value below zero is no socket.  native.h converts. */
typedef intptr_t psock_t;

#define PSOCK_INVALID ((psock_t)-1)

/* A moment on the monotonic clock in nanoseconds, until which a call may wait.
 * Every call that can wait takes one, so a composed operation hands the same
 * deadline to each step and is bounded as a whole.
 *
 * A call that would have to wait and may not returns PSOCK_EAGAIN; one whose
 * deadline passes while it waits returns PSOCK_ETIMEDOUT.  A deadline already
 * past is a finite one: the call is still tried once.  Any negative value
 * counts as past. */
typedef int64_t psock_deadline;

/* Never waits. */
#define PSOCK_NOW ((psock_deadline)0)

/* Waits as long as it takes. */
#define PSOCK_FOREVER ((psock_deadline)INT64_MAX)

/* The moment `timeout_ms` milliseconds from now.  Zero or less gives a moment
 * that has just passed; more than the clock can hold gives PSOCK_FOREVER. */
PSOCK_API psock_deadline psock_deadline_ms(int64_t timeout_ms);

/* The moment `timeout_ns` nanoseconds from now, by the same rules. */
PSOCK_API psock_deadline psock_deadline_ns(int64_t timeout_ns);

/* Nanoseconds left until `deadline`: 0 when it has passed or is PSOCK_NOW,
 * INT64_MAX for PSOCK_FOREVER. */
PSOCK_API int64_t psock_deadline_left_ns(psock_deadline deadline);

/* Starts the system's socket library, once more.
 *
 * Nobody has to call this: the first use of psock starts what is needed, safely
 * from any thread.  It is for programs that want a balanced teardown (plug-ins,
 * leak checkers): each successful call is undone by one psock_cleanup().
 *
 * Returns 0, or PSOCK_ENETDOWN, PSOCK_ENOTSUP or PSOCK_EMFILE where the system
 * has no usable sockets.  Not to be called from DllMain.
 *
 * Windows: WSAStartup with version 2.2.  Elsewhere only the count moves. */
PSOCK_API PSOCK_CHECKED int psock_startup(void);

/* Undoes one psock_startup().
 *
 * When the count falls to zero the library lets go of what it holds, including
 * what the automatic start took; the next use starts anew.  Sockets still open
 * then are lost on Windows, unless a name has been looked up before (resolve.h):
 * so close them first, and all else that is open.
 *
 * Returns 0, or PSOCK_EINVAL when there is no psock_startup() left to undo. */
PSOCK_API int psock_cleanup(void);

/* The version of the library in use, as "MAJOR.MINOR.PATCH"; static text. */
PSOCK_API const char *psock_version(void);

#ifdef __cplusplus
}
#endif

#endif
