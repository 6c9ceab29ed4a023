/* Lines of the books that are not made of visits. See register_entry.h. */
#include "features/register/register_entry.h"

#include <stdio.h>

#include "features/audit/audit.h"
#include "features/register/register_store.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/counter/counter.h"
#include "lib/base/banned.h"

#define DAY_MS     ((int64_t)86400 * 1000)
#define BOOK_BYTES 48

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)
static const struct record_column row_columns[] = {
    COLUMN(register_row, id, REC_TEXT),
    COLUMN(register_row, source_kind, REC_TEXT),
    COLUMN(register_row, source_id, REC_TEXT),
    COLUMN(register_row, year, REC_INT),
    COLUMN(register_row, number, REC_INT),
    COLUMN(register_row, suffix, REC_TEXT),
    COLUMN(register_row, series, REC_TEXT),
    COLUMN(register_row, at, REC_TIME),
    COLUMN(register_row, counts_at, REC_TIME),
    COLUMN(register_row, has_time, REC_INT),
    COLUMN(register_row, made_at, REC_TIME),
    COLUMN(register_row, settled_at, REC_TIME),
    COLUMN(register_row, cancelled_at, REC_TIME),
    COLUMN(register_row, made_by, REC_TEXT),
    COLUMN(register_row, cancel_reason, REC_TEXT),
    COLUMN(register_row, words_sealed, REC_BYTES),
    COLUMN(register_row, kind, REC_TEXT),
    COLUMN(register_row, letter_number, REC_TEXT),
    COLUMN(register_row, about, REC_TEXT),
    COLUMN(register_row, addressee, REC_TEXT),
    COLUMN(register_row, attachment, REC_TEXT),
    COLUMN(register_row, complaint_number, REC_INT),
    COLUMN(register_row, complaint_year, REC_INT),
    COLUMN(register_row, ended_at, REC_TIME),
    COLUMN(register_row, disposition_at, REC_TIME),
    COLUMN(register_row, state, REC_TEXT),
    COLUMN(register_row, side, REC_TEXT),
    COLUMN(register_row, way, REC_TEXT),
    COLUMN(register_row, reporter_mode, REC_TEXT),
    COLUMN(register_row, class, REC_TEXT),
    COLUMN(register_row, value_source, REC_TEXT),
    COLUMN(register_row, value_content, REC_TEXT),
    COLUMN(register_row, disposition_number, REC_TEXT),
};
static const struct record row_record = RECORD("RegisterRow", struct register_row, row_columns);

static const struct record_column recap_columns[] = {
    COLUMN(register_recap, carried, REC_INT),
    COLUMN(register_recap, received, REC_INT),
    COLUMN(register_recap, settled, REC_INT),
};
static const struct record recap_record = RECORD("RegisterRowsRecap", struct register_recap,
                                                 recap_columns);

static const struct record_column waiting_columns[] = {
    COLUMN(register_waiting, id, REC_TEXT),    COLUMN(register_waiting, year, REC_INT),
    COLUMN(register_waiting, number, REC_INT), COLUMN(register_waiting, received_at, REC_TIME),
    COLUMN(register_waiting, state, REC_TEXT), COLUMN(register_waiting, class, REC_TEXT),
    COLUMN(register_waiting, way, REC_TEXT),
};
static const struct record waiting_record = RECORD("RegisterWaiting", struct register_waiting,
                                                   waiting_columns);

/* --- reading -------------------------------------------------------------------------------------------------- */

/* What lies open of a complaint; nothing here is under its seal. */
#define OF_COMPLAINT                                                                               \
    "COALESCE(c.number, 0) AS complaint_number, COALESCE(c.year, 0) AS complaint_year, "           \
    "c.ended_at AS ended_at, c.state AS state, c.side AS side, c.way AS way, "                     \
    "c.reporter_mode AS reporter_mode, c.class AS class, k.value_source AS value_source, "         \
    "k.value_content AS value_content, d.number AS disposition_number, "                           \
    "d.dated_at AS disposition_at "
