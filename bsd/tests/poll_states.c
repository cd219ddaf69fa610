/* poll_states.c: what poll() tells of each state of each kind of descriptor, all
 * bits of it. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_BITS (POLLIN | POLLRDNORM)
#define WRITE_BITS (POLLOUT | POLLWRNORM)
#define ALL                                                                    \
    (READ_BITS | WRITE_BITS | POLLPRI | POLLRDBAND | POLLWRBAND | POLLRDHUP)

static short bits_of(int fd, short events)
{
    struct pollfd entry = {.fd = fd, .events = events, .revents = -1};
    int count = poll(&entry, 1, 0);
    assert_int_equal(count, entry.revents != 0);
    return entry.revents;
}

/* Loopback takes a moment. */
static void check_bits(int fd, short expected, int line)
{
    const long long end = clock_ms() + 3000;
    while (bits_of(fd, ALL) != expected && clock_ms() < end)
        poll(NULL, 0, 2);
    _assert_int_equal((unsigned)bits_of(fd, ALL), (unsigned)expected, __FILE__,
                      line);
}

/* Some bits come whatever is asked for, others only if asked for. */
static void check_parts(int fd, short expected, int line)
{
    static const short parts[] = {0,          POLLIN,           POLLOUT,
                                  POLLPRI,    POLLIN | POLLOUT, POLLRDHUP,
                                  POLLRDNORM, POLLWRNORM,       POLLWRBAND};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        _assert_int_equal((unsigned)bits_of(fd, parts[i]),
                          (unsigned)(expected & (parts[i] | POLLERR | POLLHUP)),
                          __FILE__, line);
}

#define assert_bits(fd, expected)                                              \
    (check_bits((fd), (expected), __LINE__),                                   \
     check_parts((fd), (expected), __LINE__))

static void reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    assert_call(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger),
                0);
    close_kept(fd);
}

static int error_of(int fd)
{
    int error = -1;
    socklen_t length = sizeof error;
    assert_call(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), 0);
    return error;
}

/* --- Streams ------------------------------------------------------------------ */

static void a_fresh_stream_is_writable_and_hung_up(void **state)
{
    (void)state;
    assert_bits(keep(socket(AF_INET, SOCK_STREAM, 0)), WRITE_BITS | POLLHUP);
    assert_bits(keep(socket(AF_INET6, SOCK_STREAM, 0)), WRITE_BITS | POLLHUP);
}

static void a_bound_stream_is_writable_and_hung_up(void **state)
{
    (void)state;
    assert_bits(bound(AF_INET, SOCK_STREAM), WRITE_BITS | POLLHUP);
}

static void a_listener_is_nothing_and_with_a_connection_readable(void **state)
{
    (void)state;
    int listener = listening(AF_INET);
    assert_bits(listener, 0);
    struct address address = name_of(listener);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    assert_bits(listener, READ_BITS);
    keep(accept(listener, NULL, NULL));
    assert_bits(listener, 0);
}

static void a_connected_stream_is_writable_and_with_data_readable(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    char byte;
    assert_bits(ends.client, WRITE_BITS);
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_bits(ends.server, READ_BITS | WRITE_BITS);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
    assert_bits(ends.server, WRITE_BITS);
}

static void a_full_stream_is_not_writable(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    fill(ends.client);
    assert_bits(ends.client, 0);
}

static int refused(int flags)
{
    struct address address = deserted(AF_INET, SOCK_STREAM);
    int fd = keep(socket(AF_INET, SOCK_STREAM | flags, 0));
    int result = connect(fd, as_sockaddr(&address), address.length);
    assert_int_equal(result, -1);
    return fd;
}

static void a_refused_attempt_has_all_bits_until_it_is_told(void **state)
{
    (void)state;
    int fd = refused(SOCK_NONBLOCK);
    assert_int_equal(errno, EINPROGRESS);
    assert_bits(fd, READ_BITS | WRITE_BITS | POLLERR | POLLHUP | POLLRDHUP);
    assert_int_equal(error_of(fd), ECONNREFUSED);
    wait_writable(fd);
    assert_bits(fd, READ_BITS | WRITE_BITS | POLLHUP | POLLRDHUP);
    assert_int_equal(error_of(fd), 0);
}

static void a_refused_attempt_is_told_whatever_is_asked(void **state)
{
    (void)state;
    int fd = refused(SOCK_NONBLOCK);
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    assert_call(poll(&entry, 1, 5000), 1);
    assert_int_equal(entry.revents, POLLIN | POLLERR | POLLHUP);
    entry.events = 0;
    assert_call(poll(&entry, 1, 5000), 1);
    assert_int_equal(entry.revents, POLLERR | POLLHUP);
}

