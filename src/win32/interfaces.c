/* interfaces.c: interfaces by their IPv4 addresses, where they cannot be had by
 * their index. */
#include "platform.h"

#include <stdlib.h>

/* All IPv4 addresses of this machine with their interfaces, to be freed; null
 * when they cannot be had. */
static MIB_IPADDRTABLE *list_addresses(void)
{
    ULONG size = 0;
    DWORD error = psock_winsock.GetIpAddrTable(NULL, &size, FALSE);
    MIB_IPADDRTABLE *table =
        error == ERROR_INSUFFICIENT_BUFFER ? malloc(size) : NULL;
    if (table != NULL &&
        psock_winsock.GetIpAddrTable(table, &size, FALSE) == NO_ERROR)
        return table;
    free(table);
    return NULL;
}

/* The first row with `key` for the index or the address; zeros where there is
 * none.  An interface without an address has a row with zeros in its place. */
static MIB_IPADDRROW find_row(_Bool by_index, DWORD key)
{
    MIB_IPADDRROW found;
    MIB_IPADDRTABLE *table = list_addresses();
    memset(&found, 0, sizeof found);
    for (DWORD i = table == NULL ? 0 : table->dwNumEntries; i > 0; i--) {
        const MIB_IPADDRROW *row = &table->table[i - 1];
        if (row->dwAddr != 0 && (by_index ? row->dwIndex : row->dwAddr) == key)
            found = *row;
    }
    free(table);
    return found;
}

DWORD psock_win32_interface_address(uint32_t interface_index)
{
    return find_row(1, interface_index).dwAddr;
}

uint32_t psock_win32_interface_at(DWORD address)
{
    return find_row(0, address).dwIndex;
}
