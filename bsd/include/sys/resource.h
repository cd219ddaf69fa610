/* <sys/resource.h> of POSIX.1-2024, and what Linux adds. */
#ifndef _PSOCK_BSD_SYS_RESOURCE_H
#define _PSOCK_BSD_SYS_RESOURCE_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <sys/time.h>
#include <psock_bsd/types.h>

typedef unsigned long long rlim_t;

#define RLIM_INFINITY (~0ULL)
#define RLIM_SAVED_MAX RLIM_INFINITY
#define RLIM_SAVED_CUR RLIM_INFINITY

#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_RSS 5
#define RLIMIT_NPROC 6
#define RLIMIT_NOFILE 7
#define RLIMIT_OFILE RLIMIT_NOFILE
#define RLIMIT_MEMLOCK 8
#define RLIMIT_AS 9
#define RLIMIT_LOCKS 10
#define RLIMIT_SIGPENDING 11
#define RLIMIT_MSGQUEUE 12
#define RLIMIT_NICE 13
#define RLIMIT_RTPRIO 14
#define RLIM_NLIMITS 16

struct rlimit {
    rlim_t rlim_cur;
    rlim_t rlim_max;
};

#define RUSAGE_SELF 0
#define RUSAGE_CHILDREN (-1)
#define RUSAGE_THREAD 1

struct rusage {
    struct timeval ru_utime;
    struct timeval ru_stime;
    long ru_maxrss; /* KiB */
    long ru_ixrss;
    long ru_idrss;
    long ru_isrss;
    long ru_minflt;
    long ru_majflt;
    long ru_nswap;
    long ru_inblock;
    long ru_oublock;
    long ru_msgsnd;
    long ru_msgrcv;
    long ru_nsignals;
    long ru_nvcsw;
    long ru_nivcsw;
};

#define PRIO_MIN (-20)
#define PRIO_MAX 20
#define PRIO_PROCESS 0
#define PRIO_PGRP 1
#define PRIO_USER 2

_PSOCK_BSD_BEGIN

int getrlimit(int __resource, struct rlimit *__limit)
    _PSOCK_BSD_NAME(getrlimit);
int setrlimit(int __resource, const struct rlimit *__limit)
    _PSOCK_BSD_NAME(setrlimit);
int getrusage(int __who, struct rusage *__usage) _PSOCK_BSD_NAME(getrusage);
int getpriority(int __which, id_t __who) _PSOCK_BSD_NAME(getpriority);
int setpriority(int __which, id_t __who, int __value)
    _PSOCK_BSD_NAME(setpriority);

_PSOCK_BSD_END

#endif
