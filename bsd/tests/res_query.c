/* res_query.c: res_query() and the names and messages of DNS. */
#include "fixture.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <string.h>
#include <unistd.h>

/* --- Names -------------------------------------------------------------------------- */

static void names_are_written_as_labels_and_read_back(void **state)
{
    (void)state;
    unsigned char message[64];
    char name[NS_MAXDNAME];
    int length =
        dn_comp("www.example.test", message, sizeof message, NULL, NULL);
    assert_int_equal(length, 18);
    assert_memory_equal(message, "\3www\7example\4test\0", 18);
    assert_call(
        dn_expand(message, message + length, message, name, sizeof name), 18);
    assert_string_equal(name, "www.example.test");
    assert_call(dn_skipname(message, message + length), 18);
}

static void a_dot_at_the_end_and_the_root_are_names(void **state)
{
    (void)state;
    unsigned char message[64];
    char name[NS_MAXDNAME];
    assert_call(dn_comp("a.b.", message, sizeof message, NULL, NULL), 5);
    assert_memory_equal(message, "\1a\1b\0", 5);
    assert_call(dn_comp("", message, sizeof message, NULL, NULL), 1);
    assert_call(dn_comp(".", message, sizeof message, NULL, NULL), 1);
    assert_call(dn_expand(message, message + 1, message, name, sizeof name), 1);
    assert_string_equal(name, "");
}

static void names_are_shortened_by_those_before(void **state)
{
    (void)state;
    unsigned char message[128] = {0};
    unsigned char *names[8] = {message, NULL};
    unsigned char *at = message + NS_HFIXEDSZ;
    unsigned char *end = message + sizeof message;
    char name[NS_MAXDNAME];
    int first =
        dn_comp("www.example.test", at, (int)(end - at), names, names + 8);
    assert_int_equal(first, 18);
    at += first;
    assert_call(
        dn_comp("mail.EXAMPLE.test", at, (int)(end - at), names, names + 8), 7);
    assert_memory_equal(at, "\4mail\xc0\x10", 7);
    assert_call(dn_expand(message, at + 7, at, name, sizeof name), 7);
    assert_string_equal(name, "mail.example.test");
    assert_call(dn_skipname(at, at + 7), 7);
}

static void what_does_not_fit_is_an_error(void **state)
{
    (void)state;
    unsigned char message[64];
    char name[8];
    assert_call(dn_comp("www.example.test", message, 10, NULL, NULL), -1);
    assert_call(
        dn_comp("www.example.test", message, sizeof message, NULL, NULL), 18);
    assert_call(dn_expand(message, message + 18, message, name, sizeof name),
                -1);
}

static void names_that_are_none_are_errors(void **state)
{
    (void)state;
    unsigned char message[512];
    char label[70];
    memset(label, 'a', 64);
    label[64] = '\0';
    assert_call(dn_comp(label, message, sizeof message, NULL, NULL), -1);
    label[63] = '\0';
    assert_call(dn_comp(label, message, sizeof message, NULL, NULL), 65);
    assert_call(dn_comp("a..b", message, sizeof message, NULL, NULL), -1);
}

static void names_that_go_round_in_circles_are_errors(void **state)
{
    (void)state;
    static const unsigned char circle[] = {0xc0, 0x00};
    static const unsigned char beyond[] = {0xc0, 0x40};
    static const unsigned char cut[] = {3, 'w', 'w'};
    char name[NS_MAXDNAME];
    assert_call(dn_expand(circle, circle + 2, circle, name, sizeof name), -1);
    assert_call(dn_expand(beyond, beyond + 2, beyond, name, sizeof name), -1);
    assert_call(dn_expand(cut, cut + 3, cut, name, sizeof name), -1);
    assert_call(dn_skipname(cut, cut + 3), -1);
}

/* --- Messages ------------------------------------------------------------------------ */

static void a_question_has_a_header_and_a_name(void **state)
{
    (void)state;
    unsigned char question[NS_PACKETSZ];
    ns_msg message;
    ns_rr record;
    assert_call(res_init(), 0);
    int length = res_mkquery(ns_o_query, "www.example.test", ns_c_in, ns_t_aaaa,
                             NULL, 0, NULL, question, sizeof question);
    assert_int_equal(length, NS_HFIXEDSZ + 18 + NS_QFIXEDSZ);
    assert_call(ns_initparse(question, length, &message), 0);
    assert_int_equal(ns_msg_count(message, ns_s_qd), 1);
    assert_int_equal(ns_msg_count(message, ns_s_an), 0);
    assert_int_equal(ns_msg_getflag(message, ns_f_qr), 0);
    assert_int_equal(ns_msg_getflag(message, ns_f_rd), 1);
    assert_call(ns_parserr(&message, ns_s_qd, 0, &record), 0);
    assert_string_equal(ns_rr_name(record), "www.example.test");
    assert_int_equal(ns_rr_type(record), ns_t_aaaa);
    assert_int_equal(ns_rr_class(record), ns_c_in);
    const HEADER *header = (const HEADER *)(const void *)question;
    assert_int_equal(header->rd, 1);
    assert_int_equal(ntohs(header->qdcount), 1);
    assert_int_equal(ntohs(header->id), ns_msg_id(message));
}

