/* Months of the books, and when one may be closed. */
#include "support/test.h"

#include "features/register/register.h"
#include "features/staff/staff.h"
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

static void test_shipped_books(void **state)
{
    (void)state;
    size_t count = 0, fields = 0;
    for (const struct register_book *b = register_books; b->book; b++, count++) {
        assert_ptr_equal(register_shipped(b->book), b); /* each has a key of its own */
        assert_true(b->column_count > 0 && b->column_count <= REGISTER_COLUMNS_MAX);
        assert_string_equal(b->columns[0].key, "seq_no");
        assert_string_equal(b->organiser, "Kepala Seksi Intelijen");
        assert_true(b->readers != 0);
        if (b->confidential)
            assert_int_equal(b->readers & ~(uint32_t)ROLE_LEADERS, 0);
        fields += b->source == REGISTER_REPORTS;
    }
    assert_int_equal(count, 11);
    assert_int_equal(fields, 5);
    /* domain.md 1.4: R.IN.1 and R.IN.3 in their order */
    const char *const mail[] = {"seq_no",      "received_date", "received_time", "letter_number",
                                "letter_date", "sender",        "subject",       "disposition_date",
                                "disposition", "remarks"};
    const char *const work[] = {"seq_no", "received",    "sender",    "value", "subject",
                                "notes",  "disposition", "follow_up", "field"};
    for (size_t i = 0; i < ARRAY_LEN(mail); i++)
        assert_string_equal(register_shipped("surat-masuk-rahasia")->columns[i].key, mail[i]);
    for (size_t i = 0; i < ARRAY_LEN(work); i++)
        assert_string_equal(register_shipped("kerja-pamstra")->columns[i].key, work[i]);
}

/* Every word of a form is one that it shows, with a key and a member of its own. */
static void test_words(void **state)
{
    (void)state;
    struct register_words w = {.subject = NULL};
    const enum register_source sources[] = {REGISTER_VISITS, REGISTER_MAIL, REGISTER_REPORTS,
                                            REGISTER_LETTERS, REGISTER_REVIEWS};
    for (size_t i = 0; i < REGISTER_WORDS; i++) {
        *register_word(&w, i) = register_word_keys[i];
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(register_word_keys[i], register_word_keys[j]);
    }
    assert_string_equal(w.sender, "sender");
    assert_string_equal(w.disposition_date, "disposition_date");
    assert_string_equal(w.remarks, "remarks");
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        for (int hand = 0; hand < 2; hand++)
            assert_int_equal(register_words_needed(sources[i], hand) &
                                 ~register_words_shown(sources[i], hand),
                             0);
    }
    assert_int_equal(register_words_shown(REGISTER_VISITS, true), 0);
    /* beside a complaint nobody writes who sent it */
    assert_int_equal(register_words_shown(REGISTER_MAIL, false) & WORD_SENDER, 0);
    assert_int_equal(register_words_needed(REGISTER_REPORTS, false), 0);
}

static void test_values(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    assert_true(register_value_ok("A-1"));
    assert_true(register_value_ok("F-6"));
    const char *const wrong[] = {"", "G-1", "A-7", "A-0", "a-1", "A1", "A-12", "A 1"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(register_value_ok(wrong[i]));
    assert_false(register_value_ok(NULL));
    assert_string_equal(register_number_text(a, "", 12, "A", 2026), "12A/2026");
    assert_string_equal(register_number_text(a, "R-TELAAHAN", 3, NULL, 2026), "R-TELAAHAN-3/2026");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_zone),
        cmocka_unit_test(test_may_close),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_columns_of_the_paper),
        cmocka_unit_test(test_shipped_books),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
