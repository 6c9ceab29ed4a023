/* Reading a NIK, masking a number. */
#include "support/test.h"

#include "features/visit/districts.h"
#include "features/visit/nik.h"
#include "features/visit/visit.h"
#include "features/visit/visit_view.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"

/* Read on 23 July 2026. */
static enum nik_fault read_now(const char *number, struct nik *ret)
{
    return nik_read(number, 2026, 7, 23, ret);
}

static struct nik good(const char *number)
{
    struct nik nik = {0};
    assert_int_equal(read_now(number, &nik), NIK_OK);
    return nik;
}

static void refused(const char *number, enum nik_fault fault)
{
    struct nik nik = {.year = -7};
    if (read_now(number, &nik) != fault)
        print_error("%s\n", number);
    assert_int_equal(read_now(number, &nik), fault);
    assert_int_equal(nik.year, -7); /* untouched */
}

static void a_man_and_a_woman(void **state)
{
    (void)state;
    struct nik man = good("6203011708450001");
    assert_int_equal(man.district, 620301);
    assert_int_equal(man.day, 17);
    assert_int_equal(man.month, 8);
    assert_int_equal(man.year, 1945);
    assert_false(man.female);
    struct nik woman = good("6203015708900002");
    assert_int_equal(woman.day, 17);
    assert_int_equal(woman.year, 1990);
    assert_true(woman.female);
    assert_int_equal(good("6203014101900001").day, 1); /* the smallest day of a woman */
    assert_int_equal(good("6203017101900001").day, 31);
    assert_true(good("6203017101900001").female);
    assert_false(good("6203013101900001").female);
}

static void the_length_is_sixteen(void **state)
{
    (void)state;
    refused("", NIK_LENGTH);
    refused("620301170845000", NIK_LENGTH);
    refused("62030117084500012", NIK_LENGTH);
}

static void days_and_months_of_the_calendar(void **state)
{
    (void)state;
    refused("6203010008450001", NIK_DAY);
    refused("6203013208450001", NIK_DAY);
    refused("6203014008450001", NIK_DAY); /* 40 is no woman's day: that would be 0 */
    refused("6203017208450001", NIK_DAY); /* 72 − 40 = 32 */
    refused("6203019908450001", NIK_DAY);
    refused("6203011700450001", NIK_MONTH);
    refused("6203011713450001", NIK_MONTH);
    refused("6203013104900001", NIK_DAY); /* 31 April */
    refused("6203017104900001", NIK_DAY);
    refused("6203013002900001", NIK_DAY);
    assert_int_equal(good("6203013112900001").month, 12);
}

static void leap_days(void **state)
{
    (void)state;
    assert_int_equal(good("6203012902960001").day, 29);
    assert_int_equal(good("6203016902960001").day, 29);
    assert_int_equal(good("6203012902000001").year, 2000); /* a leap year by the rule of 400 */
    refused("6203012902950001", NIK_DAY);
    refused("6203012902900001", NIK_DAY);
    struct nik old = {0};
    /* Before 2000 had come, "00" could only be 1900, and that was none. */
    assert_int_equal(nik_read("6203012902000001", 1999, 12, 31, &old), NIK_DAY);
}

static void the_century_is_the_one_that_has_been(void **state)
{
    (void)state;
    assert_int_equal(good("6203012307260001").year, 2026); /* born today */
    assert_int_equal(good("6203012407260001").year, 1926); /* tomorrow is a century ago */
    assert_int_equal(good("6203010108260001").year, 1926);
    assert_int_equal(good("6203013006260001").year, 2026);
    assert_int_equal(good("6203016307260001").year, 2026); /* the woman born today */
    assert_int_equal(good("6203016407260001").year, 1926);
    assert_int_equal(good("6203010101270001").year, 1927);
    assert_int_equal(good("6203010101000001").year, 2000);
    assert_int_equal(good("6203013112990001").year, 1999);
}

static void the_serial_begins_at_one(void **state)
{
    (void)state;
    refused("6203011708450000", NIK_SERIAL);
    assert_int_equal(good("6203011708450001").year, 1945);
    assert_int_equal(good("6203011708459999").year, 1945);
    assert_int_equal(good("6203011708451000").year, 1945);
}

static void districts_that_exist(void **state)
{
    (void)state;
    assert_true(nik_district_known(620301));
    assert_true(nik_district_known(620317));
    assert_false(nik_district_known(620399));
    assert_false(nik_district_known(0));
    assert_false(nik_district_known(999999));
    assert_false(nik_district_known(-620301));
    assert_true(districts_count > 7000);
    for (size_t i = 1; i < districts_count; i++) /* the search needs them so */
        assert_true(districts[i - 1] < districts[i]);
    assert_true(nik_district_known(districts[0]));
    assert_true(nik_district_known(districts[districts_count - 1]));
}

static void ages(void **state)
{
    (void)state;
    assert_int_equal(nik_age(2009, 7, 23, 2026, 7, 23), 17); /* the birthday counts */
    assert_int_equal(nik_age(2009, 7, 24, 2026, 7, 23), 16);
    assert_int_equal(nik_age(2009, 8, 1, 2026, 7, 23), 16);
    assert_int_equal(nik_age(2009, 6, 30, 2026, 7, 23), 17);
    assert_int_equal(nik_age(2008, 2, 29, 2026, 2, 28), 17);
    assert_int_equal(nik_age(2008, 2, 29, 2026, 3, 1), 18);
    assert_int_equal(nik_age(2026, 7, 23, 2026, 7, 23), 0);
}

