# Common to the two mingw-w64 toolchains; `processor` is set by the caller.
set(triplet ${processor}-w64-mingw32)

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR ${processor})
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_RC_COMPILER ${triplet}-windres)

# The C++ compiler only checks headers, so it may be absent.
find_program(PSOCK_MINGW_CXX ${triplet}-g++)
if(PSOCK_MINGW_CXX)
  set(CMAKE_CXX_COMPILER ${PSOCK_MINGW_CXX})
endif()

# Our programs run on a bare Windows: no libgcc DLL beside them.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static-libgcc)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -static-libgcc)

# scripts/setup puts CMocka for Windows into build/deps/<triplet>.
get_filename_component(deps ${CMAKE_CURRENT_LIST_DIR}/../build/deps ABSOLUTE)
set(PSOCK_DEPS ${deps} CACHE PATH
    "Where the libraries for the tests are installed, by triplet")
set(CMAKE_FIND_ROOT_PATH /usr/${triplet} ${PSOCK_DEPS}/${triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)

# Wine runs what is built, in a prefix of its own.
set(PSOCK_WINE_PREFIX ${CMAKE_BINARY_DIR}/wine-${processor} CACHE PATH
    "The Wine prefix for the tests; made when it is not there")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PSOCK_DEPS PSOCK_WINE_PREFIX)
find_program(PSOCK_WINE wine)
if(PSOCK_WINE)
  set(CMAKE_CROSSCOMPILING_EMULATOR
      ${CMAKE_CURRENT_LIST_DIR}/wine ${PSOCK_WINE_PREFIX})
endif()
