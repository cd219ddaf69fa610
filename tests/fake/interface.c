/* What is made of the interfaces that a system tells of, in whatever order and
 * however much of it it tells. */
#include "sys_fake.h"

#include <stdio.h>
#include <string.h>

static psock_address address_of(const char *text)
{
    psock_address address;
    memset(&address, 0, sizeof address);
    if (text != NULL)
        assert_result(psock_address_parse(text, &address), 0);
    return address;
}

static struct fake_interface_address by_length(uint32_t index, const char *text,
                                               unsigned prefix_length)
{
    return (struct fake_interface_address){
        .index = index,
        .address = {.address = address_of(text),
                    .prefix_length = prefix_length,
                    .reserved = 99}};
}

static struct fake_interface_address by_mask(uint32_t index, const char *text,
                                             const char *mask)
{
    struct fake_interface_address made =
        by_length(index, text, PSOCK_SYS_PREFIX_UNKNOWN);
    made.address.mask = address_of(mask);
    return made;
}

static psock_interface named(uint32_t index, const char *name,
                             const char *alias)
{
    return (psock_interface){.index = index, .name = name, .alias = alias};
}

static struct fake_interfaces
system_with(const psock_interface *interfaces, size_t count,
            const struct fake_interface_address *addresses,
            size_t address_count)
{
    return (struct fake_interfaces){interfaces, count, addresses,
                                    address_count};
}

/* Lists what the system has, of which `expected` are said to be there. */
static psock_interface *list(const struct fake_interfaces *system, int expected)
{
    psock_interface *interfaces = NULL;
    expect_interfaces_read(describes(system));
    assert_result(psock_interfaces(&interfaces), expected);
    assert_int_equal(fake_memory_in_use(), expected > 0);
    return interfaces;
}

static void free_list(psock_interface *interfaces)
{
    psock_interfaces_free(interfaces);
    assert_int_equal(fake_memory_in_use(), 0);
}

static void assert_text(const psock_address *address, const char *expected)
{
    char text[PSOCK_ADDRESS_TEXT_SIZE];
    assert_true(psock_address_format(address, PSOCK_FORMAT_NO_PORT, text,
                                     sizeof text) > 0);
    assert_string_equal(text, expected);
}

/* --- Order ---------------------------------------------------------------- */

static void interfaces_come_in_the_order_of_their_indexes(void **state)
{
    static const uint32_t indexes[] = {7, 2, UINT32_MAX, 1, 0x80000000, 3};
    static const uint32_t expected[] = {1, 2, 3, 7, 0x80000000, UINT32_MAX};
    psock_interface interfaces[COUNT_OF(indexes)];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(indexes); i++)
        interfaces[i] = named(indexes[i], "any", NULL);
    const struct fake_interfaces system =
        system_with(interfaces, COUNT_OF(indexes), NULL, 0);
    psock_interface *found = list(&system, COUNT_OF(indexes));
    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        assert_int_equal(found[i].index, expected[i]);
        assert_int_equal(found[i].address_count, 0);
        assert_null(found[i].addresses);
    }
    free_list(found);
}

static void addresses_stay_in_the_order_of_the_system(void **state)
{
    const psock_interface interfaces[] = {
        named(4, "four", NULL), named(2, "two", NULL), named(3, "three", NULL)};
    const struct fake_interface_address addresses[] = {
        by_length(2, "192.0.2.9", 24), by_length(4, "192.0.2.4", 24),
        by_length(2, "192.0.2.1", 24), by_length(4, "2001:db8::4", 64),
        by_length(2, "192.0.2.5", 24)};
    const struct fake_interfaces system = system_with(
        interfaces, COUNT_OF(interfaces), addresses, COUNT_OF(addresses));
    (void)state;
    psock_interface *found = list(&system, 3);
    assert_int_equal(found[0].address_count, 3);
    assert_text(&found[0].addresses[0].address, "192.0.2.9");
    assert_text(&found[0].addresses[1].address, "192.0.2.1");
    assert_text(&found[0].addresses[2].address, "192.0.2.5");
    assert_int_equal(found[1].address_count, 0);
    assert_null(found[1].addresses);
    assert_int_equal(found[2].address_count, 2);
    assert_text(&found[2].addresses[0].address, "192.0.2.4");
    assert_text(&found[2].addresses[1].address, "2001:db8::4");
    free_list(found);
}

static void address_of_an_unlisted_interface_is_left_out(void **state)
{
    const psock_interface interfaces[] = {named(2, "two", NULL)};
    const struct fake_interface_address addresses[] = {
        by_length(1, "192.0.2.1", 24), by_length(2, "192.0.2.2", 24),
        by_length(3, "192.0.2.3", 24)};
    const struct fake_interfaces system =
        system_with(interfaces, 1, addresses, COUNT_OF(addresses));
    (void)state;
    psock_interface *found = list(&system, 1);
    assert_int_equal(found[0].address_count, 1);
    assert_text(&found[0].addresses[0].address, "192.0.2.2");
    free_list(found);
}

