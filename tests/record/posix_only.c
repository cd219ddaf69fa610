/* posix_only.c: what only a POSIX system can be asked. */
#include "record.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "host.h"

void observe_before_start(void)
{
    observe_result("startup-required.socket",
                   close(socket(AF_INET, SOCK_STREAM, 0)));
}

static void observe_descriptor_calls(void)
{
    char byte;
    struct stat status;
    struct ends ends = connected();
    observe_result("desc-not-fd.write", write(ends.client, "x", 1));
    observe_result("desc-not-fd.read", read(ends.server, &byte, 1));
    observe_yes_or_no("desc-not-fd.fstat-tells-a-socket",
                      fstat(ends.client, &status) == 0 &&
                          S_ISSOCK(status.st_mode));
    observe_result("close-api.close", close(dup(ends.client)));
}

static void observe_modes_asked(void)
{
    raw s = open_stream();
    raw copy = keep(dup(s));
    observe_result("desc-fcntl.setfl", fcntl(s, F_SETFL, O_NONBLOCK));
    observe_yes_or_no("nb-query.getfl-tells",
                      (fcntl(s, F_GETFL) & O_NONBLOCK) != 0);
    observe_yes_or_no("desc-dup.shares-the-mode",
                      (fcntl(copy, F_GETFL) & O_NONBLOCK) != 0);
    observe_yes_or_no("inh-default.inherited",
                      (fcntl(s, F_GETFD) & FD_CLOEXEC) == 0);
    observe_yes_or_no("inh-default.accepted-is-inherited",
                      (fcntl(connected().server, F_GETFD) & FD_CLOEXEC) == 0);
}

static char interrupted_by[32];

static void receive(void *argument)
{
    char byte;
    strcpy(interrupted_by,
           result_text(raw_recv(*(raw *)argument, &byte, 1, 0)));
}

static void observe_interruption(void)
{
    struct ends ends = connected();
    struct host_thread *thread = host_thread_start(receive, &ends.server);
    raw_pause(150);
    host_thread_disturb(thread);
    raw_pause(50);
    shutdown(ends.server, 2);
    if (host_thread_join(thread, 900))
        observe("err-eintr.recv", "%s", interrupted_by);
}

static volatile sig_atomic_t broken_pipes;

static void count_broken_pipe(int number)
{
    (void)number;
    broken_pipes++;
}

static void observe_signal(void)
{
    struct ends ends = connected();
    signal(SIGPIPE, count_broken_pipe);
    shutdown(ends.client, 1);
    raw_send(ends.client, "x", 1, 0);
    observe("io-sigpipe.raised", "%d", (int)broken_pipes);
    raw_send(ends.client, "x", 1, MSG_NOSIGNAL);
    observe("io-sigpipe.raised-in-spite-of-flag", "%d", (int)broken_pipes - 1);
}

static void observe_pairs(void)
{
    int pair[2];
    int result = socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    observe_result("io-socketpair.unix", result);
    if (result == 0) {
        keep(pair[0]);
        keep(pair[1]);
    }
    observe_result("io-socketpair.inet",
                   socketpair(AF_INET, SOCK_STREAM, 0, pair));
}

static void observe_messages(void)
{
    char byte = 'x';
    struct iovec buffer = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &buffer, .msg_iovlen = 1};
    struct ends ends = connected();
    observe_result("io-sendmsg-tcp.sendmsg", sendmsg(ends.client, &message, 0));
    observe("lim-iov.value", "%d", IOV_MAX);
}

void observe_system(void)
{
    observe_descriptor_calls();
    observe_modes_asked();
    observe_interruption();
    observe_signal();
    observe_pairs();
    observe_messages();
}
