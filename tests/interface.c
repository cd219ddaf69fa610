/* Interfaces: the list, names and indexes, and watches for changes.  Changes can
 * be made on a machine of one's own only: see tests/network. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum {
    OFTEN = 200,
    SEVERAL = 5
};

/* --- The list ------------------------------------------------------------- */

static psock_interface *listed;
static int listed_count;

static void list(void)
{
    psock_interfaces_free(listed);
    listed = NULL;
    listed_count = psock_interfaces(&listed);
    assert_in_range(listed_count, 1, 100000);
    assert_non_null(listed);
}

static int forget_list(void **state)
{
    (void)state;
    psock_interfaces_free(listed);
    listed = NULL;
    return 0;
}

static const psock_interface *loopback_interface(void)
{
    for (int i = 0; i < listed_count; i++)
        if ((listed[i].flags & PSOCK_INTERFACE_LOOPBACK) != 0)
            return &listed[i];
    fail_msg("%s", "there is no loopback interface");
    return NULL;
}

static const psock_interface_address *
address_of(const psock_interface *interface_found, const psock_address *wanted)
{
    for (size_t i = 0; i < interface_found->address_count; i++)
        if (psock_address_compare(&interface_found->addresses[i].address,
                                  wanted) == 0)
            return &interface_found->addresses[i];
    return NULL;
}

/* Calls `check` for each address that is listed. */
static void
for_each_address(void (*check)(const psock_interface *interface_found,
                               const psock_interface_address *address))
{
    list();
    for (int i = 0; i < listed_count; i++)
        for (size_t j = 0; j < listed[i].address_count; j++)
            check(&listed[i], &listed[i].addresses[j]);
}

static void list_to_nowhere_is_refused(void **state)
{
    (void)state;
    assert_result(psock_interfaces(NULL), PSOCK_EFAULT);
}

static void no_list_is_freed(void **state)
{
    (void)state;
    psock_interfaces_free(NULL);
}

static void each_index_is_above_the_one_before(void **state)
{
    uint32_t before = 0;
    (void)state;
    list();
    for (int i = 0; i < listed_count; i++) {
        assert_true(listed[i].index > before);
        before = listed[i].index;
    }
}

