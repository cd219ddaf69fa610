/* end.h: stands after them. */
#pragma GCC system_header

#pragma pop_macro("_WIN32")
#pragma pop_macro("__MINGW32__")
#ifdef __x86_64__
#pragma pop_macro("_WIN64")
#pragma pop_macro("__MINGW64__")
#endif
