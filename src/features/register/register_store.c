/* Books in the database: what an office changed about them, their months, and the closings. */
#include "features/register/register_store.h"

#include <string.h>

#include "features/audit/audit.h"
#include "features/register/register_entry.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define CLOSINGS_MAX 2400 /* two hundred years */

struct book_row {
    const char *code, *title, *organiser, *place, *columns, *keeper, *acknowledged;
    int64_t changed_at;
};
#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column book_columns[] = {
    COLUMN(book_row, code, REC_TEXT),      COLUMN(book_row, title, REC_TEXT),
    COLUMN(book_row, organiser, REC_TEXT), COLUMN(book_row, place, REC_TEXT),
    COLUMN(book_row, columns, REC_TEXT),   COLUMN(book_row, changed_at, REC_TIME),
    COLUMN(book_row, keeper, REC_TEXT),    COLUMN(book_row, acknowledged, REC_TEXT),
};
static const struct record book_record = RECORD("RegisterBookRow", struct book_row, book_columns);

static const struct record_column closing_columns[] = {
    COLUMN(register_closing, book, REC_TEXT),
    COLUMN(register_closing, month, REC_TEXT),
    COLUMN(register_closing, id, REC_TEXT),
    COLUMN(register_closing, closed_at, REC_TIME),
    COLUMN(register_closing, closed_by, REC_TEXT),
    COLUMN(register_closing, carried, REC_INT),
    COLUMN(register_closing, received, REC_INT),
    COLUMN(register_closing, settled, REC_INT),
    COLUMN(register_closing, individuals, REC_INT),
    COLUMN(register_closing, organisations, REC_INT),
    COLUMN(register_closing, signer, REC_TEXT),
    COLUMN(register_closing, acknowledged, REC_TEXT),
    COLUMN(register_closing, proof_code, REC_TEXT),
    COLUMN(register_closing, pages, REC_INT),
    COLUMN(register_closing, file_hash, REC_BYTES),
};
static const struct record closing_record = RECORD("RegisterClosing", struct register_closing,
                                                   closing_columns);
#define CLOSING_COLUMNS                                                                            \
    "book, month, id, closed_at, closed_by, carried, received, settled, individuals, "             \
    "organisations, signer, acknowledged, proof_code, pages, file_hash"

static const struct record_column recap_columns[] = {
    COLUMN(register_recap, carried, REC_INT),       COLUMN(register_recap, received, REC_INT),
    COLUMN(register_recap, settled, REC_INT),       COLUMN(register_recap, individuals, REC_INT),
    COLUMN(register_recap, organisations, REC_INT),
};
static const struct record recap_record = RECORD("RegisterRecap", struct register_recap,
                                                 recap_columns);

static const struct record_column change_columns[] = {
    COLUMN(register_change, row_id, REC_TEXT),        COLUMN(register_change, field, REC_TEXT),
    COLUMN(register_change, reason, REC_TEXT),        COLUMN(register_change, by_id, REC_TEXT),
    COLUMN(register_change, series, REC_TEXT),        COLUMN(register_change, at, REC_TIME),
    COLUMN(register_change, number_suffix, REC_TEXT), COLUMN(register_change, year, REC_INT),
    COLUMN(register_change, number, REC_INT),         COLUMN(register_change, row_at, REC_TIME),
};
static const struct record change_record = RECORD("RegisterChange", struct register_change,
                                                  change_columns);

DB_SQL(register_book_select, "SELECT code, title, organiser, place, columns, changed_at, keeper, "
                             "acknowledged FROM register_book WHERE office_id = $1 AND book = $2");
DB_SQL(register_book_upsert,
       "INSERT INTO register_book (office_id, book, code, title, organiser, place, columns, "
       "changed_at, changed_by, keeper, acknowledged) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
       "ON CONFLICT (office_id, book) DO UPDATE SET code = excluded.code, title = excluded.title, "
       "organiser = excluded.organiser, place = excluded.place, columns = excluded.columns, "
       "changed_at = excluded.changed_at, changed_by = excluded.changed_by, "
       "keeper = excluded.keeper, acknowledged = excluded.acknowledged");
DB_SQL(register_visit_list,
       "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND arrived_at >= $2 "
       "AND arrived_at < $3 ORDER BY year, import_id IS NULL, number, number_suffix");
