/* lookup: asks one name server, by itself: a stub resolver (RFC 1035), over UDP
 * with retries, and over TCP when the answer did not fit.
 *
 *     lookup [-s server] [-p port] name [A | AAAA | CNAME | MX | NS | PTR | TXT]
 *
 * Writes a line for each answer: "name type text".  The exit status is 1 when there
 * is none. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define HEADER 12
#define UDP_SIZE 512
#define NAME_SIZE 256

enum type {
    A = 1,
    NS = 2,
    CNAME = 5,
    PTR = 12,
    MX = 15,
    TXT = 16,
    AAAA = 28
};

static const struct {
    const char *name;
    int number;
} types[] = {{"A", A},   {"NS", NS},   {"CNAME", CNAME}, {"PTR", PTR},
             {"MX", MX}, {"TXT", TXT}, {"AAAA", AAAA}};

struct message {
    unsigned char bytes[65535];
    size_t size;
};

static int type_number(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcasecmp(types[i].name, name) == 0)
            return types[i].number;
    }
    errx(2, "no such type: %s", name);
}

static const char *type_name(int number)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].number == number)
            return types[i].name;
    }
    return "?";
}

/* --- Questions ------------------------------------------------------------ */

static void put(struct message *message, unsigned number)
{
    message->bytes[message->size++] = (unsigned char)(number >> 8);
    message->bytes[message->size++] = (unsigned char)number;
}

static void put_name(struct message *message, const char *name)
{
    if (strlen(name) > NAME_SIZE - 2)
        errx(2, "too long: %s", name);
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        if (length == 0 || length > 63)
            errx(2, "not a name: %s", name);
        message->bytes[message->size++] = (unsigned char)length;
        memcpy(message->bytes + message->size, name, length);
        message->size += length;
        name += length + (name[length] == '.');
    }
    message->bytes[message->size++] = 0;
}

static void make_question(struct message *question, const char *name, int type)
{
    question->size = 0;
    put(question, (unsigned)random() & 0xffff);
    put(question, 0x0100); /* recursion, please */
    put(question, 1);
    put(question, 0);
    put(question, 0);
    put(question, 0);
    put_name(question, name);
    put(question, (unsigned)type);
    put(question, 1);
}

/* --- Answers: nothing in them is to be trusted ------------------------------- */

static unsigned number_at(const struct message *message, size_t at)
{
    if (at + 2 > message->size)
        errx(1, "the answer is cut short");
    return (unsigned)message->bytes[at] << 8 | message->bytes[at + 1];
}

/* Writes the name at `at` and returns where it ends.  A pointer may only lead
 * back, so there is an end. */
static size_t read_name(const struct message *message, size_t at,
                        char name[NAME_SIZE])
{
    size_t written = 0;
    size_t end = 0;
    size_t bound = message->size;
    for (;;) {
        unsigned length = at < message->size ? message->bytes[at] : 255;
        if (length >= 0xc0) {
            size_t to = number_at(message, at) & 0x3fff;
            end = end == 0 ? at + 2 : end;
            if (to >= at || to >= bound)
                errx(1, "a name in the answer has no end");
            bound = at = to;
            continue;
        }
        if (length == 0)
            break;
        if (length > 63 || at + 1 + length > message->size ||
            written + length + 2 > NAME_SIZE)
            errx(1, "a name in the answer is none");
        memcpy(name + written, message->bytes + at + 1, length);
        written += length;
        name[written++] = '.';
        at += 1 + length;
    }
    name[written > 0 ? written - 1 : 0] = '\0';
    return end == 0 ? at + 1 : end;
}

static void print_text(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        putchar(bytes[i] < 32 || bytes[i] > 126 ? '?' : bytes[i]);
}

static void print_data(const struct message *message, int type, size_t at,
                       size_t size)
{
    const unsigned char *data = message->bytes + at;
    char text[NAME_SIZE];
    if (type == A && size == 4)
        printf("%s\n", inet_ntop(AF_INET, data, text, sizeof text));
    else if (type == AAAA && size == 16)
        printf("%s\n", inet_ntop(AF_INET6, data, text, sizeof text));
    else if (type == TXT && size > 0 && data[0] < size) {
        print_text(data + 1, data[0]);
        putchar('\n');
    } else if (type == MX && size > 2) {
        read_name(message, at + 2, text);
        printf("%u %s\n", number_at(message, at), text);
    } else if (type == NS || type == CNAME || type == PTR) {
        read_name(message, at, text);
        printf("%s\n", text);
    } else {
        printf("(%zu bytes)\n", size);
    }
}

