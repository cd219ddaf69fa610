/* interfaces.c: getifaddrs(), if_nametoindex() and their kin, SIOCGIFCONF and so
 * on. */
#include "fixture.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* --- Names and indexes ------------------------------------------------------------------ */

static void names_lead_to_indexes_and_back(void **state)
{
    (void)state;
    struct if_nameindex *list = if_nameindex();
    assert_non_null(list);
    assert_int_not_equal(list[0].if_index, 0);
    for (struct if_nameindex *one = list; one->if_index != 0; one++) {
        char name[IF_NAMESIZE];
        assert_true(strlen(one->if_name) < IF_NAMESIZE);
        assert_int_equal(if_nametoindex(one->if_name), one->if_index);
        assert_ptr_equal(if_indextoname(one->if_index, name), name);
        assert_string_equal(name, one->if_name);
    }
    if_freenameindex(list);
}

static void the_list_ends_with_an_empty_entry(void **state)
{
    (void)state;
    struct if_nameindex *list = if_nameindex();
    struct if_nameindex *end = list;
    assert_non_null(list);
    while (end->if_index != 0)
        end++;
    assert_null(end->if_name);
    if_freenameindex(list);
}

static void a_name_of_no_interface_is_enodev(void **state)
{
    (void)state;
    static const char *const names[] = {"", "no-such-one", "1",
                                        "longer-than-any-name-may-be"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        errno = 0;
        assert_int_equal(if_nametoindex(names[i]), 0);
        assert_int_equal(errno, ENODEV);
    }
}

static void an_index_of_no_interface_is_enxio(void **state)
{
    (void)state;
    char name[IF_NAMESIZE];
    errno = 0;
    assert_null(if_indextoname(0, name));
    assert_int_equal(errno, ENXIO);
    errno = 0;
    assert_null(if_indextoname(2000000000, name));
    assert_int_equal(errno, ENXIO);
}

static void the_loopback_interface_is_lo(void **state)
{
    (void)state;
    assert_int_not_equal(if_nametoindex("lo"), 0);
}

/* --- Addresses -------------------------------------------------------------------------- */

static struct ifaddrs *addresses(void)
{
    struct ifaddrs *list = NULL;
    assert_call(getifaddrs(&list), 0);
    assert_non_null(list);
    return list;
}

static int is_of(const struct ifaddrs *one, int family)
{
    return one->ifa_addr != NULL && one->ifa_addr->sa_family == family;
}

static struct in_addr ipv4(const struct sockaddr *address)
{
    struct sockaddr_in in;
    assert_non_null(address);
    assert_int_equal(address->sa_family, AF_INET);
    memcpy(&in, address, sizeof in);
    return in.sin_addr;
}

static const struct ifaddrs *find_ipv4(const struct ifaddrs *list,
                                       uint32_t address)
{
    for (; list != NULL; list = list->ifa_next)
        if (is_of(list, AF_INET) &&
            ipv4(list->ifa_addr).s_addr == htonl(address))
            return list;
    return NULL;
}

static void loopback_is_among_the_addresses(void **state)
{
    (void)state;
    struct ifaddrs *list = addresses();
    const struct ifaddrs *one = find_ipv4(list, INADDR_LOOPBACK);
    assert_non_null(one);
    assert_true((one->ifa_flags & IFF_LOOPBACK) != 0);
    assert_true((one->ifa_flags & IFF_UP) != 0);
    assert_true((one->ifa_flags & IFF_RUNNING) != 0);
    assert_int_equal(ipv4(one->ifa_netmask).s_addr, htonl(0xff000000));
    assert_string_equal(one->ifa_name, "lo");
    freeifaddrs(list);
}

