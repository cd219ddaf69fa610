/* send_file.c: files, and what of them TransmitFile sends. */
#include "scene.h"

#define PATH "C:\\www\\page"

static const char text[] = "what there is in the file";

enum {
    LENGTH = sizeof text - 1
};

static psock_file open_text(void)
{
    fake_write_file(PATH, 0, text, LENGTH);
    psock_file file = psock_file_open(PATH);
    assert_true(file >= 0);
    fake_forget();
    return file;
}

static void close_text(psock_file file)
{
    assert_int_equal(psock_file_close(file), 0);
    assert_int_equal(fake_open_files(), 0);
    fake_remove_file(PATH);
}

/* Sends all of the text, of which `done` must go. */
static int send_text_of(psock_t s, psock_file file, psock_deadline deadline,
                        int64_t done)
{
    int64_t went = -1;
    int result = psock_send_file(s, file, 0, PSOCK_FILE_REST, deadline, &went);
    assert_int_equal(went, done);
    return result;
}

/* --- Opening ------------------------------------------------------------------ */

static void file_is_opened_for_reading_beside_all_others(void **state)
{
    (void)state;
    fake_write_file("C:\\Stra\xc3\x9f"
                    "e \xf0\x9f\x93\x84",
                    0, text, LENGTH);
    psock_file file = psock_file_open("C:\\Stra\xc3\x9f"
                                      "e \xf0\x9f\x93\x84");
    assert_true(file >= 0);
    assert_false(fake_is_inheritable((psock_t)file));
    assert_int_equal(fake_recorded("share 7"), 1);
    assert_int_equal(psock_file_size(file), LENGTH);
    assert_int_equal(psock_file_close(file), 0);
    fake_remove_files();
}

static void check_refused(const char *path, int error, int native)
{
    assert_int_equal(psock_file_open(path), error);
    assert_int_equal(psock_error_native(), native);
    assert_int_equal(fake_open_files(), 0);
    fake_remove_files();
}

static void what_is_no_file_is_closed_again(void **state)
{
    (void)state;
    fake_make_directory("C:\\www");
    check_refused("C:\\www", PSOCK_EISDIR, ERROR_DIRECTORY_NOT_SUPPORTED);
    fake_make_device("NUL", FILE_TYPE_CHAR);
    check_refused("NUL", PSOCK_EINVAL, ERROR_INVALID_PARAMETER);
    fake_make_device("\\\\.\\pipe\\x", FILE_TYPE_PIPE);
    check_refused("\\\\.\\pipe\\x", PSOCK_EINVAL, ERROR_INVALID_PARAMETER);
    fake_make_file("C:\\socket", FAKE_SOCKET_FILE);
    check_refused("C:\\socket", PSOCK_EINVAL, ERROR_CANT_ACCESS_FILE);
}

/* Some devices answer as if they were files. */
static void device_with_a_size_is_no_file(void **state)
{
    (void)state;
    fake_write_file(PATH, 0, text, LENGTH);
    fake_fail_next(FAKE_GetFileType, ERROR_INVALID_PARAMETER, 1);
    check_refused(PATH, PSOCK_EINVAL, ERROR_INVALID_PARAMETER);
}

static void what_windows_says_of_a_path_is_told(void **state)
{
    static const struct {
        int native;
        int error;
    } failures[] = {{ERROR_FILE_NOT_FOUND, PSOCK_ENOENT},
                    {ERROR_PATH_NOT_FOUND, PSOCK_ENOENT},
                    {ERROR_INVALID_NAME, PSOCK_ENOENT},
                    {ERROR_INVALID_HANDLE, PSOCK_EINVAL}, /* no console */
                    {ERROR_ACCESS_DENIED, PSOCK_EACCES},
                    {ERROR_SHARING_VIOLATION, PSOCK_EBUSY},
                    {ERROR_FILENAME_EXCED_RANGE, PSOCK_ENAMETOOLONG},
                    {ERROR_TOO_MANY_OPEN_FILES, PSOCK_EMFILE},
                    {ERROR_NOT_ENOUGH_MEMORY, PSOCK_ENOMEM}};
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        fake_fail_next(FAKE_CreateFileW, failures[i].native, 1);
        check_refused(PATH, failures[i].error, failures[i].native);
    }
}

static void text_that_is_no_utf_8_is_no_name(void **state)
{
    (void)state;
    check_refused("C:\\\xff", PSOCK_ENOENT, ERROR_INVALID_NAME);
    assert_int_equal(fake_calls(FAKE_CreateFileW), 0);
}

