/* /templat-surat: the .docx of each kind, edited in Word and uploaded again. A file with faults changes nothing. */
#include <stdio.h>
#include <string.h>

#include "features/letter/letter_page.h"
#include "features/letter/letter_web.h"
#include "features/portal/portal.h"
#include "letter_tmpl.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

struct template_in {
    struct bytes file;
};
/* clang-format off */
static const struct field template_fields[] = {
    {.name = "file", .type = FIELD_FILE, .flags = FIELD_REQUIRED, .offset = offsetof(struct template_in, file), .max = (int64_t)DOCX_FILE_MAX, .label = T("Berkas Word"), .missing = T("Pilih berkas Word (.docx) yang akan diunggah.")},
};
/* clang-format on */
const struct form letter_template_form = FORM("LetterTemplateNew", struct template_in,
                                              template_fields);

struct version_in {
    int64_t version;
};
/* clang-format off */
static const struct field version_fields[] = {
    {.name = "version", .type = FIELD_INT, .flags = FIELD_REQUIRED, .offset = offsetof(struct version_in, version), .min = 0, .max = 100000, .label = T("Versi"), .missing = T("Pilih versi templat.")},
};
/* clang-format on */
const struct form letter_version_form = FORM("LetterTemplateUse", struct version_in, version_fields);

static enum err kind_of(struct cx *cx, const struct http_req *req, const struct letter_kind **ret)
{
    *ret = letter_kind_of(http_param(req, "kind"));
    return *ret ? ERR_OK
                : cx_fail(cx, ERR_MISSING, "letter_kind_unknown",
                          T("Jenis surat itu tidak ada. Pilih dari daftar surat."));
}

static const char *path_of(struct cx *cx, const struct letter_kind *k)
{
    return arena_printf(cx->arena, "/templat-surat/%s", k->code);
}

/* --- all kinds --------------------------------------------------------------------------------------------- */

static const char *version_text(struct cx *cx, int64_t version)
{
    return version ? cx_printf(cx, T("Versi %lld"), (long long)version)
                   : cx_t(cx, T("Bawaan program"));
}

static void templates_body(struct html *h, void *arg)
{
    letter_templates_page(h, arg);
}

