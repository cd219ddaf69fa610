/* fake_option.c: options and controls. */
#include "fake_world.h"

#include <string.h>

enum option_form {
    WHOLE,       /* an int: four bytes, no fewer */
    BYTE_ANSWER, /* a BOOL that is answered with one byte, and read from one */
    SPECIAL
};

enum option_wants {
    ANY_SOCKET,
    STREAM_ONLY,
    DATAGRAM_ONLY
};

struct option {
    int level;
    int name;
    const char *text;
    enum option_form form;
    enum option_wants wants;
    enum fake_number number;
    _Bool before_bind; /* too late afterwards */
    _Bool not_while_connecting;
};

static const struct option options[] = {
    {SOL_SOCKET, SO_EXCLUSIVEADDRUSE, "SO_EXCLUSIVEADDRUSE", WHOLE, ANY_SOCKET,
     FAKE_EXCLUSIVE, 1, 0},
    {SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR", WHOLE, ANY_SOCKET, FAKE_REUSE, 0,
     0},
    {SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST", WHOLE, DATAGRAM_ONLY,
     FAKE_BROADCAST, 0, 0},
    {SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE", BYTE_ANSWER, STREAM_ONLY,
     FAKE_KEEPALIVE, 0, 1},
    {SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF", WHOLE, ANY_SOCKET, FAKE_SEND_BUFFER, 0,
     0},
    {SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", WHOLE, ANY_SOCKET, FAKE_RECEIVE_BUFFER,
     0, 0},
    {SOL_SOCKET, SO_SNDTIMEO, "SO_SNDTIMEO", WHOLE, ANY_SOCKET,
     FAKE_SEND_TIMEOUT, 0, 0},
    {SOL_SOCKET, SO_RCVTIMEO, "SO_RCVTIMEO", WHOLE, ANY_SOCKET,
     FAKE_RECEIVE_TIMEOUT, 0, 0},
    {SOL_SOCKET, SO_LINGER, "SO_LINGER", SPECIAL, STREAM_ONLY, 0, 0, 0},
    {SOL_SOCKET, SO_ERROR, "SO_ERROR", SPECIAL, ANY_SOCKET, 0, 0, 0},
    {SOL_SOCKET, SO_TYPE, "SO_TYPE", SPECIAL, ANY_SOCKET, 0, 0, 0},
    {SOL_SOCKET, SO_ACCEPTCONN, "SO_ACCEPTCONN", SPECIAL, ANY_SOCKET, 0, 0, 0},
    {SOL_SOCKET, SO_CONNECT_TIME, "SO_CONNECT_TIME", SPECIAL, STREAM_ONLY, 0, 0,
     0},
    {SOL_SOCKET, SO_PROTOCOL_INFOW, "SO_PROTOCOL_INFOW", SPECIAL, ANY_SOCKET, 0,
     0, 0},
    {IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY", BYTE_ANSWER, STREAM_ONLY,
     FAKE_NODELAY, 0, 0},
    {IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY", BYTE_ANSWER, ANY_SOCKET,
     FAKE_V6_ONLY, 1, 0},
};

static const struct option *find_option(int level, int name)
{
    const size_t count = sizeof options / sizeof *options;
    for (size_t i = 0; i < count; i++)
        if (options[i].level == level && options[i].name == name)
            return &options[i];
    return NULL;
}

static const char *text_of(int level, int name)
{
    const struct option *option = find_option(level, name);
    return option == NULL ? "unknown" : option->text;
}

/* A level unknown, or not of this kind of socket, is WSAEINVAL; an option
 * unknown at its level is WSAENOPROTOOPT; and those two that Windows once had
 * are WSAEINVAL again. */
static int option_error(const struct fake_object *s, int level, int name)
{
    const struct option *option = find_option(level, name);
    if (level != SOL_SOCKET && level != IPPROTO_TCP && level != IPPROTO_IPV6 &&
        level != IPPROTO_IP)
        return WSAEINVAL;
    if (level == IPPROTO_TCP && s->type != SOCK_STREAM)
        return WSAEINVAL;
    if (level == SOL_SOCKET && (name == SO_RCVLOWAT || name == SO_SNDLOWAT))
        return WSAEINVAL;
    if (option == NULL ||
        (option->wants == STREAM_ONLY && s->type != SOCK_STREAM) ||
        (option->wants == DATAGRAM_ONLY && s->type != SOCK_DGRAM))
        return WSAENOPROTOOPT;
    return 0;
}

