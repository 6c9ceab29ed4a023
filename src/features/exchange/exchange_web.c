/* /impor: upload, columns, check, import, undo. What is uploaded lies sealed for a day. */
#include "features/exchange/exchange_web.h"

#include <string.h>

#include "exchange_tmpl.h"
#include "features/exchange/exchange_page.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

#define KEEPERS      (ROLE_ADMIN | ROLE_LEADERS)
#define UPLOAD_BYTES HTTP_MEMORY_BODY
#define BAD_PAGE     200
#define BAD_JSON     2000

/* --- forms -------------------------------------------------------------------------------------------------- */

struct file_in {
    struct bytes file;
};
/* clang-format off */
static const struct field file_fields[] = {
    {.name = "file", .type = FIELD_FILE, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct file_in, file), .max = (int64_t)SHEET_FILE_MAX, .label = T("Berkas buku lama"), .missing = T("Pilih berkas .xlsx atau .csv yang akan diunggah.")},
};
/* clang-format on */
static const struct form file_form = FORM("ImportFile", struct file_in, file_fields);

/* --- the list ------------------------------------------------------------------------------------------------ */

struct state_words {
    const char *state, *css, *text;
};

static struct state_words words_of(const char *state)
{
    static const struct state_words words[] = {
        {"uploaded", "", T("Belum diimpor")}, {"running", "warn", T("Belum selesai")},
        {"done", "ok", T("Selesai")},         {"undoing", "warn", T("Pembatalan belum selesai")},
        {"undone", "bad", T("Dibatalkan")},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(words[i].state, state))
            return words[i];
    }
    return words[0];
}

const char *exchange_path(struct cx *cx, const char *id)
{
    return arena_printf(cx->arena, "/impor/%s", id);
}

static const char *when_text(struct cx *cx, int64_t ms)
{
    return arena_printf(cx->arena, "%s %s",
                        time_long_date(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN),
                        time_hm(cx->arena, ms, cx->offset_min));
}

json_t *exchange_batch_json(struct cx *cx, const struct exchange_batch *b)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "id", b->id, "state", b->state,
                     "format", b->format, "created_at",
                     time_rfc3339(cx->arena, b->created_at, cx->offset_min), "accepted",
                     (json_int_t)b->accepted, "refused", (json_int_t)b->refused, "warned",
                     (json_int_t)b->warned);
}

static void list_body(struct html *h, void *arg)
{
    exchange_list_page(h, arg);
}

