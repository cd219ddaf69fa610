/* Serving: which sockets there are to be, each step that can fail, that nothing
 * stays open then, and who is asked for a connection. */
#include "sys_fake.h"

#include <string.h>

enum {
    FIRST = 10,
    SECOND = 12,
    CONNECTION = 20,
    PORT = 80,
    CHOSEN = 5555,
    PORTS_TRIED_MAX = 16,
    UNTOUCHED = 99
};

static psock_address unnamed;
static psock_address path;
static psock_address any6[2]; /* without a port and with it */
static psock_address any4[2];
static psock_address any6_chosen;
static psock_address any4_chosen;
static psock_address loop6;
static psock_address loop4;
static psock_listeners listeners;

static int set_the_stage(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        if (psock_address_any(PSOCK_IPV6, i == 0 ? 0 : PORT, &any6[i]) < 0 ||
            psock_address_any(PSOCK_IPV4, i == 0 ? 0 : PORT, &any4[i]) < 0)
            return -1;
    return psock_address_any(PSOCK_IPV6, CHOSEN, &any6_chosen) < 0 ||
           psock_address_any(PSOCK_IPV4, CHOSEN, &any4_chosen) < 0 ||
           psock_address_loopback(PSOCK_IPV6, PORT, &loop6) < 0 ||
           psock_address_loopback(PSOCK_IPV4, PORT, &loop4) < 0 ||
           psock_address_unix("", 0, &unnamed) < 0 ||
           psock_address_unix("/t/at", 5, &path) < 0;
}

static int begin(void **state)
{
    listeners = (psock_listeners){.count = UNTOUCHED};
    return fake_begin(state);
}

#define test_service(claim)                                                    \
    cmocka_unit_test_setup_teardown(claim, begin, fake_end)

/* --- The calls --------------------------------------------------------------------- */

static void expect_opening(int family, unsigned flags, struct answer answer)
{
    expect_open(family, PSOCK_STREAM, flags, answer);
}

/* With the question whether it is bound already. */
static void expect_binding(psock_t s, const psock_address *local, int mode,
                           struct answer answer)
{
    expect_local(
        s, from(psock_address_family(local) == PSOCK_UNIX ? &unnamed : &any4[0],
                returns(0)));
    expect_bind(s, local, mode, answer);
}

static void expect_bound(psock_t s, unsigned flags, const psock_address *local)
{
    expect_opening(psock_address_family(local), flags, returns(s));
    expect_binding(s, local, PSOCK_BIND_FRESH, returns(0));
}

static void expect_two_bound(void)
{
    expect_bound(FIRST, 0, &any6[1]);
    expect_bound(SECOND, 0, &any4[1]);
}

static void expect_two_listening(void)
{
    expect_listen(FIRST, 0, returns(0));
    expect_listen(SECOND, 0, returns(0));
}

static void expect_two_closed(void)
{
    expect_close(SECOND, returns(0));
    expect_close(FIRST, returns(0));
}

static int serve(const char *host, const char *service,
                 const psock_serve_options *options)
{
    return psock_serve(host, service, options, &listeners, PSOCK_NOW);
}

/* The sockets are the test's from here on. */
static void assert_one(psock_t s)
{
    assert_int_equal(listeners.count, 1);
    assert_int_equal(handed_over(listeners.sockets[0]), s);
}

static void assert_both(void)
{
    assert_int_equal(listeners.count, 2);
    assert_int_equal(handed_over(listeners.sockets[0]), FIRST);
    assert_int_equal(handed_over(listeners.sockets[1]), SECOND);
}

static void assert_refused(int result, int error)
{
    assert_result(result, error);
    assert_int_equal(listeners.count, UNTOUCHED);
    assert_null(fake_complaint_of_sockets());
}

/* --- All addresses ------------------------------------------------------------------- */

static void one_socket_serves_both_families_where_it_can(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_bound(FIRST, PSOCK_DUAL_STACK, &any6[1]);
    expect_listen(FIRST, 0, returns(0));
    assert_result(serve(NULL, "80", NULL), 0);
    assert_one(FIRST);
}

static void two_sockets_serve_where_none_can_be_for_both(void **state)
{
    (void)state;
    static const int refusals[] = {PSOCK_ENOTSUP, PSOCK_ENOPROTOOPT,
                                   PSOCK_EOPNOTSUPP, PSOCK_EINVAL};
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        expect_opening(PSOCK_IPV6, PSOCK_DUAL_STACK, returns(refusals[i]));
        expect_two_bound();
        expect_two_listening();
        assert_result(serve(NULL, "80", NULL), 0);
        assert_both();
    }
}

