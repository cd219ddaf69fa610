/* A program as a user would write it, built in each way a user would. */
#include <psock/psock.h>

#include <stdio.h>

int main(void)
{
    psock_t s = psock_open(PSOCK_IPV4, PSOCK_STREAM, 0);
    if (s < 0) {
        fprintf(stderr, "psock_open: %s\n", psock_error_name((int)s));
        return 1;
    }
    printf("psock %s\n", psock_version());
    return psock_close(s) < 0;
}
