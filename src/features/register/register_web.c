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

/* Who has a book here; which one is for the book to say (register_may). */
#define READERS (ROLE_DESK | ROLE_OFFICIALS | ROLE_CASE_OFFICER)
#define MAIL    (ROLE_DESK | ROLE_OFFICIALS)
#define KEEPERS ROLE_LEADERS

#define BOOKS_MAX 24

const char *register_month_path(struct cx *cx, const char *book, int64_t ms)
{
    return arena_printf(cx->arena, "/register/%s/%s", book,
                        register_month_of(cx->arena, ms, cx->offset_min).text);
}

/* --- the list of books -------------------------------------------------------------------------------------- */

/* The month after the last closed one, the month of the first entry, or the running one. */
static enum err next_month(struct cx *cx, const struct register_book *b, struct register_month *ret)
{
    const char *last = NULL, *first = NULL;
    struct register_month m;
    TRY(register_last_closed(cx->read, cx->actor.office_id, b->book, &last));
    if (last && register_month_read(cx->arena, last, cx->offset_min, &m)) {
        *ret = register_month_after(cx->arena, &m, cx->offset_min);
        return ERR_OK;
    }
    TRY(register_first_month(cx, b, &first));
    if (!first || !register_month_read(cx->arena, first, cx->offset_min, ret))
        *ret = register_month_of(cx->arena, cx->now_ms, cx->offset_min);
    return ERR_OK;
}

static const char *page_of(struct cx *cx, const char *book, const char *page)
{
    return arena_printf(cx->arena, "/register/%s/%s", book, page);
}