/* An IPv4 socket could be there beside it, and it beside an IPv4 socket. */
static void two_sockets_serve_where_one_would_not_keep_both(void **state)
{
    (void)state;
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    expect_two_bound();
    expect_two_listening();
    assert_result(serve(NULL, "80", NULL), 0);
    assert_both();
}

static const int lacks[] = {PSOCK_EAFNOSUPPORT, PSOCK_EPFNOSUPPORT};

static void machine_without_ipv6_serves_ipv4(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(lacks); i++) {
        expect_opening(PSOCK_IPV6, PSOCK_DUAL_STACK, returns(lacks[i]));
        expect_opening(PSOCK_IPV6, 0, returns(lacks[i]));
        expect_bound(SECOND, 0, &any4[1]);
        expect_listen(SECOND, 0, returns(0));
        assert_result(serve(NULL, "80", NULL), 0);
        assert_one(SECOND);
    }
}

static void machine_without_an_ipv6_address_serves_ipv4(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_opening(PSOCK_IPV6, PSOCK_DUAL_STACK, returns(FIRST));
    expect_binding(FIRST, &any6[1], PSOCK_BIND_FRESH,
                   returns(PSOCK_EADDRNOTAVAIL));
    expect_close(FIRST, returns(0));
    expect_opening(PSOCK_IPV6, 0, returns(FIRST));
    expect_binding(FIRST, &any6[1], PSOCK_BIND_FRESH,
                   returns(PSOCK_EADDRNOTAVAIL));
    expect_close(FIRST, returns(0));
    expect_bound(SECOND, 0, &any4[1]);
    expect_listen(SECOND, 0, returns(0));
    assert_result(serve(NULL, "80", NULL), 0);
    assert_one(SECOND);
}

static void machine_without_ipv4_serves_ipv6(void **state)
{
    (void)state;
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    expect_bound(FIRST, 0, &any6[1]);
    expect_opening(PSOCK_IPV4, 0, returns(PSOCK_EAFNOSUPPORT));
    expect_listen(FIRST, 0, returns(0));
    assert_result(serve(NULL, "80", NULL), 0);
    assert_one(FIRST);
}

static void machine_without_any_family_says_so_of_the_first(void **state)
{
    (void)state;
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    expect_opening(PSOCK_IPV6, 0, returns(PSOCK_EPFNOSUPPORT));
    expect_opening(PSOCK_IPV4, 0, returns(SECOND));
    expect_binding(SECOND, &any4[1], PSOCK_BIND_FRESH,
                   returns(PSOCK_EADDRNOTAVAIL));
    expect_close(SECOND, returns(0));
    assert_refused(serve(NULL, "80", NULL), PSOCK_EPFNOSUPPORT);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EPFNOSUPPORT));
}

/* What is in use for IPv4 is not served for IPv6 alone. */
static void port_in_use_is_no_lack(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_opening(PSOCK_IPV6, PSOCK_DUAL_STACK, returns(FIRST));
    expect_binding(FIRST, &any6[1], PSOCK_BIND_FRESH,
                   returns(PSOCK_EADDRINUSE));
    expect_close(FIRST, returns(0));
    assert_refused(serve(NULL, "80", NULL), PSOCK_EADDRINUSE);
}

static void one_family_is_served_when_it_is_asked_for(void **state)
{
    (void)state;
    const psock_serve_options ipv6 = {.family = PSOCK_IPV6};
    const psock_serve_options ipv4 = {.family = PSOCK_IPV4};
    expect_startup(returns(0));
    expect_bound(FIRST, 0, &any6[1]);
    expect_listen(FIRST, 0, returns(0));
    assert_result(serve(NULL, "80", &ipv6), 0);
    assert_one(FIRST);
    expect_bound(FIRST, 0, &any4[1]);
    expect_listen(FIRST, 0, returns(0));
    assert_result(serve(NULL, "80", &ipv4), 0);
    assert_one(FIRST);
}

/* --- A port of the system's choice ----------------------------------------------------- */

/* Both at a port that the system chooses, up to the second's binding. */
static void expect_chosen(const psock_address *chosen6,
                          const psock_address *chosen4, struct answer second)
{
    expect_bound(FIRST, 0, &any6[0]);
    expect_local(FIRST, from(chosen6, returns(0)));
    expect_opening(PSOCK_IPV4, 0, returns(SECOND));
    expect_binding(SECOND, chosen4, PSOCK_BIND_FRESH, second);
}

