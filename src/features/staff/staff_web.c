/* Accounts over HTTP, for the administrator: list, add, change, new password, disable. The acts themselves
 * are in staff_web_account.c. */
#include <string.h>

#include "features/portal/portal.h"
#include "features/staff/staff_page.h"
#include "features/notice/notice.h"
#include "features/staff/staff_view.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "staff_tmpl.h"

#include "lib/base/banned.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX     200

/* --- words and JSON that the pages of this feature share -------------------------------------------------- */

json_t *staff_roles_json(uint32_t roles)
{
    json_t *list = json_array();
    for (const struct role_name *r = staff_roles; r->name; r++)
        if (roles & (uint32_t)r->role)
            json_array_append_new(list, json_string(r->name));
    return list;
}

const char *staff_roles_text(struct cx *cx, uint32_t roles)
{
    struct buf b = buf_new(cx->arena, 64, 512);
    for (const struct role_name *r = staff_roles; r->name; r++)
        if (roles & (uint32_t)r->role)
            buf_printf(&b, "%s%s", b.n ? ", " : "", cx_t(cx, r->label));
    return b.p;
}

const char *staff_moment(struct cx *cx, int64_t ms)
{
    return time_moment(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

static enum err masked_phone(struct cx *cx, const struct staff *s, const char **ret)
{
    char *phone = NULL;
    TRY(staff_phone(cx, s, &phone));
    *ret = phone ? phone_mask(cx->arena, phone) : NULL;
    return ERR_OK;
}

static enum err staff_json(struct cx *cx, const struct staff *s, json_t **ret)
{
    const char *phone = NULL;
    TRY(masked_phone(cx, s, &phone));
    json_t *o = json_from_record(cx, &staff_record, s);
    json_object_set_new(o, "roles", staff_roles_json((uint32_t)s->roles));
    json_object_set_new(o, "phone", json_text(phone));
    json_object_set_new(o, "state", json_string(s->disabled_at ? "disabled" : "active"));
    *ret = o;
    return ERR_OK;
}

static enum err get_one(struct cx *cx, const char *id, struct staff *ret)
{
    enum err e = staff_get(cx->read, cx->actor.office_id, id, ret);
    return e == ERR_MISSING ? cx_fail(cx, e, "staff_unknown", T("Akun itu tidak ada.")) : e;
}

static enum err answer_one(struct cx *cx, struct http_req *req, struct http_res *res,
                           const char *id, int status)
{
    const char *path = arena_printf(cx->arena, "/petugas/%s", id);
    if (req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, path);
    struct staff s = {.id = NULL};
    json_t *o = NULL;
    TRY(get_one(cx, id, &s));
    TRY(staff_json(cx, &s, &o));
    if (status == 201)
        http_res_header(cx, res, "Location", path);
    return http_res_json(cx, res, status, o);
}

/* --- forms -------------------------------------------------------------------------------------------------- */

struct staff_form {
    const char *username, *password, *name, *title, *rank, *nip, *section, *phone;
    struct text_list roles;
};
static const char *const role_codes[] = {"front_desk",  "duty_officer",  "intel_chief",
                                         "office_head", "section_chief", "admin",
                                         "monitor",     "case_officer",  NULL};
static const char *const section_codes[] = {"intel", "bin",  "pidum", "pidsus",
                                            "datun", "pb3r", NULL};

#define TEXT_FIELD(name_, max_, label_)                                                            \
    {                                                                                              \
        .name = #name_, .type = FIELD_TEXT, .offset = offsetof(struct staff_form, name_),          \
        .max = (max_), .label = (label_)                                                           \
    }
#define PERSON_FIELDS                                                                              \
    TEXT_FIELD(name, 120, T("Nama lengkap")), TEXT_FIELD(title, 120, T("Jabatan")),                \
        TEXT_FIELD(rank, 60, T("Pangkat/golongan")),                                               \
        {.name = "nip",                                                                            \
         .type = FIELD_TEXT,                                                                       \
         .flags = FIELD_DIGITS,                                                                    \
         .offset = offsetof(struct staff_form, nip),                                               \
         .max = 18,                                                                                \
         .label = T("NIP")},                                                                       \
        {.name = "section",                                                                        \
         .type = FIELD_CODE,                                                                       \
         .offset = offsetof(struct staff_form, section),                                           \
         .choices = section_codes,                                                                 \
         .label = T("Bidang")},                                                                    \
        {.name = "phone",                                                                          \
         .type = FIELD_PHONE,                                                                      \
         .flags = FIELD_PRIVATE,                                                                   \
         .offset = offsetof(struct staff_form, phone),                                             \
         .label = T("Nomor WhatsApp")},                                                            \
    {                                                                                              \
        .name = "roles", .type = FIELD_CODES, .offset = offsetof(struct staff_form, roles),        \
        .max = 7, .choices = role_codes, .label = T("Peran")                                       \
    }

/* clang-format off */
static const struct field new_fields[] = {
    {.name = "username",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct staff_form, username),
     .max = 32,
     .label = T("Nama pengguna"),
     .missing = T("Tulis nama pengguna.")},
    {.name = "password",
     .type = FIELD_SECRET,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct staff_form, password),
     .label = T("Kata sandi pertama"),
     .missing = T("Tulis kata sandi pertama.")},
    PERSON_FIELDS,
};
/* clang-format on */
static const struct form new_form = FORM("StaffNew", struct staff_form, new_fields);
static const struct field change_fields[] = {PERSON_FIELDS};
static const struct form change_form = FORM("StaffChange", struct staff_form, change_fields);

