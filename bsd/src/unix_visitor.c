/* unix_visitor.c: what comes in by a port of ours, step by step, without waiting.
 * Who does not prove itself is shown the door, and learns nothing. */
#include "unix_visitor.h"

#include <stdlib.h>
#include <string.h>

void psock_guest_unix_visitor_goes(struct unix_visitor *visitor)
{
    visitor->state = UNIX_VISITOR_GONE;
}

void psock_guest_unix_visitor_enters(struct unix_visitor *visitor,
                                     enum unix_visitor_state state)
{
    visitor->state = state;
    visitor->got = 0;
}

/* What is sent is little, and the socket's buffer empty: it goes, or something is
 * wrong. */
static bool say(struct unix_visitor *visitor, const void *bytes, size_t size)
{
    ptrdiff_t sent = psock_send(visitor->socket, bytes, size, 0, PSOCK_NOW);
    if (sent == (ptrdiff_t)size)
        return true;
    psock_guest_unix_visitor_goes(visitor);
    return false;
}

bool psock_guest_unix_visitor_answer(struct unix_visitor *visitor,
                                     enum unix_error error)
{
    struct unix_answer text = {error, (uint32_t)psock_guest_unix_self().pid};
    return say(visitor, &text, sizeof text);
}

/* Receives on into `bytes`; true when all of `size` is there. */
bool psock_guest_unix_visitor_hears(struct unix_visitor *visitor, void *bytes,
                                    size_t size)
{
    while (visitor->got < size) {
        ptrdiff_t result =
            psock_recv(visitor->socket, (char *)bytes + visitor->got,
                       size - visitor->got, 0, PSOCK_NOW);
        if (result == PSOCK_EAGAIN)
            return false;
        if (result <= 0) {
            psock_guest_unix_visitor_goes(visitor);
            return false;
        }
        visitor->got += (size_t)result;
    }
    return true;
}

struct unix_name psock_guest_unix_name_of(const char *path, uint8_t length)
{
    struct unix_name name = {length, {0}};
    if (length > sizeof name.path)
        name.length = 0;
    memcpy(name.path, path, name.length);
    return name;
}

/* --- Strangers -------------------------------------------------------------- */

static void challenge(struct unix_visitor *visitor)
{
    if (!psock_guest_unix_visitor_hears(visitor, &visitor->hello,
                                        sizeof visitor->hello))
        return;
    if (memcmp(visitor->hello.magic, psock_guest_unix_magic,
               sizeof visitor->hello.magic) != 0 ||
        psock_guest_random(visitor->challenge.nonce,
                           sizeof visitor->challenge.nonce) < 0) {
        psock_guest_unix_visitor_goes(visitor);
        return;
    }
    psock_guest_unix_prove_server(&visitor->box->place, &visitor->hello,
                                  &visitor->challenge);
    if (say(visitor, &visitor->challenge, sizeof visitor->challenge))
        psock_guest_unix_visitor_enters(visitor, UNIX_VISITOR_REQUEST);
}

static bool is_proved(const struct unix_visitor *visitor)
{
    unsigned char right[UNIX_PROOF_SIZE];
    psock_guest_unix_prove_client(&visitor->box->place, &visitor->hello,
                                  &visitor->challenge, &visitor->request,
                                  right);
    return psock_guest_unix_same(right, visitor->request.proof, sizeof right);
}

static void serve(struct unix_visitor *visitor)
{
    struct unix_box *box = visitor->box;
    psock_guest_unix_visitor_enters(visitor, UNIX_VISITOR_QUEUED);
    visitor->until = PSOCK_FOREVER;
    if (visitor->request.type == box->type && box->type == SOCK_STREAM) {
        psock_guest_unix_visitor_tries(visitor);
        return;
    }
    bool is_courier =
        visitor->request.type == box->type && box->type == SOCK_DGRAM;
    bool is_probe = visitor->request.type == 0;
    psock_guest_unix_visitor_enters(visitor, is_courier ? UNIX_VISITOR_COURIER
                                                        : UNIX_VISITOR_GONE);
    if (!psock_guest_unix_visitor_answer(
            visitor, is_courier || is_probe ? UNIX_DONE : UNIX_OTHER_TYPE))
        psock_guest_unix_visitor_goes(visitor);
}