static void port_of_the_first_is_that_of_all(void **state)
{
    (void)state;
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    expect_chosen(&any6_chosen, &any4_chosen, returns(0));
    expect_two_listening();
    assert_result(serve(NULL, NULL, NULL), 0);
    assert_both();
}

static void port_that_is_taken_elsewhere_is_chosen_anew(void **state)
{
    (void)state;
    psock_address taken6 = any6_chosen;
    psock_address taken4 = any4_chosen;
    assert_result(psock_address_set_port(&taken6, 4444), 0);
    assert_result(psock_address_set_port(&taken4, 4444), 0);
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    expect_chosen(&taken6, &taken4, returns(PSOCK_EADDRINUSE));
    expect_two_closed();
    expect_chosen(&any6_chosen, &any4_chosen, returns(0));
    expect_listen(FIRST, 0, returns(0));
    expect_listen(SECOND, 0, returns(PSOCK_EADDRINUSE));
    expect_two_closed();
    expect_chosen(&any6_chosen, &any4_chosen, returns(0));
    expect_two_listening();
    assert_result(serve(NULL, "0", NULL), 0);
    assert_both();
}

static void ports_are_not_chosen_for_ever(void **state)
{
    (void)state;
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    for (int i = 0; i < PORTS_TRIED_MAX; i++) {
        expect_chosen(&any6_chosen, &any4_chosen, returns(PSOCK_EADDRINUSE));
        expect_two_closed();
    }
    assert_refused(serve(NULL, "0", NULL), PSOCK_EADDRINUSE);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EADDRINUSE));
}

static void port_that_was_asked_for_is_tried_once(void **state)
{
    (void)state;
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    expect_bound(FIRST, 0, &any6[1]);
    expect_opening(PSOCK_IPV4, 0, returns(SECOND));
    expect_binding(SECOND, &any4[1], PSOCK_BIND_FRESH,
                   returns(PSOCK_EADDRINUSE));
    expect_two_closed();
    assert_refused(serve(NULL, "80", NULL), PSOCK_EADDRINUSE);
}

/* --- Steps, any of which can fail -------------------------------------------------------- */

static void expect_opened(struct steps *steps, int family, psock_t s)
{
    if (!steps->is_over)
        expect_opening(family, 0, next(steps, returns(s)));
}

static void expect_asked(struct steps *steps, psock_t s,
                         const psock_address *name)
{
    if (!steps->is_over)
        expect_local(s, next(steps, from(name, returns(0))));
}

static void expect_at(struct steps *steps, psock_t s,
                      const psock_address *local)
{
    expect_asked(steps, s, &any4[0]);
    if (!steps->is_over)
        expect_bind(s, local, PSOCK_BIND_FRESH, next(steps, returns(0)));
}

static void expect_heard(struct steps *steps, psock_t s)
{
    if (!steps->is_over)
        expect_listen(s, 0, next(steps, returns(0)));
}

/* The steps after which each socket is there to be closed. */
enum {
    FIRST_IS_OPEN = 1,
    SECOND_IS_OPEN = 5
};

/* Two sockets at a chosen port.  Returns whether the step that fails is one of
 * these. */
static _Bool expect_failing(int step, int error)
{
    struct steps steps = {.left = step, .error = error};
    expect_opened(&steps, PSOCK_IPV6, FIRST);
    expect_at(&steps, FIRST, &any6[0]);
    expect_asked(&steps, FIRST, &any6_chosen);
    expect_opened(&steps, PSOCK_IPV4, SECOND);
    expect_at(&steps, SECOND, &any4_chosen);
    expect_heard(&steps, FIRST);
    expect_heard(&steps, SECOND);
    if (steps.is_over && step >= SECOND_IS_OPEN)
        expect_close(SECOND, returns(0));
    if (steps.is_over && step >= FIRST_IS_OPEN)
        expect_close(FIRST, returns(0));
    return steps.is_over;
}

static void failure_at_any_step_leaves_nothing_open(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EMFILE, PSOCK_EACCES, PSOCK_ENOBUFS};
    int step = 0;
    fake_set_keeping_both(0);
    expect_startup(returns(0));
    for (_Bool fails = 1; fails; step++) {
        const int error = errors[step % 3];
        fails = expect_failing(step, error);
        if (fails) {
            assert_refused(serve(NULL, NULL, NULL), error);
            assert_int_equal(psock_error_native(), native_of(error));
        } else {
            assert_result(serve(NULL, NULL, NULL), 0);
            assert_both();
        }
    }
    assert_int_equal(step, 10); /* nine that fail, and none */
}

