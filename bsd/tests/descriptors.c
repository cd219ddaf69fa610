/* descriptors.c: numbers, and what is behind them. */
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

_Static_assert(sizeof(socket(0, 0, 0)) == sizeof(int), "a socket is an int");

static void numbers_are_small(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_true(fd > STDERR_FILENO);
    assert_true(fd < FD_SETSIZE);
}

static void numbers_come_lowest_first(void **state)
{
    (void)state;
    int fds[5];
    for (int i = 0; i < 5; i++)
        fds[i] = keep(socket(AF_INET, i % 2 ? SOCK_STREAM : SOCK_DGRAM, 0));
    for (int i = 1; i < 5; i++)
        assert_true(fds[i] > fds[i - 1]);
    close_kept(fds[3]);
    close_kept(fds[1]);
    assert_int_equal(keep(socket(AF_INET, SOCK_STREAM, 0)), fds[1]);
    assert_int_equal(keep(socket(AF_INET, SOCK_STREAM, 0)), fds[3]);
}

static void an_accepted_connection_has_the_lowest_number(void **state)
{
    (void)state;
    int hole = keep(socket(AF_INET, SOCK_STREAM, 0));
    int listener = listening(AF_INET);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    struct address address = name_of(listener);
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    close_kept(hole);
    assert_int_equal(keep(accept(listener, NULL, NULL)), hole);
}

static void files_and_sockets_share_no_number(void **state)
{
    (void)state;
    int file = temporary_file();
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    FILE *stream = fopen(temporary_path(), "w");
    assert_non_null(stream);
    int number = fileno(stream);
    int last = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_true(file != fd && number != fd && number != file);
    assert_true(last != number && last != fd);
    assert_call(fclose(stream), 0);
}

/* Each call on a socket, for what is none. */
static void what_is_open_and_no_socket_is_enotsock(void **state)
{
    (void)state;
    char byte = 0;
    int value = 0;
    socklen_t size = sizeof value;
    struct address address = loopback(AF_INET, 1);
    int file = temporary_file();
    assert_fails(send(file, &byte, 1, 0), ENOTSOCK);
    assert_fails(recv(file, &byte, 1, 0), ENOTSOCK);
    assert_fails(bind(file, as_sockaddr(&address), address.length), ENOTSOCK);
    assert_fails(connect(file, as_sockaddr(&address), address.length),
                 ENOTSOCK);
    assert_fails(listen(file, 1), ENOTSOCK);
    assert_fails(accept(file, NULL, NULL), ENOTSOCK);
    assert_fails(shutdown(file, SHUT_RD), ENOTSOCK);
    assert_fails(getsockname(file, as_sockaddr(&address), &address.length),
                 ENOTSOCK);
    assert_fails(getsockopt(file, SOL_SOCKET, SO_TYPE, &value, &size),
                 ENOTSOCK);
    assert_fails(listen(STDIN_FILENO, 1), ENOTSOCK);
}

static void what_is_not_open_is_ebadf(void **state)
{
    (void)state;
    int value = 0;
    socklen_t size = sizeof value;
    struct address address = loopback(AF_INET, 1);
    const int fds[] = {-1, closed_descriptor(), 1 << 20, -2147483647};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        assert_fails(listen(fds[i], 1), EBADF);
        assert_fails(accept(fds[i], NULL, NULL), EBADF);
        assert_fails(bind(fds[i], as_sockaddr(&address), address.length),
                     EBADF);
        assert_fails(getsockopt(fds[i], SOL_SOCKET, SO_TYPE, &value, &size),
                     EBADF);
        assert_fails(dup(fds[i]), EBADF);
    }
}

/* --- The limit ------------------------------------------------------------------ */

enum {
    MOST = 9000
};
static int many[MOST];

static int open_all(void)
{
    int count = 0;
    while (count < MOST && (many[count] = dup(many[0])) >= 0)
        count++;
    return count;
}

