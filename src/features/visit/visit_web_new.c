/* Steps 1 and 2: the form of a new visit, looking up a returning guest, and registering. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/visit/visit_page.h"
#include "features/visit/visit_store.h"
#include "features/visit/visit_view.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/utf8.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "lib/media/media.h"
#include "lib/outbox/outbox.h"
#include "lib/seal/seal.h"
#include "visit_new_tmpl.h"
#include "lib/base/banned.h"

#define LATE_AFTER_MS                                                                              \
    (15 * 60 * 1000) /* an arrival longer ago is a late entry and needs a reason */
#define OLDEST_LATE_MS (366LL * 24 * 3600 * 1000)

static const char *const id_types[] = {"ktp", "sim", "passport", "other", NULL};
static const char *const genders[] = {"L", "P", NULL};
static const char *const visitor_kinds[] = {"individual", "organization", NULL};
static const char *const priorities[] = {"elderly", "pregnant", "disabled", "child", NULL};
static const char *const categories[] = {"complaint", "information", "summons", "meeting",
                                         "delivery",  "other",       NULL};
static const char *const warnings[] = {"already_inside", "region_unknown", "birth_date_differs",
                                       "gender_differs", "under_age",      NULL};

/* clang-format off */
static const struct field companion_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct companion, name), .min = 1, .max = 200, .label = T("Nama pendamping")},
};
/* clang-format on */

#define AT(member) .offset = offsetof(struct visit_form, member)
/* clang-format off */
static const struct field visit_new_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, AT(name), .min = 1, .max = 200, .label = T("Nama lengkap")},
    {.name = "id_type", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(id_type), .choices = id_types, .label = T("Jenis identitas")},
    {.name = "id_number", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_PRIVATE, AT(id_number), .min = 1, .max = 40, .label = T("Nomor identitas")},
    {.name = "phone", .type = FIELD_PHONE, .flags = FIELD_PRIVATE, AT(phone), .label = T("Nomor HP")},
    {.name = "email", .type = FIELD_EMAIL, .flags = FIELD_PRIVATE, AT(email), .max = 200, .label = T("Surel")},
    {.name = "address", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(address), .max = 300, .label = T("Alamat")},
    {.name = "gender", .type = FIELD_CODE, AT(gender), .choices = genders, .label = T("Jenis kelamin")},
    {.name = "birth_date", .type = FIELD_DATE, .flags = FIELD_PRIVATE, AT(birth_date), .label = T("Tanggal lahir")},
    {.name = "visitor_kind", .type = FIELD_CODE, AT(visitor_kind), .choices = visitor_kinds, .label = T("Datang sebagai")},
    {.name = "organization", .type = FIELD_TEXT, AT(organization), .max = 200, .label = T("Instansi")},
    {.name = "guardian", .type = FIELD_TEXT, AT(guardian), .max = 200, .label = T("Pendamping dewasa")},
    {.name = "companions", .type = FIELD_OBJECTS, AT(companions), .max = 30, .label = T("Pendamping"), .members = companion_fields, .member_count = 1, .member_bytes = sizeof(struct companion)},
    {.name = "priority", .type = FIELD_CODE, AT(priority), .choices = priorities, .label = T("Prioritas")},
    {.name = "purpose", .type = FIELD_LINES, .flags = FIELD_REQUIRED, AT(purpose), .min = 1, .max = 500, .label = T("Maksud dan tujuan")},
    {.name = "category", .type = FIELD_CODE, AT(category), .choices = categories, .label = T("Keperluan")},
    {.name = "service", .type = FIELD_TEXT, AT(service), .max = 100, .label = T("Layanan")},
    {.name = "host", .type = FIELD_TEXT, AT(host), .max = 40, .label = T("Pejabat yang dituju")},
    {.name = "photo", .type = FIELD_FILE, .flags = FIELD_PRIVATE, AT(photo), .max = 5 * 1024 * 1024, .label = T("Foto")},
    {.name = "no_photo_reason", .type = FIELD_TEXT, AT(no_photo_reason), .max = 200, .label = T("Alasan tanpa foto")},
    {.name = "arrived_at", .type = FIELD_TIME, AT(arrived_at), .label = T("Jam datang sebenarnya")},
    {.name = "late_reason", .type = FIELD_TEXT, AT(late_reason), .max = 200, .label = T("Alasan catatan susulan")},
    {.name = "accept_warnings", .type = FIELD_CODES, AT(accept_warnings), .choices = warnings, .max = 5, .label = T("Peringatan yang diterima")},
};
/* clang-format on */
#undef AT
const struct form visit_new_form = FORM("VisitNew", struct visit_form, visit_new_fields);

