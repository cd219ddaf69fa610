/* net.c: the network's life, its time, and who waits for what. */
#include "net.h"

#include <stdio.h>
#include <string.h>

struct net_books net_books;

static const struct scene *played; /* null while there is no network */
static unsigned manners;
static int64_t beginning_ns;
static int64_t cancel_ns;
static unsigned waits;
static struct scene_words ipv6, ipv4, port;

/* --- Failures to order ---------------------------------------------------- */

/* How often each kind of call was made. */
static struct {
    const char *kind;
    int calls;
} counters[] = {{"startup", 0}, {"open", 0},  {"bind", 0}, {"prepare", 0},
                {"ask", 0},     {"waker", 0}, {"poll", 0}};

static int count_call(const char *kind)
{
    size_t i = 0;
    while (i < COUNT_OF(counters) && strcmp(counters[i].kind, kind) != 0)
        i++;
    fake_require(i < COUNT_OF(counters));
    return ++counters[i].calls;
}

int net_failure(const char *kind)
{
    char key[32];
    struct scene_words words;
    snprintf(key, sizeof key, "%s%d", kind, count_call(kind));
    if (!scene_find(played->fails, key, &words))
        return 0;
    const int error = scene_error(words.words[0]);
    fake_require(error < 0);
    fake_set_native(native_of(error));
    return error;
}

/* --- Wakers --------------------------------------------------------------- */

enum {
    WAKERS_MAX = 16
};

/* The waker is the first member, so one is the other. */
static struct net_waker {
    struct psock_waker waker;
    _Bool is_open;
    _Bool is_rung;
} wakers[WAKERS_MAX];

static struct net_waker *waker_of(const psock_waker *waker)
{
    size_t i = 0;
    while (i < WAKERS_MAX && &wakers[i].waker != waker)
        i++;
    fake_require(i < WAKERS_MAX && wakers[i].is_open);
    return &wakers[i];
}

/* The first is the scene's own. */
psock_waker *net_canceler(void)
{
    return &wakers[0].waker;
}

int net_waker_open(psock_waker **waker)
{
    const int error = net_failure("waker");
    if (error < 0)
        return error;
    size_t i = 0;
    while (i < WAKERS_MAX && wakers[i].is_open)
        i++;
    fake_require(i < WAKERS_MAX);
    wakers[i] = (struct net_waker){{2 + 2 * (psock_t)i}, 1, 0};
    net_books.open_wakers++;
    *waker = &wakers[i].waker;
    return 0;
}

void net_waker_close(psock_waker *waker)
{
    waker_of(waker)->is_open = 0;
    net_books.open_wakers--;
}

void net_waker_ring(psock_waker *waker)
{
    waker_of(waker)->is_rung = 1;
}

_Bool net_waker_reset(psock_waker *waker)
{
    const _Bool was_rung = waker_of(waker)->is_rung;
    waker_of(waker)->is_rung = 0;
    return was_rung;
}

/* --- Look-ups ------------------------------------------------------------- */

static const struct scene_words *answer_of(int family)
{
    if (family == PSOCK_NONE)
        return &port;
    return family == PSOCK_IPV6 ? &ipv6 : &ipv4;
}

/* How many peers there are, told twice or not. */
static int distinct(const char *letters)
{
    int count = 0;
    for (size_t i = 0; letters[i] != 0; i++)
        count += memchr(letters, letters[i], i) == NULL;
    return count;
}

/* Of a host without a service the port is left to whoever asks. */
static void give_answer(struct net_look_up *entry,
                        const struct scene_words *words)
{
    psock_address addresses[sizeof words->words[0]];
    struct psock_sys_look_up *look_up = entry->look_up;
    struct finding finding = {scene_error(words->words[1]), addresses, NULL,
                              NULL};
    const char *letters = words->words[1];
    for (size_t i = 0; finding.result >= 0 && letters[i] != 0; i++) {
        addresses[i] =
            scene_address(letters[i], look_up->service == NULL ? 0 : NET_PORT);
        finding.result++;
    }
    entry->result = finding.result < 0 ? finding.result : distinct(letters);
    entry->look_up = NULL;
    fake_fill_look_up(look_up, &finding);
}

static void give_canceled(struct net_look_up *entry)
{
    struct scene_words words = {2, {"0", "ECANCELED"}};
    give_answer(entry, &words);
}

