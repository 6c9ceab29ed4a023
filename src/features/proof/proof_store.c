/* SQL of proofs. A row is there before its paper is; what was begun and never finished proves nothing. */
#include "features/proof/proof_store.h"

#include <stdio.h>

#include "features/audit/audit.h"
#include "lib/counter/counter.h"
#include "lib/base/banned.h"

#define LIST_MAX 200
#define DAY_MS   ((int64_t)24 * 60 * 60 * 1000)

#define COLUMN(member, type) RECORD_COLUMN(struct proof, member, type, 0, NULL)
static const struct record_column proof_columns[] = {
    COLUMN(code, REC_TEXT),         COLUMN(kind, REC_TEXT),       COLUMN(subject_id, REC_TEXT),
    COLUMN(year, REC_INT),          COLUMN(number, REC_INT),      COLUMN(made_at, REC_TIME),
    COLUMN(made_by, REC_TEXT),      COLUMN(reason, REC_TEXT),     COLUMN(note_sealed, REC_BYTES),
    COLUMN(with_reporter, REC_INT), COLUMN(pages, REC_INT),       COLUMN(file_bytes, REC_INT),
    COLUMN(page_hashes, REC_BYTES), COLUMN(file_hash, REC_BYTES),
};
static const struct record proof_record = RECORD("Proof", struct proof, proof_columns);

#define COLUMNS                                                                                    \
    "code, kind, subject_id, year, number, made_at, made_by, reason, note_sealed, with_reporter, " \
    "pages, file_bytes, page_hashes, file_hash"

DB_SQL(
    proof_insert,
    "INSERT INTO proof (office_id, code, kind, subject_id, year, number, made_at, made_by, reason, "
    "note_sealed, with_reporter, until_at, pages, file_bytes) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0)");
DB_SQL(proof_update,
       "UPDATE proof SET until_at = 0, pages = $3, file_bytes = $4, page_hashes = $5, "
       "file_hash = $6 WHERE office_id = $1 AND code = $2 AND pages = 0");
DB_SQL(proof_select,
       "SELECT " COLUMNS " FROM proof WHERE office_id = $1 AND code = $2 AND pages > 0");
DB_SQL(proof_select_subject,
       "SELECT " COLUMNS " FROM proof WHERE office_id = $1 AND subject_id = $2 "
       "ORDER BY made_at DESC, number DESC LIMIT 200");
DB_SQL(proof_count_running,
       "SELECT count(*) FROM proof WHERE office_id = $1 AND made_by = $2 AND made_at > $3 "
       "AND kind = 'export' AND until_at > $4 AND code <> $5");
DB_SQL(proof_count_recent,
       "SELECT count(*) FROM proof WHERE office_id = $1 AND made_by = $2 AND made_at > $3 "
       "AND kind = 'export' AND code <> $4");

const struct db_sql *const proof_statements[] = {
    &proof_insert,        &proof_update,       &proof_select, &proof_select_subject,
    &proof_count_running, &proof_count_recent, NULL};

enum err proof_begin(struct db_conn *tx, const char *office_id, struct proof *p)
{
    char book[40];
    (void)snprintf(book, sizeof(book), "proof_%s", p->kind);
    TRY(counter_next_of_year(tx, office_id, book, p->year, &p->number));
    return db_run(tx, &proof_insert,
                  DB_ARGS(db_text(office_id), db_text(p->code), db_text(p->kind),
                          db_text(p->subject_id), db_int(p->year), db_int(p->number),
                          db_int(p->made_at), db_text(p->made_by), db_text(p->reason),
                          db_bytes(p->note_sealed), db_int(p->with_reporter),
                          db_int(p->made_at + PROOF_MAKING_MS)),
                  NULL);
}

enum err proof_finish(struct db_conn *tx, const char *office_id, const struct proof *p)
{
    int64_t changed = 0;
    TRY(db_run(tx, &proof_update,
               DB_ARGS(db_text(office_id), db_text(p->code), db_int(p->pages),
                       db_int(p->file_bytes), db_bytes(p->page_hashes), db_bytes(p->file_hash)),
               &changed));
    return changed ? ERR_OK : ERR_MISSING;
}

enum err proof_by_code(struct db_conn *conn, const char *office_id, const char *code,
                       struct proof *ret)
{
    return db_one(conn, &proof_select, DB_ARGS(db_text(office_id), db_text(code)), &proof_record,
                  ret);
}

enum err proof_of_subject(struct db_conn *conn, const char *office_id, const char *subject_id,
                          struct proof **ret, size_t *ret_count)
{
    return db_list(conn, &proof_select_subject, DB_ARGS(db_text(office_id), db_text(subject_id)),
                   &proof_record, LIST_MAX, ret, ret_count);
}

/* The audit entry has the number and codes: whoever finds the paper finds who made it. */
static enum err audit_export(struct db_conn *tx, const struct proof_export *e)
{
    char detail[160];
    const struct proof *p = &e->proof;
    (void)snprintf(detail, sizeof(detail), "number=EKS-%lld/%lld reason=%s reporter=%d",
                   (long long)p->number, (long long)p->year, p->reason, p->with_reporter ? 1 : 0);
    const struct audit_new entry = {.office_id = e->office_id,
                                    .at = e->now_ms,
                                    .actor_kind = e->actor_kind,
                                    .actor_id = e->actor_id,
                                    .action = "complaint_exported",
                                    .subject_kind = "complaint",
                                    .subject_id = p->subject_id,
                                    .detail = detail};
    return audit_append(tx, &entry, NULL);
}

enum err proof_export_begin_tx(struct db_conn *tx, void *arg)
{
    struct proof_export *e = arg;
    int64_t running = 0, recent = 0;
    /* The counter's row is taken first: of two at once the second waits here, and then sees the first. What is
     * refused below is not stored, its number neither. */
    TRY(proof_begin(tx, e->office_id, &e->proof));
    TRY(db_number(tx, &proof_count_running,
                  DB_ARGS(db_text(e->office_id), db_text(e->actor_id),
                          db_int(e->now_ms - PROOF_MAKING_MS - 1), db_int(e->now_ms),
                          db_text(e->proof.code)),
                  &running));
    TRY(db_number(tx, &proof_count_recent,
                  DB_ARGS(db_text(e->office_id), db_text(e->actor_id), db_int(e->now_ms - DAY_MS),
                          db_text(e->proof.code)),
                  &recent));
    e->refusal = proof_may_export(running, recent);
    if (e->refusal.err != ERR_OK)
        return e->refusal.err;
    return audit_export(tx, e);
}

enum err proof_export_finish_tx(struct db_conn *tx, void *arg)
{
    const struct proof_export *e = arg;
    return proof_finish(tx, e->office_id, &e->proof);
}
