/* interface.c: adapters of all kinds, and who is told of changes. */
#include "scene.h"

#include "host.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- The list ------------------------------------------------------------- */

static psock_interface *list(int expected)
{
    psock_interface *interfaces = NULL;
    assert_int_equal(psock_interfaces(&interfaces), expected);
    return interfaces;
}

/* Lists the only adapter. */
static psock_interface *list_one(const struct fake_adapter *adapter)
{
    fake_remove_adapters();
    fake_add_adapter(adapter);
    return list(1);
}

static struct fake_adapter ethernet(void)
{
    return (struct fake_adapter){.name = "ethernet_32769",
                                 .friendly_name = "Ethernet 2",
                                 .index = 7,
                                 .ipv6_index = 7,
                                 .type = IF_TYPE_ETHERNET_CSMACD,
                                 .status = IfOperStatusUp,
                                 .access = NET_IF_ACCESS_BROADCAST,
                                 .mtu = 1500,
                                 .hardware_length = 6};
}

static void assert_text(const psock_address *address, const char *expected)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    assert_true(psock_address_format(address, PSOCK_FORMAT_NO_PORT, text,
                                     sizeof text) > 0);
    assert_string_equal(text, expected);
}

static void loopback_adapter_is_listed(void **state)
{
    (void)state;
    psock_interface *found = list(1);
    assert_string_equal(found->name, "loopback_0");
    assert_string_equal(found->alias, "Loopback");
    assert_int_equal(found->index, 1);
    assert_int_equal(found->flags,
                     PSOCK_INTERFACE_LOOPBACK | PSOCK_INTERFACE_UP |
                         PSOCK_INTERFACE_RUNNING | PSOCK_INTERFACE_MULTICAST);
    assert_int_equal(found->mtu, UINT32_MAX);
    assert_int_equal(found->hardware_length, 0);
    assert_int_equal(found->address_count, 2);
    assert_text(&found->addresses[0].address, "127.0.0.1");
    assert_text(&found->addresses[0].mask, "255.0.0.0");
    assert_int_equal(psock_address_family(&found->addresses[0].peer),
                     PSOCK_NONE);
    assert_text(&found->addresses[1].address, "::1");
    assert_int_equal(found->addresses[1].prefix_length, 128);
    psock_interfaces_free(found);
}

static void ethernet_adapter_is_listed(void **state)
{
    static const unsigned char hardware[] = {0xab, 0xab, 0xab,
                                             0xab, 0xab, 0xab};
    struct fake_adapter adapter = ethernet();
    (void)state;
    psock_interface *found = list_one(&adapter);
    assert_string_equal(found->name, "ethernet_32769");
    assert_string_equal(found->alias, "Ethernet 2");
    assert_int_equal(found->index, 7);
    assert_int_equal(found->flags,
                     PSOCK_INTERFACE_UP | PSOCK_INTERFACE_RUNNING |
                         PSOCK_INTERFACE_BROADCAST | PSOCK_INTERFACE_MULTICAST);
    assert_int_equal(found->mtu, 1500);
    assert_int_equal(found->hardware_length, sizeof hardware);
    assert_memory_equal(found->hardware, hardware, sizeof hardware);
    psock_interfaces_free(found);
}

/* What of an adapter leads to which flags. */
struct flags_case {
    IF_OPER_STATUS status;
    NET_IF_ACCESS_TYPE access;
    ULONG type;
    ULONG native;
    _Bool is_disabled;
    _Bool is_gone;
    unsigned flags;
};

#define UP PSOCK_INTERFACE_UP
#define RUNNING PSOCK_INTERFACE_RUNNING
#define MULTICAST PSOCK_INTERFACE_MULTICAST
#define BROADCAST PSOCK_INTERFACE_BROADCAST
#define TO_POINT PSOCK_INTERFACE_POINT_TO_POINT