#define JOIN_COMPLAINT(office, complaint)                                                          \
    "LEFT JOIN complaint c ON c.office_id = " office " AND c.id = " complaint " "                  \
    "LEFT JOIN casework k ON k.office_id = c.office_id AND k.complaint_id = c.id "                 \
    "LEFT JOIN letter d ON d.office_id = c.office_id AND d.id = (SELECT max(x.id) FROM letter x "  \
    "WHERE x.office_id = c.office_id AND x.complaint_id = c.id AND x.kind = 'disposition' "        \
    "AND x.cancelled_at IS NULL) "

/* Was the month of `at` closed when `then` happened? Months are closed in order. */
#define CLOSED_WHEN(at, then)                                                                      \
    "EXISTS (SELECT 1 FROM register_closing m WHERE m.office_id = $1 AND m.book = $2 "             \
    "AND m.until_ms > " at " AND m.closed_at <= " then ") "
/* A letter that was numbered into a closed month stands in the one in which that was done. */
#define LETTER_COUNTS                                                                              \
    "CASE WHEN " CLOSED_WHEN("l.dated_at", "l.made_at") "THEN l.made_at ELSE l.dated_at END "

#define ENTRY_SELECT                                                                               \
    "SELECT e.id AS id, e.source_kind AS source_kind, e.source_id AS source_id, e.year AS year, "  \
    "e.number AS number, e.suffix AS suffix, '' AS series, e.received_at AS at, "                  \
    "e.counts_at AS counts_at, "                                                                   \
    "e.has_time AS has_time, e.made_at AS made_at, e.settled_at AS settled_at, "                   \
    "e.cancelled_at AS cancelled_at, e.made_by AS made_by, e.cancel_reason AS cancel_reason, "     \
    "w.words_sealed AS words_sealed, " OF_COMPLAINT "FROM register_entry e "                       \
    "LEFT JOIN register_words w ON w.office_id = e.office_id AND w.book = e.book "                 \
    "AND w.row_id = e.id " JOIN_COMPLAINT("e.office_id",                                           \
                                          "e.source_id AND e.source_kind = 'complaint'")

#define LETTER_SELECT                                                                              \
    "SELECT l.id AS id, 'letter' AS source_kind, l.complaint_id AS source_id, l.year AS year, "    \
    "l.sequence AS number, l.suffix AS suffix, l.type AS series, l.dated_at AS at, " LETTER_COUNTS \
    "AS counts_at, "                                                                               \
    "0 AS has_time, l.made_at AS made_at, l.cancelled_at AS cancelled_at, "                        \
    "l.made_by AS made_by, l.cancel_reason AS cancel_reason, l.kind AS kind, "                     \
    "l.number AS letter_number, l.about AS about, l.addressee AS addressee, "                      \
    "l.attachment AS attachment, w.words_sealed AS words_sealed, " OF_COMPLAINT "FROM letter l "   \
    "LEFT JOIN register_words w ON w.office_id = l.office_id AND w.book = $2 AND w.row_id = "      \
    "l.id " JOIN_COMPLAINT("l.office_id", "l.complaint_id")

DB_SQL(register_entry_list,
       ENTRY_SELECT "WHERE e.office_id = $1 AND e.book = $2 AND e.counts_at >= $3 "
                    "AND e.counts_at < $4 ORDER BY e.year, e.number, length(e.suffix), e.suffix");
DB_SQL(register_entry_select, ENTRY_SELECT "WHERE e.office_id = $1 AND e.book = $2 AND e.id = $3");
DB_SQL(register_letter_list,
       LETTER_SELECT "WHERE l.office_id = $1 AND " REGISTER_LETTER_OF(
           "$2") "AND l.dated_at < $4 AND (l.dated_at >= $3 OR l.made_at >= $3) "
                 "AND " LETTER_COUNTS ">= $3 AND " LETTER_COUNTS "< $4 "
                 "ORDER BY l.dated_at, l.type, l.year, l.sequence, length(l.suffix), l.suffix");
