/* text.c: what POSIX and GNU have in string.h, strings.h and stdlib.h. */
#include "fixture.h"

#include <endian.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* --- Strings -------------------------------------------------------------------- */

static void strsep_gives_empty_parts_too(void **state)
{
    (void)state;
    char text[] = "a::b";
    char *rest = text;
    assert_string_equal(strsep(&rest, ":"), "a");
    assert_string_equal(strsep(&rest, ":"), "");
    assert_string_equal(strsep(&rest, ":"), "b");
    assert_null(strsep(&rest, ":"));
}

static void strtok_r_keeps_its_place_with_the_caller(void **state)
{
    (void)state;
    char text[] = "a,,b", other[] = "x y";
    char *place, *second;
    assert_string_equal(strtok_r(text, ",", &place), "a");
    assert_string_equal(strtok_r(other, " ", &second), "x");
    assert_string_equal(strtok_r(NULL, ",", &place), "b");
    assert_null(strtok_r(NULL, ",", &place));
}

static void copies_of_strings(void **state)
{
    (void)state;
    char buffer[8];
    assert_ptr_equal(stpcpy(buffer, "abc"), buffer + 3);
    assert_string_equal(buffer, "abc");
    memset(buffer, 'x', sizeof buffer);
    assert_ptr_equal(stpncpy(buffer, "ab", 4), buffer + 2);
    assert_memory_equal(buffer, "ab\0\0xxxx", 8);
    const char *volatile longer = "abcdef";
    assert_ptr_equal(stpncpy(buffer, longer, 3), buffer + 3);
    assert_memory_equal(buffer, "abc", 3);
    assert_ptr_equal(mempcpy(buffer, "12", 2), buffer + 2);
    char *copy = strndup("abcdef", 3);
    assert_string_equal(copy, "abc");
    free(copy);
    copy = strdup("all");
    assert_string_equal(copy, "all");
    free(copy);
    assert_string_equal(strdupa("stack"), "stack");
}

static void places_in_strings(void **state)
{
    (void)state;
    const char *text = "Hello, World";
    assert_ptr_equal(strchrnul(text, 'W'), text + 7);
    assert_ptr_equal(strchrnul(text, 'z'), text + 12);
    assert_ptr_equal(strcasestr(text, "wORLD"), text + 7);
    assert_ptr_equal(strcasestr(text, ""), text);
    assert_null(strcasestr(text, "worlds"));
    assert_ptr_equal(index(text, 'o'), text + 4);
    assert_ptr_equal(rindex(text, 'o'), text + 8);
    assert_int_equal(strnlen(text, 5), 5);
    assert_int_equal(strnlen(text, 13), 12);
}

static void places_in_memory(void **state)
{
    (void)state;
    const char *block = "ab\0ab\0c";
    assert_ptr_equal(memmem(block, 7, "b\0c", 3), block + 4);
    assert_ptr_equal(memmem(block, 7, "", 0), block);
    assert_null(memmem(block, 6, "b\0c", 3));
    assert_null(memmem(block, 1, "ab", 2));
    assert_ptr_equal(memrchr(block, 'a', 7), block + 3);
    assert_null(memrchr(block, 'z', 7));
    assert_ptr_equal(rawmemchr(block, 'c'), block + 6);
}

static void letters_of_either_case_compare_equal(void **state)
{
    (void)state;
    assert_int_equal(strcasecmp("Content-Length", "content-length"), 0);
    assert_true(strcasecmp("a", "B") < 0);
    assert_int_equal(strncasecmp("HOSTname", "hostX", 4), 0);
}

static void versions_are_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    assert_true(strverscmp("file9", "file10") < 0);
    assert_true(strverscmp("1.10", "1.9") > 0);
    assert_int_equal(strverscmp("same", "same"), 0);
    assert_true(strverscmp("item#99", "item#100") < 0);
    assert_true(strverscmp("alpha1", "alpha001") > 0);
    assert_true(strverscmp("part1_f012", "part1_f01") > 0);
    assert_true(strverscmp("foo.009", "foo.0") < 0);
}

