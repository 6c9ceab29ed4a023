/* Pages of the files of a complaint: readers list, add and fetch; the desk only adds, right after the complaint
 * was written or later with the code on the reporter's receipt. */
#include <stddef.h>
#include <string.h>

#include "evidence_tmpl.h"
#include "features/audit/audit.h"
#include "features/complaint/complaint_web.h"
#include "features/evidence/evidence_view.h"
#include "features/evidence/evidence_web.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

/* --- form ---------------------------------------------------------------------------------------------------- */

struct add_form {
    const char *receipt, *kind;
    struct bytes files, photo; /* only their presence counts: files are read from the request */
};
static const char *const kind_codes[] = {EVIDENCE_EVIDENCE, EVIDENCE_HANDOVER, EVIDENCE_LETTER,
                                         NULL};
#define AT(member) .offset = offsetof(struct add_form, member)
/* clang-format off */
static const struct field add_fields[] = {
    {.name = "kind", .type = FIELD_CODE, AT(kind), .choices = kind_codes, .label = T("Apa yang diserahkan")},
    {.name = "files", .type = FIELD_FILE, .flags = FIELD_PRIVATE, AT(files), .label = T("Berkas")},
    {.name = "photo", .type = FIELD_FILE, .flags = FIELD_PRIVATE, AT(photo), .label = T("Foto serah terima")},
};
static const struct field code_fields[] = {
    {.name = "receipt", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(receipt), .max = 60, .label = T("Kode rahasia pada tanda terima"), .missing = T("Tulis kode rahasia yang ada pada tanda terima pelapor.")},
    {.name = "kind", .type = FIELD_CODE, AT(kind), .choices = kind_codes, .label = T("Apa yang diserahkan")},
    {.name = "files", .type = FIELD_FILE, .flags = FIELD_PRIVATE, AT(files), .label = T("Berkas")},
    {.name = "photo", .type = FIELD_FILE, .flags = FIELD_PRIVATE, AT(photo), .label = T("Foto serah terima")},
};
/* clang-format on */
static const struct form add_form = FORM("EvidenceNew", struct add_form, add_fields);
static const struct form code_form = FORM("EvidenceByCode", struct add_form, code_fields);

const struct option evidence_kind_options[] = {
    {EVIDENCE_EVIDENCE, T("Bukti atau dokumen")},
    {EVIDENCE_HANDOVER, T("Foto serah terima")},
    {EVIDENCE_LETTER, T("Pindaian surat pengaduan")},
    {NULL, NULL},
};

/* Everything in the form; *f was parsed. The photo of the hand-over comes under a name of its own. */
static enum err add_files(struct cx *cx, const struct http_req *req, const struct complaint *c,
                          const struct add_form *f, size_t *ret_count)
{
    const struct evidence_new n = {.kind = str_or(f->kind, EVIDENCE_EVIDENCE),
                                   .added_by = EVIDENCE_BY_STAFF,
                                   .form_id = evidence_form_sent(req)};
    const char *field = "files";
    for (size_t i = 0; i < req->file_count; i++) {
        if (str_eq(req->files[i].field, "photo"))
            field = "photo";
    }
    return evidence_add_all(cx, c, req, field, &n, ret_count);
}

/* "3 berkas disegel dan tersimpan." after a redirect; NULL when nothing was added. */
static const char *done_text(struct cx *cx, const struct http_req *req)
{
    int64_t n = 0;
    const char *text = http_query(req, "tersimpan");
    if (http_query(req, "ditarik"))
        return cx_t(cx, T("Berkas ditarik. Berkasnya tetap tersimpan dan tampak sebagai ditarik."));
    if (!text || !str_to_i64(text, 1, EVIDENCE_FILES, &n))
        return NULL;
    return cx_printf(cx, T("%d berkas disegel dan tersimpan."), (int)n);
}

static enum err added(struct cx *cx, struct http_req *req, struct http_res *res, const char *path,
                      size_t count)
{
    if (req->wants == WANTS_JSON)
        return http_res_json(cx, res, 201, json_pack("{s:i}", "count", (int)count));
    return http_res_redirect(cx, res, arena_printf(cx->arena, "%s?tersimpan=%zu", path, count));
}

static bool shown_again(const struct http_req *req, enum err e)
{
    return req->wants != WANTS_JSON &&
           (e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_BUSY || e == ERR_LIMIT);
}

/* --- lines of the list ----------------------------------------------------------------------------------------- */

static const char *size_text(struct cx *cx, int64_t bytes)
{
    if (bytes < 1000)
        return arena_printf(cx->arena, "%lld B", (long long)bytes);
    if (bytes < 1000 * 1000)
        return arena_printf(cx->arena, "%lld KB", (long long)((bytes + 500) / 1000));
    int64_t tenths = (bytes + 50000) / 100000;
    return arena_printf(cx->arena, "%lld%s%lld MB", (long long)(tenths / 10),
                        cx->lang == LANG_EN ? "." : ",", (long long)(tenths % 10));
}

