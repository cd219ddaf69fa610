/* sys_fake_option.c: what src/posix/sys_option.c has, from the script. */
#include "sys_fake.h"

#include <string.h>

/* --- get, set ------------------------------------------------------------- */

/* Of which kind the socket is said to be goes with the option. */
static struct call get_call(psock_t s, int family, int type, int option)
{
    return FAKE_CALL("get_option", s, family, type, option);
}

static struct call set_call(psock_t s, int family, int type, int option,
                            int64_t value)
{
    return FAKE_CALL("set_option", s, family, type, option, value);
}

void expect_get_option(psock_t s, int family, int type, int option,
                       struct answer answer)
{
    fake_expect(get_call(s, family, type, option), answer);
}

void expect_set_option(psock_t s, int family, int type, int option,
                       int64_t value, struct answer answer)
{
    fake_expect(set_call(s, family, type, option, value), answer);
}

/* Describes an option that the system may be asked for. */
static psock_option_info known(int family, int type, int option)
{
    psock_option_info info;
    fake_require(psock_option_describe(option, &info) == 0);
    fake_require(option != PSOCK_OPTION_FAMILY && option != PSOCK_OPTION_TYPE);
    fake_require((info.families >> family & 1) != 0);
    fake_require((info.types >> type & 1) != 0);
    return info;
}

int psock_sys_get_option(psock_t s, int family, int type, int option,
                         int64_t *value)
{
    known(family, type, option);
    fake_require(value != NULL);
    struct answer answer = fake_answer(get_call(s, family, type, option));
    if (answer.result == 0)
        *value = answer.numbers[0];
    return (int)answer.result;
}

int psock_sys_set_option(psock_t s, int family, int type, int option,
                         int64_t value)
{
    const psock_option_info info = known(family, type, option);
    fake_require(info.can_set);
    fake_require(value >= info.minimum && value <= info.maximum);
    return (int)fake_answer(set_call(s, family, type, option, value)).result;
}

/* --- Structures ----------------------------------------------------------- */

/* Copies what is asked for, when there is a success. */
static int structured(struct answer answer, void *structure, size_t size)
{
    if (answer.result == 0 && answer.structure != NULL)
        memcpy(structure, answer.structure, size);
    return (int)answer.result;
}

static struct call keepalive_call(psock_t s, const psock_keepalive *wanted)
{
    return FAKE_CALL("set_keepalive", s, wanted->idle_ms, wanted->interval_ms,
                     wanted->probes);
}

static struct call tcp_info_call(psock_t s)
{
    return FAKE_CALL("get_tcp_info", s);
}

void expect_set_keepalive(psock_t s, const psock_keepalive *wanted,
                          struct answer answer)
{
    fake_expect(keepalive_call(s, wanted), answer);
}

void expect_get_tcp_info(psock_t s, struct answer answer)
{
    fake_expect(tcp_info_call(s), answer);
}

int psock_sys_set_keepalive(psock_t s, const psock_keepalive *wanted,
                            psock_keepalive *applied)
{
    fake_require(wanted != NULL && applied != NULL);
    fake_require(wanted->idle_ms >= 0 && wanted->interval_ms >= 0);
    fake_require(wanted->probes >= 0);
    return structured(fake_answer(keepalive_call(s, wanted)), applied,
                      sizeof *applied);
}

/* --- Names ---------------------------------------------------------------- */

static struct call get_congestion_call(psock_t s)
{
    return FAKE_CALL("get_congestion", s);
}

static struct call set_congestion_call(psock_t s, const char *name)
{
    struct call call = FAKE_CALL("set_congestion", s);
    call.text = name;
    return call;
}

void expect_get_congestion(psock_t s, struct answer answer)
{
    fake_expect(get_congestion_call(s), answer);
}

void expect_set_congestion(psock_t s, const char *name, struct answer answer)
{
    fake_expect(set_congestion_call(s, name), answer);
}

int psock_sys_get_congestion(psock_t s, char name[PSOCK_CONGESTION_NAME_SIZE])
{
    fake_require(name != NULL);
    struct answer answer = fake_answer(get_congestion_call(s));
    if (answer.result == 0 && answer.data != NULL) {
        fake_require(strlen(answer.data) < PSOCK_CONGESTION_NAME_SIZE);
        memcpy(name, answer.data, strlen(answer.data) + 1);
    }
    return (int)answer.result;
}

int psock_sys_set_congestion(psock_t s, const char *name)
{
    fake_require(name != NULL);
    fake_require(strlen(name) < PSOCK_CONGESTION_NAME_SIZE);
    return (int)fake_answer(set_congestion_call(s, name)).result;
}

/* Whether all of a structure is zero, as it has to be before it is told. */
static _Bool is_zero(const psock_tcp_info *info)
{
    const psock_tcp_info zero = {.valid = 0};
    return memcmp(info, &zero, sizeof zero) == 0;
}

int psock_sys_get_tcp_info(psock_t s, psock_tcp_info *info)
{
    fake_require(info != NULL);
    fake_require(is_zero(info));
    return structured(fake_answer(tcp_info_call(s)), info, sizeof *info);
}
