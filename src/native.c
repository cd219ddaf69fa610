/* native.c: taking sockets in and giving them back, addresses too. */
#include <string.h>

#include "policy.h"

psock_t psock_native_adopt(intptr_t native)
{
    if (native < 0)
        return PSOCK_EBADF;
    int error = psock_ensure_started();
    if (error == 0)
        error = psock_sys_adopt(native);
    return error < 0 ? error : native;
}

int psock_native_release(psock_t s)
{
    return s < 0 ? PSOCK_EBADF : psock_sys_release(s);
}

int psock_address_from_native(const void *from, size_t length,
                              psock_address *address)
{
    psock_address copy = {.length = (uint32_t)length};
    if (address == NULL || (from == NULL && length != 0))
        return PSOCK_EFAULT;
    if (length > sizeof copy.storage.bytes)
        return PSOCK_EINVAL;
    if (length != 0)
        memcpy(copy.storage.bytes, from, length);
    *address = copy;
    return 0;
}
