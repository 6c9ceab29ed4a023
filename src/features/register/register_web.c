/* /register: the books, one month of a book, and what the office may change about it. */
#include "features/register/register_web.h"

#include <string.h>

#include "features/portal/portal.h"
#include "features/proof/proof.h"
#include "features/register/register_view.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "register_tmpl.h"
#include "lib/base/banned.h"

#define READERS (ROLE_DESK | ROLE_LEADERS | ROLE_ADMIN)
#define KEEPERS ROLE_LEADERS
#define WRITERS (ROLE_LEADERS | ROLE_ADMIN)

/* --- the list of books -------------------------------------------------------------------------------------- */

/* The month after the last closed one, the month of the first entry, or the running one. */
static enum err next_month(struct cx *cx, const char *book, struct register_month *ret)
{
    const char *last = NULL, *office = cx->actor.office_id;
    int64_t first_ms = cx->now_ms;
    struct register_month m;
    TRY(register_last_closed(cx->read, office, book, &last));
    if (last && register_month_read(cx->arena, last, cx->offset_min, &m)) {
        *ret = register_month_after(cx->arena, &m, cx->offset_min);
        return ERR_OK;
    }
    enum err e = register_first(cx->read, office, &first_ms);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    *ret = register_month_of(cx->arena, e == ERR_OK ? first_ms : cx->now_ms, cx->offset_min);
    return ERR_OK;
}

static enum err fill_book_line(struct cx *cx, const char *book, struct register_book_line *l)
{
    struct register_book b;
    struct register_month m;
    TRY(register_book_get(cx, book, &b));
    TRY(next_month(cx, book, &m));
    bool due = m.until_ms <= cx->now_ms;
    struct register_month now = register_month_of(cx->arena, cx->now_ms, cx->offset_min);
    l->path = arena_printf(cx->arena, "/register/%s/%s", book, now.text);
    l->month_path = arena_printf(cx->arena, "/register/%s/%s", book, due ? m.text : now.text);
    l->month_label = register_month_label(cx->arena, due ? &m : &now, cx->lang == LANG_EN);
    l->code = b.code;
    l->title = b.title;
    l->organiser = b.organiser;
    l->css = due ? "warn" : "ok";
    l->state = due ? T("Perlu ditutup") : T("Berjalan");
    return ERR_OK;
}

static void books_body(struct html *h, void *arg)
{
    register_books_page(h, arg);
}

