/* fake_option.c: options and controls. */
#include "fake_option.h"

#include <string.h>

static const char *text_of(int level, int name)
{
    const struct fake_option *option = fake_find_option(level, name);
    return option == NULL ? "unknown" : option->text;
}

/* --- Setting --------------------------------------------------------------- */

static int set_special(struct fake_object *s, const struct fake_option *option,
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
    return fake_change_membership(s, option->name, value, length);
}

/* A BOOL of the sockets level may have no length at all, and is then left alone. */
static int length_error(const struct fake_option *option, int length)
{
    switch (option->form) {
    case FLAG:
        return option->level != SOL_SOCKET && length < 1 ? WSAEFAULT : 0;
    case SMALL:
    case BYTE_ANSWER:
        return length < 1 ? WSAEFAULT : 0;
    default:
        return length < (int)sizeof(int) ? WSAEFAULT : 0;
    }
}

/* Of a BOOL answered with one byte only that byte counts: 0x100 is off. */
static int number_from(const struct fake_option *option, const char *value,
                       int length)
{
    unsigned char bytes[sizeof(int)] = {0};
    int number;
    size_t size = option->form == BYTE_ANSWER ? 1 : sizeof bytes;
    if ((size_t)length < size)
        size = (size_t)length;
    memcpy(bytes, value, size);
    memcpy(&number, bytes, sizeof number);
    return number;
}

static int state_error(const struct fake_object *s,
                       const struct fake_option *option, int number)
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

static int set_number(struct fake_object *s, const struct fake_option *option,
                      const char *value, int length)
{
    int error = length_error(option, length);
    if (error != 0 || length == 0)
        return error;
    int number = number_from(option, value, length);
    error = fake_take_value(option, &number);
    if (error == 0)
        error = state_error(s, option, number);
    if (error == 0 && option->number == FAKE_CUT)
        fake_complain("UDP_SEND_MSG_SIZE cuts whatever #%u sends", s->id);
    if (error == 0)
        *fake_number_of(s, option) = number;
    return error;
}

static int set_checked(struct fake_object *s, int level, int name,
                       const char *value, int length)
{
    const struct fake_option *option = fake_find_option(level, name);
    int error = fake_option_error(s, level, name);
    if (error == 0 && (value == NULL || length < 0))
        error = WSAEFAULT;
    if (error != 0)
        return error;
    return option->form == SPECIAL ? set_special(s, option, value, length)
                                   : set_number(s, option, value, length);
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

/* There is a path for the level of the peer's address. */
static int answer_mtu(const struct fake_object *s,
                      const struct fake_option *option, char *value,
                      int *length)
{
    const _Bool is_ipv4 = s->family == AF_INET || fake_is_mapped(&s->remote);
    if (s->state != FAKE_CONNECTED || is_ipv4 != (option->level == IPPROTO_IP))
        return WSAENOTCONN;
    return answer(&option->initial, sizeof option->initial, value, length);
}

/* The failure of an attempt to connect stays there to be read again; a reset
 * does not get there at all. */
static int get_special(const struct fake_object *s,
                       const struct fake_option *option, char *value,
                       int *length)
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
    case IP_MTU:
    case IPV6_MTU:
        return answer_mtu(s, option, value, length);
    default:
        break;
    }
    int told = *length; /* SO_TYPE tells the caller's own length */
    int error = answer(&s->type, sizeof s->type, value, length);
    *length = told;
    return error;
}

/* With little room there is one byte of what may be small, and for a BOOL of the
 * sockets level as many as there is room for, which are called one. */
static int answer_little(const struct fake_option *option, int number,
                         char *value, int *length)
{
    const int room = option->level == SOL_SOCKET ? *length : 1;
    if (*length < 1)
        return WSAEFAULT;
    memcpy(value, &number, (size_t)room);
    *length = 1;
    return 0;
}

static int get_number(struct fake_object *s, const struct fake_option *option,
                      char *value, int *length)
{
    const int number = fake_answer_value(option, *fake_number_of(s, option));
    const unsigned char byte = number != 0;
    if (option->form == BYTE_ANSWER)
        return answer(&byte, sizeof byte, value, length);
    if (option->form != WHOLE && *length < (int)sizeof number)
        return answer_little(option, number, value, length);
    return answer(&number, sizeof number, value, length);
}

