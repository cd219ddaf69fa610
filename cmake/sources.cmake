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
  src/io.c)
set(PSOCK_SHARED_OTHER
  src/startup.c
  src/error.c
  src/address.c
  src/address_parse.c
  src/address_format.c
  src/native.c
  src/capability.c)

# The files of a twin.
set(PSOCK_SYS_FUSED
  sys_error.c
  sys_clock.c
  sys_wait.c
  sys_io.c
  sys_socket.c)
set(PSOCK_SYS_OTHER
  sys_startup.c
  sys_address.c
  sys_native.c)

# What only Windows has: the shadow of each socket, and the table through which
# Windows is called (the tests have another).
set(PSOCK_WIN32_OTHER src/win32/shadow.c)
set(PSOCK_WIN32_TABLE src/win32/winsock.c)

# The twin comes first: its platform.h sets the feature macros, and that counts
# only before the first system header.
set(PSOCK_FUSED_SOURCES ${PSOCK_SYS_FUSED})
list(TRANSFORM PSOCK_FUSED_SOURCES PREPEND ${PSOCK_TWIN}/)
list(APPEND PSOCK_FUSED_SOURCES ${PSOCK_SHARED_FUSED})

set(PSOCK_OTHER_SOURCES ${PSOCK_SYS_OTHER})
list(TRANSFORM PSOCK_OTHER_SOURCES PREPEND ${PSOCK_TWIN}/)
list(APPEND PSOCK_OTHER_SOURCES ${PSOCK_SHARED_OTHER})
if(WIN32)
  list(APPEND PSOCK_OTHER_SOURCES ${PSOCK_WIN32_OTHER} ${PSOCK_WIN32_TABLE})
endif()
