/* fake_world.h: what the files of the fake Winsock share.  One lock guards all
 * of it: fake_enter() takes it and fake_leave() gives it back, so everything
 * between runs alone. */
#ifndef PSOCK_TESTS_FAKE_WORLD_H
#define PSOCK_TESTS_FAKE_WORLD_H

#include "fake_winsock.h"

enum fake_kind {
    FAKE_SOCKET,
    FAKE_EVENT,
    FAKE_FILE,
    FAKE_BASE,
    FAKE_DEVICE,
    FAKE_PORT
};

enum fake_state {
    FAKE_FRESH,
    FAKE_BOUND,
    FAKE_LISTENING,
    FAKE_CONNECTING,
    FAKE_CONNECTED
};

/* A name of either end. */
struct fake_name {
    struct sockaddr_storage storage;
    int length; /* 0: none */
};

struct fake_datagram {
    struct fake_datagram *next;
    struct fake_name from; /* of a report, to whom it was sent */
    struct fake_name to;
    int error;             /* a report in place of data */
    _Bool is_report;       /* the same with details, as a message */
    struct fake_icmp icmp; /* the details */
    int traffic_class;
    int hops;
    _Bool whole;   /* not to be cut in fragments */
    int joined;    /* the size of the datagrams in it, or 0 */
    int64_t stamp; /* of the performance counter */
    int size;
    unsigned char data[];
};

/* What comes out of a completion port. */
struct fake_packet {
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    const IO_STATUS_BLOCK *status; /* of the poll that it is the end of */
    ULONG_PTR code;
    DWORD size;
};

struct queued_packet;

#define FAKE_URGENT_ROOM 16

enum fake_number {
    FAKE_EXCLUSIVE = 1,
    FAKE_REUSE,
    FAKE_V6_ONLY,
    FAKE_BROADCAST,
    FAKE_KEEPALIVE,
    FAKE_NODELAY,
    FAKE_SEND_BUFFER,
    FAKE_RECEIVE_BUFFER,
    FAKE_SEND_TIMEOUT,
    FAKE_RECEIVE_TIMEOUT,
    FAKE_CONNECT_RESET,
    FAKE_NET_RESET,
    FAKE_TELL_SOURCE_4,
    FAKE_TELL_SOURCE_6,
    FAKE_TELL_CLASS_4,
    FAKE_TELL_CLASS_6,
    FAKE_TELL_ECN_4,
    FAKE_TELL_ECN_6,
    FAKE_TELL_HOPS_4,
    FAKE_TELL_HOPS_6,
    FAKE_TELL_REPORTS_4,
    FAKE_TELL_REPORTS_6,
    FAKE_TELL_STAMPS,
    FAKE_HOPS_4,
    FAKE_HOPS_6,
    FAKE_GROUP_HOPS_4,
    FAKE_GROUP_HOPS_6,
    FAKE_WHOLE_4,
    FAKE_WHOLE_6,
    FAKE_CUT,
    FAKE_JOIN,
    FAKE_NUMBER_COUNT
};

/* For options whose numbers nothing else looks at. */
#define FAKE_OPTION_ROOM 96

struct fake_object {
    enum fake_kind kind;
    unsigned id; /* in order of opening: #1, #2 ... */
    ULONG_PTR handle;
    _Bool inheritable;
    _Bool is_overlapped; /* files: opened so */

    /* Events. */
    _Bool manual_reset;
    _Bool signalled;

    /* Devices: where the ends of polls go. */
    struct fake_object *port;
    ULONG_PTR key;

    /* Ports. */
    struct queued_packet *packets;

    /* The socket that a base handle stands for. */
    struct fake_object *above;

    /* Files: where the handle leads, and stands. */
    struct fake_file *file;
    int64_t position;

    /* Sockets. */
    int family;
    int type;
    int protocol;
    enum fake_state state;
    _Bool nonblocking;
    _Bool layered;
    enum fake_layer layer;
    struct fake_object *base;
    struct fake_name local;
    struct fake_name remote;
    int numbers[FAKE_NUMBER_COUNT + FAKE_OPTION_ROOM];
    struct linger linger;
    DWORD keep_idle_ms; /* SIO_KEEPALIVE_VALS */
    DWORD keep_interval_ms;
    unsigned char ack_frequency;
    _Bool fast_refusal; /* SIO_TCP_INITIAL_RTO without retransmissions */
    DWORD process;      /* of whoever opened it */
    DWORD peer_process; /* of a connection by a path */
    unsigned file_id;   /* of the file of its path */

