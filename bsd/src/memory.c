/* memory.c: mmap() of memory, and of files that are only read. */
#include "process.h"

#include <sys/mman.h>
#include <unistd.h>

/* Reads what the file has; after its end zeros stay. */
static bool read_into(char *to, size_t size, int fd, off64_t offset)
{
    while (size > 0) {
        ssize_t part = pread(fd, to, size, offset);
        if (part <= 0)
            return part == 0;
        to += part;
        size -= (size_t)part;
        offset += part;
    }
    return true;
}

static int question_error(size_t size, int protection, int flags,
                          off64_t offset)
{
    bool is_private = (flags & MAP_PRIVATE) != 0;
    if (size == 0 || offset % getpagesize() != 0)
        return EINVAL;
    if (is_private == ((flags & MAP_SHARED) != 0))
        return EINVAL;
    if ((flags & MAP_FIXED) != 0)
        return ENOTSUP;
    if (!is_private && (flags & MAP_ANONYMOUS) == 0 &&
        (protection & PROT_WRITE) != 0)
        return ENODEV;
    return 0;
}

static void *failed(int number)
{
    errno = number;
    return MAP_FAILED;
}

void *mmap(void *at, size_t size, int protection, int flags, int fd,
           off64_t offset)
{
    (void)at;
    int error = question_error(size, protection, flags, offset);
    if (error != 0)
        return failed(error);
    char *pages = psock_guest_pages(size);
    if (pages == NULL)
        return failed(ENOMEM);
    if ((flags & MAP_ANONYMOUS) == 0 && !read_into(pages, size, fd, offset)) {
        error = errno == EBADF ? EBADF : ENODEV;
        psock_guest_free_pages(pages);
        return failed(error);
    }
    return pages;
}

int munmap(void *at, size_t size)
{
    if (at == NULL || size == 0 || !psock_guest_free_pages(at))
        return psock_guest_fail(EINVAL);
    return 0;
}

/* All pages can be read and written, and no more is promised. */
int mprotect(void *at, size_t size, int protection)
{
    (void)size;
    if ((uintptr_t)at % (uintptr_t)getpagesize() != 0)
        return psock_guest_fail(EINVAL);
    return (protection & PROT_EXEC) != 0 ? psock_guest_fail(EACCES) : 0;
}

int msync(void *at, size_t size, int flags)
{
    (void)at;
    (void)size;
    (void)flags;
    return 0;
}

int madvise(void *at, size_t size, int advice)
{
    (void)at;
    (void)size;
    (void)advice;
    return 0;
}

int posix_madvise(void *at, size_t size, int advice)
{
    return madvise(at, size, advice);
}

int mlock(const void *at, size_t size)
{
    (void)at;
    (void)size;
    return psock_guest_fail(EPERM);
}

int munlock(const void *at, size_t size)
{
    (void)at;
    (void)size;
    return 0;
}

int mlockall(int flags)
{
    (void)flags;
    return psock_guest_fail(EPERM);
}

int munlockall(void)
{
    return 0;
}
