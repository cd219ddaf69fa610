/* unix_proof.c: proofs of knowing a secret: SipHash-2-4 of 128 bits, which nobody
 * can make or foresee without the key. */
#include "unix.h"

#include <string.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static uint64_t word_at(const unsigned char *bytes, size_t size)
{
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

static void stir(struct state *s, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 = rotate(s->v0, 32) + s->v3;
        s->v2 += s->v1;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 = rotate(s->v2, 32);
    }
}

static void absorb(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    stir(s, 2);
    s->v0 ^= word;
}

static void put_word(struct state *s, unsigned char *out)
{
    stir(s, 4);
    uint64_t word = s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
    memcpy(out, &word, sizeof word);
}

void psock_guest_unix_proof(const unsigned char secret[UNIX_SECRET_SIZE],
                            const void *bytes, size_t size,
                            unsigned char proof[UNIX_PROOF_SIZE])
{
    const unsigned char *from = bytes;
    uint64_t k0 = word_at(secret, 8);
    uint64_t k1 = word_at(secret + 8, 8);
    struct state s = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee,
                      k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
    size_t whole = size & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8)
        absorb(&s, word_at(from + i, 8));
    absorb(&s, word_at(from + whole, size - whole) | (uint64_t)size << 56);
    s.v2 ^= 0xee;
    put_word(&s, proof);
    s.v1 ^= 0xdd;
    put_word(&s, proof + 8);
}

bool psock_guest_unix_same(const void *a, const void *b, size_t size)
{
    const volatile unsigned char *left = a;
    const volatile unsigned char *right = b;
    unsigned difference = 0;
    for (size_t i = 0; i < size; i++)
        difference |= (unsigned)(left[i] ^ right[i]);
    return difference == 0;
}
