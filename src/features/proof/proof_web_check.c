/* The page where a paper of the office is checked: what was issued under a code, and whether a file is that one.
 * It tells nothing of what the paper is about. A file that is sent in is hashed in memory and forgotten. */
#include <string.h>

#include "features/portal/portal.h"
#include "features/proof/proof_view.h"
#include "features/proof/proof_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "proof_tmpl.h"
#include "lib/base/banned.h"

#define CHECKS_BURST    20 /* files of one network, */
#define CHECKS_PER_HOUR 120

struct check_form {
    struct bytes file;
};
/* clang-format off */
static const struct field check_fields[] = {
    {.name = "file", .type = FIELD_FILE, .flags = FIELD_REQUIRED, .offset = offsetof(struct check_form, file), .label = T("Berkas PDF"), .missing = T("Pilih berkas PDF yang akan dicocokkan.")},
};
/* clang-format on */
const struct form proof_check_form = FORM("ProofFile", struct check_form, check_fields);

const char *proof_moment(struct cx *cx, int64_t ms)
{
    return time_moment(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

static const char *kind_words(const char *kind)
{
    return str_eq(kind, PROOF_EXPORT) ? T("Salinan berkas (ekspor)") : T("Register yang ditutup");
}

static const char *const unknown_code = T(
    "Kantor tidak mengeluarkan dokumen dengan kode ini. Periksa lagi huruf dan angkanya pada "
    "dokumen.");

static enum err find(struct cx *cx, const struct http_req *req, struct proof *ret)
{
    char *code = NULL;
    enum err e = ERR_MISSING;
    if (proof_code_normalise(cx->arena, http_param(req, "code"), &code))
        e = proof_by_code(cx->read, cx->actor.office_id, code, ret);
    if (e != ERR_MISSING)
        return e;
    return cx_fail(cx, ERR_MISSING, "unknown_code", unknown_code);
}

/* --- the code typed from a paper ------------------------------------------------------------------------------ */

static void start_body(struct html *h, void *arg)
{
    check_start_page(h, arg);
}

static enum err start_show(struct cx *cx, struct http_req *req, struct http_res *res,
                           const char *typed)
{
    struct check_start_view *v = ARENA_NEW(cx->arena, struct check_start_view);
    v->code = typed;
    const struct page_view page = {.title = T("Periksa keaslian dokumen"),
                                   .phone = true,
                                   .language = true,
                                   .body = start_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err proof_check_start_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *typed = http_query(req, "kode");
    char *code = NULL;
    if (proof_code_normalise(cx->arena, typed, &code))
        return http_res_redirect(cx, res, arena_printf(cx->arena, "/periksa/%s", code));
    if (!str_empty(typed)) {
        res->status = 422;
        cx_field(cx, "kode", "code",
                 T("Kode pemeriksaan berisi 20 huruf dan angka. Periksa lagi pada bagian bawah "
                   "dokumen."));
    }
    return start_show(cx, req, res, typed);
}

/* --- what was issued ------------------------------------------------------------------------------------------- */

static const char *page_hash(struct cx *cx, const struct proof *p, int64_t page)
{
    return str_hex(cx->arena, p->page_hashes.p + page * PROOF_HASH_BYTES, PROOF_HASH_BYTES);
}

static void check_body(struct html *h, void *arg)
{
    check_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct proof *p, struct check_view *v)
{
    v->code = p->code;
    v->action = arena_printf(cx->arena, "/periksa/%s", p->code);
    v->kind = kind_words(p->kind);
    v->number = proof_number_text(cx->arena, p);
    v->day = time_long_date(cx->arena, p->made_at, cx->offset_min, cx->lang == LANG_EN);
    v->file_hash = str_hex(cx->arena, p->file_hash.p, p->file_hash.n);
    v->file_bytes = p->file_bytes;
    v->page_count = (size_t)p->pages;
    v->pages = ARENA_ARRAY(cx->arena, v->page_count + 1, struct check_page_row);
    for (int64_t i = 0; i < p->pages; i++)
        v->pages[i] = (struct check_page_row){
            .number = i + 1, .hash = page_hash(cx, p, i), .same = v->flags && v->flags[i]};
    const struct page_view page = {.title = T("Periksa keaslian dokumen"),
                                   .current = v->action,
                                   .phone = true,
                                   .language = true,
                                   .body = check_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

static json_t *known_json(struct cx *cx, const struct proof *p)
{
    json_t *pages = json_array();
    json_t *o = json_object();
    for (int64_t i = 0; i < p->pages; i++)
        json_array_append_new(pages, json_text(page_hash(cx, p, i)));
    json_object_set_new_nocheck(o, "kind", json_text(p->kind));
    json_object_set_new_nocheck(o, "number", json_text(proof_number_text(cx->arena, p)));
    json_object_set_new_nocheck(o, "date",
                                json_text(time_day_text(cx->arena, p->made_at, cx->offset_min)));
    json_object_set_new_nocheck(o, "bytes", json_integer(p->file_bytes));
    json_object_set_new_nocheck(o, "sha256",
                                json_text(str_hex(cx->arena, p->file_hash.p, p->file_hash.n)));
    json_object_set_new_nocheck(o, "page_sha256", pages);
    return o;
}

enum err proof_check_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct proof p = {.code = NULL};
    enum err e = find(cx, req, &p);
    if (e == ERR_MISSING && req->wants != WANTS_JSON) { /* may be typed again where it was typed */
        res->status = 404;
        cx_field(cx, "kode", "unknown_code", unknown_code);
        return start_show(cx, req, res, http_param(req, "code"));
    }
    if (e != ERR_OK)
        return e;
    if (req->wants == WANTS_JSON)
        return http_res_json(cx, res, 200, known_json(cx, &p));
    return show(cx, req, res, &p, ARENA_NEW(cx->arena, struct check_view));
}

/* --- a file ------------------------------------------------------------------------------------------------------ */

static const char *const verdict_codes[] = {[PROOF_SAME] = "same",
                                            [PROOF_REST_CHANGED] = "rest_changed",
                                            [PROOF_CHANGED] = "changed",
                                            [PROOF_STRANGE] = "strange"};

static enum err check_json(struct cx *cx, struct http_res *res, const struct proof *p,
                           enum proof_verdict verdict, const bool *flags)
{
    json_t *o = known_json(cx, p);
    json_t *same = json_array();
    for (int64_t i = 0; i < p->pages; i++)
        json_array_append_new(same, json_boolean(flags[i]));
    json_object_set_new_nocheck(o, "verdict", json_text(verdict_codes[verdict]));
    json_object_set_new_nocheck(o, "page_same", same);
    return http_res_json(cx, res, 200, o);
}

enum err proof_check_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct check_form f = {{NULL, 0}};
    struct proof known = {.code = NULL}, file = {.code = NULL};
    struct check_view *v = ARENA_NEW(cx->arena, struct check_view);
    TRY(find(cx, req, &known));
    TRY(http_throttle(cx, req, "proof_check", CHECKS_BURST, CHECKS_PER_HOUR));
    enum err e = form_parse(cx, req, &proof_check_form, &f);
    if (e == ERR_INVALID && req->wants != WANTS_JSON) {
        res->status = 422;
        return show(cx, req, res, &known, v);
    }
    TRY(e);
    /* A file without a page of ours has hashes all the same: of no pages, and of the whole. */
    e = proof_hash(cx->arena, f.file, &file);
    if (e != ERR_OK && e != ERR_INVALID)
        return e;
    bool *flags = ARENA_ARRAY(cx->arena, (size_t)known.pages + 1, bool);
    enum proof_verdict verdict = proof_compare(&known, &file, flags);
    if (req->wants == WANTS_JSON)
        return check_json(cx, res, &known, verdict, flags);
    v->flags = flags;
    v->checked = true;
    v->verdict = verdict;
    v->pages_of_file = file.pages;
    return show(cx, req, res, &known, v);
}