struct reset_form {
    const char *password;
    bool understood;
};
/* clang-format off */
static const struct field reset_fields[] = {
    {.name = "password",
     .type = FIELD_SECRET,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct reset_form, password),
     .label = T("Kata sandi baru"),
     .missing = T("Tulis kata sandi baru.")},
    {.name = "understood",
     .type = FIELD_BOOL,
     .offset = offsetof(struct reset_form, understood),
     .label = T("Saya mengerti akibatnya")},
};
/* clang-format on */
static const struct form reset_form = FORM("StaffPassword", struct reset_form, reset_fields);

static uint32_t roles_of(const struct text_list *list)
{
    uint32_t roles = 0, bit = 0;
    for (size_t i = 0; i < list->count; i++)
        if (staff_role_parse(list->items[i], &bit))
            roles |= bit;
    return roles;
}

static void check_nip(struct cx *cx, const char *nip)
{
    bool digits = true;
    for (const char *s = nip ? nip : ""; *s; s++)
        digits = digits && *s >= '0' && *s <= '9';
    if (!str_empty(nip) && (strlen(nip) != 18 || !digits))
        cx_field(cx, "nip", "length", T("NIP terdiri atas 18 angka. Periksa lagi, atau kosongkan."));
}

/* What was typed, for the refused form. */
static struct staff_typed typed_of(struct cx *cx, struct http_req *req)
{
    struct text_list roles = form_typed_list(cx, req, "roles");
    return (struct staff_typed){
        .username = form_typed(cx, req, "username"),
        .name = form_typed(cx, req, "name"),
        .title = form_typed(cx, req, "title"),
        .rank = form_typed(cx, req, "rank"),
        .nip = form_typed(cx, req, "nip"),
        .section = form_typed(cx, req, "section"),
        .phone = form_typed(cx, req, "phone"),
        .roles = roles_of(&roles),
    };
}

/* --- list and add --------------------------------------------------------------------------------------------- */

static void list_body(struct html *h, void *arg)
{
    staff_list_page(h, arg);
}

static enum err read_page(struct cx *cx, struct http_req *req, struct staff **ret,
                          size_t *ret_count, const char **ret_next)
{
    int64_t limit = PAGE_DEFAULT;
    const char *asked = http_query(req, "limit");
    if (asked && !str_to_i64(asked, 1, PAGE_MAX, &limit))
        return cx_fail(cx, ERR_BAD, "limit", T("Banyaknya baris harus 1 sampai 200."));
    if (req->wants != WANTS_JSON && !asked)
        limit = PAGE_MAX;
    const char *cursor = str_or(http_query(req, "cursor"), "");
    TRY(staff_page(cx->read, cx->actor.office_id, cursor, limit + 1, ret, ret_count));
    bool more = *ret_count > (size_t)limit;
    *ret_count -= more;
    *ret_next = more ? (*ret)[*ret_count - 1].id : NULL;
    return ERR_OK;
}