static void crowded_system_is_listed_whole(void **state)
{
    enum {
        INTERFACES = 500,
        EACH = 3
    };
    static psock_interface interfaces[INTERFACES];
    static struct fake_interface_address addresses[INTERFACES * EACH];
    static char names[INTERFACES][16];
    (void)state;
    for (unsigned i = 0; i < INTERFACES; i++) {
        snprintf(names[i], sizeof names[i], "if%u", i);
        interfaces[i] = named((i * 7 + 3) % INTERFACES + 1, names[i], "alias");
    }
    for (unsigned i = 0; i < INTERFACES * EACH; i++)
        addresses[i] =
            by_length(i % INTERFACES + 1, "192.0.2.1", i / INTERFACES);
    const struct fake_interfaces system =
        system_with(interfaces, INTERFACES, addresses, INTERFACES * EACH);
    psock_interface *found = list(&system, INTERFACES);
    for (unsigned i = 0; i < INTERFACES; i++) {
        assert_int_equal(found[i].index, i + 1);
        assert_int_equal(found[i].address_count, EACH);
        for (unsigned j = 0; j < EACH; j++)
            assert_int_equal(found[i].addresses[j].prefix_length, j);
    }
    free_list(found);
}

/* --- What is told, and what follows from it ------------------------------- */

static void what_is_told_of_an_interface_is_kept(void **state)
{
    psock_interface told = named(3, "eth0", "Ethernet");
    told.flags = PSOCK_INTERFACE_UP | PSOCK_INTERFACE_BROADCAST;
    told.mtu = UINT32_MAX;
    told.hardware_length = PSOCK_HARDWARE_ADDRESS_MAX;
    memset(told.hardware, 0xa5, sizeof told.hardware);
    const struct fake_interfaces system = system_with(&told, 1, NULL, 0);
    (void)state;
    psock_interface *found = list(&system, 1);
    assert_int_equal(found->flags, told.flags);
    assert_int_equal(found->mtu, told.mtu);
    assert_int_equal(found->hardware_length, PSOCK_HARDWARE_ADDRESS_MAX);
    assert_memory_equal(found->hardware, told.hardware, sizeof told.hardware);
    assert_string_equal(found->name, "eth0");
    assert_string_equal(found->alias, "Ethernet");
    free_list(found);
}

static void interface_without_an_alias_goes_by_its_name(void **state)
{
    static const char *const aliases[] = {NULL, "", "eth0"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(aliases); i++) {
        const psock_interface told = named(3, "eth0", aliases[i]);
        const struct fake_interfaces system = system_with(&told, 1, NULL, 0);
        psock_interface *found = list(&system, 1);
        assert_string_equal(found->name, "eth0");
        assert_ptr_equal(found->alias, found->name);
        free_list(found);
    }
}

static void loopback_interface_has_no_hardware_address(void **state)
{
    psock_interface told = named(1, "lo", NULL);
    told.flags = PSOCK_INTERFACE_LOOPBACK;
    told.hardware_length = 6;
    const struct fake_interfaces system = system_with(&told, 1, NULL, 0);
    (void)state;
    psock_interface *found = list(&system, 1);
    assert_int_equal(found->hardware_length, 0);
    free_list(found);
}