static void a_message_that_is_cut_is_refused(void **state)
{
    (void)state;
    unsigned char question[NS_PACKETSZ];
    ns_msg message;
    int length = res_mkquery(ns_o_query, "www.example.test", ns_c_in, ns_t_a,
                             NULL, 0, NULL, question, sizeof question);
    for (int cut = 0; cut < length; cut++)
        assert_call(ns_initparse(question, cut, &message), -1);
}

static void numbers_are_in_network_order(void **state)
{
    (void)state;
    unsigned char bytes[8];
    unsigned char *at = bytes;
    unsigned number;
    NS_PUT16(0x0102, at);
    NS_PUT32(0x03040506, at);
    assert_int_equal(at - bytes, 6);
    assert_memory_equal(bytes, "\1\2\3\4\5\6", 6);
    at = bytes;
    NS_GET16(number, at);
    assert_int_equal(number, 0x0102);
    NS_GET32(number, at);
    assert_int_equal(number, 0x03040506);
    assert_int_equal(ns_get16(bytes), 0x0102);
    assert_int_equal(ns_get32(bytes + 2), 0x03040506);
}

/* --- Asking ---------------------------------------------------------------------------- */

/* A name server for one question: answers with one address, or with a code; by
 * TCP, where it listens, after it has said so by UDP. */
struct server {
    int fd;
    int listener; /* -1: only UDP */
    int code;
    int answers;
    int lies; /* answers another question first */
};

/* Makes an answer of a question; its length, or 0.  What else is in the question
 * is no part of it. */
static size_t answer_to(const struct server *server, unsigned char *packet,
                        ssize_t length, int by_tcp)
{
    static const unsigned char record[] = {0xc0, 0x0c, 0, 1, 0,   1, 0, 0,
                                           0x0e, 0x10, 0, 4, 192, 0, 2, 7};
    int is_cut = server->listener >= 0 && !by_tcp;
    if (length < NS_HFIXEDSZ)
        return 0;
    int name = dn_skipname(packet + NS_HFIXEDSZ, packet + length);
    size_t size = (size_t)(NS_HFIXEDSZ + name + NS_QFIXEDSZ);
    packet[2] |= is_cut ? 0x82 : 0x80;
    packet[3] = (unsigned char)(0x80 | server->code);
    packet[7] = (unsigned char)(is_cut ? 0 : server->answers);
    packet[11] = 0;
    if (packet[7] == 0)
        return size;
    memcpy(packet + size, record, sizeof record);
    return size + sizeof record;
}

static void serve_by_tcp(const struct server *server)
{
    unsigned char packet[2 + NS_PACKETSZ];
    wait_readable(server->listener);
    int fd = accept(server->listener, NULL, NULL);
    if (fd < 0)
        return;
    if (recv(fd, packet, 2, MSG_WAITALL) == 2) {
        ssize_t length = (ssize_t)ns_get16(packet);
        length = recv(fd, packet + 2, (size_t)length, MSG_WAITALL);
        size_t size = answer_to(server, packet + 2, length, 1);
        ns_put16((unsigned)size, packet);
        (void)send(fd, packet, size + 2, 0);
    }
    close(fd);
}

static void *serve(void *context)
{
    struct server *server = context;
    unsigned char packet[NS_PACKETSZ];
    struct address from;
    from.length = sizeof from.storage;
    wait_readable(server->fd);
    ssize_t length = recvfrom(server->fd, packet, sizeof packet / 2, 0,
                              as_sockaddr(&from), &from.length);
    size_t size = answer_to(server, packet, length, 0);
    if (server->lies) {
        packet[NS_HFIXEDSZ + 1] ^= 1;
        (void)sendto(server->fd, packet, size, 0, as_sockaddr(&from),
                     from.length);
        packet[NS_HFIXEDSZ + 1] ^= 1;
    }
    (void)sendto(server->fd, packet, size, 0, as_sockaddr(&from), from.length);
    if (server->listener >= 0)
        serve_by_tcp(server);
    return NULL;
}

/* Asks nobody but the one at this address. */
static void ask_only(struct address address)
{
    assert_call(res_init(), 0);
    _res.nscount = 1;
    _res.retrans = 1;
    _res.retry = 1;
    memcpy(&_res.nsaddr_list[0], &address.storage, sizeof _res.nsaddr_list[0]);
}

static int ask_server(struct server *server, unsigned char *answer, int size)
{
    ask_only(name_of(server->fd));
    struct helper *helper = begin(serve, server);
    int result = res_query("www.example.test", ns_c_in, ns_t_a, answer, size);
    finish(helper);
    return result;
}

static int ask(int code, int answers, unsigned char *answer, int size)
{
    struct server server = {bound(AF_INET, SOCK_DGRAM), -1, code, answers, 0};
    return ask_server(&server, answer, size);
}