static enum err fill_book_line(struct cx *cx, const char *book, struct register_book_line *l)
{
    struct register_book b;
    struct register_month m;
    TRY(register_book_get(cx, book, &b));
    l->code = b.code;
    l->name = b.name;
    l->field = b.field;
    l->title = b.title;
    l->organiser = b.organiser;
    if (register_may(cx, &b, REGISTER_SET))
        l->settings_path = page_of(cx, book, "atur");
    if (register_may(cx, &b, REGISTER_WRITE))
        l->new_path = page_of(cx, book, "catat");
    if (!register_may(cx, &b, REGISTER_READ))
        return ERR_OK;
    TRY(next_month(cx, &b, &m));
    bool due = m.until_ms <= cx->now_ms;
    struct register_month now = register_month_of(cx->arena, cx->now_ms, cx->offset_min);
    l->path = page_of(cx, book, now.text);
    l->month_path = page_of(cx, book, due ? m.text : now.text);
    l->month_label = register_month_label(cx->arena, due ? &m : &now, cx->lang == LANG_EN);
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
    struct register_book_line *lines = ARENA_ARRAY(cx->arena, BOOKS_MAX, struct register_book_line);
    for (const struct register_book *b = register_books; b->book && v->count < BOOKS_MAX; b++) {
        struct register_book_line *l = &lines[v->count];
        TRY(fill_book_line(cx, b->book, l));
        v->count += l->path || l->new_path || l->settings_path;
    }
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
            .visit = register_number_text(cx->arena, c->series, c->number, c->number_suffix,
                                          c->year),
            .what = register_change_text(cx, &s->book, c),
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

/* What is not in the book yet: complaints without a field, letters and documents that came today. */
static enum err fill_waiting(struct cx *cx, const struct register_book *b,
                             struct register_month_view *v)
{
    size_t count = 0;
    if (register_may(cx, b, REGISTER_WRITE)) {
        v->new_path = page_of(cx, b->book, "catat");
        v->new_label = b->source == REGISTER_MAIL ? T("Catat surat masuk") : T("Catat laporan");
    }
    TRY(register_count_waiting(cx, b, &count));
    if (!count)
        return ERR_OK;
    bool mail = b->source == REGISTER_MAIL;
    v->waiting_text = cx_printf(cx,
                                !mail ? T("%d pengaduan belum masuk register kerja.")
                                : b->confidential
                                    ? T("%d pengaduan lewat surat belum dicatat di buku ini.")
                                    : T("%d penyerahan surat oleh tamu belum dicatat di buku ini."),
                                (int)count);
    if (mail)
        v->take_path = page_of(cx, b->book, "belum");
    else
        v->waiting_path = page_of(cx, b->book, "belum");
    return ERR_OK;
}

enum err register_month_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct register_sheet *s = ARENA_NEW(cx->arena, struct register_sheet);
    struct register_month_view *v = ARENA_NEW(cx->arena, struct register_month_view);
    struct register_book opened;
    TRY(register_open(cx, req, REGISTER_READ, &opened));
    TRY(register_fill(cx, opened.book, http_param(req, "month"), false, s));
    const char *book = s->book.book;
    v->sheet = s;
    v->guests = s->book.source == REGISTER_VISITS;
    v->has_paths = !v->guests;
    v->path = page_of(cx, book, s->month.text);
    v->before_path = register_month_path(cx, book, s->month.from_ms - 1);
    if (s->month.until_ms <= cx->now_ms)
        v->after_path = register_month_path(cx, book, s->month.until_ms);
    if (register_may(cx, &s->book, REGISTER_SET))
        v->settings_path = page_of(cx, book, "atur");
    TRY(fill_waiting(cx, &s->book, v));
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
    const char *code, *title, *organiser, *place, *keeper, *acknowledged;
    struct object_list columns;
};
/* clang-format off */
static const struct field column_fields[] = {
    {.name = "key", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct column_in, key), .max = 30, .label = T("Kolom")},
    {.name = "label", .type = FIELD_TEXT, .offset = offsetof(struct column_in, label), .max = 80, .label = T("Judul kolom")},
    {.name = "place", .type = FIELD_INT, .offset = offsetof(struct column_in, place), .min = 1, .max = REGISTER_COLUMNS_MAX, .label = T("Urutan")},
};
static const char *const posts[] = {"intel_chief", "office_head", NULL};
#define AT(member) .offset = offsetof(struct settings_in, member)
static const struct field settings_fields[] = {
    {.name = "code", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(code), .max = 30, .label = T("Kode"), .missing = T("Tulis kode buku, misalnya R.IN.21.")},
    {.name = "title", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(title), .max = 200, .label = T("Judul"), .missing = T("Tulis judul buku.")},
    {.name = "organiser", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(organiser), .max = 120, .label = T("Penyelenggara"), .missing = T("Tulis jabatan penyelenggara buku.")},
    {.name = "place", .type = FIELD_TEXT, AT(place), .max = 80, .label = T("Tempat penandatanganan")},
    {.name = "keeper", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(keeper), .choices = posts, .label = T("Yang menutup buku"), .missing = T("Pilih siapa yang menutup buku.")},
    {.name = "acknowledged", .type = FIELD_CODE, AT(acknowledged), .choices = posts, .label = T("Yang mengetahui")},
    {.name = "columns", .type = FIELD_OBJECTS, .flags = FIELD_REQUIRED, AT(columns), .max = REGISTER_COLUMNS_MAX, .label = T("Kolom"), .members = column_fields, .member_count = 3, .member_bytes = sizeof(struct column_in)},
};
#undef AT
/* clang-format on */
const struct form register_settings_form = FORM("RegisterBook", struct settings_in, settings_fields);

static void settings_body(struct html *h, void *arg)
{
    register_settings_page(h, arg);
}

