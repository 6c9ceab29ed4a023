/* The receipt, and the complaint itself for those who hold a share of its key. Nobody else can be shown
 * it, whatever this code says: the server has no key of its own to open it with. */
#include <string.h>

#include "complaint_tmpl.h"
#include "features/audit/audit.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/complaint/complaint_view.h"
#include "features/complaint/complaint_web.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/proof/proof.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/http.h"
#include "lib/json/json.h"
#include "lib/qr/qr.h"
#include "lib/base/banned.h"

/* A visit with its complaint, for this request. */
struct found {
    struct visit visit;
    struct complaint_link link;
    struct complaint complaint;
};

static enum err none(struct cx *cx)
{
    return cx_fail(cx, ERR_MISSING, "no_complaint", T("Kunjungan ini tidak mempunyai pengaduan."));
}

/* Whoever may not see it learns nothing from the answer: 403 with a complaint and without. */
static enum err find(struct cx *cx, const struct http_req *req, struct found *ret)
{
    const char *office = cx->actor.office_id;
    TRY(visit_must_exist(cx, http_param(req, "id"), &ret->visit));
    enum err e = complaint_link_open(cx, &ret->visit, &ret->link);
    bool may = complaint_may_see(&cx->actor, e == ERR_OK ? ret->link.writer_id : NULL);
    if ((e == ERR_OK || e == ERR_MISSING) && !may)
        return cx_fail(
            cx, ERR_DENIED, "complaint_sealed",
            T("Hanya Kasi Intelijen, Kajari, dan penulisnya yang dapat membuka halaman ini."));
    if (e == ERR_OK)
        e = complaint_get(cx->read, office, ret->link.complaint_id, &ret->complaint);
    return e == ERR_MISSING ? none(cx) : e;
}

/* `exact_ms`: from what this person can open; 0 leaves the day, which is all that stands in clear. */
static const char *received_text(struct cx *cx, const struct complaint *c, int64_t exact_ms)
{
    int64_t at = exact_ms ? exact_ms : c->received_at;
    const char *day = time_long_date(cx->arena, at, cx->offset_min, cx->lang == LANG_EN);
    if (!exact_ms)
        return day;
    return arena_printf(cx->arena, "%s, %s %s %s", day, cx_t(cx, T("pukul")),
                        time_hm(cx->arena, at, cx->offset_min), time_zone_letters(cx->offset_min));
}

/* The share of this person; ERR_MISSING when there is none. */
static enum err open_with_share(struct cx *cx, const struct found *f, struct complaint_text *ret)
{
    struct bytes share = {NULL, 0};
    TRY(complaint_share_of(cx->read, cx->actor.office_id, f->complaint.id, cx->actor.id, &share));
    return complaint_open(cx, &f->complaint, share, &cx->key, ret);
}

/* --- receipt ---------------------------------------------------------------------------------------------- */

/* The writer's own envelope, else the share of an officer; what opens neither is shown without its list. */
static bool receipt_documents(struct cx *cx, const struct found *f, struct complaint_text *ret)
{
    if (!cx->key.present)
        return false;
    bool writer = str_eq(cx->actor.id, f->link.writer_id);
    if (writer && complaint_open_receipt(cx, f->visit.id, &f->link, &cx->key, ret) == ERR_OK)
        return true;
    return open_with_share(cx, f, ret) == ERR_OK;
}

static void receipt_body(struct html *h, void *arg)
{
    complaint_receipt_page(h, arg);
}

/* The code in the cookie of the one who just wrote, when it is this complaint's; the cookie is taken back. */
static const char *code_of(struct cx *cx, const struct http_req *req, struct http_res *res,
                           const struct complaint *c)
{
    char *code = NULL;
    struct complaint found = {0};
    uint8_t lookup[32];
    const char *cookie = http_cookie(cx, req, COMPLAINT_RECEIPT_COOKIE);
    if (!cookie)
        return NULL;
    http_res_cookie(cx, res, COMPLAINT_RECEIPT_COOKIE, "", 0);
    if (!seal_receipt_normalise(cx->arena, cookie, &code))
        return NULL;
    seal_receipt_lookup(code, lookup);
    enum err e = complaint_by_receipt(cx->read, cx->actor.office_id, lookup, &found);
    return e == ERR_OK && str_eq(found.id, c->id) ? code : NULL;
}

