/* Counting: a day from its visits, the days that are kept, and which of them must be counted again because the
 * audit tells of a change. What is shown is put together in report_read_store.c. */
#include "features/report/report_store.h"

#include "features/audit/audit.h"
#include "features/calendar/calendar.h"
#include "features/office/office.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define CLOSINGS_MAX 4000

#define COLUMN(type, member, kind) RECORD_COLUMN(struct type, member, kind, 0, NULL)

static const struct record_column visit_columns[] = {
    COLUMN(report_visit, id, REC_TEXT),           COLUMN(report_visit, year, REC_INT),
    COLUMN(report_visit, number, REC_INT),        COLUMN(report_visit, number_suffix, REC_TEXT),
    COLUMN(report_visit, arrived_at, REC_TIME),   COLUMN(report_visit, due_at, REC_TIME),
    COLUMN(report_visit, received_at, REC_TIME),  COLUMN(report_visit, closed_at, REC_TIME),
    COLUMN(report_visit, open, REC_INT),          COLUMN(report_visit, state, REC_TEXT),
    COLUMN(report_visit, category, REC_TEXT),     COLUMN(report_visit, host, REC_TEXT),
    COLUMN(report_visit, section, REC_TEXT),      COLUMN(report_visit, late_reason, REC_TEXT),
    COLUMN(report_visit, notice_state, REC_TEXT), COLUMN(report_visit, question_state, REC_TEXT),
    COLUMN(report_visit, later, REC_INT),         COLUMN(report_visit, step2, REC_TIME),
    COLUMN(report_visit, step3, REC_TIME),        COLUMN(report_visit, step4, REC_TIME),
    COLUMN(report_visit, step6, REC_TIME),        COLUMN(report_visit, step7, REC_TIME),
};
static const struct record visit_record_ = RECORD("ReportVisit", struct report_visit, visit_columns);

static const struct record_column count_columns[] = {
    COLUMN(report_count, kind, REC_TEXT),
    {.name = "code", .type = REC_TEXT, .offset = offsetof(struct report_count, key)},
    COLUMN(report_count, n, REC_INT),
};
static const struct record count_record = RECORD("ReportCount", struct report_count, count_columns);

struct channel_row {
    const char *channel;
    int64_t queued, sent, delivered, seen, failed;
};
static const struct record_column channel_columns[] = {
    COLUMN(channel_row, channel, REC_TEXT), COLUMN(channel_row, queued, REC_INT),
    COLUMN(channel_row, sent, REC_INT),     COLUMN(channel_row, delivered, REC_INT),
    COLUMN(channel_row, seen, REC_INT),     COLUMN(channel_row, failed, REC_INT),
};
static const struct record channel_record = RECORD("ReportChannel", struct channel_row,
                                                   channel_columns);

struct closing_row {
    const char *day;
    int64_t differences;
};
static const struct record_column closing_columns[] = {
    COLUMN(closing_row, day, REC_TEXT),
    COLUMN(closing_row, differences, REC_INT),
};
static const struct record closing_record = RECORD("ReportClosing", struct closing_row,
                                                   closing_columns);

static const struct record_column state_columns[] = {
    COLUMN(report_state, day, REC_TEXT),
    COLUMN(report_state, seq, REC_INT),
};
static const struct record state_record = RECORD("ReportState", struct report_state, state_columns);

struct touched_row {
    int64_t at;
};
static const struct record_column touched_columns[] = {COLUMN(touched_row, at, REC_TIME)};
static const struct record touched_record = RECORD("ReportTouched", struct touched_row,
                                                   touched_columns);

#define STEP(n)                                                                                    \
    "(SELECT s.at FROM visit_step s WHERE s.office_id = v.office_id AND s.visit_id = v.id "        \
    "AND s.step = " n " AND s.skipped IS NULL) AS step" n
#define VISITS                                                                                                 \
    "SELECT v.id, v.year, v.number, v.number_suffix, v.arrived_at, v.due_at, v.received_at, "                  \
    "v.closed_at, v.open, v.state, v.category, v.host, h.section, v.late_reason, "                             \
    "v.notice_state, v.question_state, (SELECT count(*) FROM answer a WHERE a.office_id = "                    \
    "v.office_id AND a.visit_id = v.id AND a.effect = 'later') AS later, " STEP("2") ", " STEP("3") ", " STEP( \
        "4") ", " STEP("6") ", " STEP("7") " FROM visit v LEFT JOIN staff h ON h.office_id = "                 \
                                           "v.office_id AND h.id = v.host_id "                                 \
                                           "WHERE v.office_id = $1 AND v.arrived_at >= $2 AND "                \
                                           "v.arrived_at < $3"