/* --- Setting --------------------------------------------------------------- */

static int set_special(struct fake_object *s, const struct option *option,
                       const char *value, int length)
{
    if (option->name == SO_LINGER) {
        if (length < (int)sizeof s->linger)
            return WSAEFAULT;
        memcpy(&s->linger, value, sizeof s->linger);
        return 0;
    }
    if (option->name == SO_ERROR) {
        if (length < (int)sizeof s->connect_error)
            return WSAEFAULT;
        memcpy(&s->connect_error, value, sizeof s->connect_error);
        return 0;
    }
    return WSAENOPROTOOPT;
}

/* Of a BOOL answered with one byte only that byte counts: 0x100 is off. */
static int number_from(const struct option *option, const char *value,
                       int length, int *number)
{
    if (option->form == BYTE_ANSWER) {
        *number = value[0] != 0;
        return length < 1 ? WSAEFAULT : 0;
    }
    if (length < (int)sizeof *number)
        return WSAEFAULT;
    memcpy(number, value, sizeof *number);
    return 0;
}

static int state_error(const struct fake_object *s, const struct option *option,
                       int number)
{
    if (option->before_bind && s->local.length != 0)
        return WSAEINVAL;
    if (option->not_while_connecting && s->state == FAKE_CONNECTING)
        return WSAEINVAL;
    if (option->number == FAKE_EXCLUSIVE && s->numbers[FAKE_REUSE])
        return WSAEINVAL;
    if (option->number == FAKE_REUSE && number && s->numbers[FAKE_EXCLUSIVE])
        return WSAEINVAL;
    return 0;
}

static int set_checked(struct fake_object *s, int level, int name,
                       const char *value, int length)
{
    const struct option *option = find_option(level, name);
    int number = 0;
    int error = option_error(s, level, name);
    if (error == 0 && (value == NULL || length < 0))
        error = WSAEFAULT;
    if (error != 0)
        return error;
    if (option->form == SPECIAL)
        return set_special(s, option, value, length);
    error = number_from(option, value, length, &number);
    if (error == 0)
        error = state_error(s, option, number);
    if (error == 0)
        s->numbers[option->number] = number;
    return error;
}

static unsigned byte_at(const char *value, int length, int place)
{
    return value != NULL && place < length ? (unsigned char)value[place] : 0;
}

static int WSAAPI set_option(SOCKET handle, int level, int name,
                             const char *value, int length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error = fake_enter_socket(
        &visit, FAKE_setsockopt, handle, &s, "%s %02x%02x%02x%02x length %d",
        text_of(level, name), byte_at(value, length, 0),
        byte_at(value, length, 1), byte_at(value, length, 2),
        byte_at(value, length, 3), length);
    if (error == 0)
        error = set_checked(s, level, name, value, length);
    return fake_leave(&visit, error);
}

/* --- Getting --------------------------------------------------------------- */

static int answer(const void *from, int size, char *value, int *length)
{
    if (*length < size)
        return WSAEFAULT;
    memcpy(value, from, (size_t)size);
    *length = size;
    return 0;
}

static int answer_info(const struct fake_object *s, char *value, int *length)
{
    WSAPROTOCOL_INFOW info;
    memset(&info, 0, sizeof info);
    info.iAddressFamily = s->family;
    info.iSocketType = s->type;
    info.iProtocol = s->protocol;
    return answer(&info, sizeof info, value, length);
}

/* The failure of an attempt to connect stays there to be read again; a reset
 * does not get there at all. */
static int get_special(const struct fake_object *s, const struct option *option,
                       char *value, int *length)
{
    const int listening = s->state == FAKE_LISTENING;
    const int seconds = s->state == FAKE_CONNECTED && s->broken == 0 ? 0 : -1;
    switch (option->name) {
    case SO_LINGER:
        return answer(&s->linger, sizeof s->linger, value, length);
    case SO_ERROR:
        return answer(&s->connect_error, sizeof s->connect_error, value,
                      length);
    case SO_ACCEPTCONN:
        return answer(&listening, sizeof listening, value, length);
    case SO_CONNECT_TIME:
        return answer(&seconds, sizeof seconds, value, length);
    case SO_PROTOCOL_INFOW:
        return answer_info(s, value, length);
    default:
        break;
    }
    int told = *length; /* SO_TYPE tells the caller's own length */
    int error = answer(&s->type, sizeof s->type, value, length);
    *length = told;
    return error;
}