/* --- Options ------------------------------------------------------------------------------ */

static void mode_and_backlog_are_passed_on(void **state)
{
    (void)state;
    expect_startup(returns(0));
    for (int mode = PSOCK_BIND_FRESH; mode <= PSOCK_BIND_SHARED; mode++) {
        const psock_serve_options options = {.mode = mode, .backlog = 7 + mode};
        expect_opening(PSOCK_IPV6, PSOCK_DUAL_STACK, returns(FIRST));
        expect_binding(FIRST, &any6[1], mode, returns(0));
        expect_listen(FIRST, 7 + mode, returns(0));
        assert_result(serve(NULL, "80", &options), 0);
        assert_one(FIRST);
    }
}

static void options_out_of_range_are_refused_without_a_call(void **state)
{
    (void)state;
    static const psock_serve_options wrong[] = {
        {.family = PSOCK_UNIX}, {.family = 99},      {.family = -1},
        {.flags = 1},           {.mode = 3},         {.mode = -1},
        {.backlog = -1},        {.flags = 1u << 31},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_refused(serve(NULL, "80", &wrong[i]), PSOCK_EINVAL);
        assert_refused(psock_serve_address(&loop4, &wrong[i], &listeners),
                       PSOCK_EINVAL);
    }
    assert_result(psock_serve(NULL, "80", NULL, NULL, PSOCK_NOW), PSOCK_EFAULT);
    assert_result(psock_serve_address(&loop4, NULL, NULL), PSOCK_EFAULT);
    assert_refused(psock_serve_address(NULL, NULL, &listeners), PSOCK_EFAULT);
}

/* What the user's own function was called with, and what it answers. */
static struct {
    psock_t sockets[4];
    psock_address locals[4];
    int count;
    int result;
} prepared;

static int prepare(psock_t s, const psock_address *local, void *context)
{
    assert_ptr_equal(context, &prepared);
    assert_in_range(prepared.count, 0, 3);
    prepared.sockets[prepared.count] = s;
    prepared.locals[prepared.count++] = *local;
    return prepared.result;
}

static const psock_serve_options preparing = {.prepare = prepare,
                                              .context = &prepared};

static void each_socket_is_prepared_before_it_is_bound(void **state)
{
    (void)state;
    fake_set_keeping_both(0);
    memset(&prepared, 0, sizeof prepared);
    prepared.result = 5;
    expect_startup(returns(0));
    expect_chosen(&any6_chosen, &any4_chosen, returns(0));
    expect_two_listening();
    assert_result(serve(NULL, NULL, &preparing), 0);
    assert_both();
    assert_int_equal(prepared.count, 2);
    assert_int_equal(prepared.sockets[0], FIRST);
    assert_int_equal(prepared.sockets[1], SECOND);
    assert_int_equal(psock_address_compare(&prepared.locals[0], &any6[0]), 0);
    assert_int_equal(psock_address_compare(&prepared.locals[1], &any4_chosen),
                     0);
}

/* Also where it is one that the machine may lack, or that is tried again. */
static void what_preparing_says_is_the_error(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EAFNOSUPPORT, PSOCK_EADDRNOTAVAIL,
                                 PSOCK_ENOTSUP, PSOCK_EPERM};
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        memset(&prepared, 0, sizeof prepared);
        prepared.result = errors[i];
        expect_opening(PSOCK_IPV6, PSOCK_DUAL_STACK, returns(FIRST));
        expect_close(FIRST, returns(0));
        assert_refused(serve(NULL, "80", &preparing), errors[i]);
        assert_int_equal(prepared.count, 1);
    }
}

/* --- Names and addresses --------------------------------------------------------------------- */

static void
host_of_this_machine_is_served_on_each_of_its_addresses(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_bound(FIRST, 0, &loop6);
    expect_bound(SECOND, 0, &loop4);
    expect_two_listening();
    assert_result(serve("localhost", "80", NULL), 0);
    assert_both();
}

static void addresses_that_are_lacking_are_passed_over(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_opening(PSOCK_IPV6, 0, returns(FIRST));
    expect_binding(FIRST, &loop6, PSOCK_BIND_FRESH,
                   returns(PSOCK_EADDRNOTAVAIL));
    expect_close(FIRST, returns(0));
    expect_bound(SECOND, 0, &loop4);
    expect_listen(SECOND, 0, returns(0));
    assert_result(serve("localhost", "80", NULL), 0);
    assert_one(SECOND);
}