/* Cancelled before step 3 are shown with their number, but nobody came and nothing is left to settle. */
DB_SQL(register_recap_select,
       "SELECT "
       "(SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at < $2 "
       "AND state <> 'cancelled' AND (closed_at IS NULL OR closed_at >= $2)) AS carried, "
       "(SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at >= $2 AND arrived_at < $3 "
       "AND state <> 'cancelled') AS received, "
       "(SELECT count(*) FROM visit WHERE office_id = $1 AND closed_at >= $2 AND closed_at < $3 "
       "AND state <> 'cancelled' AND arrived_at < $3) AS settled, "
       "(SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at >= $2 AND arrived_at < $3 "
       "AND state <> 'cancelled' AND visitor_kind <> 'organization') AS individuals, "
       "(SELECT count(*) FROM visit WHERE office_id = $1 AND arrived_at >= $2 AND arrived_at < $3 "
       "AND state <> 'cancelled' AND visitor_kind = 'organization') AS organisations");
DB_SQL(register_first_visit, "SELECT arrived_at FROM visit WHERE office_id = $1 "
                             "ORDER BY arrived_at LIMIT 1");
DB_SQL(register_closing_select, "SELECT " CLOSING_COLUMNS " FROM register_closing "
                                "WHERE office_id = $1 AND book = $2 AND month = $3");
DB_SQL(register_closing_last, "SELECT " CLOSING_COLUMNS " FROM register_closing "
                              "WHERE office_id = $1 AND book = $2 ORDER BY month DESC LIMIT 1");
DB_SQL(register_closing_named,
       "SELECT count(*) FROM register_closing WHERE office_id = $1 AND id = $2");
DB_SQL(register_closing_insert,
       "INSERT INTO register_closing (office_id, " CLOSING_COLUMNS
       ", until_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
       "$16, $17)");
DB_SQL(register_visit_changes,
       "SELECT c.visit_id AS row_id, c.field AS field, c.reason AS reason, c.by_id AS by_id, "
       "'' AS series, v.number_suffix AS number_suffix, c.at AS at, v.year AS year, "
       "v.number AS number, v.arrived_at AS row_at FROM correction c "
       "JOIN visit v ON v.office_id = c.office_id AND v.id = c.visit_id "
       "WHERE c.office_id = $1 AND c.at >= $2 AND c.at < $3 AND v.arrived_at < $2 "
       "UNION ALL "
       "SELECT v.id AS row_id, '' AS field, COALESCE(v.late_reason, '') AS reason, "
       "v.registered_by AS by_id, '' AS series, v.number_suffix AS number_suffix, "
       "v.registered_at AS at, v.year AS year, v.number AS number, v.arrived_at AS row_at "
       "FROM visit v WHERE v.office_id = $1 AND v.registered_at >= $2 AND v.registered_at < $3 "
       "AND v.arrived_at < $2 AND v.import_id IS NULL "
       "ORDER BY at, number LIMIT 2000");
#define CORRECTIONS                                                                                \
    "SELECT row_id, field, reason, by_id, series, suffix AS number_suffix, at, year, number, "     \
    "row_at FROM register_correction WHERE office_id = $1 AND at >= $2 AND at < $3 AND book = $4 "
DB_SQL(register_entry_changes, CORRECTIONS "ORDER BY at, number LIMIT 2000");
/* Letters are numbered and cancelled in the letter book, which knows nothing of months. */
DB_SQL(
    register_letter_changes, CORRECTIONS
    "UNION ALL SELECT l.id AS row_id, 'cancelled' AS field, "
    "COALESCE(l.cancel_reason, '') AS reason, COALESCE(l.cancelled_by, '') AS by_id, "
    "l.type AS series, l.suffix AS number_suffix, l.cancelled_at AS at, l.year AS year, "
    "l.sequence AS number, l.dated_at AS row_at FROM letter l WHERE l.office_id = $1 "
    "AND l.cancelled_at >= $2 AND l.cancelled_at < $3 AND l.dated_at < $2 AND " REGISTER_LETTER_OF(
        "$4") "ORDER BY at, number LIMIT 2000");
DB_SQL(register_closings_list, "SELECT " CLOSING_COLUMNS " FROM register_closing "
                               "WHERE office_id = $1 AND book = $2 ORDER BY month");

