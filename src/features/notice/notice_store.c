/* SQL of the notice: queueing in the visit's transaction, states from below, stored webhooks. */
#include "features/notice/notice_store.h"

#include "features/notice/notice_escalate_store.h"
#include "features/notice/notice_whatsapp_store.h"
#include "features/notice/notice_rules.h"
#include "features/reach/reach.h"
#include "features/report/report_schedule.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

DB_SQL(notice_round,
       "SELECT COALESCE(max(round), 0) FROM outbox WHERE office_id = $1 AND subject_id = $2 "
       "AND recipient_id = $3 AND kind = $4");
DB_SQL(notice_asked_at, "SELECT asked_at FROM escalation WHERE office_id = $1 AND visit_id = $2 "
                        "AND question = $3");
DB_SQL(notice_put, "UPDATE visit SET notice_state = $3, notice_reason = $4, notice_at = $5 "
                   "WHERE office_id = $1 AND id = $2");
DB_SQL(question_put, "UPDATE visit SET question_state = $3, question_reason = $4, question_at = $5 "
                     "WHERE office_id = $1 AND id = $2");
DB_SQL(
    webhook_insert,
    "INSERT INTO webhook_event (office_id, id, received_at, body_sealed) VALUES ($1, $2, $3, $4)");
DB_SQL(webhook_select,
       "SELECT id, received_at, body_sealed FROM webhook_event WHERE office_id = $1 "
       "AND processed_at IS NULL ORDER BY received_at, id LIMIT $2");
DB_SQL(webhook_close,
       "UPDATE webhook_event SET processed_at = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(webhook_delete,
       "DELETE FROM webhook_event WHERE office_id = $1 AND id IN (SELECT id FROM webhook_event "
       "WHERE office_id = $1 AND received_at < $2 AND processed_at IS NOT NULL LIMIT 200)");
DB_SQL(inbound_put, "UPDATE staff SET last_inbound_at = CASE WHEN last_inbound_at > $3 THEN "
                    "last_inbound_at ELSE $3 END, "
                    "whatsapp_user_id = COALESCE($4, whatsapp_user_id) "
                    "WHERE office_id = $1 AND id = $2");

const struct db_sql *const notice_statements[] = {
    &notice_asked_at, &notice_round,  &notice_put,     &question_put, &webhook_insert,
    &webhook_select,  &webhook_close, &webhook_delete, &inbound_put,  NULL};

static enum err put_state(struct db_conn *tx, const char *office_id, const char *visit_id,
                          const char *kind, const char *state, const char *reason, int64_t at)
{
    const struct db_sql *sql = str_eq(kind, NOTICE_QUESTION) ? &question_put : &notice_put;
    return db_run(
        tx, sql,
        DB_ARGS(db_text(office_id), db_text(visit_id), db_text(state), db_text(reason), db_int(at)),
        NULL);
}

static enum err enqueue(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                        const struct notice_new *n)
{
    int64_t round = n->round;
    if (round == 0) {
        TRY(db_number(tx, &notice_round,
                      DB_ARGS(db_text(act->office_id), db_text(visit_id), db_text(n->recipient_id),
                              db_text(n->kind)),
                      &round));
        round++;
    }
    struct outbox_new row = {.id = n->outbox_id,
                             .office_id = act->office_id,
                             .kind = n->kind,
                             .subject_id = visit_id,
                             .recipient_id = n->recipient_id,
                             .channel = n->channel,
                             .round = round,
                             .at = act->now_ms,
                             .not_before = n->not_before};
    return outbox_enqueue(tx, &row);
}

enum err notice_queue(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                      const struct notice_new *n)
{
    const char *reason = notice_unsent_reason(n);
    TRY(put_state(tx, act->office_id, visit_id, n->kind, reason ? "none" : "queued", reason,
                  act->now_ms));
    return notice_queue_with(tx, act, visit_id, n);
}

