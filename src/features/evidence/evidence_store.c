/* Files of complaints in the database: sealed keys and descriptions. The bytes are on disk before a row names
 * them. */
#include "features/evidence/evidence_store.h"

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(member, kind) RECORD_COLUMN(struct evidence_row, member, kind, 0, NULL)
#define ROWS_MAX             200

static const struct record_column row_columns[] = {
    COLUMN(id, REC_TEXT),           COLUMN(kind, REC_TEXT),        COLUMN(of_id, REC_TEXT),
    COLUMN(ordinal, REC_INT),       COLUMN(sealed_bytes, REC_INT), COLUMN(key_sealed, REC_BYTES),
    COLUMN(meta_sealed, REC_BYTES), COLUMN(added_at, REC_TIME),    COLUMN(added_by, REC_TEXT),
};
static const struct record row_record = RECORD("ComplaintFile", struct evidence_row, row_columns);

#define COLUMNS                                                                                    \
    "id, kind, of_id, ordinal, sealed_bytes, key_sealed, meta_sealed, added_at, added_by"

DB_SQL(
    evidence_insert,
    "INSERT INTO complaint_file (office_id, id, complaint_id, kind, of_id, ordinal, sealed_bytes,"
    " key_sealed, meta_sealed, added_at, added_by)"
    " SELECT $1, $2, $3, $4, $5, COALESCE(max(ordinal), 0) + 1, $6, $7, $8, $9, $10"
    " FROM complaint_file WHERE office_id = $1 AND complaint_id = $3");
DB_SQL(evidence_update_meta, "UPDATE complaint_file SET meta_sealed = $5 WHERE office_id = $1"
                             " AND id = $2 AND complaint_id = $3 AND meta_sealed = $4");
DB_SQL(evidence_select, "SELECT " COLUMNS " FROM complaint_file WHERE office_id = $1"
                        " AND complaint_id = $2 ORDER BY ordinal, id LIMIT 500");
DB_SQL(evidence_select_one, "SELECT " COLUMNS " FROM complaint_file WHERE office_id = $1"
                            " AND id = $2 AND complaint_id = $3");
DB_SQL(evidence_select_count, "SELECT count(*) FROM complaint_file WHERE office_id = $1"
                              " AND complaint_id = $2 AND kind <> 'clean_copy'");
DB_SQL(evidence_select_bytes,
       "SELECT COALESCE(sum(sealed_bytes), 0) FROM complaint_file"
       " WHERE office_id = $1 AND complaint_id = $2 AND kind <> 'clean_copy'");
DB_SQL(evidence_select_named,
       "SELECT count(*) FROM complaint_file WHERE office_id = $1 AND id = $2");

const struct db_sql *const evidence_statements[] = {
    &evidence_insert,       &evidence_update_meta,  &evidence_select,       &evidence_select_one,
    &evidence_select_count, &evidence_select_bytes, &evidence_select_named, NULL};

enum err evidence_count(struct db_conn *conn, const char *office_id, const char *complaint_id,
                        int64_t *ret_count)
{
    return db_number(conn, &evidence_select_count,
                     DB_ARGS(db_text(office_id), db_text(complaint_id)), ret_count);
}

enum err evidence_room(struct db_conn *conn, const char *office_id, const char *complaint_id,
                       int64_t sealed_bytes, struct refusal *ret)
{
    int64_t count = 0, bytes = 0;
    *ret = (struct refusal){.err = ERR_OK};
    TRY(evidence_count(conn, office_id, complaint_id, &count));
    TRY(db_number(conn, &evidence_select_bytes, DB_ARGS(db_text(office_id), db_text(complaint_id)),
                  &bytes));
    if (count >= EVIDENCE_FILES)
        *ret = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "too_many_files",
            .msgid = T("Pengaduan ini sudah memuat 20 berkas. Gabungkan beberapa "
                       "dokumen menjadi satu PDF, atau serahkan di kantor.")};
    else if (bytes + sealed_bytes > EVIDENCE_TOTAL_BYTES)
        *ret = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "too_many_bytes",
            .msgid = T("Berkas pengaduan ini bersama-sama sudah mencapai 500 MB. "
                       "Perkecil berkasnya, atau serahkan di kantor.")};
    return ERR_OK;
}

enum err evidence_rows(struct db_conn *conn, const char *office_id, const char *complaint_id,
                       struct evidence_row **ret, size_t *ret_count)
{
    return db_list(conn, &evidence_select, DB_ARGS(db_text(office_id), db_text(complaint_id)),
                   &row_record, ROWS_MAX, ret, ret_count);
}

enum err evidence_row_get(struct db_conn *conn, const char *office_id, const char *complaint_id,
                          const char *id, struct evidence_row *ret)
{
    return db_one(conn, &evidence_select_one,
                  DB_ARGS(db_text(office_id), db_text(id), db_text(complaint_id)), &row_record, ret);
}

enum err evidence_named(struct db_conn *conn, const char *office_id, const char *id, bool *ret)
{
    int64_t count = 0;
    TRY(db_number(conn, &evidence_select_named, DB_ARGS(db_text(office_id), db_text(id)), &count));
    *ret = count > 0;
    return ERR_OK;
}

static enum err insert(struct db_conn *tx, const struct evidence_write *w,
                       const struct evidence_row *r)
{
    return db_run(tx, &evidence_insert,
                  DB_ARGS(db_text(w->office_id), db_text(r->id), db_text(w->complaint_id),
                          db_text(r->kind), db_text(r->of_id), db_int(r->sealed_bytes),
                          db_bytes(r->key_sealed), db_bytes(r->meta_sealed), db_int(r->added_at),
                          db_text(r->added_by)),
                  NULL);
}

enum err evidence_repeated(struct db_conn *conn, const struct replay *r, bool *ret)
{
    const char *subject = NULL;
    int status = 0;
    struct refusal refusal; /* never: of these keys the body is a part */
    return replay_find(conn, r, ret, &subject, &status, &refusal);
}

enum err evidence_mark(struct db_conn *tx, void *arg)
{
    const struct evidence_mark *m = arg;
    int64_t changed = 0;
    TRY(db_run(tx, &evidence_update_meta,
               DB_ARGS(db_text(m->office_id), db_text(m->id), db_text(m->complaint_id),
                       db_bytes(m->before), db_bytes(m->after)),
               &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    return audit_append(tx, &m->entry, NULL);
}

enum err evidence_write(struct db_conn *tx, void *arg)
{
    struct evidence_write *w = arg;
    TRY(evidence_repeated(tx, &w->replay, &w->repeated));
    if (w->repeated)
        return ERR_OK;
    TRY(evidence_room(tx, w->office_id, w->complaint_id, w->rows[0].sealed_bytes, &w->refusal));
    if (w->refusal.err != ERR_OK)
        return w->refusal.err;
    for (size_t i = 0; i < w->count; i++)
        TRY(insert(tx, w, &w->rows[i]));
    TRY(replay_keep(tx, &w->replay, "", 201, w->replay_at));
    if (!w->action)
        return ERR_OK;
    const struct audit_new entry = {.office_id = w->office_id,
                                    .at = w->at,
                                    .actor_kind = w->actor_kind,
                                    .actor_id = w->actor_id,
                                    .action = w->action,
                                    .subject_kind = "complaint",
                                    .subject_id = w->complaint_id,
                                    .detail = w->detail};
    return audit_append(tx, &entry, NULL);
}
