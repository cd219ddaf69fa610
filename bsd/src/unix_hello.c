/* unix_hello.c: how a process comes to a Unix socket of another: both prove that they
 * know the secret of its file.  What is proved has two fresh numbers in it, one of
 * each side, so that nobody can use again what was heard; and who it is that proves,
 * so that nobody can be sent back what it said. */
#include "unix.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PATIENCE_MS = 3000
};

const char psock_guest_unix_magic[8] = "psock-1";

/* --- Proofs ----------------------------------------------------------------- */

struct server_text {
    char who[8];
    unsigned char client[16];
    unsigned char server[16];
};

struct client_text {
    struct server_text both;
    struct unix_request request; /* its proof zero */
};

static struct server_text text_of(const char *who,
                                  const struct unix_hello *hello,
                                  const struct unix_challenge *challenge)
{
    struct server_text text = {{0}, {0}, {0}};
    memcpy(text.who, who, strlen(who));
    memcpy(text.client, hello->nonce, sizeof text.client);
    memcpy(text.server, challenge->nonce, sizeof text.server);
    return text;
}

void psock_guest_unix_prove_server(const struct unix_place *place,
                                   const struct unix_hello *hello,
                                   struct unix_challenge *challenge)
{
    struct server_text text = text_of("server", hello, challenge);
    psock_guest_unix_proof(place->secret, &text, sizeof text, challenge->proof);
}

void psock_guest_unix_prove_client(const struct unix_place *place,
                                   const struct unix_hello *hello,
                                   const struct unix_challenge *challenge,
                                   const struct unix_request *request,
                                   unsigned char proof[UNIX_PROOF_SIZE])
{
    struct client_text text;
    memset(&text, 0, sizeof text);
    text.both = text_of("client", hello, challenge);
    text.request = *request;
    memset(text.request.proof, 0, sizeof text.request.proof);
    psock_guest_unix_proof(place->secret, &text, sizeof text, proof);
}

/* --- The calling side --------------------------------------------------------- */

/* Whatever breaks a connection, or its end: nobody is there. */
static int error_of(ptrdiff_t result)
{
    if (result == PSOCK_EINTR)
        return -EINTR;
    return result == PSOCK_ETIMEDOUT || result == PSOCK_EAGAIN ? -EAGAIN
                                                               : -ECONNREFUSED;
}

int psock_guest_unix_read_all(psock_t s, void *bytes, size_t size,
                              psock_deadline deadline)
{
    size_t done = 0;
    while (done < size) {
        ptrdiff_t result;
        psock_guest_may_wait();
        do
            result =
                psock_recv(s, (char *)bytes + done, size - done, 0, deadline);
        while (psock_guest_goes_on(&result, true));
        if (result <= 0)
            return error_of(result);
        done += (size_t)result;
    }
    return 0;
}

/* What of two buffers is left after `done` bytes. */
static void skip(const psock_buffer buffers[2], size_t done,
                 psock_buffer rest[2])
{
    for (int i = 0; i < 2; i++) {
        size_t part = done < buffers[i].size ? done : buffers[i].size;
        rest[i].data = (char *)buffers[i].data + part;
        rest[i].size = buffers[i].size - part;
        done -= part;
    }
}

int psock_guest_unix_write_all(psock_t s, const psock_buffer buffers[2],
                               psock_deadline deadline)
{
    const size_t size = buffers[0].size + buffers[1].size;
    size_t done = 0;
    while (done < size) {
        psock_buffer rest[2];
        ptrdiff_t result;
        skip(buffers, done, rest);
        psock_guest_may_wait();
        do
            result = psock_send_vector(s, rest, 2, 0, deadline);
        while (psock_guest_goes_on(&result, true));
        if (result < 0)
            return error_of(result);
        done += (size_t)result;
    }
    return 0;
}

