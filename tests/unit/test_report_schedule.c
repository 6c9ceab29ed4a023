/* When the report by mail is due, and of which period. */
#include "support/test.h"

#include "features/report/report_schedule.h"
#include "lib/base/str.h"
#include "lib/base/time.h"

#define WIB 420
#define WIT 540

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(256 * 1024);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static int64_t at(const char *text)
{
    int64_t ms = 0;
    assert_true(time_parse(text, WIB, &ms));
    return ms;
}

static void is_due(const char *period, int64_t day, int offset_min, const char *when)
{
    struct report_period p;
    assert_true(report_period_read(arena, period, &p));
    assert_string_equal(time_rfc3339(arena, report_due_at(&p, day, offset_min), offset_min), when);
}

static void test_due_days(void **state)
{
    (void)state;
    is_due("2026-10", 5, WIB, "2026-11-05T06:00:00+07:00");
    is_due("2026-10", 1, WIB, "2026-11-01T06:00:00+07:00");
    is_due("2026-12", 5, WIB, "2027-01-05T06:00:00+07:00");
    is_due("2026", 5, WIB, "2027-01-05T06:00:00+07:00");
    /* A day that the month has not is its last one. */
    is_due("2026-10", 31, WIB, "2026-11-30T06:00:00+07:00");
    is_due("2027-01", 31, WIB, "2027-02-28T06:00:00+07:00");
    is_due("2028-01", 30, WIB, "2028-02-29T06:00:00+07:00");
    is_due("2026-11", 31, WIB, "2026-12-31T06:00:00+07:00");
    is_due("2026", 31, WIB, "2027-01-31T06:00:00+07:00");
    /* Six o'clock of the office, not of Jakarta. */
    is_due("2026-10", 5, WIT, "2026-11-05T06:00:00+09:00");
}

static void next_is(const struct report_recipient *r, const char *period, const char *when)
{
    struct report_due due = report_due_next(arena, r, WIB);
    assert_string_equal(due.period, period);
    assert_string_equal(time_rfc3339(arena, due.at, WIB), when);
}

static void test_what_comes_next(void **state)
{
    (void)state;
    struct report_recipient r = {
        .report = "monthly", .day = 5, .created_at = at("2026-11-03T09:00:00+07:00")};
    next_is(&r, "2026-10", "2026-11-05T06:00:00+07:00");
    r.created_at = at("2026-11-05T05:59:59+07:00");
    next_is(&r, "2026-10", "2026-11-05T06:00:00+07:00");
    r.created_at = at(
        "2026-11-05T06:00:00+07:00"); /* this one is over: nothing of the past is sent */
    next_is(&r, "2026-11", "2026-12-05T06:00:00+07:00");
    r.created_at = at("2026-12-31T23:00:00+07:00");
    next_is(&r, "2026-12", "2027-01-05T06:00:00+07:00");
    r.last_period = "2026-12";
    next_is(&r, "2027-01", "2027-02-05T06:00:00+07:00");
    /* The last day of each month in turn. */
    r.day = 31;
    next_is(&r, "2027-01", "2027-02-28T06:00:00+07:00");
    r.last_period = "2027-01";
    next_is(&r, "2027-02", "2027-03-31T06:00:00+07:00");
    struct report_recipient y = {
        .report = "yearly", .day = 15, .created_at = at("2026-11-03T09:00:00+07:00")};
    next_is(&y, "2026", "2027-01-15T06:00:00+07:00");
    y.created_at = at("2027-01-10T09:00:00+07:00");
    next_is(&y, "2026", "2027-01-15T06:00:00+07:00");
    y.created_at = at("2027-01-15T09:00:00+07:00");
    next_is(&y, "2027", "2028-01-15T06:00:00+07:00");
    y.last_period = "2025";
    next_is(&y, "2026", "2027-01-15T06:00:00+07:00");
}

static void test_latest_follows_the_zone(void **state)
{
    (void)state;
    int64_t ms = at("2026-10-31T23:30:00+07:00"); /* in Jayapura it is November */
    assert_string_equal(report_latest(arena, "monthly", ms, WIB).text, "2026-09");
    assert_string_equal(report_latest(arena, "monthly", ms, WIT).text, "2026-10");
    assert_string_equal(report_latest(arena, "yearly", ms, WIB).text, "2025");
    ms = at("2027-01-01T00:00:00+07:00");
    assert_string_equal(report_latest(arena, "monthly", ms, WIB).text, "2026-12");
    assert_string_equal(report_latest(arena, "yearly", ms, WIB).text, "2026");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_due_days, begin, end),
        cmocka_unit_test_setup_teardown(test_what_comes_next, begin, end),
        cmocka_unit_test_setup_teardown(test_latest_follows_the_zone, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
