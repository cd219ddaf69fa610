/* signal_text.c: signals in words. */
#include "guest.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

struct description {
    const char *name;
    const char *text;
};

static const struct description descriptions[NSIG] = {
    [SIGHUP] = {"HUP", "Hangup"},
    [SIGINT] = {"INT", "Interrupt"},
    [SIGQUIT] = {"QUIT", "Quit"},
    [SIGILL] = {"ILL", "Illegal instruction"},
    [SIGTRAP] = {"TRAP", "Trace/breakpoint trap"},
    [SIGABRT] = {"ABRT", "Aborted"},
    [SIGBUS] = {"BUS", "Bus error"},
    [SIGFPE] = {"FPE", "Floating point exception"},
    [SIGKILL] = {"KILL", "Killed"},
    [SIGUSR1] = {"USR1", "User defined signal 1"},
    [SIGSEGV] = {"SEGV", "Segmentation fault"},
    [SIGUSR2] = {"USR2", "User defined signal 2"},
    [SIGPIPE] = {"PIPE", "Broken pipe"},
    [SIGALRM] = {"ALRM", "Alarm clock"},
    [SIGTERM] = {"TERM", "Terminated"},
    [SIGSTKFLT] = {"STKFLT", "Stack fault"},
    [SIGCHLD] = {"CHLD", "Child exited"},
    [SIGCONT] = {"CONT", "Continued"},
    [SIGSTOP] = {"STOP", "Stopped (signal)"},
    [SIGTSTP] = {"TSTP", "Stopped"},
    [SIGTTIN] = {"TTIN", "Stopped (tty input)"},
    [SIGTTOU] = {"TTOU", "Stopped (tty output)"},
    [SIGURG] = {"URG", "Urgent I/O condition"},
    [SIGXCPU] = {"XCPU", "CPU time limit exceeded"},
    [SIGXFSZ] = {"XFSZ", "File size limit exceeded"},
    [SIGVTALRM] = {"VTALRM", "Virtual timer expired"},
    [SIGPROF] = {"PROF", "Profiling timer expired"},
    [SIGWINCH] = {"WINCH", "Window changed"},
    [SIGIO] = {"POLL", "I/O possible"},
    [SIGPWR] = {"PWR", "Power failure"},
    [SIGSYS] = {"SYS", "Bad system call"},
};

const char *sigdescr_np(int number)
{
    return number > 0 && number < NSIG ? descriptions[number].text : NULL;
}

const char *sigabbrev_np(int number)
{
    return number > 0 && number < NSIG ? descriptions[number].name : NULL;
}

/* Each thread's own text would cost a thread's memory: this is one for all, as
 * POSIX allows. */
char *strsignal(int number)
{
    static char text[48];
    const char *known = sigdescr_np(number);
    if (known != NULL)
        snprintf(text, sizeof text, "%s", known);
    else if (number >= SIGRTMIN && number <= SIGRTMAX)
        snprintf(text, sizeof text, "Real-time signal %d", number - SIGRTMIN);
    else
        snprintf(text, sizeof text, "Unknown signal %d", number);
    return text;
}

void psignal(int number, const char *text)
{
    bool has_text = text != NULL && *text != '\0';
    fprintf(stderr, "%s%s%s\n", has_text ? text : "", has_text ? ": " : "",
            strsignal(number));
}

void psiginfo(const siginfo_t *info, const char *text)
{
    psignal(info->si_signo, text);
}
