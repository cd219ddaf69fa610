/* sys_native.c: descriptors of any origin. */
#include "platform.h"

/* A socket whose handle the system does not know (some layered providers make
 * their own) is not inherited anyway. */
int psock_win32_set_not_inherited(psock_t s, DWORD flags)
{
    if (psock_winsock.SetHandleInformation((HANDLE)s, flags, 0) ||
        psock_winsock.WSAGetLastError() == ERROR_INVALID_HANDLE)
        return 0;
    return psock_win32_socket_error(s);
}

int psock_win32_set_nonblocking(psock_t s, _Bool nonblocking)
{
    u_long on = nonblocking;
    if (psock_winsock.ioctlsocket((SOCKET)s, (long)FIONBIO, &on) != 0)
        return psock_win32_socket_error(s);
    return 0;
}

_Bool psock_win32_switch_report(psock_t s, DWORD code, _Bool on)
{
    BOOL wide = on;
    DWORD returned;
    return psock_winsock.WSAIoctl((SOCKET)s, code, &wide, sizeof wide, NULL, 0,
                                  &returned, NULL, NULL) == 0;
}

/* Windows makes a datagram socket fail to receive because an earlier datagram
 * of its own met no receiver, or a router gave it up.  Systems that lack the
 * switches do not do that, or are dealt with when they do (sys_io.c). */
void psock_win32_ignore_undelivered(psock_t s)
{
    psock_win32_switch_report(s, SIO_UDP_CONNRESET, 0);
    psock_win32_switch_report(s, SIO_UDP_NETRESET, 0);
}

/* Once connected, a socket has one peer, whose refusal is worth knowing. */
void psock_win32_report_refusal(psock_t s)
{
    psock_win32_switch_report(s, SIO_UDP_CONNRESET, 1);
}

static int put_back(psock_t s, DWORD handle_flags, int error)
{
    int native = psock_winsock.WSAGetLastError();
    psock_winsock.SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT,
                                       handle_flags);
    psock_winsock.WSASetLastError(native);
    return error;
}

/* After a failure the socket is as it was.  Its mode, which cannot be asked, is
 * changed last for that. */
int psock_sys_adopt(psock_t s)
{
    int family;
    int type;
    DWORD handle_flags = 0;
    if (!psock_win32_kind(s, &family, &type))
        return psock_win32_socket_error(s);
    psock_win32_unsettle(s);
    psock_winsock.GetHandleInformation((HANDLE)s, &handle_flags);
    int error = psock_win32_set_not_inherited(s, HANDLE_FLAG_INHERIT);
    if (error == 0 && type == SOCK_DGRAM)
        error = psock_win32_recall_wishes(s);
    if (error == 0)
        error = psock_win32_set_nonblocking(s, 1);
    if (error < 0)
        return put_back(s, handle_flags, error);
    if (type == SOCK_DGRAM && !psock_win32_has_peer(s))
        psock_win32_ignore_undelivered(s);
    return 0;
}

int psock_sys_release(psock_t s)
{
    int error = psock_win32_set_nonblocking(s, 0);
    if (error == 0)
        psock_win32_forget(s);
    return error;
}
