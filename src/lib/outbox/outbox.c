/* The outbox table: putting rows in, and moving them by what the provider reports. The sending thread
 * is worker.c.
 *
 * One column drives everything: next_at is when a queued row may be sent, and the end of its lease
 * while it is being sent. A row is due when next_at has passed, whichever of the two it is. */
#include "lib/outbox/outbox_rows.h"

#include "lib/base/str.h"
#include "lib/outbox/whatsapp_error.h"

#include "lib/base/banned.h"

/* What failed after WhatsApp had taken it goes out so often; each time may have cost money. */
enum { STATUS_ATTEMPTS_MAX = 6, AGAIN_MAX_MS = 5 * 60 * 1000 };

#define ROW_COLUMNS                                                                                \
    "id, office_id, kind, subject_id, recipient_id, channel, state, provider_id, code, reason, "   \
    "round, attempts, queued_at, next_at, sent_at, delivered_at, read_at, failed_at, carried_by"

static const struct record_column row_columns[] = {
    RECORD_COLUMN(struct outbox_row, id, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, office_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct outbox_row, kind, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, subject_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct outbox_row, recipient_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct outbox_row, channel, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, state, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, provider_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct outbox_row, code, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, reason, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, round, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, attempts, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, queued_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, next_at, REC_TIME, 0, NULL),
    RECORD_COLUMN(struct outbox_row, sent_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, delivered_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, read_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, failed_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct outbox_row, carried_by, REC_TEXT, 0, NULL),
};
const struct record outbox_record = RECORD("OutboxRow", struct outbox_row, row_columns);

DB_SQL(outbox_insert,
       "INSERT INTO outbox (office_id, id, kind, subject_id, recipient_id, channel, round, state, "
       "attempts, queued_at, next_at, code, reason) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12) "
       "ON CONFLICT (office_id, subject_id, recipient_id, kind, round) DO NOTHING");
DB_SQL(outbox_by_id, "SELECT " ROW_COLUMNS " FROM outbox WHERE office_id = $1 AND id = $2");
DB_SQL(outbox_by_provider,
       "SELECT " ROW_COLUMNS " FROM outbox WHERE office_id = $1 AND provider_id = $2");
DB_SQL(outbox_status,
       "UPDATE outbox SET state = $3, provider_id = $4, code = $5, reason = $6, sent_at = $7, "
       "delivered_at = $8, read_at = $9, failed_at = $10 "
       "WHERE office_id = $1 AND id = $2 AND state = $11");

/* The condition stands twice: two processes may pick the same row, and the second must then find that
 * it is not due any more. There "+ 0" leaves the index of due rows to the inner one. */
DB_SQL(outbox_claim,
       "UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_until = $3, "
       "next_at = $3 WHERE office_id = $1 AND id IN ("
       "SELECT id FROM outbox WHERE office_id = $1 AND state IN ('queued', 'sending') "
       "AND next_at <= $4 AND channel = $2 AND carried_by IS NULL "
       "AND recipient_id NOT IN ($5, $6, $7) ORDER BY next_at LIMIT 1) "
       "AND state IN ('queued', 'sending') AND next_at + 0 <= $4 RETURNING " ROW_COLUMNS);
/* Beyond now it does not matter who has one on its way: it will have ended by then, or it is asked again. */
DB_SQL(outbox_due, "SELECT MIN(next_at) FROM outbox WHERE office_id = $1 "
                   "AND state IN ('queued', 'sending') AND channel = $2 AND carried_by IS NULL "
                   "AND (next_at > $3 OR recipient_id NOT IN ($4, $5, $6))");
DB_SQL(outbox_done_sent,
       "UPDATE outbox SET state = 'sent', sent_at = $3, provider_id = $4, code = NULL, "
       "reason = NULL, lease_until = NULL "
       "WHERE office_id = $1 AND id = $2 AND state IN ('queued', 'sending') "
       "AND (state = 'sending' OR provider_id IS NULL OR provider_id <> $4)");
DB_SQL(outbox_done_known, "UPDATE outbox SET sent_at = COALESCE(sent_at, $3), provider_id = "
                          "COALESCE(provider_id, $4) WHERE office_id = $1 AND id = $2");
DB_SQL(outbox_done_later,
       "UPDATE outbox SET state = $3, attempts = $4, next_at = $5, lease_until = $6, code = $7, "
       "reason = $8 WHERE office_id = $1 AND id = $2 AND state = 'sending' AND attempts = $9");
