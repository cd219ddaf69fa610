/* scene.c: beginnings and ends of tests on the fake Winsock. */
#include "scene.h"

int scene_on_windows_10(void **state)
{
    (void)state;
    fake_begin(&win10_2004plus);
    return 0;
}

int scene_on_windows_7(void **state)
{
    (void)state;
    fake_begin(&win7_like);
    return 0;
}

int scene_end(void **state)
{
    (void)state;
    return (int)fake_end();
}

psock_address scene_address(const char *text)
{
    psock_address address;
    assert_int_equal(psock_address_parse(text, &address), 0);
    return address;
}

psock_t scene_open(int type)
{
    psock_t s = psock_open(PSOCK_IPV4, type, 0);
    assert_true(s >= 0);
    return s;
}

psock_t scene_bound(int type, psock_address *where)
{
    psock_t s = scene_open(type);
    const psock_address loopback = scene_address("127.0.0.1");
    assert_int_equal(psock_bind(s, &loopback, PSOCK_BIND_FRESH), 0);
    if (where != NULL)
        assert_int_equal(psock_local(s, where), 0);
    return s;
}

psock_address scene_nobody(void)
{
    psock_address where;
    scene_close(scene_bound(PSOCK_STREAM, &where));
    return where;
}

psock_t scene_listener(psock_address *where)
{
    psock_t s = scene_bound(PSOCK_STREAM, where);
    assert_int_equal(psock_listen(s, PSOCK_BACKLOG_DEFAULT), 0);
    return s;
}

psock_t scene_connected(psock_t *peer)
{
    psock_address where;
    psock_t listener = scene_listener(&where);
    psock_t s = scene_open(PSOCK_STREAM);
    assert_int_equal(psock_connect(s, &where, PSOCK_FOREVER), 0);
    *peer = psock_accept(listener, NULL, PSOCK_NOW);
    assert_true(*peer >= 0);
    scene_close(listener);
    fake_forget();
    return s;
}

psock_t scene_connecting(void)
{
    psock_t s = scene_open(PSOCK_STREAM);
    const psock_address far_away = scene_address("192.0.2.99:80");
    assert_int_equal(psock_connect(s, &far_away, PSOCK_NOW), PSOCK_EAGAIN);
    fake_forget();
    return s;
}

void scene_close(psock_t s)
{
    assert_int_equal(psock_close(s), 0);
}

void scene_close_two(psock_t s, psock_t other)
{
    scene_close(s);
    scene_close(other);
}

void scene_send(psock_t s, const char *text)
{
    const size_t size = strlen(text);
    assert_int_equal(psock_send(s, text, size, 0, PSOCK_NOW), size);
}

void scene_expect(psock_t s, const char *text)
{
    char buffer[64];
    const size_t size = strlen(text);
    assert_int_equal(psock_recv(s, buffer, sizeof buffer, 0, PSOCK_NOW), size);
    assert_memory_equal(buffer, text, size);
}

ptrdiff_t scene_receive(psock_t s)
{
    char buffer[64];
    return psock_recv(s, buffer, sizeof buffer, 0, PSOCK_NOW);
}

int64_t scene_clock_ns(void)
{
    LARGE_INTEGER count;
    LARGE_INTEGER rate;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&rate);
    return count.QuadPart / rate.QuadPart * 1000000000 +
           count.QuadPart % rate.QuadPart * 1000000000 / rate.QuadPart;
}
