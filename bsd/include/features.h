/* <features.h>: there, so that it can be included.  What it would say of the GNU C
 * library is not so. */
#ifndef _PSOCK_BSD_FEATURES_H
#define _PSOCK_BSD_FEATURES_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/cdefs.h>

#endif