DB_SQL(register_letter_select,
       LETTER_SELECT "WHERE l.office_id = $1 AND " REGISTER_LETTER_OF("$2") "AND l.id = $3");
DB_SQL(register_entry_first, "SELECT counts_at FROM register_entry WHERE office_id = $1 "
                             "AND book = $2 ORDER BY counts_at LIMIT 1");
DB_SQL(register_letter_first, "SELECT l.dated_at FROM letter l WHERE l.office_id = $1 "
                              "AND " REGISTER_LETTER_OF("$2") "ORDER BY l.dated_at LIMIT 1");

/* counts: when a line counts as received; gone: cancelled; settled. Cancelled before its month was closed, a line
 * never counts; cancelled later, it is settled by that. So what is left of a month is what the next one
 * carries. */
#define RECAP_FROM(lines)                                                                          \
    "WITH entry AS (" lines "), "                                                                  \
    "ended AS (SELECT counts, CASE WHEN gone IS NOT NULL AND (settled IS NULL "                    \
    "OR gone < settled) THEN gone ELSE settled END AS ends FROM entry "                            \
    "WHERE gone IS NULL OR " CLOSED_WHEN(                                                          \
        "counts",                                                                                  \
        "gone") "), "                                                                              \
                "r AS (SELECT counts, CASE WHEN ends < counts THEN counts ELSE ends END AS done "  \
                "FROM ended) "                                                                     \
                "SELECT "                                                                          \
                "(SELECT count(*) FROM r WHERE counts < $3 AND (done IS NULL OR done >= $3)) AS "  \
                "carried, "                                                                        \
                "(SELECT count(*) FROM r WHERE counts >= $3 AND counts < $4) AS received, "        \
                "(SELECT count(*) FROM r WHERE done >= $3 AND done < $4 AND counts < $4) AS "      \
                "settled"
DB_SQL(register_mail_recap,
       RECAP_FROM("SELECT e.counts_at AS counts, e.cancelled_at AS gone, "
                  "COALESCE(e.settled_at, (SELECT min(d.made_at) FROM letter d "
                  "WHERE d.office_id = e.office_id AND d.complaint_id = e.source_id "
                  "AND d.kind = 'disposition' AND d.cancelled_at IS NULL)) AS settled "
                  "FROM register_entry e WHERE e.office_id = $1 AND e.book = $2 "
                  "AND e.counts_at < $4"));
DB_SQL(register_work_recap,
       RECAP_FROM("SELECT e.counts_at AS counts, e.cancelled_at AS gone, "
                  "COALESCE(e.settled_at, c.ended_at) AS settled FROM register_entry e "
                  "LEFT JOIN complaint c ON c.office_id = e.office_id AND c.id = e.source_id "
                  "WHERE e.office_id = $1 AND e.book = $2 AND e.counts_at < $4"));
/* A letter is settled when it goes out, a telaahan when it was disposed of. */
DB_SQL(register_letter_recap,
       RECAP_FROM("SELECT " LETTER_COUNTS "AS counts, l.cancelled_at AS gone, "
                  "CASE WHEN $2 = 'telaahan' "
                  "THEN (SELECT min(d.made_at) FROM letter d WHERE d.office_id = l.office_id "
                  "AND d.complaint_id = l.complaint_id AND d.kind = 'disposition' "
                  "AND d.cancelled_at IS NULL AND d.made_at >= l.made_at) "
                  "ELSE l.dated_at END AS settled FROM letter l WHERE l.office_id = $1 "
                  "AND " REGISTER_LETTER_OF("$2") "AND l.dated_at < $4"));

