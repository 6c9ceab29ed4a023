/* /hari-libur: the holidays of a year. Everybody looks, the administrator and the leaders change. */
#include "features/calendar/calendar_web.h"

#include <string.h>

#include "calendar_tmpl.h"
#include "features/calendar/calendar_import.h"
#include "features/calendar/calendar_page.h"
#include "features/casework/casework.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define YEAR_FIRST 2000
#define YEAR_LAST  2200
#define WRITERS    (ROLE_ADMIN | ROLE_LEADERS)

/* --- forms ------------------------------------------------------------------------------------------------ */

static const char *const kinds[] = {"public_holiday", "collective_leave", "local", NULL};
/* clang-format off */
static const struct field holiday_fields[] = {
    {.name = "day",
     .type = FIELD_DATE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct holiday, day),
     .label = T("Tanggal"),
     .missing = T("Tulis tanggal hari libur.")},
    {.name = "kind",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct holiday, kind),
     .choices = kinds,
     .label = T("Jenis"),
     .missing = T("Pilih jenis hari libur.")},
    {.name = "name",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct holiday, name),
     .max = CALENDAR_NAME_MAX,
     .label = T("Nama hari libur"),
     .missing = T("Tulis nama hari libur.")},
    {.name = "decree",
     .type = FIELD_TEXT,
     .offset = offsetof(struct holiday, decree),
     .max = 160,
     .label = T("Dasar penetapan")},
};
/* clang-format on */
static const struct form holiday_form = FORM("HolidayChange", struct holiday, holiday_fields);

struct import_in {
    const char *lines, *decree;
};
/* clang-format off */
static const struct field import_fields[] = {
    {.name = "lines",
     .type = FIELD_LINES,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct import_in, lines),
     .max = 8000,
     .label = T("Daftar hari libur"),
     .missing = T("Tempel daftar hari libur, satu hari satu baris.")},
    {.name = "decree",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct import_in, decree),
     .max = 160,
     .label = T("Dasar penetapan"),
     .missing = T("Tulis nomor keputusan yang menetapkan hari libur ini.")},
};
/* clang-format on */
static const struct form import_form = FORM("HolidaysImport", struct import_in, import_fields);

/* --- the page -------------------------------------------------------------------------------------------- */

bool calendar_may_write(const struct cx *cx)
{
    return (cx->actor.roles & WRITERS) != 0;
}

static int asked_year(const struct cx *cx, const struct http_req *req)
{
    int64_t year = 0;
    if (str_to_i64(str_or(http_query(req, "tahun"), ""), YEAR_FIRST, YEAR_LAST, &year))
        return (int)year;
    return time_civil(cx->now_ms, cx->offset_min).year;
}

