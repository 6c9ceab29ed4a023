/* lib/base/time: calendar arithmetic in an office's fixed zone. */
#include "support/test.h"

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define WIB  420
#define WITA 480

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(4096);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void known_moments(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        int offset;
        const char *text;
        int weekday;
    } cases[] = {
        {0, 0, "1970-01-01T00:00:00+00:00", 4},
        {0, WIB, "1970-01-01T07:00:00+07:00", 4},
        {-1000, 0, "1969-12-31T23:59:59+00:00", 3},
        {951782400000, 0, "2000-02-29T00:00:00+00:00", 2},
        {1784774465000, WIB, "2026-07-23T09:41:05+07:00", 4},
        {1784774465000, WITA, "2026-07-23T10:41:05+08:00", 4},
        {1798736400000, WIB, "2027-01-01T00:00:00+07:00", 5},
        {1798736399000, WIB, "2026-12-31T23:59:59+07:00", 4},
        {4107542400000, 0, "2100-03-01T00:00:00+00:00", 1},
        {1784774465000, -210, "2026-07-22T23:11:05-03:30", 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_string_equal(time_rfc3339(arena, cases[i].ms, cases[i].offset), cases[i].text);
        assert_int_equal(time_civil(cases[i].ms, cases[i].offset).weekday, cases[i].weekday);
        int64_t back = -1;
        assert_true(time_parse(cases[i].text, 0, &back));
        assert_true(back == cases[i].ms);
    }
}

static void every_day_of_five_centuries_comes_back(void **state)
{
    (void)state;
    struct civil before = time_civil(-6847891200000 - 86400000, 0);
    for (int64_t ms = -6847891200000; ms < 10000000000000; ms += 86400000) {
        struct civil c = time_civil(ms, 0);
        assert_true(time_from_civil(c, 0) == ms);
        assert_int_equal(c.weekday, (before.weekday + 1) % 7);
        bool next_day = c.day == before.day + 1 && c.month == before.month;
        bool first_day = c.day == 1 && c.month == before.month % 12 + 1;
        assert_true(next_day || first_day);
        before = c;
    }
}

static void the_office_day_begins_at_its_own_midnight(void **state)
{
    (void)state;
    int64_t nine = 1784774465000; /* 2026-07-23 09:41:05 WIB */
    int64_t midnight = time_day_start(nine, WIB);
    assert_string_equal(time_rfc3339(arena, midnight, WIB), "2026-07-23T00:00:00+07:00");
    assert_true(time_day_start(midnight, WIB) == midnight);
    assert_true(time_day_start(midnight - 1, WIB) == midnight - 86400000);
    assert_true(time_day_start(midnight + 86399999, WIB) == midnight);
    assert_true(time_day_start(-1, 0) == -86400000);
}

static void reading_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"2026-07-23T09:41", 1784774460000}, /* datetime-local, the office's zone */
        {"2026-07-23T09:41:05", 1784774465000},
        {"2026-07-23T02:41:05Z", 1784774465000},
        {"2026-07-23t02:41:05z", 1784774465000},
        {"2026-07-23 09:41:05+07:00", 1784774465000},
        {"2026-07-23T09:41:05.250+07:00", 1784774465250},
        {"2026-07-23T09:41:05.123456789+07:00", 1784774465123},
        {"2026-07-22T22:41:05-04:00", 1784774465000},
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        int64_t ms = -1;
        assert_true(time_parse(good[i].text, WIB, &ms));
        assert_true(ms == good[i].ms);
    }
    static const char *const wrong[] = {
        "",
        "2026-07-23",
        "2026-07-23T",
        "2026-07-23T9:41",
        "2026-7-23T09:41",
        "2026-02-29T09:41",
        "2026-13-01T00:00",
        "2026-00-01T00:00",
        "2026-04-31T00:00",
        "2026-07-23T24:00",
        "2026-07-23T09:60",
        "2026-07-23T09:41:61",
        "2026-07-23T09:41:05+24:00",
        "2026-07-23T09:41:05+0700",
        "2026-07-23T09:41:05+07:00x",
        "2026-07-23T09:41:05.",
        "23/07/2026 09:41",
        "0000-01-01T00:00",
        "tomorrow",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        int64_t ms = 77;
        assert_false(time_parse(wrong[i], WIB, &ms));
        assert_true(ms == 77);
    }
}

static void reading_dates(void **state)
{
    (void)state;
    int year = 0, month = 0, day = 0;
    assert_true(time_parse_date("2024-02-29", &year, &month, &day));
    assert_int_equal(year, 2024);
    assert_int_equal(month, 2);
    assert_int_equal(day, 29);
    assert_true(time_parse_date("2000-02-29", &year, &month, &day));
    static const char *const wrong[] = {"2023-02-29",  "1900-02-29", "2024-02-30", "2024-2-29",
                                        "2024-02-29 ", "",           "29-02-2024", "2024-02-00"};
    year = 1;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(time_parse_date(wrong[i], &year, &month, &day));
    assert_int_equal(year, 1);
}

static void how_people_read_it(void **state)
{
    (void)state;
    int64_t ms = 1784774465000;
    assert_string_equal(time_hm(arena, ms, WIB), "09.41");
    assert_string_equal(time_hms(arena, ms, WIB), "09.41.05");
    assert_string_equal(time_long_date(arena, ms, WIB, false), "Kamis, 23 Juli 2026");
    assert_string_equal(time_long_date(arena, ms, WIB, true), "Thursday, 23 July 2026");
    assert_string_equal(time_moment(arena, ms, WIB, false), "Kamis, 23 Juli 2026, 09.41 WIB");
    assert_string_equal(time_moment(arena, ms, 540, true), "Thursday, 23 July 2026, 11.41 WIT");
    assert_string_equal(time_paper_moment(arena, ms, WIB), "Kamis, 23 Juli 2026, pukul 09.41 WIB");
    assert_string_equal(time_zone_letters(WIB), "WIB");
    assert_string_equal(time_zone_letters(WITA), "WITA");
    assert_string_equal(time_zone_letters(540), "WIT");
}

static void the_clocks_run(void **state)
{
    (void)state;
    int64_t wall = time_now_ms();
    assert_true(wall > 1700000000000);
    int64_t before = time_monotonic_ms();
    for (int i = 0; i < 1000; i++) {
        int64_t now = time_monotonic_ms();
        assert_true(now >= before);
        before = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_moments),
        cmocka_unit_test(every_day_of_five_centuries_comes_back),
        cmocka_unit_test(the_office_day_begins_at_its_own_midnight),
        cmocka_unit_test(reading_times),
        cmocka_unit_test(reading_dates),
        cmocka_unit_test(how_people_read_it),
        cmocka_unit_test(the_clocks_run),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
