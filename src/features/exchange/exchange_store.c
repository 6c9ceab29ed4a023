/* Imports in the database. Their visits stand beside those of the running book: with numbers of their own, and a
 * column that names the import, so that exactly they can be taken out again. */
#include "features/exchange/exchange_store.h"

#include <stdio.h>
#include <string.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define CLOSED_MAX 2400 /* months */
#define BOOK       "tamu"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column batch_columns[] = {
    COLUMN(exchange_batch, id, REC_TEXT),         COLUMN(exchange_batch, state, REC_TEXT),
    COLUMN(exchange_batch, format, REC_TEXT),     COLUMN(exchange_batch, created_by, REC_TEXT),
    COLUMN(exchange_batch, mapping, REC_TEXT),    COLUMN(exchange_batch, head_index, REC_BYTES),
    COLUMN(exchange_batch, created_at, REC_TIME), COLUMN(exchange_batch, row_next, REC_INT),
    COLUMN(exchange_batch, accepted, REC_INT),    COLUMN(exchange_batch, refused, REC_INT),
    COLUMN(exchange_batch, warned, REC_INT),      COLUMN(exchange_batch, from_ms, REC_TIME),
    COLUMN(exchange_batch, until_ms, REC_TIME),   COLUMN(exchange_batch, ended_at, REC_TIME),
    COLUMN(exchange_batch, undone_at, REC_TIME),
};
static const struct record batch_record = RECORD("ImportBatch", struct exchange_batch,
                                                 batch_columns);
static const struct record_column month_columns[] = {COLUMN(exchange_month, month, REC_TEXT)};
static const struct record month_record = RECORD("ClosedMonth", struct exchange_month,
                                                 month_columns);
struct id_row {
    const char *id;
};
static const struct record_column id_columns[] = {COLUMN(id_row, id, REC_TEXT)};
static const struct record id_record = RECORD("IdRow", struct id_row, id_columns);
struct mapping_row {
    const char *mapping;
};
static const struct record_column mapping_columns[] = {COLUMN(mapping_row, mapping, REC_TEXT)};
static const struct record mapping_record = RECORD("MappingRow", struct mapping_row,
                                                   mapping_columns);

#define BATCH_COLUMNS                                                                              \
    "id, state, format, created_by, mapping, head_index, created_at, row_next, accepted, "         \
    "refused, warned, from_ms, until_ms, ended_at, undone_at"
/* The visits that are taken out next. */
#define NEXT_IDS                                                                                   \
    "(SELECT id FROM visit WHERE office_id = $1 AND import_id = $2 ORDER BY id LIMIT 200)"

DB_SQL(import_insert,
       "INSERT INTO import_batch (office_id, id, state, format, created_at, created_by, mapping, "
       "row_next, accepted, refused, warned) VALUES ($1, $2, 'uploaded', $3, $4, $5, '', 0, 0, 0, "
       "0)");
DB_SQL(import_select,
       "SELECT " BATCH_COLUMNS " FROM import_batch WHERE office_id = $1 AND id = $2");
DB_SQL(import_list, "SELECT " BATCH_COLUMNS " FROM import_batch WHERE office_id = $1 "
                    "ORDER BY created_at DESC, id DESC LIMIT 100");
DB_SQL(import_map, "UPDATE import_batch SET mapping = $3, head_index = $4 "
                   "WHERE office_id = $1 AND id = $2");
DB_SQL(import_mapping_before,
       "SELECT mapping FROM import_batch WHERE office_id = $1 AND head_index = $2 "
       "AND mapping <> '' ORDER BY created_at DESC LIMIT 1");
DB_SQL(import_state, "UPDATE import_batch SET state = $3, ended_at = COALESCE($4, ended_at), "
                     "undone_at = COALESCE($5, undone_at), undone_by = COALESCE($6, undone_by) "
                     "WHERE office_id = $1 AND id = $2");
DB_SQL(import_busy, "SELECT count(*) FROM import_batch WHERE office_id = $1 AND id <> $2 "
                    "AND state IN ('running', 'undoing')");
