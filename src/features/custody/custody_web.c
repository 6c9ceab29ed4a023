/* Custody over HTTP: steps 3, 8 and 9, and the other ways in which a visit ends. The pages that belong
 * to custody alone are in custody_web_return.c and custody_web_day.c. */
#include "features/custody/custody_web.h"

#include "features/office/office.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/http/sse.h"

#include "lib/base/banned.h"

#define TRIES     3 /* after a lost race the rule names the reason; more would be a fault of ours */
#define ITEMS_MAX 20

/* --- forms -------------------------------------------------------------------------------------------- */

static const char *const item_kinds[] = {"id_card", "phone", "laptop", "bag", "other", NULL};

/* clang-format off */
static const struct field item_fields[] = {
    {.name = "kind",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct custody_new_item, kind),
     .choices = item_kinds,
     .label = T("Jenis titipan")},
    {.name = "label",
     .type = FIELD_TEXT,
     .offset = offsetof(struct custody_new_item, label),
     .max = 100,
     .label = T("Ciri barang")},
    {.name = "slot",
     .type = FIELD_TEXT,
     .offset = offsetof(struct custody_new_item, slot),
     .max = 20,
     .label = T("Slot atau loker")},
};
/* clang-format on */

struct deposit_form {
    const char *badge;
    struct object_list items;
    const char *no_card_reason;
};
/* clang-format off */
static const struct field deposit_fields[] = {
    {.name = "badge",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct deposit_form, badge),
     .max = 20,
     .label = T("Tanda pengenal"),
     .missing = T("Pindai atau ketik tanda pengenal.")},
    {.name = "items",
     .type = FIELD_OBJECTS,
     .offset = offsetof(struct deposit_form, items),
     .max = ITEMS_MAX,
     .label = T("Titipan"),
     .members = item_fields,
     .member_count = ARRAY_LEN(item_fields),
     .member_bytes = sizeof(struct custody_new_item)},
    {.name = "no_card_reason",
     .type = FIELD_TEXT,
     .offset = offsetof(struct deposit_form, no_card_reason),
     .max = 200,
     .label = T("Alasan tanpa kartu")},
};
/* clang-format on */
static const struct form deposit_form = FORM("Deposit", struct deposit_form, deposit_fields);

struct return_form {
    struct text_list items;
    bool all;
};
/* clang-format off */
static const struct field return_fields[] = {
    {.name = "items",
     .type = FIELD_IDS,
     .offset = offsetof(struct return_form, items),
     .max = 100,
     .label = T("Titipan")},
    {.name = "all",
     .type = FIELD_BOOL,
     .offset = offsetof(struct return_form, all),
     .label = T("Semua titipan")},
};
/* clang-format on */
static const struct form return_form = FORM("Return", struct return_form, return_fields);

/* The badge is asked for after what is still held: the rule says that it is missing. */
struct close_form {
    const char *badge;
};
/* clang-format off */
static const struct field close_fields[] = {
    {.name = "badge",
     .type = FIELD_TEXT,
     .offset = offsetof(struct close_form, badge),
     .max = 20,
     .label = T("Tanda pengenal")},
};
/* clang-format on */
static const struct form close_form = FORM("Close", struct close_form, close_fields);

struct end_form {
    const char *reason;
};
/* clang-format off */
static const struct field leave_fields[] = {
    {.name = "reason",
     .type = FIELD_TEXT,
     .offset = offsetof(struct end_form, reason),
     .max = 200,
     .label = T("Alasan pulang")},
};
/* clang-format on */
static const struct form leave_form = FORM("Leave", struct end_form, leave_fields);
/* clang-format off */
static const struct field cancel_fields[] = {
    {.name = "reason",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct end_form, reason),
     .max = 200,
     .label = T("Alasan batal"),
     .missing = T("Tulis alasan kunjungan dibatalkan.")},
};
/* clang-format on */
static const struct form cancel_form = FORM("Cancel", struct end_form, cancel_fields);

struct lost_form {
    const char *reason, *witness, *item;
};
/* clang-format off */
static const struct field lost_fields[] = {
    {.name = "item",
     .type = FIELD_ID,
     .offset = offsetof(struct lost_form, item),
     .label = T("Barang yang hilang")},
    {.name = "reason",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct lost_form, reason),
     .max = 200,
     .label = T("Keterangan hilang"),
     .missing = T("Tulis bagaimana barang hilang.")},
    {.name = "witness",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct lost_form, witness),
     .max = 120,
     .label = T("Saksi"),
     .missing = T("Tulis nama saksi.")},
};
/* clang-format on */
static const struct form lost_form = FORM("Lost", struct lost_form, lost_fields);

/* --- what every step shares ----------------------------------------------------------------------------- */

