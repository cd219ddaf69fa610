/* Sockets on their way to another process: packed or carried, in parts, beside
 * what is none, and none of them left open. */
#include "sys_fake.h"

#include <string.h>

enum {
    CHANNEL = 8,
    PASSED = 20,
    CARRIED = 22,
    MADE = 24,
    PACKED = 12,
    PAUSE_MS = 2
};

/* A greeting, and what a socket is packed in. */
static const char packed_message[] = "psock @\1twelve bytes";
static const char *const packed = packed_message + 8;

/* The same where the socket is carried beside it. */
static const char carried_message[] = "psock @\1";

enum {
    PACKED_SIZE = 8 + PACKED,
    CARRIED_SIZE = 8
};

static int begin_packed(void **state)
{
    fake_begin(state);
    fake_set_packed_size(PACKED);
    return 0;
}

#define test_packed(claim)                                                     \
    cmocka_unit_test_setup_teardown(claim, begin_packed, fake_end)

/* --- Credentials ---------------------------------------------------------- */

static void credentials_are_the_systems_word(void **state)
{
    (void)state;
    const psock_credentials held = {.valid = PSOCK_CREDENTIALS_PROCESS,
                                    .process = 17};
    psock_credentials told = {.process = 99};
    expect_peer_credentials(CHANNEL, returns(PSOCK_ENOTCONN));
    assert_result(psock_peer_credentials(CHANNEL, &told), PSOCK_ENOTCONN);
    assert_int_equal(told.process, 99);
    expect_peer_credentials(CHANNEL, describes(&held));
    assert_result(psock_peer_credentials(CHANNEL, &told), 0);
    assert_memory_equal(&told, &held, sizeof held);
    assert_result(psock_peer_credentials(-1, &told), PSOCK_EBADF);
    assert_result(psock_peer_credentials(CHANNEL, NULL), PSOCK_EFAULT);
}

/* --- Sending: before the message ------------------------------------------ */

static struct answer packs(const char *bytes)
{
    struct answer answer = returns(0);
    answer.data = bytes;
    return answer;
}

static void expect_checks(void)
{
    expect_checking(PASSED, returns(0));
    expect_check_channel(CHANNEL, returns(0));
}

static void expect_room(struct answer answer)
{
    expect_wait(CHANNEL, PSOCK_SYS_WRITE, 0, answer);
}

static void expect_packing(void)
{
    expect_checks();
    expect_room(came(PSOCK_SYS_WRITE));
    expect_pack_socket(CHANNEL, PASSED, packs(packed));
}

static void no_descriptor_is_sent_or_sent_over(void **state)
{
    (void)state;
    assert_result(psock_send_socket(-1, PASSED, PSOCK_FOREVER), PSOCK_EBADF);
    assert_result(psock_send_socket(CHANNEL, -1, PSOCK_FOREVER), PSOCK_EBADF);
    assert_result(psock_recv_socket(-1, PSOCK_FOREVER), PSOCK_EBADF);
}

static void what_is_no_socket_is_not_sent(void **state)
{
    (void)state;
    expect_checking(PASSED, returns(PSOCK_ENOTSOCK));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER),
                  PSOCK_ENOTSOCK);
}

static void what_is_no_channel_takes_no_socket(void **state)
{
    (void)state;
    expect_checking(PASSED, returns(0));
    expect_check_channel(CHANNEL, returns(PSOCK_EOPNOTSUPP));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER),
                  PSOCK_EOPNOTSUPP);
    expect_check_channel(CHANNEL, returns(PSOCK_EOPNOTSUPP));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_FOREVER), PSOCK_EOPNOTSUPP);
}

