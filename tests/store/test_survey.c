/* Answers of the survey in a real database: sums, periods, respondents, and nothing that names anybody. */
#include "office_fixture.h"

#include "features/survey/survey.h"
#include "lib/base/rand.h"

static const struct db_sql *const *const tables[] = {audit_statements, office_statements,
                                                     staff_statements, survey_statements, NULL};

static int begin(void **state)
{
    *state = office_fixture_new(tables);
    return 0;
}

static int end(void **state)
{
    office_fixture_free(*state);
    return 0;
}

static void answer(struct office_fixture *o, const char *day,
                   const int64_t answers[SURVEY_ELEMENTS], const char *gender)
{
    char id[UUID_TEXT_BYTES];
    rand_uuid4(id);
    struct survey_keep k = {.office_id = o->office};
    k.answer = (struct survey_answer){
        .id = id, .day = day, .gender = gender, .age = "", .education = "s1", .occupation = "asn"};
    memcpy(k.answer.answers, answers, sizeof(k.answer.answers));
    k.answer.suggestion_sealed = seal_field(o->cx->seal, o->cx->arena, "survey_answer",
                                            "suggestion_sealed", id,
                                            *gender ? "Ruang sempit" : NULL);
    assert_int_equal(db_tx(o->cx, "survey", survey_answer_keep, &k), ERR_OK);
}

static struct survey_period period(struct office_fixture *o, const char *text)
{
    struct survey_period p;
    assert_true(survey_period_read(o->cx->arena, text, &p));
    return p;
}

/* The worked example of domain.md 2.4: 29 respondents, total 955. */
static void test_worked_example(void **state)
{
    struct office_fixture *o = *state;
    int64_t total = 0;
    for (int i = 0; i < 29; i++) {
        int64_t answers[SURVEY_ELEMENTS];
        for (int j = 0; j < SURVEY_ELEMENTS; j++) {
            answers[j] = (i * SURVEY_ELEMENTS + j) % 261 < 955 - 3 * 261 ? 4 : 3;
            total += answers[j];
        }
        answer(o, "2026-07-23", answers, i % 2 ? "L" : "P");
    }
    assert_int_equal(total, 955);
    struct survey_totals t;
    int64_t people = 0;
    struct survey_period year = period(o, "2026");
    assert_int_equal(survey_totals_of(o->cx->read, o->office, &year, &t, &people), ERR_OK);
    assert_int_equal(people, 29);
    int64_t first = -1;
    assert_int_equal(survey_first_year(o->cx->read, o->office, &first), ERR_OK);
    assert_int_equal(first, 2026);
    assert_int_equal(survey_first_year(o->cx->read, "lain", &first), ERR_OK);
    assert_int_equal(first, 0);
    assert_int_equal(survey_result_of(&t, SURVEY_WEIGHT_EXACT).index_x100, 9148);
    assert_int_equal(survey_result_of(&t, SURVEY_WEIGHT_011).index_x100, 9056);
    struct survey_count *counts = NULL;
    size_t count = 0;
    assert_int_equal(survey_people_by(o->cx->read, o->office, &year, "gender", &counts, &count),
                     ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(counts[0].code, "L");
    assert_int_equal(counts[0].people, 14);
    assert_int_equal(counts[1].people, 15);
}

static void test_periods(void **state)
{
    struct office_fixture *o = *state;
    const int64_t all[SURVEY_ELEMENTS] = {4, 4, 4, 4, 4, 4, 4, 4, 4};
    const int64_t some[SURVEY_ELEMENTS] = {4, 0, 4, 4, 4, 4, 4, 4, 4};
    const char *const days[] = {"2025-12-31", "2026-01-01", "2026-06-30",
                                "2026-07-01", "2026-12-31", "2027-01-01"};
    for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
        answer(o, days[i], i == 2 ? some : all, "");
    const struct {
        const char *text;
        int64_t people;
    } wanted[] = {{"2026", 4},    {"2026-S1", 2}, {"2026-S2", 2}, {"2026-T1", 1},
                  {"2026-T2", 1}, {"2026-T3", 1}, {"2026-T4", 1}, {"2024", 0}};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        struct survey_totals t;
        int64_t people = -1;
        struct survey_period p = period(o, wanted[i].text);
        assert_int_equal(survey_totals_of(o->cx->read, o->office, &p, &t, &people), ERR_OK);
        assert_int_equal(people, wanted[i].people);
    }
    struct survey_totals t;
    int64_t people = 0;
    struct survey_period second = period(o, "2026-T2");
    assert_int_equal(survey_totals_of(o->cx->read, o->office, &second, &t, &people), ERR_OK);
    assert_int_equal(t.count[1], 0); /* not answered is not a zero */
    assert_int_equal(t.count[0], 1);
    const char *const wrong[] = {"",        "26",      "2026-S3", "2026-T0",
                                 "2026-T5", "2026-01", "1999",    "2026x"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct survey_period p;
        assert_false(survey_period_read(o->cx->arena, wrong[i], &p));
    }
}

static void test_suggestions_are_sealed(void **state)
{
    struct office_fixture *o = *state;
    const int64_t all[SURVEY_ELEMENTS] = {3, 3, 3, 3, 3, 3, 3, 3, 3};
    struct survey_suggestion *list = NULL;
    size_t count = 0;
    char *text = NULL;
    answer(o, "2026-07-23", all, "P");
    answer(o, "2026-07-23", all, "");
    struct survey_period year = period(o, "2026");
    assert_int_equal(survey_suggestions(o->cx->read, o->office, &year, &list, &count), ERR_OK);
    assert_int_equal(count, 1);
    assert_null(memmem(list[0].suggestion_sealed.p, list[0].suggestion_sealed.n, "sempit", 6));
    assert_int_equal(seal_field_open(o->cx->seal, o->cx->arena, "survey_answer", "suggestion_sealed",
                                     list[0].id, list[0].suggestion_sealed, &text),
                     ERR_OK);
    assert_string_equal(text, "Ruang sempit");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(test_worked_example), CASE(test_periods),
                                       CASE(test_suggestions_are_sealed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
