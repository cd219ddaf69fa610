# The warnings for our own targets, and only when psock is the project being
# built.  That they are errors is the presets' choice.
function(psock_warnings target)
  if(NOT PROJECT_IS_TOP_LEVEL)
    return()
  endif()
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4)
    return()
  endif()
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic
    -Wcast-qual
    -Wconversion
    -Wshadow
    -Wundef
    -Wwrite-strings
    $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>)
endfunction()