DB_SQL(outbox_done_ended,
       "UPDATE outbox SET state = $3, failed_at = $4, lease_until = NULL, code = $5, reason = $6 "
       "WHERE office_id = $1 AND id = $2 AND state = 'sending' AND attempts = $7");
DB_SQL(outbox_hold_recipient,
       "UPDATE outbox SET next_at = $4 WHERE office_id = $1 AND channel = $2 "
       "AND recipient_id = $3 AND state IN ('queued', 'sending') AND state = 'queued' "
       "AND next_at < $4"); /* both: the partial index is over the list */

DB_SQL(outbox_again,
       "UPDATE outbox SET state = 'queued', attempts = 0, next_at = $3, lease_until = NULL, "
       "failed_at = NULL, code = NULL, reason = NULL "
       "WHERE office_id = $1 AND id = $2 AND state = 'failed'");

/* WhatsApp took the message and could not deliver it for now. */
DB_SQL(outbox_status_again,
       "UPDATE outbox SET state = 'queued', next_at = $3, lease_until = NULL, provider_id = $4, "
       "code = $5, reason = $6 WHERE office_id = $1 AND id = $2 AND state = $7");

const struct db_sql *const outbox_statements[] = {
    &outbox_status_again, &outbox_again,
    &outbox_insert,       &outbox_by_id,
    &outbox_by_provider,  &outbox_status,
    &outbox_claim,        &outbox_due,
    &outbox_done_sent,    &outbox_done_known,
    &outbox_done_later,   &outbox_hold_recipient,
    &outbox_done_ended,   NULL,
};

enum err outbox_enqueue(struct db_conn *tx, const struct outbox_new *n)
{
    bool none = str_eq(n->channel, "none");
    int64_t changed = 0;
    TRY(db_run(tx, &outbox_insert,
               DB_ARGS(db_text(n->office_id), db_text(n->id), db_text(n->kind),
                       db_text(n->subject_id), db_text(n->recipient_id), db_text(n->channel),
                       db_int(n->round > 1 ? n->round : 1), db_text(none ? "dropped" : "queued"),
                       db_int(n->at), db_int(n->not_before > n->at ? n->not_before : n->at),
                       db_text(none ? "no_channel" : NULL),
                       db_text(none ? T("Belum ada saluran pesan yang disiapkan.") : NULL)),
               &changed));
    return changed ? ERR_OK : ERR_CONFLICT;
}

enum err outbox_get(struct db_conn *conn, const char *office_id, const char *id,
                    struct outbox_row *ret)
{
    return db_one(conn, &outbox_by_id, DB_ARGS(db_text(office_id), db_text(id)), &outbox_record,
                  ret);
}

enum err outbox_get_by_provider(struct db_conn *conn, const char *office_id,
                                const char *provider_id, struct outbox_row *ret)
{
    return db_one(conn, &outbox_by_provider, DB_ARGS(db_text(office_id), db_text(provider_id)),
                  &outbox_record, ret);
}

enum err outbox_retry(struct db_conn *tx, const char *office_id, const char *id, int64_t now_ms)
{
    int64_t changed = 0;
    TRY(db_run(tx, &outbox_again, DB_ARGS(db_text(office_id), db_text(id), db_int(now_ms)),
               &changed));
    return changed ? ERR_OK : ERR_MISSING;
}

/* --- the worker's steps ----------------------------------------------------------------------- */

enum err outbox_row_due(struct db_conn *conn, const struct outbox_claim *claim, int64_t *ret)
{
    return db_number(conn, &outbox_due,
                     DB_ARGS(db_text(claim->office_id), db_text(claim->channel),
                             db_int(claim->now_ms), db_text(claim->busy[0]),
                             db_text(claim->busy[1]), db_text(claim->busy[2])),
                     ret);
}

enum err outbox_row_claim(struct db_conn *tx, struct outbox_claim *claim)
{
    TRY(db_one(tx, &outbox_claim,
               DB_ARGS(db_text(claim->office_id), db_text(claim->channel),
                       db_int(claim->lease_until), db_int(claim->now_ms), db_text(claim->busy[0]),
                       db_text(claim->busy[1]), db_text(claim->busy[2])),
               &outbox_record, &claim->row));
    return outbox_row_pace(tx, claim);
}

