/* <utime.h>: the C runtime's. */
#pragma GCC system_header
#include <psock_bsd/begin.h>
#include_next <utime.h>
#include <psock_bsd/end.h>
