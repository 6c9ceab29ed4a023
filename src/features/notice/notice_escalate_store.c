/* The escalation in the database: opened with the question, moved rule by rule with compare-and-set,
 * closed with the answer; and the messages of a visit as its time line. */
#include "features/notice/notice_escalate_store.h"

#include "features/audit/audit.h"
#include "features/casework/casework.h"
#include "features/report/report_schedule.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define DUE_MAX      50u
#define MESSAGES_MAX 200u

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)

static const struct record_column rule_columns[] = {
    COLUMN(escalation_rule, sort, REC_INT),
    COLUMN(escalation_rule, after_s, REC_INT),
    COLUMN(escalation_rule, condition, REC_TEXT),
    COLUMN(escalation_rule, action, REC_TEXT),
};
static const struct record rule_record = RECORD("EscalationRule", struct escalation_rule,
                                                rule_columns);

static const struct record_column escalation_columns[] = {
    COLUMN(escalation, visit_id, REC_TEXT),
    COLUMN(escalation, question, REC_TEXT),
    COLUMN(escalation, asked_at, REC_TIME),
    COLUMN(escalation, done_sort, REC_INT),
};
static const struct record escalation_record = RECORD("Escalation", struct escalation,
                                                      escalation_columns);

static const struct record_column alarm_columns[] = {
    COLUMN(escalation_alarm, visit_id, REC_TEXT), COLUMN(escalation_alarm, question, REC_TEXT),
    COLUMN(escalation_alarm, name, REC_TEXT),     COLUMN(escalation_alarm, year, REC_INT),
    COLUMN(escalation_alarm, number, REC_INT),    COLUMN(escalation_alarm, alarm_at, REC_TIME),
    COLUMN(escalation_alarm, asked_at, REC_TIME), COLUMN(escalation_alarm, number_suffix, REC_TEXT),
};
static const struct record alarm_record = RECORD("EscalationAlarm", struct escalation_alarm,
                                                 alarm_columns);

static const struct record_column message_columns[] = {
    COLUMN(notice_message, id, REC_TEXT),           COLUMN(notice_message, kind, REC_TEXT),
    COLUMN(notice_message, recipient_id, REC_TEXT), COLUMN(notice_message, to, REC_TEXT),
    COLUMN(notice_message, post, REC_TEXT),         COLUMN(notice_message, channel, REC_TEXT),
    COLUMN(notice_message, state, REC_TEXT),        COLUMN(notice_message, code, REC_TEXT),
    COLUMN(notice_message, reason, REC_TEXT),       COLUMN(notice_message, round, REC_INT),
    COLUMN(notice_message, attempts, REC_INT),      COLUMN(notice_message, queued_at, REC_TIME),
    COLUMN(notice_message, next_at, REC_TIME),      COLUMN(notice_message, sent_at, REC_TIME),
    COLUMN(notice_message, delivered_at, REC_TIME), COLUMN(notice_message, read_at, REC_TIME),
    COLUMN(notice_message, failed_at, REC_TIME),    COLUMN(notice_message, answered_at, REC_TIME),
};
static const struct record message_record = RECORD("NoticeMessage", struct notice_message,
                                                   message_columns);

#define MESSAGE_COLUMNS                                                                            \
    "o.id, o.kind, o.recipient_id, COALESCE(s.name, p.name, '') AS \"to\", "                       \
    "COALESCE(s.title, '') AS post, "                                                              \
    "o.channel, o.state, o.code, o.reason, o.round, o.attempts, o.queued_at, o.next_at, "          \
    "o.sent_at, "                                                                                  \
    "o.delivered_at, o.read_at, o.failed_at, "                                                     \
    "(SELECT max(t.used_at) FROM answer_token t WHERE t.office_id = o.office_id "                  \
    "AND t.visit_id = o.subject_id AND t.outbox_id = o.id) AS answered_at "                        \
    "FROM outbox o LEFT JOIN staff s ON s.office_id = o.office_id AND s.id = o.recipient_id "      \
    "LEFT JOIN report_recipient p ON p.office_id = o.office_id AND p.id = o.recipient_id "