static void nothing_is_packed_before_there_is_room(void **state)
{
    (void)state;
    expect_checks();
    expect_room(returns(0));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_NOW), PSOCK_EAGAIN);
    expect_checks();
    expect_room(returns(0));
    assert_result(psock_send_socket(CHANNEL, PASSED, in(0)), PSOCK_ETIMEDOUT);
    expect_checks();
    expect_room(returns(0));
    expect_wait(CHANNEL, PSOCK_SYS_WRITE, ms(9), after(ms(9), returns(0)));
    assert_result(psock_send_socket(CHANNEL, PASSED, in(ms(9))),
                  PSOCK_ETIMEDOUT);
    expect_checks();
    expect_room(returns(PSOCK_ENOMEM));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER),
                  PSOCK_ENOMEM);
}

static void room_for_a_socket_can_be_given_up_by_another_thread(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_checks();
    expect_room(returns(0));
    expect_wait_with(CHANNEL, PSOCK_SYS_WRITE, &waker, -1,
                     returns(PSOCK_ECANCELED));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER),
                  PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

static void packing_that_fails_sends_nothing(void **state)
{
    (void)state;
    expect_checks();
    expect_room(came(PSOCK_SYS_WRITE));
    expect_pack_socket(CHANNEL, PASSED, returns(PSOCK_EPERM));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER),
                  PSOCK_EPERM);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EPERM));
}

/* --- Sending: the message ------------------------------------------------- */

static void expect_packed_from(size_t sent, struct answer answer)
{
    expect_send_carrying(CHANNEL, packed_message + sent, PACKED_SIZE - sent,
                         sent == 0 ? PASSED : -1, answer);
}

static void socket_that_is_packed_goes_behind_a_greeting(void **state)
{
    (void)state;
    expect_packing();
    expect_packed_from(0, returns(PACKED_SIZE));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_NOW), 0);
}

static void socket_that_is_carried_goes_with_the_greeting(void **state)
{
    (void)state;
    expect_packing();
    expect_send_carrying(CHANNEL, carried_message, CARRIED_SIZE, PASSED,
                         returns(CARRIED_SIZE));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_NOW), 0);
}

static void room_is_asked_for_again_when_interrupted(void **state)
{
    (void)state;
    expect_checks();
    expect_room(returns(PSOCK_EINTR));
    expect_room(returns(0));
    expect_wait(CHANNEL, PSOCK_SYS_WRITE, -1, came(PSOCK_SYS_WRITE));
    expect_pack_socket(CHANNEL, PASSED, packs(packed));
    expect_packed_from(0, returns(PSOCK_EINTR));
    expect_packed_from(0, returns(PACKED_SIZE));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER), 0);
}

static void socket_goes_with_the_first_part_only(void **state)
{
    (void)state;
    expect_packing();
    expect_packed_from(0, returns(3));
    expect_packed_from(3, returns(PSOCK_EINTR));
    expect_packed_from(3, returns(PSOCK_EAGAIN));
    expect_wait(CHANNEL, PSOCK_SYS_WRITE, ms(9),
                after(ms(2), came(PSOCK_SYS_WRITE)));
    expect_packed_from(3, returns(16));
    expect_packed_from(19, returns(1));
    assert_result(psock_send_socket(CHANNEL, PASSED, in(ms(9))), 0);
}

static void
message_that_does_not_begin_to_go_leaves_the_channel_good(void **state)
{
    (void)state;
    expect_packing();
    expect_packed_from(0, returns(PSOCK_EAGAIN));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_NOW), PSOCK_EAGAIN);
    expect_packing();
    expect_packed_from(0, returns(PSOCK_EAGAIN));
    expect_wait(CHANNEL, PSOCK_SYS_WRITE, ms(9), after(ms(9), returns(0)));
    assert_result(psock_send_socket(CHANNEL, PASSED, in(ms(9))),
                  PSOCK_ETIMEDOUT);
    expect_packing();
    expect_packed_from(0, returns(PSOCK_EAGAIN));
    expect_wait(CHANNEL, PSOCK_SYS_WRITE, ms(9), came(PSOCK_SYS_WRITE));
    expect_packed_from(0, returns(PACKED_SIZE));
    assert_result(psock_send_socket(CHANNEL, PASSED, in(ms(9))), 0);
}

