/* matrix.c: what each call says to each kind of descriptor, one line each.
 *
 *     matrix [part of a line]...
 *
 * The lines of two systems that behave alike are alike. */
#include "kinds.h"
#include "probes.h"
#include "say.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_wanted(const char *kind, const char *probe, char **words)
{
    char line[128];
    snprintf(line, sizeof line, "%s %s:", kind, probe);
    for (; *words != NULL; words++)
        if (strstr(line, *words) == NULL)
            return false;
    return true;
}

static void try_one(const struct kind *kind, const struct probe *probe)
{
    int fd = make_kind(kind);
    printf("%s %s: ", kind->name, probe->name);
    errno = 0;
    say_result(probe->call(fd));
    printf("\n");
    close(fd);
    lose_helpers();
}

int main(int count, char **words)
{
    static char room[1 << 16];
    (void)count;
    setvbuf(stdout, room, _IOFBF, sizeof room);
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < kind_count; i++)
        for (size_t k = 0; k < probe_count; k++)
            if (is_wanted(kinds[i].name, probes[k].name, words + 1))
                try_one(&kinds[i], &probes[k]);
    return 0;
}