static void closed_handle_is_no_file(void **state)
{
    (void)state;
    psock_file file = open_text();
    close_text(file);
    assert_int_equal(psock_file_size(file), PSOCK_EBADF);
    assert_int_equal(psock_file_close(file), PSOCK_EBADF);
    assert_string_equal(fake_complaints(),
                        "CloseHandle of a handle that is not open\n");
}

/* --- Reading and sending ----------------------------------------------------------- */

static void client_editions_transmit_nothing(void **state)
{
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    scene_expect(peer, text);
    assert_int_equal(fake_recorded("SIO_GET_EXTENSION"), 0);
    assert_int_equal(psock_capability(PSOCK_CAP_SEND_FILE), PSOCK_ENOTSUP);
    close_text(file);
    scene_close_two(s, peer);
}

static void edition_that_is_not_told_is_a_clients(void **state)
{
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_be_a_server();
    fake_fail_next(FAKE_RtlGetVersion, (int)0xC000000D, 1);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    scene_expect(peer, text);
    assert_int_equal(fake_calls(FAKE_TransmitFile), 0);
    close_text(file);
    scene_close_two(s, peer);
}

static void file_stands_where_it_stood(void **state)
{
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_move_position(file, 7);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    assert_int_equal(fake_position(file), 7);
    fake_be_a_server();
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    assert_int_equal(fake_calls(FAKE_TransmitFile), 1);
    assert_int_equal(fake_position(file), 7);
    close_text(file);
    scene_close_two(s, peer);
}

/* Such a handle comes from elsewhere. */
static void handle_for_overlapped_calls_is_waited_for(void **state)
{
    int64_t done = -1;
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_make_overlapped(file);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    scene_expect(peer, text);
    assert_int_equal(
        psock_send_file(s, file, 20, 100, psock_deadline_ms(5000), &done),
        PSOCK_EEOF);
    assert_int_equal(done, 5);
    scene_expect(peer, " file");
    close_text(file);
    scene_close_two(s, peer);
}

static void failed_reading_keeps_the_count_and_the_code(void **state)
{
    enum {
        DATA_ERROR = 23 /* ERROR_CRC */
    };
    static char much[20000];
    int64_t done = -1;
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    fake_write_file(PATH, 0, much, sizeof much);
    psock_file file = psock_file_open(PATH);
    fake_fail_after(FAKE_ReadFile, 1, DATA_ERROR, 1);
    assert_int_equal(
        psock_send_file(s, file, 0, sizeof much, PSOCK_FOREVER, &done),
        PSOCK_EIO);
    assert_int_equal(psock_error_native(), DATA_ERROR);
    assert_int_equal(done, 16384);
    close_text(file);
    scene_close_two(s, peer);
}

/* Nothing tells how much of a transmission went that somebody has ended. */
static void what_can_be_ended_is_read_and_sent(void **state)
{
    (void)state;
    psock_t peer;
    psock_waker *waker;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_be_a_server();
    assert_int_equal(send_text_of(s, file, PSOCK_NOW, LENGTH), 0);
    scene_expect(peer, text);
    assert_int_equal(send_text_of(s, file, psock_deadline_ms(5000), LENGTH), 0);
    scene_expect(peer, text);
    assert_int_equal(psock_waker_open(&waker), 0);
    (void)psock_cancel_with(waker);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    scene_expect(peer, text);
    (void)psock_cancel_with(NULL);
    assert_int_equal(psock_waker_close(waker), 0);
    assert_int_equal(fake_calls(FAKE_TransmitFile), 0);
    close_text(file);
    scene_close_two(s, peer);
}

static void ring(void *context)
{
    assert_int_equal(psock_waker_ring(context), 0);
}

static void canceled_file_has_an_exact_count(void **state)
{
    (void)state;
    psock_t peer;
    psock_waker *waker;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_be_a_server();
    fake_set_room(1);
    fake_send_at_most(10);
    assert_int_equal(psock_waker_open(&waker), 0);
    (void)psock_cancel_with(waker);
    fake_when_waiting(ring, waker);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, 10), PSOCK_ECANCELED);
    (void)psock_cancel_with(NULL);
    assert_int_equal(psock_waker_close(waker), 0);
    scene_expect(peer, "what there");
    close_text(file);
    scene_close_two(s, peer);
}

/* --- TransmitFile ------------------------------------------------------------------ */

