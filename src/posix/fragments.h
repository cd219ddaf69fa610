/* fragments.h: forbidding fragments, or letting routers make them, for one
 * message of a socket that can only be told as a whole. */
#ifndef PSOCK_POSIX_FRAGMENTS_H
#define PSOCK_POSIX_FRAGMENTS_H

#include "platform.h"

/* What is no value of the option, and need not be put back. */
#define PSOCK_POSIX_UNCHANGED (-1)

/* From here to the end that must follow a success, other threads' messages for
 * such a moment of `fd` wait.  Returns 0 with what to put back then, or an error.
 */
int psock_posix_begin_fragments(int fd, _Bool forbidden, int *before);

/* Leaves errno as it is. */
void psock_posix_end_fragments(int fd, int before);

#endif
