/* settled.h: which sockets are known to be something else than a stream that was
 * never connected.
 *
 * They stay that, so a poll need not find it out again, which asking AFD for more
 * than is wanted does.  This is only a memory of it: it has no lock and little room,
 * and one socket may make it forget another. */
#ifndef PSOCK_WIN32_SETTLED_H
#define PSOCK_WIN32_SETTLED_H

_Bool psock_win32_is_settled(psock_t s);

void psock_win32_settle(psock_t s);

/* Due when a socket is made or adopted, and before it is closed or given away,
 * since its number may come back. */
void psock_win32_unsettle(psock_t s);

#endif
