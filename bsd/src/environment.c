/* environment.c: setenv() and its kin over the C runtime's _putenv(). */
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_name(const char *name)
{
    return name != NULL && *name != '\0' && strchr(name, '=') == NULL;
}

static int put(const char *name, const char *value)
{
    char *entry;
    if (asprintf(&entry, "%s=%s", name, value) < 0)
        return psock_guest_fail(ENOMEM);
    int result = _putenv(entry);
    free(entry);
    return result == 0 ? 0 : psock_guest_fail(ENOMEM);
}

/* An empty value would take the variable away: the C runtime's table gets one with
 * a byte, which is then taken out of it. */
static int put_empty(const char *name)
{
    if (put(name, " ") != 0)
        return -1;
    char *value = getenv(name);
    if (value != NULL)
        *value = '\0';
    return 0;
}

int setenv(const char *name, const char *value, int replace)
{
    if (!is_name(name))
        return psock_guest_fail(EINVAL);
    if (replace == 0 && getenv(name) != NULL)
        return 0;
    return *value != '\0' ? put(name, value) : put_empty(name);
}

int unsetenv(const char *name)
{
    if (!is_name(name))
        return psock_guest_fail(EINVAL);
    return getenv(name) != NULL ? put(name, "") : 0;
}

int clearenv(void)
{
    char **entry = _environ;
    while (entry != NULL && *entry != NULL) {
        char *name = strndup(*entry, strcspn(*entry, "="));
        if (name == NULL)
            return -1;
        /* What stands next comes to this place. */
        bool gone = is_name(name) && put(name, "") == 0;
        free(name);
        entry = gone ? _environ : entry + 1;
    }
    return 0;
}

char *secure_getenv(const char *name)
{
    return getenv(name);
}