const struct db_sql *const register_statements[] = {
    &register_book_select,    &register_book_upsert,
    &register_visit_list,     &register_recap_select,
    &register_first_visit,    &register_closing_select,
    &register_closing_last,   &register_closing_named,
    &register_closing_insert, &register_visit_changes,
    &register_entry_changes,  &register_letter_changes,
    &register_closings_list,  NULL};

/* --- the book ------------------------------------------------------------------------------------------- */

enum err register_book_row(struct db_conn *conn, const char *office_id, const char *book,
                           struct register_book *ret, const char **ret_columns)
{
    struct book_row row = {0};
    TRY(db_one(conn, &register_book_select, DB_ARGS(db_text(office_id), db_text(book)),
               &book_record, &row));
    ret->code = row.code;
    ret->title = row.title;
    ret->organiser = row.organiser;
    ret->place = row.place;
    ret->keeper = row.keeper;
    ret->acknowledged = row.acknowledged;
    ret->changed_at = row.changed_at;
    *ret_columns = row.columns;
    return ERR_OK;
}

enum err register_book_put(struct db_conn *tx, void *arg)
{
    const struct register_book_change *c = arg;
    TRY(db_run(tx, &register_book_upsert,
               DB_ARGS(db_text(c->act.office_id), db_text(c->book), db_text(c->code),
                       db_text(c->title), db_text(c->organiser), db_text(c->place),
                       db_text(c->columns), db_int(c->act.now_ms), db_text(c->act.actor_id),
                       db_text(c->keeper), db_text(c->acknowledged)),
               NULL));
    return visit_act_log(tx, &c->act,
                         (struct audit_new){.action = "register_changed",
                                            .subject_kind = "register",
                                            .subject_id = c->book,
                                            .detail = ""});
}

/* --- months ----------------------------------------------------------------------------------------------- */

enum err register_visits(struct db_conn *conn, const char *office_id,
                         const struct register_month *m, struct visit **ret, size_t *ret_count)
{
    return db_list(conn, &register_visit_list,
                   DB_ARGS(db_text(office_id), db_int(m->from_ms), db_int(m->until_ms)),
                   &visit_record, REGISTER_ROWS_MAX, ret, ret_count);
}

enum err register_recap_of(struct db_conn *conn, const char *office_id,
                           const struct register_month *m, struct register_recap *ret)
{
    return db_one(conn, &register_recap_select,
                  DB_ARGS(db_text(office_id), db_int(m->from_ms), db_int(m->until_ms)),
                  &recap_record, ret);
}

enum err register_first(struct db_conn *conn, const char *office_id, int64_t *ret_ms)
{
    return db_number(conn, &register_first_visit, DB_ARGS(db_text(office_id)), ret_ms);
}

enum err register_closing_get(struct db_conn *conn, const char *office_id, const char *book,
                              const char *month, struct register_closing *ret)
{
    return db_one(conn, &register_closing_select,
                  DB_ARGS(db_text(office_id), db_text(book), db_text(month)), &closing_record, ret);
}

static enum err last_closing(struct db_conn *conn, const char *office_id, const char *book,
                             struct register_closing *ret)
{
    enum err e = db_one(conn, &register_closing_last, DB_ARGS(db_text(office_id), db_text(book)),
                        &closing_record, ret);
    return e == ERR_MISSING ? ERR_OK : e;
}

enum err register_last_closed(struct db_conn *conn, const char *office_id, const char *book,
                              const char **ret)
{
    struct register_closing last = {.month = NULL};
    TRY(last_closing(conn, office_id, book, &last));
    *ret = last.month;
    return ERR_OK;
}

enum err register_open_since(struct db_conn *conn, const char *office_id, const char *book,
                             int offset_min, int64_t *ret)
{
    const char *last = NULL;
    struct register_month m;
    TRY(register_last_closed(conn, office_id, book, &last));
    *ret = last && register_month_read(db_conn_arena(conn), last, offset_min, &m) ? m.until_ms : 0;
    return ERR_OK;
}

/* Was the month of this line on paper when the change was written? */
static bool was_closed(struct arena *a, const struct register_closing *closings, size_t count,
                       const struct register_change *c, int offset_min)
{
    const char *month = register_month_of(a, c->row_at, offset_min).text;
    for (size_t i = 0; i < count; i++) {
        if (str_eq(closings[i].month, month))
            return closings[i].closed_at <= c->at;
    }
    return false;
}