static const char *day_label(const struct cx *cx, const char *day)
{
    int64_t ms = calendar_day_ms(calendar_day(day), cx->offset_min);
    return time_long_date(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

static enum err fill_missing(struct cx *cx, const char **ret)
{
    int year = 0;
    TRY(calendar_missing_year(cx->read, cx->actor.office_id, cx->now_ms, &year));
    *ret = year ? cx_printf(cx,
                            T("Hari libur tahun %d belum diisi: tenggat yang melewati tahun itu "
                              "belum benar."),
                            year)
                : NULL;
    return ERR_OK;
}

static enum err fill(struct cx *cx, int year, struct holidays_view *v)
{
    struct holiday *rows = NULL;
    TRY(calendar_holidays(cx->read, cx->actor.office_id, year, &rows, &v->count));
    TRY(fill_missing(cx, &v->missing));
    struct holiday_line *lines = ARENA_ARRAY(cx->arena, v->count + 1, struct holiday_line);
    for (size_t i = 0; i < v->count; i++)
        lines[i] = (struct holiday_line){.day = rows[i].day,
                                         .label = day_label(cx, rows[i].day),
                                         .kind = calendar_kind_label(rows[i].kind),
                                         .css = str_eq(rows[i].kind, "public_holiday") ? "info" : "",
                                         .name = rows[i].name,
                                         .decree = rows[i].decree};
    v->lines = lines;
    v->title = cx_printf(cx, T("Hari libur %d"), year);
    v->year = arena_printf(cx->arena, "%d", year);
    v->before = arena_printf(cx->arena, "%d", year - 1);
    v->after = arena_printf(cx->arena, "%d", year + 1);
    v->may_write = calendar_may_write(cx);
    return ERR_OK;
}

/* The form of a holiday that is there already, as it stands. */
static enum err fill_edit(struct cx *cx, const char *day, struct holidays_view *v)
{
    struct holiday h = {0};
    enum err e = calendar_holiday_get(cx->read, cx->actor.office_id, str_or(day, ""), &h);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    v->edit_day = h.day;
    v->typed = (struct holiday_typed){h.day, h.kind, h.name, h.decree};
    return ERR_OK;
}

static void holidays_body(struct html *h, void *arg)
{
    holidays_page(h, arg);
}

static const char *done_word(const struct http_req *req)
{
    const char *done = http_query(req, "selesai");
    if (str_eq(done, "hapus"))
        return T("Hari libur dihapus. Tenggat sudah dihitung ulang.");
    return done ? T("Hari libur disimpan. Tenggat sudah dihitung ulang.") : NULL;
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res, int year,
                     struct holidays_view *v)
{
    TRY(fill(cx, year, v));
    v->done = req->method == HTTP_GET ? done_word(req) : NULL;
    const struct page_view page = {
        .title = v->title, .current = "/hari-libur", .body = holidays_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err answer_json(struct cx *cx, struct http_res *res, int status, int year)
{
    struct holiday *rows = NULL;
    size_t count = 0;
    int missing = 0;
    TRY(calendar_holidays(cx->read, cx->actor.office_id, year, &rows, &count));
    TRY(calendar_missing_year(cx->read, cx->actor.office_id, cx->now_ms, &missing));
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, json_from_record(cx, &holiday_record, &rows[i]));
    return http_res_json(cx, res, status,
                         json_pack("{s:i, s:o, s:n, s:o}", "year", year, "items", items,
                                   "next_cursor", "missing_year",
                                   missing ? json_integer(missing) : json_null()));
}

static enum err holidays_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    int year = asked_year(cx, req);
    if (req->wants == WANTS_JSON)
        return answer_json(cx, res, 200, year);
    struct holidays_view *v = ARENA_NEW(cx->arena, struct holidays_view);
    v->typed.kind = "public_holiday";
    if (calendar_may_write(cx))
        TRY(fill_edit(cx, http_query(req, "ubah"), v));
    return show(cx, req, res, year, v);
}

/* --- changes ----------------------------------------------------------------------------------------------- */

enum err calendar_change_run(struct cx *cx, const char *name,
                             enum err (*fn)(struct db_conn *tx, void *arg),
                             struct calendar_change *c)
{
    c->act = visit_act_of(cx);
    enum err e = db_tx(cx, name, fn, c);
    if (e != ERR_OK)
        return e == c->refusal.err ? cx_refuse(cx, &c->refusal) : e;
    return casework_recompute(cx, cx->actor.office_id);
}

static enum err done(struct cx *cx, struct http_req *req, struct http_res *res, const char *day,
                     const char *word)
{
    int year = calendar_year(calendar_day(day));
    if (req->wants == WANTS_JSON)
        return answer_json(cx, res, 200, year);
    return http_res_redirect(
        cx, res, arena_printf(cx->arena, "/hari-libur?tahun=%d&selesai=%s", year, word));
}

/* The page again with what was typed, or the refusal itself. */
static enum err refused(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                        struct holidays_view *v)
{
    int64_t day = calendar_day(v->typed.day);
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = http_status(e);
    return show(cx, req, res, day == CALENDAR_NO_DAY ? asked_year(cx, req) : calendar_year(day), v);
}

static enum err put(struct cx *cx, struct http_req *req, struct http_res *res, const char *old_day)
{
    struct holiday h;
    enum err e = form_parse(cx, req, &holiday_form, &h);
    struct calendar_change c = {.old_day = old_day, .rows = &h, .count = 1};
    if (e == ERR_OK)
        e = calendar_change_run(cx, old_day ? "holiday_change" : "holiday_add", calendar_tx_put, &c);
    if (e == ERR_OK)
        return done(cx, req, res, h.day, "1");
    struct holidays_view *v = ARENA_NEW(cx->arena, struct holidays_view);
    v->form_open = true;
    v->edit_day = old_day;
    v->typed = (struct holiday_typed){.day = form_typed(cx, req, "day"),
                                      .kind = form_typed(cx, req, "kind"),
                                      .name = form_typed(cx, req, "name"),
                                      .decree = form_typed(cx, req, "decree")};
    return refused(cx, req, res, e, v);
}

static enum err add_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return put(cx, req, res, NULL);
}

static enum err change_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return put(cx, req, res, http_param(req, "day"));
}

