# Keeps the shape of the tree (docs/design.md): what may name the system, what
# may include what, what may call what.  Run from the top of the tree:
#
#   cmake [-D objects=<list of objects> -D nm=<nm>] -P tests/layering.cmake
cmake_minimum_required(VERSION 3.21)
set(broken 0)

function(complain text)
  message("${text}")
  math(EXPR broken "${broken} + 1")
  set(broken ${broken} PARENT_SCOPE)
endfunction()

# Lists files, by their names from the top of the tree.
function(find_sources result)
  file(GLOB files RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${ARGN})
  set(${result} "${files}" PARENT_SCOPE)
endfunction()

# Reads a file into a list of its lines, in which nothing is special to CMake.
function(read_lines path result)
  file(READ ${path} text)
  string(REPLACE "\\" "/" text "${text}")
  string(REPLACE ";" "," text "${text}")
  string(REPLACE "[" "(" text "${text}")
  string(REPLACE "]" ")" text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# The same with comments left out: they may say anything.
function(read_code path result)
  read_lines(${path} lines)
  set(code)
  set(in_comment FALSE)
  foreach(line IN LISTS lines)
    if(in_comment)
      if(line MATCHES "\\*/")
        set(in_comment FALSE)
      endif()
      set(line)
    elseif(line MATCHES "/\\*" AND NOT line MATCHES "/\\*.*\\*/")
      set(in_comment TRUE)
    endif()
    string(REGEX REPLACE "/\\*.*" "" line "${line}")
    list(APPEND code "${line} ")
  endforeach()
  set(${result} "${code}" PARENT_SCOPE)
endfunction()

# Whether a line of the file matches, in a comment or not: most files are not worth
# reading closer.
function(has_line path words result)
  file(STRINGS ${path} found REGEX "${words}" LIMIT_COUNT 1)
  string(COMPARE NOTEQUAL "${found}" "" found)
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# --- Shared code, tests and examples do not know the system -----------------

string(JOIN "|" system_words
  "_WIN32" "_WIN64" "__MINGW" "_MSC_VER" "__CYGWIN__"
  "__linux" "__unix" "__APPLE__" "__FreeBSD" "__NetBSD" "__OpenBSD"
  "_GNU_SOURCE" "_POSIX_C_SOURCE" "PSOCK_HAVE_" "PSOCK_FORCE_"
  "WSA[A-Z]" "SOCKET_ERROR" "INVALID_SOCKET" "[^_a-z]errno[^_a-z]"
  "include <(sys|netinet|arpa|net|linux|unistd|poll|netdb|fcntl|errno)[./>]"
  "include <(winsock|ws2|mswsock|windows|winnt|iphlpapi|afunix|io\\.h|process)")

find_sources(portable src/*.[ch] tests/*.[ch] tests/fake/*.[ch]
             tests/soak/*.[ch] tests/names/*.[ch] examples/*.[ch] bench/*.[ch] include/psock/*.h)
# The export macro is in base.h, native.h is the door to the system, and what is
# raw in bench/ and the contenders there are what psock is compared with.
list(FILTER portable EXCLUDE REGEX "include/psock/(base|native)\\.h$")
list(FILTER portable EXCLUDE REGEX
     "bench/(.*raw.*|contender.*|answer|bsd)\\.[ch]$")

foreach(path IN LISTS portable)
  has_line(${path} "${system_words}" suspect)
  if(NOT suspect)
    continue()
  endif()
  read_code(${path} lines)
  set(number 0)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(line MATCHES "${system_words}")
      complain("${path}:${number}: names the system: ${line}")
    endif()
  endforeach()
endforeach()

# --- psock-bsd ------------------------------------------------------------------

# Its tests and its examples are programs of POSIX, and do not know of it.  Only
# bsd/src/system*.c call Windows, and none of its sources sees more of psock than
# any program does.
string(JOIN "|" windows_words
  "_WIN32" "_WIN64" "__MINGW" "_MSC_VER" "WSA[A-Z]" "SOCKET_ERROR"
  "INVALID_SOCKET" "include <(winsock|ws2|mswsock|windows|winnt|iphlpapi|afunix)")

# bsd_may_not_have(<words> <file>...)
function(bsd_may_not_have words)
  foreach(path IN LISTS ARGN)
    has_line(${path} "${words}" suspect)
    if(NOT suspect)
      continue()
    endif()
    read_code(${path} lines)
    set(number 0)
    foreach(line IN LISTS lines)
      math(EXPR number "${number} + 1")
      if(line MATCHES "${words}")
        complain("${path}:${number}: may not say: ${line}")
      endif()
    endforeach()
  endforeach()
  set(broken ${broken} PARENT_SCOPE)
endfunction()

find_sources(bsd_programs bsd/tests/*.[ch] bsd/examples/*.[ch] bench/bsd.c)
bsd_may_not_have("${windows_words}|psock|wine|Wine" ${bsd_programs})
find_sources(bsd_sources bsd/src/*.[ch])
bsd_may_not_have("include *[<\"]([./]*src/|sys\\.h|policy\\.h|psock/native)"
                 ${bsd_sources})
list(FILTER bsd_sources EXCLUDE REGEX "bsd/src/system[a-z_]*\\.[ch]$")
bsd_may_not_have("${windows_words}" ${bsd_sources})
find_sources(bsd_headers bsd/include/*.h bsd/include/*/*.h)
bsd_may_not_have("^ *# *include *<(winsock|ws2|mswsock|windows|winnt)"
                 ${bsd_headers})

# --- A header includes only those to its left ---------------------------------

# may_include(<header> <header>...)
function(may_include header)
  file(STRINGS include/psock/${header}.h includes REGEX "# *include *[<\"]psock")
  foreach(line IN LISTS includes)
    string(REGEX REPLACE ".*psock/([a-z_]+)\\.h.*" "\\1" included "${line}")
    if(NOT included IN_LIST ARGN)
      complain("include/psock/${header}.h: may not include ${included}.h")
    endif()
  endforeach()
  set(broken ${broken} PARENT_SCOPE)
endfunction()

may_include(base)
may_include(error base)
may_include(address base error)
may_include(socket base error address)
may_include(io base error address socket)
may_include(control base error)
may_include(message base error address socket io control)
may_include(multicast base error address socket)
may_include(option base error address socket)
may_include(process base error address socket)
may_include(waker base error)
may_include(poll base error address socket waker)
may_include(poller base error address socket waker poll)
may_include(resolve base error address socket)
may_include(stream base error address socket io resolve)
may_include(file base error address socket)
may_include(interface base error address waker)
may_include(capability base error)
may_include(native base error address socket file)
may_include(psock base error address socket io control message multicast option
            process waker poll poller resolve stream file interface capability)

find_sources(headers include/psock/*.h)
foreach(name base error address socket io control message multicast option
             process waker poll poller resolve stream file interface capability
             native psock)
  list(REMOVE_ITEM headers include/psock/${name}.h)
endforeach()
if(headers)
  complain("tests/layering.cmake: give a place in the order to ${headers}")
endif()

# --- Twins: the same files, the same functions, the same order ----------------

# The functions that a file defines, once each: bodies for other features of the
# system repeat the name.
function(functions_of path result)
  file(READ ${path} text)
  string(REPLACE ";" "," text "${text}")
  string(REGEX MATCHALL
         "\n[a-z_][a-zA-Z0-9_ *\n]*psock_sys_[a-z0-9_]+\\([^,{}()]*(,[^,{}()]*)*\\)\n{"
         definitions "${text}")
  set(names)
  foreach(definition IN LISTS definitions)
    string(REGEX MATCH "psock_sys_[a-z0-9_]+\\(" name "${definition}")
    string(REPLACE "(" "" name "${name}")
    list(APPEND names ${name})
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

find_sources(posix_files src/posix/sys_*.c src/posix/platform.h)
find_sources(win32_files src/win32/sys_*.c src/win32/platform.h)
list(TRANSFORM posix_files REPLACE "src/posix/" "")
list(TRANSFORM win32_files REPLACE "src/win32/" "")

# Of the pollers on the one side each is the twin of the one on the other.
function(twin_of file result)
  string(REGEX REPLACE "^sys_poller_[a-z]+" "sys_poller" file ${file})
  set(${result} ${file} PARENT_SCOPE)
endfunction()

set(twin_files)
foreach(file IN LISTS posix_files)
  twin_of(${file} twin)
  list(APPEND twin_files ${twin})
endforeach()
list(REMOVE_DUPLICATES twin_files)
if(NOT twin_files STREQUAL win32_files)
  complain("twins differ in their files: ${posix_files} / ${win32_files}")
endif()

set(defined)
foreach(file IN LISTS posix_files)
  functions_of(src/posix/${file} posix_functions)
  twin_of(${file} twin)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/src/win32/${twin})
    functions_of(src/win32/${twin} win32_functions)
    if(NOT posix_functions STREQUAL win32_functions)
      complain("${file}: twins differ in their functions:
  posix ${posix_functions}
  win32 ${win32_functions}")
    endif()
  endif()
  list(APPEND defined ${posix_functions})
endforeach()

# Every function of sys.h was seen above, or this test sees nothing.
file(STRINGS src/sys.h declarations REGEX "psock_sys_[a-z0-9_]+\\(")
foreach(line IN LISTS declarations)
  string(REGEX REPLACE ".*(psock_sys_[a-z0-9_]+)\\(.*" "\\1" name "${line}")
  if(NOT line MATCHES "^( \\*|/\\*)" AND NOT name IN_LIST defined)
    complain("src/sys.h: ${name} is in no twin")
  endif()
endforeach()

# --- No conditional compilation inside a function -----------------------------

find_sources(sources src/*.[ch] src/posix/*.[ch] src/win32/*.[ch]
             bsd/src/*.[ch] bsd/tests/*.[ch] bsd/examples/*.[ch])
foreach(path IN LISTS sources)
  has_line(${path} "^ *# *(if|el|endif)" suspect)
  if(NOT suspect)
    continue()
  endif()
  read_lines(${path} lines)
  set(number 0)
  set(inside FALSE)
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(line STREQUAL "{")
      set(inside TRUE)
    elseif(line STREQUAL "}")
      set(inside FALSE)
    elseif(inside AND line MATCHES "^ *# *(if|el|endif)")
      complain("${path}:${number}: conditional inside a function: ${line}")
    endif()
  endforeach()
endforeach()

# --- The shared half calls sys.h and plain ISO C, nothing else ----------------

set(iso_c memchr memcmp memcpy memmove memset strchr strcmp strcpy strcspn strlen
    strncmp strrchr strspn strtoul strtol snprintf malloc calloc realloc free abort
    qsort bsearch)
set(compiler _GLOBAL_OFFSET_TABLE_ __stack_chk_fail __assert_fail
    __memcpy_chk __snprintf_chk __memset_chk __assert_rtn bcmp)

set(object_list)
if(objects)
  file(STRINGS ${objects} object_list)
endif()
foreach(object IN LISTS object_list)
  execute_process(COMMAND ${nm} -u ${object} OUTPUT_VARIABLE symbols
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[A-Za-z_][A-Za-z0-9_]+" symbols "${symbols}")
  get_filename_component(name ${object} NAME)
  foreach(symbol IN LISTS symbols)
    if(NOT symbol MATCHES "^psock_" AND
       NOT symbol IN_LIST iso_c AND NOT symbol IN_LIST compiler)
      complain("${name}: calls ${symbol}")
    endif()
  endforeach()
endforeach()

if(broken)
  message(FATAL_ERROR "${broken} places break the layering")
endif()