static void a_stream_whose_connect_failed_is_hung_up_and_writable(void **state)
{
    (void)state;
    int fd = refused(0);
    assert_int_equal(errno, ECONNREFUSED);
    assert_bits(fd, WRITE_BITS | POLLHUP);
    assert_int_equal(error_of(fd), 0);
}

static void the_end_is_readable_and_not_hung_up(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_bits(ends.server, READ_BITS | WRITE_BITS | POLLRDHUP);
    assert_bits(ends.client, WRITE_BITS);
}

/* Whether the end is told of before that is for the system to know. */
static void the_end_is_told_when_the_data_before_it_were_read(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    char byte;
    assert_call(send(ends.client, "x", 1, 0), 1);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    wait_readable(ends.server);
    assert_int_equal(bits_of(ends.server, ALL) & ~POLLRDHUP,
                     READ_BITS | WRITE_BITS);
    assert_call(recv(ends.server, &byte, 1, 0), 1);
    assert_bits(ends.server, READ_BITS | WRITE_BITS | POLLRDHUP);
}

static void both_directions_ended_are_a_hang_up(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    const short over = READ_BITS | WRITE_BITS | POLLRDHUP | POLLHUP;
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_call(shutdown(ends.server, SHUT_WR), 0);
    assert_bits(ends.server, over);
    assert_bits(ends.client, over);
}

static void a_reset_has_all_bits(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    reset(ends.client);
    assert_bits(ends.server,
                READ_BITS | WRITE_BITS | POLLERR | POLLHUP | POLLRDHUP);
}

static void own_shutdown_of_reading_is_readable(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_RD), 0);
    assert_bits(ends.client, READ_BITS | WRITE_BITS | POLLRDHUP);
}

static void own_shutdown_of_both_is_a_hang_up(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(shutdown(ends.client, SHUT_RDWR), 0);
    assert_bits(ends.client, READ_BITS | WRITE_BITS | POLLRDHUP | POLLHUP);
}

static void an_urgent_byte_is_urgent_and_not_readable(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    assert_call(send(ends.client, "!", 1, MSG_OOB), 1);
    assert_bits(ends.server, WRITE_BITS | POLLPRI);
}

/* --- Datagrams ----------------------------------------------------------------- */

static void a_datagram_socket_is_writable_from_the_start(void **state)
{
    (void)state;
    assert_bits(keep(socket(AF_INET, SOCK_DGRAM, 0)), WRITE_BITS | POLLWRBAND);
    assert_bits(keep(socket(AF_INET6, SOCK_DGRAM, 0)), WRITE_BITS | POLLWRBAND);
}

static void a_datagram_is_readable_also_an_empty_one(void **state)
{
    (void)state;
    struct ends ends = datagrams(AF_INET);
    assert_call(send(ends.client, "", 0, 0), 0);
    assert_bits(ends.server, READ_BITS | WRITE_BITS | POLLWRBAND);
}

/* --- Unix sockets ---------------------------------------------------------------- */

/* A hang-up may come with the end, or when sending fails. */
static void a_pair_is_readable_and_hung_up_when_one_end_is_closed(void **state)
{
    (void)state;
    int pair[2];
    char byte;
    const short idle = WRITE_BITS | POLLWRBAND;
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    keep(pair[0]);
    keep(pair[1]);
    assert_bits(pair[0], idle);
    assert_call(send(pair[1], "x", 1, 0), 1);
    assert_bits(pair[0], idle | READ_BITS);
    close_kept(pair[1]);
    wait_readable(pair[0]);
    assert_call(recv(pair[0], &byte, 1, 0), 1);
    wait_readable(pair[0]);
    assert_bits(pair[0], idle | READ_BITS | POLLRDHUP | POLLHUP);
}

static void a_fresh_unix_stream_is_writable_and_hung_up(void **state)
{
    (void)state;
    assert_bits(keep(socket(AF_UNIX, SOCK_STREAM, 0)),
                WRITE_BITS | POLLWRBAND | POLLHUP);
}

static void a_unix_listener_is_readable_with_a_connection(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = temporary_path();
    for (size_t i = 0; path[i] != '\0'; i++)
        address.sun_path[i] = path[i];
    int listener = keep(socket(AF_UNIX, SOCK_STREAM, 0));
    int client = keep(socket(AF_UNIX, SOCK_STREAM, 0));
    const struct sockaddr *name = (const struct sockaddr *)&address;
    assert_call(bind(listener, name, sizeof address), 0);
    assert_call(listen(listener, 4), 0);
    assert_bits(listener, 0);
    assert_call(connect(client, name, sizeof address), 0);
    assert_bits(listener, READ_BITS);
}

/* --- Pipes, files and counters ------------------------------------------------------ */

static void make_pipe(int ends[2])
{
    assert_call(pipe(ends), 0);
    keep(ends[0]);
    keep(ends[1]);
}

