/* SQL of the reporter's pages: tablets in use, the switch of the public page, messages. */
#include "features/reporter/reporter_store.h"

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)

static const struct record_column session_columns[] = {
    COLUMN(kiosk_session, id, REC_TEXT),
    COLUMN(kiosk_session, ends_at, REC_TIME),
    COLUMN(kiosk_session, visit_sealed, REC_BYTES),
};
static const struct record session_record = RECORD("KioskSession", struct kiosk_session,
                                                   session_columns);

static const struct record_column message_columns[] = {
    COLUMN(reporter_message, id, REC_TEXT),
    COLUMN(reporter_message, complaint_id, REC_TEXT),
    COLUMN(reporter_message, seq, REC_INT),
    COLUMN(reporter_message, at, REC_TIME),
    COLUMN(reporter_message, from_reporter, REC_INT),
    COLUMN(reporter_message, kind, REC_TEXT),
    COLUMN(reporter_message, by_id, REC_TEXT),
    COLUMN(reporter_message, body_sealed, REC_BYTES),
    COLUMN(reporter_message, seen_at, REC_TIME),
};
static const struct record message_record = RECORD("ReporterMessage", struct reporter_message,
                                                   message_columns);

DB_SQL(kiosk_insert, "INSERT INTO kiosk_session (office_id, id, code_hash, ends_at, visit_sealed) "
                     "VALUES ($1, $2, $3, $4, $5)");
DB_SQL(kiosk_take, "UPDATE kiosk_session SET code_hash = NULL, cookie_hash = $3, ends_at = $5 "
                   "WHERE office_id = $1 AND code_hash = $2 AND ends_at > $4");
DB_SQL(kiosk_select, "SELECT id, ends_at, visit_sealed FROM kiosk_session "
                     "WHERE office_id = $1 AND cookie_hash = $2 AND ends_at > $3");
DB_SQL(kiosk_delete, "DELETE FROM kiosk_session WHERE office_id = $1 AND cookie_hash = $2");
DB_SQL(kiosk_count_over,
       "SELECT count(*) FROM kiosk_session WHERE office_id = $1 AND ends_at <= $2");
DB_SQL(kiosk_delete_over, "DELETE FROM kiosk_session WHERE office_id = $1 AND ends_at <= $2");
DB_SQL(reporter_public_select, "SELECT count(opened_at) FROM public_intake WHERE office_id = $1");
DB_SQL(reporter_public_put, "INSERT INTO public_intake (office_id, opened_at, changed_by) "
                            "VALUES ($1, $2, $3) ON CONFLICT (office_id) DO UPDATE SET "
                            "opened_at = excluded.opened_at, changed_by = excluded.changed_by");
DB_SQL(reporter_message_insert,
       "INSERT INTO complaint_message (office_id, complaint_id, seq, id, at, from_reporter, kind, "
       "by_id, body_sealed) SELECT $1, $2, COALESCE(max(seq), 0) + 1, $3, $4, $5, $6, $7, $8 "
       "FROM complaint_message WHERE office_id = $1 AND complaint_id = $2");
DB_SQL(reporter_message_select,
       "SELECT id, complaint_id, seq, at, from_reporter, kind, by_id, body_sealed, seen_at "
       "FROM complaint_message WHERE office_id = $1 AND complaint_id = $2 ORDER BY seq LIMIT 1000");
DB_SQL(reporter_message_count,
       "SELECT count(*) FROM complaint_message WHERE office_id = $1 AND complaint_id = $2");
DB_SQL(reporter_message_count_unread,
       "SELECT count(*) FROM complaint_message WHERE office_id = $1 "
       "AND complaint_id = $2 AND from_reporter = 1 AND seen_at IS NULL");
DB_SQL(reporter_message_count_withdrawal,
       "SELECT count(*) FROM complaint_message WHERE office_id = $1 "
       "AND complaint_id = $2 AND kind = 'withdrawal'");