enum err register_rows(struct db_conn *conn, const char *office_id, const struct register_book *b,
                       const struct register_month *m, struct register_row **ret, size_t *ret_count)
{
    return db_list(
        conn, register_of_letters(b) ? &register_letter_list : &register_entry_list,
        DB_ARGS(db_text(office_id), db_text(b->book), db_int(m->from_ms), db_int(m->until_ms)),
        &row_record, REGISTER_ROWS_MAX, ret, ret_count);
}

enum err register_row_get(struct db_conn *conn, const char *office_id,
                          const struct register_book *b, const char *id, struct register_row *ret)
{
    return db_one(conn, register_of_letters(b) ? &register_letter_select : &register_entry_select,
                  DB_ARGS(db_text(office_id), db_text(b->book), db_text(id)), &row_record, ret);
}

enum err register_rows_recap(struct db_conn *conn, const char *office_id,
                             const struct register_book *b, const struct register_month *m,
                             struct register_recap *ret)
{
    const struct db_sql *sql = register_of_letters(b)          ? &register_letter_recap
                               : b->source == REGISTER_REPORTS ? &register_work_recap
                                                               : &register_mail_recap;
    return db_one(
        conn, sql,
        DB_ARGS(db_text(office_id), db_text(b->book), db_int(m->from_ms), db_int(m->until_ms)),
        &recap_record, ret);
}