static enum err list_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct exchange_list_view *v = ARENA_NEW(cx->arena, struct exchange_list_view);
    struct exchange_batch *list = NULL;
    TRY(exchange_batches(cx->read, cx->actor.office_id, &list, &v->count));
    struct exchange_line *lines = ARENA_ARRAY(cx->arena, v->count + 1, struct exchange_line);
    for (size_t i = 0; i < v->count; i++) {
        struct state_words w = words_of(list[i].state);
        lines[i] = (struct exchange_line){
            .path = exchange_path(cx, list[i].id),
            .when = when_text(cx, list[i].created_at),
            .by = staff_name(cx->read, cx->actor.office_id, list[i].created_by),
            .css = w.css,
            .state = w.text,
            .accepted = list[i].accepted,
            .refused = list[i].refused};
    }
    v->lines = lines;
    res->status = e == ERR_OK ? 200 : http_status(e);
    const struct page_view page = {
        .title = T("Impor buku lama"), .current = "/impor", .body = list_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (req->wants != WANTS_JSON)
        return list_page(cx, req, res, ERR_OK);
    struct exchange_batch *list = NULL;
    size_t count = 0;
    TRY(exchange_batches(cx->read, cx->actor.office_id, &list, &count));
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, exchange_batch_json(cx, &list[i]));
    return http_res_json(cx, res, 200, json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

/* --- upload ----------------------------------------------------------------------------------------------------- */

static enum err check_file(struct cx *cx, struct bytes file, const char **ret_format)
{
    struct sheet *sheet = NULL;
    struct sheet_row row;
    const char *why = NULL;
    enum err e = sheet_open(cx->arena, file, &sheet, &why);
    if (e == ERR_OK)
        e = sheet_next(sheet, &row);
    if (e == ERR_MISSING)
        why = T("Lembar pertama berkas ini kosong. Pindahkan bukunya ke lembar pertama.");
    else if (e == ERR_INVALID)
        why = str_or(why, sheet ? sheet_why(sheet) : NULL);
    if (e == ERR_OK) {
        *ret_format = sheet_is_csv(sheet) ? "csv" : "xlsx";
        return ERR_OK;
    }
    cx_field(cx, "file", "file_unreadable", "%s", cx_t(cx, why));
    return ERR_INVALID;
}

static enum err take_file(struct cx *cx, struct http_req *req, const char **ret_id)
{
    struct file_in in;
    struct exchange_change c = {.act = visit_act_of(cx), .batch.id = cx_new_id(cx)};
    TRY(form_parse(cx, req, &file_form, &in));
    TRY(check_file(cx, in.file, &c.batch.format));
    enum err e = seal_file_write(cx->seal, cx->arena, cx->data_dir, EXCHANGE_FOLDER, c.batch.id,
                                 in.file);
    if (e == ERR_BUSY)
        return cx_fail(cx, ERR_BUSY, "disk_full",
                       T("Penyimpanan penuh. Data belum disimpan; hubungi administrator kantor."));
    if (e == ERR_OK)
        e = db_tx(cx, "import_upload", exchange_tx_upload, &c);
    *ret_id = c.batch.id;
    return e;
}

static enum err file_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *id = NULL;
    enum err e = take_file(cx, req, &id);
    if (e == ERR_INVALID && req->wants == WANTS_PAGE)
        return list_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    if (req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, exchange_path(cx, id));
    http_res_header(cx, res, "Location", exchange_path(cx, id));
    return http_res_json(cx, res, 201, json_pack("{s:s}", "id", id));
}

/* --- the check -------------------------------------------------------------------------------------------------- */

static const char *reasons(struct cx *cx, const struct exchange_verdict *v)
{
    struct buf text = buf_new(cx->arena, 128, 4096);
    for (size_t i = 0; i < v->count; i++) {
        if (i)
            buf_puts(&text, " ");
        buf_printf(&text, "%s: %s", cx_t(cx, exchange_targets[v->faults[i].field].label),
                   cx_t(cx, v->faults[i].msgid));
    }
    return text.p;
}

static enum err check_json(struct cx *cx, struct http_res *res, const struct exchange_check *c,
                           size_t from)
{
    json_t *items = json_array();
    for (size_t i = 0; i < c->bad_count; i++) {
        const struct exchange_verdict *v = &c->bad[i].verdict;
        json_t *faults = json_array();
        for (size_t k = 0; k < v->count; k++)
            json_array_append_new(faults,
                                  json_pack("{s:s, s:s, s:b}", "field",
                                            exchange_targets[v->faults[k].field].name, "code",
                                            v->faults[k].code, "warning", v->faults[k].warning));
        json_array_append_new(items, json_pack("{s:I, s:b, s:o}", "row", (json_int_t)c->bad[i].row,
                                               "refused", v->refused, "faults", faults));
    }
    size_t next = from + c->bad_count;
    json_t *cursor = next < c->bad_total ? json_integer((json_int_t)next) : json_null();
    return http_res_json(cx, res, 200,
                         json_pack("{s:I, s:I, s:I, s:o, s:o}", "accepted", (json_int_t)c->accepted,
                                   "refused", (json_int_t)c->refused, "warned",
                                   (json_int_t)c->warned, "items", items, "next_cursor", cursor));
}