/* A port that is free for both protocols. */
static struct server two_ways(void)
{
    for (int attempt = 0; attempt < 20; attempt++) {
        struct server server = {-1, listening(AF_INET), ns_r_noerror, 1, 0};
        struct address name = name_of(server.listener);
        server.fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
        if (bind(server.fd, as_sockaddr(&name), name.length) == 0)
            return server;
    }
    fail_msg("no port is free for both");
    return (struct server){-1, -1, 0, 0, 0};
}

static void an_answer_has_the_records_asked_for(void **state)
{
    (void)state;
    unsigned char answer[NS_PACKETSZ];
    ns_msg message;
    ns_rr record;
    int length = ask(ns_r_noerror, 1, answer, sizeof answer);
    assert_true(length > 0);
    assert_call(ns_initparse(answer, length, &message), 0);
    assert_int_equal(ns_msg_count(message, ns_s_an), 1);
    assert_int_equal(ns_msg_getflag(message, ns_f_qr), 1);
    assert_int_equal(ns_msg_getflag(message, ns_f_rcode), ns_r_noerror);
    assert_call(ns_parserr(&message, ns_s_an, 0, &record), 0);
    assert_string_equal(ns_rr_name(record), "www.example.test");
    assert_int_equal(ns_rr_type(record), ns_t_a);
    assert_int_equal(ns_rr_ttl(record), 3600);
    assert_int_equal(ns_rr_rdlen(record), 4);
    assert_memory_equal(ns_rr_rdata(record), "\xc0\0\2\7", 4);
    assert_fails(ns_parserr(&message, ns_s_an, 1, &record), ENODEV);
}

static void an_answer_to_another_question_is_none(void **state)
{
    (void)state;
    unsigned char answer[NS_PACKETSZ];
    char name[NS_MAXDNAME];
    struct server server = {bound(AF_INET, SOCK_DGRAM), -1, ns_r_noerror, 1, 1};
    int length = ask_server(&server, answer, sizeof answer);
    assert_true(length > NS_HFIXEDSZ);
    assert_true(dn_expand(answer, answer + length, answer + NS_HFIXEDSZ, name,
                          sizeof name) > 0);
    assert_string_equal(name, "www.example.test");
}

static void a_name_that_is_not_there_is_host_not_found(void **state)
{
    (void)state;
    unsigned char answer[NS_PACKETSZ];
    assert_call(ask(ns_r_nxdomain, 0, answer, sizeof answer), -1);
    assert_int_equal(h_errno, HOST_NOT_FOUND);
}

static void a_name_without_such_records_is_no_data(void **state)
{
    (void)state;
    unsigned char answer[NS_PACKETSZ];
    assert_call(ask(ns_r_noerror, 0, answer, sizeof answer), -1);
    assert_int_equal(h_errno, NO_DATA);
}

static void a_server_in_trouble_is_try_again(void **state)
{
    (void)state;
    unsigned char answer[NS_PACKETSZ];
    assert_call(ask(ns_r_servfail, 0, answer, sizeof answer), -1);
    assert_int_equal(h_errno, TRY_AGAIN);
}

static void an_answer_that_was_cut_is_asked_for_by_tcp(void **state)
{
    (void)state;
    unsigned char answer[NS_PACKETSZ];
    ns_msg message;
    struct server server = two_ways();
    int length = ask_server(&server, answer, sizeof answer);
    assert_true(length > 0);
    assert_call(ns_initparse(answer, length, &message), 0);
    assert_int_equal(ns_msg_count(message, ns_s_an), 1);
    assert_int_equal(ns_msg_getflag(message, ns_f_tc), 0);
}

static void a_server_that_is_not_there_is_try_again(void **state)
{
    (void)state;
    unsigned char answer[NS_PACKETSZ];
    struct address nobody = name_of(bound(AF_INET, SOCK_DGRAM));
    clean_up(state);
    ask_only(nobody);
    assert_call(
        res_query("www.example.test", ns_c_in, ns_t_a, answer, sizeof answer),
        -1);
    assert_int_equal(h_errno, TRY_AGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(names_are_written_as_labels_and_read_back),
        claim(a_dot_at_the_end_and_the_root_are_names),
        claim(names_are_shortened_by_those_before),
        claim(what_does_not_fit_is_an_error),
        claim(names_that_are_none_are_errors),
        claim(names_that_go_round_in_circles_are_errors),
        claim(a_question_has_a_header_and_a_name),
        claim(a_message_that_is_cut_is_refused),
        claim(numbers_are_in_network_order),
        claim(an_answer_has_the_records_asked_for),
        claim(an_answer_to_another_question_is_none),
        claim(a_name_that_is_not_there_is_host_not_found),
        claim(a_name_without_such_records_is_no_data),
        claim(a_server_in_trouble_is_try_again),
        claim(an_answer_that_was_cut_is_asked_for_by_tcp),
        claim(a_server_that_is_not_there_is_try_again),
    };
    return cmocka_run_group_tests_name("res_query", tests, NULL, NULL);
}
