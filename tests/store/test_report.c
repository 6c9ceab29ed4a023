/* Figures in a real database: kept days against a recount from the visits, changes of the past, today. */
#include "house_fixture.h"

#include "features/calendar/calendar.h"
#include "features/report/report.h"

#define DAY   INT64_C(86400000)
#define DAYS  45
#define A_DAY 12

static uint32_t seed;
static int below(int n)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 8) % (uint32_t)n);
}

static void step(struct house *h, const char *id, int n, int64_t at, bool skipped)
{
    house_exec(
        h, arena_printf(h->cx->arena,
                        "INSERT INTO visit_step (office_id, visit_id, step, at, by_id, skipped) "
                        "VALUES ('%s', '%s', %d, %lld, '', %s)",
                        h->office, id, n, (long long)at, skipped ? "'tidak ada'" : "NULL"));
}

/* One visit as its end left it. */
static void visit(struct house *h, int n, int64_t arrived)
{
    static const char *const categories[] = {"information", "complaint", "meeting"};
    static const char *const hosts[] = {"NULL", "'intel_chief'", "'office_head'"};
    const char *id = arena_printf(h->cx->arena, "01800000-0000-7000-8000-%012d", n);
    int fate = below(20);
    int64_t received = arrived + 120000 + below(700000);
    bool never = fate == 0, cancelled = fate == 1, forgotten = fate == 2, late = fate == 3;
    int64_t closed = received + 600000 + (forgotten ? DAY : 0);
    const char *received_sql = never || cancelled
                                   ? "NULL"
                                   : arena_printf(h->cx->arena, "%lld", (long long)received);
    house_exec(
        h, arena_printf(
               h->cx->arena,
               "INSERT INTO visit (office_id, id, year, number, number_suffix, state, open, "
               "arrived_at, due_at, registered_at, registered_by, late_reason, visitor_id, name, "
               "id_type, id_index, identity_sealed, visitor_kind, organization, companions, "
               "companion_count, purpose, category, host, accepted_warnings, notice_state, "
               "question_state, decision_state, unreceived, received_at, closed_at) VALUES ('%s', "
               "'%s', 2026, %d, '', '%s', 0, %lld, %lld, %lld, '', %s, '', 'Tamu', 'ktp', "
               "CAST('%s' AS BLOB), x'00', 'individual', '', '[]', 0, 'Konsultasi', '%s', %s, '', "
               "'%s', 'none', 'final', 0, %s, %lld)",
               h->office, id, n,
               cancelled ? "cancelled"
               : never   ? "left"
                         : "closed",
               (long long)arrived, (long long)(arrived + 600000), (long long)arrived,
               late ? "'Listrik padam'" : "NULL", id, categories[below(3)], hosts[below(3)],
               below(8) ? "read" : "failed", received_sql, (long long)closed));
    step(h, id, 2, arrived + 30000 + below(60000), false);
    step(h, id, 3, arrived + 100000, below(9) == 0);
    step(h, id, 6, arrived + 110000, false);
    if (!never && !cancelled)
        step(h, id, 7, received, false);
}

static void fill(struct house *h)
{
    seed = 7;
    int n = 0;
    int64_t midnight = time_day_start(h->cx->now_ms, 420);
    house_exec(h, "BEGIN");
    for (int day = DAYS; day >= 1; day--) {
        for (int i = 0; i < A_DAY && day % 7 > 1; i++)
            visit(h, ++n, midnight - day * DAY + 8 * 3600000 + below(8 * 3600000));
    }
    for (int i = 0; i < 5; i++)
        visit(h, ++n, midnight + 8 * 3600000 + below(3600000));
    house_exec(h, "COMMIT");
}

static struct report_figures read_period(struct house *h, const char *text)
{
    struct report_period p;
    struct report_figures f;
    assert_true(report_period_read(h->cx->arena, text, &p));
    assert_int_equal(report_read(h->cx, &p, &f), ERR_OK);
    return f;
}