static void at_the_limit_it_is_emfile_and_then_goes_on(void **state)
{
    (void)state;
    int ends[2];
    struct rlimit limit;
    assert_call(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlim_t before = limit.rlim_cur;
    if (limit.rlim_cur > 1024) {
        limit.rlim_cur = 1024;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            limit.rlim_cur = before;
    }
    struct ends connection = stream(AF_INET);
    int listener = listening(AF_INET);
    struct address address = name_of(listener);
    int client = keep(socket(AF_INET, SOCK_STREAM, 0));
    assert_call(connect(client, as_sockaddr(&address), address.length), 0);
    many[0] = connection.client;
    int count = open_all();
    assert_int_equal(errno, EMFILE);
    assert_true(count > 200 && count < MOST);
    assert_fails(socket(AF_INET, SOCK_STREAM, 0), EMFILE);
    assert_fails(accept(listener, NULL, NULL), EMFILE);
    assert_fails(pipe(ends), EMFILE);
    assert_fails(open("/dev/null", O_RDONLY), EMFILE);
    assert_fails(fcntl(client, F_DUPFD, 0), EMFILE);
    close(many[--count]);
    keep(accept(listener, NULL, NULL));
    while (count > 0)
        close(many[--count]);
    assert_call(write(connection.server, "x", 1), 1);
    keep(socket(AF_INET, SOCK_STREAM, 0));
    limit.rlim_cur = before;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* --- Threads ---------------------------------------------------------------------- */

enum {
    ROUNDS = 300,
    WORKERS = 4
};

/* What each thread opens is its own, whatever others open and close. */
static void *open_and_close(void *context)
{
    static char failed;
    (void)context;
    for (int i = 0; i < ROUNDS; i++) {
        int value = 0;
        socklen_t size = sizeof value;
        int type = i % 2 ? SOCK_STREAM : SOCK_DGRAM;
        int fd = socket(AF_INET, type, 0);
        int copy = dup(fd);
        if (close(fd) != 0 ||
            getsockopt(copy, SOL_SOCKET, SO_TYPE, &value, &size) != 0 ||
            value != type || close(copy) != 0)
            return &failed;
    }
    return NULL;
}

static void threads_that_open_and_close_do_not_meet(void **state)
{
    (void)state;
    struct helper *helpers[WORKERS];
    for (int i = 0; i < WORKERS; i++)
        helpers[i] = begin(open_and_close, NULL);
    for (int i = 0; i < WORKERS; i++)
        assert_null(finish(helpers[i]));
}

struct target {
    int fd;
    atomic_int over;
};

/* Nothing but the socket's own answers, or EBADF while there is none. */
static void *use(void *context)
{
    static char failed;
    struct target *target = context;
    while (!atomic_load(&target->over)) {
        int value = 0;
        socklen_t size = sizeof value;
        int result = getsockopt(target->fd, SOL_SOCKET, SO_TYPE, &value, &size);
        if (result == 0 ? value != SOCK_DGRAM : errno != EBADF)
            return &failed;
    }
    return NULL;
}

static void a_number_that_comes_and_goes_is_never_another_thing(void **state)
{
    (void)state;
    struct target target;
    target.fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    atomic_init(&target.over, 0);
    struct helper *one = begin(use, &target);
    struct helper *other = begin(use, &target);
    for (int i = 0; i < ROUNDS; i++) {
        close_kept(target.fd);
        assert_int_equal(keep(socket(AF_INET, SOCK_DGRAM, 0)), target.fd);
    }
    atomic_store(&target.over, 1);
    assert_null(finish(one));
    assert_null(finish(other));
}

static void replacing_a_number_leaves_no_gap(void **state)
{
    (void)state;
    struct target target;
    int spare = keep(socket(AF_INET, SOCK_DGRAM, 0));
    target.fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    atomic_init(&target.over, 0);
    struct helper *helper = begin(use, &target);
    for (int i = 0; i < ROUNDS; i++)
        assert_call(dup2(spare, target.fd), target.fd);
    atomic_store(&target.over, 1);
    assert_null(finish(helper));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(numbers_are_small),
        claim(numbers_come_lowest_first),
        claim(an_accepted_connection_has_the_lowest_number),
        claim(files_and_sockets_share_no_number),
        claim(what_is_open_and_no_socket_is_enotsock),
        claim(what_is_not_open_is_ebadf),
        claim(at_the_limit_it_is_emfile_and_then_goes_on),
        claim(threads_that_open_and_close_do_not_meet),
        claim(a_number_that_comes_and_goes_is_never_another_thing),
        claim(replacing_a_number_leaves_no_gap),
    };
    return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
