/* process.c: what a process says of itself. */
#include "fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

static void a_process_has_a_number_and_a_parent(void **state)
{
    (void)state;
    assert_true(getpid() > 0);
    assert_int_equal(getpid(), getpid());
    assert_true(getppid() > 0);
    assert_int_not_equal(getppid(), getpid());
}

static void the_effective_user_may_be_set_again(void **state)
{
    (void)state;
    assert_call(seteuid(geteuid()), 0);
    assert_call(setegid(getegid()), 0);
    assert_call(setreuid((uid_t)-1, (uid_t)-1), 0);
    assert_fails(setuid((uid_t)-1), EINVAL);
    assert_fails(setgid((gid_t)-1), EINVAL);
}

static void getgroups_counts_and_tells(void **state)
{
    (void)state;
    gid_t groups[256];
    int count = getgroups(0, NULL);
    assert_true(count >= 0 && count <= 256);
    assert_call(getgroups(256, groups), count);
    volatile int too_few = -1;
    assert_fails(getgroups(too_few, groups), EINVAL);
}

static void a_process_is_in_a_group(void **state)
{
    (void)state;
    assert_true(getpgrp() > 0);
    assert_int_equal(getpgid(0), getpgrp());
    assert_int_equal(getpgid(getpid()), getpgrp());
    assert_fails(getpgid(0x3ffffff3), ESRCH);
    assert_fails(setpgid(0, -1), EINVAL);
    assert_fails(setpgid(0x3ffffff3, 0), ESRCH);
}

static void a_socket_is_no_terminal(void **state)
{
    (void)state;
    struct termios settings;
    int fd = bound(AF_INET, SOCK_DGRAM);
    assert_fails(tcgetattr(fd, &settings), ENOTTY);
    assert_fails(tcgetpgrp(fd), ENOTTY);
    assert_fails(tcgetattr(closed_descriptor(), &settings), EBADF);
    assert_fails(tcgetpgrp(closed_descriptor()), EBADF);
}

static void readlink_of_what_is_no_link_is_einval(void **state)
{
    (void)state;
    char text[64];
    assert_fails(readlink(".", text, sizeof text), EINVAL);
    assert_fails(readlink("there-is-no-such-file", text, sizeof text), ENOENT);
}

static void chown_to_nobody_changes_nothing(void **state)
{
    (void)state;
    int fd = temporary_file();
    assert_call(fchown(fd, (uid_t)-1, (gid_t)-1), 0);
    assert_call(chown(".", (uid_t)-1, (gid_t)-1), 0);
    assert_fails(chown("there-is-no-such-file", 0, 0), ENOENT);
    assert_fails(fchown(closed_descriptor(), (uid_t)-1, (gid_t)-1), EBADF);
}