static const struct flags_case flags_cases[] = {
    /* Without a cable, switched off, and not there. */
    {IfOperStatusDown, NET_IF_ACCESS_BROADCAST, 6, 0, 0, 0,
     UP | BROADCAST | MULTICAST},
    {IfOperStatusDown, NET_IF_ACCESS_BROADCAST, 6, 0, 1, 0,
     BROADCAST | MULTICAST},
    {IfOperStatusNotPresent, NET_IF_ACCESS_BROADCAST, 6, 0, 1, 0,
     BROADCAST | MULTICAST},
    {IfOperStatusDormant, NET_IF_ACCESS_BROADCAST, 71, 0, 0, 0,
     UP | BROADCAST | MULTICAST},
    {IfOperStatusLowerLayerDown, NET_IF_ACCESS_BROADCAST, 6, 0, 0, 0,
     UP | BROADCAST | MULTICAST},
    /* Tunnels and other lines. */
    {IfOperStatusUp, NET_IF_ACCESS_POINT_TO_POINT, IF_TYPE_TUNNEL, 0, 0, 0,
     UP | RUNNING | TO_POINT | MULTICAST},
    {IfOperStatusUp, NET_IF_ACCESS_POINT_TO_POINT, IF_TYPE_PPP,
     IP_ADAPTER_NO_MULTICAST, 0, 0, UP | RUNNING | TO_POINT},
    {IfOperStatusUp, NET_IF_ACCESS_POINT_TO_MULTI_POINT, IF_TYPE_TUNNEL, 0, 0,
     0, UP | RUNNING | MULTICAST},
    /* Gone when it is asked for. */
    {IfOperStatusUp, NET_IF_ACCESS_BROADCAST, 6, 0, 0, 1,
     UP | RUNNING | MULTICAST},
    {IfOperStatusDown, NET_IF_ACCESS_BROADCAST, 6, 0, 0, 1, MULTICAST},
};

static void flags_are_what_the_adapter_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(flags_cases); i++) {
        struct fake_adapter adapter = ethernet();
        adapter.status = flags_cases[i].status;
        adapter.access = flags_cases[i].access;
        adapter.type = flags_cases[i].type;
        adapter.flags = flags_cases[i].native;
        adapter.is_disabled = flags_cases[i].is_disabled;
        adapter.is_gone = flags_cases[i].is_gone;
        psock_interface *found = list_one(&adapter);
        assert_int_equal(found->flags, flags_cases[i].flags);
        psock_interfaces_free(found);
    }
}

static void adapter_of_one_protocol_has_its_index(void **state)
{
    struct fake_adapter adapter = ethernet();
    (void)state;
    adapter.index = 0;
    adapter.ipv6_index = 12;
    adapter.addresses[0] = (struct fake_adapter_address){"2001:db8::1", 64};
    psock_interface *found = list_one(&adapter);
    assert_int_equal(found->index, 12);
    assert_int_equal(found->address_count, 1);
    psock_interfaces_free(found);
    adapter.index = 13;
    adapter.ipv6_index = 0;
    found = list_one(&adapter);
    assert_int_equal(found->index, 13);
    assert_int_equal(found->address_count, 1);
    psock_interfaces_free(found);
}

static void adapter_without_an_index_is_not_listed(void **state)
{
    struct fake_adapter adapter = ethernet();
    (void)state;
    adapter.index = adapter.ipv6_index = 0;
    adapter.addresses[0] = (struct fake_adapter_address){"192.0.2.1", 24};
    fake_add_adapter(&adapter);
    psock_interface *found = list(1);
    assert_int_equal(found->index, 1);
    psock_interfaces_free(found);
}

static void adapters_are_sorted(void **state)
{
    static const ULONG indexes[] = {30, 4, 0x80000000, 17};
    static const ULONG sorted[] = {1, 4, 17, 30, 0x80000000};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        struct fake_adapter adapter = ethernet();
        adapter.index = adapter.ipv6_index = indexes[i];
        fake_add_adapter(&adapter);
    }
    psock_interface *found = list(COUNT_OF(sorted));
    for (size_t i = 0; i < COUNT_OF(sorted); i++)
        assert_int_equal(found[i].index, sorted[i]);
    psock_interfaces_free(found);
}

/* --- Names ---------------------------------------------------------------- */

static void friendly_name_is_the_alias_in_utf8(void **state)
{
    static const char *const names[] = {"\xc3\x9cnetz",
                                        "\xe4\xbb\xa5\xe5\xa4\xaa\xe7\xbd\x91",
                                        "\xf0\x9f\x8c\x8d net"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct fake_adapter adapter = ethernet();
        adapter.friendly_name = names[i];
        psock_interface *found = list_one(&adapter);
        assert_string_equal(found->alias, names[i]);
        assert_string_equal(found->name, "ethernet_32769");
        psock_interfaces_free(found);
    }
}

