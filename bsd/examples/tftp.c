/* tftp.c: see tftp.h. */
#include "tftp.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 500
#define ATTEMPTS 6

uint16_t tftp_number(const struct tftp_packet *packet, size_t at)
{
    uint16_t number = 0;
    if (at + sizeof number <= packet->size)
        memcpy(&number, packet->bytes + at, sizeof number);
    return ntohs(number);
}

void tftp_put_number(struct tftp_packet *packet, uint16_t number)
{
    uint16_t in_order = htons(number);
    memcpy(packet->bytes + packet->size, &in_order, sizeof in_order);
    packet->size += sizeof in_order;
}

void tftp_put_text(struct tftp_packet *packet, const char *text)
{
    size_t size = strlen(text) + 1;
    if (packet->size + size > sizeof packet->bytes)
        size = sizeof packet->bytes - packet->size;
    memcpy(packet->bytes + packet->size, text, size);
    packet->size += size;
}

void tftp_send(struct tftp_transfer *transfer)
{
    if (sendto(transfer->fd, transfer->sent.bytes, transfer->sent.size, 0,
               (struct sockaddr *)&transfer->peer, transfer->peer_length) < 0)
        warn("sendto");
}

void tftp_send_error(struct tftp_transfer *transfer, int code, const char *text)
{
    transfer->sent.size = 0;
    tftp_put_number(&transfer->sent, TFTP_ERROR);
    tftp_put_number(&transfer->sent, (uint16_t)code);
    tftp_put_text(&transfer->sent, text);
    tftp_send(transfer);
}

void tftp_acknowledge(struct tftp_transfer *transfer, uint16_t block)
{
    transfer->sent.size = 0;
    tftp_put_number(&transfer->sent, TFTP_ACKNOWLEDGE);
    tftp_put_number(&transfer->sent, block);
    tftp_send(transfer);
}

/* A server answers from a port of its own, which from then on is the peer; all
 * others are strangers. */
static int is_of_the_peer(struct tftp_transfer *transfer,
                          const struct sockaddr_in *from)
{
    struct sockaddr_in *peer = (struct sockaddr_in *)&transfer->peer;
    if (tftp_number(&transfer->sent, 0) <= TFTP_WRITE)
        peer->sin_port = from->sin_port;
    return peer->sin_port == from->sin_port &&
           peer->sin_addr.s_addr == from->sin_addr.s_addr;
}

static int receive(struct tftp_transfer *transfer, struct tftp_packet *packet)
{
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t size = recvfrom(transfer->fd, packet->bytes, sizeof packet->bytes,
                            0, (struct sockaddr *)&from, &length);
    if (size < 4 || !is_of_the_peer(transfer, &from))
        return 0;
    packet->size = (size_t)size;
    return tftp_number(packet, 0);
}

int tftp_wait(struct tftp_transfer *transfer, struct tftp_packet *packet)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct pollfd entry = {.fd = transfer->fd, .events = POLLIN};
        int count = poll(&entry, 1, PATIENCE_MS);
        if (count < 0 && errno != EINTR)
            return 0;
        if (count == 0) {
            tftp_send(transfer);
            continue;
        }
        int operation = receive(transfer, packet);
        if (operation != 0)
            return operation;
    }
    return 0;
}

static int complain(const struct tftp_packet *packet, int operation)
{
    if (operation == TFTP_ERROR)
        warnx("the peer says: %.*s", (int)(packet->size - 4),
              (const char *)packet->bytes + 4);
    else
        warnx(operation == 0 ? "the peer is silent" : "that is no TFTP");
    return -1;
}

/* Until the peer has acknowledged `block`; what it acknowledged before is late. */
static int wait_for_acknowledgement(struct tftp_transfer *transfer,
                                    uint16_t block)
{
    struct tftp_packet packet;
    for (;;) {
        int operation = tftp_wait(transfer, &packet);
        if (operation != TFTP_ACKNOWLEDGE)
            return complain(&packet, operation);
        if (tftp_number(&packet, 2) == block)
            return 0;
    }
}

int tftp_send_file(struct tftp_transfer *transfer, int file)
{
    uint16_t block = 0;
    ssize_t size;
    do {
        struct tftp_packet *data = &transfer->sent;
        data->size = 0;
        tftp_put_number(data, TFTP_DATA);
        tftp_put_number(data, ++block);
        size = read(file, data->bytes + 4, transfer->block_size);
        if (size < 0) {
            tftp_send_error(transfer, TFTP_UNDEFINED, strerror(errno));
            return -1;
        }
        data->size += (size_t)size;
        tftp_send(transfer);
        if (wait_for_acknowledgement(transfer, block) < 0)
            return -1;
    } while ((size_t)size == transfer->block_size);
    return 0;
}

int tftp_receive_file(struct tftp_transfer *transfer, int file,
                      struct tftp_packet *packet, int operation)
{
    uint16_t expected = 1;
    for (;; operation = tftp_wait(transfer, packet)) {
        if (operation != TFTP_DATA)
            return complain(packet, operation);
        uint16_t block = tftp_number(packet, 2);
        size_t size = packet->size - 4;
        if (block == expected) {
            if (write(file, packet->bytes + 4, size) != (ssize_t)size) {
                tftp_send_error(transfer, TFTP_FULL, strerror(errno));
                return -1;
            }
            expected++;
        }
        tftp_acknowledge(transfer, block);
        if (block + 1 == expected && size < transfer->block_size)
            return 0;
    }
}
