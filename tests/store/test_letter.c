/* The book of letters on the engine: numbers without a gap, late entries behind their day, cancelled ones that
 * stay, a book begun on paper; templates with their versions. */
#include "house_fixture.h"

#include "features/letter/letter_store.h"
#include "lib/base/banned.h"

#define DAY (24 * 3600 * INT64_C(1000))

static struct letter_taking *taking(struct house *h, const char *type, int64_t days_ago)
{
    struct letter_taking *t = ARENA_NEW(h->cx->arena, struct letter_taking);
    t->act = house_act(h, ARIEF);
    t->unit = "O.2.12";
    t->offset_min = 420;
    t->letter = (struct letter){.id = house_id(h),
                                .kind = "other",
                                .type = type,
                                .subject_code = "Dek.3",
                                .about = "Contoh",
                                .dated_at = time_day_start(h->cx->now_ms, 420) - days_ago * DAY,
                                .made_at = h->cx->now_ms,
                                .made_by = ARIEF};
    return t;
}

/* "12A" */
static const char *taken(struct house *h, struct letter_taking *t)
{
    assert_int_equal(db_tx(h->cx, "letter_take", letter_take, t), ERR_OK);
    return arena_printf(h->cx->arena, "%lld%s", (long long)t->taken.sequence, t->taken.suffix);
}

static void numbers_have_no_gap(void **state)
{
    struct house *h = *state;
    assert_string_equal(taken(h, taking(h, "B", 0)), "1");
    assert_string_equal(taken(h, taking(h, "B", 0)), "2");
    assert_string_equal(taken(h, taking(h, "R", 0)), "1");
    /* one that fails leaves no gap: its id is there already */
    struct letter_taking *again = taking(h, "B", 0);
    again->letter.id = arena_strdup(h->cx->arena, house_text(h, "SELECT id FROM letter LIMIT 1"));
    assert_int_equal(db_tx(h->cx, "letter_take", letter_take, again), ERR_CONFLICT);
    struct letter_taking *t = taking(h, "B", 0);
    assert_string_equal(taken(h, t), "3");
    struct civil day = time_civil(t->letter.dated_at, 420);
    assert_string_equal(t->taken.number, arena_printf(h->cx->arena, "B-3/O.2.12/Dek.3/%02d/%d",
                                                      day.month, day.year));
    assert_int_equal(
        house_number(h, "SELECT count(*) FROM audit_entry WHERE action = 'letter_made'"), 4);
}

/* The clock of the test may stand on the first days of a year. */
static bool whole_week_in_year(struct house *h)
{
    int64_t today = time_day_start(h->cx->now_ms, 420);
    return time_civil(today - 7 * DAY, 420).year == time_civil(today, 420).year;
}

static void a_late_letter_stands_behind_its_day(void **state)
{
    struct house *h = *state;
    if (!whole_week_in_year(h))
        h->cx->now_ms += 10 * DAY;
    assert_string_equal(taken(h, taking(h, "B", 5)), "1");
    assert_string_equal(taken(h, taking(h, "B", 3)), "2");
    assert_string_equal(taken(h, taking(h, "B", 3)), "3"); /* no later one yet: it goes on */
    assert_string_equal(taken(h, taking(h, "B", 4)), "1A");
    assert_string_equal(taken(h, taking(h, "B", 4)), "1B");
    assert_string_equal(taken(h, taking(h, "B", 7)), "1C"); /* before the first: behind it too */
    assert_string_equal(taken(h, taking(h, "B", 1)), "4");
    assert_string_equal(taken(h, taking(h, "B", 2)), "3A");
    assert_string_equal(taken(h, taking(h, "B", 0)), "5");
}

static void each_year_begins_anew(void **state)
{
    struct house *h = *state;
    assert_string_equal(taken(h, taking(h, "B", 0)), "1");
    h->cx->now_ms += 366 * DAY;
    assert_string_equal(taken(h, taking(h, "B", 0)), "1");
}

static void cancelled_numbers_stay(void **state)
{
    struct house *h = *state;
    struct letter_taking *t = taking(h, "B", 0);
    t->letter.complaint_id = "c0000000-0000-4000-8000-000000000001";
    t->letter.kind = "order";
    bool there = true;
    assert_int_equal(letter_exists(h->cx->read, h->office, t->letter.complaint_id, "order", &there),
                     ERR_OK);
    assert_false(there);
    (void)taken(h, t);
    assert_int_equal(letter_exists(h->cx->read, h->office, t->letter.complaint_id, "order", &there),
                     ERR_OK);
    assert_true(there);
    assert_int_equal(
        letter_exists(h->cx->read, h->office, t->letter.complaint_id, "report", &there), ERR_OK);
    assert_false(there);
    struct letter_cancel c = {
        .act = house_act(h, HENDRA), .id = t->letter.id, .reason = "Salah ketik"};
    assert_int_equal(db_tx(h->cx, "letter_cancel", letter_cancel_tx, &c), ERR_OK);
    assert_int_equal(db_tx(h->cx, "letter_cancel", letter_cancel_tx, &c), ERR_CONFLICT);
    assert_string_equal(c.refusal.code, "letter_cancelled");
    assert_int_equal(letter_exists(h->cx->read, h->office, t->letter.complaint_id, "order", &there),
                     ERR_OK);
    assert_false(there);
    h->cx->now_ms += 1000;
    assert_string_equal(taken(h, taking(h, "B", 0)), "2");
    struct letter *list = NULL;
    size_t count = 0;
    assert_int_equal(letter_book(h->cx->read, h->office, 0, "", 10, &list, &count), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[1].cancel_reason, "Salah ketik");
    assert_string_equal(list[1].cancelled_by, HENDRA);
    /* page by page: what comes after the cursor */
    assert_int_equal(letter_book(h->cx->read, h->office, 0, list[0].id, 10, &list, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].cancel_reason, "Salah ketik");
    assert_int_equal(
        letter_of_complaint(h->cx->read, h->office, t->letter.complaint_id, &list, &count), ERR_OK);
    assert_int_equal(count, 1);
}

