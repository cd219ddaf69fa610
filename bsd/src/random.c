/* random.c: numbers by chance: those that come again from a seed, as on Linux, and
 * those that nobody can guess. */
#include "guest.h"

#include <stdlib.h>

/* --- random(): additive feedback over 31 numbers ---------------------------------- */

#define DEGREE 31
#define SEPARATION 3

static struct psock_guest_mutex mutex;
static uint32_t table[DEGREE];
static unsigned front; /* of the two that are added; 0 also before any seed */
static bool seeded;

static uint32_t next_number(void)
{
    unsigned rear = (front + DEGREE - SEPARATION) % DEGREE;
    uint32_t number = table[front] += table[rear];
    front = (front + 1) % DEGREE;
    return number >> 1;
}

static void seed_with(unsigned seed)
{
    int32_t word = seed != 0 ? (int32_t)seed : 1;
    for (unsigned i = 0; i < DEGREE; i++) {
        table[i] = (uint32_t)word;
        int32_t high = word / 127773;
        word = 16807 * (word - high * 127773) - 2836 * high;
        if (word < 0)
            word += INT32_MAX;
    }
    front = SEPARATION;
    for (int i = 0; i < 10 * DEGREE; i++)
        next_number();
    seeded = true;
}

void srandom(unsigned seed)
{
    psock_guest_lock(&mutex);
    seed_with(seed);
    psock_guest_unlock(&mutex);
}

long random(void)
{
    psock_guest_lock(&mutex);
    if (!seeded)
        seed_with(1);
    long number = (long)next_number();
    psock_guest_unlock(&mutex);
    return number;
}

int rand_r(unsigned *seed)
{
    unsigned result = 0;
    static const unsigned char bits[] = {11, 10, 10};
    for (int i = 0; i < 3; i++) {
        *seed = *seed * 1103515245 + 12345;
        result = result << bits[i] | (*seed >> 16 & ((1U << bits[i]) - 1));
    }
    return (int)result;
}

/* --- drand48(): a line of 48 bits -------------------------------------------------- */

static unsigned short state48[3] = {0, 0, 0};

static uint64_t step(unsigned short state[3])
{
    uint64_t number =
        (uint64_t)state[2] << 32 | (uint64_t)state[1] << 16 | state[0];
    number = number * 0x5deece66d + 0xb;
    state[0] = (unsigned short)number;
    state[1] = (unsigned short)(number >> 16);
    state[2] = (unsigned short)(number >> 32);
    return number & 0xffffffffffff;
}

void srand48(long seed)
{
    state48[0] = 0x330e;
    state48[1] = (unsigned short)seed;
    state48[2] = (unsigned short)((unsigned long)seed >> 16);
}

double erand48(unsigned short state[3])
{
    return (double)step(state) / (double)(1LL << 48);
}

long nrand48(unsigned short state[3])
{
    return (long)(step(state) >> 17);
}

long jrand48(unsigned short state[3])
{
    return (int32_t)(uint32_t)(step(state) >> 16);
}

double drand48(void)
{
    return erand48(state48);
}

long lrand48(void)
{
    return nrand48(state48);
}

long mrand48(void)
{
    return jrand48(state48);
}

/* --- arc4random() ------------------------------------------------------------------ */

/* Nothing else will do in its place. */
void arc4random_buf(void *bytes, size_t size)
{
    if (psock_guest_random(bytes, size) != 0)
        abort();
}

uint32_t arc4random(void)
{
    uint32_t number;
    arc4random_buf(&number, sizeof number);
    return number;
}

/* Those below 2^32 mod `bound` would make some come more often than others. */
uint32_t arc4random_uniform(uint32_t bound)
{
    uint32_t number;
    if (bound < 2)
        return 0;
    do
        number = arc4random();
    while (number < -bound % bound);
    return number % bound;
}
