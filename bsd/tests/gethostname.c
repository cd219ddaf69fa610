/* gethostname.c: gethostname() and the like.  It is the first call of its program. */
#include "fixture.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

static void this_host_has_a_name(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'x', sizeof name);
    assert_call(gethostname(name, sizeof name), 0);
    size_t length = strlen(name);
    assert_true(length > 0);
    assert_true(length <= 64);
}

static void a_buffer_of_just_the_length_is_enough(void **state)
{
    (void)state;
    char name[256];
    char again[256];
    assert_call(gethostname(name, sizeof name), 0);
    memset(again, 'x', sizeof again);
    assert_call(gethostname(again, strlen(name) + 1), 0);
    assert_string_equal(again, name);
    assert_int_equal(again[strlen(name) + 1], 'x');
}

static void a_smaller_buffer_is_enametoolong_with_the_name_cut(void **state)
{
    (void)state;
    char name[256];
    char cut[256];
    assert_call(gethostname(name, sizeof name), 0);
    memset(cut, 'x', sizeof cut);
    assert_fails(gethostname(cut, strlen(name)), ENAMETOOLONG);
    assert_memory_equal(cut, name, strlen(name) - 1);
    assert_int_equal(cut[strlen(name)], 'x');
    assert_fails(gethostname(cut, 0), ENAMETOOLONG);
}

static void there_is_a_domain_even_if_it_is_none(void **state)
{
    (void)state;
    char name[256];
    assert_call(getdomainname(name, sizeof name), 0);
    assert_true(strlen(name) < sizeof name);
}

static void the_limit_is_known(void **state)
{
    (void)state;
    assert_true(HOST_NAME_MAX >= 64);
}

static void this_host_has_a_number_that_stays(void **state)
{
    (void)state;
    assert_int_equal(gethostid(), gethostid());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(this_host_has_a_name),
        claim(a_buffer_of_just_the_length_is_enough),
        claim(a_smaller_buffer_is_enametoolong_with_the_name_cut),
        claim(there_is_a_domain_even_if_it_is_none),
        claim(the_limit_is_known),
        claim(this_host_has_a_number_that_stays),
    };
    return cmocka_run_group_tests_name("gethostname", tests, NULL, NULL);
}
