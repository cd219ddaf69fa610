/* scan.h: what the files of scanf() share. */
#ifndef PSOCK_GUEST_SCAN_H
#define PSOCK_GUEST_SCAN_H

#include "stream.h"

struct psock_guest_scan {
    struct psock_guest_stream *stream;
    long long taken; /* bytes until now, for %n */
};

/* One conversion, as its letters say. */
struct psock_guest_conversion {
    bool assigned;
    bool allocates;
    int width; /* 0: none given */
    char size; /* 'H' for hh, 'h', 'l', 'q' for ll, 'j', 'z', 't', 'L', or 0 */
    char letter;
    const char *set; /* of '[', behind the bracket */
    const char *set_end;
};

/* The next byte, left where it is, or EOF. */
int psock_guest_scan_peek(struct psock_guest_scan *scan);
void psock_guest_scan_take(struct psock_guest_scan *scan);

/* %s, %c and %[: how many bytes there were, or -1 without memory.  A null `result`
 * keeps none. */
int psock_guest_scan_text(struct psock_guest_scan *scan,
                          const struct psock_guest_conversion *what,
                          void *result);

/* Whether there was a number. */
bool psock_guest_scan_number(struct psock_guest_scan *scan,
                             const struct psock_guest_conversion *what,
                             void *to);

/* Into an object of the size that the conversion tells. */
void psock_guest_scan_store(const struct psock_guest_conversion *what, void *to,
                            long long value);

#endif
