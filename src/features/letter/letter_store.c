/* The book of letters: numbers given inside the transaction, cancelled ones kept; what stands in a number. */
#include "features/letter/letter_store.h"

#include <stdio.h>

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/counter/counter.h"
#include "lib/base/banned.h"

#define BOOK_BYTES 40

#define COLUMN(member, kind) RECORD_COLUMN(struct letter, member, kind, 0, NULL)
static const struct record_column letter_columns[] = {
    COLUMN(id, REC_TEXT),
    COLUMN(complaint_id, REC_TEXT),
    COLUMN(kind, REC_TEXT),
    COLUMN(type, REC_TEXT),
    COLUMN(year, REC_INT),
    COLUMN(sequence, REC_INT),
    COLUMN(suffix, REC_TEXT),
    COLUMN(month, REC_INT),
    COLUMN(subject_code, REC_TEXT),
    COLUMN(number, REC_TEXT),
    COLUMN(dated_at, REC_TIME),
    COLUMN(about, REC_TEXT),
    COLUMN(template_version, REC_INT),
    COLUMN(input_sealed, REC_BYTES),
    COLUMN(made_at, REC_TIME),
    COLUMN(made_by, REC_TEXT),
    COLUMN(cancelled_at, REC_TIME),
    COLUMN(cancelled_by, REC_TEXT),
    COLUMN(cancel_reason, REC_TEXT),
    COLUMN(addressee, REC_TEXT),
    COLUMN(attachment, REC_TEXT),
};
static const struct record letter_record = RECORD("LetterRow", struct letter, letter_columns);

static const struct record_column rule_columns[] = {
    RECORD_COLUMN(struct letter_rule, kind, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct letter_rule, type, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct letter_rule, subject_code, REC_TEXT, 0, NULL),
};
static const struct record rule_record = RECORD("LetterRule", struct letter_rule, rule_columns);

struct place_row {
    const char *place;
};
static const struct record_column place_columns[] = {
    RECORD_COLUMN(struct place_row, place, REC_TEXT, 0, NULL),
};
static const struct record place_record = RECORD("LetterPlace", struct place_row, place_columns);

static const struct record_column counter_columns[] = {
    RECORD_COLUMN(struct letter_counter, type, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct letter_counter, value, REC_INT, 0, NULL),
};
static const struct record counter_record = RECORD("LetterCounter", struct letter_counter,
                                                   counter_columns);

#define LETTER_COLUMNS                                                                             \
    "id, complaint_id, kind, type, year, sequence, suffix, month, subject_code, number, "          \
    "dated_at, about, template_version, input_sealed, made_at, made_by, cancelled_at, "            \
    "cancelled_by, cancel_reason, addressee, attachment"

/* A later letter has its number already: an earlier one stands behind the last of its own day. */
DB_SQL(letter_later, "SELECT count(*) FROM letter WHERE office_id = $1 AND type = $2 AND year = $3 "
                     "AND dated_at > $4 AND suffix = ''");
DB_SQL(letter_behind, "SELECT max(sequence) FROM letter WHERE office_id = $1 AND type = $2 "
                      "AND year = $3 AND dated_at <= $4 AND suffix = ''");
DB_SQL(letter_first, "SELECT min(sequence) FROM letter WHERE office_id = $1 AND type = $2 "
                     "AND year = $3 AND suffix = ''");
DB_SQL(letter_suffixes, "SELECT count(*) FROM letter WHERE office_id = $1 AND type = $2 "
                        "AND year = $3 AND sequence = $4 AND suffix <> ''");
DB_SQL(
    letter_insert,
    "INSERT INTO letter (office_id, id, complaint_id, kind, type, year, sequence, suffix, month, "
    "subject_code, number, dated_at, about, template_version, input_sealed, made_at, made_by, "
    "addressee, attachment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17, $18, $19)");
DB_SQL(letter_select, "SELECT " LETTER_COLUMNS " FROM letter WHERE office_id = $1 AND id = $2");
DB_SQL(letter_select_complaint,
       "SELECT " LETTER_COLUMNS " FROM letter WHERE office_id = $1 AND complaint_id = $2 "
       "ORDER BY made_at, id");