static void half_a_message_that_cannot_go_on_is_no_timeout(void **state)
{
    (void)state;
    expect_packing();
    expect_packed_from(0, returns(3));
    expect_packed_from(3, returns(PSOCK_EAGAIN));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_NOW), PSOCK_EPROTO);
    expect_packing();
    expect_packed_from(0, returns(3));
    expect_packed_from(3, returns(PSOCK_EAGAIN));
    expect_wait(CHANNEL, PSOCK_SYS_WRITE, ms(9), after(ms(9), returns(0)));
    assert_result(psock_send_socket(CHANNEL, PASSED, in(ms(9))), PSOCK_EPROTO);
}

static void failure_of_the_channel_is_told(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EPIPE, PSOCK_ETOOMANYREFS,
                                 PSOCK_ECONNRESET};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_packing();
        expect_packed_from(0, returns(errors[i]));
        assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER),
                      errors[i]);
        expect_packing();
        expect_packed_from(0, returns(5));
        expect_packed_from(5, returns(errors[i]));
        assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_FOREVER),
                      errors[i]);
    }
}

/* --- Receiving: looking --------------------------------------------------- */

static void expect_stream(int type)
{
    expect_check_channel(CHANNEL, returns(0));
    expect_kind(CHANNEL, is_of(PSOCK_UNIX, type));
}

/* Whether the end has come, and then what is there. */
static void expect_look(unsigned events, size_t room, unsigned hint,
                        struct answer there)
{
    expect_wait(CHANNEL, PSOCK_SYS_READ, 0, came(events));
    expect_recv(CHANNEL, ANYWHERE, room, PSOCK_PEEK | hint, there);
}

static void expect_pause(int64_t time_ms)
{
    expect_poll(NULL, 0, NULL, ms(time_ms), after(ms(time_ms), returns(0)));
}

static struct answer there_are(size_t size)
{
    return carries(packed_message, size, -1);
}

static void expect_taking(const void *bytes, size_t size)
{
    expect_recv_carrying(CHANNEL, PACKED_SIZE, carries(bytes, size, -1));
}

static void packed_socket_is_taken_when_it_is_there_whole(void **state)
{
    (void)state;
    expect_stream(PSOCK_STREAM);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(PACKED_SIZE));
    expect_taking(packed_message, PACKED_SIZE);
    expect_unpack_socket(packed, -1, returns(MADE));
    assert_result(handed_over(psock_recv_socket(CHANNEL, PSOCK_NOW)), MADE);
}

static void carried_socket_is_taken_with_its_greeting(void **state)
{
    (void)state;
    expect_stream(PSOCK_SEQPACKET);
    expect_look(PSOCK_SYS_READ, CARRIED_SIZE + 1, PSOCK_SYS_MAY_WAIT,
                carries(carried_message, CARRIED_SIZE, -1));
    expect_recv_carrying(CHANNEL, CARRIED_SIZE, returns(PSOCK_EINTR));
    expect_recv_carrying(CHANNEL, CARRIED_SIZE,
                         carries(carried_message, CARRIED_SIZE, CARRIED));
    expect_unpack_socket(NULL, CARRIED, returns(MADE));
    assert_result(handed_over(psock_recv_socket(CHANNEL, PSOCK_FOREVER)), MADE);
}

static void message_that_has_begun_is_waited_for(void **state)
{
    (void)state;
    expect_stream(PSOCK_STREAM);
    expect_look(0, PACKED_SIZE, 0, returns(PSOCK_EAGAIN));
    expect_wait(CHANNEL, PSOCK_SYS_READ, ms(9),
                after(ms(1), came(PSOCK_SYS_READ)));
    expect_recv(CHANNEL, ANYWHERE, PACKED_SIZE, PSOCK_PEEK, there_are(3));
    expect_pause(PAUSE_MS);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(PACKED_SIZE - 1));
    expect_pause(PAUSE_MS);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(PACKED_SIZE));
    expect_taking(packed_message, PACKED_SIZE);
    expect_unpack_socket(packed, -1, returns(MADE));
    assert_result(handed_over(psock_recv_socket(CHANNEL, in(ms(9)))), MADE);
}

