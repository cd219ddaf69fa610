/* sys_process.c: socketpair(), the files of Unix sockets, and what only they can
 * do: name the process at the other end and carry descriptors to it. */
#include "platform.h"

#include <sys/stat.h>

/* --- Pairs ---------------------------------------------------------------- */

/* socketpair(), with descriptors that children do not inherit; as in
 * sys_socket.c. */
#ifndef PSOCK_HAVE_SOCKETPAIR
static int make_pair(int type, int ends[2])
{
    (void)type;
    (void)ends;
    errno = ENOSYS;
    return -1;
}
#elif defined(PSOCK_HAVE_SOCK_CLOEXEC)
static int make_pair(int type, int ends[2])
{
    return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends);
}
#else
static int make_pair(int type, int ends[2])
{
    return socketpair(AF_UNIX, type, 0, ends); /* equipping does the rest */
}
#endif

static int give_up_both(const int ends[2], int error)
{
    int native = errno;
    close(ends[0]);
    close(ends[1]);
    errno = native;
    return error;
}

int psock_sys_pair(int type, psock_t pair[2])
{
    int ends[2];
    if (make_pair(psock_posix_type(type), ends) < 0)
        return psock_posix_error();
    int error = psock_posix_equip(ends[0]);
    if (error == 0)
        error = psock_posix_equip(ends[1]);
    if (error < 0)
        return give_up_both(ends, error);
    pair[0] = ends[0];
    pair[1] = ends[1];
    return 0;
}

/* --- The files of Unix sockets --------------------------------------------- */

static int is_socket_file(const char *path)
{
    struct stat file;
    if (lstat(path, &file) < 0)
        return psock_posix_error();
    if (S_ISSOCK(file.st_mode))
        return 0;
    errno = EEXIST;
    return PSOCK_EEXIST;
}

/* Whoever may write to the directory can put another file there between the two
 * calls; no system has a call that does both. */
int psock_sys_remove_path(const psock_address *local)
{
    struct psock_address_view view;
    char path[sizeof((struct sockaddr_un *)0)->sun_path + 1] = "";
    psock_sys_address_view(local, &view);
    memcpy(path, view.bytes, view.length);
    int error = is_socket_file(path);
    if (error < 0)
        return error;
    return unlink(path) < 0 ? psock_posix_error() : 0;
}

/* The system makes pairs by itself. */
int psock_sys_temporary_path(psock_address *local)
{
    (void)local;
    errno = EOPNOTSUPP;
    return PSOCK_ENOTSUP;
}

/* --- Who is at the other end ----------------------------------------------- */

/* What the system says for want of a user or a group. */
#define NOBODY UINT32_MAX

static void add_process(psock_credentials *credentials, pid_t process)
{
    if (process <= 0)
        return;
    credentials->valid |= PSOCK_CREDENTIALS_PROCESS;
    credentials->process = (uint32_t)process;
}

static void add_user_and_group(psock_credentials *credentials, uid_t user,
                               gid_t group)
{
    if ((uint32_t)user == NOBODY)
        return;
    credentials->valid |= PSOCK_CREDENTIALS_USER | PSOCK_CREDENTIALS_GROUP;
    credentials->user = (uint32_t)user;
    credentials->group = (uint32_t)group;
}

#if defined(PSOCK_HAVE_UCRED)
static int ask_credentials(int fd, psock_credentials *credentials)
{
    struct ucred peer = {.pid = 0};
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
        return psock_posix_error();
    add_process(credentials, peer.pid);
    add_user_and_group(credentials, peer.uid, peer.gid);
    return 0;
}
#elif defined(PSOCK_HAVE_GETPEEREID)

#ifdef PSOCK_HAVE_LOCAL_PEERPID
static void ask_process(int fd, psock_credentials *credentials)
{
    pid_t process = 0;
    socklen_t length = sizeof process;
    if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &process, &length) == 0)
        add_process(credentials, process);
}
#else
static void ask_process(int fd, psock_credentials *credentials)
{
    (void)fd;
    (void)credentials;
}
#endif

static int ask_credentials(int fd, psock_credentials *credentials)
{
    uid_t user;
    gid_t group;
    if (getpeereid(fd, &user, &group) < 0)
        return psock_posix_error();
    add_user_and_group(credentials, user, group);
    ask_process(fd, credentials);
    return 0;
}
#else
static int ask_credentials(int fd, psock_credentials *credentials)
{
    (void)fd;
    (void)credentials;
    return 0;
}
#endif

/* Asking for the name first tells who is connected: a listener has credentials,
 * too, its own. */
int psock_sys_peer_credentials(psock_t s, psock_credentials *credentials)
{
    psock_address peer;
    psock_credentials answer = {.valid = 0};
    int error = psock_sys_check_channel(s);
    if (error == 0)
        error = psock_sys_peer(s, &peer);
    if (error == 0)
        error = ask_credentials(psock_posix_fd(s), &answer);
    if (error < 0)
        return error;
    if (answer.valid == 0) {
        errno = EOPNOTSUPP;
        return PSOCK_ENOTSUP;
    }
    *credentials = answer;
    return 0;
}

