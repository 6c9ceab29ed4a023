/* Reading: the sum of a period from the kept days, and from the visits where the clock has not come yet or a
 * change is newer than what was kept. */
#include "features/report/report_store.h"

#include "features/audit/audit.h"
#include "features/calendar/calendar.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define COUNTS_MAX 4000
#define SOON_DAYS  3

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)

static const struct record_column day_columns[] = {
    COLUMN(report_day_row, day, REC_TEXT),      COLUMN(report_day_row, visits, REC_INT),
    COLUMN(report_day_row, cancelled, REC_INT), COLUMN(report_day_row, late_entries, REC_INT),
    COLUMN(report_day_row, forgotten, REC_INT), COLUMN(report_day_row, unreceived, REC_INT),
    COLUMN(report_day_row, kept, REC_INT),      COLUMN(report_day_row, missed, REC_INT),
    COLUMN(report_day_row, times, REC_BYTES),
};
static const struct record day_record = RECORD("ReportDay", struct report_day_row, day_columns);

struct load_row {
    int64_t open, late, soon;
};
static const struct record_column load_columns[] = {
    COLUMN(load_row, open, REC_INT),
    COLUMN(load_row, late, REC_INT),
    COLUMN(load_row, soon, REC_INT),
};
static const struct record load_record = RECORD("ReportLoad", struct load_row, load_columns);

static const struct record_column count_columns[] = {
    COLUMN(report_count, kind, REC_TEXT),
    {.name = "code", .type = REC_TEXT, .offset = offsetof(struct report_count, key)},
    COLUMN(report_count, n, REC_INT),
};
static const struct record count_record = RECORD("ReportCount", struct report_count, count_columns);

#define ONE_IF(what) "sum(CASE WHEN " what " THEN 1 ELSE 0 END)"

DB_SQL(report_complaints,
       "SELECT 'state' AS kind, state AS code, count(*) AS n FROM complaint WHERE office_id = $1 "
       "AND received_at >= $2 AND received_at < $3 GROUP BY state ORDER BY state");
DB_SQL(
    report_deadlines,
    "SELECT count(*) AS open, COALESCE(" ONE_IF(
        "w.sort_day < $2") ", 0) AS late, "
                           "COALESCE(" ONE_IF(
                               "w.sort_day >= $2 AND w.sort_day <= $3") ", 0) AS soon "
                                                                        "FROM complaint c LEFT "
                                                                        "JOIN casework w ON "
                                                                        "w.office_id = c.office_id "
                                                                        "AND w.complaint_id = c.id "
                                                                        "WHERE c.office_id = $1 "
                                                                        "AND c.ended_at IS NULL");
DB_SQL(report_days_read,
       "SELECT day, visits, cancelled, late_entries, forgotten, unreceived, kept, missed, times "
       "FROM report_day WHERE office_id = $1 AND day >= $2 AND day < $3 ORDER BY day");
DB_SQL(report_counts_read,
       "SELECT kind, code, CAST(sum(n) AS BIGINT) AS n FROM report_count WHERE office_id = $1 "
       "AND day >= $2 AND day < $3 GROUP BY kind, code ORDER BY kind, code");

const struct db_sql *const report_read_statements[] = {
    &report_complaints, &report_deadlines, &report_days_read, &report_counts_read, NULL};

static enum err add_kept_day(void *arg)
{
    struct report_counting *c = arg;
    struct report_sum *s = c->sum;
    const struct report_day_row *d = &c->day;
    int64_t day = calendar_day(d->day);
    for (size_t i = 0; i < c->skip_count; i++) {
        if (c->skip[i] == day)
            return ERR_OK;
    }
    s->visits += d->visits;
    s->cancelled += d->cancelled;
    s->late_entries += d->late_entries;
    s->forgotten += d->forgotten;
    s->unreceived += d->unreceived;
    s->kept += d->kept;
    s->missed += d->missed;
    c->bad = !report_times_unpack(d->times, &s->times) || c->bad;
    c->came[day - c->period->from] = d->visits > 0;
    if (!c->points)
        return ERR_OK;
    struct report_point *p = &c->points[report_point_of(c, day)];
    p->visits += d->visits;
    p->kept += d->kept;
    p->measured += d->kept + d->missed;
    (void)report_times_unpack(d->times, &c->point_times[report_point_of(c, day)]);
    return ERR_OK;
}