static void failure_after_what_was_passed_over_is_the_error(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_opening(PSOCK_IPV6, 0, returns(PSOCK_EAFNOSUPPORT));
    expect_opening(PSOCK_IPV4, 0, returns(SECOND));
    expect_binding(SECOND, &loop4, PSOCK_BIND_FRESH, returns(PSOCK_EACCES));
    expect_close(SECOND, returns(0));
    assert_refused(serve("localhost", "80", NULL), PSOCK_EACCES);
    assert_int_equal(psock_error_native(), native_of(PSOCK_EACCES));
}

static struct psock_waker waker = {40};

/* The look-up of a name, as far as its answer. */
static void expect_name(const struct finding *finding)
{
    const struct psock_sys_look_up question = {.host = "server.test",
                                               .type = PSOCK_STREAM};
    expect_waker_open(gives(&waker, returns(0)));
    expect_look_up(&question, finds_out(finding));
    expect_waker_ring(&waker, returns(0));
    expect_waker_close(&waker, returns(0));
}

static psock_address numbered(size_t number)
{
    psock_address address;
    const unsigned char bytes[4] = {192, 0, 2, (unsigned char)number};
    assert_result(psock_address_ipv4(bytes, 0, &address), 0);
    return address;
}

static psock_t numbered_socket(size_t number)
{
    return 30 + 2 * (psock_t)number;
}

static int serve_name(psock_deadline deadline)
{
    return psock_serve("server.test", "80", NULL, &listeners, deadline);
}

static void name_of_too_many_addresses_opens_nothing(void **state)
{
    (void)state;
    psock_address many[PSOCK_LISTENERS_MAX + 1];
    const struct finding finding = {.result = PSOCK_LISTENERS_MAX + 1,
                                    .addresses = many};
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = numbered(i);
    expect_startup(returns(0));
    expect_name(&finding);
    assert_refused(serve_name(PSOCK_FOREVER), PSOCK_EOVERFLOW);
}

static void name_of_as_many_addresses_as_there_may_be_has_all(void **state)
{
    (void)state;
    psock_address many[PSOCK_LISTENERS_MAX];
    const struct finding finding = {.result = PSOCK_LISTENERS_MAX,
                                    .addresses = many};
    expect_startup(returns(0));
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = numbered(i);
    expect_name(&finding);
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        psock_address local = many[i];
        assert_result(psock_address_set_port(&local, PORT), 0);
        expect_bound(numbered_socket(i), 0, &local);
    }
    for (size_t i = 0; i < COUNT_OF(many); i++)
        expect_listen(numbered_socket(i), 0, returns(0));
    assert_result(serve_name(PSOCK_FOREVER), 0);
    assert_int_equal(listeners.count, PSOCK_LISTENERS_MAX);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        assert_int_equal(handed_over(listeners.sockets[i]), numbered_socket(i));
}

/* One address in two ways of writing. */
static void address_that_comes_twice_is_served_once(void **state)
{
    (void)state;
    psock_address found[2] = {numbered(7), {.length = 0}};
    const struct finding finding = {.result = 2, .addresses = found};
    psock_address local = found[0];
    assert_result(psock_address_parse("[::ffff:192.0.2.7]:0", &found[1]), 0);
    assert_result(psock_address_set_port(&local, PORT), 0);
    expect_startup(returns(0));
    expect_name(&finding);
    expect_bound(FIRST, 0, &local);
    expect_listen(FIRST, 0, returns(0));
    assert_result(serve_name(PSOCK_FOREVER), 0);
    assert_one(FIRST);
}

static void errors_of_the_resolver_are_passed_on(void **state)
{
    (void)state;
    const struct finding nobody = {.result = PSOCK_EAI_NONAME};
    assert_refused(serve_name(PSOCK_NOW), PSOCK_EAGAIN);
    assert_refused(serve("127.1", "80", NULL), PSOCK_EAI_NONAME);
    assert_refused(serve(NULL, "65536", NULL), PSOCK_EAI_SERVICE);
    expect_startup(returns(0));
    expect_name(&nobody);
    assert_refused(serve_name(PSOCK_FOREVER), PSOCK_EAI_NONAME);
}

