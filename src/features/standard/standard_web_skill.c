/* /kompetensi: one's own confirmation; for leaders and the administrator the roster, and a warning when those
 * who staff the counter today lack something the standard asks of them. */
#include "features/standard/standard_web.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "standard_tmpl.h"
#include "lib/base/banned.h"

/* A certificate that ends within this time is shown as ending. */
#define SOON_MS ((int64_t)30 * 24 * 3600 * 1000)

const struct option skill_kind_options[] = {
    {"word", "Microsoft Word"}, {"excel", "Microsoft Excel"}, {NULL, NULL}};

struct read_form {
    const char *guideline_id;
};
struct guideline_form {
    const char *title, *day;
};
struct certificate_form {
    const char *staff_id, *kind, *number, *issued, *expires;
};
static const char *const kinds[] = {"word", "excel", NULL};
/* clang-format off */
#define AT(type, member) .offset = offsetof(struct type, member)
static const struct field read_fields[] = {
    {.name = "guideline_id", .type = FIELD_ID, .flags = FIELD_REQUIRED, AT(read_form, guideline_id), .label = T("Pedoman")},
};
static const struct field guideline_fields[] = {
    {.name = "title", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(guideline_form, title), .max = 200, .label = T("Nama pedoman"), .missing = T("Tulis nama dan nomor pedoman.")},
    {.name = "day", .type = FIELD_DATE, .flags = FIELD_REQUIRED, AT(guideline_form, day), .label = T("Tanggal pedoman"), .missing = T("Tulis tanggal pedoman.")},
};
static const struct field certificate_fields[] = {
    {.name = "staff_id", .type = FIELD_ID, .flags = FIELD_REQUIRED, AT(certificate_form, staff_id), .label = T("Orang"), .missing = T("Pilih orangnya.")},
    {.name = "kind", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(certificate_form, kind), .choices = kinds, .label = T("Sertifikat"), .missing = T("Pilih sertifikatnya.")},
    {.name = "number", .type = FIELD_TEXT, AT(certificate_form, number), .max = 80, .label = T("Nomor sertifikat")},
    {.name = "issued", .type = FIELD_DATE, .flags = FIELD_REQUIRED, AT(certificate_form, issued), .label = T("Tanggal terbit"), .missing = T("Tulis tanggal terbit.")},
    {.name = "expires", .type = FIELD_DATE, AT(certificate_form, expires), .label = T("Berlaku sampai")},
};
#undef AT
/* clang-format on */
const struct form skill_read_form = FORM("GuidelineRead", struct read_form, read_fields);
const struct form skill_guideline_form = FORM("Guideline", struct guideline_form, guideline_fields);
const struct form skill_certificate_form = FORM("Certificate", struct certificate_form,
                                                certificate_fields);

/* --- what is known --------------------------------------------------------------------------------------------- */

struct skill_load {
    struct guideline guideline;
    struct skill_facts facts;
    const char *today, *soon;
};

static enum err load(struct cx *cx, struct skill_load *l)
{
    l->today = standard_today(cx);
    l->soon = time_day_text(cx->arena, cx->now_ms + SOON_MS, cx->offset_min);
    return standard_skills(cx, &l->guideline, &l->facts);
}

static const char *read_day(const struct skill_load *l, const char *staff_id)
{
    for (size_t i = 0; l->facts.readers && i < l->facts.reader_count; i++) {
        if (str_eq(l->facts.readers[i].staff_id, staff_id))
            return l->facts.readers[i].day;
    }
    return NULL;
}

static struct skill_cell guideline_cell(const struct skill_load *l, const char *staff_id)
{
    const char *day = read_day(l, staff_id);
    if (!l->facts.has_guideline)
        return (struct skill_cell){T("Pedoman belum ditetapkan"), "", NULL};
    return day ? (struct skill_cell){day, "ok", "centang"}
               : (struct skill_cell){T("Belum dinyatakan"), "bad", "awas"};
}

static struct skill_cell certificate_cell(struct cx *cx, const struct skill_load *l,
                                          const char *staff_id, const char *kind)
{
    const struct certificate *c = standard_certificate(&l->facts, staff_id, kind);
    if (!c)
        return (struct skill_cell){T("Tidak ada"), "bad", "awas"};
    if (str_empty(c->expires))
        return (struct skill_cell){T("Berlaku"), "ok", "centang"};
    if (!standard_certificate_holds(c, l->today))
        return (struct skill_cell){cx_printf(cx, T("Habis %s"), c->expires), "bad", "awas"};
    const char *text = cx_printf(cx, T("Sampai %s"), c->expires);
    return standard_certificate_holds(c, l->soon) ? (struct skill_cell){text, "ok", "centang"}
                                                  : (struct skill_cell){text, "warn", "jam"};
}

/* --- the roster -------------------------------------------------------------------------------------------------- */

static enum err fill_warnings(struct cx *cx, const struct skill_load *l, struct skill_view *v)
{
    struct counter_gaps g;
    TRY(standard_counter_gaps(cx, l->today, l->today, false, &g));
    v->by_duty = g.by_duty;
    v->warnings = ARENA_ARRAY(cx->arena, g.count + 1, const char *);
    for (size_t i = 0; i < g.count; i++)
        v->warnings[v->warning_count++] = g.items[i].text;
    return ERR_OK;
}

static void fill_certificates(struct cx *cx, const struct skill_load *l, struct skill_view *v)
{
    v->certificates = ARENA_ARRAY(cx->arena, l->facts.certificate_count + 1,
                                  struct skill_certificate_view);
    for (size_t i = 0; i < l->facts.certificate_count; i++) {
        const struct certificate *c = &l->facts.certificates[i];
        v->certificates[v->certificate_count++] = (struct skill_certificate_view){
            .person = staff_name(cx->read, cx->actor.office_id, c->staff_id),
            .kind = str_eq(c->kind, "word") ? "Microsoft Word" : "Microsoft Excel",
            .number = c->number,
            .issued = c->issued,
            .expires = c->expires,
            .remove = arena_printf(cx->arena, "/kompetensi/sertifikat/%s/hapus", c->id)};
    }
}

