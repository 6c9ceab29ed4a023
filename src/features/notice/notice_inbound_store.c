/* SQL of what comes in beside WhatsApp, and of test messages. */
#include "features/audit/audit.h"
#include "features/notice/notice_inbound.h"
#include "features/reach/reach.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define TESTS_MAX 200u

DB_SQL(inbound_insert,
       "INSERT INTO inbound_event (office_id, id, channel, received_at, body_sealed)"
       " VALUES ($1, $2, $3, $4, $5)");
DB_SQL(inbound_select,
       "SELECT id, channel, received_at, body_sealed FROM inbound_event WHERE office_id = $1"
       " AND processed_at IS NULL AND (channel = 'telegram') = ($2 = 1)"
       " ORDER BY received_at, id LIMIT $3");
DB_SQL(inbound_done_put,
       "UPDATE inbound_event SET processed_at = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(inbound_delete,
       "DELETE FROM inbound_event WHERE office_id = $1 AND id IN (SELECT id FROM inbound_event"
       " WHERE office_id = $1 AND received_at < $2 AND processed_at IS NOT NULL LIMIT 200)");
DB_SQL(test_round,
       "SELECT COALESCE(max(round), 0) FROM outbox WHERE office_id = $1 AND subject_id = $2"
       " AND recipient_id = $3 AND kind = $4");
DB_SQL(test_select,
       "SELECT id, subject_id, recipient_id, channel, state, reason, queued_at FROM outbox"
       " WHERE office_id = $1 AND kind = 'channel_test' AND queued_at > $2"
       " AND ($3 = '' OR subject_id = $3) ORDER BY queued_at DESC, id DESC LIMIT 200");

const struct db_sql *const inbound_statements[] = {&inbound_insert,
                                                   &inbound_select,
                                                   &inbound_done_put,
                                                   &inbound_delete,
                                                   &test_round,
                                                   &test_select,
                                                   NULL};

enum err inbound_keep(struct db_conn *tx, void *arg)
{
    const struct inbound_new *n = arg;
    return db_run(tx, &inbound_insert,
                  DB_ARGS(db_text(n->office_id), db_text(n->id), db_text(n->channel),
                          db_int(n->received_at), db_bytes(n->sealed)),
                  NULL);
}

enum err inbound_rows(struct db_conn *conn, const char *office_id, bool telegram, size_t max,
                      struct inbound_row **ret, size_t *ret_count)
{
    static const struct record_column columns[] = {
        RECORD_COLUMN(struct inbound_row, id, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct inbound_row, channel, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct inbound_row, received_at, REC_TIME, 0, NULL),
        RECORD_COLUMN(struct inbound_row, body_sealed, REC_BYTES, 0, NULL),
    };
    static const struct record record = RECORD("Inbound", struct inbound_row, columns);
    return db_list(conn, &inbound_select,
                   DB_ARGS(db_text(office_id), db_int(telegram), db_int((int64_t)max)), &record,
                   max, ret, ret_count);
}

enum err inbound_close(struct db_conn *tx, void *arg)
{
    const struct inbound_done *d = arg;
    return db_run(tx, &inbound_done_put,
                  DB_ARGS(db_text(d->office_id), db_text(d->id), db_int(d->now_ms)), NULL);
}

enum err inbound_forget(struct db_conn *tx, void *arg)
{
    const struct inbound_done *d = arg;
    return db_run(tx, &inbound_delete, DB_ARGS(db_text(d->office_id), db_int(d->now_ms)), NULL);
}

enum err test_queue(struct db_conn *tx, void *arg)
{
    const struct test_new *n = arg;
    int64_t round = 0;
    TRY(db_number(tx, &test_round,
                  DB_ARGS(db_text(n->act.office_id), db_text(n->subject_id),
                          db_text(n->recipient_id), db_text(NOTICE_TEST)),
                  &round));
    const struct outbox_new row = {.id = n->outbox_id,
                                   .office_id = n->act.office_id,
                                   .kind = NOTICE_TEST,
                                   .subject_id = n->subject_id,
                                   .recipient_id = n->recipient_id,
                                   .channel = n->channel,
                                   .round = round + 1,
                                   .at = n->act.now_ms};
    TRY(outbox_enqueue(tx, &row));
    return visit_act_log(
        tx, &n->act,
        (struct audit_new){.action = "channel_tested",
                           .subject_kind = "staff",
                           .subject_id = n->recipient_id,
                           .detail = arena_printf(db_conn_arena(tx), "channel=%s id=%s", n->channel,
                                                  n->subject_id)});
}

enum err tests_sent(struct db_conn *conn, const char *office_id, const char *subject_id,
                    int64_t since, struct test_sent **ret, size_t *ret_count)
{
    static const struct record_column columns[] = {
        RECORD_COLUMN(struct test_sent, id, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct test_sent, subject_id, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct test_sent, recipient_id, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct test_sent, channel, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct test_sent, state, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct test_sent, reason, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct test_sent, queued_at, REC_TIME, 0, NULL),
    };
    static const struct record record = RECORD("TestSent", struct test_sent, columns);
    return db_list(conn, &test_select,
                   DB_ARGS(db_text(office_id), db_int(since), db_text(subject_id)), &record,
                   TESTS_MAX, ret, ret_count);
}

enum err test_passed(struct db_conn *tx, void *arg)
{
    const struct test_passed *p = arg;
    TRY(reach_channel_verified(tx, p->act.office_id, p->channel_id, p->act.now_ms));
    return visit_act_log(tx, &p->act,
                         (struct audit_new){.action = "channel_verified",
                                            .subject_kind = "staff",
                                            .subject_id = p->staff_id,
                                            .detail = arena_printf(db_conn_arena(tx), "id=%s by=%s",
                                                                   p->channel_id, p->how)});
}