static void servers_transmit_what_nobody_can_end(void **state)
{
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_be_a_server();
    assert_int_equal(psock_capability(PSOCK_CAP_SEND_FILE), 0);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    scene_expect(peer, text);
    assert_int_equal(fake_recorded("TransmitFile #2 size 25 at 0"), 1);
    assert_int_equal(fake_calls(FAKE_ReadFile), 0);
    close_text(file);
    scene_close_two(s, peer);
}

static void place_in_a_file_has_64_bits(void **state)
{
    const int64_t hole = (INT64_C(5) << 30) - 3;
    int64_t done = -1;
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    fake_write_file(PATH, hole, text, LENGTH);
    psock_file file = psock_file_open(PATH);
    assert_true(psock_file_size(file) == hole + LENGTH);
    fake_be_a_server();
    assert_int_equal(
        psock_send_file(s, file, hole + 5, 5, PSOCK_FOREVER, &done), 0);
    scene_expect(peer, "there");
    assert_int_equal(fake_recorded("size 5 at 5368709122"), 1);
    assert_int_equal(
        psock_send_file(s, file, hole + 5, 5, psock_deadline_ms(5000), &done),
        0);
    scene_expect(peer, "there");
    close_text(file);
    scene_close_two(s, peer);
}

static void one_call_transmits_less_than_two_gigabytes(void **state)
{
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    fake_write_file(PATH, INT64_C(3) << 30, text, LENGTH);
    psock_file file = psock_file_open(PATH);
    fake_be_a_server();
    fake_fail_next(FAKE_TransmitFile, WSAECONNRESET, 1);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, 0), PSOCK_ECONNRESET);
    assert_int_equal(fake_recorded("TransmitFile #2 size 1073741824 at 0"), 1);
    close_text(file);
    scene_close_two(s, peer);
}

static void end_of_a_file_is_found_before_it_is_transmitted(void **state)
{
    int64_t done = -1;
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_be_a_server();
    assert_int_equal(psock_send_file(s, file, 20, 100, PSOCK_FOREVER, &done),
                     PSOCK_EEOF);
    assert_int_equal(done, 5);
    scene_expect(peer, " file");
    assert_int_equal(psock_send_file(s, file, 100, 1, PSOCK_FOREVER, &done),
                     PSOCK_EEOF);
    assert_int_equal(done, 0);
    assert_int_equal(fake_calls(FAKE_TransmitFile), 1);
    close_text(file);
    scene_close_two(s, peer);
}

/* A peer that reads only when the sender waits for it. */
struct reader {
    psock_t peer;
    char received[64];
    size_t count;
};

static void read_on(void *context)
{
    struct reader *reader = context;
    ptrdiff_t count =
        psock_recv(reader->peer, reader->received + reader->count,
                   sizeof reader->received - reader->count, 0, PSOCK_NOW);
    assert_true(count > 0);
    reader->count += (size_t)count;
    if (reader->count < LENGTH)
        fake_when_waiting(read_on, reader);
}

static void slow_reader_is_waited_for_by_the_system(void **state)
{
    struct reader reader = {.count = 0};
    (void)state;
    psock_t s = scene_connected(&reader.peer);
    psock_file file = open_text();
    fake_be_a_server();
    fake_set_room(4);
    fake_when_waiting(read_on, &reader);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    assert_int_equal(fake_calls(FAKE_TransmitFile), 1);
    assert_int_equal(fake_calls(FAKE_CancelIoEx), 0);
    while (reader.count < LENGTH)
        read_on(&reader);
    assert_memory_equal(reader.received, text, LENGTH);
    fake_when_waiting(NULL, NULL);
    close_text(file);
    scene_close_two(s, reader.peer);
}

struct shutting {
    psock_t s;
    int how;
    struct reader reader;
};

static void shut(void *context)
{
    struct shutting *shutting = context;
    fake_when_waiting(read_on, &shutting->reader);
    assert_int_equal(psock_shutdown(shutting->s, shutting->how), 0);
}

/* Two that are connected, of which one is about to send the text by itself to
 * a peer that has no room for all of it. */
static psock_file begin_shutting(struct shutting *shutting)
{
    shutting->s = scene_connected(&shutting->reader.peer);
    psock_file file = open_text();
    fake_be_a_server();
    fake_set_room(4);
    return file;
}

static void end_shutting(const struct shutting *shutting, psock_file file)
{
    fake_when_waiting(NULL, NULL);
    close_text(file);
    scene_close_two(shutting->s, shutting->reader.peer);
}

