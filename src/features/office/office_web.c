/* Set-up over HTTP: the pools of badges, places and waiting rooms. The administrator writes, the desks read.
 * The office's own data is in office_web_policy.c, printable labels in office_web_labels.c. */
#include "features/office/office_web.h"

#include <string.h>

#include "features/office/office_page.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/replay/replay.h"
#include "office_tmpl.h"

#include "lib/base/banned.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX     200

/* --- forms -------------------------------------------------------------------------------------------- */

struct add_form {
    const char *kind, *label, *last;
};
static const char *const place_kinds[] = {"slot", "locker", NULL};

#define LABEL_FIELD(label_, missing_)                                                              \
    {                                                                                              \
        .name = "label", .type = FIELD_TEXT, .flags = FIELD_REQUIRED,                              \
        .offset = offsetof(struct add_form, label), .max = 40, .label = (label_),                  \
        .missing = (missing_)                                                                      \
    }
#define LAST_FIELD                                                                                 \
    {                                                                                              \
        .name = "last", .type = FIELD_TEXT, .offset = offsetof(struct add_form, last), .max = 40,  \
        .label = T("Label terakhir")                                                               \
    }

/* clang-format off */
static const struct field badge_fields[] = {
    LABEL_FIELD(T("Label"), T("Tulis label tanda pengenal, misalnya A-01.")),
    LAST_FIELD,
};
/* clang-format on */
static const struct form badge_form = FORM("BadgeNew", struct add_form, badge_fields);
/* clang-format off */
static const struct field place_fields[] = {
    {.name = "kind",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct add_form, kind),
     .choices = place_kinds,
     .label = T("Jenis"),
     .missing = T("Pilih jenisnya: slot kartu atau loker.")},
    LABEL_FIELD(T("Label"), T("Tulis label, misalnya K-01 atau 12.")),
    LAST_FIELD,
};
/* clang-format on */
static const struct form place_form = FORM("PlaceNew", struct add_form, place_fields);
/* clang-format off */
static const struct field room_fields[] = {
    LABEL_FIELD(T("Nama ruang"), T("Tulis nama ruang, misalnya Ruang tunggu 1.")),
};
/* clang-format on */
static const struct form room_form = FORM("RoomNew", struct add_form, room_fields);

struct state_form {
    const char *state;
};
static const char *const badge_states[] = {"ready", "lost", "retired", NULL};
static const char *const other_states[] = {"ready", "retired", NULL};

#define STATE_FIELD(choices_)                                                                      \
    {                                                                                              \
        .name = "state", .type = FIELD_CODE, .flags = FIELD_REQUIRED,                              \
        .offset = offsetof(struct state_form, state), .choices = (choices_), .label = T("Keadaan") \
    }
static const struct field badge_state_fields[] = {STATE_FIELD(badge_states)};
static const struct form badge_state_form = FORM("BadgeState", struct state_form,
                                                 badge_state_fields);
static const struct field other_state_fields[] = {STATE_FIELD(other_states)};
static const struct form other_state_form = FORM("PoolState", struct state_form, other_state_fields);

/* --- what differs between the three -------------------------------------------------------------------- */

struct pool_page_kind {
    enum pool pool;
    const struct form *add, *state;
    const struct record *row;
    struct pool_view view; /* the words; the rest is filled for each request */
};

static const struct pool_page_kind kinds[] = {
    [POOL_BADGE] = {POOL_BADGE,
                    &badge_form,
                    &badge_state_form,
                    &badge_row_record,
                    {.path = "/tanda-pengenal",
                     .title = T("Tanda pengenal"),
                     .lead = T("Dipinjamkan kepada tamu dan diterima kembali saat pulang."),
                     .add_title = T("Tambah tanda pengenal"),
                     .held = T("Sedang dibawa tamu"),
                     .label_hint = T("Contoh: A-01"),
                     .range = true,
                     .losable = true,
                     .holds = true,
                     .printable = true}},
    [POOL_PLACE] = {POOL_PLACE,
                    &place_form,
                    &other_state_form,
                    &place_row_record,
                    {.path = "/loker",
                     .title = T("Slot kartu dan loker"),
                     .lead = T("Tempat kartu identitas, HP, dan barang titipan."),
                     .add_title = T("Tambah slot atau loker"),
                     .held = T("Masih berisi titipan"),
                     .label_hint = T("Contoh: K-01 atau 12"),
                     .range = true,
                     .holds = true,
                     .kinds = true}},
    [POOL_ROOM] = {POOL_ROOM,
                   &room_form,
                   &other_state_form,
                   &room_row_record,
                   {.path = "/ruang",
                    .title = T("Ruang tunggu"),
                    .lead = T("Yang pertama dipakai bila petugas tidak memilih ruang."),
                    .add_title = T("Tambah ruang tunggu"),
                    .held = "",
                    .label_hint = T("Contoh: Ruang tunggu 1")}},
};

