/* lib/base/phone: numbers as people in Indonesia write them become E.164. */
#include "support/test.h"

#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

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

static void every_way_of_writing_a_mobile_number(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "081200001122",   "0812 0000 1122",     "0812-0000-1122", "(0812) 0000.1122",
        "+6281200001122", "+62 812-0000-1122",  "6281200001122",  "006281200001122",
        "81200001122",    "+62 0812 0000 1122", "62081200001122", " 0812 00001122 ",
    };
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        char *e164 = NULL;
        assert_int_equal(phone_normalise(arena, ways[i], &e164), PHONE_OK);
        assert_string_equal(e164, "+6281200001122");
    }
}

static void fixed_lines(void **state)
{
    (void)state;
    char *e164 = NULL;
    assert_int_equal(phone_normalise(arena, "051321520", &e164), PHONE_OK);
    assert_string_equal(e164, "+6251321520");
    assert_int_equal(phone_normalise(arena, "(0513) 21520", &e164), PHONE_OK);
    assert_string_equal(e164, "+6251321520");
    assert_int_equal(phone_normalise(arena, "021-1234567", &e164), PHONE_OK);
    assert_string_equal(e164, "+62211234567");
}

static void other_countries_only_with_their_code(void **state)
{
    (void)state;
    char *e164 = NULL;
    assert_int_equal(phone_normalise(arena, "+65 6123 4567", &e164), PHONE_OK);
    assert_string_equal(e164, "+6561234567");
    assert_int_equal(phone_normalise(arena, "0065 6123 4567", &e164), PHONE_OK);
    assert_string_equal(e164, "+6561234567");
    assert_int_equal(phone_normalise(arena, "6561234567", &e164), PHONE_CHARACTERS);
}

static void length_limits(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        enum phone_fault fault;
    } cases[] = {
        {"", PHONE_SHORT},
        {"+", PHONE_SHORT},
        {"0", PHONE_SHORT},
        {"62", PHONE_SHORT},
        {"081234567", PHONE_SHORT},     /* mobile, national part of 8 */
        {"0812345678", PHONE_OK},       /* 9 */
        {"0812345678901", PHONE_OK},    /* 12 */
        {"08123456789012", PHONE_LONG}, /* 13 */
        {"0513123", PHONE_SHORT},       /* fixed, 6 */
        {"05131234", PHONE_OK},         /* 7 */
        {"051312345678", PHONE_OK},     /* 11 */
        {"0513123456789", PHONE_LONG},  /* 12 */
        {"0841234567890", PHONE_LONG},  /* 84x is not mobile: 12 digits are too many */
        {"+1234567", PHONE_SHORT},
        {"+1234567890123456", PHONE_LONG},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char untouched[] = "untouched";
        char *e164 = untouched;
        assert_int_equal(phone_normalise(arena, cases[i].typed, &e164), cases[i].fault);
        if (cases[i].fault != PHONE_OK)
            assert_ptr_equal(e164, untouched);
    }
}

static void letters_and_signs_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "0812abcd1122",   "08-12-O000-1122",      "0812+00001122", "0812;1122", "٠٨١٢٠٠٠٠١١٢٢",
        "0812\n00001122", "0812 0000 1122 ext 3", "71200001122",   "<script>",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char *e164 = NULL;
        assert_int_equal(phone_normalise(arena, wrong[i], &e164), PHONE_CHARACTERS);
        assert_null(e164);
    }
}

static size_t digits_in(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += *s >= '0' && *s <= '9';
    return n;
}

static void a_masked_number_hides_enough(void **state)
{
    (void)state;
    assert_string_equal(phone_mask(arena, "+6281200001122"), "0812••••1122");
    assert_string_equal(phone_mask(arena, "+6561234567"), "+65••••4567");
    /* At least three digits are missing, also of the shortest numbers. */
    static const char *const numbers[] = {"+62513123",    "+625131234",    "+6251312345",
                                          "+62812345678", "+628123456789", "+62812345678901",
                                          "+65612345"};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const char *local = str_starts(numbers[i], "+62") ? numbers[i] + 3 : numbers[i];
        const char *masked = phone_mask(arena, numbers[i]);
        size_t zero = str_starts(numbers[i], "+62") && *masked == '0';
        assert_true(digits_in(masked) - zero + 3 <= digits_in(local));
    }
}

static void a_number_to_dial(void **state)
{
    (void)state;
    assert_string_equal(phone_pretty(arena, "+6281200001122"), "0812 0000 1122");
    assert_string_equal(phone_pretty(arena, "+6561234567"), "+6561234567");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_writing_a_mobile_number),
        cmocka_unit_test(fixed_lines),
        cmocka_unit_test(other_countries_only_with_their_code),
        cmocka_unit_test(length_limits),
        cmocka_unit_test(letters_and_signs_are_refused),
        cmocka_unit_test(a_masked_number_hides_enough),
        cmocka_unit_test(a_number_to_dial),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
