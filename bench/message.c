/* message.c: datagrams of 1200 bytes, a row of them sent, then received, in each
 * way there is. */
#include <psock/psock.h>

#include <stdio.h>
#include <string.h>

#include "contender_datagrams.h"
#include "harness.h"
#include "raw_message.h"
#include "report.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* The rows of the two raw variants, and psock's, with sockets made in the same
 * way and then adopted. */
static struct raw_row raw;
static struct raw_row raw_again;
static struct raw_row ours;

/* Only for the group that compares all ways: where the system joins. */
static struct raw_row raw_joined;
static struct raw_row ours_joined;

static psock_address destination;

static psock_buffer sent_buffers[RAW_ROW_MAX];
static psock_message sent[RAW_ROW_MAX];
static psock_buffer got_buffers[RAW_ROW_MAX];
static psock_message got[RAW_ROW_MAX];

static psock_buffer whole_buffer;
static psock_message whole;
static psock_buffer joined_buffer;
static psock_message joined;

/* Seen through, so that it is no constant to the compiler, as it seldom is one
 * in a program. */
static const volatile psock_deadline deadline_seen = PSOCK_FOREVER;

/* --- Preparing ------------------------------------------------------------ */

static void adopt(const struct raw_row *row)
{
    for (size_t i = 0; i < 2; i++)
        BENCH_REQUIRE(psock_native_adopt(row->pair.ends[i]) ==
                      row->pair.ends[i]);
}

/* What is told beside the local address comes in the same item. */
static unsigned wanted_by(unsigned features)
{
    unsigned wanted = 0;
    if ((features & RAW_LOCAL) != 0)
        wanted |= PSOCK_META_LOCAL | PSOCK_META_INTERFACE;
    if ((features & RAW_CLASS) != 0)
        wanted |= PSOCK_META_ECN | PSOCK_META_TRAFFIC_CLASS;
    if ((features & RAW_HOPS) != 0)
        wanted |= PSOCK_META_HOP_LIMIT;
    if ((features & RAW_TIME) != 0)
        wanted |= PSOCK_META_TIMESTAMP;
    if ((features & RAW_JOINS) != 0)
        wanted |= PSOCK_META_SEGMENT_SIZE;
    return wanted;
}

/* Joined even by a system that is known to lose the size at times. */
static void want(const struct raw_row *row)
{
    const unsigned wanted = wanted_by(row->features);
    const unsigned anyway = (wanted & PSOCK_META_SEGMENT_SIZE) != 0
                                ? PSOCK_META_SEGMENT_SIZE_ANYWAY
                                : 0;
    if (wanted == 0)
        return;
    int granted = psock_want_metadata(row->pair.ends[1], wanted | anyway);
    BENCH_REQUIRE(granted >= 0 && ((unsigned)granted & ~anyway) == wanted);
}

static void set_features(psock_message *message, unsigned features)
{
    if ((features & RAW_LOCAL) != 0)
        message->valid |= PSOCK_META_LOCAL;
    if ((features & RAW_CLASS) != 0)
        message->valid |= PSOCK_META_ECN;
    if ((features & RAW_HOPS) != 0)
        message->valid |= PSOCK_META_HOP_LIMIT;
    message->local = destination;
    message->ecn = RAW_ECN;
    message->hop_limit = RAW_SENT_HOPS;
}

static psock_message message_of(const psock_buffer *buffer)
{
    psock_message message;
    memset(&message, 0, sizeof message);
    message.buffers = buffer;
    message.buffer_count = 1;
    return message;
}

static void prepare_message(size_t i)
{
    sent_buffers[i] = (psock_buffer){raw_data + i % RAW_SEGMENTS * RAW_DATAGRAM,
                                     RAW_DATAGRAM};
    sent[i] = message_of(&sent_buffers[i]);
    if (!ours.connected)
        sent[i].peer = destination;
    set_features(&sent[i], ours.features);
    got_buffers[i] = (psock_buffer){raw_room + i * RAW_ROOM, RAW_ROOM};
    got[i] = message_of(&got_buffers[i]);
}