static enum err list_show(struct cx *cx, struct http_req *req, struct http_res *res,
                          struct staff_list_view *v)
{
    struct staff *list = NULL;
    size_t count = 0;
    const char *next = NULL;
    TRY(read_page(cx, req, &list, &count, &next));
    struct staff_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct staff_row);
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct staff_row){.id = list[i].id,
                                     .name = list[i].name,
                                     .username = list[i].username,
                                     .title = list[i].title,
                                     .roles = staff_roles_text(cx, (uint32_t)list[i].roles),
                                     .disabled = list[i].disabled_at != 0,
                                     .key_waits = staff_key_waits(&list[i])};
        TRY(masked_phone(cx, &list[i], &rows[i].phone));
    }
    v->rows = rows;
    v->count = count;
    v->next = next ? arena_printf(cx->arena, "/petugas?cursor=%s", next) : NULL;
    const struct page_view page = {
        .title = T("Petugas"), .current = "/petugas", .body = list_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err list_json(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff *list = NULL;
    size_t count = 0;
    const char *next = NULL;
    TRY(read_page(cx, req, &list, &count, &next));
    json_t *items = json_keep(cx->arena, json_array());
    for (size_t i = 0; i < count; i++) {
        json_t *item = NULL;
        TRY(staff_json(cx, &list[i], &item));
        json_array_append_new(items, item);
    }
    json_t *answer = json_object();
    json_object_set(answer, "items", items);
    json_object_set_new(answer, "next_cursor", json_text(next));
    return http_res_json(cx, res, 200, answer);
}

static enum err list_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (req->wants == WANTS_JSON)
        return list_json(cx, req, res);
    return list_show(cx, req, res, ARENA_NEW(cx->arena, struct staff_list_view));
}

static enum err add_from(struct cx *cx, struct http_req *req, char ret_id[UUID_TEXT_BYTES])
{
    struct staff_form f;
    enum err parsed = form_parse(cx, req, &new_form, &f);
    check_nip(cx, f.nip);
    const struct staff_new n = {
        .office_id = cx->actor.office_id,
        .username = f.username,
        .name = f.name,
        .title = f.title,
        .rank = f.rank,
        .nip = f.nip,
        .section = f.section,
        .roles = roles_of(&f.roles),
        .phone = f.phone,
        .password = f.password,
    };
    TRY(staff_check_new(cx, &n)); /* every fault at once, with those of the form itself */
    TRY(parsed);
    return staff_create(cx, &n, ret_id);
}

static enum err add_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    char id[UUID_TEXT_BYTES];
    enum err e = add_from(cx, req, id);
    if (e == ERR_OK)
        return answer_one(cx, req, res, id, 201);
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    struct staff_list_view *v = ARENA_NEW(cx->arena, struct staff_list_view);
    v->form = typed_of(cx, req);
    v->form_open = true;
    res->status = e == ERR_INVALID ? 422 : 409;
    return list_show(cx, req, res, v);
}

/* --- one account ------------------------------------------------------------------------------------------------ */

static void one_body(struct html *h, void *arg)
{
    staff_one_page(h, arg);
}

static enum err stored_of(struct cx *cx, const struct staff *s, struct staff_typed *ret)
{
    char *phone = NULL;
    TRY(staff_phone(cx, s, &phone));
    *ret = (struct staff_typed){.username = s->username,
                                .name = s->name,
                                .title = s->title,
                                .rank = s->rank,
                                .nip = s->nip,
                                .section = s->section,
                                .phone = phone ? phone_pretty(cx->arena, phone) : "",
                                .roles = (uint32_t)s->roles};
    return ERR_OK;
}

static enum err one_show(struct cx *cx, struct http_req *req, struct http_res *res,
                         const struct staff *s, const struct staff_typed *typed)
{
    struct staff_one_view *v = ARENA_NEW(cx->arena, struct staff_one_view);
    *v = (struct staff_one_view){.id = s->id,
                                 .username = s->username,
                                 .name = s->name,
                                 .disabled = s->disabled_at != 0,
                                 .own = str_eq(s->id, cx->actor.id),
                                 .key_waits = staff_key_waits(s),
                                 .reads_complaints = (s->roles & ROLE_SHARE_TAKERS) != 0};
    if (typed)
        v->form = *typed;
    else
        TRY(stored_of(cx, s, &v->form));
    int64_t doubtful = 0;
    TRY(notice_doubtful_since(cx->read, cx->actor.office_id, s->id, &doubtful));
    if (doubtful)
        v->doubtful_since = time_hm(cx->arena, doubtful, cx->offset_min);
    const struct page_view page = {
        .title = s->name, .current = "/petugas", .body = one_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err one_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {.id = NULL};
    TRY(get_one(cx, http_param(req, "id"), &s));
    if (req->wants != WANTS_JSON)
        return one_show(cx, req, res, &s, NULL);
    json_t *o = NULL;
    TRY(staff_json(cx, &s, &o));
    return http_res_json(cx, res, 200, o);
}

/* A page sends every field; a program may send only what changes. */
static bool given(const struct http_req *req, const char *name)
{
    return req->body_kind != BODY_JSON || json_object_get(req->json, name);
}

static enum err change_from(struct cx *cx, struct http_req *req, const struct staff *s)
{
    struct staff_form f;
    enum err parsed = form_parse(cx, req, &change_form, &f);
    check_nip(cx, f.nip);
    if (parsed != ERR_OK)
        return parsed;
    TRY(cx_fields(cx));
    char *phone = NULL;
    TRY(staff_phone(cx, s, &phone));
    const struct staff_change c = {
        .name = given(req, "name") ? f.name : s->name,
        .title = given(req, "title") ? f.title : s->title,
        .rank = given(req, "rank") ? f.rank : s->rank,
        .nip = given(req, "nip") ? f.nip : s->nip,
        .section = given(req, "section") ? f.section : s->section,
        .phone = given(req, "phone") ? f.phone : phone,
        .roles = given(req, "roles") ? roles_of(&f.roles) : (uint32_t)s->roles,
    };
    return staff_update(cx, s->id, &c);
}

/* The refused page again: with what was typed, or (typed NULL) with what is stored. */
static enum err one_refused(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                            const struct staff *s, const struct staff_typed *typed)
{
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = e == ERR_INVALID ? 422 : 409;
    return one_show(cx, req, res, s, typed);
}

static enum err one_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {.id = NULL};
    TRY(get_one(cx, http_param(req, "id"), &s));
    enum err e = change_from(cx, req, &s);
    if (e == ERR_OK)
        return answer_one(cx, req, res, s.id, 200);
    struct staff_typed typed = typed_of(cx, req);
    return one_refused(cx, req, res, e, &s, &typed);
}

