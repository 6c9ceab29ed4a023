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

static enum err original_row(struct cx *cx, const struct complaint *c, const char *file_id,
                             struct evidence_row *ret)
{
    enum err e = evidence_row_get(cx->read, cx->actor.office_id, c->id, file_id, ret);
    if (e == ERR_OK && str_eq(ret->kind, EVIDENCE_COPY))
        e = ERR_MISSING;
    if (e != ERR_MISSING)
        return e;
    return cx_fail(cx, ERR_MISSING, "no_file", T("Berkas ini tidak ada pada pengaduan ini."));
}

enum err evidence_withdraw(struct cx *cx, const struct complaint *c,
                           const struct seal_envelope *key, const char *file_id, const char *why)
{
    struct evidence_row row = {0};
    struct evidence_meta meta = {.name = NULL};
    struct seal_envelope own;
    TRY(original_row(cx, c, file_id, &row));
    TRY(evidence_row_open(cx, c->id, &row, key, &own, &meta));
    if (meta.withdrawn_at) {
        explicit_bzero(&own, sizeof(own));
        return already(cx);
    }
    meta.withdrawn_at = cx->now_ms;
    meta.withdrawer_id = cx->actor.id;
    meta.withdrawn_why = why;
    struct evidence_mark m = {.office_id = cx->actor.office_id,
                              .complaint_id = c->id,
                              .id = row.id,
                              .before = row.meta_sealed};
    m.after = seal_envelope_text(&own, cx->arena, evidence_meta_aad(cx->arena, c->id, row.id),
                                 evidence_meta_json(cx, &meta));
    explicit_bzero(&own, sizeof(own));
    m.entry = (struct audit_new){.office_id = m.office_id,
                                 .at = cx->now_ms,
                                 .actor_kind = audit_actor_kind(cx),
                                 .actor_id = cx->actor.id,
                                 .action = "file_withdrawn",
                                 .subject_kind = "complaint",
                                 .subject_id = c->id,
                                 .detail = arena_printf(cx->arena, "file=%s", row.id)};
    enum err e = db_tx(cx, "evidence_mark", evidence_mark, &m);
    return e == ERR_CONFLICT ? already(cx) : e;
}

/* --- the page ---------------------------------------------------------------------------------------------- */

static void page_body(struct html *h, void *arg)
{
    evidence_withdraw_page(h, arg);
}

static const struct evidence_file *file_in(const struct evidence_file *files, size_t count,
                                           const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(files[i].id, id))
            return &files[i];
    }
    return NULL;
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct complaint *c, const struct seal_envelope *key)
{
    struct evidence_file *files = NULL;
    size_t count = 0;
    const char *id = http_param(req, "file");
    TRY(evidence_list(cx, c, key, &files, &count));
    const struct evidence_file *file = file_in(files, count, id);
    if (!file)
        return cx_fail(cx, ERR_MISSING, "no_file", T("Berkas ini tidak ada pada pengaduan ini."));
    if (file->withdrawn_at)
        return already(cx);
    struct evidence_withdraw_view *v = ARENA_NEW(cx->arena, struct evidence_withdraw_view);
    v->number = complaint_number_text(cx->arena, c->number, c->year);
    v->name = file->name;
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
