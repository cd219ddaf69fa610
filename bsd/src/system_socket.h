/* system_socket.h: what only Winsock tells or does, of sockets that are psock's.  It
 * stands apart from guest.h, which has the names of BSD for what Winsock has too. */
#ifndef PSOCK_GUEST_SYSTEM_SOCKET_H
#define PSOCK_GUEST_SYSTEM_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

/* Whether what is received next was sent after an urgent byte, and before it all was
 * received. */
bool psock_guest_system_at_mark(intptr_t socket);

/* Takes the peer away from a datagram socket. */
void psock_guest_system_disconnect(intptr_t socket, bool is_ipv6);

#endif
