/* Reading where complaints stand: the board, one case with its history, team, transfers and links. */
#include "features/casework/casework_store.h"

#include <stdio.h>

#include "features/letter/letter.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)

static const struct record_column case_columns[] = {
    COLUMN(casework, complaint_id, REC_TEXT), COLUMN(casework, stage_day, REC_TEXT),
    COLUMN(casework, overall_day, REC_TEXT),  COLUMN(casework, due_day, REC_TEXT),
    COLUMN(casework, overall_due, REC_TEXT),  COLUMN(casework, side_day, REC_TEXT),
    COLUMN(casework, side_due, REC_TEXT),     COLUMN(casework, sort_day, REC_TEXT),
    COLUMN(casework, value_source, REC_TEXT), COLUMN(casework, value_content, REC_TEXT),
    COLUMN(casework, complete, REC_TEXT),     COLUMN(casework, event_seq, REC_INT),
};
static const struct record case_record = RECORD("Casework", struct casework, case_columns);

static const struct record_column row_columns[] = {
    COLUMN(case_row, id, REC_TEXT),          COLUMN(case_row, year, REC_INT),
    COLUMN(case_row, number, REC_INT),       COLUMN(case_row, received_at, REC_TIME),
    COLUMN(case_row, state, REC_TEXT),       COLUMN(case_row, side, REC_TEXT),
    COLUMN(case_row, way, REC_TEXT),         COLUMN(case_row, reporter_mode, REC_TEXT),
    COLUMN(case_row, class, REC_TEXT),       COLUMN(case_row, ended_at, REC_TIME),
    COLUMN(case_row, stage_day, REC_TEXT),   COLUMN(case_row, due_day, REC_TEXT),
    COLUMN(case_row, overall_due, REC_TEXT), COLUMN(case_row, side_due, REC_TEXT),
    COLUMN(case_row, sort_day, REC_TEXT),
};
static const struct record row_record = RECORD("CaseRow", struct case_row, row_columns);

struct counts {
    int64_t late, today, week, later, waiting, ended;
};
static const struct record_column counts_columns[] = {
    COLUMN(counts, late, REC_INT),    COLUMN(counts, today, REC_INT),
    COLUMN(counts, week, REC_INT),    COLUMN(counts, later, REC_INT),
    COLUMN(counts, waiting, REC_INT), COLUMN(counts, ended, REC_INT),
};
static const struct record counts_record = RECORD("CaseCounts", struct counts, counts_columns);

static const struct record_column event_columns[] = {
    COLUMN(case_event, seq, REC_INT),         COLUMN(case_event, at, REC_TIME),
    COLUMN(case_event, by_id, REC_TEXT),      COLUMN(case_event, kind, REC_TEXT),
    COLUMN(case_event, from_state, REC_TEXT), COLUMN(case_event, to_state, REC_TEXT),
    COLUMN(case_event, detail, REC_TEXT),     COLUMN(case_event, note_sealed, REC_BYTES),
};
static const struct record event_record = RECORD("CaseEvent", struct case_event, event_columns);

static const struct record_column stage_columns[] = {
    COLUMN(case_stage, seq, REC_INT),      COLUMN(case_stage, stopped_days, REC_INT),
    COLUMN(case_stage, stage, REC_TEXT),   COLUMN(case_stage, started_day, REC_TEXT),
    COLUMN(case_stage, due_day, REC_TEXT), COLUMN(case_stage, ended_day, REC_TEXT),
};
static const struct record stage_record = RECORD("CaseStage", struct case_stage, stage_columns);

static const struct record_column pause_columns[] = {
    COLUMN(case_pause_row, seq, REC_INT),
    COLUMN(case_pause_row, side, REC_TEXT),
    COLUMN(case_pause_row, from_day, REC_TEXT),
    COLUMN(case_pause_row, until_day, REC_TEXT),
};
static const struct record pause_record = RECORD("CasePause", struct case_pause_row, pause_columns);

static const struct record_column member_columns[] = {
    COLUMN(case_member, staff_id, REC_TEXT),
    COLUMN(case_member, since_day, REC_TEXT),
};
static const struct record member_record = RECORD("CaseMember", struct case_member, member_columns);

