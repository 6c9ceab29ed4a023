/* How long the dashboard takes. Fills the office of a fresh database (`bukutamu init` or `demo`, not served
 * meanwhile) with visits of the last years, keeps the days that are over as the clock of the server does, and
 * measures each span of the dashboard, with today counted from its visits.
 *   figures DATABASE VISITS A_DAY
 * Prints a line for each: the median and the slowest of 21 readings. A filled database can be served and looked at. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/features.h"
#include "features/calendar/calendar.h"
#include "features/office/office.h"
#include "features/report/report.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define READINGS 21

static sqlite3 *raw;

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(raw, sql, -1, &s, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "figures: %s\n", sqlite3_errmsg(raw));
        exit(1);
    }
    return s;
}

static void run(sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE) {
        (void)fprintf(stderr, "figures: %s\n", sqlite3_errmsg(raw));
        exit(1);
    }
    (void)sqlite3_reset(s);
}

static void exec(const char *sql)
{
    if (sqlite3_exec(raw, sql, NULL, NULL, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "figures: %s\n", sqlite3_errmsg(raw));
        exit(1);
    }
}

static uint64_t seed = 88172645463325252u;
static int below(int n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int)(seed % (uint64_t)n);
}

struct fill {
    const char *office;
    sqlite3_stmt *visit, *step, *outbox, *answer;
    int64_t n, first_number;
    int year;
};

static void id_of(char *ret, const char *kind, int64_t n)
{
    (void)snprintf(ret, 37, "%s-0000-7000-8000-%012llx", kind, (long long)n);
}

static void add_step(struct fill *f, const char *visit, int step, int64_t at)
{
    (void)sqlite3_bind_text(f->step, 1, f->office, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->step, 2, visit, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int(f->step, 3, step);
    (void)sqlite3_bind_int64(f->step, 4, at);
    run(f->step);
}

/* Most are received within the limit; a few are forgotten, leave, or are cancelled. */
static void add_visit(struct fill *f, int64_t arrived, bool is_today)
{
    static const char *const categories[] = {"information", "complaint", "summons",
                                             "meeting",     "delivery",  "other"};
    static const char *const hosts[] = {NULL, "intel_chief", "office_head", "section_chief"};
    char id[40], other[40];
    int64_t at[10] = {0};
    int fate = below(100);
    struct civil c = time_civil(arrived, 420);
    id_of(id, "01800000", ++f->n);
    if (c.year != f->year) {
        f->year = c.year;
        f->first_number = f->n;
    }
    at[2] = arrived + 40000 + below(90000);
    at[3] = at[2] + 20000 + below(60000);
    at[4] = at[3] + 15000 + below(45000);
    at[6] = at[2] + 60000 + below(120000) + (below(12) == 0 ? below(600000) : below(60000));
    at[7] = (at[4] > at[6] ? at[4] : at[6]) + 20000 + below(90000);
    int64_t closed = at[7] + 600000 + below(3000000);
    bool received = fate >= 4, forgotten = fate >= 4 && fate < 6;
    if (forgotten)
        closed += 86400000;
    bool open = is_today && (below(3) == 0 || forgotten);
    (void)sqlite3_bind_text(f->visit, 1, f->office, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->visit, 2, id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int(f->visit, 3, c.year);
    (void)sqlite3_bind_int64(f->visit, 4, f->n - f->first_number + 1);
    (void)sqlite3_bind_text(f->visit, 5,
                            fate < 2   ? "cancelled"
                            : fate < 4 ? "left"
                            : open     ? "received"
                                       : "closed",
                            -1, SQLITE_STATIC);
    (void)sqlite3_bind_int(f->visit, 6, open && fate >= 4);
    (void)sqlite3_bind_int64(f->visit, 7, arrived);
    (void)sqlite3_bind_text(f->visit, 8, categories[below(6)], -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->visit, 9, hosts[below(4)], -1, SQLITE_STATIC);
    if (received)
        (void)sqlite3_bind_int64(f->visit, 10, at[7]);
    else
        (void)sqlite3_bind_null(f->visit, 10);
    if (open && fate >= 4)
        (void)sqlite3_bind_null(f->visit, 11);
    else
        (void)sqlite3_bind_int64(f->visit, 11, closed);
    run(f->visit);
    for (int step = 2; step <= 7 && received; step++) {
        if (step != 5)
            add_step(f, id, step, at[step]);
    }
    id_of(other, "01900000", f->n);
    (void)sqlite3_bind_text(f->outbox, 1, f->office, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->outbox, 2, other, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->outbox, 3, id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->outbox, 4, below(10) ? "whatsapp" : "telegram", -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->outbox, 5, below(50) ? "read" : "failed", -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(f->outbox, 6, at[2]);
    run(f->outbox);
    if (!received)
        return;
    (void)sqlite3_bind_text(f->answer, 1, f->office, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->answer, 2, other, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->answer, 3, id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(f->answer, 4, at[6]);
    (void)sqlite3_bind_text(f->answer, 5, below(5) ? "whatsapp" : "page", -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(f->answer, 6, below(40) ? "final" : "later", -1, SQLITE_STATIC);
    run(f->answer);
}

static void fill(const char *office, int64_t visits, int64_t a_day, int64_t today)
{
    struct fill f = {
        .office = office,
        .visit = prepare(
            "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, "
            "arrived_at, "
            "due_at, registered_at, registered_by, visitor_id, name, id_type, id_index, "
            "identity_sealed, visitor_kind, organization, companions, companion_count, purpose, "
            "category, host, accepted_warnings, notice_state, question_state, decision_state, "
            "unreceived, received_at, closed_at) VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7, ?7 + "
            "600000, "
            "?7, '', '', 'Tamu', 'ktp', CAST(?2 AS BLOB), x'00', 'individual', '', '[]', 0, "
            "'Konsultasi', ?8, ?9, '', 'read', 'none', 'final', 0, ?10, ?11)"),
        .step = prepare("INSERT INTO visit_step (office_id, visit_id, step, at, by_id) "
                        "VALUES (?1, ?2, ?3, ?4, '')"),
        .outbox = prepare(
            "INSERT INTO outbox (office_id, id, kind, subject_id, recipient_id, channel, round, "
            "state, attempts, queued_at, next_at, sent_at, delivered_at, read_at) VALUES (?1, ?2, "
            "'visit_notice', ?3, '', ?4, 1, ?5, 1, ?6, ?6, ?6 + 900, ?6 + 1500, ?6 + 9000)"),
        .answer = prepare("INSERT INTO answer (office_id, id, visit_id, at, official_id, "
                          "official_role, outcome, channel, effect) VALUES (?1, ?2, ?3, ?4, '', "
                          "'intel_chief', 'intel_chief', ?5, ?6)")};
    int64_t days = (visits + a_day - 1) / a_day, from = today;
    for (int64_t left = days; left > 1;) {
        from--;
        left -= calendar_weekday(from) != 0 && calendar_weekday(from) != 6;
    }
    exec("BEGIN");
    for (int64_t day = from; day <= today; day++) {
        bool works = day == today || (calendar_weekday(day) != 0 && calendar_weekday(day) != 6);
        int64_t opens = calendar_day_ms(day, 420) + 8 * 3600000;
        for (int64_t i = 0; works && i < a_day && f.n < visits; i++)
            add_visit(&f, opens + i * 7 * 3600000 / a_day + below(60000), day == today);
    }
    exec("COMMIT");
    (void)sqlite3_finalize(f.visit);
    (void)sqlite3_finalize(f.step);
    (void)sqlite3_finalize(f.outbox);
    (void)sqlite3_finalize(f.answer);
}

static double ms_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct cx *cx, struct arena *scratch, enum report_span span)
{
    static const char *const names[] = {"day", "week", "month", "year"};
    double took[READINGS];
    struct report_figures f = {.days = 0};
    for (int i = 0; i < READINGS; i++) {
        arena_reset(scratch);
        cx->arena = scratch;
        db_conn_use_arena(cx->read, scratch);
        double from = ms_now();
        struct report_period p = report_period_of(scratch, span, calendar_day_of(cx->now_ms, 420));
        if (report_read(cx, &p, &f) != ERR_OK) {
            (void)fprintf(stderr, "figures: %s\n", db_conn_detail(cx->read));
            exit(1);
        }
        took[i] = ms_now() - from;
    }
    qsort(took, READINGS, sizeof(took[0]), by_size);
    (void)printf("%-5s %9lld visits  median %6.1f ms  slowest %6.1f ms\n", names[span],
                 (long long)f.sum.visits, took[READINGS / 2], took[READINGS - 1]);
}

static void keep_days(struct cx *cx, struct arena *scratch)
{
    bool more = true;
    double from = ms_now();
    while (more) {
        arena_reset(scratch);
        cx->arena = scratch;
        db_conn_use_arena(cx->read, scratch);
        if (report_tick(cx, cx->actor.office_id, &more) != ERR_OK) {
            (void)fprintf(stderr, "figures: %s\n", cx->diag.detail);
            exit(1);
        }
    }
    (void)printf("keeping all days that are over: %.1f s\n", (ms_now() - from) / 1000);
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new(1024 * 1024), *scratch = arena_new(4 * 1024 * 1024);
    struct db *db = NULL;
    struct office office = {.offset_min = 420};
    const char *message = "";
    if (argc != 4 || sqlite3_open(argv[1], &raw) != SQLITE_OK) {
        (void)fprintf(stderr, "usage: figures DATABASE VISITS A_DAY\n");
        return 2;
    }
    struct db_options options = {.url = arena_printf(a, "sqlite:%s", argv[1]),
                                 .statements = features_statements(),
                                 .readers = 1};
    if (db_open(a, &options, &db, &message) != ERR_OK) {
        (void)fprintf(stderr, "figures: %s\n", message);
        return 1;
    }
    struct cx cx = {.arena = scratch,
                    .db = db,
                    .read = db_reader(db, 0),
                    .now_ms = time_now_ms(),
                    .offset_min = 420,
                    .actor = {.kind = ACTOR_SYSTEM}};
    db_conn_use_arena(cx.read, a);
    if (office_only(cx.read, &office) != ERR_OK)
        return 1;
    (void)snprintf(cx.actor.office_id, sizeof(cx.actor.office_id), "%s", office.office_id);
    exec("PRAGMA synchronous = OFF");
    double from = ms_now();
    fill(office.office_id, atoll(argv[2]), atoll(argv[3]), calendar_day_of(cx.now_ms, 420));
    (void)sqlite3_close(raw);
    (void)printf("%s visits made: %.1f s\n", argv[2], (ms_now() - from) / 1000);
    keep_days(&cx, scratch);
    for (int span = SPAN_DAY; span <= SPAN_YEAR; span++)
        measure(&cx, scratch, (enum report_span)span);
    db_close(db);
    return 0;
}
