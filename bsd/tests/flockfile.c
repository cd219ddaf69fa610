/* flockfile.c: streams that threads lock. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *try_elsewhere(void *context)
{
    FILE *file = context;
    int result = ftrylockfile(file);
    if (result == 0)
        funlockfile(file);
    return result == 0 ? file : NULL;
}

static int is_free_for_others(FILE *file)
{
    pthread_t thread;
    void *locked = NULL;
    assert_int_equal(pthread_create(&thread, NULL, try_elsewhere, file), 0);
    assert_int_equal(pthread_join(thread, &locked), 0);
    return locked != NULL;
}

static void assert_locks(FILE *file)
{
    assert_true(is_free_for_others(file));
    flockfile(file);
    assert_false(is_free_for_others(file));
    assert_int_equal(ftrylockfile(file), 0);
    funlockfile(file);
    assert_false(is_free_for_others(file));
    funlockfile(file);
    assert_true(is_free_for_others(file));
}

static void tried_lock_is_a_lock(void **state)
{
    (void)state;
    assert_int_equal(ftrylockfile(stderr), 0);
    assert_false(is_free_for_others(stderr));
    funlockfile(stderr);
    assert_true(is_free_for_others(stderr));
}

static void standard_streams_are_locked(void **state)
{
    (void)state;
    assert_locks(stdin);
    assert_locks(stderr);
}

static void files_are_locked(void **state)
{
    FILE *file = fdopen(dup(temporary_file()), "r+");
    (void)state;
    assert_non_null(file);
    assert_locks(file);
    fclose(file);
}

static void sockets_are_locked(void **state)
{
    int pair[2];
    (void)state;
    assert_call(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    keep(pair[1]);
    FILE *file = fdopen(pair[0], "r+");
    assert_non_null(file);
    assert_locks(file);
    fclose(file);
}

static void owner_of_a_lock_goes_on(void **state)
{
    FILE *file = fdopen(dup(temporary_file()), "r+");
    (void)state;
    assert_non_null(file);
    flockfile(file);
    assert_true(fputs("words", file) >= 0);
    assert_false(is_free_for_others(file));
    assert_call(putc_unlocked('.', file), '.');
    funlockfile(file);
    assert_call(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(tried_lock_is_a_lock),    claim(standard_streams_are_locked),
        claim(files_are_locked),        claim(sockets_are_locked),
        claim(owner_of_a_lock_goes_on),
    };
    return cmocka_run_group_tests_name("flockfile", tests, NULL, NULL);
}
