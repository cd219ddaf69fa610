/* fuzz.h: what the fuzzers are made of.  Each is a file with the function that
 * libFuzzer calls; replay.c calls it, too, so they are tests as well. */
#ifndef PSOCK_TESTS_FUZZ_FUZZ_H
#define PSOCK_TESTS_FUZZ_FUZZ_H

#include <psock/psock.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(_Bool fine)
{
    if (!fine)
        abort();
}

/* An input that is used up byte by byte; zeros follow it. */
struct input {
    const uint8_t *bytes;
    size_t left;
};

static inline unsigned take_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->bytes++;
}

static inline uint64_t take_number(struct input *input, int bytes)
{
    uint64_t number = 0;
    while (bytes-- > 0)
        number = number << 8 | take_byte(input);
    return number;
}

/* Memory of just so many bytes, so that a read past its end shows. */
static inline unsigned char *make_memory(size_t size)
{
    unsigned char *memory = malloc(size > 0 ? size : 1);
    require(memory != NULL);
    memset(memory, 0x5a, size > 0 ? size : 1);
    return memory;
}

#endif