static void tick(struct house *h)
{
    bool more = true;
    for (int i = 0; i < 100 && more; i++)
        assert_int_equal(report_tick(h->cx, h->office, &more), ERR_OK);
    assert_false(more);
}

static void assert_same_sum(const struct report_sum *a, const struct report_sum *b)
{
    assert_int_equal(a->visits, b->visits);
    assert_int_equal(a->cancelled, b->cancelled);
    assert_int_equal(a->late_entries, b->late_entries);
    assert_int_equal(a->forgotten, b->forgotten);
    assert_int_equal(a->unreceived, b->unreceived);
    assert_int_equal(a->kept, b->kept);
    assert_int_equal(a->missed, b->missed);
    for (size_t i = 0; i < a->count; i++)
        assert_int_equal(report_count_of(b, a->counts[i].kind, a->counts[i].key), a->counts[i].n);
    for (size_t i = 0; i < b->count; i++)
        assert_int_equal(report_count_of(a, b->counts[i].kind, b->counts[i].key), b->counts[i].n);
    for (int i = 0; i < REPORT_PHASES; i++) {
        assert_int_equal(a->times.count[i], b->times.count[i]);
        assert_memory_equal(a->times.buckets[i], b->times.buckets[i],
                            REPORT_BUCKETS * sizeof(uint32_t));
    }
}

static const char *const periods[] = {"2026",     "2026-06",    "2026-07",    "2026-M30",
                                      "2026-M28", "2026-07-22", "2026-07-23", "2025"};

static void kept_days_are_what_the_visits_say(void **state)
{
    struct house *h = *state;
    struct report_figures before[ARRAY_LEN(periods)];
    fill(h);
    for (size_t i = 0; i < ARRAY_LEN(periods); i++)
        before[i] = read_period(h, periods[i]);
    assert_int_equal(house_number(h, "SELECT count(*) FROM report_day"), 0);
    tick(h);
    assert_int_equal(house_number(h, "SELECT count(*) FROM report_day"),
                     house_number(h, "SELECT 20657 - min(arrived_at + 25200000) / 86400000 "
                                     "FROM visit")); /* 23 July 2026 is day 20657 */
    for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
        struct report_figures after = read_period(h, periods[i]);
        assert_same_sum(&before[i].sum, &after.sum);
        assert_int_equal(before[i].days, after.days);
        assert_int_equal(before[i].point_count, after.point_count);
        for (size_t j = 0; j < after.point_count; j++)
            assert_memory_equal(&before[i].points[j], &after.points[j], sizeof(after.points[j]));
    }
    /* A second turn has nothing to do. */
    int64_t counted = house_number(h, "SELECT sum(counted_at) FROM report_day");
    house_later(h, 60000);
    tick(h);
    assert_int_equal(house_number(h, "SELECT sum(counted_at) FROM report_day"), counted);
}

