/* Form, review and receipt, the same on the guest's tablet and on the public page. Until it is sent the
 * complaint is kept nowhere: each step carries what was typed in the page itself. */
#include "features/reporter/reporter_web.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/qr/qr.h"
#include "reporter_tmpl.h"
#include "lib/base/banned.h"

static struct page_view page_of(const struct write_place *place, const char *title)
{
    return (struct page_view){.title = title,
                              .current = place->path,
                              .wipe = place->wipe,
                              .idle_path = place->kiosk ? "/kios/habis" : NULL,
                              .own_language = true};
}

/* --- the form -------------------------------------------------------------------------------------------- */

static void write_body(struct html *h, void *arg)
{
    reporter_write_page(h, arg);
}

/* Another language, with everything typed still in place. */
static void take_language(struct cx *cx, const struct http_req *req, struct http_res *res)
{
    const char *to = http_field(req, "_bahasa");
    if (!str_eq(to, "en") && !str_eq(to, "id"))
        return;
    cx->lang = str_eq(to, "en") ? LANG_EN : LANG_ID;
    http_res_cookie(cx, res, HTTP_LANG_COOKIE, to, -1);
}

enum err reporter_write_show(struct cx *cx, struct http_req *req, struct http_res *res,
                             const struct write_place *place, enum err e)
{
    static const struct complaint_intake_want want = {.own_words = true, .modes = true};
    struct refusal closed = {.err = ERR_OK};
    struct write_view *v = ARENA_NEW(cx->arena, struct write_view);
    v->place = place;
    TRY(complaint_intake_open(cx, &closed));
    if (e == ERR_CONFLICT)
        v->closed = str_or(cx->diag.message, cx_t(cx, closed.msgid));
    else if (closed.err != ERR_OK)
        v->closed = cx_t(cx, closed.msgid);
    if (e == ERR_CONFLICT)
        cx->diag.message = NULL; /* said once */
    v->fields = complaint_intake_view(cx, req, &want);
    if (e != ERR_OK)
        res->status = req->method == HTTP_GET ? 200 : http_status(e);
    struct page_view page = page_of(place, T("Pengaduan tertulis"));
    page.body = write_body;
    page.arg = v;
    if (v->closed && cx->diag.field_count == 0) /* no form, hence no switch inside it */
        page.own_language = false;
    return page_render(cx, req, res, &page);
}

/* --- the review ---------------------------------------------------------------------------------------------- */

static void review_body(struct html *h, void *arg)
{
    reporter_review_page(h, arg);
}

static void add_line(struct review_view *v, const char *label, const char *value)
{
    if (!str_empty(value) && v->line_count < REVIEW_LINES)
        v->lines[v->line_count++] = (struct review_line){label, value};
}

static void content_lines(struct cx *cx, const struct complaint_intake_form *f,
                          struct review_view *v)
{
    add_line(v, T("Apa yang terjadi?"), f->text);
    add_line(v, T("Terlapor"), f->reported_party);
    add_line(v, T("Siapa saja yang terlibat atau mengetahui?"), f->who);
    add_line(v, T("Bilamana?"), f->when);
    add_line(v, T("Di mana?"), f->where);
    add_line(v, T("Bagaimana kejadiannya?"), f->how);
    add_line(v, T("Mengapa, menurut Anda?"), f->why);
    add_line(v, T("Wilayah kejadian"), f->place);
    add_line(v, T("Tahun anggaran atau masa kejadian"), f->period);
    if (f->loss_rupiah > 0)
        add_line(v, T("Perkiraan kerugian"),
                 arena_printf(cx->arena, "Rp%lld", (long long)f->loss_rupiah));
    add_line(v, T("Pernah diadukan sebelumnya?"), f->earlier);
}

static void reporter_of_lines(const struct complaint_intake_form *f, struct review_view *v)
{
    if (v->anonymous)
        return;
    add_line(v, T("Nama"), f->reporter_name);
    add_line(v, T("Nomor identitas"), f->reporter_id_number);
    add_line(v, T("Pekerjaan"), f->reporter_occupation);
    add_line(v, T("Alamat"), f->reporter_address);
    add_line(v, T("Nomor HP"), f->reporter_phone);
    add_line(v, T("Surel"), f->reporter_email);
}

/* Everything typed but what belongs to the page; the number of rows goes along. An anonymous reporter's name
 * goes no further than this. */
static void keep_typed(struct cx *cx, const struct http_req *req, struct review_view *v)
{
    struct http_pair *kept = ARENA_ARRAY(cx->arena, req->field_count + 1, struct http_pair);
    for (size_t i = 0; i < req->field_count; i++) {
        const char *name = req->fields[i].name;
        bool rows = str_eq(name, "_parties") || str_eq(name, "_documents");
        bool page_own = (*name == '_' && !rows) || str_eq(name, "csrf");
        bool identity = v->anonymous && str_starts(name, "reporter_") &&
                        !str_eq(name, "reporter_mode");
        if (!page_own && !identity)
            kept[v->kept_count++] = req->fields[i];
    }
    v->kept = kept;
}