DB_SQL(import_advance,
       "UPDATE import_batch SET row_next = $3, accepted = accepted + $4, refused = refused + $5, "
       "warned = warned + $6, "
       "from_ms = CASE WHEN from_ms IS NULL OR from_ms > $7 THEN COALESCE($7, from_ms) "
       "ELSE from_ms END, "
       "until_ms = CASE WHEN until_ms IS NULL OR until_ms < $8 THEN COALESCE($8, until_ms) "
       "ELSE until_ms END WHERE office_id = $1 AND id = $2");
DB_SQL(import_number, "SELECT COALESCE(max(number), 0) FROM visit WHERE office_id = $1 "
                      "AND year = $2 AND import_id IS NOT NULL");
DB_SQL(import_visitor,
       "INSERT INTO visitor (office_id, id, id_index, id_type, identity_sealed, name, "
       "organization, first_at, last_at, visits, import_id) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0, $9) "
       "ON CONFLICT (office_id, id_index) DO UPDATE SET last_at = CASE WHEN visitor.visits = 0 "
       "AND visitor.import_id = excluded.import_id AND excluded.last_at > visitor.last_at "
       "THEN excluded.last_at ELSE visitor.last_at END RETURNING id");
DB_SQL(import_visit,
       "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, arrived_at, "
       "due_at, registered_at, registered_by, late_reason, visitor_id, name, id_type, id_index, "
       "identity_sealed, visitor_kind, organization, companions, companion_count, purpose, "
       "category, no_photo_reason, accepted_warnings, notice_state, notice_reason, "
       "question_state, decision_state, note_sealed, unreceived, closed_at, import_id) "
       "VALUES ($1, $2, $3, $4, $5, 'closed', 0, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
       "$16, $17, '[]', 0, $18, 'other', $10, '', 'none', $10, 'none', 'none', $19, 0, $6, $20)");
DB_SQL(import_known,
       "SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at = $2 AND name = $3 "
       "AND import_id IS NOT NULL AND import_id <> $4");
DB_SQL(import_closed, "SELECT month FROM register_closing WHERE office_id = $1 AND book = $2 "
                      "ORDER BY month");
DB_SQL(import_within, "SELECT count(*) FROM visit WHERE office_id = $1 AND import_id = $2 "
                      "AND arrived_at >= $3 AND arrived_at < $4");
DB_SQL(import_changed,
       "SELECT count(*) FROM correction c JOIN visit v ON v.office_id = c.office_id "
       "AND v.id = c.visit_id WHERE c.office_id = $1 AND v.import_id = $2");
DB_SQL(import_drop_steps, "DELETE FROM visit_step WHERE office_id = $1 AND visit_id IN " NEXT_IDS);
DB_SQL(import_drop_visits, "DELETE FROM visit WHERE office_id = $1 AND id IN " NEXT_IDS);
DB_SQL(import_drop_visitors,
       "DELETE FROM visitor WHERE office_id = $1 AND id IN (SELECT id FROM visitor "
       "WHERE office_id = $1 AND import_id = $2 AND visits = 0 ORDER BY id LIMIT 200)");
DB_SQL(exchange_visit_list,
       "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND arrived_at >= $2 "
       "AND arrived_at < $3 AND state <> 'cancelled' "
       "AND (arrived_at > $4 OR (arrived_at = $4 AND id > $5)) ORDER BY arrived_at, id LIMIT 200");
DB_SQL(exchange_visit_sum, "SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at >= $2 "
                           "AND arrived_at < $3 AND state <> 'cancelled'");

const struct db_sql *const exchange_statements[] = {
    &import_insert,       &import_select,         &import_list,
    &import_map,          &import_mapping_before, &import_state,
    &import_busy,         &import_advance,        &import_number,
    &import_visitor,      &import_visit,          &import_known,
    &import_closed,       &import_within,         &import_changed,
    &import_drop_steps,   &import_drop_visits,    &import_drop_visitors,
    &exchange_visit_list, &exchange_visit_sum,    NULL};

/* --- reading -------------------------------------------------------------------------------------------------- */

enum err exchange_batch_get(struct db_conn *conn, const char *office_id, const char *id,
                            struct exchange_batch *ret)
{
    return db_one(conn, &import_select, DB_ARGS(db_text(office_id), db_text(id)), &batch_record,
                  ret);
}

