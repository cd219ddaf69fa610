/* <setjmp.h> of POSIX.1-2024: that of the C runtime, and jumps that keep the blocked
 * signals. */
#ifndef _PSOCK_BSD_SETJMP_H
#define _PSOCK_BSD_SETJMP_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>
#include <psock_bsd/begin.h>
#include_next <setjmp.h>
#include <psock_bsd/end.h>

struct _psock_bsd_jump {
    jmp_buf __to;
    int __keeps_mask;
    sigset_t __mask;
};
typedef struct _psock_bsd_jump sigjmp_buf[1];

_PSOCK_BSD_BEGIN

void _psock_bsd_note_mask(struct _psock_bsd_jump *__jump, int __keeps_mask)
    _PSOCK_BSD_NAME(note_mask);
void _psock_bsd_restore_mask(const struct _psock_bsd_jump *__jump)
    _PSOCK_BSD_NAME(restore_mask);

void _psock_bsd_leave(const void *__jump) _PSOCK_BSD_NAME(leave_calls);

/* The calls that are left let go of what they hold. */
static __inline__ __attribute__((unused, noreturn)) void
_psock_bsd_longjmp(jmp_buf __jump, int __value)
{
    _psock_bsd_leave(__jump);
    longjmp(__jump, __value);
}
#undef longjmp
#define longjmp _psock_bsd_longjmp

static __inline__ __attribute__((unused, noreturn)) void
siglongjmp(sigjmp_buf __jump, int __value)
{
    _psock_bsd_restore_mask(__jump);
    longjmp(__jump->__to, __value);
}

_PSOCK_BSD_END

#define sigsetjmp(jump, keeps_mask)                                            \
    (_psock_bsd_note_mask((jump), (keeps_mask)), setjmp((jump)->__to))

#endif
