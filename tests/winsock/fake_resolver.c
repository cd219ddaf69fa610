/* fake_resolver.c: names to addresses and back.
 *
 * What was asked in the background writes to its caller's memory until its routine
 * has been called and the call has returned, in whichever order, as Windows does:
 * so whoever lets go of that too early is found by the sanitizers. */
#include "fake_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE 512
#define FIRST_HANDLE 0x7000

/* --- What is known ----------------------------------------------------------- */

struct known {
    struct known *next;
    char text[TEXT_SIZE];
    struct fake_name name; /* without a port */
    u_short port;
    int type;
};

static struct known *hosts;
static struct known *services;
static struct known *names;
static WCHAR called[2 * TEXT_SIZE]; /* empty: as they are */
static _Bool has_looked_up;         /* the process, not one test */

static void drop_all_known(struct known **list)
{
    while (*list != NULL) {
        struct known *first = *list;
        *list = first->next;
        free(first);
    }
}

void fake_forget_names(void)
{
    drop_all_known(&hosts);
    drop_all_known(&services);
    drop_all_known(&names);
    called[0] = 0;
}

void fake_look_up_begins(void)
{
    has_looked_up = 1;
}

_Bool fake_has_looked_up(void)
{
    return has_looked_up;
}

static struct fake_name name_at(const char *text)
{
    psock_address address;
    struct fake_name name = {.length = 0};
    if (psock_address_parse(text, &address) != 0)
        fake_complain("%s is no address", text);
    else
        name = fake_name_of(
            (const struct sockaddr *)(const void *)address.storage.bytes,
            (int)address.length);
    return name;
}

static struct known *add_known(struct known **list, const char *text)
{
    struct known *known = calloc(1, sizeof *known);
    snprintf(known->text, sizeof known->text, "%s", text);
    while (*list != NULL)
        list = &(*list)->next;
    *list = known;
    return known;
}

void fake_add_host(const char *host, const char *address)
{
    fake_take_lock();
    add_known(&hosts, host)->name = name_at(address);
    fake_give_lock();
}

void fake_add_name(const char *address, const char *host)
{
    fake_take_lock();
    add_known(&names, host)->name = name_at(address);
    fake_give_lock();
}

void fake_add_service(const char *service, int type, u_short port)
{
    fake_take_lock();
    struct known *known = add_known(&services, service);
    known->type = type;
    known->port = port;
    fake_give_lock();
}

static size_t units_of(const WCHAR *wide)
{
    size_t count = 0;
    while (wide[count] != 0)
        count++;
    return count;
}

void fake_call_hosts(const WCHAR *name)
{
    fake_take_lock();
    memcpy(called, name, (units_of(name) + 1) * sizeof *name);
    fake_give_lock();
}

static const struct known *find_service(const char *text, int type)
{
    const struct known *each = services;
    while (each != NULL &&
           (strcmp(each->text, text) != 0 || each->type != type))
        each = each->next;
    return each;
}

static const struct known *find_port(u_short port, int type)
{
    const struct known *each = services;
    while (each != NULL && (each->port != port || each->type != type))
        each = each->next;
    return each;
}

static const struct known *find_name(const struct fake_name *name)
{
    const struct known *each = names;
    struct fake_name portless = *name;
    fake_set_port(&portless, 0);
    while (each != NULL && !fake_same_place(&each->name, &portless))
        each = each->next;
    return each;
}

/* --- Text -------------------------------------------------------------------- */

#define NO_UTF_16 "(no UTF-16)"

static void to_text(const WCHAR *wide, char text[TEXT_SIZE])
{
    text[0] = '\0';
    if (wide != NULL &&
        WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, text,
                            TEXT_SIZE, NULL, NULL) == 0)
        snprintf(text, TEXT_SIZE, "%s", NO_UTF_16);
}

static void to_wide(const char *text, WCHAR wide[TEXT_SIZE])
{
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide,
                            TEXT_SIZE) == 0)
        fake_complain("%s is no UTF-8", text);
}

/* --- Answers ----------------------------------------------------------------- */

/* One address of an answer, in either form, with its own memory. */
struct entry {
    union {
        ADDRINFOEXW behind;
        ADDRINFOW waiting;
    } as;
    struct sockaddr_storage name;
    WCHAR called[2 * TEXT_SIZE];
};

/* An answer that was given and not given back. */
struct given {
    struct given *next;
    struct entry *entries;
    _Bool is_behind;
};

static struct given *given;

