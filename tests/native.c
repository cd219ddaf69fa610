#include "fixture.h"

#include <psock/native.h>

#include <string.h>

static psock_t adopted(psock_t native)
{
    return keep(psock_adopt((psock_native)native));
}

static psock_t adopted_of(int family, int type)
{
    return adopted(host_native_open(family, type));
}

/* --- The system's value of a socket --------------------------------------- */

static void native_value_works_in_the_systems_calls(void **state)
{
    int family = family_of(state);
    psock_address address = loopback(family, 0);
    psock_t s = open_kept(family, PSOCK_STREAM);
    assert_int_equal(bind(psock_to_native(s), psock_address_to_native(&address),
                          (socklen_t)address.length),
                     0);
    psock_address local = local_of(s);
    assert_int_not_equal(psock_address_port(&local), 0);
}

/* --- Adopting ------------------------------------------------------------- */

static void adopted_socket_keeps_its_value(void **state)
{
    psock_t native = host_native_open(family_of(state), PSOCK_STREAM);
    assert_true(adopted(native) == native);
}

static void adopted_stream_works(void **state)
{
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    psock_t client = adopted_of(family, PSOCK_STREAM);
    assert_result(psock_connect(client, &address, in_time()), 0);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    send_text(client, "ping");
    recv_text(server, "ping");
    send_text(server, "pong");
    recv_text(client, "pong");
}

