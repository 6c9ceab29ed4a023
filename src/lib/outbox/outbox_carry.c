/* A rush: many messages to one person. His token bucket, and the rows that go along in one message.
 *
 * The bucket is no number kept anywhere: it is told from when his last messages left, so that it survives
 * a crash and two processes have the same. */
#include "lib/outbox/outbox_rows.h"

#include "lib/base/str.h"

#include "lib/base/banned.h"

enum { HISTORY_MAX = 128, COMPANIONS_MAX = 100 };

struct departure {
    int64_t sent_at;
};
static const struct record_column departure_columns[] = {
    RECORD_COLUMN(struct departure, sent_at, REC_TIME, 0, NULL),
};
static const struct record departure_record = RECORD("Departure", struct departure,
                                                     departure_columns);

DB_SQL(pace_history,
       "SELECT sent_at FROM (SELECT sent_at FROM outbox WHERE office_id = $1 AND recipient_id = $2 "
       "AND channel = $3 AND sent_at > $4 AND carried_by IS NULL ORDER BY sent_at DESC LIMIT 128) "
       "AS h ORDER BY sent_at LIMIT 128");
/* WhatsApp itself has told this recipient to slow down: his later messages wait as well. */
DB_SQL(pace_told,
       "SELECT COALESCE(MAX(next_at), 0) FROM outbox WHERE office_id = $1 "
       "AND recipient_id = $2 AND channel = $3 AND state IN ('queued', 'sending') "
       "AND state = 'queued' AND code = '131056'"); /* few: they have an index of their own */
DB_SQL(pace_put_back, "UPDATE outbox SET state = 'queued', attempts = attempts - 1, "
                      "lease_until = NULL, next_at = $3 WHERE office_id = $1 AND id = $2 "
                      "AND state = 'sending'");
DB_SQL(pace_hold, "UPDATE outbox SET next_at = $4 WHERE office_id = $1 AND channel = $2 "
                  "AND recipient_id = $3 AND state IN ('queued', 'sending') AND state = 'queued' "
                  "AND next_at < $4");

#define CARRY_COLUMNS                                                                              \
    "id, office_id, kind, subject_id, recipient_id, channel, state, provider_id, code, reason, "   \
    "round, attempts, queued_at, next_at, sent_at, delivered_at, read_at, failed_at, carried_by"
DB_SQL(carry_companions,
       "SELECT " CARRY_COLUMNS " FROM outbox WHERE office_id = $1 AND recipient_id = $2 "
       "AND kind = $3 AND channel = $4 AND id <> $5 AND state IN ('queued', 'sending') "
       "AND state = 'queued' AND (carried_by IS NULL OR carried_by = $5) "
       "ORDER BY queued_at, id LIMIT 100");
DB_SQL(carry_none, "UPDATE outbox SET carried_by = NULL WHERE office_id = $1 AND carried_by = $2 "
                   "AND state IN ('queued', 'sending') AND state = 'queued'");
DB_SQL(carry_one, "UPDATE outbox SET carried_by = $2 WHERE office_id = $1 AND id = $3 "
                  "AND state IN ('queued', 'sending') AND state = 'queued' AND carried_by IS NULL");
DB_SQL(carry_list, "SELECT " CARRY_COLUMNS " FROM outbox WHERE office_id = $1 AND carried_by = $2 "
                   "ORDER BY queued_at, id LIMIT 100");
DB_SQL(carry_sent,
       "UPDATE outbox SET state = 'sent', sent_at = COALESCE(sent_at, $3), code = NULL, "
       "reason = NULL WHERE office_id = $1 AND carried_by = $2 AND state = 'queued'");
DB_SQL(carry_delivered, "UPDATE outbox SET state = 'delivered', sent_at = COALESCE(sent_at, $3), "
                        "delivered_at = COALESCE(delivered_at, $3), code = NULL, reason = NULL "
                        "WHERE office_id = $1 AND carried_by = $2 AND state IN ('queued', 'sent')");
DB_SQL(carry_read, "UPDATE outbox SET state = 'read', sent_at = COALESCE(sent_at, $3), "
                   "read_at = COALESCE(read_at, $3), code = NULL, reason = NULL "
                   "WHERE office_id = $1 AND carried_by = $2 "
                   "AND state IN ('queued', 'sent', 'delivered')");
DB_SQL(carry_let_go, "UPDATE outbox SET state = 'queued', carried_by = NULL, sent_at = NULL, "
                     "next_at = $3 WHERE office_id = $1 AND carried_by = $2 "
                     "AND state IN ('queued', 'sent')");

const struct db_sql *const outbox_carry_statements[] = {
    &pace_history, &pace_told,  &pace_put_back, &pace_hold,       &carry_companions, &carry_none,
    &carry_one,    &carry_list, &carry_sent,    &carry_delivered, &carry_read,       &carry_let_go,
    NULL};