/* --- checks beyond the field table -------------------------------------------------------------------- */

static void check_photo(struct cx *cx, const struct visit_form *f)
{
    bool given = f->photo.n > 0 || !str_empty(f->no_photo_reason);
    if (!given && cx->actor.kind != ACTOR_TOKEN && !form_error(cx, "photo"))
        cx_field(cx, "photo", "missing",
                 T("Foto belum diambil. Ambil foto atau pilih alasan tanpa foto."));
}

static void check_arrival(struct cx *cx, struct visit_form *f)
{
    if (str_empty(f->late_reason))
        f->late_reason = NULL;
    if (!f->arrived_at) {
        if (f->late_reason)
            cx_field(cx, "arrived_at", "missing",
                     T("Tulis jam datang sebenarnya untuk catatan susulan."));
        return;
    }
    if (f->arrived_at > cx->now_ms + 60000)
        cx_field(cx, "arrived_at", "future",
                 T("Jam datang belum terjadi. Periksa tanggal dan jamnya."));
    else if (f->arrived_at < cx->now_ms - OLDEST_LATE_MS)
        cx_field(cx, "arrived_at", "too_old",
                 T("Jam datang lebih dari setahun yang lalu. Periksa tahunnya."));
    else if (f->arrived_at < cx->now_ms - LATE_AFTER_MS && !f->late_reason)
        cx_field(cx, "late_reason", "missing",
                 T("Tulis alasan catatan susulan, misalnya listrik padam."));
    if (f->arrived_at > cx->now_ms)
        f->arrived_at = cx->now_ms;
}

/* The guest reported when the officer opened the form (hidden field `_opened`): the clock starts there,
 * not when the form was sent. */
static void take_opened(struct cx *cx, const struct http_req *req, struct visit_form *f)
{
    int64_t opened = 0;
    const char *typed = http_field(req, "_opened");
    if (f->arrived_at || f->late_reason || !typed || !str_to_i64(typed, 0, cx->now_ms, &opened))
        return;
    if (opened > cx->now_ms - LATE_AFTER_MS)
        f->arrived_at = opened;
}

/* A post, or the username of somebody who is here. */
static enum err check_host(struct cx *cx, struct visit_form *f, const char **ret_host_id)
{
    *ret_host_id = NULL;
    if (str_empty(f->host)) {
        f->host = NULL;
        return ERR_OK;
    }
    uint32_t role = 0;
    if (staff_role_parse(f->host, &role) && (role & ROLE_OFFICIALS))
        return ERR_OK;
    struct staff s = {0};
    enum err e = staff_by_username(cx->read, cx->actor.office_id, f->host, &s);
    if (e == ERR_OK && !s.disabled_at) {
        *ret_host_id = s.id;
        return ERR_OK;
    }
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    cx_field(cx, "host", "not_a_choice", T("Pejabat itu tidak ada. Pilih dari daftar."));
    return ERR_OK;
}

/* "already_inside" is a matter of state (409): it comes before every field and every doubt. */
static enum err check_inside(struct cx *cx, const struct visit_form *f)
{
    struct visit inside = {0};
    enum err e = visit_inside_of(cx->read, cx->actor.office_id,
                                 identity_index(cx, f->id_type, f->id_number), &inside);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    struct refusal r = visit_refuse_inside(cx->arena, &inside);
    return cx_refuse(cx, &r);
}

/* Doubts that were not overruled by name: refused with the code of the first. */
static enum err check_doubts(struct cx *cx, const struct visit_form *f)
{
    struct visit_doubt doubts[4];
    size_t count = visit_doubts(cx, f, doubts);
    for (size_t i = 0; i < count; i++)
        cx_field(cx, doubts[i].field, doubts[i].code, "%s", doubts[i].message);
    if (count == 0)
        return ERR_OK;
    cx->diag.code = doubts[0].code;
    cx->diag.message = doubts[0].message;
    return ERR_INVALID;
}

static bool accepted(const struct visit_form *f, const char *code)
{
    for (size_t i = 0; i < f->accept_warnings.count; i++) {
        if (str_eq(f->accept_warnings.items[i], code))
            return true;
    }
    return false;
}