static const char *added_text(struct cx *cx, const struct evidence_file *f)
{
    const char *who = str_eq(f->added_by, EVIDENCE_BY_REPORTER) ? cx_t(cx, T("pelapor"))
                                                                : str_or(f->adder, "");
    bool english = cx->lang == LANG_EN;
    const char *when = f->exact ? time_moment(cx->arena, f->added_at, cx->offset_min, english)
                                : time_long_date(cx->arena, f->added_at, cx->offset_min, english);
    return arena_printf(cx->arena, "%s · %s", when, who);
}

static struct evidence_line line_of(struct cx *cx, const char *base, const struct evidence_file *f)
{
    const char *copy = f->copy_id ? arena_printf(cx->arena, "%s/%s", base, f->copy_id) : NULL;
    const char *path = arena_printf(cx->arena, "%s/%s", base, f->id);
    const char *withdrawn = NULL;
    if (f->withdrawn_at)
        withdrawn = arena_printf(
            cx->arena, "%s · %s",
            time_moment(cx->arena, f->withdrawn_at, cx->offset_min, cx->lang == LANG_EN),
            str_or(f->withdrawn_by, "–"));
    return (struct evidence_line){
        .name = f->name,
        .kind = complaint_label(evidence_kinds, f->kind),
        .type = evidence_type_label(f->type),
        .size = size_text(cx, f->bytes),
        .added = added_text(cx, f),
        .sha256 = f->sha256,
        .path = path,
        .copy_path = withdrawn ? NULL : copy,
        .withdraw_path = withdrawn ? NULL : arena_printf(cx->arena, "%s/tarik", path),
        .withdrawn = withdrawn,
        .why = f->withdrawn_why,
        .picture = copy || str_eq(f->type, "image/jpeg") || str_eq(f->type, "image/png")};
}

static json_t *file_json(struct cx *cx, const struct evidence_file *f)
{
    json_t *o = json_object();
    json_object_set_new_nocheck(o, "id", json_text(f->id));
    json_object_set_new_nocheck(o, "kind", json_text(f->kind));
    json_object_set_new_nocheck(o, "name", json_text(f->name));
    json_object_set_new_nocheck(o, "type", json_text(f->type));
    json_object_set_new_nocheck(o, "bytes", json_integer(f->bytes));
    json_object_set_new_nocheck(o, "sha256", json_text(f->sha256));
    json_object_set_new_nocheck(o, "copy_id", json_text(f->copy_id));
    json_object_set_new_nocheck(o, "added_by", json_text(f->added_by));
    json_object_set_new_nocheck(o, "added_at", json_time(cx, f->added_at));
    json_object_set_new_nocheck(o, "withdrawn_at", json_time(cx, f->withdrawn_at));
    json_object_set_new_nocheck(o, "withdrawn_reason", json_text(f->withdrawn_why));
    return o;
}

static enum err list_json(struct cx *cx, struct http_res *res, const struct evidence_file *files,
                          size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, file_json(cx, &files[i]));
    return http_res_json(cx, res, 200, json_pack("{s:o}", "items", items));
}

/* --- readers ---------------------------------------------------------------------------------------------------- */

static void page_body(struct html *h, void *arg)
{
    evidence_page(h, arg);
}

static enum err render(struct cx *cx, struct http_req *req, struct http_res *res,
                       struct evidence_page_view *v, enum err e)
{
    if (e != ERR_OK)
        res->status = http_status(e);
    v->done = e == ERR_OK ? done_text(cx, req) : NULL;
    v->form.kind = str_or(form_typed(cx, req, "kind"), EVIDENCE_EVIDENCE);
    v->form.ask_kind = true;
    v->form.id = evidence_form_id(cx, req);
    res->allow_camera = !v->listing;
    struct page_view page = {.title = T("Berkas pengaduan"),
                             .current = v->listing ? "/pengaduan" : "/tamu",
                             .camera = !v->listing,
                             .body = page_body,
                             .arg = v};
    return page_render(cx, req, res, &page);
}

/* The list as far as this person's key opens it. Seeing names is reading: it is recorded. */
static enum err files_of(struct cx *cx, const struct complaint *c, struct evidence_file **ret,
                         size_t *ret_count)
{
    struct seal_envelope key;
    TRY(complaint_unlock(cx, c->id, COMPLAINT_CONTENT, &key));
    enum err e = evidence_list(cx, c, &key, ret, ret_count);
    explicit_bzero(&key, sizeof(key));
    if (e == ERR_OK && *ret_count)
        e = audit_note(cx, "files_viewed", "complaint", c->id, "");
    return e;
}

