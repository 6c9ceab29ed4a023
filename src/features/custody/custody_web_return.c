/* The return page: a badge is scanned or typed, and everything the guest has here is on one page,
 * with its way back. And the slip that says what was deposited. */
#include "features/custody/custody_view.h"
#include "features/custody/custody_web.h"

#include <string.h>

#include "custody_tmpl.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"

#include "lib/base/banned.h"

#define PAGE "/pengembalian"

static const char *hm(struct cx *cx, int64_t ms)
{
    return ms ? time_hm(cx->arena, ms, cx->offset_min) : NULL;
}

struct thing_view *custody_things(struct cx *cx, const struct item *items, size_t count)
{
    struct thing_view *list = ARENA_ARRAY(cx->arena, count + 1, struct thing_view);
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &items[i];
        bool card = str_eq(item->kind, "id_card");
        const char *kind = cx_t(cx, custody_kind_label(item->kind));
        list[i] = (struct thing_view){
            .id = item->id,
            .icon = card                          ? "kartu"
                    : str_eq(item->kind, "phone") ? "hp"
                                                  : "gembok",
            .name = str_empty(item->label) ? kind
                                           : arena_printf(cx->arena, "%s, %s", kind, item->label),
            .place = item->slot,
            .slot = card,
            .taken = hm(cx, item->taken_at),
            .returned = hm(cx, item->returned_at),
            .lost = hm(cx, item->lost_at),
            .held = custody_held(item),
        };
    }
    return list;
}

static void page_body(struct html *h, void *arg)
{
    custody_return_page(h, arg);
}

static enum err page_show(struct cx *cx, struct http_req *req, struct http_res *res,
                          struct return_view *view)
{
    const struct page_view page = {
        .title = T("Pengembalian titipan"),
        .current = PAGE,
        .scan = true,
        .body = page_body,
        .arg = view,
    };
    return page_render(cx, req, res, &page);
}

static const char *received_text(struct cx *cx, const struct visit *v)
{
    if (v->received_at == 0)
        return NULL;
    const char *who = staff_name(cx->read, cx->actor.office_id,
                                 str_empty(v->receiver_id) ? v->received_by : v->receiver_id);
    return arena_printf(cx->arena, "%s %s%s%s", cx_t(cx, T("Diterima")), who, *who ? ", " : "",
                        hm(cx, v->received_at));
}

/* Fills the guest's part of the view. */
static enum err view_fill(struct cx *cx, const char *visit_id, struct return_view *view)
{
    const char *office = cx->actor.office_id;
    struct visit v = {0};
    TRY(visit_get(cx->read, office, visit_id, &v));
    struct item *items = NULL;
    size_t count = 0;
    TRY(custody_items(cx->read, office, visit_id, &items, &count));
    struct badge_hold hold = {.label = NULL};
    enum err e = custody_badge(cx->read, office, visit_id, &hold);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    struct refusal may = custody_may_return(&v);
    view->found = true;
    view->visit_id = v.id;
    view->number = visit_number_text(cx->arena, &v);
    view->name = v.name;
    view->photo = v.photo_id ? arena_printf(cx->arena, "/tamu/%s/foto", v.id) : NULL;
    view->badge = hold.label;
    view->received = received_text(cx, &v);
    view->blocked = may.err == ERR_OK ? NULL : cx_t(cx, may.msgid);
    view->before_received = str_eq(may.code, "not_received");
    view->things = custody_things(cx, items, count);
    view->thing_count = count;
    view->held = custody_count_held(items, count);
    view->next = arena_printf(cx->arena, PAGE "?tamu=%s", v.id);
    view->next_done = arena_printf(cx->arena, PAGE "?selesai=%s", v.id);
    if (str_empty(view->typed))
        view->typed = str_or(hold.label, "");
    return ERR_OK;
}

/* --- finding the guest ------------------------------------------------------------------------------------ */

/* Why no guest stands behind this badge. */
static struct refusal not_out(struct cx *cx, const char *label)
{
    struct badge badge = {0};
    enum err e = office_badge_by_label(cx->read, cx->actor.office_id, label, &badge);
    if (e == ERR_OK && str_eq(badge.state, "lost"))
        return (struct refusal){.err = ERR_CONFLICT,
                                .code = "badge_lost",
                                .msgid = T("Tanda pengenal %s tercatat hilang. Serahkan kepada "
                                           "pengurus kantor."),
                                .arg = label};
    if (e == ERR_OK)
        return (struct refusal){.err = ERR_CONFLICT,
                                .code = "badge_in_rack",
                                .msgid = T("Tanda pengenal %s tidak sedang dipakai tamu. Periksa "
                                           "nomornya, atau kembalikan ke rak."),
                                .arg = label};
    return (struct refusal){.err = ERR_MISSING,
                            .code = "badge_unknown",
                            .msgid = T("Tanda pengenal %s tidak terdaftar. Periksa nomornya."),
                            .arg = label};
}