static enum err record_sent(struct db_conn *tx, const struct outbox_fate *f, int64_t *ret_changed)
{
    const struct outbox_row *row = f->row;
    if (f->hold_until)
        TRY(db_run(tx, &outbox_hold_recipient,
                   DB_ARGS(db_text(row->office_id), db_text(row->channel),
                           db_text(row->recipient_id), db_int(f->hold_until)),
                   NULL));
    TRY(db_run(tx, &outbox_done_sent,
               DB_ARGS(db_text(row->office_id), db_text(row->id), db_int(f->now_ms),
                       db_text(f->provider_id)),
               ret_changed));
    if (*ret_changed)
        return ERR_OK;
    /* A status event was faster: it has moved the row already. */
    return db_run(tx, &outbox_done_known,
                  DB_ARGS(db_text(row->office_id), db_text(row->id), db_int(f->now_ms),
                          db_text(f->provider_id)),
                  NULL);
}

static enum err record_later(struct db_conn *tx, const struct outbox_fate *f, int64_t *ret_changed)
{
    const struct outbox_row *row = f->row;
    bool leased = str_eq(f->state, "sending");
    if (f->hold_recipient)
        TRY(db_run(tx, &outbox_hold_recipient,
                   DB_ARGS(db_text(row->office_id), db_text(row->channel),
                           db_text(row->recipient_id), db_int(f->next_at)),
                   NULL));
    return db_run(tx, &outbox_done_later,
                  DB_ARGS(db_text(row->office_id), db_text(row->id), db_text(f->state),
                          db_int(f->attempts), db_int(f->next_at), db_time(leased ? f->next_at : 0),
                          db_text(f->code), db_text(f->reason), db_int(row->attempts)),
                  ret_changed);
}

static enum err record_ended(struct db_conn *tx, const struct outbox_fate *f, int64_t *ret_changed)
{
    const struct outbox_row *row = f->row;
    return db_run(tx, &outbox_done_ended,
                  DB_ARGS(db_text(row->office_id), db_text(row->id), db_text(f->state),
                          db_int(f->now_ms), db_text(f->code), db_text(f->reason),
                          db_int(row->attempts)),
                  ret_changed);
}

enum err outbox_row_record(struct db_conn *tx, const struct outbox_fate *f, int64_t *ret_changed)
{
    bool sent = str_eq(f->state, "sent");
    if (str_eq(f->state, "queued") || str_eq(f->state, "sending"))
        return record_later(tx, f, ret_changed);
    TRY(sent ? record_sent(tx, f, ret_changed) : record_ended(tx, f, ret_changed));
    return *ret_changed ? outbox_carried_follow(tx, f->row, f->state, f->now_ms) : ERR_OK;
}

/* --- status events ---------------------------------------------------------------------------- */

static enum err find_for_status(struct db_conn *tx, const char *office_id, const char *wamid,
                                const char *opaque_id, struct outbox_row *ret)
{
    enum err e = ERR_MISSING;
    if (!str_empty(opaque_id))
        e = outbox_get(tx, office_id, opaque_id, ret);
    if (e == ERR_MISSING && !str_empty(wamid))
        e = outbox_get_by_provider(tx, office_id, wamid, ret);
    return e;
}

static int row_rank(const struct outbox_row *row)
{
    /* Failed only because nobody answered: that was a guess, and any real status is better. */
    if (str_eq(row->state, "failed") && str_eq(row->code, OUTBOX_CODE_UNKNOWN))
        return 0;
    return whatsapp_status_rank(row->state);
}

static void fill_time(int64_t *time, int64_t at)
{
    if (*time == 0)
        *time = at;
}

/* Of an attempt that is over: a repeated or late event of one that failed, or the failure of another one
 * than that which counts. */
static bool is_spent(const struct outbox_row *row, const char *wamid, const char *status)
{
    bool waiting = str_eq(row->state, "queued") || str_eq(row->state, "sending");
    bool same = !str_empty(row->provider_id) && str_eq(row->provider_id, wamid);
    bool failed = str_eq(status, "failed");
    if (waiting)
        return same && (failed || whatsapp_status_rank(status) <= whatsapp_status_rank("sent"));
    return failed && !same && !str_empty(row->provider_id) && !str_empty(wamid);
}

