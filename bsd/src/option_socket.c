/* option_socket.c: the options of SOL_SOCKET. */
#include "ancillary.h"
#include "option.h"

#include <limits.h>

#define NO_CORE PSOCK_GUEST_NO_OPTION

/* --- What a socket is --------------------------------------------------------- */

static int get_type(struct psock_guest *guest,
                    const struct psock_guest_option *option, int *value)
{
    (void)option;
    *value = guest->type;
    return 0;
}

static int get_domain(struct psock_guest *guest,
                      const struct psock_guest_option *option, int *value)
{
    (void)option;
    *value = guest->domain;
    return 0;
}

static int get_protocol(struct psock_guest *guest,
                        const struct psock_guest_option *option, int *value)
{
    (void)option;
    *value = guest->protocol;
    return 0;
}

static int get_listening(struct psock_guest *guest,
                         const struct psock_guest_option *option, int *value)
{
    (void)option;
    *value = atomic_load(&guest->connecting) == PSOCK_GUEST_LISTENING;
    return 0;
}

static int get_one(struct psock_guest *guest,
                   const struct psock_guest_option *option, int *value)
{
    (void)guest;
    (void)option;
    *value = 1;
    return 0;
}

static int get_error(struct psock_guest *guest,
                     const struct psock_guest_option *option, int *value)
{
    (void)option;
    *value = psock_guest_take_error(guest);
    return 0;
}

/* --- Bits of the description ----------------------------------------------------- */

struct bit {
    int name;
    unsigned bit;
};

static const struct bit bits[] = {
    {SO_REUSEADDR, PSOCK_GUEST_REUSEADDR},
    {SO_REUSEPORT, PSOCK_GUEST_REUSEPORT},
    {SO_OOBINLINE, PSOCK_GUEST_OOBINLINE},
    {SO_PASSCRED, PSOCK_GUEST_PASSCRED},
};

static unsigned bit_of(const struct psock_guest_option *option)
{
    size_t i = 0;
    while (bits[i].name != option->name)
        i++;
    return bits[i].bit;
}

static int get_bit(struct psock_guest *guest,
                   const struct psock_guest_option *option, int *value)
{
    *value = (atomic_load(&guest->options) & bit_of(option)) != 0;
    return 0;
}

static int set_bit(struct psock_guest *guest,
                   const struct psock_guest_option *option, int value)
{
    if (value)
        atomic_fetch_or(&guest->options, bit_of(option));
    else
        atomic_fetch_and(&guest->options, ~bit_of(option));
    return 0;
}

/* Only TCP has urgent bytes; others take the option and do nothing. */
static int set_urgent_inline(struct psock_guest *guest,
                             const struct psock_guest_option *option, int value)
{
    if (psock_guest_is_internet(guest) && psock_guest_is_stream(guest)) {
        int error =
            psock_set_option(guest->socket, PSOCK_OPTION_URGENT_INLINE, value);
        if (error < 0)
            return psock_guest_option_error(error);
    }
    return set_bit(guest, option, value);
}

/* --- Buffers ------------------------------------------------------------------- */

/* As Linux bounds them; below zero is very much there, too. */
#define LEAST_SEND_BUFFER 4608
#define LEAST_RECEIVE_BUFFER 2304
#define USUAL_BUFFER 212992

static int set_buffer(struct psock_guest *guest,
                      const struct psock_guest_option *option, int value)
{
    const int least =
        option->name == SO_SNDBUF ? LEAST_SEND_BUFFER : LEAST_RECEIVE_BUFFER;
    if (value < 0)
        value = USUAL_BUFFER;
    return psock_guest_set_usual(guest, option, value < least ? least : value);
}

/* Systems without it wait for one byte, always. */
static int set_receive_low(struct psock_guest *guest,
                           const struct psock_guest_option *option, int value)
{
    (void)option;
    if (value == 0 || value == 1)
        return 0;
    if (guest->socket == PSOCK_INVALID)
        return -ENOPROTOOPT;
    return psock_guest_option_error(
        psock_set_option(guest->socket, PSOCK_OPTION_RECEIVE_LOW_BYTES, value));
}

static int get_receive_low(struct psock_guest *guest,
                           const struct psock_guest_option *option, int *value)
{
    int64_t low = 1;
    (void)option;
    if (guest->socket == PSOCK_INVALID ||
        psock_get_option(guest->socket, PSOCK_OPTION_RECEIVE_LOW_BYTES, &low) <
            0)
        low = 1;
    *value = (int)low;
    return 0;
}

/* --- Times of arrival ------------------------------------------------------------ */

static unsigned wish_of(const struct psock_guest_option *option)
{
    return option->name == SO_TIMESTAMP ? PSOCK_GUEST_WISH_TIMESTAMP
                                        : PSOCK_GUEST_WISH_TIMESTAMPNS;
}

static int get_timestamp(struct psock_guest *guest,
                         const struct psock_guest_option *option, int *value)
{
    *value = (psock_guest_wishes(guest) & wish_of(option)) != 0;
    return 0;
}

