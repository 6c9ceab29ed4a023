/* Who has read the guideline, and whose certificates hold. */
#include "features/standard/standard.h"

#include "features/audit/audit.h"
#include "lib/base/record.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column guideline_columns[] = {
    COLUMN(guideline, id, REC_TEXT),
    COLUMN(guideline, title, REC_TEXT),
    COLUMN(guideline, day, REC_TEXT),
};
static const struct record guideline_record = RECORD("Guideline", struct guideline,
                                                     guideline_columns);
static const struct record_column reader_columns[] = {
    COLUMN(guideline_reader, staff_id, REC_TEXT),
    COLUMN(guideline_reader, day, REC_TEXT),
};
static const struct record reader_record = RECORD("GuidelineReader", struct guideline_reader,
                                                  reader_columns);
static const struct record_column certificate_columns[] = {
    COLUMN(certificate, id, REC_TEXT),     COLUMN(certificate, staff_id, REC_TEXT),
    COLUMN(certificate, kind, REC_TEXT),   COLUMN(certificate, number, REC_TEXT),
    COLUMN(certificate, issued, REC_TEXT), COLUMN(certificate, expires, REC_TEXT),
};
static const struct record certificate_record = RECORD("Certificate", struct certificate,
                                                       certificate_columns);

DB_SQL(guideline_select, "SELECT id, title, day FROM service_guideline WHERE office_id = $1 "
                         "ORDER BY created_at DESC, id DESC LIMIT 1");
DB_SQL(guideline_insert, "INSERT INTO service_guideline (office_id, id, title, day, created_at, "
                         "created_by) VALUES ($1, $2, $3, $4, $5, $6)");
DB_SQL(guideline_read_insert,
       "INSERT INTO service_guideline_read (office_id, guideline_id, staff_id, day) "
       "VALUES ($1, $2, $3, $4) ON CONFLICT (office_id, guideline_id, staff_id) DO NOTHING");
DB_SQL(guideline_read_select, "SELECT staff_id, day FROM service_guideline_read "
                              "WHERE office_id = $1 AND guideline_id = $2 LIMIT 2000");
DB_SQL(certificate_select,
       "SELECT id, staff_id, kind, number, issued, expires FROM staff_certificate "
       "WHERE office_id = $1 ORDER BY staff_id, kind, issued LIMIT 2000");
DB_SQL(certificate_insert,
       "INSERT INTO staff_certificate (office_id, id, staff_id, kind, number, issued, expires, "
       "created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(certificate_delete, "DELETE FROM staff_certificate WHERE office_id = $1 AND id = $2");

const struct db_sql *const skill_statements[] = {
    &guideline_select,   &guideline_insert,   &guideline_read_insert, &guideline_read_select,
    &certificate_select, &certificate_insert, &certificate_delete,    NULL};

static enum err note(struct db_conn *tx, const struct visit_act *act, const char *action,
                     const char *staff_id, const char *detail)
{
    return visit_act_log(
        tx, act,
        (struct audit_new){
            .action = action, .subject_kind = "staff", .subject_id = staff_id, .detail = detail});
}

enum err guideline_current(struct db_conn *conn, const char *office_id, struct guideline *ret)
{
    return db_one(conn, &guideline_select, DB_ARGS(db_text(office_id)), &guideline_record, ret);
}

enum err guideline_set_tx(struct db_conn *tx, void *arg)
{
    const struct guideline_change *c = arg;
    TRY(db_run(tx, &guideline_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(c->guideline.id),
                       db_text(c->guideline.title), db_text(c->guideline.day),
                       db_int(c->act.now_ms), db_text(c->act.actor_id)),
               NULL));
    return note(tx, &c->act, "guideline_set", c->act.actor_id, "");
}

enum err guideline_read_tx(struct db_conn *tx, void *arg)
{
    const struct guideline_read *r = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &guideline_read_insert,
               DB_ARGS(db_text(r->act.office_id), db_text(r->guideline_id),
                       db_text(r->act.actor_id), db_text(r->day)),
               &changed));
    return changed ? note(tx, &r->act, "guideline_confirmed", r->act.actor_id, "") : ERR_OK;
}

enum err guideline_readers(struct db_conn *conn, const char *office_id, const char *guideline_id,
                           struct guideline_reader **ret, size_t *ret_count)
{
    return db_list(conn, &guideline_read_select, DB_ARGS(db_text(office_id), db_text(guideline_id)),
                   &reader_record, 2000, ret, ret_count);
}

enum err certificates_list(struct db_conn *conn, const char *office_id, struct certificate **ret,
                           size_t *ret_count)
{
    return db_list(conn, &certificate_select, DB_ARGS(db_text(office_id)), &certificate_record,
                   2000, ret, ret_count);
}

enum err certificate_add_tx(struct db_conn *tx, void *arg)
{
    const struct certificate_change *c = arg;
    const struct certificate *n = &c->certificate;
    TRY(db_run(tx, &certificate_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(n->id), db_text(n->staff_id),
                       db_text(n->kind), db_text(str_or(n->number, "")), db_text(n->issued),
                       db_text(str_or(n->expires, "")), db_int(c->act.now_ms),
                       db_text(c->act.actor_id)),
               NULL));
    return note(tx, &c->act, "certificate_added", n->staff_id, n->kind);
}

enum err certificate_remove_tx(struct db_conn *tx, void *arg)
{
    const struct certificate_change *c = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &certificate_delete,
               DB_ARGS(db_text(c->act.office_id), db_text(c->certificate.id)), &changed));
    return changed ? note(tx, &c->act, "certificate_removed", c->certificate.id, "") : ERR_MISSING;
}
