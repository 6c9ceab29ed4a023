/* The officer's side of the tablet: a code for one guest, shown once with its QR code. */
#include "features/reporter/reporter_web.h"

#include <string.h>

#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/qr/qr.h"
#include "reporter_tmpl.h"
#include "lib/base/banned.h"

static void offer_body(struct html *h, void *arg)
{
    kiosk_offer_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     struct kiosk_offer_view *v)
{
    const struct page_view page = {
        .title = T("Layar tamu"), .current = "/tamu", .body = offer_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err view_of(struct cx *cx, const struct http_req *req, const struct visit *visit,
                        struct kiosk_offer_view *v)
{
    struct refusal closed = {.err = ERR_OK};
    TRY(complaint_intake_open(cx, &closed));
    v->closed = closed.err == ERR_OK ? NULL : cx_t(cx, closed.msgid);
    v->address = reporter_address(cx, req, "/kios");
    v->action = "/layar-tamu";
    if (!visit)
        return ERR_OK;
    v->visit_path = arena_printf(cx->arena, "/tamu/%s", visit->id);
    v->action = arena_printf(cx->arena, "%s/pengaduan/layar-tamu", v->visit_path);
    v->visit = visit_number_text(cx->arena, visit);
    return ERR_OK;
}

enum err kiosk_offer_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct kiosk_offer_view *v = ARENA_NEW(cx->arena, struct kiosk_offer_view);
    TRY(view_of(cx, req, NULL, v));
    return show(cx, req, res, v);
}

/* The code stands on the officer's page alone: kept is its hash. The visit is sealed, and no entry in the
 * audit says when somebody sat down to write. */
static enum err make_code(struct cx *cx, const struct visit *visit, char ret[KIOSK_CODE_CHARS + 1])
{
    uint8_t random[5];
    uint8_t *hash = arena_alloc(cx->arena, 32);
    char id[UUID_TEXT_BYTES];
    rand_bytes(random, sizeof(random));
    kiosk_code_text(random, ret);
    seal_secret_hash(cx->seal, "kiosk_code", ret, hash);
    rand_uuid4(id);
    struct kiosk_open k = {.office_id = cx->actor.office_id,
                           .id = id,
                           .code_hash = {hash, 32},
                           .now_ms = cx->now_ms,
                           .ends_at = cx->now_ms + KIOSK_CODE_MS};
    if (visit)
        k.visit_sealed = seal_field(cx->seal, cx->arena, "kiosk_session", "visit_sealed", id,
                                    visit->id);
    return db_tx(cx, "kiosk_open", kiosk_open_tx, &k);
}

static enum err give_code(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct visit *visit)
{
    struct refusal closed = {.err = ERR_OK};
    TRY(complaint_intake_open(cx, &closed));
    if (closed.err != ERR_OK)
        return cx_refuse(cx, &closed);
    char code[KIOSK_CODE_CHARS + 1];
    struct qr_svg qr = {0};
    struct kiosk_offer_view *v = ARENA_NEW(cx->arena, struct kiosk_offer_view);
    TRY(make_code(cx, visit, code));
    TRY(view_of(cx, req, visit, v));
    TRY(qr_svg(cx->arena, arena_printf(cx->arena, "%s#%s", v->address, code), &qr));
    v->code = kiosk_code_show(cx->arena, code);
    v->qr_path = qr.path;
    v->qr_modules = qr.modules;
    v->until = arena_printf(cx->arena, "%s %s",
                            time_hm(cx->arena, cx->now_ms + KIOSK_CODE_MS, cx->offset_min),
                            time_zone_letters(cx->offset_min));
    return show(cx, req, res, v);
}

enum err kiosk_offer_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return give_code(cx, req, res, NULL);
}

enum err kiosk_visit_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit v = {0};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    struct refusal refusal = complaint_may_write(&v);
    if (refusal.err != ERR_OK)
        return cx_refuse(cx, &refusal);
    return give_code(cx, req, res, &v);
}
