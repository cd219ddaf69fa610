/* replay.c: a fuzzer's corpus, and inputs from a generator that is the same
 * everywhere, as a test: so that a fuzzer that runs on one system only holds the
 * others, too.  It ends the program where it finds something. */
#include "fuzz.h"

#include "corpus.h"
#include "test.h"

enum {
    GENERATED = 30000,
    INPUT_MAX = 512
};

/* Of the first thousand inputs of noise. */
#define NOISE_SUM UINT64_C(0x2499be628bbd71d3)

/* --- The generator (Marsaglia's xorshift) --------------------------------- */

static uint64_t state;

static void begin_generating(void)
{
    state = UINT64_C(0x9e3779b97f4a7c15);
}

static uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 32) % limit);
}

static size_t make_noise(uint8_t *bytes)
{
    const size_t size = random_below(INPUT_MAX / 4);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)random_below(256);
    return size;
}

/* What lies near the ends of ranges finds more than what lies between. */
static uint8_t make_byte(void)
{
    static const uint8_t edges[] = {0, 1, 4, 8, 12, 16, 24, 127, 128, 255};
    return random_below(2) == 0 ? (uint8_t)random_below(256)
                                : edges[random_below(sizeof edges)];
}

/* An input of the corpus with some bytes changed, and cut off or added to. */
static size_t make_variant(uint8_t *bytes)
{
    const struct corpus_input *input = &corpus[random_below(CORPUS_COUNT)];
    size_t size = input->size;
    memcpy(bytes, input->bytes, size);
    if (random_below(4) == 0)
        size = random_below((uint32_t)size + 1);
    while (random_below(3) == 0 && size < INPUT_MAX)
        bytes[size++] = make_byte();
    for (uint32_t i = 1 + random_below(4); i > 0 && size > 0; i--)
        bytes[random_below((uint32_t)size)] = make_byte();
    return size;
}

static void run(const uint8_t *bytes, size_t size)
{
    unsigned char *copy = make_memory(size);
    if (size > 0)
        memcpy(copy, bytes, size);
    assert_int_equal(LLVMFuzzerTestOneInput(copy, size), 0);
    free(copy);
}

/* --- Claims --------------------------------------------------------------- */

static void corpus_breaks_nothing(void **unused)
{
    (void)unused;
    assert_true(CORPUS_COUNT >= 10);
    for (size_t i = 0; i < CORPUS_COUNT; i++) {
        assert_true(corpus[i].size <= INPUT_MAX);
        run(corpus[i].bytes, corpus[i].size);
    }
}

static void variants_of_the_corpus_break_nothing(void **unused)
{
    (void)unused;
    uint8_t bytes[INPUT_MAX];
    begin_generating();
    for (int i = 0; i < GENERATED; i++)
        run(bytes, make_variant(bytes));
}

static void noise_breaks_nothing(void **unused)
{
    (void)unused;
    uint8_t bytes[INPUT_MAX];
    begin_generating();
    for (int i = 0; i < GENERATED; i++)
        run(bytes, make_noise(bytes));
}

/* Or a system would be held to less than another. */
static void generator_makes_the_same_everywhere(void **unused)
{
    (void)unused;
    uint8_t bytes[INPUT_MAX];
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    begin_generating();
    for (int i = 0; i < 1000; i++)
        for (size_t left = make_noise(bytes); left > 0; left--)
            sum = (sum ^ bytes[left - 1]) * UINT64_C(0x100000001b3);
    if (sum != NOISE_SUM)
        fail_msg("the sum is 0x%08lx%08lx", (unsigned long)(sum >> 32),
                 (unsigned long)(sum & 0xffffffff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corpus_breaks_nothing),
        cmocka_unit_test(variants_of_the_corpus_break_nothing),
        cmocka_unit_test(noise_breaks_nothing),
        cmocka_unit_test(generator_makes_the_same_everywhere),
    };
    return cmocka_run_group_tests_name(REPLAY_NAME, tests, NULL, NULL);
}