/* --- filling the transaction's input --------------------------------------------------------------------- */

static const char *companions_text(struct cx *cx, const struct visit_form *f)
{
    json_t *list = json_keep(cx->arena, json_array());
    const struct companion *items = f->companions.items;
    for (size_t i = 0; i < f->companions.count; i++)
        json_array_append_new(list, json_pack("{s:s}", "name", items[i].name));
    struct buf b = buf_new(cx->arena, 64, 64 * 1024);
    json_write(&b, list);
    return b.p;
}

static const char *joined(struct cx *cx, struct text_list list)
{
    struct buf b = buf_new(cx->arena, 32, 1024);
    for (size_t i = 0; i < list.count; i++) {
        if (i)
            buf_putc(&b, ',');
        buf_puts(&b, list.items[i]);
    }
    return b.p;
}

static void fill_visit(struct cx *cx, const struct visit_form *f, const struct office *office,
                       struct visit *v)
{
    v->id = cx_new_id(cx);
    v->arrived_at = f->arrived_at ? f->arrived_at : cx->now_ms;
    v->due_at = v->arrived_at + office->limit_s * 1000;
    v->year = time_civil(v->arrived_at, cx->offset_min).year;
    v->registered_at = cx->now_ms;
    v->registered_by = cx->actor.id;
    v->late_reason = f->late_reason;
    v->name = f->name;
    v->id_type = f->id_type;
    v->organization = str_or(f->organization, "");
    v->visitor_kind = str_or(f->visitor_kind, *v->organization ? "organization" : "individual");
    v->companions = companions_text(cx, f);
    v->companion_count = (int64_t)f->companions.count;
    v->guardian = str_empty(f->guardian) ? NULL : f->guardian;
    v->priority = f->priority;
    v->purpose = f->purpose;
    v->category = str_or(f->category, "other");
    v->service = str_empty(f->service) ? NULL : f->service;
    v->host = f->host;
    v->no_photo_reason = str_empty(f->no_photo_reason) || f->photo.n ? NULL : f->no_photo_reason;
    v->accepted_warnings = joined(cx, f->accept_warnings);
}

static enum err fill_identity(struct cx *cx, const struct visit_form *f,
                              struct visit_registration *r)
{
    r->identity = (struct identity){.id_number = f->id_number,
                                    .phone = str_empty(f->phone) ? NULL : f->phone,
                                    .email = str_empty(f->email) ? NULL : f->email,
                                    .address = str_empty(f->address) ? NULL : f->address,
                                    .gender = str_empty(f->gender) ? NULL : f->gender,
                                    .birth_date = str_empty(f->birth_date) ? NULL : f->birth_date};
    const struct identity *i = &r->identity;
    r->visit.id_index = identity_index(cx, f->id_type, f->id_number);
    r->visit.identity_sealed = identity_seal(cx, "visit", r->visit.id, i);
    r->visitor_id = cx_new_id(cx);
    r->visitor_identity = identity_seal(cx, "visitor", r->visitor_id, i);
    struct visitor known = {0};
    enum err e = visitor_find(cx->read, cx->actor.office_id, r->visit.id_index, &known);
    if (e == ERR_MISSING)
        return ERR_OK;
    if (e != ERR_OK)
        return e;
    r->known_identity = identity_seal(cx, "visitor", known.id, i);
    return ERR_OK;
}

/* Step 5: to whom and by which channel. */
static enum err fill_notice(struct cx *cx, struct visit_registration *r)
{
    /* A late entry of an earlier day: the guest is long gone, nobody needs to be called. */
    if (r->visit.late_reason && r->visit.arrived_at < time_day_start(cx->now_ms, cx->offset_min)) {
        r->notice = (struct notice_new){
            .kind = NOTICE_VISIT, .round = 1, .reason = T("Catatan susulan hari yang lalu")};
        return ERR_OK;
    }
    TRY(notice_to(cx, cx->actor.office_id, NOTICE_VISIT, ROLE_INTEL_CHIEF, &r->notice));
    r->notice.round = 1;
    return ERR_OK;
}

