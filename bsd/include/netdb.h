/* <netdb.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_NETDB_H
#define _PSOCK_BSD_NETDB_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <netinet/in.h>

#define _PATH_HEQUIV "/etc/hosts.equiv"
#define _PATH_HOSTS "/etc/hosts"
#define _PATH_NETWORKS "/etc/networks"
#define _PATH_NSSWITCH_CONF "/etc/nsswitch.conf"
#define _PATH_PROTOCOLS "/etc/protocols"
#define _PATH_SERVICES "/etc/services"

/* --- Names to addresses and back ------------------------------------------- */

struct addrinfo {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    socklen_t ai_addrlen;
    struct sockaddr *ai_addr;
    char *ai_canonname;
    struct addrinfo *ai_next;
};

#define AI_PASSIVE 0x0001
#define AI_CANONNAME 0x0002
#define AI_NUMERICHOST 0x0004
#define AI_V4MAPPED 0x0008
#define AI_ALL 0x0010
#define AI_ADDRCONFIG 0x0020
#define AI_IDN 0x0040
#define AI_CANONIDN 0x0080
#define AI_IDN_ALLOW_UNASSIGNED 0x0100
#define AI_IDN_USE_STD3_ASCII_RULES 0x0200
#define AI_NUMERICSERV 0x0400

#define NI_NUMERICHOST 1
#define NI_NUMERICSERV 2
#define NI_NOFQDN 4
#define NI_NAMEREQD 8
#define NI_DGRAM 16
#define NI_IDN 32
#define NI_IDN_ALLOW_UNASSIGNED 64
#define NI_IDN_USE_STD3_ASCII_RULES 128
#define NI_NUMERICSCOPE 256

#define NI_MAXHOST 1025
#define NI_MAXSERV 32

#define EAI_BADFLAGS (-1)
#define EAI_NONAME (-2)
#define EAI_AGAIN (-3)
#define EAI_FAIL (-4)
#define EAI_NODATA (-5)
#define EAI_FAMILY (-6)
#define EAI_SOCKTYPE (-7)
#define EAI_SERVICE (-8)
#define EAI_ADDRFAMILY (-9)
#define EAI_MEMORY (-10)
#define EAI_SYSTEM (-11)
#define EAI_OVERFLOW (-12)
#define EAI_INPROGRESS (-100)
#define EAI_CANCELED (-101)
#define EAI_NOTCANCELED (-102)
#define EAI_ALLDONE (-103)
#define EAI_INTR (-104)
#define EAI_IDN_ENCODE (-105)

_PSOCK_BSD_BEGIN

int getaddrinfo(const char *_PSOCK_BSD_RESTRICT __host,
                const char *_PSOCK_BSD_RESTRICT __service,
                const struct addrinfo *_PSOCK_BSD_RESTRICT __hints,
                struct addrinfo **_PSOCK_BSD_RESTRICT __result)
    _PSOCK_BSD_NAME(getaddrinfo);
void freeaddrinfo(struct addrinfo *__result) _PSOCK_BSD_NAME(freeaddrinfo);
int getnameinfo(const struct sockaddr *_PSOCK_BSD_RESTRICT __address,
                socklen_t __length, char *_PSOCK_BSD_RESTRICT __host,
                socklen_t __host_size, char *_PSOCK_BSD_RESTRICT __service,
                socklen_t __service_size, int __flags)
    _PSOCK_BSD_NAME(getnameinfo);
const char *gai_strerror(int __error) _PSOCK_BSD_NAME(gai_strerror);

_PSOCK_BSD_END

/* --- Hosts ----------------------------------------------------------------- */

struct hostent {
    char *h_name;
    char **h_aliases;
    int h_addrtype;
    int h_length;
    char **h_addr_list;
};
#define h_addr h_addr_list[0]

/* Values of h_errno, which is each thread's own. */
#define NETDB_INTERNAL (-1) /* see errno */
#define NETDB_SUCCESS 0
#define HOST_NOT_FOUND 1
#define TRY_AGAIN 2
#define NO_RECOVERY 3
#define NO_DATA 4
#define NO_ADDRESS NO_DATA

_PSOCK_BSD_BEGIN

int *__h_errno_location(void) _PSOCK_BSD_NAME(h_errno_location);
#define h_errno (*__h_errno_location())

struct hostent *gethostbyname(const char *__name)
    _PSOCK_BSD_NAME(gethostbyname);
struct hostent *gethostbyname2(const char *__name, int __family)
    _PSOCK_BSD_NAME(gethostbyname2);
struct hostent *gethostbyaddr(const void *__address, socklen_t __length,
                              int __family) _PSOCK_BSD_NAME(gethostbyaddr);
int gethostbyname_r(const char *_PSOCK_BSD_RESTRICT __name,
                    struct hostent *_PSOCK_BSD_RESTRICT __host,
                    char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                    struct hostent **_PSOCK_BSD_RESTRICT __result,
                    int *_PSOCK_BSD_RESTRICT __error)
    _PSOCK_BSD_NAME(gethostbyname_r);
int gethostbyname2_r(const char *_PSOCK_BSD_RESTRICT __name, int __family,
                     struct hostent *_PSOCK_BSD_RESTRICT __host,
                     char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                     struct hostent **_PSOCK_BSD_RESTRICT __result,
                     int *_PSOCK_BSD_RESTRICT __error)
    _PSOCK_BSD_NAME(gethostbyname2_r);
int gethostbyaddr_r(const void *_PSOCK_BSD_RESTRICT __address,
                    socklen_t __length, int __family,
                    struct hostent *_PSOCK_BSD_RESTRICT __host,
                    char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                    struct hostent **_PSOCK_BSD_RESTRICT __result,
                    int *_PSOCK_BSD_RESTRICT __error)
    _PSOCK_BSD_NAME(gethostbyaddr_r);