#define OF_VISITS    "v.office_id = $1 AND v.arrived_at >= $2 AND v.arrived_at < $3"
#define ONE_IF(what) "sum(CASE WHEN " what " THEN 1 ELSE 0 END)"

DB_SQL(report_visits_between, VISITS);
DB_SQL(report_visits_page, VISITS " AND (v.arrived_at < $4 OR (v.arrived_at = $4 AND v.id < $5)) "
                                  "ORDER BY v.arrived_at DESC, v.id DESC LIMIT $6");
DB_SQL(report_notices,
       "SELECT o.channel, count(*) AS queued, " ONE_IF("o.sent_at IS NOT NULL") " AS sent, " ONE_IF("o.delivered_at IS NOT NULL OR o.read_at IS NOT NULL") " AS delivered, " ONE_IF(
           "o.read_at IS NOT NULL") " AS seen, " ONE_IF("o.state = 'failed'") " AS failed "
                                                                              "FROM visit v JOIN "
                                                                              "outbox o ON "
                                                                              "o.office_id = "
                                                                              "v.office_id AND "
                                                                              "o.subject_id = v.id "
                                                                              "AND o.kind IN "
                                                                              "('visit_notice', "
                                                                              "'head_question') "
                                                                              "WHERE " OF_VISITS
                                                                              " GROUP BY o.channel "
                                                                              "ORDER BY o.channel");
DB_SQL(report_answers,
       "SELECT 'answer' AS kind, a.channel AS code, count(*) AS n FROM visit v JOIN answer a "
       "ON a.office_id = v.office_id AND a.visit_id = v.id AND a.effect <> 'too_late' "
       "WHERE " OF_VISITS " GROUP BY a.channel ORDER BY a.channel");
DB_SQL(report_badges_lost,
       "SELECT count(*) FROM badge_hold WHERE office_id = $1 AND ended_at >= $2 AND ended_at < $3 "
       "AND lost_reason IS NOT NULL");
DB_SQL(report_items_lost,
       "SELECT 'custody' AS kind, kind AS code, count(*) AS n FROM item WHERE office_id = $1 "
       "AND lost_at >= $2 AND lost_at < $3 AND lost_at IS NOT NULL GROUP BY kind ORDER BY kind");
DB_SQL(report_closings, "SELECT day, differences FROM day_closing WHERE office_id = $1 "
                        "AND day >= $2 AND day < $3 ORDER BY day, at, id");
DB_SQL(report_first_visit, "SELECT min(arrived_at) FROM visit WHERE office_id = $1");
DB_SQL(report_state_read, "SELECT day, seq FROM report_state WHERE office_id = $1");
DB_SQL(report_state_put, "INSERT INTO report_state (office_id, day, seq) VALUES ($1, $2, $3) "
                         "ON CONFLICT (office_id) DO UPDATE SET day = $2, seq = $3");
DB_SQL(report_touched,
       "SELECT DISTINCT v.arrived_at AS at FROM audit_entry a JOIN visit v "
       "ON v.office_id = a.office_id AND v.id = a.subject_id WHERE a.office_id = $1 "
       "AND a.seq > $2 AND a.seq <= $3 AND a.subject_kind = 'visit' ORDER BY at");
DB_SQL(report_closed_days,
       "SELECT DISTINCT subject_id AS day, 0 AS differences FROM audit_entry "
       "WHERE office_id = $1 AND seq > $2 AND seq <= $3 AND subject_kind = 'day' ORDER BY day");
DB_SQL(report_day_put,
       "INSERT INTO report_day (office_id, day, visits, cancelled, late_entries, forgotten, "
       "unreceived, kept, missed, times, counted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
       "$10, $11) ON CONFLICT (office_id, day) DO UPDATE SET visits = $3, cancelled = $4, "
       "late_entries = $5, forgotten = $6, unreceived = $7, kept = $8, missed = $9, times = $10, "
       "counted_at = $11");
DB_SQL(report_counts_drop, "DELETE FROM report_count WHERE office_id = $1 AND day = $2");
DB_SQL(report_count_put, "INSERT INTO report_count (office_id, day, kind, code, n) "
                         "VALUES ($1, $2, $3, $4, $5)");