/* The photo is decoded in the sandbox and on disk, sealed, before the transaction names it. */
static enum err store_photo(struct cx *cx, const struct visit_form *f, struct visit *v)
{
    if (f->photo.n == 0)
        return ERR_OK;
    struct bytes clean;
    cx_wait(cx, true);
    enum err e = media_photo(cx, f->photo, &clean);
    cx_wait(cx, false);
    if (e == ERR_INVALID && cx->diag.field_count == 0)
        cx_field(cx, "photo", str_or(cx->diag.code, "broken"), "%s",
                 str_or(cx->diag.message, cx_t(cx, T("Foto tidak dapat dibaca. Ambil ulang."))));
    if (e != ERR_OK)
        return e;
    v->photo_id = cx_new_id(cx);
    e = seal_file_write(cx->seal, cx->arena, cx->data_dir, "photos", v->photo_id, clean);
    if (e == ERR_BUSY) /* the same words as the database has for it */
        return cx_fail(cx, ERR_BUSY, "disk_full",
                       T("Penyimpanan penuh. Data belum disimpan; hubungi administrator kantor."));
    return e;
}

static enum err check_form(struct cx *cx, struct http_req *req, struct visit_form *f,
                           const char **ret_host_id)
{
    enum err parsed = form_parse(cx, req, &visit_new_form, f);
    if (parsed != ERR_OK && parsed != ERR_INVALID)
        return parsed;
    if (f->id_type && f->id_number)
        visit_check_document(cx, f->id_type, f->id_number);
    check_photo(cx, f);
    check_arrival(cx, f);
    take_opened(cx, req, f);
    TRY(check_host(cx, f, ret_host_id));
    return cx_fields(cx);
}

static enum err register_visit(struct cx *cx, struct http_req *req, struct visit_registration *r)
{
    struct visit_form f;
    const char *host_id = NULL;
    enum err formed = check_form(cx, req, &f, &host_id);
    if (formed != ERR_OK && formed != ERR_INVALID)
        return formed;
    TRY(replay_prepare(cx, http_header(req, "idempotency-key"), "POST /tamu", req->body_hash,
                       &r->replay));
    r->accept_inside = accepted(&f, "already_inside");
    /* A repeated request finds its own visit inside: the transaction sorts that out. */
    if (!r->accept_inside && !r->replay.present && f.id_type && f.id_number)
        TRY(check_inside(cx, &f));
    TRY(formed);
    TRY(check_doubts(cx, &f));
    struct office office;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    r->act = visit_act_of(cx);
    fill_visit(cx, &f, &office, &r->visit);
    r->visit.host_id = host_id;
    TRY(fill_identity(cx, &f, r));
    TRY(fill_notice(cx, r));
    r->detail = arena_printf(cx->arena, "category=%s%s%s", r->visit.category,
                             *r->visit.accepted_warnings ? " overruled=" : "",
                             r->visit.accepted_warnings);
    TRY(store_photo(cx, &f, &r->visit));
    enum err e = db_tx(cx, "visit_register", visit_register, r);
    bool photo_unused = r->visit.photo_id && (e != ERR_OK || r->replayed);
    if (photo_unused)
        (void)!seal_file_remove(cx->data_dir, "photos", r->visit.photo_id);
    if (e != ERR_OK)
        return r->refusal.err != ERR_OK ? cx_refuse(cx, &r->refusal) : e;
    return ERR_OK;
}

enum err visit_new_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_registration *r = ARENA_NEW(cx->arena, struct visit_registration);
    enum err e = register_visit(cx, req, r);
    if (e != ERR_OK && req->wants != WANTS_JSON && (e == ERR_INVALID || e == ERR_CONFLICT))
        return visit_new_page(cx, req, res, e);
    if (e != ERR_OK)
        return e;
    if (!r->replayed) {
        outbox_wake(cx);
        sse_poke(cx->sse);
    }
    if (req->wants == WANTS_JSON)
        http_res_header(cx, res, "Location", arena_printf(cx->arena, "/tamu/%s", r->subject_id));
    if (req->wants != WANTS_JSON || r->replayed)
        return visit_answer(cx, req, res, r->subject_id, r->status);
    struct visit_view view = visit_view_registered(cx->arena, r);
    return http_res_json(cx, res, r->status, visit_view_json(cx, &view));
}

/* --- the form's page ------------------------------------------------------------------------------------------ */

