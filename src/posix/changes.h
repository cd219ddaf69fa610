/* changes.h: where the system tells of changes of interfaces. */
#ifndef PSOCK_POSIX_CHANGES_H
#define PSOCK_POSIX_CHANGES_H

#include "platform.h"

/* Returns a descriptor that is not inherited, or an error. */
int psock_posix_open_changes(void);

/* Reads all that has come.  Returns whether a change is in it, or may have been in
 * what was lost. */
_Bool psock_posix_read_changes(int fd);

#endif
