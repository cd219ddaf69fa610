/* scene.h: a dial from its beginning to its end in a few lines: who answers
 * when, and what has to come of it.
 *
 *   play(&(struct scene){.ipv6 = "5 ab",
 *                        .ipv4 = "9 C",
 *                        .peers = "C 30",
 *                        .tries = "a 5, C 255",
 *                        .ends = "285 C"});
 *
 * The resolver has two IPv6 addresses after 5 ms and an IPv4 one after 9.  Of
 * the three peers, named by letters, only C answers, 30 ms after it is
 * asked.  So a is tried at 5 ms and C at 255, and at 285 there is a connection
 * to C.
 *
 * A peer is a letter: a small one stands for an IPv6 address, a capital one for
 * an IPv4 one, a digit for a Unix one.  Of both families `l` is loopback and
 * `o` the unspecified address.  All moments are in milliseconds from the
 * beginning, or "now" for what happens from within the call that begins it.
 *
 * Beside what a scene says, it is checked that what was opened is closed but
 * for the connection, that look-ups are answered or stopped, that the report
 * tells just what happened, that nothing stays allocated; and all of that again
 * on systems that are hasty, slow to stop and interrupted, with other options
 * that must make no difference. */
#ifndef PSOCK_TESTS_FAKE_SCENE_H
#define PSOCK_TESTS_FAKE_SCENE_H

#include "sys_fake.h"

struct scene {
    /* What is dialed: a name, unless there are `known` addresses. */
    const char *host;    /* null for one to be looked up, "null" for none */
    const char *service; /* null for "80" */
    const char *known;   /* "aBc" */

    /* What the resolver says: a moment, and peers or an error; null for
     * nothing. */
    const char *ipv6; /* "5 ab", "now a", "9 EAI_NONAME" */
    const char *ipv4;
    const char *port; /* of the service alone */

    /* What peers do when they are asked: "a 20" accepts after 20 ms, and
     * "a 20 ECONNREFUSED" fails.  Others are silent.  "a 20 self" connects the
     * socket to itself, and "1 20 full" is a queue without room for so long. */
    const char *peers;

    /* What fails, by how often it was called: "open2 EMFILE, bind1 EACCES";
     * also startup, prepare, ask, waker, poll. */
    const char *fails;

    const char *cancel;   /* when the waker rings; null for none */
    const char *deadline; /* a moment, "now", "past", "long past" or "far"; null
                           * for none */
    const char *source;   /* a letter */
    psock_dial_options options;

    /* Nothing interrupts it: for what happens at just the same moment, of which
     * an interruption could separate the parts. */
    _Bool is_undisturbed;

    /* What has to come of it. */
    const char *tries; /* who is tried when: "a 5, C 255"; null for nobody */
    const char *ends;  /* when, and who is connected or the error */
    const char *asks;  /* null for what follows of the options: "6", "4", "64",
                        * "p" for a port, "" for nobody; "*" for whoever */
};

void play(const struct scene *scene);

/* The same as often as there are allocations, each of which fails once.  It may
 * end as it does otherwise, or for want of memory. */
void play_short_of_memory(const struct scene *scene);

/* What a scene's text means. */
struct scene_words {
    size_t count;
    char words[4][32];
};

enum {
    SCENE_NEVER = -1,
    SCENE_NOW = -2
};

/* The words that follow `key` in "key word word, key word"; null for the first
 * ones.  False when there is no such key. */
_Bool scene_find(const char *text, const char *key, struct scene_words *words);

/* Nanoseconds, SCENE_NEVER for null, or SCENE_NOW. */
int64_t scene_moment(const char *word);

/* The error of that name; 0 for what is none. */
int scene_error(const char *word);

/* The address of a peer, and the peer of an address (0 for nobody). */
psock_address scene_address(char letter, uint16_t port);
char scene_letter(const psock_address *address);

#endif