enum err exchange_batches(struct db_conn *conn, const char *office_id, struct exchange_batch **ret,
                          size_t *ret_count)
{
    return db_list(conn, &import_list, DB_ARGS(db_text(office_id)), &batch_record, 100, ret,
                   ret_count);
}

enum err exchange_mapping_of(struct db_conn *conn, const char *office_id, struct bytes head_index,
                             const char **ret)
{
    struct mapping_row row = {NULL};
    TRY(db_one(conn, &import_mapping_before, DB_ARGS(db_text(office_id), db_bytes(head_index)),
               &mapping_record, &row));
    *ret = row.mapping;
    return ERR_OK;
}

enum err exchange_known(struct db_conn *conn, const char *office_id, const char *batch_id,
                        const struct exchange_guest *g, bool *ret)
{
    int64_t n = 0;
    TRY(db_number(
        conn, &import_known,
        DB_ARGS(db_text(office_id), db_int(g->arrived_at), db_text(g->name), db_text(batch_id)),
        &n));
    *ret = n > 0;
    return ERR_OK;
}

enum err exchange_closed_months(struct db_conn *conn, const char *office_id,
                                struct exchange_month **ret, size_t *ret_count)
{
    return db_list(conn, &import_closed, DB_ARGS(db_text(office_id), db_text(BOOK)), &month_record,
                   CLOSED_MAX, ret, ret_count);
}

enum err exchange_visits(struct db_conn *conn, const char *office_id, const int64_t range[2],
                         const struct visit *after, struct visit **ret, size_t *ret_count)
{
    return db_list(conn, &exchange_visit_list,
                   DB_ARGS(db_text(office_id), db_int(range[0]), db_int(range[1]),
                           db_int(after->arrived_at), db_text(after->id)),
                   &visit_record, 200, ret, ret_count);
}

enum err exchange_visit_count(struct db_conn *conn, const char *office_id, const int64_t range[2],
                              int64_t *ret)
{
    return db_number(conn, &exchange_visit_sum,
                     DB_ARGS(db_text(office_id), db_int(range[0]), db_int(range[1])), ret);
}

/* --- changing --------------------------------------------------------------------------------------------------- */

static enum err log_change(struct db_conn *tx, const struct exchange_change *c, const char *action,
                           const char *detail)
{
    return visit_act_log(tx, &c->act,
                         (struct audit_new){.action = action,
                                            .subject_kind = "import",
                                            .subject_id = c->batch.id,
                                            .detail = detail});
}

static enum err refuse(struct exchange_change *c, struct refusal refusal)
{
    c->refusal = refusal;
    return refusal.err;
}

static enum err set_state(struct db_conn *tx, const struct exchange_change *c, const char *state)
{
    bool done = str_eq(state, "done"), undone = str_eq(state, "undone");
    return db_run(tx, &import_state,
                  DB_ARGS(db_text(c->act.office_id), db_text(c->batch.id), db_text(state),
                          db_time(done ? c->act.now_ms : 0), db_time(undone ? c->act.now_ms : 0),
                          db_text(undone ? c->act.actor_id : NULL)),
                  NULL);
}

static enum err find(struct db_conn *tx, struct exchange_change *c, struct exchange_batch *ret)
{
    c->refusal = (struct refusal){.err = ERR_OK};
    return exchange_batch_get(tx, c->act.office_id, c->batch.id, ret);
}

enum err exchange_tx_upload(struct db_conn *tx, void *arg)
{
    struct exchange_change *c = arg;
    TRY(db_run(tx, &import_insert,
               DB_ARGS(db_text(c->act.office_id), db_text(c->batch.id), db_text(c->batch.format),
                       db_int(c->act.now_ms), db_text(c->act.actor_id)),
               NULL));
    return log_change(tx, c, "import_uploaded", c->batch.format);
}

enum err exchange_tx_mapping(struct db_conn *tx, void *arg)
{
    struct exchange_change *c = arg;
    struct exchange_batch b = {.id = NULL};
    TRY(find(tx, c, &b));
    if (!str_eq(b.state, "uploaded"))
        return refuse(c,
                      (struct refusal){.err = ERR_CONFLICT,
                                       .code = "import_begun",
                                       .msgid = T("Impor ini sudah dimulai; kolomnya tidak dapat "
                                                  "diubah lagi.")});
    TRY(db_run(tx, &import_map,
               DB_ARGS(db_text(c->act.office_id), db_text(b.id), db_text(c->batch.mapping),
                       db_bytes(c->batch.head_index)),
               NULL));
    return log_change(tx, c, "import_mapped", "");
}