static enum err templates_json(struct cx *cx, struct http_res *res)
{
    json_t *items = json_array();
    for (size_t i = 0; letter_kinds[i].code; i++) {
        int64_t version = 0;
        TRY(letter_template_active(cx->read, cx->actor.office_id, letter_kinds[i].code, &version));
        json_array_append_new(items, json_pack("{s:s, s:I}", "kind", letter_kinds[i].code,
                                               "version", (json_int_t)version));
    }
    return http_res_json(cx, res, 200, json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

enum err letter_templates_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (req->wants == WANTS_JSON)
        return templates_json(cx, res);
    struct letter_templates_view *v = ARENA_NEW(cx->arena, struct letter_templates_view);
    struct letter_kind_row *rows = ARENA_ARRAY(cx->arena, LETTER_KINDS, struct letter_kind_row);
    for (size_t i = 0; letter_kinds[i].code; i++) {
        int64_t version = 0;
        TRY(letter_template_active(cx->read, cx->actor.office_id, letter_kinds[i].code, &version));
        rows[v->count++] = (struct letter_kind_row){.code = letter_kinds[i].code,
                                                    .label = letter_kinds[i].label,
                                                    .active = version_text(cx, version)};
    }
    v->rows = rows;
    const struct page_view page = {
        .title = T("Templat surat"), .current = "/templat-surat", .body = templates_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- one kind -------------------------------------------------------------------------------------------------- */

struct faults {
    const struct docx_fault *list;
    size_t count;
};

/* The sentence with what it is about. */
static const char *fault_text(struct cx *cx, const struct docx_fault *f)
{
    const char *text = cx_t(cx, f->msgid);
    const char *hole = strstr(text, "%s");
    if (!hole)
        return text;
    return arena_printf(cx->arena, "%.*s%s%s", (int)(hole - text), text, f->about, hole + 2);
}

static void fill_faults(struct cx *cx, const struct faults *f, struct letter_template_view *v)
{
    struct letter_fault_row *rows = ARENA_ARRAY(cx->arena, f->count + 1, struct letter_fault_row);
    for (size_t i = 0; i < f->count; i++)
        rows[i] = (struct letter_fault_row){.text = fault_text(cx, &f->list[i]),
                                            .where = f->list[i].where};
    v->faults = rows;
    v->fault_count = f->count;
}

static enum err fill_versions(struct cx *cx, const struct letter_kind *k,
                              struct letter_template_view *v)
{
    struct letter_template *list = NULL;
    size_t count = 0;
    bool any = false;
    TRY(letter_templates(cx->read, cx->actor.office_id, k->code, &list, &count));
    struct letter_version_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct letter_version_row);
    for (size_t i = 0; i < count; i++) {
        any |= list[i].active != 0;
        rows[i] = (struct letter_version_row){
            .label = version_text(cx, list[i].version),
            .when = time_long_date(cx->arena, list[i].uploaded_at, cx->offset_min,
                                   cx->lang == LANG_EN),
            .who = staff_name(cx->read, cx->actor.office_id, list[i].uploaded_by),
            .version = arena_printf(cx->arena, "%lld", (long long)list[i].version),
            .active = list[i].active != 0};
        rows[i].file = arena_printf(cx->arena, "%s/unduh?versi=%s", v->path, rows[i].version);
    }
    rows[count] = (struct letter_version_row){
        .label = version_text(cx, 0),
        .version = "0",
        .file = arena_printf(cx->arena, "%s/unduh?versi=0", v->path),
        .active = !any};
    v->versions = rows;
    v->version_count = count + 1;
    return ERR_OK;
}

static void template_body(struct html *h, void *arg)
{
    letter_template_page(h, arg);
}

static enum err template_show(struct cx *cx, struct http_req *req, struct http_res *res,
                              const struct letter_kind *k, const struct faults *faults)
{
    struct letter_template_view *v = ARENA_NEW(cx->arena, struct letter_template_view);
    v->kind = k->code;
    v->label = k->label;
    v->path = path_of(cx, k);
    v->placeholders = letter_placeholders(cx->arena, k);
    while (v->placeholders[v->placeholder_count].name)
        v->placeholder_count++;
    v->done = http_query(req, "selesai") != NULL;
    fill_faults(cx, faults, v);
    TRY(fill_versions(cx, k, v));
    const struct page_view page = {
        .title = k->label, .current = "/templat-surat", .body = template_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err letter_template_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct letter_kind *k = NULL;
    const struct faults none = {NULL, 0};
    TRY(kind_of(cx, req, &k));
    return template_show(cx, req, res, k, &none);
}

static enum err run(struct cx *cx, const char *name, enum err (*fn)(struct db_conn *tx, void *arg),
                    struct letter_template_change *c)
{
    enum err e = db_tx(cx, name, fn, c);
    return e != ERR_OK && e == c->refusal.err ? cx_refuse(cx, &c->refusal) : e;
}

/* Machines get the first sentences as faults of the field. */
static enum err refused(struct cx *cx, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct docx_fault *f = &faults->list[i];
        const char *text = fault_text(cx, f);
        if (*f->where)
            text = arena_printf(cx->arena, "%s (%s)", text, cx_t(cx, f->where));
        cx_field(cx, "file", f->code, "%s", text);
    }
    return ERR_INVALID;
}

static enum err take(struct cx *cx, struct http_req *req, const struct letter_kind *k,
                     struct faults *faults)
{
    struct template_in in;
    TRY(form_parse(cx, req, &letter_template_form, &in));
    if (docx_check(cx->arena, in.file, letter_names(cx->arena, k), &faults->list, &faults->count) !=
        ERR_OK)
        return refused(cx, faults);
    struct letter_template_change c = {
        .act = visit_act_of(cx), .id = cx_new_id(cx), .kind = k->code, .file = in.file};
    return run(cx, "letter_template_add", letter_template_add, &c);
}

static enum err answer(struct cx *cx, struct http_req *req, struct http_res *res,
                       const struct letter_kind *k, enum err e, const struct faults *faults)
{
    if (e == ERR_OK)
        return req->wants == WANTS_JSON
                   ? templates_json(cx, res)
                   : http_res_redirect(cx, res,
                                       arena_printf(cx->arena, "%s?selesai=1", path_of(cx, k)));
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = http_status(e);
    return template_show(cx, req, res, k, faults);
}

enum err letter_template_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct letter_kind *k = NULL;
    struct faults faults = {NULL, 0};
    TRY(kind_of(cx, req, &k));
    return answer(cx, req, res, k, take(cx, req, k, &faults), &faults);
}

enum err letter_template_use_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct letter_kind *k = NULL;
    const struct faults none = {NULL, 0};
    struct version_in in;
    TRY(kind_of(cx, req, &k));
    enum err e = form_parse(cx, req, &letter_version_form, &in);
    struct letter_template_change c = {
        .act = visit_act_of(cx), .kind = k->code, .version = in.version};
    if (e == ERR_OK)
        e = run(cx, "letter_template_use", letter_template_use, &c);
    return answer(cx, req, res, k, e, &none);
}

/* --- files --------------------------------------------------------------------------------------------------------- */

/* ?versi=N; without it the one in use. */
static enum err asked_file(struct cx *cx, const struct http_req *req, const struct letter_kind *k,
                           struct bytes *ret)
{
    int64_t version = 0;
    const char *typed = http_query(req, "versi");
    if (!typed)
        TRY(letter_template_active(cx->read, cx->actor.office_id, k->code, &version));
    enum err e = !typed || str_to_i64(typed, 0, 100000, &version)
                     ? letter_file(cx, k->code, version, ret)
                     : ERR_MISSING;
    return e == ERR_MISSING ? cx_fail(cx, e, "template_unknown",
                                      T("Versi templat itu tidak ada. Muat ulang halaman."))
                            : e;
}

enum err letter_template_file_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct letter_kind *k = NULL;
    struct bytes file;
    TRY(kind_of(cx, req, &k));
    TRY(asked_file(cx, req, k, &file));
    return letter_send(cx, res, file,
                       arena_printf(cx->arena, "templat %s.docx", cx_t(cx, k->label)));
}

enum err letter_template_sample_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct letter_kind *k = NULL;
    struct bytes file, sample;
    TRY(kind_of(cx, req, &k));
    TRY(asked_file(cx, req, k, &file));
    TRY(letter_sample(cx, k, file, &sample));
    return letter_send(cx, res, sample,
                       arena_printf(cx->arena, "contoh %s.docx", cx_t(cx, k->label)));
}
