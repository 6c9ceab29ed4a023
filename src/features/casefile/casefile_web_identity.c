/* The reporter's identity: a compartment of its own, shown once after the reason is given. The audit holds
 * the code of the reason; what is written in words of one's own is sealed to the complaint. */
#include <sodium.h>
#include <string.h>

#include "casefile_tmpl.h"
#include "features/casefile/casefile_store.h"
#include "features/casefile/casefile_view.h"
#include "features/casefile/casefile_web.h"
#include "features/portal/portal.h"
#include "lib/base/utf8.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

struct identity_form {
    const char *reason, *note;
};
static const char *const reason_codes[] = {"contact", "complete", "protection",
                                           CASEFILE_REASON_OTHER, NULL};
/* clang-format off */
static const struct field identity_fields[] = {
    {.name = "reason", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .offset = offsetof(struct identity_form, reason), .choices = reason_codes, .label = T("Alasan"), .missing = T("Pilih alasan melihat identitas pelapor.")},
    {.name = "note", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, .offset = offsetof(struct identity_form, note), .max = 300, .label = T("Penjelasan")},
};
/* clang-format on */
const struct form casefile_identity_form = FORM("IdentityReason", struct identity_form,
                                                identity_fields);

/* --- page ---------------------------------------------------------------------------------------------------- */

static const char *id_type_label(const char *code)
{
    static const struct complaint_code types[] = {{"ktp", T("KTP")},
                                                  {"sim", T("SIM")},
                                                  {"passport", T("Paspor")},
                                                  {"other", T("Identitas lain")},
                                                  {NULL, NULL}};
    return complaint_label(types, str_or(code, ""));
}

/* Whom a person without a share may ask. */
static enum err fill_who(struct cx *cx, const struct casefile *f, struct casefile_identity_view *v)
{
    struct complaint_reader *readers = NULL;
    size_t count = 0;
    const char *office = cx->actor.office_id;
    TRY(complaint_readers(cx->read, office, f->complaint.id, &readers, &count));
    v->who = ARENA_ARRAY(cx->arena, count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        if (!(readers[i].parts & COMPLAINT_REPORTER) ||
            str_eq(readers[i].reader_id, COMPLAINT_READER_RECOVERY))
            continue;
        v->may |= str_eq(readers[i].reader_id, cx->actor.id);
        v->who[v->who_count++] = staff_name(cx->read, office, readers[i].reader_id);
    }
    return ERR_OK;
}

static void identity_body(struct html *h, void *arg)
{
    casefile_identity_page(h, arg);
}

