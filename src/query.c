/* query.c: look-ups in the background, and those who hold them.
 *
 * The system may answer long after nobody waits any more, from a thread of its
 * own.  So what it writes to belongs to both, the asker and the answer, and goes
 * with the last of them.  The answer's last step is the one that says so: who sees
 * it may take all away, the waker that has been rung for it included. */
#include <stdlib.h>
#include <string.h>

#include "query.h"

enum query_state {
    ASKED,
    ANSWERED,
    ABANDONED /* and the answer is still to come */
};

struct psock_query {
    atomic_int state; /* enum query_state */
    psock_waker *waker;
    struct psock_sys_look_up look_up;
    psock_address address;
    char host[PSOCK_HOST_NAME_SIZE];
    char service[PSOCK_SERVICE_NAME_SIZE];
};

static void free_query(struct psock_query *query)
{
    psock_sys_waker_close(query->waker);
    free(query->look_up.addresses);
    free(query);
}

/* --- The answer ------------------------------------------------------------ */

static _Bool is_among(const psock_address *address,
                      const psock_address *addresses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (psock_address_compare(address, &addresses[i]) == 0)
            return 1;
    return 0;
}

/* Leaves each address of the family that was asked for once. */
static void sift(struct psock_sys_look_up *look_up)
{
    size_t kept = 0;
    for (int i = 0; i < look_up->result; i++) {
        const psock_address *found = &look_up->addresses[i];
        const int family = psock_address_family(found);
        if ((look_up->family == PSOCK_NONE || look_up->family == family) &&
            !is_among(found, look_up->addresses, kept))
            look_up->addresses[kept++] = *found;
    }
    look_up->result = kept > 0 ? (int)kept : PSOCK_EAI_NODATA;
}

/* A name beyond ASCII may become a number by its characters' other forms, and
 * then the system has read an address. */
static _Bool is_a_number_in_disguise(const struct psock_sys_look_up *look_up)
{
    return look_up->host != NULL && !psock_is_ascii(look_up->host) &&
           psock_ends_in_number(look_up->host_name);
}

/* Names come from strangers. */
static void drop_malformed_names(struct psock_sys_look_up *look_up)
{
    if (!psock_is_utf8(look_up->host_name))
        look_up->host_name[0] = '\0';
    if (!psock_is_utf8(look_up->service_name))
        look_up->service_name[0] = '\0';
}

static void check_answer(struct psock_sys_look_up *look_up)
{
    drop_malformed_names(look_up);
    if (look_up->result < 0 || look_up->address != NULL)
        return;
    if (is_a_number_in_disguise(look_up))
        look_up->result = PSOCK_EAI_NONAME;
    else
        sift(look_up);
}

/* By any thread.  Who is woken may be here before the last line. */
static void answered(struct psock_sys_look_up *look_up)
{
    struct psock_query *query =
        (struct psock_query *)((char *)look_up -
                               offsetof(struct psock_query, look_up));
    check_answer(look_up);
    psock_sys_waker_ring(query->waker);
    if (atomic_exchange(&query->state, ANSWERED) == ABANDONED)
        free_query(query);
}

/* --- The question ---------------------------------------------------------- */

/* Texts fit: psock_target_read() saw them. */
static const char *copy_text(const char *text, char *to)
{
    return text == NULL ? NULL : memcpy(to, text, strlen(text) + 1);
}

static void copy_question(const struct psock_sys_look_up *question,
                          struct psock_query *query)
{
    struct psock_sys_look_up *look_up = &query->look_up;
    look_up->host = copy_text(question->host, query->host);
    look_up->service = copy_text(question->service, query->service);
    look_up->family = question->family;
    look_up->type = question->type;
    look_up->configured = question->configured;
    look_up->wants_name =
        question->wants_name ||
        (question->host != NULL && !psock_is_ascii(question->host));
    look_up->flags = question->flags;
    look_up->done = answered;
    if (question->address == NULL)
        return;
    query->address = *question->address;
    look_up->address = &query->address;
}