/* One at a time in an office: numbers are given in the order of the file. */
enum err exchange_tx_begin(struct db_conn *tx, void *arg)
{
    struct exchange_change *c = arg;
    struct exchange_batch b = {.id = NULL};
    int64_t busy = 0;
    TRY(find(tx, c, &b));
    struct refusal refusal = exchange_may_run(&b);
    if (refusal.err != ERR_OK)
        return refuse(c, refusal);
    TRY(db_number(tx, &import_busy, DB_ARGS(db_text(c->act.office_id), db_text(b.id)), &busy));
    if (busy)
        return refuse(
            c, (struct refusal){.err = ERR_CONFLICT,
                                .code = "import_busy",
                                .msgid = T("Impor lain belum selesai. Selesaikan atau batalkan "
                                           "dahulu.")});
    if (str_eq(b.state, "uploaded")) {
        TRY(set_state(tx, c, "running"));
        TRY(log_change(tx, c, "import_begun", ""));
        b.state = "running";
    }
    c->batch = b;
    return ERR_OK;
}

/* --- rows ----------------------------------------------------------------------------------------------------------- */

struct numbering {
    int64_t year, last;
};

static enum err next_number(struct db_conn *tx, const struct exchange_change *c,
                            struct numbering *n, int64_t year, int64_t *ret)
{
    if (n->year != year) {
        TRY(db_number(tx, &import_number, DB_ARGS(db_text(c->act.office_id), db_int(year)),
                      &n->last));
        n->year = year;
    }
    *ret = ++n->last;
    return ERR_OK;
}

/* A guest with a document is found again at the counter. Who is known from there stays as he is. */
static enum err put_visitor(struct db_conn *tx, const struct exchange_change *c,
                            const struct exchange_put *p, const char **ret_id)
{
    const struct visit *v = &p->visit;
    struct id_row row = {NULL};
    *ret_id = v->id;
    if (!p->visitor_id)
        return ERR_OK;
    TRY(db_one(tx, &import_visitor,
               DB_ARGS(db_text(c->act.office_id), db_text(p->visitor_id), db_bytes(v->id_index),
                       db_text(v->id_type), db_bytes(p->visitor_identity), db_text(v->name),
                       db_text(v->organization), db_int(v->arrived_at), db_text(c->batch.id)),
               &id_record, &row));
    *ret_id = row.id;
    return ERR_OK;
}

static enum err put_row(struct db_conn *tx, const struct exchange_change *c,
                        const struct exchange_put *p, struct numbering *n)
{
    const struct visit *v = &p->visit;
    const char *visitor = NULL;
    int64_t number = 0;
    TRY(put_visitor(tx, c, p, &visitor));
    TRY(next_number(tx, c, n, v->year, &number));
    TRY(db_run(tx, &import_visit,
               DB_ARGS(db_text(c->act.office_id), db_text(v->id), db_int(v->year), db_int(number),
                       db_text(EXCHANGE_SUFFIX), db_int(v->arrived_at), db_int(v->due_at),
                       db_int(c->act.now_ms), db_text(c->act.actor_id), db_text(VISIT_OLD_BOOK),
                       db_text(visitor), db_text(v->name), db_text(v->id_type),
                       db_bytes(v->id_index), db_bytes(v->identity_sealed),
                       db_text(v->visitor_kind), db_text(v->organization), db_text(v->purpose),
                       db_bytes(v->note_sealed), db_text(c->batch.id)),
               NULL));
    return visit_step_done(tx, &c->act, v->id, 1, v->arrived_at, NULL);
}

static enum err advance(struct db_conn *tx, const struct exchange_change *c)
{
    int64_t from = 0, until = 0;
    for (size_t i = 0; i < c->count; i++) {
        int64_t at = c->rows[i].visit.arrived_at;
        from = from == 0 || at < from ? at : from;
        until = at > until ? at : until;
    }
    return db_run(tx, &import_advance,
                  DB_ARGS(db_text(c->act.office_id), db_text(c->batch.id),
                          db_int(c->batch.row_next), db_int(c->accepted), db_int(c->refused),
                          db_int(c->warned), db_time(from), db_time(until)),
                  NULL);
}