static void prepare_messages(void)
{
    BENCH_REQUIRE(psock_local(ours.pair.ends[1], &destination) == 0);
    for (size_t i = 0; i < RAW_ROW_MAX; i++)
        prepare_message(i);
    whole_buffer = (psock_buffer){raw_data, ours.count * RAW_DATAGRAM};
    whole = message_of(&whole_buffer);
    whole.peer = destination;
    whole.valid = PSOCK_META_SEGMENT_SIZE;
    whole.segment_size = RAW_DATAGRAM;
    joined_buffer = (psock_buffer){raw_room, RAW_JOINED_ROOM};
    joined = message_of(&joined_buffer);
}

static void open_row(struct raw_row *row, const struct raw_row *terms)
{
    *row = *terms;
    raw_open_row(row);
}

static void open_raw(struct raw_row *row, const struct raw_row *terms)
{
    open_row(row, terms);
    raw_want(row);
}

static void open_ours(struct raw_row *row, const struct raw_row *terms)
{
    open_row(row, terms);
    adopt(row);
    want(row);
}

static void prepare(struct raw_row terms)
{
    open_raw(&raw, &terms);
    open_raw(&raw_again, &terms);
    open_ours(&ours, &terms);
    prepare_messages();
    libuv_open_row(terms.count);
}

static void dispose(void)
{
    libuv_close_row();
    raw_close_row(&ours);
    raw_close_row(&raw_again);
    raw_close_row(&raw);
}

/* --- One by one ----------------------------------------------------------- */

static void plain_row(psock_deadline deadline)
{
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(psock_send_to(ours.pair.ends[0], sent_buffers[i].data,
                                    RAW_DATAGRAM, 0, &destination,
                                    deadline) == RAW_DATAGRAM);
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(psock_recv_from(ours.pair.ends[1], got_buffers[i].data,
                                      RAW_ROOM, 0, &got[i].peer,
                                      deadline) == RAW_DATAGRAM);
}

static void plain_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--)
        plain_row(deadline_seen);
}

static void connected_row(psock_deadline deadline)
{
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(psock_send(ours.pair.ends[0], sent_buffers[i].data,
                                 RAW_DATAGRAM, 0, deadline) == RAW_DATAGRAM);
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(psock_recv(ours.pair.ends[1], got_buffers[i].data,
                                 RAW_ROOM, 0, deadline) == RAW_DATAGRAM);
}

static void connected_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--)
        connected_row(deadline_seen);
}

static void send_singly(psock_deadline deadline)
{
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(psock_send_messages(ours.pair.ends[0], &sent[i], 1, 0,
                                          deadline) == 1 &&
                      sent[i].size == RAW_DATAGRAM);
}

static _Bool is_whole(const psock_message *message)
{
    return message->size == RAW_DATAGRAM && message->flags == 0;
}

static void receive_singly(psock_deadline deadline)
{
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(psock_recv_messages(ours.pair.ends[1], &got[i], 1, 0,
                                          deadline) == 1 &&
                      is_whole(&got[i]));
}

static void message_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        send_singly(deadline_seen);
        receive_singly(deadline_seen);
    }
}

/* --- Many in one call ----------------------------------------------------- */

static void send_batch(psock_deadline deadline)
{
    BENCH_REQUIRE(psock_send_messages(ours.pair.ends[0], sent, ours.count, 0,
                                      deadline) == (ptrdiff_t)ours.count);
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(sent[i].size == RAW_DATAGRAM);
}

static void receive_batch(psock_deadline deadline)
{
    BENCH_REQUIRE(psock_recv_messages(ours.pair.ends[1], got, ours.count, 0,
                                      deadline) == (ptrdiff_t)ours.count);
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(is_whole(&got[i]));
}

static void batch_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        send_batch(deadline_seen);
        receive_batch(deadline_seen);
    }
}

/* --- Metadata ------------------------------------------------------------- */

static void require_told(void)
{
    const uint32_t wanted = wanted_by(ours.features);
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(got[i].valid == wanted);
}

static void told_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        receive_singly(deadline_seen);
        require_told();
    }
}

static void told_batch_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        receive_batch(deadline_seen);
        require_told();
    }
}

static void with_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--)
        send_singly(deadline_seen);
}

