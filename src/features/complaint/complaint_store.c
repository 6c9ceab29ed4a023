/* SQL of the complaint: written once, with its shares and its number, in one transaction; shares given and
 * taken later. */
#include "features/complaint/complaint_store.h"

#include <string.h>

#include "features/audit/audit.h"
#include "features/casework/casework.h"
#include "features/office/office.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/counter/counter.h"
#include "lib/base/banned.h"

#define COLUMN(member, type) RECORD_COLUMN(struct complaint, member, type, 0, NULL)

static const struct record_column complaint_columns[] = {
    COLUMN(id, REC_TEXT),
    COLUMN(year, REC_INT),
    COLUMN(number, REC_INT),
    COLUMN(received_at, REC_TIME),
    COLUMN(state, REC_TEXT),
    COLUMN(side, REC_TEXT),
    COLUMN(way, REC_TEXT),
    COLUMN(reporter_mode, REC_TEXT),
    COLUMN(class, REC_TEXT),
    COLUMN(ended_at, REC_TIME),
    COLUMN(text_sealed, REC_BYTES),
    COLUMN(reported_sealed, REC_BYTES),
    COLUMN(documents_sealed, REC_BYTES),
    COLUMN(origin_sealed, REC_BYTES),
    COLUMN(content_sealed, REC_BYTES),
    COLUMN(reporter_sealed, REC_BYTES),
    COLUMN(public_key, REC_BYTES),
};
const struct record complaint_record = RECORD("ComplaintRow", struct complaint, complaint_columns);

static const struct record_column share_columns[] = {
    RECORD_COLUMN(struct complaint_share, share, REC_BYTES, 0, NULL),
};
static const struct record share_record = RECORD("ComplaintShare", struct complaint_share,
                                                 share_columns);

static const struct record_column reader_columns[] = {
    RECORD_COLUMN(struct complaint_reader, reader_id, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct complaint_reader, parts, REC_INT, 0, NULL),
};
static const struct record reader_record = RECORD("ComplaintReader", struct complaint_reader,
                                                  reader_columns);

struct commitment_row {
    const char *commitment, *day;
};
static const struct record_column commitment_columns[] = {
    RECORD_COLUMN(struct commitment_row, commitment, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct commitment_row, day, REC_TEXT, 0, NULL),
};
static const struct record commitment_record = RECORD("ComplaintCommitment", struct commitment_row,
                                                      commitment_columns);