/* The same numbers by SQL that shares nothing with the feature's. */
static void sums_are_right(void **state)
{
    struct house *h = *state;
    fill(h);
    tick(h);
    struct report_figures f = read_period(h, "2026");
#define MEASURED                                                                                   \
    "state = 'closed' AND late_reason IS NULL AND received_at IS NOT NULL AND (closed_at + "       \
    "25200000) / 86400000 = (arrived_at + 25200000) / 86400000"
    assert_int_equal(f.sum.visits,
                     house_number(h, "SELECT count(*) FROM visit WHERE state <> 'cancelled'"));
    assert_int_equal(f.sum.kept, house_number(h, "SELECT count(*) FROM visit WHERE " MEASURED
                                                 " AND received_at - arrived_at <= 600000"));
    assert_int_equal(f.sum.missed, house_number(h, "SELECT count(*) FROM visit WHERE " MEASURED
                                                   " AND received_at - arrived_at > 600000"));
    assert_int_equal(f.sum.forgotten,
                     house_number(h, "SELECT count(*) FROM visit WHERE state <> 'cancelled' AND "
                                     "late_reason IS NULL AND (closed_at + 25200000) / 86400000 > "
                                     "(arrived_at + 25200000) / 86400000"));
    assert_true(f.sum.forgotten > 0 && f.sum.missed > 0 && f.sum.late_entries > 0);
    assert_int_equal(
        report_count_of(&f.sum, "category", "complaint"),
        house_number(h, "SELECT count(*) FROM visit WHERE state <> 'cancelled' AND category = "
                        "'complaint'"));
    assert_int_equal(report_count_all(&f.sum, "hour"), f.sum.visits);
    assert_int_equal(report_count_all(&f.sum, "host"), f.sum.visits);
    assert_int_equal(report_count_all(&f.sum, "reason"), f.sum.missed);
    int64_t measured = f.sum.kept + f.sum.missed;
    const int percents[] = {50, 90};
    for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
        int64_t rank = (measured * percents[i] + 99) / 100;
        int64_t exact = house_number(
            h, arena_printf(h->cx->arena,
                            "SELECT received_at - arrived_at FROM visit WHERE " MEASURED
                            " ORDER BY 1 LIMIT 1 OFFSET %lld",
                            (long long)rank - 1));
        assert_int_equal(report_times_at(&f.sum.times, PHASE_TOTAL, percents[i]),
                         exact / 5000 * 5000 + 2500);
    }
    assert_int_equal(f.sum.times.count[PHASE_BADGE],
                     house_number(h,
                                  "SELECT count(*) FROM visit v JOIN visit_step s ON s.visit_id "
                                  "= v.id AND s.step = 3 AND s.skipped IS NULL WHERE " MEASURED));
    assert_int_equal(f.days, house_number(h, "SELECT count(DISTINCT (arrived_at + 25200000) / "
                                             "86400000) FROM visit WHERE state <> 'cancelled'"));
#undef MEASURED
}

static enum err log_tx(struct db_conn *tx, void *arg)
{
    const struct visit_act *act = arg;
    return visit_log(tx, act, "01800000-0000-7000-8000-000000000003", "visit_corrected", "");
}

static void changes_of_the_past_are_seen_at_once(void **state)
{
    struct house *h = *state;
    fill(h);
    tick(h);
    struct report_figures before = read_period(h, "2026");
    /* Another category for a visit of June, as a correction leaves it. */
    const char *was = house_text(h, "SELECT category FROM visit WHERE id = "
                                    "'01800000-0000-7000-8000-000000000003'");
    house_exec(h,
               "UPDATE visit SET category = 'delivery', late_reason = NULL, state = 'closed' WHERE "
               "id = '01800000-0000-7000-8000-000000000003'");
    struct visit_act act = house_act(h, RINA);
    assert_int_equal(db_tx(h->cx, "log", log_tx, &act), ERR_OK);
    struct report_figures after = read_period(h, "2026");
    assert_int_equal(report_count_of(&after.sum, "category", "delivery"), 1);
    assert_int_equal(report_count_of(&after.sum, "category", was),
                     report_count_of(&before.sum, "category", was) - 1);
    assert_int_equal(after.sum.visits, before.sum.visits);
    /* A guest of the day before yesterday, written down now. */
    struct guest late = {.late_reason = "Listrik padam", .arrived_at = h->cx->now_ms - 2 * DAY};
    (void)guest_in(h, &late);
    struct report_figures more = read_period(h, "2026");
    assert_int_equal(more.sum.late_entries, after.sum.late_entries + 1);
    assert_int_equal(more.sum.visits, after.sum.visits + 1);
    assert_int_equal(read_period(h, "2026-07-21").sum.late_entries,
                     house_number(h, "SELECT count(*) FROM visit WHERE late_reason IS NOT NULL AND "
                                     "(arrived_at + 25200000) / 86400000 = 20655"));
    tick(h);
    struct report_figures kept = read_period(h, "2026");
    assert_same_sum(&more.sum, &kept.sum);
    assert_int_equal(house_number(h,
                                  "SELECT n FROM report_count WHERE kind = 'category' AND code = "
                                  "'delivery'"),
                     1);
    assert_int_equal(house_number(h, "SELECT (SELECT seq FROM report_state) = (SELECT seq FROM "
                                     "audit_head)"),
                     1);
}

