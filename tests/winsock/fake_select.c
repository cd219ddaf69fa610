/* fake_select.c: readiness as select() tells it. */
#include "fake_afd.h"

/* AFD's events, as select() sorts them: failures to connect, and urgent data,
 * are for the third set only. */
#define SELECT_READ (AFD_READ | AFD_ACCEPT | AFD_HANGUP | AFD_RESET)
#define SELECT_WRITE AFD_WRITE
#define SELECT_EXCEPT (AFD_CONNECT_ERROR | AFD_URGENT)

static u_int set_count(const fd_set *set)
{
    return set == NULL ? 0 : set->fd_count;
}

/* More than FD_SETSIZE are honoured, where the set has the room. */
static int set_error(const fd_set *set)
{
    for (u_int i = 0; i < set_count(set); i++)
        if (fake_find_socket(set->fd_array[i]) == NULL)
            return WSAENOTSOCK;
    return 0;
}

static int select_error(const fd_set *read, const fd_set *write,
                        const fd_set *except, const struct timeval *timeout)
{
    if (set_count(read) + set_count(write) + set_count(except) == 0)
        return WSAEINVAL;
    if (timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_usec < 0))
        return WSAEINVAL;
    int error = set_error(read);
    if (error == 0)
        error = set_error(write);
    return error == 0 ? set_error(except) : error;
}

static int family_in(const fd_set *set, int family, _Bool *mixed)
{
    for (u_int i = 0; i < set_count(set); i++) {
        const struct fake_object *s = fake_find_socket(set->fd_array[i]);
        const int kind = s->family == AF_UNIX ? AF_UNIX : AF_INET;
        *mixed |= family != AF_UNSPEC && family != kind;
        family = kind;
    }
    return family;
}

/* All sockets must be of one provider, and that of paths is another. */
static int provider_error(const fd_set *read, const fd_set *write,
                          const fd_set *except)
{
    _Bool mixed = 0;
    int family = family_in(read, AF_UNSPEC, &mixed);
    family = family_in(write, family, &mixed);
    family_in(except, family, &mixed);
    return mixed ? WSAEINVAL : 0;
}

/* Of a socket that is there twice, the second is not told. */
static _Bool is_repeated(const fd_set *set, u_int index)
{
    for (u_int i = 0; i < index; i++)
        if (set->fd_array[i] == set->fd_array[index])
            return 1;
    return 0;
}

static _Bool is_told(const fd_set *set, u_int index, ULONG events)
{
    const struct fake_object *s = fake_find_socket(set->fd_array[index]);
    return (s == NULL || (fake_ready_events(s) & events) != 0) &&
           !is_repeated(set, index);
}

static u_int count_ready(const fd_set *set, ULONG events)
{
    u_int count = 0;
    for (u_int i = 0; i < set_count(set); i++)
        count += is_told(set, i, events);
    return count;
}

static void keep_ready(fd_set *set, ULONG events)
{
    u_int kept = 0;
    for (u_int i = 0; i < set_count(set); i++)
        if (is_told(set, i, events))
            set->fd_array[kept++] = set->fd_array[i];
    if (set != NULL)
        set->fd_count = kept;
}

static int64_t select_due_ns(const struct timeval *timeout)
{
    if (timeout == NULL)
        return -1;
    return fake_now_ns() + (int64_t)timeout->tv_sec * 1000000000 +
           (int64_t)timeout->tv_usec * 1000;
}

static int wait_for_ready(fd_set *read, fd_set *write, fd_set *except,
                          int64_t due_ns)
{
    for (;;) {
        u_int count = count_ready(read, SELECT_READ) +
                      count_ready(write, SELECT_WRITE) +
                      count_ready(except, SELECT_EXCEPT);
        if (count != 0 || (due_ns >= 0 && fake_now_ns() >= due_ns))
            return (int)count;
        if (!fake_act_while_waiting())
            fake_sleep(due_ns);
    }
}

static int WSAAPI select_sockets(int ignored, fd_set *read, fd_set *write,
                                 fd_set *except, const PTIMEVAL timeout)
{
    struct fake_visit visit;
    int count = 0;
    int error =
        fake_enter(&visit, FAKE_select, "read %u write %u except %u",
                   set_count(read), set_count(write), set_count(except));
    (void)ignored;
    if (error == 0 && fake_script.starts == 0)
        error = WSANOTINITIALISED;
    if (error == 0)
        error = select_error(read, write, except, timeout);
    if (error == 0)
        error = provider_error(read, write, except);
    if (error == 0) {
        count = wait_for_ready(read, write, except, select_due_ns(timeout));
        keep_ready(read, SELECT_READ);
        keep_ready(write, SELECT_WRITE);
        keep_ready(except, SELECT_EXCEPT);
    }
    return fake_leave_count(&visit, error, count);
}

void fake_install_select(struct psock_winsock_table *table)
{
    table->select = select_sockets;
}
