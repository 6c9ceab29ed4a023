/* Recipients of the report and its sendings in the database. Addresses are sealed outside. */
#include "features/report/report_schedule.h"

#include "features/audit/audit.h"
#include "lib/base/record.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(member, kind) RECORD_COLUMN(struct report_recipient, member, kind, 0, NULL)

static const struct record_column recipient_columns[] = {
    COLUMN(id, REC_TEXT),
    COLUMN(name, REC_TEXT),
    COLUMN(address_sealed, REC_BYTES),
    COLUMN(report, REC_TEXT),
    COLUMN(form, REC_TEXT),
    COLUMN(day, REC_INT),
    COLUMN(created_by, REC_TEXT),
    COLUMN(created_at, REC_TIME),
    COLUMN(last_period, REC_TEXT),
    COLUMN(last_state, REC_TEXT),
    COLUMN(last_reason, REC_TEXT),
    COLUMN(last_queued_at, REC_TIME),
    COLUMN(sent_period, REC_TEXT),
    COLUMN(sent_at, REC_TIME),
    COLUMN(test_state, REC_TEXT),
    COLUMN(test_reason, REC_TEXT),
    COLUMN(test_queued_at, REC_TIME),
    COLUMN(test_sent_at, REC_TIME),
};
static const struct record recipient_record = RECORD("ReportRecipient", struct report_recipient,
                                                     recipient_columns);

/* `last`: the newest sending; `sent`: the newest that went out; `test`: the newest test. */
#define RECIPIENTS                                                                                 \
    "SELECT r.id, r.name, r.address_sealed, r.report, r.form, r.day, r.created_by, r.created_at, " \
    "m.period AS last_period, l.state AS last_state, l.reason AS last_reason, "                    \
    "l.queued_at AS last_queued_at, s.subject_id AS sent_period, s.sent_at, "                      \
    "t.state AS test_state, t.reason AS test_reason, t.queued_at AS test_queued_at, "              \
    "t.sent_at AS test_sent_at "                                                                   \
    "FROM report_recipient r "                                                                     \
    "LEFT JOIN report_mailing m ON m.office_id = r.office_id AND m.recipient_id = r.id "           \
    "AND m.period = (SELECT max(x.period) FROM report_mailing x WHERE x.office_id = r.office_id "  \
    "AND x.recipient_id = r.id) "                                                                  \
    "LEFT JOIN outbox l ON l.office_id = m.office_id AND l.id = m.outbox_id "                      \
    "LEFT JOIN outbox s ON s.office_id = r.office_id AND s.id = (SELECT y.id FROM "                \
    "report_mailing z JOIN outbox y ON y.office_id = z.office_id AND y.id = z.outbox_id "          \
    "WHERE z.office_id = r.office_id AND z.recipient_id = r.id AND y.sent_at IS NOT NULL "         \
    "ORDER BY z.period DESC LIMIT 1) "                                                             \
    "LEFT JOIN outbox t ON t.office_id = r.office_id AND t.id = r.test_id "

DB_SQL(report_recipients_list,
       RECIPIENTS "WHERE r.office_id = $1 AND r.ended_at IS NULL ORDER BY r.name, r.id LIMIT 51");
DB_SQL(report_recipient_one,
       RECIPIENTS "WHERE r.office_id = $1 AND r.id = $2 AND r.ended_at IS NULL");
DB_SQL(report_recipients_count,
       "SELECT count(*) FROM report_recipient WHERE office_id = $1 AND ended_at IS NULL");
DB_SQL(report_recipient_insert,
       "INSERT INTO report_recipient (office_id, id, name, address_sealed, address_index, report, "
       "form, day, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
       "ON CONFLICT DO NOTHING");
DB_SQL(report_recipient_close,
       "UPDATE report_recipient SET ended_at = $3, address_sealed = NULL, address_index = NULL "
       "WHERE office_id = $1 AND id = $2 AND ended_at IS NULL");
DB_SQL(report_recipient_tested,
       "UPDATE report_recipient SET test_id = $3 WHERE office_id = $1 AND id = $2 "
       "AND ended_at IS NULL");
DB_SQL(report_mailing_insert,
       "INSERT INTO report_mailing (office_id, recipient_id, period, outbox_id, due_at, queued_at) "
       "SELECT $1, $2, $3, $4, $5, $6 FROM report_recipient WHERE office_id = $1 AND id = $2 "
       "AND ended_at IS NULL ON CONFLICT DO NOTHING");
DB_SQL(report_tests_waiting,
       "SELECT count(*) FROM outbox WHERE office_id = $1 AND recipient_id = $2 AND kind = $3 "
       "AND state IN ('queued', 'sending')");
DB_SQL(report_test_round,
       "SELECT COALESCE(max(round), 0) + 1 FROM outbox WHERE office_id = $1 AND subject_id = $2 "
       "AND recipient_id = $3 AND kind = $4");

const struct db_sql *const report_schedule_statements[] = {
    &report_recipients_list,  &report_recipient_one,
    &report_recipients_count, &report_recipient_insert,
    &report_recipient_close,  &report_recipient_tested,
    &report_mailing_insert,   &report_tests_waiting,
    &report_test_round,       NULL};

enum err report_recipients(struct db_conn *conn, const char *office_id,
                           struct report_recipient **ret, size_t *ret_count)
{
    return db_list(conn, &report_recipients_list, DB_ARGS(db_text(office_id)), &recipient_record,
                   REPORT_RECIPIENTS_MAX + 1, ret, ret_count);
}

