/* sys_resolve.c: getaddrinfo() and getnameinfo(), which wait as long as they like
 * and which nobody can end.
 *
 * So they run in threads of psock's.  There is one for each question, up to a
 * number of them; further questions stand in line, from which they can be taken
 * again.  A thread takes questions from the line until it is empty, and ends. */
#include "platform.h"
#include "threads.h"

#include <locale.h>
#include <netdb.h>
#include <stdlib.h>

/* --- Errors ---------------------------------------------------------------- */

struct code_pair {
    int code;
    int error;
};

/* Where a system has two names for one number, the first counts. */
static const struct code_pair resolver_errors[] = {
    {EAI_AGAIN, PSOCK_EAI_AGAIN},       {EAI_BADFLAGS, PSOCK_EAI_BADFLAGS},
    {EAI_FAIL, PSOCK_EAI_FAIL},         {EAI_FAMILY, PSOCK_EAI_FAMILY},
    {EAI_MEMORY, PSOCK_EAI_MEMORY},     {EAI_NONAME, PSOCK_EAI_NONAME},
    {EAI_SERVICE, PSOCK_EAI_SERVICE},   {EAI_SOCKTYPE, PSOCK_EAI_SOCKTYPE},
    {EAI_OVERFLOW, PSOCK_EAI_OVERFLOW},
#ifdef EAI_NODATA
    {EAI_NODATA, PSOCK_EAI_NODATA},
#endif
#ifdef EAI_ADDRFAMILY
    {EAI_ADDRFAMILY, PSOCK_EAI_NODATA}, /* it has addresses of the other only */
#endif
#ifdef EAI_IDN_ENCODE
    {EAI_IDN_ENCODE, PSOCK_EAI_NONAME}, /* not a name in any form */
#endif
};

/* What a system call below the resolver may have failed with and a program can
 * do something about.  Anything else is the resolver's own trouble. */
static const struct code_pair exhaustion[] = {
    {ENOMEM, PSOCK_ENOMEM},
    {EMFILE, PSOCK_EMFILE},
    {ENFILE, PSOCK_ENFILE},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static int error_in(const struct code_pair *pairs, size_t count, int code)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].code == code)
            return pairs[i].error;
    return PSOCK_EAI_FAIL;
}

/* The error that `code` is, 0 for none.  Only of a system call that failed does
 * errno tell. */
static int result_of(int code, struct psock_sys_look_up *look_up)
{
    if (code == 0)
        return 0;
    if (code != EAI_SYSTEM)
        return error_in(resolver_errors, COUNT_OF(resolver_errors), code);
    look_up->native = errno;
    return error_in(exhaustion, COUNT_OF(exhaustion), errno);
}

/* --- Names beyond ASCII ---------------------------------------------------- */

/* The C library turns names into their ASCII form, and back, if it finds a
 * library for that; and it takes them to be in the encoding of the thread's
 * locale, which therefore is one of UTF-8 for the moment of the call. */
#ifdef PSOCK_HAVE_INTERNATIONAL_NAMES
static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;
static locale_t utf8; /* zero where there is none */

/* Kept for good: helpers that nobody waits for may use it to the end. */
static void find_utf8(void)
{
    utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static _Bool has_utf8(void)
{
    (void)pthread_once(&utf8_once, find_utf8);
    return utf8 != (locale_t)0;
}

static int get_international(const char *host, const char *service,
                             const struct addrinfo *hints,
                             struct addrinfo **found)
{
    struct addrinfo international = *hints;
    if (!has_utf8())
        return EAI_IDN_ENCODE;
    international.ai_flags |= AI_IDN;
    const locale_t before = uselocale(utf8);
    const int code = getaddrinfo(host, service, &international, found);
    const int native = errno;
    (void)uselocale(before);
    errno = native;
    return code;
}

/* Asks for a name, in UTF-8 if that can be. */
static int get_host_name(const struct sockaddr *address, socklen_t length,
                         char *name, socklen_t size, int flags)
{
    if (!has_utf8())
        return getnameinfo(address, length, name, size, NULL, 0, flags);
    const locale_t before = uselocale(utf8);
    const int code =
        getnameinfo(address, length, name, size, NULL, 0, flags | NI_IDN);
    const int native = errno;
    (void)uselocale(before);
    errno = native;
    return code;
}

/* A numeric host is turned into ASCII as well before it is found to be none. */
static int try_international(void)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const int code =
        get_international("\xc3\xbc.invalid", NULL, &hints, &found);
    if (code == 0)
        freeaddrinfo(found);
    return code == EAI_IDN_ENCODE ? PSOCK_ENOTSUP : 0;
}
#else
static int get_international(const char *host, const char *service,
                             const struct addrinfo *hints,
                             struct addrinfo **found)
{
    (void)host;
    (void)service;
    (void)hints;
    (void)found;
    return EAI_NONAME;
}

