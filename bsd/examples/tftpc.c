/* tftpc: gets a file from a TFTP server, or puts one there.
 *
 *     tftpc host port get name file
 *     tftpc host port put file name */
#include "tftp.h"

#include <err.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void find_server(struct tftp_transfer *transfer, const char *host,
                        const char *port)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0)
        errx(1, "%s port %s: %s", host, port, gai_strerror(error));
    memcpy(&transfer->peer, found->ai_addr, found->ai_addrlen);
    transfer->peer_length = found->ai_addrlen;
    transfer->fd = socket(found->ai_family, found->ai_socktype, 0);
    if (transfer->fd < 0)
        err(1, "socket");
    freeaddrinfo(found);
}

static int ask(struct tftp_transfer *transfer, int operation, const char *name,
               struct tftp_packet *answer)
{
    transfer->sent.size = 0;
    tftp_put_number(&transfer->sent, (uint16_t)operation);
    tftp_put_text(&transfer->sent, name);
    tftp_put_text(&transfer->sent, "octet");
    tftp_put_text(&transfer->sent, "blksize");
    tftp_put_text(&transfer->sent, "1428");
    tftp_send(transfer);
    int got = tftp_wait(transfer, answer);
    if (got == TFTP_ERROR)
        errx(1, "%s: %.*s", name, (int)(answer->size - 4),
             (const char *)answer->bytes + 4);
    if (got == 0)
        errx(1, "the server is silent");
    transfer->block_size = got == TFTP_OPTIONS ? 1428 : TFTP_BLOCK;
    return got;
}

static int get(struct tftp_transfer *transfer, const char *name,
               const char *path)
{
    struct tftp_packet packet;
    int operation = ask(transfer, TFTP_READ, name, &packet);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0)
        err(1, "%s", path);
    if (operation == TFTP_OPTIONS) {
        tftp_acknowledge(transfer, 0);
        operation = tftp_wait(transfer, &packet);
    }
    return tftp_receive_file(transfer, file, &packet, operation);
}

static int put(struct tftp_transfer *transfer, const char *path,
               const char *name)
{
    struct tftp_packet packet;
    int file = open(path, O_RDONLY);
    if (file < 0)
        err(1, "%s", path);
    ask(transfer, TFTP_WRITE, name, &packet);
    return tftp_send_file(transfer, file);
}

int main(int argc, char **argv)
{
    static struct tftp_transfer transfer;
    if (argc != 6 || (strcmp(argv[3], "get") && strcmp(argv[3], "put")))
        errx(2, "usage: tftpc host port get name file | put file name");
    find_server(&transfer, argv[1], argv[2]);
    int result = (argv[3][0] == 'g' ? get : put)(&transfer, argv[4], argv[5]);
    return result < 0;
}