static void longest_friendly_name_is_kept_whole(void **state)
{
    enum {
        CHARACTERS = 256
    };
    char name[3 * CHARACTERS + 1];
    struct fake_adapter adapter = ethernet();
    (void)state;
    for (size_t i = 0; i < CHARACTERS; i++)
        memcpy(name + 3 * i, "\xe7\xbd\x91", 4);
    adapter.friendly_name = name;
    psock_interface *found = list_one(&adapter);
    assert_string_equal(found->alias, name);
    psock_interfaces_free(found);
}

static void adapter_without_a_friendly_name_goes_by_its_name(void **state)
{
    static const char *const names[] = {NULL, ""};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct fake_adapter adapter = ethernet();
        adapter.friendly_name = names[i];
        psock_interface *found = list_one(&adapter);
        assert_string_equal(found->alias, "ethernet_32769");
        psock_interfaces_free(found);
    }
}

static void adapter_without_a_name_goes_by_its_index(void **state)
{
    struct fake_adapter adapter = ethernet();
    (void)state;
    adapter.name = NULL;
    psock_interface *found = list_one(&adapter);
    assert_string_equal(found->name, "7");
    assert_string_equal(found->alias, "Ethernet 2");
    psock_interfaces_free(found);
}

/* --- Addresses ------------------------------------------------------------ */

static void addresses_are_listed_with_masks_and_scopes(void **state)
{
    struct fake_adapter adapter = ethernet();
    (void)state;
    adapter.addresses[0] = (struct fake_adapter_address){"192.0.2.9", 25};
    adapter.addresses[1] = (struct fake_adapter_address){"fe80::1%7", 64};
    adapter.addresses[2] = (struct fake_adapter_address){"fe80::2", 64};
    adapter.addresses[3] = (struct fake_adapter_address){"2001:db8::1", 255};
    psock_interface *found = list_one(&adapter);
    assert_int_equal(found->address_count, 4);
    assert_text(&found->addresses[0].address, "192.0.2.9");
    assert_text(&found->addresses[0].mask, "255.255.255.128");
    assert_text(&found->addresses[1].address, "fe80::1%7");
    assert_text(&found->addresses[1].mask, "ffff:ffff:ffff:ffff::");
    assert_text(&found->addresses[2].address, "fe80::2%7");
    assert_int_equal(found->addresses[3].prefix_length, 128);
    psock_interfaces_free(found);
}

static void broadcast_address_is_the_last_of_the_network(void **state)
{
    static const struct {
        NET_IF_ACCESS_TYPE access;
        unsigned char length;
        const char *broadcast; /* null for none */
    } cases[] = {
        {NET_IF_ACCESS_BROADCAST, 24, "192.0.2.255"},
        {NET_IF_ACCESS_BROADCAST, 30, "192.0.2.11"},
        {NET_IF_ACCESS_BROADCAST, 8, "192.255.255.255"},
        {NET_IF_ACCESS_BROADCAST, 31, NULL},
        {NET_IF_ACCESS_BROADCAST, 32, NULL},
        {NET_IF_ACCESS_BROADCAST, 255, NULL},
        {NET_IF_ACCESS_POINT_TO_POINT, 24, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fake_adapter adapter = ethernet();
        adapter.access = cases[i].access;
        adapter.addresses[0] =
            (struct fake_adapter_address){"192.0.2.9", cases[i].length};
        adapter.addresses[1] = (struct fake_adapter_address){"fd00::1", 8};
        psock_interface *found = list_one(&adapter);
        const psock_address *peer = &found->addresses[0].peer;
        if (cases[i].broadcast == NULL)
            assert_int_equal(psock_address_family(peer), PSOCK_NONE);
        else
            assert_text(peer, cases[i].broadcast);
        assert_int_equal(psock_address_family(&found->addresses[1].peer),
                         PSOCK_NONE);
        psock_interfaces_free(found);
    }
}

/* --- Lists that do not come ----------------------------------------------- */

static void list_that_grows_is_asked_for_again(void **state)
{
    (void)state;
    fake_grow_lists(3);
    psock_interface *found = list(1);
    assert_int_equal(fake_calls(FAKE_GetAdaptersAddresses), 5);
    assert_string_equal(found->name, "loopback_0");
    psock_interfaces_free(found);
}

static void list_that_grows_without_end_is_given_up(void **state)
{
    psock_interface *found = (psock_interface *)(void *)state;
    (void)state;
    fake_fail_next(FAKE_GetAdaptersAddresses, ERROR_BUFFER_OVERFLOW, 1000);
    assert_int_equal(psock_interfaces(&found), PSOCK_EIO);
    assert_int_equal(psock_error_native(), ERROR_BUFFER_OVERFLOW);
    assert_in_range(fake_calls(FAKE_GetAdaptersAddresses), 4, 50);
    assert_ptr_equal(found, state);
}

static void machine_without_adapters_has_an_empty_list(void **state)
{
    psock_interface *found = (psock_interface *)(void *)state;
    (void)state;
    fake_remove_adapters();
    assert_int_equal(psock_interfaces(&found), 0);
    assert_null(found);
    psock_interfaces_free(found);
}

static void list_that_fails_is_told(void **state)
{
    static const struct {
        int code;
        int error;
    } cases[] = {{ERROR_NOT_ENOUGH_MEMORY, PSOCK_ENOMEM},
                 {ERROR_NOT_SUPPORTED, PSOCK_ENOTSUP},
                 {ERROR_INVALID_PARAMETER, PSOCK_EINVAL}};
    psock_interface *found = (psock_interface *)(void *)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fake_fail_next(FAKE_GetAdaptersAddresses, cases[i].code, 1);
        assert_int_equal(psock_interfaces(&found), cases[i].error);
        assert_int_equal(psock_error_native(), cases[i].code);
        assert_ptr_equal(found, state);
    }
}