DB_SQL(reporter_message_mark_seen,
       "UPDATE complaint_message SET seen_at = $3 WHERE office_id = $1 "
       "AND complaint_id = $2 AND from_reporter = 1 AND seen_at IS NULL AND seq <= $4");

const struct db_sql *const reporter_statements[] = {
    &kiosk_insert,
    &kiosk_take,
    &kiosk_select,
    &kiosk_delete,
    &kiosk_delete_over,
    &kiosk_count_over,
    &reporter_public_select,
    &reporter_public_put,
    &reporter_message_insert,
    &reporter_message_select,
    &reporter_message_count,
    &reporter_message_count_unread,
    &reporter_message_count_withdrawal,
    &reporter_message_mark_seen,
    NULL,
};

/* --- the tablet ------------------------------------------------------------------------------------------ */

static enum err remove_over(struct db_conn *tx, const char *office_id, int64_t now_ms)
{
    return db_run(tx, &kiosk_delete_over, DB_ARGS(db_text(office_id), db_int(now_ms)), NULL);
}

enum err kiosk_open_tx(struct db_conn *tx, void *arg)
{
    const struct kiosk_open *k = arg;
    TRY(remove_over(tx, k->office_id, k->now_ms));
    return db_run(tx, &kiosk_insert,
                  DB_ARGS(db_text(k->office_id), db_text(k->id), db_bytes(k->code_hash),
                          db_int(k->ends_at), db_bytes(k->visit_sealed)),
                  NULL);
}

enum err kiosk_begin_tx(struct db_conn *tx, void *arg)
{
    const struct kiosk_begin *k = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &kiosk_take,
               DB_ARGS(db_text(k->office_id), db_bytes(k->code_hash), db_bytes(k->cookie_hash),
                       db_int(k->now_ms), db_int(k->ends_at)),
               &changed));
    return changed == 1 ? ERR_OK : ERR_MISSING;
}

enum err kiosk_find(struct db_conn *conn, const char *office_id, struct bytes cookie_hash,
                    int64_t now_ms, struct kiosk_session *ret)
{
    return db_one(conn, &kiosk_select,
                  DB_ARGS(db_text(office_id), db_bytes(cookie_hash), db_int(now_ms)),
                  &session_record, ret);
}

enum err kiosk_end_tx(struct db_conn *tx, void *arg)
{
    const struct kiosk_end *k = arg;
    if (k->cookie_hash.p)
        TRY(db_run(tx, &kiosk_delete, DB_ARGS(db_text(k->office_id), db_bytes(k->cookie_hash)),
                   NULL));
    return remove_over(tx, k->office_id, k->now_ms);
}

enum err reporter_sweep(struct cx *cx, const char *office_id)
{
    struct kiosk_end k = {.office_id = office_id, .now_ms = cx->now_ms};
    int64_t over = 0;
    TRY(db_number(cx->read, &kiosk_count_over, DB_ARGS(db_text(office_id), db_int(cx->now_ms)),
                  &over));
    return over ? db_tx_low(cx, "kiosk_sweep", kiosk_end_tx, &k) : ERR_OK;
}

/* --- the public page ------------------------------------------------------------------------------------- */

enum err reporter_public_open(struct db_conn *conn, const char *office_id, bool *ret)
{
    int64_t n = 0;
    TRY(db_number(conn, &reporter_public_select, DB_ARGS(db_text(office_id)), &n));
    *ret = n > 0;
    return ERR_OK;
}

enum err reporter_public_change_tx(struct db_conn *tx, void *arg)
{
    const struct reporter_public_change *c = arg;
    TRY(db_run(
        tx, &reporter_public_put,
        DB_ARGS(db_text(c->office_id), db_time(c->open ? c->now_ms : 0), db_text(c->actor_id)),
        NULL));
    const struct audit_new entry = {.office_id = c->office_id,
                                    .at = c->now_ms,
                                    .actor_kind = "user",
                                    .actor_id = c->actor_id,
                                    .action = "public_intake_changed",
                                    .subject_kind = "office",
                                    .subject_id = c->office_id,
                                    .detail = c->open ? "open" : "closed"};
    return audit_append(tx, &entry, NULL);
}