/* --- the pace --------------------------------------------------------------------------------- */

int64_t outbox_pace(const int64_t *sent_at, size_t count, const struct outbox_claim *claim,
                    int64_t *ret_at)
{
    int64_t gap = claim->recipient_gap_ms;
    int64_t burst = claim->recipient_burst > 1 ? claim->recipient_burst : 1;
    int64_t empty_until = 0; /* when the bucket would be full again */
    if (gap <= 0)
        return INT32_MAX;
    for (size_t i = 0; i < count; i++)
        empty_until = (empty_until > sent_at[i] ? empty_until : sent_at[i]) + gap;
    int64_t from = empty_until > claim->now_ms ? empty_until : claim->now_ms;
    int64_t left = (claim->now_ms + burst * gap - from) / gap;
    if (left > 0)
        return left;
    *ret_at = empty_until - (burst - 1) * gap;
    return 0;
}

static enum err put_back(struct db_conn *tx, struct outbox_claim *claim, int64_t at)
{
    const struct outbox_row *row = &claim->row;
    claim->paced = true;
    claim->paced_until = at;
    TRY(db_run(tx, &pace_hold,
               DB_ARGS(db_text(row->office_id), db_text(row->channel), db_text(row->recipient_id),
                       db_int(at)),
               NULL));
    return db_run(tx, &pace_put_back,
                  DB_ARGS(db_text(row->office_id), db_text(row->id), db_int(at)), NULL);
}

enum err outbox_row_pace(struct db_conn *tx, struct outbox_claim *claim)
{
    struct outbox_row *row = &claim->row;
    claim->paced = false;
    row->pace_left = INT32_MAX;
    if (claim->recipient_gap_ms <= 0)
        return ERR_OK;
    struct departure *departures = NULL;
    size_t count = 0;
    int64_t since = claim->now_ms - (int64_t)HISTORY_MAX * claim->recipient_gap_ms;
    TRY(db_list(tx, &pace_history,
                DB_ARGS(db_text(row->office_id), db_text(row->recipient_id), db_text(row->channel),
                        db_int(since)),
                &departure_record, HISTORY_MAX, &departures, &count));
    int64_t times[HISTORY_MAX];
    for (size_t i = 0; i < count; i++)
        times[i] = departures[i].sent_at;
    int64_t at = 0;
    row->pace_left = outbox_pace(times, count, claim, &at);
    int64_t told = 0;
    TRY(db_number(
        tx, &pace_told,
        DB_ARGS(db_text(row->office_id), db_text(row->recipient_id), db_text(row->channel)), &told));
    if (row->pace_left == 0 || told > claim->now_ms)
        return put_back(tx, claim, at > told ? at : told);
    return ERR_OK;
}

/* --- going along ------------------------------------------------------------------------------ */

enum err outbox_companions(struct db_conn *conn, const struct outbox_row *carrier,
                           struct outbox_row **ret, size_t *ret_count)
{
    return db_list(conn, &carry_companions,
                   DB_ARGS(db_text(carrier->office_id), db_text(carrier->recipient_id),
                           db_text(carrier->kind), db_text(carrier->channel), db_text(carrier->id)),
                   &outbox_record, COMPANIONS_MAX, ret, ret_count);
}

enum err outbox_carry(struct db_conn *tx, const struct outbox_row *carrier, const char *const *ids,
                      size_t count)
{
    TRY(db_run(tx, &carry_none, DB_ARGS(db_text(carrier->office_id), db_text(carrier->id)), NULL));
    for (size_t i = 0; i < count; i++)
        TRY(db_run(tx, &carry_one,
                   DB_ARGS(db_text(carrier->office_id), db_text(carrier->id), db_text(ids[i])),
                   NULL));
    return ERR_OK;
}

enum err outbox_carried(struct db_conn *conn, const char *office_id, const char *carrier_id,
                        struct outbox_row **ret, size_t *ret_count)
{
    return db_list(conn, &carry_list, DB_ARGS(db_text(office_id), db_text(carrier_id)),
                   &outbox_record, COMPANIONS_MAX, ret, ret_count);
}

enum err outbox_carried_follow(struct db_conn *tx, const struct outbox_row *carrier,
                               const char *state, int64_t at)
{
    const struct db_sql *sql = str_eq(state, "sent")        ? &carry_sent
                               : str_eq(state, "delivered") ? &carry_delivered
                               : str_eq(state, "read")      ? &carry_read
                                                            : &carry_let_go;
    return db_run(tx, sql, DB_ARGS(db_text(carrier->office_id), db_text(carrier->id), db_int(at)),
                  NULL);
}
