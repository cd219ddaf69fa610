/* scene_text.c: what the texts of a scene mean. */
#include "scene.h"

#include <stdlib.h>
#include <string.h>

/* --- Words ---------------------------------------------------------------- */

/* Reads a word and the spaces before it; false at the end of an entry. */
static _Bool read_word(const char **at, char *word, size_t size)
{
    *at += strspn(*at, " ");
    const size_t length = strcspn(*at, " ,");
    fake_require(length < size);
    memcpy(word, *at, length);
    word[length] = 0;
    *at += length;
    return length > 0;
}

/* Reads an entry and its comma. */
static void read_entry(const char **at, struct scene_words *words)
{
    words->count = 0;
    while (read_word(at, words->words[words->count], sizeof words->words[0])) {
        words->count++;
        fake_require(words->count < COUNT_OF(words->words));
    }
    *at += **at == ',';
}

static void drop_first(struct scene_words *words)
{
    memmove(words->words[0], words->words[1],
            sizeof words->words - sizeof words->words[0]);
    words->count--;
}

_Bool scene_find(const char *text, const char *key, struct scene_words *words)
{
    const char *at = text == NULL ? "" : text;
    while (*at != 0) {
        read_entry(&at, words);
        if (key == NULL)
            return 1;
        if (words->count > 0 && strcmp(words->words[0], key) == 0) {
            drop_first(words);
            return 1;
        }
    }
    words->count = 0;
    return 0;
}

/* --- Moments and errors --------------------------------------------------- */

int64_t scene_moment(const char *word)
{
    char *end;
    if (word == NULL)
        return SCENE_NEVER;
    if (strcmp(word, "now") == 0)
        return SCENE_NOW;
    const int64_t moment = ms(strtol(word, &end, 10));
    fake_require(end != word && *end == 0);
    return moment;
}

int scene_error(const char *word)
{
    for (int error = -1; error > -200; error--)
        if (strcmp(psock_error_name(error), word) == 0)
            return error;
    return 0;
}

/* --- Peers ---------------------------------------------------------------- */

static const unsigned char network6[16] = {0x20, 0x01, 0x0d, 0xb8};
static const unsigned char network4[4] = {192, 0, 2};

static _Bool is_unix(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* Letters beyond the alphabet are IPv6 peers, for those who need many. */
static _Bool is_ipv4(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

static int address_of(char letter, uint16_t port, psock_address *address)
{
    unsigned char ipv6[16];
    unsigned char ipv4[4];
    const char path[] = {'/', letter, 0};
    const int family = is_ipv4(letter) ? PSOCK_IPV4 : PSOCK_IPV6;
    if (letter == 'l' || letter == 'L')
        return psock_address_loopback(family, port, address);
    if (letter == 'o' || letter == 'O')
        return psock_address_any(family, port, address);
    if (is_unix(letter))
        return psock_address_unix(path, 2, address);
    memcpy(ipv6, network6, sizeof ipv6);
    memcpy(ipv4, network4, sizeof ipv4);
    ipv6[15] = ipv4[3] = (unsigned char)letter;
    return is_ipv4(letter) ? psock_address_ipv4(ipv4, port, address)
                           : psock_address_ipv6(ipv6, port, 0, address);
}

psock_address scene_address(char letter, uint16_t port)
{
    psock_address address = {.length = 0};
    assert_result(address_of(letter, port, &address), 0);
    return address;
}

char scene_letter(const psock_address *address)
{
    const uint16_t port = (uint16_t)psock_address_port(address);
    for (int letter = 1; letter < 256; letter++) {
        psock_address other = {.length = 0};
        if (address_of((char)letter, port, &other) == 0 &&
            psock_address_compare(&other, address) == 0)
            return (char)letter;
    }
    return 0;
}