static int get_host_name(const struct sockaddr *address, socklen_t length,
                         char *name, socklen_t size, int flags)
{
    return getnameinfo(address, length, name, size, NULL, 0, flags);
}

static int try_international(void)
{
    errno = ENOTSUP;
    return PSOCK_ENOTSUP;
}
#endif

static _Bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text > 0x7f)
            return 0;
    return 1;
}

/* --- Addresses of a name --------------------------------------------------- */

static int native_family(int family)
{
    if (family == PSOCK_NONE)
        return AF_UNSPEC;
    return family == PSOCK_IPV4 ? AF_INET : AF_INET6;
}

static struct addrinfo hints_of(const struct psock_sys_look_up *look_up)
{
    struct addrinfo hints = {0};
    hints.ai_family = native_family(look_up->family);
    hints.ai_socktype = psock_posix_type(look_up->type);
    if (look_up->configured)
        hints.ai_flags |= AI_ADDRCONFIG;
    if (look_up->wants_name && look_up->host != NULL)
        hints.ai_flags |= AI_CANONNAME;
    return hints;
}

static int get_addresses(struct psock_sys_look_up *look_up,
                         struct addrinfo **found)
{
    const struct addrinfo hints = hints_of(look_up);
    if (look_up->host == NULL || is_ascii(look_up->host))
        return result_of(
            getaddrinfo(look_up->host, look_up->service, &hints, found),
            look_up);
    const int error = result_of(
        get_international(look_up->host, look_up->service, &hints, found),
        look_up);
    return error == PSOCK_EAI_NONAME && try_international() < 0 ? PSOCK_ENOTSUP
                                                                : error;
}

static _Bool is_taken(const struct addrinfo *entry)
{
    return (entry->ai_family == AF_INET || entry->ai_family == AF_INET6) &&
           entry->ai_addrlen <= sizeof(((psock_address *)0)->storage);
}

/* Returns how many entries there are to take. */
static int count_taken(const struct addrinfo *found)
{
    int count = 0;
    for (; found != NULL; found = found->ai_next)
        count += is_taken(found);
    return count;
}

static void take_addresses(const struct addrinfo *found, psock_address *to)
{
    for (; found != NULL; found = found->ai_next) {
        if (!is_taken(found))
            continue;
        memcpy(to->storage.bytes, found->ai_addr, found->ai_addrlen);
        to->length = (uint32_t)found->ai_addrlen;
        to++;
    }
}

static int take(const struct addrinfo *found, struct psock_sys_look_up *look_up)
{
    const int count = count_taken(found);
    if (count == 0)
        return PSOCK_EAI_NODATA;
    look_up->addresses = calloc((size_t)count, sizeof *look_up->addresses);
    if (look_up->addresses == NULL)
        return PSOCK_EAI_MEMORY;
    take_addresses(found, look_up->addresses);
    return count;
}

static void take_name(const struct addrinfo *found,
                      struct psock_sys_look_up *look_up)
{
    const char *name = found == NULL ? NULL : found->ai_canonname;
    if (name != NULL && strlen(name) < sizeof look_up->host_name)
        memcpy(look_up->host_name, name, strlen(name) + 1);
}

static int find_addresses(struct psock_sys_look_up *look_up)
{
    struct addrinfo *found = NULL;
    int result = get_addresses(look_up, &found);
    if (result < 0)
        return result;
    take_name(found, look_up);
    result = take(found, look_up);
    freeaddrinfo(found);
    return result;
}

