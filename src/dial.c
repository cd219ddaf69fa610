/* dial.c: which address is tried when: Happy Eyeballs version 2 (RFC 8305). */
#include "query.h"
#include "race.h"

/* --- What is wanted ---------------------------------------------------------- */

enum {
    ATTEMPT_DELAY_MS = 250, /* RFC 8305, section 8 */
    ATTEMPT_DELAY_MIN_MS = 10,
    ATTEMPT_DELAY_MAX_MS = 2000,
    RESOLUTION_DELAY_MS = 50
};

static _Bool is_family(int family)
{
    return family == PSOCK_NONE || psock_is_internet(family);
}

static _Bool are_delays(const psock_dial_options *options)
{
    return options->attempt_delay_ms == 0 ||
           (options->attempt_delay_ms >= ATTEMPT_DELAY_MIN_MS &&
            options->attempt_delay_ms <= ATTEMPT_DELAY_MAX_MS);
}

static int source_error(const psock_dial_options *options)
{
    if (options->source == NULL)
        return 0;
    const int family = psock_address_family(options->source);
    return family == PSOCK_NONE ||
                   (options->family != PSOCK_NONE && options->family != family)
               ? PSOCK_EAFNOSUPPORT
               : 0;
}

static int options_error(const psock_dial_options *options)
{
    if (options == NULL)
        return 0;
    if (!is_family(options->family) || !is_family(options->preferred_family) ||
        options->flags != 0 || !are_delays(options))
        return PSOCK_EINVAL;
    if (options->report != NULL && options->report->attempts == NULL &&
        options->report->capacity != 0)
        return PSOCK_EFAULT;
    return source_error(options);
}

/* The one family that can be dialed, or PSOCK_NONE. */
static int only_family(const psock_dial_options *options)
{
    return options->source == NULL ? options->family
                                   : psock_address_family(options->source);
}

static psock_deadline after_attempt_delay(const psock_dial_options *options)
{
    return psock_deadline_ms(options->attempt_delay_ms == 0
                                 ? ATTEMPT_DELAY_MS
                                 : options->attempt_delay_ms);
}

/* --- Who is tried next ------------------------------------------------------- */

/* The addresses of one family, or of a list that is tried as it stands. */
struct queue {
    int family; /* PSOCK_NONE for any */
    const psock_address *addresses;
    size_t count;
    size_t next;
    struct psock_query *query; /* null when nobody was asked */
    _Bool answered;            /* or never asked: nothing more will come */
};

struct dial {
    struct psock_race race;
    struct queue queues[2]; /* the preferred family first */
    size_t turn;            /* which queue goes next */
    uint16_t port;          /* for what was looked up without it; 0 for none */
    struct psock_failure look_up_failure; /* the most telling so far */
    psock_deadline deadline;
    psock_deadline next_attempt; /* both: not before this moment */
    psock_deadline hold;
};

static _Bool is_seen(const struct queue *queue, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (psock_address_compare(&queue->addresses[i],
                                  &queue->addresses[place]) == 0)
            return 1;
    return 0;
}

/* Passes over what is of another family or was tried before. */
static _Bool has_next(struct queue *queue, int only)
{
    for (; queue->next < queue->count; queue->next++) {
        const int family = psock_address_family(&queue->addresses[queue->next]);
        if ((only == PSOCK_NONE || only == family) &&
            !is_seen(queue, queue->next))
            return 1;
    }
    return 0;
}

/* The queue whose turn it is, or the other one where that has nothing; null when
 * neither has. */
static struct queue *next_queue(struct dial *dial)
{
    const int only = only_family(&dial->race.options);
    for (size_t i = 0; i < 2; i++) {
        struct queue *queue = &dial->queues[dial->turn ^ i];
        if (has_next(queue, only))
            return queue;
    }
    return NULL;
}

/* --- Answers of the resolver ------------------------------------------------- */

/* How much an error of a look-up says of the name.  That there is none, says only
 * the family that was asked for. */
static int weight(int error)
{
    switch (error) {
    case 0:
        return 0;
    case PSOCK_EAI_NONAME:
        return 1;
    case PSOCK_EAI_NODATA:
        return 2;
    case PSOCK_EAI_FAIL:
        return 3;
    default:
        return 4;
    }
}