static int get_checked(const struct fake_object *s, int level, int name,
                       char *value, int *length)
{
    const struct option *option = find_option(level, name);
    int error = option_error(s, level, name);
    if (error == 0 && (value == NULL || length == NULL))
        error = WSAEFAULT;
    if (error != 0)
        return error;
    if (option->form == SPECIAL)
        return get_special(s, option, value, length);
    const int number = s->numbers[option->number];
    const unsigned char byte = number != 0;
    if (option->form == BYTE_ANSWER)
        return answer(&byte, sizeof byte, value, length);
    return answer(&number, sizeof number, value, length);
}

static int WSAAPI get_option(SOCKET handle, int level, int name, char *value,
                             int *length)
{
    struct fake_visit visit;
    struct fake_object *s;
    int error =
        fake_enter_socket(&visit, FAKE_getsockopt, handle, &s, "%s room %d",
                          text_of(level, name), length == NULL ? -1 : *length);
    if (error == 0)
        error = get_checked(s, level, name, value, length);
    return fake_leave(&visit, error);
}

int fake_option(psock_t handle, int level, int name)
{
    fake_take_lock();
    const struct fake_object *s = fake_find_socket((SOCKET)handle);
    const struct option *option = find_option(level, name);
    int number = s->numbers[option->number];
    fake_give_lock();
    return number;
}

/* --- Controls -------------------------------------------------------------- */

static u_long unread(const struct fake_object *s)
{
    u_long sum = (u_long)s->received_size;
    for (const struct fake_datagram *each = s->datagrams; each != NULL;
         each = each->next)
        sum += (u_long)each->size; /* of all, not of the first */
    return sum;
}

static int WSAAPI io_control(SOCKET handle, long command, u_long *argument)
{
    struct fake_visit visit;
    struct fake_object *s;
    const DWORD code = (DWORD)command;
    int error = fake_enter_socket(&visit, FAKE_ioctlsocket, handle, &s, "%s %d",
                                  code == (DWORD)FIONBIO ? "FIONBIO" : "other",
                                  argument == NULL ? -1 : (int)*argument);
    if (error == 0 && argument == NULL)
        error = WSAEFAULT;
    if (error == 0 && code == (DWORD)FIONBIO)
        s->nonblocking = *argument != 0;
    else if (error == 0 && code == (DWORD)FIONREAD)
        *argument = unread(s);
    else if (error == 0)
        error = WSAEOPNOTSUPP;
    return fake_leave(&visit, error);
}

/* What a WSAIoctl reads and writes. */
struct control {
    const void *in;
    DWORD in_size;
    void *out;
    DWORD out_size;
    DWORD *returned;
};

static int take_switch(struct fake_object *s, const struct control *control,
                       enum fake_number number)
{
    BOOL on;
    if (s->type != SOCK_DGRAM)
        return WSAEINVAL;
    if (control->in == NULL || control->in_size < sizeof on)
        return WSAEFAULT;
    memcpy(&on, control->in, sizeof on);
    s->numbers[number] = on != 0;
    return 0;
}

static int connect_reset(struct fake_object *s, const struct control *control)
{
    return take_switch(s, control, FAKE_CONNECT_RESET);
}

static int net_reset(struct fake_object *s, const struct control *control)
{
    if (!fake_script.profile->udp_netreset)
        return WSAEOPNOTSUPP;
    return take_switch(s, control, FAKE_NET_RESET);
}

static int initial_rto(struct fake_object *s, const struct control *control)
{
    TCP_INITIAL_RTO_PARAMETERS wanted;
    if (!fake_script.profile->initial_rto || s->type != SOCK_STREAM)
        return WSAEOPNOTSUPP;
    if (control->in == NULL || control->in_size < sizeof wanted)
        return WSAEFAULT;
    if (s->state != FAKE_FRESH && s->state != FAKE_BOUND)
        return WSAEINVAL;
    memcpy(&wanted, control->in, sizeof wanted);
    s->fast_refusal =
        wanted.MaxSynRetransmissions == TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS;
    return 0;
}