/* --- Watches -------------------------------------------------------------- */

static psock_waker *open_waker(void)
{
    psock_waker *waker = NULL;
    assert_int_equal(psock_waker_open(&waker), 0);
    return waker;
}

static void close_waker(psock_waker *waker)
{
    assert_int_equal(psock_waker_close(waker), 0);
}

static psock_interface_watch *open_watch(psock_waker *waker)
{
    psock_interface_watch *watch = NULL;
    assert_int_equal(psock_interface_watch_open(waker, &watch), 0);
    return watch;
}

static void close_watch(psock_interface_watch *watch)
{
    assert_int_equal(psock_interface_watch_close(watch), 0);
}

static void both_kinds_of_changes_ring(void **state)
{
    psock_waker *waker = open_waker();
    psock_interface_watch *watch = open_watch(waker);
    (void)state;
    assert_int_equal(psock_waker_reset(waker), 0);
    assert_int_equal(fake_tell_change(FAKE_INTERFACE_CHANGE, NULL, NULL), 1);
    assert_int_equal(psock_waker_reset(waker), 1);
    assert_int_equal(fake_tell_change(FAKE_ADDRESS_CHANGE, NULL, NULL), 1);
    assert_int_equal(psock_waker_reset(waker), 1);
    close_watch(watch);
    assert_int_equal(fake_listeners(), 0);
    assert_int_equal(fake_tell_change(FAKE_ADDRESS_CHANGE, NULL, NULL), 0);
    assert_int_equal(psock_waker_reset(waker), 0);
    close_waker(waker);
}

static void watches_of_one_waker_end_one_by_one(void **state)
{
    psock_waker *waker = open_waker();
    psock_interface_watch *first = open_watch(waker);
    psock_interface_watch *second = open_watch(waker);
    (void)state;
    close_watch(first);
    assert_int_equal(fake_tell_change(FAKE_INTERFACE_CHANGE, NULL, NULL), 1);
    assert_int_equal(psock_waker_reset(waker), 1);
    close_watch(second);
    close_waker(waker);
}

static void watch_that_is_given_no_handle_is_refused(void **state)
{
    psock_waker *waker = open_waker();
    psock_interface_watch *watch = (psock_interface_watch *)(void *)state;
    (void)state;
    fake_silence_changes();
    assert_int_equal(psock_interface_watch_open(waker, &watch), PSOCK_ENOTSUP);
    assert_int_equal(psock_error_native(), ERROR_NOT_SUPPORTED);
    assert_ptr_equal(watch, state);
    assert_int_equal(fake_calls(FAKE_CancelMibChangeNotify2), 0);
    close_waker(waker);
}