static void address_is_served_alone(void **state)
{
    (void)state;
    psock_address mapped;
    assert_result(psock_address_parse("[::ffff:127.0.0.1]:80", &mapped), 0);
    expect_startup(returns(0));
    expect_bound(FIRST, 0, &any6[1]);
    expect_listen(FIRST, 0, returns(0));
    assert_result(psock_serve_address(&any6[1], NULL, &listeners), 0);
    assert_one(FIRST);
    expect_bound(FIRST, 0, &loop4);
    expect_listen(FIRST, 0, returns(0));
    assert_result(psock_serve_address(&mapped, NULL, &listeners), 0);
    assert_one(FIRST);
}

static void address_of_another_family_than_wanted_is_refused(void **state)
{
    (void)state;
    static const psock_address nowhere;
    const psock_serve_options ipv4 = {.family = PSOCK_IPV4};
    assert_refused(psock_serve_address(&loop6, &ipv4, &listeners),
                   PSOCK_EAFNOSUPPORT);
    assert_refused(psock_serve_address(&path, &ipv4, &listeners),
                   PSOCK_EAFNOSUPPORT);
    assert_refused(psock_serve_address(&nowhere, NULL, &listeners),
                   PSOCK_EAFNOSUPPORT);
}

static void path_that_is_not_served_after_all_is_taken_away(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_bound(FIRST, 0, &path);
    expect_listen(FIRST, 0, returns(PSOCK_ENOBUFS));
    expect_close(FIRST, returns(0));
    expect_remove_path(&path, returns(0));
    assert_refused(psock_serve_address(&path, NULL, &listeners), PSOCK_ENOBUFS);
    assert_int_equal(psock_error_native(), native_of(PSOCK_ENOBUFS));
}

/* It is another's then, and no other path can be chosen. */
static void path_that_is_in_use_is_left_alone(void **state)
{
    (void)state;
    expect_startup(returns(0));
    expect_opening(PSOCK_UNIX, 0, returns(FIRST));
    expect_binding(FIRST, &path, PSOCK_BIND_FRESH, returns(PSOCK_EADDRINUSE));
    expect_close(FIRST, returns(0));
    assert_refused(psock_serve_address(&path, NULL, &listeners),
                   PSOCK_EADDRINUSE);
}

/* --- Accepting ---------------------------------------------------------------------------------- */

static const psock_listeners one = {{FIRST}, 1};
static const psock_listeners two = {{FIRST, SECOND}, 2};
static psock_address peer;

static psock_t accept_from(const psock_listeners *from, psock_deadline deadline)
{
    return handed_over(psock_serve_accept(from, &peer, deadline));
}

/* Of either: whose turn it is nobody can know. */
static void expect_asking(struct answer answer)
{
    expect_accept(SCRIPT_ANYTHING, &peer, answer);
}

static void connection_of_the_only_listener_costs_one_call(void **state)
{
    (void)state;
    expect_accept(FIRST, &peer, from(&loop6, returns(CONNECTION)));
    assert_result(accept_from(&one, PSOCK_FOREVER), CONNECTION);
    assert_int_equal(psock_address_compare(&peer, &loop6), 0);
    expect_accept(FIRST, NULL, returns(CONNECTION));
    assert_result(handed_over(psock_serve_accept(&one, NULL, PSOCK_NOW)),
                  CONNECTION);
}

static void ipv4_peer_has_an_ipv4_address(void **state)
{
    (void)state;
    psock_address mapped;
    assert_result(psock_address_parse("[::ffff:127.0.0.1]:80", &mapped), 0);
    expect_accept(FIRST, &peer, from(&mapped, returns(CONNECTION)));
    assert_result(accept_from(&one, PSOCK_NOW), CONNECTION);
    assert_int_equal(psock_address_compare(&peer, &loop4), 0);
    expect_asking(from(&mapped, returns(CONNECTION)));
    assert_result(accept_from(&two, PSOCK_NOW), CONNECTION);
    assert_int_equal(psock_address_compare(&peer, &loop4), 0);
}

static void connection_of_any_listener_is_taken_without_a_wait(void **state)
{
    (void)state;
    expect_asking(returns(PSOCK_EAGAIN));
    expect_asking(from(&loop4, returns(CONNECTION)));
    assert_result(accept_from(&two, PSOCK_NOW), CONNECTION);
    expect_asking(from(&loop4, returns(CONNECTION)));
    assert_result(accept_from(&two, PSOCK_FOREVER), CONNECTION);
    assert_int_equal(script_clock_reads(), 0);
}

