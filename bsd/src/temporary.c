/* temporary.c: files of names that nobody has, and the whole names of files. */
#include "stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100
#define LETTERS 6

/* Where the six letters X stand at the end, or null with errno. */
static char *place_in(char *template)
{
    size_t length = strlen(template);
    char *place = template + length - LETTERS;
    if (length >= LETTERS && strcmp(place, "XXXXXX") == 0)
        return place;
    errno = EINVAL;
    return NULL;
}

static void fill_in(char *place)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (int i = 0; i < LETTERS; i++)
        place[i] = letters[arc4random_uniform(sizeof letters - 1)];
}

static int open_new(const char *path, int flags)
{
    return open(path, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
}

static int make_folder(const char *path, int flags)
{
    (void)flags;
    return mkdir(path, 0700);
}

static int try_names(char *template, int flags,
                     int (*make)(const char *path, int flags))
{
    char *place = place_in(template);
    if (place == NULL)
        return -1;
    for (int i = 0; i < TRIES; i++) {
        fill_in(place);
        int result = make(template, flags);
        if (result >= 0 || errno != EEXIST)
            return result;
    }
    return -1;
}

int mkostemp(char *template, int flags)
{
    return try_names(template, flags, open_new);
}

int mkstemp(char *template)
{
    return mkostemp(template, 0);
}

char *mkdtemp(char *template)
{
    return try_names(template, 0, make_folder) == 0 ? template : NULL;
}

/* In the folder that Windows has for this; gone when it is closed. */
FILE *tmpfile(void)
{
    const char *folder = getenv("TEMP");
    char *path;
    if (asprintf(&path, "%s/psock-XXXXXX", folder != NULL ? folder : ".") < 0)
        return NULL;
    int fd = mkostemp(path, _O_TEMPORARY);
    free(path);
    if (fd < 0)
        return NULL;
    FILE *file = fdopen(fd, "w+");
    if (file == NULL)
        close(fd);
    return file;
}

/* With slashes, as programs expect it. */
char *realpath(const char *restrict path, char *restrict resolved)
{
    if (path == NULL) {
        errno = EINVAL;
        return NULL;
    }
    if (access(path, F_OK) != 0)
        return NULL;
    char *whole = _fullpath(resolved, path, _MAX_PATH);
    for (char *at = whole; at != NULL && *at != '\0'; at++) {
        if (*at == '\\')
            *at = '/';
    }
    return whole;
}

FILE *popen(const char *command, const char *mode)
{
    char plain[3] = {mode[0], 'b', '\0'};
    return _popen(command, plain);
}

int pclose(FILE *file)
{
    return _pclose(file);
}

/* --- Memory, and what else stdlib.h lacks -------------------------------------------- */

void *reallocarray(void *block, size_t count, size_t size)
{
    size_t sum;
    if (__builtin_mul_overflow(count, size, &sum)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(block, sum);
}

/* Windows has no such number. */
int getloadavg(double averages[], int count)
{
    (void)averages;
    (void)count;
    return psock_guest_fail(ENOSYS);
}

int getsubopt(char **options, char *const *names, char **value)
{
    char *option = strsep(options, ",");
    static char nothing[] = "";
    if (*options == NULL)
        *options = nothing;
    *value = option;
    if (option == NULL)
        return -1;
    size_t length = strcspn(option, "=");
    for (int i = 0; names[i] != NULL; i++) {
        if (strncmp(option, names[i], length) == 0 &&
            names[i][length] == '\0') {
            *value = option[length] == '=' ? option + length + 1 : NULL;
            return i;
        }
    }
    return -1;
}
