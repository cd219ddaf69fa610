/* memory.c: what a socket takes that is put into a poller.
 *
 * In the heap of the program, everything counted that the contender needs for
 * it; and in the system, where it tells. */
#include <psock/psock.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "contender.h"
#include "harness.h"
#include "raw.h"

#define GOAL_BYTES 256

static struct raw_crowd crowd;
static struct connection *connections;
static int missed;

/* Bytes in use, of all that is allocated. */
static double heap_bytes(void)
{
    const struct mallinfo2 now = mallinfo2();
    return (double)(now.uordblks + now.hblkhd);
}

/* The size of the system's objects of a kind; 0 where it does not tell. */
static unsigned long kernel_object(const char *kind)
{
    char path[128];
    unsigned long bytes = 0;
    (void)snprintf(path, sizeof path, "/sys/kernel/slab/%s/slab_size", kind);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%lu", &bytes) != 1)
        bytes = 0;
    fclose(file);
    return bytes;
}

/* Whoever asks it, the system makes one object of each of these for a socket. */
static void print_kernel(void)
{
    unsigned long item = kernel_object("eventpoll_epi");
    unsigned long link = kernel_object("eventpoll_pwq");
    if (item > 0 && link > 0)
        printf("  the system takes %lu more for each of any of them\n",
               item + link);
}

static void print_verdict(const struct contender *contender, double bytes)
{
    if (contender->role != ROLE_OURS)
        return;
    printf("  %6d  %s", GOAL_BYTES, bytes < GOAL_BYTES ? "met" : "MISSED");
    missed += bytes >= GOAL_BYTES;
}

static void measure(const struct contender *contender)
{
    const double count = (double)crowd.count;
    void *set = contender->open();
    const double heap = heap_bytes();
    for (size_t i = 0; i < crowd.count; i++)
        contender->add(set, &connections[i]);
    const double each = (heap_bytes() - heap) / count;
    printf("  %-32s %9.1f", contender->name, each);
    print_verdict(contender, each);
    printf("\n");
    for (size_t i = 0; i < crowd.count; i++)
        contender->remove(set, &connections[i]);
    contender->close(set);
}

static void gather(void)
{
    crowd = raw_open_crowd(RAW_MULTITUDE);
    connections = calloc(crowd.count, sizeof *connections);
    BENCH_REQUIRE(connections != NULL);
    for (size_t i = 0; i < crowd.count; i++)
        connections[i].socket = crowd.sockets[i];
}

/* Of what has several entries there, the first counts. */
static _Bool is_worth_measuring(size_t index)
{
    return contenders[index]->look != NULL &&
           (index == 0 || contenders[index] != contenders[index - 1]);
}

int main(void)
{
    raw_start();
    gather();
    printf("\nmemory: bytes for each of %zu sockets that are put in\n",
           crowd.count);
    printf("  %-32s %9s  %6s\n", "", "heap", "goal");
    for (size_t i = 0; i < contender_count; i++)
        if (is_worth_measuring(i))
            measure(contenders[i]);
    print_kernel();
    raw_close_crowd(&crowd);
    free(connections);
    return missed == 0 ? 0 : 1;
}
