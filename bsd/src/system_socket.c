/* system_socket.c: see system_socket.h.
 *
 * Winsock's headers and ours cannot be in one file, and others of Windows lead to
 * ours; so what is needed of Winsock is declared here. */
#include "system_socket.h"

#define SIOCATMARK_OF_WINSOCK 0x40047307L

enum {
    IPV4_ADDRESS_BYTES = 16,
    IPV6_ADDRESS_BYTES = 28
};

__declspec(dllimport) int __stdcall ioctlsocket(uintptr_t socket, long request,
                                                unsigned long *argument);
__declspec(dllimport) int __stdcall connect(uintptr_t socket,
                                            const void *address, int length);

/* Windows tells whether there is no urgent byte any more, or none yet. */
bool psock_guest_system_at_mark(intptr_t socket)
{
    unsigned long has_none = 1;
    return ioctlsocket((uintptr_t)socket, SIOCATMARK_OF_WINSOCK, &has_none) ==
               0 &&
           has_none == 0;
}

/* An address of zeros is nobody's; it has to be as long as one. */
void psock_guest_system_disconnect(intptr_t socket, bool is_ipv6)
{
    static const char nobody[IPV6_ADDRESS_BYTES];
    (void)connect((uintptr_t)socket, nobody,
                  is_ipv6 ? IPV6_ADDRESS_BYTES : IPV4_ADDRESS_BYTES);
}
