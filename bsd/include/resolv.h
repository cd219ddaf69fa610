/* <resolv.h> of Linux: names and messages of DNS, and asking name servers. */
#ifndef _PSOCK_BSD_RESOLV_H
#define _PSOCK_BSD_RESOLV_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <arpa/nameser.h>
#include <netinet/in.h>

#define _PATH_RESCONF "/etc/resolv.conf"

#define MAXNS 3
#define MAXDNSRCH 6
#define RES_TIMEOUT 5
#define RES_DFLRETRY 2
#define RES_MAXNDOTS 15

#define RES_INIT 0x00000001
#define RES_DEBUG 0x00000002
#define RES_USEVC 0x00000008
#define RES_IGNTC 0x00000020
#define RES_RECURSE 0x00000040
#define RES_DEFNAMES 0x00000080
#define RES_STAYOPEN 0x00000100
#define RES_DNSRCH 0x00000200
#define RES_ROTATE 0x00004000
#define RES_DEFAULT (RES_RECURSE | RES_DEFNAMES | RES_DNSRCH)

/* Of each thread: who is asked, and how. */
struct __res_state {
    int retrans; /* seconds until the first repetition */
    int retry;   /* how often each is asked */
    unsigned long options;
    int nscount;
    struct sockaddr_in nsaddr_list[MAXNS];
    unsigned short id;
    char *dnsrch[MAXDNSRCH + 1];
    char defdname[256];
    unsigned ndots;
    int res_h_errno;
};
typedef struct __res_state *res_state;
#define nsaddr nsaddr_list[0]

_PSOCK_BSD_BEGIN

struct __res_state *__res_state(void) _PSOCK_BSD_NAME(res_state);
#define _res (*__res_state())

int res_init(void) _PSOCK_BSD_NAME(res_init);
void res_close(void) _PSOCK_BSD_NAME(res_close);
int res_mkquery(int __operation, const char *__name, int __class, int __type,
                const unsigned char *__data, int __data_size,
                const unsigned char *__unused, unsigned char *__buffer,
                int __size) _PSOCK_BSD_NAME(res_mkquery);
int res_send(const unsigned char *__question, int __question_size,
             unsigned char *__answer, int __size) _PSOCK_BSD_NAME(res_send);
int res_query(const char *__name, int __class, int __type,
              unsigned char *__answer, int __size) _PSOCK_BSD_NAME(res_query);
int res_search(const char *__name, int __class, int __type,
               unsigned char *__answer, int __size)
    _PSOCK_BSD_NAME(res_search);
int res_querydomain(const char *__name, const char *__domain, int __class,
                    int __type, unsigned char *__answer, int __size)
    _PSOCK_BSD_NAME(res_querydomain);

int res_ninit(res_state __state) _PSOCK_BSD_NAME(res_ninit);
void res_nclose(res_state __state) _PSOCK_BSD_NAME(res_nclose);
int res_nmkquery(res_state __state, int __operation, const char *__name,
                 int __class, int __type, const unsigned char *__data,
                 int __data_size, const unsigned char *__unused,
                 unsigned char *__buffer, int __size)
    _PSOCK_BSD_NAME(res_nmkquery);
int res_nsend(res_state __state, const unsigned char *__question,
              int __question_size, unsigned char *__answer, int __size)
    _PSOCK_BSD_NAME(res_nsend);
int res_nquery(res_state __state, const char *__name, int __class, int __type,
               unsigned char *__answer, int __size)
    _PSOCK_BSD_NAME(res_nquery);
int res_nsearch(res_state __state, const char *__name, int __class, int __type,
                unsigned char *__answer, int __size)
    _PSOCK_BSD_NAME(res_nsearch);
int res_nquerydomain(res_state __state, const char *__name,
                     const char *__domain, int __class, int __type,
                     unsigned char *__answer, int __size)
    _PSOCK_BSD_NAME(res_nquerydomain);

int dn_expand(const unsigned char *__message, const unsigned char *__end,
              const unsigned char *__at, char *__name, int __size)
    _PSOCK_BSD_NAME(dn_expand);
int dn_comp(const char *__name, unsigned char *__at, int __size,
            unsigned char **__names, unsigned char **__names_end)
    _PSOCK_BSD_NAME(dn_comp);
int dn_skipname(const unsigned char *__at, const unsigned char *__end)
    _PSOCK_BSD_NAME(dn_skipname);

_PSOCK_BSD_END

#endif