static void watch_that_half_fails_is_not_left_half_open(void **state)
{
    psock_waker *waker = open_waker();
    psock_interface_watch *watch = (psock_interface_watch *)(void *)state;
    (void)state;
    fake_fail_next(FAKE_NotifyUnicastIpAddressChange, ERROR_NOT_ENOUGH_MEMORY,
                   1);
    assert_int_equal(psock_interface_watch_open(waker, &watch), PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    assert_ptr_equal(watch, state);
    assert_int_equal(fake_calls(FAKE_CancelMibChangeNotify2), 1);
    assert_int_equal(fake_listeners(), 0);
    fake_fail_next(FAKE_NotifyIpInterfaceChange, ERROR_ACCESS_DENIED, 1);
    assert_int_equal(psock_interface_watch_open(waker, &watch), PSOCK_EACCES);
    assert_int_equal(fake_calls(FAKE_CancelMibChangeNotify2), 1);
    assert_int_equal(fake_listeners(), 0);
    close_waker(waker);
}

/* --- Calls of another thread ---------------------------------------------- */

/* A change that is told while the watch is being closed. */
struct telling {
    enum fake_change change;
    struct host_gate *begun;
    volatile LONG ended;
    struct host_thread *thread;
};

/* In the call: lets the test close the watch, and ends only when that waits. */
static void linger(void *context)
{
    struct telling *telling = context;
    host_gate_open(telling->begun);
    fake_await_waiting(1);
    InterlockedExchange(&telling->ended, 1);
}

static void tell_slowly(void *context)
{
    struct telling *telling = context;
    fake_tell_change(telling->change, linger, telling);
}

static void close_while_telling(enum fake_change change)
{
    psock_waker *waker = open_waker();
    psock_interface_watch *watch = open_watch(waker);
    struct telling telling = {.change = change, .begun = host_gate_make()};
    telling.thread = host_thread_start(tell_slowly, &telling);
    host_gate_wait(telling.begun);
    close_watch(watch);
    assert_int_equal(InterlockedExchange(&telling.ended, 1), 1);
    assert_true(host_thread_join(telling.thread, 10000));
    host_gate_free(telling.begun);
    close_waker(waker);
}

static void closing_waits_for_a_call_about_an_interface(void **state)
{
    (void)state;
    close_while_telling(FAKE_INTERFACE_CHANGE);
}

static void closing_waits_for_a_call_about_an_address(void **state)
{
    (void)state;
    close_while_telling(FAKE_ADDRESS_CHANGE);
}

enum {
    ROUNDS = 200
};

struct telling_on {
    volatile LONG is_over;
};

static void tell_on(void *context)
{
    struct telling_on *telling = context;
    while (InterlockedCompareExchange(&telling->is_over, 0, 0) == 0) {
        fake_tell_change(FAKE_INTERFACE_CHANGE, NULL, NULL);
        fake_tell_change(FAKE_ADDRESS_CHANGE, NULL, NULL);
    }
}

/* Each waker is freed right after its watch, so a late ring would be found by the
 * sanitizers, and by the next waker in its place. */
static void closed_watch_rings_no_more(void **state)
{
    struct telling_on telling = {0};
    struct host_thread *thread = host_thread_start(tell_on, &telling);
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        psock_waker *waker = open_waker();
        close_watch(open_watch(waker));
        (void)psock_waker_reset(waker);
        host_yield();
        assert_int_equal(psock_waker_reset(waker), 0);
        close_waker(waker);
    }
    InterlockedExchange(&telling.is_over, 1);
    assert_true(host_thread_join(thread, 10000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(loopback_adapter_is_listed),
        ON_BOTH(ethernet_adapter_is_listed),
        ON_BOTH(flags_are_what_the_adapter_is),
        ON_BOTH(adapter_of_one_protocol_has_its_index),
        ON_BOTH(adapter_without_an_index_is_not_listed),
        ON_BOTH(adapters_are_sorted),
        ON_BOTH(friendly_name_is_the_alias_in_utf8),
        ON_BOTH(longest_friendly_name_is_kept_whole),
        ON_BOTH(adapter_without_a_friendly_name_goes_by_its_name),
        ON_BOTH(adapter_without_a_name_goes_by_its_index),
        ON_BOTH(addresses_are_listed_with_masks_and_scopes),
        ON_BOTH(broadcast_address_is_the_last_of_the_network),
        ON_BOTH(list_that_grows_is_asked_for_again),
        ON_BOTH(list_that_grows_without_end_is_given_up),
        ON_BOTH(machine_without_adapters_has_an_empty_list),
        ON_BOTH(list_that_fails_is_told),
        ON_BOTH(both_kinds_of_changes_ring),
        ON_BOTH(watches_of_one_waker_end_one_by_one),
        ON_BOTH(watch_that_is_given_no_handle_is_refused),
        ON_BOTH(watch_that_half_fails_is_not_left_half_open),
        ON_BOTH(closing_waits_for_a_call_about_an_interface),
        ON_BOTH(closing_waits_for_a_call_about_an_address),
        ON_BOTH(closed_watch_rings_no_more),
    };
    return cmocka_run_group_tests_name("winsock.interface", tests, NULL, NULL);
}