    /* Connecting. */
    _Bool decided;
    int outcome;
    int64_t due_ns;
    _Bool connect_failed; /* until the next attempt */
    int connect_error;    /* of the last attempt; stays until one succeeds */

    /* Connected streams. */
    _Bool accepted;
    struct fake_object *peer;
    _Bool shut_send;
    _Bool shut_receive;
    _Bool peer_ended; /* nothing more will come */
    int broken;       /* the error of every send and receive */
    unsigned char *received;
    size_t received_size;
    size_t received_room;
    unsigned char urgent[FAKE_URGENT_ROOM]; /* received apart */
    size_t urgent_count;

    /* Listeners: connections nobody has accepted. */
    struct fake_object *first_waiting;
    struct fake_object *next_waiting;

    /* Datagram sockets. */
    struct fake_datagram *datagrams;
    struct fake_member *members;
};

/* A visit: one call from its first line to its last. */
struct fake_visit {
    enum fake_call call;
    size_t line;
};

/* Takes the lock, writes the call down, and looks into the script.  Returns the
 * error that the script demands, or 0. */
int fake_enter(struct fake_visit *visit, enum fake_call call,
               const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for a call on a socket, which must be one; WSANOTINITIALISED and
 * WSAENOTSOCK are found here. */
int fake_enter_socket(struct fake_visit *visit, enum fake_call call, SOCKET s,
                      struct fake_object **object, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Lets the change take effect, writes the outcome down, gives the lock back.
 * Returns 0 or SOCKET_ERROR, with the last error set, to 0 too. */
int fake_leave(struct fake_visit *visit, int error);

/* The same for a count: `count` is what a success returns. */
int fake_leave_count(struct fake_visit *visit, int error, int count);

/* The same for the system's own calls, which leave the last error alone when
 * all is well. */
BOOL fake_leave_bool(struct fake_visit *visit, int error);

/* The same for the kernel's calls, which have no last error. */
NTSTATUS fake_leave_status(struct fake_visit *visit, NTSTATUS status);

/* For scripts: the lock, and giving it back with the change taking effect. */
void fake_take_lock(void);
void fake_give_lock(void);

/* Says that the caller did what no caller may. */
void fake_complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Gives the lock back until something changes or `due_ns` has come; below zero
 * there is no such moment. */
void fake_sleep(int64_t due_ns);

/* When those who wait for ever, and for nothing that is under way, have waited
 * enough. */
int64_t fake_patience_ends_ns(void);

/* Runs what fake_when_waiting() left, without the lock.  False: nothing. */
_Bool fake_act_while_waiting(void);

int64_t fake_now_ns(void);

/* --- fake_object.c --- */

struct fake_object *fake_find(ULONG_PTR handle);
struct fake_object *fake_find_socket(SOCKET s);
struct fake_object *fake_new_object(enum fake_kind kind);
void fake_give_handle(struct fake_object *object);
void fake_drop_object(struct fake_object *object);
void fake_drop_socket(struct fake_object *socket);
void fake_drop_sockets(void);
void fake_drop_all(void);
struct fake_object *fake_each(struct fake_object *after);
unsigned fake_count_kind(enum fake_kind kind);

ULONG_PTR fake_add_parcel(struct fake_object *object, DWORD process);
struct fake_object *fake_open_parcel(ULONG_PTR handle);
_Bool fake_drop_handle(ULONG_PTR handle); /* whether it was not the last */
ULONG_PTR fake_whole_handle(DWORD number);

/* --- fake_name.c --- */

int fake_name_error(const struct fake_object *s, const struct sockaddr *name,
                    int length);
struct fake_name fake_name_of(const struct sockaddr *name, int length);
struct fake_name fake_any_name(int family);
struct fake_name fake_source_for(int family, const struct fake_name *remote);
_Bool fake_is_mapped(const struct fake_name *name);
_Bool fake_is_any(const struct fake_name *name);
_Bool fake_is_local(const struct fake_name *name);
_Bool fake_is_group(const struct fake_name *name); /* broadcast too */
_Bool fake_is_broadcast(const struct fake_name *name);
_Bool fake_is_unnamed(const struct fake_name *name);
_Bool fake_same_place(const struct fake_name *a, const struct fake_name *b);
u_short fake_port(const struct fake_name *name);
void fake_set_port(struct fake_name *name, u_short port);
struct fake_name fake_name_for(int family, const struct fake_name *name);
int fake_copy_name(const struct fake_name *name, struct sockaddr *to,
                   int *length);
const char *fake_name_text(const struct sockaddr *name, int length);

/* Whether `s`, bound, receives what is sent to `to`; higher is more exactly. */
int fake_match(const struct fake_object *s, const struct fake_name *to);

/* --- fake_file.c --- */

struct fake_file *fake_find_file(const char *path);
struct fake_file *fake_add_file(const char *path, DWORD tag);
unsigned fake_file_id(const struct fake_file *file);
DWORD fake_file_tag(const struct fake_file *file);
_Bool fake_has_directory(const char *path);
void fake_close_file(struct fake_object *handle);
void fake_drop_files(void);

/* --- fake_content.c --- */

struct fake_content {
    unsigned char *bytes; /* behind the hole */
    int64_t hole;
    int64_t size;
    DWORD device; /* what GetFileType says of it; 0 of a file */
    _Bool is_directory;
};

struct fake_content *fake_file_content(struct fake_file *file);
struct fake_content *fake_content_of(HANDLE handle); /* null for none */
size_t fake_read_content(const struct fake_content *content, int64_t offset,
                         char *buffer, size_t size);
int fake_tell_standard_info(const struct fake_content *content, void *info,
                            DWORD size);
int64_t fake_offset_of(const OVERLAPPED *overlapped);

/* Ends the read whose end `event` will tell. */
void fake_settle_read(const struct fake_object *event);

/* --- fake_transmit.c --- */

typedef void fake_function(void);

fake_function *fake_transmit_function(void);
void fake_settle_transmissions(void);
_Bool fake_event_has_transmission(const struct fake_object *event);
_Bool fake_thread_has_transmission(void);
void fake_end_transmissions_of(struct fake_object *socket);
void fake_drop_transmissions(void);
unsigned fake_cancel_transmission(HANDLE socket, const OVERLAPPED *overlapped);

/* --- fake_unix.c --- */

int fake_unix_bind(struct fake_object *s, const struct fake_name *name);
int fake_unix_outcome(const struct fake_name *to);
_Bool fake_unix_is_at(const struct fake_object *s, const struct fake_name *to);
int fake_unix_tell_unnamed(struct sockaddr *to, int *length);

/* --- fake_process.c --- */

int fake_open_from_info(const WSAPROTOCOL_INFOW *info,
                        struct fake_object **object, ULONG_PTR *handle);

/* --- fake_option_table.c --- */

void fake_set_initial_options(struct fake_object *s);

/* --- fake_socket.c --- */

int fake_bind_any(struct fake_object *s);
void fake_end_connection(struct fake_object *s);
void fake_settle_connects(void);
int64_t fake_next_connect_ns(void);

/* --- fake_stream.c, fake_datagram.c --- */

size_t fake_room(const struct fake_object *s);
void fake_break_stream(struct fake_object *s, int error);
int fake_stream_send(struct fake_object *s, const char *data, int size,
                     int *sent);
int fake_stream_receive(struct fake_object *s, char *buffer, int size,
                        _Bool peek, int *received);
int fake_stream_send_urgent(struct fake_object *s, const char *data, int size,
                            int *sent);
int fake_stream_receive_urgent(struct fake_object *s, char *buffer, int size,
                               _Bool peek, int *received);
int fake_datagram_send(struct fake_object *s, const char *data, int size,
                       const struct fake_name *to, int *sent);

/* What one datagram is sent with, beside the options of its socket. */
struct fake_extras {
    struct fake_name source; /* without a port */
    int traffic_class;
    int cut; /* the size of the pieces, or 0 */
};

int fake_datagram_send_with(struct fake_object *s, const char *data, int size,
                            const struct fake_name *to,
                            const struct fake_extras *extras, int *sent);
int fake_datagram_receive(struct fake_object *s, char *buffer, int size,
                          _Bool peek, struct sockaddr *from, int *from_length,
                          int *received);
void fake_drop_first_datagram(struct fake_object *s);
void fake_drop_datagrams(struct fake_object *s);

/* --- fake_transfer.c --- */

int fake_total_of(const WSABUF *buffers, DWORD count, int *total);
char *fake_gather(const WSABUF *buffers, DWORD count, int total);
void fake_scatter(const char *data, int size, const WSABUF *buffers);

/* --- fake_message.c --- */

/* The function of that id, or null. */
fake_function *fake_extension(const GUID *id);

/* --- fake_control.c --- */

/* Reads control data to send with; returns an error, or 0. */
int fake_read_control(const struct fake_object *s, const WSABUF *control,
                      const struct fake_name *to, struct fake_extras *extras);

/* Writes what `s` is told of `datagram`, as far as it goes: returns whether all
 * went.  `control` is what there is room for, and then what there is. */
_Bool fake_write_control(const struct fake_object *s,
                         const struct fake_datagram *datagram, WSABUF *control);

/* For the record: good until the next call of the thread. */
const char *fake_control_text(const WSABUF *control);

/* --- fake_group.c --- */

struct fake_member;
void fake_drop_members(struct fake_object *s);
int fake_change_membership(struct fake_object *s, int name, const char *value,
                           int length);

/* Whether `s` receives what `from` sends to the group `to`. */
_Bool fake_hears(struct fake_object *s, const struct fake_name *to,
                 const struct fake_name *from);

/* --- fake_afd.c --- */

void fake_settle_polls(void);
void fake_settle_cancels(void);
void fake_end_polls_of(struct fake_object *socket);
void fake_forget_in_polls(const struct fake_object *object);
_Bool fake_has_waiting_poll(const struct fake_object *socket); /* by event */
_Bool fake_thread_has_poll(void);
_Bool fake_event_has_poll(const struct fake_object *event);
_Bool fake_device_has_poll(const struct fake_object *device);
_Bool fake_port_has_poll(const struct fake_object *port);
unsigned fake_count_polls(void);
void fake_drop_polls(void);
int64_t fake_next_timeout_ns(void);

/* --- fake_port.c --- */

void fake_queue_packet(struct fake_object *port, struct fake_packet packet);
void fake_drop_packets(struct fake_object *port);
void fake_forget_port(const struct fake_object *port);
_Bool fake_is_queued(const IO_STATUS_BLOCK *status);
unsigned fake_count_packets(void);

/* --- fake_resolver.c, fake_work.c --- */

void fake_forget_names(void);
void fake_drop_answers(void); /* with complaints of what is left */
void fake_look_up_begins(void);
_Bool fake_has_looked_up(void);
_Bool fake_module_stays(void);
void fake_start_thread(void (*run)(void *context), void *context);
void fake_join_threads(void);
void fake_drop_work(void);

/* --- fake_interface.c --- */

void fake_begin_interfaces(void);
void fake_drop_listeners(void);

/* --- Each file puts its calls into the table --- */

void fake_install_startup(struct psock_winsock_table *table);
void fake_install_handles(struct psock_winsock_table *table);
void fake_install_sockets(struct psock_winsock_table *table);
void fake_install_options(struct psock_winsock_table *table);
void fake_install_transfers(struct psock_winsock_table *table);
void fake_install_messages(struct psock_winsock_table *table);
void fake_install_afd(struct psock_winsock_table *table);
void fake_install_device(struct psock_winsock_table *table);
void fake_install_ports(struct psock_winsock_table *table);
void fake_install_select(struct psock_winsock_table *table);
void fake_install_groups(struct psock_winsock_table *table);
void fake_install_files(struct psock_winsock_table *table);
void fake_install_contents(struct psock_winsock_table *table);
void fake_install_transmissions(struct psock_winsock_table *table);
void fake_install_processes(struct psock_winsock_table *table);
void fake_install_interfaces(struct psock_winsock_table *table);
void fake_install_resolver(struct psock_winsock_table *table);
void fake_install_work(struct psock_winsock_table *table);

/* --- The script, as the bodies read it --- */

struct fake_script {
    const struct fake_profile *profile;
    WORD version;
    unsigned starts;
    size_t room;
    int send_at_most;
    int buffer_limit;
    int traffic_class; /* below zero: as sent */
    int64_t stamp;     /* below zero: of the clock */
    int segment_limit;
    int control_limit;
    int datagram_limit;
    int early_ms;
    int64_t patience_ns;
    int second_membership; /* its error */
    _Bool hold_connects;
    _Bool ignores_control;
    _Bool slow_cancels;
    _Bool no_group_requests;
    _Bool binding_before_joining;
    enum fake_duplicates duplicates;
    _Bool reuse_handles;
    _Bool privileged;
    _Bool paths_at_once;
    int unnamed_length;
    char temporary_directory[512];
    DWORD process;
    DWORD guarded_process;
    _Bool trusting;
    _Bool hide_owners;
    _Bool hide_connections;
    _Bool is_server;
    _Bool silent_changes;
    enum fake_answering answering;
    int answer_error;
    _Bool no_handles;
    _Bool late_cancels;
    _Bool work_held;
    _Bool names_hang;
    size_t answered_length;
    char machine[256];
};

extern struct fake_script fake_script;

#endif