/* --- The name of an address ------------------------------------------------ */

static const struct sockaddr *
native_address(const struct psock_sys_look_up *look_up)
{
    return (const struct sockaddr *)look_up->address->storage.bytes;
}

/* An address without a name is no error here. */
static int find_host_name(struct psock_sys_look_up *look_up)
{
    const int code = get_host_name(
        native_address(look_up), (socklen_t)look_up->address->length,
        look_up->host_name, sizeof look_up->host_name, NI_NAMEREQD);
    if (code != 0)
        look_up->host_name[0] = '\0';
    return code == EAI_NONAME ? 0 : result_of(code, look_up);
}

/* What has no name is written as a number, and no name has digits only. */
static int find_service_name(struct psock_sys_look_up *look_up)
{
    char *name = look_up->service_name;
    const int flags = look_up->type == PSOCK_DATAGRAM ? NI_DGRAM : 0;
    const int code = getnameinfo(native_address(look_up),
                                 (socklen_t)look_up->address->length, NULL, 0,
                                 name, sizeof look_up->service_name, flags);
    if (code != 0 || name[strspn(name, "0123456789")] == '\0')
        name[0] = '\0';
    return result_of(code, look_up);
}

static int find_names(struct psock_sys_look_up *look_up)
{
    int error = 0;
    if ((look_up->flags & PSOCK_RESOLVE_NUMERIC_HOST) == 0)
        error = find_host_name(look_up);
    if (error == 0 && (look_up->flags & PSOCK_RESOLVE_NUMERIC_SERVICE) == 0)
        error = find_service_name(look_up);
    return error;
}

static int find_out(struct psock_sys_look_up *look_up)
{
    return look_up->address == NULL ? find_addresses(look_up)
                                    : find_names(look_up);
}

/* --- Work -------------------------------------------------------------------- */

/* A look-up as a thread has it, with all that the system reads and writes.  It is
 * tied to the one that was asked for until that has its answer: so `done` is
 * called once, and what is stopped need not stay for as long as a call takes that
 * nobody can end. */
struct work {
    struct work *next;                 /* in line */
    struct psock_sys_look_up *look_up; /* null once it has its answer */
    struct psock_sys_look_up own;
    psock_address address;
    char host[PSOCK_HOST_NAME_SIZE];
    char service[PSOCK_SERVICE_NAME_SIZE];
};

static const char *copy_text(const char *text, char *to)
{
    return text == NULL ? NULL : memcpy(to, text, strlen(text) + 1);
}

static struct work *make_work(struct psock_sys_look_up *look_up)
{
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return NULL;
    work->look_up = look_up;
    work->own = *look_up;
    work->own.host = copy_text(look_up->host, work->host);
    work->own.service = copy_text(look_up->service, work->service);
    if (look_up->address == NULL)
        return work;
    work->address = *look_up->address;
    work->own.address = &work->address;
    return work;
}

static void free_work(struct work *work)
{
    free(work->own.addresses);
    free(work);
}

/* Gives what was found to the one who asked. */
static void hand_over(struct work *work, struct psock_sys_look_up *look_up)
{
    struct psock_sys_look_up *own = &work->own;
    look_up->result = own->result;
    look_up->native = own->native;
    look_up->addresses = own->addresses;
    own->addresses = NULL;
    memcpy(look_up->host_name, own->host_name, sizeof own->host_name);
    memcpy(look_up->service_name, own->service_name, sizeof own->service_name);
    look_up->done(look_up);
}

/* --- The line ---------------------------------------------------------------- */

/* So many questions are asked at once, and not more threads run. */
#define HELPERS_MAX 64

static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t line_once = PTHREAD_ONCE_INIT;
static struct work *first_in_line;
static struct work *last_in_line;
static int helper_count;

/* A process forked off has none of the threads, and nobody in it waits for what
 * they were asked. */
static void begin_anew(void)
{
    static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;
    line_lock = unlocked;
    first_in_line = NULL;
    last_in_line = NULL;
    helper_count = 0;
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, begin_anew);
}