static void prefix_length_gives_the_mask(void **state)
{
    static const struct {
        const char *address;
        unsigned told;
        unsigned length;
        const char *mask;
    } cases[] = {
        {"10.0.0.1", 8, 8, "255.0.0.0"},
        {"10.0.0.1", 0, 0, "0.0.0.0"},
        {"10.0.0.1", 25, 25, "255.255.255.128"},
        {"10.0.0.1", 31, 31, "255.255.255.254"},
        {"10.0.0.1", 32, 32, "255.255.255.255"},
        {"10.0.0.1", 33, 32, "255.255.255.255"},
        {"10.0.0.1", PSOCK_SYS_PREFIX_UNKNOWN, 32, "255.255.255.255"},
        {"10.0.0.1", UINT32_MAX, 32, "255.255.255.255"},
        {"2001:db8::1", 0, 0, "::"},
        {"2001:db8::1", 64, 64, "ffff:ffff:ffff:ffff::"},
        {"2001:db8::1", 65, 65, "ffff:ffff:ffff:ffff:8000::"},
        {"2001:db8::1", 127, 127, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"},
        {"2001:db8::1", 128, 128, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"2001:db8::1", 255, 128, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    const psock_interface told = named(1, "any", NULL);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct fake_interface_address address =
            by_length(1, cases[i].address, cases[i].told);
        const struct fake_interfaces system =
            system_with(&told, 1, &address, 1);
        psock_interface *found = list(&system, 1);
        assert_int_equal(found->addresses[0].prefix_length, cases[i].length);
        assert_text(&found->addresses[0].mask, cases[i].mask);
        assert_int_equal(found->addresses[0].reserved, 0);
        free_list(found);
    }
}

static void mask_gives_the_prefix_length(void **state)
{
    static const struct {
        const char *address;
        const char *mask;
        unsigned length;
    } cases[] = {
        {"10.0.0.1", "255.255.240.0", 20},
        {"10.0.0.1", "0.0.0.0", 0},
        {"10.0.0.1", "255.255.255.255", 32},
        {"10.0.0.1", "255.0.255.0", 8},
        {"10.0.0.1", "ffff::", 32},
        {"2001:db8::1", "::", 0},
        {"2001:db8::1", "ffff:ffff:ffff:ff80::", 57},
        {"2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 128},
        {"2001:db8::1", "255.0.0.0", 128},
    };
    const psock_interface told = named(1, "any", NULL);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct fake_interface_address address =
            by_mask(1, cases[i].address, cases[i].mask);
        const struct fake_interfaces system =
            system_with(&told, 1, &address, 1);
        psock_interface *found = list(&system, 1);
        assert_int_equal(found->addresses[0].prefix_length, cases[i].length);
        assert_int_equal(psock_address_family(&found->addresses[0].mask),
                         psock_address_family(&found->addresses[0].address));
        free_list(found);
    }
}

static void only_link_local_addresses_get_a_scope(void **state)
{
    static const struct {
        const char *told;
        uint32_t scope;
    } cases[] = {
        {"fe80::1", 3}, {"fe80::1%9", 9}, {"2001:db8::1", 0},
        {"::1", 0},     {"fd00::1", 0},   {"169.254.1.1", 0},
    };
    const psock_interface told = named(3, "eth0", NULL);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct fake_interface_address address =
            by_length(3, cases[i].told, 10);
        const struct fake_interfaces system =
            system_with(&told, 1, &address, 1);
        psock_interface *found = list(&system, 1);
        assert_int_equal(psock_address_scope(&found->addresses[0].address),
                         cases[i].scope);
        free_list(found);
    }
}

static void scope_leaves_the_rest_of_the_address_alone(void **state)
{
    const psock_interface told = named(77, "eth0", NULL);
    const struct fake_interface_address address =
        by_length(77, "fe80::1:2:3:4", 64);
    const struct fake_interfaces system = system_with(&told, 1, &address, 1);
    (void)state;
    psock_interface *found = list(&system, 1);
    assert_text(&found->addresses[0].address, "fe80::1:2:3:4%77");
    free_list(found);
}

static void peer_is_kept(void **state)
{
    const psock_interface told = named(1, "ppp0", NULL);
    struct fake_interface_address address = by_length(1, "192.0.2.1", 32);
    address.address.peer = address_of("192.0.2.2");
    const struct fake_interfaces system = system_with(&told, 1, &address, 1);
    (void)state;
    psock_interface *found = list(&system, 1);
    assert_text(&found->addresses[0].peer, "192.0.2.2");
    free_list(found);
}

/* --- Nothing, and failures ------------------------------------------------ */

static void system_without_interfaces_has_an_empty_list(void **state)
{
    const struct fake_interfaces system = system_with(NULL, 0, NULL, 0);
    psock_interface *found = (psock_interface *)(void *)state;
    (void)state;
    expect_interfaces_read(describes(&system));
    assert_result(psock_interfaces(&found), 0);
    assert_null(found);
    assert_int_equal(fake_allocations(), 0);
}

static void list_for_which_there_is_no_memory_is_not_made(void **state)
{
    const psock_interface told = named(1, "any", NULL);
    const struct fake_interfaces system = system_with(&told, 1, NULL, 0);
    psock_interface *found = (psock_interface *)(void *)state;
    (void)state;
    expect_interfaces_read(describes(&system));
    fake_fail_allocation(0);
    assert_result(psock_interfaces(&found), PSOCK_ENOMEM);
    assert_ptr_equal(found, state);
}

static void list_that_the_system_refuses_is_not_made(void **state)
{
    psock_interface *found = (psock_interface *)(void *)state;
    (void)state;
    expect_interfaces_read(returns(PSOCK_EMFILE));
    assert_result(psock_interfaces(&found), PSOCK_EMFILE);
    assert_ptr_equal(found, state);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EMFILE));
}

/* --- Names ---------------------------------------------------------------- */

