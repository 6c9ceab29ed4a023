/* Working days and opening hours over a calendar that is given: Idulfitri 2026, weekends, pauses, breaks. */
#include "support/test.h"

#include "features/calendar/calendar_import.h"
#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/base/time.h"

#define WIB 420

/* 18 to 24 March 2026: Nyepi and Idulfitri with their leave; 17 August; 24 and 25 December. */
static const char *const days_off[] = {"2026-03-18", "2026-03-19", "2026-03-20", "2026-03-21",
                                       "2026-03-22", "2026-03-23", "2026-03-24", "2026-08-17",
                                       "2026-12-24", "2026-12-25"};

struct year {
    struct calendar calendar;
    int64_t holidays[ARRAY_LEN(days_off)];
};

static void begin(struct year *y)
{
    y->calendar = (struct calendar){
        .holidays = y->holidays, .holiday_count = ARRAY_LEN(days_off), .offset_min = WIB};
    for (size_t i = 0; i < ARRAY_LEN(days_off); i++)
        y->holidays[i] = calendar_day(days_off[i]);
    for (int i = 0; i < CALENDAR_WEEKDAYS; i++)
        y->calendar.hours[i] = (struct office_hours){.weekday = i};
    for (int i = 1; i <= 5; i++)
        y->calendar.hours[i] = (struct office_hours){i, 450, i == 5 ? 990 : 960, i == 5 ? 690 : 720,
                                                     780};
}

static int64_t at(const char *day, int hour, int minute)
{
    return calendar_day_ms(calendar_day(day), WIB) + (hour * 60 + minute) * INT64_C(60000);
}

static void days_are_numbers(void **state)
{
    struct arena *a = arena_new(1024);
    (void)state;
    assert_int_equal(calendar_day("1970-01-01"), 0);
    assert_int_equal(calendar_day("2026-07-23"), 20657);
    assert_string_equal(calendar_day_text(a, 20657), "2026-07-23");
    assert_int_equal(calendar_weekday(20657), 4);
    assert_int_equal(calendar_weekday(-1), 3);
    assert_int_equal(calendar_year(20657), 2026);
    static const char *const none[] = {"", "2026-02-30", "2026-13-01", "26-01-01", "besok", NULL};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_true(calendar_day(none[i]) == CALENDAR_NO_DAY);
    assert_null(calendar_day_text(a, CALENDAR_NO_DAY));
    /* 23.59 and 00.00 of the office, not of Greenwich. */
    assert_int_equal(calendar_day_of(at("2026-07-23", 23, 59), WIB), 20657);
    assert_int_equal(calendar_day_of(at("2026-07-24", 0, 0), WIB), 20658);
    assert_int_equal(calendar_day_of(-1, 0), -1);
    arena_free(a);
}

static void working_days_skip_weekends_and_holidays(void **state)
{
    struct year y;
    (void)state;
    begin(&y);
    const struct calendar *c = &y.calendar;
    assert_true(calendar_is_working(c, calendar_day("2026-03-17")));
    assert_false(calendar_is_working(c, calendar_day("2026-03-20")));
    assert_false(calendar_is_working(c, calendar_day("2026-03-28"))); /* Saturday */
    assert_true(calendar_is_working(c, calendar_day("2026-03-25")));
    /* From the Tuesday before Nyepi, the next working day is the Wednesday after Idulfitri. */
    assert_int_equal(calendar_add_working(c, calendar_day("2026-03-17"), 1),
                     calendar_day("2026-03-25"));
    assert_int_equal(calendar_add_working(c, calendar_day("2026-07-23"), 0),
                     calendar_day("2026-07-23"));
    assert_int_equal(calendar_add_working(c, calendar_day("2026-07-24"), 1),
                     calendar_day("2026-07-27"));
    assert_int_equal(
        calendar_working_between(c, calendar_day("2026-03-17"), calendar_day("2026-03-27")), 3);
    assert_int_equal(
        calendar_working_between(c, calendar_day("2026-03-27"), calendar_day("2026-03-17")), -3);
    assert_int_equal(
        calendar_working_between(c, calendar_day("2026-07-23"), calendar_day("2026-07-23")), 0);
}

static void a_due_day_counts_from_the_day_after(void **state)
{
    struct year y;
    (void)state;
    begin(&y);
    const struct calendar *c = &y.calendar;
    const struct calendar_span one = {1, true}, seven = {7, true}, sixty = {60, false};
    const int64_t thursday = calendar_day("2026-07-23");
    assert_int_equal(calendar_due(c, thursday, &one, NULL, 0), calendar_day("2026-07-24"));
    assert_int_equal(calendar_due(c, thursday, &seven, NULL, 0), calendar_day("2026-08-03"));
    /* 60 calendar days end on Monday, 21 September. */
    assert_int_equal(calendar_due(c, thursday, &sixty, NULL, 0), calendar_day("2026-09-21"));
    /* A calendar day that falls on a Sunday moves to Monday; on a holiday to the day after. */
    const struct calendar_span three = {3, false};
    assert_int_equal(calendar_due(c, thursday, &three, NULL, 0), calendar_day("2026-07-27"));
    assert_int_equal(calendar_due(c, calendar_day("2026-08-14"), &three, NULL, 0),
                     calendar_day("2026-08-18"));
    assert_int_equal(calendar_due(c, calendar_day("2026-03-17"), &one, NULL, 0),
                     calendar_day("2026-03-25"));
}

