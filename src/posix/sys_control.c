/* sys_control.c: struct cmsghdr, in memory of any alignment. */
#include "platform.h"

/* Where the data of an item begin, and the whole item for `size` of them. */
#define DATA_AT CMSG_LEN(0)

size_t psock_sys_control_space(size_t size)
{
    return CMSG_SPACE(size);
}

void psock_sys_control_write(unsigned char *at, const psock_control_item *item)
{
    struct cmsghdr header;
    memset(&header, 0, sizeof header);
    memset(at, 0, CMSG_SPACE(item->size));
    header.cmsg_len = CMSG_LEN(item->size);
    header.cmsg_level = item->level;
    header.cmsg_type = item->type;
    memcpy(at, &header, sizeof header);
    if (item->size > 0)
        memcpy(at + DATA_AT, item->data, item->size);
}

size_t psock_sys_control_read(const unsigned char *at, size_t left,
                              psock_control_item *item)
{
    struct cmsghdr header;
    if (left < DATA_AT)
        return 0;
    memcpy(&header, at, sizeof header);
    if (header.cmsg_len < DATA_AT || header.cmsg_len > left)
        return 0;
    item->level = header.cmsg_level;
    item->type = header.cmsg_type;
    item->data = at + DATA_AT;
    item->size = header.cmsg_len - DATA_AT;
    const size_t space = CMSG_SPACE(item->size);
    return space < left ? space : left;
}
