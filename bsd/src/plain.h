/* plain.h: files, pipes and consoles of the C runtime, for the calls that take them
 * beside descriptions. */
#ifndef PSOCK_GUEST_PLAIN_H
#define PSOCK_GUEST_PLAIN_H

#include "number.h"

/* The most that one call moves, as on Linux. */
enum {
    PSOCK_GUEST_MOST = 0x7ffff000
};

/* As POSIX has them: -1 with errno, EBADF where the number is none. */
ssize_t psock_guest_plain_read(int fd, void *buffer, size_t size);
ssize_t psock_guest_plain_write(int fd, const void *data, size_t size);

/* What Windows said last, as -errno (system_file.c). */
int psock_guest_last_error(void);

/* From `offset` on, the position left as it is.  Bytes, or -errno
 * (system_file.c). */
ssize_t psock_guest_read_at(int fd, void *buffer, size_t size, int64_t offset);
ssize_t psock_guest_write_at(int fd, const void *data, size_t size,
                             int64_t offset);

/* Opens a file as open() does; the handle, or -errno (system_file.c). */
intptr_t psock_guest_open_handle(const char *path, int flags, mode_t mode);

void psock_guest_close_handle(intptr_t handle);

/* What is wrong with `path` below the descriptor of a directory: only AT_FDCWD and
 * absolute paths can be had.  errno's number, or 0 (path.c). */
int psock_guest_at(int directory, const char *path);

/* Whether it is a terminal, and its size in characters (system_path.c). */
bool psock_guest_is_terminal(int fd);
bool psock_guest_terminal_size(int fd, unsigned short *rows,
                               unsigned short *columns);

/* Whether the programs that this one starts have it (system_path.c). */
void psock_guest_set_inherited(int fd, bool inherited);

/* What `struct stat` has and the C runtime does not tell (system_path.c). */
struct psock_guest_identity {
    unsigned device;
    unsigned links;
    unsigned long long number;
    bool is_directory;
};
bool psock_guest_identity_of(int fd, struct psock_guest_identity *out);
bool psock_guest_identity_at(const char *path,
                             struct psock_guest_identity *out);

/* Whether `path` is a Unix socket's of the system (system_path.c). */
bool psock_guest_is_system_socket(const char *path);

/* Takes away the file `path`, read-only or open elsewhere: 0 or -errno
 * (system_path.c). */
int psock_guest_remove_file(const char *path);

/* Gives it the name `to`, which is a file's that goes, or nobody's: 0 or -errno
 * (system_rename.c). */
int psock_guest_rename_file(const char *from, const char *to);

/* Locks `size` bytes (0: to the end of all files) for those who ask too, or
 * unlocks them: 0 or -errno, -EAGAIN where it `waits` not (system_path.c). */
enum psock_guest_file_lock {
    PSOCK_GUEST_UNLOCKED,
    PSOCK_GUEST_SHARED,
    PSOCK_GUEST_EXCLUSIVE
};
int psock_guest_lock_file(int fd, int64_t start, int64_t size, int kind,
                          bool waits);

/* fcntl() with F_GETLK, F_SETLK or F_SETLKW (lock.c). */
struct flock;
int psock_guest_control_lock(int fd, int command, struct flock *lock);

#endif
