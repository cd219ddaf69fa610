/* identifiers.c: a program whose own names are none of POSIX's, with all headers
 * before it. */
#include "forwards.h"

/* --- Objects, types and functions ------------------------------------------------ */

struct identifiers {
    int interface, small, near, far, min, max, hyper, boolean;
    int IN, OUT, ERROR, DELETE, PASCAL, CONST, OPTIONAL;
    int s_net, s_host, h_errno_text, SendMessage, GetMessage;
    int tell, eof, filelength, chsize, setmode, locking, sopen, umask_of;
    int itoa, ltoa, strlwr, strupr, strrev, stricmp, strcmpi, flushall, getch;
    int cwait, spawnl, environ_of, rpc, byte, BYTE, WORD, DWORD, BOOL, SOCKET;
};

/* What a table of calls has. */
struct calls {
    int (*close)(struct calls *);
    int (*read)(struct calls *, void *, unsigned);
    int (*write)(struct calls *, const void *, unsigned);
    int (*send)(struct calls *, const void *, unsigned);
    int (*recv)(struct calls *, void *, unsigned);
    int (*connect)(struct calls *, const char *);
    int (*bind)(struct calls *, const char *);
    int (*accept)(struct calls *);
    int (*listen)(struct calls *);
    int (*shutdown)(struct calls *);
    int (*poll)(struct calls *, int);
    int (*select)(struct calls *, int);
    int (*open)(struct calls *, const char *);
    int (*ioctl)(struct calls *, int);
    int (*fcntl)(struct calls *, int);
    int (*socket)(struct calls *);
    int (*signal)(struct calls *, int);
    int (*pipe)(struct calls *);
    int (*dup)(struct calls *);
    int (*stat)(struct calls *);
    int (*lseek)(struct calls *);
    int (*unlink)(struct calls *);
    int (*fork)(struct calls *);
    int (*kill)(struct calls *);
    int (*access)(struct calls *);
};

static int tell(int value)
{
    return value;
}

static int eof(int value)
{
    return tell(value);
}

static int filelength(int value)
{
    return eof(value);
}

static int setmode(int value)
{
    return filelength(value);
}

static int locking(int value)
{
    return setmode(value);
}

static int itoa(int value)
{
    return locking(value);
}

static int strlwr(int value)
{
    return itoa(value);
}

static int strrev(int value)
{
    return strlwr(value);
}

static int stricmp(int value)
{
    return strrev(value);
}

static int flushall(int value)
{
    return stricmp(value);
}

static int getch(int value)
{
    return flushall(value);
}

static int cwait(int value)
{
    return getch(value);
}

static int spawnl(int value)
{
    return cwait(value);
}

static int chsize(int value)
{
    return spawnl(value);
}

static int min(int first, int second)
{
    return first < second ? first : second;
}

static int max(int first, int second)
{
    return first > second ? first : second;
}

static int last_error(void)
{
    int _errno = errno;

    return _errno;
}

int identifiers_are_free(struct calls *calls, int near, int far);

int identifiers_are_free(struct calls *calls, int near, int far)
{
    struct identifiers interface;
    int small = min(near, far);
    int ERROR = max(near, far);
    int DELETE = chsize(ERROR);
    int IN = calls->send(calls, "", 0) + calls->recv(calls, &small, 0);
    int OUT = calls->close(calls) + calls->read(calls, &small, 0);
    int sum =
        last_error() + calls->write(calls, "", 0) + calls->connect(calls, "") +
        calls->bind(calls, "") + calls->accept(calls) + calls->listen(calls) +
        calls->shutdown(calls) + calls->poll(calls, 0) +
        calls->select(calls, 0) + calls->open(calls, "") +
        calls->ioctl(calls, 0) + calls->fcntl(calls, 0) + calls->socket(calls) +
        calls->signal(calls, 0) + calls->pipe(calls) + calls->dup(calls) +
        calls->stat(calls) + calls->lseek(calls) + calls->unlink(calls) +
        calls->fork(calls) + calls->kill(calls) + calls->access(calls);
    interface.min = small + ERROR + DELETE + IN + OUT + sum;
    interface.max = interface.min;
    return interface.max;
}
