/* sys_startup.c: nothing to start. */
#include "platform.h"

int psock_sys_startup(void)
{
    return 0;
}

void psock_sys_cleanup(void)
{
}