DB_SQL(letter_count_kind, "SELECT count(*) FROM letter WHERE office_id = $1 AND complaint_id = $2 "
                          "AND kind = $3 AND cancelled_at IS NULL");
DB_SQL(letter_select_book,
       "SELECT " LETTER_COLUMNS " FROM letter WHERE office_id = $1 "
       "AND ($2 = 0 OR year = $2) AND ($3 = '' OR (made_at, id) < "
       "(SELECT c.made_at, c.id FROM letter c WHERE c.office_id = $1 AND c.id = $3)) "
       "ORDER BY made_at DESC, id DESC LIMIT $4");
DB_SQL(letter_update_cancel,
       "UPDATE letter SET cancelled_at = $3, cancelled_by = $4, cancel_reason = $5 "
       "WHERE office_id = $1 AND id = $2 AND cancelled_at IS NULL");
DB_SQL(letter_rule_select,
       "SELECT kind, type, subject_code FROM letter_rule WHERE office_id = $1 AND kind = $2");
DB_SQL(letter_rule_put,
       "INSERT INTO letter_rule (office_id, kind, type, subject_code) VALUES ($1, $2, $3, $4) "
       "ON CONFLICT (office_id, kind) DO UPDATE SET type = excluded.type, "
       "subject_code = excluded.subject_code");
DB_SQL(letter_place_select, "SELECT place FROM letter_setting WHERE office_id = $1");
DB_SQL(letter_place_put, "INSERT INTO letter_setting (office_id, place) VALUES ($1, $2) "
                         "ON CONFLICT (office_id) DO UPDATE SET place = excluded.place");
DB_SQL(letter_counter_raise,
       "INSERT INTO counter (office_id, book, period, value) VALUES ($1, $2, $3, $4) "
       "ON CONFLICT (office_id, book, period) DO UPDATE SET value = excluded.value "
       "WHERE counter.value < excluded.value");
DB_SQL(letter_counter_list,
       "SELECT substr(book, 8) AS type, value FROM counter WHERE office_id = $1 "
       "AND book LIKE 'letter:%' AND period = $2 ORDER BY book");

const struct db_sql *const letter_statements[] = {&letter_later,
                                                  &letter_behind,
                                                  &letter_first,
                                                  &letter_suffixes,
                                                  &letter_insert,
                                                  &letter_select,
                                                  &letter_select_complaint,
                                                  &letter_count_kind,
                                                  &letter_select_book,
                                                  &letter_update_cancel,
                                                  &letter_rule_select,
                                                  &letter_rule_put,
                                                  &letter_place_select,
                                                  &letter_place_put,
                                                  &letter_counter_raise,
                                                  &letter_counter_list,
                                                  NULL};

/* --- reading --------------------------------------------------------------------------------------------- */

enum err letter_get(struct db_conn *conn, const char *office_id, const char *id, struct letter *ret)
{
    return db_one(conn, &letter_select, DB_ARGS(db_text(office_id), db_text(id)), &letter_record,
                  ret);
}

enum err letter_of_complaint(struct db_conn *conn, const char *office_id, const char *complaint_id,
                             struct letter **ret, size_t *ret_count)
{
    return db_list(conn, &letter_select_complaint,
                   DB_ARGS(db_text(office_id), db_text(complaint_id)), &letter_record,
                   LETTER_ROWS_MAX, ret, ret_count);
}

enum err letter_exists(struct db_conn *conn, const char *office_id, const char *complaint_id,
                       const char *kind, bool *ret)
{
    int64_t n = 0;
    TRY(db_number(conn, &letter_count_kind,
                  DB_ARGS(db_text(office_id), db_text(complaint_id), db_text(kind)), &n));
    *ret = n > 0;
    return ERR_OK;
}

