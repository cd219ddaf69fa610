/* fake_startup.c: WSAStartup, WSACleanup and the last error. */
#include "fake_world.h"

#include <string.h>

/* Its result is the error; the last error has no say before the start. */
static int WSAAPI startup(WORD version, WSADATA *data)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_WSAStartup, "version %d.%d",
                           LOBYTE(version), HIBYTE(version));
    if (error == 0 && data == NULL)
        error = WSAEFAULT;
    if (error == 0) {
        memset(data, 0, sizeof *data);
        data->wVersion = fake_script.version;
        data->wHighVersion = MAKEWORD(2, 2);
        fake_script.starts++;
    }
    DWORD before = GetLastError();
    fake_leave(&visit, error);
    SetLastError(before);
    return error;
}

static int WSAAPI cleanup(void)
{
    struct fake_visit visit;
    int error = fake_enter(&visit, FAKE_WSACleanup, "%s", "");
    if (error == 0 && fake_script.starts == 0)
        error = WSANOTINITIALISED;
    if (error == 0 && fake_script.starts == 1 && fake_has_looked_up())
        fake_complain("Winsock ends beneath what has looked up names");
    if (error == 0 && --fake_script.starts == 0)
        fake_drop_sockets(); /* the last one takes them all along */
    return fake_leave(&visit, error);
}

static int WSAAPI get_last_error(void)
{
    return (int)GetLastError();
}

static void WSAAPI set_last_error(int error)
{
    SetLastError((DWORD)error);
}

void fake_install_startup(struct psock_winsock_table *table)
{
    table->WSAStartup = startup;
    table->WSACleanup = cleanup;
    table->WSAGetLastError = get_last_error;
    table->WSASetLastError = set_last_error;
}