int net_begin_look_up(struct psock_sys_look_up *look_up)
{
    fake_require_started();
    fake_require_question(look_up);
    fake_require(look_up->address == NULL && look_up->type == PSOCK_STREAM);
    const int family = look_up->host == NULL ? PSOCK_NONE : look_up->family;
    const struct scene_words *answer = answer_of(family);
    const int64_t moment =
        scene_moment(answer->count == 0 ? NULL : answer->words[0]);
    const int error = net_failure("ask");
    fake_require(net_books.look_up_count < NET_LOOK_UPS_MAX);
    struct net_look_up *entry = &net_books.look_ups[net_books.look_up_count++];
    *entry = (struct net_look_up){error < 0 ? NULL : look_up, family, 0, error,
                                  beginning_ns + moment};
    if (moment < 0)
        entry->answered_ns = moment == SCENE_NOW ? beginning_ns : INT64_MAX;
    if (error < 0)
        entry->answered_ns = script_clock_now();
    if (error == 0 && moment == SCENE_NOW)
        give_answer(entry, answer);
    return error;
}

void net_stop_look_up(struct psock_sys_look_up *look_up)
{
    for (size_t i = 0; i < net_books.look_up_count; i++) {
        struct net_look_up *entry = &net_books.look_ups[i];
        if (entry->look_up != look_up)
            continue;
        fake_require(!entry->is_stopped);
        entry->is_stopped = 1;
        if ((manners & NET_STOPS_LATE) == 0)
            give_canceled(entry);
        return;
    }
}

/* Some come with addresses still, and some without. */
void net_answer_late(void)
{
    for (size_t i = 0; i < net_books.look_up_count; i++) {
        struct net_look_up *entry = &net_books.look_ups[i];
        if (entry->look_up != NULL && answer_of(entry->family)->count > 0)
            give_answer(entry, answer_of(entry->family));
        else if (entry->look_up != NULL)
            give_canceled(entry);
    }
}

/* --- Time ----------------------------------------------------------------- */

/* Lets happen what is due. */
static void happen(void)
{
    const int64_t now_ns = script_clock_now();
    wakers[0].is_rung = wakers[0].is_rung || cancel_ns <= now_ns;
    for (size_t i = 0; i < net_books.look_up_count; i++) {
        struct net_look_up *entry = &net_books.look_ups[i];
        if (entry->look_up != NULL && entry->answered_ns <= now_ns)
            give_answer(entry, answer_of(entry->family));
    }
}

static int64_t sooner(int64_t moment_ns, int64_t next_ns)
{
    return moment_ns > script_clock_now() && moment_ns < next_ns ? moment_ns
                                                                 : next_ns;
}

/* The next moment at which something happens; INT64_MAX for never. */
static int64_t next_happening(void)
{
    int64_t next_ns = sooner(cancel_ns, INT64_MAX);
    for (size_t i = 0; i < net_books.look_up_count; i++)
        if (net_books.look_ups[i].look_up != NULL)
            next_ns = sooner(net_books.look_ups[i].answered_ns, next_ns);
    for (size_t i = 0; i < net_books.attempt_count; i++)
        if (net_books.attempts[i].is_open && net_books.attempts[i].is_begun)
            next_ns = sooner(net_books.attempts[i].decided_ns, next_ns);
    return next_ns;
}

/* Moves the clock to what happens next, but not beyond `limit_ns`. */
static void go_on(int64_t limit_ns)
{
    const int64_t next_ns = next_happening();
    if (next_ns == INT64_MAX && limit_ns == INT64_MAX)
        fail_msg("somebody waits for ever, and nothing will happen");
    script_clock_set(next_ns < limit_ns ? next_ns : limit_ns);
    happen();
}

int64_t net_limit(int64_t timeout_ns)
{
    const int64_t now_ns = script_clock_now();
    return timeout_ns < 0 || timeout_ns > INT64_MAX - now_ns
               ? INT64_MAX
               : now_ns + timeout_ns;
}

void net_wait_for(const struct net_attempt *attempt, int64_t limit_ns)
{
    while (attempt->decided_ns > script_clock_now() &&
           script_clock_now() < limit_ns)
        go_on(limit_ns);
}

/* --- Waiting -------------------------------------------------------------- */

