/* queue.c: the lists of <sys/queue.h>. */
#include "fixture.h"

#include <sys/queue.h>

struct item {
    int number;
    SLIST_ENTRY(item) singles;
    LIST_ENTRY(item) doubles;
    STAILQ_ENTRY(item) line;
    TAILQ_ENTRY(item) both_ways;
};

SLIST_HEAD(singles, item);
LIST_HEAD(doubles, item);
STAILQ_HEAD(line, item);
TAILQ_HEAD(both_ways, item);

static struct item items[4] = {
    {.number = 1}, {.number = 2}, {.number = 3}, {.number = 4}};

static void slist_is_a_stack(void **state)
{
    (void)state;
    struct singles head = SLIST_HEAD_INITIALIZER(head);
    struct item *item;
    int number = 0;
    assert_true(SLIST_EMPTY(&head));
    SLIST_INSERT_HEAD(&head, &items[0], singles);
    SLIST_INSERT_HEAD(&head, &items[1], singles);
    SLIST_INSERT_AFTER(&items[1], &items[2], singles);
    SLIST_FOREACH(item, &head, singles)
    {
        number = number * 10 + item->number;
    }
    assert_int_equal(number, 231);
    SLIST_REMOVE(&head, &items[2], item, singles);
    SLIST_REMOVE_HEAD(&head, singles);
    assert_ptr_equal(SLIST_FIRST(&head), &items[0]);
    assert_null(SLIST_NEXT(&items[0], singles));
}

static void list_lets_go_of_an_item_by_itself(void **state)
{
    (void)state;
    struct doubles head;
    struct item *item;
    int number = 0;
    LIST_INIT(&head);
    LIST_INSERT_HEAD(&head, &items[0], doubles);
    LIST_INSERT_AFTER(&items[0], &items[1], doubles);
    LIST_INSERT_BEFORE(&items[1], &items[2], doubles);
    LIST_REMOVE(&items[0], doubles);
    LIST_FOREACH(item, &head, doubles)
    {
        number = number * 10 + item->number;
    }
    assert_int_equal(number, 32);
    assert_ptr_equal(LIST_FIRST(&head), &items[2]);
}

static void stailq_keeps_the_order(void **state)
{
    (void)state;
    struct line head = STAILQ_HEAD_INITIALIZER(head);
    struct item *item;
    int number = 0;
    STAILQ_INSERT_TAIL(&head, &items[1], line);
    STAILQ_INSERT_TAIL(&head, &items[2], line);
    STAILQ_INSERT_HEAD(&head, &items[0], line);
    STAILQ_INSERT_AFTER(&head, &items[2], &items[3], line);
    STAILQ_FOREACH(item, &head, line)
    {
        number = number * 10 + item->number;
    }
    assert_int_equal(number, 1234);
    STAILQ_REMOVE(&head, &items[3], item, line);
    STAILQ_REMOVE_HEAD(&head, line);
    STAILQ_INSERT_TAIL(&head, &items[0], line);
    number = 0;
    STAILQ_FOREACH(item, &head, line)
    {
        number = number * 10 + item->number;
    }
    assert_int_equal(number, 231);
}

static int forwards_of(struct both_ways *head)
{
    struct item *item;
    int number = 0;
    TAILQ_FOREACH(item, head, both_ways)
    {
        number = number * 10 + item->number;
    }
    return number;
}

static void tailq_goes_both_ways(void **state)
{
    (void)state;
    struct both_ways head = TAILQ_HEAD_INITIALIZER(head);
    struct item *item;
    int number = 0;
    TAILQ_INSERT_TAIL(&head, &items[1], both_ways);
    TAILQ_INSERT_HEAD(&head, &items[0], both_ways);
    TAILQ_INSERT_AFTER(&head, &items[1], &items[3], both_ways);
    TAILQ_INSERT_BEFORE(&items[3], &items[2], both_ways);
    assert_int_equal(forwards_of(&head), 1234);
    TAILQ_FOREACH_REVERSE(item, &head, both_ways, both_ways)
    {
        number = number * 10 + item->number;
    }
    assert_int_equal(number, 4321);
    assert_ptr_equal(TAILQ_LAST(&head, both_ways), &items[3]);
    assert_ptr_equal(TAILQ_PREV(&items[3], both_ways, both_ways), &items[2]);
    TAILQ_REMOVE(&head, &items[3], both_ways);
    TAILQ_REMOVE(&head, &items[0], both_ways);
    assert_int_equal(forwards_of(&head), 23);
}

static void tailq_concat_takes_all(void **state)
{
    (void)state;
    struct both_ways first = TAILQ_HEAD_INITIALIZER(first);
    struct both_ways second = TAILQ_HEAD_INITIALIZER(second);
    TAILQ_INSERT_TAIL(&first, &items[0], both_ways);
    TAILQ_INSERT_TAIL(&second, &items[1], both_ways);
    TAILQ_CONCAT(&first, &second, both_ways);
    assert_true(TAILQ_EMPTY(&second));
    assert_int_equal(forwards_of(&first), 12);
    TAILQ_INSERT_TAIL(&first, &items[2], both_ways);
    assert_int_equal(forwards_of(&first), 123);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(slist_is_a_stack),       claim(list_lets_go_of_an_item_by_itself),
        claim(stailq_keeps_the_order), claim(tailq_goes_both_ways),
        claim(tailq_concat_takes_all),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
