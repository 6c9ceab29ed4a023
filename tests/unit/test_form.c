/* One field table, three encodings: the same values and the same faults from each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

struct companion {
    const char *name;
    int64_t age;
};

struct guest {
    const char *name, *note, *password, *gender, *host, *phone, *email, *born;
    struct text_list priority, items, free;
    int64_t count, at;
    bool agreed;
    struct bytes photo;
    struct object_list companions;
};

static const char *const genders[] = {"L", "P", NULL};
static const char *const priorities[] = {"elderly", "pregnant", NULL};
/* clang-format off */
static const struct field companion_fields[] = {
    {.name = "name",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct companion, name),
     .max = 10,
     .label = T("Nama pengikut")},
    {.name = "age",
     .type = FIELD_INT,
     .offset = offsetof(struct companion, age),
     .max = 150,
     .label = T("Umur")},
};
/* clang-format on */
#define AT(member) .offset = offsetof(struct guest, member)
/* clang-format off */
static const struct field fields[] = {
    {.name = "name",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     AT(name),
     .min = 3,
     .max = 10,
     .label = T("Nama lengkap")},
    {.name = "note", .type = FIELD_LINES, AT(note), .label = T("Catatan")},
    {.name = "password", .type = FIELD_SECRET, AT(password), .label = T("Kata sandi")},
    {.name = "gender",
     .type = FIELD_CODE,
     AT(gender),
     .choices = genders,
     .label = T("Jenis kelamin")},
    {.name = "host", .type = FIELD_ID, AT(host), .label = T("Tujuan")},
    {.name = "phone", .type = FIELD_PHONE, AT(phone), .label = T("Nomor HP")},
    {.name = "email", .type = FIELD_EMAIL, AT(email), .label = T("Surel")},
    {.name = "born", .type = FIELD_DATE, AT(born), .label = T("Tanggal lahir")},
    {.name = "priority",
     .type = FIELD_CODES,
     AT(priority),
     .choices = priorities,
     .label = T("Prioritas")},
    {.name = "items", .type = FIELD_IDS, AT(items), .max = 2, .label = T("Titipan")},
    {.name = "free", .type = FIELD_CODES, AT(free), .label = T("Bebas")},
    {.name = "count", .type = FIELD_INT, AT(count), .min = 1, .max = 9, .label = T("Jumlah")},
    {.name = "at", .type = FIELD_TIME, AT(at), .label = T("Waktu")},
    {.name = "agreed", .type = FIELD_BOOL, AT(agreed), .label = T("Setuju")},
    {.name = "photo", .type = FIELD_FILE, AT(photo), .max = 8, .label = T("Foto")},
    {.name = "companions",
     .type = FIELD_OBJECTS,
     AT(companions),
     .max = 3,
     .members = companion_fields,
     .member_count = 2,
     .member_bytes = sizeof(struct companion),
     .label = T("Pengikut")},
};
/* clang-format on */
static const struct form form = FORM("Guest", struct guest, fields);

struct trial {
    struct arena *arena;
    struct cx cx;
    struct http_req req;
    struct guest guest;
    enum err err;
};

static int setup(void **state)
{
    struct trial *t = calloc(1, sizeof(*t));
    json_init();
    t->arena = arena_new(4096);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct trial *t = *state;
    arena_free(t->arena);
    free(t);
    return 0;
}

static void begin(struct trial *t, enum http_body_kind kind)
{
    arena_reset(t->arena);
    t->cx = (struct cx){.arena = t->arena, .offset_min = 420};
    t->req = (struct http_req){.method = HTTP_POST, .body_kind = kind};
}

static void parse(struct trial *t)
{
    t->err = form_parse(&t->cx, &t->req, &form, &t->guest);
}

static void urlencoded(struct trial *t, const char *text)
{
    begin(t, BODY_FORM);
    struct bytes body = {.p = (const uint8_t *)text, .n = strlen(text)};
    assert_int_equal(form_decode_urlencoded(&t->cx, body, &t->req.fields, &t->req.field_count),
                     ERR_OK);
    parse(t);
}