static void interface_with_digits_for_a_name_is_found_by_it(void **state)
{
    uint32_t index = 0;
    (void)state;
    expect_scope_index("12", returns(5));
    assert_result(psock_interface_index("12", &index), 0);
    assert_int_equal(index, 5);
}

static void index_as_text_must_be_that_of_an_interface(void **state)
{
    uint32_t index = 77;
    (void)state;
    expect_scope_index("12", returns(0));
    expect_scope_name(12, brings("eth0"));
    assert_result(psock_interface_index("12", &index), 0);
    assert_int_equal(index, 12);
    expect_scope_index("13", returns(0));
    expect_scope_name(13, returns(0));
    assert_result(psock_interface_index("13", &index), PSOCK_ENODEV);
    assert_int_equal(index, 12);
}

static void greatest_index_is_read_and_no_greater_one(void **state)
{
    uint32_t index = 77;
    (void)state;
    expect_scope_index("4294967296", returns(0));
    assert_result(psock_interface_index("4294967296", &index), PSOCK_ENODEV);
    expect_scope_index("42949672950", returns(0));
    assert_result(psock_interface_index("42949672950", &index), PSOCK_ENODEV);
    assert_int_equal(index, 77);
    expect_scope_index("4294967295", returns(0));
    expect_scope_name(UINT32_MAX, brings("last"));
    assert_result(psock_interface_index("4294967295", &index), 0);
    assert_int_equal(index, UINT32_MAX);
}

static void longest_name_fits_the_size_for_all_names(void **state)
{
    char longest[PSOCK_INTERFACE_NAME_SIZE];
    char name[PSOCK_INTERFACE_NAME_SIZE];
    (void)state;
    memset(longest, 'n', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    expect_scope_name(3, brings(longest));
    assert_result(psock_interface_name(3, name, sizeof name),
                  PSOCK_INTERFACE_NAME_SIZE - 1);
    assert_string_equal(name, longest);
    expect_scope_name(3, brings(longest));
    memset(name, '?', sizeof name);
    assert_result(psock_interface_name(3, name, sizeof name - 1), PSOCK_ENOSPC);
    assert_int_equal(name[0], '?');
}

static void alias_of_any_length_is_looked_up(void **state)
{
    static char alias[800];
    uint32_t index = 0;
    (void)state;
    memset(alias, 'a', sizeof alias - 1);
    expect_scope_index(alias, returns(5));
    assert_result(psock_interface_index(alias, &index), 0);
    assert_int_equal(index, 5);
}

/* --- Watches -------------------------------------------------------------- */

static void watch_is_the_twins(void **state)
{
    struct psock_waker waker = {.descriptor = 40};
    psock_interface_watch *const made = (psock_interface_watch *)(void *)state;
    psock_interface_watch *watch = NULL;
    (void)state;
    expect_watch_open(&waker, gives(made, returns(0)));
    assert_result(psock_interface_watch_open(&waker, &watch), 0);
    assert_ptr_equal(watch, made);
    expect_watch_close(made, returns(0));
    assert_result(psock_interface_watch_close(watch), 0);
}

static void watch_that_the_system_refuses_is_not_made(void **state)
{
    struct psock_waker waker = {.descriptor = 40};
    psock_interface_watch *watch = (psock_interface_watch *)(void *)state;
    (void)state;
    expect_watch_open(&waker, returns(PSOCK_ENOTSUP));
    assert_result(psock_interface_watch_open(&waker, &watch), PSOCK_ENOTSUP);
    assert_ptr_equal(watch, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(interfaces_come_in_the_order_of_their_indexes),
        test(addresses_stay_in_the_order_of_the_system),
        test(address_of_an_unlisted_interface_is_left_out),
        test(crowded_system_is_listed_whole),
        test(what_is_told_of_an_interface_is_kept),
        test(interface_without_an_alias_goes_by_its_name),
        test(loopback_interface_has_no_hardware_address),
        test(prefix_length_gives_the_mask),
        test(mask_gives_the_prefix_length),
        test(only_link_local_addresses_get_a_scope),
        test(scope_leaves_the_rest_of_the_address_alone),
        test(peer_is_kept),
        test(system_without_interfaces_has_an_empty_list),
        test(list_for_which_there_is_no_memory_is_not_made),
        test(list_that_the_system_refuses_is_not_made),
        test(interface_with_digits_for_a_name_is_found_by_it),
        test(index_as_text_must_be_that_of_an_interface),
        test(greatest_index_is_read_and_no_greater_one),
        test(longest_name_fits_the_size_for_all_names),
        test(alias_of_any_length_is_looked_up),
        test(watch_is_the_twins),
        test(watch_that_the_system_refuses_is_not_made),
    };
    return cmocka_run_group_tests_name("fake.interface", tests, NULL, NULL);
}