static enum err identity_page(struct cx *cx, struct http_req *req, struct http_res *res,
                              const struct casefile *f, const struct complaint_reporter *shown)
{
    static const struct option reasons[] = {{"contact", T("Menghubungi pelapor")},
                                            {"complete", T("Melengkapi berkas")},
                                            {"protection", T("Perlindungan pelapor")},
                                            {CASEFILE_REASON_OTHER, T("Lainnya")},
                                            {NULL, NULL}};
    struct casefile_identity_view *v = ARENA_NEW(cx->arena, struct casefile_identity_view);
    TRY(fill_who(cx, f, v));
    v->number = f->number;
    v->path = f->path;
    v->none = f->complaint.reporter_sealed.n == 0;
    v->reasons = reasons;
    v->reason = form_typed(cx, req, "reason");
    v->note = form_typed(cx, req, "note");
    v->shown = shown;
    v->id_type = shown ? id_type_label(shown->id_type) : "";
    const struct page_view page = {
        .title = T("Identitas pelapor"), .current = "/pengaduan", .body = identity_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err casefile_identity_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    TRY(casefile_find(cx, req, &f));
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    if (req->wants != WANTS_JSON)
        return identity_page(cx, req, res, &f, NULL);
    bool may = false;
    TRY(complaint_has_share(cx->read, cx->actor.office_id, f.complaint.id, cx->actor.id,
                            COMPLAINT_REPORTER, &may));
    return http_res_json(
        cx, res, 200,
        json_pack("{s:b, s:b}", "kept", f.complaint.reporter_sealed.n > 0, "may_open", may));
}

/* --- the look ------------------------------------------------------------------------------------------------- */

static enum err parse_reason(struct cx *cx, struct http_req *req, struct identity_form *ret)
{
    enum err e = form_parse(cx, req, &casefile_identity_form, ret);
    bool wordless = str_eq(ret->reason, CASEFILE_REASON_OTHER) &&
                    utf8_length(str_or(ret->note, "")) < CASEFILE_NOTE_MIN;
    if (wordless && !form_error(cx, "note"))
        cx_field(cx, "note", "too_short",
                 T("Jelaskan alasannya, paling sedikit %d huruf. Penjelasan ini disegel bersama "
                   "pengaduan."),
                 CASEFILE_NOTE_MIN);
    return e != ERR_OK ? e : cx_fields(cx);
}

/* Row and audit entry, in one; only then is anything shown. */
static enum err record(struct cx *cx, const struct complaint *c, const struct identity_form *in)
{
    const char *id = cx_new_id(cx);
    const char *aad = complaint_aad(cx->arena, c->id, arena_printf(cx->arena, "look|%s", id));
    struct bytes note = {NULL, 0};
    if (c->public_key.n == 32 && !str_empty(in->note))
        note = seal_drop_text(cx->arena, c->public_key.p, aad, in->note);
    struct reporter_read_act a = {
        .read = {.id = id,
                 .reader_id = cx->actor.id,
                 .reason = in->reason,
                 .at = cx->now_ms,
                 .note_sealed = note},
        .complaint_id = c->id,
        .audit = {.office_id = cx->actor.office_id,
                  .at = cx->now_ms,
                  .actor_kind = audit_actor_kind(cx),
                  .actor_id = cx->actor.id,
                  .action = "reporter_identity_read",
                  .subject_kind = "complaint",
                  .subject_id = c->id,
                  .detail = arena_printf(cx->arena, "reason=%s look=%s", in->reason, id)}};
    return db_tx(cx, "reporter_identity_read", casefile_identity_tx, &a);
}

static enum err look(struct cx *cx, struct http_req *req, const struct casefile *f,
                     struct complaint_reporter *ret)
{
    struct identity_form in = {.reason = NULL};
    if (f->complaint.reporter_sealed.n == 0)
        return cx_fail(cx, ERR_CONFLICT, "no_identity",
                       T("Identitas pelapor pengaduan ini tidak disimpan."));
    struct seal_envelope key;
    TRY(complaint_unlock(cx, f->complaint.id, COMPLAINT_REPORTER, &key));
    enum err e = parse_reason(cx, req, &in);
    if (e == ERR_OK)
        e = complaint_open_reporter(cx, &f->complaint, &key, ret);
    explicit_bzero(&key, sizeof(key));
    return e == ERR_OK ? record(cx, &f->complaint, &in) : e;
}

static enum err identity_json(struct cx *cx, struct http_res *res,
                              const struct complaint_reporter *r)
{
    const struct {
        const char *key, *value;
    } members[] = {{"name", r->name},           {"id_type", r->id_type},
                   {"id_number", r->id_number}, {"occupation", r->occupation},
                   {"address", r->address},     {"phone", r->phone},
                   {"email", r->email}};
    json_t *o = json_object();
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        json_object_set_new_nocheck(
            o, members[i].key, json_text(str_empty(members[i].value) ? NULL : members[i].value));
    return http_res_json(cx, res, 200, o);
}

enum err casefile_identity_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    TRY(casefile_find(cx, req, &f));
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    struct complaint_reporter shown = {.name = NULL};
    enum err e = look(cx, req, &f, &shown);
    bool page = req->wants != WANTS_JSON;
    if (page && (e == ERR_INVALID || e == ERR_CONFLICT)) {
        res->status = http_status(e);
        return identity_page(cx, req, res, &f, NULL);
    }
    TRY(e);
    return page ? identity_page(cx, req, res, &f, &shown) : identity_json(cx, res, &shown);
}
