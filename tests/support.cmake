# The functions that tests/CMakeLists.txt is written in.

if(WIN32)
  set(PSOCK_HOST win32)
  set(PSOCK_HOST_LIBRARIES ws2_32)
else()
  set(PSOCK_HOST posix)
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads REQUIRED)
  set(PSOCK_HOST_LIBRARIES Threads::Threads)
endif()

find_path(CMOCKA_INCLUDE_DIR cmocka.h)
find_library(CMOCKA_LIBRARY NAMES cmocka cmocka-static)
mark_as_advanced(CMOCKA_INCLUDE_DIR CMOCKA_LIBRARY)
if(NOT CMOCKA_INCLUDE_DIR OR NOT CMOCKA_LIBRARY)
  message(FATAL_ERROR "The tests need CMocka, which scripts/setup installs; "
                      "-DPSOCK_BUILD_TESTS=OFF builds without them.")
endif()
add_library(psock_cmocka INTERFACE)
target_include_directories(psock_cmocka INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
target_include_directories(psock_cmocka SYSTEM INTERFACE ${CMOCKA_INCLUDE_DIR})
target_link_libraries(psock_cmocka INTERFACE ${CMOCKA_LIBRARY})

# Whether this machine runs what is built.  The answer is kept: remove the build
# folder after installing the Wine that was missing.  The number is an unlikely
# one because Wine has been seen to start nothing and return 0.
set(PSOCK_TESTS_RUN TRUE)
if(CMAKE_CROSSCOMPILING_EMULATOR)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/runs.c "int main(void) { return 83; }")
  try_run(PSOCK_RUNS_STATUS PSOCK_RUNS_COMPILES
          ${CMAKE_CURRENT_BINARY_DIR}/runs ${CMAKE_CURRENT_BINARY_DIR}/runs.c)
  if(NOT PSOCK_RUNS_STATUS EQUAL 83)
    set(PSOCK_TESTS_RUN FALSE)
  endif()
elseif(CMAKE_CROSSCOMPILING)
  set(PSOCK_TESTS_RUN FALSE)
endif()
if(NOT PSOCK_TESTS_RUN)
  message(STATUS "Nothing here runs programs for ${CMAKE_SYSTEM_NAME} "
                 "${CMAKE_SYSTEM_PROCESSOR}: tests are built and not run")
endif()

# Wine's start is paid for once, by the first test of all that need it.
set(PSOCK_WINE_FIXTURE)
if(PSOCK_TESTS_RUN AND CMAKE_CROSSCOMPILING)
  add_test(NAME wine.warm_up
    COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} cmd /c exit)
  set_tests_properties(wine.warm_up PROPERTIES
    FIXTURES_SETUP wine TIMEOUT 120 LABELS wine)
  set(PSOCK_WINE_FIXTURE wine)
endif()

# The language and the warnings of everything that is built for the tests.
function(psock_test_settings target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  psock_warnings(${target})
endfunction()

# psock_add_test(<name> SOURCES <file>... LIBRARIES <target>... LABEL <label>)
# makes a CMocka program and a test of that name, which runs by itself: some
# measure time.  Where all is played from a script, time is, too.
function(psock_add_test name)
  cmake_parse_arguments(arg "" "LABEL" "SOURCES;LIBRARIES" ${ARGN})
  string(REPLACE "." "_" target test_${name})
  add_executable(${target} ${arg_SOURCES})
  psock_test_settings(${target})
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} psock_cmocka)
  if(PSOCK_TESTS_RUN)
    add_test(NAME ${name} COMMAND ${target})
    set(alone TRUE)
    if(arg_LABEL STREQUAL "fake")
      set(alone FALSE)
    endif()
    set_tests_properties(${name} PROPERTIES
      TIMEOUT 60 LABELS ${arg_LABEL} RUN_SERIAL ${alone}
      FIXTURES_REQUIRED "${PSOCK_WINE_FIXTURE}")
  endif()
endfunction()

# psock_add_script_test(<name> <program> [argument]...) makes a test of a script
# in the tree, or of something else that runs on the building machine.
function(psock_add_script_test name program)
  if(NOT IS_ABSOLUTE ${program})
    set(program ${PROJECT_SOURCE_DIR}/${program})
  endif()
  add_test(NAME ${name} COMMAND ${program} ${ARGN})
  set_tests_properties(${name} PROPERTIES
    TIMEOUT 60 LABELS tree WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

# The layering test also looks at the objects of the shared half, but not at
# those that a sanitizer or a coverage tool has written its own calls into.
function(psock_add_layering_test)
  set(objects ${CMAKE_CURRENT_BINARY_DIR}/portable_objects.txt)
  file(GENERATE OUTPUT ${objects}
       CONTENT "$<JOIN:$<TARGET_OBJECTS:psock_portable>,\n>\n")
  if(CMAKE_C_FLAGS MATCHES "-fsanitize|-fprofile|--coverage")
    set(objects)
  endif()
  psock_add_script_test(layering ${CMAKE_COMMAND}
    -D "objects=${objects}" -D nm=${CMAKE_NM}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/layering.cmake)
endfunction()