static void note_look_up(struct dial *dial, int family, int result, int native)
{
    if (result < 0 && weight(result) > weight(dial->look_up_failure.error))
        dial->look_up_failure = (struct psock_failure){result, native};
    psock_dial_report *report = dial->race.options.report;
    if (report == NULL)
        return;
    psock_dial_look_up *line =
        family == PSOCK_IPV6 ? &report->ipv6 : &report->ipv4;
    *line = (psock_dial_look_up){result, psock_race_time_ns(&dial->race)};
}

static void take_answer(struct dial *dial, struct queue *queue)
{
    const struct psock_sys_look_up *answer =
        queue->answered ? NULL : psock_query_answer(queue->query);
    if (answer == NULL)
        return;
    queue->answered = 1;
    if (answer->result > 0) {
        queue->addresses = answer->addresses;
        queue->count = (size_t)answer->result;
    }
    note_look_up(dial, queue->family, answer->result, answer->native);
}

/* While the preferred family is silent, what came of the other is held back a
 * little, once (section 3). */
static void hold_back(struct dial *dial)
{
    const int64_t delay_ms = dial->race.options.resolution_delay_ms;
    const struct queue *preferred = &dial->queues[0];
    if (preferred->answered || !dial->queues[1].answered)
        dial->hold = PSOCK_NOW;
    else if (dial->hold == PSOCK_NOW && delay_ms >= 0)
        dial->hold =
            psock_deadline_ms(delay_ms == 0 ? RESOLUTION_DELAY_MS : delay_ms);
}

static void take_answers(struct dial *dial)
{
    take_answer(dial, &dial->queues[0]);
    take_answer(dial, &dial->queues[1]);
    if (dial->race.begun == 0)
        hold_back(dial);
}

/* --- One turn ---------------------------------------------------------------- */

/* The moment before which nothing is begun. */
static psock_deadline begin_at(const struct dial *dial)
{
    return dial->race.begun == 0 ? dial->hold : dial->next_attempt;
}

static _Bool may_begin(const struct dial *dial)
{
    return dial->race.open < PSOCK_RACERS_MAX &&
           psock_deadline_left_ns(begin_at(dial)) == 0;
}

/* Returns the socket, if it is connected, or below zero. */
static psock_t begin_next(struct dial *dial, struct queue *queue)
{
    psock_address peer = queue->addresses[queue->next++];
    if (dial->port != 0)
        (void)!psock_address_set_port(&peer, dial->port);
    dial->turn = queue == &dial->queues[0];
    const size_t open_before = dial->race.open;
    psock_t result = psock_race_begin(&dial->race, &peer);
    dial->next_attempt = dial->race.open > open_before
                             ? after_attempt_delay(&dial->race.options)
                             : PSOCK_NOW;
    return result;
}

/* Whether to begin another one right after a failure: of those there may be any
 * number, so that is asked now and then. */
static int may_hurry(const struct dial *dial)
{
    const size_t begun = dial->race.begun;
    return begun > 0 && begun % PSOCK_RACERS_MAX == 0 &&
                   dial->next_attempt == PSOCK_NOW
               ? psock_may_go_on(dial->deadline)
               : 0;
}

/* Begins what is due: after failures more than one. */
static psock_t begin_due(struct dial *dial)
{
    struct queue *queue = next_queue(dial);
    while (queue != NULL && may_begin(dial)) {
        int error = may_hurry(dial);
        psock_t s = error < 0 ? error : begin_next(dial, queue);
        if (s >= 0 || error < 0)
            return s;
        queue = next_queue(dial);
    }
    return PSOCK_EINPROGRESS;
}

/* Looks at all that came, from the first that began on: of two that are connected
 * at once it is the preferred one.  A failure lets the next begin at once. */
static psock_t look_at_all(struct dial *dial, const psock_pollable *entries,
                           size_t count)
{
    size_t place = 0;
    for (size_t i = 0; i < count; i++) {
        psock_t s = entries[i].came == 0 ? PSOCK_EINPROGRESS
                                         : psock_race_look(&dial->race, place);
        if (s >= 0)
            return s;
        if (s == PSOCK_EINPROGRESS)
            place++;
        else
            dial->next_attempt = PSOCK_NOW;
    }
    return PSOCK_EINPROGRESS;
}

static _Bool has_answer(const struct queue *queue)
{
    return !queue->answered && psock_query_answer(queue->query) != NULL;
}

/* What woke it may be nothing yet: the ring comes a moment before the answer.  That
 * is looked for again, but no longer than all else. */
