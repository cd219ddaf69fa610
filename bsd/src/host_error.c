/* host_error.c: h_errno. */
#include "names.h"

#include <stdio.h>

static _Thread_local int last_error;

int *__h_errno_location(void)
{
    return &last_error;
}

int psock_guest_host_error(ptrdiff_t error)
{
    switch (psock_guest_eai(error)) {
    case 0:
        return NETDB_SUCCESS;
    case EAI_NONAME:
        return HOST_NOT_FOUND;
    case EAI_AGAIN:
        return TRY_AGAIN;
    case EAI_FAIL:
        return NO_RECOVERY;
    case EAI_NODATA:
        return NO_DATA;
    case EAI_MEMORY:
        errno = ENOMEM;
        return NETDB_INTERNAL;
    default:
        return NETDB_INTERNAL;
    }
}

const char *hstrerror(int error)
{
    static const char *const texts[] = {
        [NETDB_SUCCESS] = "No error of the resolver",
        [HOST_NOT_FOUND] = "Unknown host",
        [TRY_AGAIN] = "No answer from the name servers for now",
        [NO_RECOVERY] = "The name servers failed for good",
        [NO_DATA] = "The host has no address of this family",
    };
    if (error < 0)
        return "Internal error of the resolver";
    return error <= NO_DATA ? texts[error] : "Unknown error of the resolver";
}

void herror(const char *text)
{
    if (text != NULL && text[0] != '\0')
        (void)fprintf(stderr, "%s: ", text);
    (void)fprintf(stderr, "%s\n", hstrerror(h_errno));
}
