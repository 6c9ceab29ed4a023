/* Rules of the figures: periods, durations, what a visit counts as and why it was late. */
#include "support/test.h"

#include "features/calendar/calendar.h"
#include "features/report/report.h"

#define NOON INT64_C(1784782800000) /* 23 July 2026, 12.00 WIB */
#define DAY  INT64_C(86400000)
#define MIN  INT64_C(60000)

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(1024 * 1024);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct report_period period(const char *text)
{
    struct report_period p;
    assert_true(report_period_read(arena, text, &p));
    assert_string_equal(p.text, text);
    return p;
}

static void test_periods(void **state)
{
    (void)state;
    const struct {
        const char *text, *from, *last, *label;
        enum report_span span;
    } rows[] = {
        {"2026", "2026-01-01", "2026-12-31", "2026", SPAN_YEAR},
        {"2026-02", "2026-02-01", "2026-02-28", "Februari 2026", SPAN_MONTH},
        {"2028-02", "2028-02-01", "2028-02-29", "Februari 2028", SPAN_MONTH},
        {"2026-12", "2026-12-01", "2026-12-31", "Desember 2026", SPAN_MONTH},
        {"2026-07-23", "2026-07-23", "2026-07-23", "23 Juli 2026", SPAN_DAY},
        {"2026-M30", "2026-07-20", "2026-07-26", "20–26 Juli 2026", SPAN_WEEK},
        {"2026-M01", "2025-12-29", "2026-01-04", "29 Desember 2025 – 4 Januari 2026", SPAN_WEEK},
        {"2026-M53", "2026-12-28", "2027-01-03", "28 Desember 2026 – 3 Januari 2027", SPAN_WEEK},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct report_period p = period(rows[i].text);
        assert_int_equal(p.span, rows[i].span);
        assert_string_equal(calendar_day_text(arena, p.from), rows[i].from);
        assert_string_equal(calendar_day_text(arena, p.until - 1), rows[i].last);
        assert_string_equal(report_period_label(arena, &p, false), rows[i].label);
        for (int span = SPAN_DAY; span <= SPAN_YEAR; span++) {
            struct report_period other = report_period_of(arena, (enum report_span)span, p.from);
            assert_true(other.from <= p.from && other.until > p.from);
            (void)period(other.text);
        }
    }
    /* 2025 has 52 weeks. */
    const char *const wrong[] = {"",         "202",      "2026-13", "2026-00",     "2026-M00",
                                 "2026-M54", "2025-M53", "1999",    "2200",        "2026-02-30",
                                 "2026-7",   "2026-w30", "2026x",   "2026-11-25x", "2026/11"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct report_period p;
        assert_false(report_period_read(arena, wrong[i], &p));
    }
}

static void test_durations(void **state)
{
    (void)state;
    struct report_times t, sum;
    report_times_begin(arena, -1, &t);
    report_times_begin(arena, -1, &sum);
    assert_int_equal(report_times_at(&t, PHASE_TOTAL, 50), -1);
    /* 1 … 10 minutes: the nearest rank of the median is the 5th, of p90 the 9th. */
    for (int i = 10; i >= 1; i--)
        report_times_add(&t, PHASE_TOTAL, i * MIN);
    assert_int_equal(report_times_at(&t, PHASE_TOTAL, 50), 5 * MIN + 2500);
    assert_int_equal(report_times_at(&t, PHASE_TOTAL, 90), 9 * MIN + 2500);
    report_times_add(&t, PHASE_TOTAL, 11 * MIN);
    assert_int_equal(report_times_at(&t, PHASE_TOTAL, 50), 6 * MIN + 2500);
    report_times_add(&t, PHASE_DATA, -1); /* no duration */
    report_times_add(&t, PHASE_STAY, 100 * DAY);
    assert_int_equal(t.count[PHASE_DATA], 0);
    assert_int_equal(report_times_at(&t, PHASE_STAY, 50), (REPORT_BUCKETS - 1) * 5000 + 2500);
    struct bytes packed = report_times_pack(arena, &t);
    assert_true(report_times_unpack(packed, &sum));
    assert_true(report_times_unpack(packed, &sum));
    assert_int_equal(sum.count[PHASE_TOTAL], 22);
    assert_int_equal(report_times_at(&sum, PHASE_TOTAL, 50), 6 * MIN + 2500);
    assert_int_equal(sum.buckets[PHASE_STAY][REPORT_BUCKETS - 1], 2);
    struct report_times one;
    report_times_begin(arena, PHASE_TOTAL, &one);
    assert_true(report_times_unpack(packed, &one));
    assert_int_equal(one.count[PHASE_TOTAL], 11);
    assert_int_equal(one.count[PHASE_STAY], 0);
    assert_true(report_times_unpack((struct bytes){NULL, 0}, &one));
    /* Bytes that are none of ours. */
    static const uint8_t phase[7] = {REPORT_PHASES, 0, 0, 1, 0, 0, 0};
    static const uint8_t bucket[7] = {0, 0xff, 0xff, 1, 0, 0, 0};
    assert_false(report_times_unpack((struct bytes){phase, 7}, &one));
    assert_false(report_times_unpack((struct bytes){bucket, 7}, &one));
    assert_false(report_times_unpack((struct bytes){bucket, 6}, &one));
}