static const char *reporter_line(const struct complaint *c)
{
    if (str_eq(c->reporter_mode, "anonymous"))
        return T("Tanpa nama");
    return str_eq(c->reporter_mode, "known")
               ? T("Identitas tercatat, boleh diketahui petugas penanganan")
               : T("Identitas dirahasiakan, tercatat terpisah");
}

/* What every receipt says, whoever opens it. */
static void fill_sheet(struct cx *cx, const struct complaint *c, const struct office *office,
                       struct complaint_receipt_view *r)
{
    r->parent_name = office->parent_name;
    r->office = office->name;
    r->address = office->address;
    r->number = complaint_number_text(cx->arena, c->number, c->year);
    r->way = complaint_label(complaint_ways, c->way);
    r->mode = reporter_line(c);
    struct qr_svg qr = {.modules = 0};
    r->follow_url = proof_follow_url(cx);
    if (qr_svg(cx->arena, r->follow_url, &qr) == ERR_OK) {
        r->qr_modules = qr.modules;
        r->qr_path = qr.path;
    }
}

static void fill_writer(struct cx *cx, const char *writer_id, struct complaint_receipt_view *r)
{
    struct staff writer = {.name = "", .title = ""};
    if (str_empty(writer_id) ||
        staff_get(cx->read, cx->actor.office_id, writer_id, &writer) != ERR_OK)
        writer = (struct staff){.name = "", .title = ""};
    r->officer = writer.name;
    r->officer_title = writer.title;
}

static void fill_receipt(struct cx *cx, const struct found *f, const struct office *office,
                         struct complaint_receipt_view *r)
{
    struct complaint_text list = {.text = NULL};
    fill_sheet(cx, &f->complaint, office, r);
    fill_writer(cx, f->link.writer_id, r);
    r->sealed = !receipt_documents(cx, f, &list);
    r->documents = list.documents;
    r->document_count = list.document_count;
    r->received = received_text(cx, &f->complaint, f->link.received_at);
    r->visit_path = arena_printf(cx->arena, "/tamu/%s", f->visit.id);
    r->read_path = (cx->actor.roles & ROLE_LEADERS)
                       ? arena_printf(cx->arena, "%s/pengaduan/isi", r->visit_path)
                       : NULL;
}

static enum err receipt_render(struct cx *cx, struct http_req *req, struct http_res *res,
                               struct complaint_receipt_view *r)
{
    struct page_view page = {
        .title = T("Tanda terima pengaduan"), .current = "/tamu", .body = receipt_body, .arg = r};
    return page_render(cx, req, res, &page);
}

enum err complaint_receipt_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct found f = {.visit = {0}};
    struct office office = {0};
    TRY(find(cx, req, &f));
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    struct complaint_receipt_view *r = ARENA_NEW(cx->arena, struct complaint_receipt_view);
    fill_receipt(cx, &f, &office, r);
    r->receipt = code_of(cx, req, res, &f.complaint);
    return receipt_render(cx, req, res, r);
}

/* Without a visit to find it by: the code in the writer's cookie is the only way here, and once. */
static enum err by_cookie(struct cx *cx, const struct http_req *req, const char **ret_code,
                          struct complaint *ret, struct complaint_text *ret_text)
{
    char *code = NULL;
    struct seal_envelope key;
    const char *cookie = http_cookie(cx, req, COMPLAINT_RECEIPT_COOKIE);
    if (!cookie || !seal_receipt_normalise(cx->arena, cookie, &code))
        return ERR_MISSING;
    TRY(complaint_unlock_receipt(cx, code, ret, &key));
    enum err e = complaint_open_content(cx, ret, &key, ret_text);
    explicit_bzero(&key, sizeof(key));
    *ret_code = code;
    return e;
}

enum err complaint_new_receipt_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct complaint_text text = {.text = NULL};
    struct office office = {0};
    const char *code = NULL;
    enum err e = by_cookie(cx, req, &code, &c, &text);
    if (e == ERR_MISSING)
        return cx_fail(
            cx, ERR_MISSING, "receipt_gone",
            T("Tanda terima ini hanya ditampilkan sekali, segera setelah pengaduan disimpan."));
    if (e != ERR_OK)
        return e;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    struct complaint_receipt_view *r = ARENA_NEW(cx->arena, struct complaint_receipt_view);
    fill_sheet(cx, &c, &office, r);
    fill_writer(cx, str_or(text.writer_id, cx->actor.id), r);
    bool anonymous = str_eq(c.reporter_mode, "anonymous");
    r->received = received_text(cx, &c, anonymous ? 0 : text.received_at);
    r->documents = text.documents;
    r->document_count = text.document_count;
    r->receipt = code;
    http_res_cookie(cx, res, COMPLAINT_RECEIPT_COOKIE, "", 0);
    return receipt_render(cx, req, res, r);
}

