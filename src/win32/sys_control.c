/* sys_control.c: WSACMSGHDR, in memory of any alignment. */
#include "platform.h"

/* Headers and data are aligned alike, and a header takes up a multiple of that.
 */
#define CONTROL_ALIGNMENT _Alignof(WSACMSGHDR)
#define CONTROL_DATA_AT sizeof(WSACMSGHDR)

_Static_assert((CONTROL_DATA_AT & (CONTROL_ALIGNMENT - 1)) == 0,
               "data follow the header without a gap");

size_t psock_sys_control_space(size_t size)
{
    const size_t mask = CONTROL_ALIGNMENT - 1;
    return CONTROL_DATA_AT + ((size + mask) & ~mask);
}

void psock_sys_control_write(unsigned char *at, const psock_control_item *item)
{
    WSACMSGHDR header;
    memset(&header, 0, sizeof header);
    memset(at, 0, psock_sys_control_space(item->size));
    header.cmsg_len = CONTROL_DATA_AT + item->size;
    header.cmsg_level = item->level;
    header.cmsg_type = item->type;
    memcpy(at, &header, sizeof header);
    if (item->size > 0)
        memcpy(at + CONTROL_DATA_AT, item->data, item->size);
}

size_t psock_sys_control_read(const unsigned char *at, size_t left,
                              psock_control_item *item)
{
    WSACMSGHDR header;
    if (left < CONTROL_DATA_AT)
        return 0;
    memcpy(&header, at, sizeof header);
    if (header.cmsg_len < CONTROL_DATA_AT || header.cmsg_len > left)
        return 0;
    item->level = header.cmsg_level;
    item->type = header.cmsg_type;
    item->data = at + CONTROL_DATA_AT;
    item->size = header.cmsg_len - CONTROL_DATA_AT;
    const size_t space = psock_sys_control_space(item->size);
    return space < left ? space : left;
}