static enum err show_list(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct complaint *c, enum err refused)
{
    struct evidence_file *files = NULL;
    size_t count = 0;
    struct diag diag = cx->diag; /* of what was refused, shown above the form */
    enum err e = files_of(cx, c, &files, &count);
    bool page = req->wants != WANTS_JSON;
    if (e != ERR_OK && (e != ERR_DENIED || !page))
        return e;
    if (!page)
        return list_json(cx, res, files, count);
    struct evidence_page_view *v = ARENA_NEW(cx->arena, struct evidence_page_view);
    v->locked = e == ERR_DENIED ? cx->diag.message : NULL;
    bool shut = e == ERR_DENIED && str_eq(cx->diag.code, "key_locked");
    cx->diag = diag;
    v->number = complaint_number_text(cx->arena, c->number, c->year);
    v->back_path = arena_printf(cx->arena, "/pengaduan/%s", c->id);
    v->back_label = T("Kembali ke pengaduan");
    v->form.path = arena_printf(cx->arena, "%s/berkas", v->back_path);
    v->unlock = shut ? arena_printf(cx->arena, "/pengaduan/buka-kunci?next=%s", v->form.path)
                     : NULL;
    v->listing = true;
    v->lines = ARENA_ARRAY(cx->arena, count + 1, struct evidence_line);
    v->line_count = count;
    for (size_t i = 0; i < count; i++)
        v->lines[i] = line_of(cx, v->form.path, &files[i]);
    TRY(evidence_count(cx->read, cx->actor.office_id, c->id, &v->count));
    return render(cx, req, res, v, refused);
}

static enum err list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    return show_list(cx, req, res, &c, ERR_OK);
}

static enum err list_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct add_form f;
    size_t count = 0;
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    enum err e = form_parse(cx, req, &add_form, &f);
    if (e == ERR_OK)
        e = add_files(cx, req, &c, &f, &count);
    if (shown_again(req, e))
        return show_list(cx, req, res, &c, e);
    TRY(e);
    return added(cx, req, res, req->path, count);
}

/* Recorded before the first byte leaves. */
static enum err file_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct seal_envelope key;
    const char *file = http_param(req, "file");
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    TRY(complaint_unlock(cx, c.id, COMPLAINT_CONTENT, &key));
    enum err e = evidence_send(cx, &c, &key, file, res);
    explicit_bzero(&key, sizeof(key));
    TRY(e);
    return audit_note(cx, "file_fetched", "complaint", c.id,
                      arena_printf(cx->arena, "file=%s", file));
}

/* --- the desk, right after the complaint was written -------------------------------------------------------------- */

/* Whoever may not see it learns nothing from the answer: 403 with a complaint and without. */
static enum err of_visit(struct cx *cx, const struct http_req *req, struct complaint *ret)
{
    struct visit v = {0};
    struct complaint_link link = {.complaint_id = NULL};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    enum err e = complaint_link_open(cx, &v, &link);
    bool may = complaint_may_see(&cx->actor, e == ERR_OK ? link.writer_id : NULL);
    if ((e == ERR_OK || e == ERR_MISSING) && !may)
        return cx_fail(
            cx, ERR_DENIED, "complaint_sealed",
            T("Hanya Kasi Intelijen, Kajari, dan penulisnya yang dapat membuka halaman ini."));
    if (e == ERR_OK)
        e = complaint_get(cx->read, cx->actor.office_id, link.complaint_id, ret);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_MISSING, "no_complaint",
                       T("Kunjungan ini tidak mempunyai pengaduan."));
    return e;
}

static enum err show_desk(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct complaint *c, enum err refused)
{
    const char *visit = arena_printf(cx->arena, "/tamu/%s/pengaduan", http_param(req, "id"));
    struct evidence_page_view *v = ARENA_NEW(cx->arena, struct evidence_page_view);
    v->number = complaint_number_text(cx->arena, c->number, c->year);
    v->back_path = arena_printf(cx->arena, "%s/tanda-terima", visit);
    v->back_label = T("Kembali ke tanda terima");
    v->form.path = arena_printf(cx->arena, "%s/berkas", visit);
    TRY(evidence_count(cx->read, cx->actor.office_id, c->id, &v->count));
    return render(cx, req, res, v, refused);
}

static enum err desk_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    TRY(of_visit(cx, req, &c));
    return show_desk(cx, req, res, &c, ERR_OK);
}

static enum err desk_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct add_form f;
    size_t count = 0;
    TRY(of_visit(cx, req, &c));
    enum err e = form_parse(cx, req, &add_form, &f);
    if (e == ERR_OK)
        e = add_files(cx, req, &c, &f, &count);
    if (shown_again(req, e))
        return show_desk(cx, req, res, &c, e);
    TRY(e);
    return added(cx, req, res, req->path, count);
}

