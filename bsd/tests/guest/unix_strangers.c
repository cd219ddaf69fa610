/* unix_strangers.c: Unix sockets where the system has none stand behind a port of
 * loopback, to which anybody can connect.  Who does not know the secret of the file
 * must be nobody. */
#include "../unix_socket.h"

#include <fcntl.h>
#include <io.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    HELLO_SIZE = 24,
    CHALLENGE_SIZE = 32,
    REQUEST_SIZE = 136,
    STRANGERS = 40
};

static const char *program;

/* --- What the file says -------------------------------------------------------- */

struct told {
    char type[16];
    int family;
    int port;
    char secret[40];
};

/* By the C runtime, as open() takes it for the socket that it stands for. */
static struct told read_file(const char *path)
{
    struct told told;
    char text[128] = {0};
    int fd = _open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_true(_read(fd, text, sizeof text - 1) > 0);
    _close(fd);
    assert_int_equal(sscanf(text, "psock unix socket 1 %15s %d %d %39s",
                            told.type, &told.family, &told.port, told.secret),
                     4);
    return told;
}

static void write_file(const char *path, const char *text, size_t size)
{
    int fd = _open(path, O_WRONLY | O_CREAT | O_TRUNC | O_BINARY, 0600);
    assert_true(fd >= 0);
    assert_call(_write(fd, text, (unsigned)size), size);
    _close(fd);
}

/* A connection to the port by somebody who has seen that it is open. */
static int stranger_at(const char *path)
{
    struct told told = read_file(path);
    int family = told.family == 4 ? AF_INET : AF_INET6;
    struct address address = loopback(family, (uint16_t)told.port);
    int fd = keep(socket(family, SOCK_STREAM, 0));
    assert_call(connect(fd, as_sockaddr(&address), address.length), 0);
    return fd;
}

static void assert_shown_the_door(int fd)
{
    char buffer[256];
    wait_readable(fd);
    ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    assert_true(size == 0 || (size == -1 && errno == ECONNRESET));
}

static void assert_nobody_came(int listener)
{
    set_nonblocking(listener);
    assert_fails(accept(listener, NULL, NULL), EAGAIN);
}

/* --- Strangers ------------------------------------------------------------------ */

static void a_stranger_is_not_seen(void **state)
{
    const char *path = temporary_path();
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int stranger = stranger_at(path);
    assert_call(send(stranger, "GET / HTTP/1.0\r\n\r\n......", HELLO_SIZE, 0),
                HELLO_SIZE);
    assert_shown_the_door(stranger);
    assert_nobody_came(listener);
}

static void one_without_the_secret_is_shown_the_door(void **state)
{
    const char *path = temporary_path();
    char hello[HELLO_SIZE] = "psock-1";
    char request[REQUEST_SIZE] = {0};
    char challenge[CHALLENGE_SIZE];
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int stranger = stranger_at(path);
    assert_call(send(stranger, hello, sizeof hello, 0), sizeof hello);
    assert_call(recv(stranger, challenge, sizeof challenge, MSG_WAITALL),
                sizeof challenge);
    request[20] = SOCK_STREAM;
    assert_call(send(stranger, request, sizeof request, 0), sizeof request);
    assert_shown_the_door(stranger);
    assert_nobody_came(listener);
}

static void what_the_server_proved_proves_nothing_for_others(void **state)
{
    const char *path = temporary_path();
    char hello[HELLO_SIZE] = "psock-1";
    char request[REQUEST_SIZE] = {0};
    char challenge[CHALLENGE_SIZE];
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    int stranger = stranger_at(path);
    assert_call(send(stranger, hello, sizeof hello, 0), sizeof hello);
    assert_call(recv(stranger, challenge, sizeof challenge, MSG_WAITALL),
                sizeof challenge);
    memcpy(request, challenge + 16, 16);
    request[20] = SOCK_STREAM;
    assert_call(send(stranger, request, sizeof request, 0), sizeof request);
    assert_shown_the_door(stranger);
    assert_nobody_came(listener);
}

static void no_two_challenges_are_the_same(void **state)
{
    const char *path = temporary_path();
    char hello[HELLO_SIZE] = "psock-1";
    char challenges[2][CHALLENGE_SIZE];
    (void)state;
    listening_at(SOCK_STREAM, path, 4);
    for (int i = 0; i < 2; i++) {
        int stranger = stranger_at(path);
        assert_call(send(stranger, hello, sizeof hello, 0), sizeof hello);
        assert_call(recv(stranger, challenges[i], CHALLENGE_SIZE, MSG_WAITALL),
                    CHALLENGE_SIZE);
    }
    assert_memory_not_equal(challenges[0], challenges[1], 16);
    assert_memory_not_equal(challenges[0] + 16, challenges[1] + 16, 16);
}

static void a_datagram_of_a_stranger_does_not_arrive(void **state)
{
    const char *path = temporary_path();
    char letter[120] = {5};
    (void)state;
    int receiver = bound_at(SOCK_DGRAM, path);
    int stranger = stranger_at(path);
    send(stranger, letter, sizeof letter, 0);
    assert_shown_the_door(stranger);
    assert_fails(recv(receiver, letter, sizeof letter, MSG_DONTWAIT), EAGAIN);
}

