/* <windows.h>: the C runtime's. */
#pragma GCC system_header
#ifndef _WIN32
#error A Unix has no <windows.h>: this is built to be one, see docs/porting.md
#endif
#include <psock_bsd/begin.h>
#include_next <windows.h>
#include <psock_bsd/end.h>
