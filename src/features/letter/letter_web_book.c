/* /nomor-surat: the book of numbers, numbers taken by hand, and what stands in a number. */
#include <stdio.h>
#include <string.h>

#include "features/letter/letter_page.h"
#include "features/letter/letter_web.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "letter_book_tmpl.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define PAGE_ROWS 50

struct rule_in {
    const char *kind, *type, *subject_code;
};
/* clang-format off */
static const struct field rule_fields[] = {
    {.name = "kind", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct rule_in, kind), .max = 20, .label = T("Jenis surat")},
    {.name = "type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct rule_in, type), .max = 20, .label = T("Kode surat")},
    {.name = "subject_code", .type = FIELD_TEXT, .offset = offsetof(struct rule_in, subject_code), .max = 12, .label = T("Kode masalah")},
};
struct settings_in {
    const char *place;
    struct object_list rules;
};
static const struct field settings_fields[] = {
    {.name = "place", .type = FIELD_TEXT, .offset = offsetof(struct settings_in, place), .max = 80, .label = T("Tempat penandatanganan")},
    {.name = "rules", .type = FIELD_OBJECTS, .offset = offsetof(struct settings_in, rules), .max = 20, .label = T("Kode nomor"), .members = rule_fields, .member_count = ARRAY_LEN(rule_fields), .member_bytes = sizeof(struct rule_in)},
};
const struct form letter_settings_form = FORM("LetterSettings", struct settings_in, settings_fields);