static const struct option post_options[] = {
    {"intel_chief", T("Kasi Intelijen")}, {"office_head", T("Kajari")}, {NULL, NULL}};

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
    TRY(register_open(cx, req, REGISTER_SET, &b));
    struct register_settings_view *v = ARENA_NEW(cx->arena, struct register_settings_view);
    size_t n = register_shipped(b.book)->column_count;
    struct register_column_line *columns = ARENA_ARRAY(cx->arena, n, struct register_column_line);
    bool typed = req->method == HTTP_POST;
    v->path = arena_printf(cx->arena, "/register/%s/atur", b.book);
    v->month_path = register_may(cx, &b, REGISTER_READ)
                        ? register_month_path(cx, b.book, cx->now_ms)
                        : "/register";
    v->code = typed ? form_typed(cx, req, "code") : b.code;
    v->title = typed ? form_typed(cx, req, "title") : b.title;
    v->organiser = typed ? form_typed(cx, req, "organiser") : b.organiser;
    v->place = typed ? form_typed(cx, req, "place") : b.place;
    v->keeper = typed ? form_typed(cx, req, "keeper") : b.keeper;
    v->acknowledged = typed ? form_typed(cx, req, "acknowledged") : b.acknowledged;
    for (size_t i = 0; i < n; i++)
        fill_column(cx, req, &b, i, &columns[i]);
    v->posts = post_options;
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
                                          .keeper = in.keeper,
                                          .acknowledged = str_or(in.acknowledged, ""),
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
    struct register_book b;
    TRY(register_book_get(cx, http_param(req, "book"), &b));
    return http_res_redirect(cx, res,
                             register_may(cx, &b, REGISTER_READ)
                                 ? register_month_path(cx, b.book, cx->now_ms)
                                 : "/register");
}

const struct route *register_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/register", READERS | ROLE_ADMIN, ROUTE_NO_TOKEN, books_get, NULL, 0, T("Buku register kantor"), NULL},
        {HTTP_GET, "/register/{book}/atur", REGISTER_SETTERS, ROUTE_NO_TOKEN, register_settings_get, NULL, 0, T("Pengaturan buku: kode, judul, kolom"), NULL},
        {HTTP_POST, "/register/{book}/atur", REGISTER_SETTERS, ROUTE_NO_TOKEN, register_settings_post, &register_settings_form, 0, T("Mengubah kode, judul, dan kolom buku"), NULL},
        {HTTP_GET, "/register/{book}/catat", MAIL, ROUTE_NO_TOKEN, register_new_get, NULL, 0, T("Formulir entri baru"), NULL},
        {HTTP_POST, "/register/{book}/catat", MAIL, ROUTE_NO_TOKEN, register_new_post, &register_line_form, 0, T("Mencatat surat masuk atau laporan dan mengambil nomor"), NULL},
        {HTTP_GET, "/register/{book}/entri/{id}", READERS, ROUTE_NO_TOKEN, register_line_get, NULL, 0, T("Satu entri buku"), NULL},
        {HTTP_POST, "/register/{book}/entri/{id}", READERS, ROUTE_NO_TOKEN, register_line_post, &register_line_form, 0, T("Mengubah entri buku; sesudah bulannya ditutup dengan alasan"), NULL},
        {HTTP_POST, "/register/{book}/entri/{id}/batal", READERS, ROUTE_NO_TOKEN, register_line_cancel_post, &register_cancel_form, 0, T("Membatalkan entri buku; nomornya tetap tercatat"), NULL},
        {HTTP_GET, "/register/{book}/belum", KEEPERS, ROUTE_NO_TOKEN, register_waiting_get, NULL, 0, T("Pengaduan yang belum masuk register kerja"), NULL},
        {HTTP_POST, "/register/{book}/belum", MAIL, ROUTE_NO_TOKEN, register_take_post, NULL, 0, T("Mencatat surat yang belum masuk buku"), NULL},
        {HTTP_POST, "/register/{book}/sektor", KEEPERS, ROUTE_NO_TOKEN, register_sort_post, &register_sort_form, 0, T("Memasukkan pengaduan ke buku sektornya"), NULL},
        {HTTP_GET, "/register/{book}/{month}", READERS, ROUTE_NO_TOKEN, month_get, NULL, 0, T("Satu bulan dari buku"), NULL},
        {HTTP_GET, "/register/{book}/{month}/buku.pdf", KEEPERS, ROUTE_NO_TOKEN, register_pdf_get, NULL, 0, T("Buku sebulan sebagai PDF; dicatat"), NULL},
        {HTTP_GET, "/register/{book}/{month}/buku.xlsx", KEEPERS, ROUTE_NO_TOKEN, register_xlsx_get, NULL, 0, T("Buku sebulan sebagai .xlsx; dicatat"), NULL},
        {HTTP_POST, "/register/{book}/{month}/tutup", KEEPERS, ROUTE_NO_TOKEN, register_close_post, NULL, 0, T("Menutup buku sebulan"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