static void sysconf_tells_numbers(void **state)
{
    (void)state;
    assert_true(sysconf(_SC_OPEN_MAX) >= 256);
    assert_int_equal(sysconf(_SC_PAGESIZE), getpagesize());
    assert_true(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    assert_true(sysconf(_SC_PHYS_PAGES) > 0);
    assert_int_equal(sysconf(_SC_CLK_TCK), 100);
    assert_true(sysconf(_SC_IOV_MAX) >= 16);
    assert_true(sysconf(_SC_HOST_NAME_MAX) >= 64);
    assert_fails(sysconf(100000), EINVAL);
}

static void getdtablesize_is_the_limit_of_open_files(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_call(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(getdtablesize(), limit.rlim_cur);
    assert_true(limit.rlim_cur <= limit.rlim_max);
    assert_call(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Opens all that may be opened, and returns the highest number. */
static int highest_number(void)
{
    int highest = -1;
    for (int fd = dup(STDOUT_FILENO); fd >= 0; fd = dup(STDOUT_FILENO))
        highest = keep(fd);
    assert_int_equal(errno, EMFILE);
    return highest;
}

static void a_lower_limit_of_open_files_is_kept_and_in_force(void **state)
{
    (void)state;
    struct rlimit before, limit;
    struct pollfd entries[41] = {{-1, 0, 0}};
    assert_call(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = 40;
    assert_call(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_call(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 40);
    assert_int_equal(limit.rlim_max, before.rlim_max);
    assert_int_equal(sysconf(_SC_OPEN_MAX), 40);
    assert_int_equal(getdtablesize(), 40);
    assert_fails(dup2(STDOUT_FILENO, 40), EBADF);
    assert_fails(fcntl(STDOUT_FILENO, F_DUPFD, 40), EINVAL);
    assert_fails(poll(entries, 41, 0), EINVAL);
    assert_int_equal(highest_number(), 39);
    assert_fails(socket(AF_INET, SOCK_STREAM, 0), EMFILE);
    assert_fails(open("/dev/null", O_RDONLY), EMFILE);
    assert_call(setrlimit(RLIMIT_NOFILE, &before), 0);
    keep(socket(AF_INET, SOCK_STREAM, 0));
}

static void limits_that_there_are_not_are_einval(void **state)
{
    (void)state;
    struct rlimit limit = {2, 1};
    assert_fails(getrlimit((__typeof__(RLIMIT_NOFILE))100, &limit), EINVAL);
    assert_fails(setrlimit(RLIMIT_NOFILE, &limit), EINVAL);
}

static void getrusage_tells_the_time_spent(void **state)
{
    (void)state;
    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    assert_call(getrusage(RUSAGE_SELF, &usage), 0);
    assert_true(usage.ru_utime.tv_sec >= 0 && usage.ru_utime.tv_sec < 3600);
    assert_in_range(usage.ru_utime.tv_usec, 0, 999999);
    assert_true(usage.ru_maxrss > 0);
    assert_fails(getrusage((__typeof__(RUSAGE_SELF))17, &usage), EINVAL);
}

static void uname_tells_the_host_name(void **state)
{
    (void)state;
    struct utsname names;
    char host[sizeof names.nodename];
    assert_call(uname(&names), 0);
    assert_true(strlen(names.sysname) > 0);
    assert_true(strlen(names.release) > 0);
    assert_true(strlen(names.machine) > 0);
    assert_call(gethostname(host, sizeof host), 0);
    assert_string_equal(names.nodename, host);
}

static void anonymous_memory_is_zero_and_writable(void **state)
{
    (void)state;
    size_t size = 3 * (size_t)getpagesize();
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(memory[size - 1], 0);
    memset(memory, 1, size);
    assert_call(munmap(memory, size), 0);
}

static void a_file_is_mapped_to_be_read(void **state)
{
    (void)state;
    int fd = temporary_file();
    assert_call(write(fd, "hello", 5), 5);
    char *memory = mmap(NULL, 5, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_true(memory != MAP_FAILED);
    assert_memory_equal(memory, "hello", 5);
    assert_int_equal(memory[5], 0);
    assert_call(munmap(memory, 5), 0);
}

static void mapping_nothing_is_einval(void **state)
{
    (void)state;
    errno = 0;
    assert_true(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                MAP_FAILED);
    assert_int_equal(errno, EINVAL);
    errno = 0;
    assert_true(mmap(NULL, 10, PROT_READ, MAP_PRIVATE, closed_descriptor(),
                     0) == MAP_FAILED);
    assert_int_equal(errno, EBADF);
}

static void getentropy_fills_up_to_256_bytes(void **state)
{
    (void)state;
    unsigned char bytes[512] = {0};
    int sum = 0;
    assert_call(getentropy(bytes, 256), 0);
    for (size_t i = 0; i < 256; i++)
        sum += bytes[i];
    assert_int_not_equal(sum, 0);
    assert_fails(getentropy(bytes, 257), EIO);
}

static void getrandom_fills_all_of_it(void **state)
{
    (void)state;
    unsigned char bytes[1000] = {0};
    int sum = 0;
    assert_call(getrandom(bytes, sizeof bytes, GRND_NONBLOCK), sizeof bytes);
    for (size_t i = 500; i < sizeof bytes; i++)
        sum += bytes[i];
    assert_int_not_equal(sum, 0);
    assert_call(getrandom(bytes, 0, 0), 0);
    assert_fails(getrandom(bytes, 1, 0x100), EINVAL);
}

static void a_call_is_made_again_until_no_signal_ends_it(void **state)
{
    (void)state;
    int calls = 0;
    errno = EINTR;
    assert_int_equal(TEMP_FAILURE_RETRY(++calls < 3 ? -1 : calls), 3);
    errno = EAGAIN;
    assert_int_equal(TEMP_FAILURE_RETRY(-1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(a_process_has_a_number_and_a_parent),
        claim(the_effective_user_may_be_set_again),
        claim(getgroups_counts_and_tells),
        claim(a_process_is_in_a_group),
        claim(a_socket_is_no_terminal),
        claim(readlink_of_what_is_no_link_is_einval),
        claim(chown_to_nobody_changes_nothing),
        claim(sysconf_tells_numbers),
        claim(getdtablesize_is_the_limit_of_open_files),
        claim(a_lower_limit_of_open_files_is_kept_and_in_force),
        claim(limits_that_there_are_not_are_einval),
        claim(getrusage_tells_the_time_spent),
        claim(uname_tells_the_host_name),
        claim(anonymous_memory_is_zero_and_writable),
        claim(a_file_is_mapped_to_be_read),
        claim(mapping_nothing_is_einval),
        claim(getentropy_fills_up_to_256_bytes),
        claim(getrandom_fills_all_of_it),
        claim(a_call_is_made_again_until_no_signal_ends_it),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