static void shutdown_of_sending_ends_a_transmission(void **state)
{
    struct shutting shutting = {.how = PSOCK_SHUT_WRITE};
    (void)state;
    psock_file file = begin_shutting(&shutting);
    fake_when_waiting(shut, &shutting);
    assert_int_equal(send_text_of(shutting.s, file, PSOCK_FOREVER, 0),
                     PSOCK_EPIPE);
    assert_int_equal(psock_error_native(), WSAESHUTDOWN);
    assert_int_equal(fake_calls(FAKE_CancelIoEx), 1);
    end_shutting(&shutting, file);
}

/* That would lose count of what went, and for nothing. */
static void shutdown_of_receiving_ends_no_transmission(void **state)
{
    struct shutting shutting = {.how = PSOCK_SHUT_READ};
    (void)state;
    psock_file file = begin_shutting(&shutting);
    fake_when_waiting(shut, &shutting);
    assert_int_equal(send_text_of(shutting.s, file, PSOCK_FOREVER, LENGTH), 0);
    assert_int_equal(fake_calls(FAKE_CancelIoEx), 0);
    end_shutting(&shutting, file);
}

/* Shut down when all is ready for the transmission but itself. */
static void shutdown_before_a_transmission_is_found(void **state)
{
    struct shutting shutting = {.how = PSOCK_SHUT_WRITE};
    (void)state;
    psock_file file = begin_shutting(&shutting);
    fake_after(FAKE_SetFilePointerEx, shut, &shutting);
    assert_int_equal(send_text_of(shutting.s, file, PSOCK_FOREVER, 0),
                     PSOCK_EPIPE);
    assert_int_equal(fake_recorded("TransmitFile #2 size 25 at 0 = error"), 1);
    end_shutting(&shutting, file);
}

static void reset(void *context)
{
    fake_break(*(psock_t *)context, WSAECONNRESET);
}

static void abort_it(void *context)
{
    fake_break(*(psock_t *)context, WSAECONNABORTED);
}

static void connection_that_breaks_ends_a_transmission(void **state)
{
    static void (*const breaks[])(void *) = {reset, abort_it};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        psock_t peer;
        psock_t s = scene_connected(&peer);
        psock_file file = open_text();
        fake_be_a_server();
        fake_set_room(4);
        fake_when_waiting(breaks[i], &s);
        assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, 0),
                         PSOCK_ECONNRESET);
        close_text(file);
        scene_close_two(s, peer);
    }
}

static void file_cut_meanwhile_ends_a_transmission(void **state)
{
    int64_t done = -1;
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_be_a_server();
    fake_fail_next(FAKE_TransmitFile, ERROR_HANDLE_EOF, 1);
    assert_int_equal(psock_send_file(s, file, 0, LENGTH, PSOCK_FOREVER, &done),
                     PSOCK_EEOF);
    close_text(file);
    scene_close_two(s, peer);
}

/* What a provider does not do is read and sent, once. */
static void provider_that_transmits_nothing_is_sent_to(void **state)
{
    static const int refusals[] = {
        WSAEOPNOTSUPP, WSAEINVAL, ERROR_NOT_SUPPORTED, ERROR_INVALID_PARAMETER};
    (void)state;
    psock_t peer;
    psock_t s = scene_connected(&peer);
    psock_file file = open_text();
    fake_be_a_server();
    fake_fail_next(FAKE_WSAIoctl, WSAEINVAL, 1);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    scene_expect(peer, text);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        fake_fail_next(FAKE_TransmitFile, refusals[i], 1);
        assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
        scene_expect(peer, text);
    }
    close_text(file);
    scene_close_two(s, peer);
}

struct sending {
    psock_t s;
    psock_file file;
};

/* While the thread waits for something else, with the event that was kept. */
static void send_without_an_event(void *context)
{
    const struct sending *sending = context;
    fake_fail_next(FAKE_CreateEventW, ERROR_NOT_ENOUGH_MEMORY, 1);
    assert_int_equal(send_text_of(sending->s, sending->file, PSOCK_FOREVER, 0),
                     PSOCK_ENOMEM);
    assert_int_equal(psock_error_native(), ERROR_NOT_ENOUGH_MEMORY);
    scene_send(sending->s, "x");
}

static void transmission_without_an_event_is_not_begun(void **state)
{
    char byte;
    struct sending sending;
    (void)state;
    psock_t peer;
    sending.s = scene_connected(&peer);
    sending.file = open_text();
    fake_be_a_server();
    fake_when_waiting(send_without_an_event, &sending);
    assert_int_equal(psock_recv(peer, &byte, 1, 0, PSOCK_FOREVER), 1);
    assert_int_equal(fake_calls(FAKE_TransmitFile), 0);
    close_text(sending.file);
    scene_close_two(sending.s, peer);
}

