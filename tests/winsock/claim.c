/* claim.c: running claims, and what they are made of. */
#include "claim.h"

#include <stdlib.h>

static const struct fake_profile *running_on;

static int set_up(void **state)
{
    WSADATA data;
    (void)state;
    fake_begin(running_on);
    return psock_winsock.WSAStartup(MAKEWORD(2, 2), &data);
}

static int tear_down(void **state)
{
    (void)state;
    psock_winsock.WSACleanup();
    return (int)fake_end();
}

static void check(void **state)
{
    const struct claim *claim = *state;
    assert_int_equal(claim->observe(), claim->expected);
}

/* The same claim may be made of both systems. */
struct name {
    char text[64];
};

static struct CMUnitTest test_of(const struct claim *claim, struct name *name)
{
    snprintf(name->text, sizeof name->text, "%s%s", claim->id,
             running_on == &win7_like ? ".windows_7" : "");
    return (struct CMUnitTest){.name = name->text,
                               .test_func = check,
                               .setup_func = set_up,
                               .teardown_func = tear_down,
                               .initial_state = (void *)(uintptr_t)claim};
}

int claim_run(const char *group, const struct fake_profile *profile,
              const struct claim *claims, size_t count)
{
    running_on = profile;
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    struct name *names = calloc(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        tests[i] = test_of(&claims[i], &names[i]);
    int failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
    free(names);
    free(tests);
    return failed;
}

int claim_outcome(int result)
{
    return result == SOCKET_ERROR ? -psock_winsock.WSAGetLastError() : result;
}

int claim_socket_outcome(SOCKET s)
{
    if (s == INVALID_SOCKET)
        return -psock_winsock.WSAGetLastError();
    return claim_close(s, 1);
}

struct sockaddr_in claim_ipv4(ULONG address, u_short port)
{
    struct sockaddr_in name;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(address);
    name.sin_port = htons(port);
    return name;
}

SOCKET claim_open(int type)
{
    u_long on = 1;
    SOCKET s = psock_winsock.WSASocketW(AF_INET, type, 0, NULL, 0,
                                        WSA_FLAG_OVERLAPPED);
    psock_winsock.ioctlsocket(s, (long)FIONBIO, &on);
    return s;
}

int claim_bind(SOCKET s, const struct sockaddr_in *name, int length)
{
    return claim_outcome(
        psock_winsock.bind(s, (const struct sockaddr *)name, length));
}

int claim_connect(SOCKET s, const struct sockaddr_in *name, int length)
{
    return claim_outcome(
        psock_winsock.connect(s, (const struct sockaddr *)name, length));
}

int claim_send_to(SOCKET s, const char *text, const struct sockaddr_in *name,
                  int length)
{
    return claim_outcome(psock_winsock.sendto(
        s, text, (int)strlen(text), 0, (const struct sockaddr *)name, length));
}

int claim_error_of(SOCKET s)
{
    int error = -1;
    int length = sizeof error;
    psock_winsock.getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &length);
    return error;
}

SOCKET claim_open_bound(int type)
{
    SOCKET s = claim_open(type);
    const struct sockaddr_in name = claim_ipv4(CLAIM_LOOPBACK, 0);
    claim_bind(s, &name, sizeof name);
    return s;
}

SOCKET claim_listener(void)
{
    SOCKET s = claim_open_bound(SOCK_STREAM);
    psock_winsock.listen(s, 5);
    return s;
}

struct sockaddr_in claim_name_of(SOCKET s)
{
    struct sockaddr_in name;
    int length = sizeof name;
    memset(&name, 0, sizeof name);
    psock_winsock.getsockname(s, (struct sockaddr *)&name, &length);
    return name;
}

SOCKET claim_connected(SOCKET *peer)
{
    SOCKET listener = claim_listener();
    SOCKET s = claim_open(SOCK_STREAM);
    const struct sockaddr_in name = claim_name_of(listener);
    claim_connect(s, &name, sizeof name);
    *peer = psock_winsock.accept(listener, NULL, NULL);
    psock_winsock.closesocket(listener);
    return s;
}

int claim_close(SOCKET s, int result)
{
    psock_winsock.closesocket(s);
    return result;
}

int claim_close_two(SOCKET s, SOCKET other, int result)
{
    psock_winsock.closesocket(other);
    return claim_close(s, result);
}