/* The code of the slip holds the visit's id: a badge goes to the next guest, a slip does not. NULL: no slip. */
static const char *of_slip(struct cx *cx, const char *typed)
{
    const char *id = str_lower(cx->arena, typed);
    return rand_uuid_ok(id) ? id : NULL;
}

/* The visit that the query names, by badge or by id; "" when it names none. */
static enum err visit_named(struct cx *cx, struct http_req *req, const char **ret_id)
{
    const char *id = http_query(req, "tamu");
    const char *typed = http_query(req, "badge");
    *ret_id = str_or(id, "");
    if (!str_empty(id) || str_empty(typed))
        return ERR_OK;
    *ret_id = str_or(of_slip(cx, typed), "");
    if (!str_empty(*ret_id))
        return ERR_OK;
    const char *label = office_label(cx->arena, typed);
    struct badge_hold hold = {0};
    enum err e = custody_badge_holder(cx->read, cx->actor.office_id, label, &hold);
    if (e == ERR_OK)
        *ret_id = hold.visit_id;
    if (e != ERR_MISSING)
        return e;
    /* A badge that was lost: its guest is still here, with everything but the badge. */
    struct visit last = {.id = NULL};
    e = custody_badge_last(cx->read, cx->actor.office_id, label, &last);
    if (e == ERR_OK)
        *ret_id = last.id;
    if (e != ERR_MISSING)
        return e;
    struct refusal r = not_out(cx, label);
    return cx_refuse(cx, &r);
}

/* What was finished just now: said once, on the page for the next guest. */
static const char *done_number(struct cx *cx, const char *visit_id)
{
    struct visit v = {0};
    if (str_empty(visit_id) || visit_get(cx->read, cx->actor.office_id, visit_id, &v) != ERR_OK ||
        v.open)
        return NULL;
    return visit_number_text(cx->arena, &v);
}

static enum err return_json(struct cx *cx, struct http_req *req, struct http_res *res,
                            const char *visit_id)
{
    if (!str_empty(visit_id))
        return visit_answer(cx, req, res, visit_id, 200);
    cx_field(cx, "badge", "missing", T("Pindai atau ketik tanda pengenal."));
    return cx_fields(cx);
}

enum err custody_return_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *visit_id = "";
    enum err e = visit_named(cx, req, &visit_id);
    if (req->wants == WANTS_JSON)
        return e == ERR_OK ? return_json(cx, req, res, visit_id) : e;
    struct return_view view = {
        .typed = str_or(http_query(req, "badge"), ""),
        .done = done_number(cx, http_query(req, "selesai")),
    };
    if (e == ERR_OK && !str_empty(visit_id)) {
        view.typed = of_slip(cx, view.typed) ? "" : view.typed;
        e = view_fill(cx, visit_id, &view);
    }
    if (e == ERR_MISSING || e == ERR_CONFLICT) {
        res->status = e == ERR_MISSING ? 404 : 409;
        view.error = str_or(cx->diag.message, cx_t(cx, T("Kunjungan itu tidak ada.")));
        e = ERR_OK;
    }
    TRY(e);
    return page_show(cx, req, res, &view);
}

bool custody_from_return_page(const struct http_req *req)
{
    const char *next = http_field(req, "_next");
    return req->wants != WANTS_JSON && next && str_starts(next, PAGE);
}

enum err custody_return_refused(struct cx *cx, struct http_req *req, struct http_res *res,
                                const char *visit_id, enum err e)
{
    struct return_view view = {.typed = ""};
    TRY(view_fill(cx, visit_id, &view));
    res->status = e == ERR_CONFLICT ? 409 : 422;
    return page_show(cx, req, res, &view);
}

/* --- the slip ------------------------------------------------------------------------------------------- */

static void slip_body(struct html *h, void *arg)
{
    custody_slip_page(h, arg);
}

enum err custody_slip_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *office_id = cx->actor.office_id;
    const char *visit_id = http_param(req, "id");
    struct visit v = {0};
    TRY(visit_must_exist(cx, visit_id, &v));
    struct office office = {0};
    TRY(office_get(cx->read, office_id, &office));
    struct item *items = NULL;
    size_t count = 0;
    TRY(custody_items(cx->read, office_id, visit_id, &items, &count));
    if (count == 0)
        return cx_fail(cx, ERR_MISSING, "nothing_held", T("Tamu ini tidak menitipkan barang."));
    struct slip_view view = {
        .office = office.name,
        .address = office.address,
        .number = visit_number_text(cx->arena, &v),
        .name = v.name,
        .badge = v.badge,
        .date = time_long_date(cx->arena, items[0].taken_at, cx->offset_min, cx->lang == LANG_EN),
        .time = arena_printf(cx->arena, "%s %s", hm(cx, items[0].taken_at),
                             time_zone_letters(cx->offset_min)),
        .officer = staff_name(cx->read, office_id, items[0].taken_by),
        .things = custody_things(cx, items, count),
        .thing_count = count,
    };
    view.path = arena_printf(cx->arena, "/tamu/%s", v.id);
    const struct page_view page = {
        .title = T("Slip titipan"), .current = "/tamu", .body = slip_body, .arg = &view};
    return page_render(cx, req, res, &page);
}
