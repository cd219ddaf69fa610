/* <stdio.h> of POSIX.1-2024, and what Linux adds.
 *
 * The streams of files are the C runtime's.  Those of sockets and pipes are ours
 * (stream.c), so all functions on streams have names of ours. */
#ifndef _PSOCK_BSD_STDIO_H
#define _PSOCK_BSD_STDIO_H

#include <psock_bsd/prelude.h>
#pragma GCC system_header

#include <psock_bsd/types.h>

/* The printf() family is static in the C runtime's header.  This is what those call
 * here. */
struct _iobuf;
_PSOCK_BSD_BEGIN
int _psock_bsd_vfprintf(struct _iobuf *_PSOCK_BSD_RESTRICT __file,
                        const char *_PSOCK_BSD_RESTRICT __format,
                        __builtin_va_list __arguments)
    _PSOCK_BSD_NAME(vfprintf) __MINGW_NOTHROW;
int _psock_bsd_vfscanf(struct _iobuf *_PSOCK_BSD_RESTRICT __file,
                       const char *_PSOCK_BSD_RESTRICT __format,
                       __builtin_va_list __arguments) _PSOCK_BSD_NAME(vfscanf);
int _psock_bsd_vsnprintf(char *_PSOCK_BSD_RESTRICT __text, size_t __size,
                         const char *_PSOCK_BSD_RESTRICT __format,
                         __builtin_va_list __arguments)
    _PSOCK_BSD_NAME(vsnprintf);
int _psock_bsd_snprintf(char *_PSOCK_BSD_RESTRICT __text, size_t __size,
                        const char *_PSOCK_BSD_RESTRICT __format, ...)
    _PSOCK_BSD_NAME(snprintf);
int _psock_bsd_vsprintf(char *_PSOCK_BSD_RESTRICT __text,
                        const char *_PSOCK_BSD_RESTRICT __format,
                        __builtin_va_list __arguments)
    _PSOCK_BSD_NAME(vsprintf) __MINGW_NOTHROW;
int _psock_bsd_sprintf(char *_PSOCK_BSD_RESTRICT __text,
                       const char *_PSOCK_BSD_RESTRICT __format, ...)
    _PSOCK_BSD_NAME(sprintf) __MINGW_NOTHROW;
_PSOCK_BSD_END

#undef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 1
#define __mingw_vfprintf _psock_bsd_vfprintf
#define __mingw_vfscanf _psock_bsd_vfscanf
#define __mingw_vsnprintf _psock_bsd_vsnprintf
#define __mingw_snprintf _psock_bsd_snprintf
#define __mingw_vsprintf _psock_bsd_vsprintf
#define __mingw_sprintf _psock_bsd_sprintf

/* Its offsets are chosen by macros. */
#define _FILE_OFFSET_BITS_SET_FSEEKO
#define _FILE_OFFSET_BITS_SET_FTELLO
#pragma push_macro("asprintf")
#undef asprintf
#define asprintf _psock_bsd_hidden_asprintf
#pragma push_macro("vasprintf")
#undef vasprintf
#define vasprintf _psock_bsd_hidden_vasprintf
#pragma push_macro("fgets")
#undef fgets
#define fgets _psock_bsd_hidden_fgets
#pragma push_macro("fread")
#undef fread
#define fread _psock_bsd_hidden_fread
#pragma push_macro("fseeko")
#undef fseeko
#define fseeko _psock_bsd_hidden_fseeko
#pragma push_macro("fseeko64")
#undef fseeko64
#define fseeko64 _psock_bsd_hidden_fseeko64
#pragma push_macro("ftello")
#undef ftello
#define ftello _psock_bsd_hidden_ftello
#pragma push_macro("ftello64")
#undef ftello64
#define ftello64 _psock_bsd_hidden_ftello64
/* Names that are the program's own on Linux. */
#pragma push_macro("flushall")
#undef flushall
#define flushall _psock_bsd_hidden_flushall
#pragma push_macro("fgetchar")
#undef fgetchar
#define fgetchar _psock_bsd_hidden_fgetchar
#pragma push_macro("fputchar")
#undef fputchar
#define fputchar _psock_bsd_hidden_fputchar
#pragma push_macro("rmtmp")
#undef rmtmp
#define rmtmp _psock_bsd_hidden_rmtmp
#include <psock_bsd/begin.h>
#include_next <stdio.h>
#include <psock_bsd/end.h>
#undef wpopen
#undef SYS_OPEN
#undef flushall
#pragma pop_macro("flushall")
#undef fgetchar
#pragma pop_macro("fgetchar")
#undef fputchar
#pragma pop_macro("fputchar")
#undef rmtmp
#pragma pop_macro("rmtmp")
#undef fseeko
#pragma pop_macro("fseeko")
#undef fseeko64
#pragma pop_macro("fseeko64")
#undef ftello
#pragma pop_macro("ftello")
#undef ftello64
#pragma pop_macro("ftello64")
#undef asprintf
#pragma pop_macro("asprintf")
#undef vasprintf
#pragma pop_macro("vasprintf")
#undef fgets
#pragma pop_macro("fgets")
#undef fread
#pragma pop_macro("fread")