enum err exchange_tx_rows(struct db_conn *tx, void *arg)
{
    struct exchange_change *c = arg;
    struct exchange_batch b = {.id = NULL};
    struct numbering n = {0, 0};
    struct exchange_month *months = NULL;
    size_t closed = 0;
    char detail[64];
    TRY(find(tx, c, &b));
    TRY(exchange_closed_months(tx, c->act.office_id, &months, &closed));
    if (!str_eq(b.state, "running") || b.row_next != c->row_from || closed != c->closed_count)
        return refuse(
            c, (struct refusal){.err = ERR_CONFLICT,
                                .code = "import_elsewhere",
                                .msgid = T("Impor ini sedang dijalankan atau dibatalkan di tempat "
                                           "lain. Muat ulang halaman.")});
    for (size_t i = 0; i < c->count; i++)
        TRY(put_row(tx, c, &c->rows[i], &n));
    TRY(advance(tx, c));
    if (c->last)
        TRY(set_state(tx, c, "done"));
    (void)snprintf(detail, sizeof(detail), "rows=%zu", c->count);
    return log_change(tx, c, c->last ? "import_done" : "import_rows", detail);
}

/* --- undoing ----------------------------------------------------------------------------------------------------------- */

/* A month that was closed since holds these guests on its paper: they stay. */
static enum err check_closed(struct db_conn *tx, struct exchange_change *c,
                             const struct exchange_batch *b)
{
    struct exchange_month *months = NULL;
    size_t count = 0;
    struct register_month m;
    TRY(exchange_closed_months(tx, c->act.office_id, &months, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t n = 0;
        if (!register_month_read(db_conn_arena(tx), months[i].month, c->offset_min, &m) ||
            m.until_ms <= b->from_ms || m.from_ms > b->until_ms)
            continue;
        TRY(db_number(tx, &import_within,
                      DB_ARGS(db_text(c->act.office_id), db_text(b->id), db_int(m.from_ms),
                              db_int(m.until_ms)),
                      &n));
        if (n)
            return refuse(
                c, (struct refusal){.err = ERR_CONFLICT,
                                    .code = "month_closed",
                                    .msgid = T("Buku bulan %s sudah ditutup dengan tamu dari impor "
                                               "ini. Impor tidak dapat dibatalkan lagi."),
                                    .arg = months[i].month});
    }
    return ERR_OK;
}

static enum err check_changed(struct db_conn *tx, struct exchange_change *c)
{
    int64_t n = 0;
    TRY(db_number(tx, &import_changed, DB_ARGS(db_text(c->act.office_id), db_text(c->batch.id)),
                  &n));
    if (n)
        return refuse(c, (struct refusal){
                             .err = ERR_CONFLICT,
                             .code = "row_changed",
                             .msgid = T("Tamu dari impor ini sudah diperbaiki di buku. Impor tidak "
                                        "dapat dibatalkan lagi.")});
    return ERR_OK;
}

enum err exchange_tx_undo(struct db_conn *tx, void *arg)
{
    struct exchange_change *c = arg;
    struct exchange_batch b = {.id = NULL};
    int64_t visits = 0, visitors = 0;
    char detail[64];
    TRY(find(tx, c, &b));
    struct refusal refusal = exchange_may_undo(&b);
    if (refusal.err != ERR_OK)
        return refuse(c, refusal);
    TRY(check_changed(tx, c));
    TRY(check_closed(tx, c, &b));
    const struct db_arg who[] = {db_text(c->act.office_id), db_text(b.id)};
    TRY(db_run(tx, &import_drop_steps, who, 2, NULL));
    TRY(db_run(tx, &import_drop_visits, who, 2, &visits));
    if (visits == 0)
        TRY(db_run(tx, &import_drop_visitors, who, 2, &visitors));
    c->finished = visits == 0 && visitors == 0;
    TRY(set_state(tx, c, c->finished ? "undone" : "undoing"));
    (void)snprintf(detail, sizeof(detail), "visits=%lld visitors=%lld", (long long)visits,
                   (long long)visitors);
    return log_change(tx, c, c->finished ? "import_undone" : "import_undoing", detail);
}