static void pauses_are_taken_out(void **state)
{
    struct year y;
    (void)state;
    begin(&y);
    const struct calendar *c = &y.calendar;
    const struct calendar_span three = {3, true}, week = {7, false};
    const int64_t from = calendar_day("2026-07-20"); /* a Monday */
    struct calendar_pause p[2] = {
        {calendar_day("2026-07-21"), calendar_day("2026-07-23")},
        {calendar_day("2026-07-24"), calendar_day("2026-07-24")}, /* ended on its first day */
    };
    assert_int_equal(calendar_due(c, from, &three, NULL, 0), calendar_day("2026-07-23"));
    assert_int_equal(calendar_due(c, from, &three, p, 2), calendar_day("2026-07-27"));
    assert_int_equal(calendar_due(c, from, &week, p, 2), calendar_day("2026-07-29"));
    p[1].until = CALENDAR_NO_DAY;
    assert_true(calendar_due(c, from, &three, p, 2) == CALENDAR_NO_DAY);
    /* A pause from before the stage does not matter. */
    p[0] = (struct calendar_pause){calendar_day("2026-07-01"), calendar_day("2026-07-10")};
    assert_int_equal(calendar_due(c, from, &three, p, 1), calendar_day("2026-07-23"));
}

static void the_office_opens_and_closes(void **state)
{
    struct year y;
    (void)state;
    begin(&y);
    const struct calendar *c = &y.calendar;
    assert_false(calendar_is_open(c, at("2026-07-23", 7, 29)));
    assert_true(calendar_is_open(c, at("2026-07-23", 7, 30)));
    assert_false(calendar_is_open(c, at("2026-07-23", 12, 0)));
    assert_true(calendar_is_open(c, at("2026-07-23", 13, 0)));
    assert_false(calendar_is_open(c, at("2026-07-23", 16, 0)));
    assert_true(calendar_is_open(c, at("2026-07-24", 16, 0))); /* Friday, until 16.30 */
    assert_false(calendar_is_open(c, at("2026-07-25", 9, 0)));
    assert_false(calendar_is_open(c, at("2026-08-17", 9, 0)));
    assert_int_equal(calendar_next_opening(c, at("2026-07-23", 9, 0)), at("2026-07-23", 9, 0));
    assert_int_equal(calendar_next_opening(c, at("2026-07-23", 6, 0)), at("2026-07-23", 7, 30));
    assert_int_equal(calendar_next_opening(c, at("2026-07-23", 12, 10)), at("2026-07-23", 13, 0));
    assert_int_equal(calendar_next_opening(c, at("2026-07-24", 17, 0)), at("2026-07-27", 7, 30));
    /* Before Nyepi until after Idulfitri. */
    assert_int_equal(calendar_next_opening(c, at("2026-03-17", 20, 0)), at("2026-03-25", 7, 30));
    for (int i = 0; i < CALENDAR_WEEKDAYS; i++)
        y.calendar.hours[i] = (struct office_hours){.weekday = i};
    assert_true(calendar_next_opening(c, at("2026-07-23", 9, 0)) == CALENDAR_NO_DAY);
}

static void a_year_is_pasted(void **state)
{
    struct arena *a = arena_new(4096);
    struct holiday *rows = NULL;
    size_t count = 0, bad = 0;
    (void)state;
    const char *text = "1 Januari 2027; Tahun Baru 2027 Masehi\n"
                       "\n"
                       "2027-03-09\tCuti bersama Idulfitri\n"
                       "  17/8/2027 ; Proklamasi Kemerdekaan ; Libur nasional \n"
                       "12-10-2027; Hari jadi kabupaten; setempat\n";
    assert_true(calendar_parse_lines(a, text, "SKB", &rows, &count, &bad));
    assert_int_equal(count, 4);
    assert_string_equal(rows[0].day, "2027-01-01");
    assert_string_equal(rows[0].kind, "public_holiday");
    assert_string_equal(rows[1].kind, "collective_leave");
    assert_string_equal(rows[2].day, "2027-08-17");
    assert_string_equal(rows[2].name, "Proklamasi Kemerdekaan");
    assert_string_equal(rows[3].kind, "local");
    assert_string_equal(rows[3].decree, "SKB");
    assert_false(
        calendar_parse_lines(a, "2027-01-01; A\n2027-02-30; B", "SKB", &rows, &count, &bad));
    assert_int_equal(bad, 2);
    assert_false(calendar_parse_lines(a, "2027-01-01", "SKB", &rows, &count, &bad));
    assert_int_equal(bad, 1);
    assert_false(calendar_parse_lines(a, "2027-01-01; A; entah", "SKB", &rows, &count, &bad));
    assert_int_equal(bad, 1);
    assert_false(calendar_parse_lines(a, " \n", "SKB", &rows, &count, &bad));
    assert_int_equal(bad, 0);
    struct buf many = buf_new(a, 4096, 65536);
    for (size_t i = 0; i < CALENDAR_IMPORT_MAX + 1; i++)
        buf_puts(&many, "2027-01-01; A\n");
    assert_false(calendar_parse_lines(a, many.p, "SKB", &rows, &count, &bad));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_numbers),
        cmocka_unit_test(working_days_skip_weekends_and_holidays),
        cmocka_unit_test(a_due_day_counts_from_the_day_after),
        cmocka_unit_test(pauses_are_taken_out),
        cmocka_unit_test(the_office_opens_and_closes),
        cmocka_unit_test(a_year_is_pasted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
