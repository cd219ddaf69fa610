/* eight.c: see eight.h. */
#include "eight.h"

#include <string.h>

bool psock_guest_has_eight(const struct iovec *pieces, int count)
{
    size_t size = 0;
    for (int i = 0; i < count && size < sizeof(uint64_t); i++)
        size += pieces[i].iov_len;
    return size >= sizeof(uint64_t);
}

static size_t smaller(size_t first, size_t second)
{
    return first < second ? first : second;
}

uint64_t psock_guest_get_eight(const struct iovec *pieces)
{
    uint64_t value = 0;
    for (size_t done = 0; done < sizeof value; pieces++) {
        size_t size = smaller(pieces->iov_len, sizeof value - done);
        memcpy((char *)&value + done, pieces->iov_base, size);
        done += size;
    }
    return value;
}

void psock_guest_put_eight(uint64_t value, const struct iovec *pieces)
{
    for (size_t done = 0; done < sizeof value; pieces++) {
        size_t size = smaller(pieces->iov_len, sizeof value - done);
        memcpy(pieces->iov_base, (const char *)&value + done, size);
        done += size;
    }
}
