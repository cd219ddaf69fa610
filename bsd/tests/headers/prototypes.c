/* prototypes.c: each call has the type that POSIX or Linux gives it, and is there
 * to be linked. */
#include "fixture.h"
#include "forwards.h"

/* Where the types differ, this does not compile. */
#define CALL(result, name, arguments)                                          \
    static result(*const pointer_to_##name) arguments = name;
#include "calls.h"
#undef CALL

typedef void any_call(void);

struct call {
    const char *name;
    any_call *address;
};

static const struct call all_calls[] = {
#define CALL(result, name, arguments) {#name, (any_call *)name},
#include "calls.h"
#undef CALL
};

/* The pointers are of their own types, so each is looked at by its own line. */
static size_t count_of_pointers(void)
{
    size_t count = 0;
#define CALL(result, name, arguments) count += pointer_to_##name != NULL;
#include "calls.h"
#undef CALL
    return count;
}

static void each_call_has_its_type_and_an_address(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all_calls); i++)
        assert_true(all_calls[i].address != NULL);
    assert_int_equal(count_of_pointers(), COUNT_OF(all_calls));
}

/* --- Types and constants ----------------------------------------------------------- */

#define IS_UNSIGNED(type) ((type)-1 > (type)0)

static void types_are_signed_and_sized_as_posix_says(void **state)
{
    (void)state;
    assert_true(IS_UNSIGNED(socklen_t));
    assert_int_equal(sizeof(socklen_t), 4);
    assert_false(IS_UNSIGNED(ssize_t));
    assert_int_equal(sizeof(ssize_t), sizeof(size_t));
    assert_true(IS_UNSIGNED(sa_family_t));
    assert_int_equal(sizeof(in_port_t), 2);
    assert_int_equal(sizeof(in_addr_t), 4);
    assert_true(IS_UNSIGNED(in_addr_t));
    assert_true(IS_UNSIGNED(nfds_t));
    assert_int_equal(sizeof(struct in_addr), 4);
    assert_int_equal(sizeof(struct in6_addr), 16);
    assert_int_equal(sizeof(struct sockaddr_in), 16);
    assert_int_equal(sizeof(struct sockaddr_in6), 28);
    assert_int_equal(sizeof(struct sockaddr_storage), 128);
    assert_int_equal(sizeof(struct sockaddr_un), 110);
    assert_int_equal(sizeof(htonl(1)), 4);
    assert_int_equal(sizeof(fd_set), FD_SETSIZE / 8);
    assert_int_equal(FD_SETSIZE, 1024);
    assert_int_equal(sizeof(pid_t), sizeof(int));
}

static void constants_of_errors_are_distinct_where_they_must_be(void **state)
{
    (void)state;
    static const int numbers[] = {
        EAGAIN,       EINTR,       EBADF,           EINVAL,
        EPIPE,        ENOTSOCK,    ECONNRESET,      ECONNREFUSED,
        ECONNABORTED, ETIMEDOUT,   EHOSTUNREACH,    ENETUNREACH,
        EADDRINUSE,   EINPROGRESS, EALREADY,        EISCONN,
        ENOTCONN,     EMSGSIZE,    EDESTADDRREQ,    EOPNOTSUPP,
        EAFNOSUPPORT, ENOPROTOOPT, EPROTONOSUPPORT, EADDRNOTAVAIL,
        ENOBUFS,      ESHUTDOWN,   EHOSTDOWN,       EPFNOSUPPORT,
        EPROTOTYPE,   ENETDOWN,    ENETRESET,       ESOCKTNOSUPPORT,
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(numbers[i], numbers[k]);
    }
    assert_int_equal(EWOULDBLOCK, EAGAIN);
    assert_int_equal(ENOTSUP, EOPNOTSUPP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(each_call_has_its_type_and_an_address),
        claim(types_are_signed_and_sized_as_posix_says),
        claim(constants_of_errors_are_distinct_where_they_must_be),
    };
    return cmocka_run_group_tests_name("prototypes", tests, NULL, NULL);
}
