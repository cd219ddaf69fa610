/* system_names.c: which name servers Windows asks. */
#include "dns.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* As <iphlpapi.h> has them, which brings Winsock along. */
struct address_text {
    struct address_text *next;
    char address[16];
    char mask[16];
    DWORD context;
};

struct parameters {
    char host[132];
    char domain[132];
    struct address_text *current;
    struct address_text servers;
};

typedef DWORD(WINAPI *ask_t)(void *parameters, ULONG *size);

static ask_t find_function(void)
{
    HMODULE library = LoadLibraryA("iphlpapi.dll");
    if (library == NULL)
        return NULL;
    return (ask_t)(uintptr_t)GetProcAddress(library, "GetNetworkParams");
}

/* To be freed; null for nothing. */
static struct parameters *ask_for_parameters(void)
{
    static _Atomic(ask_t) function;
    ULONG size = 0;
    ask_t ask = atomic_load(&function);
    if (ask == NULL) {
        ask = find_function();
        atomic_store(&function, ask);
    }
    if (ask == NULL || ask(NULL, &size) != ERROR_BUFFER_OVERFLOW)
        return NULL;
    struct parameters *parameters = calloc(1, size + sizeof *parameters);
    if (parameters != NULL && ask(parameters, &size) == NO_ERROR)
        return parameters;
    free(parameters);
    return NULL;
}

int psock_guest_name_servers(struct in_addr *servers, int capacity,
                             char *domain, size_t domain_size)
{
    int count = 0;
    struct parameters *parameters = ask_for_parameters();
    domain[0] = '\0';
    if (parameters == NULL)
        return 0;
    const struct address_text *one = &parameters->servers;
    for (; one != NULL && count < capacity; one = one->next)
        if (inet_pton(AF_INET, one->address, &servers[count]) == 1)
            count++;
    (void)snprintf(domain, domain_size, "%s", parameters->domain);
    free(parameters);
    return count;
}