static psock_t take_news(struct dial *dial, const psock_pollable *entries)
{
    const size_t open = dial->race.open;
    psock_t s = look_at_all(dial, entries, open);
    if (s != PSOCK_EINPROGRESS || dial->race.open < open ||
        has_answer(&dial->queues[0]) || has_answer(&dial->queues[1]))
        return s;
    psock_sys_yield();
    int error = psock_may_go_on(dial->deadline);
    return error < 0 ? error : PSOCK_EINPROGRESS;
}

static size_t list_entries(const struct dial *dial, psock_pollable *entries)
{
    size_t count = 0;
    for (; count < dial->race.open; count++)
        entries[count] =
            (psock_pollable){.socket = dial->race.racers[count].socket,
                             .wanted = PSOCK_WRITABLE};
    for (size_t i = 0; i < 2; i++)
        if (!dial->queues[i].answered)
            entries[count++] = (psock_pollable){
                .socket = PSOCK_INVALID,
                .waker = psock_query_waker(dial->queues[i].query)};
    return count;
}

/* Until when to wait for something to happen: the next attempt is such a thing,
 * if there is anybody left and room for it. */
static psock_deadline wake_at(struct dial *dial)
{
    if (next_queue(dial) == NULL || dial->race.open == PSOCK_RACERS_MAX)
        return dial->deadline;
    const psock_deadline at = begin_at(dial);
    return at < dial->deadline ? at : dial->deadline;
}

/* Waits for something to happen.  Returns the socket that is connected,
 * PSOCK_EINPROGRESS, or the error that ends the dial. */
static psock_t wait_for_news(struct dial *dial)
{
    psock_pollable entries[PSOCK_RACERS_MAX + 2];
    const size_t count = list_entries(dial, entries);
    if (dial->deadline == PSOCK_NOW)
        return PSOCK_EAGAIN;
    const psock_deadline until = wake_at(dial);
    int came = psock_sys_poll(entries, count, psock_canceler(),
                              psock_timeout_ns(until));
    if (came > 0)
        return take_news(dial, entries);
    if (came == 0 && until == dial->deadline &&
        psock_deadline_left_ns(until) == 0)
        return PSOCK_ETIMEDOUT;
    return came == 0 || came == PSOCK_EINTR ? PSOCK_EINPROGRESS : came;
}

/* --- The whole --------------------------------------------------------------- */

static _Bool is_hopeless(struct dial *dial)
{
    return dial->race.open == 0 && dial->queues[0].answered &&
           dial->queues[1].answered && next_queue(dial) == NULL;
}

/* Why nobody answered. */
static int fail(const struct dial *dial)
{
    static const struct psock_failure nobody = {PSOCK_EAI_NODATA, 0};
    const struct psock_failure *failure = &nobody;
    if (dial->race.failure.error < 0)
        failure = &dial->race.failure;
    else if (dial->look_up_failure.error < 0)
        failure = &dial->look_up_failure;
    psock_sys_error_restore(failure->native);
    return failure->error;
}

/* What an attempt failed with may be any error, as preparing it says what it
 * likes. */
static psock_t run(struct dial *dial)
{
    psock_t s;
    do {
        take_answers(dial);
        s = begin_due(dial);
        if (s == PSOCK_EINPROGRESS && is_hopeless(dial))
            return fail(dial);
        if (s == PSOCK_EINPROGRESS)
            s = wait_for_news(dial);
    } while (s == PSOCK_EINPROGRESS);
    return s;
}

static void end_query(struct dial *dial, struct queue *queue)
{
    if (queue->query == NULL)
        return;
    if (!queue->answered)
        note_look_up(dial, queue->family, PSOCK_ECANCELED, 0);
    psock_query_end(queue->query);
}

static psock_t run_and_end(struct dial *dial)
{
    psock_t s = run(dial);
    const int native = psock_sys_error_native();
    psock_race_end(&dial->race);
    end_query(dial, &dial->queues[0]);
    end_query(dial, &dial->queues[1]);
    psock_sys_error_restore(native);
    return s;
}

/* Readies all but the addresses. */
static void ready(struct dial *dial, const psock_dial_options *options,
                  psock_deadline deadline)
{
    static const struct queue empty = {.answered = 1};
    psock_race_ready(&dial->race, options);
    dial->queues[0] = empty;
    dial->queues[1] = empty;
    dial->turn = 0;
    dial->port = 0;
    dial->look_up_failure = (struct psock_failure){0, 0};
    dial->deadline = deadline;
    dial->next_attempt = PSOCK_NOW;
    dial->hold = PSOCK_NOW;
}

/* --- By address -------------------------------------------------------------- */