struct question {
    char host[TEXT_SIZE]; /* empty for none */
    char service[TEXT_SIZE];
    int family;
    int type;
    int flags;
    _Bool is_behind;
};

static void call_it(const struct question *question, struct entry *entry)
{
    if (called[0] != 0)
        memcpy(entry->called, called, sizeof called);
    else
        to_wide(question->host, entry->called);
}

static void fill_entry(const struct question *question, struct entry *entry,
                       _Bool is_first, _Bool is_last)
{
    ADDRINFOEXW *behind = &entry->as.behind;
    ADDRINFOW *waiting = &entry->as.waiting;
    WCHAR *name = NULL;
    if (is_first && (question->flags & AI_CANONNAME) != 0) {
        call_it(question, entry);
        name = entry->called;
    }
    size_t length = entry->name.ss_family == AF_INET
                        ? sizeof(struct sockaddr_in)
                        : sizeof(struct sockaddr_in6);
    if (fake_script.answered_length != 0)
        length = fake_script.answered_length;
    if (question->is_behind)
        *behind =
            (ADDRINFOEXW){.ai_family = entry->name.ss_family,
                          .ai_addrlen = length,
                          .ai_canonname = name,
                          .ai_addr = (struct sockaddr *)&entry->name,
                          .ai_next = is_last ? NULL : (void *)(entry + 1)};
    else
        *waiting =
            (ADDRINFOW){.ai_family = entry->name.ss_family,
                        .ai_addrlen = length,
                        .ai_canonname = name,
                        .ai_addr = (struct sockaddr *)&entry->name,
                        .ai_next = is_last ? NULL : &entry[1].as.waiting};
}

static void add_entry(struct entry *entries, size_t *count,
                      const struct fake_name *name, u_short port)
{
    struct fake_name with_port = *name;
    fake_set_port(&with_port, port);
    entries[(*count)++].name = with_port.storage;
}

static _Bool is_of_family(const struct fake_name *name, int family)
{
    return family == AF_UNSPEC || name->storage.ss_family == family;
}

#define ENTRIES_MAX 32

/* Without a host, that is this one. */
static size_t find_entries(const struct question *question, u_short port,
                           struct entry *entries, _Bool *is_known)
{
    static const char *const here[] = {"::1", "127.0.0.1"};
    size_t count = 0;
    *is_known = question->host[0] == '\0';
    for (size_t i = 0; i < 2 && *is_known; i++) {
        const struct fake_name name = name_at(here[i]);
        if (is_of_family(&name, question->family))
            add_entry(entries, &count, &name, port);
    }
    for (const struct known *each = hosts; each != NULL; each = each->next) {
        if (strcmp(each->text, question->host) != 0)
            continue;
        *is_known = 1;
        if (is_of_family(&each->name, question->family) && count < ENTRIES_MAX)
            add_entry(entries, &count, &each->name, port);
    }
    return count;
}

static void *give(const struct question *question, struct entry *entries,
                  size_t count)
{
    struct given *answer = malloc(sizeof *answer);
    for (size_t i = 0; i < count; i++)
        fill_entry(question, &entries[i], i == 0, i + 1 == count);
    *answer = (struct given){given, entries, question->is_behind};
    given = answer;
    return entries;
}

/* Returns an error, or 0 and what was found. */
static int look_up(const struct question *question, void **found)
{
    const struct known *service = NULL;
    _Bool is_known;
    if (question->service[0] != '\0') {
        service = find_service(question->service, question->type);
        if (service == NULL)
            return WSATYPE_NOT_FOUND;
    }
    struct entry *entries = calloc(ENTRIES_MAX, sizeof *entries);
    size_t count = find_entries(question, service == NULL ? 0 : service->port,
                                entries, &is_known);
    if (count > 0) {
        *found = give(question, entries, count);
        return 0;
    }
    free(entries);
    return is_known ? WSANO_DATA : WSAHOST_NOT_FOUND;
}

static void take_back(void *entries, _Bool is_behind)
{
    struct given **link = &given;
    while (*link != NULL && (*link)->entries != entries)
        link = &(*link)->next;
    struct given *answer = *link;
    if (answer == NULL || answer->is_behind != is_behind) {
        fake_complain("an answer is given back that was not given so");
        return;
    }
    *link = answer->next;
    free(answer->entries);
    free(answer);
}

static void WSAAPI free_behind(ADDRINFOEXW *found)
{
    struct fake_visit visit;
    fake_enter(&visit, FAKE_FreeAddrInfoExW, "%s", "");
    take_back(found, 1);
    fake_leave_status(&visit, 0);
}

