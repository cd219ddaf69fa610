/* <signal.h> of POSIX.1-2024, and what Linux adds.  Signals reach the thread that
 * they are for when it waits or moves data; see docs/porting.md, signals. */
#ifndef _PSOCK_BSD_SIGNAL_H
#define _PSOCK_BSD_SIGNAL_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

/* Those of the C runtime are less: there signal() is another function. */
#pragma push_macro("signal")
#pragma push_macro("raise")
#undef signal
#undef raise
#define signal _psock_bsd_hidden_signal
#define raise _psock_bsd_hidden_raise
#include <psock_bsd/begin.h>
#include_next <signal.h>
#include <psock_bsd/end.h>
#undef signal
#undef raise
#pragma pop_macro("signal")
#pragma pop_macro("raise")
#undef pthread_sigmask

/* --- Numbers: Linux's ------------------------------------------------------- */

#undef SIGINT
#undef SIGILL
#undef SIGABRT
#undef SIGABRT2
#undef SIGABRT_COMPAT
#undef SIGBREAK
#undef SIGFPE
#undef SIGSEGV
#undef SIGTERM
#undef SIGHUP
#undef SIGQUIT
#undef SIGTRAP
#undef SIGIOT
#undef SIGEMT
#undef SIGKILL
#undef SIGBUS
#undef SIGSYS
#undef SIGPIPE
#undef SIGALRM
#undef NSIG

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT SIGABRT
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCLD SIGCHLD
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL SIGIO
#define SIGPWR 30
#define SIGSYS 31
#define SIGRTMIN 34
#define SIGRTMAX 64
#define NSIG 65
#define _NSIG NSIG

/* --- What to do ------------------------------------------------------------- */

typedef void (*__sighandler_t)(int);
typedef __sighandler_t sighandler_t;
typedef __sighandler_t sig_t;

#undef SIG_DFL
#undef SIG_IGN
#undef SIG_ERR
#undef SIG_GET
#undef SIG_SGE
#undef SIG_ACK
#define SIG_DFL ((__sighandler_t)0)
#define SIG_IGN ((__sighandler_t)1)
#define SIG_ERR ((__sighandler_t)-1)

union sigval {
    int sival_int;
    void *sival_ptr;
};
typedef union sigval sigval_t;
typedef union sigval __sigval_t;

typedef struct {
    int si_signo;
    int si_errno;
    int si_code;
    pid_t si_pid;
    uid_t si_uid;
    int si_status;
    void *si_addr;
    long si_band;
    int si_fd;
    union sigval si_value;
} siginfo_t;
#define si_int si_value.sival_int
#define si_ptr si_value.sival_ptr

#define SI_USER 0
#define SI_KERNEL 0x80
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define SI_MESGQ (-3)
#define SI_ASYNCIO (-4)
#define SI_TKILL (-6)

struct sigaction {
    __extension__ union {
        __sighandler_t sa_handler;
        void (*sa_sigaction)(int, siginfo_t *, void *);
    };
    sigset_t sa_mask;
    int sa_flags;
    void (*sa_restorer)(void);
};

#define SA_NOCLDSTOP 0x1
#define SA_NOCLDWAIT 0x2
#define SA_SIGINFO 0x4
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000
#define SA_INTERRUPT 0x20000000
#define SA_NOMASK SA_NODEFER
#define SA_ONESHOT SA_RESETHAND

#ifndef SIG_BLOCK
#define SIG_BLOCK 0
#endif
#ifndef SIG_UNBLOCK
#define SIG_UNBLOCK 1
#endif
#ifndef SIG_SETMASK
#define SIG_SETMASK 2
#endif

