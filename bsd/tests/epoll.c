/* epoll.c: epoll_create(), epoll_ctl(), epoll_wait(): sets, levels, one-shots. */
#include "fixture.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int new_set(void)
{
    return keep(epoll_create1(0));
}

static int control(int set, int what, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.fd = fd}};
    return epoll_ctl(set, what, fd, &event);
}

static void add(int set, int fd, uint32_t events)
{
    assert_call(control(set, EPOLL_CTL_ADD, fd, events), 0);
}

static void change(int set, int fd, uint32_t events)
{
    assert_call(control(set, EPOLL_CTL_MOD, fd, events), 0);
}

static void assert_told(int set, int fd, uint32_t events)
{
    struct epoll_event event = {0};
    assert_call(epoll_wait(set, &event, 1, 5000), 1);
    assert_int_equal(event.data.fd, fd);
    assert_int_equal(event.events, events);
}

static void assert_silent(int set)
{
    struct epoll_event event;
    assert_call(epoll_wait(set, &event, 1, 0), 0);
}

static void put_byte(int fd)
{
    assert_call(send(fd, "x", 1, 0), 1);
}

static void take_byte(int fd)
{
    char byte;
    assert_call(recv(fd, &byte, 1, 0), 1);
}

/* --- Levels ------------------------------------------------------------------------------ */

static void what_is_ready_is_told_again_and_again(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.server, EPOLLIN);
    assert_silent(set);
    put_byte(ends.client);
    assert_told(set, ends.server, EPOLLIN);
    assert_told(set, ends.server, EPOLLIN);
    take_byte(ends.server);
    assert_silent(set);
}

static void only_what_is_asked_for_is_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.client, EPOLLOUT);
    put_byte(ends.server);
    wait_readable(ends.client);
    assert_told(set, ends.client, EPOLLOUT);
    change(set, ends.client, EPOLLIN | EPOLLOUT);
    assert_told(set, ends.client, EPOLLIN | EPOLLOUT);
    change(set, ends.client, 0);
    assert_silent(set);
}

static void a_hang_up_comes_unasked(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.server, 0);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    wait_readable(ends.server);
    assert_silent(set);
    assert_call(shutdown(ends.server, SHUT_WR), 0);
    assert_told(set, ends.server, EPOLLHUP);
}

static void the_end_is_told_to_those_who_ask(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.server, EPOLLRDHUP);
    assert_call(shutdown(ends.client, SHUT_WR), 0);
    assert_told(set, ends.server, EPOLLRDHUP);
    change(set, ends.server, EPOLLIN);
    assert_told(set, ends.server, EPOLLIN);
}

static void all_of_its_data_come_back(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    struct epoll_event event = {.events = EPOLLOUT};
    event.data.u64 = 0x123456789abcdef0u;
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, ends.client, &event), 0);
    event.data.u64 = 0;
    assert_call(epoll_wait(set, &event, 1, 1000), 1);
    assert_true(event.data.u64 == 0x123456789abcdef0u);
}

static void data_change_with_the_events(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.client, EPOLLOUT);
    struct epoll_event event = {.events = EPOLLOUT};
    event.data.u64 = 77;
    assert_call(epoll_ctl(set, EPOLL_CTL_MOD, ends.client, &event), 0);
    assert_call(epoll_wait(set, &event, 1, 1000), 1);
    assert_true(event.data.u64 == 77);
}

/* --- One-shots ---------------------------------------------------------------------------- */

static void a_one_shot_is_told_once_until_it_is_changed(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.server, EPOLLIN | EPOLLONESHOT);
    put_byte(ends.client);
    assert_told(set, ends.server, EPOLLIN);
    put_byte(ends.client);
    assert_silent(set);
    change(set, ends.server, EPOLLIN | EPOLLONESHOT);
    assert_told(set, ends.server, EPOLLIN);
    assert_silent(set);
}

static void a_one_shot_counter_is_told_once(void **state)
{
    (void)state;
    int set = new_set(), fd = keep(eventfd(1, 0));
    add(set, fd, EPOLLIN | EPOLLONESHOT);
    assert_told(set, fd, EPOLLIN);
    assert_silent(set);
    assert_call(eventfd_write(fd, 1), 0);
    assert_silent(set);
    change(set, fd, EPOLLIN);
    assert_told(set, fd, EPOLLIN);
}