int psock_guest_unix_answered(uint32_t error)
{
    static const int numbers[] = {0,          ECONNREFUSED, EAGAIN,
                                  EPROTOTYPE, EPERM,        EPIPE};
    return error < sizeof numbers / sizeof *numbers ? -numbers[error]
                                                    : -ECONNREFUSED;
}

static ptrdiff_t connect_to(psock_t s, const struct unix_place *place,
                            psock_deadline deadline)
{
    psock_address to;
    ptrdiff_t result = psock_address_loopback(place->family, place->port, &to);
    if (result < 0)
        return result;
    psock_guest_may_wait();
    do
        result = psock_connect(s, &to, deadline);
    while (psock_guest_goes_on(&result, true));
    return result;
}

static psock_t open_to(const struct unix_place *place, psock_deadline deadline)
{
    psock_t s = psock_open(place->family, PSOCK_STREAM, 0);
    if (s < 0)
        return -psock_guest_errno(s);
    ptrdiff_t result = connect_to(s, place, deadline);
    if (result == 0)
        result = psock_set_option(s, PSOCK_OPTION_NO_DELAY, 1);
    if (result == 0)
        return s;
    psock_close(s);
    return result == PSOCK_EINTR ? -EINTR : -ECONNREFUSED;
}

/* Before anything is told, the other side has to prove itself. */
static int greet(psock_t s, const struct unix_place *place,
                 struct unix_hello *hello, struct unix_challenge *challenge,
                 psock_deadline deadline)
{
    struct unix_challenge right;
    memcpy(hello->magic, psock_guest_unix_magic, sizeof hello->magic);
    int result = psock_guest_random(hello->nonce, sizeof hello->nonce);
    if (result < 0)
        return result;
    if (psock_send_all(s, hello, sizeof *hello, deadline, NULL) < 0)
        return -ECONNREFUSED;
    result =
        psock_guest_unix_read_all(s, challenge, sizeof *challenge, deadline);
    if (result < 0)
        return result == -EAGAIN ? -ECONNREFUSED : result;
    right = *challenge;
    psock_guest_unix_prove_server(place, hello, &right);
    return psock_guest_unix_same(right.proof, challenge->proof,
                                 sizeof right.proof)
               ? 0
               : -ECONNREFUSED;
}

static struct unix_request request_of(int type, bool waits,
                                      const struct unix_name *name)
{
    struct unix_request request;
    memset(&request, 0, sizeof request);
    request.process = (uint32_t)getpid();
    request.type = (uint8_t)type;
    request.waits = waits;
    if (name != NULL) {
        request.name_length = (uint8_t)name->length;
        memcpy(request.name, name->path, name->length);
    }
    return request;
}

static int ask(psock_t s, const struct unix_place *place,
               struct unix_request *request, psock_deadline patience,
               psock_deadline deadline, struct ucred *peer)
{
    struct unix_hello hello;
    struct unix_challenge challenge;
    struct unix_answer answer;
    int result = greet(s, place, &hello, &challenge, patience);
    if (result < 0)
        return result;
    psock_guest_unix_prove_client(place, &hello, &challenge, request,
                                  request->proof);
    if (psock_send_all(s, request, sizeof *request, patience, NULL) < 0)
        return -ECONNREFUSED;
    result = psock_guest_unix_read_all(s, &answer, sizeof answer,
                                       request->waits ? deadline : patience);
    if (result == 0)
        result = psock_guest_unix_answered(answer.error);
    if (result == 0)
        *peer = (struct ucred){(pid_t)answer.process, getuid(), getgid()};
    return result;
}

psock_t psock_guest_unix_call(const struct unix_place *place, int type,
                              bool waits, const struct unix_name *name,
                              psock_deadline deadline, struct ucred *peer)
{
    psock_deadline patience = psock_deadline_ms(PATIENCE_MS);
    struct unix_request request = request_of(type, waits, name);
    psock_t s = open_to(place, patience);
    if (s < 0)
        return s;
    int result = ask(s, place, &request, patience, deadline, peer);
    if (result == 0)
        return s;
    psock_close(s);
    return result;
}
