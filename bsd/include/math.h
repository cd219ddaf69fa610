/* <math.h>: that of the C runtime, without the names of System V's that it has left
 * over. */
#ifndef _PSOCK_BSD_MATH_H
#define _PSOCK_BSD_MATH_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/begin.h>
#include_next <math.h>
#include <psock_bsd/end.h>

#undef DOMAIN
#undef SING
#undef OVERFLOW
#undef UNDERFLOW
#undef PLOSS
#undef TLOSS
#undef HUGE
#undef matherr

#endif