static void WSAAPI free_waiting(ADDRINFOW *found)
{
    struct fake_visit visit;
    fake_enter(&visit, FAKE_FreeAddrInfoW, "%s", "");
    take_back(found, 0);
    fake_leave_status(&visit, 0);
}

/* --- In the background ------------------------------------------------------- */

struct request {
    struct request *next;
    struct question question;
    ADDRINFOEXW **result;
    OVERLAPPED *overlapped;
    LPLOOKUPSERVICE_COMPLETION_ROUTINE completion;
    uintptr_t handle;
    _Bool is_canceled;
};

typedef void(CALLBACK *completion_routine)(DWORD error, DWORD size,
                                           OVERLAPPED *overlapped);

static struct request *requests;
static uintptr_t last_handle = FIRST_HANDLE;

static struct request *take_request(struct request **link)
{
    struct request *request = *link;
    *link = request->next;
    return request;
}

/* The lock is held, and is not while the routine runs. */
static void complete(struct request *request)
{
    void *found = NULL;
    int error =
        request->is_canceled ? WSA_E_CANCELLED : fake_script.answer_error;
    if (error == 0)
        error = look_up(&request->question, &found);
    const struct request ended = *request;
    const completion_routine routine =
        (completion_routine)(uintptr_t)ended.completion;
    free(request);
    *ended.result = found;
    ended.overlapped->Internal = (ULONG_PTR)error;
    ended.overlapped->Pointer = ended.result;
    fake_give_lock();
    routine((DWORD)error, 0, ended.overlapped);
    fake_take_lock();
}

_Bool fake_answer(void)
{
    fake_take_lock();
    _Bool there = requests != NULL;
    if (there)
        complete(take_request(&requests));
    fake_give_lock();
    return there;
}

unsigned fake_unanswered(void)
{
    unsigned count = 0;
    fake_take_lock();
    for (const struct request *each = requests; each != NULL; each = each->next)
        count++;
    fake_give_lock();
    return count;
}

void fake_drop_answers(void)
{
    while (fake_answer())
        fake_complain("a look-up was left");
    fake_take_lock();
    while (given != NULL) {
        fake_complain("an answer was not given back");
        take_back(given->entries, given->is_behind);
    }
    fake_give_lock();
}

static struct request **find_request(uintptr_t handle)
{
    struct request **link = &requests;
    while (*link != NULL && (*link)->handle != handle)
        link = &(*link)->next;
    return link;
}

static void answer_soon(void *context)
{
    fake_take_lock();
    struct request **link = find_request((uintptr_t)context);
    if (*link != NULL)
        complete(take_request(link));
    fake_give_lock();
}

/* Returns the handle of the request, which is copied. */
static uintptr_t add_request(const struct request *wanted)
{
    struct request *request = malloc(sizeof *request);
    struct request **last = &requests;
    while (*last != NULL)
        last = &(*last)->next;
    *request = *wanted;
    request->next = NULL;
    request->handle = ++last_handle;
    *last = request;
    return request->handle;
}

static int WSAAPI cancel(HANDLE *handle)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_GetAddrInfoExCancel, "%#x",
                           (unsigned)(uintptr_t)*handle);
    struct request **link = find_request((uintptr_t)*handle);
    struct request *request = *link;
    if (error == 0 && (request == NULL || fake_script.no_handles))
        error = WSA_INVALID_HANDLE;
    if (error == 0) {
        request->is_canceled = 1;
        request->handle = 0;
        if (!fake_script.late_cancels)
            complete(take_request(link));
    }
    fake_leave(&visit, error);
    return error;
}

/* --- Asking ------------------------------------------------------------------- */

static struct question question_of(const WCHAR *host, const WCHAR *service)
{
    struct question question;
    memset(&question, 0, sizeof question);
    to_text(host, question.host);
    to_text(service, question.service);
    return question;
}

static const char *question_text(const struct question *question)
{
    static _Thread_local char text[160];
    snprintf(text, sizeof text, "%.60s %.30s family %d type %d flags %#x",
             question->host[0] == '\0' ? "-" : question->host,
             question->service[0] == '\0' ? "-" : question->service,
             question->family, question->type, (unsigned)question->flags);
    return text;
}