DB_SQL(
    escalation_insert,
    "INSERT INTO escalation (office_id, visit_id, question, asked_at, done_sort, next_at) "
    "SELECT $1, $2, $3, $4, 0, $4 + MIN(after_s) * 1000 FROM escalation_rule WHERE office_id = $1 "
    "ON CONFLICT (office_id, visit_id, question) DO UPDATE SET asked_at = excluded.asked_at, "
    "done_sort = 0, next_at = excluded.next_at, alarm_at = NULL");
DB_SQL(escalation_end, "UPDATE escalation SET next_at = NULL, alarm_at = NULL WHERE office_id = $1 "
                       "AND visit_id = $2 AND (next_at IS NOT NULL OR alarm_at IS NOT NULL)");
DB_SQL(escalation_select_due, "SELECT visit_id, question, asked_at, done_sort FROM escalation "
                              "WHERE office_id = $1 AND next_at <= $2 ORDER BY next_at LIMIT 50");
DB_SQL(
    escalation_move,
    "UPDATE escalation SET done_sort = $6, next_at = $7, alarm_at = COALESCE(alarm_at, $8) "
    "WHERE office_id = $1 AND visit_id = $2 AND question = $3 AND asked_at = $4 AND done_sort = $5 "
    "AND next_at IS NOT NULL");
DB_SQL(escalation_select_rules, "SELECT sort, after_s, condition, action FROM escalation_rule "
                                "WHERE office_id = $1 ORDER BY sort LIMIT 12");
DB_SQL(escalation_delete_rules, "DELETE FROM escalation_rule WHERE office_id = $1");
DB_SQL(escalation_insert_rule,
       "INSERT INTO escalation_rule (office_id, sort, after_s, condition, action) "
       "VALUES ($1, $2, $3, $4, $5)");
DB_SQL(escalation_select_rows, "SELECT id, office_id, kind, subject_id, recipient_id, channel, "
                               "state, round, queued_at FROM outbox "
                               "WHERE office_id = $1 AND subject_id = $2 AND queued_at >= $3 ORDER "
                               "BY queued_at, id LIMIT 200");
DB_SQL(
    escalation_select_alarms,
    "SELECT e.visit_id, e.question, e.asked_at, e.alarm_at, v.name, v.year, v.number, "
    "v.number_suffix "
    "FROM escalation e JOIN visit v ON v.office_id = e.office_id AND v.id = e.visit_id "
    "WHERE e.office_id = $1 AND e.alarm_at IS NOT NULL ORDER BY e.alarm_at, e.visit_id LIMIT 50");
DB_SQL(escalation_count_rings,
       "SELECT count(*) FROM escalation WHERE office_id = $1 AND visit_id = $2 "
       "AND alarm_at IS NOT NULL");
DB_SQL(notice_select_messages,
       "SELECT " MESSAGE_COLUMNS "WHERE o.office_id = $1 AND o.subject_id = $2 "
       "ORDER BY o.queued_at, o.id LIMIT 200");
DB_SQL(notice_select_dead,
       "SELECT " MESSAGE_COLUMNS "WHERE o.office_id = $1 AND o.state = 'failed' "
       "AND o.failed_at >= $2 ORDER BY o.failed_at DESC, o.id LIMIT 200");

DB_SQL(notice_count_kind, "SELECT count(*) FROM outbox WHERE office_id = $1 AND subject_id = $2 "
                          "AND recipient_id = $3 AND kind IN ($4, $5)");

const struct db_sql *const escalation_statements[] = {
    &notice_count_kind,       &escalation_insert,
    &escalation_end,          &escalation_select_due,
    &escalation_move,         &escalation_select_rules,
    &escalation_delete_rules, &escalation_insert_rule,
    &escalation_select_rows,  &escalation_select_alarms,
    &escalation_count_rings,  &notice_select_messages,
    &notice_select_dead,      NULL};

