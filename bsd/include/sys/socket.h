/* <sys/socket.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_SYS_SOCKET_H
#define _PSOCK_BSD_SYS_SOCKET_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/no_winsock.h>
#include <sys/types.h>

/* --- Families and types --------------------------------------------------- */

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL AF_UNIX
#define AF_FILE AF_UNIX
#define AF_INET 2
#define AF_INET6 23
#define AF_PACKET 17

#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_LOCAL AF_LOCAL
#define PF_FILE AF_FILE
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define PF_PACKET AF_PACKET

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_RDM 4
#define SOCK_SEQPACKET 5

/* To be added to a type. */
#define SOCK_CLOEXEC 0x80000
#define SOCK_NONBLOCK 0x800

#define SOMAXCONN 4096

/* --- Addresses ------------------------------------------------------------ */

struct sockaddr {
    sa_family_t sa_family;
    char sa_data[14];
};

struct sockaddr_storage {
    sa_family_t ss_family;
    char __ss_padding[6];
    long long __ss_align;
    char __ss_rest[112];
};

/* --- Options -------------------------------------------------------------- */

#define SOL_SOCKET 0xffff

#define SO_DEBUG 0x0001
#define SO_ACCEPTCONN 0x0002
#define SO_REUSEADDR 0x0004
#define SO_KEEPALIVE 0x0008
#define SO_DONTROUTE 0x0010
#define SO_BROADCAST 0x0020
#define SO_LINGER 0x0080
#define SO_OOBINLINE 0x0100
#define SO_REUSEPORT 0x0200
#define SO_SNDBUF 0x1001
#define SO_RCVBUF 0x1002
#define SO_SNDLOWAT 0x1003
#define SO_RCVLOWAT 0x1004
#define SO_SNDTIMEO 0x1005
#define SO_RCVTIMEO 0x1006
#define SO_ERROR 0x1007
#define SO_TYPE 0x1008
#define SO_PROTOCOL 0x2001
#define SO_DOMAIN 0x2002
#define SO_PEERCRED 0x2003
#define SO_PASSCRED 0x2004
#define SO_TIMESTAMP 0x2005
#define SO_TIMESTAMPNS 0x2006
#define SO_BINDTODEVICE 0x2007
#define SO_PRIORITY 0x2008

struct linger {
    int l_onoff;
    int l_linger; /* seconds */
};

