/* Routes of the opened complaint, the page that opens one's key again where it is missed, and what the pages
 * share. */
#include "features/casefile/casefile_web.h"

#include <string.h>

#include "casefile_tmpl.h"
#include "features/casefile/casefile_view.h"
#include "features/portal/portal.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

/* --- shared ------------------------------------------------------------------------------------------------ */

enum err casefile_find(struct cx *cx, const struct http_req *req, struct casefile *ret)
{
    struct casefile f = {.number = NULL};
    TRY(complaint_must_exist(cx, http_param(req, "id"), &f.complaint));
    f.number = complaint_number_text(cx->arena, f.complaint.number, f.complaint.year);
    f.path = arena_printf(cx->arena, "/pengaduan/%s", f.complaint.id);
    *ret = f;
    return ERR_OK;
}

const char *casefile_received(struct cx *cx, const struct complaint *c, int64_t exact_ms)
{
    bool day_only = exact_ms == 0 || str_eq(c->reporter_mode, "anonymous");
    int64_t at = day_only ? c->received_at : exact_ms;
    bool english = cx->lang == LANG_EN;
    return day_only ? time_long_date(cx->arena, at, cx->offset_min, english)
                    : time_moment(cx->arena, at, cx->offset_min, english);
}

const char **casefile_lines(struct arena *a, const char *text, size_t *ret_count)
{
    const char *p = str_or(text, "");
    size_t n = *p != '\0';
    for (const char *c = p; *c; c++)
        n += *c == '\n';
    const char **lines = ARENA_ARRAY(a, n + 1, const char *);
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(p, "\n");
        lines[i] = arena_strndup(a, p, length);
        p += length + (p[length] == '\n');
    }
    *ret_count = n;
    return lines;
}

const char *const casefile_part_names[] = {"content", "identity", NULL};

unsigned casefile_part(const char *name)
{
    if (str_eq(name, "content"))
        return COMPLAINT_CONTENT;
    return str_eq(name, "identity") ? COMPLAINT_REPORTER : 0;
}

unsigned casefile_parts(const struct text_list *names)
{
    unsigned parts = 0;
    for (size_t i = 0; i < names->count; i++)
        parts |= casefile_part(names->items[i]);
    return parts;
}

enum err casefile_prove(struct cx *cx, bool needed, const char *password)
{
    if (!needed)
        return ERR_OK;
    if (str_empty(password)) {
        cx_field(cx, "password", "missing", T("Tulis kata sandi Anda sendiri."));
        return ERR_INVALID;
    }
    return staff_prove_password(cx, password);
}

/* --- the key, opened where it is missed ---------------------------------------------------------------------- */

struct key_form {
    const char *password;
};
/* clang-format off */
static const struct field key_fields[] = {
    {.name = "password", .type = FIELD_SECRET, .flags = FIELD_REQUIRED, .offset = offsetof(struct key_form, password), .label = T("Kata sandi Anda"), .missing = T("Tulis kata sandi Anda.")},
};
/* clang-format on */
static const struct form key_form = FORM("KeyOpen", struct key_form, key_fields);

bool casefile_must_ask(const struct cx *cx, const struct http_req *req)
{
    return !cx->key.present && req->wants != WANTS_JSON && cx->actor.kind == ACTOR_USER;
}

static void ask_body(struct html *h, void *arg)
{
    casefile_key_page(h, arg);
}

