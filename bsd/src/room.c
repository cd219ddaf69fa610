/* room.c: results in the buffer of a caller. */
#include "names.h"

#include <stdalign.h>
#include <string.h>

static size_t padding_of(const struct psock_guest_room *room)
{
    return -(uintptr_t)room->at & (alignof(void *) - 1);
}

void *psock_guest_take(struct psock_guest_room *room, size_t size)
{
    size_t padding = padding_of(room);
    if (room->left < padding || room->left - padding < size)
        return NULL;
    char *taken = room->at + padding;
    room->at = taken + size;
    room->left -= padding + size;
    return taken;
}

char *psock_guest_take_text(struct psock_guest_room *room, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = psock_guest_take(room, size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

static size_t count_of(char *const *texts)
{
    size_t count = 0;
    while (texts[count] != NULL)
        count++;
    return count;
}

char **psock_guest_take_texts(struct psock_guest_room *room, char *const *texts)
{
    size_t count = count_of(texts);
    char **copies = psock_guest_take(room, (count + 1) * sizeof *copies);
    if (copies == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        copies[i] = psock_guest_take_text(room, texts[i]);
        if (copies[i] == NULL)
            return NULL;
    }
    copies[count] = NULL;
    return copies;
}
