/* Deadlines in the database: opened with the complaint, computed again when anything they hang on changes,
 * and the reminders about them. */
#include "features/casework/casework_store.h"

#include "features/audit/audit.h"
#include "features/complaint/complaint_store.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define TURN_ROWS 200

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)

/* What the clock of one case hangs on. */
struct clock_row {
    const char *id, *state, *side, *class;
    int64_t ended_at;
    const char *stage_day, *overall_day, *side_day;
    const char *due_day, *overall_due, *side_due, *sort_day;
};
static const struct record_column clock_columns[] = {
    COLUMN(clock_row, id, REC_TEXT),          COLUMN(clock_row, state, REC_TEXT),
    COLUMN(clock_row, side, REC_TEXT),        COLUMN(clock_row, class, REC_TEXT),
    COLUMN(clock_row, ended_at, REC_TIME),    COLUMN(clock_row, stage_day, REC_TEXT),
    COLUMN(clock_row, overall_day, REC_TEXT), COLUMN(clock_row, side_day, REC_TEXT),
    COLUMN(clock_row, due_day, REC_TEXT),     COLUMN(clock_row, overall_due, REC_TEXT),
    COLUMN(clock_row, side_due, REC_TEXT),    COLUMN(clock_row, sort_day, REC_TEXT),
};
static const struct record clock_record = RECORD("CaseClock", struct clock_row, clock_columns);

struct missing_row {
    const char *id;
    int64_t received_at;
};
static const struct record_column missing_columns[] = {
    COLUMN(missing_row, id, REC_TEXT),
    COLUMN(missing_row, received_at, REC_TIME),
};
static const struct record missing_record = RECORD("CaseMissing", struct missing_row,
                                                   missing_columns);

static const struct record_column load_columns[] = {
    COLUMN(case_load, state, REC_TEXT),
    COLUMN(case_load, due, REC_INT),
    COLUMN(case_load, late, REC_INT),
};
static const struct record load_record = RECORD("CaseLoad", struct case_load, load_columns);

static const struct record_column member_due_columns[] = {
    COLUMN(case_member_due, staff_id, REC_TEXT),
};
static const struct record member_due_record = RECORD("CaseMemberDue", struct case_member_due,
                                                      member_due_columns);

#define CLOCK_COLUMNS                                                                              \
    "c.id, c.state, c.side, c.class, c.ended_at, w.stage_day, w.overall_day, w.side_day,"          \
    " w.due_day, w.overall_due, w.side_due, w.sort_day FROM casework w JOIN complaint c"           \
    " ON c.office_id = w.office_id AND c.id = w.complaint_id WHERE w.office_id = $1"
/* Whoever got it today knows. */
#define DUE_ROWS                                                                                   \
    " FROM casework w JOIN complaint c ON c.office_id = w.office_id AND c.id = w.complaint_id"     \
    " WHERE w.office_id = $1 AND w.sort_day <= $2 AND w.stage_day < $3 AND c.ended_at IS NULL"

DB_SQL(case_begin, "INSERT INTO casework (office_id, complaint_id, stage_day, overall_day,"
                   " sort_day, event_seq) VALUES ($1, $2, $3, $3, $4, 0) ON CONFLICT DO NOTHING");
DB_SQL(case_clock_one, "SELECT " CLOCK_COLUMNS " AND w.complaint_id = $2");
DB_SQL(case_clock_page, "SELECT " CLOCK_COLUMNS " AND w.complaint_id > $2 AND c.ended_at IS NULL"
                        " ORDER BY w.complaint_id LIMIT $3");
DB_SQL(case_put_due, "UPDATE casework SET due_day = $3, overall_due = $4, side_due = $5,"
                     " sort_day = $6 WHERE office_id = $1 AND complaint_id = $2");
DB_SQL(case_missing,
       "SELECT c.id, c.received_at FROM complaint c WHERE c.office_id = $1 AND NOT EXISTS"
       " (SELECT 1 FROM casework w WHERE w.office_id = $1 AND w.complaint_id = c.id)"
       " ORDER BY c.id LIMIT $2");
DB_SQL(case_load_office,
       "SELECT c.state, count(*) AS due, sum(CASE WHEN w.sort_day < $3 THEN 1 ELSE 0 END) AS "
       "late" DUE_ROWS " GROUP BY c.state ORDER BY c.state LIMIT 100");
DB_SQL(case_load_member,
       "SELECT c.state, count(*) AS due, sum(CASE WHEN w.sort_day < $3 THEN 1 ELSE 0 END) AS "
       "late" DUE_ROWS " AND EXISTS (SELECT 1 FROM case_team t WHERE t.office_id = $1"
       " AND t.staff_id = $4 AND t.complaint_id = w.complaint_id)"
       " GROUP BY c.state ORDER BY c.state LIMIT 100");
