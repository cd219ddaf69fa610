/* address.c: addresses from text and to text.
 *
 * These take nanoseconds, where the place of a loop in memory shows: the goals
 * are far apart from what is measured, and the instructions are the better
 * count. */
#include <psock/psock.h>

#include "harness.h"
#include "raw.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

typedef void raw_loop(const char *const *texts, uint64_t count);

/* What a group works on. */
struct work {
    raw_loop *raw;
    unsigned flags; /* for psock_address_format() */
    const char *texts[RAW_TEXTS];
};

/* Where results end up, so that making them is not for nothing. */
static volatile unsigned char seen;

static void do_raw(const void *context, uint64_t count)
{
    const struct work *work = context;
    work->raw(work->texts, count);
}

static void parse(const void *context, uint64_t count)
{
    const struct work *work = context;
    for (uint64_t i = 0; i < count; i++) {
        psock_address address;
        BENCH_REQUIRE(
            psock_address_parse(work->texts[i % RAW_TEXTS], &address) == 0);
        seen = address.storage.bytes[4];
    }
}

static void make_addresses(const struct work *work, psock_address *addresses)
{
    for (size_t i = 0; i < RAW_TEXTS; i++) {
        BENCH_REQUIRE(psock_address_parse(work->texts[i], &addresses[i]) == 0);
        BENCH_REQUIRE(psock_address_set_port(&addresses[i], RAW_PORT) == 0);
    }
}

static void format(const void *context, uint64_t count)
{
    const struct work *work = context;
    psock_address addresses[RAW_TEXTS];
    make_addresses(work, addresses);
    for (uint64_t i = 0; i < count; i++) {
        char text[PSOCK_ADDRESS_TEXT_SIZE];
        BENCH_REQUIRE(psock_address_format(&addresses[i % RAW_TEXTS],
                                           work->flags, text, sizeof text) > 0);
        seen = (unsigned char)text[0];
    }
}

#define IPV4_TEXTS                                                             \
    {                                                                          \
        "192.168.100.200", "10.0.0.1", "127.0.0.1", "203.0.113.77"             \
    }
#define IPV6_TEXTS                                                             \
    {                                                                          \
        "2001:db8:85a3::8a2e:370:7334", "::1", "fe80::1ff:fe23:4567:890a",     \
            "2001:db8:1:2:3:4:5:6"                                             \
    }

static const struct work parse_ipv4 = {
    .raw = raw_parse_ipv4,
    .texts = IPV4_TEXTS,
};
static const struct work parse_ipv6 = {
    .raw = raw_parse_ipv6,
    .texts = IPV6_TEXTS,
};
static const struct work parse_ipv4_port = {
    .raw = raw_parse_ipv4_port,
    .texts = {"192.168.100.200:443", "10.0.0.1:8080", "127.0.0.1:1",
              "203.0.113.77:65535"},
};
static const struct work parse_ipv6_port = {
    .raw = raw_parse_ipv6_port,
    .texts = {"[2001:db8:85a3::8a2e:370:7334]:443", "[::1]:8080",
              "[fe80::1ff:fe23:4567:890a]:1", "[2001:db8:1:2:3:4:5:6]:65535"},
};
static const struct work format_ipv4 = {
    .raw = raw_format_ipv4,
    .flags = PSOCK_FORMAT_NO_PORT,
    .texts = IPV4_TEXTS,
};
static const struct work format_ipv6 = {
    .raw = raw_format_ipv6,
    .flags = PSOCK_FORMAT_NO_PORT,
    .texts = IPV6_TEXTS,
};
static const struct work format_ipv4_port = {
    .raw = raw_format_ipv4_port,
    .texts = IPV4_TEXTS,
};
static const struct work format_ipv6_port = {
    .raw = raw_format_ipv6_port,
    .texts = IPV6_TEXTS,
};

/* The three ways to do a piece of work. */
#define VARIANTS(work, ours, goal)                                             \
    (const struct bench_variant[])                                             \
    {                                                                          \
        {"raw", do_raw, &(work), 0, 0}, {"raw again", do_raw, &(work), 0, 0},  \
            {"psock", ours, &(work), goal, 0},                                 \
    }

#define GROUP(title, words, work, ours, goal)                                  \
    {                                                                          \
        .name = title, .operation = words, .calls = 1, .instructions = 1,      \
        .slack = 0.05, .variants = VARIANTS(work, ours, goal),                 \
        .variant_count = 3                                                     \
    }

static const struct bench_group groups[] = {
    GROUP("parse-ipv4", "read an IPv4 literal (raw: inet_pton)", parse_ipv4,
          parse, 1.0),
    GROUP("parse-ipv6", "read an IPv6 literal (raw: inet_pton)", parse_ipv6,
          parse, 1.0),
    GROUP("parse-ipv4-port", "read IPv4 and port (raw: and strtoul)",
          parse_ipv4_port, parse, 1.0),
    GROUP("parse-ipv6-port", "read IPv6 and port (raw: and strtoul)",
          parse_ipv6_port, parse, 1.0),
    GROUP("format-ipv4", "write an IPv4 literal (raw: inet_ntop)", format_ipv4,
          format, 0.2),
    GROUP("format-ipv6", "write an IPv6 literal (raw: inet_ntop)", format_ipv6,
          format, 0.2),
    GROUP("format-ipv4-port", "write IPv4 and port (raw: and snprintf)",
          format_ipv4_port, format, 0.2),
    GROUP("format-ipv6-port", "write IPv6 and port (raw: and snprintf)",
          format_ipv6_port, format, 0.2),
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, groups, COUNT_OF(groups));
}
