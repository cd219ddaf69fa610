/* h_errno.c: h_errno, herror(), hstrerror(). */
#include "fixture.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void it_can_be_assigned(void **state)
{
    (void)state;
    h_errno = TRY_AGAIN;
    assert_int_equal(h_errno, TRY_AGAIN);
    h_errno = 0;
    assert_int_equal(h_errno, NETDB_SUCCESS);
}

static void *change_it(void *context)
{
    int *seen = context;
    *seen = h_errno;
    h_errno = NO_DATA;
    (void)gethostbyname("999.9.9.9");
    return NULL;
}

static void each_thread_has_its_own(void **state)
{
    (void)state;
    int seen = -1;
    h_errno = NO_RECOVERY;
    finish(begin(change_it, &seen));
    assert_int_equal(seen, NETDB_SUCCESS);
    assert_int_equal(h_errno, NO_RECOVERY);
}

static void its_values_are_told_apart(void **state)
{
    (void)state;
    int values[] = {NETDB_INTERNAL, NETDB_SUCCESS, HOST_NOT_FOUND,
                    TRY_AGAIN,      NO_RECOVERY,   NO_DATA};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(values[i], values[k]);
    assert_int_equal(NO_ADDRESS, NO_DATA);
}

static void each_has_a_text(void **state)
{
    (void)state;
    for (int i = HOST_NOT_FOUND; i <= NO_DATA; i++) {
        assert_non_null(hstrerror(i));
        assert_string_not_equal(hstrerror(i), "");
        for (int k = HOST_NOT_FOUND; k < i; k++)
            assert_string_not_equal(hstrerror(i), hstrerror(k));
    }
    assert_non_null(hstrerror(NETDB_INTERNAL));
    assert_non_null(hstrerror(NETDB_SUCCESS));
    assert_non_null(hstrerror(1000));
    assert_non_null(hstrerror(-1000));
}

/* Calls herror() with descriptor 2 led into a file, and reads that back. */
static size_t text_of_herror(const char *prefix, char *text, size_t size)
{
    int file = temporary_file();
    fflush(stderr);
    int saved = keep(dup(2));
    assert_call(dup2(file, 2), 2);
    herror(prefix);
    fflush(stderr);
    assert_call(dup2(saved, 2), 2);
    assert_call(lseek(file, 0, SEEK_SET), 0);
    ssize_t length = read(file, text, size - 1);
    assert_true(length > 0);
    text[length] = '\0';
    return (size_t)length;
}

static void herror_writes_a_prefix_and_the_text(void **state)
{
    (void)state;
    char text[256];
    char expected[256];
    h_errno = HOST_NOT_FOUND;
    size_t length = text_of_herror("prog", text, sizeof text);
    snprintf(expected, sizeof expected, "prog: %s", hstrerror(HOST_NOT_FOUND));
    assert_memory_equal(text, expected, strlen(expected));
    assert_int_equal(text[length - 1], '\n');
}

static void herror_without_a_prefix_writes_the_text_alone(void **state)
{
    (void)state;
    char text[256];
    h_errno = TRY_AGAIN;
    text_of_herror(NULL, text, sizeof text);
    assert_memory_equal(text, hstrerror(TRY_AGAIN),
                        strlen(hstrerror(TRY_AGAIN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(it_can_be_assigned),
        claim(each_thread_has_its_own),
        claim(its_values_are_told_apart),
        claim(each_has_a_text),
        claim(herror_writes_a_prefix_and_the_text),
        claim(herror_without_a_prefix_writes_the_text_alone),
    };
    return cmocka_run_group_tests_name("h_errno", tests, NULL, NULL);
}
