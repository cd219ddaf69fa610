# Puts the kqueue of the tests into psock, on systems that have none.  What is
# built so is for the tests alone and cannot be installed.
if(PSOCK_INSTALL OR BUILD_SHARED_LIBS)
  message(FATAL_ERROR "PSOCK_KQUEUE_STAND_IN is for a static library that is "
                      "not installed: -DPSOCK_INSTALL=OFF")
endif()
target_sources(psock PRIVATE tests/kqueue/kqueue.c)
target_include_directories(psock PRIVATE tests/kqueue/include)
target_link_options(psock INTERFACE LINKER:--wrap=close)
