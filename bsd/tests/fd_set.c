/* fd_set.c: the macros of <sys/select.h>. */
#include "fixture.h"

#include <sys/select.h>

static void a_set_that_was_emptied_has_nothing(void **state)
{
    (void)state;
    fd_set set;
    FD_ZERO(&set);
    for (int fd = 0; fd < FD_SETSIZE; fd++)
        assert_false(FD_ISSET(fd, &set));
}

static void every_number_has_a_place_of_its_own(void **state)
{
    (void)state;
    fd_set set;
    FD_ZERO(&set);
    for (int fd = 0; fd < FD_SETSIZE; fd += 3)
        FD_SET(fd, &set);
    for (int fd = 0; fd < FD_SETSIZE; fd++)
        assert_int_equal(FD_ISSET(fd, &set) != 0, fd % 3 == 0);
}

static void what_is_cleared_is_gone_and_the_rest_stays(void **state)
{
    (void)state;
    fd_set set;
    FD_ZERO(&set);
    for (int fd = 60; fd < 70; fd++)
        FD_SET(fd, &set);
    FD_CLR(64, &set);
    FD_CLR(64, &set);
    for (int fd = 60; fd < 70; fd++)
        assert_int_equal(FD_ISSET(fd, &set) != 0, fd != 64);
}

static void a_number_is_in_it_once(void **state)
{
    (void)state;
    fd_set set;
    FD_ZERO(&set);
    FD_SET(5, &set);
    FD_SET(5, &set);
    FD_CLR(5, &set);
    assert_false(FD_ISSET(5, &set));
}

static void a_set_is_copied_by_assignment(void **state)
{
    (void)state;
    fd_set set, copy;
    FD_ZERO(&set);
    FD_SET(1023, &set);
    copy = set;
    FD_CLR(1023, &set);
    assert_true(FD_ISSET(1023, &copy));
    assert_false(FD_ISSET(1023, &set));
}

static void they_are_expressions(void **state)
{
    (void)state;
    fd_set set;
    FD_ZERO(&set);
    if (1)
        FD_SET(3, &set);
    else
        FD_CLR(3, &set);
    assert_true(FD_ISSET(3, &set) ? 1 : 0);
}

static void there_is_room_for_1024(void **state)
{
    (void)state;
    assert_int_equal(FD_SETSIZE, 1024);
    assert_int_equal(sizeof(fd_set), 128);
}

static void a_descriptor_is_below_its_size(void **state)
{
    (void)state;
    assert_true(keep(socket(AF_INET, SOCK_STREAM, 0)) < FD_SETSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_set_that_was_emptied_has_nothing),
        claim(every_number_has_a_place_of_its_own),
        claim(what_is_cleared_is_gone_and_the_rest_stays),
        claim(a_number_is_in_it_once),
        claim(a_set_is_copied_by_assignment),
        claim(they_are_expressions),
        claim(there_is_room_for_1024),
        claim(a_descriptor_is_below_its_size),
    };
    return cmocka_run_group_tests_name("fd_set", tests, NULL, NULL);
}