static void fill_check(struct cx *cx, const struct exchange_check *c, size_t from,
                       struct exchange_check_view *v)
{
    struct exchange_bad_line *lines = ARENA_ARRAY(cx->arena, c->bad_count + 1,
                                                  struct exchange_bad_line);
    for (size_t i = 0; i < c->bad_count; i++) {
        bool refused = c->bad[i].verdict.refused;
        lines[i] = (struct exchange_bad_line){
            .row = arena_printf(cx->arena, "%lld", (long long)c->bad[i].row),
            .css = refused ? "bad" : "warn",
            .verdict = refused ? T("Ditolak") : T("Masuk dengan peringatan"),
            .reason = reasons(cx, &c->bad[i].verdict)};
    }
    v->lines = lines;
    v->count = c->bad_count;
    v->accepted = c->accepted;
    v->refused = c->refused;
    v->warned = c->warned;
    v->note = c->note;
    v->range = cx_printf(cx, T("%zu–%zu dari %zu"), from + 1, from + c->bad_count, c->bad_total);
    if (from + c->bad_count < c->bad_total)
        v->next_path = arena_printf(cx->arena, "%s/periksa?dari=%zu", v->path, from + c->bad_count);
}

static void check_body(struct html *h, void *arg)
{
    exchange_check_page(h, arg);
}

static enum err check_page(struct cx *cx, struct http_req *req, struct http_res *res,
                           const struct exchange_batch *b)
{
    struct exchange_check_view *v = ARENA_NEW(cx->arena, struct exchange_check_view);
    struct exchange_check c;
    int64_t from = 0;
    bool json = req->wants == WANTS_JSON;
    if (http_query(req, "dari") && !str_to_i64(http_query(req, "dari"), 0, 1000000, &from))
        from = 0;
    TRY(exchange_check(cx, b, (size_t)from, json ? BAD_JSON : BAD_PAGE, &c));
    if (json)
        return check_json(cx, res, &c, (size_t)from);
    v->path = exchange_path(cx, b->id);
    v->map_path = v->path;
    struct refusal refusal = exchange_may_run(b);
    v->may_run = refusal.err == ERR_OK;
    fill_check(cx, &c, (size_t)from, v);
    const struct page_view page = {
        .title = T("Hasil pemeriksaan"), .current = "/impor", .body = check_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err check_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct exchange_batch b = {.id = NULL};
    TRY(exchange_must_exist(cx, http_param(req, "id"), &b));
    return check_page(cx, req, res, &b);
}

/* --- the result --------------------------------------------------------------------------------------------------- */

static void one_body(struct html *h, void *arg)
{
    exchange_one_page(h, arg);
}

static enum err one_page(struct cx *cx, struct http_req *req, struct http_res *res,
                         const struct exchange_batch *b)
{
    struct exchange_one_view *v = ARENA_NEW(cx->arena, struct exchange_one_view);
    struct state_words w = words_of(b->state);
    struct refusal run = exchange_may_run(b), undo = exchange_may_undo(b);
    bool english = cx->lang == LANG_EN, fresh = cx->now_ms - b->created_at < EXCHANGE_KEEP_MS;
    *v = (struct exchange_one_view){.path = exchange_path(cx, b->id),
                                    .css = w.css,
                                    .state = w.text,
                                    .when = when_text(cx, b->created_at),
                                    .by = staff_name(cx->read, cx->actor.office_id, b->created_by),
                                    .accepted = b->accepted,
                                    .refused = b->refused,
                                    .warned = b->warned,
                                    .may_undo = undo.err == ERR_OK,
                                    .may_go_on = run.err == ERR_OK};
    if (b->from_ms)
        v->period = cx_printf(cx, T("%s sampai %s"),
                              time_long_date(cx->arena, b->from_ms, cx->offset_min, english),
                              time_long_date(cx->arena, b->until_ms, cx->offset_min, english));
    if (fresh && b->refused + b->warned > 0)
        v->bad_path = arena_printf(cx->arena, "%s/periksa", v->path);
    const struct page_view page = {
        .title = T("Hasil impor"), .current = "/impor", .body = one_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err one_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct exchange_batch b = {.id = NULL};
    TRY(exchange_must_exist(cx, http_param(req, "id"), &b));
    if (req->wants == WANTS_JSON)
        return http_res_json(cx, res, 200, exchange_batch_json(cx, &b));
    return str_eq(b.state, "uploaded") ? exchange_map_view_page(cx, req, res, &b)
                                       : one_page(cx, req, res, &b);
}

/* After importing or undoing; `e`: why not. */
static enum err answer(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    const char *id = http_param(req, "id");
    struct exchange_batch b = {.id = NULL};
    if (e != ERR_OK && (req->wants == WANTS_JSON || e != ERR_CONFLICT))
        return e;
    if (e == ERR_OK)
        sse_poke(cx->sse);
    if (e == ERR_OK && req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, exchange_path(cx, id));
    TRY(exchange_must_exist(cx, id, &b));
    if (e == ERR_OK)
        return http_res_json(cx, res, 200, exchange_batch_json(cx, &b));
    res->status = http_status(e);
    return one_page(cx, req, res, &b);
}

static enum err run_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return answer(cx, req, res, exchange_run(cx, http_param(req, "id")));
}

static enum err undo_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return answer(cx, req, res, exchange_undo(cx, http_param(req, "id")));
}

