/* poll_mixed.c: descriptors of all kinds in one poll(). */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <unistd.h>

enum {
    FILE_FD,
    PIPE_FD,
    SOCKET_FD,
    EVENT_FD,
    DATAGRAM_FD,
    KINDS
};

struct mixture {
    struct pollfd entries[KINDS];
    int pipe_end;
    int socket_end;
    int datagram_end;
};

/* All are asked to be read, and none but the file is ready. */
static struct mixture mix(void)
{
    struct mixture mixture;
    struct ends ends = stream(AF_INET);
    int fds[2], pair[2];
    assert_call(pipe(fds), 0);
    assert_call(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
    int all[KINDS] = {temporary_file(), keep(fds[0]), ends.server,
                      keep(eventfd(0, 0)), keep(pair[0])};
    for (size_t i = 0; i < KINDS; i++)
        mixture.entries[i] = (struct pollfd){all[i], POLLIN, 0x7f};
    mixture.pipe_end = keep(fds[1]);
    mixture.socket_end = ends.client;
    mixture.datagram_end = keep(pair[1]);
    return mixture;
}

static void assert_only(const struct mixture *mixture, size_t ready)
{
    for (size_t i = 0; i < KINDS; i++)
        assert_int_equal(mixture->entries[i].revents, i == ready ? POLLIN : 0);
}

static void a_file_is_ready_beside_what_is_not(void **state)
{
    (void)state;
    struct mixture mixture = mix();
    assert_call(poll(mixture.entries, KINDS, -1), 1);
    assert_only(&mixture, FILE_FD);
}

static void without_the_file_all_wait(void **state)
{
    (void)state;
    struct mixture mixture = mix();
    mixture.entries[FILE_FD].fd = -1;
    const long long begin = clock_ms();
    assert_call(poll(mixture.entries, KINDS, 40), 0);
    assert_true(clock_ms() - begin >= 40);
    assert_only(&mixture, KINDS);
}

struct act {
    struct mixture *mixture;
    void (*act)(struct mixture *mixture);
};

static void *act_later(void *context)
{
    struct act *act = context;
    let_others_wait();
    act->act(act->mixture);
    return NULL;
}

static void write_pipe(struct mixture *mixture)
{
    assert_call(write(mixture->pipe_end, "x", 1), 1);
}

static void send_stream(struct mixture *mixture)
{
    assert_call(send(mixture->socket_end, "x", 1, 0), 1);
}

static void add_event(struct mixture *mixture)
{
    assert_call(eventfd_write(mixture->entries[EVENT_FD].fd, 1), 0);
}

static void send_datagram(struct mixture *mixture)
{
    assert_call(send(mixture->datagram_end, "x", 1, 0), 1);
}

static void each_kind_ends_the_wait(void **state)
{
    (void)state;
    static void (*const acts[KINDS])(struct mixture *) = {
        [PIPE_FD] = write_pipe,
        [SOCKET_FD] = send_stream,
        [EVENT_FD] = add_event,
        [DATAGRAM_FD] = send_datagram};
    for (size_t kind = PIPE_FD; kind < KINDS; kind++) {
        struct mixture mixture = mix();
        struct act act = {&mixture, acts[kind]};
        mixture.entries[FILE_FD].fd = -1;
        struct helper *helper = begin(act_later, &act);
        assert_call(poll(mixture.entries, KINDS, 5000), 1);
        assert_only(&mixture, kind);
        finish(helper);
    }
}

static void all_that_are_ready_are_told_at_once(void **state)
{
    (void)state;
    struct mixture mixture = mix();
    write_pipe(&mixture);
    send_stream(&mixture);
    add_event(&mixture);
    send_datagram(&mixture);
    for (size_t i = 0; i < KINDS; i++)
        wait_readable(mixture.entries[i].fd);
    assert_call(poll(mixture.entries, KINDS, -1), KINDS);
    for (size_t i = 0; i < KINDS; i++)
        assert_int_equal(mixture.entries[i].revents, POLLIN);
}

static void select_takes_all_kinds(void **state)
{
    (void)state;
    struct mixture mixture = mix();
    fd_set read;
    int highest = 0;
    FD_ZERO(&read);
    for (size_t i = 0; i < KINDS; i++) {
        FD_SET(mixture.entries[i].fd, &read);
        if (mixture.entries[i].fd > highest)
            highest = mixture.entries[i].fd;
    }
    send_stream(&mixture);
    wait_readable(mixture.entries[SOCKET_FD].fd);
    assert_call(select(highest + 1, &read, NULL, NULL, NULL), 2);
    assert_true(FD_ISSET(mixture.entries[FILE_FD].fd, &read));
    assert_true(FD_ISSET(mixture.entries[SOCKET_FD].fd, &read));
    assert_false(FD_ISSET(mixture.entries[PIPE_FD].fd, &read));
}

static void a_set_of_epoll_can_be_waited_for(void **state)
{
    (void)state;
    struct mixture mixture = mix();
    int set = keep(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN};
    assert_call(
        epoll_ctl(set, EPOLL_CTL_ADD, mixture.entries[SOCKET_FD].fd, &event),
        0);
    mixture.entries[FILE_FD].fd = set;
    mixture.entries[SOCKET_FD].fd = -1;
    assert_call(poll(mixture.entries, KINDS, 0), 0);
    struct act act = {&mixture, send_stream};
    struct helper *helper = begin(act_later, &act);
    assert_call(poll(mixture.entries, KINDS, 5000), 1);
    assert_only(&mixture, FILE_FD);
    finish(helper);
}

static void the_output_of_a_program_can_be_waited_for(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    char text[16] = "";
    FILE *program = popen("echo hello", "r");
    if (program == NULL)
        skip_because("no program can be started");
    struct pollfd entries[2] = {{fileno(program), POLLIN, 0},
                                {ends.server, POLLIN, 0}};
    assert_call(poll(entries, 2, 10000), 1);
    assert_int_equal(entries[0].revents & ~POLLHUP, POLLIN);
    assert_int_equal(entries[1].revents, 0);
    assert_non_null(fgets(text, sizeof text, program));
    assert_memory_equal(text, "hello", 5);
    assert_call(poll(entries, 1, 10000), 1);
    assert_int_equal(entries[0].revents & POLLHUP, POLLHUP);
    pclose(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_file_is_ready_beside_what_is_not),
        claim(without_the_file_all_wait),
        claim(each_kind_ends_the_wait),
        claim(all_that_are_ready_are_told_at_once),
        claim(select_takes_all_kinds),
        claim(a_set_of_epoll_can_be_waited_for),
        claim(the_output_of_a_program_can_be_waited_for),
    };
    return cmocka_run_group_tests_name("poll_mixed", tests, NULL, NULL);
}
