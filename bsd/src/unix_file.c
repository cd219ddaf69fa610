/* unix_file.c: the files that stand for the names of Unix sockets.
 *
 * Such a file is one line of text, for its owner only: who can read it can connect.
 * What is read was perhaps written by somebody else, and is taken only when it is to
 * the last byte what would have been written. */
#include "unix.h"

#include <fcntl.h>
#include <inttypes.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    LINE_SIZE = 96
};

int psock_guest_unix_path(const struct unix_name *name, char *path, size_t size)
{
    static const unsigned char nobody[UNIX_SECRET_SIZE];
    if (name->path[0] != 0)
        return snprintf(path, size, "%s", name->path) < (int)size
                   ? 0
                   : -ENAMETOOLONG;
    unsigned char hash[UNIX_PROOF_SIZE];
    psock_guest_unix_proof(nobody, name->path, name->length, hash);
    uint64_t halves[2];
    memcpy(halves, hash, sizeof halves);
    const char *folder = getenv("TEMP");
    int length = snprintf(path, size, "%s/psock-unix-%016" PRIx64 "%016" PRIx64,
                          folder == NULL ? "." : folder, halves[0], halves[1]);
    return length < (int)size ? 0 : -ENAMETOOLONG;
}

static const char *type_name(int type)
{
    return type == SOCK_STREAM  ? "stream"
           : type == SOCK_DGRAM ? "datagram"
                                : "seqpacket";
}

static int write_line(const struct unix_place *place, char line[LINE_SIZE])
{
    uint64_t halves[2];
    memcpy(halves, place->secret, sizeof halves);
    return snprintf(line, LINE_SIZE,
                    "psock unix socket 1 %s %d %u %016" PRIx64 "%016" PRIx64
                    "\n",
                    type_name(place->type), place->family == PSOCK_IPV4 ? 4 : 6,
                    place->port, halves[0], halves[1]);
}

static int type_of(const char *name)
{
    static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(name, type_name(types[i])) == 0)
            return types[i];
    }
    return 0;
}

static bool read_line(const char *line, struct unix_place *place)
{
    char type[16] = "";
    char again[LINE_SIZE];
    int family = 0;
    uint64_t halves[2] = {0, 0};
    if (sscanf(line,
               "psock unix socket 1 %15s %1d %5" SCNu16 " %16" SCNx64
               "%16" SCNx64,
               type, &family, &place->port, &halves[0], &halves[1]) != 5)
        return false;
    place->type = type_of(type);
    place->family = family == 4 ? PSOCK_IPV4 : PSOCK_IPV6;
    memcpy(place->secret, halves, sizeof halves);
    write_line(place, again);
    return place->type != 0 && place->port != 0 && strcmp(line, again) == 0;
}

int psock_guest_unix_make_file(const char *path, const struct unix_place *place)
{
    char line[LINE_SIZE];
    int length = write_line(place, line);
    int result = psock_guest_private_file(path, line, (size_t)length);
    return result == -EEXIST ? -EADDRINUSE : result;
}

/* A folder cannot be opened, and is no socket. */
static int cannot_open(const char *path)
{
    int number = errno;
    struct _stat64 status;
    bool is_folder = _stat64(path, &status) == 0 && (status.st_mode & S_IFDIR);
    if (number == EACCES && is_folder)
        return -ECONNREFUSED;
    return number == EINVAL ? -ENOENT : -number;
}

int psock_guest_unix_read_file(const char *path, struct unix_place *place)
{
    char line[LINE_SIZE + 1];
    int fd = _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
    if (fd < 0)
        return cannot_open(path);
    int length = _read(fd, line, LINE_SIZE);
    _close(fd);
    if (length <= 0 || memchr(line, 0, (size_t)length) != NULL)
        return -ECONNREFUSED;
    line[length] = 0;
    return read_line(line, place) ? 0 : -ECONNREFUSED;
}

bool psock_guest_unix_is_socket_file(const char *path)
{
    struct unix_place place;
    struct _stat64 status;
    int number = errno;
    bool is = _stat64(path, &status) == 0 && (status.st_mode & S_IFREG) != 0 &&
              status.st_size < LINE_SIZE &&
              psock_guest_unix_read_file(path, &place) == 0;
    errno = number;
    return is;
}
