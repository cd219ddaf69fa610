# A configure script asks whether `int sendmsg();` can be linked, and includes no
# header.  So a static library also has the names of POSIX as they are, where the
# C runtime and Winsock have none of that name; each is an object of its own, which
# is linked by nobody else.  They are written for the assembler, which is quicker
# than the compiler by far.

# What these archives define that every program is linked with, or that of Winsock.
# MinGW's threads are not among them: a script asks for nanosleep() without -lpthread.
function(psock_bsd_names_of_others result)
  set(all)
  foreach(library IN ITEMS mingw32 mingwex msvcrt ws2_32)
    execute_process(COMMAND ${CMAKE_C_COMPILER}
      -print-file-name=lib${library}.a
      OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(EXISTS "${path}")
      execute_process(COMMAND ${CMAKE_NM} --defined-only -g -P ${path}
        OUTPUT_VARIABLE symbols ERROR_QUIET)
      string(REGEX MATCHALL "\n[^ :]+ [A-Z]" symbols "${symbols}")
      list(APPEND all ${symbols})
    endif()
  endforeach()
  list(TRANSFORM all REPLACE "^\n(.*) [A-Z]$" "\\1")
  list(REMOVE_DUPLICATES all)
  set(${result} "${all}" PARENT_SCOPE)
endfunction()

function(psock_bsd_declared_names result)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.h)
  list(FILTER headers EXCLUDE REGEX "/prelude\\.h$")
  set(names)
  foreach(header IN LISTS headers)
    file(STRINGS ${header} lines REGEX "_PSOCK_BSD_NAME\\([a-z0-9_]+\\)")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE ".*_PSOCK_BSD_NAME\\(([a-z0-9_]+)\\).*" "\\1" name
             "${line}")
      list(APPEND names ${name})
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

# Variables, second names of a function, and what is better not found.
set(PSOCK_BSD_NOT_PLAIN
  error_message_count error_one_per_line error_print_progname in6addr_any
  in6addr_loopback basename_of h_errno_location res_state strerror_r_text
  sysv_signal thread_signal leave_calls daemon fork vfork)

# Adds the sources to the target.
function(psock_bsd_add_plain_names target)
  psock_bsd_names_of_others(taken)
  psock_bsd_declared_names(names)
  set(prefix "")
  if(CMAKE_SIZEOF_VOID_P EQUAL 4)
    set(prefix "_")
  endif()
  foreach(name IN LISTS names)
    if(name IN_LIST PSOCK_BSD_NOT_PLAIN OR "${prefix}${name}" IN_LIST taken)
      continue()
    endif()
    set(source ${CMAKE_CURRENT_BINARY_DIR}/plain_names/${name}.s)
    set(text ".globl ${prefix}${name}
${prefix}${name}: jmp ${prefix}psock_bsd_${name}
")
    if(EXISTS ${source})
      file(READ ${source} old)
    else()
      set(old)
    endif()
    if(NOT old STREQUAL text)
      file(WRITE ${source} "${text}")
    endif()
    target_sources(${target} PRIVATE ${source})
  endforeach()
endfunction()