static int print_answers(const struct message *message)
{
    char name[NAME_SIZE];
    unsigned count = number_at(message, 6);
    size_t at = read_name(message, HEADER, name) + 4;
    if ((number_at(message, 2) & 0xf) == 3)
        errx(1, "no such name");
    if ((number_at(message, 2) & 0xf) != 0)
        errx(1, "the server says error %u", number_at(message, 2) & 0xf);
    for (unsigned i = 0; i < count; i++) {
        at = read_name(message, at, name);
        int type = (int)number_at(message, at);
        size_t size = number_at(message, at + 8);
        if (at + 10 + size > message->size)
            errx(1, "the answer is cut short");
        printf("%s %s ", name, type_name(type));
        print_data(message, type, at + 10, size);
        at += 10 + size;
    }
    return count > 0;
}

/* --- Asking --------------------------------------------------------------- */

static int open_to(const struct addrinfo *server, int type)
{
    int fd = socket(server->ai_family, type, 0);
    if (fd < 0 || connect(fd, server->ai_addr, server->ai_addrlen) < 0)
        err(1, "connect");
    return fd;
}

static int is_answer_to(const struct message *question,
                        const struct message *answer)
{
    return answer->size >= HEADER &&
           memcmp(answer->bytes, question->bytes, 2) == 0 &&
           (answer->bytes[2] & 0x80) != 0;
}

/* False when nothing has come in time. */
static int wait_for_answer(int fd, const struct message *question,
                           struct message *answer)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    while (poll(&entry, 1, 1000) > 0) {
        ssize_t size = recv(fd, answer->bytes, UDP_SIZE, 0);
        if (size < 0)
            err(1, "no answer");
        answer->size = (size_t)size;
        if (is_answer_to(question, answer))
            return 1;
    }
    return 0;
}

static void ask_by_udp(const struct addrinfo *server,
                       const struct message *question, struct message *answer)
{
    int fd = open_to(server, SOCK_DGRAM);
    for (int attempt = 0; attempt < 3; attempt++) {
        if (send(fd, question->bytes, question->size, 0) < 0)
            err(1, "send");
        if (wait_for_answer(fd, question, answer)) {
            close(fd);
            return;
        }
    }
    errx(1, "the server is silent");
}

static void ask_by_tcp(const struct addrinfo *server, struct message *question,
                       struct message *answer)
{
    uint16_t size = htons((uint16_t)question->size);
    struct iovec pieces[2] = {{&size, sizeof size},
                              {question->bytes, question->size}};
    int fd = open_to(server, SOCK_STREAM);
    if (writev(fd, pieces, 2) < 0)
        err(1, "writev");
    if (recv(fd, &size, sizeof size, MSG_WAITALL) != sizeof size)
        errx(1, "the server has hung up");
    answer->size = ntohs(size);
    if (recv(fd, answer->bytes, answer->size, MSG_WAITALL) !=
            (ssize_t)answer->size ||
        !is_answer_to(question, answer))
        errx(1, "that is no answer");
    close(fd);
}

static void ask(const char *host, const char *port, struct message *question,
                struct message *answer)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICSERV};
    struct addrinfo *server;
    int error = getaddrinfo(host, port, &hints, &server);
    if (error != 0)
        errx(1, "%s: %s", host, gai_strerror(error));
    ask_by_udp(server, question, answer);
    if ((answer->bytes[2] & 0x02) != 0)
        ask_by_tcp(server, question, answer);
    freeaddrinfo(server);
}

int main(int argc, char **argv)
{
    static struct message question, answer;
    const char *server = "127.0.0.1";
    const char *port = "53";
    int option;
    while ((option = getopt(argc, argv, "s:p:")) != -1) {
        if (option == 's')
            server = optarg;
        else if (option == 'p')
            port = optarg;
        else
            return 2;
    }
    if (optind + 1 != argc && optind + 2 != argc)
        errx(2, "usage: lookup [-s server] [-p port] name [type]");
    srandom((unsigned)time(NULL) ^ (unsigned)getpid());
    make_question(&question, argv[optind],
                  type_number(optind + 2 == argc ? argv[optind + 1] : "A"));
    ask(server, port, &question, &answer);
    return print_answers(&answer) ? 0 : 1;
}