struct start_in {
    const char *type;
    int64_t last;
};
static const struct field start_fields[] = {
    {.name = "start_type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct start_in, type), .max = 20, .label = T("Kode surat"), .missing = T("Tulis kode surat, misalnya B.")},
    {.name = "last", .type = FIELD_INT, .flags = FIELD_REQUIRED | FIELD_DIGITS, .offset = offsetof(struct start_in, last), .min = 1, .max = 99999, .label = T("Nomor terakhir"), .missing = T("Tulis nomor terakhir yang sudah dipakai tahun ini.")},
};
const struct form letter_start_form = FORM("LetterStart", struct start_in, start_fields);

struct take_in {
    const char *type, *subject_code, *date, *about, *addressee, *attachment;
};
static const struct field take_fields[] = {
    {.name = "type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct take_in, type), .max = 20, .label = T("Kode surat"), .missing = T("Tulis kode surat, misalnya B.")},
    {.name = "subject_code", .type = FIELD_TEXT, .offset = offsetof(struct take_in, subject_code), .max = 12, .label = T("Kode masalah")},
    {.name = "date", .type = FIELD_DATE, .offset = offsetof(struct take_in, date), .label = T("Tanggal surat")},
    {.name = "about", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct take_in, about), .min = 3, .max = 200, .label = T("Perihal"), .missing = T("Tulis perihal surat.")},
    {.name = "addressee", .type = FIELD_TEXT, .offset = offsetof(struct take_in, addressee), .max = 200, .label = T("Kepada")},
    {.name = "attachment", .type = FIELD_TEXT, .offset = offsetof(struct take_in, attachment), .max = 80, .label = T("Lampiran")},
};
const struct form letter_take_form = FORM("LetterNumberNew", struct take_in, take_fields);
/* clang-format on */

/* --- the page --------------------------------------------------------------------------------------------------- */

/* The book names no complaint: who may open one finds its letters there. */
static struct letter_row row_of(struct cx *cx, const struct letter *l)
{
    const struct letter_kind *k = letter_kind_of(l->kind);
    return (struct letter_row){
        .number = l->number,
        .kind = k ? k->label : T("Surat lain"),
        .date = time_long_date(cx->arena, l->dated_at, cx->offset_min, cx->lang == LANG_EN),
        .maker = staff_name(cx->read, cx->actor.office_id, l->made_by),
        .about = l->about,
        .cancelled = l->cancelled_at ? str_or(l->cancel_reason, "-") : NULL,
        .cancel_path = l->cancelled_at || l->complaint_id
                           ? NULL
                           : arena_printf(cx->arena, "/nomor-surat/%s/batal", l->id)};
}

static enum err fill_rows(struct cx *cx, const struct http_req *req, struct letter_book_view *v)
{
    struct letter *list = NULL;
    size_t count = 0;
    TRY(letter_book(cx->read, cx->actor.office_id, 0, http_query(req, "sebelum"), PAGE_ROWS + 1,
                    &list, &count));
    struct letter_row *rows = ARENA_ARRAY(cx->arena, PAGE_ROWS + 1, struct letter_row);
    for (; v->row_count < count && v->row_count < PAGE_ROWS; v->row_count++)
        rows[v->row_count] = row_of(cx, &list[v->row_count]);
    v->rows = rows;
    if (count > PAGE_ROWS)
        v->older = arena_printf(cx->arena, "/nomor-surat?sebelum=%s", list[PAGE_ROWS - 1].id);
    return ERR_OK;
}

static enum err fill_rules(struct cx *cx, struct http_req *req, struct letter_book_view *v)
{
    struct letter_rule_row *rows = ARENA_ARRAY(cx->arena, LETTER_KINDS, struct letter_rule_row);
    for (size_t i = 0; letter_kinds[i].code; i++) {
        const struct letter_kind *k = &letter_kinds[i];
        struct letter_rule rule;
        if (!k->numbered)
            continue;
        TRY(letter_rule_of(cx->read, cx->actor.office_id, k->code, &rule));
        size_t n = v->rule_count++;
        struct letter_rule_row *r = &rows[n];
        *r = (struct letter_rule_row){.kind = k->code, .label = k->label};
        r->kind_name = arena_printf(cx->arena, "rules.%zu.kind", n);
        r->type_name = arena_printf(cx->arena, "rules.%zu.type", n);
        r->subject_name = arena_printf(cx->arena, "rules.%zu.subject_code", n);
        r->type_label = cx_printf(cx, T("Kode surat: %s"), cx_t(cx, k->label));
        r->subject_label = cx_printf(cx, T("Kode masalah: %s"), cx_t(cx, k->label));
        bool typed = req->method == HTTP_POST && *form_typed(cx, req, r->kind_name);
        r->type = typed ? form_typed(cx, req, r->type_name) : rule.type;
        r->subject_code = typed ? form_typed(cx, req, r->subject_name) : rule.subject_code;
    }
    v->rules = rows;
    return ERR_OK;
}

static enum err fill_counters(struct cx *cx, struct letter_book_view *v)
{
    struct letter_counter *list = NULL;
    int64_t year = time_civil(cx->now_ms, cx->offset_min).year;
    TRY(letter_counters(cx->read, cx->actor.office_id, year, &list, &v->counter_count));
    struct letter_counter_row *rows = ARENA_ARRAY(cx->arena, v->counter_count + 1,
                                                  struct letter_counter_row);
    for (size_t i = 0; i < v->counter_count; i++)
        rows[i] = (struct letter_counter_row){list[i].type, (long long)list[i].value};
    v->counters = rows;
    v->year = arena_printf(cx->arena, "%lld", (long long)year);
    return ERR_OK;
}

static void book_body(struct html *h, void *arg)
{
    letter_book_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct letter_book_view *v = ARENA_NEW(cx->arena, struct letter_book_view);
    struct office office = {0};
    bool post = req->method == HTTP_POST;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    TRY(fill_rows(cx, req, v));
    TRY(fill_rules(cx, req, v));
    TRY(fill_counters(cx, v));
    TRY(letter_place(cx->read, cx->actor.office_id, &v->place));
    v->unit = office.code;
    v->may_set = (cx->actor.roles & (ROLE_ADMIN | ROLE_LEADERS)) != 0;
    v->done = http_query(req, "selesai") != NULL;
    v->type = post ? form_typed(cx, req, "type") : "B";
    v->subject_code = post ? form_typed(cx, req, "subject_code") : "";
    v->about = post ? form_typed(cx, req, "about") : "";
    v->date = post ? form_typed(cx, req, "date") : "";
    v->addressee = post ? form_typed(cx, req, "addressee") : "";
    v->attachment = post ? form_typed(cx, req, "attachment") : "";
    v->start_type = post ? form_typed(cx, req, "start_type") : "";
    v->start_last = post ? form_typed(cx, req, "last") : "";
    if (post && *form_typed(cx, req, "place"))
        v->place = form_typed(cx, req, "place");
    const struct page_view page = {
        .title = T("Nomor surat"), .current = "/nomor-surat", .body = book_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static json_t *number_json(struct cx *cx, const struct letter *l)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", l->id, "kind", l->kind, "number", l->number,
                     "dated_at", json_time(cx, l->dated_at), "cancelled_at",
                     json_time(cx, l->cancelled_at));
}

static enum err book_json(struct cx *cx, const struct http_req *req, struct http_res *res)
{
    struct letter *list = NULL;
    size_t count = 0;
    TRY(letter_book(cx->read, cx->actor.office_id, 0, http_query(req, "cursor"), PAGE_ROWS + 1,
                    &list, &count));
    json_t *items = json_array();
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++)
        json_array_append_new(items, number_json(cx, &list[i]));
    json_t *next = json_text(count > PAGE_ROWS ? list[PAGE_ROWS - 1].id : NULL);
    return http_res_json(cx, res, 200, json_pack("{s:o, s:o}", "items", items, "next_cursor", next));
}

enum err letter_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return req->wants == WANTS_JSON ? book_json(cx, req, res) : show(cx, req, res);
}

