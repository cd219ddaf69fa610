/* input.h: asking for input, of with_input, which is at the other end of the pipe. */
#ifndef INPUT_H
#define INPUT_H

#include <stdio.h>

static inline void ask_for(const char *line)
{
    printf("input: %s\n", line);
    fflush(stdout);
}

static inline void ask_for_the_end(void)
{
    printf("input end\n");
    fflush(stdout);
}

#endif