/* What comes of an attempt, as poll.h has it. */
static uint32_t came_of_socket(psock_t s)
{
    const struct net_attempt *attempt = net_attempt_of(s);
    if (!attempt->is_begun)
        return PSOCK_WRITABLE | PSOCK_HUNG_UP;
    if (attempt->decided_ns > script_clock_now())
        return 0;
    return net_outcome(attempt) == 0
               ? PSOCK_WRITABLE
               : PSOCK_WRITABLE | PSOCK_FAILED | PSOCK_HUNG_UP;
}

static uint32_t came_of(const psock_pollable *entry)
{
    if (entry->waker != NULL)
        return waker_of(entry->waker)->is_rung ? PSOCK_READABLE : 0;
    if (entry->socket < 0)
        return 0;
    fake_require(entry->wanted == PSOCK_WRITABLE);
    return came_of_socket(entry->socket);
}

static int look(psock_pollable *entries, size_t count)
{
    int ready = 0;
    for (size_t i = 0; i < count; i++)
        ready += came_of(&entries[i]) != 0;
    for (size_t i = 0; i < count && ready > 0; i++)
        entries[i].came = came_of(&entries[i]);
    return ready;
}

/* Whether a wait ends now: by an entry, by the canceler, or with its time. */
static _Bool is_over(psock_pollable *entries, size_t count,
                     const psock_waker *canceler, int64_t limit_ns, int *result)
{
    happen();
    *result = look(entries, count);
    if (*result == 0 && canceler != NULL && waker_of(canceler)->is_rung)
        *result = PSOCK_ECANCELED;
    return *result != 0 || script_clock_now() >= limit_ns;
}

/* Whether a wait in which nothing has come yet ends early: two of three do, one
 * at once, and one after a half of the time until something happens. */
static _Bool is_cut_short(int64_t limit_ns, int *result)
{
    const int64_t now_ns = script_clock_now();
    const int64_t next_ns = next_happening();
    const int64_t end_ns = next_ns < limit_ns ? next_ns : limit_ns;
    if (!net_has(NET_INTERRUPTS) || waits++ % 3 == 2)
        return 0;
    *result = waits % 3 == 1 ? PSOCK_EINTR : 0;
    if (*result == 0 && end_ns != INT64_MAX)
        script_clock_set(now_ns + (end_ns - now_ns) / 2);
    return 1;
}

int net_poll(psock_pollable *entries, size_t count, psock_waker *canceler,
             int64_t timeout_ns)
{
    const int64_t limit_ns = net_limit(timeout_ns);
    int result;
    if (is_over(entries, count, canceler, limit_ns, &result) ||
        is_cut_short(limit_ns, &result))
        return result;
    result = net_failure("poll");
    while (result == 0 && !is_over(entries, count, canceler, limit_ns, &result))
        go_on(limit_ns);
    return result;
}

int net_wait(psock_t s, unsigned events, psock_waker *canceler,
             int64_t timeout_ns)
{
    psock_pollable entry = {.socket = s, .wanted = PSOCK_WRITABLE};
    fake_require(events == PSOCK_SYS_WRITE && net_attempt_of(s)->is_begun);
    const int result = net_poll(&entry, 1, canceler, timeout_ns);
    return result > 0 ? PSOCK_SYS_WRITE : result;
}

/* --- The life of a network ------------------------------------------------ */

_Bool net_is_there(void)
{
    return played != NULL;
}

_Bool net_has(enum net_manner manner)
{
    return (manners & (unsigned)manner) != 0;
}

const struct scene *net_scene(void)
{
    return played;
}

void net_begin(const struct scene *scene, unsigned ways)
{
    played = scene;
    manners = ways;
    waits = 0;
    beginning_ns = script_clock_now();
    const int64_t cancel_after_ns = scene_moment(scene->cancel);
    cancel_ns =
        scene->cancel == NULL ? INT64_MAX : beginning_ns + cancel_after_ns;
    memset(&net_books, 0, sizeof net_books);
    memset(wakers, 0, sizeof wakers);
    wakers[0] = (struct net_waker){{2}, 1, 0};
    for (size_t i = 0; i < COUNT_OF(counters); i++)
        counters[i].calls = 0;
    scene_find(scene->ipv6, NULL, &ipv6);
    scene_find(scene->ipv4, NULL, &ipv4);
    scene_find(scene->port, NULL, &port);
    happen();
}

void net_end(void)
{
    played = NULL;
}

int net_startup(void)
{
    return net_failure("startup");
}
