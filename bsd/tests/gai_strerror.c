/* gai_strerror.c: gai_strerror(), and the numbers that it is about. */
#include "fixture.h"

#include <netdb.h>
#include <string.h>

static const int errors[] = {EAI_BADFLAGS, EAI_NONAME,  EAI_AGAIN,
                             EAI_FAIL,     EAI_NODATA,  EAI_FAMILY,
                             EAI_SOCKTYPE, EAI_SERVICE, EAI_ADDRFAMILY,
                             EAI_MEMORY,   EAI_SYSTEM,  EAI_OVERFLOW};

static void every_error_has_a_number_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        assert_int_not_equal(errors[i], 0);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(errors[i], errors[k]);
    }
}

static void errors_can_be_told_apart_in_a_switch(void **state)
{
    (void)state;
    int error = EAI_SERVICE;
    switch (error) {
    case EAI_AGAIN:
    case EAI_BADFLAGS:
    case EAI_FAIL:
    case EAI_FAMILY:
    case EAI_MEMORY:
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
    case EAI_SOCKTYPE:
    case EAI_SYSTEM:
    case EAI_OVERFLOW:
        fail();
        break;
    case EAI_SERVICE:
        break;
    default:
        fail();
    }
}

/* All but the last, which may well be unknown to a system that never says it. */
static void every_error_has_a_text_of_its_own(void **state)
{
    (void)state;
    const size_t count = COUNT_OF(errors) - 1;
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(gai_strerror(errors[i]), "");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(gai_strerror(errors[i]),
                                    gai_strerror(errors[k]));
    }
}

static void an_unknown_error_has_a_text(void **state)
{
    (void)state;
    assert_non_null(gai_strerror(12345));
    assert_non_null(gai_strerror(-12345));
    assert_string_not_equal(gai_strerror(12345), "");
}

static void a_text_stays_as_it_is(void **state)
{
    (void)state;
    const char *text = gai_strerror(EAI_NONAME);
    char copy[256];
    strncpy(copy, text, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    (void)gai_strerror(EAI_AGAIN);
    (void)gai_strerror(12345);
    assert_string_equal(text, copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        claim(every_error_has_a_number_of_its_own),
        claim(errors_can_be_told_apart_in_a_switch),
        claim(every_error_has_a_text_of_its_own),
        claim(an_unknown_error_has_a_text),
        claim(a_text_stays_as_it_is),
    };
    return cmocka_run_group_tests_name("gai_strerror", tests, NULL, NULL);
}
