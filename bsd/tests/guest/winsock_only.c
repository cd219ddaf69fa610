/* winsock_only.c: a file that has Winsock itself, beside headers that are not of
 * sockets. */
#include <winsock2.h>
#include <ws2tcpip.h>

#include <unistd.h>

int winsock_only(SOCKET s, int fd);

int winsock_only(SOCKET s, int fd)
{
    struct sockaddr_in6 name;
    socklen_t size = sizeof name;

    return size == 0 ? closesocket(s) : close(fd);
}
