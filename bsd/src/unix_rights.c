/* unix_rights.c: descriptors and credentials that go with messages. */
#include "unix.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

/* --- Sending ---------------------------------------------------------------- */

static int take_one(int fd, struct unix_right *right)
{
    int number = errno;
    right->plain = -1;
    right->guest = psock_guest_hold(fd);
    if (right->guest != NULL)
        return 0;
    if (psock_guest_is_plain(fd))
        right->plain = _dup(fd);
    errno = number;
    return right->plain < 0 ? -EBADF : 0;
}

static int take_item(const struct cmsghdr *item, struct unix_rights *rights)
{
    size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    if ((size_t)rights->count + count > UNIX_RIGHTS_MAX)
        return -EINVAL;
    for (size_t i = 0; i < count; i++) {
        int fd;
        memcpy(&fd, CMSG_DATA(item) + i * sizeof fd, sizeof fd);
        int result = take_one(fd, &rights->items[rights->count]);
        if (result < 0)
            return result;
        rights->count++;
    }
    return 0;
}

/* Who one is cannot be told otherwise than it is. */
static int check_credentials(const struct cmsghdr *item)
{
    struct ucred told;
    if (item->cmsg_len != CMSG_LEN(sizeof told))
        return -EINVAL;
    memcpy(&told, CMSG_DATA(item), sizeof told);
    struct ucred self = psock_guest_unix_self();
    return told.pid == self.pid ? 0 : -EPERM;
}

static int take_items(const struct msghdr *message, struct unix_rights *rights)
{
    struct msghdr rest = *message;
    int result = 0;
    struct cmsghdr *item = CMSG_FIRSTHDR(&rest);
    for (; item != NULL && result == 0; item = CMSG_NXTHDR(&rest, item)) {
        size_t left = (size_t)((char *)rest.msg_control + rest.msg_controllen -
                               (char *)item);
        if (item->cmsg_len < CMSG_LEN(0) || item->cmsg_len > left)
            return -EINVAL;
        if (item->cmsg_level != SOL_SOCKET)
            continue;
        if (item->cmsg_type == SCM_RIGHTS)
            result = take_item(item, rights);
        else
            result = item->cmsg_type == SCM_CREDENTIALS
                         ? check_credentials(item)
                         : -EINVAL;
    }
    return result;
}

int psock_guest_unix_take_rights(const struct msghdr *message,
                                 struct unix_rights **rights)
{
    *rights = NULL;
    if (message->msg_control == NULL)
        return message->msg_controllen == 0 ? 0 : -EFAULT;
    struct unix_rights *taken =
        calloc(1, sizeof *taken + UNIX_RIGHTS_MAX * sizeof *taken->items);
    if (taken == NULL)
        return -ENOMEM;
    int result = take_items(message, taken);
    if (result == 0 && taken->count != 0) {
        *rights = taken;
        return 0;
    }
    psock_guest_unix_drop_rights(taken);
    return result;
}

static void drop_from(struct unix_rights *rights, int first)
{
    for (int i = first; i < rights->count; i++) {
        if (rights->items[i].guest != NULL)
            psock_guest_drop(rights->items[i].guest);
        else
            _close(rights->items[i].plain);
    }
}

void psock_guest_unix_drop_rights(struct unix_rights *rights)
{
    int number = errno;
    while (rights != NULL) {
        struct unix_rights *next = rights->next;
        drop_from(rights, 0);
        free(rights);
        rights = next;
    }
    errno = number;
}

/* --- Receiving -------------------------------------------------------------- */

/* Control data that are being written. */
struct writer {
    unsigned char *at;
    size_t left;
};

static void put_item(struct writer *writer, int type, const void *data,
                     size_t size)
{
    struct cmsghdr header = {CMSG_LEN(size), SOL_SOCKET, type};
    size_t space = CMSG_SPACE(size);
    space = space < writer->left ? space : writer->left;
    memcpy(writer->at, &header, sizeof header);
    memcpy(writer->at + CMSG_LEN(0), data, size);
    writer->at += space;
    writer->left -= space;
}

static int plain_number(int fd, int flags)
{
    int number = _dup(fd);
    if (number >= 0 && (flags & MSG_CMSG_CLOEXEC) != 0)
        fcntl(number, F_SETFD, FD_CLOEXEC);
    return number;
}

static int number_of(const struct unix_right *right, int flags)
{
    if (right->guest == NULL)
        return plain_number(right->plain, flags);
    psock_guest_hold_again(right->guest);
    return psock_guest_number(right->guest, 0,
                              (flags & MSG_CMSG_CLOEXEC) != 0 ? FD_CLOEXEC : 0);
}

/* As many as there is room for; others are closed. */
static void put_rights(struct writer *writer, struct msghdr *message, int flags,
                       const struct unix_rights *rights)
{
    int numbers[UNIX_RIGHTS_MAX];
    int count = 0;
    int room = writer->left < CMSG_LEN(0)
                   ? 0
                   : (int)((writer->left - CMSG_LEN(0)) / sizeof *numbers);
    for (; count < rights->count && count < room; count++) {
        numbers[count] = number_of(&rights->items[count], flags);
        if (numbers[count] < 0)
            break;
    }
    if (count < rights->count)
        message->msg_flags |= MSG_CTRUNC;
    if (count > 0)
        put_item(writer, SCM_RIGHTS, numbers, (size_t)count * sizeof *numbers);
}

void psock_guest_unix_give(struct msghdr *message, int flags,
                           const struct ucred *sender,
                           struct unix_rights *rights, bool keeps)
{
    int number = errno;
    struct writer writer = {
        message->msg_control,
        message->msg_control == NULL ? 0 : message->msg_controllen};
    size_t room = writer.left;
    if (sender != NULL && writer.left >= CMSG_LEN(sizeof *sender))
        put_item(&writer, SCM_CREDENTIALS, sender, sizeof *sender);
    else if (sender != NULL)
        message->msg_flags |= MSG_CTRUNC;
    for (struct unix_rights *each = rights; each != NULL;
         each = keeps ? NULL : each->next)
        put_rights(&writer, message, flags, each);
    message->msg_controllen = room - writer.left;
    if (!keeps)
        psock_guest_unix_drop_rights(rights);
    errno = number;
}
