/* sys_fake_resolve.c: what src/posix/sys_resolve.c has, from the script.  The
 * answer of a look-up comes when the test says so: from within the call that
 * begins or stops it, or later, or never. */
#include "sys_fake.h"

#include "net.h"

#include <string.h>

/* --- Findings ------------------------------------------------------------- */

psock_address parsed(const char *text)
{
    psock_address address;
    assert_result(psock_address_parse(text, &address), 0);
    return address;
}

const struct finding *found(const char *const *texts)
{
    static psock_address addresses[16];
    static struct finding finding;
    finding = (struct finding){.addresses = addresses};
    for (; texts[finding.result] != NULL; finding.result++)
        addresses[finding.result] = parsed(texts[finding.result]);
    return &finding;
}

const struct finding *failed(int error)
{
    static struct finding finding;
    finding = (struct finding){.result = error};
    return &finding;
}

/* --- The book of look-ups ------------------------------------------------- */

enum {
    LOOK_UPS_MAX = 64
};

/* Null once it is answered: it may be gone then. */
static struct psock_sys_look_up *look_ups[LOOK_UPS_MAX];
static size_t look_up_count;

void fake_begin_look_ups(void)
{
    look_up_count = 0;
}

const char *fake_leaked_look_up(void)
{
    for (size_t i = 0; i < look_up_count; i++)
        if (look_ups[i] != NULL)
            return "a look-up was begun, and has no answer";
    return NULL;
}

static psock_address *copied(const psock_address *addresses, int count)
{
    if (count <= 0)
        return NULL;
    const size_t size = (size_t)count * sizeof *addresses;
    psock_address *copy = fake_lend(size);
    fake_require(copy != NULL && addresses != NULL);
    memcpy(copy, addresses, size);
    return copy;
}

static void copy_text(char *to, size_t size, const char *from)
{
    fake_require(from == NULL || strlen(from) < size);
    strcpy(to, from == NULL ? "" : from);
}

void fake_fill_look_up(struct psock_sys_look_up *look_up,
                       const struct finding *finding)
{
    look_up->result = finding->result;
    look_up->native = finding->result < 0 ? native_of(finding->result) : 0;
    look_up->addresses = copied(finding->addresses, finding->result);
    copy_text(look_up->host_name, sizeof look_up->host_name,
              finding->host_name);
    copy_text(look_up->service_name, sizeof look_up->service_name,
              finding->service_name);
    look_up->done(look_up);
}

void fake_answer_look_up(size_t number, const struct finding *finding)
{
    fake_require(number < look_up_count && look_ups[number] != NULL);
    struct psock_sys_look_up *look_up = look_ups[number];
    look_ups[number] = NULL;
    fake_fill_look_up(look_up, finding);
}

struct answer finds_out(const struct finding *finding)
{
    struct answer answer = returns(0);
    answer.structure = finding;
    return answer;
}

/* --- begin_look_up -------------------------------------------------------- */

static struct call begin_look_up_call(const struct psock_sys_look_up *question)
{
    struct call call =
        FAKE_CALL("begin_look_up", question->family, question->type,
                  question->configured, question->wants_name, question->flags);
    call.text = question->host;
    if (question->service != NULL) {
        call.bytes = question->service;
        call.byte_count = strlen(question->service) + 1;
    }
    if (question->address != NULL)
        call.address = *question->address;
    return call;
}

void expect_look_up(const struct psock_sys_look_up *question,
                    struct answer answer)
{
    fake_expect(begin_look_up_call(question), answer);
}

static void require_text(const char *text, size_t size)
{
    fake_require(text == NULL || (text[0] != 0 && strlen(text) < size));
}

void fake_require_question(const struct psock_sys_look_up *question)
{
    fake_require(question->done != NULL);
    fake_require(question->type == PSOCK_STREAM ||
                 question->type == PSOCK_DATAGRAM);
    if (question->address != NULL)
        return;
    fake_require(question->family == PSOCK_NONE ||
                 question->family == PSOCK_IPV4 ||
                 question->family == PSOCK_IPV6);
    fake_require(question->host != NULL || question->service != NULL);
    require_text(question->host, PSOCK_HOST_NAME_SIZE);
    require_text(question->service, PSOCK_SERVICE_NAME_SIZE);
}

int psock_sys_begin_look_up(struct psock_sys_look_up *look_up)
{
    fake_require_started();
    fake_require_question(look_up);
    if (net_is_there())
        return net_begin_look_up(look_up);
    fake_require(look_up_count < LOOK_UPS_MAX);
    const size_t number = look_up_count++;
    look_ups[number] = look_up;
    struct answer answer = fake_answer(begin_look_up_call(look_up));
    if (answer.result < 0)
        look_ups[number] = NULL;
    else if (answer.structure != NULL)
        fake_answer_look_up(number, answer.structure);
    return (int)answer.result;
}

/* --- stop_look_up --------------------------------------------------------- */

static struct call stop_look_up_call(size_t number)
{
    return FAKE_CALL("stop_look_up", (int64_t)number);
}

void expect_stop_look_up(size_t number, struct answer answer)
{
    fake_expect(stop_look_up_call(number), answer);
}

/* One that is answered is not in the book any more, and stopping it is the
 * caller's right all the same: it is the last then. */
static size_t number_of(const struct psock_sys_look_up *look_up)
{
    size_t number = 0;
    while (number < look_up_count && look_ups[number] != look_up)
        number++;
    return number;
}

void psock_sys_stop_look_up(struct psock_sys_look_up *look_up)
{
    if (net_is_there()) {
        net_stop_look_up(look_up);
        return;
    }
    const size_t number = number_of(look_up);
    struct answer answer = fake_answer(stop_look_up_call(number));
    if (answer.structure != NULL)
        fake_answer_look_up(number, answer.structure);
}

/* --- can_stop_look_up, host_name ------------------------------------------ */

static struct call can_stop_look_up_call(void)
{
    return (struct call){.name = "can_stop_look_up"};
}

static struct call can_name_internationally_call(void)
{
    return (struct call){.name = "can_name_internationally"};
}

static struct call host_name_call(size_t size)
{
    return FAKE_CALL("host_name", (int64_t)size);
}

void expect_can_stop_look_up(struct answer answer)
{
    fake_expect(can_stop_look_up_call(), answer);
}

void expect_can_name_internationally(struct answer answer)
{
    fake_expect(can_name_internationally_call(), answer);
}

void expect_host_name(size_t size, struct answer answer)
{
    fake_expect(host_name_call(size), answer);
}

int psock_sys_can_stop_look_up(void)
{
    return (int)fake_answer(can_stop_look_up_call()).result;
}

int psock_sys_can_name_internationally(void)
{
    return (int)fake_answer(can_name_internationally_call()).result;
}

int psock_sys_host_name(char *name, size_t size)
{
    fake_require(name != NULL && size > 0);
    struct answer answer = fake_answer(host_name_call(size));
    if (answer.result >= 0) {
        fake_require(answer.data != NULL && strlen(answer.data) < size);
        strcpy(name, answer.data);
    }
    return (int)answer.result;
}
