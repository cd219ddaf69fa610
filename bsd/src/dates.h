/* dates.h: what date_format.c and date_parse.c share. */
#ifndef PSOCK_GUEST_DATES_H
#define PSOCK_GUEST_DATES_H

#include "guest.h"

#include <time.h>

/* In English, as in the locale that programs start with. */
extern const char *const psock_guest_days[7];
extern const char *const psock_guest_months[12];

/* The format that `letter` stands for, where it is others put together; or null
 * (date_format.c). */
const char *psock_guest_compound_of(char letter);

/* The C runtime's own: it knows the name of the zone. */
size_t strftime_of_runtime(
    char *text, size_t size, const char *format,
    const struct tm
        *date) __asm__(_PSOCK_BSD_TEXT(__USER_LABEL_PREFIX__) "strftime");

#endif