DB_SQL(case_members,
       "SELECT DISTINCT t.staff_id FROM case_team t JOIN staff s ON s.office_id = t.office_id"
       " AND s.id = t.staff_id AND s.disabled_at IS NULL"
       " JOIN casework w ON w.office_id = t.office_id AND w.complaint_id = t.complaint_id"
       " AND w.sort_day <= $2 AND w.stage_day < $3"
       " JOIN complaint c ON c.office_id = t.office_id AND c.id = t.complaint_id"
       " AND c.ended_at IS NULL WHERE t.office_id = $1 ORDER BY t.staff_id LIMIT 500");
DB_SQL(case_reminded, "SELECT count(*) FROM case_reminder WHERE office_id = $1 AND staff_id = $2"
                      " AND day = $3");
DB_SQL(case_remind_put, "INSERT INTO case_reminder (office_id, staff_id, day) VALUES ($1, $2, $3)"
                        " ON CONFLICT (office_id, staff_id) DO UPDATE SET day = $3");

const struct db_sql *const casework_due_statements[] = {&case_begin,
                                                        &case_clock_one,
                                                        &case_clock_page,
                                                        &case_put_due,
                                                        &case_missing,
                                                        &case_load_office,
                                                        &case_load_member,
                                                        &case_members,
                                                        &case_reminded,
                                                        &case_remind_put,
                                                        NULL};

/* --- computing ---------------------------------------------------------------------------------------------- */

enum err casework_frame(struct db_conn *conn, const char *office_id, struct case_frame *ret)
{
    struct case_frame f = {.limits = NULL};
    TRY(calendar_load(conn, office_id, &f.calendar));
    TRY(casework_limits(conn, office_id, &f.limits, &f.limit_count));
    *ret = f;
    return ERR_OK;
}

static enum err compute(struct db_conn *conn, const char *office_id, const struct clock_row *row,
                        const struct case_frame *frame, struct case_due *ret)
{
    struct case_pause_row *rows = NULL;
    size_t count = 0;
    TRY(casework_pauses(conn, office_id, row->id, &rows, &count));
    struct calendar_pause *pauses = ARENA_ARRAY(db_conn_arena(conn), count + 1,
                                                struct calendar_pause);
    for (size_t i = 0; i < count; i++)
        pauses[i] = (struct calendar_pause){calendar_day(rows[i].from_day),
                                            calendar_day(rows[i].until_day)};
    const struct case_clock clock = {.calendar = &frame->calendar,
                                     .limits = frame->limits,
                                     .limit_count = frame->limit_count,
                                     .state = row->state,
                                     .side = row->side,
                                     .class = row->class,
                                     .ended = row->ended_at != 0,
                                     .stage_day = calendar_day(row->stage_day),
                                     .overall_day = calendar_day(row->overall_day),
                                     .side_day = calendar_day(row->side_day),
                                     .pauses = pauses,
                                     .pause_count = count};
    *ret = case_due_of(&clock);
    return ERR_OK;
}

static enum err refresh_row(struct db_conn *tx, const char *office_id, const struct clock_row *row,
                            const struct case_frame *frame)
{
    struct case_due d;
    struct arena *a = db_conn_arena(tx);
    TRY(compute(tx, office_id, row, frame, &d));
    const char *stage = calendar_day_text(a, d.stage), *overall = calendar_day_text(a, d.overall);
    const char *side = calendar_day_text(a, d.side);
    const char *sort = str_or(calendar_day_text(a, d.sort), CASE_NEVER);
    if (str_eq(stage, row->due_day) && str_eq(overall, row->overall_due) &&
        str_eq(side, row->side_due) && str_eq(sort, row->sort_day))
        return ERR_OK;
    return db_run(tx, &case_put_due,
                  DB_ARGS(db_text(office_id), db_text(row->id), db_text(stage), db_text(overall),
                          db_text(side), db_text(sort)),
                  NULL);
}

static enum err clock_of(struct db_conn *conn, const char *office_id, const char *complaint_id,
                         struct clock_row *ret)
{
    return db_one(conn, &case_clock_one, DB_ARGS(db_text(office_id), db_text(complaint_id)),
                  &clock_record, ret);
}

enum err casework_refresh(struct db_conn *tx, const char *office_id, const char *complaint_id,
                          const struct case_frame *frame)
{
    struct clock_row row = {0};
    TRY(clock_of(tx, office_id, complaint_id, &row));
    return refresh_row(tx, office_id, &row, frame);
}

enum err casework_due(struct db_conn *conn, const char *office_id, const char *complaint_id,
                      const struct case_frame *frame, struct case_due *ret)
{
    struct clock_row row = {0};
    TRY(clock_of(conn, office_id, complaint_id, &row));
    return compute(conn, office_id, &row, frame, ret);
}

/* --- opening --------------------------------------------------------------------------------------------------- */

static enum err begin(struct db_conn *tx, const char *office_id, const struct missing_row *m,
                      const struct case_frame *frame)
{
    const char *day = calendar_day_text(
        db_conn_arena(tx), calendar_day_of(m->received_at, frame->calendar.offset_min));
    TRY(db_run(tx, &case_begin,
               DB_ARGS(db_text(office_id), db_text(m->id), db_text(day), db_text(CASE_NEVER)),
               NULL));
    return casework_refresh(tx, office_id, m->id, frame);
}

