/* servers.c: name servers that do what no good one does. */
#include <stdlib.h>
#include <string.h>

#include "names.h"

enum {
    MESSAGE_MAX = 512,
    HEADER_SIZE = 12, /* RFC 1035, 4.1.1 */
    TYPE_A = 1,
    TYPE_AAAA = 28,
    PENDING_MAX = 256
};

static psock_t silent;
static psock_t player;
static psock_waker *end_of_play;
static struct running_call *play_call;

/* --- What is played ---------------------------------------------------------- */

struct reply {
    psock_deadline due;
    psock_address peer;
    size_t size;
    unsigned char message[MESSAGE_MAX];
};

static struct reply pending[PENDING_MAX];
static size_t pending_count;

/* The length of the name in the question, which begins behind the header, with
 * its zero byte; 0 where it does not fit. */
static size_t name_length(const unsigned char *message, size_t size)
{
    size_t end = HEADER_SIZE;
    while (end < size && message[end] != 0)
        end += (size_t)message[end] + 1;
    return end + 5 <= size ? end + 1 - HEADER_SIZE : 0;
}

/* The number behind `word` and a hyphen in the first label, or below zero. */
static long number_after(const unsigned char *message, const char *word)
{
    char label[64] = "";
    const size_t length = strlen(word);
    if (message[HEADER_SIZE] >= sizeof label)
        return -1;
    memcpy(label, message + HEADER_SIZE + 1, message[HEADER_SIZE]);
    return strncmp(label, word, length) == 0 && label[length] == '-'
               ? strtol(label + length + 1, NULL, 10)
               : -1;
}

static void append_answer(struct reply *reply, int type)
{
    static const unsigned char ipv4[] = {
        0xc0, HEADER_SIZE, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1};
    static const unsigned char ipv6[] = {
        0xc0, HEADER_SIZE, 0, TYPE_AAAA, 0, 1, 0, 0, 0, 0, 0, 16, 0, 0,
        0,    0,           0, 0,         0, 0, 0, 0, 0, 0, 0, 0,  0, 1};
    const size_t size = type == TYPE_A ? sizeof ipv4 : sizeof ipv6;
    if (type != TYPE_A && type != TYPE_AAAA)
        return;
    memcpy(reply->message + reply->size, type == TYPE_A ? ipv4 : ipv6, size);
    reply->size += size;
    reply->message[7] = 1;
}

/* Turns the question in `reply` into its answer. */
static _Bool make_answer(struct reply *reply)
{
    unsigned char *message = reply->message;
    const size_t length = name_length(message, reply->size);
    if (length == 0)
        return 0;
    const int type = message[HEADER_SIZE + length + 1];
    const long code = number_after(message, "code");
    const long late_ms =
        number_after(message, type == TYPE_A ? "late4" : "late6");
    reply->size = HEADER_SIZE + length + 4;
    message[2] |= 0x84; /* an answer, and from who knows */
    message[3] = (unsigned char)(0x80 | (code > 0 ? code : 0));
    memset(message + 6, 0, 6); /* of all kinds of records, none */
    if (code < 0)
        append_answer(reply, type);
    reply->due = late_ms > 0 ? psock_deadline_ms(late_ms) : PSOCK_NOW;
    return 1;
}

static void take_questions(void)
{
    struct reply *reply = &pending[pending_count];
    while (pending_count < PENDING_MAX) {
        const ptrdiff_t size =
            psock_recv_from(player, reply->message, MESSAGE_MAX - 32, 0,
                            &reply->peer, PSOCK_NOW);
        if (size < 0)
            return;
        reply->size = (size_t)size;
        if (make_answer(reply))
            reply = &pending[++pending_count];
    }
}

/* Sends what is due.  Returns when the next will be. */
static psock_deadline give_answers(void)
{
    psock_deadline next = PSOCK_FOREVER;
    for (size_t i = pending_count; i-- > 0;) {
        struct reply *reply = &pending[i];
        if (psock_deadline_left_ns(reply->due) == 0) {
            (void)!psock_send_to(player, reply->message, reply->size, 0,
                                 &reply->peer, in_time());
            *reply = pending[--pending_count];
        } else if (reply->due < next)
            next = reply->due;
    }
    return next;
}

static ptrdiff_t play(void *argument)
{
    psock_pollable entries[] = {
        {.socket = player, .wanted = PSOCK_READABLE},
        {.socket = PSOCK_INVALID, .waker = end_of_play}};
    (void)argument;
    while (entries[1].came == 0) {
        take_questions();
        (void)!psock_poll(entries, 2, give_answers());
    }
    return 0;
}

/* --- All of them --------------------------------------------------------------- */

static psock_t server_at(const char *text)
{
    psock_address address;
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_DATAGRAM, 0);
    assert_true(s >= 0);
    assert_result(psock_address_parse(text, &address), 0);
    assert_result(psock_bind(s, &address, PSOCK_BIND_FRESH), 0);
    return s;
}

void servers_start(void)
{
    silent = server_at("127.0.0.1:5301");
    player = server_at("127.0.0.1:5302");
    assert_result(psock_waker_open(&end_of_play), 0);
    play_call = begin_call(play, NULL);
}

void servers_stop(void)
{
    assert_result(psock_waker_ring(end_of_play), 0);
    assert_result(end_call(play_call), 0);
    assert_result(psock_waker_close(end_of_play), 0);
    assert_result(psock_close(player), 0);
    assert_result(psock_close(silent), 0);
}