static enum err remove_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct calendar_change c = {.old_day = http_param(req, "day")};
    TRY(calendar_change_run(cx, "holiday_remove", calendar_tx_remove, &c));
    return done(cx, req, res, c.old_day, "hapus");
}

static enum err parse_import(struct cx *cx, const struct import_in *in, struct calendar_change *c)
{
    struct holiday *rows = NULL;
    size_t bad = 0;
    if (calendar_parse_lines(cx->arena, in->lines, in->decree, &rows, &c->count, &bad)) {
        c->rows = rows;
        return ERR_OK;
    }
    if (bad)
        cx_field(cx, "lines", "line",
                 T("Baris %zu tidak terbaca. Tulis tanggal; nama; jenis, misalnya: 1 Januari 2027; "
                   "Tahun Baru 2027 Masehi."),
                 bad);
    else
        cx_field(cx, "lines", "too_many", T("Tempel 1 sampai %d hari libur."),
                 (int)CALENDAR_IMPORT_MAX);
    return cx_fields(cx);
}

static enum err import_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct import_in in;
    struct calendar_change c = {.old_day = NULL};
    enum err e = form_parse(cx, req, &import_form, &in);
    if (e == ERR_OK)
        e = parse_import(cx, &in, &c);
    if (e == ERR_OK)
        e = calendar_change_run(cx, "holidays_import", calendar_tx_import, &c);
    if (e == ERR_OK)
        return done(cx, req, res, c.rows[0].day, "1");
    struct holidays_view *v = ARENA_NEW(cx->arena, struct holidays_view);
    v->import_open = true;
    v->import_lines = form_typed(cx, req, "lines");
    v->import_decree = form_typed(cx, req, "decree");
    v->typed.kind = "public_holiday";
    return refused(cx, req, res, e, v);
}

const struct route *calendar_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/hari-libur", ROLE_ALL, 0, holidays_get, NULL, 0,
         T("Hari libur satu tahun"), NULL},
        {HTTP_POST, "/hari-libur", WRITERS, ROUTE_NO_TOKEN, add_post, &holiday_form, 0,
         T("Tambah hari libur"), NULL},
        {HTTP_POST, "/hari-libur/impor", WRITERS, ROUTE_NO_TOKEN, import_post, &import_form, 0,
         T("Tempel daftar hari libur"), NULL},
        {HTTP_POST, "/hari-libur/{day}", WRITERS, ROUTE_NO_TOKEN, change_post, &holiday_form, 0,
         T("Ubah hari libur"), NULL},
        {HTTP_POST, "/hari-libur/{day}/hapus", WRITERS, ROUTE_NO_TOKEN, remove_post, NULL, 0,
         T("Hapus hari libur"), NULL},
        {HTTP_GET, "/jam-kerja", ROLE_ALL, 0, hours_get, NULL, 0,
         T("Jam kerja kantor"), NULL},
        {HTTP_POST, "/jam-kerja", WRITERS, ROUTE_NO_TOKEN, hours_post, &hours_form, 0,
         T("Ubah jam kerja kantor"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
