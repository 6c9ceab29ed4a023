/* Proof of life of the channels: written with each result and event, never from a wish. A green answer of
 * a provider is "accepted"; only a device makes it "delivered". */
#include "lib/outbox/outbox_rows.h"

#include "lib/base/str.h"

#include "lib/base/banned.h"

enum { CHANNELS_MAX = 32 };

static const struct record_column health_columns[] = {
    RECORD_COLUMN(struct channel_health, channel, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, tried_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, accepted_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, delivered_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, failing_since, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, paused_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, code, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, reason, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_health, dead_at, REC_TIME, RECORD_ALL, NULL),
};
static const struct record health_record = RECORD("ChannelHealth", struct channel_health,
                                                  health_columns);

static const struct record_column queue_columns[] = {
    RECORD_COLUMN(struct channel_queue, channel, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_queue, waiting, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_queue, oldest_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_queue, due_at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_queue, dead, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_queue, unproven, REC_INT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct channel_queue, unproven_at, REC_TIME, RECORD_ALL, NULL),
};
static const struct record queue_record = RECORD("ChannelQueue", struct channel_queue,
                                                 queue_columns);

DB_SQL(health_select,
       "SELECT channel, tried_at, accepted_at, delivered_at, failing_since, paused_at, code, "
       "reason, dead_at FROM channel_health WHERE office_id = $1 ORDER BY channel LIMIT 32");
DB_SQL(health_accepted,
       "INSERT INTO channel_health (office_id, channel, tried_at, accepted_at) "
       "VALUES ($1, $2, $3, $3) ON CONFLICT (office_id, channel) DO UPDATE SET tried_at = $3, "
       "accepted_at = $3, failing_since = NULL, paused_at = NULL, code = NULL, reason = NULL");
DB_SQL(health_failing,
       "INSERT INTO channel_health (office_id, channel, tried_at, failing_since, paused_at, code, "
       "reason) VALUES ($1, $2, $3, $3, $4, $5, $6) ON CONFLICT (office_id, channel) DO UPDATE SET "
       "tried_at = $3, failing_since = COALESCE(channel_health.failing_since, $3), "
       "paused_at = COALESCE(channel_health.paused_at, $4), code = $5, reason = $6");
DB_SQL(health_tried,
       "INSERT INTO channel_health (office_id, channel, tried_at) VALUES ($1, $2, $3) "
       "ON CONFLICT (office_id, channel) DO UPDATE SET tried_at = $3");
DB_SQL(health_delivered,
       "INSERT INTO channel_health (office_id, channel, delivered_at) VALUES ($1, $2, $3) "
       "ON CONFLICT (office_id, channel) DO UPDATE SET delivered_at = $3 "
       "WHERE channel_health.delivered_at IS NULL OR channel_health.delivered_at < $3");
DB_SQL(health_dead, "INSERT INTO channel_health (office_id, channel, dead_at) VALUES ($1, $2, $3) "
                    "ON CONFLICT (office_id, channel) DO UPDATE SET dead_at = $3 "
                    "WHERE channel_health.dead_at IS NULL");
DB_SQL(health_alive,
       "UPDATE channel_health SET dead_at = NULL WHERE office_id = $1 AND channel = $2 "
       "AND dead_at IS NOT NULL");
DB_SQL(
    health_queues,
    "SELECT channel, SUM(waiting) AS waiting, MIN(oldest_at) AS oldest_at, MIN(due_at) AS due_at, "
    "SUM(dead) AS dead, SUM(unproven) AS unproven, MIN(unproven_at) AS unproven_at FROM ("
    "SELECT channel, 1 AS waiting, queued_at AS oldest_at, next_at AS due_at, 0 AS dead, "
    "0 AS unproven, sent_at AS unproven_at FROM outbox "
    "WHERE office_id = $1 AND state IN ('queued', 'sending') UNION ALL "
    "SELECT channel, 0, NULL, NULL, 1, 0, NULL FROM outbox "
    "WHERE office_id = $1 AND state = 'failed' AND failed_at >= $2 UNION ALL "
    "SELECT channel, 0, NULL, NULL, 0, 1, sent_at FROM outbox "
    "WHERE office_id = $1 AND state = 'sent' AND sent_at >= $3) AS q "
    "GROUP BY channel ORDER BY channel LIMIT 32");

const struct db_sql *const outbox_health_statements[] = {
    &health_select, &health_accepted, &health_failing, &health_tried, &health_delivered,
    &health_dead,   &health_alive,    &health_queues,  NULL};

enum err outbox_health(struct db_conn *conn, const char *office_id, struct channel_health **ret,
                       size_t *ret_count)
{
    return db_list(conn, &health_select, DB_ARGS(db_text(office_id)), &health_record, CHANNELS_MAX,
                   ret, ret_count);
}

enum err outbox_queues(struct db_conn *conn, const char *office_id, int64_t dead_since,
                       int64_t proof_since, struct channel_queue **ret, size_t *ret_count)
{
    return db_list(conn, &health_queues,
                   DB_ARGS(db_text(office_id), db_int(dead_since), db_int(proof_since)),
                   &queue_record, CHANNELS_MAX, ret, ret_count);
}

enum err outbox_health_note(struct db_conn *tx, const struct health_note *n)
{
    if (n->accepted)
        return db_run(tx, &health_accepted,
                      DB_ARGS(db_text(n->office_id), db_text(n->channel), db_int(n->now_ms)), NULL);
    if (n->failing || n->paused)
        return db_run(tx, &health_failing,
                      DB_ARGS(db_text(n->office_id), db_text(n->channel), db_int(n->now_ms),
                              db_time(n->paused ? n->now_ms : 0), db_text(n->code),
                              db_text(n->reason)),
                      NULL);
    return db_run(tx, &health_tried,
                  DB_ARGS(db_text(n->office_id), db_text(n->channel), db_int(n->now_ms)), NULL);
}

enum err outbox_health_delivered(struct db_conn *tx, const char *office_id, const char *channel,
                                 int64_t at)
{
    return db_run(tx, &health_delivered, DB_ARGS(db_text(office_id), db_text(channel), db_int(at)),
                  NULL);
}

enum err outbox_health_tell(struct db_conn *tx, const char *office_id, const char *channel,
                            int64_t dead_at, bool *ret_changed)
{
    int64_t changed = 0;
    if (dead_at)
        TRY(db_run(tx, &health_dead, DB_ARGS(db_text(office_id), db_text(channel), db_int(dead_at)),
                   &changed));
    else
        TRY(db_run(tx, &health_alive, DB_ARGS(db_text(office_id), db_text(channel)), &changed));
    *ret_changed = changed == 1;
    return ERR_OK;
}
