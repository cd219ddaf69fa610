/* strerror.c: strerror(), strerror_r(), perror(), and the numbers of errno.h. */
/* The strerror_r() of POSIX, not that of GNU. */
#undef _GNU_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void each_error_has_its_text(void **state)
{
    static const struct {
        int number;
        const char *text;
    } errors[] = {
        {0, "Success"},
        {EPERM, "Operation not permitted"},
        {ENOENT, "No such file or directory"},
        {EINTR, "Interrupted system call"},
        {EBADF, "Bad file descriptor"},
        {EAGAIN, "Resource temporarily unavailable"},
        {EACCES, "Permission denied"},
        {EFAULT, "Bad address"},
        {EINVAL, "Invalid argument"},
        {EMFILE, "Too many open files"},
        {EPIPE, "Broken pipe"},
        {ENOTSOCK, "Socket operation on non-socket"},
        {EDESTADDRREQ, "Destination address required"},
        {EMSGSIZE, "Message too long"},
        {EPROTOTYPE, "Protocol wrong type for socket"},
        {ENOPROTOOPT, "Protocol not available"},
        {EPROTONOSUPPORT, "Protocol not supported"},
        {ESOCKTNOSUPPORT, "Socket type not supported"},
        {EOPNOTSUPP, "Operation not supported"},
        {EPFNOSUPPORT, "Protocol family not supported"},
        {EAFNOSUPPORT, "Address family not supported by protocol"},
        {EADDRINUSE, "Address already in use"},
        {EADDRNOTAVAIL, "Cannot assign requested address"},
        {ENETDOWN, "Network is down"},
        {ENETUNREACH, "Network is unreachable"},
        {ENETRESET, "Network dropped connection on reset"},
        {ECONNABORTED, "Software caused connection abort"},
        {ECONNRESET, "Connection reset by peer"},
        {ENOBUFS, "No buffer space available"},
        {EISCONN, "Transport endpoint is already connected"},
        {ENOTCONN, "Transport endpoint is not connected"},
        {ESHUTDOWN, "Cannot send after transport endpoint shutdown"},
        {ETOOMANYREFS, "Too many references: cannot splice"},
        {ETIMEDOUT, "Connection timed out"},
        {ECONNREFUSED, "Connection refused"},
        {EHOSTDOWN, "Host is down"},
        {EHOSTUNREACH, "No route to host"},
        {EALREADY, "Operation already in progress"},
        {EINPROGRESS, "Operation now in progress"},
        {ESTALE, "Stale file handle"},
        {EDQUOT, "Disk quota exceeded"},
        {EREMOTE, "Object is remote"},
        {EUSERS, "Too many users"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        assert_string_equal(strerror(errors[i].number), errors[i].text);
}

static void an_unknown_number_is_told(void **state)
{
    (void)state;
    assert_string_equal(strerror(99999), "Unknown error 99999");
    assert_string_equal(strerror(-7), "Unknown error -7");
}

static void strerror_keeps_errno(void **state)
{
    (void)state;
    errno = EPIPE;
    strerror(ECONNRESET);
    assert_int_equal(errno, EPIPE);
}

static void strerror_r_fills_the_buffer(void **state)
{
    (void)state;
    char text[64];
    assert_int_equal(strerror_r(ECONNREFUSED, text, sizeof text), 0);
    assert_string_equal(text, "Connection refused");
}

static void strerror_r_with_little_room_is_erange(void **state)
{
    (void)state;
    char text[8];
    assert_int_equal(strerror_r(ECONNREFUSED, text, sizeof text), ERANGE);
}

static void strerror_r_of_an_unknown_number_is_einval(void **state)
{
    (void)state;
    char text[64];
    assert_int_equal(strerror_r(99999, text, sizeof text), EINVAL);
}

/* Both names compile in a ladder, and mean the same. */
static void would_block_is_again(void **state)
{
    (void)state;
    assert_int_equal(EWOULDBLOCK, EAGAIN);
    assert_int_equal(ENOTSUP, EOPNOTSUPP);
}

/* A switch has room for each number once. */
static const char *name_of_error(int number)
{
    switch (number) {
#define NAME(error)                                                            \
    case error:                                                                \
        return #error
        NAME(EPERM);
        NAME(ENOENT);
        NAME(EINTR);
        NAME(EIO);
        NAME(EBADF);
        NAME(EAGAIN);
        NAME(ENOMEM);
        NAME(EACCES);
        NAME(EFAULT);
        NAME(EBUSY);
        NAME(EEXIST);
        NAME(EINVAL);
        NAME(ENFILE);
        NAME(EMFILE);
        NAME(ENOSPC);
        NAME(ESPIPE);
        NAME(EPIPE);
        NAME(EDEADLK);
        NAME(ENAMETOOLONG);
        NAME(ELOOP);
        NAME(ENOTSOCK);
        NAME(EDESTADDRREQ);
        NAME(EMSGSIZE);
        NAME(EPROTO);
        NAME(EPROTOTYPE);
        NAME(ENOPROTOOPT);
        NAME(EPROTONOSUPPORT);
        NAME(ESOCKTNOSUPPORT);
        NAME(EOPNOTSUPP);
        NAME(EPFNOSUPPORT);
        NAME(EAFNOSUPPORT);
        NAME(EADDRINUSE);
        NAME(EADDRNOTAVAIL);
        NAME(ENETDOWN);
        NAME(ENETUNREACH);
        NAME(ENETRESET);
        NAME(ECONNABORTED);
        NAME(ECONNRESET);
        NAME(ENOBUFS);
        NAME(EISCONN);
        NAME(ENOTCONN);
        NAME(ESHUTDOWN);
        NAME(ETOOMANYREFS);
        NAME(ETIMEDOUT);
        NAME(ECONNREFUSED);
        NAME(EHOSTDOWN);
        NAME(EHOSTUNREACH);
        NAME(EALREADY);
        NAME(EINPROGRESS);
        NAME(ESTALE);
        NAME(EDQUOT);
        NAME(EREMOTE);
        NAME(EUSERS);
        NAME(ECANCELED);
        NAME(EOVERFLOW);
        NAME(EILSEQ);
    default:
        return "?";
    }
}

static void numbers_of_errors_differ(void **state)
{
    (void)state;
    assert_string_equal(name_of_error(EWOULDBLOCK), "EAGAIN");
    assert_string_equal(name_of_error(ESHUTDOWN), "ESHUTDOWN");
}

static void a_text_of_strerror_outlives_other_calls(void **state)
{
    (void)state;
    char buffer[64];
    const char *text = strerror(1729576);
    (void)!strerror_r(1729577, buffer, sizeof buffer);
    int kept = keep(dup(STDERR_FILENO));
    assert_call(dup2(temporary_file(), STDERR_FILENO), STDERR_FILENO);
    errno = 1729578;
    perror("");
    assert_call(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    assert_string_equal(text, "Unknown error 1729576");
}

static void perror_writes_a_line_to_stderr(void **state)
{
    (void)state;
    char text[128];
    int kept = keep(dup(STDERR_FILENO));
    int file = temporary_file();
    assert_call(dup2(file, STDERR_FILENO), STDERR_FILENO);
    errno = ECONNREFUSED;
    perror("connect");
    errno = EADDRINUSE;
    perror("");
    assert_call(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    assert_call(lseek(file, 0, SEEK_SET), 0);
    ssize_t size = read(file, text, sizeof text - 1);
    assert_true(size > 0);
    text[size] = '\0';
    assert_string_equal(text, "connect: Connection refused\n"
                              "Address already in use\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(each_error_has_its_text),
        claim(an_unknown_number_is_told),
        claim(strerror_keeps_errno),
        claim(strerror_r_fills_the_buffer),
        claim(strerror_r_with_little_room_is_erange),
        claim(strerror_r_of_an_unknown_number_is_einval),
        claim(would_block_is_again),
        claim(numbers_of_errors_differ),
        claim(a_text_of_strerror_outlives_other_calls),
        claim(perror_writes_a_line_to_stderr),
    };
    return cmocka_run_group_tests_name("strerror", tests, NULL, NULL);
}
