/* addresses.c: the shape of addresses, and their text. */
#include "record.h"

#include <string.h>

static void observe_shapes(void)
{
    observe("addr-family-values.unspec-unix-inet-inet6", "%d %d %d %d",
            AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6);
    observe("addr-struct-layout.in-in6-storage", "%d %d %d",
            (int)sizeof(struct sockaddr_in), (int)sizeof(struct sockaddr_in6),
            (int)sizeof(struct sockaddr_storage));
    observe("inet-strlen-consts.values", "%d %d", INET_ADDRSTRLEN,
            INET6_ADDRSTRLEN);
}

static void observe_zeros(void)
{
    struct sockaddr_in address = ipv4_address(INADDR_LOOPBACK, 0);
    raw s = open_stream();
    memset(address.sin_zero, 0x5a, sizeof address.sin_zero);
    observe_result("addr-sin_zero.bind-with-garbage", bind_to(s, &address));
    socklen_t length = sizeof address;
    memset(&address, 0x5a, sizeof address);
    getsockname(s, (struct sockaddr *)&address, &length);
    observe_yes_or_no("addr-sin_zero.getsockname-clears",
                      address.sin_zero[7] == 0);
}

static void observe_reading(void)
{
    unsigned char bytes[16];
    memset(bytes, 0xaa, sizeof bytes);
    observe_result("inet-pton-partial.result",
                   inet_pton(AF_INET, "127.127.127.255:123", bytes));
    observe_yes_or_no("inet-pton-partial.leaves-bytes-alone",
                      bytes[0] == 0xaa && bytes[3] == 0xaa);
    observe_result("inet-pton-errors.family", inet_pton(77, "1.2.3.4", bytes));
    observe("inet-addr-parsing.blank", "%s",
            inet_addr(" ") == INADDR_NONE ? "refused" : "taken");
    observe("inet-addr-parsing.junk-after-blank", "%s",
            inet_addr("1.2.3.4 x") == INADDR_NONE ? "refused" : "taken");
    observe("inet-addr-parsing.three-parts", "%s",
            inet_addr("1.2.3") == INADDR_NONE ? "refused" : "taken");
}

static const char *text_of(const char *text)
{
    static char result[64];
    struct in6_addr address;
    inet_pton(AF_INET6, text, &address);
    if (inet_ntop(AF_INET6, &address, result, sizeof result) == NULL)
        return result_text(-1);
    return result;
}

static void observe_writing(void)
{
    struct in_addr address = {0};
    char text[8];
    raw_set_error(0);
    observe("inet-ntop-errors.size-7", "%s",
            inet_ntop(AF_INET, &address, text, 7) != NULL ? "ok"
                                                          : result_text(-1));
    observe("inet-ntop-errors.family", "%s",
            inet_ntop(77, &address, text, sizeof text) != NULL
                ? "ok"
                : result_text(-1));
    observe("inet-ntop-format.isatap", "%s",
            text_of("2001:db8:0:1:0:5efe:102:304"));
    observe("inet-ntop-format.mapped", "%s", text_of("::ffff:1.2.3.4"));
    observe("inet-ntop-format.translated", "%s", text_of("::ffff:0:1.2.3.4"));
    observe("inet-ntop-format.one-zero", "%s", text_of("2001:0:1:1:1:1:1:1"));
}

void observe_addresses(void)
{
    observe_shapes();
    observe_zeros();
    observe_reading();
    observe_writing();
}
