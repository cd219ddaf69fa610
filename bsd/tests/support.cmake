# The functions that tests/CMakeLists.txt is written in.

find_path(CMOCKA_INCLUDE_DIR cmocka.h)
find_library(CMOCKA_LIBRARY NAMES cmocka cmocka-static)
mark_as_advanced(CMOCKA_INCLUDE_DIR CMOCKA_LIBRARY)
if(NOT CMOCKA_INCLUDE_DIR OR NOT CMOCKA_LIBRARY)
  message(FATAL_ERROR "The tests need CMocka, which scripts/setup installs; "
                      "-DPSOCK_BSD_BUILD_TESTS=OFF builds without them.")
endif()
add_library(psock_bsd_cmocka INTERFACE)
target_include_directories(psock_bsd_cmocka SYSTEM
                           INTERFACE ${CMOCKA_INCLUDE_DIR})
target_link_libraries(psock_bsd_cmocka INTERFACE ${CMOCKA_LIBRARY})

# Whether this machine runs what is built.
set(PSOCK_BSD_TESTS_RUN TRUE)
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  set(PSOCK_BSD_TESTS_RUN FALSE)
endif()
if(DEFINED PSOCK_TESTS_RUN)
  set(PSOCK_BSD_TESTS_RUN ${PSOCK_TESTS_RUN})
endif()

# Where the DLLs are, which need not stand beside the programs.
set(PSOCK_BSD_TEST_ENVIRONMENT)
if(WIN32 AND BUILD_SHARED_LIBS)
  string(CONCAT PSOCK_BSD_TEST_ENVIRONMENT
    "WINEPATH=Z:$<TARGET_FILE_DIR:psock-bsd>\\;"
    "Z:$<TARGET_FILE_DIR:psock::psock>")
endif()

# The language and the warnings of what is built for the tests: those of a program
# on Linux that wants all of it.
function(psock_bsd_test_settings target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS ON)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wwrite-strings -Wmissing-prototypes
    -Wstrict-prototypes)
endfunction()

# Programs that look at the clock, at addresses that were free a moment ago, or at all
# of a process, run by themselves; the others beside each other.
set(PSOCK_BSD_ALONE
  alarm busy clock epoll_edge epoll_many input input_close interrupt leaks poll popen
  races rest select signal sleep timeouts timerfd)

# psock_bsd_add_test(<name> [<runner>]) makes a CMocka program of <name>.c and the
# test bsd.<name>, which the runner runs.  PSOCK_BSD_TEST_GROUP stands before the name.
function(psock_bsd_add_test name)
  add_executable(bsd_${name} ${name}.c)
  psock_bsd_test_settings(bsd_${name})
  target_link_libraries(bsd_${name} PRIVATE psock_bsd_fixture)
  if(PSOCK_BSD_TESTS_RUN)
    set(command bsd_${name})
    if(ARGN)
      set(command ${ARGN} ${CMAKE_CROSSCOMPILING_EMULATOR}
                  $<TARGET_FILE:bsd_${name}>)
    endif()
    set(test bsd.${PSOCK_BSD_TEST_GROUP}${name})
    set(alone FALSE)
    if(name IN_LIST PSOCK_BSD_ALONE)
      set(alone TRUE)
    endif()
    add_test(NAME ${test} COMMAND ${command})
    set_tests_properties(${test} PROPERTIES
      TIMEOUT 60 LABELS bsd RUN_SERIAL ${alone}
      ENVIRONMENT "${PSOCK_BSD_TEST_ENVIRONMENT}"
      FIXTURES_REQUIRED "${PSOCK_WINE_FIXTURE}")
  endif()
endfunction()