static void examine(struct unix_visitor *visitor)
{
    if (!psock_guest_unix_visitor_hears(visitor, &visitor->request,
                                        sizeof visitor->request))
        return;
    if (is_proved(visitor))
        serve(visitor);
    else
        psock_guest_unix_visitor_goes(visitor);
}

/* The file is its owner's, so whoever read it is the same user. */
struct ucred psock_guest_unix_user_of(uint32_t process)
{
    struct ucred user = psock_guest_unix_self();
    user.pid = (pid_t)process;
    return user;
}

/* --- Connections ------------------------------------------------------------ */

static struct unix_arrival *new_arrival(const struct unix_visitor *visitor)
{
    const struct unix_request *request = &visitor->request;
    struct unix_arrival *arrival = calloc(1, sizeof *arrival);
    struct unix_box *box = psock_guest_unix_new_box(SOCK_STREAM);
    if (arrival == NULL || box == NULL) {
        free(arrival);
        free(box);
        return NULL;
    }
    box->connected = true;
    box->peer_name =
        psock_guest_unix_name_of(request->name, request->name_length);
    box->peer_is = psock_guest_unix_user_of(request->process);
    arrival->box = box;
    arrival->socket = visitor->socket;
    return arrival;
}

/* The answer goes before the connection is shown, so that it is the first that the
 * client receives. */
static void let_in(struct unix_visitor *visitor)
{
    struct unix_arrival *arrival = new_arrival(visitor);
    if (arrival == NULL ||
        !psock_guest_unix_visitor_answer(visitor, UNIX_DONE)) {
        if (arrival != NULL)
            psock_guest_unix_let_go(arrival->box);
        free(arrival);
        psock_guest_unix_visitor_goes(visitor);
        return;
    }
    arrival->box->name = visitor->box->name;
    psock_guest_unix_arrive(visitor->box, arrival);
    visitor->socket = PSOCK_INVALID;
    psock_guest_unix_visitor_goes(visitor);
}

/* With the lock held. */
static void try_to_let_in(struct unix_visitor *visitor)
{
    struct unix_box *box = visitor->box;
    if (!box->listening || atomic_load(&box->shut) != 0) {
        psock_guest_unix_visitor_answer(visitor, UNIX_REFUSED);
        psock_guest_unix_visitor_goes(visitor);
    } else if (psock_guest_unix_accepts(box)) {
        let_in(visitor);
    } else if (!visitor->request.waits) {
        psock_guest_unix_visitor_answer(visitor, UNIX_FULL);
        psock_guest_unix_visitor_goes(visitor);
    }
}

/* --- Steps -------------------------------------------------------------------- */

void psock_guest_unix_visitor_tries(struct unix_visitor *visitor)
{
    psock_guest_unix_lock();
    if (visitor->box->closed)
        psock_guest_unix_visitor_goes(visitor);
    else if (visitor->state == UNIX_VISITOR_QUEUED)
        try_to_let_in(visitor);
    else if (visitor->state == UNIX_VISITOR_HOLDING)
        psock_guest_unix_try_to_deliver(visitor);
    psock_guest_unix_unlock();
}

void psock_guest_unix_visitor_reads(struct unix_visitor *visitor)
{
    static void (*const steps[])(struct unix_visitor *) = {
        [UNIX_VISITOR_HELLO] = challenge,
        [UNIX_VISITOR_REQUEST] = examine,
        [UNIX_VISITOR_QUEUED] = psock_guest_unix_visitor_goes,
        [UNIX_VISITOR_HOLDING] = psock_guest_unix_visitor_goes,
        [UNIX_VISITOR_COURIER] = psock_guest_unix_begin_letter,
        [UNIX_VISITOR_LETTER] = psock_guest_unix_receive_letter,
        [UNIX_VISITOR_GONE] = psock_guest_unix_visitor_goes,
    };
    steps[visitor->state](visitor);
}
