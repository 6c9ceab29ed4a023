/* SQL of what WhatsApp alone needs. See notice_whatsapp_store.h. */
#include "features/notice/notice_whatsapp_store.h"

#include "lib/base/log.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define OPEN_MAX       200u
#define CODE_NOT_THERE "131026" /* not on WhatsApp, or blocked us */
#define STOPS_MAX      50u
#define STOP_LIFE_MS   (3600LL * 1000)

static const struct record_column open_columns[] = {
    RECORD_COLUMN(struct asked_question, outbox_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct asked_question, kind, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct asked_question, visit_id, REC_TEXT, 0, NULL),
};
static const struct record open_record = RECORD("AskedQuestion", struct asked_question,
                                                open_columns);

static const struct record_column stop_columns[] = {
    RECORD_COLUMN(struct template_stop, name, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct template_stop, code, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct template_stop, stopped_at, REC_TIME, RECORD_ALL, NULL),
};
static const struct record stop_record = RECORD("TemplateStop", struct template_stop, stop_columns);

DB_SQL(
    whatsapp_open,
    "SELECT o.id AS outbox_id, o.kind AS kind, o.subject_id AS visit_id FROM visit v "
    "JOIN outbox o ON o.office_id = v.office_id AND o.subject_id = v.id "
    "WHERE v.office_id = $1 AND v.open = 1 AND v.decision_state <> 'final' AND o.recipient_id = $2 "
    "AND o.kind IN ('visit_notice', 'head_question', 'head_notice', 'answer_choices', "
    "'head_choices') "
    "AND o.state IN ('sending', 'sent', 'delivered', 'read') ORDER BY o.queued_at DESC, o.id DESC "
    "LIMIT 200");
DB_SQL(whatsapp_sending, "SELECT count(*) FROM outbox WHERE office_id = $1 AND recipient_id = $2 "
                         "AND channel = 'whatsapp' AND state = 'sending'");
DB_SQL(whatsapp_choice_round, "SELECT COALESCE(max(round), 0) + 1 FROM outbox WHERE office_id = $1 "
                              "AND subject_id = $2 AND recipient_id = $3 AND kind = $4");
DB_SQL(whatsapp_doubt, "UPDATE staff SET phone_doubtful_at = $3 WHERE office_id = $1 AND id = $2 "
                       "AND phone_doubtful_at IS NULL");
DB_SQL(whatsapp_fine, "UPDATE staff SET phone_doubtful_at = NULL WHERE office_id = $1 AND id = $2 "
                      "AND phone_doubtful_at IS NOT NULL");
DB_SQL(whatsapp_doubtful,
       "SELECT COALESCE(max(phone_doubtful_at), 0) FROM staff WHERE office_id = $1 AND id = $2");
DB_SQL(template_put,
       "INSERT INTO template_stop (office_id, name, code, stopped_at) VALUES ($1, $2, $3, $4) "
       "ON CONFLICT (office_id, name) DO UPDATE SET code = $3, stopped_at = $4");
DB_SQL(template_free, "DELETE FROM template_stop WHERE office_id = $1 AND name = $2");
DB_SQL(template_list, "SELECT name, code, stopped_at FROM template_stop WHERE office_id = $1 "
                      "AND stopped_at > $2 ORDER BY name LIMIT 50");
DB_SQL(template_count,
       "SELECT count(*) FROM template_stop WHERE office_id = $1 AND name = $2 AND stopped_at > $3");

const struct db_sql *const whatsapp_statements[] = {&whatsapp_open,
                                                    &whatsapp_sending,
                                                    &whatsapp_choice_round,
                                                    &whatsapp_doubt,
                                                    &whatsapp_fine,
                                                    &whatsapp_doubtful,
                                                    &template_put,
                                                    &template_free,
                                                    &template_list,
                                                    &template_count,
                                                    NULL};

enum err notice_asked_questions(struct db_conn *conn, const char *office_id, const char *staff_id,
                                struct asked_question **ret, size_t *ret_count)
{
    struct asked_question *all = NULL;
    size_t count = 0, kept = 0;
    TRY(db_list(conn, &whatsapp_open, DB_ARGS(db_text(office_id), db_text(staff_id)), &open_record,
                OPEN_MAX, &all, &count));
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < kept && !known; k++)
            known = str_eq(all[k].visit_id, all[i].visit_id);
        if (!known)
            all[kept++] = all[i];
    }
    *ret = all;
    *ret_count = kept;
    return ERR_OK;
}

bool notice_is_sending(struct db_conn *conn, const char *office_id, const char *staff_id)
{
    int64_t count = 0;
    return db_number(conn, &whatsapp_sending, DB_ARGS(db_text(office_id), db_text(staff_id)),
                     &count) == ERR_OK &&
           count > 0;
}

/* --- replies ------------------------------------------------------------------------------------------- */

