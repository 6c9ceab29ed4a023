/* A new version of a standard, the first one of a further service, and a new pledge. What stood there before stays
 * to be read. */
#include "features/standard/standard_web.h"

#include "lib/base/str.h"
#include "standard_tmpl.h"
#include "lib/base/banned.h"

#define LIMIT_MAX (30 * 24 * 60)
/* Newer than any version's day. */
#define NEWEST "9999-12-31"

struct edit_form {
    const char *title, *decree, *valid_from;
    int64_t limit_count, start_step, stop_step;
    const char *limit_unit;
    const char *parts[STANDARD_PARTS];
};
struct sign_form {
    const char *body, *place, *day, *signer;
};
static const char *const units[] = {"minute", "hour", "working_day", "day", NULL};
const struct option standard_unit_options[] = {{"minute", T("Menit")},
                                               {"hour", T("Jam")},
                                               {"working_day", T("Hari kerja")},
                                               {"day", T("Hari")},
                                               {NULL, NULL}};
/* clang-format off */
#define AT(type, member) .offset = offsetof(struct type, member)
#define PART(i, code, text) {.name = code, .type = FIELD_LINES, .offset = offsetof(struct edit_form, parts) + (i) * sizeof(const char *), .max = 6000, .label = text}
static const struct field edit_fields[] = {
    {.name = "title", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(edit_form, title), .max = 200, .label = T("Nama standar")},
    {.name = "decree", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(edit_form, decree), .max = 100, .label = T("Nomor keputusan"), .missing = T("Tulis nomor keputusan yang menetapkan versi ini.")},
    {.name = "valid_from", .type = FIELD_DATE, .flags = FIELD_REQUIRED, AT(edit_form, valid_from), .label = T("Berlaku sejak"), .missing = T("Tulis tanggal mulai berlaku.")},
    {.name = "limit_count", .type = FIELD_INT, .flags = FIELD_REQUIRED, AT(edit_form, limit_count), .min = 1, .max = LIMIT_MAX, .label = T("Batas waktu"), .missing = T("Tulis batas waktu dengan angka.")},
    {.name = "limit_unit", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(edit_form, limit_unit), .choices = units, .label = T("Satuan waktu"), .missing = T("Pilih satuan waktu.")},
    {.name = "start_step", .type = FIELD_INT, .flags = FIELD_REQUIRED, AT(edit_form, start_step), .min = 1, .max = 100, .label = T("Langkah yang memulai waktu"), .missing = T("Tulis nomor langkah yang ada di prosedur.")},
    {.name = "stop_step", .type = FIELD_INT, .flags = FIELD_REQUIRED, AT(edit_form, stop_step), .min = 1, .max = 100, .label = T("Langkah yang menghentikan waktu"), .missing = T("Tulis nomor langkah prosedur sesudah langkah yang memulai waktu.")},
    PART(0, "requirements", T("Persyaratan")),
    PART(1, "procedure", T("Sistem, mekanisme, dan prosedur")),
    PART(2, "time", T("Jangka waktu pelayanan")),
    PART(3, "fee", T("Biaya atau tarif")),
    PART(4, "product", T("Produk pelayanan")),
    PART(5, "complaints", T("Penanganan pengaduan, saran, dan masukan")),
    PART(6, "legal", T("Dasar hukum")),
    PART(7, "facilities", T("Sarana, prasarana, dan fasilitas")),
    PART(8, "skills", T("Kompetensi pelaksana")),
    PART(9, "supervision", T("Pengawasan internal")),
    PART(10, "staffing", T("Jumlah pelaksana")),
    PART(11, "guarantee", T("Jaminan pelayanan")),
    PART(12, "safety", T("Jaminan keamanan dan keselamatan pelayanan")),
    PART(13, "evaluation", T("Evaluasi kinerja pelaksana")),
};
static const struct field sign_fields[] = {
    {.name = "body", .type = FIELD_LINES, .flags = FIELD_REQUIRED, AT(sign_form, body), .max = 3000, .label = T("Isi maklumat"), .missing = T("Tulis isi maklumat.")},
    {.name = "place", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(sign_form, place), .max = 80, .label = T("Tempat"), .missing = T("Tulis tempat penandatanganan.")},
    {.name = "day", .type = FIELD_DATE, .flags = FIELD_REQUIRED, AT(sign_form, day), .label = T("Tanggal"), .missing = T("Tulis tanggal penandatanganan.")},
    {.name = "signer", .type = FIELD_LINES, .flags = FIELD_REQUIRED, AT(sign_form, signer), .max = 400, .label = T("Penanda tangan"), .missing = T("Tulis jabatan dan nama penanda tangan.")},
};
#undef PART
#undef AT
/* clang-format on */
const struct form standard_form = FORM("ServiceStandard", struct edit_form, edit_fields);
const struct form pledge_form = FORM("ServicePledge", struct sign_form, sign_fields);