/* The one that is asked for last is told. */
static int set_timestamp(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    const unsigned both =
        PSOCK_GUEST_WISH_TIMESTAMP | PSOCK_GUEST_WISH_TIMESTAMPNS;
    if (!value && (psock_guest_wishes(guest) & wish_of(option)) == 0)
        return 0;
    return psock_guest_wish(guest, both, value ? wish_of(option) : 0);
}

/* --- Probing of silent connections ------------------------------------------------- */

/* Of others than TCP it is kept only. */
static int set_keepalive(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value)
{
    if (value && psock_guest_is_internet(guest) &&
        psock_guest_is_stream(guest) && psock_guest_probe(guest) == 0) {
        psock_guest_keep(guest, option->kept, 0, value);
        return 0;
    }
    return psock_guest_set_usual(guest, option, value);
}

/* --- The rows ---------------------------------------------------------------------- */

#define BUFFER(the_name, the_core, the_kept)                                   \
    {                                                                          \
        .name = (the_name), .lack = PSOCK_GUEST_KEEP, .core = (the_core),      \
        .kept = (the_kept), .usual = USUAL_BUFFER, .minimum = INT_MIN,         \
        .maximum = INT_MAX, .set = set_buffer                                  \
    }
#define OWN_SWITCH(the_name, the_get, the_set)                                 \
    {                                                                          \
        .name = (the_name), .form = PSOCK_GUEST_SWITCH, .core = NO_CORE,       \
        .get = (the_get), .set = (the_set)                                     \
    }

static const struct psock_guest_option options[] = {
    PSOCK_GUEST_ASKED(SO_TYPE, get_type),
    PSOCK_GUEST_ASKED(SO_DOMAIN, get_domain),
    PSOCK_GUEST_ASKED(SO_PROTOCOL, get_protocol),
    PSOCK_GUEST_ASKED(SO_ACCEPTCONN, get_listening),
    PSOCK_GUEST_ASKED(SO_ERROR, get_error),
    PSOCK_GUEST_ASKED(SO_SNDLOWAT, get_one),
    OWN_SWITCH(SO_REUSEADDR, get_bit, set_bit),
    OWN_SWITCH(SO_REUSEPORT, get_bit, set_bit),
    OWN_SWITCH(SO_PASSCRED, get_bit, set_bit),
    OWN_SWITCH(SO_OOBINLINE, get_bit, set_urgent_inline),
    PSOCK_GUEST_KEPT_SWITCH(SO_DEBUG, PSOCK_GUEST_KEPT_DEBUG),
    PSOCK_GUEST_CORE_SWITCH(SO_DONTROUTE, PSOCK_OPTION_DONT_ROUTE,
                            PSOCK_GUEST_KEPT_DONTROUTE),
    PSOCK_GUEST_CORE_SWITCH(SO_BROADCAST, PSOCK_OPTION_BROADCAST,
                            PSOCK_GUEST_KEPT_BROADCAST),
    PSOCK_GUEST_CORE_NUMBER(SO_PRIORITY, PSOCK_OPTION_PRIORITY,
                            PSOCK_GUEST_KEPT_PRIORITY, 0, INT_MIN, INT_MAX),
    {.name = SO_KEEPALIVE,
     .form = PSOCK_GUEST_SWITCH,
     .lack = PSOCK_GUEST_KEEP,
     .core = PSOCK_OPTION_KEEPALIVE,
     .kept = PSOCK_GUEST_KEPT_KEEPALIVE,
     .set = set_keepalive},
    BUFFER(SO_SNDBUF, PSOCK_OPTION_SEND_BUFFER_BYTES,
           PSOCK_GUEST_KEPT_SEND_BUFFER),
    BUFFER(SO_RCVBUF, PSOCK_OPTION_RECEIVE_BUFFER_BYTES,
           PSOCK_GUEST_KEPT_RECEIVE_BUFFER),
    PSOCK_GUEST_OWN_NUMBER(SO_RCVLOWAT, get_receive_low, set_receive_low,
                           INT_MIN, INT_MAX),
    OWN_SWITCH(SO_TIMESTAMP, get_timestamp, set_timestamp),
    OWN_SWITCH(SO_TIMESTAMPNS, get_timestamp, set_timestamp),
    PSOCK_GUEST_OWN_BYTES(SO_LINGER, psock_guest_give_linger,
                          psock_guest_take_linger),
    PSOCK_GUEST_OWN_BYTES(SO_RCVTIMEO, psock_guest_give_timeout,
                          psock_guest_take_timeout),
    PSOCK_GUEST_OWN_BYTES(SO_SNDTIMEO, psock_guest_give_timeout,
                          psock_guest_take_timeout),
    PSOCK_GUEST_OWN_BYTES(SO_BINDTODEVICE, psock_guest_give_device,
                          psock_guest_take_device),
    PSOCK_GUEST_OWN_BYTES(SO_PEERCRED, psock_guest_give_credentials,
                          psock_guest_cannot_set_bytes),
};

const struct psock_guest_options_of psock_guest_socket_options = {
    options, sizeof options / sizeof *options};