static void names_of_errors(void **state)
{
    (void)state;
    char text[64];
    assert_string_equal(strerrorname_np(ECONNREFUSED), "ECONNREFUSED");
    assert_string_equal(strerrordesc_np(ECONNREFUSED), "Connection refused");
    assert_null(strerrorname_np(99999));
    assert_string_equal(strerror_r(EPIPE, text, sizeof text), "Broken pipe");
    assert_string_equal(strerror_r(99999, text, sizeof text),
                        "Unknown error 99999");
}

/* --- strings.h ------------------------------------------------------------------ */

static void blocks_of_the_bsds(void **state)
{
    (void)state;
    char block[8] = "abcdefg";
    bcopy(block, block + 1, 4);
    assert_memory_equal(block, "aabcdfg", 7);
    assert_int_equal(bcmp("same", "same", 4), 0);
    assert_int_not_equal(bcmp("same", "some", 4), 0);
    bzero(block + 1, 3);
    assert_memory_equal(block, "a\0\0\0dfg", 7);
    explicit_bzero(block, sizeof block);
    assert_int_equal(block[0], 0);
}

static void ffs_counts_from_one(void **state)
{
    (void)state;
    assert_int_equal(ffs(0), 0);
    assert_int_equal(ffs(1), 1);
    assert_int_equal(ffs(0x50), 5);
    assert_int_equal(ffsll(1LL << 40), 41);
}

static void byte_order_of_endian_h(void **state)
{
    (void)state;
    uint32_t number = htobe32(0x01020304);
    assert_memory_equal(&number, "\1\2\3\4", 4);
    assert_int_equal(be32toh(number), 0x01020304);
    uint16_t little = htole16(0x0102);
    assert_memory_equal(&little, "\2\1", 2);
    assert_true(be64toh(htobe64(1234567890123ULL)) == 1234567890123ULL);
}

/* --- Formats -------------------------------------------------------------------- */

static void formats_know_the_sizes_of_posix(void **state)
{
    (void)state;
    char text[128];
    int length = snprintf(text, sizeof text, "%zu %zd %lld %llu %jd %td %hhd",
                          (size_t)SIZE_MAX, (ssize_t)-1, -5000000000LL,
                          10000000000ULL, (intmax_t)-7, (ptrdiff_t)9, 300);
    assert_int_equal(length, strlen(text));
    char expected[128];
    snprintf(expected, sizeof expected, "%s -1 -5000000000 10000000000 -7 9 44",
             sizeof(size_t) == 8 ? "18446744073709551615" : "4294967295");
    assert_string_equal(text, expected);
}

static void snprintf_tells_how_much_room_it_wanted(void **state)
{
    (void)state;
    char text[4];
    volatile int number = 123456;
    assert_int_equal(snprintf(text, sizeof text, "%d", number), 6);
    assert_string_equal(text, "123");
    assert_int_equal(snprintf(NULL, 0, "%s", "hello"), 5);
}

static void m_is_the_text_of_errno(void **state)
{
    (void)state;
    char text[64];
    errno = ECONNREFUSED;
    assert_int_equal(snprintf(text, sizeof text, "%d%%m: %m.", 5), 24);
    assert_string_equal(text, "5%m: Connection refused.");
}

static void asprintf_makes_its_own_room(void **state)
{
    (void)state;
    char *text;
    assert_int_equal(asprintf(&text, "%s-%05.1f", "x", 2.25), 7);
    assert_string_equal(text, "x-002.2");
    free(text);
}

/* --- stdlib.h ------------------------------------------------------------------- */

