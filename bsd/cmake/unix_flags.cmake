# What makes a compiler for Windows say that it is one for Unix.
set(PSOCK_BSD_UNIX_FLAGS)
if(WIN32)
  foreach(name IN ITEMS _WIN32 _WIN64 WIN32 WIN64 __WIN32 __WIN32__ __WIN64
          __WIN64__ WINNT __WINNT __WINNT__ __MINGW32__ __MINGW64__)
    list(APPEND PSOCK_BSD_UNIX_FLAGS -U${name})
  endforeach()
  list(APPEND PSOCK_BSD_UNIX_FLAGS -D__unix__=1 -D__unix=1)
endif()