static int get_checked(struct fake_object *s, int level, int name, char *value,
                       int *length)
{
    const struct fake_option *option = fake_find_option(level, name);
    int error = fake_option_error(s, level, name);
    if (error == 0 && (value == NULL || length == NULL))
        error = WSAEFAULT;
    if (error != 0)
        return error;
    return option->form == SPECIAL ? get_special(s, option, value, length)
                                   : get_number(s, option, value, length);
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
    struct fake_object *s = fake_find_socket((SOCKET)handle);
    const struct fake_option *option = fake_find_option(level, name);
    int number = option == NULL ? 0 : *fake_number_of(s, option);
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

static int take_switch(struct fake_object *s,
                       const struct fake_control *control,
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

static int connect_reset(struct fake_object *s,
                         const struct fake_control *control)
{
    return take_switch(s, control, FAKE_CONNECT_RESET);
}

static int net_reset(struct fake_object *s, const struct fake_control *control)
{
    if (!fake_script.profile->udp_netreset)
        return WSAEOPNOTSUPP;
    return take_switch(s, control, FAKE_NET_RESET);
}

static int initial_rto(struct fake_object *s,
                       const struct fake_control *control)
{
    TCP_INITIAL_RTO_PARAMETERS wanted;
    if (!fake_script.profile->initial_rto || s->type != SOCK_STREAM ||
        s->family == AF_UNIX)
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

/* How much is returned is not always told, although all of it is. */
static int peer_process(struct fake_object *s,
                        const struct fake_control *control)
{
    const ULONG process = s->peer_process;
    if (s->family != AF_UNIX)
        return WSAEOPNOTSUPP;
    if (s->state != FAKE_CONNECTED)
        return WSAENOTCONN;
    if (control->out == NULL || control->out_size < sizeof process)
        return WSAEFAULT;
    memcpy(control->out, &process, sizeof process);
    return 0;
}

static int extension(struct fake_object *s, const struct fake_control *control)
{
    GUID id;
    fake_function *function = NULL;
    (void)s;
    if (control->in == NULL || control->in_size < sizeof id ||
        control->out == NULL || control->out_size < sizeof function)
        return WSAEFAULT;
    memcpy(&id, control->in, sizeof id);
    function = fake_extension(&id);
    if (function == NULL)
        return WSAEINVAL;
    memcpy(control->out, &function, sizeof function);
    *control->returned = sizeof function;
    return 0;
}

static int timestamping(struct fake_object *s,
                        const struct fake_control *control)
{
    ULONG config[2]; /* flags, and how many stamps of what was sent */
    if (fake_script.profile->build < WINDOWS_10_2004 || s->type != SOCK_DGRAM)
        return WSAEOPNOTSUPP;
    if (control->in == NULL || control->in_size < sizeof config)
        return WSAEFAULT;
    memcpy(config, control->in, sizeof config);
    s->numbers[FAKE_TELL_STAMPS] = (config[0] & 1) != 0;
    return 0;
}

static int tell_handle(const struct fake_control *control, ULONG_PTR handle)
{
    const SOCKET told = handle;
    if (control->out == NULL || control->out_size < sizeof told)
        return WSAEFAULT;
    memcpy(control->out, &told, sizeof told);
    *control->returned = sizeof told;
    return 0;
}

static int base_handle(struct fake_object *s,
                       const struct fake_control *control)
{
    if (!s->layered)
        return tell_handle(control, s->handle);
    if (s->layer != FAKE_LAYER_BASE_HANDLE)
        return WSAEOPNOTSUPP;
    return tell_handle(control, s->base->handle);
}

static int bsp_handle_poll(struct fake_object *s,
                           const struct fake_control *control)
{
    if (!s->layered)
        return tell_handle(control, s->handle);
    if (s->layer == FAKE_LAYER_CLOSED)
        return WSAEOPNOTSUPP;
    return tell_handle(control, s->base->handle);
}

static int route(struct fake_object *s, const struct fake_control *control)
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
    int (*body)(struct fake_object *s, const struct fake_control *control);
} controls[] = {
    {SIO_UDP_CONNRESET, "SIO_UDP_CONNRESET", connect_reset},
    {_WSAIOW(IOC_VENDOR, 15), "SIO_UDP_NETRESET", net_reset},
    {_WSAIOW(IOC_VENDOR, 235), "SIO_TIMESTAMPING", timestamping},
    {SIO_GET_EXTENSION_FUNCTION_POINTER, "SIO_GET_EXTENSION_FUNCTION_POINTER",
     extension},
    {SIO_TCP_INITIAL_RTO, "SIO_TCP_INITIAL_RTO", initial_rto},
    {SIO_AF_UNIX_GETPEERPID, "SIO_AF_UNIX_GETPEERPID", peer_process},
    {SIO_KEEPALIVE_VALS, "SIO_KEEPALIVE_VALS", fake_keep_alive},
    {SIO_TCP_SET_ACK_FREQUENCY, "SIO_TCP_SET_ACK_FREQUENCY",
     fake_ack_frequency},
    {SIO_TCP_INFO, "SIO_TCP_INFO", fake_tcp_info},
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
    const struct fake_control control = {in, in_size, out, out_size, returned};
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