/* --- Rows in one message -------------------------------------------------- */

static void send_whole(psock_t s, psock_deadline deadline)
{
    BENCH_REQUIRE(psock_send_messages(s, &whole, 1, 0, deadline) == 1 &&
                  whole.size == whole_buffer.size);
}

static void receive_plainly(psock_deadline deadline)
{
    for (size_t i = 0; i < ours.count; i++)
        BENCH_REQUIRE(psock_recv_from(ours.pair.ends[1], got_buffers[i].data,
                                      RAW_ROOM, 0, &got[i].peer,
                                      deadline) == RAW_DATAGRAM);
}

static void cut_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        send_whole(ours.pair.ends[0], deadline_seen);
        receive_plainly(deadline_seen);
    }
}

/* Cut by psock: sent as one, received as a batch. */
static void self_cut_rows(const void *context, uint64_t count)
{
    (void)context;
    for (; count > 0; count--) {
        send_whole(ours.pair.ends[0], deadline_seen);
        receive_batch(deadline_seen);
    }
}

/* Looks at where each datagram lies, and how long it is. */
static size_t look_at_joined(void)
{
    psock_buffer segment;
    size_t found = 0;
    for (; psock_message_segment(&joined, found, &segment) > 0; found++)
        BENCH_REQUIRE(segment.size == RAW_DATAGRAM &&
                      *(const char *)segment.data == 0);
    return found;
}

static void receive_joined(psock_t s, psock_deadline deadline)
{
    for (size_t left = ours.count; left > 0;) {
        BENCH_REQUIRE(psock_recv_messages(s, &joined, 1, 0, deadline) == 1 &&
                      joined.flags == 0);
        size_t found = look_at_joined();
        BENCH_REQUIRE(found > 0 && found <= left);
        left -= found;
    }
}

static void joined_rows(const void *context, uint64_t count)
{
    const struct raw_row *row = context;
    for (; count > 0; count--) {
        send_whole(row->pair.ends[0], deadline_seen);
        receive_joined(row->pair.ends[1], deadline_seen);
    }
}

/* --- All ways beside the plain one ---------------------------------------- */

static void prepare_ways(void)
{
    const struct raw_row terms = {.count = RAW_SEGMENTS, .features = RAW_JOINS};
    prepare((struct raw_row){.count = RAW_SEGMENTS});
    open_raw(&raw_joined, &terms);
    open_ours(&ours_joined, &terms);
    BENCH_REQUIRE(psock_local(ours_joined.pair.ends[1], &whole.peer) == 0);
}

static void dispose_ways(void)
{
    raw_close_row(&ours_joined);
    raw_close_row(&raw_joined);
    dispose();
}

/* The fastest of those whose names begin so. */
static double best_ratio(const struct bench_row *rows, size_t count,
                         const char *name)
{
    double best = 0;
    for (size_t i = 0; i < count; i++)
        if (strncmp(rows[i].variant->name, name, strlen(name)) == 0 &&
            (best == 0 || rows[i].result.ratio < best))
            best = rows[i].result.ratio;
    return best;
}

static void tell_how_much_faster(const struct bench_row *rows, size_t count)
{
    const double mine = best_ratio(rows, count, "psock");
    const double libuv = best_ratio(rows, count, "libuv");
    printf("  psock's best is %.1f times as fast as plain calls", 1 / mine);
    if (libuv > 0)
        printf(", and %.1f times as fast as libuv's best", libuv / mine);
    printf("\n");
}

/* --- The groups ----------------------------------------------------------- */

#define ROW 32

/* prepare_<name>() makes rows on these terms. */
#define TERMS(name, ...)                                                       \
    static void prepare_##name(void)                                           \
    {                                                                          \
        prepare((struct raw_row){__VA_ARGS__});                                \
    }