static void loopback_of_ipv6_has_a_mask_of_all_bits(void **state)
{
    (void)state;
    struct ifaddrs *list = addresses();
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
        if (!is_of(one, AF_INET6))
            continue;
        struct sockaddr_in6 address;
        struct sockaddr_in6 mask;
        memcpy(&address, one->ifa_addr, sizeof address);
        assert_int_equal(address.sin6_port, 0);
        assert_non_null(one->ifa_netmask);
        memcpy(&mask, one->ifa_netmask, sizeof mask);
        assert_int_equal(mask.sin6_family, AF_INET6);
        if (IN6_IS_ADDR_LOOPBACK(&address.sin6_addr))
            assert_int_equal(mask.sin6_addr.s6_addr[15], 0xff);
        if (IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr))
            assert_int_equal(address.sin6_scope_id,
                             if_nametoindex(one->ifa_name));
    }
    freeifaddrs(list);
}

static void broadcast_addresses_are_those_of_the_network(void **state)
{
    (void)state;
    struct ifaddrs *list = addresses();
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
        if (!is_of(one, AF_INET) || (one->ifa_flags & IFF_BROADCAST) == 0 ||
            one->ifa_broadaddr == NULL)
            continue;
        assert_int_equal(ipv4(one->ifa_broadaddr).s_addr,
                         ipv4(one->ifa_addr).s_addr |
                             ~ipv4(one->ifa_netmask).s_addr);
    }
    freeifaddrs(list);
}

static void every_interface_has_an_entry_for_its_hardware(void **state)
{
    (void)state;
    struct ifaddrs *list = addresses();
    struct if_nameindex *names = if_nameindex();
    for (struct if_nameindex *name = names; name->if_index != 0; name++) {
        int found = 0;
        for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
            struct sockaddr_ll hardware;
            if (!is_of(one, AF_PACKET) ||
                strcmp(one->ifa_name, name->if_name) != 0)
                continue;
            memcpy(&hardware, one->ifa_addr, sizeof hardware);
            assert_int_equal(hardware.sll_ifindex, name->if_index);
            found++;
        }
        assert_int_equal(found, 1);
    }
    if_freenameindex(names);
    freeifaddrs(list);
}

static void the_addresses_can_be_bound_to(void **state)
{
    (void)state;
    struct ifaddrs *list = addresses();
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
        if (!is_of(one, AF_INET) || (one->ifa_flags & IFF_UP) == 0)
            continue;
        int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
        assert_call(bind(fd, one->ifa_addr, sizeof(struct sockaddr_in)), 0);
        close_kept(fd);
    }
    freeifaddrs(list);
}

/* --- ioctl() ------------------------------------------------------------------------------ */

static struct ifreq loopback_request(void)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strcpy(request.ifr_name, "lo");
    return request;
}

static void loopback_can_be_asked_about_by_name(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    struct ifreq request = loopback_request();
    assert_call(ioctl(fd, SIOCGIFADDR, &request), 0);
    assert_int_equal(ipv4(&request.ifr_addr).s_addr, htonl(INADDR_LOOPBACK));
    assert_call(ioctl(fd, SIOCGIFNETMASK, &request), 0);
    assert_int_equal(ipv4(&request.ifr_netmask).s_addr, htonl(0xff000000));
    assert_call(ioctl(fd, SIOCGIFFLAGS, &request), 0);
    assert_true((request.ifr_flags & IFF_LOOPBACK) != 0);
    assert_true((request.ifr_flags & IFF_UP) != 0);
    assert_call(ioctl(fd, SIOCGIFMTU, &request), 0);
    assert_true(request.ifr_mtu > 0);
    assert_call(ioctl(fd, SIOCGIFINDEX, &request), 0);
    assert_int_equal(request.ifr_ifindex, if_nametoindex("lo"));
    assert_call(ioctl(fd, SIOCGIFHWADDR, &request), 0);
    assert_int_equal(request.ifr_hwaddr.sa_family, ARPHRD_LOOPBACK);
    assert_string_equal(request.ifr_name, "lo");
}