static struct option *host_options(struct cx *cx)
{
    struct option *options = ARENA_ARRAY(cx->arena, 4, struct option);
    options[0] = (struct option){"intel_chief", T("Kasi Intelijen")};
    options[1] = (struct option){"office_head", T("Kajari")};
    options[2] = (struct option){"section_chief", T("Kasi atau Kasubag lain")};
    return options;
}

static void fill_typed(struct cx *cx, const struct http_req *req, struct visit_new_view *n)
{
    n->id_type = str_or(form_typed(cx, req, "id_type"), "ktp");
    n->id_number = form_typed(cx, req, "id_number");
    n->name = form_typed(cx, req, "name");
    n->phone = form_typed(cx, req, "phone");
    n->email = form_typed(cx, req, "email");
    n->address = form_typed(cx, req, "address");
    n->gender = form_typed(cx, req, "gender");
    n->birth_date = form_typed(cx, req, "birth_date");
    n->organization = form_typed(cx, req, "organization");
    n->guardian = form_typed(cx, req, "guardian");
    n->priority = form_typed(cx, req, "priority");
    n->purpose = form_typed(cx, req, "purpose");
    n->category = form_typed(cx, req, "category");
    n->service = form_typed(cx, req, "service");
    n->host = form_typed(cx, req, "host");
    n->no_photo_reason = form_typed(cx, req, "no_photo_reason");
    n->arrived_at = form_typed(cx, req, "arrived_at");
    n->late_reason = form_typed(cx, req, "late_reason");
    struct text_list companions = form_typed_list(cx, req, "companions.name");
    for (size_t i = 0; i < companions.count; i++) {
        if (!str_empty(companions.items[i])) /* the form has an empty row of its own */
            companions.items[n->companions.count++] = companions.items[i];
    }
    n->companions.items = companions.items;
    n->q = form_typed(cx, req, "_q");
    n->hosts = host_options(cx);
    n->opened_ms = cx->now_ms;
    const char *opened = http_field(req, "_opened");
    if (opened)
        (void)str_to_i64(opened, 0, cx->now_ms, &n->opened_ms);
    n->elapsed_s = (cx->now_ms - n->opened_ms) / 1000;
    n->more = !str_empty(n->address) || !str_empty(n->email) || !str_empty(n->birth_date) ||
              !str_empty(n->gender) || !str_empty(n->priority) || !str_empty(n->guardian) ||
              !str_empty(n->service) || !str_empty(n->arrived_at) || !str_empty(n->late_reason) ||
              form_error(cx, "late_reason") || form_error(cx, "arrived_at");
}

/* The doubts of what was typed, with their ticks as they were set. */
static void fill_doubts(struct cx *cx, const struct http_req *req, struct visit_new_view *n)
{
    struct text_list ticked = form_typed_list(cx, req, "accept_warnings");
    struct visit_form f = {.id_type = n->id_type,
                           .id_number = n->id_number,
                           .gender = str_empty(n->gender) ? NULL : n->gender,
                           .birth_date = str_empty(n->birth_date) ? NULL : n->birth_date};
    n->doubt_count = str_empty(n->id_number) ? 0 : visit_doubts(cx, &f, n->doubts);
    const struct field_error *inside = form_error(cx, "id_number");
    bool ticked_inside = false;
    for (size_t k = 0; k < ticked.count; k++)
        ticked_inside = ticked_inside || str_eq(ticked.items[k], "already_inside");
    if ((inside && str_eq(inside->code, "already_inside")) || ticked_inside)
        n->doubts[n->doubt_count++] = (struct visit_doubt){
            "already_inside", "id_number",
            inside ? inside->message : cx_t(cx, T("Dokumen ini masih tercatat di dalam kantor."))};
    if (cx->diag.ref)
        n->inside_path = arena_printf(cx->arena, "/tamu/%s", cx->diag.ref);
    for (size_t i = 0; i < n->doubt_count; i++) {
        for (size_t k = 0; k < ticked.count; k++)
            n->doubt_accepted[i] = n->doubt_accepted[i] ||
                                   str_eq(ticked.items[k], n->doubts[i].code);
    }
}

static void new_body(struct html *h, void *arg)
{
    visit_new_view(h, arg);
}

static enum err render_new(struct cx *cx, struct http_req *req, struct http_res *res,
                           struct visit_new_view *n)
{
    struct office office;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    n->limit_s = office.limit_s;
    struct page_view page = {
        .title = T("Tamu baru"), .current = "/tamu", .camera = true, .body = new_body, .arg = n};
    res->allow_camera = true;
    return page_render(cx, req, res, &page);
}

