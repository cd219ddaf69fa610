/* types.h: the types that several headers share. */
#ifndef _PSOCK_BSD_TYPES_H
#define _PSOCK_BSD_TYPES_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <stddef.h>
#include <stdint.h>
#include <psock_bsd/begin.h>
#include_next <sys/types.h>
#include <psock_bsd/end.h>
#include <psock_bsd/begin.h>
#include <_bsd_types.h>
#include <psock_bsd/end.h>

typedef unsigned int socklen_t;
typedef unsigned short sa_family_t;
typedef uint16_t in_port_t;
typedef uint32_t in_addr_t;

typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int id_t;
typedef unsigned int nlink_t;
typedef long suseconds_t;
typedef long blksize_t;
typedef long long blkcnt_t;
typedef int key_t;
typedef long long loff_t;
typedef char *caddr_t;

typedef uint8_t u_int8_t;
typedef uint16_t u_int16_t;
typedef uint32_t u_int32_t;
typedef uint64_t u_int64_t;
typedef int64_t quad_t;
typedef uint64_t u_quad_t;
typedef unsigned int uint;
typedef unsigned short ushort;
typedef unsigned long ulong;

typedef _sigset_t sigset_t;

/* A piece of memory (<sys/uio.h>, <sys/socket.h>). */
struct iovec {
    void *iov_base;
    size_t iov_len;
};

#endif