static const struct record_column transfer_columns[] = {
    COLUMN(case_transfer, seq, REC_INT),
    COLUMN(case_transfer, at, REC_TIME),
    COLUMN(case_transfer, received_at, REC_TIME),
    COLUMN(case_transfer, returned_at, REC_TIME),
    COLUMN(case_transfer, to_kind, REC_TEXT),
    COLUMN(case_transfer, to_name, REC_TEXT),
    COLUMN(case_transfer, to_staff, REC_TEXT),
    COLUMN(case_transfer, old_access, REC_TEXT),
    COLUMN(case_transfer, by_id, REC_TEXT),
    COLUMN(case_transfer, received_by, REC_TEXT),
    COLUMN(case_transfer, receipt_number, REC_TEXT),
    COLUMN(case_transfer, returned_by, REC_TEXT),
    COLUMN(case_transfer, reason_sealed, REC_BYTES),
};
static const struct record transfer_record = RECORD("CaseTransfer", struct case_transfer,
                                                    transfer_columns);

static const struct record_column linked_columns[] = {
    COLUMN(case_linked, id, REC_TEXT),
    COLUMN(case_linked, year, REC_INT),
    COLUMN(case_linked, number, REC_INT),
    COLUMN(case_linked, state, REC_TEXT),
};
static const struct record linked_record = RECORD("CaseLinked", struct case_linked, linked_columns);

static const struct record_column limit_columns[] = {
    COLUMN(stage_limit, stage, REC_TEXT),   COLUMN(stage_limit, length, REC_INT),
    COLUMN(stage_limit, unit, REC_TEXT),    COLUMN(stage_limit, basis, REC_TEXT),
    COLUMN(stage_limit, verified, REC_INT),
};
static const struct record limit_record = RECORD("StageLimit", struct stage_limit, limit_columns);

#define ROW_COLUMNS                                                                                \
    "c.id, c.year, c.number, c.received_at, c.state, c.side, c.way, c.reporter_mode, c.class, "    \
    "c.ended_at, w.stage_day, w.due_day, w.overall_due, w.side_due, w.sort_day"
/* $2: whose shares count, '' for all. */
#define CASES                                                                                      \
    " FROM casework w JOIN complaint c ON c.office_id = w.office_id AND c.id = w.complaint_id"     \
    " WHERE w.office_id = $1 AND ($2 = '' OR EXISTS (SELECT 1 FROM complaint_share s"              \
    " WHERE s.office_id = $1 AND s.reader_id = $2 AND s.complaint_id = w.complaint_id))"
#define FILTERS                                                                                    \
    " AND ($3 = '' OR c.state = $3) AND ($4 = '' OR c.class = $4) AND ($5 = '' OR c.way = $5)"     \
    " AND ($6 = 0 OR c.number = $6) AND ($7 = 0 OR c.year = $7)"
#define STANDS " c.side IN ('needs_completion', 'awaiting_apip') "

DB_SQL(casework_select,
       "SELECT complaint_id, stage_day, overall_day, due_day, overall_due, side_day, side_due,"
       " sort_day, value_source, value_content, complete, event_seq FROM casework"
       " WHERE office_id = $1 AND complaint_id = $2");
DB_SQL(casework_select_open,
       "SELECT " ROW_COLUMNS CASES FILTERS
       " AND c.ended_at IS NULL AND w.sort_day >= $8 AND w.sort_day <= $9"
       " AND (w.sort_day > $10 OR (w.sort_day = $10 AND w.complaint_id > $11))"
       " ORDER BY w.sort_day, w.complaint_id LIMIT $12");
DB_SQL(casework_select_waiting,
       "SELECT " ROW_COLUMNS CASES FILTERS " AND c.ended_at IS NULL AND" STANDS
       "AND (w.sort_day > $8 OR (w.sort_day = $8 AND w.complaint_id > $9))"
       " ORDER BY w.sort_day, w.complaint_id LIMIT $10");
DB_SQL(casework_select_ended,
       "SELECT " ROW_COLUMNS CASES FILTERS " AND c.ended_at IS NOT NULL"
       " AND ($8 = '' OR w.sort_day < $8 OR (w.sort_day = $8 AND w.complaint_id < $9))"
       " ORDER BY w.sort_day DESC, w.complaint_id DESC LIMIT $10");
