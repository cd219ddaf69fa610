/* error_pairs.h: how a twin's sys_error.c looks things up in its table.
 *
 * The first pair of a number is what it means; later ones of the same number
 * are what some calls make of it. */
#ifndef PSOCK_ERROR_PAIRS_H
#define PSOCK_ERROR_PAIRS_H

#include "policy.h"

struct error_pair {
    int native;
    int error;
};

static PSOCK_APART int error_of(const struct error_pair *pairs, size_t count,
                                int native)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].native == native)
            return pairs[i].error;
    return PSOCK_EIO;
}

static _Bool is_explained(const struct error_pair *pairs, size_t count,
                          int native, int error)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].native == native && pairs[i].error == error)
            return 1;
    return error == PSOCK_EIO && error_of(pairs, count, native) == PSOCK_EIO;
}

#endif
