/* probes.h: calls, right and wrong, of whatever a descriptor is. */
#ifndef PROBES_H
#define PROBES_H

#include <stddef.h>

struct probe {
    const char *name;
    long long (*call)(int fd);
};

extern const struct probe probes[];
extern const size_t probe_count;

#endif
