/* Templates of the office: every version is kept; letters made with one are made with it again. */
#include "features/letter/letter_store.h"

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(member, kind_) RECORD_COLUMN(struct letter_template, member, kind_, 0, NULL)
static const struct record_column template_columns[] = {
    COLUMN(id, REC_TEXT),          COLUMN(kind, REC_TEXT),  COLUMN(version, REC_INT),
    COLUMN(bytes, REC_INT),        COLUMN(active, REC_INT), COLUMN(uploaded_at, REC_TIME),
    COLUMN(uploaded_by, REC_TEXT), COLUMN(file, REC_BYTES),
};
static const struct record template_record = RECORD("LetterTemplate", struct letter_template,
                                                    template_columns);

DB_SQL(template_list, "SELECT id, kind, version, bytes, active, uploaded_at, uploaded_by "
                      "FROM letter_template WHERE office_id = $1 AND kind = $2 "
                      "ORDER BY version DESC");
DB_SQL(template_file, "SELECT file FROM letter_template WHERE office_id = $1 AND kind = $2 "
                      "AND version = $3");
DB_SQL(template_active, "SELECT version FROM letter_template WHERE office_id = $1 AND kind = $2 "
                        "AND active = 1");
DB_SQL(template_last,
       "SELECT max(version) FROM letter_template WHERE office_id = $1 AND kind = $2");
DB_SQL(template_retire, "UPDATE letter_template SET active = 0 WHERE office_id = $1 AND kind = $2 "
                        "AND active = 1");
DB_SQL(template_use, "UPDATE letter_template SET active = 1 WHERE office_id = $1 AND kind = $2 "
                     "AND version = $3");
DB_SQL(template_insert,
       "INSERT INTO letter_template (office_id, id, kind, version, file, bytes, "
       "active, uploaded_at, uploaded_by) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)");

const struct db_sql *const letter_template_statements[] = {
    &template_list,   &template_file, &template_active, &template_last,
    &template_retire, &template_use,  &template_insert, NULL};

enum err letter_templates(struct db_conn *conn, const char *office_id, const char *kind,
                          struct letter_template **ret, size_t *ret_count)
{
    return db_list(conn, &template_list, DB_ARGS(db_text(office_id), db_text(kind)),
                   &template_record, LETTER_ROWS_MAX, ret, ret_count);
}

enum err letter_template_file(struct db_conn *conn, const char *office_id, const char *kind,
                              int64_t version, struct bytes *ret)
{
    struct letter_template row = {0};
    TRY(db_one(conn, &template_file, DB_ARGS(db_text(office_id), db_text(kind), db_int(version)),
               &template_record, &row));
    *ret = row.file;
    return ERR_OK;
}

enum err letter_template_active(struct db_conn *conn, const char *office_id, const char *kind,
                                int64_t *ret_version)
{
    int64_t version = 0;
    enum err e = db_number(conn, &template_active, DB_ARGS(db_text(office_id), db_text(kind)),
                           &version);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    *ret_version = version;
    return ERR_OK;
}

static enum err note(struct db_conn *tx, const struct letter_template_change *c, const char *action)
{
    return visit_act_log(
        tx, &c->act,
        (struct audit_new){.action = action,
                           .subject_kind = "letter_template",
                           .subject_id = str_or(c->id, c->kind),
                           .detail = arena_printf(db_conn_arena(tx), "kind=%s version=%lld",
                                                  c->kind, (long long)c->version)});
}

static enum err retire(struct db_conn *tx, const struct letter_template_change *c)
{
    return db_run(tx, &template_retire, DB_ARGS(db_text(c->act.office_id), db_text(c->kind)), NULL);
}

enum err letter_template_add(struct db_conn *tx, void *arg)
{
    struct letter_template_change *c = arg;
    int64_t last = 0;
    TRY(retire(tx, c));
    TRY(db_number(tx, &template_last, DB_ARGS(db_text(c->act.office_id), db_text(c->kind)), &last));
    c->version = last + 1;
    TRY(db_run(tx, &template_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_text(c->kind),
                       db_int(c->version), db_bytes(c->file), db_int((int64_t)c->file.n),
                       db_int(c->act.now_ms), db_text(c->act.actor_id)),
               NULL));
    return note(tx, c, "letter_template_added");
}

enum err letter_template_use(struct db_conn *tx, void *arg)
{
    struct letter_template_change *c = arg;
    int64_t changed = 1;
    TRY(retire(tx, c));
    if (c->version > 0)
        TRY(db_run(tx, &template_use,
                   DB_ARGS(db_text(c->act.office_id), db_text(c->kind), db_int(c->version)),
                   &changed));
    if (!changed) {
        c->refusal = (struct refusal){
            .err = ERR_MISSING,
            .code = "template_unknown",
            .msgid = T("Versi templat itu tidak ada. Muat ulang halaman.")};
        return ERR_MISSING;
    }
    return note(tx, c, "letter_template_used");
}
