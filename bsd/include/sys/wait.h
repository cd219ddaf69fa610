/* <sys/wait.h> of POSIX.1-2024.  A status is what system(), pclose() and waitpid()
 * tell: the number that a process ended with. */
#ifndef _PSOCK_BSD_SYS_WAIT_H
#define _PSOCK_BSD_SYS_WAIT_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <signal.h>
#include <psock_bsd/types.h>

#define WNOHANG 1
#define WUNTRACED 2
#define WSTOPPED 2
#define WEXITED 4
#define WCONTINUED 8
#define WNOWAIT 0x1000000

/* Faults of the system's have numbers from 0xc0000000 on. */
#define _PSOCK_BSD_IS_FAULT(status)                                            \
    ((unsigned int)(status) >= 0xc0000000u &&                                  \
     (unsigned int)(status) < 0xd0000000u)

#define WIFSIGNALED(status) _PSOCK_BSD_IS_FAULT(status)
#define WIFEXITED(status) (!_PSOCK_BSD_IS_FAULT(status))
#define WEXITSTATUS(status) ((int)(status)&0xff)
#define WTERMSIG(status)                                                       \
    ((unsigned int)(status) == 0xc000013au ? SIGINT : SIGSEGV)
#define WIFSTOPPED(status) ((void)(status), 0)
#define WSTOPSIG(status) ((void)(status), 0)
#define WIFCONTINUED(status) ((void)(status), 0)
#define WCOREDUMP(status) ((void)(status), 0)
#define W_EXITCODE(code, number) ((number) != 0 ? 128 + (number) : (code))

typedef enum { P_ALL, P_PID, P_PGID } idtype_t;

#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_DUMPED 3
#define CLD_TRAPPED 4
#define CLD_STOPPED 5
#define CLD_CONTINUED 6

struct rusage;

_PSOCK_BSD_BEGIN

/* Of processes that posix_spawn() made; without any, ECHILD. */
pid_t wait(int *__status) _PSOCK_BSD_NAME(wait);
pid_t waitpid(pid_t __process, int *__status, int __options)
    _PSOCK_BSD_NAME(waitpid);
pid_t wait3(int *__status, int __options, struct rusage *__usage)
    _PSOCK_BSD_NAME(wait3);
pid_t wait4(pid_t __process, int *__status, int __options,
            struct rusage *__usage) _PSOCK_BSD_NAME(wait4);
int waitid(idtype_t __type, id_t __id, siginfo_t *__info, int __options)
    _PSOCK_BSD_NAME(waitid);

_PSOCK_BSD_END

#endif
