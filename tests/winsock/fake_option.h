/* fake_option.h: the options that the fake knows, and the controls of TCP. */
#ifndef PSOCK_TESTS_FAKE_OPTION_H
#define PSOCK_TESTS_FAKE_OPTION_H

#include "fake_world.h"

/* --- Numbers that not every set of headers has ------------------------------ */

#ifndef TCP_KEEPALIVE
#define TCP_KEEPALIVE 3
#endif
#ifndef TCP_STDURG
#define TCP_STDURG 6
#endif
#ifndef TCP_TIMESTAMPS
#define TCP_TIMESTAMPS 10
#endif
#ifndef TCP_FAIL_CONNECT_ON_ICMP_ERROR
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#endif

/* --- Options ---------------------------------------------------------------- */

enum fake_form {
    WHOLE,       /* four bytes, no fewer */
    FLAG,        /* a BOOL of four bytes or of fewer */
    SMALL,       /* a number of four bytes or of fewer */
    BYTE_ANSWER, /* a BOOL that is answered with one byte, and read from one */
    SPECIAL      /* in fake_option.c */
};

/* Of which sockets. */
enum fake_wants {
    STREAM_ONLY = 1 << SOCK_STREAM,
    DATAGRAM_ONLY = 1 << SOCK_DGRAM,
    RAW_ONLY = 1 << SOCK_RAW,
    PACKETS_ONLY = DATAGRAM_ONLY | RAW_ONLY,
    ANY_SOCKET = STREAM_ONLY | PACKETS_ONLY
};

/* What values there are. */
enum fake_values {
    ANY_VALUE,
    BOOLEAN_VALUE, /* any, and that is 0 or 1 */
    BYTE_VALUE,    /* 0 to 255 */
    HOST_INDEX,    /* of an interface, or 0 */
    NETWORK_INDEX, /* the same, as an address 0.x.y.z; answered as a number */
    GROUP_INDEX,   /* the same, or an address of the interface */
    WHOLE_SECONDS, /* of milliseconds, the rest left out */
    NOT_SETTABLE
};

/* Builds of Windows, as far as options have come with them. */
enum fake_build {
    ALWAYS = 0,
    WINDOWS_7 = 7601,
    WINDOWS_8 = 9200,
    WINDOWS_10_1607 = 14393,
    WINDOWS_10_1703 = 15063,
    WINDOWS_10_1709 = 16299,
    WINDOWS_10_1809 = 17763,
    WINDOWS_10_2004 = 19041
};

struct fake_option {
    int level;
    int name;
    const char *text;
    enum fake_form form;
    enum fake_wants wants;
    enum fake_values values;
    int initial;
    enum fake_build since;
    enum fake_number number; /* 0: a place of its own */
    _Bool before_bind;       /* too late afterwards */
    _Bool not_while_connecting;
};

/* NULL: Windows has none, or the one that is played here has not yet. */
const struct fake_option *fake_find_option(int level, int name);

/* Where in the numbers of a socket an option is kept. */
int *fake_number_of(struct fake_object *s, const struct fake_option *option);

/* What `s` says of an option before it looks at the value: 0 or an error. */
int fake_option_error(const struct fake_object *s, int level, int name);

/* What is kept of a number, or the error that it is; and what is answered. */
int fake_take_value(const struct fake_option *option, int *number);
int fake_answer_value(const struct fake_option *option, int number);

/* --- Controls --------------------------------------------------------------- */

/* What a WSAIoctl reads and writes. */
struct fake_control {
    const void *in;
    DWORD in_size;
    void *out;
    DWORD out_size;
    DWORD *returned;
};

int fake_keep_alive(struct fake_object *s, const struct fake_control *control);
int fake_ack_frequency(struct fake_object *s,
                       const struct fake_control *control);
int fake_tcp_info(struct fake_object *s, const struct fake_control *control);

#endif