static void listeners_without_a_connection_would_have_to_wait(void **state)
{
    (void)state;
    expect_asking(returns(PSOCK_EAGAIN));
    expect_asking(returns(PSOCK_EAGAIN));
    assert_result(accept_from(&two, PSOCK_NOW), PSOCK_EAGAIN);
}

static const uint32_t came_first[] = {PSOCK_READABLE, 0};
static const uint32_t came_second[] = {0, PSOCK_READABLE};
static const uint32_t came_both[] = {PSOCK_READABLE, PSOCK_READABLE};

/* The first wait starts the system. */
static void expect_vain_asking(void)
{
    expect_asking(returns(PSOCK_EAGAIN));
    expect_asking(returns(PSOCK_EAGAIN));
    expect_startup(returns(0));
}

static void wait_is_for_all_and_tells_whom_to_ask(void **state)
{
    (void)state;
    expect_vain_asking();
    expect_poll(ANYWHERE, 2, NULL, ms(9), after(ms(2), finds(came_second, 2)));
    expect_accept(SECOND, &peer, from(&loop4, returns(CONNECTION)));
    assert_result(accept_from(&two, in(ms(9))), CONNECTION);
}

/* Another thread was quicker, twice. */
static void connection_that_another_took_is_waited_for_anew(void **state)
{
    (void)state;
    expect_vain_asking();
    expect_poll(ANYWHERE, 2, NULL, ms(9), after(ms(2), finds(came_first, 2)));
    expect_accept(FIRST, &peer, returns(PSOCK_EAGAIN));
    expect_poll(ANYWHERE, 2, NULL, ms(7), after(ms(3), finds(came_both, 2)));
    expect_asking(returns(PSOCK_EAGAIN));
    expect_asking(returns(PSOCK_EAGAIN));
    expect_poll(ANYWHERE, 2, NULL, ms(4), after(ms(4), returns(0)));
    expect_poll(ANYWHERE, 2, NULL, 0, returns(0));
    assert_result(accept_from(&two, in(ms(9))), PSOCK_ETIMEDOUT);
}

