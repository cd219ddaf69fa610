/* sys_fake_poller.c: what sys_poll.c and sys_poller.c of the other twins have,
 * from the script.  What is in which poller is kept beside it, since sys.h
 * promises the twins that nothing is put in twice, or changed without being
 * there. */
#include "sys_fake.h"

#include "net.h"

#include <limits.h>
#include <string.h>

#define WANTED_BITS                                                            \
    (PSOCK_READABLE | PSOCK_URGENT | PSOCK_WRITABLE | PSOCK_READ_ENDED)

/* --- poll ----------------------------------------------------------------- */

static struct call poll_call(const psock_pollable *entries, size_t count,
                             const psock_waker *canceler, int64_t timeout_ns)
{
    return FAKE_CALL("poll", fake_place(entries), (int64_t)count,
                     fake_place(canceler), timeout_ns);
}

void expect_poll(const psock_pollable *entries, size_t count,
                 const psock_waker *canceler, int64_t timeout_ns,
                 struct answer answer)
{
    fake_expect(poll_call(entries, count, canceler, timeout_ns), answer);
}

static void require_entries(const psock_pollable *entries, size_t count)
{
    fake_require(count <= INT_MAX);
    fake_require(entries != NULL || count == 0);
    for (size_t i = 0; i < count; i++) {
        fake_require((entries[i].wanted & ~(uint32_t)WANTED_BITS) == 0);
        fake_require(entries[i].waker == NULL || entries[i].socket < 0);
    }
}

int psock_sys_poll(psock_pollable *entries, size_t count, psock_waker *canceler,
                   int64_t timeout_ns)
{
    require_entries(entries, count);
    if (net_is_there())
        return net_poll(entries, count, canceler, timeout_ns);
    struct answer answer =
        fake_answer(poll_call(entries, count, canceler, timeout_ns));
    fake_require(answer.result <= 0 || answer.came_count == count);
    for (size_t i = 0; i < count && answer.result > 0; i++)
        entries[i].came = answer.came[i];
    return (int)answer.result;
}

/* --- What is in which poller ---------------------------------------------- */

enum {
    MEMBERS_MAX = 64
};

static struct member {
    const struct psock_sys_poller *poller;
    psock_t s;
    const void *mark;
} members[MEMBERS_MAX];

static size_t member_count;
static int open_pollers;

void fake_begin_pollers(void)
{
    member_count = 0;
    open_pollers = 0;
}

const char *fake_leaked_poller(void)
{
    return open_pollers == 0 ? NULL : "a poller was opened, and not closed";
}

static struct member *find_member(const struct psock_sys_poller *poller,
                                  psock_t s)
{
    for (size_t i = 0; i < member_count; i++)
        if (members[i].poller == poller && members[i].s == s)
            return &members[i];
    return NULL;
}

static void enter(const struct psock_sys_poller *poller, psock_t s,
                  const void *mark)
{
    fake_require(member_count < MEMBERS_MAX);
    members[member_count++] = (struct member){poller, s, mark};
}

static void leave(struct member *member)
{
    *member = members[--member_count];
}

/* What closing a descriptor does. */
void fake_leave_pollers(psock_t s)
{
    for (size_t i = member_count; i-- > 0;)
        if (members[i].s == s)
            leave(&members[i]);
}

static void leave_all(const struct psock_sys_poller *poller)
{
    for (size_t i = member_count; i-- > 0;)
        if (members[i].poller == poller)
            leave(&members[i]);
}

/* --- open, close ---------------------------------------------------------- */

static struct call open_call(void)
{
    return (struct call){.name = "poller_open"};
}

static struct call close_call(const struct psock_sys_poller *poller)
{
    return FAKE_CALL("poller_close", fake_place(poller));
}

void expect_poller_open(struct answer answer)
{
    fake_expect(open_call(), answer);
}

void expect_poller_close(const struct psock_sys_poller *poller,
                         struct answer answer)
{
    fake_expect(close_call(poller), answer);
}

