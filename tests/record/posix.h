/* posix.h: the names by which the recorder knows a POSIX system; the twin of
 * win32.h. */
#ifndef PSOCK_RECORD_POSIX_H
#define PSOCK_RECORD_POSIX_H

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

typedef int raw;

#define NO_RAW (-1)

#define RAW_EINVAL EINVAL
#define RAW_ECONNRESET ECONNRESET

#endif