struct ucred {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

/* --- Messages ------------------------------------------------------------- */

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_CTRUNC 0x8
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_WAITALL 0x100
#define MSG_CONFIRM 0x800
#define MSG_ERRQUEUE 0x2000
#define MSG_NOSIGNAL 0x4000
#define MSG_MORE 0x8000
#define MSG_WAITFORONE 0x10000
#define MSG_CMSG_CLOEXEC 0x40000000

struct msghdr {
    void *msg_name;
    socklen_t msg_namelen;
    struct iovec *msg_iov;
    size_t msg_iovlen;
    void *msg_control;
    size_t msg_controllen;
    int msg_flags;
};

struct mmsghdr {
    struct msghdr msg_hdr;
    unsigned int msg_len;
};

struct cmsghdr {
    size_t cmsg_len;
    int cmsg_level;
    int cmsg_type;
};

#define SCM_RIGHTS 1
#define SCM_CREDENTIALS 2
#define SCM_TIMESTAMP SO_TIMESTAMP
#define SCM_TIMESTAMPNS SO_TIMESTAMPNS

#define CMSG_ALIGN(size)                                                       \
    (((size) + sizeof(size_t) - 1) & ~(size_t)(sizeof(size_t) - 1))
#define CMSG_SPACE(size)                                                       \
    (CMSG_ALIGN(size) + CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_LEN(size) (CMSG_ALIGN(sizeof(struct cmsghdr)) + (size))
#define CMSG_DATA(item)                                                        \
    ((unsigned char *)(item) + CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_FIRSTHDR(message)                                                 \
    ((size_t)(message)->msg_controllen >= sizeof(struct cmsghdr)               \
         ? (struct cmsghdr *)(message)->msg_control                            \
         : (struct cmsghdr *)0)
#define CMSG_NXTHDR(message, item) _psock_bsd_next_item(message, item)

_PSOCK_BSD_BEGIN

/* Trusts neither length: what does not fit is the end. */
static __inline__ __attribute__((unused)) struct cmsghdr *
_psock_bsd_next_item(struct msghdr *__message, struct cmsghdr *__item)
{
    unsigned char *__end =
        (unsigned char *)__message->msg_control + __message->msg_controllen;
    size_t __left = (size_t)(__end - (unsigned char *)__item);
    if (__item->cmsg_len < sizeof *__item || __item->cmsg_len > __left ||
        CMSG_ALIGN(__item->cmsg_len) + sizeof *__item > __left)
        return (struct cmsghdr *)0;
    return (struct cmsghdr *)(void *)((unsigned char *)__item +
                                      CMSG_ALIGN(__item->cmsg_len));
}

/* --- Calls ---------------------------------------------------------------- */

#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2

int socket(int __domain, int __type, int __protocol) _PSOCK_BSD_NAME(socket);
int socketpair(int __domain, int __type, int __protocol, int __pair[2])
    _PSOCK_BSD_NAME(socketpair);
int bind(int __fd, const struct sockaddr *__address, socklen_t __length)
    _PSOCK_BSD_NAME(bind);
int listen(int __fd, int __backlog) _PSOCK_BSD_NAME(listen);
int accept(int __fd, struct sockaddr *_PSOCK_BSD_RESTRICT __address,
           socklen_t *_PSOCK_BSD_RESTRICT __length) _PSOCK_BSD_NAME(accept);
int accept4(int __fd, struct sockaddr *_PSOCK_BSD_RESTRICT __address,
            socklen_t *_PSOCK_BSD_RESTRICT __length, int __flags)
    _PSOCK_BSD_NAME(accept4);
int connect(int __fd, const struct sockaddr *__address, socklen_t __length)
    _PSOCK_BSD_NAME(connect);
int shutdown(int __fd, int __how) _PSOCK_BSD_NAME(shutdown);
int getsockname(int __fd, struct sockaddr *_PSOCK_BSD_RESTRICT __address,
                socklen_t *_PSOCK_BSD_RESTRICT __length)
    _PSOCK_BSD_NAME(getsockname);
int getpeername(int __fd, struct sockaddr *_PSOCK_BSD_RESTRICT __address,
                socklen_t *_PSOCK_BSD_RESTRICT __length)
    _PSOCK_BSD_NAME(getpeername);
int sockatmark(int __fd) _PSOCK_BSD_NAME(sockatmark);
int isfdtype(int __fd, int __type) _PSOCK_BSD_NAME(isfdtype);

ssize_t send(int __fd, const void *__data, size_t __size, int __flags)
    _PSOCK_BSD_NAME(send);
ssize_t recv(int __fd, void *__buffer, size_t __size, int __flags)
    _PSOCK_BSD_NAME(recv);
ssize_t sendto(int __fd, const void *__data, size_t __size, int __flags,
               const struct sockaddr *__address, socklen_t __length)
    _PSOCK_BSD_NAME(sendto);
ssize_t recvfrom(int __fd, void *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                 int __flags, struct sockaddr *_PSOCK_BSD_RESTRICT __address,
                 socklen_t *_PSOCK_BSD_RESTRICT __length)
    _PSOCK_BSD_NAME(recvfrom);
ssize_t sendmsg(int __fd, const struct msghdr *__message, int __flags)
    _PSOCK_BSD_NAME(sendmsg);
ssize_t recvmsg(int __fd, struct msghdr *__message, int __flags)
    _PSOCK_BSD_NAME(recvmsg);

struct timespec;
int sendmmsg(int __fd, struct mmsghdr *__messages, unsigned int __count,
             int __flags) _PSOCK_BSD_NAME(sendmmsg);
int recvmmsg(int __fd, struct mmsghdr *__messages, unsigned int __count,
             int __flags, struct timespec *__timeout)
    _PSOCK_BSD_NAME(recvmmsg);

int getsockopt(int __fd, int __level, int __option,
               void *_PSOCK_BSD_RESTRICT __value,
               socklen_t *_PSOCK_BSD_RESTRICT __length)
    _PSOCK_BSD_NAME(getsockopt);
int setsockopt(int __fd, int __level, int __option, const void *__value,
               socklen_t __length) _PSOCK_BSD_NAME(setsockopt);

_PSOCK_BSD_END

#endif
