/* races.c: threads that open, close and exchange descriptors at the same time. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    THREADS = 4,
    ROUNDS = 200,
    EXCHANGES = 2000
};

/* --- Each its own --------------------------------------------------------------- */

/* What went wrong in a thread: assertions are for the main thread, and for when all
 * others have ended. */
static atomic_int failures;

static void demand(int holds)
{
    if (!holds)
        atomic_fetch_add(&failures, 1);
}

/* Sends itself a number that no other thread has, by a pair and a pipe. */
static void use_pairs(int number)
{
    int fds[2] = {-1, -1};
    int got = -1;
    demand(socketpair(AF_UNIX, number % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM, 0,
                      fds) == 0);
    int copy = dup(fds[1]);
    demand(close(fds[1]) == 0);
    demand(send(fds[0], &number, sizeof number, 0) == sizeof number);
    demand(recv(copy, &got, sizeof got, MSG_WAITALL) == sizeof got);
    demand(got == number);
    demand(close(fds[0]) == 0 && close(copy) == 0);
}

static void use_pipes(int number)
{
    int ends[2] = {-1, -1};
    int got = -1;
    demand(pipe(ends) == 0);
    demand(write(ends[1], &number, sizeof number) == sizeof number);
    demand(read(ends[0], &got, sizeof got) == sizeof got);
    demand(got == number);
    demand(close(ends[1]) == 0 && close(ends[0]) == 0);
}

static void use_sets(int number)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = number};
    eventfd_t value = 0;
    int set = epoll_create1(0);
    int counter = eventfd(0, 0);
    demand(epoll_ctl(set, EPOLL_CTL_ADD, counter, &event) == 0);
    demand(eventfd_write(counter, (eventfd_t)number + 1) == 0);
    memset(&event, 0, sizeof event);
    demand(epoll_wait(set, &event, 1, 5000) == 1 && event.data.fd == number);
    demand(eventfd_read(counter, &value) == 0);
    demand(value == (eventfd_t)number + 1);
    demand(close(counter) == 0 && close(set) == 0);
}

static void *use_all(void *context)
{
    const int first = *(int *)context;
    for (int i = 0; i < ROUNDS; i++) {
        use_pairs(first + i);
        use_pipes(first + i);
        use_sets(first + i);
    }
    return NULL;
}

static void what_one_thread_opens_no_other_meets(void **state)
{
    int first[THREADS];
    struct helper *helpers[THREADS];
    (void)state;
    atomic_store(&failures, 0);
    int before = closed_descriptor();
    for (int i = 0; i < THREADS; i++) {
        first[i] = i * ROUNDS;
        helpers[i] = begin(use_all, &first[i]);
    }
    for (int i = 0; i < THREADS; i++)
        finish(helpers[i]);
    assert_int_equal(atomic_load(&failures), 0);
    assert_int_equal(closed_descriptor(), before);
}

/* --- One for all ------------------------------------------------------------------- */

struct exchange {
    int sources[2];
    int fd;
    atomic_int is_over;
};

/* Makes the number now this, now that, without a moment in which it is nothing. */
static void *exchange(void *context)
{
    struct exchange *shared = context;
    for (int i = 0; i < EXCHANGES; i++)
        demand(dup2(shared->sources[i % 2], shared->fd) == shared->fd);
    atomic_store(&shared->is_over, 1);
    return NULL;
}

static void a_number_that_dup2_replaces_is_always_one(void **state)
{
    (void)state;
    char byte;
    atomic_store(&failures, 0);
    struct ends one = stream(AF_INET);
    struct ends other = datagrams(AF_INET);
    struct exchange shared = {{one.client, other.client}, dup(one.client), 0};
    keep(shared.fd);
    struct helper *helper = begin(exchange, &shared);
    while (!atomic_load(&shared.is_over)) {
        struct pollfd entry = {.fd = shared.fd, .events = POLLIN};
        demand(recv(shared.fd, &byte, 1, MSG_DONTWAIT) == -1 &&
               errno == EAGAIN);
        demand(poll(&entry, 1, 0) == 0);
    }
    finish(helper);
    assert_int_equal(atomic_load(&failures), 0);
}

static void a_file_that_becomes_a_socket_is_always_written(void **state)
{
    (void)state;
    atomic_store(&failures, 0);
    struct ends ends = datagrams(AF_INET);
    int file = temporary_file();
    struct exchange shared = {{file, ends.client}, dup(file), 0};
    keep(shared.fd);
    struct helper *helper = begin(exchange, &shared);
    while (!atomic_load(&shared.is_over))
        demand(write(shared.fd, "x", 1) == 1);
    finish(helper);
    assert_int_equal(atomic_load(&failures), 0);
}

/* --- Opened where another was closed -------------------------------------------------- */

static void *open_and_close(void *context)
{
    atomic_int *is_over = context;
    while (!atomic_load(is_over)) {
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        demand(fd >= 0);
        demand(close(fd) == 0);
    }
    return NULL;
}

static void a_file_is_one_from_when_it_is_opened(void **state)
{
    (void)state;
    atomic_store(&failures, 0);
    atomic_int is_over = 0;
    char byte;
    struct helper *helpers[2] = {begin(open_and_close, &is_over),
                                 begin(open_and_close, &is_over)};
    for (int i = 0; i < EXCHANGES; i++) {
        int fd = open("/dev/null", O_RDWR);
        demand(fd >= 0);
        demand(write(fd, "x", 1) == 1);
        demand(read(fd, &byte, 1) == 0);
        demand(close(fd) == 0);
    }
    atomic_store(&is_over, 1);
    finish(helpers[0]);
    finish(helpers[1]);
    assert_int_equal(atomic_load(&failures), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(what_one_thread_opens_no_other_meets),
        claim(a_number_that_dup2_replaces_is_always_one),
        claim(a_file_that_becomes_a_socket_is_always_written),
        claim(a_file_is_one_from_when_it_is_opened),
    };
    return cmocka_run_group_tests_name("races", tests, NULL, NULL);
}