static void edit_body(struct html *h, void *arg)
{
    standard_edit_page(h, arg);
}

static const char *whole(struct cx *cx, int64_t n)
{
    return n ? arena_printf(cx->arena, "%lld", (long long)n) : "";
}

static void fill_stored(struct cx *cx, const struct standard *s, struct standard_edit_view *v)
{
    v->title = s->title;
    v->decree = s->decree;
    v->valid_from = s->valid_from;
    v->limit_count = whole(cx, s->limit_count);
    v->limit_unit = s->limit_unit;
    v->start_step = whole(cx, s->start_step);
    v->stop_step = whole(cx, s->stop_step);
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        v->parts[i].value = s->parts[i];
}

static void fill_typed(struct cx *cx, const struct http_req *req, struct standard_edit_view *v)
{
    v->title = form_typed(cx, req, "title");
    v->decree = form_typed(cx, req, "decree");
    v->valid_from = form_typed(cx, req, "valid_from");
    v->limit_count = form_typed(cx, req, "limit_count");
    v->limit_unit = form_typed(cx, req, "limit_unit");
    v->start_step = form_typed(cx, req, "start_step");
    v->stop_step = form_typed(cx, req, "stop_step");
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        v->parts[i].value = form_typed(cx, req, standard_parts[i].code);
}

static void fill_parts(struct standard_edit_view *v)
{
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        v->parts[i] = (struct input){.name = standard_parts[i].code,
                                     .label = standard_parts[i].label,
                                     .hint = i == STANDARD_PROCEDURE ? T("Satu langkah satu baris")
                                                                     : NULL,
                                     .rows = i == STANDARD_PROCEDURE ? 10 : 3,
                                     .max = 6000};
}

static enum err edit_render(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                            struct standard_edit_view *v)
{
    if (e != ERR_OK) {
        fill_typed(cx, req, v);
        res->status = http_status(e);
    }
    const struct page_view page = {
        .title = v->heading, .current = "/standar-pelayanan", .body = edit_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err edit_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct standard_edit_view *v = ARENA_NEW(cx->arena, struct standard_edit_view);
    struct standard_kind kind;
    struct standard s;
    TRY(standard_asked(cx, req, &kind, &s));
    TRY(standard_current(cx->read, cx->actor.office_id, kind.code, NEWEST, &s));
    v->heading = T("Versi baru standar pelayanan");
    v->back = standard_path(cx, kind.code);
    v->action = arena_printf(cx->arena, "%s/ubah", v->back);
    fill_parts(v);
    fill_stored(cx, &s, v);
    return edit_render(cx, req, res, e, v);
}

enum err standard_edit_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return edit_show(cx, req, res, ERR_OK);
}

/* `kind` NULL: a further service, called after its title. */
static enum err save(struct cx *cx, struct http_req *req, const char *kind, struct standard_save *s)
{
    struct edit_form f;
    TRY(form_parse(cx, req, &standard_form, &f));
    *s = (struct standard_save){.act = visit_act_of(cx),
                                .shipped_id = cx_new_id(cx),
                                .new_kind = !kind,
                                .standard = {.id = cx_new_id(cx),
                                             .kind = kind ? kind : standard_code(cx->arena, f.title),
                                             .title = f.title,
                                             .decree = f.decree,
                                             .valid_from = f.valid_from,
                                             .limit_count = f.limit_count,
                                             .limit_unit = f.limit_unit,
                                             .start_step = f.start_step,
                                             .stop_step = f.stop_step}};
    for (size_t i = 0; i < STANDARD_PARTS; i++)
        s->standard.parts[i] = str_or(f.parts[i], "");
    struct refusal r = standard_check(&s->standard);
    if (r.err != ERR_OK)
        return cx_refuse(cx, &r);
    enum err e = db_tx(cx, "standard_save", standard_save_tx, s);
    if (e == ERR_LIMIT)
        return cx_fail(cx, ERR_CONFLICT, "too_many",
                       T("Sudah ada 50 standar. Ubah atau berlakukan lagi salah satunya."));
    return e;
}

