/* address.h: socket addresses as values: IPv4, IPv6 with scope, Unix paths.
 *
 * An address holds the system's own representation, so passing one to the
 * system converts nothing; these functions are how a program looks inside.
 * None of them allocates or looks up host names, none depends on the locale,
 * and those that only read may run on one address from any number of threads.
 * What goes into an address may come out of the same one: bytes, paths, `from`.
 *
 * A null pointer gives PSOCK_EFAULT, or the answer for an address of family
 * PSOCK_NONE where the result is not an error code. */
#ifndef PSOCK_ADDRESS_H
#define PSOCK_ADDRESS_H

#include <psock/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum psock_family {
    PSOCK_NONE = 0, /* no address: a zeroed psock_address, an unknown sender */
    PSOCK_UNIX = 1,
    PSOCK_IPV4 = 4,
    PSOCK_IPV6 = 6
};

/* An address.  All zero bytes make one of family PSOCK_NONE.  `length` counts
 * the bytes of `storage` in use; both are the system's business (native.h). */
typedef struct psock_address {
    union {
        unsigned char bytes[128];
        uint64_t alignment;
    } storage;
    uint32_t length;
    uint32_t reserved; /* zero */
} psock_address;

/* The size that holds the text of any address, its zero byte included. */
#define PSOCK_ADDRESS_TEXT_SIZE 344

/* The longest Unix path or abstract name, in bytes without a zero byte. */
#define PSOCK_ADDRESS_PATH_MAX 107

/* --- Making addresses ---------------------------------------------------- */

/* Reads an address from text:
 *
 *   192.0.2.7  192.0.2.7:80            IPv4 in four decimal parts
 *   2001:db8::1  [2001:db8::1]  [2001:db8::1]:80     IPv6 (RFC 4291, 2.2)
 *   fe80::1%2  [fe80::1%eth0]:80       with a scope by number or interface name
 *   unix:/run/x.sock  unix:@name       a Unix path, an abstract name
 *
 * A port left out is 0.  Strict, so that no two programs read one text in two
 * ways: decimal numbers have no leading zeros, groups of IPv6 one to four
 * digits, "::" stands for one group at least; no white space around or between
 * parts, no other bases, no scope of 0.
 *
 * A scope of digits only is a number, and is not looked up; a name goes to the
 * system as it is, and has neither ':' nor ']' in it.
 *
 * In Unix names "%HH" stands for the byte HH; a bare '%' and control characters
 * are refused, so is "%00" in a path.  A path that itself begins with '@' is
 * written "%40...".  "unix:" alone is the unnamed address, "unix:@" the
 * abstract name of no bytes.
 *
 * Returns 0; PSOCK_EINVAL when `text` is malformed; PSOCK_ENODEV when a scope
 * names no interface here; PSOCK_ENAMETOOLONG for a path or abstract name above
 * PSOCK_ADDRESS_PATH_MAX; PSOCK_ENOTSUP for an abstract name on a system
 * without them.  `address` is untouched unless the result is 0.
 *
 * Windows: an interface goes by its system name ("ethernet_32769") or by its
 * alias in UTF-8 ("Ethernet 2"). */
PSOCK_API PSOCK_CHECKED int psock_address_parse(const char *text,
                                                psock_address *address);

/* Makes an IPv4 address of four bytes in network order and a port. */
PSOCK_API PSOCK_CHECKED int psock_address_ipv4(const unsigned char bytes[4],
                                               uint16_t port,
                                               psock_address *address);

/* Makes an IPv6 address of sixteen bytes in network order, a port, and a scope
 * (RFC 4007): the index of an interface, or 0 for none. */
PSOCK_API PSOCK_CHECKED int psock_address_ipv6(const unsigned char bytes[16],
                                               uint16_t port, uint32_t scope,
                                               psock_address *address);

/* Makes a Unix address of `length` bytes of `path`.  A first byte of zero makes
 * an abstract name of the bytes after it; a length of 0 the unnamed address.
 * A path is UTF-8 on Windows, and the system's bytes elsewhere.
 *
 * Returns 0; PSOCK_ENAMETOOLONG when a path has more than
 * PSOCK_ADDRESS_PATH_MAX bytes (an abstract name's first zero byte not
 * counted) or than the system can take; PSOCK_EINVAL when a path has a zero
 * byte inside; PSOCK_ENOTSUP for an abstract name on a system without them. */
PSOCK_API PSOCK_CHECKED int psock_address_unix(const char *path, size_t length,
                                               psock_address *address);

/* Makes the address that stands for every local one (0.0.0.0 or ::), to bind
 * to.  Returns 0, or PSOCK_EAFNOSUPPORT unless `family` is IPv4 or IPv6. */
PSOCK_API PSOCK_CHECKED int psock_address_any(int family, uint16_t port,
                                              psock_address *address);

/* Makes the loopback address of a family: 127.0.0.1 or ::1.  Returns 0, or
 * PSOCK_EAFNOSUPPORT unless `family` is IPv4 or IPv6. */
PSOCK_API PSOCK_CHECKED int psock_address_loopback(int family, uint16_t port,
                                                   psock_address *address);

