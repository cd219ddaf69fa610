/* <alloca.h> of Linux. */
#ifndef _PSOCK_BSD_ALLOCA_H
#define _PSOCK_BSD_ALLOCA_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <stddef.h>

/* As the C runtime's <malloc.h> has it. */
#undef alloca
#define alloca(size) __builtin_alloca(size)

#endif
