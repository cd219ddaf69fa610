# Keeps the documents true to the tree: docs/differences.md has a row for each
# id, whose tests exist; links lead to files; scripts that are named are there.
# Run from the top of the tree:
#
#   cmake -P tests/docs.cmake
cmake_minimum_required(VERSION 3.21)
set(broken 0)

function(complain text)
  message("${text}")
  math(EXPR broken "${broken} + 1")
  set(broken ${broken} PARENT_SCOPE)
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

# --- docs/differences.md --------------------------------------------------------

# A program's tests run when its name is in tests/CMakeLists.txt.
file(STRINGS tests/CMakeLists.txt registered REGEX "^ +[a-z_]+\\)?$")
list(TRANSFORM registered REPLACE "[ )]" "")

# The same for psock-bsd: `bsd.program.test` is in bsd/tests, `bsd.guest.program.test`
# below it, `bsd.programs.claim` in the script of that name.
function(bsd_test_exists path result)
  string(REGEX REPLACE "^bsd/" "bsd/tests/" path "${path}")
  get_filename_component(program "${path}" DIRECTORY)
  get_filename_component(function "${path}" NAME)
  set(sources ${program}.c)
  if(program STREQUAL "bsd/tests/programs")
    set(sources bsd/examples/programs)
  endif()
  set(found)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${sources})
    file(STRINGS ${sources} found REGEX
         "^(static void )?${function}\\((void \\*|\\) {)")
  endif()
  foreach(extension IN ITEMS "" .h .c)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${path}${extension})
      set(found TRUE)
    endif()
  endforeach()
  if(found)
    set(found TRUE)
  else()
    set(found FALSE)
  endif()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# test_exists(<name> <result>).  A test of a CMocka program is named
# `program.test` or `folder.program.test`, the names of the two programs that scripts
# run being those of their folders; one that a script makes, or that passes by
# compiling, by its file.
function(test_exists name result)
  string(REPLACE "." "/" path "${name}")
  if(path MATCHES "^bsd/")
    bsd_test_exists("${path}" found)
    set(${result} ${found} PARENT_SCOPE)
    return()
  endif()
  set(${result} FALSE PARENT_SCOPE)
  get_filename_component(program "tests/${path}" DIRECTORY)
  get_filename_component(function "${path}" NAME)
  get_filename_component(program_name "${program}" NAME)
  if(program_name IN_LIST registered)
    file(GLOB sources ${program}.c)
  else()
    # These two are of several files, and claims of the scripts that run them.
    file(GLOB sources tests/${program_name}/*.c scripts/names scripts/namespaces)
  endif()
  foreach(source IN LISTS sources)
    file(STRINGS ${source} found REGEX
         "^(static void )?(interface_claim_)?${function}\\((void \\*|\\) {)")
    if(found)
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endforeach()
  foreach(extension IN ITEMS .h .cmake)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/tests/${path}${extension})
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# check_tests(<id> <text> <cell>): the tests that a row names.
function(check_tests id text cell)
  string(REGEX MATCHALL "`[^`]+`" tests "${cell}")
  if(NOT tests AND NOT text MATCHES "^Not in the core")
    complain("docs/differences.md: ${id} names no test")
  endif()
  foreach(test IN LISTS tests)
    string(REPLACE "`" "" test "${test}")
    test_exists("${test}" exists)
    if(NOT exists)
      complain("docs/differences.md: ${id}: there is no test ${test}")
    endif()
  endforeach()
  set(broken ${broken} PARENT_SCOPE)
endfunction()

read_lines(tests/differences_ids.txt ids)
list(FILTER ids EXCLUDE REGEX "^(#.*)?$")

read_lines(docs/differences.md lines)
list(FILTER lines INCLUDE REGEX "^\\| *`")
set(seen)
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^\\| *`([^`]*)`.*" "\\1" id "${line}")
  if(NOT id IN_LIST ids)
    complain("docs/differences.md: ${id} is not in tests/differences_ids.txt")
  endif()
  if(id IN_LIST seen)
    complain("docs/differences.md: ${id} has two rows")
  endif()
  list(APPEND seen "${id}")
  if(line MATCHES
     "^\\| `[^`]*` \\| ([^|]+) \\| (same|different) \\| (same|different|not in psock-bsd)[.:] ?[^|]* \\| [^|]+ \\| ([^|]+) \\|$")
    check_tests("${id}" "${CMAKE_MATCH_1}" "${CMAKE_MATCH_4}")
  else()
    complain("docs/differences.md: ${id} is not a row of the form:
  | `id` | what a program sees | same or different | same: with psock-bsd | rests on | tests |")
  endif()
endforeach()

foreach(id IN LISTS ids)
  if(NOT id IN_LIST seen)
    complain("docs/differences.md: ${id} has no row")
  endif()
endforeach()
list(LENGTH ids count)
list(REMOVE_DUPLICATES ids)
list(LENGTH ids different_count)
if(count EQUAL 0 OR NOT count EQUAL different_count)
  complain("tests/differences_ids.txt: ${count} ids, ${different_count} different")
endif()

# --- Links lead to files ----------------------------------------------------------

file(GLOB documents RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}
     *.md docs/*.md tests/*/*.md examples/*.md bench/*.md)
foreach(document IN LISTS documents)
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR}/${document} DIRECTORY)
  file(READ ${document} text)
  string(REPLACE ";" "," text "${text}")
  string(REPLACE "[" "<" text "${text}")
  string(REPLACE "]" ">" text "${text}")
  string(REGEX MATCHALL ">\\([^)]+\\)" links "${text}")
  foreach(link IN LISTS links)
    string(REGEX REPLACE "^>\\(([^#)]*).*" "\\1" target "${link}")
    if(NOT target STREQUAL "" AND NOT target MATCHES "^[a-z]+:" AND
       NOT EXISTS ${folder}/${target})
      complain("${document}: there is no ${target}")
    endif()
  endforeach()
endforeach()

# --- Scripts that are named are there, and can be run ------------------------------

foreach(document IN LISTS documents)
  file(READ ${document} text)
  string(REPLACE ";" "," text "${text}")
  string(REGEX MATCHALL "[./]*scripts/[a-z0-9_-]+" scripts "${text}")
  list(REMOVE_DUPLICATES scripts)
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME)
    unset(program)
    find_program(program ${name} NO_CACHE NO_DEFAULT_PATH
                 PATHS ${CMAKE_CURRENT_SOURCE_DIR}/scripts)
    if(NOT program)
      complain("${document}: there is no ${script} to run")
    endif()
  endforeach()
endforeach()

if(broken)
  message(FATAL_ERROR "${broken} places in the documents are not true")
endif()