static int open_query(const struct psock_sys_look_up *question,
                      struct psock_query **query)
{
    struct psock_query *made = calloc(1, sizeof *made);
    if (made == NULL)
        return PSOCK_ENOMEM;
    const int error = psock_sys_waker_open(&made->waker);
    if (error < 0) {
        free(made);
        return error;
    }
    copy_question(question, made);
    *query = made;
    return 0;
}

/* Nothing will come.  What the system said of that counts. */
static void give_up(struct psock_query *query)
{
    const int native = psock_sys_error_native();
    free_query(query);
    psock_sys_error_restore(native);
}

int psock_query_begin(const struct psock_sys_look_up *question,
                      struct psock_query **query)
{
    struct psock_query *begun = NULL;
    int error = psock_ensure_started();
    if (error < 0)
        return error;
    error = open_query(question, &begun);
    if (error < 0)
        return error;
    error = psock_sys_begin_look_up(&begun->look_up);
    if (error < 0)
        give_up(begun);
    else
        *query = begun;
    return error;
}

/* --- The asker ------------------------------------------------------------- */

psock_waker *psock_query_waker(const struct psock_query *query)
{
    return query->waker;
}

const struct psock_sys_look_up *
psock_query_answer(const struct psock_query *query)
{
    return atomic_load_explicit(&query->state, memory_order_acquire) == ANSWERED
               ? &query->look_up
               : NULL;
}

/* One wait, of as much as is left.  The system may wake early, and the ring comes
 * a moment before the answer. */
static int wait_for_ring(psock_waker *waker, psock_deadline deadline)
{
    psock_pollable entry = {.socket = PSOCK_INVALID, .waker = waker};
    if (deadline == PSOCK_NOW)
        return PSOCK_EAGAIN;
    const int64_t timeout_ns = psock_timeout_ns(deadline);
    if (timeout_ns == 0)
        return PSOCK_ETIMEDOUT;
    const int result = psock_sys_poll(&entry, 1, psock_canceler(), timeout_ns);
    if (result > 0)
        psock_sys_yield();
    return result == PSOCK_EINTR ? 0 : result;
}

int psock_query_wait(const struct psock_query *query, psock_deadline deadline)
{
    while (psock_query_answer(query) == NULL) {
        const int result = wait_for_ring(query->waker, deadline);
        if (result < 0)
            return result;
    }
    return 0;
}

void psock_query_end(struct psock_query *query)
{
    if (psock_query_answer(query) == NULL)
        psock_sys_stop_look_up(&query->look_up);
    if (atomic_exchange(&query->state, ABANDONED) == ANSWERED)
        free_query(query);
}

/* Lets go of what failed; what the system said of it counts, and not what it says
 * of that. */
static void end_failed(struct psock_query *query)
{
    const struct psock_sys_look_up *answer = psock_query_answer(query);
    const int native =
        answer != NULL ? answer->native : psock_sys_error_native();
    psock_query_end(query);
    psock_sys_error_restore(native);
}

int psock_query_ask(const struct psock_sys_look_up *question,
                    psock_deadline deadline, struct psock_query **query)
{
    struct psock_query *asked;
    if (deadline == PSOCK_NOW)
        return PSOCK_EAGAIN;
    int result = psock_query_begin(question, &asked);
    if (result < 0)
        return result;
    result = psock_query_wait(asked, deadline);
    if (result == 0)
        result = psock_query_answer(asked)->result;
    if (result < 0)
        end_failed(asked);
    else
        *query = asked;
    return result;
}

/* --- Services -------------------------------------------------------------- */

static int ask_for_port(const char *service, int type, psock_deadline deadline)
{
    const struct psock_sys_look_up question = {.service = service,
                                               .type = type};
    struct psock_query *query;
    const int result = psock_query_ask(&question, deadline, &query);
    if (result < 0)
        return result;
    const int port = psock_address_port(psock_query_answer(query)->addresses);
    psock_query_end(query);
    return port;
}

int psock_target_find_port(struct psock_target *target, int type,
                           psock_deadline deadline)
{
    if (target->service == NULL)
        return 0;
    const int port = ask_for_port(target->service, type, deadline);
    if (port < 0)
        return port;
    target->service = NULL;
    target->port = (uint16_t)port;
    for (size_t i = 0; i < target->count; i++)
        psock_sys_address_set_port(&target->addresses[i], target->port);
    return 0;
}