DB_SQL(casework_count,
       "SELECT COALESCE(sum(CASE WHEN c.ended_at IS NULL AND w.sort_day < $3 THEN 1 ELSE 0 END), 0)"
       " AS late,"
       " COALESCE(sum(CASE WHEN c.ended_at IS NULL AND w.sort_day = $3 THEN 1 ELSE 0 END), 0)"
       " AS today,"
       " COALESCE(sum(CASE WHEN c.ended_at IS NULL AND w.sort_day > $3 AND w.sort_day <= $4"
       " THEN 1 ELSE 0 END), 0) AS week,"
       " COALESCE(sum(CASE WHEN c.ended_at IS NULL AND w.sort_day > $4 AND w.sort_day < $5"
       " THEN 1 ELSE 0 END), 0) AS later,"
       " COALESCE(sum(CASE WHEN c.ended_at IS NULL AND" STANDS "THEN 1 ELSE 0 END), 0) AS waiting,"
       " COALESCE(sum(CASE WHEN c.ended_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS ended" CASES);
DB_SQL(casework_select_events,
       "SELECT seq, at, by_id, kind, from_state, to_state, detail, note_sealed FROM case_event"
       " WHERE office_id = $1 AND complaint_id = $2 ORDER BY seq LIMIT 500");
DB_SQL(casework_select_stages,
       "SELECT seq, stopped_days, stage, started_day, due_day, ended_day FROM case_stage"
       " WHERE office_id = $1 AND complaint_id = $2 ORDER BY seq LIMIT 500");
DB_SQL(casework_select_pauses,
       "SELECT seq, side, from_day, until_day FROM case_pause"
       " WHERE office_id = $1 AND complaint_id = $2 ORDER BY seq LIMIT 500");
DB_SQL(casework_select_team,
       "SELECT t.staff_id, t.since_day FROM case_team t JOIN staff s ON s.office_id = t.office_id"
       " AND s.id = t.staff_id WHERE t.office_id = $1 AND t.complaint_id = $2"
       " ORDER BY s.name, s.id LIMIT 500");
DB_SQL(casework_select_transfers,
       "SELECT seq, at, received_at, returned_at, to_kind, to_name, to_staff, old_access, by_id,"
       " received_by, receipt_number, returned_by, reason_sealed FROM transfer"
       " WHERE office_id = $1 AND complaint_id = $2 ORDER BY seq LIMIT 500");
DB_SQL(casework_select_links,
       "SELECT c.id, c.year, c.number, c.state FROM complaint c WHERE c.office_id = $1 AND c.id IN"
       " (SELECT a_id FROM complaint_link WHERE office_id = $1 AND b_id = $2"
       " UNION SELECT b_id FROM complaint_link WHERE office_id = $1 AND a_id = $2)"
       " ORDER BY c.year, c.number LIMIT 500");
DB_SQL(casework_select_number,
       "SELECT id, year, number, state FROM complaint WHERE office_id = $1 AND year = $2"
       " AND number = $3");
DB_SQL(casework_select_limits, "SELECT stage, length, unit, basis, verified FROM stage_limit"
                               " WHERE office_id = $1 ORDER BY stage LIMIT 100");

const struct db_sql *const casework_statements[] = {
    &casework_select,         &casework_select_open,
    &casework_select_waiting, &casework_select_ended,
    &casework_count,          &casework_select_events,
    &casework_select_stages,  &casework_select_pauses,
    &casework_select_team,    &casework_select_transfers,
    &casework_select_links,   &casework_select_number,
    &casework_select_limits,  NULL};

/* --- one case --------------------------------------------------------------------------------------------- */

enum err casework_get(struct db_conn *conn, const char *office_id, const char *complaint_id,
                      struct casework *ret)
{
    return db_one(conn, &casework_select, DB_ARGS(db_text(office_id), db_text(complaint_id)),
                  &case_record, ret);
}

#define LIST_OF(name_, type_, sql_, record_)                                                       \
    enum err name_(struct db_conn *conn, const char *office_id, const char *complaint_id,          \
                   struct type_ **ret, size_t *ret_count)                                          \
    {                                                                                              \
        return db_list(conn, &(sql_), DB_ARGS(db_text(office_id), db_text(complaint_id)),          \
                       &(record_), CASE_DUE_MAX, ret, ret_count);                                  \
    }
