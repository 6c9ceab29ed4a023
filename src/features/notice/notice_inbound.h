/* Buttons, test messages, and what comes in on channels other than WhatsApp. Inside this feature. */
#ifndef BT_NOTICE_INBOUND_H
#define BT_NOTICE_INBOUND_H

#include "features/decision/decision.h"
#include "features/notice/notice.h"
#include "features/staff/staff.h"
#include "lib/outbox/channel.h"

/* The six digits of a test message in what a person wrote ("Kode 482913"), and nothing else than them. Pure. */
bool notice_code_read(const char *text, char ret[7]);

/* --- rows (notice_inbound_store.c) ----------------------------------------------------------------------- */
struct inbound_new {
    const char *office_id, *id, *channel;
    int64_t received_at;
    struct bytes sealed;
};
enum err inbound_keep(struct db_conn *tx, void *arg); /* struct inbound_new * */
struct inbound_row {
    const char *id, *channel;
    int64_t received_at;
    struct bytes body_sealed;
};
/* Not yet processed, oldest first: of Telegram, or of all the others. */
enum err inbound_rows(struct db_conn *conn, const char *office_id, bool telegram, size_t max,
                      struct inbound_row **ret, size_t *ret_count) MUST_USE;
struct inbound_done {
    const char *office_id, *id;
    int64_t now_ms; /* done: now; forget: those received before */
};
enum err inbound_close(struct db_conn *tx, void *arg);  /* struct inbound_done * */
enum err inbound_forget(struct db_conn *tx, void *arg); /* struct inbound_done * */

/* A test of an address; the subject is the channel's row. */
struct test_new {
    struct visit_act act;
    const char *outbox_id, *subject_id, *recipient_id, *channel;
};
enum err test_queue(struct db_conn *tx, void *arg); /* struct test_new * */
struct test_sent {
    const char *id, *subject_id, *recipient_id, *channel, *state, *reason;
    int64_t queued_at;
};
/* Test messages of a channel's row ("" of all rows) since a time, newest first. */
enum err tests_sent(struct db_conn *conn, const char *office_id, const char *subject_id,
                    int64_t since, struct test_sent **ret, size_t *ret_count) MUST_USE;
struct test_passed {
    struct visit_act act;
    const char *channel_id, *staff_id, *how; /* how: reply code */
};
enum err test_passed(struct db_conn *tx, void *arg); /* struct test_passed * */

/* --- tests (notice_web_test.c) --------------------------------------------------------------------- */
#define TEST_LIFE_MS (24LL * 3600 * 1000)
/* Six digits that only this message carries. */
const char *notice_test_code(const struct cx *cx, const char *outbox_id);
enum err notice_render_side(struct cx *cx, const struct outbox_row *row,
                            struct outbox_message *ret) MUST_USE;
/* The code came back from this person on this channel: *ret_known false when it is of no test of his. */
enum err notice_test_reply(struct cx *cx, const char *office_id, const char *staff_id,
                           const char *channel, const char *code, bool *ret_known) MUST_USE;

/* --- answers (notice_web_reply.c) ----------------------------------------------------------------------------- */
struct typed_answer {
    const char *office_id, *channel;
    const char *staff_id;
    const char *message_id; /* unique over all channels: "telegram:u:17"; NULL: known by nothing */
    const char *text;       /* as typed */
    const char *reply_to;   /* provider's id of our message, or NULL */
};
/* Tells who answered too late, on this channel, what was decided. */
enum err notice_late(struct cx *cx, const struct decision_new *n, const char *channel) MUST_USE;
/* A button: payload "v1.…". `*ret_said` (may be NULL) gets a short note for him who tapped, translated. */
enum err notice_take_tap(struct cx *cx, const struct typed_answer *t, const char *payload,
                         const char **ret_said) MUST_USE;

#endif