TERMS(row, .count = ROW)
TERMS(connected, .count = ROW, .connected = 1)
TERMS(8, .count = 8)
TERMS(64, .count = 64)
TERMS(segments, .count = RAW_SEGMENTS)
TERMS(joined, .count = RAW_SEGMENTS, .features = RAW_JOINS)
TERMS(uncut, .count = RAW_SEGMENTS, .features = RAW_REFUSES)
TERMS(local, .count = ROW, .features = RAW_LOCAL)
TERMS(class, .count = ROW, .features = RAW_CLASS)
TERMS(hops, .count = ROW, .features = RAW_HOPS)
TERMS(time, .count = ROW, .features = RAW_TIME)
TERMS(all_told, .count = ROW,
      .features = RAW_LOCAL | RAW_CLASS | RAW_HOPS | RAW_TIME)
TERMS(all_sent, .count = ROW, .features = RAW_LOCAL | RAW_CLASS | RAW_HOPS)

#define VARIANTS(name, raw_rows, ...)                                          \
    static const struct bench_variant name##_variants[] = {                    \
        {"raw", raw_rows, &raw, 0, 0},                                         \
        {"raw again", raw_rows, &raw_again, 0, 0},                             \
        __VA_ARGS__};

VARIANTS(plain, raw_plain_rows, {"psock", plain_rows, &ours, 1.02, 0},
         LIBUV_VARIANTS)
VARIANTS(connected, raw_connected_rows,
         {"psock", connected_rows, &ours, 1.02, 0})
VARIANTS(message, raw_message_rows, {"psock", message_rows, &ours, 1.02, 0})
VARIANTS(batch, raw_batch_rows, {"psock", batch_rows, &ours, 1.02, 0},
         LIBUV_VARIANTS)
/* Without an address it might be a stream, and psock asks. */
VARIANTS(connected_batch, raw_batch_rows, {"psock", batch_rows, &ours, 1.02, 1})
VARIANTS(cut, raw_cut_rows, {"psock", cut_rows, &ours, 1.02, 0})
VARIANTS(joined, raw_joined_rows, {"psock", joined_rows, &ours, 1.02, 0})
/* The system is asked to cut first, which it refuses after it has copied all;
 * and what psock cuts goes in two batches. */
VARIANTS(self_cut, raw_batch_rows, {"psock", self_cut_rows, &ours, 1.08, 2})
VARIANTS(told, raw_told_rows, {"psock", told_rows, &ours, 1.05, 0})
VARIANTS(told_batch, raw_told_batch_rows,
         {"psock", told_batch_rows, &ours, 1.05, 0})
VARIANTS(with, raw_with_rows, {"psock", with_rows, &ours, 1.05, 0})
VARIANTS(way, raw_plain_rows,
         {"raw, offload", raw_joined_rows, &raw_joined, 0, BENCH_UNCOUNTED},
         {"psock, plain", plain_rows, &ours, 0, BENCH_UNCOUNTED},
         {"psock, batch", batch_rows, &ours, 0, BENCH_UNCOUNTED},
         {"psock, offload", joined_rows, &ours_joined, 0.040, BENCH_UNCOUNTED},
         LIBUV_VARIANTS)