/* --- lists -------------------------------------------------------------------------------------------------- */

static void pool_body(struct html *h, void *arg)
{
    pool_page(h, arg);
}

static enum err read_page(struct cx *cx, struct http_req *req, enum pool pool,
                          struct pool_row **ret, size_t *ret_count, const char **ret_next)
{
    int64_t limit = req->wants == WANTS_JSON ? PAGE_DEFAULT : PAGE_MAX;
    const char *asked = http_query(req, "limit");
    if (asked && !str_to_i64(asked, 1, PAGE_MAX, &limit))
        return cx_fail(cx, ERR_BAD, "limit", T("Banyaknya baris harus 1 sampai 200."));
    const char *cursor = str_or(http_query(req, "cursor"), "");
    TRY(office_pool_page(cx->read, pool, cx->actor.office_id, cursor, limit + 1, ret, ret_count));
    bool more = *ret_count > (size_t)limit;
    *ret_count -= more;
    *ret_next = more ? (*ret)[*ret_count - 1].id : NULL;
    return ERR_OK;
}

static void count_state(struct pool_view *v, const char *state)
{
    v->ready += str_eq(state, "ready");
    v->out += str_eq(state, "out");
    v->lost += str_eq(state, "lost");
    v->retired += str_eq(state, "retired");
}

static struct pool_item item_of(struct cx *cx, const struct pool_row *row)
{
    bool desk = (cx->actor.roles & ROLE_DESK) != 0;
    return (struct pool_item){
        .id = row->id,
        .label = row->label,
        .state = row->state,
        .kind = row->kind,
        .since = row->since ? time_hm(cx->arena, row->since, cx->offset_min) : NULL,
        .visit = row->visit_id && desk ? arena_printf(cx->arena, "/tamu/%s", row->visit_id) : NULL,
    };
}