enum err report_recipient_get(struct db_conn *conn, const char *office_id, const char *id,
                              struct report_recipient *ret)
{
    return db_one(conn, &report_recipient_one, DB_ARGS(db_text(office_id), db_text(id)),
                  &recipient_record, ret);
}

static enum err audit(struct db_conn *tx, const struct report_change *c, const char *action,
                      const char *detail)
{
    return visit_act_log(tx, &c->act,
                         (struct audit_new){.action = action,
                                            .subject_kind = "report_recipient",
                                            .subject_id = c->id,
                                            .detail = detail});
}

static enum err refuse(struct report_change *c, enum err e, const char *code, const char *msgid,
                       const char *field)
{
    c->refusal = (struct refusal){.err = e, .code = code, .msgid = msgid, .field = field};
    return e;
}

/* --- changes by people ---------------------------------------------------------------------------------------- */

enum err report_tx_recipient_add(struct db_conn *tx, void *arg)
{
    struct report_change *c = arg;
    int64_t count = 0, changed = 0;
    TRY(db_number(tx, &report_recipients_count, DB_ARGS(db_text(c->act.office_id)), &count));
    if (count >= REPORT_RECIPIENTS_MAX)
        return refuse(c, ERR_CONFLICT, "too_many",
                      T("Paling banyak 50 penerima. Hapus yang tidak diperlukan lagi."), NULL);
    TRY(db_run(tx, &report_recipient_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(c->name),
                       db_bytes(c->sealed), db_bytes(c->index), db_text(c->report), db_text(c->form),
                       db_int(c->day), db_text(c->act.actor_id), db_int(c->act.now_ms)),
               &changed));
    if (changed == 0)
        return refuse(c, ERR_CONFLICT, "known",
                      T("Alamat ini sudah terdaftar untuk laporan yang sama."), "address");
    return audit(tx, c, "report_recipient_added",
                 arena_printf(db_conn_arena(tx), "report=%s form=%s day=%lld", c->report, c->form,
                              (long long)c->day));
}

enum err report_tx_recipient_end(struct db_conn *tx, void *arg)
{
    struct report_change *c = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &report_recipient_close,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_int(c->act.now_ms)), &changed));
    if (changed == 0)
        return refuse(c, ERR_MISSING, "no_recipient",
                      T("Penerima itu sudah tidak ada. Muat ulang halaman."), NULL);
    return audit(tx, c, "report_recipient_removed", "");
}

static enum err enqueue(struct db_conn *tx, const struct report_change *c, const char *kind,
                        int64_t round)
{
    const struct outbox_new row = {.id = c->outbox_id,
                                   .office_id = c->act.office_id,
                                   .kind = kind,
                                   .subject_id = c->period,
                                   .recipient_id = c->id,
                                   .channel = "mail",
                                   .round = round,
                                   .at = c->act.now_ms};
    return outbox_enqueue(tx, &row);
}

enum err report_tx_mail_test(struct db_conn *tx, void *arg)
{
    struct report_change *c = arg;
    int64_t waiting = 0, round = 0, changed = 0;
    TRY(db_number(tx, &report_tests_waiting,
                  DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(REPORT_MAIL_TEST)),
                  &waiting));
    if (waiting)
        return refuse(c, ERR_CONFLICT, "test_waiting",
                      T("Kiriman sebelumnya masih dalam antrean. Tunggu sampai selesai."), NULL);
    TRY(db_number(tx, &report_test_round,
                  DB_ARGS(db_text(c->act.office_id), db_text(c->period), db_text(c->id),
                          db_text(REPORT_MAIL_TEST)),
                  &round));
    TRY(db_run(tx, &report_recipient_tested,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(c->outbox_id)), &changed));
    if (changed == 0)
        return refuse(c, ERR_MISSING, "no_recipient",
                      T("Penerima itu sudah tidak ada. Muat ulang halaman."), NULL);
    TRY(enqueue(tx, c, REPORT_MAIL_TEST, round));
    return audit(tx, c, "report_mail_asked",
                 arena_printf(db_conn_arena(tx), "period=%s", c->period));
}

/* --- the clock and the outbox ----------------------------------------------------------------------------------- */

enum err report_tx_mail_queue(struct db_conn *tx, void *arg)
{
    struct report_change *c = arg;
    int64_t changed = 0;
    c->queued = false;
    TRY(db_run(tx, &report_mailing_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(c->period),
                       db_text(c->outbox_id), db_int(c->due_at), db_int(c->act.now_ms)),
               &changed));
    if (changed == 0)
        return ERR_OK;
    TRY(enqueue(tx, c, REPORT_MAIL, 1));
    c->queued = true;
    return audit(tx, c, "report_mail_queued",
                 arena_printf(db_conn_arena(tx), "period=%s", c->period));
}

enum err report_mail_sent(struct db_conn *tx, const struct outbox_row *row,
                          const struct outbox_result *result, int64_t now_ms)
{
    const struct report_change c = {.act = visit_act_system(row->office_id, now_ms),
                                    .id = row->recipient_id};
    bool sent = result->outcome == SEND_OK;
    if (!sent && result->outcome != SEND_FAILED)
        return ERR_OK;
    const char *test = str_eq(row->kind, REPORT_MAIL_TEST) ? " test=1" : "";
    if (sent)
        return audit(tx, &c, "report_mailed",
                     arena_printf(db_conn_arena(tx), "period=%s%s", row->subject_id, test));
    return audit(tx, &c, "report_mail_failed",
                 arena_printf(db_conn_arena(tx), "period=%s%s code=%s", row->subject_id, test,
                              str_or(result->code, "")));
}