enum err register_changes(struct db_conn *conn, const char *office_id,
                          const struct register_book *b, const struct register_month *m,
                          int offset_min, struct register_change **ret, size_t *ret_count)
{
    struct register_closing *closings = NULL;
    struct register_change *list = NULL;
    size_t closing_count = 0, count = 0, kept = 0;
    *ret_count = 0;
    *ret = NULL;
    TRY(db_list(conn, &register_closings_list, DB_ARGS(db_text(office_id), db_text(b->book)),
                &closing_record, CLOSINGS_MAX, &closings, &closing_count));
    if (!closing_count)
        return ERR_OK;
    const struct db_arg args[] = {db_text(office_id), db_int(m->from_ms), db_int(m->until_ms),
                                  db_text(b->book)};
    bool visits = b->source == REGISTER_VISITS;
    const struct db_sql *sql = visits                   ? &register_visit_changes
                               : register_of_letters(b) ? &register_letter_changes
                                                        : &register_entry_changes;
    TRY(db_list(conn, sql, args, visits ? 3 : 4, &change_record, 2000, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (was_closed(db_conn_arena(conn), closings, closing_count, &list[i], offset_min))
            list[kept++] = list[i];
    }
    *ret = list;
    *ret_count = kept;
    return ERR_OK;
}

/* --- closing ------------------------------------------------------------------------------------------------ */

static enum err insert_closing(struct db_conn *tx, const struct register_close *c)
{
    const struct register_closing *k = &c->closing;
    return db_run(tx, &register_closing_insert,
                  DB_ARGS(db_text(c->act.office_id), db_text(k->book), db_text(k->month),
                          db_text(k->id), db_int(k->closed_at), db_text(k->closed_by),
                          db_int(k->carried), db_int(k->received), db_int(k->settled),
                          db_int(k->individuals), db_int(k->organisations), db_text(k->signer),
                          db_text(k->acknowledged), db_text(k->proof_code), db_int(k->pages),
                          db_bytes(k->file_hash), db_int(c->month.until_ms)),
                  NULL);
}

static enum err still_true(struct db_conn *tx, struct register_close *c)
{
    struct register_recap now = {.carried = 0};
    const struct register_closing *k = &c->closing;
    if (!c->book || c->book->source == REGISTER_VISITS)
        return ERR_OK;
    TRY(register_rows_recap(tx, c->act.office_id, c->book, &c->month, &now));
    if (now.carried == k->carried && now.received == k->received && now.settled == k->settled)
        return ERR_OK;
    c->refusal = (struct refusal){
        .err = ERR_CONFLICT,
        .code = "book_changed",
        .msgid = T("Ada entri baru saat buku ditutup. Periksa buku, lalu tutup sekali lagi.")};
    return ERR_CONFLICT;
}

enum err register_close_month(struct db_conn *tx, void *arg)
{
    struct register_close *c = arg;
    const char *office = c->act.office_id, *last = NULL;
    struct arena *a = db_conn_arena(tx);
    TRY(register_last_closed(tx, office, c->closing.book, &last));
    c->refusal = register_may_close(a, &c->month, c->act.now_ms, c->first, last);
    if (c->refusal.err != ERR_OK)
        return c->refusal.err;
    TRY(still_true(tx, c));
    TRY(proof_begin(tx, office, &c->proof));
    TRY(proof_finish(tx, office, &c->proof));
    TRY(insert_closing(tx, c));
    return visit_act_log(
        tx, &c->act,
        (struct audit_new){
            .action = "register_closed",
            .subject_kind = "register",
            .subject_id = c->closing.book,
            .detail = arena_printf(a, "month=%s sha256=%s", c->closing.month,
                                   str_hex(a, c->closing.file_hash.p, c->closing.file_hash.n))});
}

enum err register_closing_known(struct db_conn *conn, const char *office_id, const char *id,
                                bool *ret)
{
    int64_t count = 0;
    TRY(db_number(conn, &register_closing_named, DB_ARGS(db_text(office_id), db_text(id)), &count));
    *ret = count > 0;
    return ERR_OK;
}
