/* option.h: the rows that getsockopt() and setsockopt() go by, one file of them for
 * each level. */
#ifndef PSOCK_GUEST_OPTION_H
#define PSOCK_GUEST_OPTION_H

#include "guest.h"

struct psock_guest_option;

/* All return 0 or an error of POSIX below zero.  Those of bytes read, or write, at
 * most `length` of them, and write how many there are. */
typedef int psock_guest_get_number(struct psock_guest *guest,
                                   const struct psock_guest_option *option,
                                   int *value);
typedef int psock_guest_set_number(struct psock_guest *guest,
                                   const struct psock_guest_option *option,
                                   int value);
typedef int psock_guest_get_bytes(struct psock_guest *guest,
                                  const struct psock_guest_option *option,
                                  void *value, socklen_t *length);
typedef int psock_guest_set_bytes(struct psock_guest *guest,
                                  const struct psock_guest_option *option,
                                  const void *value, socklen_t length);

enum psock_guest_form {
    PSOCK_GUEST_NUMBER, /* an int */
    PSOCK_GUEST_SWITCH, /* an int, of which 0 or not is what counts */
    PSOCK_GUEST_BYTES
};

/* What psock says of an option that the system lacks. */
enum psock_guest_lack {
    PSOCK_GUEST_REFUSE, /* ENOPROTOOPT */
    PSOCK_GUEST_KEEP    /* only kept: the program is right without it, too */
};

#define PSOCK_GUEST_NO_OPTION (-1)

struct psock_guest_option {
    int name;
    enum psock_guest_form form;
    _Bool takes_a_byte; /* as well as an int: most of IPv4's */
    enum psock_guest_lack lack;
    int core;  /* PSOCK_OPTION_..., or PSOCK_GUEST_NO_OPTION */
    int kept;  /* PSOCK_GUEST_KEPT_..., or ..._NOTHING */
    int usual; /* the default, where only we know it */
    int minimum;
    int maximum;
    int of_streams; /* what setting it fails with on a stream; 0 for nothing */
    /* Null: by `core` and `kept`. */
    psock_guest_get_number *get;
    psock_guest_set_number *set;
    psock_guest_get_bytes *get_bytes; /* null: it cannot be asked for */
    psock_guest_set_bytes *set_bytes;
};

struct psock_guest_options_of {
    const struct psock_guest_option *options;
    size_t count;
};

extern const struct psock_guest_options_of psock_guest_socket_options;
extern const struct psock_guest_options_of psock_guest_tcp_options;
extern const struct psock_guest_options_of psock_guest_udp_options;
extern const struct psock_guest_options_of psock_guest_ip_options;
extern const struct psock_guest_options_of psock_guest_ipv6_options;
extern const struct psock_guest_options_of psock_guest_membership_options;
extern const struct psock_guest_options_of psock_guest_membership_6_options;

/* Rows.  A number is `usual` by itself; where psock has the option too, it is
 * asked first. */
#define PSOCK_GUEST_KEPT_NUMBER(the_name, the_kept, the_usual, least, most)    \
    {                                                                          \
        .name = (the_name), .core = PSOCK_GUEST_NO_OPTION, .kept = (the_kept), \
        .usual = (the_usual), .minimum = (least), .maximum = (most)            \
    }
#define PSOCK_GUEST_KEPT_SWITCH(the_name, the_kept)                            \
    {                                                                          \
        .name = (the_name), .form = PSOCK_GUEST_SWITCH,                        \
        .core = PSOCK_GUEST_NO_OPTION, .kept = (the_kept)                      \
    }
#define PSOCK_GUEST_CORE_NUMBER(the_name, the_core, the_kept, the_usual,       \
                                least, most)                                   \
    {                                                                          \
        .name = (the_name), .lack = PSOCK_GUEST_KEEP, .core = (the_core),      \
        .kept = (the_kept), .usual = (the_usual), .minimum = (least),          \
        .maximum = (most)                                                      \
    }
#define PSOCK_GUEST_CORE_SWITCH(the_name, the_core, the_kept)                  \
    {                                                                          \
        .name = (the_name), .form = PSOCK_GUEST_SWITCH,                        \
        .lack = PSOCK_GUEST_KEEP, .core = (the_core), .kept = (the_kept)       \
    }
#define PSOCK_GUEST_ASKED(the_name, the_get)                                   \
    {                                                                          \
        .name = (the_name), .core = PSOCK_GUEST_NO_OPTION,                     \
        .minimum = INT32_MIN, .maximum = INT32_MAX, .get = (the_get),          \
        .set = psock_guest_cannot_set                                          \
    }
#define PSOCK_GUEST_OWN_NUMBER(the_name, the_get, the_set, least, most)        \
    {                                                                          \
        .name = (the_name), .core = PSOCK_GUEST_NO_OPTION, .minimum = (least), \
        .maximum = (most), .get = (the_get), .set = (the_set)                  \
    }
#define PSOCK_GUEST_OWN_BYTES(the_name, the_get, the_set)                      \
    {                                                                          \
        .name = (the_name), .form = PSOCK_GUEST_BYTES,                         \
        .core = PSOCK_GUEST_NO_OPTION, .get_bytes = (the_get),                 \
        .set_bytes = (the_set)                                                 \
    }

/* --- What rows are made of (option_number.c) -------------------------------- */

psock_guest_get_number psock_guest_get_usual;
psock_guest_set_number psock_guest_set_usual;
psock_guest_set_number psock_guest_cannot_set;
psock_guest_set_bytes psock_guest_cannot_set_bytes;

/* -ENOPROTOOPT for what the system lacks, else the number of POSIX. */
int psock_guest_option_error(int error);

void psock_guest_keep(struct psock_guest *guest, int kept, int usual,
                      int value);
int psock_guest_kept(const struct psock_guest *guest, int kept, int usual);

/* Copies as much as there is room for, and says how much that was. */
int psock_guest_give(const void *from, size_t size, void *value,
                     socklen_t *length);

/* Those of SOL_SOCKET that are no numbers (option_record.c). */
psock_guest_get_bytes psock_guest_give_linger;
psock_guest_set_bytes psock_guest_take_linger;
psock_guest_get_bytes psock_guest_give_timeout;
psock_guest_set_bytes psock_guest_take_timeout;
psock_guest_get_bytes psock_guest_give_device;
psock_guest_set_bytes psock_guest_take_device;
psock_guest_get_bytes psock_guest_give_credentials;

/* What is to come with messages (option_wish.c). */
int psock_guest_get_wish(struct psock_guest *guest,
                         const struct psock_guest_option *option, int *value);
int psock_guest_set_wish(struct psock_guest *guest,
                         const struct psock_guest_option *option, int value);

/* The index of an interface by index or address (membership.c); 0 for neither.
 * Returns 0 or -ENODEV. */
struct ip_mreqn;
int psock_guest_find_interface(const struct ip_mreqn *wanted, uint32_t *index);

/* Switches probing of a TCP socket on, with the times that are kept: an error of
 * psock (option_tcp.c). */
int psock_guest_probe(struct psock_guest *guest);

static inline bool psock_guest_is_internet(const struct psock_guest *guest)
{
    return guest->domain == AF_INET || guest->domain == AF_INET6;
}

static inline bool psock_guest_is_stream(const struct psock_guest *guest)
{
    return guest->type == SOCK_STREAM || guest->type == SOCK_SEQPACKET;
}

#endif
