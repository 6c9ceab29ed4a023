/* /laporan-berkala: who gets the report by mail. For the leaders and the administrator. */
#include "features/report/report_schedule.h"

#include "features/audit/audit.h"
#include "features/portal/portal.h"
#include "features/reach/reach.h"
#include "features/report/report_schedule_view.h"
#include "features/report/report_web.h"
#include "lib/base/mail.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "report_schedule_tmpl.h"
#include "lib/base/banned.h"

/* --- the form ------------------------------------------------------------------------------------------------ */

struct recipient_in {
    const char *name, *address, *report, *form;
    int64_t day;
};
static const char *const reports[] = {"monthly", "yearly", NULL};
static const char *const forms[] = {"pdf", "docx", NULL};
/* clang-format off */
static const struct field recipient_fields[] = {
    {.name = "name",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct recipient_in, name),
     .max = REPORT_NAME_MAX,
     .label = T("Nama penerima"),
     .missing = T("Tulis nama penerima, misalnya orang atau bagiannya.")},
    {.name = "address",
     .type = FIELD_EMAIL,
     .flags = FIELD_REQUIRED | FIELD_PRIVATE,
     .offset = offsetof(struct recipient_in, address),
     .max = 254,
     .label = T("Alamat surel"),
     .missing = T("Tulis alamat surel penerima.")},
    {.name = "report",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct recipient_in, report),
     .choices = reports,
     .label = T("Laporan"),
     .missing = T("Pilih laporan bulanan atau tahunan.")},
    {.name = "form",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct recipient_in, form),
     .choices = forms,
     .label = T("Bentuk berkas"),
     .missing = T("Pilih PDF atau Word.")},
    {.name = "day",
     .type = FIELD_INT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct recipient_in, day),
     .min = 1,
     .max = 31,
     .label = T("Tanggal kirim"),
     .missing = T("Tulis tanggal kirim, 1 sampai 31.")},
};
/* clang-format on */
static const struct form recipient_form = FORM("ReportRecipientNew", struct recipient_in,
                                               recipient_fields);

/* --- words ------------------------------------------------------------------------------------------------------ */

