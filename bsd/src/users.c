/* users.c: the one user and the one group there are: who runs the program, as the
 * environment tells. */
#include "guest.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROUP_NAME "users"

/* --- What the environment tells ------------------------------------------------ */

/* The first of these that is there, or the last word. */
static const char *first_of(const char *first, const char *second,
                            const char *otherwise)
{
    const char *value = getenv(first);
    if (value == NULL || *value == '\0')
        value = getenv(second);
    return value != NULL && *value != '\0' ? value : otherwise;
}

static const char *own_name(void)
{
    return first_of("USERNAME", "LOGNAME", "user");
}

/* --- Texts in the caller's memory ------------------------------------------------ */

struct room {
    char *next;
    size_t left;
};

/* Null when it is full. */
static char *put(struct room *room, const char *text)
{
    size_t size = strlen(text) + 1;
    if (size > room->left)
        return NULL;
    char *copy = memcpy(room->next, text, size);
    room->next += size;
    room->left -= size;
    return copy;
}

static int fill_user(struct passwd *entry, char *buffer, size_t size)
{
    struct room room = {buffer, size};
    entry->pw_uid = getuid();
    entry->pw_gid = getgid();
    entry->pw_name = put(&room, own_name());
    entry->pw_passwd = put(&room, "x");
    entry->pw_gecos = put(&room, own_name());
    entry->pw_dir = put(&room, first_of("HOME", "USERPROFILE", "/"));
    entry->pw_shell = put(&room, first_of("SHELL", "COMSPEC", "/bin/sh"));
    return entry->pw_shell == NULL || entry->pw_dir == NULL ||
                   entry->pw_gecos == NULL || entry->pw_passwd == NULL ||
                   entry->pw_name == NULL
               ? ERANGE
               : 0;
}

static int fill_group(struct group *entry, char *buffer, size_t size)
{
    size_t aside = -(uintptr_t)buffer & (sizeof(char *) - 1);
    size_t members = aside + 2 * sizeof(char *);
    if (size < members)
        return ERANGE;
    struct room room = {buffer + members, size - members};
    entry->gr_mem = (char **)(void *)(buffer + aside);
    entry->gr_gid = getgid();
    entry->gr_name = put(&room, GROUP_NAME);
    entry->gr_passwd = put(&room, "x");
    entry->gr_mem[0] = put(&room, own_name());
    entry->gr_mem[1] = NULL;
    return entry->gr_name == NULL || entry->gr_passwd == NULL ||
                   entry->gr_mem[0] == NULL
               ? ERANGE
               : 0;
}

/* --- Users ------------------------------------------------------------------------ */

static int find_user(bool found, struct passwd *entry, char *buffer,
                     size_t size, struct passwd **result)
{
    int number = found ? fill_user(entry, buffer, size) : 0;
    *result = found && number == 0 ? entry : NULL;
    return number;
}

int getpwnam_r(const char *name, struct passwd *entry, char *buffer,
               size_t size, struct passwd **result)
{
    return find_user(strcmp(name, own_name()) == 0, entry, buffer, size,
                     result);
}

int getpwuid_r(uid_t user, struct passwd *entry, char *buffer, size_t size,
               struct passwd **result)
{
    return find_user(user == getuid(), entry, buffer, size, result);
}

static struct passwd *user(bool found)
{
    static struct passwd entry;
    static char buffer[2048];
    struct passwd *result;
    int number = find_user(found, &entry, buffer, sizeof buffer, &result);
    if (number != 0)
        errno = number;
    return result;
}

struct passwd *getpwnam(const char *name)
{
    return user(strcmp(name, own_name()) == 0);
}

struct passwd *getpwuid(uid_t number)
{
    return user(number == getuid());
}

static bool all_users_told;

struct passwd *getpwent(void)
{
    if (all_users_told)
        return NULL;
    all_users_told = true;
    return user(true);
}

void setpwent(void)
{
    all_users_told = false;
}

void endpwent(void)
{
    all_users_told = false;
}

/* --- Groups ------------------------------------------------------------------------ */

static int find_group(bool found, struct group *entry, char *buffer,
                      size_t size, struct group **result)
{
    int number = found ? fill_group(entry, buffer, size) : 0;
    *result = found && number == 0 ? entry : NULL;
    return number;
}

int getgrnam_r(const char *name, struct group *entry, char *buffer, size_t size,
               struct group **result)
{
    return find_group(strcmp(name, GROUP_NAME) == 0, entry, buffer, size,
                      result);
}

int getgrgid_r(gid_t number, struct group *entry, char *buffer, size_t size,
               struct group **result)
{
    return find_group(number == getgid(), entry, buffer, size, result);
}

static struct group *group(bool found)
{
    static struct group entry;
    static char buffer[1024];
    struct group *result;
    int number = find_group(found, &entry, buffer, sizeof buffer, &result);
    if (number != 0)
        errno = number;
    return result;
}

struct group *getgrnam(const char *name)
{
    return group(strcmp(name, GROUP_NAME) == 0);
}

struct group *getgrgid(gid_t number)
{
    return group(number == getgid());
}

static bool all_groups_told;

struct group *getgrent(void)
{
    if (all_groups_told)
        return NULL;
    all_groups_told = true;
    return group(true);
}

void setgrent(void)
{
    all_groups_told = false;
}

void endgrent(void)
{
    all_groups_told = false;
}

int getgrouplist(const char *name, gid_t number, gid_t *groups, int *count)
{
    (void)name;
    int room = *count;
    *count = 1;
    if (room < 1)
        return -1;
    groups[0] = number;
    return 1;
}

/* --- The name ---------------------------------------------------------------------- */

char *getlogin(void)
{
    static char name[257];
    snprintf(name, sizeof name, "%s", own_name());
    return name;
}

int getlogin_r(char *name, size_t size)
{
    struct room room = {name, size};
    return put(&room, own_name()) == NULL ? ERANGE : 0;
}
