/* Export of a complaint: who takes it, why, and what was taken before. The row and its audit entry are there before
 * anything is opened onto paper; the paper itself is not kept. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/casefile/casefile_web.h"
#include "features/portal/portal.h"
#include "features/proof/proof_view.h"
#include "features/proof/proof_web.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/seal/seal.h"
#include "proof_tmpl.h"
#include "lib/base/banned.h"

#define NOTE_MIN 10 /* code points, when the reason is "other" */

struct export_form {
    const char *reason, *note, *password;
    bool reporter;
};
static const char *const reason_codes[] = {"case_file",   "leadership",       "handover",
                                           "supervision", PROOF_REASON_OTHER, NULL};
#define AT(member) .offset = offsetof(struct export_form, member)
/* clang-format off */
static const struct field export_fields[] = {
    {.name = "reason", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(reason), .choices = reason_codes, .label = T("Keperluan"), .missing = T("Pilih untuk apa salinan ini dibuat.")},
    {.name = "note", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(note), .max = 300, .label = T("Penjelasan")},
    {.name = "reporter", .type = FIELD_BOOL, AT(reporter), .label = T("Sertakan identitas pelapor")},
    {.name = "password", .type = FIELD_SECRET, .flags = FIELD_REQUIRED, AT(password), .label = T("Kata sandi Anda"), .missing = T("Tulis kata sandi Anda sendiri.")},
};
/* clang-format on */
#undef AT
const struct form proof_export_form = FORM("ComplaintExport", struct export_form, export_fields);

/* --- page --------------------------------------------------------------------------------------------------- */

static const char *note_aad(const struct cx *cx, const char *complaint_id, const char *code)
{
    return complaint_aad(cx->arena, complaint_id, arena_printf(cx->arena, "export|%s", code));
}

/* What was written of the earlier ones, as far as this person can open it. */
static enum err fill_earlier(struct cx *cx, const struct casefile *f, struct export_view *v)
{
    struct proof *rows = NULL;
    struct seal_envelope key;
    const char *office = cx->actor.office_id;
    TRY(proof_of_subject(cx->read, office, f->complaint.id, &rows, &v->earlier_count));
    v->earlier = ARENA_ARRAY(cx->arena, v->earlier_count + 1, struct export_row);
    bool open = v->earlier_count > 0 && v->opens &&
                complaint_unlock(cx, f->complaint.id, COMPLAINT_CONTENT, &key) == ERR_OK;
    for (size_t i = 0; i < v->earlier_count; i++) {
        struct export_row *r = &v->earlier[i];
        char *note = NULL;
        if (open && rows[i].note_sealed.n &&
            seal_drop_open(&key, cx->arena, note_aad(cx, f->complaint.id, rows[i].code),
                           rows[i].note_sealed, &note) != ERR_OK)
            note = NULL;
        *r = (struct export_row){.number = proof_number_text(cx->arena, &rows[i]),
                                 .when = proof_moment(cx, rows[i].made_at),
                                 .by = staff_name(cx->read, office, rows[i].made_by),
                                 .reason = complaint_label(proof_reasons, rows[i].reason),
                                 .note = note,
                                 .code = rows[i].code,
                                 .pages = rows[i].pages,
                                 .with_reporter = rows[i].with_reporter != 0};
    }
    if (open)
        explicit_bzero(&key, sizeof(key));
    return ERR_OK;
}

static void export_body(struct html *h, void *arg)
{
    export_page(h, arg);
}