enum err letter_book(struct db_conn *conn, const char *office_id, int64_t year, const char *cursor,
                     int64_t limit, struct letter **ret, size_t *ret_count)
{
    return db_list(
        conn, &letter_select_book,
        DB_ARGS(db_text(office_id), db_int(year), db_text(str_or(cursor, "")), db_int(limit)),
        &letter_record, LETTER_ROWS_MAX, ret, ret_count);
}

enum err letter_rule_of(struct db_conn *conn, const char *office_id, const char *kind,
                        struct letter_rule *ret)
{
    enum err e = db_one(conn, &letter_rule_select, DB_ARGS(db_text(office_id), db_text(kind)),
                        &rule_record, ret);
    if (e != ERR_MISSING)
        return e;
    const struct letter_kind *k = letter_kind_of(kind);
    *ret = (struct letter_rule){.kind = kind,
                                .type = k && k->type ? k->type : "B",
                                .subject_code = k && k->subject ? k->subject : ""};
    return ERR_OK;
}

enum err letter_place(struct db_conn *conn, const char *office_id, const char **ret)
{
    struct place_row row = {.place = ""};
    enum err e = db_one(conn, &letter_place_select, DB_ARGS(db_text(office_id)), &place_record,
                        &row);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    *ret = row.place;
    return ERR_OK;
}

enum err letter_counters(struct db_conn *conn, const char *office_id, int64_t year,
                         struct letter_counter **ret, size_t *ret_count)
{
    char period[24];
    (void)snprintf(period, sizeof(period), "%lld", (long long)year);
    return db_list(conn, &letter_counter_list, DB_ARGS(db_text(office_id), db_text(period)),
                   &counter_record, LETTER_ROWS_MAX, ret, ret_count);
}

/* --- writing ---------------------------------------------------------------------------------------------- */

static enum err note(struct db_conn *tx, const struct visit_act *act, const char *action,
                     const char *subject[2], const char *detail)
{
    return visit_act_log(tx, act,
                         (struct audit_new){.action = action,
                                            .subject_kind = subject[0],
                                            .subject_id = subject[1],
                                            .detail = detail});
}

static const char *book_of(const char *type, char ret[BOOK_BYTES])
{
    (void)snprintf(ret, BOOK_BYTES, "letter:%s", type);
    return ret;
}

static enum err next_number(struct db_conn *tx, const char *office_id, struct letter *l)
{
    char book[BOOK_BYTES];
    return counter_next_of_year(tx, office_id, book_of(l->type, book), l->year, &l->sequence);
}

/* A letter dated before one that has its number stands behind the last of its day: 70A after 70; before the
 * first of the year, behind that one too. */
static enum err late_number(struct db_conn *tx, const char *office_id, struct letter *l)
{
    int64_t used = 0;
    TRY(db_number(
        tx, &letter_behind,
        DB_ARGS(db_text(office_id), db_text(l->type), db_int(l->year), db_int(l->dated_at)),
        &l->sequence));
    if (l->sequence == 0)
        TRY(db_number(tx, &letter_first,
                      DB_ARGS(db_text(office_id), db_text(l->type), db_int(l->year)), &l->sequence));
    TRY(db_number(
        tx, &letter_suffixes,
        DB_ARGS(db_text(office_id), db_text(l->type), db_int(l->year), db_int(l->sequence)), &used));
    l->suffix = counter_suffix(db_conn_arena(tx), used);
    return ERR_OK;
}

static enum err insert(struct db_conn *tx, const char *office_id, const struct letter *l)
{
    return db_run(tx, &letter_insert,
                  DB_ARGS(db_text(office_id), db_text(l->id), db_text(l->complaint_id),
                          db_text(l->kind), db_text(l->type), db_int(l->year), db_int(l->sequence),
                          db_text(l->suffix), db_int(l->month), db_text(l->subject_code),
                          db_text(l->number), db_int(l->dated_at), db_text(l->about),
                          db_int(l->template_version), db_bytes(l->input_sealed),
                          db_int(l->made_at), db_text(l->made_by),
                          db_text(str_or(l->addressee, "")), db_text(str_or(l->attachment, ""))),
                  NULL);
}

