/* raw_address.c: addresses as a careful program reads and writes them by the
 * system's functions, which have the same names everywhere. */
#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <sys/socket.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "raw.h"

/* Where what is read ends up, so that reading it is not for nothing. */
static volatile unsigned char seen;

void raw_parse_ipv4(const char *const *texts, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        unsigned char bytes[4];
        BENCH_REQUIRE(inet_pton(AF_INET, texts[i % RAW_TEXTS], bytes) == 1);
        seen = bytes[3];
    }
}

void raw_parse_ipv6(const char *const *texts, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        unsigned char bytes[16];
        BENCH_REQUIRE(inet_pton(AF_INET6, texts[i % RAW_TEXTS], bytes) == 1);
        seen = bytes[15];
    }
}

/* inet_pton() wants its literal alone. */
static void parse_part(int family, const char *literal, size_t length,
                       void *bytes)
{
    char part[INET6_ADDRSTRLEN];
    BENCH_REQUIRE(length < sizeof part);
    memcpy(part, literal, length);
    part[length] = '\0';
    BENCH_REQUIRE(inet_pton(family, part, bytes) == 1);
}

static unsigned short port_of(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    BENCH_REQUIRE(end != text && *end == '\0' && port <= 65535);
    return htons((unsigned short)port);
}

void raw_parse_ipv4_port(const char *const *texts, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct sockaddr_in in = {.sin_family = AF_INET};
        const char *text = texts[i % RAW_TEXTS];
        const char *colon = strchr(text, ':');
        BENCH_REQUIRE(colon != NULL);
        parse_part(AF_INET, text, (size_t)(colon - text), &in.sin_addr);
        in.sin_port = port_of(colon + 1);
        seen = (unsigned char)in.sin_port;
    }
}

void raw_parse_ipv6_port(const char *const *texts, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
        const char *text = texts[i % RAW_TEXTS] + 1;
        const char *bracket = strchr(text, ']');
        BENCH_REQUIRE(bracket != NULL && bracket[1] == ':');
        parse_part(AF_INET6, text, (size_t)(bracket - text), &in6.sin6_addr);
        in6.sin6_port = port_of(bracket + 2);
        seen = (unsigned char)in6.sin6_port;
    }
}

static void make_bytes(int family, const char *const *texts,
                       unsigned char bytes[RAW_TEXTS][16])
{
    for (size_t i = 0; i < RAW_TEXTS; i++)
        BENCH_REQUIRE(inet_pton(family, texts[i], bytes[i]) == 1);
}

static void format(int family, const char *const *texts, uint64_t count)
{
    unsigned char bytes[RAW_TEXTS][16];
    make_bytes(family, texts, bytes);
    for (uint64_t i = 0; i < count; i++) {
        char text[INET6_ADDRSTRLEN];
        BENCH_REQUIRE(
            inet_ntop(family, bytes[i % RAW_TEXTS], text, sizeof text) != NULL);
        seen = (unsigned char)text[0];
    }
}

void raw_format_ipv4(const char *const *texts, uint64_t count)
{
    format(AF_INET, texts, count);
}

void raw_format_ipv6(const char *const *texts, uint64_t count)
{
    format(AF_INET6, texts, count);
}

static void format_port(int family, const char *form, const char *const *texts,
                        uint64_t count)
{
    unsigned char bytes[RAW_TEXTS][16];
    make_bytes(family, texts, bytes);
    for (uint64_t i = 0; i < count; i++) {
        char literal[INET6_ADDRSTRLEN];
        char text[INET6_ADDRSTRLEN + 8];
        BENCH_REQUIRE(inet_ntop(family, bytes[i % RAW_TEXTS], literal,
                                sizeof literal) != NULL);
        BENCH_REQUIRE(snprintf(text, sizeof text, form, literal, RAW_PORT) > 0);
        seen = (unsigned char)text[0];
    }
}

void raw_format_ipv4_port(const char *const *texts, uint64_t count)
{
    format_port(AF_INET, "%s:%d", texts, count);
}

void raw_format_ipv6_port(const char *const *texts, uint64_t count)
{
    format_port(AF_INET6, "[%s]:%d", texts, count);
}