static void message_that_does_not_go_on_is_left_where_it_is(void **state)
{
    (void)state;
    expect_stream(PSOCK_STREAM);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(3));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EAGAIN);
    expect_stream(PSOCK_STREAM);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(3));
    expect_pause(PAUSE_MS);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(3));
    expect_pause(1);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(3));
    assert_result(psock_recv_socket(CHANNEL, in(ms(3))), PSOCK_ETIMEDOUT);
    expect_stream(PSOCK_STREAM);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, returns(PSOCK_EAGAIN));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EAGAIN);
}

static void pause_for_a_message_can_be_canceled(void **state)
{
    (void)state;
    struct psock_waker waker = {40};
    (void)psock_cancel_with(&waker);
    expect_stream(PSOCK_STREAM);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(3));
    expect_poll(NULL, 0, &waker, ms(PAUSE_MS), returns(PSOCK_EINTR));
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(3));
    expect_poll(NULL, 0, &waker, ms(PAUSE_MS), returns(PSOCK_ECANCELED));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_FOREVER), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

static void message_that_ends_in_the_middle_is_none(void **state)
{
    (void)state;
    const unsigned ended = PSOCK_SYS_READ | PSOCK_SYS_ENDED;
    expect_stream(PSOCK_STREAM);
    expect_look(ended, PACKED_SIZE, 0, there_are(PACKED_SIZE - 1));
    assert_result(psock_recv_socket(CHANNEL, in(ms(9))), PSOCK_EPROTO);
    expect_stream(PSOCK_STREAM);
    expect_look(ended, PACKED_SIZE, 0, there_are(PACKED_SIZE));
    expect_taking(packed_message, PACKED_SIZE);
    expect_unpack_socket(packed, -1, returns(MADE));
    assert_result(handed_over(psock_recv_socket(CHANNEL, in(ms(9)))), MADE);
}

/* Who has sent a part of it cannot hold up a receiver for ever. */
static void
rest_of_a_message_is_not_waited_for_as_long_as_the_first(void **state)
{
    (void)state;
    const unsigned hint = PSOCK_SYS_MAY_WAIT;
    expect_stream(PSOCK_STREAM);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, hint, there_are(3));
    expect_pause(PAUSE_MS);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, hint, there_are(4));
    expect_poll(NULL, 0, NULL, ms(PAUSE_MS), after(ms(1998), returns(0)));
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, hint, there_are(5));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_FOREVER), PSOCK_EPROTO);
}

static void check_not_taken(int type, const char *bytes, size_t size)
{
    const size_t room = type == PSOCK_STREAM ? PACKED_SIZE : PACKED_SIZE + 1;
    expect_stream(type);
    expect_look(PSOCK_SYS_READ, room, 0, carries(bytes, size, -1));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EPROTO);
}

static void what_is_no_message_is_not_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        char bytes[PACKED_SIZE + 1];
        memcpy(bytes, packed_message, sizeof bytes);
        bytes[i] ^= 1;
        for (size_t size = i + 1; size <= PACKED_SIZE; size++)
            check_not_taken(PSOCK_STREAM, bytes, size);
        check_not_taken(PSOCK_SEQPACKET, bytes, PACKED_SIZE);
        script_begin();
    }
    check_not_taken(PSOCK_DATAGRAM, packed_message, PACKED_SIZE + 1);
    for (size_t size = 1; size < PACKED_SIZE; size++)
        check_not_taken(PSOCK_DATAGRAM, packed_message, size);
}

static void end_of_the_channel_is_no_connection(void **state)
{
    (void)state;
    const unsigned ended = PSOCK_SYS_READ | PSOCK_SYS_ENDED;
    expect_stream(PSOCK_STREAM);
    expect_look(ended, PACKED_SIZE, 0, returns(0));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_ENOTCONN);
    expect_stream(PSOCK_SEQPACKET);
    expect_look(ended, PACKED_SIZE + 1, 0, returns(0));
    expect_wait(CHANNEL, PSOCK_SYS_READ, 0, came(ended));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_ENOTCONN);
}