static void each_interface_has_names_of_its_own(void **state)
{
    (void)state;
    list();
    for (int i = 0; i < listed_count; i++) {
        assert_in_range(strlen(listed[i].name), 1,
                        PSOCK_INTERFACE_NAME_SIZE - 1);
        assert_true(strlen(listed[i].alias) > 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(listed[j].name, listed[i].name);
    }
}

static void loopback_interface_is_up(void **state)
{
    const unsigned expected =
        PSOCK_INTERFACE_LOOPBACK | PSOCK_INTERFACE_UP | PSOCK_INTERFACE_RUNNING;
    const unsigned others =
        PSOCK_INTERFACE_BROADCAST | PSOCK_INTERFACE_POINT_TO_POINT;
    (void)state;
    list();
    const psock_interface *found = loopback_interface();
    assert_int_equal(found->flags & expected, expected);
    assert_int_equal(found->flags & others, 0);
    assert_true(found->mtu >= 1280);
    assert_int_equal(found->hardware_length, 0);
}

static void loopback_interface_has_the_loopback_address(void **state)
{
    const int family = family_of(state);
    const psock_address wanted = loopback(family, 0);
    psock_address mask;
    list();
    const psock_interface_address *found =
        address_of(loopback_interface(), &wanted);
    assert_non_null(found);
    assert_int_equal(found->prefix_length, family == PSOCK_IPV4 ? 8 : 128);
    assert_int_equal(psock_address_family(&found->peer), PSOCK_NONE);
    assert_result(
        psock_address_parse(family == PSOCK_IPV4
                                ? "255.0.0.0"
                                : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                            &mask),
        0);
    assert_int_equal(psock_address_compare(&found->mask, &mask), 0);
}

static void check_mask(const psock_interface *interface_found,
                       const psock_interface_address *address)
{
    size_t length = 0;
    const unsigned char *mask = psock_address_bytes(&address->mask, &length);
    (void)interface_found;
    assert_int_equal(psock_address_family(&address->mask),
                     psock_address_family(&address->address));
    assert_in_range(address->prefix_length, 0, length * 8);
    for (unsigned i = 0; i < length * 8; i++)
        assert_int_equal((mask[i / 8] >> (7 - i % 8)) & 1,
                         i < address->prefix_length);
}

static void each_mask_has_the_bits_that_are_counted(void **state)
{
    (void)state;
    for_each_address(check_mask);
}

static void check_plain(const psock_interface *interface_found,
                        const psock_interface_address *address)
{
    const _Bool of_one_link =
        (psock_address_kind(&address->address) & PSOCK_ADDRESS_LINK_LOCAL) != 0;
    const _Bool is_ipv6 = psock_address_family(&address->address) == PSOCK_IPV6;
    assert_true(is_ipv6 ||
                psock_address_family(&address->address) == PSOCK_IPV4);
    assert_int_equal(psock_address_port(&address->address), 0);
    assert_int_equal(psock_address_port(&address->mask), 0);
    assert_int_equal(address->reserved, 0);
    if (of_one_link && is_ipv6)
        assert_int_equal(psock_address_scope(&address->address),
                         interface_found->index);
}

static void each_address_has_its_scope_and_no_port(void **state)
{
    (void)state;
    for_each_address(check_plain);
}

/* Another program may change something just then, but not each time. */
static _Bool is_same_list(void)
{
    psock_interface *again = NULL;
    list();
    const int count = psock_interfaces(&again);
    _Bool same = count == listed_count;
    for (int i = 0; same && i < count; i++)
        same = again[i].index == listed[i].index &&
               again[i].mtu == listed[i].mtu &&
               again[i].address_count == listed[i].address_count &&
               strcmp(again[i].name, listed[i].name) == 0 &&
               strcmp(again[i].alias, listed[i].alias) == 0;
    psock_interfaces_free(again);
    return same;
}

static void list_is_the_same_again(void **state)
{
    int same = 0;
    (void)state;
    for (int i = 0; i < OFTEN; i++)
        same += is_same_list();
    assert_true(same > OFTEN / 2);
}

static void list_is_not_made_without_descriptors(void **state)
{
    psock_interface *interfaces = (psock_interface *)(void *)state;
    (void)state;
    if (!host_forbid_descriptors(1))
        skip_because("this system has descriptors without end");
    const int result = psock_interfaces(&interfaces);
    host_forbid_descriptors(0);
    assert_result(result, PSOCK_EMFILE);
    assert_ptr_equal(interfaces, state);
}

/* --- Names ---------------------------------------------------------------- */

static void assert_leads_to(const char *name, uint32_t index)
{
    uint32_t found = 0;
    assert_result(psock_interface_index(name, &found), 0);
    assert_int_equal(found, index);
}

static void each_name_leads_to_its_interface_and_back(void **state)
{
    (void)state;
    list();
    for (int i = 0; i < listed_count; i++) {
        char name[PSOCK_INTERFACE_NAME_SIZE];
        assert_leads_to(listed[i].name, listed[i].index);
        assert_result(psock_interface_name(listed[i].index, name, sizeof name),
                      (ptrdiff_t)strlen(listed[i].name));
        assert_string_equal(name, listed[i].name);
    }
}

static void each_alias_leads_to_its_interface(void **state)
{
    (void)state;
    list();
    for (int i = 0; i < listed_count; i++)
        assert_leads_to(listed[i].alias, listed[i].index);
}

static void each_index_as_text_leads_to_its_interface(void **state)
{
    (void)state;
    list();
    for (int i = 0; i < listed_count; i++) {
        char text[16];
        snprintf(text, sizeof text, "%lu", (unsigned long)listed[i].index);
        assert_leads_to(text, listed[i].index);
    }
}

static void each_name_is_the_name_of_a_scope(void **state)
{
    (void)state;
    list();
    for (int i = 0; i < listed_count; i++) {
        psock_address address;
        char text[PSOCK_INTERFACE_NAME_SIZE + 16];
        snprintf(text, sizeof text, "fe80::1%%%s", listed[i].name);
        assert_result(psock_address_parse(text, &address), 0);
        assert_int_equal(psock_address_scope(&address), listed[i].index);
    }
}

static void name_of_no_interface_is_not_found(void **state)
{
    static const char *const names[] = {
        "",        "no such one", "0",          "+1",
        " 1",      "1 ",          "0x1",        "-1",
        "1.",      "4294967295",  "4294967296", "99999999999999999999",
        "\xff\xfe"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        uint32_t index = 77;
        assert_result(psock_interface_index(names[i], &index), PSOCK_ENODEV);
        assert_int_equal(index, 77);
    }
}

static void long_name_is_not_found(void **state)
{
    char name[2000];
    uint32_t index = 77;
    (void)state;
    list();
    memset(name, 'x', sizeof name);
    for (size_t length = sizeof name - 1; length > 40; length -= 7) {
        name[length] = '\0';
        assert_result(psock_interface_index(name, &index), PSOCK_ENODEV);
    }
    for (int i = 0; i < listed_count; i++) {
        snprintf(name, sizeof name, "%s%500d", listed[i].name, 0);
        assert_result(psock_interface_index(name, &index), PSOCK_ENODEV);
    }
    assert_int_equal(index, 77);
}

static void index_of_no_interface_has_no_name(void **state)
{
    char name[PSOCK_INTERFACE_NAME_SIZE] = "as before";
    (void)state;
    assert_result(psock_interface_name(0, name, sizeof name), PSOCK_ENODEV);
    assert_result(psock_interface_name(UINT32_MAX, name, sizeof name),
                  PSOCK_ENODEV);
    assert_string_equal(name, "as before");
}

static void name_goes_where_it_fits_and_nowhere_else(void **state)
{
    char name[PSOCK_INTERFACE_NAME_SIZE];
    (void)state;
    list();
    const uint32_t index = loopback_interface()->index;
    const size_t length = strlen(loopback_interface()->name);
    for (size_t size = 0; size <= length; size++) {
        memset(name, '?', sizeof name);
        assert_result(psock_interface_name(index, name, size), PSOCK_ENOSPC);
        for (size_t i = 0; i < sizeof name; i++)
            assert_int_equal(name[i], '?');
    }
    assert_result(psock_interface_name(index, name, length + 1),
                  (ptrdiff_t)length);
    assert_string_equal(name, loopback_interface()->name);
    assert_int_equal(name[length + 1], '?');
}

static void names_from_and_to_nowhere_are_refused(void **state)
{
    uint32_t index = 77;
    (void)state;
    assert_result(psock_interface_index(NULL, &index), PSOCK_EFAULT);
    assert_result(psock_interface_index("1", NULL), PSOCK_EFAULT);
    assert_result(psock_interface_name(1, NULL, 10), PSOCK_EFAULT);
    assert_int_equal(index, 77);
}

/* --- Watches -------------------------------------------------------------- */

static psock_interface_watch *watch_by(psock_waker *waker)
{
    psock_interface_watch *watch = NULL;
    const int result = psock_interface_watch_open(waker, &watch);
    if (result == PSOCK_ENOTSUP)
        skip_because("this system does not tell of changes of interfaces");
    assert_result(result, 0);
    assert_non_null(watch);
    return watch;
}

static void unwatch(psock_interface_watch *watch)
{
    assert_result(psock_interface_watch_close(watch), 0);
}

static void watch_of_nothing_is_refused(void **state)
{
    psock_interface_watch *watch = (psock_interface_watch *)(void *)state;
    (void)state;
    assert_result(psock_interface_watch_open(NULL, &watch), PSOCK_EFAULT);
    assert_ptr_equal(watch, state);
    assert_result(psock_interface_watch_open(kept_waker(), NULL), PSOCK_EFAULT);
    assert_result(psock_interface_watch_close(NULL), PSOCK_EFAULT);
}

static void watch_is_there_where_the_capability_says_so(void **state)
{
    psock_interface_watch *watch = (psock_interface_watch *)(void *)state;
    (void)state;
    const int result = psock_interface_watch_open(kept_waker(), &watch);
    if (result == 0)
        unwatch(watch);
    else
        assert_ptr_equal(watch, state);
    assert_either(result, 0, PSOCK_ENOTSUP);
    assert_result(psock_capability(PSOCK_CAP_WATCH_INTERFACES), result);
}

static void watch_leaves_nothing_behind(void **state)
{
    psock_waker *waker = kept_waker();
    const int descriptors = host_descriptor_count();
    const int threads = host_thread_count();
    (void)state;
    for (int i = 0; i < OFTEN; i++)
        unwatch(watch_by(waker));
    assert_int_equal(host_descriptor_count(), descriptors);
    assert_int_equal(host_thread_count(), threads);
}

static void several_watches_share_a_waker(void **state)
{
    psock_waker *waker = kept_waker();
    psock_interface_watch *watches[SEVERAL];
    (void)state;
    for (size_t i = 0; i < SEVERAL; i++)
        watches[i] = watch_by(waker);
    for (size_t i = 0; i < SEVERAL; i++)
        unwatch(watches[(i + 2) % SEVERAL]);
}

static void waker_serves_on_when_a_watch_is_closed(void **state)
{
    psock_waker *waker = kept_waker();
    psock_pollable entry = {.socket = PSOCK_INVALID, .waker = waker};
    (void)state;
    unwatch(watch_by(waker));
    (void)psock_waker_reset(waker);
    assert_result(psock_poll(&entry, 1, PSOCK_NOW), PSOCK_EAGAIN);
    assert_result(psock_waker_ring(waker), 0);
    assert_result(psock_poll(&entry, 1, in_time()), 1);
}

static ptrdiff_t open_and_close(void *waker)
{
    for (int i = 0; i < OFTEN; i++) {
        psock_interface_watch *watch;
        int result = psock_interface_watch_open(waker, &watch);
        if (result == 0)
            result = psock_interface_watch_close(watch);
        if (result < 0)
            return result;
    }
    return 0;
}

static void several_threads_watch_at_once(void **state)
{
    psock_waker *waker = kept_waker();
    struct running_call *calls[SEVERAL];
    (void)state;
    unwatch(watch_by(waker));
    for (size_t i = 0; i < SEVERAL; i++)
        calls[i] = begin_call(open_and_close, waker);
    for (size_t i = 0; i < OFTEN; i++) {
        assert_result(psock_waker_ring(waker), 0);
        (void)psock_waker_reset(waker);
    }
    for (size_t i = 0; i < SEVERAL; i++)
        assert_result(end_call(calls[i]), 0);
}

static int close_watch(void *watch)
{
    return psock_interface_watch_close(watch) == 0 ? 7 : 1;
}

/* The copy has no thread to wait for, and takes nothing from the one here. */
static void watch_can_be_closed_in_a_copy_of_the_process(void **state)
{
    psock_waker *waker = kept_waker();
    psock_interface_watch *watch = watch_by(waker);
    (void)state;
    const int result = host_copy_run(close_watch, watch);
    unwatch(watch);
    if (result < 0)
        skip_because("this system copies no processes");
    assert_int_equal(result, 7);
}

static void watch_is_not_opened_without_descriptors(void **state)
{
    psock_waker *waker = kept_waker();
    psock_interface_watch *watch = (psock_interface_watch *)(void *)state;
    (void)state;
    unwatch(watch_by(waker));
    if (!host_forbid_descriptors(1))
        skip_because("this system has descriptors without end");
    const int result = psock_interface_watch_open(waker, &watch);
    host_forbid_descriptors(0);
    assert_result(result, PSOCK_EMFILE);
    assert_ptr_equal(watch, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_once(list_to_nowhere_is_refused),
        test_once(no_list_is_freed),
        test_once(each_index_is_above_the_one_before),
        test_once(each_interface_has_names_of_its_own),
        test_once(loopback_interface_is_up),
        test_both(loopback_interface_has_the_loopback_address),
        test_once(each_mask_has_the_bits_that_are_counted),
        test_once(each_address_has_its_scope_and_no_port),
        test_once(list_is_the_same_again),
        test_once(list_is_not_made_without_descriptors),
        test_once(each_name_leads_to_its_interface_and_back),
        test_once(each_alias_leads_to_its_interface),
        test_once(each_index_as_text_leads_to_its_interface),
        test_once(each_name_is_the_name_of_a_scope),
        test_once(name_of_no_interface_is_not_found),
        test_once(long_name_is_not_found),
        test_once(index_of_no_interface_has_no_name),
        test_once(name_goes_where_it_fits_and_nowhere_else),
        test_once(names_from_and_to_nowhere_are_refused),
        test_once(watch_of_nothing_is_refused),
        test_once(watch_is_there_where_the_capability_says_so),
        test_once(watch_leaves_nothing_behind),
        test_once(several_watches_share_a_waker),
        test_once(waker_serves_on_when_a_watch_is_closed),
        test_once(several_threads_watch_at_once),
        test_once(watch_can_be_closed_in_a_copy_of_the_process),
        test_once(watch_is_not_opened_without_descriptors),
    };
    return cmocka_run_group_tests_name("interface", tests, warm_up,
                                       forget_list);
}
