/* ether.c: addresses of Ethernet as text. */
#include "guest.h"

#include <netinet/ether.h>
#include <stdio.h>
#include <stdlib.h>

/* The longest text and its zero byte. */
#define TEXT_SIZE 18

char *ether_ntoa_r(const struct ether_addr *address, char *text)
{
    const uint8_t *byte = address->ether_addr_octet;
    (void)sprintf(text, "%x:%x:%x:%x:%x:%x", byte[0], byte[1], byte[2], byte[3],
                  byte[4], byte[5]);
    return text;
}

char *ether_ntoa(const struct ether_addr *address)
{
    static _Thread_local char text[TEXT_SIZE];
    return ether_ntoa_r(address, text);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One or two digits. */
static bool read_byte(const char **text, uint8_t *byte)
{
    int high = hex_digit(**text);
    if (high < 0)
        return false;
    int low = hex_digit(*++*text);
    if (low >= 0)
        ++*text;
    *byte = (uint8_t)(low < 0 ? high : high << 4 | low);
    return true;
}

struct ether_addr *ether_aton_r(const char *text, struct ether_addr *address)
{
    struct ether_addr read;
    for (int i = 0; i < ETH_ALEN; i++) {
        if (!read_byte(&text, &read.ether_addr_octet[i]) ||
            (i < ETH_ALEN - 1 && *text++ != ':'))
            return NULL;
    }
    *address = read;
    return address;
}

struct ether_addr *ether_aton(const char *text)
{
    static _Thread_local struct ether_addr address;
    return ether_aton_r(text, &address);
}