static enum err enqueue(struct db_conn *tx, const struct text_reply *r, int64_t round)
{
    struct outbox_new row = {.id = r->outbox_id,
                             .office_id = r->office_id,
                             .kind = r->kind,
                             .subject_id = r->subject_id,
                             .recipient_id = r->staff_id,
                             .channel = str_or(r->channel, "whatsapp"),
                             .round = round,
                             .at = r->now_ms};
    return outbox_enqueue(tx, &row);
}

enum err notice_text_reply(struct db_conn *tx, void *arg)
{
    const struct text_reply *r = arg;
    return enqueue(tx, r, r->round);
}

enum err notice_choices(struct db_conn *tx, void *arg)
{
    const struct text_reply *r = arg;
    int64_t round = 0;
    TRY(db_number(tx, &whatsapp_choice_round,
                  DB_ARGS(db_text(r->office_id), db_text(r->subject_id), db_text(r->staff_id),
                          db_text(r->kind)),
                  &round));
    return enqueue(tx, r, round);
}

/* --- the number ---------------------------------------------------------------------------------------- */

enum err notice_number_doubt(struct db_conn *tx, const struct outbox_row *row, const char *code,
                             int64_t now_ms)
{
    if (!str_eq(row->channel, "whatsapp") || !str_eq(code, CODE_NOT_THERE))
        return ERR_OK;
    return db_run(tx, &whatsapp_doubt,
                  DB_ARGS(db_text(row->office_id), db_text(row->recipient_id), db_int(now_ms)),
                  NULL);
}

enum err notice_number_fine(struct db_conn *tx, const struct outbox_row *row)
{
    if (!str_eq(row->channel, "whatsapp"))
        return ERR_OK;
    return db_run(tx, &whatsapp_fine, DB_ARGS(db_text(row->office_id), db_text(row->recipient_id)),
                  NULL);
}

enum err notice_doubtful_since(struct db_conn *conn, const char *office_id, const char *staff_id,
                               int64_t *ret)
{
    return db_number(conn, &whatsapp_doubtful, DB_ARGS(db_text(office_id), db_text(staff_id)), ret);
}

/* --- templates ----------------------------------------------------------------------------------------- */

enum err notice_template_stop(struct db_conn *tx, const char *office_id,
                              const struct template_stop *s)
{
    log_event(LOG_ERROR, "whatsapp_template_stopped", "template", s->name, "code", s->code, NULL);
    return db_run(
        tx, &template_put,
        DB_ARGS(db_text(office_id), db_text(s->name), db_text(s->code), db_int(s->stopped_at)),
        NULL);
}

enum err notice_template_event(struct db_conn *tx, void *arg)
{
    const struct template_event *e = arg;
    static const char *const stopping[] = {"PAUSED", "DISABLED", "REJECTED", "PENDING_DELETION"};
    static const char *const freeing[] = {"APPROVED", "REINSTATED", "UNPAUSED"};
    for (size_t i = 0; i < ARRAY_LEN(stopping); i++)
        if (str_eq(e->status, stopping[i]))
            return notice_template_stop(tx, e->office_id,
                                        &(struct template_stop){e->name, e->status, e->now_ms});
    for (size_t i = 0; i < ARRAY_LEN(freeing); i++)
        if (str_eq(e->status, freeing[i]))
            return db_run(tx, &template_free, DB_ARGS(db_text(e->office_id), db_text(e->name)),
                          NULL);
    return ERR_OK;
}

enum err notice_template_stops(struct db_conn *conn, const char *office_id, int64_t now_ms,
                               struct template_stop **ret, size_t *ret_count)
{
    return db_list(conn, &template_list, DB_ARGS(db_text(office_id), db_int(now_ms - STOP_LIFE_MS)),
                   &stop_record, STOPS_MAX, ret, ret_count);
}

bool notice_template_stopped(struct db_conn *conn, const char *office_id, const char *name,
                             int64_t now_ms)
{
    int64_t count = 0;
    enum err e = db_number(
        conn, &template_count,
        DB_ARGS(db_text(office_id), db_text(name), db_int(now_ms - STOP_LIFE_MS)), &count);
    return e == ERR_OK && count > 0;
}

/* --- together ------------------------------------------------------------------------------------------ */

enum err notice_carry(struct db_conn *tx, void *arg)
{
    const struct carry_change *c = arg;
    return outbox_carry(tx, c->carrier, c->ids, c->count);
}

enum err notice_statuses(struct db_conn *tx, void *arg)
{
    struct status_batch *b = arg;
    for (size_t i = 0; i < b->count; i++)
        TRY(notice_status(tx, &b->changes[i]));
    for (size_t i = 0; i < b->done_count; i++) {
        struct webhook_done d = b->done[i];
        TRY(notice_webhook_done(tx, &d));
    }
    return ERR_OK;
}