enum err visit_new_page(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    struct visit_new_view *n = ARENA_NEW(cx->arena, struct visit_new_view);
    fill_typed(cx, req, n);
    if (e != ERR_OK)
        fill_doubts(cx, req, n);
    res->status = e == ERR_OK ? 200 : http_status(e);
    return render_new(cx, req, res, n);
}

enum err visit_new_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return visit_new_page(cx, req, res, ERR_OK);
}

/* --- a returning guest -------------------------------------------------------------------------------------------- */

static enum err add_hit(struct cx *cx, const struct visitor *v, struct visit_new_view *n)
{
    struct identity i;
    TRY(identity_open(cx, "visitor", v->id, v->identity_sealed, &i));
    n->hits[n->hit_count++] = (struct visitor_hit){
        .id = v->id,
        .name = v->name,
        .document = arena_printf(cx->arena, "%s %s", cx_t(cx, visit_id_type_label(v->id_type)),
                                 visit_mask_number(cx->arena, i.id_number)),
        .last = cx_printf(
            cx, T("terakhir %s"),
            time_long_date(cx->arena, v->last_at, cx->offset_min, cx->lang == LANG_EN)),
    };
    return ERR_OK;
}

/* By document number (any type), else by the beginning of the name (three letters at least). */
static enum err find_visitors(struct cx *cx, struct visit_new_view *n)
{
    n->searched = true;
    n->hits = ARENA_ARRAY(cx->arena, 16, struct visitor_hit);
    const char *q = str_trim(cx->arena, n->q);
    for (size_t i = 0; id_types[i]; i++) {
        struct visitor v = {0};
        enum err e = visitor_find(cx->read, cx->actor.office_id, identity_index(cx, id_types[i], q),
                                  &v);
        if (e == ERR_OK)
            TRY(add_hit(cx, &v, n));
        else if (e != ERR_MISSING)
            return e;
    }
    if (n->hit_count || utf8_length(q) < 3)
        return ERR_OK;
    const char *pattern = visit_name_pattern(cx->arena, q, false);
    struct visitor *found = NULL;
    size_t count = 0;
    TRY(visitor_search(cx->read, cx->actor.office_id, pattern, &found, &count));
    for (size_t i = 0; i < count; i++)
        TRY(add_hit(cx, &found[i], n));
    return ERR_OK;
}

static enum err use_visitor(struct cx *cx, const char *id, struct visit_new_view *n)
{
    struct visitor v = {0};
    enum err e = visitor_get(cx->read, cx->actor.office_id, id, &v);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_MISSING, "visitor_unknown", T("Data tamu itu tidak ada."));
    if (e != ERR_OK)
        return e;
    struct identity i;
    TRY(identity_open(cx, "visitor", v.id, v.identity_sealed, &i));
    n->id_type = v.id_type;
    n->id_number = i.id_number;
    n->name = v.name;
    n->phone = i.phone;
    n->email = i.email;
    n->address = i.address;
    n->gender = i.gender;
    n->birth_date = i.birth_date;
    n->organization = v.organization;
    n->more = n->more || i.address || i.email || i.birth_date;
    return audit_note(cx, "visitor_used", "visitor", v.id, "");
}

static enum err search_json(struct cx *cx, struct http_res *res, const struct visit_new_view *n)
{
    json_t *items = json_array();
    for (size_t i = 0; i < n->hit_count; i++) {
        const struct visitor_hit *v = &n->hits[i];
        json_array_append_new(items, json_pack("{s:s, s:s, s:s}", "id", v->id, "name", v->name,
                                               "document", v->document));
    }
    return http_res_json(cx, res, 200, json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

enum err visit_new_search(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit_new_view *n = ARENA_NEW(cx->arena, struct visit_new_view);
    fill_typed(cx, req, n);
    const char *use = form_typed(cx, req, "use");
    if (!str_empty(use)) {
        TRY(use_visitor(cx, use, n));
    } else if (!str_empty(n->q)) {
        TRY(find_visitors(cx, n));
        TRY(audit_note(cx, "visitor_searched", "visitor", "",
                       arena_printf(cx->arena, "found=%zu", n->hit_count)));
    }
    if (req->wants == WANTS_JSON)
        return search_json(cx, res, n);
    return render_new(cx, req, res, n);
}
