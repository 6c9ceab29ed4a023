/* A file that was handed over or chosen by mistake: marked, with who, when and why sealed beside its name. Nothing
 * is taken away: what the office has once been given stays with the complaint, and goes when the complaint goes. */
#include <stddef.h>
#include <string.h>

#include "evidence_tmpl.h"
#include "features/audit/audit.h"
#include "features/evidence/evidence_view.h"
#include "features/evidence/evidence_web.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define WHY_MAX 300

struct withdraw_form {
    const char *reason;
};
/* clang-format off */
static const struct field withdraw_fields[] = {
    {.name = "reason", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, .offset = offsetof(struct withdraw_form, reason), .max = WHY_MAX, .label = T("Alasan"), .missing = T("Tulis mengapa berkas ini ditarik.")},
};
/* clang-format on */
const struct form evidence_withdraw_form = FORM("EvidenceWithdraw", struct withdraw_form,
                                                withdraw_fields);

/* --- the act ----------------------------------------------------------------------------------------------- */

static enum err already(struct cx *cx)
{
    return cx_fail(cx, ERR_CONFLICT, "withdrawn", T("Berkas ini sudah ditarik."));
}

/* An original that was not withdrawn, opened. Whoever opens it wipes its key. */
struct original {
    struct evidence_row row;
    struct seal_envelope own;
    struct evidence_meta meta;
};

static enum err open_original(struct cx *cx, const struct complaint *c,
                              const struct seal_envelope *key, const char *file_id,
                              struct original *ret)
{
    enum err e = evidence_row_get(cx->read, cx->actor.office_id, c->id, file_id, &ret->row);
    if (e == ERR_MISSING || (e == ERR_OK && str_eq(ret->row.kind, EVIDENCE_COPY)))
        return evidence_gone(cx);
    TRY(e);
    TRY(evidence_row_open(cx, c->id, &ret->row, key, &ret->own, &ret->meta));
    if (!ret->meta.withdrawn_at)
        return ERR_OK;
    explicit_bzero(&ret->own, sizeof(ret->own));
    return already(cx);
}

enum err evidence_withdraw(struct cx *cx, const struct complaint *c,
                           const struct seal_envelope *key, const char *file_id, const char *why)
{
    struct original o = {.row = {0}};
    TRY(open_original(cx, c, key, file_id, &o));
    o.meta.withdrawn_at = cx->now_ms;
    o.meta.withdrawer_id = cx->actor.id;
    o.meta.withdrawn_why = why;
    struct evidence_mark m = {.office_id = cx->actor.office_id,
                              .complaint_id = c->id,
                              .id = o.row.id,
                              .before = o.row.meta_sealed};
    m.after = seal_envelope_text(&o.own, cx->arena, evidence_meta_aad(cx->arena, c->id, o.row.id),
                                 evidence_meta_json(cx, &o.meta));
    explicit_bzero(&o.own, sizeof(o.own));
    m.entry = (struct audit_new){.office_id = m.office_id,
                                 .at = cx->now_ms,
                                 .actor_kind = audit_actor_kind(cx),
                                 .actor_id = cx->actor.id,
                                 .action = "file_withdrawn",
                                 .subject_kind = "complaint",
                                 .subject_id = c->id,
                                 .detail = arena_printf(cx->arena, "file=%s", o.row.id)};
    enum err e = db_tx(cx, "evidence_mark", evidence_mark, &m);
    return e == ERR_CONFLICT ? already(cx) : e;
}

/* --- the page ---------------------------------------------------------------------------------------------- */

static void page_body(struct html *h, void *arg)
{
    evidence_withdraw_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct complaint *c, const struct seal_envelope *key)
{
    struct original o = {.row = {0}};
    const char *id = http_param(req, "file");
    TRY(open_original(cx, c, key, id, &o));
    explicit_bzero(&o.own, sizeof(o.own));
    struct evidence_withdraw_view *v = ARENA_NEW(cx->arena, struct evidence_withdraw_view);
    v->number = complaint_number_text(cx->arena, c->number, c->year);
    v->name = o.meta.name;
    v->back_path = arena_printf(cx->arena, "/pengaduan/%s/berkas", c->id);
    v->action = arena_printf(cx->arena, "%s/%s/tarik", v->back_path, id);
    v->reason = form_typed(cx, req, "reason");
    v->reason_max = WHY_MAX;
    const struct page_view page = {
        .title = T("Tarik berkas"), .current = "/pengaduan", .body = page_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err evidence_withdraw_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct seal_envelope key;
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    TRY(complaint_unlock(cx, c.id, COMPLAINT_CONTENT, &key));
    enum err e = show(cx, req, res, &c, &key);
    explicit_bzero(&key, sizeof(key));
    return e == ERR_OK ? audit_note(cx, "files_viewed", "complaint", c.id, "") : e;
}

enum err evidence_withdraw_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct withdraw_form f;
    struct seal_envelope key;
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    TRY(complaint_unlock(cx, c.id, COMPLAINT_CONTENT, &key));
    enum err e = form_parse(cx, req, &evidence_withdraw_form, &f);
    if (e == ERR_OK)
        e = evidence_withdraw(cx, &c, &key, http_param(req, "file"), f.reason);
    if (e == ERR_INVALID && req->wants != WANTS_JSON) {
        res->status = 422;
        e = show(cx, req, res, &c, &key);
        explicit_bzero(&key, sizeof(key));
        return e;
    }
    explicit_bzero(&key, sizeof(key));
    TRY(e);
    if (req->wants == WANTS_JSON)
        return http_res_json(cx, res, 200, json_pack("{s:b}", "withdrawn", 1));
    return http_res_redirect(cx, res,
                             arena_printf(cx->arena, "/pengaduan/%s/berkas?ditarik=1", c.id));
}
