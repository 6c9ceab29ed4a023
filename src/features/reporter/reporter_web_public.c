/* /lapor: a complaint without a visit, from wherever the reporter is. Open only where the office says so. */
#include "features/reporter/reporter_web.h"

#include "lib/base/str.h"
#include "reporter_tmpl.h"
#include "lib/base/banned.h"

/* Beside the limit that every public form has. A village may share one address; kiosk and counter are not
 * counted here at all. */
#define SENT_AT_ONCE  20
#define SENT_PER_HOUR 60

static const struct write_place public_place = {
    .path = "/lapor", .action = "/lapor", .wipe = "/lapor/kosongkan", .way = "public"};

static enum err must_be_open(struct cx *cx)
{
    bool open = false;
    TRY(reporter_public_open(cx->read, cx->actor.office_id, &open));
    return open ? ERR_OK
                : cx_fail(cx, ERR_CONFLICT, "public_intake_closed",
                          T("Kantor ini belum menerima pengaduan lewat halaman ini. Datanglah ke "
                            "loket PTSP, atau kirim surat."));
}

enum err reporter_public_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    enum err e = must_be_open(cx);
    if (e != ERR_OK && (e != ERR_CONFLICT || req->wants == WANTS_JSON))
        return e;
    return reporter_write_show(cx, req, res, &public_place, e);
}

enum err reporter_public_write_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    bool sends = req->wants == WANTS_JSON || str_eq(http_field(req, "_langkah"), "kirim");
    enum err e = must_be_open(cx);
    if (e == ERR_OK && sends)
        e = http_throttle(cx, req, "lapor", SENT_AT_ONCE, SENT_PER_HOUR);
    if (e != ERR_OK && (e == ERR_INTERNAL || req->wants == WANTS_JSON))
        return e;
    if (e != ERR_OK) /* with everything typed still in place */
        return reporter_write_show(cx, req, res, &public_place, e);
    return reporter_write_post(cx, req, res, &public_place);
}

enum err reporter_public_wipe_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    (void)req;
    return reporter_clear(cx, res, "/lapor", false);
}

/* --- the switch -------------------------------------------------------------------------------------------- */

struct switch_form {
    bool open;
};
/* clang-format off */
static const struct field switch_fields[] = {
    {.name = "open", .type = FIELD_BOOL, .offset = offsetof(struct switch_form, open), .label = T("Terima pengaduan lewat halaman publik")},
};
/* clang-format on */
const struct form reporter_public_switch_form = FORM("PublicIntake", struct switch_form,
                                                     switch_fields);

static void switch_body(struct html *h, void *arg)
{
    public_switch_page(h, arg);
}

enum err reporter_public_switch_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct refusal closed = {.err = ERR_OK};
    struct public_switch_view *v = ARENA_NEW(cx->arena, struct public_switch_view);
    TRY(reporter_public_open(cx->read, cx->actor.office_id, &v->open));
    TRY(complaint_intake_open(cx, &closed));
    v->closed = closed.err == ERR_OK ? NULL : cx_t(cx, closed.msgid);
    v->address = reporter_address(cx, req, "/lapor");
    v->saved = http_query(req, "disimpan") != NULL;
    const struct page_view page = {.title = T("Halaman publik pengaduan"),
                                   .current = "/lapor/pengaturan",
                                   .body = switch_body,
                                   .arg = v};
    return page_render(cx, req, res, &page);
}

enum err reporter_public_switch_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct switch_form f;
    TRY(form_parse(cx, req, &reporter_public_switch_form, &f));
    struct reporter_public_change c = {.office_id = cx->actor.office_id,
                                       .actor_id = cx->actor.id,
                                       .open = f.open,
                                       .now_ms = cx->now_ms};
    bool was = false;
    TRY(reporter_public_open(cx->read, cx->actor.office_id, &was));
    if (was != f.open)
        TRY(db_tx(cx, "public_intake", reporter_public_change_tx, &c));
    return http_res_redirect(cx, res, "/lapor/pengaturan?disimpan=1");
}