typedef struct {
    void *ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

#define SS_ONSTACK 1
#define SS_DISABLE 2
#define MINSIGSTKSZ 2048
#define SIGSTKSZ 8192

/* Of notifications: declared for what has them as a member. */
struct sigevent {
    union sigval sigev_value;
    int sigev_signo;
    int sigev_notify;
    void (*sigev_notify_function)(union sigval);
    void *sigev_notify_attributes;
};
#define SIGEV_SIGNAL 0
#define SIGEV_NONE 1
#define SIGEV_THREAD 2

struct timespec;

_PSOCK_BSD_BEGIN

/* --- Calls ------------------------------------------------------------------ */

__sighandler_t signal(int __number, __sighandler_t __handler)
    _PSOCK_BSD_NAME(signal);
__sighandler_t bsd_signal(int __number, __sighandler_t __handler)
    _PSOCK_BSD_NAME(bsd_signal);
__sighandler_t sysv_signal(int __number, __sighandler_t __handler)
    _PSOCK_BSD_NAME(sysv_signal);
int sigaction(int __number, const struct sigaction *_PSOCK_BSD_RESTRICT __action,
              struct sigaction *_PSOCK_BSD_RESTRICT __old)
    _PSOCK_BSD_NAME(sigaction);
int siginterrupt(int __number, int __interrupts)
    _PSOCK_BSD_NAME(siginterrupt);
int sigaltstack(const stack_t *_PSOCK_BSD_RESTRICT __stack,
                stack_t *_PSOCK_BSD_RESTRICT __old)
    _PSOCK_BSD_NAME(sigaltstack);

int raise(int __number) _PSOCK_BSD_NAME(raise);
int kill(pid_t __process, int __number) _PSOCK_BSD_NAME(kill);
int killpg(pid_t __group, int __number) _PSOCK_BSD_NAME(killpg);
int sigqueue(pid_t __process, int __number, const union sigval __value)
    _PSOCK_BSD_NAME(sigqueue);

int sigemptyset(sigset_t *__set) _PSOCK_BSD_NAME(sigemptyset);
int sigfillset(sigset_t *__set) _PSOCK_BSD_NAME(sigfillset);
int sigaddset(sigset_t *__set, int __number) _PSOCK_BSD_NAME(sigaddset);
int sigdelset(sigset_t *__set, int __number) _PSOCK_BSD_NAME(sigdelset);
int sigismember(const sigset_t *__set, int __number)
    _PSOCK_BSD_NAME(sigismember);

int sigprocmask(int __how, const sigset_t *_PSOCK_BSD_RESTRICT __set,
                sigset_t *_PSOCK_BSD_RESTRICT __old)
    _PSOCK_BSD_NAME(sigprocmask);
int pthread_sigmask(int __how, const sigset_t *_PSOCK_BSD_RESTRICT __set,
                    sigset_t *_PSOCK_BSD_RESTRICT __old)
    _PSOCK_BSD_NAME(pthread_sigmask);
int sigpending(sigset_t *__set) _PSOCK_BSD_NAME(sigpending);
int sigsuspend(const sigset_t *__mask) _PSOCK_BSD_NAME(sigsuspend);
int sigwait(const sigset_t *_PSOCK_BSD_RESTRICT __set,
            int *_PSOCK_BSD_RESTRICT __number) _PSOCK_BSD_NAME(sigwait);
int sigwaitinfo(const sigset_t *_PSOCK_BSD_RESTRICT __set,
                siginfo_t *_PSOCK_BSD_RESTRICT __info)
    _PSOCK_BSD_NAME(sigwaitinfo);
int sigtimedwait(const sigset_t *_PSOCK_BSD_RESTRICT __set,
                 siginfo_t *_PSOCK_BSD_RESTRICT __info,
                 const struct timespec *_PSOCK_BSD_RESTRICT __timeout)
    _PSOCK_BSD_NAME(sigtimedwait);

int sighold(int __number) _PSOCK_BSD_NAME(sighold);
int sigrelse(int __number) _PSOCK_BSD_NAME(sigrelse);
int sigignore(int __number) _PSOCK_BSD_NAME(sigignore);

void psignal(int __number, const char *__text) _PSOCK_BSD_NAME(psignal);
void psiginfo(const siginfo_t *__info, const char *__text)
    _PSOCK_BSD_NAME(psiginfo);

/* A signal for one thread, by the number that the system has for it: what
 * pthread_kill() (<pthread.h>) comes down to. */
int _psock_bsd_thread_signal(void *__handle, int __number)
    _PSOCK_BSD_NAME(thread_signal);

_PSOCK_BSD_END

#endif
