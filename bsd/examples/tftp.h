/* tftp.h: what a client and a server of the Trivial File Transfer Protocol (RFC
 * 1350, and RFC 2348 for the size of blocks) share. */
#ifndef TFTP_H
#define TFTP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum tftp_operation {
    TFTP_READ = 1,
    TFTP_WRITE = 2,
    TFTP_DATA = 3,
    TFTP_ACKNOWLEDGE = 4,
    TFTP_ERROR = 5,
    TFTP_OPTIONS = 6
};

enum tftp_error {
    TFTP_UNDEFINED = 0,
    TFTP_NOT_FOUND = 1,
    TFTP_DENIED = 2,
    TFTP_FULL = 3,
    TFTP_ILLEGAL = 4,
    TFTP_EXISTS = 6
};

#define TFTP_BLOCK 512
#define TFTP_BLOCK_MAX 8192

/* A packet as it came or is to go. */
struct tftp_packet {
    size_t size;
    unsigned char bytes[4 + TFTP_BLOCK_MAX + 1];
};

/* A transfer: one socket that talks to one peer. */
struct tftp_transfer {
    int fd;
    struct sockaddr_storage peer;
    socklen_t peer_length;
    size_t block_size;
    struct tftp_packet sent; /* to be sent again when nothing comes */
};

uint16_t tftp_number(const struct tftp_packet *packet, size_t at);
void tftp_put_number(struct tftp_packet *packet, uint16_t number);
void tftp_put_text(struct tftp_packet *packet, const char *text);

/* Sends what is in `sent`. */
void tftp_send(struct tftp_transfer *transfer);
void tftp_send_error(struct tftp_transfer *transfer, int code,
                     const char *text);
void tftp_acknowledge(struct tftp_transfer *transfer, uint16_t block);

/* Waits for the peer's next packet and sends again what was sent last when nothing
 * comes.  Returns its operation; 0 when the peer is silent. */
int tftp_wait(struct tftp_transfer *transfer, struct tftp_packet *packet);

/* The two ways of a transfer once it has begun: `file` is sent in blocks, or
 * written.  `packet` is what came last.  Return 0, or -1 with a message written. */
int tftp_send_file(struct tftp_transfer *transfer, int file);
int tftp_receive_file(struct tftp_transfer *transfer, int file,
                      struct tftp_packet *packet, int operation);

#endif