static void json(struct trial *t, const char *text)
{
    begin(t, BODY_JSON);
    struct bytes body = {.p = (const uint8_t *)text, .n = strlen(text)};
    assert_int_equal(json_parse(&t->cx, body, (json_t **)&t->req.json), ERR_OK);
    parse(t);
}

static void multipart(struct trial *t, const char *text)
{
    begin(t, BODY_MULTIPART);
    struct bytes body = {.p = (const uint8_t *)text, .n = strlen(text)};
    assert_int_equal(form_decode_multipart(&t->cx, body, "B", &t->req), ERR_OK);
    parse(t);
}

static void fault(struct trial *t, const char *field, const char *code)
{
    const struct field_error *f = form_error(&t->cx, field);
    assert_int_equal(t->err, ERR_INVALID);
    if (!f)
        fail_msg("no fault of %s", field);
    else
        assert_string_equal(f->code, code);
}

#define UUID "01890000-0000-7000-8000-0000000000aa"

static void check_values(const struct guest *g)
{
    assert_string_equal(g->name, "Siti A.");
    assert_string_equal(g->note, "satu\ndua");
    assert_string_equal(g->password, " ra hasia ");
    assert_string_equal(g->gender, "P");
    assert_string_equal(g->host, UUID);
    assert_string_equal(g->phone, "+6281200001122");
    assert_string_equal(g->email, "a@b.id");
    assert_string_equal(g->born, "1990-12-31");
    assert_int_equal(g->priority.count, 2);
    assert_string_equal(g->priority.items[1], "pregnant");
    assert_int_equal(g->items.count, 1);
    assert_string_equal(g->items.items[0], UUID);
    assert_int_equal(g->count, 3);
    assert_int_equal(g->at, 1784774460000);
    assert_true(g->agreed);
    assert_int_equal(g->companions.count, 2);
    const struct companion *c = g->companions.items;
    assert_string_equal(c[0].name, "Budi");
    assert_int_equal(c[0].age, 7);
    assert_string_equal(c[1].name, "Ani");
    assert_int_equal(c[1].age, 0);
}

static void test_urlencoded(void **state)
{
    struct trial *t = *state;
    urlencoded(
        t, "name=++Siti+A.+&note=satu%0D%0Adua&password=+ra+hasia+&gender=P&host=" UUID
           "&phone=0812-0000-1122&email=a%40b.id&born=1990-12-31&priority=elderly&priority=pregnant"
           "&items=" UUID "&count=3&at=2026-07-23T09:41&agreed=on&csrf=x&_next=%2F"
           "&companions[0][name]=Budi&companions[0][age]=7&companions[1][name]=&companions[5][name]"
           "=Ani");
    assert_int_equal(t->err, ERR_OK);
    check_values(&t->guest);
    assert_string_equal(form_typed(&t->cx, &t->req, "companions.5.name"), "Ani");
    assert_int_equal(form_typed_list(&t->cx, &t->req, "priority").count, 2);
}

static void test_json(void **state)
{
    struct trial *t = *state;
    json(t, "{\"name\":\"Siti A.\",\"note\":\"satu\\ndua\",\"password\":\" ra hasia "
            "\",\"gender\":\"P\","
            "\"host\":\"" UUID
            "\",\"phone\":\"+62 812 0000 1122\",\"email\":\"a@b.id\",\"born\":\"1990-12-31\","
            "\"priority\":[\"elderly\",\"pregnant\"],\"items\":[\"" UUID "\"],\"count\":3,"
            "\"at\":\"2026-07-23T09:41:00+07:00\",\"agreed\":true,\"photo\":null,"
            "\"companions\":[{\"name\":\"Budi\",\"age\":7},{},{\"name\":\"Ani\"}]}");
    assert_int_equal(t->err, ERR_OK);
    check_values(&t->guest);
    assert_string_equal(form_typed(&t->cx, &t->req, "companions.2.name"), "Ani");
    assert_string_equal(form_typed(&t->cx, &t->req, "count"), "3");
    assert_string_equal(form_typed_list(&t->cx, &t->req, "priority").items[0], "elderly");
    assert_string_equal(form_typed(&t->cx, &t->req, "nothing"), "");
}

