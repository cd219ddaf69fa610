/* gai_error.c: the errors of getaddrinfo() and getnameinfo(). */
#include "names.h"

/* By psock's error; all others are EAI_SYSTEM. */
static const struct {
    int psock;
    int eai;
} pairs[] = {
    {PSOCK_EAI_AGAIN, EAI_AGAIN},       {PSOCK_EAI_BADFLAGS, EAI_BADFLAGS},
    {PSOCK_EAI_FAIL, EAI_FAIL},         {PSOCK_EAI_FAMILY, EAI_FAMILY},
    {PSOCK_EAI_MEMORY, EAI_MEMORY},     {PSOCK_EAI_NONAME, EAI_NONAME},
    {PSOCK_EAI_SERVICE, EAI_SERVICE},   {PSOCK_EAI_SOCKTYPE, EAI_SOCKTYPE},
    {PSOCK_EAI_OVERFLOW, EAI_OVERFLOW}, {PSOCK_EAI_NODATA, EAI_NODATA},
    {PSOCK_ENOMEM, EAI_MEMORY},         {PSOCK_EINVAL, EAI_NONAME},
    {PSOCK_ENAMETOOLONG, EAI_NONAME},   {PSOCK_ENODEV, EAI_NONAME},
};

int psock_guest_eai(ptrdiff_t error)
{
    if (error >= 0)
        return 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].psock == error)
            return pairs[i].eai;
    errno = psock_guest_errno(error);
    return EAI_SYSTEM;
}

const char *gai_strerror(int error)
{
    switch (error) {
    case EAI_ADDRFAMILY:
        return "The host has no address of this family";
    case EAI_AGAIN:
        return "No answer from the name servers for now";
    case EAI_BADFLAGS:
        return "Invalid flags";
    case EAI_FAIL:
        return "The name servers failed for good";
    case EAI_FAMILY:
        return "Address family not supported";
    case EAI_MEMORY:
        return "Out of memory";
    case EAI_NODATA:
        return "The host has no address";
    case EAI_NONAME:
        return "Unknown host or service";
    case EAI_SERVICE:
        return "Unknown service for this type of socket";
    case EAI_SOCKTYPE:
        return "Type of socket not supported";
    case EAI_SYSTEM:
        return "System error";
    case EAI_OVERFLOW:
        return "Too long for the buffer";
    case EAI_IDN_ENCODE:
        return "The name cannot be encoded";
    default:
        return "Unknown error";
    }
}
