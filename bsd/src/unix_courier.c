/* unix_courier.c: datagrams for other processes.  A socket keeps the connection to
 * where it sent last.  Each datagram is answered once it is in the box there, so none
 * is lost without the sender's knowing, as on one machine none is. */
#include "unix.h"

#include <string.h>

enum {
    PATIENCE_MS = 3000
};

/* --- Whose it is ------------------------------------------------------------- */

/* While a courier is under way it is only the caller's, who may be kept waiting, or
 * never come back from the handler of a signal: others send another. */
static psock_t take_courier(struct unix_box *box, const struct unix_place *to)
{
    psock_t s = PSOCK_INVALID;
    psock_guest_unix_lock();
    if (box->courier >= 0 &&
        memcmp(box->courier_to.secret, to->secret, sizeof to->secret) == 0) {
        s = box->courier;
        box->courier = PSOCK_INVALID;
    }
    psock_guest_unix_unlock();
    return s;
}

static void keep_courier(struct unix_box *box, const struct unix_place *to,
                         psock_t s)
{
    psock_guest_unix_lock();
    psock_t gone = box->courier;
    box->courier = s;
    box->courier_to = *to;
    psock_guest_unix_unlock();
    if (gone >= 0)
        psock_close(gone);
}

/* --- Letters ----------------------------------------------------------------- */

static int write_letter(psock_t s, const struct unix_mail *mail, bool waits,
                        psock_deadline deadline)
{
    struct unix_letter letter;
    memset(&letter, 0, sizeof letter);
    letter.size = (uint32_t)mail->size;
    letter.waits = waits;
    letter.name_length = (uint8_t)mail->from.length;
    memcpy(letter.name, mail->from.path, mail->from.length);
    union {
        const void *fixed;
        void *data;
    } bytes = {mail->bytes};
    psock_buffer whole[] = {{&letter, sizeof letter}, {bytes.data, mail->size}};
    return psock_guest_unix_write_all(s, whole, deadline);
}

/* Who need not wait is answered at once, unless the other process stands still. */
static int hand_over(psock_t s, const struct unix_mail *mail,
                     psock_deadline deadline, struct unix_answer *answer)
{
    const bool waits = deadline != PSOCK_NOW;
    if (!waits)
        deadline = psock_deadline_ms(PATIENCE_MS);
    int result = write_letter(s, mail, waits, deadline);
    if (result == 0)
        result = psock_guest_unix_read_all(s, answer, sizeof *answer, deadline);
    return result;
}

static int post_by(struct unix_box *box, psock_t s, const struct unix_place *to,
                   const struct unix_mail *mail, psock_deadline deadline)
{
    struct unix_answer answer = {.error = 0};
    int result = hand_over(s, mail, deadline, &answer);
    if (result < 0) {
        psock_close(s);
        return result;
    }
    keep_courier(box, to, s);
    return psock_guest_unix_answered(answer.error);
}

/* A courier that was there already can be one of a socket that is gone; there is
 * another only if the file says so, which connecting anew finds out. */
int psock_guest_unix_post(struct psock_guest *guest,
                          const struct unix_place *to,
                          const struct unix_mail *mail, psock_deadline deadline)
{
    struct unix_box *box = psock_guest_unix_box(guest);
    struct ucred peer;
    psock_t s = take_courier(box, to);
    if (s >= 0) {
        int result = post_by(box, s, to, mail, deadline);
        if (result != -ECONNREFUSED)
            return result;
    }
    s = psock_guest_unix_call(to, SOCK_DGRAM, false, NULL, PSOCK_FOREVER,
                              &peer);
    return s < 0 ? (int)s : post_by(box, s, to, mail, deadline);
}
