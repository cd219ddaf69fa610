/* <sys/syslog.h>: the constants and calls of <syslog.h>. */
#ifndef _PSOCK_BSD_SYS_SYSLOG_H
#define _PSOCK_BSD_SYS_SYSLOG_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <stdarg.h>

#define LOG_EMERG 0
#define LOG_ALERT 1
#define LOG_CRIT 2
#define LOG_ERR 3
#define LOG_WARNING 4
#define LOG_NOTICE 5
#define LOG_INFO 6
#define LOG_DEBUG 7

#define LOG_KERN (0 << 3)
#define LOG_USER (1 << 3)
#define LOG_MAIL (2 << 3)
#define LOG_DAEMON (3 << 3)
#define LOG_AUTH (4 << 3)
#define LOG_SYSLOG (5 << 3)
#define LOG_LPR (6 << 3)
#define LOG_NEWS (7 << 3)
#define LOG_UUCP (8 << 3)
#define LOG_CRON (9 << 3)
#define LOG_AUTHPRIV (10 << 3)
#define LOG_FTP (11 << 3)
#define LOG_LOCAL0 (16 << 3)
#define LOG_LOCAL1 (17 << 3)
#define LOG_LOCAL2 (18 << 3)
#define LOG_LOCAL3 (19 << 3)
#define LOG_LOCAL4 (20 << 3)
#define LOG_LOCAL5 (21 << 3)
#define LOG_LOCAL6 (22 << 3)
#define LOG_LOCAL7 (23 << 3)
#define LOG_NFACILITIES 24

#define LOG_PRIMASK 0x07
#define LOG_FACMASK 0x03f8
#define LOG_PRI(priority) ((priority)&LOG_PRIMASK)
#define LOG_FAC(priority) (((priority)&LOG_FACMASK) >> 3)
#define LOG_MAKEPRI(facility, level) ((facility) | (level))
#define LOG_MASK(level) (1 << (level))
#define LOG_UPTO(level) ((1 << ((level) + 1)) - 1)

#define LOG_PID 0x01
#define LOG_CONS 0x02
#define LOG_ODELAY 0x04
#define LOG_NDELAY 0x08
#define LOG_NOWAIT 0x10
#define LOG_PERROR 0x20

#define _PATH_LOG "/dev/log"

#ifdef SYSLOG_NAMES
typedef struct _code {
    char *c_name;
    int c_val;
} CODE;

#define INTERNAL_NOPRI 0x10
#define INTERNAL_MARK LOG_MAKEPRI(LOG_NFACILITIES << 3, 0)

static CODE prioritynames[] __attribute__((unused)) = {
    {(char *)"alert", LOG_ALERT},      {(char *)"crit", LOG_CRIT},
    {(char *)"debug", LOG_DEBUG},      {(char *)"emerg", LOG_EMERG},
    {(char *)"err", LOG_ERR},          {(char *)"error", LOG_ERR},
    {(char *)"info", LOG_INFO},        {(char *)"none", INTERNAL_NOPRI},
    {(char *)"notice", LOG_NOTICE},    {(char *)"panic", LOG_EMERG},
    {(char *)"warn", LOG_WARNING},     {(char *)"warning", LOG_WARNING},
    {(char *)0, -1},
};

static CODE facilitynames[] __attribute__((unused)) = {
    {(char *)"auth", LOG_AUTH},        {(char *)"authpriv", LOG_AUTHPRIV},
    {(char *)"cron", LOG_CRON},        {(char *)"daemon", LOG_DAEMON},
    {(char *)"ftp", LOG_FTP},          {(char *)"kern", LOG_KERN},
    {(char *)"lpr", LOG_LPR},          {(char *)"mail", LOG_MAIL},
    {(char *)"mark", INTERNAL_MARK},   {(char *)"news", LOG_NEWS},
    {(char *)"security", LOG_AUTH},    {(char *)"syslog", LOG_SYSLOG},
    {(char *)"user", LOG_USER},        {(char *)"uucp", LOG_UUCP},
    {(char *)"local0", LOG_LOCAL0},    {(char *)"local1", LOG_LOCAL1},
    {(char *)"local2", LOG_LOCAL2},    {(char *)"local3", LOG_LOCAL3},
    {(char *)"local4", LOG_LOCAL4},    {(char *)"local5", LOG_LOCAL5},
    {(char *)"local6", LOG_LOCAL6},    {(char *)"local7", LOG_LOCAL7},
    {(char *)0, -1},
};
#endif

_PSOCK_BSD_BEGIN

void openlog(const char *__name, int __options, int __facility)
    _PSOCK_BSD_NAME(openlog);
void syslog(int __priority, const char *__format, ...) _PSOCK_BSD_NAME(syslog)
    __attribute__((format(gnu_printf, 2, 3)));
void vsyslog(int __priority, const char *__format, va_list __arguments)
    _PSOCK_BSD_NAME(vsyslog) __attribute__((format(gnu_printf, 2, 0)));
void closelog(void) _PSOCK_BSD_NAME(closelog);
int setlogmask(int __mask) _PSOCK_BSD_NAME(setlogmask);

_PSOCK_BSD_END

#endif