static void today_is_counted_and_forgotten_tomorrow(void **state)
{
    struct house *h = *state;
    struct guest guest = {.name = "Fransiska Luhing"};
    const char *id = guest_in(h, &guest);
    tick(h);
    assert_int_equal(house_number(h, "SELECT count(*) FROM report_day"), 0);
    struct report_figures f = read_period(h, "2026-07-23");
    assert_int_equal(f.sum.visits, 1);
    assert_int_equal(f.sum.unreceived, 1);
    assert_int_equal(f.sum.forgotten, 0);
    house_later(h, DAY);
    tick(h);
    f = read_period(h, "2026-07-23");
    assert_int_equal(f.sum.forgotten, 1);
    assert_int_equal(house_number(h, "SELECT forgotten FROM report_day WHERE day = '2026-07-23'"),
                     1);
    house_exec(h,
               arena_printf(h->cx->arena,
                            "UPDATE visit SET open = 0, state = 'left', closed_at = %lld WHERE id "
                            "= '%s'",
                            (long long)h->cx->now_ms, id));
    tick(h);
    assert_int_equal(read_period(h, "2026-07").sum.forgotten, 1);
}

static void losses_and_closings_are_counted(void **state)
{
    struct house *h = *state;
    int64_t at = h->cx->now_ms - DAY;
    fill(h);
    house_exec(h,
               arena_printf(h->cx->arena,
                            "INSERT INTO badge_hold (office_id, id, visit_id, badge_id, label, "
                            "issued_at, issued_by, ended_at, lost_reason) VALUES ('%s', 'h', 'v', "
                            "'b', 'A-01', 1, '', %lld, 'dibawa pulang')",
                            h->office, (long long)at));
    house_exec(h, arena_printf(h->cx->arena,
                               "INSERT INTO item (office_id, id, visit_id, kind, label, slot, "
                               "taken_at, taken_by, lost_at, lost_reason) VALUES ('%s', 'i', 'v', "
                               "'id_card', '', 'K-01', 1, '', %lld, 'tidak ada di slot')",
                               h->office, (long long)at));
    for (int i = 1; i <= 2; i++) /* the second closing of a day counts */
        house_exec(h,
                   arena_printf(h->cx->arena,
                                "INSERT INTO day_closing (office_id, id, day, at, by_id, "
                                "differences, explanation) VALUES ('%s', 'c%d', '2026-07-22', %d, "
                                "'', %d, '')",
                                h->office, i, i, i));
    tick(h);
    struct report_figures f = read_period(h, "2026-07");
    assert_int_equal(report_count_of(&f.sum, "custody", "badge"), 1);
    assert_int_equal(report_count_of(&f.sum, "custody", "id_card"), 1);
    assert_int_equal(report_count_of(&f.sum, "closing", "days"), 1);
    assert_int_equal(report_count_of(&f.sum, "closing", "differences"), 2);
    f = read_period(h, "2026-06");
    assert_int_equal(report_count_all(&f.sum, "custody"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kept_days_are_what_the_visits_say, house_begin, house_end),
        cmocka_unit_test_setup_teardown(sums_are_right, house_begin, house_end),
        cmocka_unit_test_setup_teardown(changes_of_the_past_are_seen_at_once, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(today_is_counted_and_forgotten_tomorrow, house_begin,
                                        house_end),
        cmocka_unit_test_setup_teardown(losses_and_closings_are_counted, house_begin, house_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
