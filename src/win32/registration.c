/* registration.c: a socket in a poller, and its polls. */
#include "platform.h"
#include "poller.h"

#include <stdlib.h>

/* --- Lists ---------------------------------------------------------------- */

static void link_last(struct poller_link *list, struct poller_link *link)
{
    link->next = list;
    link->before = list->before;
    list->before->next = link;
    list->before = link;
}

static void unlink_from_list(struct poller_link *link)
{
    link->before->next = link->next;
    link->next->before = link->before;
}

static void move_to(struct poller_link *list, struct registration *registration)
{
    unlink_from_list(&registration->link);
    link_last(list, &registration->link);
}

/* --- One poll ------------------------------------------------------------- */

static void cancel_poll(const struct registration *registration)
{
    psock_winsock.CancelIoEx(registration->device->handle,
                             (OVERLAPPED *)&registration->request->status);
}

/* Whether the shadow alone has something to tell, or may have: AFD is then just
 * asked what else there is. */
static _Bool is_ready_already(struct registration *registration, unsigned state)
{
    if (psock_win32_came(registration->socket, registration->wanted, 0,
                         state) != 0)
        return 1;
    return !registration->settled && psock_win32_is_fresh(registration->socket);
}

static NTSTATUS begin_poll(struct registration *registration)
{
    struct poller_request *request = registration->request;
    unsigned state = psock_win32_shadow(registration->socket);
    int64_t timeout_ns = is_ready_already(registration, state) ? 0 : -1;
    registration->asked = psock_win32_afd_events(registration->wanted, state);
    request->registration = registration;
    request->turn = registration->poller->turns;
    registration->doubtful = 0;
    request->ask.poll = (struct afd_poll){
        .timeout = psock_win32_afd_timeout(timeout_ns), .count = 1};
    request->ask.entry = (struct afd_entry){.handle = registration->handle,
                                            .events = registration->asked};
    return psock_win32_ask(registration->device->handle, NULL, request,
                           &request->status, &request->ask,
                           sizeof request->ask);
}

/* One that the system has no room for is tried again later; one that is no
 * socket any more, closed past psock, will never be heard of.  Errors bring no
 * packet; warnings, were there any, would. */
#define FIRST_ERROR 0xC0000000u

static void arm(struct registration *registration)
{
    struct psock_sys_poller *poller = registration->poller;
    NTSTATUS status = begin_poll(registration);
    if (status < 0 && psock_win32_is_shortage(status))
        return;
    registration->armed = (ULONG)status < FIRST_ERROR;
    poller->packets_due += registration->armed;
    move_to(&poller->resting, registration);
}

void psock_win32_arm_all(struct psock_sys_poller *poller)
{
    struct poller_link *next;
    for (struct poller_link *link = poller->to_arm.next;
         link != &poller->to_arm; link = next) {
        next = link->next;
        arm((struct registration *)link);
    }
    for (struct waker_subscriber *each = poller->wakers; each != NULL;
         each = each->next_in_poller)
        psock_win32_tell_again(each);
}

/* Those who wait for long do not know that a poll is due, unless one is told. */
void psock_win32_arm_for_those_who_wait(struct psock_sys_poller *poller)
{
    if (poller->waiting == 0)
        return;
    psock_win32_arm_all(poller);
    if (!PSOCK_LIKELY(psock_win32_is_all_armed(poller)) &&
        poller->waiting_shortly == 0)
        psock_winsock.PostQueuedCompletionStatus(poller->port, 0,
                                                 PACKET_OF_LACK, NULL);
}

/* Leaves the poll under way to itself, and has the next one begun without
 * waiting for its end. */
static int give_up_poll(struct registration *registration)
{
    struct poller_request *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL)
        return psock_win32_no_memory();
    registration->request->registration = NULL;
    cancel_poll(registration);
    registration->request = fresh;
    registration->armed = 0;
    move_to(&registration->poller->to_arm, registration);
    return 0;
}

/* --- Making, putting in, changing, taking out ------------------------------ */

struct registration *psock_win32_make_registration(psock_t s, uint32_t wanted,
                                                   void *token)
{
    struct registration *made = calloc(1, sizeof *made);
    struct poller_request *request = calloc(1, sizeof *request);
    if (made == NULL || request == NULL) {
        free(made);
        free(request);
        return NULL;
    }
    *made = (struct registration){.socket = s,
                                  .handle = (HANDLE)s,
                                  .token = token,
                                  .wanted = wanted,
                                  .request = request};
    return made;
}

void psock_win32_free_registration(struct registration *registration)
{
    free(registration->request);
    free(registration);
}

/* Whether AFD knows the socket by one of its handles, and whether it is settled
 * what the socket is. */
static int find_handle(struct registration *registration, HANDLE event)
{
    const ULONG known = AFD_POLL_CONNECT | AFD_POLL_SEND;
    ULONG events;
    NTSTATUS status =
        psock_win32_look(registration->handle, event, known, &events);
    for (unsigned way = 0; way < WAYS_BELOW && status < 0; way++) {
        registration->handle =
            psock_win32_handle_below(registration->socket, way);
        if (registration->handle != NULL)
            status =
                psock_win32_look(registration->handle, event, known, &events);
    }
    registration->settled = events != 0;
    return status < 0 ? psock_win32_status_error(status) : 0;
}

int psock_win32_prepare(struct registration *registration)
{
    HANDLE event = psock_win32_take_event();
    if (event == NULL)
        return psock_win32_error();
    int error = find_handle(registration, event);
    psock_win32_give_event(event);
    return error;
}

int psock_win32_put_in(struct psock_sys_poller *poller,
                       struct registration *registration)
{
    registration->poller = poller;
    int error = psock_win32_take_device(poller, &registration->device);
    if (error < 0)
        return error;
    if (!psock_win32_registry_enter(registration)) {
        psock_win32_give_device(poller, registration->device);
        return psock_win32_no_memory();
    }
    link_last(&poller->to_arm, &registration->link);
    return 0;
}

int psock_win32_change(struct registration *registration, uint32_t wanted)
{
    unsigned state = psock_win32_shadow(registration->socket);
    ULONG events = psock_win32_afd_events(wanted, state);
    if (registration->armed && (events & ~registration->asked) != 0) {
        int error = give_up_poll(registration);
        if (error < 0)
            return error;
    }
    registration->wanted = wanted;
    registration->doubtful = registration->armed;
    if (!registration->armed)
        move_to(&registration->poller->to_arm, registration);
    return 0;
}

void psock_win32_take_out(struct registration *registration)
{
    psock_win32_registry_leave(registration);
    unlink_from_list(&registration->link);
    if (registration->armed) {
        registration->request->registration = NULL;
        cancel_poll(registration);
        registration->request = NULL;
    }
    psock_win32_give_device(registration->poller, registration->device);
    psock_win32_free_registration(registration);
}

void psock_win32_poll_anew(struct registration *registration)
{
    if (registration->armed && give_up_poll(registration) < 0)
        cancel_poll(registration);
}

void psock_win32_ask_again(struct registration *registration)
{
    move_to(&registration->poller->to_arm, registration);
}
