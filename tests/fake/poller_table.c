/* The tables behind a poller: their parts, the memory for them, and generations.
 *
 * The generations of descriptors stay as long as the program does.  So each test
 * that needs a part which is not there yet has one of its own. */
#include "stage.h"

#include "interest.h"

enum {
    PARTS_WITH_ENTRIES = 6, /* parts 0 to 5: entries in each of them */
    PART_WITHOUT_MEMORY = 6,
    PART_OF_A_WAKER_WITHOUT_MEMORY = 7,
    PART_OF_A_RACE = 8,
    PART_NEVER_ENTERED = 9, /* and all behind it */
    SOCKET = 8
};

static struct psock_sys_poller other_system;
static int token;
static int marks[2 * PARTS_WITH_ENTRIES];

/* --- Which part has which index --------------------------------------------- */

static size_t first_index(unsigned part)
{
    return PSOCK_TABLE_FIRST_PART * (((size_t)1 << part) - 1);
}

static size_t last_index(unsigned part)
{
    return first_index(part + 1) - 1;
}

static void check_place(size_t index, unsigned part, size_t place)
{
    assert_int_equal(psock_table_part(&index), part);
    assert_int_equal(index, place);
}

static void each_part_is_twice_the_one_before(void **state)
{
    (void)state;
    check_place(0, 0, 0);
    check_place(1, 0, 1);
    check_place(255, 0, 255);
    check_place(256, 1, 0);
    check_place(767, 1, 511);
    check_place(768, 2, 0);
    check_place(1791, 2, 1023);
    check_place(1792, 3, 0);
    for (unsigned part = 0; part < PSOCK_TABLE_PARTS; part++) {
        const size_t size = (size_t)PSOCK_TABLE_FIRST_PART << part;
        check_place(first_index(part), part, 0);
        check_place(first_index(part) + size / 2, part, size / 2);
        check_place(last_index(part), part, size - 1);
    }
    check_place(first_index(PSOCK_TABLE_PARTS), PSOCK_TABLE_PARTS, 0);
}

static void every_descriptor_has_a_place_or_none(void **state)
{
    (void)state;
    size_t index = INT32_MAX;
    assert_int_equal(psock_table_part(&index), 23);
    index = INTPTR_MAX;
    assert_true(psock_table_part(&index) >= PSOCK_TABLE_PARTS);
}

/* --- Entries at the borders -------------------------------------------------- */

static psock_t border(size_t i)
{
    const unsigned part = (unsigned)(i / 2);
    return fake_descriptor_of(i % 2 == 0 ? first_index(part)
                                         : last_index(part));
}

/* Each has something else that it wants, and another mark. */
static uint32_t border_wants(size_t i)
{
    static const uint32_t choices[] = {PSOCK_READABLE, PSOCK_WRITABLE,
                                       PSOCK_URGENT};
    return choices[i % COUNT_OF(choices)];
}

static void add_border(size_t i)
{
    expect_checking(border(i), returns(0));
    expect_poller_add(&system_poller, border(i), border_wants(i), &token,
                      gives(&marks[i], returns(0)));
    assert_result(psock_poller_add(poller, border(i), border_wants(i), &token),
                  0);
}

static void remove_border(size_t i)
{
    expect_poller_remove(&system_poller, border(i), &marks[i], returns(0));
    assert_result(psock_poller_remove(poller, border(i)), 0);
}

static void entries_at_the_borders_are_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        add_border(i);
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        assert_result(psock_poller_modify(poller, border(i), border_wants(i)),
                      0);
        expect_checking(border(i), returns(0));
        assert_result(psock_poller_add(poller, border(i), 0, NULL),
                      PSOCK_EEXIST);
    }
    for (size_t i = 0; i < COUNT_OF(marks); i += 2)
        remove_border(i);
    for (size_t i = 1; i < COUNT_OF(marks); i += 2)
        remove_border(i);
}

static void closing_at_a_border_is_closing_of_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        add_border(i);
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        expect_close(border(i), returns(0));
        assert_result(psock_close(border(i)), 0);
        expect_checking(border(i), returns(PSOCK_EBADF));
        assert_result(psock_poller_remove(poller, border(i)), PSOCK_EBADF);
        for (size_t other = i + 1; other < COUNT_OF(marks); other++)
            assert_result(
                psock_poller_modify(poller, border(other), border_wants(other)),
                0);
    }
}

/* Closing what was never near a poller finds no part, and needs none. */
static void closing_elsewhere_makes_no_part(void **state)
{
    (void)state;
    const psock_t sockets[] = {
        fake_descriptor_of(first_index(PART_NEVER_ENTERED)),
        fake_descriptor_of(last_index(PSOCK_TABLE_PARTS - 1)),
        fake_descriptor_of(first_index(PSOCK_TABLE_PARTS)),
        fake_descriptor_of(SIZE_MAX >> 2),
    };
    add_border(0);
    const int before = fake_allocations();
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        expect_close(sockets[i], returns(0));
        assert_result(psock_close(sockets[i]), 0);
    }
    assert_int_equal(fake_allocations(), before);
}