const struct db_sql *const report_statements[] = {
    &report_visits_between, &report_visits_page, &report_notices,   &report_answers,
    &report_badges_lost,    &report_items_lost,  &report_closings,  &report_first_visit,
    &report_state_read,     &report_state_put,   &report_touched,   &report_closed_days,
    &report_day_put,        &report_counts_drop, &report_count_put, NULL};

/* --- counting from the visits ------------------------------------------------------------------------------- */

size_t report_point_of(const struct report_counting *c, int64_t day)
{
    if (c->period->span != SPAN_YEAR)
        return (size_t)(day - c->period->from);
    return (size_t)time_civil(calendar_day_ms(day, 0), 0).month - 1;
}

static void point_add(struct report_counting *c, int64_t day, bool cancelled, bool measured,
                      bool kept)
{
    struct report_point *p = &c->points[report_point_of(c, day)];
    if (cancelled)
        return;
    p->visits++;
    p->measured += measured;
    p->kept += kept;
}

static enum err count_visit(void *arg)
{
    struct report_counting *c = arg;
    const struct report_visit *v = &c->visit;
    enum report_kind kind = report_kind_of(v, c->today_ms, c->offset_min);
    int64_t day = calendar_day_of(v->arrived_at, c->offset_min);
    report_sum_add(c->sum, v, c->today_ms, c->offset_min);
    if (c->came && kind != REPORT_CANCELLED)
        c->came[day - c->period->from] = true;
    if (!c->points)
        return ERR_OK;
    bool measured = kind == REPORT_KEPT || kind == REPORT_MISSED;
    point_add(c, day, kind == REPORT_CANCELLED, measured, kind == REPORT_KEPT);
    if (measured)
        report_times_add(&c->point_times[report_point_of(c, day)], PHASE_TOTAL,
                         report_phase_ms(v, PHASE_TOTAL));
    return ERR_OK;
}