static enum err books_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct register_books_view *v = ARENA_NEW(cx->arena, struct register_books_view);
    struct register_book_line *lines = ARENA_ARRAY(cx->arena, 16, struct register_book_line);
    for (const struct register_book *b = register_books; b->book && v->count < 16; b++)
        TRY(fill_book_line(cx, b->book, &lines[v->count++]));
    v->lines = lines;
    struct page_view page = {
        .title = T("Buku register"), .current = "/register", .body = books_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- one month ----------------------------------------------------------------------------------------------- */

static void fill_changes(struct cx *cx, const struct register_sheet *s,
                         struct register_month_view *v)
{
    struct register_change_line *lines = ARENA_ARRAY(cx->arena, s->change_count + 1,
                                                     struct register_change_line);
    for (size_t i = 0; i < s->change_count; i++) {
        const struct register_change *c = &s->changes[i];
        lines[i] = (struct register_change_line){
            .at = time_long_date(cx->arena, c->at, cx->offset_min, cx->lang == LANG_EN),
            .visit = arena_printf(cx->arena, "%lld%s/%lld", (long long)c->number,
                                  str_or(c->number_suffix, ""), (long long)c->year),
            .what = register_change_text(cx, c),
            .reason = c->reason,
            .by = staff_name(cx->read, cx->actor.office_id, c->by_id)};
    }
    v->changes = lines;
    v->change_count = s->change_count;
}

static void fill_closed(struct cx *cx, const struct register_sheet *s, struct register_month_view *v)
{
    const struct register_closing *c = &s->closing;
    if (!s->closed)
        return;
    v->closed_line = cx_printf(
        cx, T("Ditutup %s oleh %s."),
        time_long_date(cx->arena, c->closed_at, cx->offset_min, cx->lang == LANG_EN),
        staff_name(cx->read, cx->actor.office_id, c->closed_by));
    v->hash = str_hex(cx->arena, c->file_hash.p, c->file_hash.n);
    v->proof_path = arena_printf(cx->arena, "/periksa/%s", c->proof_code);
}

static void month_body(struct html *h, void *arg)
{
    register_month_view_page(h, arg);
}

static const char *month_path(struct cx *cx, const char *book, const char *month)
{
    return arena_printf(cx->arena, "/register/%s/%s", book, month);
}

enum err register_month_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct register_sheet *s = ARENA_NEW(cx->arena, struct register_sheet);
    struct register_month_view *v = ARENA_NEW(cx->arena, struct register_month_view);
    TRY(register_fill(cx, http_param(req, "book"), http_param(req, "month"), false, s));
    const char *book = s->book.book;
    v->sheet = s;
    v->path = month_path(cx, book, s->month.text);
    v->before_path = month_path(cx, book,
                                register_month_before(cx->arena, &s->month, cx->offset_min).text);
    if (s->month.until_ms <= cx->now_ms)
        v->after_path = month_path(cx, book,
                                   register_month_after(cx->arena, &s->month, cx->offset_min).text);
    if (cx->actor.roles & WRITERS)
        v->settings_path = arena_printf(cx->arena, "/register/%s/atur", book);
    v->may_export = (cx->actor.roles & KEEPERS) != 0;
    v->may_close = v->may_export && !s->closed && s->month.until_ms <= cx->now_ms;
    fill_closed(cx, s, v);
    fill_changes(cx, s, v);
    if (e != ERR_OK)
        res->status = http_status(e);
    struct page_view page = {
        .title = s->label, .current = "/register", .body = month_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err month_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return register_month_page(cx, req, res, ERR_OK);
}

/* --- what the office may change ---------------------------------------------------------------------------- */

struct column_in {
    const char *key, *label;
    int64_t place;
};
struct settings_in {
    const char *code, *title, *organiser, *place;
    struct object_list columns;
};
/* clang-format off */
static const struct field column_fields[] = {
    {.name = "key", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct column_in, key), .max = 30, .label = T("Kolom")},
    {.name = "label", .type = FIELD_TEXT, .offset = offsetof(struct column_in, label), .max = 80, .label = T("Judul kolom")},
    {.name = "place", .type = FIELD_INT, .offset = offsetof(struct column_in, place), .min = 1, .max = REGISTER_COLUMNS_MAX, .label = T("Urutan")},
};
#define AT(member) .offset = offsetof(struct settings_in, member)
static const struct field settings_fields[] = {
    {.name = "code", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(code), .max = 30, .label = T("Kode"), .missing = T("Tulis kode buku, misalnya R.IN.21.")},
    {.name = "title", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(title), .max = 200, .label = T("Judul"), .missing = T("Tulis judul buku.")},
    {.name = "organiser", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(organiser), .max = 120, .label = T("Penyelenggara"), .missing = T("Tulis jabatan penyelenggara buku.")},
    {.name = "place", .type = FIELD_TEXT, AT(place), .max = 80, .label = T("Tempat penandatanganan")},
    {.name = "columns", .type = FIELD_OBJECTS, .flags = FIELD_REQUIRED, AT(columns), .max = REGISTER_COLUMNS_MAX, .label = T("Kolom"), .members = column_fields, .member_count = 3, .member_bytes = sizeof(struct column_in)},
};
#undef AT
/* clang-format on */
const struct form register_settings_form = FORM("RegisterBook", struct settings_in, settings_fields);

static void settings_body(struct html *h, void *arg)
{
    register_settings_page(h, arg);
}

static int place_of(const struct register_book *b, const char *key)
{
    for (size_t i = 0; i < b->column_count; i++) {
        if (str_eq(b->columns[i].key, key))
            return (int)i + 1;
    }
    return 0;
}

static void fill_column(struct cx *cx, const struct http_req *req, const struct register_book *b,
                        size_t i, struct register_column_line *l)
{
    const struct register_column *shipped = &register_shipped(b->book)->columns[i];
    int place = place_of(b, shipped->key);
    l->key = shipped->key;
    l->shipped = shipped->label;
    l->key_field = arena_printf(cx->arena, "columns.%zu.key", i);
    l->label_field = arena_printf(cx->arena, "columns.%zu.label", i);
    l->place_field = arena_printf(cx->arena, "columns.%zu.place", i);
    l->label = place ? b->columns[place - 1].label : shipped->label;
    l->place = place ? arena_printf(cx->arena, "%d", place) : "";
    if (req->method == HTTP_POST) {
        l->label = form_typed(cx, req, l->label_field);
        l->place = form_typed(cx, req, l->place_field);
    }
}