/* --- Memory --------------------------------------------------------------- */

static void parts_are_made_once(void **state)
{
    (void)state;
    add_border(2);
    const int before = fake_allocations();
    add_border(3);
    remove_border(2);
    remove_border(3);
    add_border(2);
    assert_int_equal(fake_allocations(), before);
}

/* The sizes of the parts that are too large to have here. */
static void parts_are_as_large_as_their_indices_ask_for(void **state)
{
    (void)state;
    for (unsigned part = PART_NEVER_ENTERED; part < PSOCK_TABLE_PARTS; part++) {
        const psock_t s = fake_descriptor_of(last_index(part));
        expect_checking(s, returns(0));
        fake_fail_allocation(0);
        assert_result(psock_poller_add(poller, s, PSOCK_READABLE, NULL),
                      PSOCK_ENOMEM);
        assert_int_equal(fake_last_allocation(),
                         (size_t)PSOCK_TABLE_FIRST_PART << part);
    }
}

static void descriptor_behind_the_last_part_has_no_room(void **state)
{
    (void)state;
    const psock_t s = fake_descriptor_of(first_index(PSOCK_TABLE_PARTS));
    const int before = fake_allocations();
    expect_checking(s, returns(0));
    assert_result(psock_poller_add(poller, s, PSOCK_READABLE, NULL),
                  PSOCK_ENOMEM);
    expect_checking(s, returns(0));
    assert_result(psock_poller_modify(poller, s, PSOCK_READABLE), PSOCK_ENOENT);
    expect_checking(s, returns(0));
    assert_result(psock_poller_remove(poller, s), PSOCK_ENOENT);
    struct psock_waker waker = {s};
    assert_result(psock_poller_add_waker(poller, &waker, NULL), PSOCK_ENOMEM);
    assert_result(psock_poller_remove_waker(poller, &waker), PSOCK_ENOENT);
    assert_int_equal(fake_allocations(), before);
}

static void looking_for_what_was_never_added_makes_no_part(void **state)
{
    (void)state;
    const psock_t s = fake_descriptor_of(first_index(PART_NEVER_ENTERED));
    struct psock_waker waker = {s};
    const int before = fake_allocations();
    expect_checking(s, returns(0));
    assert_result(psock_poller_modify(poller, s, PSOCK_READABLE), PSOCK_ENOENT);
    expect_checking(s, returns(0));
    assert_result(psock_poller_remove(poller, s), PSOCK_ENOENT);
    assert_result(psock_poller_remove_waker(poller, &waker), PSOCK_ENOENT);
    assert_int_equal(fake_allocations(), before);
}

/* There is one allocation for the generations, and one for the entries. */
static void adding_fails_with_any_of_its_allocations(void **state)
{
    (void)state;
    const psock_t s = fake_descriptor_of(first_index(PART_WITHOUT_MEMORY));
    for (int i = 0; i < 2; i++) {
        fake_fail_allocation(i);
        expect_checking(s, returns(0));
        assert_result(psock_poller_add(poller, s, PSOCK_READABLE, NULL),
                      PSOCK_ENOMEM);
        expect_checking(s, returns(0));
        assert_result(psock_poller_remove(poller, s), PSOCK_ENOENT);
    }
    expect_checking(s, returns(0));
    expect_poller_add(&system_poller, s, PSOCK_READABLE, NULL, returns(0));
    assert_result(psock_poller_add(poller, s, PSOCK_READABLE, NULL), 0);
}

static void adding_a_waker_fails_with_any_of_its_allocations(void **state)
{
    (void)state;
    struct psock_waker waker = {
        fake_descriptor_of(first_index(PART_OF_A_WAKER_WITHOUT_MEMORY))};
    for (int i = 0; i < 2; i++) {
        fake_fail_allocation(i);
        assert_result(psock_poller_add_waker(poller, &waker, NULL),
                      PSOCK_ENOMEM);
        assert_result(psock_poller_remove_waker(poller, &waker), PSOCK_ENOENT);
    }
    expect_poller_add_waker(&system_poller, &waker, NULL, returns(0));
    assert_result(psock_poller_add_waker(poller, &waker, NULL), 0);
}

/* --- Two threads that make the same part ------------------------------------- */

static psock_t racer(size_t i)
{
    return fake_descriptor_of(first_index(PART_OF_A_RACE) + i);
}

static psock_poller *raced_in;

/* What the faster one does while the other has just asked for memory. */
static void overtake(void)
{
    assert_result(psock_poller_add(raced_in, racer(1), PSOCK_WRITABLE, NULL),
                  0);
}

/* Adds two sockets to `in`, the second in the middle of adding the first, and
 * returns how many allocations that took. */