static void the_environment_can_be_changed(void **state)
{
    (void)state;
    assert_call(setenv("BSD_TEST", "one", 1), 0);
    assert_string_equal(getenv("BSD_TEST"), "one");
    assert_call(setenv("BSD_TEST", "two", 0), 0);
    assert_string_equal(getenv("BSD_TEST"), "one");
    assert_call(setenv("BSD_TEST", "", 1), 0);
    assert_string_equal(getenv("BSD_TEST"), "");
    assert_call(unsetenv("BSD_TEST"), 0);
    assert_null(getenv("BSD_TEST"));
    assert_call(unsetenv("BSD_TEST"), 0);
    assert_fails(setenv("A=B", "x", 1), EINVAL);
    assert_fails(setenv("", "x", 1), EINVAL);
    assert_fails(unsetenv("A=B"), EINVAL);
}

static void random_comes_again_from_a_seed(void **state)
{
    (void)state;
    srandom(1);
    assert_int_equal(random(), 1804289383);
    assert_int_equal(random(), 846930886);
    srandom(42);
    assert_int_equal(random(), 71876166);
    srand48(0);
    assert_int_equal(lrand48(), 366850414);
    assert_true(drand48() >= 0.0 && drand48() < 1.0);
    unsigned seed = 1;
    assert_int_equal(rand_r(&seed), 476707713);
}

static void temporary_files_and_folders(void **state)
{
    (void)state;
    char file[] = "bsd-test-XXXXXX";
    int fd = keep(mkstemp(file));
    assert_null(strstr(file, "XXX"));
    assert_call(write(fd, "x", 1), 1);
    assert_call(access(file, F_OK), 0);
    close_kept(fd);
    assert_call(unlink(file), 0);
    char folder[] = "bsd-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_call(access(folder, F_OK), 0);
    assert_call(rmdir(folder), 0);
    char wrong[] = "bsd-test-XXX";
    assert_fails(mkstemp(wrong), EINVAL);
}

static void a_path_becomes_whole(void **state)
{
    (void)state;
    const char *path = temporary_path();
    errno = 0;
    assert_null(realpath(path, NULL));
    assert_int_equal(errno, ENOENT);
    char *here = realpath(".", NULL);
    assert_non_null(here);
    assert_null(strstr(here, "/./"));
    free(here);
}

static void suboptions_are_told_apart(void **state)
{
    (void)state;
    char ro[] = "ro", size[] = "size";
    char *const names[] = {ro, size, NULL};
    char text[] = "size=10,ro,other";
    char *rest = text, *value;
    assert_int_equal(getsubopt(&rest, names, &value), 1);
    assert_string_equal(value, "10");
    assert_int_equal(getsubopt(&rest, names, &value), 0);
    assert_null(value);
    assert_int_equal(getsubopt(&rest, names, &value), -1);
    assert_string_equal(value, "other");
    assert_int_equal(*rest, '\0');
}

static void limits_are_there(void **state)
{
    (void)state;
    assert_true(IOV_MAX >= 16);
    assert_true(PATH_MAX >= 256);
    assert_int_equal(HOST_NAME_MAX, 64);
    assert_true(NAME_MAX >= 14);
    assert_true(PIPE_BUF >= 512);
    assert_true(SSIZE_MAX > 32767);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(strsep_gives_empty_parts_too),
        claim(strtok_r_keeps_its_place_with_the_caller),
        claim(copies_of_strings),
        claim(places_in_strings),
        claim(places_in_memory),
        claim(letters_of_either_case_compare_equal),
        claim(versions_are_in_the_order_of_their_numbers),
        claim(names_of_errors),
        claim(blocks_of_the_bsds),
        claim(ffs_counts_from_one),
        claim(byte_order_of_endian_h),
        claim(formats_know_the_sizes_of_posix),
        claim(snprintf_tells_how_much_room_it_wanted),
        claim(m_is_the_text_of_errno),
        claim(asprintf_makes_its_own_room),
        claim(the_environment_can_be_changed),
        claim(random_comes_again_from_a_seed),
        claim(temporary_files_and_folders),
        claim(a_path_becomes_whole),
        claim(suboptions_are_told_apart),
        claim(limits_are_there),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