static void unix_sockets_are_sent_to(void **state)
{
    const char *path = "C:\\way";
    psock_address address;
    (void)state;
    assert_int_equal(psock_address_unix(path, strlen(path), &address), 0);
    psock_t listener = psock_open(PSOCK_UNIX, PSOCK_STREAM, 0);
    psock_t s = psock_open(PSOCK_UNIX, PSOCK_STREAM, 0);
    assert_int_equal(psock_bind(listener, &address, PSOCK_BIND_FRESH), 0);
    assert_int_equal(psock_listen(listener, PSOCK_BACKLOG_DEFAULT), 0);
    assert_int_equal(psock_connect(s, &address, PSOCK_FOREVER), 0);
    psock_t peer = psock_accept(listener, NULL, PSOCK_NOW);
    psock_file file = open_text();
    fake_be_a_server();
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, LENGTH), 0);
    scene_expect(peer, text);
    assert_int_equal(fake_calls(FAKE_TransmitFile), 0);
    close_text(file);
    scene_close_two(s, peer);
    scene_close(listener);
    fake_remove_files();
}

static void files_go_over_no_datagrams(void **state)
{
    (void)state;
    psock_t s = scene_bound(PSOCK_DATAGRAM, NULL);
    psock_file file = open_text();
    fake_be_a_server();
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, 0), PSOCK_EOPNOTSUPP);
    assert_int_equal(psock_error_native(), WSAEOPNOTSUPP);
    scene_close(s);
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, 0), PSOCK_EBADF);
    assert_int_equal(send_text_of((psock_t)file, file, PSOCK_FOREVER, 0),
                     PSOCK_ENOTSOCK);
    close_text(file);
}

static void unconnected_stream_transmits_nothing(void **state)
{
    (void)state;
    psock_t s = scene_open(PSOCK_STREAM);
    psock_file file = open_text();
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, 0), PSOCK_ENOTCONN);
    fake_be_a_server();
    assert_int_equal(send_text_of(s, file, PSOCK_FOREVER, 0), PSOCK_ENOTCONN);
    close_text(file);
    scene_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(file_is_opened_for_reading_beside_all_others),
        ON_BOTH(what_is_no_file_is_closed_again),
        ON_WINDOWS_10(device_with_a_size_is_no_file),
        ON_WINDOWS_10(what_windows_says_of_a_path_is_told),
        ON_WINDOWS_10(text_that_is_no_utf_8_is_no_name),
        ON_WINDOWS_10(closed_handle_is_no_file),
        ON_BOTH(client_editions_transmit_nothing),
        ON_WINDOWS_10(edition_that_is_not_told_is_a_clients),
        ON_WINDOWS_10(file_stands_where_it_stood),
        ON_WINDOWS_10(handle_for_overlapped_calls_is_waited_for),
        ON_WINDOWS_10(failed_reading_keeps_the_count_and_the_code),
        ON_WINDOWS_10(what_can_be_ended_is_read_and_sent),
        ON_WINDOWS_10(canceled_file_has_an_exact_count),
        ON_BOTH(servers_transmit_what_nobody_can_end),
        ON_WINDOWS_10(place_in_a_file_has_64_bits),
        ON_WINDOWS_10(one_call_transmits_less_than_two_gigabytes),
        ON_WINDOWS_10(end_of_a_file_is_found_before_it_is_transmitted),
        ON_WINDOWS_10(slow_reader_is_waited_for_by_the_system),
        ON_BOTH(shutdown_of_sending_ends_a_transmission),
        ON_WINDOWS_10(shutdown_of_receiving_ends_no_transmission),
        ON_WINDOWS_10(shutdown_before_a_transmission_is_found),
        ON_WINDOWS_10(connection_that_breaks_ends_a_transmission),
        ON_WINDOWS_10(file_cut_meanwhile_ends_a_transmission),
        ON_WINDOWS_10(provider_that_transmits_nothing_is_sent_to),
        ON_WINDOWS_10(transmission_without_an_event_is_not_begun),
        ON_WINDOWS_10(unix_sockets_are_sent_to),
        ON_WINDOWS_10(files_go_over_no_datagrams),
        ON_WINDOWS_10(unconnected_stream_transmits_nothing),
    };
    return cmocka_run_group_tests_name("winsock.send_file", tests, NULL, NULL);
}