/* --- What can be in it ----------------------------------------------------------------------- */

static void pipes_and_counters_are_told(void **state)
{
    (void)state;
    int set = new_set(), ends[2], counter = keep(eventfd(0, 0));
    assert_call(pipe(ends), 0);
    keep(ends[0]);
    keep(ends[1]);
    add(set, ends[0], EPOLLIN);
    add(set, counter, EPOLLIN);
    assert_silent(set);
    assert_call(write(ends[1], "x", 1), 1);
    assert_told(set, ends[0], EPOLLIN);
    char byte;
    assert_call(read(ends[0], &byte, 1), 1);
    assert_call(eventfd_write(counter, 1), 0);
    assert_told(set, counter, EPOLLIN);
    eventfd_t value;
    assert_call(eventfd_read(counter, &value), 0);
    assert_silent(set);
    close_kept(ends[1]);
    assert_told(set, ends[0], EPOLLHUP);
}

static void the_output_of_a_program_is_told(void **state)
{
    (void)state;
    int set = new_set();
    char text[16] = "";
    FILE *program = popen("echo hello", "r");
    if (program == NULL)
        skip_because("no program can be started");
    add(set, fileno(program), EPOLLIN);
    assert_fails(control(set, EPOLL_CTL_ADD, fileno(program), EPOLLIN), EEXIST);
    struct epoll_event event = {0};
    assert_call(epoll_wait(set, &event, 1, 10000), 1);
    assert_true(event.events & EPOLLIN);
    assert_non_null(fgets(text, sizeof text, program));
    assert_memory_equal(text, "hello", 5);
    assert_call(epoll_wait(set, &event, 1, 10000), 1);
    assert_int_equal(event.events, EPOLLHUP);
    pclose(program);
    assert_silent(set);
}

static void a_set_in_a_set_is_readable_when_it_has_news(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int inner = new_set(), outer = new_set();
    add(inner, ends.server, EPOLLIN | EPOLLONESHOT);
    add(outer, inner, EPOLLIN);
    assert_silent(outer);
    put_byte(ends.client);
    assert_told(outer, inner, EPOLLIN);
    assert_told(outer, inner, EPOLLIN);
    assert_told(inner, ends.server, EPOLLIN);
    assert_silent(outer);
}

static void the_same_description_is_in_it_by_each_number(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set(), other = keep(dup(ends.server));
    struct epoll_event events[4];
    add(set, ends.server, EPOLLIN);
    add(set, other, EPOLLIN);
    put_byte(ends.client);
    wait_readable(other);
    assert_call(epoll_wait(set, events, 4, 1000), 2);
    assert_int_equal(events[0].data.fd + events[1].data.fd,
                     ends.server + other);
}

/* --- Leaving ------------------------------------------------------------------------------------ */

static void what_is_taken_out_is_not_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.server, EPOLLIN | EPOLLOUT);
    assert_call(epoll_ctl(set, EPOLL_CTL_DEL, ends.server, NULL), 0);
    assert_silent(set);
    assert_fails(epoll_ctl(set, EPOLL_CTL_DEL, ends.server, NULL), ENOENT);
    add(set, ends.server, EPOLLOUT);
    assert_told(set, ends.server, EPOLLOUT);
}

static void closing_takes_out(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set(), counter = keep(eventfd(1, 0));
    add(set, ends.server, EPOLLOUT);
    add(set, counter, EPOLLIN);
    close_kept(ends.server);
    close_kept(counter);
    assert_silent(set);
}

static void closing_one_of_two_numbers_does_not(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set(), other = keep(dup(ends.server));
    add(set, ends.server, EPOLLIN);
    int number = ends.server;
    close_kept(ends.server);
    put_byte(ends.client);
    assert_told(set, number, EPOLLIN);
    close_kept(other);
    assert_silent(set);
}