/* Makes the IPv4 address inside an IPv4-mapped one (::ffff:a.b.c.d), with its
 * port and without its scope; any other address is copied as it is. */
PSOCK_API PSOCK_CHECKED int psock_address_unmap(const psock_address *from,
                                                psock_address *to);

/* Makes an address of `length` bytes at `from` that the system filled in (a
 * struct sockaddr of any family).  Returns 0, or PSOCK_EINVAL for more bytes
 * than any address has. */
PSOCK_API PSOCK_CHECKED int psock_address_from_native(const void *from,
                                                      size_t length,
                                                      psock_address *address);

/* --- Looking inside ------------------------------------------------------ */

/* The enum psock_family of `address`; PSOCK_NONE for one psock does not know.
 */
PSOCK_API int psock_address_family(const psock_address *address);

/* The port in host order; 0 where the family has none. */
PSOCK_API uint16_t psock_address_port(const psock_address *address);

/* Changes the port.  Returns 0, or PSOCK_EAFNOSUPPORT where the family has
 * none. */
PSOCK_API PSOCK_CHECKED int psock_address_set_port(psock_address *address,
                                                   uint16_t port);

/* The IPv6 scope; 0 where there is none. */
PSOCK_API uint32_t psock_address_scope(const psock_address *address);

/* The address proper, inside `address` and valid as long as it is: 4 bytes of
 * IPv4, 16 of IPv6, the path or abstract name (its first byte zero) of a Unix
 * address.  `length`, which may be null, receives how many; null with a length
 * of 0 when there are none. */
PSOCK_API const unsigned char *psock_address_bytes(const psock_address *address,
                                                   size_t *length);

/* What kind of address it is, as bits; 0 for an ordinary one. */
enum psock_address_kinds {
    PSOCK_ADDRESS_ANY = 1 << 0,        /* 0.0.0.0, :: */
    PSOCK_ADDRESS_LOOPBACK = 1 << 1,   /* 127/8, ::1 */
    PSOCK_ADDRESS_LINK_LOCAL = 1 << 2, /* 169.254/16, fe80::/10 */
    PSOCK_ADDRESS_PRIVATE = 1 << 3,    /* RFC 1918; fc00::/7 of RFC 4193 */
    PSOCK_ADDRESS_MULTICAST = 1 << 4,  /* 224/4, ff00::/8 */
    PSOCK_ADDRESS_BROADCAST = 1 << 5,  /* 255.255.255.255 */
    PSOCK_ADDRESS_V4_MAPPED = 1 << 6,  /* ::ffff:0:0/96, and the inner kind */
    PSOCK_ADDRESS_DOCUMENTATION = 1 << 7, /* RFC 5737, RFC 3849, RFC 9637 */
    PSOCK_ADDRESS_UNNAMED = 1 << 8,       /* a Unix socket without a name */
    PSOCK_ADDRESS_ABSTRACT = 1 << 9       /* a Unix name that is no path */
};

PSOCK_API unsigned psock_address_kind(const psock_address *address);

/* Orders addresses by family, then bytes, then port, then scope: below, equal
 * to or above zero as `a` stands before, with or after `b`.  Flow labels do not
 * count.  Fit for sorting and for search trees; the order of families and the
 * result's size mean nothing. */
PSOCK_API int psock_address_compare(const psock_address *a,
                                    const psock_address *b);

/* A number that is the same for addresses that compare equal, well spread for
 * hash tables.  `seed` keys it: tables open to strangers want a random one.
 * Not for storing: the numbers differ between systems and versions. */
PSOCK_API uint64_t psock_address_hash(const psock_address *address,
                                      uint64_t seed);

/* --- Writing text -------------------------------------------------------- */

enum psock_address_format_flags {
    PSOCK_FORMAT_NO_PORT = 1 << 0,   /* "192.0.2.7", "fe80::1%2" */
    PSOCK_FORMAT_SCOPE_NAME = 1 << 1 /* "[fe80::1%eth0]:80", by number where the
                                        system has no name for it, or one that
                                        would not be read back */
};

/* Writes `address` as text: "192.0.2.7:80", "[fe80::1%2]:80", "unix:/run/x".
 *
 * IPv6 is written as RFC 5952 says, IPv4-mapped addresses with the dots of its
 * section 5.  Bytes of Unix names other than printable ASCII are written "%HH",
 * so are the space and the percent sign.  psock_address_parse() reads back an
 * address that compares equal (its port excepted with PSOCK_FORMAT_NO_PORT).
 * An address of family PSOCK_NONE is written "", which it refuses.
 *
 * text  receives at most `size` bytes, always ended by a zero byte;
 *       PSOCK_ADDRESS_TEXT_SIZE is enough for any address
 *
 * Returns the length without the zero byte, or PSOCK_ENOSPC when `size` is too
 * small and PSOCK_EINVAL for unknown flags, both with `text` untouched.  Only
 * PSOCK_FORMAT_SCOPE_NAME asks the system, and only when there is a scope. */
PSOCK_API int psock_address_format(const psock_address *address, unsigned flags,
                                   char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
