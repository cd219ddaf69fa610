/* sys_fake_process.c: what src/posix/sys_process.c has, from the script. */
#include "sys_fake.h"

#include <string.h>

/* --- pair ----------------------------------------------------------------- */

static struct call pair_call(int type)
{
    return FAKE_CALL("pair", type);
}

void expect_pair(int type, struct answer answer)
{
    fake_expect(pair_call(type), answer);
}

int psock_sys_pair(int type, psock_t pair[2])
{
    fake_require(type == PSOCK_STREAM || type == PSOCK_DATAGRAM ||
                 type == PSOCK_SEQPACKET);
    fake_require(pair != NULL);
    fake_require_started();
    struct answer answer = fake_answer(pair_call(type));
    for (int i = 0; i < 2 && answer.result == 0; i++) {
        pair[i] = (psock_t)answer.numbers[i];
        fake_note_opened(pair[i]);
    }
    return (int)answer.result;
}

/* --- Paths ---------------------------------------------------------------- */

static struct call remove_path_call(const psock_address *local)
{
    return (struct call){.name = "remove_path", .address = *local};
}

static struct call temporary_path_call(void)
{
    return (struct call){.name = "temporary_path"};
}

void expect_remove_path(const psock_address *local, struct answer answer)
{
    fake_expect(remove_path_call(local), answer);
}

void expect_temporary_path(struct answer answer)
{
    fake_expect(temporary_path_call(), answer);
}

/* Removing a path is what follows a failure, as closing is. */
int psock_sys_remove_path(const psock_address *local)
{
    size_t length;
    fake_require(psock_address_family(local) == PSOCK_UNIX);
    const unsigned char *path = psock_address_bytes(local, &length);
    fake_require(length > 0 && path[0] != 0);
    return (int)fake_answer_quietly(remove_path_call(local)).result;
}

int psock_sys_temporary_path(psock_address *local)
{
    fake_require(local != NULL);
    struct answer answer = fake_answer(temporary_path_call());
    if (answer.result == 0)
        *local = answer.address;
    return (int)answer.result;
}

/* --- peer_credentials ----------------------------------------------------- */

static struct call credentials_call(psock_t s)
{
    return FAKE_CALL("peer_credentials", s);
}

void expect_peer_credentials(psock_t s, struct answer answer)
{
    fake_expect(credentials_call(s), answer);
}

int psock_sys_peer_credentials(psock_t s, psock_credentials *credentials)
{
    fake_require(credentials != NULL);
    struct answer answer = fake_answer(credentials_call(s));
    if (answer.result == 0 && answer.structure != NULL)
        memcpy(credentials, answer.structure, sizeof *credentials);
    return (int)answer.result;
}

/* --- Passing sockets ------------------------------------------------------ */

static size_t packed_size;

void fake_set_packed_size(size_t size)
{
    packed_size = size;
}

size_t psock_sys_packed_size(void)
{
    return packed_size;
}

static struct call check_channel_call(psock_t channel)
{
    return FAKE_CALL("check_channel", channel);
}

static struct call pack_call(psock_t channel, psock_t passed)
{
    return FAKE_CALL("pack_socket", channel, passed);
}

void expect_check_channel(psock_t channel, struct answer answer)
{
    fake_expect(check_channel_call(channel), answer);
}

void expect_pack_socket(psock_t channel, psock_t passed, struct answer answer)
{
    fake_expect(pack_call(channel, passed), answer);
}

int psock_sys_check_channel(psock_t channel)
{
    return (int)fake_answer(check_channel_call(channel)).result;
}

int psock_sys_pack_socket(psock_t channel, psock_t passed,
                          unsigned char *packed)
{
    fake_require(packed != NULL);
    struct answer answer = fake_answer(pack_call(channel, passed));
    if (answer.result == 0 && packed_size > 0)
        memcpy(packed, answer.data, packed_size);
    return (int)answer.result;
}

/* --- What carries them ---------------------------------------------------- */

/* What is sent is policy's to make, so it is checked by content. */
static struct call send_carrying_call(psock_t channel, const void *data,
                                      size_t size, psock_t carried)
{
    struct call call = FAKE_CALL("send_carrying", channel, carried);
    call.bytes = data;
    call.byte_count = size;
    return call;
}

static struct call recv_carrying_call(psock_t channel, size_t size)
{
    return FAKE_CALL("recv_carrying", channel, (int64_t)size);
}

void expect_send_carrying(psock_t channel, const void *data, size_t size,
                          psock_t carried, struct answer answer)
{
    fake_expect(send_carrying_call(channel, data, size, carried), answer);
}

void expect_recv_carrying(psock_t channel, size_t size, struct answer answer)
{
    fake_expect(recv_carrying_call(channel, size), answer);
}

ptrdiff_t psock_sys_send_carrying(psock_t channel, const void *data,
                                  size_t size, psock_t carried)
{
    fake_require(data != NULL && size > 0);
    return fake_answer(send_carrying_call(channel, data, size, carried)).result;
}

ptrdiff_t psock_sys_recv_carrying(psock_t channel, void *buffer, size_t size,
                                  psock_t *carried)
{
    fake_require(buffer != NULL && size > 0 && carried != NULL);
    struct answer answer = fake_answer(recv_carrying_call(channel, size));
    if (answer.result < 0)
        return answer.result;
    fake_require((size_t)answer.result <= size);
    if (answer.result > 0)
        memcpy(buffer, answer.data, (size_t)answer.result);
    *carried = (psock_t)answer.numbers[0];
    if (*carried >= 0)
        fake_note_opened(*carried);
    return answer.result;
}

/* --- unpack --------------------------------------------------------------- */

static struct call unpack_call(const void *packed, psock_t carried)
{
    struct call call = FAKE_CALL("unpack_socket", carried);
    call.bytes = packed;
    call.byte_count = packed_size;
    return call;
}

void expect_unpack_socket(const void *packed, psock_t carried,
                          struct answer answer)
{
    fake_expect(unpack_call(packed, carried), answer);
}

/* The socket that was carried becomes the one that is made. */
psock_t psock_sys_unpack_socket(const unsigned char *packed, psock_t carried)
{
    fake_require(packed != NULL || packed_size == 0);
    struct answer answer = fake_answer(unpack_call(packed, carried));
    if (answer.result >= 0) {
        fake_note_closed(carried);
        fake_note_opened(answer.result);
    }
    return answer.result;
}
