/* byte_order.c: htonl() and its kin. */
#include "fixture.h"

#include <arpa/inet.h>
#include <string.h>

static void network_order_has_the_high_byte_first(void **state)
{
    (void)state;
    uint32_t number = htonl(0x01020304);
    uint16_t small = htons(0x0102);
    assert_memory_equal(&number, "\1\2\3\4", 4);
    assert_memory_equal(&small, "\1\2", 2);
}

static void there_and_back_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(ntohl(htonl(0x89abcdef)), 0x89abcdef);
    assert_int_equal(ntohs(htons(0xabcd)), 0xabcd);
    assert_int_equal(htons(0), 0);
    assert_int_equal(htonl(0xffffffff), 0xffffffff);
}

static void they_are_functions_too(void **state)
{
    (void)state;
    uint32_t (*long_ones[])(uint32_t) = {htonl, ntohl};
    uint16_t (*short_ones[])(uint16_t) = {htons, ntohs};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(long_ones[i](htonl(0x01020304)), 0x01020304);
        assert_int_equal(short_ones[i](htons(0x0102)), 0x0102);
        assert_int_equal((htonl)(7), htonl(7));
    }
}

static void an_argument_is_evaluated_once(void **state)
{
    (void)state;
    uint32_t number = 1;
    assert_int_equal(htonl(number++), htonl(1));
    assert_int_equal(number, 2);
    uint16_t small = 1;
    assert_int_equal(ntohs(small++), htons(1));
    assert_int_equal(small, 2);
}

static void results_are_unsigned_and_of_the_width(void **state)
{
    (void)state;
    assert_int_equal(sizeof htons(1), 2);
    assert_int_equal(sizeof htonl(1), 4);
    assert_true(htons(0x00ff) > 0);
    assert_true(htonl(0x000000ff) > 0);
    assert_int_equal(htons((uint16_t)0x12345), 0x4523);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(network_order_has_the_high_byte_first),
        claim(there_and_back_is_the_same),
        claim(they_are_functions_too),
        claim(an_argument_is_evaluated_once),
        claim(results_are_unsigned_and_of_the_width),
    };
    return cmocka_run_group_tests_name("byte_order", tests, NULL, NULL);
}