static void connections_that_others_take_do_not_keep_it_waiting(void **state)
{
    (void)state;
    expect_vain_asking();
    expect_poll(ANYWHERE, 2, NULL, ms(9), after(ms(9), finds(came_first, 2)));
    expect_accept(FIRST, &peer, returns(PSOCK_EAGAIN));
    assert_result(accept_from(&two, in(ms(9))), PSOCK_ETIMEDOUT);
    (void)psock_cancel_with(&waker);
    expect_asking(returns(PSOCK_EAGAIN));
    expect_asking(returns(PSOCK_EAGAIN));
    expect_poll(ANYWHERE, 2, &waker, -1, finds(came_first, 2));
    expect_accept(FIRST, &peer, returns(PSOCK_EAGAIN));
    expect_poll(NULL, 0, &waker, 0, returns(PSOCK_ECANCELED));
    assert_result(accept_from(&two, PSOCK_FOREVER), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

static void waiting_for_any_listener_is_canceled(void **state)
{
    (void)state;
    (void)psock_cancel_with(&waker);
    expect_vain_asking();
    expect_poll(ANYWHERE, 2, &waker, -1, returns(PSOCK_ECANCELED));
    assert_result(accept_from(&two, PSOCK_FOREVER), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
}

static void error_of_one_listener_is_the_result(void **state)
{
    (void)state;
    static const int errors[] = {PSOCK_EINVAL, PSOCK_EBADF, PSOCK_EMFILE};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        expect_asking(returns(PSOCK_EAGAIN));
        expect_asking(returns(errors[i]));
        assert_result(accept_from(&two, PSOCK_FOREVER), errors[i]);
    }
    expect_vain_asking();
    expect_poll(ANYWHERE, 2, NULL, -1, finds(came_second, 2));
    expect_accept(SECOND, &peer, returns(PSOCK_EINVAL));
    assert_result(accept_from(&two, PSOCK_FOREVER), PSOCK_EINVAL);
}

static void peer_of_no_connection_is_left_alone(void **state)
{
    (void)state;
    peer = loop6;
    expect_asking(returns(PSOCK_EAGAIN));
    expect_asking(returns(PSOCK_EMFILE));
    assert_result(accept_from(&two, PSOCK_NOW), PSOCK_EMFILE);
    assert_memory_equal(&peer, &loop6, sizeof peer);
}

static void none_or_too_many_listeners_are_refused_without_a_call(void **state)
{
    (void)state;
    const psock_listeners none = {.count = 0};
    const psock_listeners many = {.count = PSOCK_LISTENERS_MAX + 1};
    assert_result(psock_serve_accept(&none, NULL, PSOCK_NOW), PSOCK_EINVAL);
    assert_result(psock_serve_accept(&many, NULL, PSOCK_NOW), PSOCK_EINVAL);
    assert_result(psock_serve_accept(NULL, NULL, PSOCK_NOW), PSOCK_EFAULT);
}

/* --- Port and end -------------------------------------------------------------------------------- */

static void port_is_that_of_the_first(void **state)
{
    (void)state;
    const psock_listeners none = {.count = 0};
    expect_local(FIRST, from(&loop6, returns(0)));
    assert_result(psock_serve_port(&two), PORT);
    expect_local(FIRST, from(&path, returns(0)));
    assert_result(psock_serve_port(&one), 0);
    expect_local(FIRST, returns(PSOCK_EBADF));
    assert_result(psock_serve_port(&one), PSOCK_EBADF);
    assert_result(psock_serve_port(&none), 0);
    assert_result(psock_serve_port(NULL), PSOCK_EFAULT);
}

static void closing_closes_all_and_tells_the_first_error(void **state)
{
    (void)state;
    listeners = (psock_listeners){{FIRST, SECOND, 14, 16}, 4};
    expect_close(FIRST, returns(0));
    expect_close(SECOND, returns(PSOCK_EIO));
    expect_close(14, returns(PSOCK_EBADF));
    expect_close(16, returns(0));
    assert_result(psock_serve_close(&listeners), PSOCK_EIO);
    assert_int_equal(listeners.count, 0);
    assert_result(psock_serve_close(&listeners), 0);
    assert_result(psock_serve_close(NULL), PSOCK_EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_service(one_socket_serves_both_families_where_it_can),
        test_service(two_sockets_serve_where_none_can_be_for_both),
        test_service(two_sockets_serve_where_one_would_not_keep_both),
        test_service(machine_without_ipv6_serves_ipv4),
        test_service(machine_without_an_ipv6_address_serves_ipv4),
        test_service(machine_without_ipv4_serves_ipv6),
        test_service(machine_without_any_family_says_so_of_the_first),
        test_service(port_in_use_is_no_lack),
        test_service(one_family_is_served_when_it_is_asked_for),
        test_service(port_of_the_first_is_that_of_all),
        test_service(port_that_is_taken_elsewhere_is_chosen_anew),
        test_service(ports_are_not_chosen_for_ever),
        test_service(port_that_was_asked_for_is_tried_once),
        test_service(failure_at_any_step_leaves_nothing_open),
        test_service(mode_and_backlog_are_passed_on),
        test_service(options_out_of_range_are_refused_without_a_call),
        test_service(each_socket_is_prepared_before_it_is_bound),
        test_service(what_preparing_says_is_the_error),
        test_service(host_of_this_machine_is_served_on_each_of_its_addresses),
        test_service(addresses_that_are_lacking_are_passed_over),
        test_service(failure_after_what_was_passed_over_is_the_error),
        test_service(name_of_too_many_addresses_opens_nothing),
        test_service(name_of_as_many_addresses_as_there_may_be_has_all),
        test_service(address_that_comes_twice_is_served_once),
        test_service(errors_of_the_resolver_are_passed_on),
        test_service(address_is_served_alone),
        test_service(address_of_another_family_than_wanted_is_refused),
        test_service(path_that_is_not_served_after_all_is_taken_away),
        test_service(path_that_is_in_use_is_left_alone),
        test_service(connection_of_the_only_listener_costs_one_call),
        test_service(ipv4_peer_has_an_ipv4_address),
        test_service(connection_of_any_listener_is_taken_without_a_wait),
        test_service(listeners_without_a_connection_would_have_to_wait),
        test_service(wait_is_for_all_and_tells_whom_to_ask),
        test_service(connection_that_another_took_is_waited_for_anew),
        test_service(connections_that_others_take_do_not_keep_it_waiting),
        test_service(waiting_for_any_listener_is_canceled),
        test_service(error_of_one_listener_is_the_result),
        test_service(peer_of_no_connection_is_left_alone),
        test_service(none_or_too_many_listeners_are_refused_without_a_call),
        test_service(port_is_that_of_the_first),
        test_service(closing_closes_all_and_tells_the_first_error),
    };
    return cmocka_run_group_tests_name("fake.serve", tests, set_the_stage,
                                       NULL);
}
