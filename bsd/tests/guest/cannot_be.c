/* cannot_be.c: what has no counterpart on Windows: programs compile, and are told
 * by the error that POSIX has for it. */
#include "fixture.h"

#include <grp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* That is what the warnings are for. */
#pragma GCC diagnostic ignored "-Wattribute-warning"

static void fork_is_enosys(void **state)
{
    (void)state;
    assert_fails(fork(), ENOSYS);
    assert_fails(vfork(), ENOSYS);
}

static void daemon_is_enosys(void **state)
{
    (void)state;
    assert_fails(daemon(0, 0), ENOSYS);
}

static void nobody_becomes_root(void **state)
{
    (void)state;
    assert_int_equal(getuid(), 1000);
    assert_fails(setuid(0), EPERM);
    assert_fails(setgid(0), EPERM);
    assert_fails(setgroups(0, NULL), EPERM);
    assert_fails(chroot("."), EPERM);
    assert_fails(nice(-1), EPERM);
}

static void a_process_leads_its_session_already(void **state)
{
    (void)state;
    assert_fails(setsid(), EPERM);
    assert_int_equal(getpgrp(), getpid());
}

static void links_cannot_be_made(void **state)
{
    (void)state;
    assert_fails(link(".", "a-link"), EPERM);
    assert_fails(symlink(".", "a-link"), EPERM);
}

static char *own_name;

static void signals_that_only_tell_cannot_be_sent_to_others(void **state)
{
    (void)state;
    pid_t child = 0;
    char waits[] = "waits";
    char *words[] = {own_name, waits, NULL};
    assert_int_equal(posix_spawn(&child, own_name, NULL, NULL, words, NULL), 0);
    assert_fails(kill(child, SIGHUP), EPERM);
    assert_fails(kill(child, SIGUSR1), EPERM);
    assert_call(kill(child, SIGTERM), 0);
    assert_call(waitpid(child, NULL, 0), child);
    assert_fails(kill(-1, SIGTERM), EPERM);
}

static void file_actions_of_a_spawn_are_enosys(void **state)
{
    (void)state;
    posix_spawn_file_actions_t actions;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, 1, 2), ENOSYS);
    assert_int_equal(posix_spawn_file_actions_destroy(&actions), 0);
}

static void timers_of_computing_time_are_einval(void **state)
{
    (void)state;
    struct itimerval timer = {{0, 0}, {1, 0}};
    assert_fails(setitimer(ITIMER_VIRTUAL, &timer, NULL), EINVAL);
}

static void a_mapping_that_writes_to_its_file_is_enodev(void **state)
{
    (void)state;
    int fd = temporary_file();
    errno = 0;
    assert_true(mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) ==
                MAP_FAILED);
    assert_int_equal(errno, ENODEV);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        claim(fork_is_enosys),
        claim(daemon_is_enosys),
        claim(nobody_becomes_root),
        claim(a_process_leads_its_session_already),
        claim(links_cannot_be_made),
        claim(signals_that_only_tell_cannot_be_sent_to_others),
        claim(file_actions_of_a_spawn_are_enosys),
        claim(timers_of_computing_time_are_einval),
        claim(a_mapping_that_writes_to_its_file_is_enodev),
    };
    own_name = words[0];
    if (count > 1)
        return (int)sleep(30);
    return cmocka_run_group_tests_name("cannot_be", tests, NULL, NULL);
}
