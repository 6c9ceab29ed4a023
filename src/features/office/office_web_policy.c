/* The office's own data and the policy of its service: page, form, JSON. Routes are in office_web.c. */
#include "features/office/office_web.h"

#include "features/office/office_page.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "office_tmpl.h"

#include "lib/base/banned.h"

struct policy_form {
    const char *code, *name, *parent_name, *address, *phone, *ask_head;
    int64_t limit_s, head_silence_s;
    bool notice_name;
};
static const char *const ask_choices[] = {"always", "when_asked", NULL};

#define POLICY_FIELD(name_, type_, label_)                                                         \
    .name = #name_, .type = (type_), .offset = offsetof(struct policy_form, name_),                \
    .label = (label_)

/* clang-format off */
static const struct field policy_fields[] = {
    {POLICY_FIELD(code, FIELD_TEXT, T("Kode satuan kerja")), .max = 20},
    {POLICY_FIELD(name, FIELD_TEXT, T("Nama kantor")), .max = 120},
    {POLICY_FIELD(parent_name, FIELD_TEXT, T("Kantor atasan")), .max = 120},
    {POLICY_FIELD(address, FIELD_LINES, T("Alamat")), .max = 300},
    {POLICY_FIELD(phone, FIELD_TEXT, T("Telepon")), .max = 40},
    {POLICY_FIELD(ask_head, FIELD_CODE, T("Pertanyaan kepada Kajari")), .choices = ask_choices},
    {POLICY_FIELD(limit_s, FIELD_INT, T("Batas waktu pelayanan")), .min = 60, .max = 7200},
    {POLICY_FIELD(head_silence_s, FIELD_INT, T("Waktu tunggu jawaban Kajari")), .min = 30,
     .max = 3600},
    {POLICY_FIELD(notice_name, FIELD_BOOL, T("Sebut nama tamu"))},
};
/* clang-format on */
const struct form office_policy_form = FORM("OfficeChange", struct policy_form, policy_fields);

static void policy_body(struct html *h, void *arg)
{
    policy_page(h, arg);
}

static struct policy_view stored_view(struct cx *cx, const struct office *o)
{
    return (struct policy_view){
        .name = o->name,
        .parent_name = o->parent_name,
        .address = o->address,
        .phone = o->phone,
        .ask_head = o->ask_head,
        .limit_s = arena_printf(cx->arena, "%lld", (long long)o->limit_s),
        .head_silence_s = arena_printf(cx->arena, "%lld", (long long)o->head_silence_s),
        .notice_name = o->notice_name != 0,
        .recovery_confirmed = o->recovery_confirmed_at != 0,
        .drill = office_drill_near(o, cx->now_ms)
                     ? time_long_date(cx->arena, office_drill_due(o), cx->offset_min,
                                      cx->lang == LANG_EN)
                     : NULL,
        .code = o->code,
        .zone = time_zone_letters((int)o->offset_min),
    };
}

static enum err policy_show(struct cx *cx, struct http_req *req, struct http_res *res,
                            struct policy_view *v)
{
    const struct page_view page = {
        .title = T("Kantor"), .current = "/kantor", .body = policy_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err policy_json(struct cx *cx, struct http_res *res, const struct office *o)
{
    json_t *answer = json_from_record(cx, &office_record, o);
    json_object_set_new(answer, "notice_name", json_boolean(o->notice_name));
    json_object_set_new(answer, "demo", json_boolean(o->demo));
    return http_res_json(cx, res, 200, answer);
}

enum err office_policy_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct office o = {.office_id = NULL};
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    if (req->wants == WANTS_JSON)
        return policy_json(cx, res, &o);
    struct policy_view *v = ARENA_NEW(cx->arena, struct policy_view);
    *v = stored_view(cx, &o);
    v->saved = http_query(req, "disimpan") != NULL;
    return policy_show(cx, req, res, v);
}

/* A page sends every field (a tick that is off is absent); a program may send only what changes. */
static bool given(const struct http_req *req, const char *name)
{
    return req->body_kind != BODY_JSON || json_object_get(req->json, name);
}

static enum err change_from(struct cx *cx, struct http_req *req, const struct office *o)
{
    struct policy_form f;
    enum err parsed = form_parse(cx, req, &office_policy_form, &f);
    if (given(req, "name") && str_empty(f.name) && !form_error(cx, "name"))
        cx_field(cx, "name", "required", T("Tulis nama kantor."));
    if (f.code && !office_code_ok(f.code) && !form_error(cx, "code"))
        cx_field(cx, "code", "office_code",
                 T("Kode satuan kerja terdiri atas huruf, angka, dan titik, misalnya O.2.12."));
    if (given(req, "limit_s") && f.limit_s == 0 && !form_error(cx, "limit_s"))
        cx_field(cx, "limit_s", "required", T("Tulis batas waktu dalam detik, misalnya 600."));
    if (given(req, "head_silence_s") && f.head_silence_s == 0 && !form_error(cx, "head_silence_s"))
        cx_field(cx, "head_silence_s", "required",
                 T("Tulis waktu tunggu dalam detik, misalnya 180."));
    if (given(req, "ask_head") && str_empty(f.ask_head) && !form_error(cx, "ask_head"))
        cx_field(cx, "ask_head", "required", T("Pilih kapan Kajari ditanya."));
    if (parsed != ERR_OK)
        return parsed;
    TRY(cx_fields(cx));
    const struct office_change c = {
        .code = given(req, "code") ? f.code : o->code,
        .name = given(req, "name") ? f.name : o->name,
        .parent_name = given(req, "parent_name") ? f.parent_name : o->parent_name,
        .address = given(req, "address") ? f.address : o->address,
        .phone = given(req, "phone") ? f.phone : o->phone,
        .ask_head = given(req, "ask_head") ? f.ask_head : o->ask_head,
        .limit_s = given(req, "limit_s") ? f.limit_s : o->limit_s,
        .head_silence_s = given(req, "head_silence_s") ? f.head_silence_s : o->head_silence_s,
        .notice_name = given(req, "notice_name") ? f.notice_name : o->notice_name != 0,
    };
    return office_update(cx, &c);
}

static struct policy_view typed_view(struct cx *cx, struct http_req *req, const struct office *o)
{
    struct policy_view v = stored_view(cx, o);
    v.code = form_typed(cx, req, "code");
    v.name = form_typed(cx, req, "name");
    v.parent_name = form_typed(cx, req, "parent_name");
    v.address = form_typed(cx, req, "address");
    v.phone = form_typed(cx, req, "phone");
    v.ask_head = form_typed(cx, req, "ask_head");
    v.limit_s = form_typed(cx, req, "limit_s");
    v.head_silence_s = form_typed(cx, req, "head_silence_s");
    v.notice_name = !str_empty(form_typed(cx, req, "notice_name"));
    return v;
}

enum err office_policy_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct office o = {.office_id = NULL};
    TRY(office_get(cx->read, cx->actor.office_id, &o));
    enum err e = change_from(cx, req, &o);
    if (e == ERR_OK && req->wants == WANTS_JSON) {
        TRY(office_get(cx->read, cx->actor.office_id, &o));
        return policy_json(cx, res, &o);
    }
    if (e == ERR_OK)
        return http_res_redirect(cx, res, "/kantor?disimpan=1");
    if (req->wants == WANTS_JSON || e != ERR_INVALID)
        return e;
    res->status = 422;
    struct policy_view *v = ARENA_NEW(cx->arena, struct policy_view);
    *v = typed_view(cx, req, &o);
    return policy_show(cx, req, res, v);
}