static struct report_visit visit(void)
{
    return (struct report_visit){.id = "v",
                                 .arrived_at = NOON,
                                 .due_at = NOON + 10 * MIN,
                                 .received_at = NOON + 9 * MIN,
                                 .closed_at = NOON + 60 * MIN,
                                 .state = "closed",
                                 .category = "information",
                                 .notice_state = "read",
                                 .question_state = "none",
                                 .step2 = NOON + 1 * MIN,
                                 .step3 = NOON + 2 * MIN,
                                 .step4 = NOON + 3 * MIN,
                                 .step6 = NOON + 7 * MIN,
                                 .step7 = NOON + 9 * MIN};
}

static enum report_kind kind(const struct report_visit *v)
{
    return report_kind_of(v, NOON + 12 * 60 * MIN, 420); /* the next day began */
}

static void test_kinds(void **state)
{
    (void)state;
    struct report_visit v = visit();
    assert_int_equal(kind(&v), REPORT_KEPT);
    v.received_at = v.due_at;
    assert_int_equal(kind(&v), REPORT_KEPT);
    v.received_at++;
    assert_int_equal(kind(&v), REPORT_MISSED);
    v.closed_at = NOON + 12 * 60 * MIN - 1;
    assert_int_equal(kind(&v), REPORT_MISSED);
    v.closed_at++; /* midnight */
    assert_int_equal(kind(&v), REPORT_FORGOTTEN);
    v = visit();
    v.open = 1;
    v.closed_at = 0;
    v.state = "received";
    assert_int_equal(kind(&v), REPORT_FORGOTTEN);
    assert_int_equal(report_kind_of(&v, NOON - 12 * 60 * MIN, 420), REPORT_KEPT); /* still today */
    v.received_at = 0;
    assert_int_equal(report_kind_of(&v, NOON - 12 * 60 * MIN, 420), REPORT_UNRECEIVED);
    v.late_reason = "Listrik padam";
    assert_int_equal(kind(&v), REPORT_LATE_ENTRY);
    v.state = "cancelled";
    assert_int_equal(kind(&v), REPORT_CANCELLED);
}

static void test_phases_and_reasons(void **state)
{
    (void)state;
    struct report_visit v = visit();
    assert_int_equal(report_phase_ms(&v, PHASE_TOTAL), 9 * MIN);
    assert_int_equal(report_phase_ms(&v, PHASE_DATA), 1 * MIN);
    assert_int_equal(report_phase_ms(&v, PHASE_DECISION), 6 * MIN);
    assert_int_equal(report_phase_ms(&v, PHASE_RECEPTION), 2 * MIN);
    assert_int_equal(report_phase_ms(&v, PHASE_STAY), 51 * MIN);
    assert_string_equal(report_reason(&v), "decision");
    v.step6 = v.step2; /* decided at once, brought to the room late */
    v.step4 = NOON + 8 * MIN;
    assert_string_equal(report_reason(&v), "room");
    assert_int_equal(report_phase_ms(&v, PHASE_RECEPTION), 1 * MIN);
    v.notice_state = "failed";
    assert_string_equal(report_reason(&v), "notice_failed");
    v.later = 1;
    assert_string_equal(report_reason(&v), "later");
    v = visit();
    v.step3 = 0; /* skipped */
    assert_int_equal(report_phase_ms(&v, PHASE_BADGE), -1);
    assert_int_equal(report_phase_ms(&v, PHASE_ROOM), -1);
    v.step2 = NOON - 1; /* a clock that was put back */
    assert_int_equal(report_phase_ms(&v, PHASE_DATA), -1);
    for (int i = 0; i < REPORT_PHASES; i++)
        assert_true(*report_phase_label((enum report_phase)i) != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_periods, begin, end),
        cmocka_unit_test_setup_teardown(test_durations, begin, end),
        cmocka_unit_test_setup_teardown(test_kinds, begin, end),
        cmocka_unit_test_setup_teardown(test_phases_and_reasons, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
