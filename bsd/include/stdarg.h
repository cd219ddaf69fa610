/* <stdarg.h>: the C runtime's. */
#pragma GCC system_header
#include <psock_bsd/begin.h>
#include_next <stdarg.h>
#include <psock_bsd/end.h>