/* --- reading ------------------------------------------------------------------------------------------------ */

static const char **lines_of(struct cx *cx, const char *text, size_t *ret_count)
{
    size_t n = str_empty(text) ? 0 : 1;
    for (const char *p = str_or(text, ""); *p; p++)
        n += *p == '\n';
    const char **lines = ARENA_ARRAY(cx->arena, n + 1, const char *);
    const char *p = text;
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(p, "\n");
        lines[i] = arena_strndup(cx->arena, p, length);
        p += length + (p[length] == '\n');
    }
    *ret_count = n;
    return lines;
}

static enum err read_json(struct cx *cx, struct http_res *res, const struct found *f,
                          const struct complaint_text *c)
{
    json_t *o = json_keep(cx->arena, json_object());
    json_t *documents = json_array();
    for (size_t i = 0; i < c->document_count; i++) {
        json_t *d = json_object();
        json_object_set_new_nocheck(d, "kind", json_text(c->documents[i].kind));
        json_object_set_new_nocheck(d, "count", json_integer(c->documents[i].count));
        json_array_append_new(documents, d);
    }
    const char *number = complaint_number_text(cx->arena, f->complaint.number, f->complaint.year);
    json_object_set_new_nocheck(o, "number", json_text(number));
    json_object_set_new_nocheck(
        o, "received_at", json_time(cx, c->received_at ? c->received_at : f->complaint.received_at));
    json_object_set_new_nocheck(o, "text", json_text(c->text));
    json_object_set_new_nocheck(o, "reported_party", json_text(c->reported_party));
    json_object_set_new_nocheck(o, "documents", documents);
    return http_res_json(cx, res, 200, json_incref(o));
}

static void read_body(struct html *h, void *arg)
{
    complaint_read_page(h, arg);
}

static enum err read_page(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct found *f, const struct complaint_text *c)
{
    struct complaint_read_view *r = ARENA_NEW(cx->arena, struct complaint_read_view);
    r->number = complaint_number_text(cx->arena, f->complaint.number, f->complaint.year);
    r->received = received_text(cx, &f->complaint, c->received_at);
    r->writer = staff_name(cx->read, cx->actor.office_id, f->link.writer_id);
    r->visit_path = arena_printf(cx->arena, "/tamu/%s", f->visit.id);
    r->receipt_path = arena_printf(cx->arena, "%s/pengaduan/tanda-terima", r->visit_path);
    r->lines = lines_of(cx, c->text, &r->line_count);
    r->reported_lines = lines_of(cx, c->reported_party, &r->reported_count);
    r->documents = c->documents;
    r->document_count = c->document_count;
    struct page_view page = {
        .title = T("Pengaduan tertulis"), .current = "/tamu", .body = read_body, .arg = r};
    return page_render(cx, req, res, &page);
}

/* The audit entry is written before anything is shown; it names the complaint, not the visit. */
enum err complaint_read_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct found f = {.visit = {0}};
    TRY(find(cx, req, &f));
    if (!cx->key.present)
        return cx_fail(
            cx, ERR_DENIED, "key_locked",
            T("Kunci pribadi Anda belum terbuka. Keluar, lalu masuk lagi dengan kata sandi Anda."));
    struct complaint_text c = {.text = NULL};
    enum err e = open_with_share(cx, &f, &c);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_DENIED, "no_share",
                       T("Pengaduan ini tidak disegel untuk akun Anda. Mintalah pejabat yang dapat "
                         "membacanya."));
    if (e != ERR_OK)
        return cx_fail(cx, ERR_DENIED, "share_does_not_open",
                       T("Kunci akun Anda sudah diganti dan tidak membuka pengaduan ini. Pakai "
                         "lembar kunci pemulihan kantor."));
    TRY(audit_note(cx, "complaint_read", "complaint", f.complaint.id, ""));
    return req->wants == WANTS_JSON ? read_json(cx, res, &f, &c) : read_page(cx, req, res, &f, &c);
}
