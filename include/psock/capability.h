/* capability.h: what this system can do, found out by trying, never by its
 * version. */
#ifndef PSOCK_CAPABILITY_H
#define PSOCK_CAPABILITY_H

#include <psock/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers never change; new ones are appended. */
enum psock_capability_id {
    PSOCK_CAP_IPV4 = 0,            /* IPv4, with a loopback address */
    PSOCK_CAP_IPV6 = 1,            /* IPv6, with a loopback address */
    PSOCK_CAP_DUAL_STACK = 2,      /* PSOCK_DUAL_STACK */
    PSOCK_CAP_SHARED_LISTENER = 3, /* PSOCK_BIND_SHARED of stream sockets */
    PSOCK_CAP_UNIX_STREAM = 4,     /* stream sockets of family PSOCK_UNIX */
    PSOCK_CAP_UNIX_DATAGRAM = 5,   /* datagram sockets of family PSOCK_UNIX */
    PSOCK_CAP_UNIX_ABSTRACT = 6    /* abstract Unix names */
};

#define PSOCK_CAP_COUNT 7

/* Tells whether this system has `capability`.
 *
 * Returns 0 when it has; otherwise the error with which the attempt failed
 * (psock_error_native() has the system's own code), PSOCK_ENOTSUP when there
 * was nothing to try, PSOCK_EINVAL for a number that is no capability.  Each
 * call tries anew, with sockets of its own that it closes again. */
PSOCK_API int psock_capability(int capability);

/* A short name for tables and logs: "ipv6", "shared-listener".  Static text;
 * null for a number that is no capability. */
PSOCK_API const char *psock_capability_name(int capability);

#ifdef __cplusplus
}
#endif

#endif