static enum err show_review(struct cx *cx, struct http_req *req, struct http_res *res,
                            const struct write_place *place, const struct complaint_intake_form *f)
{
    struct review_view *v = ARENA_NEW(cx->arena, struct review_view);
    v->place = place;
    v->anonymous = str_eq(f->reporter_mode, "anonymous");
    v->mode = complaint_label(complaint_modes, str_or(f->reporter_mode, "confidential"));
    v->parties = f->parties.items;
    v->party_count = f->parties.count;
    v->documents = f->documents.items;
    v->document_count = f->documents.count;
    content_lines(cx, f, v);
    reporter_of_lines(f, v);
    keep_typed(cx, req, v);
    struct page_view page = page_of(place, T("Periksa pengaduan Anda"));
    page.body = review_body;
    page.arg = v;
    return page_render(cx, req, res, &page);
}

#define HALF_CHARS 15 /* "XXXX-XXXX-XXXX-", of the 31 that a receipt has */

/* --- sending --------------------------------------------------------------------------------------------------- */

static void received_body(struct html *h, void *arg)
{
    reporter_received_page(h, arg);
}

static enum err show_received(struct cx *cx, struct http_req *req, struct http_res *res,
                              const struct write_place *place, const struct complaint_received *r)
{
    struct qr_svg qr = {0};
    struct received_view *v = ARENA_NEW(cx->arena, struct received_view);
    v->place = place;
    v->number = r->number;
    v->receipt = r->receipt;
    v->code_first = arena_strndup(cx->arena, r->receipt, HALF_CHARS - 1);
    v->code_second = r->receipt + HALF_CHARS;
    v->address = reporter_address(cx, req, "/tindak-lanjut");
    TRY(qr_svg(cx->arena, v->address, &qr)); /* without the code: docs/adr/0016 */
    v->qr_path = qr.path;
    v->qr_modules = qr.modules;
    struct page_view page = page_of(place, T("Pengaduan diterima"));
    page.body = received_body;
    page.arg = v;
    return page_render(cx, req, res, &page);
}

/* Whoever is logged in here writes as a reporter, and is no writer of the office: an officer may have
 * something to report, too. */
static enum err receive(struct cx *cx, struct http_req *req, const struct write_place *place,
                        struct complaint_received *ret)
{
    const struct actor actor = cx->actor;
    struct unlocked_key key = cx->key;
    struct actor nobody = {.kind = ACTOR_NONE, .name = "", .username = ""};
    memcpy(nobody.office_id, actor.office_id, sizeof(nobody.office_id));
    cx->actor = nobody;
    cx->key = (struct unlocked_key){.present = false};
    enum err e = complaint_receive(cx, req, place->visit_id, place->way, ret);
    cx->actor = actor;
    cx->key = key;
    explicit_bzero(&key, sizeof(key));
    return e;
}

static enum err send_complaint(struct cx *cx, struct http_req *req, struct http_res *res,
                               const struct write_place *place)
{
    struct complaint_received r = {0};
    enum err e = receive(cx, req, place, &r);
    if (e == ERR_OK && !r.receipt)
        return cx_detail(cx, ERR_INTERNAL, "a complaint without a receipt");
    if (e == ERR_OK && req->wants == WANTS_JSON)
        return http_res_json(
            cx, res, 201,
            json_pack("{s:s, s:s}", "number", str_or(r.number, ""), "receipt", r.receipt));
    if (e == ERR_OK)
        return show_received(cx, req, res, place, &r);
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    return reporter_write_show(cx, req, res, place, e);
}

enum err reporter_write_post(struct cx *cx, struct http_req *req, struct http_res *res,
                             const struct write_place *place)
{
    const char *step = str_or(http_field(req, "_langkah"), "periksa");
    take_language(cx, req, res);
    if (req->wants == WANTS_JSON)
        return send_complaint(cx, req, res, place);
    if (http_field(req, "_bahasa") || str_eq(step, "ubah") || complaint_intake_reshow(req))
        return reporter_write_show(cx, req, res, place, ERR_OK);
    if (str_eq(step, "kirim"))
        return send_complaint(cx, req, res, place);
    struct complaint_intake_form f;
    enum err e = form_parse(cx, req, &complaint_intake_form, &f);
    if (e != ERR_OK)
        return e == ERR_INVALID ? reporter_write_show(cx, req, res, place, e) : e;
    return show_review(cx, req, res, place, &f);
}
