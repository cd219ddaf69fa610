/* capabilities: what the system it runs on can do, as a table.
 *
 *   capabilities
 *
 * One line for each capability: its name, "yes" or "no", and for a "no" the
 * error with the system's own code. */
#include <stdio.h>
#include <stdlib.h>

#include <psock/psock.h>

static void print_one(int capability)
{
    char reason[PSOCK_ERROR_TEXT_SIZE] = "";
    int error = psock_capability(capability);
    if (error < 0)
        psock_error_describe(error, reason, sizeof reason);
    printf("%-20s %-3s %s\n", psock_capability_name(capability),
           error < 0 ? "no" : "yes", reason);
}

int main(void)
{
    for (int i = 0; i < PSOCK_CAP_COUNT; i++)
        print_one(i);
    return EXIT_SUCCESS;
}