/* --- the desk, by the code on the receipt --------------------------------------------------------------------------- */

#define CODE_PATH "/pengaduan/berkas"

static void code_body(struct html *h, void *arg)
{
    evidence_code_page(h, arg);
}

static enum err show_code(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct evidence_code_view *v = ARENA_NEW(cx->arena, struct evidence_code_view);
    if (e != ERR_OK)
        res->status = http_status(e);
    v->done = e == ERR_OK ? done_text(cx, req) : NULL;
    v->form = (struct evidence_form){.path = CODE_PATH,
                                     .id = evidence_form_id(cx, req),
                                     .kind = str_or(form_typed(cx, req, "kind"), EVIDENCE_EVIDENCE),
                                     .code = form_typed(cx, req, "receipt")};
    res->allow_camera = true;
    struct page_view page = {.title = T("Terima berkas susulan"),
                             .current = "/tamu",
                             .camera = true,
                             .body = code_body,
                             .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err code_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return show_code(cx, req, res, ERR_OK);
}

static enum err by_code(struct cx *cx, struct http_req *req, const char *typed,
                        struct complaint *ret)
{
    char *code = NULL;
    uint8_t lookup[32];
    enum err e = ERR_MISSING;
    TRY(http_throttle(cx, req, "evidence_code", 20, 120));
    if (seal_receipt_normalise(cx->arena, typed, &code)) {
        seal_receipt_lookup(code, lookup);
        e = complaint_by_receipt(cx->read, cx->actor.office_id, lookup, ret);
    }
    if (e != ERR_MISSING)
        return e;
    cx_field(
        cx, "receipt", "unknown", "%s",
        cx_t(cx, T("Kode ini tidak dikenal. Periksa setiap huruf dan angka pada tanda terima.")));
    return cx_fields(cx);
}

static enum err code_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct add_form f;
    size_t count = 0;
    if (http_field(req, "_open")) /* from the receipt's page, which has the code */
        return show_code(cx, req, res, ERR_OK);
    enum err e = form_parse(cx, req, &code_form, &f);
    if (e == ERR_OK)
        e = by_code(cx, req, f.receipt, &c);
    if (e == ERR_OK)
        e = add_files(cx, req, &c, &f, &count);
    if (shown_again(req, e))
        return show_code(cx, req, res, e);
    TRY(e);
    return added(cx, req, res, CODE_PATH, count);
}

/* --- routes -------------------------------------------------------------------------------------------------------- */

#define WRITES (ROLE_DESK | ROLE_OFFICIALS)
#define ADDS   (ROUTE_NO_TOKEN | ROUTE_UPLOAD | ROUTE_UNLOGGED)

const struct route *evidence_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/pengaduan/{id}/berkas", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, list_get, NULL, 0, T("Berkas pengaduan; setiap pembacaan dicatat"), NULL},
        {HTTP_POST, "/pengaduan/{id}/berkas", COMPLAINT_READER_ROLES, ADDS, list_post, &add_form, EVIDENCE_BODY_BYTES, T("Tambah berkas pada pengaduan, disegel"), NULL},
        {HTTP_GET, "/pengaduan/{id}/berkas/{file}", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, file_get, NULL, 0, T("Ambil satu berkas; setiap pengambilan dicatat"), NULL},
        {HTTP_GET, "/pengaduan/{id}/berkas/{file}/tarik", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, evidence_withdraw_get, NULL, 0, T("Isian untuk menarik berkas yang keliru"), NULL},
        {HTTP_POST, "/pengaduan/{id}/berkas/{file}/tarik", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, evidence_withdraw_post, &evidence_withdraw_form, 0, T("Tandai berkas sebagai ditarik, dengan alasan; berkasnya tetap tersimpan"), NULL},
        {HTTP_GET, "/tamu/{id}/pengaduan/berkas", WRITES, ROUTE_NO_TOKEN | ROUTE_UNLOGGED, desk_get, NULL, 0, T("Isian berkas pengaduan di loket"), NULL},
        {HTTP_POST, "/tamu/{id}/pengaduan/berkas", WRITES, ADDS, desk_post, &add_form, EVIDENCE_BODY_BYTES, T("Tambah berkas segera setelah pengaduan ditulis"), NULL},
        {HTTP_GET, CODE_PATH, WRITES, ROUTE_NO_TOKEN | ROUTE_UNLOGGED, code_get, NULL, 0, T("Isian berkas susulan dengan kode tanda terima"), NULL},
        {HTTP_POST, CODE_PATH, WRITES, ADDS, code_post, &code_form, EVIDENCE_BODY_BYTES, T("Tambah berkas dengan kode tanda terima"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