static int race(psock_poller *in, const struct psock_sys_poller *system)
{
    const int before = fake_allocations();
    raced_in = in;
    expect_checking(racer(0), returns(0));
    expect_checking(racer(1), returns(0));
    expect_poller_add(system, racer(1), PSOCK_WRITABLE, NULL,
                      gives(&marks[1], returns(0)));
    expect_poller_add(system, racer(0), PSOCK_READABLE, NULL,
                      gives(&marks[0], returns(0)));
    fake_while_allocating(overtake);
    assert_result(psock_poller_add(in, racer(0), PSOCK_READABLE, NULL), 0);
    return fake_allocations() - before;
}

static void finish_race(psock_poller *in, const struct psock_sys_poller *system)
{
    assert_result(psock_poller_modify(in, racer(0), PSOCK_READABLE), 0);
    assert_result(psock_poller_modify(in, racer(1), PSOCK_WRITABLE), 0);
    for (size_t i = 0; i < 2; i++) {
        expect_poller_remove(system, racer(i), &marks[i], returns(0));
        assert_result(psock_poller_remove(in, racer(i)), 0);
    }
}

/* In the second poller the generations are there already. */
static void part_that_another_thread_has_made_is_taken(void **state)
{
    (void)state;
    psock_poller *other = open_on(&other_system);
    assert_int_equal(race(poller, &system_poller), 3);
    finish_race(poller, &system_poller);
    assert_int_equal(race(other, &other_system), 2);
    finish_race(other, &other_system);
    close_on(other, &other_system);
}

/* --- Generations ---------------------------------------------------------- */

static void add_socket(void)
{
    expect_checking(SOCKET, returns(0));
    expect_poller_add(&system_poller, SOCKET, PSOCK_READABLE, &token,
                      gives(&marks[0], returns(0)));
    assert_result(psock_poller_add(poller, SOCKET, PSOCK_READABLE, &token), 0);
}

static void close_socket(void)
{
    expect_close(SOCKET, returns(0));
    assert_result(psock_close(SOCKET), 0);
}

static void assert_added_once(void)
{
    add_socket();
    expect_checking(SOCKET, returns(0));
    assert_result(psock_poller_add(poller, SOCKET, 0, NULL), PSOCK_EEXIST);
    assert_result(psock_poller_modify(poller, SOCKET, PSOCK_READABLE), 0);
}

static void generation_of_what_was_never_near_a_poller_is_zero(void **state)
{
    (void)state;
    const psock_t s = fake_descriptor_of(first_index(PART_NEVER_ENTERED + 1));
    assert_int_equal(psock_generation(s), 0);
    psock_descriptor_closes(s);
    assert_int_equal(psock_generation(s), 0);
}

static void every_closing_is_another_generation(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        assert_added_once();
        for (int closings = 0; closings <= i % 3; closings++)
            close_socket();
    }
}

/* An entry has room for so many of them. */
#define GENERATIONS (UINT32_C(1) << (32 - PSOCK_GENERATION_SHIFT))

static void let_generations_pass(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        psock_descriptor_closes(SOCKET);
    fake_leave_pollers(SOCKET);
}

static void generations_that_run_over_begin_anew(void **state)
{
    (void)state;
    add_socket();
    close_socket();
    let_generations_pass(GENERATIONS - 1 -
                         psock_generation(SOCKET) % GENERATIONS);
    for (int i = 0; i < 3; i++) {
        assert_added_once();
        close_socket();
    }
    assert_int_equal(psock_generation(SOCKET) % GENERATIONS, 2);
}

static void entry_is_not_taken_for_any_of_the_next_four_million(void **state)
{
    (void)state;
    static const uint32_t closings[] = {1,        2,        1u << 10,
                                        1u << 16, 1u << 21, GENERATIONS - 1};
    for (size_t i = 0; i < COUNT_OF(closings); i++) {
        add_socket();
        let_generations_pass(closings[i]);
        assert_added_once();
        close_socket();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(each_part_is_twice_the_one_before),
        test(every_descriptor_has_a_place_or_none),
        test_open(entries_at_the_borders_are_apart),
        test_open(closing_at_a_border_is_closing_of_one),
        test_open(closing_elsewhere_makes_no_part),
        test_open(parts_are_made_once),
        test_open(parts_are_as_large_as_their_indices_ask_for),
        test_open(descriptor_behind_the_last_part_has_no_room),
        test_open(looking_for_what_was_never_added_makes_no_part),
        test_open(adding_fails_with_any_of_its_allocations),
        test_open(adding_a_waker_fails_with_any_of_its_allocations),
        test_open(part_that_another_thread_has_made_is_taken),
        test_open(generation_of_what_was_never_near_a_poller_is_zero),
        test_open(every_closing_is_another_generation),
        test_open(generations_that_run_over_begin_anew),
        test_open(entry_is_not_taken_for_any_of_the_next_four_million),
    };
    return cmocka_run_group_tests_name("fake.poller_table", tests, NULL, NULL);
}