static int greet(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect_path(fd, path) == 0 && send(fd, "hello", 5, 0) == 5;
}

static void silent_strangers_keep_nobody_waiting(void **state)
{
    const char *path = temporary_path();
    char command[512];
    (void)state;
    int listener = listening_at(SOCK_STREAM, path, 4);
    for (int i = 0; i < STRANGERS; i++)
        stranger_at(path);
    snprintf(command, sizeof command, "\"%s\" %s", program, path);
    assert_int_equal(system(command), 0);
    assert_received(keep(accept(listener, NULL, NULL)), "hello");
    assert_nobody_came(listener);
}

/* --- False servers --------------------------------------------------------------- */

static void *answer_falsely(void *context)
{
    static const char challenge[CHALLENGE_SIZE] = "I know it, believe me";
    int fd = accept(*(int *)context, NULL, NULL);
    char buffer[512];
    size_t size = (size_t)recv(fd, buffer, HELLO_SIZE, MSG_WAITALL);
    send(fd, challenge, sizeof challenge, 0);
    ssize_t more = recv(fd, buffer, sizeof buffer, 0);
    close(fd);
    return (void *)(size + (more > 0 ? (size_t)more : 0));
}

static void who_took_over_the_port_learns_nothing(void **state)
{
    const char *path = temporary_path();
    char text[96];
    (void)state;
    int impostor = listening(AF_INET);
    struct address address = name_of(impostor);
    int size = snprintf(text, sizeof text,
                        "psock unix socket 1 stream 4 %d "
                        "0123456789abcdef0123456789abcdef\n",
                        port_of(&address));
    write_file(path, text, (size_t)size);
    struct helper *helper = begin(answer_falsely, &impostor);
    assert_fails(connect_path(unix_socket(SOCK_STREAM), path), ECONNREFUSED);
    assert_int_equal((size_t)finish(helper), HELLO_SIZE);
}

/* --- False files ------------------------------------------------------------------ */

static void a_file_that_is_not_exactly_right_refuses(void **state)
{
    static const char secret[] = "0123456789abcdef0123456789abcdef";
    static const char *const formats[] = {
        "psock unix socket 2 stream 4 %d %s\n",
        "psock unix socket 1 stream 4 %d %s",
        "psock unix socket 1 stream 4 %d %s\n\n",
        "psock unix socket 1 stream 4 +%d %s\n",
        "psock unix socket 1 stream 4 0%d %s\n",
        "psock unix socket 1 stream 5 %d %s\n",
        "psock unix socket 1  stream 4 %d %s\n",
        "psock unix socket 1 raw 4 %d %s\n",
        "psock unix socket 1 stream 4 %d 0%s\n",
        "psock unix socket 1 stream 4 %d -%s\n",
        " psock unix socket 1 stream 4 %d %s\n",
        "psock unix socket 1 stream 4 %d %.31s\n",
    };
    const char *path = temporary_path();
    (void)state;
    struct address deserted_at = deserted(AF_INET, SOCK_STREAM);
    int port = port_of(&deserted_at);
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        char text[128];
        int size = snprintf(text, sizeof text, formats[i], port, secret);
        write_file(path, text, (size_t)size);
        assert_fails(connect_path(unix_socket(SOCK_STREAM), path),
                     ECONNREFUSED);
        assert_fails(connect_path(unix_socket(SOCK_DGRAM), path), ECONNREFUSED);
    }
}

static void a_copy_of_the_file_leads_there_too(void **state)
{
    const char *path = temporary_path();
    const char *copy = temporary_path();
    char text[96];
    (void)state;
    listening_at(SOCK_STREAM, path, 4);
    struct told told = read_file(path);
    int size = snprintf(text, sizeof text, "psock unix socket 1 %s %d %d %s\n",
                        told.type, told.family, told.port, told.secret);
    write_file(copy, text, (size_t)size);
    connected_to(SOCK_STREAM, copy);
}

static void every_socket_has_a_secret_of_its_own(void **state)
{
    const char *first = temporary_path();
    const char *second = temporary_path();
    (void)state;
    bound_at(SOCK_STREAM, first);
    bound_at(SOCK_STREAM, second);
    struct told one = read_file(first);
    struct told other = read_file(second);
    assert_int_equal(strlen(one.secret), 32);
    assert_string_not_equal(one.secret, other.secret);
    assert_int_not_equal(one.port, other.port);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        claim(a_stranger_is_not_seen),
        claim(one_without_the_secret_is_shown_the_door),
        claim(what_the_server_proved_proves_nothing_for_others),
        claim(no_two_challenges_are_the_same),
        claim(a_datagram_of_a_stranger_does_not_arrive),
        claim(silent_strangers_keep_nobody_waiting),
        claim(who_took_over_the_port_learns_nothing),
        claim(a_file_that_is_not_exactly_right_refuses),
        claim(a_copy_of_the_file_leads_there_too),
        claim(every_socket_has_a_secret_of_its_own),
    };
    program = argv[0];
    if (argc == 2)
        return greet(argv[1]) ? 0 : 1;
    return cmocka_run_group_tests_name("unix_strangers", tests, NULL, NULL);
}
