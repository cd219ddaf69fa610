/* signal_loan.c: what a call holds while handlers run in it.
 *
 * A handler may jump out of the call, which then never lets go of its description.
 * So what it holds is noted before handlers run, with where the call's frame is on
 * the stack; longjmp() lets go of what belongs to the frames that it leaves. */
#include "signals.h"

#include "number.h"

#include <setjmp.h>

#if defined(__x86_64__)
#define STACK_POINTER Rsp
#elif defined(__i386__)
#define STACK_POINTER Esp
#else
#define STACK_POINTER Sp
#endif

/* --- In calls ------------------------------------------------------------------ */

void psock_guest_note_reserved(int fd)
{
    if (!atomic_load_explicit(&psock_guest_signals_possible,
                              memory_order_relaxed))
        return;
    struct psock_guest_signal_thread *own = psock_guest_signal_own();
    if (own != NULL)
        own->reserved = fd + 1;
}

static void lend(struct psock_guest_signal_thread *own,
                 struct psock_guest *guest, uintptr_t frame)
{
    if (own->loan_count < PSOCK_GUEST_LOANS &&
        (guest != NULL || own->reserved != 0))
        own->loans[own->loan_count++] =
            (struct psock_guest_loan){guest, own->reserved - 1, frame};
    own->reserved = 0;
}

psock_guest_signals
psock_guest_signal_deliver_in(struct psock_guest_signal_thread *own,
                              struct psock_guest *guest)
{
    const unsigned count = own->loan_count;
    const int reserved = own->reserved;
    lend(own, guest, (uintptr_t)__builtin_frame_address(0));
    psock_guest_signals ran = psock_guest_signal_deliver(own);
    own->loan_count = count;
    own->reserved = reserved;
    return ran;
}

/* --- Jumps ----------------------------------------------------------------------- */

static void let_go(const struct psock_guest_loan *loan)
{
    if (loan->reserved >= 0)
        psock_guest_give_back(loan->reserved);
    if (loan->guest != NULL)
        psock_guest_drop(loan->guest);
}

/* The stack grows downwards: what is below is left. */
void _psock_bsd_leave(const void *jump)
{
    const uintptr_t target = ((const _JUMP_BUFFER *)jump)->STACK_POINTER;
    struct psock_guest_signal_thread *own = psock_guest_signal_local();
    while (own != NULL && own->loan_count > 0 &&
           own->loans[own->loan_count - 1].frame < target) {
        const struct psock_guest_loan loan = own->loans[--own->loan_count];
        let_go(&loan);
    }
}