#define PARTS(terms, variants_of)                                              \
    .unit = "ns/packet", .prepare = prepare_##terms, .dispose = dispose,       \
    .variants = variants_of##_variants,                                        \
    .variant_count = COUNT_OF(variants_of##_variants)

#define BOTH_WAYS(terms, variants_of, count, most_more)                        \
    .calls = (count), .instructions = (most_more), .slack = 0.02,              \
    .most_pairs = 200, PARTS(terms, variants_of)

/* Only receiving is timed: the rows are there, by the system itself. */
#define TOLD(terms, variants_of, what, most_more)                              \
    .operation = "receive, and be told of " what, .calls = ROW,                \
    .instructions = (most_more), .slack = 0.03, .batch = 1, .most_pairs = 100, \
    .before = raw_fill_rows, PARTS(terms, variants_of)

#define WITH(terms, what, most_more)                                           \
    .operation = "send with " what, .calls = ROW, .instructions = (most_more), \
    .slack = 0.02, .batch = 1, .most_pairs = 100, .after = raw_drain_rows,     \
    PARTS(terms, with)

/* A group, and what the system must have for it. */
static const struct subject {
    unsigned needs;
    struct bench_group group;
} subjects[] = {
    {0,
     {.name = "plain",
      .operation = "1200 bytes, sent and received one by one",
      BOTH_WAYS(row, plain, ROW, 90)}},
    {0,
     {.name = "plain-connected",
      .operation = "the same, connected",
      BOTH_WAYS(connected, connected, ROW, 70)}},
    {0,
     {.name = "message-1",
      .operation = "messages of 1200 bytes, one by one",
      BOTH_WAYS(row, message, ROW, 180)}},
    {0,
     {.name = "connected-1",
      .operation = "the same, connected",
      BOTH_WAYS(connected, message, ROW, 180)}},
    {0,
     {.name = "message-8",
      .operation = "messages of 1200 bytes, 8 in one call",
      BOTH_WAYS(8, batch, 8, 145)}},
    {0,
     {.name = "message-32",
      .operation = "messages of 1200 bytes, 32 in one call",
      BOTH_WAYS(row, batch, ROW, 120)}},
    {0,
     {.name = "message-64",
      .operation = "messages of 1200 bytes, 64 in one call",
      BOTH_WAYS(64, batch, 64, 120)}},
    {0,
     {.name = "connected-32",
      .operation = "32 in one call, connected",
      BOTH_WAYS(connected, connected_batch, ROW, 0)}},
    {RAW_CUTS,
     {.name = "cut",
      .operation = "54 in one message, cut by the system, received singly",
      BOTH_WAYS(segments, cut, RAW_SEGMENTS, 60)}},
    {RAW_CUTS | RAW_JOINS,
     {.name = "cut-joined",
      .operation = "54 in one message, received as one",
      BOTH_WAYS(joined, joined, RAW_SEGMENTS, 30)}},
    {RAW_REFUSES,
     {.name = "cut-by-psock",
      .operation = "54 in one message on a socket that does not cut them",
      BOTH_WAYS(uncut, self_cut, RAW_SEGMENTS, 0)}},
    {RAW_LOCAL,
     {.name = "told-local", TOLD(local, told, "the local address", 165)}},
    {RAW_CLASS,
     {.name = "told-class", TOLD(class, told, "the traffic class", 165)}},
    {RAW_HOPS, {.name = "told-hops", TOLD(hops, told, "the hop limit", 165)}},
    {RAW_TIME, {.name = "told-time", TOLD(time, told, "the time", 165)}},
    {RAW_LOCAL | RAW_CLASS | RAW_HOPS | RAW_TIME,
     {.name = "told-all", TOLD(all_told, told, "all four", 165)}},
    {RAW_LOCAL | RAW_CLASS | RAW_HOPS | RAW_TIME,
     {.name = "told-all-32",
      TOLD(all_told, told_batch, "all four, 32 in one call", 130)}},
    {RAW_SENDS | RAW_LOCAL,
     {.name = "with-local", WITH(local, "the local address", 330)}},
    {RAW_SENDS | RAW_CLASS, {.name = "with-ecn", WITH(class, "ECN", 330)}},
    {RAW_SENDS | RAW_HOPS,
     {.name = "with-hops", WITH(hops, "a hop limit", 330)}},
    {RAW_SENDS | RAW_LOCAL | RAW_CLASS | RAW_HOPS,
     {.name = "with-all", WITH(all_sent, "all three", 330)}},
    {RAW_CUTS | RAW_JOINS,
     {.name = "ways",
      .operation = "54 of 1200 bytes in each way, beside plain calls",
      .unit = "ns/packet",
      .calls = RAW_SEGMENTS,
      .slack = 0.002,
      .bottom = 2, /* raw, offload */
      .most_pairs = 100,
      .prepare = prepare_ways,
      .dispose = dispose_ways,
      .note = tell_how_much_faster,
      .variants = way_variants,
      .variant_count = COUNT_OF(way_variants)}},
};

static struct bench_group groups[COUNT_OF(subjects)];

/* Leaves out what the system has not. */
static size_t fill(void)
{
    size_t count = 0;
    const unsigned features = raw_features();
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        if ((subjects[i].needs & ~features) == 0)
            groups[count++] = subjects[i].group;
    return count;
}

int main(int argc, char **argv)
{
    raw_start();
    return bench_main(argc, argv, groups, fill());
}
