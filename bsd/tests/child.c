/* child.c: beginning programs, and waiting for them. */
#include "fixture.h"

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char *own_name;

static pid_t begin_as(const char *part, const char *word)
{
    pid_t child = 0;
    char *words[] = {own_name, (char *)(uintptr_t)part, (char *)(uintptr_t)word,
                     NULL};
    assert_int_equal(posix_spawn(&child, own_name, NULL, NULL, words, environ),
                     0);
    assert_true(child > 0);
    return child;
}

static void waitpid_tells_what_a_child_ended_with(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = begin_as("exit", NULL);
    assert_call(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
    assert_fails(waitpid(child, &status, 0), ECHILD);
}

static void wait_waits_for_any_child(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = begin_as("exit", NULL);
    assert_call(wait(&status), child);
    assert_int_equal(WEXITSTATUS(status), 42);
}

static const char *const told_words[] = {
    "two words", "a \"quote\"", "back\\", "\\\"", "", "100%"};

static void words_come_as_they_were_given(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(told_words); i++) {
        int status = 0;
        char number[2] = {(char)('0' + i), '\0'};
        char part[8] = "word";
        strcat(part, number);
        pid_t child = begin_as(part, told_words[i]);
        assert_call(waitpid(child, &status, 0), child);
        assert_int_equal(WEXITSTATUS(status), 1);
    }
}

static void a_child_can_be_ended_by_kill(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = begin_as("wait", NULL);
    assert_call(kill(child, 0), 0);
    assert_call(waitpid(child, &status, WNOHANG), 0);
    assert_call(kill(child, SIGKILL), 0);
    assert_call(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL
                                    : WEXITSTATUS(status) == 128 + SIGKILL);
}

static void without_children_wait_is_echild(void **state)
{
    (void)state;
    int status;
    assert_fails(wait(&status), ECHILD);
    assert_fails(waitpid(-1, &status, WNOHANG), ECHILD);
    assert_fails(waitpid(getpid(), &status, 0), ECHILD);
    assert_fails(waitpid(-1, &status, 0x4000), EINVAL);
}

static void a_program_that_there_is_not_is_enoent(void **state)
{
    (void)state;
    pid_t child;
    char *words[] = {own_name, NULL};
    assert_int_equal(posix_spawn(&child, "./there-is-no-such-program", NULL,
                                 NULL, words, environ),
                     ENOENT);
}

static int act(char **words)
{
    if (strcmp(words[1], "exit") == 0)
        return 42;
    if (strcmp(words[1], "wait") == 0)
        return (int)sleep(30);
    return strcmp(words[2], told_words[words[1][4] - '0']) == 0;
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        claim(waitpid_tells_what_a_child_ended_with),
        claim(wait_waits_for_any_child),
        claim(words_come_as_they_were_given),
        claim(a_child_can_be_ended_by_kill),
        claim(without_children_wait_is_echild),
        claim(a_program_that_there_is_not_is_enoent),
    };
    own_name = words[0];
    if (count > 1)
        return act(words);
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