int psock_sys_poller_open(struct psock_sys_poller **poller)
{
    fake_require(poller != NULL);
    fake_require_started();
    struct answer answer = fake_answer(open_call());
    if (answer.result == 0) {
        *poller = answer.object;
        **poller = (struct psock_sys_poller){.waits = 0};
        open_pollers++;
    }
    return (int)answer.result;
}

void psock_sys_poller_close(struct psock_sys_poller *poller)
{
    fake_require(poller->waits == 0);
    open_pollers--;
    fake_require(open_pollers >= 0);
    leave_all(poller);
    fake_answer(close_call(poller));
}

/* --- add, modify, remove -------------------------------------------------- */

static struct call add_call(const struct psock_sys_poller *poller, psock_t s,
                            uint32_t wanted, const void *token)
{
    return FAKE_CALL("poller_add", fake_place(poller), s, wanted,
                     fake_place(token));
}

static struct call modify_call(const struct psock_sys_poller *poller, psock_t s,
                               uint32_t wanted, const void *mark)
{
    return FAKE_CALL("poller_modify", fake_place(poller), s, wanted,
                     fake_place(mark));
}

static struct call remove_call(const struct psock_sys_poller *poller, psock_t s,
                               const void *mark)
{
    return FAKE_CALL("poller_remove", fake_place(poller), s, fake_place(mark));
}

void expect_poller_add(const struct psock_sys_poller *poller, psock_t s,
                       uint32_t wanted, const void *token, struct answer answer)
{
    fake_expect(add_call(poller, s, wanted, token), answer);
}

void expect_poller_modify(const struct psock_sys_poller *poller, psock_t s,
                          uint32_t wanted, const void *mark,
                          struct answer answer)
{
    fake_expect(modify_call(poller, s, wanted, mark), answer);
}

void expect_poller_remove(const struct psock_sys_poller *poller, psock_t s,
                          const void *mark, struct answer answer)
{
    fake_expect(remove_call(poller, s, mark), answer);
}

static void require_wanted(uint32_t wanted)
{
    fake_require((wanted & ~(WANTED_BITS | PSOCK_ONE_SHOT)) == 0);
}

/* Whatever is put in, a socket or a waker. */
static int add_by(struct call call, const struct psock_sys_poller *poller,
                  psock_t s, void **mark)
{
    fake_require(find_member(poller, s) == NULL);
    struct answer answer = fake_answer(call);
    if (answer.result == 0) {
        *mark = answer.object;
        enter(poller, s, answer.object);
    }
    return (int)answer.result;
}

static void require_member(const struct psock_sys_poller *poller, psock_t s,
                           const void *mark)
{
    const struct member *member = find_member(poller, s);
    fake_require(member != NULL);
    fake_require(member->mark == mark);
}

/* Whether the system says that it has lost the member. */
static _Bool is_lost(intptr_t result)
{
    return result == PSOCK_ENOENT || result == PSOCK_EBADF;
}

/* The system itself can have lost what is in it, when that was closed behind
 * psock's back. */
static int remove_by(struct call call, const struct psock_sys_poller *poller,
                     psock_t s, const void *mark)
{
    require_member(poller, s, mark);
    struct answer answer = fake_answer(call);
    if (answer.result == 0 || is_lost(answer.result))
        leave(find_member(poller, s));
    return (int)answer.result;
}

int psock_sys_poller_add(struct psock_sys_poller *poller, psock_t s,
                         uint32_t wanted, void *token, void **mark)
{
    require_wanted(wanted);
    if (fake_is_crowded()) {
        fake_crowd_change(s, FAKE_CROWD_ADD);
        *mark = token;
        return 0;
    }
    return add_by(add_call(poller, s, wanted, token), poller, s, mark);
}

int psock_sys_poller_modify(struct psock_sys_poller *poller, psock_t s,
                            uint32_t wanted, void *mark)
{
    require_wanted(wanted);
    if (fake_is_crowded()) {
        fake_crowd_change(s, FAKE_CROWD_MODIFY);
        return 0;
    }
    require_member(poller, s, mark);
    struct answer answer = fake_answer(modify_call(poller, s, wanted, mark));
    if (is_lost(answer.result))
        leave(find_member(poller, s));
    return (int)answer.result;
}

