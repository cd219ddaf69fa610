/* error_queue.h: reports of undelivered datagrams, where the system keeps them
 * for whoever asks (IP_RECVERR in ip(7)). */
#ifndef PSOCK_POSIX_ERROR_QUEUE_H
#define PSOCK_POSIX_ERROR_QUEUE_H

#include "platform.h"

int psock_posix_want_reports(int fd, int wanted);

/* Takes one report into `message`, unless that is null.  Whether there was one.
 */
_Bool psock_posix_take_report(int fd, psock_message *message);

#endif
