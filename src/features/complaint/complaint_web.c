/* Routes of the written complaint and the counter's page of its form. The form itself and the act of taking
 * a complaint in are in complaint_web_form.c, receipt and reading in complaint_web_page.c, sealing in
 * complaint_web_seal.c. */
#include <string.h>

#include "complaint_tmpl.h"
#include "features/complaint/complaint_view.h"
#include "features/complaint/complaint_web.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

static void form_body(struct html *h, void *arg)
{
    complaint_form_page(h, arg);
}

static struct refusal closed_for(const struct visit *v, const struct refusal *desk)
{
    struct refusal r = {.err = ERR_OK};
    if (v)
        r = complaint_may_write(v);
    return r.err == ERR_OK ? *desk : r;
}

/* `v` NULL: without a visit. `e` other than ERR_OK: a refused submit, with everything typed still in place. */
static enum err show_form(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct visit *v, enum err e)
{
    struct complaint_form_view *f = ARENA_NEW(cx->arena, struct complaint_form_view);
    const struct complaint_intake_want want = {
        .ask_way = true, .ask_class = (cx->actor.roles & ROLE_OFFICIALS) != 0, .modes = true};
    struct refusal desk;
    const char *number = NULL;
    TRY(complaint_intake_open(cx, &desk));
    struct refusal closed = closed_for(v, &desk);
    f->path = "/pengaduan/baru";
    if (v) {
        TRY(complaint_number_of(cx, v, &number));
        f->number = visit_number_text(cx->arena, v);
        f->visit_path = arena_printf(cx->arena, "/tamu/%s", v->id);
        f->path = arena_printf(cx->arena, "%s/pengaduan", f->visit_path);
    }
    f->closed = closed.err == ERR_OK ? NULL : cx_t(cx, closed.msgid);
    f->receipt_path = number ? arena_printf(cx->arena, "%s/tanda-terima", f->path) : NULL;
    f->parts = complaint_intake_view(cx, req, &want);
    f->typed = !str_empty(f->parts->text);
    if (e != ERR_OK)
        res->status = http_status(e);
    struct page_view page = {
        .title = T("Pengaduan tertulis"), .current = "/tamu", .body = form_body, .arg = f};
    return page_render(cx, req, res, &page);
}

static enum err form_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit v = {0};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    return show_form(cx, req, res, &v, ERR_OK);
}

static enum err new_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return show_form(cx, req, res, NULL, ERR_OK);
}

/* --- the answer -------------------------------------------------------------------------------------------- */

/* Only for those who may see that the complaint is there; the code only for the person who wrote it. */
static enum err json_answer(struct cx *cx, struct http_res *res, const struct complaint_received *r)
{
    json_t *answer = json_keep(cx->arena, json_object());
    bool person = cx->actor.kind == ACTOR_USER;
    if (person && r->number && !r->anonymous)
        json_object_set_new_nocheck(answer, "number", json_text(r->number));
    if (person && r->receipt)
        json_object_set_new_nocheck(answer, "receipt", json_text(r->receipt));
    return http_res_json(cx, res, r->status, json_incref(answer));
}

/* The code goes to the receipt's page in a cookie, which that page takes back: a redirect has no other way
 * that leaves nothing in an address or on the disk. */
static enum err page_answer(struct cx *cx, struct http_res *res, const char *visit_path,
                            const struct complaint_received *r)
{
    if (r->receipt)
        http_res_cookie(cx, res, COMPLAINT_RECEIPT_COOKIE, r->receipt, COMPLAINT_RECEIPT_COOKIE_S);
    if (visit_path && !r->anonymous)
        return http_res_redirect(cx, res, arena_printf(cx->arena, "%s/tanda-terima", visit_path));
    return http_res_redirect(cx, res, "/pengaduan/tanda-terima");
}

/* With a visit: what a replayed request is told of the number comes from the visit. */
static enum err number_again(struct cx *cx, const char *visit_id, struct complaint_received *r)
{
    struct visit v = {0};
    if (r->number || !visit_id || r->anonymous)
        return ERR_OK;
    TRY(visit_get(cx->read, cx->actor.office_id, visit_id, &v));
    return complaint_number_of(cx, &v, &r->number);
}

static enum err receive(struct cx *cx, struct http_req *req, struct http_res *res,
                        const struct visit *v)
{
    struct complaint_received r = {.id = NULL};
    bool page = req->wants != WANTS_JSON;
    const char *visit_id = v ? v->id : NULL;
    if (page && complaint_intake_reshow(req))
        return show_form(cx, req, res, v, ERR_OK);
    enum err e = complaint_receive(cx, req, visit_id, v ? "counter" : "letter", &r);
    if (page && (e == ERR_INVALID || e == ERR_CONFLICT))
        return show_form(cx, req, res, v, e);
    if (e != ERR_OK)
        return e;
    if (!r.repeated && cx->sse)
        sse_poke(cx->sse);
    if (page)
        return page_answer(cx, res, v ? req->path : NULL, &r);
    TRY(number_again(cx, visit_id, &r));
    return json_answer(cx, res, &r);
}

static enum err complaint_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit v = {0};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    return receive(cx, req, res, &v);
}

static enum err new_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return receive(cx, req, res, NULL);
}

/* --- routes ------------------------------------------------------------------------------------------------ */

#define WRITES (ROLE_DESK | ROLE_OFFICIALS)

const struct route *complaint_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/tamu/{id}/pengaduan", WRITES, 0, form_get, NULL, 0, T("Isian pengaduan tertulis"), NULL},
        {HTTP_POST, "/tamu/{id}/pengaduan", WRITES, ROUTE_IDEMPOTENT_KEY | ROUTE_UNLOGGED, complaint_post, &complaint_intake_form, COMPLAINT_BODY_BYTES, T("Pengaduan tertulis, disegel (langkah 7)"), NULL},
        {HTTP_GET, "/tamu/{id}/pengaduan/tanda-terima", WRITES, ROUTE_NO_TOKEN, complaint_receipt_get, NULL, 0, T("Tanda terima pengaduan"), NULL},
        {HTTP_GET, "/tamu/{id}/pengaduan/isi", ROLE_LEADERS, ROUTE_NO_TOKEN, complaint_read_get, NULL, 0, T("Baca pengaduan; setiap pembacaan dicatat"), NULL},
        {HTTP_GET, "/pengaduan/baru", WRITES, 0, new_get, NULL, 0, T("Isian pengaduan tanpa kunjungan"), NULL},
        {HTTP_POST, "/pengaduan/baru", WRITES, ROUTE_IDEMPOTENT_KEY | ROUTE_UNLOGGED, new_post, &complaint_intake_form, COMPLAINT_BODY_BYTES, T("Pengaduan tertulis tanpa kunjungan, disegel"), NULL},
        {HTTP_GET, "/pengaduan/tanda-terima", WRITES, ROUTE_NO_TOKEN | ROUTE_UNLOGGED, complaint_new_receipt_get, NULL, 0, T("Tanda terima pengaduan yang baru ditulis"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
