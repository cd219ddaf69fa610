/* socketpair.c: two sockets that are connected to each other. */
#include "guest.h"

#include <fcntl.h>
#include <unistd.h>

enum {
    FLAGS = SOCK_CLOEXEC | SOCK_NONBLOCK
};

static int number_pair(struct psock_guest *guests[2], int flags, int pair[2])
{
    int numbers[2];
    int descriptor_flags = (flags & SOCK_CLOEXEC) != 0 ? FD_CLOEXEC : 0;
    for (int i = 0; i < 2; i++) {
        if ((flags & SOCK_NONBLOCK) != 0)
            atomic_fetch_or(&guests[i]->flags, O_NONBLOCK);
        numbers[i] = psock_guest_number(guests[i], 0, descriptor_flags);
        if (numbers[i] >= 0)
            continue;
        if (i == 0)
            psock_guest_drop(guests[1]);
        else
            close(numbers[0]);
        return -1;
    }
    pair[0] = numbers[0];
    pair[1] = numbers[1];
    return 0;
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
    struct psock_guest *guests[2];
    if (domain != AF_UNIX)
        return psock_guest_fail(domain == AF_INET || domain == AF_INET6
                                    ? EOPNOTSUPP
                                    : EAFNOSUPPORT);
    if (pair == NULL)
        return psock_guest_fail(EFAULT);
    int result = psock_guest_unix_pair(type & ~FLAGS, protocol, guests);
    if (result < 0)
        return psock_guest_fail(-result);
    return number_pair(guests, type & FLAGS, pair);
}