static void a_pipe_is_writable_and_with_data_readable(void **state)
{
    (void)state;
    int ends[2];
    make_pipe(ends);
    assert_bits(ends[0], 0);
    assert_bits(ends[1], WRITE_BITS);
    assert_call(write(ends[1], "x", 1), 1);
    assert_bits(ends[0], READ_BITS);
}

static void a_pipe_without_writer_is_hung_up(void **state)
{
    (void)state;
    int ends[2];
    char byte;
    make_pipe(ends);
    assert_call(write(ends[1], "x", 1), 1);
    close_kept(ends[1]);
    wait_readable(ends[0]);
    assert_int_equal(bits_of(ends[0], ALL) & ~POLLHUP, READ_BITS);
    assert_call(read(ends[0], &byte, 1), 1);
    assert_bits(ends[0], POLLHUP);
}

static void a_pipe_without_reader_is_an_error(void **state)
{
    (void)state;
    int ends[2];
    make_pipe(ends);
    close_kept(ends[0]);
    assert_bits(ends[1], WRITE_BITS | POLLERR);
}

static void a_file_is_always_ready(void **state)
{
    (void)state;
    assert_bits(temporary_file(), READ_BITS | WRITE_BITS);
    assert_bits(keep(open("/dev/null", O_RDWR)), READ_BITS | WRITE_BITS);
}

static void a_counter_is_readable_when_it_is_not_zero(void **state)
{
    (void)state;
    int fd = keep(eventfd(0, 0));
    assert_bits(fd, POLLOUT);
    assert_call(eventfd_write(fd, 1), 0);
    assert_bits(fd, POLLIN | POLLOUT);
    assert_call(eventfd_write(fd, UINT64_MAX - 2), 0);
    assert_bits(fd, POLLIN);
}

static void a_closed_number_is_not_valid(void **state)
{
    (void)state;
    assert_int_equal(bits_of(closed_descriptor(), ALL), POLLNVAL);
    assert_int_equal(bits_of(closed_descriptor(), 0), POLLNVAL);
    assert_int_equal(bits_of(1 << 20, POLLIN), POLLNVAL);
}

static void a_reset_that_was_told_is_an_end(void **state)
{
    char byte;
    (void)state;
    struct ends ends = stream(AF_INET);
    reset(ends.client);
    wait_readable(ends.server);
    assert_fails(recv(ends.server, &byte, 1, 0), ECONNRESET);
    assert_bits(ends.server, READ_BITS | WRITE_BITS | POLLHUP | POLLRDHUP);
}

static void a_pair_is_hung_up_when_one_end_is_shut_both_ways(void **state)
{
    static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        int pair[2];
        assert_call(socketpair(AF_UNIX, types[i], 0, pair), 0);
        keep(pair[0]);
        assert_call(shutdown(keep(pair[1]), SHUT_RDWR), 0);
        assert_bits(pair[0],
                    READ_BITS | WRITE_BITS | POLLWRBAND | POLLHUP | POLLRDHUP);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_fresh_stream_is_writable_and_hung_up),
        claim(a_bound_stream_is_writable_and_hung_up),
        claim(a_listener_is_nothing_and_with_a_connection_readable),
        claim(a_connected_stream_is_writable_and_with_data_readable),
        claim(a_full_stream_is_not_writable),
        claim(a_refused_attempt_has_all_bits_until_it_is_told),
        claim(a_refused_attempt_is_told_whatever_is_asked),
        claim(a_stream_whose_connect_failed_is_hung_up_and_writable),
        claim(the_end_is_readable_and_not_hung_up),
        claim(the_end_is_told_when_the_data_before_it_were_read),
        claim(both_directions_ended_are_a_hang_up),
        claim(a_reset_has_all_bits),
        claim(a_reset_that_was_told_is_an_end),
        claim(own_shutdown_of_reading_is_readable),
        claim(own_shutdown_of_both_is_a_hang_up),
        claim(an_urgent_byte_is_urgent_and_not_readable),
        claim(a_datagram_socket_is_writable_from_the_start),
        claim(a_datagram_is_readable_also_an_empty_one),
        claim(a_pair_is_readable_and_hung_up_when_one_end_is_closed),
        claim(a_fresh_unix_stream_is_writable_and_hung_up),
        claim(a_pair_is_hung_up_when_one_end_is_shut_both_ways),
        claim(a_unix_listener_is_readable_with_a_connection),
        claim(a_pipe_is_writable_and_with_data_readable),
        claim(a_pipe_without_writer_is_hung_up),
        claim(a_pipe_without_reader_is_an_error),
        claim(a_file_is_always_ready),
        claim(a_counter_is_readable_when_it_is_not_zero),
        claim(a_closed_number_is_not_valid),
    };
    return cmocka_run_group_tests_name("poll_states", tests, NULL, NULL);
}
