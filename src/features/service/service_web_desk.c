/* /layanan/pengaduan/…: one complaint about the service, and what is done with it. */
#include "features/service/service_web.h"

#include "features/audit/audit.h"
#include "lib/base/str.h"
#include "service_tmpl.h"
#include "lib/base/banned.h"

struct verify_form {
    const char *category, *text;
    bool reject;
};
struct work_form {
    const char *step, *text;
};
struct lapor_form {
    const char *lapor_number;
};
static const char *const categories[] = {"complaint", "supervisory", "information", "aspiration",
                                         NULL};
static const char *const steps[] = {"handle", "answer", NULL};
/* clang-format off */
#define AT(type, member) .offset = offsetof(struct type, member)
static const struct field verify_fields[] = {
    {.name = "category", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(verify_form, category), .choices = categories, .label = T("Jenis")},
    {.name = "reject", .type = FIELD_BOOL, AT(verify_form, reject), .label = T("Tolak")},
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_PRIVATE, AT(verify_form, text), .max = 5000, .label = T("Pesan untuk pelapor")},
};
static const struct field work_fields[] = {
    {.name = "step", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(work_form, step), .choices = steps, .label = T("Langkah"), .missing = T("Pilih apakah ini tanggapan sementara atau jawaban akhir.")},
    {.name = "text", .type = FIELD_LINES, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(work_form, text), .max = 5000, .label = T("Pesan untuk pelapor"), .missing = T("Tulis apa yang disampaikan kepada pelapor.")},
};
static const struct field lapor_fields[] = {
    {.name = "lapor_number", .type = FIELD_TEXT, AT(lapor_form, lapor_number), .max = 40, .label = T("Nomor LAPOR!")},
};
#undef AT
/* clang-format on */
const struct form service_verify_form = FORM("ServiceVerify", struct verify_form, verify_fields);
const struct form service_work_form = FORM("ServiceWork", struct work_form, work_fields);
const struct form service_lapor_form = FORM("ServiceLapor", struct lapor_form, lapor_fields);

/* --- one of them ---------------------------------------------------------------------------------------------- */

static void ticket_body(struct html *h, void *arg)
{
    service_ticket_page(h, arg);
}

static enum err open_person(struct cx *cx, const struct service_complaint *c,
                            struct service_ticket_view *v)
{
    char *name = NULL, *contact = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, "service", "name", c->id, c->name_sealed, &name));
    TRY(seal_field_open(cx->seal, cx->arena, "service", "contact", c->id, c->contact_sealed,
                        &contact));
    v->name = name;
    v->contact = contact;
    return ERR_OK;
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct service_complaint c = {0};
    struct service_ticket_view *v = ARENA_NEW(cx->arena, struct service_ticket_view);
    TRY(service_get(cx->read, cx->actor.office_id, http_param(req, "id"), &c));
    TRY(service_ticket_fill(cx, &c, true, v));
    TRY(open_person(cx, &c, v));
    if (e == ERR_OK)
        TRY(audit_note(cx, "service_complaint_read", "service", c.id, ""));
    v->path = arena_printf(cx->arena, "/layanan/pengaduan/%s", c.id);
    v->typed = e == ERR_OK ? "" : form_typed(cx, req, "text");
    v->typed_lapor = req->method == HTTP_GET
                         ? c.lapor_number
                         : str_or(form_typed(cx, req, "lapor_number"), c.lapor_number);
    v->done = http_query(req, "selesai") != NULL;
    if (e != ERR_OK)
        res->status = http_status(e);
    const struct page_view page = {
        .title = v->number, .current = "/layanan/pengaduan", .body = ticket_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err service_ticket_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return show(cx, req, res, ERR_OK);
}

static enum err answer(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    if (e == ERR_OK)
        return http_res_redirect(
            cx, res,
            arena_printf(cx->arena, "/layanan/pengaduan/%s?selesai=1", http_param(req, "id")));
    return service_again(req, e) ? show(cx, req, res, e) : e;
}

static enum err verify(struct cx *cx, struct http_req *req)
{
    struct verify_form f;
    TRY(form_parse(cx, req, &service_verify_form, &f));
    if (f.reject && str_empty(f.text)) {
        cx_field(cx, "text", "missing", T("Tulis alasan penolakan untuk pelapor."));
        return ERR_INVALID;
    }
    struct service_move m = {.id = http_param(req, "id"),
                             .category = f.category,
                             .what = f.reject ? SERVICE_REJECT : SERVICE_VERIFY};
    return service_move_run(cx, &m, f.text);
}

enum err service_verify_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return answer(cx, req, res, verify(cx, req));
}

enum err service_work_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct work_form f;
    enum err e = form_parse(cx, req, &service_work_form, &f);
    if (e == ERR_OK) {
        struct service_move m = {.id = http_param(req, "id"),
                                 .what = str_eq(f.step, "answer") ? SERVICE_ANSWER : SERVICE_HANDLE};
        e = service_move_run(cx, &m, f.text);
    }
    return answer(cx, req, res, e);
}

enum err service_lapor_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct lapor_form f;
    enum err e = form_parse(cx, req, &service_lapor_form, &f);
    if (e == ERR_OK) {
        struct service_lapor l = {.act = visit_act_of(cx),
                                  .id = http_param(req, "id"),
                                  .lapor_number = str_or(f.lapor_number, "")};
        e = db_tx(cx, "service_lapor", service_lapor_tx, &l);
    }
    return answer(cx, req, res, e);
}
