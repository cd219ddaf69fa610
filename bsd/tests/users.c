/* users.c: who runs the program. */
#include "fixture.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

static void getpwuid_knows_the_own_user(void **state)
{
    (void)state;
    struct passwd *entry = getpwuid(getuid());
    assert_non_null(entry);
    assert_int_equal(entry->pw_uid, getuid());
    assert_true(strlen(entry->pw_name) > 0);
    assert_true(strlen(entry->pw_dir) > 0);
    assert_non_null(entry->pw_shell);
}

static void getpwnam_finds_by_the_name_that_getpwuid_told(void **state)
{
    (void)state;
    char name[256];
    struct passwd *entry = getpwuid(getuid());
    assert_non_null(entry);
    strcpy(name, entry->pw_name);
    entry = getpwnam(name);
    assert_non_null(entry);
    assert_int_equal(entry->pw_uid, getuid());
}

static void a_user_that_there_is_not_is_null_without_an_error(void **state)
{
    (void)state;
    struct passwd entry, *result = &entry;
    char buffer[1024];
    assert_null(getpwnam("there is no such user"));
    assert_null(getpwuid(987654321));
    assert_int_equal(getpwnam_r("there is no such user", &entry, buffer,
                                sizeof buffer, &result),
                     0);
    assert_null(result);
}

static void too_little_room_is_erange(void **state)
{
    (void)state;
    struct passwd user, *user_result = &user;
    struct group group, *group_result = &group;
    char buffer[2];
    assert_int_equal(
        getpwuid_r(getuid(), &user, buffer, sizeof buffer, &user_result),
        ERANGE);
    assert_null(user_result);
    assert_int_equal(
        getgrgid_r(getgid(), &group, buffer, sizeof buffer, &group_result),
        ERANGE);
    assert_null(group_result);
}

static void getpwuid_r_uses_the_memory_of_the_caller(void **state)
{
    (void)state;
    struct passwd entry, *result = NULL;
    char buffer[4096];
    assert_int_equal(
        getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &result), 0);
    assert_ptr_equal(result, &entry);
    assert_true(entry.pw_name >= buffer &&
                entry.pw_name < buffer + sizeof buffer);
}

static void getgrgid_knows_the_own_group(void **state)
{
    (void)state;
    char name[256];
    struct group *entry = getgrgid(getgid());
    assert_non_null(entry);
    assert_int_equal(entry->gr_gid, getgid());
    assert_non_null(entry->gr_mem);
    strcpy(name, entry->gr_name);
    entry = getgrnam(name);
    assert_non_null(entry);
    assert_int_equal(entry->gr_gid, getgid());
    assert_null(getgrnam("there is no such group"));
}

static void getpwent_begins_again_after_setpwent(void **state)
{
    (void)state;
    setpwent();
    struct passwd *entry = getpwent();
    assert_non_null(entry);
    uid_t first = entry->pw_uid;
    while (getpwent() != NULL)
        continue;
    setpwent();
    entry = getpwent();
    assert_non_null(entry);
    assert_int_equal(entry->pw_uid, first);
    endpwent();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(getpwuid_knows_the_own_user),
        claim(getpwnam_finds_by_the_name_that_getpwuid_told),
        claim(a_user_that_there_is_not_is_null_without_an_error),
        claim(too_little_room_is_erange),
        claim(getpwuid_r_uses_the_memory_of_the_caller),
        claim(getgrgid_knows_the_own_group),
        claim(getpwent_begins_again_after_setpwent),
    };
    return cmocka_run_group_tests_name("users", tests, NULL, NULL);
}
