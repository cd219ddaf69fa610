/* interface.h: the network interfaces of this machine. */
#ifndef PSOCK_INTERFACE_H
#define PSOCK_INTERFACE_H

#include <psock/address.h>
#include <psock/waker.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The size that holds any name of an interface, with its zero byte. */
#define PSOCK_INTERFACE_NAME_SIZE 257

/* The most bytes of a hardware address. */
#define PSOCK_HARDWARE_ADDRESS_MAX 32

enum psock_interface_flags {
    PSOCK_INTERFACE_UP = 1 << 0,      /* switched on */
    PSOCK_INTERFACE_RUNNING = 1 << 1, /* and connected to something */
    PSOCK_INTERFACE_LOOPBACK = 1 << 2,
    PSOCK_INTERFACE_POINT_TO_POINT = 1 << 3,
    PSOCK_INTERFACE_BROADCAST = 1 << 4,
    PSOCK_INTERFACE_MULTICAST = 1 << 5
};

/* An address of an interface; ports are 0, and an IPv6 address of one link has
 * its scope. */
typedef struct psock_interface_address {
    psock_address address;
    psock_address mask;     /* the bits of the network, as an address */
    psock_address peer;     /* the other end of a point-to-point link, or the
                         * broadcast address of IPv4; PSOCK_NONE where there is
                         * neither or the system does not tell */
    unsigned prefix_length; /* the same as `mask`, counted: 0 to 128; all bits
                             * where the system knows of no network */
    unsigned reserved;      /* zero */
} psock_interface_address;

typedef struct psock_interface {
    uint32_t index; /* what scopes, messages and multicast go by; above zero */
    unsigned flags; /* enum psock_interface_flags */
    uint32_t mtu;   /* in bytes, the greatest value for none; 0 unknown */
    const char *name;  /* the system's: "eth0", "ethernet_32769" */
    const char *alias; /* what people call it, UTF-8: "Ethernet 2"; the same as
                        * `name` where there is no other */
    const psock_interface_address *addresses;
    size_t address_count;
    unsigned char hardware[PSOCK_HARDWARE_ADDRESS_MAX];
    size_t hardware_length; /* 0 where there is none, as of a loopback */
} psock_interface;

/* Lists the interfaces, in the order of their indexes, whether they are up or
 * not.  Addresses are in the system's order.
 *
 * interfaces  receives an array, in one piece with all it points to; free it by
 *             psock_interfaces_free().  Null when there are none
 *
 * Returns how many there are, or PSOCK_EFAULT, PSOCK_ENOMEM, or what the system
 * says.
 *
 * POSIX if_nameindex() and getifaddrs(); Windows GetAdaptersAddresses(), so
 * adapters that have to do with IP. */
PSOCK_API PSOCK_CHECKED int psock_interfaces(psock_interface **interfaces);

/* Frees what psock_interfaces() gave, all of it at once; null is fine. */
PSOCK_API void psock_interfaces_free(psock_interface *interfaces);

/* The index of the interface `name`: its name, its alias, or its index in
 * decimal.
 *
 * Returns 0 with `index` written, or PSOCK_ENODEV, or PSOCK_EFAULT. */
PSOCK_API PSOCK_CHECKED int psock_interface_index(const char *name,
                                                  uint32_t *index);

/* Writes the name of the interface `index`.
 *
 * Returns its length without the zero byte, or PSOCK_ENODEV when there is no such
 * interface, PSOCK_ENOSPC when it does not fit, with nothing written;
 * PSOCK_EFAULT. */
PSOCK_API PSOCK_CHECKED int psock_interface_name(uint32_t index, char *name,
                                                 size_t size);

typedef struct psock_interface_watch psock_interface_watch;

/* Rings `waker` from now on whenever an interface or an address of one comes,
 * goes or changes; perhaps more often, and once for many changes.  Wait for the
 * waker (poll.h, poller.h), reset it, then look: no change is lost.
 *
 * waker  stays yours, and open until the watch is closed; several watches may
 *        share it
 * watch  receives what to close it with
 *
 * Returns 0, or PSOCK_EFAULT, PSOCK_ENOMEM (of threads, too), PSOCK_EMFILE,
 * PSOCK_ENFILE, or PSOCK_ENOTSUP where the system does not tell
 * (PSOCK_CAP_WATCH_INTERFACES).
 *
 * Linux: rtnetlink(7), read by a thread of psock's, which takes no signals; a child
 * that was forked has no such thread, and may close the watch.  Windows:
 * NotifyIpInterfaceChange() and NotifyUnicastIpAddressChange(). */
PSOCK_API PSOCK_CHECKED int
psock_interface_watch_open(psock_waker *waker, psock_interface_watch **watch);

/* Ends the watch and frees it; when it returns, `waker` is not rung by it any more.
 * Any thread may do this, once.  Returns 0, or PSOCK_EFAULT for null. */
PSOCK_API int psock_interface_watch_close(psock_interface_watch *watch);

#ifdef __cplusplus
}
#endif

#endif