static enum err saved(struct cx *cx, struct http_res *res, const struct standard_save *s)
{
    return http_res_redirect(
        cx, res, arena_printf(cx->arena, "%s?disimpan=1", standard_path(cx, s->standard.kind)));
}

enum err standard_edit_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct standard_kind kind;
    struct standard now;
    struct standard_save s;
    TRY(standard_asked(cx, req, &kind, &now));
    enum err e = save(cx, req, kind.code, &s);
    if (e == ERR_OK)
        return saved(cx, res, &s);
    return standard_again(req, e) ? edit_show(cx, req, res, e) : e;
}

/* --- a further service ------------------------------------------------------------------------------------------- */

static enum err new_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct standard_edit_view *v = ARENA_NEW(cx->arena, struct standard_edit_view);
    struct office o = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    struct standard s = standard_draft_of(cx->arena, &o, http_query(req, "contoh"));
    v->heading = T("Standar pelayanan layanan lain");
    v->back = "/standar-pelayanan";
    v->action = "/standar-pelayanan/baru";
    v->drafts = standard_drafts;
    while (standard_drafts[v->draft_count].code)
        v->draft_count++;
    fill_parts(v);
    fill_stored(cx, &s, v);
    return edit_render(cx, req, res, e, v);
}

enum err standard_new_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return new_show(cx, req, res, ERR_OK);
}

enum err standard_new_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct standard_save s;
    enum err e = save(cx, req, NULL, &s);
    if (e == ERR_OK)
        return saved(cx, res, &s);
    return standard_again(req, e) ? new_show(cx, req, res, e) : e;
}

/* --- the pledge ------------------------------------------------------------------------------------------------- */

static void pledge_body(struct html *h, void *arg)
{
    pledge_page(h, arg);
}

static enum err pledge_show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct pledge_view *v = ARENA_NEW(cx->arena, struct pledge_view);
    struct pledge p = {.version = 0};
    struct office o = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    TRY(standard_pledge(cx, &o, &p));
    v->office = o.name;
    v->signed_ = p.version > 0;
    v->place_date = arena_printf(cx->arena, "%s, %s", p.place, standard_date_words(cx, p.day));
    v->body = standard_lines(cx->arena, p.body, &v->body_count);
    v->signer = standard_lines(cx->arena, p.signer, &v->signer_count);
    v->may_edit = standard_may_edit(cx);
    v->saved = http_query(req, "disimpan") != NULL;
    v->typed_body = e == ERR_OK ? p.body : form_typed(cx, req, "body");
    v->typed_place = e == ERR_OK ? p.place : form_typed(cx, req, "place");
    v->typed_day = e == ERR_OK ? p.day : form_typed(cx, req, "day");
    v->typed_signer = e == ERR_OK ? p.signer : form_typed(cx, req, "signer");
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {.title = T("Maklumat pelayanan"),
                                   .current = "/standar-pelayanan",
                                   .phone = cx->actor.kind != ACTOR_USER,
                                   .language = true,
                                   .body = pledge_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err pledge_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return pledge_show(cx, req, res, ERR_OK);
}

enum err pledge_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct sign_form f;
    enum err e = form_parse(cx, req, &pledge_form, &f);
    if (e == ERR_OK) {
        struct pledge_save s = {
            .act = visit_act_of(cx),
            .pledge = {.body = f.body, .place = f.place, .day = f.day, .signer = f.signer}};
        e = db_tx(cx, "pledge_save", pledge_save_tx, &s);
    }
    if (e == ERR_OK)
        return http_res_redirect(cx, res, "/maklumat-pelayanan?disimpan=1");
    return standard_again(req, e) ? pledge_show(cx, req, res, e) : e;
}