static void an_index_can_be_asked_for_its_name(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
    struct ifreq request;
    memset(&request, 0, sizeof request);
    request.ifr_ifindex = (int)if_nametoindex("lo");
    assert_call(ioctl(fd, SIOCGIFNAME, &request), 0);
    assert_string_equal(request.ifr_name, "lo");
    request.ifr_ifindex = 2000000000;
    assert_fails(ioctl(fd, SIOCGIFNAME, &request), ENODEV);
}

static void an_interface_that_is_not_there_is_enodev(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    struct ifreq request = loopback_request();
    strcpy(request.ifr_name, "no-such-one");
    assert_fails(ioctl(fd, SIOCGIFADDR, &request), ENODEV);
    assert_fails(ioctl(fd, SIOCGIFFLAGS, &request), ENODEV);
    assert_fails(ioctl(fd, SIOCGIFINDEX, &request), ENODEV);
    assert_fails(ioctl(fd, SIOCGIFMTU, &request), ENODEV);
}

static void all_with_ipv4_can_be_listed(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    struct ifreq requests[64];
    struct ifconf all;
    int found = 0;
    all.ifc_len = sizeof requests;
    all.ifc_req = requests;
    assert_call(ioctl(fd, SIOCGIFCONF, &all), 0);
    assert_int_equal((size_t)all.ifc_len % sizeof(struct ifreq), 0);
    for (size_t i = 0; i < (size_t)all.ifc_len / sizeof(struct ifreq); i++) {
        assert_int_equal(requests[i].ifr_addr.sa_family, AF_INET);
        found += ipv4(&requests[i].ifr_addr).s_addr == htonl(INADDR_LOOPBACK);
    }
    assert_int_equal(found, 1);
}

static void the_length_of_the_list_can_be_asked_for(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    struct ifreq request;
    struct ifconf all;
    all.ifc_len = 0;
    all.ifc_buf = NULL;
    assert_call(ioctl(fd, SIOCGIFCONF, &all), 0);
    assert_true((size_t)all.ifc_len >= sizeof request);
    all.ifc_len = sizeof request;
    all.ifc_req = &request;
    assert_call(ioctl(fd, SIOCGIFCONF, &all), 0);
    assert_int_equal(all.ifc_len, sizeof request);
    all.ifc_len = 1;
    assert_call(ioctl(fd, SIOCGIFCONF, &all), 0);
    assert_int_equal(all.ifc_len, 0);
}

static void nowhere_to_write_is_efault(void **state)
{
    (void)state;
    int fd = keep(socket(AF_INET, SOCK_DGRAM, 0));
    assert_fails(ioctl(fd, SIOCGIFADDR, NULL), EFAULT);
    assert_fails(ioctl(fd, SIOCGIFCONF, NULL), EFAULT);
}

static void what_is_no_socket_is_not_asked_about_interfaces(void **state)
{
    (void)state;
    struct ifreq request = loopback_request();
    assert_fails(ioctl(temporary_file(), SIOCGIFADDR, &request), ENOTTY);
    assert_fails(ioctl(closed_descriptor(), SIOCGIFADDR, &request), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(names_lead_to_indexes_and_back),
        claim(the_list_ends_with_an_empty_entry),
        claim(a_name_of_no_interface_is_enodev),
        claim(an_index_of_no_interface_is_enxio),
        claim(the_loopback_interface_is_lo),
        claim(loopback_is_among_the_addresses),
        claim(loopback_of_ipv6_has_a_mask_of_all_bits),
        claim(broadcast_addresses_are_those_of_the_network),
        claim(every_interface_has_an_entry_for_its_hardware),
        claim(the_addresses_can_be_bound_to),
        claim(loopback_can_be_asked_about_by_name),
        claim(an_index_can_be_asked_for_its_name),
        claim(an_interface_that_is_not_there_is_enodev),
        claim(all_with_ipv4_can_be_listed),
        claim(the_length_of_the_list_can_be_asked_for),
        claim(nowhere_to_write_is_efault),
        claim(what_is_no_socket_is_not_asked_about_interfaces),
    };
    return cmocka_run_group_tests_name("interfaces", tests, NULL, NULL);
}
