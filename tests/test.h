#ifndef PSOCK_TESTS_TEST_H
#define PSOCK_TESTS_TEST_H

/* What every CMocka program needs, in the order that cmocka.h asks for. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

/* Ends the running test as skipped.  The reason goes to the log first, where
 * scripts/parity reads it and looks it up in tests/expected_skips.txt. */
#define skip_because(reason)                                                   \
    do {                                                                       \
        print_message("[  REASON  ] %s\n", reason);                            \
        skip();                                                                \
    } while (0)

#endif
