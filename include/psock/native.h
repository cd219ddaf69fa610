/* native.h: the door to the system's own sockets.
 *
 * Not part of psock.h, and the only header that includes the system's: for code
 * that shares sockets with other libraries or needs a call psock lacks. */
#ifndef PSOCK_NATIVE_H
#define PSOCK_NATIVE_H

#include <stdio.h>

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#include <io.h>
#else
#include <sys/socket.h>
#endif

#include <psock/file.h>
#include <psock/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef _WIN32
typedef SOCKET psock_native;
#else
typedef int psock_native;
#endif

/* The system's own descriptor of `s`, which stays psock's: do not close it, and
 * leave its blocking mode alone.  For calls that do not wait: others may find it in
 * either mode, and with a limit that psock_connect() has left on sends that wait
 * (SO_SNDTIMEO).  Whoever is to wait in it gets it from psock_release(). */
static inline psock_native psock_to_native(psock_t s)
{
    return (psock_native)s;
}

/* Takes over a socket that psock did not make, and gives it what every psock
 * socket has (socket.h): not inherited from now on, no signal, no error from
 * undelivered datagrams, psock's own blocking mode.
 *
 * Returns the socket, yours to close with psock_close(), or an error, with
 * `native` then still the caller's and unchanged.
 *
 * Not atomic as psock's own sockets are: a child started before this call may
 * have inherited it. */
PSOCK_CHECKED static inline psock_t psock_adopt(psock_native native)
{
    return psock_native_adopt((intptr_t)native);
}

/* Gives `s` back to the caller as a plain, blocking socket of the system, to be
 * closed by the system's own call.  It stays not inherited.
 *
 * Returns 0 with the descriptor in `native`, or an error with `s` still
 * psock's. */
PSOCK_CHECKED static inline int psock_release(psock_t s, psock_native *native)
{
    int error = native == NULL ? PSOCK_EFAULT : psock_native_release(s);
    if (error < 0)
        return error;
    *native = psock_to_native(s);
    return 0;
}

#if defined(__STRICT_ANSI__) && !defined(_WIN32) && !defined(_POSIX_C_SOURCE)
int(fileno)(FILE *stream); /* is there, and ISO C does not tell of it */
#endif

/* The open file below `stream`, for psock_send_file(): it stays the stream's, and
 * is closed with it.  It has what was written to the file, so flush first; what
 * the stream has read ahead makes no difference.
 *
 * Returns the file, PSOCK_EFAULT for a null `stream`, or PSOCK_EBADF for one that
 * has no file.  Whether it is a regular one psock_file_size() tells. */
#ifdef _WIN32
PSOCK_CHECKED static inline psock_file psock_file_from_stdio(FILE *stream)
{
    const int number = stream == NULL ? -1 : _fileno(stream);
    const intptr_t handle = number < 0 ? -1 : _get_osfhandle(number);
    if (handle >= 0)
        return handle;
    return stream == NULL ? PSOCK_EFAULT : PSOCK_EBADF;
}
#else
PSOCK_CHECKED static inline psock_file psock_file_from_stdio(FILE *stream)
{
    const int number = stream == NULL ? -1 : fileno(stream);
    if (number >= 0)
        return number;
    return stream == NULL ? PSOCK_EFAULT : PSOCK_EBADF;
}
#endif

/* `address` as the system wants it, valid as long as `address` is; pass
 * address->length with it.  psock_address_from_native() goes the other way. */
static inline const struct sockaddr *
psock_address_to_native(const psock_address *address)
{
    return (const struct sockaddr *)(const void *)address->storage.bytes;
}

#ifdef __cplusplus
}
#endif

#endif
