/* sys_fake_interface.c: what src/posix/sys_interface.c has, from the script.
 *
 * What is read is a copy, whose names end when it is freed. */
#include "sys_fake.h"

#include <stdlib.h>
#include <string.h>

/* --- The books ------------------------------------------------------------ */

static int lists;
static int watches;

void fake_begin_interfaces(void)
{
    lists = 0;
    watches = 0;
}

const char *fake_leaked_interfaces(void)
{
    if (watches != 0)
        return "a watch was opened, and not closed";
    return lists == 0 ? NULL : "interfaces were read, and not freed";
}

/* --- Reading -------------------------------------------------------------- */

/* Names are long enough for those that are no alias. */
#define NAME_SIZE 1024

struct copy {
    char name[NAME_SIZE];
    char alias[NAME_SIZE];
    _Bool has_alias;
};

struct psock_sys_interfaces {
    const struct fake_interfaces *script;
    struct copy *copies;
};

static struct call read_call(void)
{
    return (struct call){.name = "interfaces_read"};
}

void expect_interfaces_read(struct answer answer)
{
    fake_expect(read_call(), answer);
}

static void copy_text(const char *text, char *to)
{
    fake_require(strlen(text) < NAME_SIZE);
    memcpy(to, text, strlen(text) + 1);
}

static void copy_names(const psock_interface *from, struct copy *to)
{
    copy_text(from->name, to->name);
    to->has_alias = from->alias != NULL;
    if (to->has_alias)
        copy_text(from->alias, to->alias);
}

static struct psock_sys_interfaces *
copy_of(const struct fake_interfaces *script)
{
    struct psock_sys_interfaces *made = calloc(1, sizeof *made);
    made->script = script;
    made->copies = calloc(script->count + 1, sizeof *made->copies);
    for (size_t i = 0; i < script->count; i++)
        copy_names(&script->interfaces[i], &made->copies[i]);
    return made;
}

int psock_sys_interfaces_read(struct psock_sys_interfaces **interfaces)
{
    fake_require(interfaces != NULL);
    struct answer answer = fake_answer(read_call());
    if (answer.result == 0) {
        *interfaces = copy_of(answer.structure);
        lists++;
    }
    return (int)answer.result;
}

/* Whoever looks at the names later sees that they are gone. */
void psock_sys_interfaces_free(struct psock_sys_interfaces *interfaces)
{
    const size_t count = interfaces->script->count;
    lists--;
    fake_require(lists >= 0);
    memset(interfaces->copies, '#', count * sizeof *interfaces->copies);
    free(interfaces->copies);
    free(interfaces);
}

_Bool psock_sys_interface_at(const struct psock_sys_interfaces *interfaces,
                             size_t i, psock_interface *interface_found)
{
    fake_require(lists > 0);
    if (i >= interfaces->script->count)
        return 0;
    const struct copy *copy = &interfaces->copies[i];
    *interface_found = interfaces->script->interfaces[i];
    interface_found->name = copy->name;
    interface_found->alias = copy->has_alias ? copy->alias : NULL;
    return 1;
}

_Bool psock_sys_interface_address_at(
    const struct psock_sys_interfaces *interfaces, size_t i, uint32_t *index,
    psock_interface_address *address)
{
    fake_require(lists > 0);
    if (i >= interfaces->script->address_count)
        return 0;
    *index = interfaces->script->addresses[i].index;
    *address = interfaces->script->addresses[i].address;
    return 1;
}

/* --- Watching ------------------------------------------------------------- */

static struct call open_call(const psock_waker *waker)
{
    return FAKE_CALL("watch_open", fake_place(waker));
}

static struct call close_call(const psock_interface_watch *watch)
{
    return FAKE_CALL("watch_close", fake_place(watch));
}

void expect_watch_open(const psock_waker *waker, struct answer answer)
{
    fake_expect(open_call(waker), answer);
}

void expect_watch_close(const psock_interface_watch *watch,
                        struct answer answer)
{
    fake_expect(close_call(watch), answer);
}

int psock_sys_watch_open(psock_waker *waker, psock_interface_watch **watch)
{
    fake_require(waker != NULL && watch != NULL);
    struct answer answer = fake_answer(open_call(waker));
    if (answer.result == 0) {
        *watch = answer.object;
        watches++;
    }
    return (int)answer.result;
}

void psock_sys_watch_close(psock_interface_watch *watch)
{
    watches--;
    fake_require(watches >= 0);
    fake_answer(close_call(watch));
}
