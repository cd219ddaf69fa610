# The warnings for what is built here.  That they are errors is the presets' choice.
function(psock_bsd_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wcast-qual -Wconversion -Wshadow -Wundef
    -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes)
endfunction()
