/* Login, logout, language, and one's own account: forms and handlers. The rules of getting in are in
 * session_web_auth.c. */
#include <string.h>

#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/staff/staff_page.h"
#include "features/staff/staff_view.h"
#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/http/sse.h"
#include "lib/json/json.h"
#include "session_tmpl.h"

#include "lib/base/banned.h"

#define LANG_COOKIE_S (365 * 24 * 60 * 60)

/* --- login ------------------------------------------------------------------------------------------ */

struct login_form {
    const char *username, *password;
};
/* clang-format off */
static const struct field login_fields[] = {
    {.name = "username",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct login_form, username),
     .max = 64,
     .label = T("Nama pengguna"),
     .missing = T("Tulis nama pengguna.")},
    {.name = "password",
     .type = FIELD_SECRET,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct login_form, password),
     .label = T("Kata sandi"),
     .missing = T("Tulis kata sandi.")},
};
/* clang-format on */
static const struct form login_form = FORM("Login", struct login_form, login_fields);

static void login_body(struct html *h, void *arg)
{
    login_page(h, arg);
}

/* Where the person wanted to go: from the link that brought them here, then from the page's own form. */
static const char *next_path(const struct http_req *req)
{
    const char *next = http_field(req, "_next");
    if (!next)
        next = http_query(req, "next");
    return staff_local_path(next) && !str_starts(next, "/masuk") && !str_starts(next, "/keluar")
               ? next
               : NULL;
}

static enum err login_show(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct login_view *v = ARENA_NEW(cx->arena, struct login_view);
    v->username = req->method == HTTP_POST ? form_typed(cx, req, "username") : "";
    v->next = next_path(req);
    v->insecure = !req->secure && !req->local_host;
    const struct page_view page = {.title = T("Masuk"), .body = login_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err login_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (cx->actor.kind == ACTOR_NONE)
        return login_show(cx, req, res);
    const char *next = next_path(req);
    return http_res_redirect(cx, res, next ? next : portal_home(cx));
}

static enum err login_done(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (req->wants != WANTS_JSON) {
        const char *next = next_path(req);
        return http_res_redirect(cx, res, next ? next : portal_home(cx));
    }
    json_t *user = json_object();
    json_object_set_new(user, "id", json_text(cx->actor.id));
    json_object_set_new(user, "username", json_text(cx->actor.username));
    json_object_set_new(user, "name", json_text(cx->actor.name));
    json_t *answer = json_object();
    json_object_set_new(answer, "user", user);
    json_object_set_new(answer, "roles", staff_roles_json(cx->actor.roles));
    return http_res_json(cx, res, 200, answer);
}

static enum err login_refused(struct cx *cx, struct http_req *req, struct http_res *res, enum err e)
{
    if (req->wants == WANTS_JSON || (e != ERR_AUTH && e != ERR_INVALID))
        return e;
    res->status = e == ERR_AUTH ? 401 : 422;
    return login_show(cx, req, res);
}

static enum err login_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct login_form f;
    enum err e = form_parse(cx, req, &login_form, &f);
    if (e != ERR_OK)
        return login_refused(cx, req, res, e);
    struct office office = {.office_id = NULL};
    TRY(office_only(cx->read, &office));
    const struct actor before = cx->actor;
    char *cookie = NULL;
    e = staff_login(cx, office.office_id, f.username, f.password, &cookie);
    if (e != ERR_OK)
        return login_refused(cx, req, res, e);
    if (before.kind == ACTOR_USER)
        sse_close_session(cx->sse, before.session_id);
    http_res_cookie(cx, res, SESSION_COOKIE_NAME, cookie, -1);
    return login_done(cx, req, res);
}

/* --- logout ------------------------------------------------------------------------------------------- */

static enum err leave(struct cx *cx, struct http_req *req, struct http_res *res)
{
    sse_close_session(cx->sse, cx->actor.session_id);
    http_res_cookie(cx, res, SESSION_COOKIE_NAME, "", 0);
    http_res_header(cx, res, "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
    if (req->wants == WANTS_JSON)
        return http_res_json(cx, res, 200, json_object());
    return http_res_redirect(cx, res, "/masuk");
}

static enum err logout_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    TRY(staff_logout(cx));
    return leave(cx, req, res);
}

