/* lib/base/str: the growing buffer with its ceiling, and the small helpers. */
#include "support/test.h"

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

static void a_buffer_grows_and_stays_terminated(void **state)
{
    (void)state;
    struct buf b = buf_new(arena, 4, 1000);
    assert_string_equal(b.p, "");
    for (int i = 0; i < 100; i++)
        buf_puts(&b, "abc");
    buf_puts(&b, NULL);
    buf_putc(&b, '!');
    buf_printf(&b, "%d%s", 42, "z");
    assert_int_equal(b.n, 304);
    assert_int_equal(strlen(b.p), b.n);
    assert_string_equal(b.p + 297, "abc!42z");
    assert_false(b.full);
}

static void a_buffer_never_passes_its_ceiling(void **state)
{
    (void)state;
    struct buf b = buf_new(arena, 4, 10);
    buf_puts(&b, "0123456789");
    assert_false(b.full);
    assert_int_equal(b.n, 10);
    buf_putc(&b, 'x');
    assert_true(b.full);
    assert_string_equal(b.p, "0123456789");

    /* What does not fit is left out whole, and nothing is added after it. */
    struct buf c = buf_new(arena, 64, 5);
    buf_puts(&c, "abc");
    buf_printf(&c, "%s", "defg");
    buf_puts(&c, "h");
    assert_true(c.full);
    assert_string_equal(c.p, "abc");
}

static void equality(void **state)
{
    (void)state;
    assert_true(str_eq("a", "a"));
    assert_false(str_eq("a", "b"));
    assert_true(str_eq(NULL, NULL));
    assert_false(str_eq(NULL, ""));
    assert_true(str_eq_secret("token", "token"));
    assert_false(str_eq_secret("token", "tokem"));
    assert_false(str_eq_secret("token", "toke"));
    assert_true(str_eq_secret("", ""));
    assert_true(str_starts("/tamu/baru", "/tamu"));
    assert_false(str_starts("/tam", "/tamu"));
    assert_true(str_empty(NULL));
    assert_true(str_empty(""));
    assert_false(str_empty(" "));
    assert_string_equal(str_or("", "x"), "x");
    assert_string_equal(str_or("y", "x"), "y");
}

static void trimming_and_case(void **state)
{
    (void)state;
    assert_string_equal(str_trim(arena, " \t\r\n a b \v\f"), "a b");
    assert_string_equal(str_trim(arena, "   "), "");
    assert_string_equal(str_trim(arena, ""), "");
    assert_string_equal(str_lower(arena, "KaPuAs Ä"), "kapuas Ä");
}

static void numbers_are_whole_and_in_range(void **state)
{
    (void)state;
    int64_t n = 7;
    assert_true(str_to_i64("0", 0, 10, &n));
    assert_int_equal(n, 0);
    assert_true(str_to_i64("-5", -5, 10, &n));
    assert_int_equal(n, -5);
    assert_true(str_to_i64("9223372036854775807", INT64_MIN, INT64_MAX, &n));
    assert_true(n == INT64_MAX);
    assert_true(str_to_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &n));
    assert_true(n == INT64_MIN);
    n = 7;
    static const char *const wrong[] = {
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "0x1",
        "1e3",
        "11",
        "-1",
        "9223372036854775808",
        "99999999999999999999",
        "--1",
        "١",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(str_to_i64(wrong[i], 0, 10, &n));
    assert_false(str_to_i64(NULL, 0, 10, &n)); /* a query that was not given */
    assert_false(str_to_i64("9223372036854775808", INT64_MIN, INT64_MAX, &n));
    assert_false(str_to_i64("-9223372036854775809", INT64_MIN, INT64_MAX, &n));
    assert_int_equal(n, 7); /* untouched on failure */
}

static void hex_there_and_back(void **state)
{
    (void)state;
    uint8_t bytes[3] = {0};
    assert_string_equal(str_hex(arena, "\x00\xAB\xff", 3), "00abff");
    assert_true(str_unhex("00ABff", bytes, 3));
    assert_memory_equal(bytes, "\x00\xAB\xff", 3);
    assert_false(str_unhex("00abf", bytes, 3));
    assert_false(str_unhex("00abff00", bytes, 3));
    assert_false(str_unhex("00abfg", bytes, 3));
    assert_false(str_unhex("00 bff", bytes, 3));
}

static void base64url_there_and_back(void **state)
{
    (void)state;
    uint8_t bytes[4] = {0};
    assert_string_equal(str_base64url(arena, "\xfb\xff\xfe\x01", 4), "-__-AQ");
    assert_true(str_unbase64url("-__-AQ", bytes, 4));
    assert_memory_equal(bytes, "\xfb\xff\xfe\x01", 4);
    assert_false(str_unbase64url("-__-AQ==", bytes, 4)); /* padding */
    assert_false(str_unbase64url("+//+AQ", bytes, 4));   /* the other alphabet */
    assert_false(str_unbase64url("-__-", bytes, 4));     /* too short */
    assert_false(str_unbase64url("-__-AQAA", bytes, 4)); /* too long */
    assert_false(str_unbase64url("-__-AQ ", bytes, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(a_buffer_never_passes_its_ceiling),
        cmocka_unit_test(equality),
        cmocka_unit_test(trimming_and_case),
        cmocka_unit_test(numbers_are_whole_and_in_range),
        cmocka_unit_test(hex_there_and_back),
        cmocka_unit_test(base64url_there_and_back),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
