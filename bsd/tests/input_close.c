/* input_close.c: closing a standard input in which nothing has come yet. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define IN STDIN_FILENO

static void silent_input_is_closed_at_once(void **state)
{
    struct pollfd entry = {.fd = IN, .events = POLLIN};
    (void)state;
    assert_call(poll(&entry, 1, 0), 0);
    assert_call(close(IN), 0);
    assert_fails(fcntl(IN, F_GETFD), EBADF);
    assert_call(poll(&entry, 1, 0), 1);
    assert_int_equal(entry.revents, POLLNVAL);
}

static void number_of_closed_input_is_free(void **state)
{
    int ends[2];
    char byte;
    (void)state;
    assert_call(pipe(ends), 0);
    keep(ends[0]);
    keep(ends[1]);
    assert_int_equal(ends[0], IN);
    assert_call(write(ends[1], "x", 1), 1);
    assert_call(read(IN, &byte, 1), 1);
    assert_int_equal(byte, 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(silent_input_is_closed_at_once),
        claim(number_of_closed_input_is_free),
    };
    return cmocka_run_group_tests_name("input_close", tests, NULL, NULL);
}
