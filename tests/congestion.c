/* The congestion control of TCP, by name. */
#include "fixture.h"

#include <string.h>

struct name {
    char text[PSOCK_CONGESTION_NAME_SIZE];
};

static struct name name_of(psock_t s)
{
    struct name name = {""};
    int result = psock_get_congestion(s, name.text, sizeof name.text);
    if (result == PSOCK_ENOTSUP)
        skip_because("this system does not tell its congestion control");
    assert_result(result, 0);
    return name;
}

static void congestion_control_has_a_name(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    struct name name = name_of(s);
    assert_in_range(strlen(name.text), 1, sizeof name.text - 1);
}

static void name_is_told_as_it_was_set(void **state)
{
    struct stream ends = stream_over(family_of(state));
    struct name before = name_of(ends.client);
    assert_result(psock_set_congestion(ends.client, before.text), 0);
    assert_string_equal(name_of(ends.client).text, before.text);
    int result = psock_set_congestion(ends.client, "reno");
    if (result == PSOCK_ENOENT || result == PSOCK_EPERM)
        skip_because("this system, or this user, has but one of them");
    assert_result(result, 0);
    assert_string_equal(name_of(ends.client).text, "reno");
    assert_string_equal(name_of(ends.server).text, before.text);
    send_text(ends.client, "through");
    recv_text(ends.server, "through");
}

static void name_without_enough_room_is_not_told(void **state)
{
    char room[PSOCK_CONGESTION_NAME_SIZE] = "untouched";
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    struct name name = name_of(s);
    size_t length = strlen(name.text);
    for (size_t size = 0; size <= length; size++)
        assert_result(psock_get_congestion(s, room, size), PSOCK_ENOSPC);
    assert_string_equal(room, "untouched");
    assert_result(psock_get_congestion(s, room, length + 1), 0);
    assert_string_equal(room, name.text);
}

static void unknown_names_are_refused(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    struct name before = name_of(s);
    assert_result(psock_set_congestion(s, "no-such"), PSOCK_ENOENT);
    assert_result(psock_set_congestion(s, ""), PSOCK_ENOENT);
    assert_result(psock_set_congestion(s, "fifteen-letters"), PSOCK_ENOENT);
    assert_string_equal(name_of(s).text, before.text);
}

static void names_that_are_too_long_are_refused(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_set_congestion(s, "sixteen-letters-"), PSOCK_EINVAL);
    assert_result(psock_set_congestion(s, "a-name-of-many-more-letters"),
                  PSOCK_EINVAL);
}

static void check_refused(psock_t s, int error)
{
    char room[PSOCK_CONGESTION_NAME_SIZE] = "untouched";
    assert_result(psock_get_congestion(s, room, sizeof room), error);
    assert_result(psock_set_congestion(s, "reno"), error);
    assert_string_equal(room, "untouched");
}

static void congestion_control_is_for_streams_only(void **state)
{
    check_streams_only(family_of(state), check_refused);
}

static void local_streams_have_no_congestion_control(void **state)
{
    check_refused(open_kept(family_of(state), PSOCK_STREAM), PSOCK_EOPNOTSUPP);
}

static void congestion_control_needs_a_name(void **state)
{
    psock_t s = open_kept(family_of(state), PSOCK_STREAM);
    assert_result(psock_get_congestion(s, NULL, 16), PSOCK_EFAULT);
    assert_result(psock_set_congestion(s, NULL), PSOCK_EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(congestion_control_has_a_name),
        test_both(name_is_told_as_it_was_set),
        test_both(name_without_enough_room_is_not_told),
        test_both(unknown_names_are_refused),
        test_both(names_that_are_too_long_are_refused),
        test_both(congestion_control_is_for_streams_only),
        test_unix(local_streams_have_no_congestion_control),
        test_both(congestion_control_needs_a_name),
    };
    return cmocka_run_group_tests_name("congestion", tests, warm_up, NULL);
}