enum err escalation_open(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                         const char *question)
{
    return db_run(
        tx, &escalation_insert,
        DB_ARGS(db_text(act->office_id), db_text(visit_id), db_text(question), db_int(act->now_ms)),
        NULL);
}

enum err escalation_close(struct db_conn *tx, const char *office_id, const char *visit_id)
{
    return db_run(tx, &escalation_end, DB_ARGS(db_text(office_id), db_text(visit_id)), NULL);
}

enum err escalation_due(struct db_conn *conn, const char *office_id, int64_t now_ms,
                        struct escalation **ret, size_t *ret_count)
{
    return db_list(conn, &escalation_select_due, DB_ARGS(db_text(office_id), db_int(now_ms)),
                   &escalation_record, DUE_MAX, ret, ret_count);
}

enum err escalation_rules(struct db_conn *conn, const char *office_id, struct escalation_rule **ret,
                          size_t *ret_count)
{
    return db_list(conn, &escalation_select_rules, DB_ARGS(db_text(office_id)), &rule_record,
                   ESCALATION_RULES_MAX, ret, ret_count);
}

enum err escalation_rows(struct db_conn *conn, const char *office_id, const char *visit_id,
                         int64_t since, struct outbox_row **ret, size_t *ret_count)
{
    return db_list(conn, &escalation_select_rows,
                   DB_ARGS(db_text(office_id), db_text(visit_id), db_int(since)), &outbox_record,
                   MESSAGES_MAX, ret, ret_count);
}

enum err escalation_alarms(struct db_conn *conn, const char *office_id,
                           struct escalation_alarm **ret, size_t *ret_count)
{
    return db_list(conn, &escalation_select_alarms, DB_ARGS(db_text(office_id)), &alarm_record,
                   DUE_MAX, ret, ret_count);
}

enum err escalation_rings(struct db_conn *conn, const char *office_id, const char *visit_id,
                          bool *ret)
{
    int64_t count = 0;
    TRY(db_number(conn, &escalation_count_rings, DB_ARGS(db_text(office_id), db_text(visit_id)),
                  &count));
    *ret = count > 0;
    return ERR_OK;
}

enum err notice_messages(struct db_conn *conn, const char *office_id, const char *visit_id,
                         struct notice_message **ret, size_t *ret_count)
{
    return db_list(conn, &notice_select_messages, DB_ARGS(db_text(office_id), db_text(visit_id)),
                   &message_record, MESSAGES_MAX, ret, ret_count);
}

enum err notice_posts(struct db_conn *conn, const char *office_id, const char *visit_id,
                      const char *staff_id, uint32_t *ret)
{
    int64_t chief = 0, head = 0;
    TRY(db_number(conn, &notice_count_kind,
                  DB_ARGS(db_text(office_id), db_text(visit_id), db_text(staff_id),
                          db_text(NOTICE_VISIT), db_text(NOTICE_VISIT)),
                  &chief));
    TRY(db_number(conn, &notice_count_kind,
                  DB_ARGS(db_text(office_id), db_text(visit_id), db_text(staff_id),
                          db_text(NOTICE_QUESTION), db_text(NOTICE_HEAD)),
                  &head));
    *ret = (chief ? (uint32_t)ROLE_INTEL_CHIEF : 0) | (head ? (uint32_t)ROLE_OFFICE_HEAD : 0);
    return ERR_OK;
}

enum err notice_dead_letters(struct db_conn *conn, const char *office_id, int64_t since,
                             struct notice_message **ret, size_t *ret_count)
{
    return db_list(conn, &notice_select_dead, DB_ARGS(db_text(office_id), db_int(since)),
                   &message_record, MESSAGES_MAX, ret, ret_count);
}

/* --- one rule ------------------------------------------------------------------------------------------- */