static int tell_handle(const struct control *control, ULONG_PTR handle)
{
    const SOCKET told = handle;
    if (control->out == NULL || control->out_size < sizeof told)
        return WSAEFAULT;
    memcpy(control->out, &told, sizeof told);
    *control->returned = sizeof told;
    return 0;
}

static int base_handle(struct fake_object *s, const struct control *control)
{
    if (!s->layered)
        return tell_handle(control, s->handle);
    if (s->layer != FAKE_LAYER_BASE_HANDLE)
        return WSAEOPNOTSUPP;
    return tell_handle(control, s->base->handle);
}

static int bsp_handle_poll(struct fake_object *s, const struct control *control)
{
    if (!s->layered)
        return tell_handle(control, s->handle);
    if (s->layer == FAKE_LAYER_CLOSED)
        return WSAEOPNOTSUPP;
    return tell_handle(control, s->base->handle);
}

static int route(struct fake_object *s, const struct control *control)
{
    const struct sockaddr *to = control->in;
    int error = fake_name_error(s, to, (int)control->in_size);
    if (error != 0)
        return error;
    const struct fake_name remote = fake_name_of(to, (int)control->in_size);
    const struct fake_name source = fake_source_for(s->family, &remote);
    int length = (int)control->out_size;
    error = fake_copy_name(&source, control->out, &length);
    if (error == 0)
        *control->returned = (DWORD)length;
    return error;
}

static const struct {
    DWORD code;
    const char *text;
    int (*body)(struct fake_object *s, const struct control *control);
} controls[] = {
    {SIO_UDP_CONNRESET, "SIO_UDP_CONNRESET", connect_reset},
    {_WSAIOW(IOC_VENDOR, 15), "SIO_UDP_NETRESET", net_reset},
    {SIO_TCP_INITIAL_RTO, "SIO_TCP_INITIAL_RTO", initial_rto},
    {SIO_BASE_HANDLE, "SIO_BASE_HANDLE", base_handle},
    {SIO_BSP_HANDLE_POLL, "SIO_BSP_HANDLE_POLL", bsp_handle_poll},
    {SIO_ROUTING_INTERFACE_QUERY, "SIO_ROUTING_INTERFACE_QUERY", route},
};

#define CONTROL_COUNT (sizeof controls / sizeof *controls)

static size_t find_control(DWORD code)
{
    size_t i = 0;
    while (i < CONTROL_COUNT && controls[i].code != code)
        i++;
    return i;
}

static int WSAAPI control_socket(SOCKET handle, DWORD code, void *in,
                                 DWORD in_size, void *out, DWORD out_size,
                                 DWORD *returned, WSAOVERLAPPED *overlapped,
                                 LPWSAOVERLAPPED_COMPLETION_ROUTINE completion)
{
    struct fake_visit visit;
    struct fake_object *s;
    const struct control control = {in, in_size, out, out_size, returned};
    const size_t which = find_control(code);
    int error = fake_enter_socket(
        &visit, FAKE_WSAIoctl, handle, &s, "%s %02x%02x%02x%02x length %d",
        which == CONTROL_COUNT ? "unknown" : controls[which].text,
        byte_at(in, (int)in_size, 0), byte_at(in, (int)in_size, 1),
        byte_at(in, (int)in_size, 2), byte_at(in, (int)in_size, 3),
        (int)in_size);
    if (overlapped != NULL || completion != NULL)
        fake_complain("the fake knows no overlapped controls");
    if (error == 0 && returned == NULL)
        error = WSAEFAULT;
    if (error == 0 && which == CONTROL_COUNT)
        error = WSAEOPNOTSUPP;
    if (error == 0) {
        *returned = 0;
        error = controls[which].body(s, &control);
    }
    return fake_leave(&visit, error);
}

void fake_install_options(struct psock_winsock_table *table)
{
    table->setsockopt = set_option;
    table->getsockopt = get_option;
    table->ioctlsocket = io_control;
    table->WSAIoctl = control_socket;
}
