/* The run time of templates and the shared widgets: escaping in every context, translation, golden
 * snippets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "asset_data.h"
#include "layout_tmpl.h"
#include "lib/base/cx.h"
#include "lib/html/html.h"
#include "lib/html/i18n.h"
#include "lib/html/icons.h"
#include "lib/html/widgets.h"
#include "widgets_tmpl.h"

#include "lib/base/banned.h"

struct fixture {
    struct cx cx;
    struct buf out;
    struct html h;
};

static int set_up(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof(f));
    f.cx.arena = arena_new(16384);
    f.cx.translate = i18n_translate;
    f.out = buf_new(f.cx.arena, 256, (size_t)1 << 20);
    f.h = html_begin(&f.cx, &f.out, NULL);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_free(f->cx.arena);
    return 0;
}

/* What was written since the last call. */
static const char *written(struct fixture *f)
{
    const char *text = arena_strdup(f->cx.arena, f->out.p);
    f->out.n = 0;
    f->out.p[0] = '\0';
    return text;
}

static size_t occurrences(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

static void test_text_is_escaped(void **state)
{
    struct fixture *f = *state;
    html_text(&f->h, "a<b>&\"c'\xc3\xa9");
    assert_string_equal(written(f), "a&lt;b&gt;&amp;&quot;c&#39;\xc3\xa9");
    html_text(&f->h, "</textarea><script>alert(1)</script>");
    assert_string_equal(written(f), "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    html_text(&f->h, NULL);
    html_text(&f->h, "");
    assert_string_equal(written(f), "");
}

static void test_value_is_chosen_by_type(void **state)
{
    struct fixture *f = *state;
    struct {
        char name[8];
        uint32_t small;
        size_t size;
        int64_t wide;
        bool flag;
    } v = {"<x>", 4000000000U, SIZE_MAX, INT64_MIN, true};
    html_value(&f->h, v.name);
    html_value(&f->h, " ");
    html_value(&f->h, v.small);
    html_value(&f->h, " ");
    html_value(&f->h, v.size);
    html_value(&f->h, " ");
    html_value(&f->h, v.wide);
    html_value(&f->h, " ");
    html_value(&f->h, v.flag);
    html_value(&f->h, -7);
    html_value(&f->h, 0);
    assert_string_equal(written(f),
                        "&lt;x&gt; 4000000000 18446744073709551615 -9223372036854775808 1-70");
}

static void test_url_is_percent_encoded(void **state)
{
    struct fixture *f = *state;
    html_url(&f->h, "a-Z.0_~ /?&=\"<\xc3\xa9%");
    assert_string_equal(written(f), "a-Z.0_~%20%2F%3F%26%3D%22%3C%C3%A9%25");
}

static void test_link_leaves_the_site_only_by_known_schemes(void **state)
{
    struct fixture *f = *state;
    static const char *const good[] = {
        "/tamu",      "/tamu?q=1",         "#isi", "?p=2", "https://a.example/",
        "tel:+62812", "mailto:a@b.example"};
    static const char *const bad[] = {"javascript:alert(1)",
                                      "//evil.example",
                                      "/\\evil.example",
                                      "data:text/html,x",
                                      " javascript:x",
                                      "JAVASCRIPT:x",
                                      "tamu"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        html_link(&f->h, good[i]);
        assert_string_equal(written(f), good[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        html_link(&f->h, bad[i]);
        assert_string_equal(written(f), "#");
    }
    html_link(&f->h, "/a?b=1&c=\"");
    assert_string_equal(written(f), "/a?b=1&amp;c=&quot;");
}

static void test_translation(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(i18n_translate(LANG_ID, "Keluar"), "Keluar");
    assert_string_equal(i18n_translate(LANG_EN, "Keluar"), "Sign out");
    assert_string_equal(i18n_translate(LANG_EN, "tidak ada di tabel"), "tidak ada di tabel");
    assert_null(i18n_translate(LANG_EN, NULL));
    for (size_t i = 1; i < i18n_row_count; i++)
        assert_true(strcmp(i18n_rows[i - 1].msgid, i18n_rows[i].msgid) < 0);

    f->cx.lang = LANG_EN;
    html_tf(&f->h, "Foto %s", "<Siti>");
    assert_string_equal(written(f), "Photo of &lt;Siti&gt;");
    html_t(&f->h, "Langsung ke isi");
    assert_string_equal(written(f), "Skip to content");
}

static void test_assets_carry_their_version(void **state)
{
    struct fixture *f = *state;
    const struct embedded_file *file = embedded_find("bukutamu.css");
    assert_non_null(file);
    assert_string_equal(file->content_type, "text/css; charset=utf-8");
    assert_int_equal(strlen(file->etag), 16);
    assert_memory_equal(file->bytes, "/* Buku Tamu", 12);
    assert_null(embedded_find("bukutamu"));
    html_asset(&f->h, "bukutamu.css");
    assert_string_equal(written(f),
                        arena_printf(f->cx.arena, "/aset/bukutamu.css?v=%s", file->etag));
    for (size_t i = 0; i < embedded_file_count; i++)
        assert_ptr_equal(embedded_find(embedded_files[i].name), &embedded_files[i]);
}

static void test_clock_faces(void **state)
{
    (void)state;
    static const struct {
        int64_t elapsed;
        bool done;
        struct clock_face face;
    } cases[] = {
        {-5, false, {CLOCK_OK, 0, 0, 10, 0, false}},
        {40, false, {CLOCK_OK, 40, 0, 10, 0, false}},
        {419, false, {CLOCK_OK, 419, 6, 4, 0, false}},
        {420, false, {CLOCK_WARN, 420, 7, 3, 0, false}},
        {599, false, {CLOCK_WARN, 599, 9, 1, 0, false}},
        {600, false, {CLOCK_BAD, 600, 10, 0, 0, false}},
        {725, false, {CLOCK_BAD, 600, 12, 0, 2, false}},
        {599, true, {CLOCK_OK, 599, 9, 1, 0, true}},
        {600, true, {CLOCK_OK, 600, 10, 0, 0, true}},
        {665, true, {CLOCK_BAD, 600, 11, 0, 1, true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct clock_face face = clock_face(cases[i].elapsed, 600, cases[i].done);
        assert_int_equal(face.state, cases[i].face.state);
        assert_int_equal(face.filled, cases[i].face.filled);
        assert_int_equal(face.minutes, cases[i].face.minutes);
        assert_int_equal(face.left, cases[i].face.left);
        assert_int_equal(face.late, cases[i].face.late);
    }
    assert_int_equal(clock_face(600, 1200, false).filled, 300);
}

static void test_clock_says_it_in_words(void **state)
{
    struct fixture *f = *state;
    clock_view(&f->h, 472, 600, false, false);
    const char *near = written(f);
    assert_non_null(strstr(near, "<p class=\"clock warn\">"));
    assert_non_null(strstr(near, "stroke-dasharray=\"472 600\""));
    assert_non_null(strstr(near, "<b>Sisa 3 menit</b>"));
    assert_non_null(strstr(near, "Segera</small>"));
    clock_view(&f->h, 725, 600, false, true);
    const char *late = written(f);
    assert_non_null(strstr(late, "<p class=\"clock bad huge\">"));
    assert_non_null(strstr(late, "<b>Lewat 2 menit</b>"));
    assert_non_null(strstr(late, "Terlambat</small>"));
    clock_view(&f->h, 388, 600, true, false);
    const char *done = written(f);
    assert_non_null(strstr(done, ">\xe2\x9c\x93</text>"));
    assert_non_null(strstr(done, "<b>6 menit</b>"));
    assert_non_null(strstr(done, "Tepat waktu</small>"));
}

static void test_chip_and_icon(void **state)
{
    struct fixture *f = *state;
    chip(&f->h, "ok", "jawab", "Dijawab <09.11>");
    assert_string_equal(written(f),
                        "<span class=\"chip ok\"><svg class=\"i\" aria-hidden=\"true\"><use "
                        "href=\"#i-jawab\"/></svg> Dijawab &lt;09.11&gt;</span>");
    chip(&f->h, NULL, NULL, "Di loket");
    assert_string_equal(written(f), "<span class=\"chip\">Di loket</span>");
    icon_symbols(&f->h);
    const char *symbols = written(f);
    assert_int_equal(occurrences(symbols, "<symbol "), 1);
    assert_non_null(strstr(symbols, "<symbol id=\"i-jawab\" viewBox=\"0 0 24 24\">"));
    for (size_t i = 1; i < icon_count; i++)
        assert_true(strcmp(icon_table[i - 1].name, icon_table[i].name) < 0);
}

static void test_field_without_error(void **state)
{
    struct fixture *f = *state;
    field_text(&f->h, &(const struct input){.name = "phone",
                                            .label = "Nomor HP",
                                            .hint = "Contoh: 0812 0000 1122",
                                            .value = "08\"12",
                                            .type = "tel",
                                            .required = true});
    const char *html = written(f);
    assert_non_null(strstr(html, "<div class=\"field\"><label for=\"phone\">Nomor HP <small "
                                 "id=\"phone-h\">Contoh: 0812 0000 1122</small></label>"));
    assert_non_null(strstr(html, "<input id=\"phone\" name=\"phone\" type=\"tel\""));
    assert_non_null(strstr(html, "value=\"08&quot;12\""));
    assert_non_null(strstr(html, "aria-describedby=\"phone-h\""));
    assert_non_null(strstr(html, " required"));
    assert_null(strstr(html, "aria-invalid"));
    assert_null(strstr(html, "class=\"error\""));
}

static void test_field_error_is_tied_and_summed_up(void **state)
{
    struct fixture *f = *state;
    cx_field(&f->cx, "phone", "too_short", "%s", "Nomor HP kurang angka. Tulis 10–13 angka.");
    cx_field(&f->cx, "companions.0.name", "required", "%s", "Tulis nama <pendamping>.");
    field_text(&f->h, &(const struct input){.name = "phone", .label = "Nomor HP", .hint = "Contoh"});
    const char *html = written(f);
    assert_non_null(strstr(html, "<div class=\"field wrong\">"));
    assert_non_null(strstr(html, "aria-describedby=\"phone-h phone-e\""));
    assert_non_null(strstr(html, "aria-invalid=\"true\""));
    assert_non_null(strstr(html, "<p class=\"error\" id=\"phone-e\">"));
    assert_non_null(strstr(html, "Nomor HP kurang angka. Tulis 10–13 angka.</p>"));

    error_summary(&f->h);
    const char *summary = written(f);
    assert_non_null(strstr(summary, "role=\"alert\" tabindex=\"-1\""));
    assert_non_null(strstr(summary, "Ada 2 isian yang perlu diperbaiki"));
    assert_non_null(strstr(summary, "<li><a href=\"#phone\">Nomor HP kurang"));
    assert_non_null(
        strstr(summary, "<a href=\"#companions.0.name\">Tulis nama &lt;pendamping&gt;.</a>"));
}

static void test_summary_of_a_refusal_without_fields(void **state)
{
    struct fixture *f = *state;
    error_summary(&f->h);
    assert_string_equal(written(f), "");
    (void)cx_fail(&f->cx, ERR_CONFLICT, "badge_out", "Tanda pengenal %s masih dipakai.", "A-07");
    error_summary(&f->h);
    assert_non_null(strstr(written(f), "<b>Tanda pengenal A-07 masih dipakai.</b>"));
}

static void test_choices_and_select(void **state)
{
    struct fixture *f = *state;
    static const struct option options[] = {{"ktp", "KTP"}, {"sim", "SIM"}, {NULL, NULL}};
    const struct input in = {
        .name = "id_type", .label = "Jenis identitas", .value = "sim", .options = options};
    field_choices(&f->h, &in);
    const char *choices = written(f);
    assert_non_null(strstr(choices, "value=\"ktp\" id=\"id_type\"> KTP"));
    assert_non_null(strstr(choices, "value=\"sim\" checked> SIM"));
    assert_int_equal(occurrences(choices, " checked"), 1);
    field_select(&f->h, &in);
    const char *select = written(f);
    assert_non_null(strstr(select, "<option value=\"ktp\">KTP</option>"));
    assert_non_null(strstr(select, "<option value=\"sim\" selected>SIM</option>"));
}

static void test_textarea_keeps_lines(void **state)
{
    struct fixture *f = *state;
    field_lines(&f->h,
                &(const struct input){.name = "text", .label = "Uraian", .value = "\n  a\n</b>"});
    assert_non_null(strstr(written(f), ">\n\n  a\n&lt;/b&gt;</textarea>"));
}

static void test_page_frame(void **state)
{
    struct fixture *f = *state;
    static const struct menu_item menu[] = {
        {"/tamu", "Tamu hari ini"}, {"/pengembalian", "Pengembalian"}, {NULL, NULL}};
    const struct page page = {.title = "Tamu <baru>",
                              .office_name = "Kejaksaan Negeri Kapuas",
                              .person_name = "Rina \"W\"",
                              .person_role = "Petugas PTSP",
                              .current = "/tamu",
                              .path = "/tamu?date=2026-07-23&state=open",
                              .csrf = "token-1",
                              .menu = menu,
                              .live = true};
    f->h = html_begin(&f->cx, &f->out, &page);
    page_top(&f->h, "stack");
    page_bottom(&f->h);
    const char *html = written(f);
    assert_true(str_starts(html, "<!DOCTYPE html><html lang=\"id\"><head>"));
    assert_non_null(strstr(html, "<title>Tamu &lt;baru&gt; \xe2\x80\x93 Buku Tamu</title>"));
    assert_non_null(strstr(html, "<a class=\"skip\" href=\"#isi\">Langsung ke isi</a>"));
    assert_non_null(
        strstr(html, "<li><a href=\"/tamu\" aria-current=\"page\">Tamu hari ini</a></li>"));
    assert_non_null(strstr(html, "<li><a href=\"/pengembalian\">Pengembalian</a></li>"));
    assert_non_null(strstr(html, "<main id=\"isi\" class=\"stack\">"));
    assert_non_null(strstr(html, "Rina &quot;W&quot;<small>Petugas PTSP</small>"));
    assert_int_equal(occurrences(html, "name=\"csrf\" value=\"token-1\""), 2);
    assert_non_null(strstr(html, "value=\"/tamu?date=2026-07-23&amp;state=open\""));
    assert_non_null(strstr(html, "/aset/htmx.min.js?v="));
    assert_non_null(strstr(html, "&quot;allowEval&quot;:false"));
    assert_null(strstr(html, "camera.js"));
    assert_null(strstr(html, " style="));
    assert_non_null(strstr(html, "<symbol id=\"i-silang\"")); /* a live part may bring it */
    assert_true(strcmp(html + strlen(html) - 7, "</html>") == 0);
}

static void test_frame_of_a_guest_and_of_a_fragment(void **state)
{
    struct fixture *f = *state;
    page_top(&f->h, "stack");
    page_bottom(&f->h);
    assert_string_equal(written(f), "");

    const struct page page = {
        .title = "Masuk", .office_name = "Kejari", .csrf = "t", .path = "/masuk"};
    f->cx.lang = LANG_EN;
    f->h = html_begin(&f->cx, &f->out, &page);
    page_top(&f->h, NULL);
    page_bottom(&f->h);
    const char *html = written(f);
    assert_non_null(strstr(html, "<html lang=\"en\">"));
    assert_non_null(strstr(html, "<header class=\"appbar between\">"));
    assert_null(strstr(html, "/keluar"));
    assert_non_null(strstr(html, "name=\"ke\" value=\"id\""));
    assert_non_null(strstr(html, "<main id=\"isi\"></main>"));
    assert_int_equal(occurrences(html, "<symbol "), 1);
}

static void test_steps_photo_and_caution(void **state)
{
    struct fixture *f = *state;
    const struct step_view steps[] = {
        {.label = "Lapor di PTSP", .time = "09.31", .iso = "09:31", .done = true},
        {.label = "Keputusan", .current = true}};
    steps_bar(&f->h, steps, ARRAY_LEN(steps));
    assert_string_equal(
        written(f),
        "<ol class=\"steps\"><li class=\"done\"><b>1</b><span>Lapor di PTSP</span><time "
        "datetime=\"09:31\">09.31</time></li><li aria-current=\"step\"><b>2</b><span>"
        "Keputusan</span></li></ol>");
    photo(&f->h, "/tamu/1/foto", "Siti \"M\"");
    assert_string_equal(written(f), "<img class=\"photo\" src=\"/tamu/1/foto\" alt=\"Foto Siti "
                                    "&quot;M&quot;\" width=\"96\" height=\"128\">");
    photo(&f->h, NULL, "Siti");
    assert_non_null(strstr(written(f), "role=\"img\" aria-label=\"Belum ada foto Siti\""));
    caution(&f->h, "Kode wilayah tidak dikenal.", "region_unknown", "NIK sudah sama", true);
    assert_non_null(
        strstr(written(f), "name=\"accept_warnings\" value=\"region_unknown\" checked> NIK"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text_is_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_value_is_chosen_by_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_url_is_percent_encoded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_link_leaves_the_site_only_by_known_schemes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_translation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_assets_carry_their_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clock_faces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clock_says_it_in_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_chip_and_icon, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_field_without_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_field_error_is_tied_and_summed_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_summary_of_a_refusal_without_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choices_and_select, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_textarea_keeps_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_page_frame, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_frame_of_a_guest_and_of_a_fragment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_steps_photo_and_caution, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