static enum err visit_unknown(struct cx *cx)
{
    cx->diag = (struct diag){.code = NULL};
    return cx_fail(cx, ERR_MISSING, "visit_unknown", T("Kunjungan itu tidak ada."));
}

static enum err act_prepare(struct cx *cx, struct http_req *req, const char *step,
                            struct custody_act *a)
{
    a->act = visit_act_of(cx);
    a->arena = cx->arena;
    a->visit_id = http_param(req, "id");
    return replay_prepare(cx, http_header(req, "idempotency-key"),
                          arena_printf(cx->arena, "POST /tamu/%s/%s", a->visit_id, step),
                          req->body_hash, &a->replay);
}

/* The form is wrong; but what the state forbids is said first (404, then 409, then 422). */
static enum err refused_form(struct cx *cx, const struct custody_act *a,
                             struct refusal (*may)(const struct visit *))
{
    struct visit v = {0};
    enum err e = visit_get(cx->read, a->act.office_id, a->visit_id, &v);
    if (e == ERR_MISSING)
        return visit_unknown(cx);
    TRY(e);
    struct refusal r = may ? may(&v) : (struct refusal){.err = ERR_OK};
    if (r.err == ERR_OK)
        return ERR_INVALID;
    cx->diag = (struct diag){.code = NULL};
    return cx_refuse(cx, &r);
}

static enum err act_refuse(struct cx *cx, struct custody_act *a)
{
    if (str_eq(a->refusal.code, "still_held"))
        a->refusal.arg = custody_held_text(cx, a->items, a->item_count);
    return cx_refuse(cx, &a->refusal);
}

static enum err act_run(struct cx *cx, const char *name,
                        enum err (*fn)(struct db_conn *tx, void *arg), void *arg,
                        struct custody_act *a)
{
    enum err e = ERR_OK;
    for (int i = 0; i < TRIES; i++) {
        e = db_tx(cx, name, fn, arg);
        if (e == ERR_OK || !a->raced)
            break;
    }
    if (e == ERR_OK)
        return ERR_OK;
    if (e == a->refusal.err)
        return act_refuse(cx, a);
    if (e == ERR_MISSING)
        return visit_unknown(cx);
    if (e == ERR_CONFLICT)
        return cx_fail(cx, e, "changed",
                       T("Petugas lain baru saja mengubah data ini. Muat ulang halaman."));
    return e;
}

static enum err act_answer(struct cx *cx, struct http_req *req, struct http_res *res,
                           const struct custody_act *a, enum err e)
{
    if (e == ERR_OK && !a->repeated && cx->sse)
        sse_poke(cx->sse);
    if (e == ERR_OK)
        return visit_answer(cx, req, res, a->visit_id, a->repeated ? a->status : 200);
    if (e != ERR_CONFLICT && e != ERR_INVALID)
        return e;
    if (custody_from_return_page(req))
        return custody_return_refused(cx, req, res, a->visit_id, e);
    return visit_refused(cx, req, res, a->visit_id, e);
}

/* --- the steps ------------------------------------------------------------------------------------------- */

static enum err deposit_run(struct cx *cx, const struct deposit_form *f, struct custody_deposit *d)
{
    d->badge = office_label(cx->arena, f->badge);
    d->no_card_reason = f->no_card_reason;
    d->items = f->items.items;
    d->item_count = f->items.count;
    d->item_ids = arena_array(cx->arena, d->item_count + 1, UUID_TEXT_BYTES);
    rand_uuid7(cx->now_ms, d->hold_id);
    /* A millisecond apart, so that they are listed in the order in which they were handed over. */
    for (size_t i = 0; i < d->item_count; i++)
        rand_uuid7(cx->now_ms + (int64_t)i, d->item_ids[i]);
    return act_run(cx, "custody_deposit", custody_deposit, d, &d->a);
}

static enum err deposit_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct custody_deposit d = {.badge = NULL};
    struct deposit_form f;
    TRY(act_prepare(cx, req, "titipan", &d.a));
    enum err e = form_parse(cx, req, &deposit_form, &f);
    e = e == ERR_OK ? deposit_run(cx, &f, &d) : refused_form(cx, &d.a, custody_may_deposit);
    return act_answer(cx, req, res, &d.a, e);
}

static enum err return_run(struct cx *cx, const struct return_form *f, struct custody_return *r)
{
    r->ids = f->items.items;
    r->id_count = f->items.count;
    r->all = f->all;
    if (!r->all && r->id_count == 0) {
        cx_field(cx, "items", "missing", T("Pilih barang yang dikembalikan."));
        return refused_form(cx, &r->a, custody_may_return);
    }
    return act_run(cx, "custody_return", custody_return, r, &r->a);
}