#define PART(name, value)                                                                          \
    "--B\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"

static void test_multipart(void **state)
{
    struct trial *t = *state;
    multipart(
        t,
        PART("name", "Siti A.") PART("note", "satu\r\ndua") PART("password", " ra hasia ") PART(
            "gender", "P") PART("host", UUID) PART("phone", "81200001122") PART("email", "a@b.id")
            PART("born", "1990-12-31") PART("priority", "elderly") PART("priority[]", "pregnant")
                PART("items", UUID) PART("count", "3") PART("at", "2026-07-23T09:41")
                    PART("agreed", "ya") PART("companions.name", "Budi") PART("companions.age", "7")
                        PART("companions.name",
                             "Ani") "--B\r\nContent-Disposition: form-data; name=\"photo\"; "
                                    "filename=\"a \\\"b\\\".jpg\"\r\n"
                                    "Content-Type: image/jpeg\r\n\r\n12345678\r\n--B--\r\n");
    assert_int_equal(t->err, ERR_OK);
    check_values(&t->guest);
    assert_int_equal(t->guest.photo.n, 8);
    assert_memory_equal(t->guest.photo.p, "12345678", 8);
    assert_string_equal(t->req.files[0].client_name, "a \"b\".jpg");
}

static void test_text_faults(void **state)
{
    struct trial *t = *state;
    urlencoded(t, "");
    fault(t, "name", "missing");
    assert_string_equal(form_error(&t->cx, "name")->message, "Nama lengkap belum diisi.");
    assert_int_equal(t->cx.diag.field_count, 1);
    urlencoded(t, "name=+++");
    fault(t, "name", "missing");
    urlencoded(t, "name=ab");
    fault(t, "name", "too_short");
    urlencoded(t, "name=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9");
    assert_int_equal(t->err, ERR_OK); /* ten code points of two bytes */
    urlencoded(t, "name=12345678901");
    fault(t, "name", "too_long");
    assert_string_equal(form_error(&t->cx, "name")->message,
                        "Nama lengkap paling panjang 10 huruf.");
    urlencoded(t, "name=abc%00d");
    fault(t, "name", "control_character");
    urlencoded(t, "name=abc%E2%80%AEd");
    fault(t, "name", "control_character");
    urlencoded(t, "name=abc%0Ad");
    fault(t, "name", "control_character");
    urlencoded(t, "name=abc&note=a%07");
    fault(t, "note", "control_character");
    urlencoded(t, "name=abc&bogus=1&bogus=2&companions[0][x]=1");
    fault(t, "bogus", "unknown_field");
    fault(t, "companions[0][x]", "unknown_field");
    assert_int_equal(t->cx.diag.field_count, 2);
}

static void test_value_faults(void **state)
{
    struct trial *t = *state;
    urlencoded(
        t, "name=abc&gender=X&host=abc&phone=0812&email=a%40b&born=2023-02-29&priority=x&items=y"
           "&count=10&at=kemarin&agreed=mungkin&photo=x");
    fault(t, "gender", "not_a_choice");
    fault(t, "host", "type");
    fault(t, "phone", "phone_short");
    assert_string_equal(form_error(&t->cx, "phone")->message,
                        "Nomor HP kurang angka. Tulis 10–13 angka.");
    fault(t, "email", "email");
    fault(t, "born", "date");
    fault(t, "priority", "not_a_choice");
    fault(t, "items", "type");
    fault(t, "count", "range");
    fault(t, "at", "time");
    fault(t, "agreed", "type");
    fault(t, "photo", "type");
    assert_string_equal(t->guest.name, "abc"); /* what is fine is filled in all the same */
    assert_null(t->guest.gender);
    urlencoded(t, "name=abc&phone=08120000112233445566&count=tiga");
    fault(t, "phone", "phone_long");
    fault(t, "count", "type");
    urlencoded(t, "name=abc&phone=0812abc");
    fault(t, "phone", "phone_characters");
    urlencoded(t, "name=abc&items=" UUID "&items=" UUID "&items=" UUID);
    fault(t, "items", "too_many");
    urlencoded(t,
               "name=abc&companions.name=a&companions.name=b&companions.name=c&companions.name=d");
    fault(t, "companions", "too_many");
    urlencoded(t, "name=abc&companions[0][age]=3&companions[1][name]=12345678901");
    fault(t, "companions.0.name", "missing");
    fault(t, "companions.1.name", "too_long");
}

