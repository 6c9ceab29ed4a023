/* Months of the books, and when one may be closed. */
#include "support/test.h"

#include "features/register/register.h"
#include "lib/base/str.h"
#include "lib/base/time.h"

#define WIB 420

static struct register_month month(struct arena *a, const char *text)
{
    struct register_month m;
    assert_true(register_month_read(a, text, WIB, &m));
    return m;
}

static void test_months(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    struct register_month m = month(a, "2026-12");
    assert_int_equal(m.year, 2026);
    assert_string_equal(time_day_text(a, m.from_ms, WIB), "2026-12-01");
    assert_string_equal(time_day_text(a, m.until_ms, WIB), "2027-01-01");
    assert_string_equal(time_day_text(a, m.until_ms - 1, WIB), "2026-12-31");
    assert_string_equal(register_month_after(a, &m, WIB).text, "2027-01");
    assert_string_equal(register_month_before(a, &m, WIB).text, "2026-11");
    assert_string_equal(register_month_label(a, &m, false), "Desember 2026");
    const char *const wrong[] = {"", "2026", "2026-13", "2026-00", "2026-1", "2026-07-01", "juli"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(register_month_read(a, wrong[i], WIB, &m));
    assert_false(register_month_read(a, NULL, WIB, &m));
    arena_free(a);
}

/* The first moment of a month in WIB is the evening of the day before in UTC. */
static void test_zone(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    struct register_month m = month(a, "2026-07");
    assert_string_equal(register_month_of(a, m.from_ms, WIB).text, "2026-07");
    assert_string_equal(register_month_of(a, m.from_ms - 1, WIB).text, "2026-06");
    assert_string_equal(register_month_of(a, m.from_ms, 0).text, "2026-06");
    arena_free(a);
}

static void closes(struct arena *a, const char *text, const char *first, const char *last,
                   const char *code)
{
    struct register_month m = month(a, text);
    struct register_month after = month(a, "2026-09");
    struct refusal r = register_may_close(a, &m, after.from_ms, first, last);
    if (!code) {
        assert_int_equal(r.err, ERR_OK);
        return;
    }
    assert_int_equal(r.err, ERR_CONFLICT);
    assert_string_equal(r.code, code);
}

static void test_may_close(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    closes(a, "2026-09", "2026-07", "2026-08", "month_runs");
    closes(a, "2026-08", "2026-07", "2026-07", NULL);
    closes(a, "2026-08", "2026-07", "2026-06", "earlier_month_open");
    closes(a, "2026-07", "2026-07", "2026-08", "already_closed");
    closes(a, "2026-08", "2026-07", "2026-08", "already_closed");
    closes(a, "2026-07", "2026-07", NULL, NULL);
    closes(a, "2026-08", "2026-07", NULL, "earlier_month_open");
    closes(a, "2026-06", "2026-07", NULL, NULL); /* an empty month before the first guest: NIHIL */
    closes(a, "2026-08", NULL, NULL, NULL);
    arena_free(a);
}

static void test_places(void **state)
{
    (void)state;
    assert_string_equal(register_place("Kejaksaan Negeri Kapuas"), "Kapuas");
    assert_string_equal(register_place("Kejaksaan Tinggi Bali"), "Bali");
    assert_string_equal(register_place("Kantor lain"), "Kantor lain");
}

static void test_columns_of_the_paper(void **state)
{
    (void)state;
    const struct register_book *b = register_shipped("tamu");
    const char *const order[] = {"seq_no",      "officer",   "arrived", "identity", "organization",
                                 "information", "documents", "remarks", "signature"};
    assert_non_null(b);
    assert_int_equal(b->column_count, ARRAY_LEN(order));
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        assert_string_equal(b->columns[i].key, order[i]);
    assert_null(register_shipped("lain"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_zone),
        cmocka_unit_test(test_may_close),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_columns_of_the_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