#undef __mingw_vfprintf
#undef __mingw_vfscanf
#undef __mingw_vsnprintf
#undef __mingw_snprintf
#undef __mingw_vsprintf
#undef __mingw_sprintf

#undef popen
#undef pclose
#undef getc
#undef putc
#undef getchar
#undef putchar

#undef BUFSIZ
#define BUFSIZ 8192
#ifndef P_tmpdir
#define P_tmpdir "/tmp"
#endif

#ifdef __clang__
#define _PSOCK_BSD_PRINTF(format, first)                                       \
    __attribute__((__format__(__printf__, format, first)))
#define _PSOCK_BSD_SCANF(format, first)                                        \
    __attribute__((__format__(__scanf__, format, first)))
#else
#define _PSOCK_BSD_PRINTF(format, first)                                       \
    __attribute__((__format__(__gnu_printf__, format, first)))
#define _PSOCK_BSD_SCANF(format, first)                                        \
    __attribute__((__format__(__gnu_scanf__, format, first)))
#endif

_PSOCK_BSD_BEGIN

/* What those would have called. */
int __mingw_vfprintf(FILE *_PSOCK_BSD_RESTRICT __file,
                     const char *_PSOCK_BSD_RESTRICT __format,
                     __builtin_va_list __arguments) __MINGW_NOTHROW;
int __mingw_vfscanf(FILE *_PSOCK_BSD_RESTRICT __file,
                    const char *_PSOCK_BSD_RESTRICT __format,
                    __builtin_va_list __arguments);
int __mingw_vsnprintf(char *_PSOCK_BSD_RESTRICT __text, size_t __size,
                      const char *_PSOCK_BSD_RESTRICT __format,
                      __builtin_va_list __arguments);
int __mingw_snprintf(char *_PSOCK_BSD_RESTRICT __text, size_t __size,
                     const char *_PSOCK_BSD_RESTRICT __format, ...);
int __mingw_vsprintf(char *_PSOCK_BSD_RESTRICT __text,
                     const char *_PSOCK_BSD_RESTRICT __format,
                     __builtin_va_list __arguments) __MINGW_NOTHROW;
int __mingw_sprintf(char *_PSOCK_BSD_RESTRICT __text,
                    const char *_PSOCK_BSD_RESTRICT __format,
                    ...) __MINGW_NOTHROW;

/* --- Opening and closing ----------------------------------------------- */

FILE *fdopen(int __fd, const char *__mode) _PSOCK_BSD_NAME(fdopen);
FILE *fopen(const char *_PSOCK_BSD_RESTRICT __path,
            const char *_PSOCK_BSD_RESTRICT __mode) _PSOCK_BSD_NAME(fopen);
FILE *fopen64(const char *_PSOCK_BSD_RESTRICT __path,
              const char *_PSOCK_BSD_RESTRICT __mode) _PSOCK_BSD_NAME(fopen);