void sethostent(int __stay_open) _PSOCK_BSD_NAME(sethostent);
struct hostent *gethostent(void) _PSOCK_BSD_NAME(gethostent);
void endhostent(void) _PSOCK_BSD_NAME(endhostent);
int gethostent_r(struct hostent *_PSOCK_BSD_RESTRICT __host,
                 char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                 struct hostent **_PSOCK_BSD_RESTRICT __result,
                 int *_PSOCK_BSD_RESTRICT __error)
    _PSOCK_BSD_NAME(gethostent_r);

void herror(const char *__text) _PSOCK_BSD_NAME(herror);
const char *hstrerror(int __error) _PSOCK_BSD_NAME(hstrerror);

_PSOCK_BSD_END

/* --- Services --------------------------------------------------------------- */

struct servent {
    char *s_name;
    char **s_aliases;
    int s_port; /* in network order */
    char *s_proto;
};

_PSOCK_BSD_BEGIN

struct servent *getservbyname(const char *__name, const char *__protocol)
    _PSOCK_BSD_NAME(getservbyname);
struct servent *getservbyport(int __port, const char *__protocol)
    _PSOCK_BSD_NAME(getservbyport);
int getservbyname_r(const char *_PSOCK_BSD_RESTRICT __name,
                    const char *_PSOCK_BSD_RESTRICT __protocol,
                    struct servent *_PSOCK_BSD_RESTRICT __service,
                    char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                    struct servent **_PSOCK_BSD_RESTRICT __result)
    _PSOCK_BSD_NAME(getservbyname_r);
int getservbyport_r(int __port, const char *_PSOCK_BSD_RESTRICT __protocol,
                    struct servent *_PSOCK_BSD_RESTRICT __service,
                    char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                    struct servent **_PSOCK_BSD_RESTRICT __result)
    _PSOCK_BSD_NAME(getservbyport_r);

void setservent(int __stay_open) _PSOCK_BSD_NAME(setservent);
struct servent *getservent(void) _PSOCK_BSD_NAME(getservent);
void endservent(void) _PSOCK_BSD_NAME(endservent);
int getservent_r(struct servent *_PSOCK_BSD_RESTRICT __service,
                 char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                 struct servent **_PSOCK_BSD_RESTRICT __result)
    _PSOCK_BSD_NAME(getservent_r);

_PSOCK_BSD_END

/* --- Protocols -------------------------------------------------------------- */

struct protoent {
    char *p_name;
    char **p_aliases;
    int p_proto;
};

_PSOCK_BSD_BEGIN

struct protoent *getprotobyname(const char *__name)
    _PSOCK_BSD_NAME(getprotobyname);
struct protoent *getprotobynumber(int __number)
    _PSOCK_BSD_NAME(getprotobynumber);
int getprotobyname_r(const char *_PSOCK_BSD_RESTRICT __name,
                     struct protoent *_PSOCK_BSD_RESTRICT __protocol,
                     char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                     struct protoent **_PSOCK_BSD_RESTRICT __result)
    _PSOCK_BSD_NAME(getprotobyname_r);
int getprotobynumber_r(int __number,
                       struct protoent *_PSOCK_BSD_RESTRICT __protocol,
                       char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                       struct protoent **_PSOCK_BSD_RESTRICT __result)
    _PSOCK_BSD_NAME(getprotobynumber_r);

void setprotoent(int __stay_open) _PSOCK_BSD_NAME(setprotoent);
struct protoent *getprotoent(void) _PSOCK_BSD_NAME(getprotoent);
void endprotoent(void) _PSOCK_BSD_NAME(endprotoent);
int getprotoent_r(struct protoent *_PSOCK_BSD_RESTRICT __protocol,
                  char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                  struct protoent **_PSOCK_BSD_RESTRICT __result)
    _PSOCK_BSD_NAME(getprotoent_r);

_PSOCK_BSD_END

/* --- Networks --------------------------------------------------------------- */

struct netent {
    char *n_name;
    char **n_aliases;
    int n_addrtype;
    uint32_t n_net; /* in host order */
};

_PSOCK_BSD_BEGIN

struct netent *getnetbyname(const char *__name) _PSOCK_BSD_NAME(getnetbyname);
struct netent *getnetbyaddr(uint32_t __network, int __family)
    _PSOCK_BSD_NAME(getnetbyaddr);
int getnetbyname_r(const char *_PSOCK_BSD_RESTRICT __name,
                   struct netent *_PSOCK_BSD_RESTRICT __network,
                   char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                   struct netent **_PSOCK_BSD_RESTRICT __result,
                   int *_PSOCK_BSD_RESTRICT __error)
    _PSOCK_BSD_NAME(getnetbyname_r);
int getnetbyaddr_r(uint32_t __number, int __family,
                   struct netent *_PSOCK_BSD_RESTRICT __network,
                   char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                   struct netent **_PSOCK_BSD_RESTRICT __result,
                   int *_PSOCK_BSD_RESTRICT __error)
    _PSOCK_BSD_NAME(getnetbyaddr_r);

void setnetent(int __stay_open) _PSOCK_BSD_NAME(setnetent);
struct netent *getnetent(void) _PSOCK_BSD_NAME(getnetent);
void endnetent(void) _PSOCK_BSD_NAME(endnetent);
int getnetent_r(struct netent *_PSOCK_BSD_RESTRICT __network,
                char *_PSOCK_BSD_RESTRICT __buffer, size_t __size,
                struct netent **_PSOCK_BSD_RESTRICT __result,
                int *_PSOCK_BSD_RESTRICT __error) _PSOCK_BSD_NAME(getnetent_r);

_PSOCK_BSD_END

#endif