static void a_book_begun_on_paper_goes_on(void **state)
{
    struct house *h = *state;
    struct letter_start s = {.act = house_act(h, BAGUS),
                             .type = "B",
                             .year = time_civil(h->cx->now_ms, 420).year,
                             .last = 218};
    assert_int_equal(db_tx(h->cx, "letter_start", letter_start_tx, &s), ERR_OK);
    assert_string_equal(taken(h, taking(h, "B", 0)), "219");
    assert_int_equal(db_tx(h->cx, "letter_start", letter_start_tx, &s), ERR_CONFLICT);
    assert_string_equal(s.refusal.code, "number_used");
    struct letter_counter *list = NULL;
    size_t count = 0;
    assert_int_equal(letter_counters(h->cx->read, h->office, s.year, &list, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].type, "B");
    assert_int_equal(list[0].value, 219);
}

static void rules_are_as_shipped_until_changed(void **state)
{
    struct house *h = *state;
    struct letter_rule rule;
    assert_int_equal(letter_rule_of(h->cx->read, h->office, "report", &rule), ERR_OK);
    assert_string_equal(rule.type, "R-LAPHASTUG");
    struct letter_rule changed = {"report", "R-LHPT", "Dek.3"};
    struct letter_settings s = {
        .act = house_act(h, BAGUS), .place = "Kuala Kapuas", .rules = &changed, .rule_count = 1};
    assert_int_equal(db_tx(h->cx, "letter_settings", letter_settings_tx, &s), ERR_OK);
    assert_int_equal(letter_rule_of(h->cx->read, h->office, "report", &rule), ERR_OK);
    assert_string_equal(rule.type, "R-LHPT");
    assert_string_equal(rule.subject_code, "Dek.3");
    const char *place = NULL;
    assert_int_equal(letter_place(h->cx->read, h->office, &place), ERR_OK);
    assert_string_equal(place, "Kuala Kapuas");
}

static void templates_keep_their_versions(void **state)
{
    struct house *h = *state;
    int64_t version = -1;
    struct bytes file;
    assert_int_equal(letter_template_active(h->cx->read, h->office, "order", &version), ERR_OK);
    assert_int_equal(version, 0);
    for (int i = 1; i <= 2; i++) {
        const char *text = arena_printf(h->cx->arena, "berkas %d", i);
        struct letter_template_change c = {.act = house_act(h, BAGUS),
                                           .id = house_id(h),
                                           .kind = "order",
                                           .file = {(const uint8_t *)text, strlen(text)}};
        assert_int_equal(db_tx(h->cx, "letter_template_add", letter_template_add, &c), ERR_OK);
        assert_int_equal(c.version, i);
    }
    assert_int_equal(letter_template_active(h->cx->read, h->office, "order", &version), ERR_OK);
    assert_int_equal(version, 2);
    struct letter_template_change use = {.act = house_act(h, BAGUS), .kind = "order", .version = 1};
    assert_int_equal(db_tx(h->cx, "letter_template_use", letter_template_use, &use), ERR_OK);
    assert_int_equal(letter_template_active(h->cx->read, h->office, "order", &version), ERR_OK);
    assert_int_equal(version, 1);
    assert_int_equal(letter_template_file(h->cx->read, h->office, "order", 2, &file), ERR_OK);
    assert_memory_equal(file.p, "berkas 2", 8);
    use.version = 9; /* what is not there leaves the one in use */
    assert_int_equal(db_tx(h->cx, "letter_template_use", letter_template_use, &use), ERR_MISSING);
    assert_int_equal(letter_template_active(h->cx->read, h->office, "order", &version), ERR_OK);
    assert_int_equal(version, 1);
    use.version = 0;
    assert_int_equal(db_tx(h->cx, "letter_template_use", letter_template_use, &use), ERR_OK);
    assert_int_equal(letter_template_active(h->cx->read, h->office, "order", &version), ERR_OK);
    assert_int_equal(version, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, house_begin, house_end)
    const struct CMUnitTest tests[] = {
        TEST(numbers_have_no_gap),           TEST(a_late_letter_stands_behind_its_day),
        TEST(each_year_begins_anew),         TEST(cancelled_numbers_stay),
        TEST(a_book_begun_on_paper_goes_on), TEST(rules_are_as_shipped_until_changed),
        TEST(templates_keep_their_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