/* --- Sockets on their way to another process -------------------------------- */

size_t psock_sys_packed_size(void)
{
    return 0;
}

/* A listener never becomes writable, so waiting for that would have no end. */
static int check_connection(int fd)
{
    int listens = 0;
    socklen_t length = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) < 0)
        return psock_posix_error();
    if (!listens)
        return 0;
    errno = ENOTCONN;
    return PSOCK_ENOTCONN;
}

/* Other families let descriptors be sent, and drop them. */
int psock_sys_check_channel(psock_t channel)
{
    int family = PSOCK_NONE;
    int type = 0;
    int error = psock_sys_kind(channel, &family, &type);
    if (error < 0)
        return error;
    if (family == PSOCK_UNIX)
        return check_connection(psock_posix_fd(channel));
    errno = EOPNOTSUPP;
    return PSOCK_EOPNOTSUPP;
}

int psock_sys_pack_socket(psock_t channel, psock_t passed,
                          unsigned char *packed)
{
    (void)channel;
    (void)passed;
    (void)packed;
    return 0;
}

/* The system's structure knows no data that are only read. */
static struct iovec piece_of(const void *data, size_t size)
{
    union {
        const void *data;
        void *base;
    } start = {.data = data};
    return (struct iovec){.iov_base = start.base, .iov_len = size};
}

ptrdiff_t psock_sys_send_carrying(psock_t channel, const void *data,
                                  size_t size, psock_t carried)
{
    union {
        struct cmsghdr header;
        unsigned char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    struct iovec piece = piece_of(data, size);
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    const int fd = psock_posix_fd(carried);
    if (carried < 0)
        return psock_sys_send(channel, data, size);
    psock_posix_lift_send_limit(fd); /* the receiver need not be psock */
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    ssize_t sent = sendmsg(psock_posix_fd(channel), &message,
                           MSG_DONTWAIT | PSOCK_POSIX_NO_SIGNAL);
    return sent < 0 ? psock_posix_error() : sent;
}

#ifdef MSG_CMSG_CLOEXEC
#define RECEIVE_FLAGS (MSG_DONTWAIT | MSG_CMSG_CLOEXEC)
#else
#define RECEIVE_FLAGS MSG_DONTWAIT /* unpacking does the rest */
#endif

/* The room for what comes beside the bytes: one descriptor, and before it what
 * options of the channel ask for, credentials and a label. */
#define CONTROL_SIZE 1024

struct carriage {
    size_t count;
    int fds[CONTROL_SIZE / sizeof(int)]; /* more do not fit that room */
};

static void unload_item(struct carriage *carriage, struct cmsghdr *item)
{
    const size_t header_size = CMSG_LEN(0);
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS)
        return;
    const size_t count = (item->cmsg_len - header_size) / sizeof(int);
    memcpy(carriage->fds + carriage->count, CMSG_DATA(item),
           count * sizeof(int));
    carriage->count += count;
}

static void unload(struct carriage *carriage, struct msghdr *message)
{
    struct cmsghdr *item;
    carriage->count = 0;
    for (item = CMSG_FIRSTHDR(message); item != NULL;
         item = CMSG_NXTHDR(message, item))
        unload_item(carriage, item);
}

/* What is wrong with what came, or 0.  Where control data were cut although one
 * descriptor would have fitted, the system had none to give. */
static int carriage_error(const struct carriage *carriage, int flags)
{
    const _Bool is_cut = (flags & MSG_CTRUNC) != 0;
    if (carriage->count == 0 && is_cut) {
        errno = EMFILE;
        return PSOCK_EMFILE;
    }
    if (carriage->count > 1 || is_cut ||
        (carriage->count == 1 && psock_sys_check(carriage->fds[0]) < 0)) {
        errno = EPROTO;
        return PSOCK_EPROTO;
    }
    return 0;
}

static int refuse(const struct carriage *carriage, int error)
{
    int native = errno;
    for (size_t i = 0; i < carriage->count; i++)
        close(carriage->fds[i]);
    errno = native;
    return error;
}

ptrdiff_t psock_sys_recv_carrying(psock_t channel, void *buffer, size_t size,
                                  psock_t *carried)
{
    union {
        struct cmsghdr header;
        unsigned char bytes[CONTROL_SIZE];
    } control;
    struct iovec piece = {.iov_base = buffer, .iov_len = size};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct carriage carriage;
    ssize_t received =
        recvmsg(psock_posix_fd(channel), &message, RECEIVE_FLAGS);
    if (received < 0)
        return psock_posix_error();
    unload(&carriage, &message);
    int error = carriage_error(&carriage, message.msg_flags);
    if (error < 0)
        return refuse(&carriage, error);
    *carried = carriage.count == 1 ? carriage.fds[0] : -1;
    return received;
}

psock_t psock_sys_unpack_socket(const unsigned char *packed, psock_t carried)
{
    (void)packed;
    if (carried < 0) {
        errno = EPROTO;
        return PSOCK_EPROTO;
    }
    int error = psock_sys_adopt(carried);
    return error < 0 ? error : carried;
}