static enum err disable_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {.id = NULL};
    TRY(get_one(cx, http_param(req, "id"), &s));
    enum err e = staff_disable(cx, s.id);
    if (e != ERR_OK)
        return one_refused(cx, req, res, e, &s, NULL);
    sse_close_actor(cx->sse, s.id);
    return answer_one(cx, req, res, s.id, 200);
}

static enum err enable_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {.id = NULL};
    TRY(get_one(cx, http_param(req, "id"), &s));
    enum err e = staff_enable(cx, s.id);
    if (e != ERR_OK)
        return one_refused(cx, req, res, e, &s, NULL);
    return answer_one(cx, req, res, s.id, 200);
}

static enum err reset_from(struct cx *cx, struct http_req *req, const struct staff *s)
{
    struct reset_form f;
    enum err e = form_parse(cx, req, &reset_form, &f);
    if (!f.understood)
        cx_field(
            cx, "understood", "required",
            T("Kunci lama pegawai ini akan hilang. Beri tanda bahwa Anda mengerti akibatnya."));
    if (e != ERR_OK)
        return e;
    TRY(cx_fields(cx));
    return staff_reset_password(cx, s->id, f.password);
}

static enum err reset_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {.id = NULL};
    TRY(get_one(cx, http_param(req, "id"), &s));
    enum err e = reset_from(cx, req, &s);
    if (e != ERR_OK)
        return one_refused(cx, req, res, e, &s, NULL);
    sse_close_actor(cx->sse, s.id);
    return answer_one(cx, req, res, s.id, 200);
}

/* --- routes --------------------------------------------------------------------------------------------------------- */

#define ADMIN_ROUTE(method_, path_, fn_, form_, summary_)                                          \
    {                                                                                              \
        .method = (method_), .path = (path_), .who = ROLE_ADMIN, .fn = (fn_), .form = (form_),     \
        .summary = (summary_), .answer = &staff_record                                             \
    }
/* Who works here is decided by a person at a screen, never by a machine's token. */
#define ADMIN_ACT(path_, fn_, form_, summary_)                                                     \
    {                                                                                              \
        .method = HTTP_POST, .path = (path_), .who = ROLE_ADMIN, .flags = ROUTE_NO_TOKEN,          \
        .fn = (fn_), .form = (form_), .summary = (summary_), .answer = &staff_record               \
    }

const struct route *staff_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {.method = HTTP_GET,
         .path = "/petugas",
         .who = ROLE_ADMIN,
         .fn = list_get,
         .summary = T("Daftar akun")},
        ADMIN_ACT("/petugas", add_post, &new_form, T("Tambah akun")),
        ADMIN_ROUTE(HTTP_GET, "/petugas/{id}", one_get, NULL, T("Satu akun")),
        ADMIN_ACT("/petugas/{id}", one_post, &change_form, T("Ubah data dan peran")),
        ADMIN_ACT("/petugas/{id}/nonaktif", disable_post, NULL, T("Nonaktifkan akun")),
        ADMIN_ACT("/petugas/{id}/aktif", enable_post, NULL, T("Aktifkan akun lagi")),
        ADMIN_ACT("/petugas/{id}/kata-sandi", reset_post, &reset_form,
                  T("Kata sandi baru dengan kunci baru")),
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
