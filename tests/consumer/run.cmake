# Builds main.c, or bsd.c, in one way and runs it; tests/consumer/CMakeLists.txt says how
# this is called.  Build folders are kept, so the next run takes little time.
cmake_minimum_required(VERSION 3.21)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ECHO STDOUT RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed: ${result}")
  endif()
endfunction()

# With a project of CMake's.
function(build_project)
  run(${CMAKE_COMMAND} -S ${source}/${way} -B ${binary} -G ${generator}
      -D CMAKE_C_COMPILER=${compiler}
      -D CMAKE_C_FLAGS=${flags}
      -D CMAKE_TOOLCHAIN_FILE=${toolchain}
      -D CMAKE_BUILD_TYPE=Release
      -D BUILD_SHARED_LIBS=${shared}
      -D psock_DIR=${stage}/${libdir}/cmake/psock
      -D psock-bsd_DIR=${stage}/${libdir}/cmake/psock-bsd)
  run(${CMAKE_COMMAND} --build ${binary})
endfunction()

# With the compiler alone, from a moved copy: the file must find its way.  psock-bsd
# needs no --static.
function(build_with_pkg_config package program)
  file(REMOVE_RECURSE ${binary})
  file(COPY ${stage}/ DESTINATION ${binary}/moved)
  set(ENV{PKG_CONFIG_LIBDIR} ${binary}/moved/${libdir}/pkgconfig)
  set(ENV{PKG_CONFIG_SYSROOT_DIR} "")
  set(static --static)
  if(shared OR NOT package STREQUAL "psock")
    set(static)
  endif()
  execute_process(COMMAND ${pkg_config} --cflags --libs ${static} ${package}
    OUTPUT_VARIABLE arguments OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(arguments UNIX_COMMAND "${arguments}")
  separate_arguments(flags UNIX_COMMAND "${flags}")
  run(${compiler} ${flags} ${source}/${program} -o ${binary}/consumer${suffix}
      ${arguments})
endfunction()

if(way STREQUAL "pkg_config")
  build_with_pkg_config(psock main.c)
  set(installed ${binary}/moved)
elseif(way STREQUAL "bsd_pkg_config")
  build_with_pkg_config(psock-bsd bsd.c)
  set(installed ${binary}/moved)
else()
  build_project()
  set(installed ${stage})
endif()

if(NOT runs)
  message("Built; nothing here runs it.")
  return()
endif()

# Where the program finds a shared psock, on either system.
set(ENV{LD_LIBRARY_PATH} ${installed}/${libdir})
set(ENV{WINEPATH} ${installed}/bin)
run(${emulator} ${binary}/consumer${suffix})