static void test_json_faults(void **state)
{
    struct trial *t = *state;
    json(t, "{\"name\":5,\"count\":\"3\",\"agreed\":\"on\",\"priority\":\"elderly\",\"items\":[1],"
            "\"companions\":[{\"name\":1,\"y\":2},5],\"at\":5,\"photo\":\"x\",\"z\":null}");
    fault(t, "name", "type");
    fault(t, "count", "type");
    fault(t, "agreed", "type");
    fault(t, "priority", "type");
    fault(t, "items.0", "type");
    fault(t, "companions.0.name", "type");
    fault(t, "companions.0.y", "unknown_field");
    fault(t, "companions.1", "type");
    fault(t, "at", "type");
    fault(t, "photo", "type");
    fault(t, "z", "unknown_field");
    json(t, "{\"name\":null}");
    fault(t, "name", "missing");
    json(t, "{\"name\":\"abc\",\"priority\":[\"x\"],\"count\":1.5,\"csrf\":\"t\"}");
    fault(t, "priority.0", "not_a_choice");
    fault(t, "count", "type");
    assert_null(form_error(&t->cx, "csrf"));
    begin(t, BODY_JSON);
    t->req.json = json_keep(t->arena, json_array());
    parse(t);
    assert_int_equal(t->err, ERR_BAD);
}

static void test_file_faults(void **state)
{
    struct trial *t = *state;
    multipart(t, PART("name", "abc") "--B\r\nContent-Disposition: form-data; name=\"photo\"; "
                                     "filename=\"a\"\r\n\r\n123456789\r\n--B--");
    fault(t, "photo", "too_long");
    multipart(t, PART("name", "abc") "--B\r\nContent-Disposition: form-data; name=\"photo\"; "
                                     "filename=\"\"\r\n\r\n\r\n--B--");
    assert_int_equal(t->err, ERR_OK);
    assert_int_equal(t->guest.photo.n, 0);
    multipart(t, PART("name", "abc") "--B\r\nContent-Disposition: form-data; name=\"other\"; "
                                     "filename=\"a\"\r\n\r\n1\r\n--B--");
    fault(t, "other", "unknown_field");
}

static void test_urlencoded_broken(void **state)
{
    struct trial *t = *state;
    static const char *const bad[] = {"a=%",   "a=%4",     "a=%zz",      "%=1",
                                      "a=%ff", "a=%c0%80", "a=%ed%a0%80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        begin(t, BODY_FORM);
        struct bytes body = {.p = (const uint8_t *)bad[i], .n = strlen(bad[i])};
        assert_int_equal(form_decode_urlencoded(&t->cx, body, &t->req.fields, &t->req.field_count),
                         ERR_BAD);
    }
    urlencoded(t, "&&name=abc&&=&");
    fault(t, "", "unknown_field");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urlencoded),   cmocka_unit_test(test_json),
        cmocka_unit_test(test_multipart),    cmocka_unit_test(test_text_faults),
        cmocka_unit_test(test_value_faults), cmocka_unit_test(test_json_faults),
        cmocka_unit_test(test_file_faults),  cmocka_unit_test(test_urlencoded_broken),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
