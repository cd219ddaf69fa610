/* tftpd: serves the files of one folder by TFTP, each transfer in a thread.
 *
 *     tftpd [-p port] [-w] folder
 *
 * With -w, files that are not there yet can be written.  It tells "tftpd <port>". */
#include "tftp.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *folder;
static int may_write;

struct request {
    int operation;
    struct tftp_transfer transfer;
    size_t wanted_block; /* 0: not asked for */
    char path[1024];
};

/* Names stay in the folder. */
static int is_harmless(const char *name)
{
    return name[0] != '\0' && strpbrk(name, "/\\:") == NULL &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* A text of the packet that ends in it; null when none is left. */
static const char *next_text(const struct tftp_packet *packet, size_t *at)
{
    const char *text = (const char *)packet->bytes + *at;
    const void *end =
        *at < packet->size ? memchr(text, '\0', packet->size - *at) : NULL;
    if (end == NULL)
        return NULL;
    *at += strlen(text) + 1;
    return text;
}

static void read_options(struct request *request,
                         const struct tftp_packet *packet, size_t at)
{
    const char *name;
    const char *value;
    while ((name = next_text(packet, &at)) != NULL &&
           (value = next_text(packet, &at)) != NULL) {
        long size = strtol(value, NULL, 10);
        if (strcasecmp(name, "blksize") == 0 && size >= 8)
            request->wanted_block =
                size > TFTP_BLOCK_MAX ? TFTP_BLOCK_MAX : (size_t)size;
    }
}

/* Returns 0, or says what is wrong with it. */
static const char *read_request(struct request *request,
                                const struct tftp_packet *packet)
{
    size_t at = 2;
    const char *name = next_text(packet, &at);
    const char *mode = next_text(packet, &at);
    request->operation = tftp_number(packet, 0);
    if (name == NULL || mode == NULL ||
        (request->operation != TFTP_READ && request->operation != TFTP_WRITE))
        return "not a request";
    if (strcasecmp(mode, "octet") != 0)
        return "only octet mode is served";
    if (!is_harmless(name) ||
        snprintf(request->path, sizeof request->path, "%s/%s", folder, name) >=
            (int)sizeof request->path)
        return "not a name of a file here";
    read_options(request, packet, at);
    return NULL;
}

static void confirm_options(struct request *request)
{
    char size[16];
    struct tftp_packet *answer = &request->transfer.sent;
    answer->size = 0;
    snprintf(size, sizeof size, "%zu", request->wanted_block);
    tftp_put_number(answer, TFTP_OPTIONS);
    tftp_put_text(answer, "blksize");
    tftp_put_text(answer, size);
    tftp_send(&request->transfer);
    request->transfer.block_size = request->wanted_block;
}

static void send_it(struct request *request, int file)
{
    struct tftp_packet packet;
    if (request->wanted_block != 0) {
        confirm_options(request);
        if (tftp_wait(&request->transfer, &packet) != TFTP_ACKNOWLEDGE)
            return;
    }
    tftp_send_file(&request->transfer, file);
}

static void receive_it(struct request *request, int file)
{
    struct tftp_packet packet = {.size = 0};
    if (request->wanted_block != 0)
        confirm_options(request);
    else
        tftp_acknowledge(&request->transfer, 0);
    int operation = tftp_wait(&request->transfer, &packet);
    if (tftp_receive_file(&request->transfer, file, &packet, operation) < 0)
        unlink(request->path);
}

static void *serve(void *context)
{
    struct request *request = context;
    int writes = request->operation == TFTP_WRITE;
    int file = open(request->path,
                    writes ? O_WRONLY | O_CREAT | O_EXCL : O_RDONLY, 0644);
    if (writes && !may_write)
        tftp_send_error(&request->transfer, TFTP_DENIED, "only to be read");
    else if (file < 0)
        tftp_send_error(&request->transfer,
                        errno == EEXIST ? TFTP_EXISTS : TFTP_NOT_FOUND,
                        strerror(errno));
    else if (writes)
        receive_it(request, file);
    else
        send_it(request, file);
    if (file >= 0)
        close(file);
    close(request->transfer.fd);
    free(request);
    return NULL;
}

static int open_socket(uint16_t port, uint16_t *chosen)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t length = sizeof name;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0 ||
        getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        err(1, "port %d", port);
    *chosen = ntohs(name.sin_port);
    return fd;
}

static void begin(struct request *request, const struct tftp_packet *packet)
{
    pthread_t thread;
    uint16_t port;
    const char *wrong = read_request(request, packet);
    request->transfer.fd = open_socket(0, &port);
    request->transfer.block_size = TFTP_BLOCK;
    if (wrong != NULL) {
        tftp_send_error(&request->transfer, TFTP_ILLEGAL, wrong);
    } else if (pthread_create(&thread, NULL, serve, request) == 0) {
        pthread_detach(thread);
        return;
    }
    close(request->transfer.fd);
    free(request);
}

int main(int argc, char **argv)
{
    uint16_t port = 0;
    int option;
    while ((option = getopt(argc, argv, "p:w")) != -1) {
        if (option == 'p')
            port = (uint16_t)atoi(optarg);
        else if (option == 'w')
            may_write = 1;
        else
            return 2;
    }
    if (optind + 1 != argc)
        errx(2, "usage: tftpd [-p port] [-w] folder");
    folder = argv[optind];
    int fd = open_socket(port, &port);
    printf("tftpd %d\n", port);
    fflush(stdout);
    for (;;) {
        struct tftp_packet packet;
        struct request *request = calloc(1, sizeof *request);
        if (request == NULL)
            err(1, NULL);
        request->transfer.peer_length = sizeof request->transfer.peer;
        ssize_t size = recvfrom(fd, packet.bytes, sizeof packet.bytes, 0,
                                (struct sockaddr *)&request->transfer.peer,
                                &request->transfer.peer_length);
        packet.size = size < 0 ? 0 : (size_t)size;
        begin(request, &packet);
    }
}
