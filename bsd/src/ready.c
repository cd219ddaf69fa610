/* ready.c: what psock tells of a socket, as Linux tells it in the bits of poll(). */
#include "ready.h"

#include <fcntl.h>
#include <sys/stat.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define WRITE_BITS (POLLOUT | POLLWRNORM)

struct meaning {
    uint32_t psock;
    short bits;
};

static const struct meaning meanings[] = {
    {PSOCK_READABLE, READ_BITS},  {PSOCK_URGENT, POLLPRI},
    {PSOCK_WRITABLE, WRITE_BITS}, {PSOCK_READ_ENDED, POLLRDHUP},
    {PSOCK_FAILED, POLLERR},      {PSOCK_HUNG_UP, POLLHUP},
    {PSOCK_NO_SOCKET, POLLNVAL},
};

/* Those of meanings[] that can be asked for. */
#define CAN_BE_ASKED 4

/* TCP knows no bands. */
static bool has_bands(const struct psock_guest *guest)
{
    return guest->type == SOCK_DGRAM || guest->domain == AF_UNIX;
}

static bool is_pipe(const struct psock_guest *guest)
{
    return S_ISFIFO(guest->class->format);
}

/* --- What to ask for ------------------------------------------------------- */

/* An end of a pipe waits for what it can become, and for the other to be closed,
 * which comes unasked. */
static uint32_t wanted_of_pipe(const struct psock_guest *guest, uint32_t wanted)
{
    bool reads = (atomic_load(&guest->flags) & O_ACCMODE) == O_RDONLY;
    return (wanted & (reads ? PSOCK_READABLE : PSOCK_WRITABLE)) |
           PSOCK_READ_ENDED;
}

uint32_t psock_guest_wanted(const struct psock_guest *guest, short events)
{
    uint32_t wanted = 0;
    for (size_t i = 0; i < CAN_BE_ASKED; i++)
        if ((events & meanings[i].bits) != 0)
            wanted |= meanings[i].psock;
    if ((events & POLLWRBAND) != 0 && has_bands(guest))
        wanted |= PSOCK_WRITABLE;
    return is_pipe(guest) ? wanted_of_pipe(guest, wanted) : wanted;
}

/* --- What came -------------------------------------------------------------- */

static short bits_of(uint32_t came)
{
    short bits = 0;
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        if ((came & meanings[i].psock) != 0)
            bits |= meanings[i].bits;
    return bits;
}

/* What failed, and has been told, is an end like others. */
static bool is_told(const struct psock_guest *guest)
{
    const int state =
        atomic_load_explicit(&guest->connecting, memory_order_relaxed);
    return state == PSOCK_GUEST_FAILED || state == PSOCK_GUEST_BROKEN;
}

/* A stream that never was connected has nothing to read; reading it fails at
 * once, of which psock makes READABLE. */
static short stream_bits(const struct psock_guest *guest, uint32_t came)
{
    const uint32_t ended = PSOCK_READ_ENDED | PSOCK_FAILED;
    short bits = bits_of(came);
    if ((came & PSOCK_HUNG_UP) != 0 && is_told(guest))
        return (short)((bits & ~POLLERR) | READ_BITS | POLLRDHUP);
    if ((came & PSOCK_HUNG_UP) != 0 && (came & ended) == 0)
        bits &= ~READ_BITS;
    return bits;
}

static bool has_data(const struct psock_guest *guest)
{
    char byte;
    return psock_recv(guest->socket, &byte, 1, PSOCK_PEEK, PSOCK_NOW) > 0;
}

/* The end of a pipe is no input, and a pipe without a reader is broken. */
static short reader_bits(const struct psock_guest *guest, uint32_t came)
{
    const uint32_t over = PSOCK_READ_ENDED | PSOCK_FAILED | PSOCK_HUNG_UP;
    if ((came & over) == 0)
        return bits_of(came) & READ_BITS;
    return has_data(guest) ? POLLHUP | READ_BITS : POLLHUP;
}

static short writer_bits(uint32_t came)
{
    const uint32_t over = PSOCK_READ_ENDED | PSOCK_FAILED | PSOCK_HUNG_UP;
    return (came & over) != 0 ? POLLERR | WRITE_BITS
                              : bits_of(came) & WRITE_BITS;
}

static short pipe_bits(const struct psock_guest *guest, uint32_t came)
{
    bool reads = (atomic_load(&guest->flags) & O_ACCMODE) == O_RDONLY;
    return reads ? reader_bits(guest, came) : writer_bits(came);
}

short psock_guest_came(const struct psock_guest *guest, uint32_t came,
                       short events)
{
    short bits =
        is_pipe(guest) ? pipe_bits(guest, came) : stream_bits(guest, came);
    if ((bits & POLLOUT) != 0 && has_bands(guest))
        bits |= POLLWRBAND;
    if (guest->domain == AF_UNIX)
        bits |= psock_guest_unix_hang_up(guest);
    return bits & (events | UNASKED_BITS);
}
