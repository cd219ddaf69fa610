/* socket.h: what the files about sockets lend each other. */
#ifndef PSOCK_GUEST_SOCKET_H
#define PSOCK_GUEST_SOCKET_H

#include "guest.h"

/* --- Addresses (address.c) -------------------------------------------------- */

/* The family in an address, which need not be aligned. */
sa_family_t psock_guest_family_of(const struct sockaddr *address);

/* Reads an address for a socket of `domain`, AF_INET or AF_INET6: 0, or -EINVAL
 * (too short), -EAFNOSUPPORT (of another family), -EFAULT. */
int psock_guest_address_for(int domain, const struct sockaddr *address,
                            socklen_t length, psock_address *out);

/* --- Making (socket.c, bind.c, renew.c) -------------------------------------- */

/* A socket of psock for AF_INET or AF_INET6, or an error of psock. */
psock_t psock_guest_open(int domain, int type, int protocol);

/* Binds as the options of `guest` say.  0, or an error below zero. */
int psock_guest_bind(struct psock_guest *guest, const psock_address *local);

/* Puts a new socket, with the same options and, if it was bound, the same
 * address, in the place of the one that `guest` has: as it was before it was
 * connected.  0, or an error below zero. */
int psock_guest_renew(struct psock_guest *guest);

/* --- Requests (request.c) ---------------------------------------------------- */

/* FIONREAD and the like: -errno. */
int psock_guest_socket_ioctl(struct psock_guest *guest, unsigned long request,
                             void *argument);

#endif