DB_SQL(complaint_insert,
       "INSERT INTO complaint (office_id, id, year, number, received_at, text_sealed, "
       "reported_sealed, documents_sealed, origin_sealed, content_sealed, reporter_sealed, "
       "public_key, receipt_lookup, way, reporter_mode, class) "
       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
DB_SQL(complaint_select,
       "SELECT " COMPLAINT_COLUMNS " FROM complaint WHERE office_id = $1 AND id = $2");
DB_SQL(complaint_select_receipt,
       "SELECT " COMPLAINT_COLUMNS " FROM complaint WHERE office_id = $1 AND receipt_lookup = $2");
DB_SQL(complaint_share_insert, "INSERT INTO complaint_share (office_id, complaint_id, reader_id, "
                               "share) VALUES ($1, $2, $3, $4)");
DB_SQL(complaint_share_put,
       "INSERT INTO complaint_share (office_id, complaint_id, reader_id, share) VALUES ($1, $2, "
       "$3, $4)"
       " ON CONFLICT (office_id, complaint_id, reader_id) DO UPDATE SET share = excluded.share");
DB_SQL(complaint_share_select, "SELECT share FROM complaint_share WHERE office_id = $1 "
                               "AND complaint_id = $2 AND reader_id = $3");
DB_SQL(complaint_share_newest, "SELECT share FROM complaint_share WHERE office_id = $1 "
                               "AND reader_id = $2 ORDER BY complaint_id DESC LIMIT 200");
DB_SQL(complaint_share_delete, "DELETE FROM complaint_share WHERE office_id = $1 "
                               "AND complaint_id = $2 AND reader_id = $3");
DB_SQL(complaint_share_people,
       "SELECT count(*) FROM complaint_share WHERE office_id = $1 AND complaint_id = $2 "
       "AND reader_id IN (SELECT id FROM staff WHERE office_id = $1 AND disabled_at IS NULL)");
DB_SQL(reporter_share_insert, "INSERT INTO reporter_share (office_id, complaint_id, reader_id, "
                              "share) VALUES ($1, $2, $3, $4)");
DB_SQL(
    reporter_share_put,
    "INSERT INTO reporter_share (office_id, complaint_id, reader_id, share) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (office_id, complaint_id, reader_id) DO UPDATE SET share = excluded.share");
DB_SQL(reporter_share_select, "SELECT share FROM reporter_share WHERE office_id = $1 "
                              "AND complaint_id = $2 AND reader_id = $3");
DB_SQL(reporter_share_delete, "DELETE FROM reporter_share WHERE office_id = $1 "
                              "AND complaint_id = $2 AND reader_id = $3");
DB_SQL(reporter_share_people,
       "SELECT count(*) FROM reporter_share WHERE office_id = $1 AND complaint_id = $2 "
       "AND reader_id IN (SELECT id FROM staff WHERE office_id = $1 AND disabled_at IS NULL)");
DB_SQL(
    complaint_reader_list,
    "SELECT r.reader_id AS reader_id, SUM(r.part) AS parts FROM ("
    "SELECT reader_id, 1 AS part FROM complaint_share WHERE office_id = $1 AND complaint_id = $2 "
    "UNION ALL "
    "SELECT reader_id, 2 AS part FROM reporter_share WHERE office_id = $1 AND complaint_id = $2"
    ") r GROUP BY r.reader_id ORDER BY r.reader_id");
DB_SQL(complaint_link_put,
       "UPDATE visit SET complaint_sealed = $3 WHERE office_id = $1 AND id = $2");
DB_SQL(commitment_insert, "INSERT INTO complaint_commitment (office_id, commitment, day) "
                          "VALUES ($1, $2, $3)");
DB_SQL(commitment_list, "SELECT commitment, day FROM complaint_commitment WHERE office_id = $1 "
                        "AND day < $2 ORDER BY day, commitment LIMIT 200");
DB_SQL(commitment_count,
       "SELECT count(*) FROM complaint_commitment WHERE office_id = $1 AND day < $2");
DB_SQL(commitment_delete,
       "DELETE FROM complaint_commitment WHERE office_id = $1 AND commitment = $2");

const struct db_sql *const complaint_statements[] = {
    &complaint_insert,         &complaint_select,       &complaint_share_newest,
    &complaint_select_receipt, &complaint_share_insert, &complaint_share_put,
    &complaint_share_select,   &complaint_share_delete, &complaint_share_people,
    &reporter_share_insert,    &reporter_share_put,     &reporter_share_select,
    &reporter_share_delete,    &reporter_share_people,  &complaint_reader_list,
    &complaint_link_put,       &commitment_insert,      &commitment_list,
    &commitment_count,         &commitment_delete,      NULL};

/* --- writing ------------------------------------------------------------------------------------------ */

static enum err insert_complaint(struct db_conn *tx, const struct complaint_new *n)
{
    const struct complaint *c = &n->complaint;
    return db_run(tx, &complaint_insert,
                  DB_ARGS(db_text(n->act.office_id), db_text(c->id), db_int(c->year),
                          db_int(n->number), db_int(c->received_at), db_bytes(c->text_sealed),
                          db_bytes(c->reported_sealed), db_bytes(c->documents_sealed),
                          db_bytes(c->origin_sealed), db_bytes(c->content_sealed),
                          db_bytes(c->reporter_sealed), db_bytes(c->public_key),
                          db_bytes(n->receipt_lookup), db_text(c->way), db_text(c->reporter_mode),
                          db_text(c->class)),
                  NULL);
}

static enum err insert_share(struct db_conn *tx, const struct complaint_new *n,
                             const struct db_sql *sql, const struct complaint_share *share)
{
    return db_run(tx, sql,
                  DB_ARGS(db_text(n->act.office_id), db_text(n->complaint.id),
                          db_text(share->reader_id), db_bytes(share->share)),
                  NULL);
}

static enum err insert_shares(struct db_conn *tx, const struct complaint_new *n)
{
    for (size_t i = 0; i < n->share_count; i++)
        TRY(insert_share(tx, n, &complaint_share_insert, &n->shares[i]));
    for (size_t i = 0; i < n->reporter_share_count; i++)
        TRY(insert_share(tx, n, &reporter_share_insert, &n->reporter_shares[i]));
    return ERR_OK;
}

static enum err check_visit(struct db_conn *tx, struct complaint_new *n)
{
    if (!n->visit_id)
        return ERR_OK;
    struct visit visit = {0};
    TRY(visit_get(tx, n->act.office_id, n->visit_id, &visit));
    n->refusal = complaint_may_write(&visit);
    return n->refusal.err;
}

/* The same form sent again: its code is there already. */
static enum err find_repeated(struct db_conn *tx, struct complaint_new *n)
{
    if (!n->receipt_lookup.p)
        return ERR_OK;
    struct complaint c = {0};
    enum err e = complaint_by_receipt(tx, n->act.office_id, n->receipt_lookup.p, &c);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    n->repeated = true;
    n->id = c.id;
    n->year = c.year;
    n->number = c.number;
    n->status = 201;
    return ERR_OK;
}

/* With a visit neither the audit entry nor the idempotency row names the complaint: they are about the
 * visit, and the entry is the one of an interview note, so that it does not tell the times of complaints
 * either. An anonymous complaint leaves neither: the day's commitments are written after the day is over. */
static enum err leave_traces(struct db_conn *tx, const struct complaint_new *n)
{
    const char *office = n->act.office_id;
    if (n->commitment) {
        TRY(replay_keep(tx, &n->replay, "", n->status, n->complaint.received_at));
        return db_run(tx, &commitment_insert,
                      DB_ARGS(db_text(office), db_text(n->commitment), db_text(n->day)), NULL);
    }
    if (n->visit_id) {
        TRY(db_run(tx, &complaint_link_put,
                   DB_ARGS(db_text(office), db_text(n->visit_id), db_bytes(n->link_sealed)), NULL));
        TRY(replay_keep(tx, &n->replay, n->visit_id, n->status, n->act.now_ms));
        return visit_log(tx, &n->act, n->visit_id, "visit_note", "");
    }
    TRY(replay_keep(tx, &n->replay, n->complaint.id, n->status, n->act.now_ms));
    return visit_act_log(tx, &n->act,
                         (struct audit_new){.action = "complaint_received",
                                            .subject_kind = "complaint",
                                            .subject_id = n->complaint.id,
                                            .detail = ""});
}

enum err complaint_write(struct db_conn *tx, void *arg)
{
    struct complaint_new *n = arg;
    const char *office = n->act.office_id;
    const char *subject = NULL;
    n->refusal = (struct refusal){.err = ERR_OK};
    n->repeated = false;
    TRY(replay_find(tx, &n->replay, &n->replayed, &subject, &n->status, &n->refusal));
    if (n->replayed) {
        n->id = subject;
        return ERR_OK;
    }
    TRY(find_repeated(tx, n));
    if (n->repeated)
        return ERR_OK;
    TRY(check_visit(tx, n));
    n->id = n->complaint.id;
    n->year = n->complaint.year;
    TRY(counter_next_of_year(tx, office, "complaint", n->year, &n->number));
    TRY(insert_complaint(tx, n));
    TRY(insert_shares(tx, n));
    TRY(casework_begin(tx, n->act.office_id, n->complaint.id, n->complaint.received_at));
    n->status = 201;
    return leave_traces(tx, n);
}

/* --- reading ------------------------------------------------------------------------------------------- */

enum err complaint_get(struct db_conn *conn, const char *office_id, const char *id,
                       struct complaint *ret)
{
    return db_one(conn, &complaint_select, DB_ARGS(db_text(office_id), db_text(id)),
                  &complaint_record, ret);
}

enum err complaint_by_receipt(struct db_conn *conn, const char *office_id, const uint8_t lookup[32],
                              struct complaint *ret)
{
    uint8_t copy[32];
    memcpy(copy, lookup, sizeof(copy));
    return db_one(conn, &complaint_select_receipt,
                  DB_ARGS(db_text(office_id), db_bytes((struct bytes){copy, sizeof(copy)})),
                  &complaint_record, ret);
}

static enum err share_of(struct db_conn *conn, const struct db_sql *sql, const struct db_arg key[3],
                         struct bytes *ret)
{
    struct complaint_share row = {0};
    TRY(db_one(conn, sql, key, 3, &share_record, &row));
    *ret = row.share;
    return ERR_OK;
}

enum err complaint_shares_of_reader(struct db_conn *conn, const char *office_id,
                                    const char *reader_id, struct complaint_share **ret,
                                    size_t *ret_count)
{
    return db_list(conn, &complaint_share_newest, DB_ARGS(db_text(office_id), db_text(reader_id)),
                   &share_record, COMPLAINT_SHARES_LOOKED_AT, ret, ret_count);
}

enum err complaint_share_of(struct db_conn *conn, const char *office_id, const char *complaint_id,
                            const char *reader_id, struct bytes *ret)
{
    const struct db_arg key[] = {db_text(office_id), db_text(complaint_id), db_text(reader_id)};
    return share_of(conn, &complaint_share_select, key, ret);
}

enum err complaint_reporter_share_of(struct db_conn *conn, const char *office_id,
                                     const char *complaint_id, const char *reader_id,
                                     struct bytes *ret)
{
    const struct db_arg key[] = {db_text(office_id), db_text(complaint_id), db_text(reader_id)};
    return share_of(conn, &reporter_share_select, key, ret);
}

enum err complaint_readers(struct db_conn *conn, const char *office_id, const char *complaint_id,
                           struct complaint_reader **ret, size_t *ret_count)
{
    return db_list(conn, &complaint_reader_list, DB_ARGS(db_text(office_id), db_text(complaint_id)),
                   &reader_record, 500, ret, ret_count);
}

enum err complaint_has_share(struct db_conn *conn, const char *office_id, const char *complaint_id,
                             const char *reader_id, enum complaint_part part, bool *ret)
{
    struct bytes share = {NULL, 0};
    enum err e = part == COMPLAINT_REPORTER
                     ? complaint_reporter_share_of(conn, office_id, complaint_id, reader_id, &share)
                     : complaint_share_of(conn, office_id, complaint_id, reader_id, &share);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    *ret = e == ERR_OK;
    return ERR_OK;
}

/* --- passing on ------------------------------------------------------------------------------------------ */

static enum err log_sharing(struct db_conn *tx, const struct complaint_sharing *s,
                            const char *action)
{
    const char *parts = s->parts == (COMPLAINT_CONTENT | COMPLAINT_REPORTER) ? "content,reporter"
                        : s->parts == COMPLAINT_REPORTER                     ? "reporter"
                                                                             : "content";
    return visit_act_log(
        tx, &s->act,
        (struct audit_new){
            .action = action,
            .subject_kind = "complaint",
            .subject_id = s->complaint_id,
            .detail = arena_printf(db_conn_arena(tx), "reader=%s parts=%s", s->reader_id, parts)});
}

static enum err put_share(struct db_conn *tx, const struct complaint_sharing *s,
                          const struct db_sql *sql, struct bytes share)
{
    if (!share.p)
        return ERR_OK;
    return db_run(tx, sql,
                  DB_ARGS(db_text(s->act.office_id), db_text(s->complaint_id),
                          db_text(s->reader_id), db_bytes(share)),
                  NULL);
}

enum err complaint_share_give(struct db_conn *tx, void *arg)
{
    struct complaint_sharing *s = arg;
    TRY(put_share(tx, s, &complaint_share_put, s->content));
    TRY(put_share(tx, s, &reporter_share_put, s->reporter));
    return log_sharing(tx, s, "complaint_shared");
}

/* A compartment without a person who can still log in would only open with the sheet or the code. */
static enum err take_part(struct db_conn *tx, struct complaint_sharing *s,
                          const struct db_sql *take, const struct db_sql *people)
{
    int64_t taken = 0, left = 0;
    TRY(db_run(tx, take,
               DB_ARGS(db_text(s->act.office_id), db_text(s->complaint_id), db_text(s->reader_id)),
               &taken));
    TRY(db_number(tx, people, DB_ARGS(db_text(s->act.office_id), db_text(s->complaint_id)), &left));
    if (taken == 0 || left > 0)
        return ERR_OK;
    s->refusal = (struct refusal){
        .err = ERR_CONFLICT,
        .code = "last_reader",
        .msgid = T("Orang ini pembaca terakhir. Beri akses kepada orang lain dahulu.")};
    return ERR_CONFLICT;
}

enum err complaint_share_take(struct db_conn *tx, void *arg)
{
    struct complaint_sharing *s = arg;
    s->refusal = (struct refusal){.err = ERR_OK};
    if (s->parts & COMPLAINT_CONTENT)
        TRY(take_part(tx, s, &complaint_share_delete, &complaint_share_people));
    if (s->parts & COMPLAINT_REPORTER)
        TRY(take_part(tx, s, &reporter_share_delete, &reporter_share_people));
    return log_sharing(tx, s, "complaint_unshared");
}

/* --- the audit of anonymous complaints ------------------------------------------------------------------- */

static enum err settle_one(struct db_conn *tx, const struct complaint_settling *s,
                           const struct commitment_row *row)
{
    TRY(db_run(tx, &commitment_delete, DB_ARGS(db_text(s->office_id), db_text(row->commitment)),
               NULL));
    const struct visit_act act = visit_act_system(s->office_id, s->now_ms);
    return visit_act_log(
        tx, &act,
        (struct audit_new){.action = "complaint_received",
                           .subject_kind = "commitment",
                           .subject_id = row->commitment,
                           .detail = arena_printf(db_conn_arena(tx), "day=%s", row->day)});
}

enum err complaint_settle_days(struct cx *cx, const char *office_id)
{
    struct office office = {0};
    TRY(office_get(cx->read, office_id, &office));
    struct complaint_settling s = {
        .office_id = office_id,
        .today = time_day_text(cx->arena, cx->now_ms, (int)office.offset_min),
        .now_ms = cx->now_ms};
    int64_t waiting = 0;
    TRY(db_number(cx->read, &commitment_count, DB_ARGS(db_text(office_id), db_text(s.today)),
                  &waiting));
    return waiting ? db_tx_low(cx, "complaint_settle", complaint_settle, &s) : ERR_OK;
}

enum err complaint_settle(struct db_conn *tx, void *arg)
{
    struct complaint_settling *s = arg;
    struct commitment_row *rows = NULL;
    size_t count = 0;
    TRY(db_list(tx, &commitment_list, DB_ARGS(db_text(s->office_id), db_text(s->today)),
                &commitment_record, 200, &rows, &count));
    for (size_t i = 0; i < count; i++)
        TRY(settle_one(tx, s, &rows[i]));
    s->written = (int64_t)count;
    return ERR_OK;
}
