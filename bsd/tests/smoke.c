/* smoke.c: the fixture itself. */
#include "fixture.h"

#include <string.h>

static void a_stream_carries_bytes(void **state)
{
    (void)state;
    struct ends ends = stream(AF_INET);
    char buffer[8];
    assert_call(send(ends.client, "hello", 5, 0), 5);
    assert_call(recv(ends.server, buffer, sizeof buffer, 0), 5);
    assert_memory_equal(buffer, "hello", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_stream_carries_bytes),
    };
    return cmocka_run_group_tests_name("smoke", tests, NULL, NULL);
}
