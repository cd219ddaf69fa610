# What the twin is built with: PSOCK_HAVE_X is defined for what the system has.
# Ask with #ifdef, around whole functions.
include(CheckSymbolExists)
include(CheckStructHasMember)
include(CMakePushCheckState)

set(PSOCK_DEFINITIONS)
set(PSOCK_LIBRARIES)

# psock_have(<name> [FALLBACK]) defines PSOCK_HAVE_<name> if the check of that
# name succeeded.  FALLBACK: the code has another body, and
# PSOCK_FORCE_FALLBACKS builds that one.
macro(psock_have name)
  if(PSOCK_HAVE_${name})
    if(NOT ("${ARGN}" STREQUAL "FALLBACK" AND PSOCK_FORCE_FALLBACKS))
      list(APPEND PSOCK_DEFINITIONS PSOCK_HAVE_${name})
    endif()
  endif()
endmacro()

if(WIN32)
  list(APPEND PSOCK_DEFINITIONS _WIN32_WINNT=0x0A00)
  list(APPEND PSOCK_LIBRARIES ws2_32 iphlpapi ntdll)
else()
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_DEFINITIONS -D_GNU_SOURCE -D_DARWIN_C_SOURCE)
  set(headers sys/types.h sys/socket.h poll.h)
  check_symbol_exists(accept4 "${headers}" PSOCK_HAVE_ACCEPT4)
  check_symbol_exists(ppoll "${headers}" PSOCK_HAVE_PPOLL)
  check_symbol_exists(SOCK_CLOEXEC "${headers}" PSOCK_HAVE_SOCK_CLOEXEC)
  check_symbol_exists(SO_NOSIGPIPE "${headers}" PSOCK_HAVE_SO_NOSIGPIPE)
  check_symbol_exists(eventfd sys/eventfd.h PSOCK_HAVE_EVENTFD)
  check_symbol_exists(POLLRDHUP "${headers}" PSOCK_HAVE_POLLRDHUP)
  check_symbol_exists(MCAST_JOIN_SOURCE_GROUP netinet/in.h
                      PSOCK_HAVE_GROUP_REQUESTS)
  check_symbol_exists(SO_BINDTOIFINDEX "${headers}"
                      PSOCK_HAVE_SO_BINDTOIFINDEX)
  check_struct_has_member("struct ip_mreqn" imr_ifindex netinet/in.h
                          PSOCK_HAVE_IP_MREQN)
  check_symbol_exists(socketpair "${headers}" PSOCK_HAVE_SOCKETPAIR)
  check_struct_has_member("struct ucred" pid "${headers}" PSOCK_HAVE_UCRED)
  check_symbol_exists(getpeereid "${headers};unistd.h" PSOCK_HAVE_GETPEEREID)
  check_symbol_exists(LOCAL_PEERPID "${headers};sys/un.h"
                      PSOCK_HAVE_LOCAL_PEERPID)
  check_symbol_exists(recvmmsg "${headers}" PSOCK_HAVE_MANY_MESSAGES)
  check_symbol_exists(SO_EE_ORIGIN_ICMP "time.h;linux/errqueue.h"
                      PSOCK_HAVE_ERROR_QUEUE)
  check_symbol_exists(AF_PACKET "${headers};netpacket/packet.h"
                      PSOCK_HAVE_PACKET_ADDRESSES)
  check_symbol_exists(AF_LINK "${headers};net/if_dl.h"
                      PSOCK_HAVE_LINK_ADDRESSES)
  check_symbol_exists(RTMGRP_LINK
                      "${headers};linux/netlink.h;linux/rtnetlink.h"
                      PSOCK_HAVE_ROUTE_NETLINK)
  check_symbol_exists(RTM_IFINFO "${headers};net/if.h;net/route.h"
                      PSOCK_HAVE_ROUTE_SOCKETS)
  check_struct_has_member("struct sockaddr" sa_len "${headers}"
                          PSOCK_HAVE_SA_LEN)
  check_symbol_exists(AI_IDN netdb.h PSOCK_HAVE_AI_IDN)
  check_symbol_exists(newlocale locale.h PSOCK_HAVE_NEWLOCALE)
  if(PSOCK_HAVE_AI_IDN AND PSOCK_HAVE_NEWLOCALE)
    set(PSOCK_HAVE_INTERNATIONAL_NAMES 1)
  endif()
  # Other systems have another call of this name elsewhere.
  check_symbol_exists(sendfile sys/sendfile.h PSOCK_HAVE_SENDFILE)
  unset(headers)
  cmake_pop_check_state()

  # No header tells these: Linux bounds a connect by SO_SNDTIMEO (socket(7)), has
  # Unix addresses that are no paths (unix(7)), changes one kind of multicast
  # membership into the other, doubles sizes of buffers (socket(7)), tells the
  # size of the next datagram (udp(7)), has its own TCP_INFO (tcp(7)), and does
  # not tell senders on Unix sockets of a shutdown by their own side.
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(PSOCK_HAVE_CONNECT_TIMEOUT 1)
    set(PSOCK_HAVE_ABSTRACT_NAMES 1)
    set(PSOCK_HAVE_MIXED_CONTROL 1)
    set(PSOCK_HAVE_SOURCE_SWITCHES 1)
    set(PSOCK_HAVE_DOUBLED_BUFFERS 1)
    set(PSOCK_HAVE_NEXT_SIZE 1)
    set(PSOCK_HAVE_TCP_REPORT 1)
    set(PSOCK_HAVE_SILENT_SHUTDOWN 1)
  endif()

  psock_have(ACCEPT4 FALLBACK)
  psock_have(PPOLL FALLBACK)
  psock_have(SOCK_CLOEXEC FALLBACK)
  psock_have(EVENTFD FALLBACK)
  psock_have(CONNECT_TIMEOUT FALLBACK)
  psock_have(GROUP_REQUESTS FALLBACK)
  psock_have(SOURCE_SWITCHES)
  psock_have(SILENT_SHUTDOWN)
  psock_have(SO_BINDTOIFINDEX FALLBACK)
  psock_have(IP_MREQN)
  psock_have(DOUBLED_BUFFERS)
  psock_have(NEXT_SIZE FALLBACK)
  psock_have(TCP_REPORT)
  psock_have(SOCKETPAIR FALLBACK)
  psock_have(UCRED)
  psock_have(GETPEEREID)
  psock_have(LOCAL_PEERPID)
  psock_have(MANY_MESSAGES FALLBACK)
  psock_have(MIXED_CONTROL FALLBACK)
  psock_have(ERROR_QUEUE)
  psock_have(SENDFILE FALLBACK)
  psock_have(INTERNATIONAL_NAMES FALLBACK)
  psock_have(POLLRDHUP)
  psock_have(SO_NOSIGPIPE)
  psock_have(SA_LEN)
  psock_have(PACKET_ADDRESSES FALLBACK)
  psock_have(LINK_ADDRESSES)
  psock_have(ROUTE_NETLINK FALLBACK)
  psock_have(ROUTE_SOCKETS)
  psock_have(ABSTRACT_NAMES)