static void check_question(const struct question *question)
{
    if (question->host[0] == '\0' && question->service[0] == '\0')
        fake_complain("nothing is looked up");
    if (strcmp(question->host, NO_UTF_16) == 0 ||
        strcmp(question->service, NO_UTF_16) == 0)
        fake_complain("a name is looked up that is no UTF-16");
    if ((question->flags & ~(AI_CANONNAME | AI_ADDRCONFIG)) != 0)
        fake_complain("flags are unheard of: %#x", (unsigned)question->flags);
    if (!fake_module_stays())
        fake_complain("a name is looked up by a module that may go");
}

static int begin_asking(int error)
{
    fake_look_up_begins();
    while (fake_script.names_hang)
        fake_sleep(-1);
    return error == 0 && fake_script.starts == 0 ? WSANOTINITIALISED : error;
}

/* The error is the result, and the last error has no say. */
static int end_asking(struct fake_visit *visit, int error, DWORD before)
{
    fake_leave(visit, error);
    SetLastError(before);
    return error;
}

static void check_behind(const ADDRINFOEXW *wanted, const GUID *provider,
                         PTIMEVAL timeout, const OVERLAPPED *overlapped,
                         _Bool has_routine)
{
    if (provider != NULL || timeout != NULL)
        fake_complain("GetAddrInfoExW is given what is not to be given");
    if (wanted->ai_addrlen != 0 || wanted->ai_canonname != NULL ||
        wanted->ai_addr != NULL || wanted->ai_next != NULL)
        fake_complain("GetAddrInfoExW is given hints that are an answer");
    if (overlapped == NULL || overlapped->hEvent != NULL || !has_routine)
        fake_complain("GetAddrInfoExW is given no routine, or an event too");
}

/* Returns the error of an answer that comes at once, or WSA_IO_PENDING. */
static int answer_or_wait(const struct question *question, void **answer,
                          struct request *request, uintptr_t *handle)
{
    if (!fake_script.profile->asks_behind)
        return WSAEINVAL;
    if (fake_script.answering == FAKE_ANSWERS_AT_ONCE)
        return fake_script.answer_error != 0 ? fake_script.answer_error
                                             : look_up(question, answer);
    request->question = *question;
    *handle = add_request(request);
    if (fake_script.answering == FAKE_ANSWERS_SOON)
        fake_start_thread(answer_soon, (void *)*handle);
    return WSA_IO_PENDING;
}

/* The handle is written last, when the answer may have come. */
static int WSAAPI ask_behind(const WCHAR *host, const WCHAR *service,
                             DWORD namespaces, GUID *provider,
                             const ADDRINFOEXW *wanted, ADDRINFOEXW **found,
                             PTIMEVAL timeout, OVERLAPPED *overlapped,
                             LPLOOKUPSERVICE_COMPLETION_ROUTINE completion,
                             HANDLE *handle)
{
    struct fake_visit visit;
    void *answer = NULL;
    uintptr_t number = 0;
    const DWORD before = GetLastError();
    struct request request = {
        .result = found, .overlapped = overlapped, .completion = completion};
    struct question question = question_of(host, service);
    question.family = wanted->ai_family;
    question.type = wanted->ai_socktype;
    question.flags = wanted->ai_flags;
    question.is_behind = 1;
    int error = fake_enter(&visit, FAKE_GetAddrInfoExW, "%s in %u",
                           question_text(&question), (unsigned)namespaces);
    check_question(&question);
    check_behind(wanted, provider, timeout, overlapped, completion != NULL);
    fake_look_up_begins();
    if (error == 0 && fake_script.starts == 0)
        error = WSANOTINITIALISED;
    if (error == 0)
        error = answer_or_wait(&question, &answer, &request, &number);
    if (error != WSA_IO_PENDING)
        *found = answer;
    const _Bool gives_handle =
        error == WSA_IO_PENDING && !fake_script.no_handles;
    end_asking(&visit, error, before);
    if (gives_handle)
        *handle = (HANDLE)number;
    return error;
}

static int WSAAPI ask_waiting(const WCHAR *host, const WCHAR *service,
                              const ADDRINFOW *wanted, ADDRINFOW **found)
{
    struct fake_visit visit;
    void *answer = NULL;
    const DWORD before = GetLastError();
    struct question question = question_of(host, service);
    question.family = wanted->ai_family;
    question.type = wanted->ai_socktype;
    question.flags = wanted->ai_flags;
    int error =
        fake_enter(&visit, FAKE_GetAddrInfoW, "%s", question_text(&question));
    check_question(&question);
    error = begin_asking(error);
    if (error == 0)
        error = look_up(&question, &answer);
    *found = answer;
    return end_asking(&visit, error, before);
}

