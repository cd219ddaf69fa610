/* sys_native.c: descriptors of any origin. */
#include "platform.h"

int psock_win32_set_not_inherited(psock_t s)
{
    if (!psock_winsock.SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, 0))
        return psock_win32_socket_error(s);
    return 0;
}

int psock_win32_set_nonblocking(psock_t s, _Bool nonblocking)
{
    u_long on = nonblocking;
    if (psock_winsock.ioctlsocket((SOCKET)s, (long)FIONBIO, &on) != 0)
        return psock_win32_socket_error(s);
    return 0;
}

static void switch_off(psock_t s, DWORD code)
{
    BOOL off = FALSE;
    DWORD returned;
    psock_winsock.WSAIoctl((SOCKET)s, code, &off, sizeof off, NULL, 0,
                           &returned, NULL, NULL);
}

/* Windows makes a datagram socket fail to receive because an earlier datagram
 * of its own met no receiver, or a router gave it up.  Systems that lack the
 * switches do not do that, or are dealt with when they do (sys_io.c). */
void psock_win32_ignore_undelivered(psock_t s)
{
    switch_off(s, SIO_UDP_CONNRESET);
    switch_off(s, SIO_UDP_NETRESET);
}

/* Mode first: it is what can fail, and what tells a socket from any other
 * handle. */
int psock_sys_adopt(psock_t s)
{
    int family;
    int type;
    if (!psock_win32_kind(s, &family, &type))
        return psock_win32_socket_error(s);
    int error = psock_win32_set_nonblocking(s, 1);
    if (error == 0)
        error = psock_win32_set_not_inherited(s);
    if (error == 0 && type == SOCK_DGRAM)
        psock_win32_ignore_undelivered(s);
    return error;
}

int psock_sys_release(psock_t s)
{
    int error = psock_win32_set_nonblocking(s, 0);
    if (error == 0)
        psock_win32_forget(s);
    return error;
}