/* The counts of days from … until - 1 as they were kept; `sign` -1 takes them away again. */
static enum err add_kept_counts(struct db_conn *conn, const char *office_id, int64_t from,
                                int64_t until, int64_t sign, struct report_sum *s)
{
    struct report_count *rows = NULL;
    size_t count = 0;
    TRY(db_list(conn, &report_counts_read,
                DB_ARGS(db_text(office_id), db_text(calendar_day_text(s->arena, from)),
                        db_text(calendar_day_text(s->arena, until))),
                &count_record, COUNTS_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++)
        report_count_add(s, rows[i].kind, rows[i].key, sign * rows[i].n);
    return ERR_OK;
}

/* Kept days, but for those that were changed since: they are counted from the visits. */
static enum err read_kept(struct cx *cx, const struct report_state *state, int64_t from,
                          int64_t until, struct report_counting *c)
{
    const char *office = cx->actor.office_id;
    int64_t head = 0, *days = NULL;
    size_t count = 0;
    if (from >= until)
        return ERR_OK;
    TRY(audit_head(cx->read, office, &head));
    if (head > state->seq + REPORT_CHANGES_MAX)
        head = state->seq + REPORT_CHANGES_MAX; /* many at once: the clock comes to them */
    if (head > state->seq)
        TRY(report_touched_days(cx->read, office, state->seq, head, until - 1, cx, &days, &count));
    c->skip = days;
    c->skip_count = count;
    TRY(db_each(cx->read, &report_days_read,
                DB_ARGS(db_text(office), db_text(calendar_day_text(cx->arena, from)),
                        db_text(calendar_day_text(cx->arena, until))),
                &day_record, &c->day, add_kept_day, c));
    TRY(add_kept_counts(cx->read, office, from, until, 1, c->sum));
    for (size_t i = 0; i < count; i++) {
        if (days[i] < from)
            continue;
        TRY(add_kept_counts(cx->read, office, days[i], days[i] + 1, -1, c->sum));
        TRY(report_count_range(cx->read, office, days[i], days[i] + 1, c));
    }
    return c->bad ? cx_detail(cx, ERR_INTERNAL, "report_day.times cannot be read") : ERR_OK;
}

static enum err read_complaints(struct cx *cx, const struct report_period *p,
                                struct report_figures *f)
{
    struct report_count *states = NULL;
    struct load_row load = {.open = 0};
    size_t count = 0;
    int64_t today = calendar_day_of(cx->now_ms, cx->offset_min);
    TRY(db_list(cx->read, &report_complaints,
                DB_ARGS(db_text(cx->actor.office_id),
                        db_int(calendar_day_ms(p->from, cx->offset_min)),
                        db_int(calendar_day_ms(p->until, cx->offset_min))),
                &count_record, 100, &states, &count));
    for (size_t i = 0; i < count; i++)
        report_count_add(&f->sum, "state", states[i].key, states[i].n);
    TRY(db_one(cx->read, &report_deadlines,
               DB_ARGS(db_text(cx->actor.office_id), db_text(calendar_day_text(cx->arena, today)),
                       db_text(calendar_day_text(cx->arena, today + SOON_DAYS))),
               &load_record, &load));
    f->complaints_open = load.open;
    f->complaints_late = load.late;
    f->complaints_soon = load.soon;
    return ERR_OK;
}

static void begin_points(struct cx *cx, const struct report_period *p, struct report_figures *f,
                         struct report_counting *c)
{
    f->point_count = p->span == SPAN_YEAR  ? 12
                     : p->span == SPAN_DAY ? 0
                                           : (size_t)(p->until - p->from);
    if (f->point_count == 0)
        return;
    f->points = ARENA_ARRAY(cx->arena, f->point_count, struct report_point);
    c->point_times = ARENA_ARRAY(cx->arena, f->point_count, struct report_times);
    c->points = f->points;
    int year = time_civil(calendar_day_ms(p->from, 0), 0).year;
    for (size_t i = 0; i < f->point_count; i++) {
        struct civil first = {.year = year, .month = (int)i + 1, .day = 1};
        f->points[i].from = p->span == SPAN_YEAR ? calendar_day_of(time_from_civil(first, 0), 0)
                                                 : p->from + (int64_t)i;
        report_times_begin(cx->arena, PHASE_TOTAL, &c->point_times[i]);
    }
}

enum err report_read(struct cx *cx, const struct report_period *p, struct report_figures *ret)
{
    struct report_figures f = {.points = NULL};
    struct report_counting c = {.today_ms = time_day_start(cx->now_ms, cx->offset_min),
                                .offset_min = cx->offset_min};
    struct report_state state;
    int64_t tomorrow = calendar_day_of(cx->now_ms, cx->offset_min) + 1;
    int64_t until = p->until < tomorrow ? p->until : tomorrow;
    report_sum_begin(cx->arena, &f.sum);
    c.sum = &f.sum;
    c.period = p;
    c.came = ARENA_ARRAY(cx->arena, (size_t)(p->until - p->from), bool);
    begin_points(cx, p, &f, &c);
    TRY(report_state_of(cx->read, cx->actor.office_id, &state));
    int64_t live = *state.day ? calendar_day(state.day) + 1 : p->from;
    live = live < p->from ? p->from : live > until ? until : live;
    if (*state.day)
        TRY(read_kept(cx, &state, p->from, live, &c));
    TRY(report_count_range(cx->read, cx->actor.office_id, live, until, &c));
    for (size_t i = 0; i < f.point_count; i++) {
        f.points[i].median_ms = report_times_at(&c.point_times[i], PHASE_TOTAL, 50);
        f.points[i].p90_ms = report_times_at(&c.point_times[i], PHASE_TOTAL, 90);
    }
    for (int64_t i = 0; i < p->until - p->from; i++)
        f.days += c.came[i];
    TRY(read_complaints(cx, p, &f));
    *ret = f;
    return ERR_OK;
}