/* --- Addresses to names --------------------------------------------------------- */

static int put_text(const char *text, WCHAR *to, DWORD room)
{
    WCHAR wide[TEXT_SIZE];
    to_wide(text, wide);
    const WCHAR *from = called[0] != 0 ? called : wide;
    if (units_of(from) >= room)
        return ERROR_INSUFFICIENT_BUFFER;
    memcpy(to, from, (units_of(from) + 1) * sizeof *to);
    return 0;
}

static int tell_host(const struct fake_name *name, int flags, WCHAR *to,
                     DWORD room)
{
    const struct known *known = find_name(name);
    if ((flags & NI_NAMEREQD) == 0)
        fake_complain("GetNameInfoW may write a number for a name");
    return known == NULL ? WSAHOST_NOT_FOUND : put_text(known->text, to, room);
}

/* A port without a name is its number, whatever is required. */
static int tell_service(u_short port, int flags, WCHAR *to, DWORD room)
{
    char number[8];
    const struct known *known =
        find_port(port, (flags & NI_DGRAM) != 0 ? SOCK_DGRAM : SOCK_STREAM);
    snprintf(number, sizeof number, "%u", port);
    return put_text(known == NULL ? number : known->text, to, room);
}

static int WSAAPI ask_names(const struct sockaddr *address, socklen_t length,
                            WCHAR *host, DWORD host_room, WCHAR *service,
                            DWORD service_room, int flags)
{
    struct fake_visit visit;
    const DWORD before = GetLastError();
    const struct fake_name name = fake_name_of(address, length);
    int error = fake_enter(&visit, FAKE_GetNameInfoW, "%s flags %#x %s",
                           fake_name_text(address, length), (unsigned)flags,
                           host != NULL ? "for its host" : "for its service");
    if ((flags & ~(NI_NAMEREQD | NI_DGRAM)) != 0)
        fake_complain("flags are unheard of: %#x", (unsigned)flags);
    error = begin_asking(error);
    if (error == 0 && host != NULL)
        error = tell_host(&name, flags, host, host_room);
    if (error == 0 && service != NULL)
        error = tell_service(fake_port(&name), flags, service, service_room);
    return end_asking(&visit, error, before);
}

/* --- This machine ----------------------------------------------------------------- */

static BOOL WINAPI get_own_name(COMPUTER_NAME_FORMAT kind, WCHAR *name,
                                DWORD *room)
{
    struct fake_visit visit;
    WCHAR wide[TEXT_SIZE];
    int error = fake_enter(&visit, FAKE_GetComputerNameExW, "kind %d room %u",
                           (int)kind, (unsigned)*room);
    to_wide(fake_script.machine, wide);
    const DWORD length = (DWORD)units_of(wide);
    if (kind != ComputerNamePhysicalDnsHostname)
        fake_complain("the name that this machine shares is asked for");
    if (error == 0 && *room <= length) {
        *room = length + 1;
        error = ERROR_MORE_DATA;
    }
    if (error == 0) {
        memcpy(name, wide, (length + 1) * sizeof *wide);
        *room = length;
    }
    return fake_leave_bool(&visit, error);
}

/* Knows one name beyond ASCII. */
static NTSTATUS NTAPI make_ascii(ULONG flags, const WCHAR *name, LONG length,
                                 WCHAR *ascii, LONG *room)
{
    struct fake_visit visit;
    WCHAR made[TEXT_SIZE];
    NTSTATUS error =
        fake_enter(&visit, FAKE_RtlIdnToAscii, "flags %u", (unsigned)flags);
    if (length != -1 || name[0] != 0xfc || name[1] != 0 || *room < 8)
        fake_complain("the ASCII form of something else is asked for");
    if (error == 0) {
        to_wide("xn--tda", made);
        *room = (LONG)units_of(made) + 1;
        memcpy(ascii, made, (size_t)*room * sizeof *made);
    }
    return fake_leave_status(&visit, error);
}

void fake_install_resolver(struct psock_winsock_table *table)
{
    table->RtlIdnToAscii = make_ascii;
    table->GetAddrInfoExW = ask_behind;
    table->GetAddrInfoExCancel = cancel;
    table->FreeAddrInfoExW = free_behind;
    table->GetAddrInfoW = ask_waiting;
    table->FreeAddrInfoW = free_waiting;
    table->GetNameInfoW = ask_names;
    table->GetComputerNameExW = get_own_name;
}