static enum err fill_roster(struct cx *cx, const struct skill_load *l, struct skill_view *v)
{
    struct staff *people = NULL;
    size_t count = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &people, &count));
    v->rows = ARENA_ARRAY(cx->arena, count + 1, struct skill_row);
    v->people = ARENA_ARRAY(cx->arena, count + 1, struct option);
    for (size_t i = 0; i < count; i++) {
        v->rows[i] = (struct skill_row){.name = people[i].name,
                                        .role = staff_role_label((uint32_t)people[i].roles),
                                        .guideline = guideline_cell(l, people[i].id),
                                        .word = certificate_cell(cx, l, people[i].id, "word"),
                                        .excel = certificate_cell(cx, l, people[i].id, "excel")};
        v->people[i] = (struct option){people[i].id, people[i].name};
    }
    v->row_count = count;
    fill_certificates(cx, l, v);
    return fill_warnings(cx, l, v);
}

static void skill_body(struct html *h, void *arg)
{
    skill_page(h, arg);
}

static void fill_typed(struct cx *cx, const struct http_req *req, struct skill_view *v)
{
    v->typed_title = form_typed(cx, req, "title");
    v->typed_day = form_typed(cx, req, "day");
    v->typed_staff = form_typed(cx, req, "staff_id");
    v->typed_kind = form_typed(cx, req, "kind");
    v->typed_number = form_typed(cx, req, "number");
    v->typed_issued = form_typed(cx, req, "issued");
    v->typed_expires = form_typed(cx, req, "expires");
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct skill_view *v = ARENA_NEW(cx->arena, struct skill_view);
    struct skill_load l = {.today = NULL};
    TRY(load(cx, &l));
    v->title = l.facts.has_guideline ? l.guideline.title : NULL;
    v->day = l.facts.has_guideline ? standard_day_words(cx, l.guideline.day) : NULL;
    v->guideline_id = l.guideline.id;
    v->confirmed = read_day(&l, cx->actor.id);
    v->word = certificate_cell(cx, &l, cx->actor.id, "word");
    v->excel = certificate_cell(cx, &l, cx->actor.id, "excel");
    v->roster = standard_may_edit(cx);
    v->saved = http_query(req, "disimpan") != NULL;
    fill_typed(cx, req, v);
    if (v->roster)
        TRY(fill_roster(cx, &l, v));
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {
        .title = T("Kompetensi pelaksana"), .current = "/kompetensi", .body = skill_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err skill_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return show(cx, req, res, ERR_OK);
}

static enum err answer(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    if (e == ERR_OK)
        return http_res_redirect(cx, res, "/kompetensi?disimpan=1");
    return standard_again(req, e) ? show(cx, req, res, e) : e;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

static enum err confirm(struct cx *cx, struct http_req *req)
{
    struct read_form f;
    struct guideline g = {.id = NULL};
    TRY(form_parse(cx, req, &skill_read_form, &f));
    enum err e = guideline_current(cx->read, cx->actor.office_id, &g);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (!str_eq(g.id, f.guideline_id))
        return cx_fail(cx, ERR_CONFLICT, "guideline_changed",
                       T("Pedoman yang berlaku sudah berganti. Baca yang baru, lalu nyatakan."));
    struct guideline_read r = {.act = visit_act_of(cx),
                               .guideline_id = g.id,
                               .day = time_day_text(cx->arena, cx->now_ms, cx->offset_min)};
    return db_tx(cx, "guideline_read", guideline_read_tx, &r);
}

enum err skill_read_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return answer(cx, req, res, confirm(cx, req));
}

enum err skill_guideline_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct guideline_form f;
    enum err e = form_parse(cx, req, &skill_guideline_form, &f);
    if (e == ERR_OK) {
        struct guideline_change c = {.act = visit_act_of(cx),
                                     .guideline = {cx_new_id(cx), f.title, f.day}};
        e = db_tx(cx, "guideline_set", guideline_set_tx, &c);
    }
    return answer(cx, req, res, e);
}

static enum err add(struct cx *cx, struct http_req *req)
{
    struct certificate_form f;
    struct staff person = {.name = NULL};
    TRY(form_parse(cx, req, &skill_certificate_form, &f));
    if (!str_empty(f.expires) && strcmp(f.expires, f.issued) < 0) {
        cx_field(cx, "expires", "order", T("Tulis tanggal sesudah tanggal terbit."));
        return ERR_INVALID;
    }
    enum err e = staff_get(cx->read, cx->actor.office_id, f.staff_id, &person);
    if (e == ERR_MISSING) {
        cx_field(cx, "staff_id", "unknown", T("Pilih orangnya."));
        return ERR_INVALID;
    }
    TRY(e);
    struct certificate_change c = {.act = visit_act_of(cx),
                                   .certificate = {.id = cx_new_id(cx),
                                                   .staff_id = f.staff_id,
                                                   .kind = f.kind,
                                                   .number = f.number,
                                                   .issued = f.issued,
                                                   .expires = f.expires}};
    return db_tx(cx, "certificate_add", certificate_add_tx, &c);
}

enum err skill_certificate_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return answer(cx, req, res, add(cx, req));
}

enum err skill_remove_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct certificate_change c = {.act = visit_act_of(cx),
                                   .certificate = {.id = http_param(req, "id")}};
    return answer(cx, req, res, db_tx(cx, "certificate_remove", certificate_remove_tx, &c));
}