static void empty_message_is_none(void **state)
{
    (void)state;
    for (int failed = 0; failed < 2; failed++) {
        expect_stream(PSOCK_DATAGRAM);
        expect_look(PSOCK_SYS_READ, PACKED_SIZE + 1, 0, returns(0));
        expect_wait(CHANNEL, PSOCK_SYS_READ, 0,
                    failed ? returns(PSOCK_ENOMEM) : came(PSOCK_SYS_READ));
        assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EPROTO);
    }
}

static void failure_to_look_is_the_error(void **state)
{
    (void)state;
    expect_check_channel(CHANNEL, returns(0));
    expect_kind(CHANNEL, returns(PSOCK_ENOTSOCK));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_ENOTSOCK);
    expect_stream(PSOCK_STREAM);
    expect_wait(CHANNEL, PSOCK_SYS_READ, 0, returns(PSOCK_ENOMEM));
    expect_recv(CHANNEL, ANYWHERE, PACKED_SIZE, PSOCK_PEEK,
                returns(PSOCK_ECONNRESET));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_ECONNRESET);
}

/* --- Receiving: taking ---------------------------------------------------- */

static void expect_seen(void)
{
    expect_stream(PSOCK_STREAM);
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there_are(PACKED_SIZE));
}

static void failure_to_take_is_the_error(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_ECONNRESET, PSOCK_EMFILE, PSOCK_EPROTO};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_seen();
        expect_recv_carrying(CHANNEL, PACKED_SIZE, returns(errors[i]));
        assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

static void expect_seen_again(struct answer there)
{
    expect_kind(CHANNEL, is_of(PSOCK_UNIX, PSOCK_STREAM));
    expect_look(PSOCK_SYS_READ, PACKED_SIZE, 0, there);
}

/* Several processes may receive from one channel. */
static void socket_that_somebody_else_took_is_followed_by_the_next(void **state)
{
    (void)state;
    expect_seen();
    expect_recv_carrying(CHANNEL, PACKED_SIZE, returns(PSOCK_EAGAIN));
    expect_seen_again(there_are(PACKED_SIZE));
    expect_taking(packed_message, 0);
    expect_seen_again(there_are(PACKED_SIZE));
    expect_taking(packed_message, PACKED_SIZE);
    expect_unpack_socket(packed, -1, returns(MADE));
    assert_result(handed_over(psock_recv_socket(CHANNEL, PSOCK_NOW)), MADE);
    expect_seen();
    expect_recv_carrying(CHANNEL, PACKED_SIZE, returns(PSOCK_EAGAIN));
    expect_seen_again(returns(PSOCK_EAGAIN));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EAGAIN);
}

static void descriptor_beside_an_empty_message_is_closed(void **state)
{
    (void)state;
    expect_seen();
    expect_recv_carrying(CHANNEL, PACKED_SIZE, carries("", 0, CARRIED));
    expect_close(CARRIED, returns(0));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EPROTO);
}

/* Somebody else received meanwhile. */
static void other_bytes_than_were_seen_are_no_message(void **state)
{
    (void)state;
    static const char other[PACKED_SIZE + 1] = "twenty other bytes..";
    expect_seen();
    expect_taking(other, PACKED_SIZE);
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EPROTO);
    for (size_t size = 1; size < PACKED_SIZE; size++) {
        expect_seen();
        expect_taking(packed_message, size);
        assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EPROTO);
    }
}

static void socket_carried_by_what_is_no_message_is_closed(void **state)
{
    (void)state;
    static const char other[PACKED_SIZE + 1] = "twenty other bytes..";
    expect_seen();
    expect_recv_carrying(CHANNEL, PACKED_SIZE,
                         carries(other, PACKED_SIZE, CARRIED));
    expect_close(CARRIED, returns(0));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EPROTO);
    expect_seen();
    expect_recv_carrying(CHANNEL, PACKED_SIZE, carries(other, 3, CARRIED));
    expect_close(CARRIED, returns(PSOCK_EIO));
    assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), PSOCK_EPROTO);
}

