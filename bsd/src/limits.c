/* limits.c: what a process and the machine have. */
#include "number.h"
#include "process.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

/* --- sysconf() -------------------------------------------------------------------- */

struct value {
    int name;
    long value;
};

static const struct value system_values[] = {
    {_SC_ARG_MAX, 32767},
    {_SC_CHILD_MAX, 1024},
    {_SC_NGROUPS_MAX, 65536},
    {_SC_STREAM_MAX, 512},
    {_SC_TZNAME_MAX, 6},
    {_SC_JOB_CONTROL, 1},
    {_SC_SAVED_IDS, 1},
    {_SC_FSYNC, 200809},
    {_SC_MAPPED_FILES, 200809},
    {_SC_VERSION, 200809},
    {_SC_RTSIG_MAX, 31},
    {_SC_LINE_MAX, 2048},
    {_SC_IOV_MAX, IOV_MAX},
    {_SC_THREADS, 200809},
    {_SC_THREAD_SAFE_FUNCTIONS, 200809},
    {_SC_GETGR_R_SIZE_MAX, 1024},
    {_SC_GETPW_R_SIZE_MAX, 1024},
    {_SC_LOGIN_NAME_MAX, 256},
    {_SC_TTY_NAME_MAX, 32},
    {_SC_ATEXIT_MAX, 32},
    {_SC_MONOTONIC_CLOCK, 200809},
    {_SC_HOST_NAME_MAX, 64},
    {_SC_IPV6, 200809},
    {_SC_CLK_TCK, 100},
};

static const struct value path_values[] = {
    {_PC_LINK_MAX, 1},         {_PC_MAX_CANON, 255}, {_PC_MAX_INPUT, 255},
    {_PC_NAME_MAX, 255},       {_PC_PATH_MAX, 260},  {_PC_PIPE_BUF, 4096},
    {_PC_CHOWN_RESTRICTED, 1}, {_PC_NO_TRUNC, 1},    {_PC_VDISABLE, 0},
};

static long find(const struct value *values, size_t count, int name)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i].name == name)
            return values[i].value;
    }
    return psock_guest_fail(EINVAL);
}

#define FIND(values, name) find(values, sizeof values / sizeof *values, name)

static long clamped(int64_t value)
{
    return value > LONG_MAX ? LONG_MAX : (long)value;
}

long sysconf(int name)
{
    struct psock_guest_machine machine;
    psock_guest_machine(&machine);
    switch (name) {
    case _SC_OPEN_MAX:
        return getdtablesize();
    case _SC_PAGESIZE:
        return machine.page_size;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return machine.processors;
    case _SC_PHYS_PAGES:
        return clamped(machine.memory_bytes / machine.page_size);
    case _SC_AVPHYS_PAGES:
        return clamped(machine.free_memory_bytes / machine.page_size);
    default:
        return FIND(system_values, name);
    }
}

long pathconf(const char *path, int name)
{
    if (path == NULL)
        return psock_guest_fail(EFAULT);
    return FIND(path_values, name);
}

long fpathconf(int fd, int name)
{
    if (fd < 0)
        return psock_guest_fail(EBADF);
    return FIND(path_values, name);
}

size_t confstr(int name, char *buffer, size_t size)
{
    static const char path[] = "/bin:/usr/bin";
    if (name != _CS_PATH) {
        errno = EINVAL;
        return 0;
    }
    if (size > 0)
        snprintf(buffer, size, "%s", path);
    return sizeof path;
}

int getpagesize(void)
{
    return (int)sysconf(_SC_PAGESIZE);
}

/* --- What was used ---------------------------------------------------------------- */

static struct timeval time_of(int64_t time_us)
{
    struct timeval time;
    time.tv_sec = (time_t)(time_us / 1000000);
    time.tv_usec = (long)(time_us % 1000000);
    return time;
}

int getrusage(int who, struct rusage *usage)
{
    struct psock_guest_usage used;
    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
        return psock_guest_fail(EINVAL);
    if (usage == NULL)
        return psock_guest_fail(EFAULT);
    memset(usage, 0, sizeof *usage);
    if (who == RUSAGE_CHILDREN)
        return 0;
    psock_guest_usage(&used);
    usage->ru_utime = time_of(used.user_us);
    usage->ru_stime = time_of(used.system_us);
    usage->ru_maxrss = clamped(used.most_memory_kib);
    return 0;
}

/* --- Priorities: all the same ---------------------------------------------------------- */

int getpriority(int which, id_t who)
{
    if (which < PRIO_PROCESS || which > PRIO_USER)
        return psock_guest_fail(EINVAL);
    if (which == PRIO_PROCESS && who != 0 && who != (id_t)getpid())
        return psock_guest_fail(ESRCH);
    return 0;
}

int setpriority(int which, id_t who, int value)
{
    if (getpriority(which, who) != 0)
        return -1;
    return value < 0 ? psock_guest_fail(EACCES) : 0;
}

int nice(int more)
{
    return more < 0 ? psock_guest_fail(EPERM) : 0;
}

/* --- uname() -------------------------------------------------------------------------- */

int uname(struct utsname *names)
{
    struct psock_guest_machine machine;
    if (names == NULL)
        return psock_guest_fail(EFAULT);
    memset(names, 0, sizeof *names);
    psock_guest_machine(&machine);
    snprintf(names->sysname, sizeof names->sysname, "Windows");
    if (gethostname(names->nodename, sizeof names->nodename) != 0)
        snprintf(names->nodename, sizeof names->nodename, "localhost");
    snprintf(names->release, sizeof names->release, "%u.%u", machine.major,
             machine.minor);
    snprintf(names->version, sizeof names->version, "%u", machine.build);
    snprintf(names->machine, sizeof names->machine, "%s", machine.name);
    snprintf(names->domainname, sizeof names->domainname, "(none)");
    return 0;
}
