/* The page of the keys of those who read complaints. An administrator can make such an account, but not put
 * its key among those for which complaints are sealed: that a leader does, here, who already reads them. */
#include <string.h>

#include "features/complaint/complaint_web_keys.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/staff/staff_page.h"
#include "features/staff/staff_view.h"
#include "key_tmpl.h"
#include "lib/base/str.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/base/time.h"
#include "lib/seal/seal.h"

#include "lib/base/banned.h"

struct trust_form {
    const char *fingerprint, *password;
};
/* clang-format off */
static const struct field trust_fields[] = {
    {.name = "fingerprint",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct trust_form, fingerprint),
     .max = 64,
     .label = T("Sidik kunci"),
     .missing = T("Tulis sidik kunci yang Anda cocokkan.")},
    {.name = "password",
     .type = FIELD_SECRET,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct trust_form, password),
     .label = T("Kata sandi Anda sendiri"),
     .missing = T("Tulis kata sandi Anda sendiri.")},
};
/* clang-format on */
static const struct form trust_form = FORM("KeyTrust", struct trust_form, trust_fields);

/* --- list --------------------------------------------------------------------------------------------- */

static bool has_part(const struct staff *s)
{
    return staff_takes_shares(s) || staff_key_waits(s);
}

static void keys_body(struct html *h, void *arg)
{
    key_page(h, arg);
}

/* What a leader has to see to: complaints that an older key held, and the sheet's yearly drill. */
static enum err fill_duties(struct cx *cx, struct key_view *v)
{
    struct office office = {0};
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    v->username = cx->actor.username;
    if (office_drill_near(&office, cx->now_ms))
        v->drill = time_long_date(cx->arena, office_drill_due(&office), cx->offset_min,
                                  cx->lang == LANG_EN);
    return complaint_count_shut(cx, &v->shut);
}

/* `asked`: the account whose form was refused, or NULL. */
static enum err keys_show(struct cx *cx, struct http_req *req, struct http_res *res,
                          const char *asked)
{
    struct staff *list = NULL;
    size_t count = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &list, &count));
    struct key_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct key_row);
    struct key_view *v = ARENA_NEW(cx->arena, struct key_view);
    v->rows = rows;
    TRY(fill_duties(cx, v));
    for (size_t i = 0; i < count; i++) {
        const struct staff *s = &list[i];
        if (!has_part(s))
            continue;
        bool trusted = staff_takes_shares(s);
        v->waiting += !trusted;
        v->may_trust |= staff_reads_complaints(s) && str_eq(s->id, cx->actor.id);
        rows[v->count++] = (struct key_row){
            .id = s->id,
            .name = s->name,
            .username = s->username,
            .roles = staff_roles_text(cx, (uint32_t)s->roles),
            .fingerprint = seal_key_fingerprint(cx->arena, s->public_key),
            .since = trusted ? staff_moment(cx, s->key_trusted_at) : NULL,
            .by = staff_name(cx->read, cx->actor.office_id, s->key_trusted_by),
            .asked = str_eq(s->id, asked)};
    }
    const struct page_view page = {
        .title = T("Kunci pembaca pengaduan"), .current = "/kunci", .body = keys_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static json_t *key_json(struct cx *cx, const struct staff *s)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", json_text(s->id));
    json_object_set_new(o, "username", json_text(s->username));
    json_object_set_new(o, "name", json_text(s->name));
    json_object_set_new(o, "roles", staff_roles_json((uint32_t)s->roles));
    json_object_set_new(o, "state", json_text(staff_takes_shares(s) ? "trusted" : "waiting"));
    json_object_set_new(o, "fingerprint", json_text(seal_key_fingerprint(cx->arena, s->public_key)));
    json_object_set_new(o, "key_trusted_at", json_time(cx, s->key_trusted_at));
    return o;
}

static enum err keys_json(struct cx *cx, struct http_res *res)
{
    struct staff *list = NULL;
    size_t count = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &list, &count));
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        if (has_part(&list[i]))
            json_array_append_new(items, key_json(cx, &list[i]));
    json_t *answer = json_object();
    json_object_set_new(answer, "items", items);
    json_object_set_new(answer, "next_cursor", json_null());
    return http_res_json(cx, res, 200, answer);
}

static enum err keys_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return req->wants == WANTS_JSON ? keys_json(cx, res) : keys_show(cx, req, res, NULL);
}

/* --- trust ---------------------------------------------------------------------------------------------- */

static enum err trust_from(struct cx *cx, struct http_req *req, const char *id)
{
    struct staff s = {.id = NULL};
    enum err e = staff_get(cx->read, cx->actor.office_id, id, &s);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "staff_unknown", T("Akun itu tidak ada."));
    TRY(e);
    struct trust_form f;
    TRY(form_parse(cx, req, &trust_form, &f));
    return staff_trust_key(cx, id, f.fingerprint, f.password);
}

static enum err trust_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *id = http_param(req, "id");
    enum err e = trust_from(cx, req, id);
    if (e == ERR_OK && req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, "/kunci");
    if (e == ERR_OK) {
        struct staff s = {.id = NULL};
        TRY(staff_get(cx->read, cx->actor.office_id, id, &s));
        return http_res_json(cx, res, 200, key_json(cx, &s));
    }
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = e == ERR_INVALID ? 422 : 409;
    return keys_show(cx, req, res, id);
}

const struct route *staff_key_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {.method = HTTP_GET,
         .path = "/kunci",
         .who = ROLE_LEADERS,
         .flags = ROUTE_NO_TOKEN,
         .fn = keys_get,
         .summary = T("Kunci para pembaca pengaduan")},
        {.method = HTTP_POST,
         .path = "/kunci/{id}",
         .who = ROLE_LEADERS,
         .flags = ROUTE_NO_TOKEN | ROUTE_LOGIN,
         .fn = trust_post,
         .form = &trust_form,
         .summary = T("Percayai kunci seorang pembaca pengaduan")},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
