/* syslog.c: messages to whoever has bound a socket to /dev/log, as a collector of
 * the program's own does, and to standard error on request. */
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum {
    LONGEST = 2048
};

static struct psock_guest_mutex lock;
static const char *log_name;
static int log_options;
static int log_facility = LOG_USER;
static int log_mask = LOG_UPTO(LOG_DEBUG);
static int collector = -1;

/* --- Texts -------------------------------------------------------------------------- */

/* A format with the text of errno in place of %m, in which no % is left. */
static void expand(char *to, size_t size, const char *format, int number)
{
    size_t used = 0;
    while (*format != '\0' && used + 2 < size) {
        if (format[0] != '%' || (format[1] != 'm' && format[1] != '%')) {
            to[used++] = *format++;
            continue;
        }
        if (format[1] == '%') {
            to[used++] = *format++;
            to[used++] = *format++;
            continue;
        }
        for (const char *text = strerror(number); *text != '\0'; text++) {
            if (used + 3 >= size)
                break;
            if (*text == '%')
                to[used++] = '%';
            to[used++] = *text;
        }
        format += 2;
    }
    to[used] = '\0';
}

static size_t clamped(int length, size_t size)
{
    if (length < 0)
        return 0;
    return (size_t)length < size ? (size_t)length : size - 1;
}

/* "name[17]: ", of which the name and the number may be missing. */
static size_t put_tag(char *to, size_t size)
{
    char number[24] = "";
    if ((log_options & LOG_PID) != 0)
        snprintf(number, sizeof number, "[%d]", (int)getpid());
    return clamped(snprintf(to, size, "%s%s: ",
                            log_name != NULL ? log_name : "program", number),
                   size);
}

/* In English, as collectors read it. */
static size_t put_head(char *to, size_t size, int priority)
{
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm local;
    time_t now = time(NULL);
    localtime_r(&now, &local);
    return clamped(snprintf(to, size, "<%d>%s %2d %02d:%02d:%02d ", priority,
                            months[local.tm_mon], local.tm_mday, local.tm_hour,
                            local.tm_min, local.tm_sec),
                   size);
}

/* --- Sending ------------------------------------------------------------------------- */

static void open_collector(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = _PATH_LOG};
    if (collector >= 0)
        return;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        collector = fd;
    else
        close(fd);
}

static void close_collector(void)
{
    if (collector >= 0)
        close(collector);
    collector = -1;
}

/* Once more when the collector is another one by now. */
static bool send_to_collector(const char *message, size_t size)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        open_collector();
        if (collector < 0)
            return false;
        if (send(collector, message, size, MSG_NOSIGNAL) >= 0)
            return true;
        close_collector();
    }
    return false;
}

static void deliver(int priority, const char *format, va_list arguments)
{
    char message[LONGEST];
    size_t head = put_head(message, sizeof message, priority);
    size_t size = head + put_tag(message + head, sizeof message - head);
    size += clamped(
        vsnprintf(message + size, sizeof message - size, format, arguments),
        sizeof message - size);
    if ((log_options & LOG_PERROR) != 0)
        fprintf(stderr, "%s\n", message + head);
    bool is_sent = send_to_collector(message, size);
    if (!is_sent && (log_options & (LOG_CONS | LOG_PERROR)) == LOG_CONS)
        fprintf(stderr, "%s\n", message + head);
}

/* --- Calls ---------------------------------------------------------------------------- */

void vsyslog(int priority, const char *format, va_list arguments)
{
    char expanded[LONGEST];
    int number = errno;
    psock_guest_lock(&lock);
    if ((log_mask & LOG_MASK(LOG_PRI(priority))) != 0) {
        if ((priority & LOG_FACMASK) == 0)
            priority |= log_facility;
        expand(expanded, sizeof expanded, format, number);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        deliver(priority & (LOG_PRIMASK | LOG_FACMASK), expanded, arguments);
#pragma GCC diagnostic pop
    }
    psock_guest_unlock(&lock);
    errno = number;
}

void syslog(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsyslog(priority, format, arguments);
    va_end(arguments);
}

void openlog(const char *name, int options, int facility)
{
    psock_guest_lock(&lock);
    log_name = name;
    log_options = options;
    if ((facility & ~LOG_FACMASK) == 0 && facility != 0)
        log_facility = facility;
    if ((options & LOG_NDELAY) != 0)
        open_collector();
    psock_guest_unlock(&lock);
}

void closelog(void)
{
    psock_guest_lock(&lock);
    close_collector();
    log_name = NULL;
    psock_guest_unlock(&lock);
}

int setlogmask(int mask)
{
    psock_guest_lock(&lock);
    int before = log_mask;
    if (mask != 0)
        log_mask = mask;
    psock_guest_unlock(&lock);
    return before;
}