/* --- messages ------------------------------------------------------------------------------------------------ */

static enum err may_add(struct db_conn *tx, struct reporter_message_new *n)
{
    const struct db_arg args[] = {db_text(n->office_id), db_text(n->message.complaint_id)};
    int64_t count = 0;
    TRY(db_number(tx, &reporter_message_count, args, 2, &count));
    bool talk = n->message.from_reporter && str_eq(n->message.kind, "message");
    if (talk && count >= MESSAGES_MAX)
        n->refusal = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "messages_full",
            .msgid = T(
                "Percakapan ini sudah penuh. Datanglah ke kantor dengan tanda terima Anda.")};
    if (str_eq(n->message.kind, "withdrawal")) {
        TRY(db_number(tx, &reporter_message_count_withdrawal, args, 2, &count));
        if (count > 0)
            n->refusal = (struct refusal){
                .err = ERR_CONFLICT,
                .code = "withdrawal_asked",
                .msgid = T(
                    "Permintaan mencabut pengaduan ini sudah dikirim. Tunggu jawaban kantor.")};
    }
    return n->refusal.err;
}

enum err reporter_message_add_tx(struct db_conn *tx, void *arg)
{
    struct reporter_message_new *n = arg;
    const struct reporter_message *m = &n->message;
    n->refusal = (struct refusal){.err = ERR_OK};
    TRY(may_add(tx, n));
    TRY(db_run(tx, &reporter_message_insert,
               DB_ARGS(db_text(n->office_id), db_text(m->complaint_id), db_text(m->id),
                       db_int(m->at), db_int(m->from_reporter), db_text(m->kind), db_text(m->by_id),
                       db_bytes(m->body_sealed)),
               NULL));
    if (!n->audited)
        return ERR_OK;
    const struct audit_new entry = {.office_id = n->office_id,
                                    .at = n->now_ms,
                                    .actor_kind = m->from_reporter ? "system" : "user",
                                    .actor_id = m->by_id,
                                    .action = m->from_reporter ? "reporter_message"
                                                               : "reporter_answered",
                                    .subject_kind = "complaint",
                                    .subject_id = m->complaint_id,
                                    .detail = m->kind};
    return audit_append(tx, &entry, NULL);
}

enum err reporter_messages(struct db_conn *conn, const char *office_id, const char *complaint_id,
                           struct reporter_message **ret, size_t *ret_count)
{
    return db_list(conn, &reporter_message_select,
                   DB_ARGS(db_text(office_id), db_text(complaint_id)), &message_record, 1000, ret,
                   ret_count);
}

enum err reporter_message_seen_tx(struct db_conn *tx, void *arg)
{
    const struct reporter_message_seen *s = arg;
    TRY(db_run(tx, &reporter_message_mark_seen,
               DB_ARGS(db_text(s->office_id), db_text(s->complaint_id), db_int(s->now_ms),
                       db_int(s->last_seq)),
               NULL));
    const struct audit_new entry = {.office_id = s->office_id,
                                    .at = s->now_ms,
                                    .actor_kind = "user",
                                    .actor_id = s->staff_id,
                                    .action = "reporter_messages_read",
                                    .subject_kind = "complaint",
                                    .subject_id = s->complaint_id,
                                    .detail = ""};
    return audit_append(tx, &entry, NULL);
}

enum err reporter_unread(struct db_conn *conn, const char *office_id, const char *complaint_id,
                         int64_t *ret)
{
    return db_number(conn, &reporter_message_count_unread,
                     DB_ARGS(db_text(office_id), db_text(complaint_id)), ret);
}

enum err reporter_withdrawal(struct db_conn *conn, const char *office_id, const char *complaint_id,
                             bool *ret)
{
    int64_t n = 0;
    TRY(db_number(conn, &reporter_message_count_withdrawal,
                  DB_ARGS(db_text(office_id), db_text(complaint_id)), &n));
    *ret = n > 0;
    return ERR_OK;
}
