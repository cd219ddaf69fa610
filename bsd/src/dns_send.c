/* dns_send.c: res_send(): one server after the other, by UDP and then, for long
 * answers, by TCP. */
#include "dns.h"

#include <ctype.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* A question and where its answer goes. */
struct exchange {
    const unsigned char *question;
    int question_size;
    unsigned char *answer;
    int size;
    int timeout_ms;
};

/* --- Answers -------------------------------------------------------------------------- */

/* Servers may write the letters as they like. */
static bool is_same_text(const unsigned char *a, const unsigned char *b,
                         int size)
{
    while (size > 0 && tolower(a[size - 1]) == tolower(b[size - 1]))
        size--;
    return size == 0;
}

/* Who cannot do anything with a question need not repeat it. */
static bool repeats_question(const struct exchange *exchange, ssize_t length)
{
    const unsigned char *asked = exchange->question;
    const unsigned char *answer = exchange->answer;
    const unsigned count = psock_guest_get16(asked + 4);
    const int code = answer[3] & 0xf;
    int size = ns_skiprr(asked + NS_HFIXEDSZ, asked + exchange->question_size,
                         ns_s_qd, (int)count);
    if (psock_guest_get16(answer + 4) == 0)
        return code != ns_r_noerror && code != ns_r_nxdomain;
    return size >= 0 && length >= NS_HFIXEDSZ + size &&
           psock_guest_get16(answer + 4) == count &&
           is_same_text(asked + NS_HFIXEDSZ, answer + NS_HFIXEDSZ, size);
}

/* Anybody can send to a port: an answer has the number and the text of the
 * question. */
static bool is_answer(const struct exchange *exchange, ssize_t length)
{
    const unsigned char *answer = exchange->answer;
    return length >= NS_HFIXEDSZ &&
           memcmp(answer, exchange->question, 2) == 0 &&
           (answer[2] & 0x80) != 0 && repeats_question(exchange, length);
}

static bool is_of_use(const unsigned char *answer)
{
    int code = answer[3] & 0xf;
    return code != ns_r_servfail && code != ns_r_notimpl &&
           code != ns_r_refused;
}

static bool is_cut(const unsigned char *answer)
{
    return (answer[2] & 0x02) != 0;
}

/* --- UDP -------------------------------------------------------------------------------- */

/* Signals run their handlers and do not end it. */
static bool wait_for(int fd, int timeout_ms)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&entry, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        errno = ETIMEDOUT;
    return ready > 0;
}

static int open_to(const struct sockaddr_in *server, int type)
{
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)server, sizeof *server) == 0)
        return fd;
    close(fd);
    return -1;
}

/* What comes and is no answer is waited over; each time anew, but not for ever. */
static int receive_answer(int fd, const struct exchange *exchange)
{
    for (int strangers = 0; strangers < 64; strangers++) {
        if (!wait_for(fd, exchange->timeout_ms))
            return -1;
        ssize_t length = recv(fd, exchange->answer, (size_t)exchange->size, 0);
        if (length < 0)
            return -1;
        if (is_answer(exchange, length))
            return (int)length;
    }
    return psock_guest_fail(ETIMEDOUT);
}

static int ask_by_udp(const struct sockaddr_in *server,
                      const struct exchange *exchange)
{
    int fd = open_to(server, SOCK_DGRAM);
    if (fd < 0)
        return -1;
    int result = -1;
    if (send(fd, exchange->question, (size_t)exchange->question_size, 0) >= 0)
        result = receive_answer(fd, exchange);
    close(fd);
    return result;
}

/* --- TCP -------------------------------------------------------------------------------- */

static bool receive_all(int fd, unsigned char *buffer, size_t size,
                        int timeout_ms)
{
    while (size > 0) {
        ssize_t got = wait_for(fd, timeout_ms) ? recv(fd, buffer, size, 0) : -1;
        if (got <= 0)
            return false;
        buffer += got;
        size -= (size_t)got;
    }
    return true;
}

/* Messages have their length before them.  What does not fit is left out. */
static int exchange_by_tcp(int fd, const struct exchange *exchange)
{
    unsigned char length[2];
    psock_guest_put16((uint16_t)exchange->question_size, length);
    if (send(fd, length, sizeof length, MSG_NOSIGNAL) < 0 ||
        send(fd, exchange->question, (size_t)exchange->question_size,
             MSG_NOSIGNAL) < 0 ||
        !receive_all(fd, length, sizeof length, exchange->timeout_ms))
        return -1;
    int size = (int)psock_guest_get16(length);
    if (size > exchange->size)
        size = exchange->size;
    if (!receive_all(fd, exchange->answer, (size_t)size, exchange->timeout_ms))
        return -1;
    return is_answer(exchange, size) ? size : -1;
}

static int ask_by_tcp(const struct sockaddr_in *server,
                      const struct exchange *exchange)
{
    int fd = open_to(server, SOCK_STREAM);
    if (fd < 0)
        return -1;
    int result = exchange_by_tcp(fd, exchange);
    close(fd);
    return result;
}

/* --- res_send() --------------------------------------------------------------------------- */

static int ask(res_state state, const struct sockaddr_in *server,
               const struct exchange *exchange)
{
    int result = -1;
    if ((state->options & RES_USEVC) == 0)
        result = ask_by_udp(server, exchange);
    bool wants_all = (state->options & RES_USEVC) != 0 ||
                     (result >= 0 && is_cut(exchange->answer) &&
                      (state->options & RES_IGNTC) == 0);
    return wants_all ? ask_by_tcp(server, exchange) : result;
}

int res_nsend(res_state state, const unsigned char *question, int question_size,
              unsigned char *answer, int size)
{
    struct exchange exchange = {question, question_size, answer, size,
                                state->retrans * 1000};
    int last = -1;
    if (size < NS_HFIXEDSZ || question_size < NS_HFIXEDSZ)
        return psock_guest_fail(EINVAL);
    for (int turn = 0; turn < state->retry; turn++) {
        for (int i = 0; i < state->nscount; i++) {
            int result = ask(state, &state->nsaddr_list[i], &exchange);
            if (result >= 0 && is_of_use(answer))
                return result;
            last = result;
        }
    }
    return last;
}
