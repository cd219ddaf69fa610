/* win32_raw_file.c: see raw_file.h. */
#include "raw_file.h"

#include <winsock2.h>
#include <windows.h>
#include <winioctl.h>

#include "harness.h"

intptr_t raw_open_file(void)
{
    WCHAR directory[MAX_PATH + 1];
    WCHAR path[MAX_PATH + 1];
    DWORD returned;
    BENCH_REQUIRE(GetTempPathW(MAX_PATH + 1, directory) != 0);
    BENCH_REQUIRE(GetTempFileNameW(directory, L"psk", 0, path) != 0);
    HANDLE file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                              CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    BENCH_REQUIRE(file != INVALID_HANDLE_VALUE);
    DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &returned, NULL);
    BENCH_REQUIRE(SetFilePointerEx(file,
                                   (LARGE_INTEGER){.QuadPart = RAW_FILE_SIZE},
                                   NULL, FILE_BEGIN) &&
                  SetEndOfFile(file));
    return (intptr_t)file;
}

void raw_close_file(intptr_t file)
{
    BENCH_REQUIRE(CloseHandle((HANDLE)file));
}

struct raw_pair raw_file_pair(void)
{
    struct raw_pair pair = raw_stream_pair();
    raw_set_nonblocking(&pair);
    return pair;
}

static char room[1 << 18];

void raw_drop(const struct raw_pair *pair, int64_t size)
{
    while (size > 0) {
        int got =
            recv((SOCKET)pair->ends[1], room,
                 size < (int64_t)sizeof room ? (int)size : (int)sizeof room, 0);
        BENCH_REQUIRE(got > 0);
        size -= got;
    }
}

/* TransmitFile does not stop where it would have to wait, so a program that may
 * not wait reads and sends. */
void raw_send_parts(const struct raw_pair *pair, intptr_t file, uint64_t count)
{
    static char piece[1 << 16];
    DWORD got;
    for (int64_t at = 0; count > 0; at %= RAW_FILE_SIZE) {
        OVERLAPPED place = {.Offset = (DWORD)at};
        BENCH_REQUIRE(
            ReadFile((HANDLE)file, piece, sizeof piece, &got, &place));
        int sent = send((SOCKET)pair->ends[0], piece, (int)got, 0);
        BENCH_REQUIRE(sent > 0);
        raw_drop(pair, sent);
        at += sent;
        count -= at % RAW_FILE_PART == 0;
    }
}