enum err letter_take(struct db_conn *tx, void *arg)
{
    struct letter_taking *t = arg;
    struct letter l = t->letter;
    const char *office = t->act.office_id;
    struct civil day = time_civil(l.dated_at, t->offset_min);
    int64_t later = 0;
    l.year = day.year;
    l.month = day.month;
    l.suffix = "";
    l.sequence = 0;
    TRY(db_number(tx, &letter_later,
                  DB_ARGS(db_text(office), db_text(l.type), db_int(l.year), db_int(l.dated_at)),
                  &later));
    TRY(later ? late_number(tx, office, &l) : next_number(tx, office, &l));
    l.number = letter_number_text(db_conn_arena(tx),
                                  &(const struct letter_number){.type = l.type,
                                                                .suffix = l.suffix,
                                                                .unit = t->unit,
                                                                .subject = l.subject_code,
                                                                .sequence = l.sequence,
                                                                .month = l.month,
                                                                .year = l.year});
    TRY(insert(tx, office, &l));
    t->taken = l;
    const char *subject[2] = {l.complaint_id ? "complaint" : "letter",
                              l.complaint_id ? l.complaint_id : l.id};
    return note(
        tx, &t->act, "letter_made", subject,
        arena_printf(db_conn_arena(tx), "letter=%s kind=%s number=%s", l.id, l.kind, l.number));
}

enum err letter_cancel_tx(struct db_conn *tx, void *arg)
{
    struct letter_cancel *c = arg;
    struct letter l = {0};
    int64_t changed = 0;
    TRY(letter_get(tx, c->act.office_id, c->id, &l));
    TRY(db_run(tx, &letter_update_cancel,
               DB_ARGS(db_text(c->act.office_id), db_text(c->id), db_int(c->act.now_ms),
                       db_text(c->act.actor_id), db_text(c->reason)),
               &changed));
    if (!changed) {
        c->refusal = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "letter_cancelled",
            .msgid = T("Nomor ini sudah dibatalkan. Muat ulang halaman.")};
        return ERR_CONFLICT;
    }
    const char *subject[2] = {l.complaint_id ? "complaint" : "letter",
                              l.complaint_id ? l.complaint_id : l.id};
    return note(tx, &c->act, "letter_cancelled", subject,
                arena_printf(db_conn_arena(tx), "letter=%s number=%s", l.id, l.number));
}

enum err letter_settings_tx(struct db_conn *tx, void *arg)
{
    struct letter_settings *s = arg;
    TRY(db_run(tx, &letter_place_put, DB_ARGS(db_text(s->act.office_id), db_text(s->place)), NULL));
    for (size_t i = 0; i < s->rule_count; i++)
        TRY(db_run(tx, &letter_rule_put,
                   DB_ARGS(db_text(s->act.office_id), db_text(s->rules[i].kind),
                           db_text(s->rules[i].type), db_text(s->rules[i].subject_code)),
                   NULL));
    const char *subject[2] = {"office", s->act.office_id};
    return note(tx, &s->act, "letter_settings_changed", subject, "");
}

enum err letter_start_tx(struct db_conn *tx, void *arg)
{
    struct letter_start *s = arg;
    char book[BOOK_BYTES], period[24];
    int64_t changed = 0;
    (void)snprintf(period, sizeof(period), "%lld", (long long)s->year);
    TRY(db_run(tx, &letter_counter_raise,
               DB_ARGS(db_text(s->act.office_id), db_text(book_of(s->type, book)), db_text(period),
                       db_int(s->last)),
               &changed));
    if (!changed) {
        s->refusal = (struct refusal){
            .err = ERR_CONFLICT,
            .code = "number_used",
            .field = "last",
            .msgid = T("Buku sudah sampai nomor itu atau lebih. Tulis nomor yang lebih besar.")};
        return ERR_CONFLICT;
    }
    const char *subject[2] = {"office", s->act.office_id};
    return note(tx, &s->act, "letter_start_changed", subject,
                arena_printf(db_conn_arena(tx), "type=%s year=%s last=%lld", s->type, period,
                             (long long)s->last));
}
