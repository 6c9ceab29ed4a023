/* The index of PermenPANRB 14/2017: the worked example, the borders of the grades, the sample size. */
#include "features/survey/survey.h"

#include "support/test.h"

/* 29 respondents, total 955 (domain.md 2.4): 91.48 with exact ninths, 90.56 with 0.11. */
static void test_worked_example(void **state)
{
    (void)state;
    struct survey_totals t;
    int64_t left = 955;
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++) {
        t.count[i] = 29;
        t.sum[i] = i + 1 < SURVEY_ELEMENTS ? 106 : left;
        left -= t.sum[i];
    }
    struct survey_result exact = survey_result_of(&t, SURVEY_WEIGHT_EXACT);
    assert_true(exact.known);
    assert_int_equal(exact.index_x100, 9148);
    assert_int_equal(exact.grade, 'A');
    assert_int_equal(exact.mean_x100[0], 366); /* 106 / 29 = 3.655 */
    assert_int_equal(survey_result_of(&t, SURVEY_WEIGHT_011).index_x100, 9056);
}

static void test_all_the_same(void **state)
{
    (void)state;
    struct survey_totals t;
    for (int64_t answer = 1; answer <= 4; answer++) {
        for (size_t i = 0; i < SURVEY_ELEMENTS; i++) {
            t.count[i] = 7;
            t.sum[i] = 7 * answer;
        }
        assert_int_equal(survey_result_of(&t, SURVEY_WEIGHT_EXACT).index_x100, answer * 2500);
    }
}

/* An element nobody answered makes the index unknown, not zero. */
static void test_without_answers(void **state)
{
    (void)state;
    struct survey_totals t = {.sum = {0}, .count = {0}};
    assert_false(survey_result_of(&t, SURVEY_WEIGHT_EXACT).known);
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++)
        t.count[i] = t.sum[i] = 4;
    t.count[8] = t.sum[8] = 0;
    assert_false(survey_result_of(&t, SURVEY_WEIGHT_EXACT).known);
}

static void test_borders(void **state)
{
    (void)state;
    assert_int_equal(survey_grade(2500), 'D');
    assert_int_equal(survey_grade(6499), 'D');
    assert_int_equal(survey_grade(6500), 'C');
    assert_int_equal(survey_grade(7660), 'C');
    assert_int_equal(survey_grade(7661), 'B');
    assert_int_equal(survey_grade(8830), 'B');
    assert_int_equal(survey_grade(8831), 'A');
    assert_int_equal(survey_grade(10000), 'A');
    /* 64.995 is rounded first, and so is C: 2.5998 in every element. */
    struct survey_totals t;
    for (size_t i = 0; i < SURVEY_ELEMENTS; i++) {
        t.count[i] = 10000;
        t.sum[i] = 25998;
    }
    assert_int_equal(survey_result_of(&t, SURVEY_WEIGHT_EXACT).index_x100, 6500);
    assert_int_equal(survey_result_of(&t, SURVEY_WEIGHT_EXACT).grade, 'C');
}

/* The table of Krejcie and Morgan. */
static void test_sample_size(void **state)
{
    (void)state;
    assert_int_equal(survey_sample_size(0), 0);
    assert_int_equal(survey_sample_size(10), 10);
    assert_int_equal(survey_sample_size(100), 80);
    assert_int_equal(survey_sample_size(500), 217);
    assert_int_equal(survey_sample_size(1000), 278);
    assert_int_equal(survey_sample_size(10000), 370);
    assert_int_equal(survey_sample_size(1000000), 384);
}

static void test_elements(void **state)
{
    (void)state;
    for (int i = 0; i < SURVEY_ELEMENTS; i++)
        assert_int_equal(survey_element_index(survey_elements[i].code), i);
    assert_int_equal(survey_element_index("u8"), -1);
    assert_int_equal(survey_element_index(NULL), -1);
    assert_string_equal(survey_answer_label(0), "");
    assert_string_equal(survey_answer_label(4), "Sangat baik");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),  cmocka_unit_test(test_all_the_same),
        cmocka_unit_test(test_without_answers), cmocka_unit_test(test_borders),
        cmocka_unit_test(test_sample_size),     cmocka_unit_test(test_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
