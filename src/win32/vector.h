/* vector.h: psock_buffer as WSABUF, which has its members in different order and
 * width. */
#ifndef PSOCK_WIN32_VECTOR_H
#define PSOCK_WIN32_VECTOR_H

#include "platform.h"

/* Takes as many buffers as go into `longest` bytes, the last one cut, and writes
 * how many those are.  Returns their bytes. */
static inline size_t psock_win32_convert(const psock_buffer *buffers,
                                         size_t count, size_t longest,
                                         WSABUF *converted,
                                         DWORD *converted_count)
{
    size_t all = 0;
    DWORD taken = 0;
    while (taken < count && all < longest) {
        const psock_buffer *buffer = &buffers[taken];
        const size_t left = longest - all;
        const size_t size = buffer->size > left ? left : buffer->size;
        converted[taken++] = (WSABUF){.len = (ULONG)size, .buf = buffer->data};
        all += size;
    }
    *converted_count = taken;
    return all;
}

#endif