/* --- language ------------------------------------------------------------------------------------------ */

struct lang_form {
    const char *to, *back;
};
static const char *const languages[] = {"id", "en", NULL};
/* clang-format off */
static const struct field lang_fields[] = {
    {.name = "ke",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct lang_form, to),
     .choices = languages,
     .label = T("Bahasa")},
    {.name = "kembali",
     .type = FIELD_TEXT,
     .offset = offsetof(struct lang_form, back),
     .max = 512,
     .label = T("Halaman semula")},
};
/* clang-format on */
static const struct form lang_form = FORM("Language", struct lang_form, lang_fields);

static enum err lang_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct lang_form f;
    TRY(form_parse(cx, req, &lang_form, &f));
    TRY(staff_set_lang(cx, str_eq(f.to, "en") ? LANG_EN : LANG_ID));
    http_res_cookie(cx, res, HTTP_LANG_COOKIE, f.to, LANG_COOKIE_S);
    if (req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, staff_local_path(f.back) ? f.back : "/");
    json_t *answer = json_object();
    json_object_set_new(answer, "lang", json_text(f.to));
    return http_res_json(cx, res, 200, answer);
}

/* --- one's own account --------------------------------------------------------------------------------- */

struct password_form {
    const char *old_password, *new_password, *repeat_password;
    bool end_others;
};
/* clang-format off */
static const struct field password_fields_table[] = {
    {.name = "old_password",
     .type = FIELD_SECRET,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct password_form, old_password),
     .label = T("Kata sandi lama"),
     .missing = T("Tulis kata sandi lama.")},
    {.name = "new_password",
     .type = FIELD_SECRET,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct password_form, new_password),
     .label = T("Kata sandi baru"),
     .missing = T("Tulis kata sandi baru.")},
    {.name = "repeat_password",
     .type = FIELD_SECRET,
     .offset = offsetof(struct password_form, repeat_password),
     .label = T("Ulangi kata sandi baru")},
    {.name = "end_others",
     .type = FIELD_BOOL,
     .offset = offsetof(struct password_form, end_others),
     .label = T("Akhiri sesi saya di perangkat lain")},
};
/* clang-format on */
static const struct form password_form = FORM("PasswordChange", struct password_form,
                                              password_fields_table);

static void account_body(struct html *h, void *arg)
{
    account_page(h, arg);
}

static enum err own_sessions(struct cx *cx, struct staff_session **ret, size_t *ret_count)
{
    return staff_sessions(cx->read, cx->actor.office_id, cx->actor.id, cx->now_ms, ret, ret_count);
}

static enum err account_show(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff *person = ARENA_NEW(cx->arena, struct staff);
    struct staff_session *list = NULL;
    size_t count = 0;
    TRY(staff_get(cx->read, cx->actor.office_id, cx->actor.id, person));
    TRY(own_sessions(cx, &list, &count));
    struct session_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct session_row);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct session_row){.id = list[i].id,
                                       .since = staff_moment(cx, list[i].created_at),
                                       .seen = staff_moment(cx, list[i].seen_at),
                                       .this_one = str_eq(list[i].id, cx->actor.session_id)};
    struct account_view *v = ARENA_NEW(cx->arena, struct account_view);
    *v = (struct account_view){.person = person,
                               .roles = staff_roles_text(cx, (uint32_t)person->roles),
                               .sessions = rows,
                               .session_count = count,
                               .changed = http_query(req, "diganti") != NULL};
    const struct page_view page = {
        .title = T("Akun saya"), .current = "/akun", .body = account_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static json_t *sessions_json(struct cx *cx, const struct staff_session *list, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_from_record(cx, &staff_session_record, &list[i]);
        json_object_set_new(item, "current", json_boolean(str_eq(list[i].id, cx->actor.session_id)));
        json_array_append_new(items, item);
    }
    json_t *answer = json_object();
    json_object_set_new(answer, "items", items);
    json_object_set_new(answer, "next_cursor", json_null());
    return answer;
}