/* The row after the event; true when its state moved. */
static bool row_move(struct outbox_row *row, const char *wamid, const char *status, int64_t at,
                     const char *code)
{
    bool failed = str_eq(status, "failed");
    bool read = str_eq(status, "read") || str_eq(status, "played");
    bool delivered = str_eq(status, "delivered");
    if (is_spent(row, wamid, status))
        return false;
    bool up = whatsapp_status_rank(read ? "read" : status) > row_rank(row);
    if (str_empty(row->provider_id) || (up && !str_empty(wamid)))
        row->provider_id = wamid;
    if (!failed)
        fill_time(read ? &row->read_at : delivered ? &row->delivered_at : &row->sent_at, at);
    if (!up)
        return false;
    row->state = failed ? "failed" : read ? "read" : delivered ? "delivered" : "sent";
    row->code = failed ? code : NULL;
    row->reason = failed ? whatsapp_error_sentence(str_or(code, "")) : NULL;
    row->failed_at = failed ? at : 0;
    return true;
}

/* A failure that may pass: the row goes out again, a few times and ever later. */
static bool row_again(struct outbox_row *row)
{
    int64_t code = 0;
    if (!str_eq(row->state, "failed") || row->attempts >= STATUS_ATTEMPTS_MAX ||
        !str_to_i64(str_or(row->code, ""), 0, INT32_MAX, &code))
        return false;
    const struct whatsapp_error *e = whatsapp_error_find(code);
    if (e->outcome != SEND_RETRY)
        return false;
    int64_t wait_ms = code == WHATSAPP_ERROR_WINDOW ? 0 : 1000;
    for (int64_t i = 1; i < row->attempts && wait_ms < AGAIN_MAX_MS; i++)
        wait_ms *= e->per_recipient ? 4 : 2;
    row->state = "queued";
    row->next_at = row->failed_at + (wait_ms < AGAIN_MAX_MS ? wait_ms : AGAIN_MAX_MS);
    row->failed_at = 0;
    return true;
}

static bool row_same(const struct outbox_row *a, const struct outbox_row *b)
{
    return str_eq(a->state, b->state) && str_eq(a->provider_id, b->provider_id) &&
           a->sent_at == b->sent_at && a->delivered_at == b->delivered_at &&
           a->read_at == b->read_at && a->failed_at == b->failed_at;
}

static enum err row_save(struct db_conn *tx, const struct outbox_row *row, const char *old_state,
                         int64_t *ret_saved)
{
    return db_run(tx, &outbox_status,
                  DB_ARGS(db_text(row->office_id), db_text(row->id), db_text(row->state),
                          db_text(row->provider_id), db_text(row->code), db_text(row->reason),
                          db_time(row->sent_at), db_time(row->delivered_at), db_time(row->read_at),
                          db_time(row->failed_at), db_text(old_state)),
                  ret_saved);
}

static enum err row_put_again(struct db_conn *tx, const struct outbox_row *row,
                              const char *old_state, int64_t *ret_saved)
{
    return db_run(tx, &outbox_status_again,
                  DB_ARGS(db_text(row->office_id), db_text(row->id), db_int(row->next_at),
                          db_text(row->provider_id), db_text(row->code), db_text(row->reason),
                          db_text(old_state)),
                  ret_saved);
}

/* What the event says of the channel, and of the rows that went along. */
static enum err status_follow(struct db_conn *tx, const struct outbox_row *row, const char *status,
                              int64_t at, bool changed)
{
    bool arrived = str_eq(status, "delivered") || str_eq(status, "read") ||
                   str_eq(status, "played");
    if (arrived)
        TRY(outbox_health_delivered(tx, row->office_id, row->channel, at));
    return changed ? outbox_carried_follow(tx, row, row->state, at) : ERR_OK;
}

enum err outbox_apply_status(struct db_conn *tx, const char *office_id, const char *wamid,
                             const char *opaque_id, const char *status, int64_t at,
                             const char *code, bool *ret_changed, struct outbox_row *ret_row)
{
    for (int i = 0; i < 3; i++) { /* again when another process moved the row in between */
        struct outbox_row row = {0};
        TRY(find_for_status(tx, office_id, wamid, opaque_id, &row));
        const struct outbox_row before = row;
        bool changed = whatsapp_status_rank(status) > 0 && row_move(&row, wamid, status, at, code);
        bool again = changed && row_again(&row);
        bool same = !again && row_same(&before, &row);
        int64_t saved = same;
        if (!same)
            TRY(again ? row_put_again(tx, &row, before.state, &saved)
                      : row_save(tx, &row, before.state, &saved));
        if (saved == 0)
            continue;
        if (!same)
            TRY(status_follow(tx, &row, status, at, changed));
        *ret_changed = changed;
        if (ret_row)
            *ret_row = row;
        return ERR_OK;
    }
    return ERR_BUSY;
}
