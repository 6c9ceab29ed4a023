/* Strict JSON, wiped memory, records as JSON by role. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "lib/json/json.h"
#include "lib/base/banned.h"

static struct cx cx;

static int setup(void **state)
{
    (void)state;
    json_init();
    json_init(); /* twice is once */
    cx = (struct cx){.arena = arena_new(4096), .offset_min = 420};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(cx.arena);
    return 0;
}

static enum err parse(const char *text, json_t **ret)
{
    return json_parse(&cx, (struct bytes){.p = (const uint8_t *)text, .n = strlen(text)}, ret);
}

static void test_strict(void **state)
{
    (void)state;
    json_t *value = NULL;
    assert_int_equal(parse("{\"a\":[1,\"\xc3\xa9\",null,true]}", &value), ERR_OK);
    assert_int_equal(json_array_size(json_object_get(value, "a")), 4);
    static const char *const bad[] = {
        "",         "{",           "{\"a\":1,\"a\":2}", "{} x", "{'a':1}",    "[1,]",
        "\"\xff\"", "\"\\ud800\"", "\"a\\u0000b\"",     "nul",  "{\"a\":01}", "\"\n\""};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        json_t *none = NULL;
        assert_int_equal(parse(bad[i], &none), ERR_BAD);
        assert_null(none);
        assert_non_null(cx.diag.message);
    }
}

static void test_depth(void **state)
{
    (void)state;
    char text[256];
    json_t *value = NULL;
    memset(text, '[', 32);
    memset(text + 32, ']', 32);
    text[64] = '\0';
    assert_int_equal(parse(text, &value), ERR_OK);
    memset(text, '[', 33);
    memset(text + 33, ']', 33);
    text[66] = '\0';
    assert_int_equal(parse(text, &value), ERR_BAD);
    assert_int_equal(parse("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\"", &value),
                     ERR_OK);
}

struct row {
    int64_t number;
    const char *name;
    const char *secret;
    const char *officer;
    bool open;
    int64_t at, never;
    struct bytes raw;
};

static const struct record_column columns[] = {
    RECORD_COLUMN(struct row, number, REC_INT, RECORD_ALL, T("Nomor")),
    RECORD_COLUMN(struct row, name, REC_TEXT, RECORD_ALL, NULL),
    RECORD_COLUMN(struct row, secret, REC_TEXT, 0, NULL),
    RECORD_COLUMN(struct row, officer, REC_TEXT, 4, NULL),
    RECORD_COLUMN(struct row, open, REC_BOOL, RECORD_ALL, NULL),
    RECORD_COLUMN(struct row, at, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct row, never, REC_TIME, RECORD_ALL, NULL),
    RECORD_COLUMN(struct row, raw, REC_BYTES, RECORD_ALL, NULL),
};
static const struct record record = RECORD("Row", struct row, columns);

static const char *written(const json_t *value)
{
    struct buf out = buf_new(cx.arena, 64, 4096);
    json_write(&out, value);
    return out.p;
}

static void test_record(void **state)
{
    (void)state;
    const struct row row = {.number = 7,
                            .name = "\"<é",
                            .secret = "rahasia",
                            .officer = "petugas",
                            .open = true,
                            .at = 1784774465000,
                            .raw = {.p = (const uint8_t *)"ab", .n = 2}};
    cx.actor.roles = 3;
    json_t *seen = json_from_record(&cx, &record, &row);
    assert_string_equal(
        written(seen),
        "{\"number\":7,\"name\":\"\\\"<é\",\"open\":true,\"at\":\"2026-07-23T09:41:05+07:00\","
        "\"never\":null,\"raw\":\"YWI\"}");
    json_decref(seen);
    cx.actor.roles = 4;
    seen = json_from_record(&cx, &record, &row);
    assert_string_equal(json_string_value(json_object_get(seen, "officer")), "petugas");
    assert_null(json_object_get(seen, "secret"));
    json_decref(seen);
}

static void test_schema(void **state)
{
    (void)state;
    json_t *schema = json_schema(&record);
    const json_t *properties = json_object_get(schema, "properties");
    assert_non_null(json_object_get(properties, "officer"));
    assert_null(json_object_get(properties, "secret"));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(properties, "number"), "type")),
        "integer");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(properties, "at"), "format")),
        "date-time");
    json_decref(schema);
}

static void test_keep(void **state)
{
    (void)state;
    struct arena *a = arena_new(256);
    json_t *value = json_keep(a, json_string("x"));
    json_incref(value);
    arena_reset(a);
    assert_int_equal(value->refcount, 1);
    json_decref(value);
    assert_null(json_keep(a, NULL));
    assert_true(json_is_null(json_text(NULL)));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strict), cmocka_unit_test(test_depth), cmocka_unit_test(test_record),
        cmocka_unit_test(test_schema), cmocka_unit_test(test_keep),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