static void a_number_that_comes_back_is_another(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.server, EPOLLIN);
    int number = ends.server;
    close_kept(ends.server);
    int again = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_int_equal(again, number);
    assert_fails(control(set, EPOLL_CTL_MOD, again, EPOLLOUT), ENOENT);
    add(set, again, EPOLLOUT);
    assert_told(set, again, EPOLLOUT);
}

static void closing_the_set_leaves_what_was_in_it(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.server, EPOLLIN);
    close_kept(set);
    put_byte(ends.client);
    take_byte(ends.server);
}

/* --- Waiting -------------------------------------------------------------------------------------- */

static void a_timeout_is_never_early(void **state)
{
    (void)state;
    int set = new_set();
    struct epoll_event event;
    const long long begin = clock_ms();
    assert_call(epoll_wait(set, &event, 1, 50), 0);
    assert_true(clock_ms() - begin >= 50);
}

struct later {
    int set;
    int fd;
    int peer;
};

static void *send_later(void *context)
{
    let_others_wait();
    put_byte(((struct later *)context)->peer);
    return NULL;
}

static void *add_later(void *context)
{
    struct later *later = context;
    let_others_wait();
    add(later->set, later->fd, EPOLLIN | EPOLLOUT);
    return NULL;
}

static void *change_later(void *context)
{
    struct later *later = context;
    let_others_wait();
    change(later->set, later->fd, EPOLLOUT);
    return NULL;
}

static void *count_later(void *context)
{
    let_others_wait();
    assert_call(eventfd_write(((struct later *)context)->fd, 1), 0);
    return NULL;
}

static void assert_told_by(void *(*act)(void *context), struct later *later,
                           uint32_t events)
{
    struct helper *helper = begin(act, later);
    struct epoll_event event = {0};
    assert_call(epoll_wait(later->set, &event, 1, -1), 1);
    assert_int_equal(event.data.fd, later->fd);
    assert_int_equal(event.events, events);
    finish(helper);
}

static void what_comes_ends_a_wait(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct later later = {new_set(), ends.server, ends.client};
    add(later.set, ends.server, EPOLLIN);
    assert_told_by(send_later, &later, EPOLLIN);
}

static void a_counter_ends_a_wait(void **state)
{
    (void)state;
    struct later later = {new_set(), keep(eventfd(0, 0)), -1};
    add(later.set, later.fd, EPOLLIN);
    assert_told_by(count_later, &later, EPOLLIN);
}

static void what_another_thread_puts_in_is_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct later socket_later = {new_set(), ends.server, -1};
    assert_told_by(add_later, &socket_later, EPOLLOUT);
    struct later counter_later = {new_set(), keep(eventfd(1, 0)), -1};
    assert_told_by(add_later, &counter_later, EPOLLIN | EPOLLOUT);
}

static void what_another_thread_changes_is_told(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct later later = {new_set(), ends.server, -1};
    add(later.set, later.fd, EPOLLIN);
    assert_told_by(change_later, &later, EPOLLOUT);
}

static void pwait_takes_a_mask_and_pwait2_finer_timeouts(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    struct epoll_event event;
    struct timespec timeout = {0, 20000000};
    sigset_t mask;
    sigemptyset(&mask);
    add(set, ends.client, EPOLLOUT);
    assert_call(epoll_pwait(set, &event, 1, 1000, &mask), 1);
    assert_call(epoll_pwait2(set, &event, 1, NULL, &mask), 1);
    change(set, ends.client, EPOLLIN);
    assert_call(epoll_pwait(set, &event, 1, 0, NULL), 0);
    const long long begin = clock_ms();
    assert_call(epoll_pwait2(set, &event, 1, &timeout, NULL), 0);
    assert_true(clock_ms() - begin >= 19);
    timeout.tv_nsec = -1;
    assert_fails(epoll_pwait2(set, &event, 1, &timeout, NULL), EINVAL);
}

static volatile sig_atomic_t came;

static void note(int number)
{
    came = number;
}