static enum err settings_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct register_book b;
    TRY(register_book_get(cx, http_param(req, "book"), &b));
    struct register_settings_view *v = ARENA_NEW(cx->arena, struct register_settings_view);
    size_t n = register_shipped(b.book)->column_count;
    struct register_column_line *columns = ARENA_ARRAY(cx->arena, n, struct register_column_line);
    bool typed = req->method == HTTP_POST;
    v->path = arena_printf(cx->arena, "/register/%s/atur", b.book);
    v->month_path = month_path(cx, b.book,
                               register_month_of(cx->arena, cx->now_ms, cx->offset_min).text);
    v->code = typed ? form_typed(cx, req, "code") : b.code;
    v->title = typed ? form_typed(cx, req, "title") : b.title;
    v->organiser = typed ? form_typed(cx, req, "organiser") : b.organiser;
    v->place = typed ? form_typed(cx, req, "place") : b.place;
    for (size_t i = 0; i < n; i++)
        fill_column(cx, req, &b, i, &columns[i]);
    v->columns = columns;
    v->column_count = n;
    if (e != ERR_OK)
        res->status = http_status(e);
    struct page_view page = {
        .title = T("Atur buku"), .current = "/register", .body = settings_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err register_settings_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return settings_page(cx, req, res, ERR_OK);
}

/* The columns with a place, in its order; two of the same place stay in the order of the form. */
static enum err ordered_columns(struct cx *cx, const struct settings_in *in, struct register_book *b)
{
    const struct column_in *columns = in->columns.items;
    json_t *list = json_keep(cx->arena, json_array());
    for (int64_t place = 1; place <= REGISTER_COLUMNS_MAX; place++) {
        for (size_t i = 0; i < in->columns.count; i++) {
            if (columns[i].place != place)
                continue;
            json_t *one = json_object();
            json_object_set_new_nocheck(one, "key", json_text(columns[i].key));
            json_object_set_new_nocheck(one, "label", json_text(str_or(columns[i].label, "")));
            json_array_append_new(list, one);
        }
    }
    struct buf text = buf_new(cx->arena, 1024, 16384);
    json_write(&text, list);
    b->column_count = 0;
    register_columns_read(cx, text.p, b);
    if (b->column_count)
        return ERR_OK;
    cx_field(cx, "columns.0.place", "missing", T("Beri urutan pada sedikitnya satu kolom."));
    return cx_fields(cx);
}

static enum err save_settings(struct cx *cx, struct http_req *req)
{
    struct settings_in in;
    struct register_book b;
    TRY(register_book_get(cx, http_param(req, "book"), &b));
    TRY(form_parse(cx, req, &register_settings_form, &in));
    TRY(ordered_columns(cx, &in, &b));
    struct register_book_change change = {.act = visit_act_of(cx),
                                          .book = b.book,
                                          .code = in.code,
                                          .title = in.title,
                                          .organiser = in.organiser,
                                          .place = str_or(in.place, ""),
                                          .columns = register_columns_json(cx, &b)};
    return db_tx(cx, "register_book", register_book_put, &change);
}

enum err register_settings_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    enum err e = save_settings(cx, req);
    if (e == ERR_INVALID && req->wants != WANTS_JSON)
        return settings_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    return http_res_redirect(
        cx, res,
        month_path(cx, http_param(req, "book"),
                   register_month_of(cx->arena, cx->now_ms, cx->offset_min).text));
}

const struct route *register_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/register", READERS, ROUTE_NO_TOKEN, books_get, NULL, 0, T("Buku register kantor"), NULL},
        {HTTP_GET, "/register/{book}/atur", WRITERS, ROUTE_NO_TOKEN, register_settings_get, NULL, 0, T("Pengaturan buku: kode, judul, kolom"), NULL},
        {HTTP_POST, "/register/{book}/atur", WRITERS, ROUTE_NO_TOKEN, register_settings_post, &register_settings_form, 0, T("Mengubah kode, judul, dan kolom buku"), NULL},
        {HTTP_GET, "/register/{book}/{month}", READERS & ~ROLE_ADMIN, ROUTE_NO_TOKEN, month_get, NULL, 0, T("Satu bulan dari buku"), NULL},
        {HTTP_GET, "/register/{book}/{month}/buku.pdf", KEEPERS, ROUTE_NO_TOKEN, register_pdf_get, NULL, 0, T("Buku sebulan sebagai PDF; dicatat"), NULL},
        {HTTP_GET, "/register/{book}/{month}/buku.xlsx", KEEPERS, ROUTE_NO_TOKEN, register_xlsx_get, NULL, 0, T("Buku sebulan sebagai .xlsx; dicatat"), NULL},
        {HTTP_POST, "/register/{book}/{month}/tutup", KEEPERS, ROUTE_NO_TOKEN, register_close_post, NULL, 0, T("Menutup buku sebulan"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