static enum err return_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct custody_return r = {.all = false};
    struct return_form f;
    TRY(act_prepare(cx, req, "pengembalian", &r.a));
    enum err e = form_parse(cx, req, &return_form, &f);
    e = e == ERR_OK ? return_run(cx, &f, &r) : refused_form(cx, &r.a, custody_may_return);
    return act_answer(cx, req, res, &r.a, e);
}

static enum err close_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct custody_close c = {.badge = NULL};
    struct close_form f;
    TRY(act_prepare(cx, req, "selesai", &c.a));
    enum err e = form_parse(cx, req, &close_form, &f);
    if (e == ERR_OK) {
        c.badge = office_label(cx->arena, str_or(f.badge, ""));
        e = act_run(cx, "custody_close", custody_close, &c, &c.a);
    } else {
        e = refused_form(cx, &c.a, custody_may_close);
    }
    return act_answer(cx, req, res, &c.a, e);
}

static enum err leave_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct custody_end n = {.reason = NULL};
    struct end_form f;
    TRY(act_prepare(cx, req, "pulang", &n.a));
    enum err e = form_parse(cx, req, &leave_form, &f);
    n.reason = f.reason;
    e = e == ERR_OK ? act_run(cx, "custody_leave", custody_leave, &n, &n.a)
                    : refused_form(cx, &n.a, custody_may_leave);
    return act_answer(cx, req, res, &n.a, e);
}

static enum err cancel_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct custody_end n = {.reason = NULL};
    struct end_form f;
    TRY(act_prepare(cx, req, "batal", &n.a));
    enum err e = form_parse(cx, req, &cancel_form, &f);
    n.reason = f.reason;
    e = e == ERR_OK ? act_run(cx, "custody_cancel", custody_cancel, &n, &n.a)
                    : refused_form(cx, &n.a, custody_may_cancel);
    return act_answer(cx, req, res, &n.a, e);
}

static enum err lost_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct custody_lost l = {.item_id = NULL};
    struct lost_form f;
    TRY(act_prepare(cx, req, "hilang", &l.a));
    enum err e = form_parse(cx, req, &lost_form, &f);
    l.item_id = str_empty(f.item) ? NULL : f.item;
    l.reason = f.reason;
    l.witness = f.witness;
    e = e == ERR_OK ? act_run(cx, "custody_lose", custody_lose, &l, &l.a)
                    : refused_form(cx, &l.a, NULL);
    return act_answer(cx, req, res, &l.a, e);
}

/* --- routes ------------------------------------------------------------------------------------------------ */

#define STEP(path_, fn_, form_, summary_)                                                          \
    {                                                                                              \
        .method = HTTP_POST, .path = "/tamu/{id}/" path_, .who = ROLE_DESK,                        \
        .flags = ROUTE_IDEMPOTENT_KEY, .fn = (fn_), .form = &(form_), .summary = (summary_)        \
    }

const struct route *custody_routes(void)
{
    /* clang-format off */
    static const struct route routes[] = {
        STEP("titipan", deposit_post, deposit_form, "Step 3: badge out, card and devices in"),
        STEP("pengembalian", return_post, return_form, "Step 8: card and devices back"),
        STEP("selesai", close_post, close_form, "Step 9: badge back, the visit closes"),
        STEP("pulang", leave_post, leave_form, "The guest leaves without having been received"),
        STEP("batal", cancel_post, cancel_form, "Cancelled before step 3"),
        STEP("hilang", lost_post, lost_form, "A badge or a deposited thing is lost"),
        {.method = HTTP_GET,
         .path = "/tamu/{id}/slip",
         .who = ROLE_DESK,
         .fn = custody_slip_get,
         .summary = "Printable slip of what is held"},
        {.method = HTTP_GET,
         .path = "/tamu/{id}/slip.docx",
         .who = ROLE_DESK,
         .fn = custody_slip_docx_get,
         .summary = "The slip in the office's own letter, as .docx"},
        {.method = HTTP_GET,
         .path = "/pengembalian",
         .who = ROLE_DESK,
         .fn = custody_return_get,
         .summary = "Return page: everything held, by badge"},
        {.method = HTTP_GET,
         .path = "/penutupan-hari",
         .who = ROLE_DESK | ROLE_OFFICIALS,
         .fn = custody_day_get,
         .summary = "End of day: what is still out"},
        {.method = HTTP_POST,
         .path = "/penutupan-hari",
         .who = ROLE_DESK,
         .flags = ROUTE_IDEMPOTENT_KEY,
         .fn = custody_day_post,
         .form = &custody_day_form,
         .summary = "Close the day; every difference explained"},
        {.path = NULL},
    };
    /* clang-format on */
    return routes;
}