static void a_signal_ends_a_wait(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    struct sigaction before;
    struct itimerval soon = {.it_value = {0, 30000}};
    struct epoll_event event;
    sigemptyset(&action.sa_mask);
    assert_call(sigaction(SIGALRM, &action, &before), 0);
    assert_call(setitimer(ITIMER_REAL, &soon, NULL), 0);
    assert_fails(epoll_wait(new_set(), &event, 1, 5000), EINTR);
    assert_int_equal(came, SIGALRM);
    assert_call(sigaction(SIGALRM, &before, NULL), 0);
}

static struct sockaddr_un path_address(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, temporary_path(), sizeof address.sun_path - 1);
    return address;
}

static void a_unix_listener_is_told_whenever_it_was_put_in(void **state)
{
    (void)state;
    for (int early = 0; early < 2; early++) {
        int set = new_set(), listener = keep(socket(AF_UNIX, SOCK_STREAM, 0));
        int client = keep(socket(AF_UNIX, SOCK_STREAM, 0));
        struct sockaddr_un address = path_address();
        const struct sockaddr *name = (const struct sockaddr *)&address;
        if (early)
            add(set, listener, EPOLLIN);
        assert_call(bind(listener, name, sizeof address), 0);
        assert_call(listen(listener, 4), 0);
        if (!early)
            add(set, listener, EPOLLIN);
        assert_silent(set);
        assert_call(connect(client, name, sizeof address), 0);
        assert_told(set, listener, EPOLLIN);
        keep(accept(listener, NULL, NULL));
        assert_silent(set);
    }
}

/* --- Errors ------------------------------------------------------------------------------------------ */

static void sets_are_made_with_sound_arguments(void **state)
{
    (void)state;
    assert_fails(epoll_create(0), EINVAL);
    assert_fails(epoll_create(-1), EINVAL);
    assert_fails(epoll_create1(1), EINVAL);
    assert_call(fcntl(keep(epoll_create(1)), F_GETFD), 0);
    assert_call(fcntl(keep(epoll_create1(EPOLL_CLOEXEC)), F_GETFD), FD_CLOEXEC);
}

static void what_is_in_is_eexist_and_what_is_not_enoent(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    assert_fails(control(set, EPOLL_CTL_MOD, ends.client, EPOLLIN), ENOENT);
    add(set, ends.client, EPOLLIN);
    assert_fails(control(set, EPOLL_CTL_ADD, ends.client, EPOLLIN), EEXIST);
}

static void closed_numbers_are_ebadf(void **state)
{
    (void)state;
    int set = new_set();
    struct epoll_event event;
    assert_fails(control(set, EPOLL_CTL_ADD, closed_descriptor(), EPOLLIN),
                 EBADF);
    int fd = keep(eventfd(0, 0));
    assert_fails(control(closed_descriptor(), EPOLL_CTL_ADD, fd, EPOLLIN),
                 EBADF);
    assert_fails(epoll_wait(closed_descriptor(), &event, 1, 0), EBADF);
    assert_fails(control(set, EPOLL_CTL_ADD, -1, EPOLLIN), EBADF);
}

static void files_are_eperm(void **state)
{
    (void)state;
    assert_fails(control(new_set(), EPOLL_CTL_ADD, temporary_file(), EPOLLIN),
                 EPERM);
}

static void what_is_no_set_is_einval(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct epoll_event event;
    int set = new_set();
    assert_fails(control(ends.server, EPOLL_CTL_ADD, ends.client, EPOLLIN),
                 EINVAL);
    assert_fails(epoll_wait(ends.server, &event, 1, 0), EINVAL);
    assert_fails(epoll_wait(temporary_file(), &event, 1, 0), EINVAL);
    assert_fails(control(set, EPOLL_CTL_ADD, set, EPOLLIN), EINVAL);
    assert_fails(control(set, 17, ends.client, EPOLLIN), EINVAL);
}

static void no_room_for_events_is_einval(void **state)
{
    (void)state;
    int set = new_set();
    struct epoll_event event;
    assert_fails(epoll_wait(set, &event, 0, 0), EINVAL);
    volatile int negative = -1, too_many = INT_MAX;
    assert_fails(epoll_wait(set, &event, negative, 0), EINVAL);
    assert_fails(epoll_wait(set, &event, too_many, 0), EINVAL);
}

