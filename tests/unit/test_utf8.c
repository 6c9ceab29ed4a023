/* lib/base/utf8: what counts as text, and which characters let a name lie about its order. */
#include "support/test.h"

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

static void well_formed_text_is_valid(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "Budi",
        "Siti Nurhaliza",
        "Ḥasan",
        "日本",
        "\xF0\x9F\x99\x82",
        "\xC2\x80",
        "\xDF\xBF",
        "\xE0\xA0\x80",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80",
        "\xF4\x8F\xBF\xBF",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(utf8_valid(good[i], strlen(good[i])));
}

static void malformed_text_is_not(void **state)
{
    (void)state;
    static const struct bytes bad[] = {
        {(const uint8_t *)"a\0b", 3},             /* NUL inside */
        {(const uint8_t *)"\x80", 1},             /* a continuation alone */
        {(const uint8_t *)"\xC0\x80", 2},         /* overlong NUL */
        {(const uint8_t *)"\xC1\xBF", 2},         /* overlong */
        {(const uint8_t *)"\xE0\x9F\xBF", 3},     /* overlong */
        {(const uint8_t *)"\xF0\x8F\xBF\xBF", 4}, /* overlong */
        {(const uint8_t *)"\xED\xA0\x80", 3},     /* surrogate */
        {(const uint8_t *)"\xED\xBF\xBF", 3},     /* surrogate */
        {(const uint8_t *)"\xF4\x90\x80\x80", 4}, /* above U+10FFFF */
        {(const uint8_t *)"\xF5\x80\x80\x80", 4},
        {(const uint8_t *)"\xFF", 1},
        {(const uint8_t *)"\xE2\x82", 2}, /* cut off */
        {(const uint8_t *)"\xE2\x28\xA1", 3},
        {(const uint8_t *)"ok\xF0\x9F\x99", 5},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(utf8_valid((const char *)bad[i].p, bad[i].n));
    /* The bytes behind n are not looked at. */
    assert_false(utf8_valid("\xE2\x82\xAC", 2));
}

static void code_points_are_read_one_by_one(void **state)
{
    (void)state;
    const char *s = "aé€\xF0\x9F\x99\x82";
    assert_int_equal(utf8_length(s), 4);
    assert_int_equal(utf8_next(&s), 'a');
    assert_int_equal(utf8_next(&s), 0xE9);
    assert_int_equal(utf8_next(&s), 0x20AC);
    assert_int_equal(utf8_next(&s), 0x1F642);
    assert_int_equal(utf8_next(&s), 0);
    assert_int_equal(utf8_next(&s), 0);
}

static void controls_and_direction_marks_are_found(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a\x01",          "\x1B[0m",      "\x7F",         "\xC2\x85",
        "a\xE2\x80\xAEz", /* U+202E */
        "\xE2\x80\x8F",   "\xE2\x80\x8E", "\xE2\x81\xA6", "\xE2\x81\xA9",
        "\xD8\x9C",       "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\x8B",
        "\xE2\x81\xA0",   "\xEF\xBB\xBF", "\xEF\xBF\xB9", "\xF3\xA0\x81\x81", /* drawn as nothing */
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_true(utf8_has_control(bad[i], false));
        assert_true(utf8_has_control(bad[i], true));
    }
    assert_true(utf8_has_control("a\nb", false));
    assert_true(utf8_has_control("a\tb", false));
    assert_false(utf8_has_control("a\r\n\tb", true));
    assert_false(utf8_has_control("Muḥammad, S.H. – “Kapuas”", false));
    assert_false(
        utf8_has_control("\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7", false)); /* a joiner */
}

static void cutting_counts_code_points(void **state)
{
    (void)state;
    struct arena *a = arena_new(256);
    assert_string_equal(utf8_cut(a, "aé€z", 3), "aé€");
    assert_string_equal(utf8_cut(a, "aé", 9), "aé");
    assert_string_equal(utf8_cut(a, "aé", 0), "");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_text_is_valid),
        cmocka_unit_test(malformed_text_is_not),
        cmocka_unit_test(code_points_are_read_one_by_one),
        cmocka_unit_test(controls_and_direction_marks_are_found),
        cmocka_unit_test(cutting_counts_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