static psock_t dial_list(struct dial *dial, const psock_address *addresses,
                         size_t count)
{
    const int only = only_family(&dial->race.options);
    if (count == 1 &&
        (only == PSOCK_NONE || only == psock_address_family(addresses)))
        return psock_race_alone(&dial->race, addresses, dial->deadline);
    dial->queues[0].addresses = addresses;
    dial->queues[0].count = count;
    return run_and_end(dial);
}

static int addresses_error(const psock_address *addresses, size_t count)
{
    if (addresses == NULL && count != 0)
        return PSOCK_EFAULT;
    for (size_t i = 0; i < count; i++) {
        const int family = psock_address_family(&addresses[i]);
        if (family == PSOCK_NONE)
            return PSOCK_EAFNOSUPPORT;
        if (family != PSOCK_UNIX && psock_address_port(&addresses[i]) == 0)
            return PSOCK_EINVAL;
    }
    return 0;
}

psock_t psock_dial_addresses(const psock_address *addresses, size_t count,
                             const psock_dial_options *options,
                             psock_deadline deadline)
{
    struct dial dial;
    int error = options_error(options);
    if (error == 0)
        error = addresses_error(addresses, count);
    if (error < 0)
        return error;
    ready(&dial, options, deadline);
    return dial_list(&dial, addresses, count);
}

/* --- By name ----------------------------------------------------------------- */

/* Puts the preferred family first: what is known has IPv6 first. */
static psock_t dial_known(struct dial *dial, struct psock_target *target)
{
    if (target->count == 2 &&
        dial->race.options.preferred_family == PSOCK_IPV4) {
        const psock_address first = target->addresses[1];
        target->addresses[1] = target->addresses[0];
        target->addresses[0] = first;
    }
    return dial_list(dial, target->addresses, target->count);
}

static void ask(struct dial *dial, struct queue *queue, int family,
                const struct psock_target *target)
{
    const struct psock_sys_look_up question = {.host = target->host,
                                               .service = target->service,
                                               .family = family,
                                               .type = PSOCK_STREAM};
    const int only = only_family(&dial->race.options);
    if (only != PSOCK_NONE && only != family)
        return;
    queue->family = family;
    int error = psock_query_begin(&question, &queue->query);
    if (error < 0)
        note_look_up(dial, family, error, psock_sys_error_native());
    else
        queue->answered = 0;
}

static psock_t dial_asked(struct dial *dial, const struct psock_target *target)
{
    const _Bool ipv4_first = dial->race.options.preferred_family == PSOCK_IPV4;
    dial->port = target->service == NULL ? target->port : 0;
    ask(dial, &dial->queues[0], ipv4_first ? PSOCK_IPV4 : PSOCK_IPV6, target);
    ask(dial, &dial->queues[1], ipv4_first ? PSOCK_IPV6 : PSOCK_IPV4, target);
    return run_and_end(dial);
}

static psock_t dial_target(struct dial *dial, struct psock_target *target)
{
    if (target->host != NULL)
        return dial->deadline == PSOCK_NOW ? PSOCK_EAGAIN
                                           : dial_asked(dial, target);
    int error = psock_target_find_port(target, PSOCK_STREAM, dial->deadline);
    return error < 0 ? error : dial_known(dial, target);
}

static int read_target(const char *host, const char *service,
                       const psock_dial_options *options,
                       struct psock_target *target)
{
    const int only = options == NULL ? PSOCK_NONE : only_family(options);
    if (only == PSOCK_UNIX)
        return PSOCK_EAFNOSUPPORT;
    int error = psock_target_read(host, service, only, 0, target);
    if (error == 0 && target->service == NULL && target->port == 0)
        error = PSOCK_EINVAL;
    return error;
}

/* What is wrong with the call changes nothing; what is wrong with the name is told
 * in the report, too. */
static _Bool is_of_argument(int error)
{
    return error == PSOCK_EFAULT || error == PSOCK_EINVAL ||
           error == PSOCK_EAFNOSUPPORT;
}

psock_t psock_dial(const char *host, const char *service,
                   const psock_dial_options *options, psock_deadline deadline)
{
    struct psock_target target;
    struct dial dial;
    int error = service == NULL ? PSOCK_EFAULT : options_error(options);
    if (error == 0)
        error = read_target(host, service, options, &target);
    if (error < 0 && is_of_argument(error))
        return error;
    ready(&dial, options, deadline);
    return error < 0 ? error : dial_target(&dial, &target);
}