static void as_people_type_it(void **state)
{
    (void)state;
    struct arena *a = arena_new(1024);
    assert_string_equal(identity_normalise(a, " 6203 0117 0845 0001 "), "6203011708450001");
    assert_string_equal(identity_normalise(a, "62.03.01-170845-0001"), "6203011708450001");
    assert_string_equal(identity_normalise(a, "a 1234567"), "A1234567");
    assert_string_equal(identity_normalise(a, ""), "");
    arena_free(a);
}

/* What stands in cx->diag for a document as typed. */
static const char *fault_of(const char *id_type, const char *typed)
{
    struct arena *a = arena_new(4096);
    struct cx cx = {.arena = a, .now_ms = INT64_C(1784774400000), .offset_min = 420};
    const char *code = "";
    visit_check_document(&cx, id_type, typed);
    if (cx.diag.field_count) {
        assert_int_equal(cx.diag.field_count, 1);
        assert_string_equal(cx.diag.fields->field, "id_number");
        code = cx.diag.fields->code;
    }
    arena_free(a);
    return code;
}

static void a_document_is_checked_by_its_kind(void **state)
{
    (void)state;
    assert_string_equal(fault_of("ktp", "6203 0117 0845 0001"), "");
    assert_string_equal(fault_of("ktp", "620399 170845 0001"), ""); /* a doubt, no fault */
    assert_string_equal(fault_of("ktp", " - . "), "missing");
    assert_string_equal(fault_of("ktp", "62030117084500O1"), "nik_digits");
    assert_string_equal(fault_of("ktp", "620301170845"), "nik_length");
    assert_string_equal(fault_of("ktp", "6203013302900001"), "nik_day");
    assert_string_equal(fault_of("ktp", "6203011713900001"), "nik_month");
    assert_string_equal(fault_of("ktp", "6203011708900000"), "nik_serial");
    assert_string_equal(fault_of("passport", "A1234567"), "");
    assert_string_equal(fault_of("sim", "900112345678"), "");
    assert_string_equal(fault_of("other", "KTA/2026/é"), "");
    assert_string_equal(fault_of("other", "  "), "missing");
}

static void doubts_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *number, *birth_date, *gender, *accept, *codes;
    } cases[] = {
        {"6203011708450001", NULL, NULL, NULL, ""},
        {"6203011708450001", "1945-08-17", "L", NULL, ""},
        {"6203991708450001", NULL, NULL, NULL, "region_unknown "},
        {"6203991708450001", NULL, NULL, "region_unknown", ""},
        {"6203011708450001", "1945-08-18", NULL, NULL, "birth_date_differs "},
        {"6203011708450001", "1845-08-17", NULL, NULL, ""}, /* the NIK has no century */
        {"6203011708450001", NULL, "P", NULL, "gender_differs "},
        {"6203015708450001", NULL, "L", NULL, "gender_differs "},
        {"6203015708450001", NULL, "P", NULL, ""},
        {"6203012307100001", NULL, NULL, NULL, "under_age "},
        {"6203012307100001", NULL, NULL, "under_age", ""},
        {"6203012407090001", NULL, NULL, NULL, "under_age "},
        {"6203012307090001", NULL, NULL, NULL, ""}, /* 17 today */
        {"6203991708450001", "2015-01-01", "P", "gender_differs",
         "region_unknown birth_date_differs under_age "},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena *a = arena_new(4096);
        struct cx cx = {.arena = a, .now_ms = INT64_C(1784774400000), .offset_min = 420};
        struct visit_form f = {.id_type = "ktp",
                               .id_number = cases[i].number,
                               .birth_date = cases[i].birth_date,
                               .gender = cases[i].gender};
        const char *accept[] = {cases[i].accept};
        f.accept_warnings = (struct text_list){accept, cases[i].accept ? 1 : 0};
        struct visit_doubt found[4];
        size_t n = visit_doubts(&cx, &f, found);
        struct buf codes = buf_new(a, 64, 256);
        for (size_t k = 0; k < n; k++) {
            buf_printf(&codes, "%s ", found[k].code);
            assert_true(*found[k].message);
        }
        assert_string_equal(codes.p, cases[i].codes);
        arena_free(a);
    }
}

static void numbers_are_masked(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    assert_string_equal(visit_mask_number(a, "6203011708450001"), "6203••••••••0001");
    assert_string_equal(visit_mask_number(a, "123456789012"), "1234••••9012");
    assert_string_equal(visit_mask_number(a, "12345678901"), "12•••••••01");
    assert_string_equal(visit_mask_number(a, "123456"), "12••56");
    assert_string_equal(visit_mask_number(a, "12345"), "•••••"); /* too short to show any of it */
    assert_string_equal(visit_mask_number(a, ""), "");
    assert_string_equal(visit_mask_number(a, "ÄÖÜß日本"), "ÄÖ••日本"); /* characters, not bytes */
    assert_string_equal(visit_mask_number(a, "日本日本日本日本日本日本日本"),
                        "日本日本••••••日本日本");
    assert_int_equal(utf8_length(visit_mask_number(a, "A\xff"
                                                      "BCDEF")),
                     7);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_man_and_a_woman),
        cmocka_unit_test(the_length_is_sixteen),
        cmocka_unit_test(days_and_months_of_the_calendar),
        cmocka_unit_test(leap_days),
        cmocka_unit_test(the_century_is_the_one_that_has_been),
        cmocka_unit_test(the_serial_begins_at_one),
        cmocka_unit_test(districts_that_exist),
        cmocka_unit_test(ages),
        cmocka_unit_test(as_people_type_it),
        cmocka_unit_test(a_document_is_checked_by_its_kind),
        cmocka_unit_test(doubts_are_named),
        cmocka_unit_test(numbers_are_masked),
    };
    return cmocka_run_group_tests_name("nik", tests, NULL, NULL);
}