endif()

# Which system call the poller is made of.
if(NOT WIN32)
  set(PSOCK_POLLER auto CACHE STRING "auto, epoll, kqueue or poll")
  set_property(CACHE PSOCK_POLLER PROPERTY STRINGS auto epoll kqueue poll)
  cmake_push_check_state()
  if(PSOCK_KQUEUE_STAND_IN)
    list(APPEND CMAKE_REQUIRED_INCLUDES
         ${PROJECT_SOURCE_DIR}/tests/kqueue/include)
  endif()
  check_symbol_exists(epoll_create1 sys/epoll.h PSOCK_HAVE_EPOLL)
  check_symbol_exists(EVFILT_READ "sys/types.h;sys/event.h;sys/time.h"
                      PSOCK_HAVE_KQUEUE)
  check_symbol_exists(EVFILT_USER "sys/types.h;sys/event.h;sys/time.h"
                      PSOCK_HAVE_USER_EVENTS)
  cmake_pop_check_state()
  psock_have(USER_EVENTS FALLBACK)

  set(PSOCK_POLLER_CHOSEN ${PSOCK_POLLER})
  if(PSOCK_POLLER STREQUAL "auto")
    set(PSOCK_POLLER_CHOSEN poll)
    if(PSOCK_HAVE_EPOLL AND NOT PSOCK_FORCE_FALLBACKS)
      set(PSOCK_POLLER_CHOSEN epoll)
    elseif(PSOCK_HAVE_KQUEUE AND NOT PSOCK_FORCE_FALLBACKS)
      set(PSOCK_POLLER_CHOSEN kqueue)
    endif()
  elseif(NOT PSOCK_POLLER MATCHES "^(epoll|kqueue|poll)$")
    message(FATAL_ERROR "PSOCK_POLLER is auto, epoll, kqueue or poll; "
                        "not ${PSOCK_POLLER}")
  endif()

  string(TOUPPER ${PSOCK_POLLER_CHOSEN} name)
  if(NOT PSOCK_POLLER_CHOSEN STREQUAL "poll" AND NOT PSOCK_HAVE_${name})
    message(FATAL_ERROR "This system has no ${PSOCK_POLLER_CHOSEN}: choose "
                        "another PSOCK_POLLER.")
  endif()
  unset(name)

  # The list of all pollers has a lock.
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads REQUIRED)
  list(APPEND PSOCK_LIBRARIES Threads::Threads)
endif()
