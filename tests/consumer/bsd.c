/* What a user of psock-bsd has: a program that knows nothing of it. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Names of its own that are calls elsewhere. */
struct operations {
    ssize_t (*read)(int, void *, size_t);
    int (*close)(int);
};

static int fails(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    return 1;
}

int main(void)
{
    const struct operations operations = {read, close};
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t length = sizeof name;
    char text[8];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) < 0 ||
        listen(listener, 1) < 0 ||
        getsockname(listener, (struct sockaddr *)&name, &length) < 0)
        return fails("listen");
    if (connect(client, (struct sockaddr *)&name, sizeof name) < 0)
        return fails("connect");
    int server = accept(listener, NULL, NULL);
    struct pollfd entry = {.fd = server, .events = POLLIN};
    if (write(client, "hello", 5) != 5 || poll(&entry, 1, 5000) != 1)
        return fails("write");
    if (operations.read(server, text, sizeof text) != 5 ||
        memcmp(text, "hello", 5) != 0)
        return fails("read");
    return operations.close(listener) | close(client) | close(server);
}