static void events_at_null_are_efault(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    struct epoll_event *volatile nowhere = NULL;
    int set = new_set();
    assert_fails(epoll_ctl(set, EPOLL_CTL_ADD, ends.client, nowhere), EFAULT);
    add(set, ends.client, EPOLLOUT);
    assert_fails(epoll_wait(set, nowhere, 1, 1000), EFAULT);
}

static void sets_in_a_circle_are_eloop(void **state)
{
    (void)state;
    int first = new_set(), second = new_set(), third = new_set();
    add(first, second, EPOLLIN);
    add(second, third, EPOLLIN);
    assert_fails(control(third, EPOLL_CTL_ADD, first, EPOLLIN), ELOOP);
}

static void an_exclusive_one_cannot_be_changed(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    int set = new_set();
    add(set, ends.client, EPOLLOUT | EPOLLEXCLUSIVE);
    assert_told(set, ends.client, EPOLLOUT);
    assert_fails(control(set, EPOLL_CTL_MOD, ends.client, EPOLLIN), EINVAL);
    assert_fails(control(set, EPOLL_CTL_ADD, ends.server,
                         EPOLLIN | EPOLLRDHUP | EPOLLEXCLUSIVE),
                 EINVAL);
    assert_fails(
        control(set, EPOLL_CTL_ADD, new_set(), EPOLLIN | EPOLLEXCLUSIVE),
        EINVAL);
}

static void a_set_cannot_be_read(void **state)
{
    (void)state;
    char byte = 0;
    int set = new_set();
    assert_fails(read(set, &byte, 1), EINVAL);
    assert_fails(write(set, &byte, 1), EINVAL);
    assert_fails(send(set, &byte, 1, 0), ENOTSOCK);
}

static void a_closed_end_of_a_pair_is_a_hang_up(void **state)
{
    int pair[2];
    struct epoll_event event = {.events = EPOLLIN};
    (void)state;
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    int set = keep(epoll_create1(0));
    assert_call(epoll_ctl(set, EPOLL_CTL_ADD, keep(pair[0]), &event), 0);
    assert_call(close(pair[1]), 0);
    assert_call(epoll_wait(set, &event, 1, 5000), 1);
    assert_int_equal(event.events, EPOLLIN | EPOLLHUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(what_is_ready_is_told_again_and_again),
        claim(only_what_is_asked_for_is_told),
        claim(a_hang_up_comes_unasked),
        claim(the_end_is_told_to_those_who_ask),
        claim(all_of_its_data_come_back),
        claim(data_change_with_the_events),
        claim(a_one_shot_is_told_once_until_it_is_changed),
        claim(a_one_shot_counter_is_told_once),
        claim(pipes_and_counters_are_told),
        claim(the_output_of_a_program_is_told),
        claim(a_set_in_a_set_is_readable_when_it_has_news),
        claim(the_same_description_is_in_it_by_each_number),
        claim(what_is_taken_out_is_not_told),
        claim(closing_takes_out),
        claim(closing_one_of_two_numbers_does_not),
        claim(a_number_that_comes_back_is_another),
        claim(closing_the_set_leaves_what_was_in_it),
        claim(a_timeout_is_never_early),
        claim(what_comes_ends_a_wait),
        claim(a_counter_ends_a_wait),
        claim(what_another_thread_puts_in_is_told),
        claim(what_another_thread_changes_is_told),
        claim(pwait_takes_a_mask_and_pwait2_finer_timeouts),
        claim(a_signal_ends_a_wait),
        claim(a_closed_end_of_a_pair_is_a_hang_up),
        claim(a_unix_listener_is_told_whenever_it_was_put_in),
        claim(sets_are_made_with_sound_arguments),
        claim(what_is_in_is_eexist_and_what_is_not_enoent),
        claim(closed_numbers_are_ebadf),
        claim(files_are_eperm),
        claim(what_is_no_set_is_einval),
        claim(no_room_for_events_is_einval),
        claim(events_at_null_are_efault),
        claim(sets_in_a_circle_are_eloop),
        claim(an_exclusive_one_cannot_be_changed),
        claim(a_set_cannot_be_read),
    };
    return cmocka_run_group_tests_name("epoll", tests, NULL, NULL);
}