static enum err list_show(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct pool_page_kind *k, const struct add_form *typed)
{
    struct pool_row *rows = NULL;
    size_t count = 0;
    const char *next = NULL;
    TRY(read_page(cx, req, k->pool, &rows, &count, &next));
    struct pool_view *v = ARENA_NEW(cx->arena, struct pool_view);
    *v = k->view;
    struct pool_item *items = ARENA_ARRAY(cx->arena, count + 1, struct pool_item);
    for (size_t i = 0; i < count; i++) {
        items[i] = item_of(cx, &rows[i]);
        count_state(v, rows[i].state);
    }
    v->items = items;
    v->count = count;
    v->next = next ? arena_printf(cx->arena, "%s?cursor=%s", v->path, next) : NULL;
    v->may_write = (cx->actor.roles & ROLE_ADMIN) != 0;
    if (typed) {
        v->label = typed->label;
        v->last = typed->last;
        v->kind = typed->kind;
        v->form_open = true;
    }
    const struct page_view page = {
        .title = v->title, .current = v->path, .body = pool_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err list_json(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct pool_page_kind *k)
{
    struct pool_row *rows = NULL;
    size_t count = 0;
    const char *next = NULL;
    TRY(read_page(cx, req, k->pool, &rows, &count, &next));
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, json_from_record(cx, k->row, &rows[i]));
    json_t *answer = json_object();
    json_object_set_new(answer, "items", items);
    json_object_set_new(answer, "next_cursor", json_text(next));
    return http_res_json(cx, res, 200, answer);
}

static enum err pool_get(struct cx *cx, struct http_req *req, struct http_res *res, enum pool pool)
{
    if (req->wants == WANTS_JSON)
        return list_json(cx, req, res, &kinds[pool]);
    return list_show(cx, req, res, &kinds[pool], NULL);
}

/* --- adding --------------------------------------------------------------------------------------------------- */

/* One new thing is answered as itself, a range as a list. */
static enum err added_json(struct cx *cx, struct http_res *res, const struct pool_page_kind *k,
                           char (*ids)[UUID_TEXT_BYTES], size_t count)
{
    json_t *items = json_keep(cx->arena, json_array());
    for (size_t i = 0; i < count; i++) {
        struct pool_row row = {.id = NULL};
        TRY(office_pool_get(cx->read, k->pool, cx->actor.office_id, ids[i], &row));
        json_array_append_new(items, json_from_record(cx, k->row, &row));
    }
    if (count == 1)
        return http_res_json(cx, res, 201, json_incref(json_array_get(items, 0)));
    json_t *answer = json_object();
    json_object_set(answer, "items", items);
    json_object_set_new(answer, "next_cursor", json_null());
    return http_res_json(cx, res, 201, answer);
}

static enum err add_from(struct cx *cx, struct http_req *req, const struct pool_page_kind *k,
                         char (**ret_ids)[UUID_TEXT_BYTES], size_t *ret_count)
{
    struct add_form f;
    TRY(form_parse(cx, req, k->add, &f));
    const char *first = k->pool == POOL_ROOM ? f.label : office_label(cx->arena, f.label);
    const char **labels = NULL;
    struct refusal refusal = {.err = ERR_OK};
    const char *last = str_empty(f.last) ? NULL : office_label(cx->arena, f.last);
    if (office_range(cx->arena, first, last, &labels, ret_count, &refusal) != ERR_OK)
        return cx_refuse(cx, &refusal);
    struct replay replay;
    TRY(replay_prepare(cx, http_header(req, "idempotency-key"),
                       arena_printf(cx->arena, "POST %s", k->view.path), req->body_hash, &replay));
    const struct pool_add add = {
        .pool = k->pool, .kind = f.kind, .labels = labels, .count = *ret_count, .replay = &replay};
    return office_pool_add(cx, &add, ret_ids);
}

static enum err pool_post(struct cx *cx, struct http_req *req, struct http_res *res, enum pool pool)
{
    const struct pool_page_kind *k = &kinds[pool];
    char(*ids)[UUID_TEXT_BYTES] = NULL;
    size_t count = 0;
    enum err e = add_from(cx, req, k, &ids, &count);
    if (e == ERR_OK && req->wants == WANTS_JSON)
        return added_json(cx, res, k, ids, count);
    if (e == ERR_OK)
        return http_res_redirect(cx, res, k->view.path);
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = e == ERR_INVALID ? 422 : 409;
    const struct add_form typed = {.kind = form_typed(cx, req, "kind"),
                                   .label = form_typed(cx, req, "label"),
                                   .last = form_typed(cx, req, "last")};
    return list_show(cx, req, res, k, &typed);
}

/* --- changing --------------------------------------------------------------------------------------------------- */

static enum err change_state(struct cx *cx, struct http_req *req, const struct pool_page_kind *k)
{
    struct state_form f;
    struct pool_row row = {.id = NULL};
    enum err e = office_pool_get(cx->read, k->pool, cx->actor.office_id, http_param(req, "id"),
                                 &row);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "unknown", T("Yang dicari tidak ada di daftar. Muat ulang halaman."));
    TRY(e);
    TRY(form_parse(cx, req, k->state, &f));
    return office_pool_set_state(cx, k->pool, row.id, f.state);
}

static enum err pool_state_post(struct cx *cx, struct http_req *req, struct http_res *res,
                                enum pool pool)
{
    const struct pool_page_kind *k = &kinds[pool];
    enum err e = change_state(cx, req, k);
    if (e == ERR_OK && req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, k->view.path);
    if (e == ERR_OK) {
        struct pool_row row = {.id = NULL};
        TRY(office_pool_get(cx->read, pool, cx->actor.office_id, http_param(req, "id"), &row));
        return http_res_json(cx, res, 200, json_from_record(cx, k->row, &row));
    }
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = e == ERR_INVALID ? 422 : 409;
    return list_show(cx, req, res, k, NULL);
}