FILE *freopen(const char *_PSOCK_BSD_RESTRICT __path,
              const char *_PSOCK_BSD_RESTRICT __mode,
              FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(freopen);
FILE *open_memstream(char **__text, size_t *__size)
    _PSOCK_BSD_NAME(open_memstream);
FILE *tmpfile(void) _PSOCK_BSD_NAME(tmpfile);
int fclose(FILE *__file) _PSOCK_BSD_NAME(fclose);
int fileno(FILE *__file) _PSOCK_BSD_NAME(fileno);
FILE *popen(const char *__command, const char *__mode) _PSOCK_BSD_NAME(popen);
int pclose(FILE *__file) _PSOCK_BSD_NAME(pclose);

/* --- Buffers ----------------------------------------------------------- */

int fflush(FILE *__file) _PSOCK_BSD_NAME(fflush);
void setbuf(FILE *_PSOCK_BSD_RESTRICT __file,
            char *_PSOCK_BSD_RESTRICT __buffer) _PSOCK_BSD_NAME(setbuf);
void setbuffer(FILE *__file, char *__buffer, size_t __size)
    _PSOCK_BSD_NAME(setbuffer);
void setlinebuf(FILE *__file) _PSOCK_BSD_NAME(setlinebuf);
int setvbuf(FILE *_PSOCK_BSD_RESTRICT __file,
            char *_PSOCK_BSD_RESTRICT __buffer, int __mode, size_t __size)
    _PSOCK_BSD_NAME(setvbuf);
int fflush_unlocked(FILE *__file) _PSOCK_BSD_NAME(fflush);

/* --- Reading ----------------------------------------------------------- */

int fgetc(FILE *__file) _PSOCK_BSD_NAME(fgetc);
int getchar(void) _PSOCK_BSD_NAME(getchar);
char *fgets(char *_PSOCK_BSD_RESTRICT __text, int __size,
            FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(fgets);
size_t fread(void *_PSOCK_BSD_RESTRICT __items, size_t __size, size_t __count,
             FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(fread);
int ungetc(int __character, FILE *__file) _PSOCK_BSD_NAME(ungetc);
ssize_t getdelim(char **_PSOCK_BSD_RESTRICT __line,
                 size_t *_PSOCK_BSD_RESTRICT __size, int __end,
                 FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(getdelim);
ssize_t getline(char **_PSOCK_BSD_RESTRICT __line,
                size_t *_PSOCK_BSD_RESTRICT __size,
                FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(getline);
int getc(FILE *__file) _PSOCK_BSD_NAME(fgetc);
int getc_unlocked(FILE *__file) _PSOCK_BSD_NAME(fgetc);
int fgetc_unlocked(FILE *__file) _PSOCK_BSD_NAME(fgetc);
int getchar_unlocked(void) _PSOCK_BSD_NAME(getchar);
char *fgets_unlocked(char *_PSOCK_BSD_RESTRICT __text, int __size,
                     FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(fgets);
size_t fread_unlocked(void *_PSOCK_BSD_RESTRICT __items, size_t __size,
                      size_t __count, FILE *_PSOCK_BSD_RESTRICT __file)
    _PSOCK_BSD_NAME(fread);

/* --- Writing ----------------------------------------------------------- */

int fputc(int __character, FILE *__file) _PSOCK_BSD_NAME(fputc);
int putchar(int __character) _PSOCK_BSD_NAME(putchar);
int fputs(const char *_PSOCK_BSD_RESTRICT __text,
          FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(fputs);
int puts(const char *__text) _PSOCK_BSD_NAME(puts);
size_t fwrite(const void *_PSOCK_BSD_RESTRICT __items, size_t __size,
              size_t __count, FILE *_PSOCK_BSD_RESTRICT __file)
    _PSOCK_BSD_NAME(fwrite);
void perror(const char *__what) _PSOCK_BSD_NAME(perror);
int putc(int __character, FILE *__file) _PSOCK_BSD_NAME(fputc);
int putc_unlocked(int __character, FILE *__file) _PSOCK_BSD_NAME(fputc);
int fputc_unlocked(int __character, FILE *__file) _PSOCK_BSD_NAME(fputc);
int putchar_unlocked(int __character) _PSOCK_BSD_NAME(putchar);
int fputs_unlocked(const char *_PSOCK_BSD_RESTRICT __text,
                   FILE *_PSOCK_BSD_RESTRICT __file) _PSOCK_BSD_NAME(fputs);
size_t fwrite_unlocked(const void *_PSOCK_BSD_RESTRICT __items, size_t __size,
                       size_t __count, FILE *_PSOCK_BSD_RESTRICT __file)
    _PSOCK_BSD_NAME(fwrite);

/* --- Places, and what happened ----------------------------------------- */

int fseek(FILE *__file, long __offset, int __from) _PSOCK_BSD_NAME(fseek);
int fseeko(FILE *__file, off_t __offset, int __from) _PSOCK_BSD_NAME(fseeko);
int fseeko64(FILE *__file, off64_t __offset, int __from)
    _PSOCK_BSD_NAME(fseeko);
long ftell(FILE *__file) _PSOCK_BSD_NAME(ftell);
off_t ftello(FILE *__file) _PSOCK_BSD_NAME(ftello);
off64_t ftello64(FILE *__file) _PSOCK_BSD_NAME(ftello);
void rewind(FILE *__file) _PSOCK_BSD_NAME(rewind);
int fgetpos(FILE *_PSOCK_BSD_RESTRICT __file,
            fpos_t *_PSOCK_BSD_RESTRICT __place) _PSOCK_BSD_NAME(fgetpos);
int fsetpos(FILE *__file, const fpos_t *__place) _PSOCK_BSD_NAME(fsetpos);
int feof(FILE *__file) _PSOCK_BSD_NAME(feof);
int ferror(FILE *__file) _PSOCK_BSD_NAME(ferror);
void clearerr(FILE *__file) _PSOCK_BSD_NAME(clearerr);
void flockfile(FILE *__file) _PSOCK_BSD_NAME(flockfile);
int ftrylockfile(FILE *__file) _PSOCK_BSD_NAME(ftrylockfile);
void funlockfile(FILE *__file) _PSOCK_BSD_NAME(funlockfile);
int feof_unlocked(FILE *__file) _PSOCK_BSD_NAME(feof);
int ferror_unlocked(FILE *__file) _PSOCK_BSD_NAME(ferror);
int fileno_unlocked(FILE *__file) _PSOCK_BSD_NAME(fileno);
void clearerr_unlocked(FILE *__file) _PSOCK_BSD_NAME(clearerr);

/* --- Names of files ----------------------------------------------------- */

int remove(const char *__path) _PSOCK_BSD_NAME(remove);
int rename(const char *__from, const char *__to) _PSOCK_BSD_NAME(rename);
int renameat(int __from_directory, const char *__from, int __to_directory,
             const char *__to) _PSOCK_BSD_NAME(renameat);

/* --- With formats ------------------------------------------------------- */

int dprintf(int __fd, const char *_PSOCK_BSD_RESTRICT __format, ...)
    _PSOCK_BSD_NAME(dprintf) _PSOCK_BSD_PRINTF(2, 3);
int vdprintf(int __fd, const char *_PSOCK_BSD_RESTRICT __format,
             __builtin_va_list __arguments) _PSOCK_BSD_NAME(vdprintf)
    _PSOCK_BSD_PRINTF(2, 0);
int asprintf(char **_PSOCK_BSD_RESTRICT __text,
             const char *_PSOCK_BSD_RESTRICT __format, ...)
    _PSOCK_BSD_NAME(asprintf) _PSOCK_BSD_PRINTF(2, 3);
int vasprintf(char **_PSOCK_BSD_RESTRICT __text,
              const char *_PSOCK_BSD_RESTRICT __format,
              __builtin_va_list __arguments) _PSOCK_BSD_NAME(vasprintf)
    _PSOCK_BSD_PRINTF(2, 0);

_PSOCK_BSD_END

#endif