static enum err move(struct db_conn *tx, const struct escalation_step *s, int64_t next_at,
                     bool alarm, bool *ret_moved)
{
    int64_t changed = 0;
    TRY(db_run(tx, &escalation_move,
               DB_ARGS(db_text(s->act.office_id), db_text(s->of->visit_id),
                       db_text(s->of->question), db_int(s->of->asked_at), db_int(s->of->done_sort),
                       db_int(s->sort), db_time(next_at), db_time(alarm ? s->act.now_ms : 0)),
               &changed));
    *ret_moved = changed == 1;
    return ERR_OK;
}

static enum err send(struct db_conn *tx, const struct escalation_step *s, size_t i)
{
    const struct escalation_send *e = &s->plan.sends[i];
    const struct notice_new n = {.outbox_id = s->ids[i],
                                 .kind = e->kind,
                                 .recipient_id = e->recipient_id,
                                 .channel = e->channel};
    TRY(notice_again(tx, &s->act, s->of->visit_id, &n));
    return visit_log(tx, &s->act, s->of->visit_id, e->action,
                     arena_printf(db_conn_arena(tx), "question=%s to=%s channel=%s",
                                  s->of->question, e->recipient_id, e->channel));
}

enum err escalation_do(struct db_conn *tx, void *arg)
{
    struct escalation_step *s = arg;
    struct visit v = {0};
    s->done = false;
    enum err found = visit_get(tx, s->act.office_id, s->of->visit_id, &v);
    if (found != ERR_OK && found != ERR_MISSING)
        return found;
    if (found == ERR_MISSING || !notice_still_asked(&v, s->of->question))
        return escalation_close(tx, s->act.office_id, s->of->visit_id);
    bool moved = false;
    TRY(move(tx, s, s->next_at, s->plan.alarm, &moved));
    if (!moved)
        return ERR_OK;
    for (size_t i = 0; i < s->plan.count; i++)
        TRY(send(tx, s, i));
    s->done = true;
    if (!s->plan.alarm)
        return ERR_OK;
    return visit_log(tx, &s->act, s->of->visit_id, "escalation_alarm",
                     arena_printf(db_conn_arena(tx), "question=%s", s->of->question));
}

/* --- the policy; dead letters ------------------------------------------------------------------------------ */

enum err escalation_save(struct db_conn *tx, void *arg)
{
    const struct escalation_save *s = arg;
    TRY(db_run(tx, &escalation_delete_rules, DB_ARGS(db_text(s->act.office_id)), NULL));
    for (size_t i = 0; i < s->count; i++) {
        const struct escalation_rule *r = &s->rules[i];
        TRY(db_run(tx, &escalation_insert_rule,
                   DB_ARGS(db_text(s->act.office_id), db_int((int64_t)i + 1), db_int(r->after_s),
                           db_text(r->condition), db_text(r->action)),
                   NULL));
    }
    return visit_act_log(
        tx, &s->act,
        (struct audit_new){.action = "escalation_changed",
                           .subject_kind = "office",
                           .subject_id = s->act.office_id,
                           .detail = arena_printf(db_conn_arena(tx), "rules=%zu", s->count)});
}

/* Whom or what the retrying of a message is about: its visit, else the person whom it is for. */
static struct audit_new retried(const struct outbox_row *row, const char *detail)
{
    bool person = str_eq(row->kind, CASE_REMINDER) || str_eq(row->kind, NOTICE_TEST);
    bool report = report_is_mail(row->kind);
    return (struct audit_new){.action = "message_retried",
                              .subject_kind = report   ? "report_recipient"
                                              : person ? "staff"
                                                       : "visit",
                              .subject_id = report || person ? row->recipient_id : row->subject_id,
                              .detail = detail};
}

enum err notice_retry_tx(struct db_conn *tx, void *arg)
{
    const struct message_retry *r = arg;
    struct outbox_row row = {0};
    TRY(outbox_get(tx, r->act.office_id, r->outbox_id, &row));
    TRY(outbox_retry(tx, r->act.office_id, r->outbox_id, r->act.now_ms));
    const char *detail = arena_printf(db_conn_arena(tx), "to=%s channel=%s", row.recipient_id,
                                      row.channel);
    return visit_act_log(tx, &r->act, retried(&row, detail));
}