/* `before` null stands for the beginning of the line. */
static void put_behind(struct work *before, struct work *next)
{
    if (before == NULL)
        first_in_line = next;
    else
        before->next = next;
}

static void stand_in_line(struct work *work)
{
    put_behind(last_in_line, work);
    last_in_line = work;
}

/* Whether it was there. */
static _Bool leave_line(const struct work *work)
{
    struct work *before = NULL;
    struct work *at = first_in_line;
    while (at != NULL && at != work) {
        before = at;
        at = at->next;
    }
    if (at == NULL)
        return 0;
    put_behind(before, at->next);
    if (at == last_in_line)
        last_in_line = before;
    return 1;
}

/* Whoever unties the two is the one to answer.  The lock is held. */
static struct psock_sys_look_up *untie(struct work *work)
{
    struct psock_sys_look_up *look_up = work->look_up;
    if (look_up != NULL)
        look_up->work = NULL;
    work->look_up = NULL;
    return look_up;
}

/* --- Helpers ----------------------------------------------------------------- */

/* The next in line; null, and a helper less, when there is none. */
static struct work *next_work(void)
{
    pthread_mutex_lock(&line_lock);
    struct work *next = first_in_line;
    if (next != NULL)
        (void)leave_line(next);
    else
        helper_count--;
    pthread_mutex_unlock(&line_lock);
    return next;
}

static void finish(struct work *work)
{
    pthread_mutex_lock(&line_lock);
    struct psock_sys_look_up *look_up = untie(work);
    pthread_mutex_unlock(&line_lock);
    if (look_up != NULL)
        hand_over(work, look_up);
    free_work(work);
}

static void *help(void *nothing)
{
    struct work *work;
    while ((work = next_work()) != NULL) {
        work->own.result = find_out(&work->own);
        finish(work);
    }
    return nothing;
}

/* Nobody waits for its end. */
static int start_thread(void)
{
    pthread_t thread;
    const int native = psock_posix_start_thread(&thread, help, NULL);
    if (native == 0)
        (void)pthread_detach(thread);
    return native;
}

/* Where no more threads can be had, those that run will do. */
static int add_helper(void)
{
    if (helper_count == HELPERS_MAX)
        return 0;
    const int native = start_thread();
    if (native == 0)
        helper_count++;
    return helper_count > 0 ? 0 : native;
}

static int give_to_helpers(struct work *work)
{
    (void)pthread_once(&line_once, watch_forks);
    pthread_mutex_lock(&line_lock);
    const int native = add_helper();
    if (native == 0)
        stand_in_line(work);
    pthread_mutex_unlock(&line_lock);
    return native;
}

int psock_sys_begin_look_up(struct psock_sys_look_up *look_up)
{
    struct work *work = make_work(look_up);
    if (work == NULL)
        return PSOCK_ENOMEM;
    look_up->work = work;
    const int native = give_to_helpers(work);
    if (native == 0)
        return 0;
    free_work(work);
    errno = native;
    return PSOCK_ENOMEM;
}

void psock_sys_stop_look_up(struct psock_sys_look_up *look_up)
{
    pthread_mutex_lock(&line_lock);
    struct work *work = look_up->work;
    const _Bool in_time = work != NULL;
    const _Bool never_began = in_time && leave_line(work);
    if (in_time)
        (void)untie(work);
    pthread_mutex_unlock(&line_lock);
    if (never_began)
        free_work(work);
    if (!in_time)
        return;
    look_up->result = PSOCK_ECANCELED;
    look_up->done(look_up);
}

int psock_sys_can_stop_look_up(void)
{
    errno = ENOTSUP;
    return PSOCK_ENOTSUP;
}

int psock_sys_can_name_internationally(void)
{
    return try_international();
}

/* --- This machine ---------------------------------------------------------- */

int psock_sys_host_name(char *name, size_t size)
{
    char whole[PSOCK_HOST_NAME_SIZE] = {0};
    if (gethostname(whole, sizeof whole - 1) < 0)
        return psock_posix_error();
    const size_t length = strlen(whole);
    if (length >= size) {
        errno = ENAMETOOLONG;
        return PSOCK_ENAMETOOLONG;
    }
    memcpy(name, whole, length + 1);
    return (int)length;
}