/* --- the clock, routes ----------------------------------------------------------------------------------------------- */

static enum err never_named(void *arg, const char *id, bool *ret_named)
{
    (void)arg;
    (void)id;
    *ret_named = false;
    return ERR_OK;
}

enum err exchange_sweep(struct cx *cx)
{
    const struct seal_sweep sweep = {.before_ms = cx->now_ms - EXCHANGE_KEEP_MS,
                                     .is_named = never_named};
    int64_t removed = 0;
    return seal_file_sweep(cx->data_dir, EXCHANGE_FOLDER, &sweep, &removed);
}

const struct route *exchange_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/impor", KEEPERS, ROUTE_NO_TOKEN, list_get, NULL, 0, T("Impor buku lama"), NULL},
        {HTTP_POST, "/impor", KEEPERS, ROUTE_NO_TOKEN | ROUTE_UPLOAD, file_post, &file_form, UPLOAD_BYTES, T("Unggah buku lama (.xlsx atau .csv)"), NULL},
        {HTTP_GET, "/impor/{id}", KEEPERS, ROUTE_NO_TOKEN, one_get, NULL, 0, T("Satu impor: pilihan kolom atau hasilnya"), NULL},
        {HTTP_POST, "/impor/{id}", KEEPERS, ROUTE_NO_TOKEN, exchange_mapping_post, &exchange_mapping_form, 0, T("Pilih kolom berkas"), NULL},
        {HTTP_GET, "/impor/{id}/periksa", KEEPERS, ROUTE_NO_TOKEN, check_get, NULL, 0, T("Periksa semua baris; belum mengubah buku"), NULL},
        {HTTP_POST, "/impor/{id}/jalankan", KEEPERS, ROUTE_NO_TOKEN, run_post, NULL, 0, T("Impor baris yang benar"), NULL},
        {HTTP_POST, "/impor/{id}/batalkan", KEEPERS, ROUTE_NO_TOKEN, undo_post, NULL, 0, T("Batalkan impor"), NULL},
        {HTTP_GET, "/ekspor-kunjungan", KEEPERS, ROUTE_NO_TOKEN, exchange_out_get, NULL, 0, T("Ekspor kunjungan dalam 13 isian aplikasi nasional"), NULL},
        {HTTP_GET, "/ekspor-kunjungan/berkas", KEEPERS, ROUTE_NO_TOKEN, exchange_out_file_get, NULL, 0, T("Kunjungan sebagai JSON atau .xlsx; dicatat"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
