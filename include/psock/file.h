/* file.h: files that go out over sockets. */
#ifndef PSOCK_FILE_H
#define PSOCK_FILE_H

#include <psock/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open file: a plain value that holds a descriptor or a HANDLE whole; below
 * zero is none.  native.h makes one of a FILE. */
typedef intptr_t psock_file;

/* Opens a file for reading; not inherited by child processes.
 *
 * path  UTF-8 on Windows, and the system's bytes elsewhere.  What it means is the
 *       system's choice: some have files that go by several names ("a", "A", "a."),
 *       and names of devices everywhere ("con.txt", which is PSOCK_EINVAL)
 *
 * Returns the file, yours to close, or
 *   PSOCK_ENOENT, PSOCK_ENOTDIR, PSOCK_ELOOP, PSOCK_ENAMETOOLONG  no such file
 *   PSOCK_EACCES   not for this user
 *   PSOCK_EBUSY    not now: somebody has it for themselves
 *   PSOCK_EISDIR   a directory
 *   PSOCK_EINVAL   something else that is no regular file
 *   PSOCK_EFAULT   a null `path`
 *   PSOCK_EMFILE, PSOCK_ENFILE, PSOCK_ENOMEM  exhausted
 *
 * Never waits, whatever the path leads to.  Others may change, rename and remove
 * the file meanwhile. */
PSOCK_API PSOCK_CHECKED psock_file psock_file_open(const char *path);

/* Closes `file`.  Returns 0, or PSOCK_EBADF. */
PSOCK_API int psock_file_close(psock_file file);

/* The size of `file` now, in bytes, or PSOCK_EBADF; PSOCK_EISDIR or PSOCK_EINVAL
 * where it is no regular file. */
PSOCK_API PSOCK_CHECKED int64_t psock_file_size(psock_file file);

/* Stands for all that is behind the offset, however much it is. */
#define PSOCK_FILE_REST INT64_MAX

/* Sends `size` bytes of `file` from `offset` on over the stream `s`.  The
 * position at which others read `file` does not count, and is where it was
 * afterwards.
 *
 * done  receives how many bytes went, whatever the result; may be null
 *
 * Returns 0 when all went, also an empty rest, or
 *   PSOCK_EEOF        the file ended before `size` bytes were sent
 *   PSOCK_EAGAIN      PSOCK_NOW, and it would have to wait
 *   PSOCK_ETIMEDOUT   the deadline passed, while waiting or not
 *   PSOCK_ECANCELED   ended by another thread while waiting (waker.h)
 *   PSOCK_EINVAL      `offset` or `size` below zero; no regular file
 *   PSOCK_EISDIR      a directory
 *   PSOCK_EBADF       `file` is not open, or `s` is not
 *   PSOCK_EOPNOTSUPP  `s` is no stream
 *   PSOCK_EIO         the file cannot be read
 *   and what psock_send() says of the connection
 *
 * After PSOCK_EAGAIN, PSOCK_ETIMEDOUT and PSOCK_ECANCELED it can go on from
 * `offset` + `done`: no byte is lost or sent twice.
 *
 * What is read while others write to the file is the system's choice.  A disk that
 * is slow is waited for beyond the deadline.
 *
 * Linux sendfile(); TransmitFile on Windows Server, where nobody can end it
 * (PSOCK_FOREVER, and no waker); elsewhere, and for what these do not take,
 * reading and sending.  With sendfile() the socket stays in the system's
 * non-blocking mode, which costs its receives a call more where they wait.
 * Windows: the position moves meanwhile, for others who use the same handle; and
 * where several threads send a file at once, it may be left elsewhere. */
PSOCK_API PSOCK_CHECKED int psock_send_file(psock_t s, psock_file file,
                                            int64_t offset, int64_t size,
                                            psock_deadline deadline,
                                            int64_t *done);

#ifdef __cplusplus
}
#endif

#endif