static void adopted_listener_works(void **state)
{
    int family = family_of(state);
    psock_address address = loopback(family, 0);
    psock_t native = host_native_open(family, PSOCK_STREAM);
    assert_int_equal(bind((psock_native)native,
                          psock_address_to_native(&address),
                          (socklen_t)address.length),
                     0);
    assert_int_equal(listen((psock_native)native, 5), 0);
    psock_t listener = adopted(native);
    assert_result(psock_accept(listener, NULL, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_accept(listener, NULL, psock_deadline_ms(1)),
                  PSOCK_ETIMEDOUT);
    psock_t client = connected_to(listener);
    psock_t server = keep(psock_accept(listener, NULL, in_time()));
    send_text(client, "hello");
    recv_text(server, "hello");
}

static void adopted_connection_does_not_wait_on_its_own(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t listener = listening(family);
    psock_address address = local_of(listener);
    psock_t native = host_native_open(family, PSOCK_STREAM);
    assert_int_equal(connect((psock_native)native,
                             psock_address_to_native(&address),
                             (socklen_t)address.length),
                     0);
    psock_t client = adopted(native);
    assert_result(psock_recv(client, &byte, 1, 0, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_recv(client, &byte, 1, 0, psock_deadline_ms(1)),
                  PSOCK_ETIMEDOUT);
}

static void adopted_datagram_socket_survives_undelivered_ones(void **state)
{
    char byte;
    int family = family_of(state);
    psock_t s = adopted_of(family, PSOCK_DATAGRAM);
    psock_t gone = datagram(family);
    psock_address closed = local_of(gone);
    close_kept(gone);
    for (int i = 0; i < 5; i++)
        assert_result(psock_send_to(s, "x", 1, 0, &closed, in_time()), 1);
    assert_result(psock_recv(s, &byte, 1, 0, psock_deadline_ms(SHORT_MS)),
                  PSOCK_ETIMEDOUT);
}

static void adopting_ones_own_socket_is_harmless(void **state)
{
    struct stream ends = stream_over(family_of(state));
    psock_t again = psock_adopt(psock_to_native(ends.client));
    assert_true(again == ends.client);
    send_text(ends.client, "hello");
    recv_text(ends.server, "hello");
}

static void what_is_no_socket_is_not_adopted(void **state)
{
    psock_t foreign = host_foreign_open();
    (void)state;
    psock_t result = psock_adopt((psock_native)foreign);
    assert_true(host_foreign_is_open(foreign));
    host_foreign_close(foreign);
    assert_result(result, PSOCK_ENOTSOCK);
    assert_result(psock_adopt((psock_native)-1), PSOCK_EBADF);
}

/* --- Releasing ------------------------------------------------------------ */

/* Only a blocking socket waits in the system's own receive. */
static void released_socket_is_a_blocking_one(void **state)
{
    char byte;
    psock_native native = (psock_native)-1;
    struct stream ends = stream_over(family_of(state));
    assert_result(psock_release(ends.client, &native), 0);
    assert_true(native == psock_to_native(ends.client));
    int64_t before_ns = clock_ns();
    assert_true(host_native_recv(ends.client, &byte, 1, SHORT_MS) < 0);
    assert_true(clock_ns() - before_ns >= SHORT_NS / 2);
    send_text(ends.server, "x");
    assert_int_equal(host_native_recv(ends.client, &byte, 1, 10000), 1);
    host_native_close(let_go(ends.client));
}

/* However it was connected. */
static void released_socket_sends_as_long_as_it_takes(void **state)
{
    static const char zeros[16];
    char limit[sizeof zeros] = {0};
    socklen_t length = sizeof limit;
    psock_native native = (psock_native)-1;
    struct stream ends = stream_over(family_of(state)); /* within a deadline */
    assert_result(psock_release(ends.client, &native), 0);
    assert_int_equal(
        getsockopt(native, SOL_SOCKET, SO_SNDTIMEO, limit, &length), 0);
    assert_memory_equal(limit, zeros, sizeof zeros);
    ends.client = psock_adopt(native);
    assert_true(ends.client >= 0);
}

static void released_and_adopted_socket_is_as_before(void **state)
{
    char byte;
    psock_native native = (psock_native)-1;
    struct stream ends = stream_over(family_of(state));
    for (int i = 0; i < 3; i++) {
        assert_result(psock_release(ends.client, &native), 0);
        assert_true(psock_adopt(native) == ends.client);
        assert_result(psock_recv(ends.client, &byte, 1, 0, PSOCK_NOW),
                      PSOCK_EAGAIN);
        send_text(ends.server, "hello");
        recv_text(ends.client, "hello");
    }
}

static void listener_can_be_released(void **state)
{
    psock_native native = (psock_native)-1;
    psock_t listener = listening(family_of(state));
    assert_result(psock_release(listener, &native), 0);
    connected_to(listener);
    psock_t server = (psock_t)accept(native, NULL, NULL);
    assert_true(server >= 0);
    host_native_close(server);
}

/* --- Addresses ------------------------------------------------------------ */

static void address_goes_there_and_back(void **state)
{
    static const char *const texts[] = {"192.0.2.7:80", "0.0.0.0:0",
                                        "[2001:db8::1]:443", "[fe80::1%1]:9",
                                        "unix:/run/psock"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        psock_address address, back;
        assert_result(psock_address_parse(texts[i], &address), 0);
        assert_result(
            psock_address_from_native(psock_address_to_native(&address),
                                      address.length, &back),
            0);
        assert_true(same_address(&address, &back));
        assert_int_equal(back.length, address.length);
    }
}

static void systems_own_name_becomes_an_address(void **state)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    psock_address address;
    psock_t s = bound(family_of(state), PSOCK_STREAM, PSOCK_BIND_FRESH);
    assert_int_equal(
        getsockname(psock_to_native(s), (struct sockaddr *)&name, &length), 0);
    assert_result(psock_address_from_native(&name, (size_t)length, &address),
                  0);
    psock_address local = local_of(s);
    assert_true(same_address(&address, &local));
}

static void address_of_any_family_is_taken(void **state)
{
    unsigned char name[128];
    psock_address address;
    (void)state;
    memset(name, 0x7B, sizeof name);
    assert_result(psock_address_from_native(name, sizeof name, &address), 0);
    assert_int_equal(psock_address_family(&address), PSOCK_NONE);
    assert_int_equal(address.length, sizeof name);
    assert_memory_equal(psock_address_to_native(&address), name, sizeof name);
}

static void no_bytes_are_no_address(void **state)
{
    psock_address address;
    (void)state;
    assert_result(psock_address_from_native(NULL, 0, &address), 0);
    assert_int_equal(psock_address_family(&address), PSOCK_NONE);
}

static void length_that_cannot_be_is_refused(void **state)
{
    static const unsigned char name[200];
    static const size_t lengths[] = {129, 200, UINT32_MAX, SIZE_MAX};
    psock_address address, before;
    (void)state;
    memset(&address, 0xC5, sizeof address);
    before = address;
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_result(psock_address_from_native(name, lengths[i], &address),
                      PSOCK_EINVAL);
    assert_memory_equal(&address, &before, sizeof address);
}

static void null_is_refused(void **state)
{
    psock_address address = loopback(PSOCK_IPV4, 1), before = address;
    (void)state;
    assert_result(psock_address_from_native(NULL, 16, &address), PSOCK_EFAULT);
    assert_result(psock_address_from_native(&address, 16, NULL), PSOCK_EFAULT);
    assert_memory_equal(&address, &before, sizeof address);
}

/* The system's calls need its library running, so it is started for good. */
static int start(void **state)
{
    assert_result(psock_startup(), 0);
    return warm_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_both(native_value_works_in_the_systems_calls),
        test_both(adopted_socket_keeps_its_value),
        test_both(adopted_stream_works),
        test_both(adopted_listener_works),
        test_both(adopted_connection_does_not_wait_on_its_own),
        test_both(adopted_datagram_socket_survives_undelivered_ones),
        test_both(adopting_ones_own_socket_is_harmless),
        test_once(what_is_no_socket_is_not_adopted),
        test_both(released_socket_is_a_blocking_one),
        test_both(released_socket_sends_as_long_as_it_takes),
        test_both(released_and_adopted_socket_is_as_before),
        test_both(listener_can_be_released),
        test_once(address_goes_there_and_back),
        test_both(systems_own_name_becomes_an_address),
        test_once(address_of_any_family_is_taken),
        test_once(no_bytes_are_no_address),
        test_once(length_that_cannot_be_is_refused),
        test_once(null_is_refused),
    };
    return cmocka_run_group_tests_name("native", tests, start, NULL);
}