static enum err finish(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    if (e == ERR_OK)
        return req->wants == WANTS_JSON ? book_json(cx, req, res)
                                        : http_res_redirect(cx, res, "/nomor-surat?selesai=1");
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = http_status(e);
    return show(cx, req, res);
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

static void check_type(struct cx *cx, const char *field, const char *type)
{
    if (type && !letter_type_ok(type) && !form_error(cx, field))
        cx_field(
            cx, field, "letter_type",
            T("Kode surat terdiri atas huruf, angka, titik, dan tanda hubung, misalnya B, Print, "
              "atau R-LAPHASTUG."));
}

void letter_check_subject(struct cx *cx, const char *field, const char *code)
{
    if (!letter_subject_ok(code) && !form_error(cx, field))
        cx_field(
            cx, field, "subject_code",
            T("Kode masalah terdiri atas huruf, angka, dan titik, misalnya Dek.3. Boleh kosong."));
}

static enum err settings_of(struct cx *cx, struct http_req *req, struct letter_settings *s)
{
    struct settings_in in;
    enum err e = form_parse(cx, req, &letter_settings_form, &in);
    const struct rule_in *rules = in.rules.items;
    s->rules = ARENA_ARRAY(cx->arena, in.rules.count + 1, struct letter_rule);
    for (size_t i = 0; i < in.rules.count; i++) {
        const struct letter_kind *k = letter_kind_of(rules[i].kind);
        check_type(cx, arena_printf(cx->arena, "rules.%zu.type", i), rules[i].type);
        letter_check_subject(cx, arena_printf(cx->arena, "rules.%zu.subject_code", i),
                             rules[i].subject_code);
        if (!k || !k->numbered)
            cx_field(cx, arena_printf(cx->arena, "rules.%zu.kind", i), "unknown",
                     T("Jenis surat itu tidak ada. Muat ulang halaman."));
        else
            s->rules[s->rule_count++] = (struct letter_rule){k->code, rules[i].type,
                                                             str_or(rules[i].subject_code, "")};
    }
    s->place = str_or(in.place, "");
    return e == ERR_OK ? cx_fields(cx) : e;
}

enum err letter_settings_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct letter_settings s = {.act = visit_act_of(cx)};
    enum err e = settings_of(cx, req, &s);
    if (e == ERR_OK)
        e = db_tx(cx, "letter_settings", letter_settings_tx, &s);
    return finish(cx, req, res, e);
}

enum err letter_start_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct start_in in;
    enum err e = form_parse(cx, req, &letter_start_form, &in);
    check_type(cx, "start_type", in.type);
    if (e == ERR_OK)
        e = cx_fields(cx);
    struct letter_start s = {.act = visit_act_of(cx),
                             .type = in.type,
                             .year = time_civil(cx->now_ms, cx->offset_min).year,
                             .last = in.last};
    if (e == ERR_OK)
        e = db_tx(cx, "letter_start", letter_start_tx, &s);
    if (e == ERR_CONFLICT && s.refusal.err == ERR_CONFLICT)
        e = cx_refuse(cx, &s.refusal);
    return finish(cx, req, res, e);
}

static enum err take(struct cx *cx, struct http_req *req, struct letter_taking *t)
{
    struct take_in in;
    struct office office = {0};
    enum err e = form_parse(cx, req, &letter_take_form, &in);
    check_type(cx, "type", in.type);
    letter_check_subject(cx, "subject_code", in.subject_code);
    int64_t day = letter_dated(cx, in.date);
    TRY(e == ERR_OK ? cx_fields(cx) : e);
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    t->act = visit_act_of(cx);
    t->unit = office.code;
    t->offset_min = cx->offset_min;
    t->letter = (struct letter){.id = cx_new_id(cx),
                                .kind = "other",
                                .type = in.type,
                                .subject_code = str_or(in.subject_code, ""),
                                .about = in.about,
                                .addressee = str_or(in.addressee, ""),
                                .attachment = str_or(in.attachment, ""),
                                .dated_at = day,
                                .made_at = cx->now_ms,
                                .made_by = cx->actor.id};
    return db_tx(cx, "letter_take", letter_take, t);
}

enum err letter_take_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct letter_taking *t = ARENA_NEW(cx->arena, struct letter_taking);
    enum err e = take(cx, req, t);
    if (e == ERR_OK && req->wants == WANTS_JSON)
        return http_res_json(cx, res, 201, number_json(cx, &t->taken));
    return finish(cx, req, res, e);
}

/* Numbers of complaints are cancelled there, by people who can open them. */
enum err letter_book_cancel_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct {
        const char *reason;
    } in;
    struct letter l = {0};
    enum err e = letter_get(cx->read, cx->actor.office_id, http_param(req, "letter"), &l);
    if (e == ERR_MISSING || (e == ERR_OK && l.complaint_id))
        return cx_fail(cx, ERR_MISSING, "letter_unknown",
                       T("Surat itu tidak ada. Muat ulang halaman."));
    TRY(e);
    e = form_parse(cx, req, &letter_cancel_form, &in);
    struct letter_cancel c = {.act = visit_act_of(cx), .id = l.id, .reason = in.reason};
    if (e == ERR_OK)
        e = db_tx(cx, "letter_cancel", letter_cancel_tx, &c);
    if (e == ERR_CONFLICT && c.refusal.err == ERR_CONFLICT)
        e = cx_refuse(cx, &c.refusal);
    return finish(cx, req, res, e);
}