static const char *day_of(const struct cx *cx, int64_t ms)
{
    return time_long_date(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

static const char *moment(const struct cx *cx, int64_t ms)
{
    return time_moment(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

static const char *period_label(struct cx *cx, const char *text)
{
    struct report_period p;
    return report_period_read(cx->arena, text, &p) ? report_label(cx, &p) : text;
}

static bool is_waiting(const char *state)
{
    return str_eq(state, "queued") || str_eq(state, "sending");
}

static const char *reason_of(const struct cx *cx, const char *reason, bool ready)
{
    if (reason)
        return cx_t(cx, reason);
    return ready ? NULL : cx_t(cx, T("Menunggu saluran surel disiapkan."));
}

static void state_of(const struct cx *cx, const struct report_recipient *r,
                     const struct report_due *due, bool ready, struct report_recipient_line *l)
{
    bool late = due->at <= cx->now_ms;
    l->css = "";
    l->icon = "jam";
    if (str_eq(r->last_state, "failed") || str_eq(r->last_state, "dropped")) {
        l->css = "bad";
        l->icon = "awas";
        l->state = T("Gagal");
        l->reason = reason_of(cx, r->last_reason, true);
    } else if (is_waiting(r->last_state)) {
        l->css = "warn";
        l->state = T("Dalam antrean");
        l->reason = reason_of(cx, r->last_reason, ready);
    } else if (late) {
        l->css = "warn";
        l->state = T("Menunggu");
        l->reason = reason_of(cx, NULL, ready);
    } else if (r->sent_at) {
        l->css = "ok";
        l->icon = "centang";
        l->state = T("Terkirim");
    } else {
        l->state = T("Terjadwal");
    }
}

static const char *test_words(struct cx *cx, const struct report_recipient *r, bool ready)
{
    if (!r->test_state)
        return NULL;
    if (r->test_sent_at)
        return cx_printf(cx, T("Kiriman langsung diterima server surel %s."),
                         moment(cx, r->test_sent_at));
    const char *reason = reason_of(cx, r->test_reason, ready);
    if (is_waiting(r->test_state))
        return cx_printf(cx, T("Kiriman langsung dalam antrean sejak %s. %s"),
                         moment(cx, r->test_queued_at), str_or(reason, ""));
    return cx_printf(cx, T("Kiriman langsung gagal: %s"), str_or(reason, ""));
}

/* --- the page --------------------------------------------------------------------------------------------------- */

static enum err address_of(struct cx *cx, const struct report_recipient *r, const char **ret)
{
    char *address = NULL;
    TRY(seal_field_open(cx->seal, cx->arena, "report_recipient", "address_sealed", r->id,
                        r->address_sealed, &address));
    *ret = reach_mask(cx, "mail", address);
    return ERR_OK;
}

static enum err fill_line(struct cx *cx, const struct report_recipient *r, bool ready,
                          struct report_recipient_line *l)
{
    struct report_due due = report_due_next(cx->arena, r, cx->offset_min);
    l->id = r->id;
    l->name = r->name;
    TRY(address_of(cx, r, &l->address));
    l->what = cx_printf(cx, T("%s, %s, setiap tanggal %d"),
                        cx_t(cx, report_schedule_label(r->report)),
                        str_eq(r->form, "docx") ? ".docx" : "PDF", (int)r->day);
    if (str_eq(r->report, "yearly"))
        l->what = cx_printf(cx, T("%s, %s, setiap %d Januari"),
                            cx_t(cx, report_schedule_label(r->report)),
                            str_eq(r->form, "docx") ? ".docx" : "PDF", (int)r->day);
    l->next = cx_printf(cx, T("laporan %s, %s"), period_label(cx, due.period), day_of(cx, due.at));
    l->sent = r->sent_at ? cx_printf(cx, T("laporan %s, %s"), period_label(cx, r->sent_period),
                                     moment(cx, r->sent_at))
                         : NULL;
    l->added = arena_printf(cx->arena, "%s, %s",
                            staff_name(cx->read, cx->actor.office_id, r->created_by),
                            day_of(cx, r->created_at));
    l->test = test_words(cx, r, ready);
    state_of(cx, r, &due, ready, l);
    return ERR_OK;
}

static enum err fill(struct cx *cx, struct report_schedule_view *v)
{
    struct report_recipient *list = NULL;
    TRY(report_recipients(cx->read, cx->actor.office_id, &list, &v->count));
    v->ready = settings_channel_ready(cx->settings, "mail");
    v->may_channels = (cx->actor.roles & ROLE_ADMIN) != 0;
    v->lines = ARENA_ARRAY(cx->arena, v->count + 1, struct report_recipient_line);
    for (size_t i = 0; i < v->count; i++)
        TRY(fill_line(cx, &list[i], v->ready, &v->lines[i]));
    return ERR_OK;
}

static void page_body(struct html *h, void *arg)
{
    report_schedule_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     struct report_schedule_view *v)
{
    TRY(fill(cx, v));
    const struct page_view page = {
        .title = T("Laporan lewat surel"), .current = "/dasbor", .body = page_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err recipient_json(struct cx *cx, const struct report_recipient *r, json_t **ret)
{
    struct report_due due = report_due_next(cx->arena, r, cx->offset_min);
    const char *address = NULL;
    TRY(address_of(cx, r, &address));
    *ret = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:s, s:o}", "id", r->id,
                     "name", r->name, "address", address, "report", r->report, "form", r->form,
                     "day", (json_int_t)r->day, "last_period", json_text(r->last_period),
                     "last_state", json_text(r->last_state), "last_reason",
                     json_text(r->last_reason ? cx_t(cx, r->last_reason) : NULL), "sent_at",
                     json_time(cx, r->sent_at), "next_period", due.period, "next_at",
                     json_time(cx, due.at));
    return ERR_OK;
}

static enum err answer_json(struct cx *cx, struct http_res *res, int status)
{
    struct report_recipient *list = NULL;
    size_t count = 0;
    json_t *items = json_keep(cx->arena, json_array()), *one = NULL;
    TRY(report_recipients(cx->read, cx->actor.office_id, &list, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(recipient_json(cx, &list[i], &one));
        json_array_append_new(items, one);
    }
    return http_res_json(cx, res, status,
                         json_pack("{s:O, s:n, s:b}", "items", items, "next_cursor", "mail_ready",
                                   settings_channel_ready(cx->settings, "mail")));
}

static enum err list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    static const struct option words[] = {{"1", T("Penerima ditambahkan.")},
                                          {"kirim", T("Laporan masuk antrean dan segera dikirim.")},
                                          {"hapus", T("Penerima dihapus. Alamatnya dilupakan.")},
                                          {NULL, NULL}};
    if (req->wants == WANTS_JSON)
        return answer_json(cx, res, 200);
    struct report_schedule_view *v = ARENA_NEW(cx->arena, struct report_schedule_view);
    v->typed = (struct report_recipient_typed){.report = "monthly", .form = "pdf", .day = "5"};
    v->done = option_label(words, http_query(req, "selesai"));
    return show(cx, req, res, v);
}

/* --- changes ----------------------------------------------------------------------------------------------------- */

static struct report_change change_new(const struct cx *cx, const char *id)
{
    return (struct report_change){.act = visit_act_of(cx), .id = id};
}

static enum err change_run(struct cx *cx, const char *name,
                           enum err (*fn)(struct db_conn *tx, void *arg), struct report_change *c)
{
    enum err e = db_tx(cx, name, fn, c);
    return e != ERR_OK && e == c->refusal.err ? cx_refuse(cx, &c->refusal) : e;
}

/* The page anew, or what it shows as JSON; a refusal with what was typed. */
static enum err finish(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                       const char *done)
{
    bool added = str_eq(done, "1");
    if (e == ERR_OK && req->wants == WANTS_JSON)
        return answer_json(cx, res, added ? 201 : 200);
    if (e == ERR_OK)
        return http_res_redirect(cx, res,
                                 arena_printf(cx->arena, "/laporan-berkala?selesai=%s", done));
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    struct report_schedule_view *v = ARENA_NEW(cx->arena, struct report_schedule_view);
    res->status = http_status(e);
    v->typed = (struct report_recipient_typed){.report = "monthly", .form = "pdf", .day = "5"};
    if (added)
        v->typed = (struct report_recipient_typed){.name = form_typed(cx, req, "name"),
                                                   .address = form_typed(cx, req, "address"),
                                                   .report = form_typed(cx, req, "report"),
                                                   .form = form_typed(cx, req, "form"),
                                                   .day = form_typed(cx, req, "day")};
    return show(cx, req, res, v);
}

static enum err add(struct cx *cx, struct http_req *req)
{
    struct recipient_in in;
    enum err e = form_parse(cx, req, &recipient_form, &in);
    const char *address = mail_address_read(cx->arena, in.address);
    if (!address && !str_empty(in.address) && !form_error(cx, "address"))
        cx_field(cx, "address", "mail", T("Tulis alamat surel, misalnya nama@kejaksaan.go.id."));
    if (e == ERR_OK)
        e = cx_fields(cx);
    if (e != ERR_OK)
        return e;
    struct report_change c = change_new(cx, cx_new_id(cx));
    c.name = in.name;
    c.report = in.report;
    c.form = in.form;
    c.day = in.day;
    c.sealed = seal_field(cx->seal, cx->arena, "report_recipient", "address_sealed", c.id, address);
    c.index = seal_index(cx->seal, cx->arena, "report_recipient", address);
    return change_run(cx, "report_recipient_add", report_tx_recipient_add, &c);
}

static enum err add_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return finish(cx, req, res, add(cx, req), "1");
}

static enum err remove_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct report_change c = change_new(cx, http_param(req, "id"));
    enum err e = change_run(cx, "report_recipient_end", report_tx_recipient_end, &c);
    return finish(cx, req, res, e, "hapus");
}

static enum err send_now(struct cx *cx, const char *id)
{
    struct report_recipient r = {0};
    struct report_change c = change_new(cx, id);
    enum err e = report_recipient_get(cx->read, cx->actor.office_id, id, &r);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "no_recipient",
                       T("Penerima itu sudah tidak ada. Muat ulang halaman."));
    if (e != ERR_OK)
        return e;
    if (!settings_channel_ready(cx->settings, "mail"))
        return cx_fail(cx, ERR_CONFLICT, "channel_off",
                       T("Saluran surel belum disiapkan di server. Minta administrator mengisi "
                         "setelan [mail]."));
    c.period = report_latest(cx->arena, r.report, cx->now_ms, cx->offset_min).text;
    c.outbox_id = cx_new_id(cx);
    TRY(change_run(cx, "report_mail_test", report_tx_mail_test, &c));
    outbox_wake(cx);
    return ERR_OK;
}

static enum err send_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return finish(cx, req, res, send_now(cx, http_param(req, "id")), "kirim");
}

const struct route *report_schedule_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/laporan-berkala", REPORT_SCHEDULERS, ROUTE_NO_TOKEN, list_get, NULL, 0, T("Penerima laporan lewat surel"), NULL},
        {HTTP_POST, "/laporan-berkala", REPORT_SCHEDULERS, ROUTE_NO_TOKEN, add_post, &recipient_form, 0, T("Tambah penerima laporan; dicatat"), NULL},
        {HTTP_POST, "/laporan-berkala/{id}/kirim", REPORT_SCHEDULERS, ROUTE_NO_TOKEN, send_post, NULL, 0, T("Kirim laporan terakhir kepada penerima; dicatat"), NULL},
        {HTTP_POST, "/laporan-berkala/{id}/hapus", REPORT_SCHEDULERS, ROUTE_NO_TOKEN, remove_post, NULL, 0, T("Hapus penerima laporan; dicatat"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