enum err casework_begin(struct db_conn *tx, const char *office_id, const char *complaint_id,
                        int64_t received_at)
{
    struct case_frame frame;
    const struct missing_row m = {complaint_id, received_at};
    TRY(casework_frame(tx, office_id, &frame));
    return begin(tx, office_id, &m, &frame);
}

enum err casework_is_missing(struct db_conn *conn, const char *office_id, bool *ret)
{
    struct missing_row *rows = NULL;
    size_t count = 0;
    TRY(db_list(conn, &case_missing, DB_ARGS(db_text(office_id), db_int(1)), &missing_record, 1,
                &rows, &count));
    *ret = count > 0;
    return ERR_OK;
}

enum err casework_tx_open_missing(struct db_conn *tx, void *arg)
{
    struct case_turn *t = arg;
    struct case_frame frame;
    struct missing_row *rows = NULL;
    size_t count = 0;
    TRY(db_list(tx, &case_missing, DB_ARGS(db_text(t->office_id), db_int(TURN_ROWS)),
                &missing_record, TURN_ROWS, &rows, &count));
    TRY(casework_frame(tx, t->office_id, &frame));
    for (size_t i = 0; i < count; i++)
        TRY(begin(tx, t->office_id, &rows[i], &frame));
    t->last_id = count == TURN_ROWS ? rows[count - 1].id : NULL;
    return ERR_OK;
}

enum err casework_tx_recompute(struct db_conn *tx, void *arg)
{
    struct case_turn *t = arg;
    struct case_frame frame;
    struct clock_row *rows = NULL;
    size_t count = 0;
    TRY(casework_frame(tx, t->office_id, &frame));
    TRY(db_list(tx, &case_clock_page,
                DB_ARGS(db_text(t->office_id), db_text(t->after_id), db_int(TURN_ROWS)),
                &clock_record, TURN_ROWS, &rows, &count));
    for (size_t i = 0; i < count; i++)
        TRY(refresh_row(tx, t->office_id, &rows[i], &frame));
    t->last_id = count == TURN_ROWS ? rows[count - 1].id : NULL;
    return ERR_OK;
}

/* --- reminders ---------------------------------------------------------------------------------------------------- */

enum err casework_load(struct db_conn *conn, const char *office_id, const char *staff_id,
                       const char *until, const char *today, struct case_load **ret,
                       size_t *ret_count)
{
    if (str_empty(staff_id))
        return db_list(conn, &case_load_office,
                       DB_ARGS(db_text(office_id), db_text(until), db_text(today)), &load_record,
                       CASE_ROWS_MAX, ret, ret_count);
    return db_list(conn, &case_load_member,
                   DB_ARGS(db_text(office_id), db_text(until), db_text(today), db_text(staff_id)),
                   &load_record, CASE_ROWS_MAX, ret, ret_count);
}

enum err casework_members_due(struct db_conn *conn, const char *office_id, const char *until,
                              const char *today, struct case_member_due **ret, size_t *ret_count)
{
    return db_list(conn, &case_members, DB_ARGS(db_text(office_id), db_text(until), db_text(today)),
                   &member_due_record, CASE_DUE_MAX, ret, ret_count);
}

enum err casework_reminded(struct db_conn *conn, const char *office_id, const char *staff_id,
                           const char *day, bool *ret)
{
    int64_t count = 0;
    TRY(db_number(conn, &case_reminded,
                  DB_ARGS(db_text(office_id), db_text(staff_id), db_text(day)), &count));
    *ret = count > 0;
    return ERR_OK;
}

/* The row of the outbox is about the office: nothing in it leads to a complaint. */
static enum err remind_one(struct db_conn *tx, const struct case_remind *r,
                           const struct case_remind_one *p)
{
    TRY(db_run(tx, &case_remind_put,
               DB_ARGS(db_text(r->office_id), db_text(p->staff_id), db_text(r->day)), NULL));
    const struct outbox_new n = {.id = p->outbox_id,
                                 .office_id = r->office_id,
                                 .kind = CASE_REMINDER,
                                 .subject_id = r->office_id,
                                 .recipient_id = p->staff_id,
                                 .channel = p->channel,
                                 .at = r->now_ms,
                                 .round = calendar_day(r->day)};
    enum err e = outbox_enqueue(tx, &n);
    return e == ERR_CONFLICT ? ERR_OK : e;
}

enum err casework_tx_remind(struct db_conn *tx, void *arg)
{
    const struct case_remind *r = arg;
    for (size_t i = 0; i < r->count; i++)
        TRY(remind_one(tx, r, &r->people[i]));
    const struct visit_act act = visit_act_system(r->office_id, r->now_ms);
    return visit_act_log(
        tx, &act,
        (struct audit_new){.action = "case_reminded",
                           .subject_kind = "office",
                           .subject_id = r->office_id,
                           .detail = arena_printf(db_conn_arena(tx), "people=%zu", r->count)});
}
