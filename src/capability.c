/* capability.c: finding out by trying. */
#include "policy.h"

/* Closes `s` and keeps `error` as the system's last word. */
static int done_with(psock_t s, int error)
{
    int closed = psock_close(s);
    return error < 0 ? error : closed;
}

static int try_to_open(int family, int type, unsigned flags)
{
    psock_t s = psock_open(family, type, flags);
    return s < 0 ? (int)s : done_with(s, 0);
}

static int bind_to_loopback(psock_t s, int family, int mode)
{
    psock_address address;
    int error = psock_address_loopback(family, 0, &address);
    return error < 0 ? error : psock_bind(s, &address, mode);
}

static int try_to_bind(int family, int mode)
{
    psock_t s = psock_open(family, PSOCK_STREAM, 0);
    return s < 0 ? (int)s : done_with(s, bind_to_loopback(s, family, mode));
}

static int try_ipv4(void)
{
    return try_to_bind(PSOCK_IPV4, PSOCK_BIND_FRESH);
}

static int try_ipv6(void)
{
    return try_to_bind(PSOCK_IPV6, PSOCK_BIND_FRESH);
}

static int try_dual_stack(void)
{
    return try_to_open(PSOCK_IPV6, PSOCK_STREAM, PSOCK_DUAL_STACK);
}

static int try_shared_listener(void)
{
    return try_to_bind(PSOCK_IPV4, PSOCK_BIND_SHARED);
}

static int try_unix_stream(void)
{
    return try_to_open(PSOCK_UNIX, PSOCK_STREAM, 0);
}

static int try_unix_datagram(void)
{
    return try_to_open(PSOCK_UNIX, PSOCK_DATAGRAM, 0);
}

static int try_unix_abstract(void)
{
    psock_address address;
    return psock_address_unix("\0psock", 6, &address);
}

static const struct {
    const char *name;
    int (*try_it)(void);
} capabilities[PSOCK_CAP_COUNT] = {
    [PSOCK_CAP_IPV4] = {"ipv4", try_ipv4},
    [PSOCK_CAP_IPV6] = {"ipv6", try_ipv6},
    [PSOCK_CAP_DUAL_STACK] = {"dual-stack", try_dual_stack},
    [PSOCK_CAP_SHARED_LISTENER] = {"shared-listener", try_shared_listener},
    [PSOCK_CAP_UNIX_STREAM] = {"unix-stream", try_unix_stream},
    [PSOCK_CAP_UNIX_DATAGRAM] = {"unix-datagram", try_unix_datagram},
    [PSOCK_CAP_UNIX_ABSTRACT] = {"unix-abstract", try_unix_abstract},
};

int psock_capability(int capability)
{
    if (capability < 0 || capability >= PSOCK_CAP_COUNT)
        return PSOCK_EINVAL;
    return capabilities[capability].try_it();
}

const char *psock_capability_name(int capability)
{
    if (capability < 0 || capability >= PSOCK_CAP_COUNT)
        return NULL;
    return capabilities[capability].name;
}