static enum err show_page(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct casefile *f)
{
    static const struct option reasons[] = {
        {"case_file", T("Kelengkapan berkas perkara")},
        {"leadership", T("Laporan kepada pimpinan")},
        {"handover", T("Pelimpahan kepada instansi yang berwenang")},
        {"supervision", T("Pemeriksaan pengawasan atau APIP")},
        {PROOF_REASON_OTHER, T("Lainnya")},
        {NULL, NULL}};
    struct export_view *v = ARENA_NEW(cx->arena, struct export_view);
    const char *office = cx->actor.office_id;
    v->number = f->number;
    v->path = f->path;
    v->reasons = reasons;
    v->reason = form_typed(cx, req, "reason");
    v->note = form_typed(cx, req, "note");
    v->reporter = http_field(req, "reporter") != NULL;
    TRY(complaint_has_share(cx->read, office, f->complaint.id, cx->actor.id, COMPLAINT_CONTENT,
                            &v->opens));
    TRY(complaint_has_share(cx->read, office, f->complaint.id, cx->actor.id, COMPLAINT_REPORTER,
                            &v->may_reporter));
    v->may_reporter = v->may_reporter && f->complaint.reporter_sealed.n > 0;
    TRY(fill_earlier(cx, f, v));
    const struct page_view page = {
        .title = T("Ekspor pengaduan"), .current = "/pengaduan", .body = export_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err proof_export_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    TRY(casefile_find(cx, req, &f));
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    return show_page(cx, req, res, &f);
}

/* --- the act -------------------------------------------------------------------------------------------------- */

static enum err parse(struct cx *cx, struct http_req *req, struct export_form *ret)
{
    enum err e = form_parse(cx, req, &proof_export_form, ret);
    bool wordless = str_eq(ret->reason, PROOF_REASON_OTHER) &&
                    utf8_length(str_or(ret->note, "")) < NOTE_MIN;
    if (wordless && !form_error(cx, "note"))
        cx_field(cx, "note", "too_short",
                 T("Jelaskan keperluannya, paling sedikit %d huruf. Penjelasan ini disegel bersama "
                   "pengaduan."),
                 NOTE_MIN);
    return e != ERR_OK ? e : cx_fields(cx);
}

/* Keys of what is wanted; wiped by the caller. */
struct keys {
    struct seal_envelope content, reporter;
};

static enum err open_all(struct cx *cx, const struct complaint *c, const struct keys *keys,
                         bool reporter, struct proof_copy *copy)
{
    struct complaint_text *text = ARENA_NEW(cx->arena, struct complaint_text);
    struct complaint_reporter *who = ARENA_NEW(cx->arena, struct complaint_reporter);
    TRY(complaint_open_content(cx, c, &keys->content, text));
    if (reporter)
        TRY(complaint_open_reporter(cx, c, &keys->reporter, who));
    copy->text = text;
    copy->reporter = reporter ? who : NULL;
    return ERR_OK;
}

static enum err begin(struct cx *cx, const struct complaint *c, const struct export_form *in,
                      struct proof_export *e)
{
    const char *code = proof_code_new(cx->arena);
    *e = (struct proof_export){.office_id = cx->actor.office_id,
                               .actor_kind = audit_actor_kind(cx),
                               .actor_id = cx->actor.id,
                               .now_ms = cx->now_ms};
    e->proof = (struct proof){.code = code,
                              .kind = PROOF_EXPORT,
                              .subject_id = c->id,
                              .year = time_civil(cx->now_ms, cx->offset_min).year,
                              .made_at = cx->now_ms,
                              .made_by = cx->actor.id,
                              .reason = in->reason,
                              .with_reporter = in->reporter};
    if (c->public_key.n == 32 && !str_empty(in->note))
        e->proof.note_sealed = seal_drop_text(cx->arena, c->public_key.p, note_aad(cx, c->id, code),
                                              in->note);
    enum err done = db_tx(cx, "complaint_export", proof_export_begin_tx, e);
    return done != ERR_OK && e->refusal.err != ERR_OK ? cx_refuse(cx, &e->refusal) : done;
}

/* What fails on the way ends the row too, so that the next export need not wait for it. */
static enum err make(struct cx *cx, const struct proof_copy *copy, struct proof_export *e,
                     struct bytes *ret)
{
    enum err made = proof_copy_pdf(cx, copy, ret);
    if (made == ERR_OK)
        made = proof_hash(cx->arena, *ret, &e->proof);
    enum err kept = db_tx(cx, "complaint_export_finish", proof_export_finish_tx, e);
    return made != ERR_OK ? made : kept;
}

static enum err export_with(struct cx *cx, const struct complaint *c, const struct export_form *in,
                            const struct keys *keys, struct bytes *ret, const char **ret_number)
{
    struct proof_export e;
    struct proof_copy copy = {.complaint = c, .key = &keys->content, .note = in->note};
    TRY(open_all(cx, c, keys, in->reporter, &copy));
    TRY(begin(cx, c, in, &e));
    copy.proof = &e.proof;
    *ret_number = proof_number_text(cx->arena, &e.proof);
    return make(cx, &copy, &e, ret);
}

static enum err export(struct cx *cx, struct http_req *req, const struct complaint *c,
                       struct bytes *ret, const char **ret_number) {
    struct export_form in = {.reason = NULL}; struct keys keys;
    TRY(complaint_unlock(cx, c->id, COMPLAINT_CONTENT, &keys.content));
    enum err e = parse(cx, req, &in);
    if (e == ERR_OK) e = staff_prove_password(cx, in.password);
    if (e == ERR_OK && in.reporter)
        e = complaint_unlock(cx, c->id, COMPLAINT_REPORTER, &keys.reporter);
    if (e == ERR_OK) e = export_with(cx, c, &in, &keys, ret, ret_number);
    explicit_bzero(&keys, sizeof(keys));
    return e;
}

/* "EKS-12/2026" → "EKS-12-2026.pdf": the number of the complaint stays off the file's name. */
static const char *file_name(struct arena *a, const char *number)
{
    char *name = arena_printf(a, "%s.pdf", number);
    for (char *s = name; *s; s++) {
        if (*s == '/')
            *s = '-';
    }
    return name;
}

enum err proof_export_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct casefile f;
    struct bytes file = {NULL, 0};
    const char *number = NULL;
    TRY(casefile_find(cx, req, &f));
    if (casefile_must_ask(cx, req))
        return casefile_ask(cx, req, res, req->path);
    enum err e = export(cx, req, &f.complaint, &file, &number);
    if (req->wants != WANTS_JSON && (e == ERR_INVALID || e == ERR_CONFLICT)) {
        res->status = http_status(e);
        return show_page(cx, req, res, &f);
    }
    TRY(e);
    return proof_send(cx, res, file, file_name(cx->arena, number));
}