static enum err count_notices(struct db_conn *conn, const char *office_id, int64_t from,
                              int64_t until, struct report_sum *s)
{
    struct channel_row *rows = NULL;
    struct report_count *answers = NULL;
    size_t count = 0;
    TRY(db_list(conn, &report_notices, DB_ARGS(db_text(office_id), db_int(from), db_int(until)),
                &channel_record, 50, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct {
            const char *what;
            int64_t n;
        } parts[] = {{"queued", rows[i].queued},
                     {"sent", rows[i].sent},
                     {"delivered", rows[i].delivered},
                     {"read", rows[i].seen},
                     {"failed", rows[i].failed}};
        for (size_t j = 0; j < ARRAY_LEN(parts); j++)
            report_count_add(s, "notice",
                             arena_printf(s->arena, "%s/%s", rows[i].channel, parts[j].what),
                             parts[j].n);
    }
    TRY(db_list(conn, &report_answers, DB_ARGS(db_text(office_id), db_int(from), db_int(until)),
                &count_record, 50, &answers, &count));
    for (size_t i = 0; i < count; i++)
        report_count_add(s, "answer", answers[i].key, answers[i].n);
    return ERR_OK;
}

static enum err count_losses(struct db_conn *conn, const char *office_id, int64_t from,
                             int64_t until, struct report_sum *s)
{
    struct report_count *items = NULL;
    size_t count = 0;
    int64_t badges = 0;
    TRY(db_number(conn, &report_badges_lost,
                  DB_ARGS(db_text(office_id), db_int(from), db_int(until)), &badges));
    report_count_add(s, "custody", "badge", badges);
    TRY(db_list(conn, &report_items_lost, DB_ARGS(db_text(office_id), db_int(from), db_int(until)),
                &count_record, 50, &items, &count));
    for (size_t i = 0; i < count; i++)
        report_count_add(s, "custody", items[i].key, items[i].n);
    return ERR_OK;
}

/* A day may be closed several times: its last closing counts. */
static enum err count_closings(struct db_conn *conn, const char *office_id, int64_t from,
                               int64_t until, struct report_sum *s)
{
    struct closing_row *rows = NULL;
    size_t count = 0;
    TRY(db_list(conn, &report_closings,
                DB_ARGS(db_text(office_id), db_text(calendar_day_text(s->arena, from)),
                        db_text(calendar_day_text(s->arena, until))),
                &closing_record, CLOSINGS_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && str_eq(rows[i].day, rows[i + 1].day))
            continue;
        report_count_add(s, "closing", "days", 1);
        report_count_add(s, "closing", "with_difference", rows[i].differences > 0);
        report_count_add(s, "closing", "differences", rows[i].differences);
    }
    return ERR_OK;
}

/* Days from … until - 1 (day numbers). */
enum err report_count_range(struct db_conn *conn, const char *office_id, int64_t from,
                            int64_t until, struct report_counting *c)
{
    int64_t from_ms = calendar_day_ms(from, c->offset_min);
    int64_t until_ms = calendar_day_ms(until, c->offset_min);
    if (from >= until)
        return ERR_OK;
    TRY(db_each(conn, &report_visits_between,
                DB_ARGS(db_text(office_id), db_int(from_ms), db_int(until_ms)), &visit_record_,
                &c->visit, count_visit, c));
    TRY(count_notices(conn, office_id, from_ms, until_ms, c->sum));
    TRY(count_losses(conn, office_id, from_ms, until_ms, c->sum));
    return count_closings(conn, office_id, from, until, c->sum);
}

enum err report_count_day(struct db_conn *conn, const char *office_id, int64_t day,
                          const struct cx *cx, struct report_sum *ret)
{
    report_sum_begin(cx->arena, ret);
    struct report_counting c = {.sum = ret,
                                .today_ms = time_day_start(cx->now_ms, cx->offset_min),
                                .offset_min = cx->offset_min};
    return report_count_range(conn, office_id, day, day + 1, &c);
}

enum err report_visits(struct db_conn *conn, const char *office_id, const struct report_query *q,
                       struct report_visit **ret, size_t *ret_count)
{
    return db_list(conn, &report_visits_page,
                   DB_ARGS(db_text(office_id), db_int(q->from_ms), db_int(q->until_ms),
                           db_int(q->before_ms), db_text(q->before_id), db_int(q->limit)),
                   &visit_record_, (size_t)q->limit, ret, ret_count);
}

/* --- what changed ----------------------------------------------------------------------------------------------- */

/* Days up to `last` that the entries (after, until] speak of, ascending, each once. */
enum err report_touched_days(struct db_conn *conn, const char *office_id, int64_t after,
                             int64_t until, int64_t last, const struct cx *cx, int64_t **ret,
                             size_t *ret_count)
{
    struct touched_row *rows = NULL;
    struct closing_row *closed = NULL;
    size_t count = 0, closed_count = 0, n = 0;
    size_t most = (size_t)(until - after);
    TRY(db_list(conn, &report_touched, DB_ARGS(db_text(office_id), db_int(after), db_int(until)),
                &touched_record, most, &rows, &count));
    TRY(db_list(conn, &report_closed_days, DB_ARGS(db_text(office_id), db_int(after), db_int(until)),
                &closing_record, most, &closed, &closed_count));
    int64_t *days = ARENA_ARRAY(cx->arena, count + closed_count + 1, int64_t);
    for (size_t i = 0; i < count + closed_count; i++) {
        int64_t day = i < count ? calendar_day_of(rows[i].at, cx->offset_min)
                                : calendar_day(closed[i - count].day);
        bool known = day == CALENDAR_NO_DAY || day > last;
        for (size_t j = 0; j < n && !known; j++)
            known = days[j] == day;
        if (!known)
            days[n++] = day;
    }
    *ret = days;
    *ret_count = n;
    return ERR_OK;
}

enum err report_state_of(struct db_conn *conn, const char *office_id, struct report_state *ret)
{
    *ret = (struct report_state){.day = ""};
    enum err e = db_one(conn, &report_state_read, DB_ARGS(db_text(office_id)), &state_record, ret);
    return e == ERR_MISSING ? ERR_OK : e;
}

/* --- keeping ------------------------------------------------------------------------------------------------------ */

struct keeping {
    const char *office_id;
    const char *day; /* NULL: only the state */
    const struct report_sum *sum;
    struct bytes times;
    int64_t now_ms;
    const char *state_day;
    int64_t state_seq;
};

static enum err keep_day(struct db_conn *tx, const struct keeping *k)
{
    const struct report_sum *s = k->sum;
    TRY(db_run(tx, &report_counts_drop, DB_ARGS(db_text(k->office_id), db_text(k->day)), NULL));
    for (size_t i = 0; i < s->count; i++)
        TRY(db_run(tx, &report_count_put,
                   DB_ARGS(db_text(k->office_id), db_text(k->day), db_text(s->counts[i].kind),
                           db_text(s->counts[i].key), db_int(s->counts[i].n)),
                   NULL));
    return db_run(tx, &report_day_put,
                  DB_ARGS(db_text(k->office_id), db_text(k->day), db_int(s->visits),
                          db_int(s->cancelled), db_int(s->late_entries), db_int(s->forgotten),
                          db_int(s->unreceived), db_int(s->kept), db_int(s->missed),
                          db_bytes(k->times), db_int(k->now_ms)),
                  NULL);
}

static enum err keep_tx(struct db_conn *tx, void *arg)
{
    const struct keeping *k = arg;
    if (k->day)
        TRY(keep_day(tx, k));
    return db_run(tx, &report_state_put,
                  DB_ARGS(db_text(k->office_id), db_text(k->state_day), db_int(k->state_seq)), NULL);
}

static enum err count_and_keep(struct cx *cx, const char *office_id, int64_t day,
                               const struct report_state *state)
{
    struct report_sum sum;
    TRY(report_count_day(cx->read, office_id, day, cx, &sum));
    struct keeping k = {.office_id = office_id,
                        .day = calendar_day_text(cx->arena, day),
                        .sum = &sum,
                        .times = report_times_pack(cx->arena, &sum.times),
                        .now_ms = cx->now_ms,
                        .state_day = state->day,
                        .state_seq = state->seq};
    return db_tx_low(cx, "report_keep", keep_tx, &k);
}

/* Changed days again; the state moves on only after all of them. */
static enum err recount(struct cx *cx, const char *office_id, struct report_state *state,
                        int64_t head)
{
    int64_t *days = NULL;
    size_t count = 0;
    TRY(report_touched_days(cx->read, office_id, state->seq, head, calendar_day(state->day), cx,
                            &days, &count));
    for (size_t i = 0; i < count; i++)
        TRY(count_and_keep(cx, office_id, days[i], state));
    state->seq = head;
    struct keeping k = {.office_id = office_id, .state_day = state->day, .state_seq = state->seq};
    return db_tx_low(cx, "report_state", keep_tx, &k);
}

/* The next day that is over; CALENDAR_NO_DAY when all are kept. */
static enum err next_day(struct cx *cx, const char *office_id, struct report_state *state,
                         int64_t head, int64_t *ret)
{
    int64_t today = calendar_day_of(cx->now_ms, cx->offset_min), first = 0;
    *ret = CALENDAR_NO_DAY;
    if (!*state->day) {
        /* Everything is counted from the visits as they are from here on. */
        state->seq = head;
        TRY(db_number(cx->read, &report_first_visit, DB_ARGS(db_text(office_id)), &first));
        if (first == 0)
            return ERR_OK;
        *ret = calendar_day_of(first, cx->offset_min);
    } else {
        *ret = calendar_day(state->day) + 1;
    }
    if (*ret >= today)
        *ret = CALENDAR_NO_DAY;
    return ERR_OK;
}

enum err report_tick(struct cx *cx, const char *office_id, bool *ret_more)
{
    struct office office = {.offset_min = 0};
    struct report_state state;
    int64_t head = 0, day = CALENDAR_NO_DAY;
    bool more = false;
    if (ret_more)
        *ret_more = false; /* a failure is tried again with the next turn, not at once */
    TRY(office_get(cx->read, office_id, &office));
    cx->offset_min = (int)office.offset_min;
    TRY(report_state_of(cx->read, office_id, &state));
    TRY(audit_head(cx->read, office_id, &head));
    if (*state.day && head > state.seq) {
        int64_t until = head - state.seq > REPORT_CHANGES_MAX ? state.seq + REPORT_CHANGES_MAX
                                                              : head;
        more = until < head;
        TRY(recount(cx, office_id, &state, until));
    }
    for (int i = 0; i < REPORT_TURN_DAYS; i++) {
        TRY(next_day(cx, office_id, &state, head, &day));
        if (day == CALENDAR_NO_DAY)
            break;
        state.day = calendar_day_text(cx->arena, day);
        TRY(count_and_keep(cx, office_id, day, &state));
        more = more || i + 1 == REPORT_TURN_DAYS;
    }
    if (ret_more)
        *ret_more = more;
    return ERR_OK;
}