enum err register_rows_first(struct db_conn *conn, const char *office_id,
                             const struct register_book *b, int64_t *ret_ms)
{
    return db_number(conn, register_of_letters(b) ? &register_letter_first : &register_entry_first,
                     DB_ARGS(db_text(office_id), db_text(b->book)), ret_ms);
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

/* Lateness is a matter of days: within a day the book goes on. $4: the first moment after the day. */
DB_SQL(register_later, "SELECT count(*) FROM register_entry WHERE office_id = $1 AND book = $2 "
                       "AND year = $3 AND received_at >= $4 AND suffix = ''");
DB_SQL(register_behind, "SELECT max(number) FROM register_entry WHERE office_id = $1 AND book = $2 "
                        "AND year = $3 AND received_at < $4 AND suffix = ''");
DB_SQL(register_lowest, "SELECT min(number) FROM register_entry WHERE office_id = $1 AND book = $2 "
                        "AND year = $3 AND suffix = ''");
DB_SQL(register_suffixes, "SELECT count(*) FROM register_entry WHERE office_id = $1 AND book = $2 "
                          "AND year = $3 AND number = $4 AND suffix <> ''");
DB_SQL(register_has_source,
       "SELECT count(*) FROM register_entry WHERE office_id = $1 AND book = $2 "
       "AND source_id = $3 AND cancelled_at IS NULL");
DB_SQL(register_entry_insert,
       "INSERT INTO register_entry (office_id, book, id, year, number, suffix, received_at, "
       "has_time, source_kind, source_id, counts_at, settled_at, made_at, made_by) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
DB_SQL(register_words_put,
       "INSERT INTO register_words (office_id, book, row_id, words_sealed, changed_at, changed_by) "
       "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (office_id, book, row_id) "
       "DO UPDATE SET words_sealed = excluded.words_sealed, changed_at = excluded.changed_at, "
       "changed_by = excluded.changed_by");
DB_SQL(register_correction_insert,
       "INSERT INTO register_correction (office_id, book, id, row_id, row_at, series, number, "
       "suffix, year, field, reason, before_sealed, at, by_id) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
DB_SQL(register_entry_settle,
       "UPDATE register_entry SET settled_at = $4 WHERE office_id = $1 AND book = $2 AND id = $3");
DB_SQL(register_entry_cancel,
       "UPDATE register_entry SET cancelled_at = $4, cancelled_by = $5, cancel_reason = $6 "
       "WHERE office_id = $1 AND book = $2 AND id = $3 AND cancelled_at IS NULL");

static enum err number_of(struct db_conn *tx, const struct register_adding *a,
                          struct register_new *n)
{
    const char *office = a->act.office_id;
    int64_t day_end = time_day_start(n->at, a->offset_min) + DAY_MS, later = 0, used = 0;
    char counter[BOOK_BYTES];
    n->year = time_civil(n->at, a->offset_min).year;
    n->suffix = "";
    (void)snprintf(counter, sizeof(counter), "register:%s", a->book);
    const struct db_arg day[] = {db_text(office), db_text(a->book), db_int(n->year),
                                 db_int(day_end)};
    TRY(db_number(tx, &register_later, day, 4, &later));
    if (!later)
        return counter_next_of_year(tx, office, counter, n->year, &n->number);
    TRY(db_number(tx, &register_behind, day, 4, &n->number));
    if (n->number == 0)
        TRY(db_number(tx, &register_lowest, day, 3, &n->number));
    TRY(db_number(tx, &register_suffixes,
                  DB_ARGS(db_text(office), db_text(a->book), db_int(n->year), db_int(n->number)),
                  &used));
    n->suffix = counter_suffix(db_conn_arena(tx), used);
    return ERR_OK;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static enum err note(struct db_conn *tx, const struct visit_act *act, const char *action,
                     const char *book, const char *detail)
{
    return visit_act_log(
        tx, act,
        (struct audit_new){
            .action = action, .subject_kind = "register", .subject_id = book, .detail = detail});
}

static enum err put_words(struct db_conn *tx, const struct visit_act *act, const char *book,
                          const char *row_id, struct bytes words)
{
    if (!words.p)
        return ERR_OK;
    return db_run(tx, &register_words_put,
                  DB_ARGS(db_text(act->office_id), db_text(book), db_text(row_id), db_bytes(words),
                          db_int(act->now_ms), db_text(act->actor_id)),
                  NULL);
}

/* One line under "Perbaikan atas bulan yang sudah ditutup". */
static enum err put_correction(struct db_conn *tx, const struct register_changing *c,
                               const struct register_row *row, const char *field)
{
    return db_run(tx, &register_correction_insert,
                  DB_ARGS(db_text(c->act.office_id), db_text(c->book->book),
                          db_text(c->correction_id), db_text(c->id), db_int(row->at),
                          db_text(str_or(row->series, "")), db_int(row->number),
                          db_text(row->suffix), db_int(row->year), db_text(field),
                          db_text(str_or(c->reason, "")), db_bytes(c->before_sealed),
                          db_int(c->act.now_ms), db_text(c->act.actor_id)),
                  NULL);
}

static enum err insert(struct db_conn *tx, const struct register_adding *a, struct register_new *n,
                       int64_t since)
{
    int64_t now = a->act.now_ms;
    n->counts_at = n->at < since ? now : n->at;
    int64_t settled = n->settled_at && n->settled_at < since ? now : n->settled_at;
    TRY(db_run(tx, &register_entry_insert,
               DB_ARGS(db_text(a->act.office_id), db_text(a->book), db_text(n->id), db_int(n->year),
                       db_int(n->number), db_text(n->suffix), db_int(n->at), db_int(n->has_time),
                       db_text(n->source_kind), db_text(n->source_id), db_int(n->counts_at),
                       db_time(settled), db_int(now), db_text(n->made_by)),
               NULL));
    return put_words(tx, &a->act, a->book, n->id, n->words_sealed);
}

enum err register_add(struct db_conn *tx, void *arg)
{
    struct register_adding *a = arg;
    int64_t since = 0;
    a->added = 0;
    TRY(register_open_since(tx, a->act.office_id, a->book, a->offset_min, &since));
    for (size_t i = 0; i < a->count; i++) {
        struct register_new *n = &a->items[i];
        int64_t there = 0;
        if (n->source_id)
            TRY(db_number(
                tx, &register_has_source,
                DB_ARGS(db_text(a->act.office_id), db_text(a->book), db_text(n->source_id)),
                &there));
        n->there = there > 0;
        if (n->there)
            continue;
        TRY(number_of(tx, a, n));
        TRY(insert(tx, a, n, since));
        TRY(note(tx, &a->act, "register_line_added", a->book,
                 arena_printf(db_conn_arena(tx), "line=%s number=%lld%s year=%lld", n->id,
                              (long long)n->number, n->suffix, (long long)n->year)));
        a->added++;
    }
    return ERR_OK;
}

static enum err refuse(struct register_changing *c, enum err e, const char *code, const char *msgid)
{
    c->refusal = (struct refusal){.err = e, .code = code, .msgid = msgid};
    if (e == ERR_INVALID)
        c->refusal.field = "reason";
    return e;
}

/* The line, and whether its month is closed. */
static enum err line_of(struct db_conn *tx, struct register_changing *c, struct register_row *ret,
                        int64_t *ret_since)
{
    c->refusal = (struct refusal){.err = ERR_OK};
    TRY(register_row_get(tx, c->act.office_id, c->book, c->id, ret));
    TRY(register_open_since(tx, c->act.office_id, c->book->book, c->offset_min, ret_since));
    if (ret->cancelled_at)
        return refuse(c, ERR_CONFLICT, "line_cancelled",
                      T("Nomor ini sudah dibatalkan. Muat ulang halaman."));
    if (ret->counts_at < *ret_since && str_empty(c->reason))
        return refuse(c, ERR_INVALID, "reason_missing",
                      T("Bulan ini sudah ditutup. Tulis alasan perbaikannya."));
    return ERR_OK;
}

/* Settled once in a closed month stays there: its recap is on paper. */
static enum err settle(struct db_conn *tx, const struct register_changing *c,
                       const struct register_row *row, int64_t since)
{
    int64_t at = c->settled_at && c->settled_at < since ? c->act.now_ms : c->settled_at;
    if (row->settled_at && row->settled_at < since)
        at = row->settled_at;
    return db_run(
        tx, &register_entry_settle,
        DB_ARGS(db_text(c->act.office_id), db_text(c->book->book), db_text(c->id), db_time(at)),
        NULL);
}

enum err register_change_line(struct db_conn *tx, void *arg)
{
    struct register_changing *c = arg;
    struct register_row row = {.id = NULL};
    int64_t since = 0;
    TRY(line_of(tx, c, &row, &since));
    if (str_empty(c->fields))
        return ERR_OK;
    TRY(put_words(tx, &c->act, c->book->book, c->id, c->words_sealed));
    if (!str_eq(row.source_kind, "letter"))
        TRY(settle(tx, c, &row, since));
    if (row.counts_at < since)
        TRY(put_correction(tx, c, &row, c->fields));
    return note(tx, &c->act, "register_line_changed", c->book->book,
                arena_printf(db_conn_arena(tx), "line=%s fields=%s", c->id, c->fields));
}

enum err register_cancel_line(struct db_conn *tx, void *arg)
{
    struct register_changing *c = arg;
    struct register_row row = {.id = NULL};
    int64_t since = 0;
    TRY(line_of(tx, c, &row, &since));
    TRY(db_run(tx, &register_entry_cancel,
               DB_ARGS(db_text(c->act.office_id), db_text(c->book->book), db_text(c->id),
                       db_int(c->act.now_ms), db_text(c->act.actor_id), db_text(c->reason)),
               NULL));
    if (row.counts_at < since)
        TRY(put_correction(tx, c, &row, "cancelled"));
    return note(tx, &c->act, "register_line_cancelled", c->book->book,
                arena_printf(db_conn_arena(tx), "line=%s number=%lld%s year=%lld", c->id,
                             (long long)row.number, row.suffix, (long long)row.year));
}

/* --- what waits ------------------------------------------------------------------------------------------------------ */

#define WAITING                                                                                    \
    "SELECT c.id, c.year, c.number, c.received_at, c.state, c.class, c.way FROM complaint c "
#define NOT_SORTED                                                                                 \
    "NOT EXISTS (SELECT 1 FROM register_entry e WHERE e.office_id = c.office_id "                  \
    "AND e.source_id = c.id AND e.cancelled_at IS NULL AND e.book LIKE 'kerja-%') "
DB_SQL(register_unsorted_list,
       WAITING "WHERE c.office_id = $1 AND " NOT_SORTED "ORDER BY c.received_at, c.id LIMIT 200");
DB_SQL(register_unsorted_select, WAITING "WHERE c.office_id = $1 AND c.id = $2 AND " NOT_SORTED);
DB_SQL(register_letters_waiting_list,
       WAITING "WHERE c.office_id = $1 AND c.received_at >= $2 AND c.received_at < $3 "
               "AND c.way IN ('letter', 'post') AND NOT EXISTS (SELECT 1 FROM register_entry e "
               "WHERE e.office_id = c.office_id AND e.book = 'surat-masuk-rahasia' "
               "AND e.source_id = c.id) ORDER BY c.received_at, c.id LIMIT 200");
DB_SQL(register_visits_waiting_list,
       "SELECT " VISIT_COLUMNS " FROM visit WHERE office_id = $1 AND arrived_at >= $2 "
       "AND arrived_at < $3 AND note_sealed IS NOT NULL AND complaint_sealed IS NULL "
       "AND category <> 'complaint' AND import_id IS NULL AND state <> 'cancelled' "
       "AND NOT EXISTS (SELECT 1 FROM register_entry e WHERE e.office_id = visit.office_id "
       "AND e.book = 'surat-masuk' AND e.source_id = visit.id) ORDER BY arrived_at, id");

enum err register_unsorted(struct db_conn *conn, const char *office_id,
                           struct register_waiting **ret, size_t *ret_count)
{
    return db_list(conn, &register_unsorted_list, DB_ARGS(db_text(office_id)), &waiting_record,
                   REGISTER_PENDING_MAX, ret, ret_count);
}

enum err register_unsorted_one(struct db_conn *conn, const char *office_id, const char *id,
                               struct register_waiting *ret)
{
    return db_one(conn, &register_unsorted_select, DB_ARGS(db_text(office_id), db_text(id)),
                  &waiting_record, ret);
}

enum err register_letters_waiting(struct db_conn *conn, const char *office_id, int64_t from_ms,
                                  int64_t until_ms, struct register_waiting **ret, size_t *ret_count)
{
    return db_list(conn, &register_letters_waiting_list,
                   DB_ARGS(db_text(office_id), db_int(from_ms), db_int(until_ms)), &waiting_record,
                   REGISTER_PENDING_MAX, ret, ret_count);
}

enum err register_visits_waiting(struct db_conn *conn, const char *office_id, int64_t from_ms,
                                 int64_t until_ms, struct visit **ret, size_t *ret_count)
{
    return db_list(conn, &register_visits_waiting_list,
                   DB_ARGS(db_text(office_id), db_int(from_ms), db_int(until_ms)), &visit_record,
                   REGISTER_ROWS_MAX, ret, ret_count);
}

const struct db_sql *const register_entry_statements[] = {&register_entry_list,
                                                          &register_entry_select,
                                                          &register_letter_list,
                                                          &register_letter_select,
                                                          &register_entry_first,
                                                          &register_letter_first,
                                                          &register_mail_recap,
                                                          &register_work_recap,
                                                          &register_letter_recap,
                                                          &register_later,
                                                          &register_behind,
                                                          &register_lowest,
                                                          &register_suffixes,
                                                          &register_has_source,
                                                          &register_entry_insert,
                                                          &register_words_put,
                                                          &register_correction_insert,
                                                          &register_entry_settle,
                                                          &register_entry_cancel,
                                                          &register_unsorted_list,
                                                          &register_unsorted_select,
                                                          &register_letters_waiting_list,
                                                          &register_visits_waiting_list,
                                                          NULL};