int psock_sys_poller_remove(struct psock_sys_poller *poller, psock_t s,
                            void *mark)
{
    if (fake_is_crowded()) {
        fake_crowd_change(s, FAKE_CROWD_REMOVE);
        return 0;
    }
    return remove_by(remove_call(poller, s, mark), poller, s, mark);
}

/* --- add_waker, remove_waker ---------------------------------------------- */

static struct call add_waker_call(const struct psock_sys_poller *poller,
                                  const psock_waker *waker, const void *token)
{
    return FAKE_CALL("poller_add_waker", fake_place(poller), fake_place(waker),
                     fake_place(token));
}

static struct call remove_waker_call(const struct psock_sys_poller *poller,
                                     const psock_waker *waker, const void *mark)
{
    return FAKE_CALL("poller_remove_waker", fake_place(poller),
                     fake_place(waker), fake_place(mark));
}

void expect_poller_add_waker(const struct psock_sys_poller *poller,
                             const psock_waker *waker, const void *token,
                             struct answer answer)
{
    fake_expect(add_waker_call(poller, waker, token), answer);
}

void expect_poller_remove_waker(const struct psock_sys_poller *poller,
                                const psock_waker *waker, const void *mark,
                                struct answer answer)
{
    fake_expect(remove_waker_call(poller, waker, mark), answer);
}

int psock_sys_poller_add_waker(struct psock_sys_poller *poller,
                               psock_waker *waker, void *token, void **mark)
{
    return add_by(add_waker_call(poller, waker, token), poller,
                  waker->descriptor, mark);
}

int psock_sys_poller_remove_waker(struct psock_sys_poller *poller,
                                  psock_waker *waker, void *mark)
{
    return remove_by(remove_waker_call(poller, waker, mark), poller,
                     waker->descriptor, mark);
}

/* --- wait, wake ----------------------------------------------------------- */

static struct call wait_call(const struct psock_sys_poller *poller,
                             const psock_poller_event *events, size_t count,
                             const psock_waker *canceler, int64_t timeout_ns)
{
    return FAKE_CALL("poller_wait", fake_place(poller), fake_place(events),
                     (int64_t)count, fake_place(canceler), timeout_ns);
}

static struct call wake_call(const struct psock_sys_poller *poller)
{
    return FAKE_CALL("poller_wake", fake_place(poller));
}

void expect_poller_wait(const struct psock_sys_poller *poller,
                        const psock_poller_event *events, size_t count,
                        const psock_waker *canceler, int64_t timeout_ns,
                        struct answer answer)
{
    fake_expect(wait_call(poller, events, count, canceler, timeout_ns), answer);
}

void expect_poller_wake(const struct psock_sys_poller *poller,
                        struct answer answer)
{
    fake_expect(wake_call(poller), answer);
}

/* A wait says that it was woken only if it was, and fails only if not. */
static void note_woken(struct psock_sys_poller *poller,
                       const struct answer *answer, _Bool *woken)
{
    if (!answer->woken)
        return;
    fake_require(poller->wake_is_due);
    fake_require(answer->result >= 0);
    poller->wake_is_due = 0;
    *woken = 1;
}

int psock_sys_poller_wait(struct psock_sys_poller *poller,
                          psock_poller_event *events, size_t count,
                          psock_waker *canceler, int64_t timeout_ns,
                          _Bool *woken)
{
    fake_require(events != NULL && count > 0);
    poller->waits++;
    struct answer answer =
        fake_answer(wait_call(poller, events, count, canceler, timeout_ns));
    poller->waits--;
    fake_require(answer.result <= (ptrdiff_t)count);
    if (answer.result > 0)
        memcpy(events, answer.events, (size_t)answer.result * sizeof *events);
    note_woken(poller, &answer, woken);
    return (int)answer.result;
}

void psock_sys_poller_wake(struct psock_sys_poller *poller)
{
    if (fake_is_crowded()) {
        fake_crowd_wake();
        return;
    }
    fake_require(!poller->wake_is_due);
    poller->wake_is_due = 1;
    fake_answer_quietly(wake_call(poller));
}
