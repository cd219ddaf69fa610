/* race.c: attempts to connect, open side by side, and the account of them. */
#include <string.h>

#include "race.h"

/* --- The account ------------------------------------------------------------- */

void psock_race_ready(struct psock_race *race,
                      const psock_dial_options *options)
{
    static const psock_dial_options usual;
    race->options = options == NULL ? usual : *options;
    race->began_ns = 0;
    race->begun = 0;
    race->open = 0;
    race->failure = (struct psock_failure){0, 0};
    psock_dial_report *report = race->options.report;
    if (report == NULL)
        return;
    race->began_ns = psock_sys_clock_ns();
    report->count = 0;
    report->ipv6 = (psock_dial_look_up){0};
    report->ipv4 = (psock_dial_look_up){0};
}

int64_t psock_race_time_ns(const struct psock_race *race)
{
    return race->options.report == NULL ? 0
                                        : psock_sys_clock_ns() - race->began_ns;
}

/* The line of an attempt in the report, or null where there is none. */
static psock_dial_attempt *line_of(const struct psock_race *race, size_t number)
{
    psock_dial_report *report = race->options.report;
    return report != NULL && number < report->capacity
               ? &report->attempts[number]
               : NULL;
}

static size_t note_beginning(struct psock_race *race, const psock_address *peer)
{
    const size_t number = race->begun++;
    psock_dial_attempt *line = line_of(race, number);
    if (line != NULL) {
        const int64_t now_ns = psock_race_time_ns(race);
        *line = (psock_dial_attempt){*peer, PSOCK_ECANCELED, now_ns, now_ns};
    }
    if (race->options.report != NULL)
        race->options.report->count = race->begun;
    return number;
}

/* How far an attempt came: the dial fails with the error of the one that came
 * farthest.  Silence is what is heard from behind a way that is there. */
static int reach(int error)
{
    switch (error) {
    case 0:
        return 0;
    case PSOCK_ECONNREFUSED:
    case PSOCK_ECONNRESET:
    case PSOCK_ECONNABORTED:
        return 3;
    case PSOCK_ETIMEDOUT:
        return 2;
    default:
        return 1;
    }
}

/* `error` is 0 for the winner. */
static void note_end(struct psock_race *race, size_t number, int error)
{
    psock_dial_attempt *line = line_of(race, number);
    if (line != NULL) {
        line->error = error;
        line->ended_ns = psock_race_time_ns(race);
    }
    if (reach(error) > reach(race->failure.error))
        race->failure = (struct psock_failure){error, psock_sys_error_native()};
}

/* --- One attempt ------------------------------------------------------------- */

/* The port of the source may still be that of an attempt before this one, or of
 * a connection that is dying out. */
static int bind_source(psock_t s, const psock_address *source)
{
    if (source == NULL)
        return 0;
    return psock_bind(s, source,
                      psock_address_port(source) == 0 ? PSOCK_BIND_FRESH
                                                      : PSOCK_BIND_REBIND);
}

/* Opens a socket that is ready to connect to `peer`, or returns the error. */
static psock_t open_for(const struct psock_race *race,
                        const psock_address *peer)
{
    const psock_dial_options *options = &race->options;
    psock_t s = psock_open(psock_address_family(peer), PSOCK_STREAM, 0);
    if (s < 0)
        return s;
    int error = options->prepare == NULL
                    ? 0
                    : options->prepare(s, peer, options->context);
    if (error >= 0)
        error = bind_source(s, options->source);
    if (error >= 0)
        return s;
    psock_close(s);
    return error;
}

/* Whether `local`, the address of `s`, is what it is connected to.  Only what
 * stands for another address has to be asked for. */
static _Bool is_peer_of(const psock_address *local, psock_t s,
                        const psock_address *dialed)
{
    psock_address peer = *dialed;
    if ((psock_address_kind(dialed) & PSOCK_ADDRESS_ANY) != 0 &&
        psock_sys_peer(s, &peer) < 0)
        return 0;
    return psock_address_compare(local, &peer) == 0;
}

/* A socket that dials a port of its own machine to which nobody listens can be
 * given just that port, and is then connected to itself. */
static _Bool is_its_own_peer(psock_t s, const psock_address *dialed)
{
    psock_address local;
    return psock_address_family(dialed) != PSOCK_UNIX &&
           psock_sys_local(s, &local) == 0 &&
           psock_address_port(&local) == psock_address_port(dialed) &&
           is_peer_of(&local, s, dialed);
}

/* What `result` of connecting `s` means: the socket, or the error, with the socket
 * closed. */
static psock_t decide(psock_t s, const psock_address *peer, int result)
{
    if (result == 0 && is_its_own_peer(s, peer))
        result = PSOCK_ECONNREFUSED;
    if (result == 0)
        return s;
    psock_close(s);
    return result;
}

/* What ended the wait of a single attempt ends the dial: it says nothing of the
 * peer, as the attempt could go on. */
static _Bool was_still_open(int result, psock_deadline deadline)
{
    return result == PSOCK_EAGAIN || result == PSOCK_ECANCELED ||
           (result == PSOCK_ETIMEDOUT && psock_deadline_left_ns(deadline) == 0);
}

psock_t psock_race_alone(struct psock_race *race, const psock_address *peer,
                         psock_deadline deadline)
{
    const size_t number = note_beginning(race, peer);
    psock_t s = open_for(race, peer);
    const _Bool has_begun = s >= 0;
    if (has_begun)
        s = decide(s, peer, psock_connect(s, peer, deadline));
    const _Bool given_up =
        has_begun && s < 0 && was_still_open((int)s, deadline);
    note_end(race, number, s >= 0 ? 0 : given_up ? PSOCK_ECANCELED : (int)s);
    return s;
}

static _Bool is_open(int result)
{
    return result == PSOCK_EINPROGRESS || result == PSOCK_EALREADY ||
           result == PSOCK_EINTR;
}

/* A full queue of a Unix listener is a refusal where there are others to try: no
 * event would tell when there is room. */
static int begin_connecting(psock_t s, const psock_address *peer)
{
    int result = psock_sys_connect(s, peer, 0);
    return result == PSOCK_EAGAIN ? PSOCK_ECONNREFUSED : result;
}

psock_t psock_race_begin(struct psock_race *race, const psock_address *peer)
{
    const size_t number = note_beginning(race, peer);
    psock_t s = open_for(race, peer);
    int result = s < 0 ? (int)s : begin_connecting(s, peer);
    if (s >= 0 && is_open(result)) {
        race->racers[race->open++] = (struct psock_racer){s, number, *peer};
        return PSOCK_EINPROGRESS;
    }
    if (s >= 0)
        s = decide(s, peer, result);
    note_end(race, number, s < 0 ? (int)s : 0);
    return s;
}

psock_t psock_race_look(struct psock_race *race, size_t i)
{
    struct psock_racer *racer = &race->racers[i];
    int result = psock_sys_connect_result(racer->socket, &racer->peer);
    if (is_open(result))
        return PSOCK_EINPROGRESS;
    psock_t s = decide(racer->socket, &racer->peer, result);
    note_end(race, racer->number, s < 0 ? (int)s : 0);
    race->open--;
    memmove(racer, racer + 1, (race->open - i) * sizeof *racer);
    return s;
}

void psock_race_end(struct psock_race *race)
{
    while (race->open > 0) {
        struct psock_racer *racer = &race->racers[--race->open];
        psock_close(racer->socket);
        note_end(race, racer->number, PSOCK_ECANCELED);
    }
}
