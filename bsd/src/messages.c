/* messages.c: sendmmsg() and recvmmsg(): one message after the other. */
#include "guest.h"

#include <time.h>

#define MOST_MESSAGES 1024
#define NS_PER_S 1000000000

/* --- Sending ----------------------------------------------------------------------- */

static int send_all(struct psock_guest *guest, struct mmsghdr *messages,
                    unsigned count, int flags)
{
    for (unsigned i = 0; i < count; i++) {
        ssize_t sent =
            psock_guest_send_message(guest, &messages[i].msg_hdr, flags);
        if (sent < 0)
            return i > 0 ? (int)i : (int)sent;
        messages[i].msg_len = (unsigned)sent;
    }
    return (int)count;
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    if (count > MOST_MESSAGES)
        count = MOST_MESSAGES;
    int sent = messages == NULL && count > 0
                   ? -EFAULT
                   : send_all(guest, messages, count, flags);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(sent);
}

/* --- Receiving --------------------------------------------------------------------- */

/* An error after some messages is for the next call, unless it is only that there
 * is nothing more. */
static int put_off(struct psock_guest *guest, unsigned received, ssize_t error)
{
    if (received == 0)
        return (int)error;
    if (error != -EAGAIN && error != -EINTR)
        atomic_store(&guest->error, (int)-error);
    return (int)received;
}

/* The deadline is looked at after each message, and ends no wait for one. */
static int receive_all(struct psock_guest *guest, struct mmsghdr *messages,
                       unsigned count, int flags, psock_deadline deadline)
{
    const bool waits_for_one = (flags & MSG_WAITFORONE) != 0;
    flags &= ~MSG_WAITFORONE;
    for (unsigned i = 0; i < count; i++) {
        ssize_t received =
            psock_guest_receive_message(guest, &messages[i].msg_hdr, flags);
        if (received < 0)
            return put_off(guest, i, received);
        messages[i].msg_len = (unsigned)received;
        if (waits_for_one)
            flags |= MSG_DONTWAIT;
        if (psock_deadline_left_ns(deadline) == 0)
            return (int)i + 1;
    }
    return (int)count;
}

static int read_timeout(const struct timespec *timeout,
                        psock_deadline *deadline)
{
    *deadline = PSOCK_FOREVER;
    if (timeout == NULL)
        return 0;
    if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
        timeout->tv_nsec >= NS_PER_S)
        return -EINVAL;
    const int64_t seconds = timeout->tv_sec;
    if (seconds < INT64_MAX / NS_PER_S - 1)
        *deadline = psock_deadline_ns(seconds * NS_PER_S + timeout->tv_nsec);
    return 0;
}

/* What is left of the time is told. */
static void write_timeout(struct timespec *timeout, psock_deadline deadline)
{
    if (timeout == NULL || deadline == PSOCK_FOREVER)
        return;
    const int64_t left = psock_deadline_left_ns(deadline);
    timeout->tv_sec = (time_t)(left / NS_PER_S);
    timeout->tv_nsec = (long)(left % NS_PER_S);
}

/* Without a timeout an error that was put off comes first. */
static int receive_checked(struct psock_guest *guest, struct mmsghdr *messages,
                           unsigned count, int flags, struct timespec *timeout)
{
    psock_deadline deadline;
    int error = read_timeout(timeout, &deadline);
    if (error < 0)
        return error;
    if (messages == NULL && count > 0)
        return -EFAULT;
    error = atomic_exchange(&guest->error, 0);
    if (error != 0)
        return -error;
    int received = receive_all(guest, messages, count, flags, deadline);
    if (received > 0)
        write_timeout(timeout, deadline);
    return received;
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
             struct timespec *timeout)
{
    struct psock_guest *guest = psock_guest_hold_socket(fd);
    if (guest == NULL)
        return -1;
    int received = receive_checked(guest, messages, count, flags, timeout);
    psock_guest_drop(guest);
    return (int)psock_guest_returned(received);
}
