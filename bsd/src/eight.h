/* eight.h: the eight bytes that eventfds and timerfds are read and written by, in
 * however many pieces of memory. */
#ifndef PSOCK_GUEST_EIGHT_H
#define PSOCK_GUEST_EIGHT_H

#include "guest.h"

#include <stdint.h>

bool psock_guest_has_eight(const struct iovec *pieces, int count);
uint64_t psock_guest_get_eight(const struct iovec *pieces);
void psock_guest_put_eight(uint64_t value, const struct iovec *pieces);

#endif