static void carried_socket_that_cannot_be_made_is_closed(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EPROTO, PSOCK_EMFILE, PSOCK_ENOTSOCK};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_seen();
        expect_recv_carrying(CHANNEL, PACKED_SIZE,
                             carries(packed_message, PACKED_SIZE, CARRIED));
        expect_unpack_socket(packed, CARRIED, returns(errors[i]));
        expect_close(CARRIED, returns(0));
        assert_result(psock_recv_socket(CHANNEL, PSOCK_NOW), errors[i]);
        assert_int_equal(psock_error_native(), native_of(errors[i]));
    }
}

static void longest_packed_socket_goes_and_comes(void **state)
{
    (void)state;
    static char longest[8 + PSOCK_SYS_PACKED_MAX] = "psock @\1";
    const size_t size = sizeof longest;
    memset(longest + 8, 0xa5, PSOCK_SYS_PACKED_MAX);
    fake_set_packed_size(PSOCK_SYS_PACKED_MAX);
    expect_checks();
    expect_room(came(PSOCK_SYS_WRITE));
    expect_pack_socket(CHANNEL, PASSED, packs(longest + 8));
    expect_send_carrying(CHANNEL, longest, size, PASSED,
                         returns((ptrdiff_t)size));
    assert_result(psock_send_socket(CHANNEL, PASSED, PSOCK_NOW), 0);
    expect_stream(PSOCK_SEQPACKET);
    expect_look(PSOCK_SYS_READ, size + 1, 0, carries(longest, size, -1));
    expect_recv_carrying(CHANNEL, size, carries(longest, size, -1));
    expect_unpack_socket(longest + 8, -1, returns(MADE));
    assert_result(handed_over(psock_recv_socket(CHANNEL, PSOCK_NOW)), MADE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_packed(credentials_are_the_systems_word),
        test_packed(no_descriptor_is_sent_or_sent_over),
        test_packed(what_is_no_socket_is_not_sent),
        test_packed(what_is_no_channel_takes_no_socket),
        test_packed(nothing_is_packed_before_there_is_room),
        test_packed(room_for_a_socket_can_be_given_up_by_another_thread),
        test_packed(packing_that_fails_sends_nothing),
        test_packed(socket_that_is_packed_goes_behind_a_greeting),
        test(socket_that_is_carried_goes_with_the_greeting),
        test_packed(room_is_asked_for_again_when_interrupted),
        test_packed(socket_goes_with_the_first_part_only),
        test_packed(message_that_does_not_begin_to_go_leaves_the_channel_good),
        test_packed(half_a_message_that_cannot_go_on_is_no_timeout),
        test_packed(failure_of_the_channel_is_told),
        test_packed(packed_socket_is_taken_when_it_is_there_whole),
        test(carried_socket_is_taken_with_its_greeting),
        test_packed(message_that_has_begun_is_waited_for),
        test_packed(message_that_does_not_go_on_is_left_where_it_is),
        test_packed(pause_for_a_message_can_be_canceled),
        test_packed(message_that_ends_in_the_middle_is_none),
        test_packed(rest_of_a_message_is_not_waited_for_as_long_as_the_first),
        test_packed(what_is_no_message_is_not_taken),
        test_packed(end_of_the_channel_is_no_connection),
        test_packed(empty_message_is_none),
        test_packed(failure_to_look_is_the_error),
        test_packed(failure_to_take_is_the_error),
        test_packed(socket_that_somebody_else_took_is_followed_by_the_next),
        test_packed(descriptor_beside_an_empty_message_is_closed),
        test_packed(other_bytes_than_were_seen_are_no_message),
        test_packed(socket_carried_by_what_is_no_message_is_closed),
        test_packed(carried_socket_that_cannot_be_made_is_closed),
        test_packed(longest_packed_socket_goes_and_comes),
    };
    return cmocka_run_group_tests_name("fake.process", tests, NULL, NULL);
}
