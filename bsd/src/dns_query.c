/* dns_query.c: questions to name servers: res_init(), res_query(), res_search(). */
#include "dns.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static _Thread_local struct __res_state this_thread;

/* --- Who is asked ------------------------------------------------------------------- */

static void set_server(res_state state, int at, struct in_addr address)
{
    struct sockaddr_in *server = &state->nsaddr_list[at];
    memset(server, 0, sizeof *server);
    server->sin_family = AF_INET;
    server->sin_port = htons(NS_DEFAULTPORT);
    server->sin_addr = address;
}

int res_ninit(res_state state)
{
    struct in_addr servers[MAXNS] = {{htonl(INADDR_LOOPBACK)}};
    memset(state, 0, sizeof *state);
    state->retrans = RES_TIMEOUT;
    state->retry = RES_DFLRETRY;
    state->ndots = 1;
    state->nscount = psock_guest_name_servers(servers, MAXNS, state->defdname,
                                              sizeof state->defdname);
    if (state->nscount == 0)
        state->nscount = 1;
    for (int i = 0; i < state->nscount; i++)
        set_server(state, i, servers[i]);
    if (state->defdname[0] != '\0')
        state->dnsrch[0] = state->defdname;
    state->options = RES_DEFAULT | RES_INIT;
    return 0;
}

void res_nclose(res_state state)
{
    (void)state;
}

static int make_ready(res_state state)
{
    return (state->options & RES_INIT) != 0 ? 0 : res_ninit(state);
}

/* --- What is asked ------------------------------------------------------------------- */

int res_nmkquery(res_state state, int operation, const char *name, int class,
                 int type, const unsigned char *data, int data_size,
                 const unsigned char *unused, unsigned char *buffer, int size)
{
    (void)data;
    (void)data_size;
    (void)unused;
    if (operation != ns_o_query || size < NS_HFIXEDSZ + NS_QFIXEDSZ ||
        psock_guest_random(&state->id, sizeof state->id) != 0)
        return -1;
    memset(buffer, 0, NS_HFIXEDSZ);
    psock_guest_put16(state->id, buffer);
    buffer[2] = (state->options & RES_RECURSE) != 0 ? 1 : 0;
    buffer[5] = 1;
    unsigned char *at = buffer + NS_HFIXEDSZ;
    int used = dn_comp(name, at, size - NS_HFIXEDSZ - NS_QFIXEDSZ, NULL, NULL);
    if (used < 0)
        return -1;
    psock_guest_put16((uint16_t)type, at + used);
    psock_guest_put16((uint16_t) class, at + used + 2);
    return NS_HFIXEDSZ + used + NS_QFIXEDSZ;
}

/* --- What is answered ----------------------------------------------------------------- */

static int conclude(res_state state, int problem)
{
    state->res_h_errno = problem;
    h_errno = problem;
    return -1;
}

/* By the code of an answer. */
static int problem_of(const unsigned char *answer)
{
    switch (answer[3] & 0xf) {
    case ns_r_noerror:
        return psock_guest_get16(answer + 6) == 0 ? NO_DATA : NETDB_SUCCESS;
    case ns_r_nxdomain:
        return HOST_NOT_FOUND;
    case ns_r_servfail:
        return TRY_AGAIN;
    default:
        return NO_RECOVERY;
    }
}

int res_nquery(res_state state, const char *name, int class, int type,
               unsigned char *answer, int size)
{
    unsigned char question[NS_PACKETSZ];
    (void)make_ready(state);
    int length = res_nmkquery(state, ns_o_query, name, class, type, NULL, 0,
                              NULL, question, sizeof question);
    if (length < 0)
        return conclude(state, NO_RECOVERY);
    int result = res_nsend(state, question, length, answer, size);
    if (result < 0)
        return conclude(state, TRY_AGAIN);
    int problem = result < NS_HFIXEDSZ ? NO_RECOVERY : problem_of(answer);
    return problem == NETDB_SUCCESS ? result : conclude(state, problem);
}

int res_nquerydomain(res_state state, const char *name, const char *domain,
                     int class, int type, unsigned char *answer, int size)
{
    char whole[NS_MAXDNAME];
    int length =
        snprintf(whole, sizeof whole, "%s%s%s", name, domain == NULL ? "" : ".",
                 domain == NULL ? "" : domain);
    if (length < 0 || (size_t)length >= sizeof whole)
        return conclude(state, NO_RECOVERY);
    return res_nquery(state, whole, class, type, answer, size);
}

/* --- Where names are looked for --------------------------------------------------------- */

static unsigned dots_in(const char *name)
{
    unsigned dots = 0;
    for (; *name != '\0'; name++)
        dots += *name == '.';
    return dots;
}

static bool is_complete(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && name[length - 1] == '.';
}

/* Names with dots are asked for as they are, and first; others in the domains. */
int res_nsearch(res_state state, const char *name, int class, int type,
                unsigned char *answer, int size)
{
    int result = -1;
    (void)make_ready(state);
    bool as_it_is = is_complete(name) || dots_in(name) >= state->ndots;
    if (as_it_is)
        result = res_nquery(state, name, class, type, answer, size);
    for (int i = 0; result < 0 && !is_complete(name) && i < MAXDNSRCH &&
                    state->dnsrch[i] != NULL;
         i++)
        result = res_nquerydomain(state, name, state->dnsrch[i], class, type,
                                  answer, size);
    if (result < 0 && !as_it_is)
        result = res_nquery(state, name, class, type, answer, size);
    return result;
}

/* --- The same for this thread ----------------------------------------------------------- */

struct __res_state *__res_state(void)
{
    return &this_thread;
}

int res_init(void)
{
    return res_ninit(&this_thread);
}

void res_close(void)
{
}

int res_mkquery(int operation, const char *name, int class, int type,
                const unsigned char *data, int data_size,
                const unsigned char *unused, unsigned char *buffer, int size)
{
    (void)make_ready(&this_thread);
    return res_nmkquery(&this_thread, operation, name, class, type, data,
                        data_size, unused, buffer, size);
}

int res_send(const unsigned char *question, int question_size,
             unsigned char *answer, int size)
{
    (void)make_ready(&this_thread);
    return res_nsend(&this_thread, question, question_size, answer, size);
}

int res_query(const char *name, int class, int type, unsigned char *answer,
              int size)
{
    return res_nquery(&this_thread, name, class, type, answer, size);
}

int res_search(const char *name, int class, int type, unsigned char *answer,
               int size)
{
    return res_nsearch(&this_thread, name, class, type, answer, size);
}

int res_querydomain(const char *name, const char *domain, int class, int type,
                    unsigned char *answer, int size)
{
    return res_nquerydomain(&this_thread, name, domain, class, type, answer,
                            size);
}