enum err notice_queue_with(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                           const struct notice_new *n)
{
    bool first = str_eq(n->kind, NOTICE_VISIT);
    const char *reason = notice_unsent_reason(n);
    if (!reason)
        TRY(enqueue(tx, act, visit_id, n));
    if (!reason || n->others)
        TRY(escalation_open(tx, act, visit_id, n->kind));
    return first ? visit_step_done(tx, act, visit_id, 5, act->now_ms, reason) : ERR_OK;
}

enum err notice_again(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                      const struct notice_new *n)
{
    TRY(enqueue(tx, act, visit_id, n));
    bool question = str_eq(n->kind, NOTICE_QUESTION);
    if (!question && !str_eq(n->kind, NOTICE_VISIT))
        return ERR_OK;
    struct visit v = {0};
    TRY(visit_get(tx, act->office_id, visit_id, &v));
    const char *state = question ? v.question_state : v.notice_state;
    if (!str_eq(state, "none") && !str_eq(state, "failed"))
        return ERR_OK;
    return put_state(tx, act->office_id, visit_id, n->kind, "queued", NULL, act->now_ms);
}

/* Was the question asked anew since this message was queued? Then it says nothing of the new one. */
static enum err is_of_before(struct db_conn *tx, const struct outbox_row *row, bool *ret)
{
    int64_t asked_at = 0;
    enum err e = db_number(
        tx, &notice_asked_at,
        DB_ARGS(db_text(row->office_id), db_text(row->subject_id), db_text(row->kind)), &asked_at);
    *ret = e == ERR_OK && row->queued_at < asked_at;
    return e == ERR_MISSING ? ERR_OK : e;
}

/* The visit's copy of a message's state, and the audit entry that makes it live at the desk. */
static enum err move_visit(struct db_conn *tx, const struct visit_act *act,
                           const struct outbox_row *row, const char *state, const char *reason,
                           int64_t at)
{
    bool question = str_eq(row->kind, NOTICE_QUESTION);
    if (!question && !str_eq(row->kind, NOTICE_VISIT))
        return ERR_OK;
    struct visit v = {0};
    bool before = false;
    TRY(is_of_before(tx, row, &before));
    if (before)
        return ERR_OK;
    TRY(visit_get(tx, act->office_id, row->subject_id, &v));
    if (!notice_state_moves(question ? v.question_state : v.notice_state, state))
        return ERR_OK;
    TRY(put_state(tx, act->office_id, row->subject_id, row->kind, state, reason, at));
    const char *action = arena_printf(db_conn_arena(tx), "%s_%s", question ? "question" : "notice",
                                      state);
    return visit_log(tx, act, row->subject_id, action, "");
}

/* Paused or disabled is so for everybody; any other fault is looked past only where there is another form. */
static enum err refused_template(struct db_conn *tx, const struct outbox_row *row,
                                 const struct outbox_result *result, int64_t now_ms)
{
    bool stopped = str_eq(result->code, "132015") || str_eq(result->code, "132016");
    if (!stopped && result->outcome != SEND_RETRY)
        return ERR_OK;
    return notice_template_stop(
        tx, row->office_id, &(struct template_stop){result->template_name, result->code, now_ms});
}

/* The same for the guests who went along in its message. */
static enum err move_visits(struct db_conn *tx, const struct visit_act *act,
                            const struct outbox_row *row, const char *state, const char *reason,
                            int64_t at)
{
    struct outbox_row *carried = NULL;
    size_t count = 0;
    TRY(move_visit(tx, act, row, state, reason, at));
    if (str_eq(state, "failed")) /* they go out by themselves now */
        return ERR_OK;
    TRY(outbox_carried(tx, row->office_id, row->id, &carried, &count));
    for (size_t i = 0; i < count; i++)
        TRY(move_visit(tx, act, &carried[i], state, reason, at));
    return ERR_OK;
}

enum err notice_sent(struct db_conn *tx, const struct outbox_row *row,
                     const struct outbox_result *result, int64_t now_ms)
{
    struct visit_act act = visit_act_system(row->office_id, now_ms);
    if (report_is_mail(row->kind))
        return report_mail_sent(tx, row, result, now_ms);
    if (result->outcome == SEND_OK)
        return move_visits(tx, &act, row, "sent", NULL, now_ms);
    if (str_eq(result->code, "gone"))
        TRY(reach_channel_gone(tx, row->office_id, row->recipient_id, row->channel, now_ms));
    if (result->template_name)
        TRY(refused_template(tx, row, result, now_ms));
    if (result->outcome != SEND_FAILED)
        return ERR_OK;
    TRY(notice_number_doubt(tx, row, result->code, now_ms));
    return move_visit(tx, &act, row, "failed", result->reason, now_ms);
}

