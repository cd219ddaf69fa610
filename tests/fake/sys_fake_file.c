/* sys_fake_file.c: what src/posix/sys_file.c has, from the script. */
#include "sys_fake.h"

#include <string.h>

/* --- The book of files ---------------------------------------------------- */

static int open_files;

void fake_begin_files(void)
{
    open_files = 0;
}

const char *fake_leaked_file(void)
{
    return open_files == 0 ? NULL : "a file was opened, and not closed";
}

/* --- open, close, size ---------------------------------------------------- */

static struct call open_call(const char *path)
{
    return (struct call){.name = "file_open", .text = path};
}

static struct call close_call(psock_file file)
{
    return FAKE_CALL("file_close", file);
}

static struct call size_call(psock_file file)
{
    return FAKE_CALL("file_size", file);
}

void expect_file_open(const char *path, struct answer answer)
{
    fake_expect(open_call(path), answer);
}

void expect_file_close(psock_file file, struct answer answer)
{
    fake_expect(close_call(file), answer);
}

void expect_file_size(psock_file file, struct answer answer)
{
    fake_expect(size_call(file), answer);
}

psock_file psock_sys_file_open(const char *path)
{
    fake_require(path != NULL);
    psock_file file = fake_answer(open_call(path)).result;
    open_files += file >= 0;
    return file;
}

int psock_sys_file_close(psock_file file)
{
    int error = (int)fake_answer(close_call(file)).result;
    open_files -= error == 0;
    return error;
}

int64_t psock_sys_file_size(psock_file file)
{
    struct answer answer = fake_answer(size_call(file));
    return answer.result < 0 ? answer.result : answer.numbers[0];
}

/* --- read ----------------------------------------------------------------- */

static struct call read_call(psock_file file, int64_t offset, size_t size)
{
    return FAKE_CALL("file_read", file, offset, (int64_t)size);
}

void expect_file_read(psock_file file, int64_t offset, size_t size,
                      struct answer answer)
{
    fake_expect(read_call(file, offset, size), answer);
}

ptrdiff_t psock_sys_file_read(psock_file file, int64_t offset, void *buffer,
                              size_t size)
{
    fake_require(offset >= 0);
    fake_require(buffer != NULL);
    fake_require(size > 0);
    fake_require((int64_t)size <= INT64_MAX - offset);
    struct answer answer = fake_answer(read_call(file, offset, size));
    fake_require(answer.result <= (ptrdiff_t)size);
    if (answer.data != NULL)
        memcpy(buffer, answer.data, (size_t)answer.result);
    return answer.result;
}

/* --- send_file ------------------------------------------------------------ */

static struct call ready_call(psock_t s)
{
    return FAKE_CALL("send_file_ready", s);
}

static struct call send_call(psock_t s, psock_file file, int64_t offset,
                             size_t size, const psock_waker *canceler,
                             int64_t timeout_ns)
{
    return FAKE_CALL("send_file", s, file, offset, (int64_t)size,
                     fake_place(canceler), timeout_ns);
}

static struct call can_send_call(void)
{
    return (struct call){.name = "can_send_file"};
}

void expect_send_file_ready(psock_t s, struct answer answer)
{
    fake_expect(ready_call(s), answer);
}

void expect_send_file(psock_t s, psock_file file, int64_t offset, size_t size,
                      const psock_waker *canceler, int64_t timeout_ns,
                      struct answer answer)
{
    fake_expect(send_call(s, file, offset, size, canceler, timeout_ns), answer);
}

void expect_can_send_file(struct answer answer)
{
    fake_expect(can_send_call(), answer);
}

int psock_sys_send_file_ready(psock_t s)
{
    return (int)fake_answer(ready_call(s)).result;
}

ptrdiff_t psock_sys_send_file(psock_t s, psock_file file, int64_t offset,
                              size_t size, psock_waker *canceler,
                              int64_t timeout_ns)
{
    fake_require(offset >= 0);
    fake_require(size > 0);
    fake_require(size <= PTRDIFF_MAX);
    fake_require((int64_t)size <= INT64_MAX - offset);
    fake_require(canceler == NULL || timeout_ns != 0);
    struct answer answer =
        fake_answer(send_call(s, file, offset, size, canceler, timeout_ns));
    fake_require(answer.result <= (ptrdiff_t)size);
    return answer.result;
}

int psock_sys_can_send_file(void)
{
    return (int)fake_answer(can_send_call()).result;
}
