/* startup.c: WSAStartup and WSACleanup, when and how often. */
#include "scene.h"

#include "host.h"

static void startup_required_first_use_starts(void **state)
{
    (void)state;
    assert_int_equal(fake_started(), 0);
    scene_close(scene_open(PSOCK_STREAM));
    assert_int_equal(fake_started(), 1);
    assert_true(
        fake_recorded_in_order("WSAStartup version 2.2", "WSASocketW", NULL));
}

static void startup_required_second_use_does_not_start_again(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_STREAM));
    scene_close(scene_open(PSOCK_DATAGRAM));
    assert_int_equal(fake_calls(FAKE_WSAStartup), 1);
}

static void startup_refcount_each_startup_has_its_cleanup(void **state)
{
    (void)state;
    assert_int_equal(psock_startup(), 0);
    assert_int_equal(psock_startup(), 0);
    assert_int_equal(fake_started(), 2);
    assert_int_equal(psock_cleanup(), 0);
    assert_int_equal(fake_started(), 1);
    assert_int_equal(psock_cleanup(), 0);
    assert_int_equal(fake_started(), 0);
    assert_int_equal(psock_cleanup(), PSOCK_EINVAL);
    assert_int_equal(fake_calls(FAKE_WSACleanup), 2);
}

static void
startup_refcount_last_cleanup_takes_its_own_start_along(void **state)
{
    (void)state;
    scene_close(scene_open(PSOCK_STREAM));
    assert_int_equal(psock_startup(), 0);
    assert_int_equal(fake_started(), 2);
    assert_int_equal(psock_cleanup(), 0);
    assert_int_equal(fake_started(), 0);
}

static void startup_refcount_use_after_cleanup_starts_anew(void **state)
{
    (void)state;
    assert_int_equal(psock_startup(), 0);
    assert_int_equal(psock_cleanup(), 0);
    scene_close(scene_open(PSOCK_STREAM));
    assert_int_equal(fake_started(), 1);
}

static void startup_refcount_last_cleanup_ends_open_sockets(void **state)
{
    (void)state;
    assert_int_equal(psock_startup(), 0);
    psock_t s = scene_open(PSOCK_DATAGRAM);
    assert_int_equal(psock_cleanup(), 0);
    scene_close(scene_open(PSOCK_DATAGRAM));
    assert_int_equal(psock_close(s), PSOCK_EBADF);
}

/* Events that waits have left for the next are not held over the end. */
static void last_cleanup_leaves_no_event(void **state)
{
    psock_t peer;
    (void)state;
    assert_int_equal(psock_startup(), 0);
    psock_t s = scene_connected(&peer);
    char byte;
    assert_int_equal(psock_recv(s, &byte, 1, 0, psock_deadline_ms(1)),
                     PSOCK_ETIMEDOUT);
    scene_close_two(s, peer);
    assert_int_equal(psock_cleanup(), 0);
    assert_int_equal(fake_open_events(), 0);
}

/* WSAStartup returns its error and leaves the last one alone. */
static void check_failure(int native, int error)
{
    fake_fail_next(FAKE_WSAStartup, native, 1);
    SetLastError(WSAEINVAL);
    assert_int_equal(psock_startup(), error);
    assert_int_equal(psock_error_native(), native);
    assert_int_equal(psock_cleanup(), PSOCK_EINVAL);
}

static void startup_sysnotready_result_is_the_error(void **state)
{
    (void)state;
    check_failure(WSASYSNOTREADY, PSOCK_ENETDOWN);
    check_failure(WSAVERNOTSUPPORTED, PSOCK_ENOTSUP);
    check_failure(WSAEINPROGRESS, PSOCK_EINPROGRESS);
    check_failure(WSAEPROCLIM, PSOCK_EMFILE);
    check_failure(WSAEFAULT, PSOCK_EFAULT);
}

static void startup_sysnotready_first_use_fails_with_it(void **state)
{
    (void)state;
    fake_fail_next(FAKE_WSAStartup, WSASYSNOTREADY, 1);
    assert_int_equal(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), PSOCK_ENETDOWN);
    assert_int_equal(fake_calls(FAKE_WSASocketW), 0);
}

static void startup_sysnotready_next_use_tries_again(void **state)
{
    (void)state;
    fake_fail_next(FAKE_WSAStartup, WSASYSNOTREADY, 1);
    assert_int_equal(psock_open(PSOCK_IPV4, PSOCK_STREAM, 0), PSOCK_ENETDOWN);
    scene_close(scene_open(PSOCK_STREAM));
}

static void startup_version_older_one_is_refused(void **state)
{
    (void)state;
    fake_offer_version(MAKEWORD(1, 1));
    assert_int_equal(psock_startup(), PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), WSAVERNOTSUPPORTED);
}

static void startup_version_refused_one_is_cleaned_up(void **state)
{
    (void)state;
    fake_offer_version(MAKEWORD(2, 0));
    assert_int_equal(psock_startup(), PSOCK_ENOTSUP);
    assert_int_equal(fake_started(), 0);
}

/* --- From several threads ---------------------------------------------------- */

#define THREADS 8

static void open_and_close(void *context)
{
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    *(_Bool *)context = s >= 0 && psock_close(s) == 0;
}

static void startup_required_threads_start_once_in_the_end(void **state)
{
    struct host_thread *threads[THREADS];
    _Bool went_well[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        threads[i] = host_thread_start(open_and_close, &went_well[i]);
    for (int i = 0; i < THREADS; i++)
        assert_true(host_thread_join(threads[i], 20000));
    for (int i = 0; i < THREADS; i++)
        assert_true(went_well[i]);
    assert_int_equal(fake_started(), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_BOTH(startup_required_first_use_starts),
        ON_WINDOWS_10(startup_required_second_use_does_not_start_again),
        ON_WINDOWS_10(startup_refcount_each_startup_has_its_cleanup),
        ON_WINDOWS_10(startup_refcount_last_cleanup_takes_its_own_start_along),
        ON_WINDOWS_10(startup_refcount_use_after_cleanup_starts_anew),
        ON_WINDOWS_10(startup_refcount_last_cleanup_ends_open_sockets),
        ON_WINDOWS_10(last_cleanup_leaves_no_event),
        ON_WINDOWS_10(startup_sysnotready_result_is_the_error),
        ON_WINDOWS_10(startup_sysnotready_first_use_fails_with_it),
        ON_WINDOWS_10(startup_sysnotready_next_use_tries_again),
        ON_WINDOWS_10(startup_version_older_one_is_refused),
        ON_WINDOWS_10(startup_version_refused_one_is_cleaned_up),
        ON_WINDOWS_10(startup_required_threads_start_once_in_the_end),
    };
    return cmocka_run_group_tests_name("winsock.startup", tests, NULL, NULL);
}
