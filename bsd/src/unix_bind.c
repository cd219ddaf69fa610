/* unix_bind.c: giving names to Unix sockets. */
#include "unix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PATH_SIZE = 400,
    TRIES = 16
};

psock_t psock_guest_unix_open_anchor(struct unix_place *place)
{
    static const int families[] = {PSOCK_IPV4, PSOCK_IPV6};
    ptrdiff_t result = PSOCK_EAFNOSUPPORT;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        psock_address local;
        psock_t s = psock_open(families[i], PSOCK_STREAM, 0);
        result = s < 0 ? s : psock_address_loopback(families[i], 0, &local);
        if (result >= 0)
            result = psock_bind(s, &local, PSOCK_BIND_FRESH);
        if (result >= 0)
            result = psock_local(s, &local);
        if (result >= 0) {
            place->family = families[i];
            place->port = psock_address_port(&local);
            return s;
        }
        if (s >= 0)
            psock_close(s);
    }
    return result;
}

/* --- The file --------------------------------------------------------------- */

/* The file of an abstract name may be left of a process that crashed: then nobody
 * answers at its port. */
static int replace_stale(const char *path, const struct unix_place *place)
{
    struct unix_place old;
    struct ucred peer;
    if (psock_guest_unix_read_file(path, &old) != 0)
        return -EADDRINUSE;
    psock_guest_unix_lock();
    bool is_here = psock_guest_unix_find(&old) != NULL;
    psock_guest_unix_unlock();
    if (is_here)
        return -EADDRINUSE;
    psock_t s = psock_guest_unix_call(&old, 0, false, NULL,
                                      psock_deadline_ms(2000), &peer);
    if (s != -ECONNREFUSED) {
        if (s >= 0)
            psock_close(s);
        return -EADDRINUSE;
    }
    unlink(path);
    return psock_guest_unix_make_file(path, place);
}

static int make_file(const struct unix_name *name,
                     const struct unix_place *place, char **removable)
{
    char path[PATH_SIZE];
    bool is_abstract = name->path[0] == 0;
    int result = psock_guest_unix_path(name, path, sizeof path);
    if (result == 0)
        result = psock_guest_unix_make_file(path, place);
    if (result == -EADDRINUSE && is_abstract)
        result = replace_stale(path, place);
    *removable = result == 0 && is_abstract ? _strdup(path) : NULL;
    return result;
}

/* --- Binding ---------------------------------------------------------------- */

static int new_place(int type, struct unix_place *place, psock_t *anchor)
{
    place->type = type;
    int result = psock_guest_random(place->secret, sizeof place->secret);
    if (result < 0)
        return result;
    *anchor = psock_guest_unix_open_anchor(place);
    if (*anchor < 0)
        return -psock_guest_errno(*anchor);
    if (type != SOCK_DGRAM)
        return 0;
    result = psock_listen(*anchor, SOMAXCONN);
    if (result < 0)
        psock_close(*anchor);
    return result < 0 ? -psock_guest_errno(result) : 0;
}

static int put_place(struct unix_box *box, const struct unix_name *name,
                     const struct unix_place *place, psock_t anchor,
                     char *removable)
{
    psock_guest_unix_lock();
    int result = box->name.length != 0 ? -EINVAL : psock_guest_unix_start_hub();
    if (result == 0) {
        box->name = *name;
        box->place = *place;
        box->anchor = anchor;
        box->removable = removable;
        if (box->peer != NULL)
            box->peer->peer_name = *name;
        psock_guest_unix_enlist(box);
        psock_guest_unix_tell_hub(PSOCK_INVALID);
    }
    psock_guest_unix_unlock();
    return result;
}

static int bind_name(struct unix_box *box, const struct unix_name *name)
{
    struct unix_place place = {0};
    psock_t anchor = PSOCK_INVALID;
    char *removable = NULL;
    if (box->name.length != 0)
        return -EINVAL;
    int result = new_place(box->type, &place, &anchor);
    if (result < 0)
        return result;
    result = make_file(name, &place, &removable);
    if (result == 0)
        result = put_place(box, name, &place, anchor, removable);
    if (result < 0) {
        free(removable);
        psock_close(anchor);
    }
    return result;
}

/* A name of five digits of the system's choice. */
static int bind_any(struct unix_box *box)
{
    int result = box->name.length != 0 ? 0 : -EADDRINUSE;
    for (int i = 0; i < TRIES && result == -EADDRINUSE; i++) {
        unsigned number = 0;
        char digits[8];
        struct unix_name name = {6, {0}};
        result = psock_guest_random(&number, sizeof number);
        snprintf(digits, sizeof digits, "%05x", number & 0xfffff);
        memcpy(name.path + 1, digits, 5);
        if (result == 0)
            result = bind_name(box, &name);
    }
    return result;
}

static bool is_for_any(const struct sockaddr *address, socklen_t length)
{
    return address != NULL && address->sa_family == AF_UNIX &&
           length == offsetof(struct sockaddr_un, sun_path);
}

int psock_guest_unix_bind(struct psock_guest *guest,
                          const struct sockaddr *address, socklen_t length)
{
    struct unix_name name = {0, {0}};
    bool any = is_for_any(address, length);
    int result = any ? 0 : psock_guest_unix_name_in(address, length, &name);
    if (result < 0)
        return result;
    if (!psock_guest_is_emulated(guest))
        return -EINVAL;
    struct unix_box *box = psock_guest_unix_box(guest);
    return any ? bind_any(box) : bind_name(box, &name);
}