enum err notice_status(struct db_conn *tx, void *arg)
{
    struct status_change *s = arg;
    struct outbox_row row = {0};
    s->changed = false;
    enum err e = outbox_apply_status(tx, s->act.office_id, s->wamid, s->opaque_id, s->status, s->at,
                                     s->code, &s->changed, &row);
    if (e == ERR_MISSING || (e == ERR_OK && !s->changed))
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    if (str_eq(row.state, "queued")) /* it failed for now, and goes out again */
        return ERR_OK;
    bool failed = str_eq(row.state, "failed");
    if (failed)
        TRY(notice_number_doubt(tx, &row, s->code, s->act.now_ms));
    else if (!str_eq(row.state, "sent"))
        TRY(notice_number_fine(tx, &row));
    const char *reason = failed ? str_or(row.reason, T("WhatsApp menolak mengantarkan pesan"))
                                : NULL;
    return move_visits(tx, &s->act, &row, row.state, reason, s->at);
}

/* --- webhook bodies --------------------------------------------------------------------------------- */

enum err notice_webhook_keep(struct db_conn *tx, void *arg)
{
    const struct webhook_new *n = arg;
    return db_run(
        tx, &webhook_insert,
        DB_ARGS(db_text(n->office_id), db_text(n->id), db_int(n->received_at), db_bytes(n->sealed)),
        NULL);
}

enum err notice_webhooks(struct db_conn *conn, const char *office_id, size_t max,
                         struct webhook_row **ret, size_t *ret_count)
{
    static const struct record_column columns[] = {
        RECORD_COLUMN(struct webhook_row, id, REC_TEXT, 0, NULL),
        RECORD_COLUMN(struct webhook_row, received_at, REC_TIME, 0, NULL),
        RECORD_COLUMN(struct webhook_row, body_sealed, REC_BYTES, 0, NULL),
    };
    static const struct record record = RECORD("Webhook", struct webhook_row, columns);
    return db_list(conn, &webhook_select, DB_ARGS(db_text(office_id), db_int((int64_t)max)),
                   &record, max, ret, ret_count);
}

enum err notice_webhook_done(struct db_conn *tx, void *arg)
{
    const struct webhook_done *d = arg;
    return db_run(tx, &webhook_close,
                  DB_ARGS(db_text(d->office_id), db_text(d->id), db_int(d->now_ms)), NULL);
}

enum err notice_webhook_forget(struct db_conn *tx, void *arg)
{
    const struct webhook_forget *f = arg;
    return db_run(tx, &webhook_delete, DB_ARGS(db_text(f->office_id), db_int(f->before_ms)), NULL);
}

enum err notice_inbound(struct db_conn *tx, void *arg)
{
    const struct inbound *i = arg;
    return db_run(
        tx, &inbound_put,
        DB_ARGS(db_text(i->office_id), db_text(i->staff_id), db_int(i->at), db_text(i->user_id)),
        NULL);
}

enum err notice_reply(struct db_conn *tx, void *arg)
{
    const struct reply_new *r = arg;
    int64_t round = 0;
    TRY(db_number(tx, &notice_round,
                  DB_ARGS(db_text(r->act.office_id), db_text(r->visit_id), db_text(r->recipient_id),
                          db_text(NOTICE_LATE)),
                  &round));
    struct outbox_new row = {.id = r->outbox_id,
                             .office_id = r->act.office_id,
                             .kind = NOTICE_LATE,
                             .subject_id = r->visit_id,
                             .recipient_id = r->recipient_id,
                             .channel = r->channel,
                             .round = round + 1,
                             .at = r->act.now_ms};
    return outbox_enqueue(tx, &row);
}
