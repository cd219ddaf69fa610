/* descriptors.c: what a descriptor is. */
#include "record.h"

static void observe_numbers(void)
{
    raw first = open_stream();
    raw second = open_stream();
    observe("desc-type.size", "%d", (int)sizeof first);
    observe("desc-type.multiple-of-4", "%s",
            first % 4 == 0 && second % 4 == 0 ? "yes" : "no");
    observe_yes_or_no("desc-truncation.fits-31-bits",
                      (uint64_t)first < 0x80000000u);
    raw_close(second);
    observe_yes_or_no("desc-reuse-after-close.number-comes-back",
                      open_stream() == second);
    forget(second);
}

static void observe_bad_ones(void)
{
    char byte = 0;
    int value;
    int size = sizeof value;
    struct sockaddr_in any = ipv4_address(INADDR_ANY, 0);
    raw s = open_stream();
    raw_close(s);
    forget(s);
    observe_result("desc-badfd-error.closed-send", raw_send(s, &byte, 1, 0));
    observe_result("desc-badfd-error.closed-getsockopt",
                   raw_get(s, SOL_SOCKET, SO_TYPE, &value, &size));
    observe_result("desc-badfd-error.closed-twice", raw_close(s));
    observe_result("desc-badfd-error.minus-one-recv",
                   raw_recv(NO_RAW, &byte, 1, 0));
    observe_result("desc-badfd-error.minus-one-bind", bind_to(NO_RAW, &any));
}

static void observe_files(void)
{
    char byte = 0;
    raw file = raw_open_file();
    observe_result("desc-badfd-error.file-send", raw_send(file, &byte, 1, 0));
    observe_result("desc-badfd-error.file-listen", listen(file, 1));
    observe("desc-select-mixed.file", "%s", raw_select(file, 0));
    raw_close_file(file);
}

static const struct {
    const char *what;
    int family;
    int type;
    int protocol;
} kinds[] = {
    {"desc-socket-args.stream-udp", AF_INET, SOCK_STREAM, IPPROTO_UDP},
    {"desc-socket-args.datagram-tcp", AF_INET, SOCK_DGRAM, IPPROTO_TCP},
    {"desc-socket-args.protocol-9999", AF_INET, SOCK_STREAM, 9999},
    {"desc-socket-args.protocol-253", AF_INET, SOCK_STREAM, 253},
    {"desc-socket-args.type-99", AF_INET, 99, 0},
    {"desc-socket-args.type-0", AF_INET, 0, 0},
    {"desc-socket-args.seqpacket", AF_INET, SOCK_SEQPACKET, 0},
    {"desc-socket-args.family-unspecified", AF_UNSPEC, SOCK_STREAM, 0},
    {"desc-socket-args.family-unspecified-tcp", AF_UNSPEC, SOCK_STREAM,
     IPPROTO_TCP},
    {"desc-socket-args.family-12345", 12345, SOCK_STREAM, 0},
    {"desc-sock-flags.0x800", AF_INET, SOCK_STREAM | 0x800, 0},
    {"desc-sock-flags.0x80000", AF_INET, SOCK_STREAM | 0x80000, 0},
    {"desc-raw-privilege.icmp", AF_INET, SOCK_RAW, IPPROTO_ICMP},
};

void observe_descriptors(void)
{
    observe_numbers();
    observe_bad_ones();
    observe_files();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        observe_socket(kinds[i].what, socket(kinds[i].family, kinds[i].type,
                                             kinds[i].protocol));
}