LIST_OF(casework_events, case_event, casework_select_events, event_record)
LIST_OF(casework_stages, case_stage, casework_select_stages, stage_record)
LIST_OF(casework_pauses, case_pause_row, casework_select_pauses, pause_record)
LIST_OF(casework_team, case_member, casework_select_team, member_record)
LIST_OF(casework_transfers, case_transfer, casework_select_transfers, transfer_record)
LIST_OF(casework_links, case_linked, casework_select_links, linked_record)

enum err casework_by_number(struct db_conn *conn, const char *office_id, int64_t year,
                            int64_t number, const char **ret_id)
{
    struct case_linked row = {0};
    TRY(db_one(conn, &casework_select_number,
               DB_ARGS(db_text(office_id), db_int(year), db_int(number)), &linked_record, &row));
    *ret_id = row.id;
    return ERR_OK;
}

enum err casework_limits(struct db_conn *conn, const char *office_id, struct stage_limit **ret,
                         size_t *ret_count)
{
    return db_list(conn, &casework_select_limits, DB_ARGS(db_text(office_id)), &limit_record,
                   STAGE_LIMITS_MAX, ret, ret_count);
}

enum err casework_letters(struct db_conn *conn, const char *office_id, const char *complaint_id,
                          unsigned *ret)
{
    unsigned there = 0;
    for (size_t i = 0; i < CASE_LETTERS; i++) {
        bool one = false;
        TRY(letter_exists(conn, office_id, complaint_id, case_letter_kinds[i], &one));
        there |= one ? 1u << i : 0;
    }
    *ret = there;
    return ERR_OK;
}

/* --- the board ---------------------------------------------------------------------------------------------- */

static const char *day_after(struct arena *a, const char *day, int64_t days)
{
    return calendar_day_text(a, calendar_day(day) + days);
}

/* First and last day of a group; the board's groups follow each other without a gap. */
static void bounds(struct arena *a, const struct case_query *q, const char **ret_first,
                   const char **ret_last)
{
    const char *week = day_after(a, q->today, 7);
    *ret_first = q->group == CASE_TODAY   ? q->today
                 : q->group == CASE_WEEK  ? day_after(a, q->today, 1)
                 : q->group == CASE_LATER ? day_after(a, week, 1)
                                          : "";
    *ret_last = q->group == CASE_LATE    ? day_after(a, q->today, -1)
                : q->group == CASE_TODAY ? q->today
                : q->group == CASE_WEEK  ? week
                : q->group == CASE_LATER ? "9999-12-30"
                                         : CASE_NEVER;
}

enum err casework_page(struct db_conn *conn, const struct case_query *q, struct case_row **ret,
                       size_t *ret_count)
{
    const char *first = "", *last = "";
    const size_t max = (size_t)q->limit;
#define COMMON                                                                                     \
    db_text(q->office_id), db_text(q->reader_id), db_text(q->state), db_text(q->class),            \
        db_text(q->way), db_int(q->number), db_int(q->year)
    if (q->group == CASE_ENDED)
        return db_list(
            conn, &casework_select_ended,
            DB_ARGS(COMMON, db_text(q->after_day), db_text(q->after_id), db_int(q->limit)),
            &row_record, max, ret, ret_count);
    if (q->group == CASE_WAITING)
        return db_list(
            conn, &casework_select_waiting,
            DB_ARGS(COMMON, db_text(q->after_day), db_text(q->after_id), db_int(q->limit)),
            &row_record, max, ret, ret_count);
    bounds(db_conn_arena(conn), q, &first, &last);
    return db_list(conn, &casework_select_open,
                   DB_ARGS(COMMON, db_text(first), db_text(last), db_text(q->after_day),
                           db_text(q->after_id), db_int(q->limit)),
                   &row_record, max, ret, ret_count);
#undef COMMON
}

enum err casework_counts(struct db_conn *conn, const struct case_query *q, int64_t *ret)
{
    struct counts n = {0};
    TRY(db_one(conn, &casework_count,
               DB_ARGS(db_text(q->office_id), db_text(q->reader_id), db_text(q->today),
                       db_text(day_after(db_conn_arena(conn), q->today, 7)), db_text(CASE_NEVER)),
               &counts_record, &n));
    ret[CASE_LATE] = n.late;
    ret[CASE_TODAY] = n.today;
    ret[CASE_WEEK] = n.week;
    ret[CASE_LATER] = n.later;
    ret[CASE_WAITING] = n.waiting;
    ret[CASE_ENDED] = n.ended;
    return ERR_OK;
}
