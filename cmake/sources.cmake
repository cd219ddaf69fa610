# Every source by name, and the one place that chooses between the twins.  The
# tests build the same lists against other twins.
if(WIN32)
  set(PSOCK_TWIN src/win32)
else()
  set(PSOCK_TWIN src/posix)
endif()

# The shared half.  Fused: the data path.
set(PSOCK_SHARED_FUSED
  src/deadline.c
  src/socket.c
  src/io.c
  src/message.c
  src/segments.c
  src/waker.c
  src/interest.c
  src/poller.c)
set(PSOCK_SHARED_OTHER
  src/startup.c
  src/error.c
  src/address.c
  src/address_parse.c
  src/address_format.c
  src/native.c
  src/control.c
  src/multicast.c
  src/option.c
  src/option_table.c
  src/process.c
  src/pair.c
  src/poll.c
  src/query.c
  src/host.c
  src/resolve.c
  src/race.c
  src/dial.c
  src/serve.c
  src/stream.c
  src/file.c
  src/interface.c
  src/capability.c)

# The files of a twin.  The poller is one of several (features.cmake chooses),
# and fused too.
if(WIN32)
  set(PSOCK_SYS_POLLER sys_poller.c)
else()
  set(PSOCK_SYS_POLLER sys_poller_${PSOCK_POLLER_CHOSEN}.c)
endif()
set(PSOCK_SYS_FUSED
  sys_error.c
  sys_clock.c
  sys_wait.c
  sys_io.c
  sys_control.c
  sys_message.c
  sys_socket.c)
set(PSOCK_SYS_OTHER
  sys_startup.c
  sys_address.c
  sys_native.c
  sys_multicast.c
  sys_option.c
  sys_process.c
  sys_waker.c
  sys_poll.c
  sys_resolve.c
  sys_file.c
  sys_interface.c)

# What only Windows has: metadata, interfaces, the shadow of each socket, polls of the AFD
# driver, what is in pollers, and the table through which Windows is called (the
# tests have another).
set(PSOCK_WIN32_OTHER
  src/win32/metadata.c
  src/win32/moment.c
  src/win32/abilities.c
  src/win32/interfaces.c
  src/win32/work.c
  src/win32/settled.c
  src/win32/shadow.c
  src/win32/afd.c
  src/win32/registry.c
  src/win32/registration.c
  src/win32/poller_device.c)
set(PSOCK_WIN32_TABLE src/win32/winsock.c)

# The twin comes first: its platform.h sets the feature macros, and that counts
# only before the first system header.
set(PSOCK_FUSED_SOURCES ${PSOCK_SYS_FUSED} ${PSOCK_SYS_POLLER})
list(TRANSFORM PSOCK_FUSED_SOURCES PREPEND ${PSOCK_TWIN}/)
list(APPEND PSOCK_FUSED_SOURCES ${PSOCK_SHARED_FUSED})

set(PSOCK_OTHER_SOURCES ${PSOCK_SYS_OTHER})
list(TRANSFORM PSOCK_OTHER_SOURCES PREPEND ${PSOCK_TWIN}/)
list(APPEND PSOCK_OTHER_SOURCES ${PSOCK_SHARED_OTHER})
if(WIN32)
  list(APPEND PSOCK_OTHER_SOURCES ${PSOCK_WIN32_OTHER} ${PSOCK_WIN32_TABLE})
else()
  list(APPEND PSOCK_OTHER_SOURCES
    src/posix/pollers.c
    src/posix/links.c
    src/posix/changes.c
    src/posix/threads.c)
  list(INSERT PSOCK_FUSED_SOURCES 0
    src/posix/metadata.c
    src/posix/error_queue.c
    src/posix/fragments.c)
  if(PSOCK_POLLER_CHOSEN STREQUAL "kqueue")
    list(APPEND PSOCK_OTHER_SOURCES
      src/posix/kqueue_own.c
      src/posix/kqueue_look.c)
  endif()
endif()