static enum err account_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (req->wants != WANTS_JSON)
        return account_show(cx, req, res);
    struct staff person = {.id = NULL};
    struct staff_session *list = NULL;
    size_t count = 0;
    TRY(staff_get(cx->read, cx->actor.office_id, cx->actor.id, &person));
    TRY(own_sessions(cx, &list, &count));
    json_t *user = json_from_record(cx, &staff_record, &person);
    json_object_set_new(user, "roles", staff_roles_json((uint32_t)person.roles));
    json_t *answer = json_object();
    json_object_set_new(answer, "user", user);
    json_object_set_new(answer, "sessions", sessions_json(cx, list, count));
    return http_res_json(cx, res, 200, answer);
}

/* The live streams of sessions that have just ended must not go on. */
static enum err change_password(struct cx *cx, const struct password_form *f)
{
    struct staff_session *list = NULL;
    size_t count = 0;
    TRY(own_sessions(cx, &list, &count));
    TRY(staff_change_password(cx, f->old_password, f->new_password, f->end_others));
    for (size_t i = 0; f->end_others && i < count; i++)
        if (!str_eq(list[i].id, cx->actor.session_id))
            sse_close_session(cx->sse, list[i].id);
    return ERR_OK;
}

static enum err account_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct password_form f;
    enum err e = form_parse(cx, req, &password_form, &f);
    bool typed_twice = req->body_kind == BODY_JSON || str_eq(f.repeat_password, f.new_password);
    if (e == ERR_OK && !typed_twice) {
        cx_field(cx, "repeat_password", "differs",
                 T("Kedua kata sandi baru tidak sama. Tulis ulang keduanya."));
        e = ERR_INVALID;
    }
    if (e == ERR_OK)
        e = change_password(cx, &f);
    if (req->wants == WANTS_JSON)
        return e == ERR_OK ? http_res_json(cx, res, 200, json_object()) : e;
    if (e == ERR_OK)
        return http_res_redirect(cx, res, "/akun?diganti=1");
    if (e != ERR_INVALID)
        return e;
    res->status = 422;
    return account_show(cx, req, res);
}

static enum err session_end_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *id = http_param(req, "id");
    enum err e = staff_session_end(cx, id);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "session_over", T("Sesi itu sudah berakhir."));
    TRY(e);
    if (str_eq(id, cx->actor.session_id))
        return leave(cx, req, res);
    sse_close_session(cx->sse, id);
    if (req->wants == WANTS_JSON)
        return http_res_json(cx, res, 200, json_object());
    return http_res_redirect(cx, res, "/akun");
}

/* --- routes --------------------------------------------------------------------------------------------- */

const struct route *session_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {.method = HTTP_GET,
         .path = "/masuk",
         .flags = ROUTE_PUBLIC | ROUTE_NO_KEEPALIVE_SESSION,
         .fn = login_get,
         .summary = T("Halaman masuk")},
        {.method = HTTP_POST,
         .path = "/masuk",
         .flags = ROUTE_PUBLIC | ROUTE_LOGIN | ROUTE_NO_TOKEN,
         .fn = login_post,
         .form = &login_form,
         .summary = T("Masuk: cookie sesi")},
        {.method = HTTP_POST,
         .path = "/keluar",
         .who = ROLE_ALL,
         .flags = ROUTE_NO_TOKEN,
         .fn = logout_post,
         .summary = T("Keluar")},
        {.method = HTTP_POST,
         .path = "/bahasa",
         .flags = ROUTE_PUBLIC,
         .fn = lang_post,
         .form = &lang_form,
         .summary = T("Ganti bahasa")},
        {.method = HTTP_GET,
         .path = "/akun",
         .who = ROLE_ALL,
         .flags = ROUTE_NO_TOKEN,
         .fn = account_get,
         .summary = T("Akun sendiri dan sesinya")},
        {.method = HTTP_POST,
         .path = "/akun",
         .who = ROLE_ALL,
         .flags = ROUTE_NO_TOKEN | ROUTE_LOGIN,
         .fn = account_post,
         .form = &password_form,
         .summary = T("Ganti kata sandi sendiri")},
        {.method = HTTP_POST,
         .path = "/akun/sesi/{id}/akhiri",
         .who = ROLE_ALL,
         .flags = ROUTE_NO_TOKEN,
         .fn = session_end_post,
         .summary = T("Akhiri satu sesi sendiri")},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
