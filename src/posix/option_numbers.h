/* option_numbers.h: what sys_option.c calls the options that not every system
 * has, or has by that name.  ABSENT is the number of those that are missing. */
#ifndef PSOCK_POSIX_OPTION_NUMBERS_H
#define PSOCK_POSIX_OPTION_NUMBERS_H

#include "platform.h"

#define ABSENT (-1)

/* --- The same by another name --------------------------------------------- */

#if defined(TCP_CORK)
#define CORK TCP_CORK
#elif defined(TCP_NOPUSH)
#define CORK TCP_NOPUSH
#else
#define CORK ABSENT
#endif

#if defined(TCP_RXT_CONNDROPTIME)
#define DEAD_PEER_S TCP_RXT_CONNDROPTIME
#elif defined(TCP_MAXUNACKTIME)
#define DEAD_PEER_S TCP_MAXUNACKTIME
#else
#define DEAD_PEER_S ABSENT
#endif

#if defined(TCP_KEEPIDLE)
#define KEEPALIVE_IDLE TCP_KEEPIDLE
#elif defined(TCP_KEEPALIVE)
#define KEEPALIVE_IDLE TCP_KEEPALIVE
#else
#define KEEPALIVE_IDLE ABSENT
#endif

/* Requests: what waits to be received, and to be acknowledged. */
#define UNREAD FIONREAD

#if defined(FIONWRITE)
#define UNSENT FIONWRITE
#elif defined(TIOCOUTQ)
#define UNSENT TIOCOUTQ
#else
#define UNSENT ABSENT
#endif

/* Builds for tests go without it. */
#ifdef PSOCK_HAVE_SO_BINDTOIFINDEX
#define BIND_TO_INDEX SO_BINDTOIFINDEX
#else
#define BIND_TO_INDEX ABSENT
#endif

/* --- Here or not ---------------------------------------------------------- */

#ifndef SO_PROTOCOL
#define SO_PROTOCOL ABSENT
#endif
#ifndef SO_PRIORITY
#define SO_PRIORITY ABSENT
#endif
#ifndef SO_MARK
#define SO_MARK ABSENT
#endif
#ifndef SO_BUSY_POLL
#define SO_BUSY_POLL ABSENT
#endif
#ifndef SO_INCOMING_CPU
#define SO_INCOMING_CPU ABSENT
#endif
#ifndef SO_COOKIE
#define SO_COOKIE ABSENT
#endif
#ifndef SO_PASSCRED
#define SO_PASSCRED ABSENT
#endif
#ifndef SO_BINDTODEVICE
#define SO_BINDTODEVICE ABSENT
#endif
#ifndef SO_NWRITE
#define SO_NWRITE ABSENT
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL ABSENT
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT ABSENT
#endif
#ifndef TCP_USER_TIMEOUT
#define TCP_USER_TIMEOUT ABSENT
#endif
#ifndef TCP_QUICKACK
#define TCP_QUICKACK ABSENT
#endif
#ifndef TCP_NOTSENT_LOWAT
#define TCP_NOTSENT_LOWAT ABSENT
#endif
#ifndef TCP_THIN_LINEAR_TIMEOUTS
#define TCP_THIN_LINEAR_TIMEOUTS ABSENT
#endif
#ifndef TCP_DEFER_ACCEPT
#define TCP_DEFER_ACCEPT ABSENT
#endif
#ifndef TCP_FASTOPEN
#define TCP_FASTOPEN ABSENT
#endif
#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT ABSENT
#endif
#ifndef TCP_CONGESTION
#define TCP_CONGESTION ABSENT
#endif
#ifndef IP_BOUND_IF
#define IP_BOUND_IF ABSENT
#endif
#ifndef IPV6_BOUND_IF
#define IPV6_BOUND_IF ABSENT
#endif
#ifndef IP_MTU_DISCOVER
#define IP_MTU_DISCOVER ABSENT
#endif
#ifndef IPV6_MTU_DISCOVER
#define IPV6_MTU_DISCOVER ABSENT
#endif
#ifndef IP_DONTFRAG
#define IP_DONTFRAG ABSENT
#endif
#ifndef IPV6_DONTFRAG
#define IPV6_DONTFRAG ABSENT
#endif
#ifndef IP_MTU
#define IP_MTU ABSENT
#endif
#ifndef IPV6_MTU
#define IPV6_MTU ABSENT
#endif
#ifndef IP_FREEBIND
#define IP_FREEBIND ABSENT
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND ABSENT
#endif
#ifndef IP_TRANSPARENT
#define IP_TRANSPARENT ABSENT
#endif
#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT ABSENT
#endif
#ifndef IP_MULTICAST_ALL
#define IP_MULTICAST_ALL ABSENT
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL ABSENT
#endif

#endif