enum err casefile_ask(struct cx *cx, struct http_req *req, struct http_res *res, const char *next)
{
    struct casefile_key_view *v = ARENA_NEW(cx->arena, struct casefile_key_view);
    v->next = staff_local_path(next) ? next : "/pengaduan";
    res->status = res->status == 200 ? 403 : res->status;
    const struct page_view page = {
        .title = T("Buka kunci pribadi"), .current = "/pengaduan", .body = ask_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* `?next=`: a path alone, without what it was asked for. */
static enum err key_open_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (req->wants == WANTS_JSON)
        return http_res_json(cx, res, 200, json_pack("{s:b}", "key_open", cx->key.present));
    const char *next = http_query(req, "next");
    if (cx->key.present)
        return http_res_redirect(cx, res, staff_local_path(next) ? next : "/pengaduan");
    enum err e = casefile_ask(cx, req, res, next);
    res->status = 200;
    return e;
}

static enum err key_open_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct key_form f;
    const char *next = http_field(req, "_next");
    enum err e = form_parse(cx, req, &key_form, &f);
    if (e == ERR_OK)
        e = staff_key_open(cx, http_cookie(cx, req, SESSION_COOKIE_NAME), f.password);
    if (e == ERR_INVALID && req->wants != WANTS_JSON) {
        res->status = 422;
        return casefile_ask(cx, req, res, next);
    }
    TRY(e);
    if (req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, staff_local_path(next) ? next : "/pengaduan");
    return http_res_json(cx, res, 200, json_pack("{s:b}", "key_open", 1));
}

static enum err key_close_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    TRY(staff_key_put_away(cx));
    if (req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, "/pengaduan");
    return http_res_json(cx, res, 200, json_pack("{s:b}", "key_open", 0));
}

/* --- routes ---------------------------------------------------------------------------------------------------- */

const struct route *casefile_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/pengaduan/{id}/isi", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, casefile_read_get, NULL, 0, T("Isi pengaduan; setiap pembacaan dicatat"), NULL},
        {HTTP_GET, "/pengaduan/{id}/identitas", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, casefile_identity_get, NULL, 0, T("Alasan melihat identitas pelapor"), NULL},
        {HTTP_POST, "/pengaduan/{id}/identitas", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, casefile_identity_post, &casefile_identity_form, 0, T("Lihat identitas pelapor; dicatat dengan alasannya"), NULL},
        {HTTP_GET, "/pengaduan/{id}/akses", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, casefile_access_get, NULL, 0, T("Siapa yang dapat membuka pengaduan"), NULL},
        {HTTP_POST, "/pengaduan/{id}/akses", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN | ROUTE_LOGIN, casefile_access_post, &casefile_access_form, 0, T("Beri atau perbarui akses seseorang"), NULL},
        {HTTP_POST, "/pengaduan/{id}/akses/cabut", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, casefile_take_post, &casefile_take_form, 0, T("Cabut akses seseorang"), NULL},
        {HTTP_GET, "/pengaduan/bagikan", ROLE_LEADERS, ROUTE_NO_TOKEN, casefile_bulk_get, NULL, 0, T("Bagikan semua pengaduan yang dapat dibuka"), NULL},
        {HTTP_POST, "/pengaduan/bagikan", ROLE_LEADERS, ROUTE_NO_TOKEN | ROUTE_LOGIN, casefile_bulk_post, &casefile_bulk_form, 0, T("Bagikan semua pengaduan yang dapat dibuka kepada seorang rekan"), NULL},
        {HTTP_GET, "/pengaduan/cari", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, casefile_search_get, NULL, 0, T("Isian pencarian pengaduan"), NULL},
        {HTTP_POST, "/pengaduan/cari", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, casefile_search_post, &casefile_search_form, 0, T("Cari di semua pengaduan yang dapat dibuka"), NULL},
        {HTTP_GET, "/pengaduan/buka-kunci", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, key_open_get, NULL, 0, T("Isian untuk membuka kunci pribadi"), NULL},
        {HTTP_POST, "/pengaduan/buka-kunci", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN | ROUTE_LOGIN, key_open_post, &key_form, 0, T("Buka kunci pribadi dalam sesi ini"), NULL},
        {HTTP_POST, "/pengaduan/kunci", COMPLAINT_READER_ROLES, ROUTE_NO_TOKEN, key_close_post, NULL, 0, T("Kunci lagi kunci pribadi dalam sesi ini"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