/* --- routes ------------------------------------------------------------------------------------------------------- */

#define POOL_HANDLERS(name_, pool_)                                                                \
    static enum err name_##_get(struct cx *cx, struct http_req *req, struct http_res *res)         \
    {                                                                                              \
        return pool_get(cx, req, res, pool_);                                                      \
    }                                                                                              \
    static enum err name_##_post(struct cx *cx, struct http_req *req, struct http_res *res)        \
    {                                                                                              \
        return pool_post(cx, req, res, pool_);                                                     \
    }                                                                                              \
    static enum err name_##_state_post(struct cx *cx, struct http_req *req, struct http_res *res)  \
    {                                                                                              \
        return pool_state_post(cx, req, res, pool_);                                               \
    }
POOL_HANDLERS(badge, POOL_BADGE)
POOL_HANDLERS(place, POOL_PLACE)
POOL_HANDLERS(room, POOL_ROOM)

#define LIST_ROUTE(path_, fn_, summary_)                                                           \
    {                                                                                              \
        .method = HTTP_GET, .path = (path_), .who = ROLE_DESK | ROLE_ADMIN, .fn = (fn_),           \
        .summary = (summary_)                                                                      \
    }
#define ADD_ROUTE(path_, fn_, form_, record_, summary_)                                            \
    {                                                                                              \
        .method = HTTP_POST, .path = (path_), .who = ROLE_ADMIN, .flags = ROUTE_IDEMPOTENT_KEY,    \
        .fn = (fn_), .form = &(form_), .answer = &(record_), .summary = (summary_)                 \
    }
#define WRITE_ROUTE(path_, fn_, form_, record_, summary_)                                          \
    {                                                                                              \
        .method = HTTP_POST, .path = (path_), .who = ROLE_ADMIN, .fn = (fn_), .form = &(form_),    \
        .answer = &(record_), .summary = (summary_)                                                \
    }

const struct route *office_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        LIST_ROUTE("/tanda-pengenal", badge_get, T("Daftar tanda pengenal")),
        ADD_ROUTE("/tanda-pengenal", badge_post, badge_form, badge_row_record,
                  T("Tambah tanda pengenal, satu atau serentak")),
        WRITE_ROUTE("/tanda-pengenal/{id}", badge_state_post, badge_state_form, badge_row_record,
                    T("Hilang, ditemukan lagi, ditarik")),
        {.method = HTTP_GET,
         .path = "/tanda-pengenal/cetak",
         .who = ROLE_DESK | ROLE_ADMIN,
         .fn = office_labels_get,
         .summary = T("Label tanda pengenal dengan kode QR untuk dicetak")},
        LIST_ROUTE("/loker", place_get, T("Daftar slot kartu dan loker")),
        ADD_ROUTE("/loker", place_post, place_form, place_row_record,
                  T("Tambah slot atau loker, satu atau serentak")),
        WRITE_ROUTE("/loker/{id}", place_state_post, other_state_form, place_row_record,
                    T("Slot atau loker ditarik, atau dipakai lagi")),
        LIST_ROUTE("/ruang", room_get, T("Daftar ruang tunggu")),
        ADD_ROUTE("/ruang", room_post, room_form, room_row_record, T("Tambah ruang tunggu")),
        WRITE_ROUTE("/ruang/{id}", room_state_post, other_state_form, room_row_record,
                    T("Ruang ditarik, atau dipakai lagi")),
        {.method = HTTP_GET,
         .path = "/kantor",
         .who = ROLE_ADMIN,
         .fn = office_policy_get,
         .answer = &office_record,
         .summary = T("Data kantor dan aturan pelayanan")},
        {.method = HTTP_POST,
         .path = "/kantor",
         .who = ROLE_ADMIN,
         .fn = office_policy_post,
         .form = &office_policy_form,
         .answer = &office_record,
         .summary = T("Ubah data kantor dan aturan pelayanan")},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
