/* host_name.c: how this machine is called. */
#include "guest.h"

#include <string.h>
#include <unistd.h>

/* What does not fit is cut, ended by a zero byte, and an error. */
static int copy_name(const char *whole, char *name, size_t size)
{
    size_t length = strlen(whole);
    if (length < size) {
        memcpy(name, whole, length + 1);
        return 0;
    }
    if (size > 0) {
        memcpy(name, whole, size - 1);
        name[size - 1] = '\0';
    }
    return psock_guest_fail(ENAMETOOLONG);
}

int gethostname(char *name, size_t size)
{
    char whole[PSOCK_HOST_NAME_SIZE];
    if (name == NULL)
        return psock_guest_fail(EFAULT);
    int length = psock_host_name(whole, sizeof whole);
    return length < 0 ? (int)psock_guest_result(length)
                      : copy_name(whole, name, size);
}

/* The domain of NIS, which nobody has. */
int getdomainname(char *name, size_t size)
{
    if (name == NULL)
        return psock_guest_fail(EFAULT);
    return copy_name("(none)", name, size) == 0 ? 0 : psock_guest_fail(EINVAL);
}

int sethostname(const char *name, size_t size)
{
    (void)name;
    (void)size;
    return psock_guest_fail(EPERM);
}

int setdomainname(const char *name, size_t size)
{
    (void)name;
    (void)size;
    return psock_guest_fail(EPERM);
}

/* A number that is the same each time, and elsewhere most likely another. */
long gethostid(void)
{
    char name[PSOCK_HOST_NAME_SIZE] = "";
    (void)gethostname(name, sizeof name);
    uint32_t hash = 2166136261U;
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    return (long)(int32_t)hash;
}
