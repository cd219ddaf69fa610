/* moment.c: hop limit and fragments, which Windows knows of sockets only. */
#include "moment.h"

#include "metadata.h"

/* Between setting an option and putting it back, another thread with a message of
 * its own for the same socket would take what is set for what was before.  These
 * are SRWLOCK_INIT as they are. */
#define MOMENTS 64
static SRWLOCK locks[MOMENTS];

static int refuse_option(psock_t s)
{
    int error = psock_win32_socket_error(s);
    return error == PSOCK_EBADF || error == PSOCK_ENOTSOCK ? error
                                                           : PSOCK_ENOTSUP;
}

static int set(psock_t s, int level, int option, DWORD value,
               struct psock_win32_moment *moment)
{
    DWORD before = 0;
    int length = sizeof before;
    if (psock_winsock.getsockopt((SOCKET)s, level, option, (char *)&before,
                                 &length) != 0)
        return refuse_option(s);
    if (before == value)
        return 0;
    if (psock_winsock.setsockopt((SOCKET)s, level, option, (const char *)&value,
                                 sizeof value) != 0)
        return refuse_option(s);
    moment->changed[moment->count].level = level;
    moment->changed[moment->count].option = option;
    moment->changed[moment->count++].before = before;
    return 0;
}

/* Groups have a hop limit of their own. */
static _Bool is_group(const psock_address *address, int version)
{
    struct psock_address_view view;
    psock_sys_address_view(address, &view);
    return version == 4 ? (view.bytes[view.length - 4] & 0xf0) == 0xe0
                        : view.bytes[0] == 0xff;
}

static int set_wanted(psock_t s, const psock_message *message,
                      const psock_address *to, int version,
                      struct psock_win32_moment *moment)
{
    const int level = psock_win32_level(version);
    int error = 0;
    if ((message->valid & PSOCK_META_HOP_LIMIT) != 0)
        error = set(s, level, is_group(to, version) ? IP_MULTICAST_TTL : IP_TTL,
                    message->hop_limit, moment);
    if (error == 0 && (message->valid & PSOCK_META_DONT_FRAGMENT) != 0)
        error = set(s, level, IP_DONTFRAGMENT, message->dont_fragment, moment);
    return error;
}

int psock_win32_begin_moment(psock_t s, const psock_message *message,
                             struct psock_win32_moment *moment)
{
    psock_address to;
    moment->lock = NULL;
    moment->count = 0;
    if ((message->valid & (PSOCK_META_HOP_LIMIT | PSOCK_META_DONT_FRAGMENT)) ==
        0)
        return 0;
    const int version = psock_win32_destination(s, message, &to);
    if (version == 0)
        return 0;
    moment->lock = &locks[psock_sys_index(s) % MOMENTS];
    AcquireSRWLockExclusive(moment->lock);
    int error = set_wanted(s, message, &to, version, moment);
    if (error < 0)
        psock_win32_end_moment(s, moment);
    return error;
}

void psock_win32_end_moment(psock_t s, const struct psock_win32_moment *moment)
{
    if (moment->lock == NULL)
        return;
    int native = psock_winsock.WSAGetLastError();
    for (size_t i = moment->count; i > 0; i--)
        psock_winsock.setsockopt((SOCKET)s, moment->changed[i - 1].level,
                                 moment->changed[i - 1].option,
                                 (const char *)&moment->changed[i - 1].before,
                                 sizeof moment->changed[i - 1].before);
    ReleaseSRWLockExclusive(moment->lock);
    psock_winsock.WSASetLastError(native);
}
