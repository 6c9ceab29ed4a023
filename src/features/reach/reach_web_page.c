/* /petugas/{id}/saluran: a person's channels in order, his quiet hours, who stands in for him. For the
 * administrator. */
#include <string.h>

#include "features/portal/portal.h"
#include "features/reach/reach_page.h"
#include "features/reach/reach_web.h"
#include "features/staff/staff.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "reach_tmpl.h"
#include "lib/base/banned.h"

/* --- words ------------------------------------------------------------------------------------------------ */

/* Of a subscription only its push service is shown. */
static const char *push_host(struct cx *cx, const char *subscription)
{
    const char *at = strstr(subscription, "://");
    if (!at)
        return "•••";
    at += 3;
    return arena_strndup(cx->arena, at, strcspn(at, "/\""));
}

const char *reach_mask(struct cx *cx, const char *channel, const char *address)
{
    if (str_empty(address))
        return "";
    if (str_eq(channel, "whatsapp") || str_eq(channel, "gateway"))
        return phone_mask(cx->arena, address);
    if (str_eq(channel, "webpush"))
        return push_host(cx, address);
    size_t n = strlen(address);
    const char *at = strchr(address, '@');
    if (at)
        return arena_printf(cx->arena, "%.1s•••%s", address, at);
    return arena_printf(cx->arena, "•••%s", n > 3 ? address + n - 3 : address);
}

static const char *kind_label(const char *kind)
{
    if (str_eq(kind, "away"))
        return T("Di luar kantor, diwakili");
    if (str_eq(kind, "plt"))
        return T("Plt.:");
    return str_eq(kind, "plh") ? T("Plh.:") : T("Pengganti tetap:");
}

static const char *day_time(const struct cx *cx, int64_t ms)
{
    return time_moment(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

static const char *period(const struct cx *cx, const struct stand_in *s)
{
    if (!s->until_at)
        return cx_printf(cx, T("sejak %s, sampai diakhiri"), day_time(cx, s->from_at));
    return cx_printf(cx, T("%s sampai %s"), day_time(cx, s->from_at), day_time(cx, s->until_at));
}

/* --- forms -------------------------------------------------------------------------------------------------- */

struct channel_in {
    const char *channel, *address;
};
static const char *const channel_codes[] = {"whatsapp", "gateway", "telegram", "mail", NULL};
/* clang-format off */
static const struct field channel_fields[] = {
    {.name = "channel",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct channel_in, channel),
     .choices = channel_codes,
     .label = T("Saluran"),
     .missing = T("Pilih saluran.")},
    {.name = "address",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_PRIVATE,
     .offset = offsetof(struct channel_in, address),
     .max = 254,
     .label = T("Nomor atau alamat"),
     .missing = T("Tulis nomor atau alamat.")},
};
/* clang-format on */
static const struct form channel_form = FORM("StaffChannelNew", struct channel_in, channel_fields);

struct quiet_in {
    const char *from, *until;
};
/* clang-format off */
static const struct field quiet_fields[] = {
    {.name = "quiet_from",
     .type = FIELD_TEXT,
     .offset = offsetof(struct quiet_in, from),
     .max = 8,
     .label = T("Mulai")},
    {.name = "quiet_until",
     .type = FIELD_TEXT,
     .offset = offsetof(struct quiet_in, until),
     .max = 8,
     .label = T("Sampai")},
};
/* clang-format on */
static const struct form quiet_form = FORM("QuietHoursChange", struct quiet_in, quiet_fields);

struct stand_in_in {
    const char *kind, *deputy;
    int64_t from, until;
};
static const char *const stand_in_kinds[] = {"deputy", "away", "plt", "plh", NULL};
/* clang-format off */
static const struct field stand_in_fields[] = {
    {.name = "kind",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct stand_in_in, kind),
     .choices = stand_in_kinds,
     .label = T("Jenis"),
     .missing = T("Pilih jenis penggantian.")},
    {.name = "deputy",
     .type = FIELD_ID,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct stand_in_in, deputy),
     .label = T("Digantikan oleh"),
     .missing = T("Pilih siapa yang menggantikan.")},
    {.name = "from",
     .type = FIELD_TIME,
     .offset = offsetof(struct stand_in_in, from),
     .label = T("Mulai")},
    {.name = "until",
     .type = FIELD_TIME,
     .offset = offsetof(struct stand_in_in, until),
     .label = T("Sampai")},
};
/* clang-format on */
static const struct form stand_in_form = FORM("StandInNew", struct stand_in_in, stand_in_fields);

/* --- filling the page ------------------------------------------------------------------------------------------ */

static const struct option addable[] = {{"whatsapp", T("WhatsApp")},
                                        {"gateway", T("Gerbang WhatsApp")},
                                        {"telegram", T("Telegram")},
                                        {"mail", T("Surel")},
                                        {NULL, NULL}};

static enum err person(struct cx *cx, const struct http_req *req, struct staff *ret)
{
    enum err e = staff_get(cx->read, cx->actor.office_id, http_param(req, "id"), ret);
    return e == ERR_MISSING ? cx_fail(cx, e, "staff_unknown", T("Akun itu tidak ada.")) : e;
}

static enum err fill_channels(struct cx *cx, const struct staff *s, struct reach_person_view *v)
{
    struct staff_channel *list = NULL;
    size_t count = 0;
    char *phone = NULL;
    TRY(reach_staff_channels(cx, cx->actor.office_id, s->id, &list, &count));
    TRY(staff_phone(cx, s, &phone));
    struct reach_channel_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct reach_channel_row);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct reach_channel_row){
            .id = list[i].id,
            .label = reach_channel_label(list[i].channel),
            .address = reach_mask(cx, list[i].channel, list[i].address),
            .verified = list[i].verified_at != 0,
            .first = i == 0};
    v->channels = rows;
    v->channel_count = count;
    v->phone = phone ? phone_mask(cx->arena, phone) : NULL;
    return ERR_OK;
}

static enum err fill_stand_ins(struct cx *cx, const struct staff *s, struct reach_person_view *v)
{
    struct stand_in *list = NULL;
    struct staff *people = NULL;
    size_t count = 0, people_count = 0, n = 0;
    TRY(reach_stand_ins(cx->read, cx->actor.office_id, s->id, cx->now_ms, &list, &count));
    struct stand_in_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct stand_in_row);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct stand_in_row){
            .id = list[i].id,
            .kind = kind_label(list[i].kind),
            .deputy = staff_name(cx->read, cx->actor.office_id, list[i].deputy_id),
            .period = period(cx, &list[i])};
    v->stand_ins = rows;
    v->stand_in_count = count;
    TRY(staff_list(cx->read, cx->actor.office_id, &people, &people_count));
    struct option *options = ARENA_ARRAY(cx->arena, people_count + 1, struct option);
    for (size_t i = 0; i < people_count; i++) {
        if (!str_eq(people[i].id, s->id))
            options[n++] = (struct option){people[i].id, people[i].name};
    }
    v->people = options;
    return ERR_OK;
}

static enum err fill_quiet(struct cx *cx, const struct staff *s, struct reach_person_view *v)
{
    struct quiet_hours q;
    enum err e = reach_quiet_get(cx->read, cx->actor.office_id, s->id, &q);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    v->typed.quiet_from = arena_printf(cx->arena, "%02d:%02d", (int)(q.from_min / 60),
                                       (int)(q.from_min % 60));
    v->typed.quiet_until = arena_printf(cx->arena, "%02d:%02d", (int)(q.until_min / 60),
                                        (int)(q.until_min % 60));
    return ERR_OK;
}

static void person_body(struct html *h, void *arg)
{
    reach_person_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct staff *s)
{
    struct reach_person_view *v = ARENA_NEW(cx->arena, struct reach_person_view);
    v->id = s->id;
    v->name = s->name;
    v->path = arena_printf(cx->arena, "/petugas/%s", s->id);
    v->addable = addable;
    v->done = http_query(req, "selesai") != NULL;
    v->typed.kind = "deputy";
    TRY(fill_channels(cx, s, v));
    TRY(fill_stand_ins(cx, s, v));
    TRY(fill_quiet(cx, s, v));
    if (req->method == HTTP_POST) {
        v->typed = (struct reach_typed){
            .channel = form_typed(cx, req, "channel"),
            .address = form_typed(cx, req, "address"),
            .quiet_from = str_or(form_typed(cx, req, "quiet_from"), v->typed.quiet_from),
            .quiet_until = str_or(form_typed(cx, req, "quiet_until"), v->typed.quiet_until),
            .kind = str_or(form_typed(cx, req, "kind"), "deputy"),
            .deputy = form_typed(cx, req, "deputy"),
            .from = form_typed(cx, req, "from"),
            .until = form_typed(cx, req, "until")};
    }
    const struct page_view page = {
        .title = s->name, .current = "/petugas", .body = person_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err answer_json(struct cx *cx, struct http_res *res, const struct staff *s)
{
    struct staff_channel *channels = NULL;
    struct stand_in *stand_ins = NULL;
    struct quiet_hours q;
    size_t count = 0, stand_in_count = 0;
    TRY(reach_staff_channels(cx, cx->actor.office_id, s->id, &channels, &count));
    TRY(reach_stand_ins(cx->read, cx->actor.office_id, s->id, cx->now_ms, &stand_ins,
                        &stand_in_count));
    enum err quiet = reach_quiet_get(cx->read, cx->actor.office_id, s->id, &q);
    if (quiet != ERR_OK && quiet != ERR_MISSING)
        return quiet;
    json_t *list = json_array(), *others = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:o}", "id", channels[i].id, "channel",
                                        channels[i].channel, "address",
                                        reach_mask(cx, channels[i].channel, channels[i].address),
                                        "verified_at", json_time(cx, channels[i].verified_at)));
    for (size_t i = 0; i < stand_in_count; i++)
        json_array_append_new(others,
                              json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", stand_ins[i].id, "kind",
                                        stand_ins[i].kind, "deputy", stand_ins[i].deputy_id, "from",
                                        json_time(cx, stand_ins[i].from_at), "until",
                                        json_time(cx, stand_ins[i].until_at)));
    json_t *hours = quiet == ERR_OK ? json_pack("{s:I, s:I}", "from_min", (json_int_t)q.from_min,
                                                "until_min", (json_int_t)q.until_min)
                                    : json_null();
    return http_res_json(cx, res, 200,
                         json_pack("{s:s, s:o, s:o, s:o}", "id", s->id, "channels", list,
                                   "quiet_hours", hours, "stand_ins", others));
}

static enum err finish(struct cx *cx, struct http_req *req, struct http_res *res,
                       const struct staff *s, enum err e)
{
    if (e == ERR_OK)
        return req->wants == WANTS_JSON
                   ? answer_json(cx, res, s)
                   : http_res_redirect(
                         cx, res, arena_printf(cx->arena, "/petugas/%s/saluran?selesai=1", s->id));
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = http_status(e);
    return show(cx, req, res, s);
}

/* --- handlers ----------------------------------------------------------------------------------------------------- */

static enum err person_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {0};
    TRY(person(cx, req, &s));
    return req->wants == WANTS_JSON ? answer_json(cx, res, &s) : show(cx, req, res, &s);
}

static enum err channel_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {0};
    struct channel_in f;
    char id[UUID_TEXT_BYTES];
    TRY(person(cx, req, &s));
    enum err e = form_parse(cx, req, &channel_form, &f);
    const struct reach_channel_new n = {
        .staff_id = s.id, .channel = f.channel, .address = f.address};
    if (e == ERR_OK)
        e = reach_channel_add(cx, &n, id);
    return finish(cx, req, res, &s, e);
}

/* The row must be of the person in the path. */
static enum err own_channel(struct cx *cx, const struct http_req *req, const struct staff *s,
                            const char **ret)
{
    struct staff_channel *list = NULL;
    size_t count = 0;
    TRY(reach_staff_channels(cx, cx->actor.office_id, s->id, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].id, http_param(req, "channel"))) {
            *ret = list[i].id;
            return ERR_OK;
        }
    }
    return cx_fail(cx, ERR_MISSING, "channel_unknown",
                   T("Saluran itu sudah tidak ada. Muat ulang halaman."));
}

static enum err remove_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {0};
    const char *id = NULL;
    TRY(person(cx, req, &s));
    TRY(own_channel(cx, req, &s, &id));
    return finish(cx, req, res, &s, reach_channel_remove(cx, id));
}

static enum err up_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {0};
    const char *id = NULL;
    TRY(person(cx, req, &s));
    TRY(own_channel(cx, req, &s, &id));
    return finish(cx, req, res, &s, reach_channel_up(cx, id));
}

/* "22:00" or "22.00" → 1320. */
static bool read_minute(struct cx *cx, const char *text, int64_t *ret)
{
    size_t n = strcspn(text, ":.");
    int64_t hour = 0, minute = 0;
    bool fine = n <= 2 && text[n] && strlen(text + n + 1) == 2 &&
                str_to_i64(arena_strndup(cx->arena, text, n), 0, 23, &hour) &&
                str_to_i64(text + n + 1, 0, 59, &minute);
    if (fine)
        *ret = hour * 60 + minute;
    return fine;
}

static enum err quiet_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {0};
    struct quiet_in f;
    struct quiet_hours q = {0, 0};
    TRY(person(cx, req, &s));
    enum err e = form_parse(cx, req, &quiet_form, &f);
    bool none = str_empty(f.from) && str_empty(f.until);
    if (!none && !read_minute(cx, str_or(f.from, ""), &q.from_min))
        cx_field(cx, "quiet_from", "time", T("Tulis jam mulai, misalnya 22.00."));
    if (!none && !read_minute(cx, str_or(f.until, ""), &q.until_min))
        cx_field(cx, "quiet_until", "time", T("Tulis jam selesai, misalnya 05.00."));
    if (e == ERR_OK)
        e = cx_fields(cx);
    if (e == ERR_OK)
        e = reach_quiet_set(cx, s.id, &q);
    return finish(cx, req, res, &s, e);
}

static enum err stand_in_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {0};
    struct stand_in_in f;
    char id[UUID_TEXT_BYTES];
    TRY(person(cx, req, &s));
    enum err e = form_parse(cx, req, &stand_in_form, &f);
    const struct stand_in_new n = {.kind = f.kind,
                                   .staff_id = s.id,
                                   .deputy_id = f.deputy,
                                   .from_at = f.from,
                                   .until_at = f.until};
    if (e == ERR_OK)
        e = reach_stand_in_add(cx, &n, id);
    return finish(cx, req, res, &s, e);
}

static enum err end_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct staff s = {0};
    struct stand_in *list = NULL;
    size_t count = 0;
    TRY(person(cx, req, &s));
    TRY(reach_stand_ins(cx->read, cx->actor.office_id, s.id, cx->now_ms, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].id, http_param(req, "row")))
            return finish(cx, req, res, &s, reach_stand_in_end(cx, list[i].id));
    }
    return cx_fail(cx, ERR_MISSING, "reach_unknown",
                   T("Catatan itu tidak ada. Muat ulang halaman."));
}

const struct route *reach_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/petugas/{id}/saluran", ROLE_ADMIN, 0, person_get, NULL, 0,
         T("Saluran, jam tenang, dan pengganti seseorang"), NULL},
        {HTTP_POST, "/petugas/{id}/saluran", ROLE_ADMIN, ROUTE_NO_TOKEN, channel_post, &channel_form, 0,
         T("Tambah saluran seseorang"), NULL},
        {HTTP_POST, "/petugas/{id}/saluran/{channel}/hapus", ROLE_ADMIN, ROUTE_NO_TOKEN, remove_post, NULL, 0,
         T("Hapus saluran seseorang"), NULL},
        {HTTP_POST, "/petugas/{id}/saluran/{channel}/naik", ROLE_ADMIN, ROUTE_NO_TOKEN, up_post, NULL, 0,
         T("Naikkan saluran seseorang"), NULL},
        {HTTP_POST, "/petugas/{id}/jam-tenang", ROLE_ADMIN, ROUTE_NO_TOKEN, quiet_post, &quiet_form, 0,
         T("Ubah jam tenang seseorang"), NULL},
        {HTTP_POST, "/petugas/{id}/pengganti", ROLE_ADMIN, ROUTE_NO_TOKEN, stand_in_post, &stand_in_form, 0,
         T("Catat pengganti, Plt., atau Plh."), NULL},
        {HTTP_POST, "/petugas/{id}/pengganti/{row}/akhiri", ROLE_ADMIN, ROUTE_NO_TOKEN, end_post, NULL, 0,
         T("Akhiri masa pengganti"), NULL},
        {HTTP_GET, "/jadwal-piket", ROLE_ADMIN | ROLE_DESK | ROLE_OFFICIALS, 0, duty_get, NULL, 0,
         T("Jadwal piket pejabat satu minggu"), NULL},
        {HTTP_POST, "/jadwal-piket", ROLE_ADMIN, ROUTE_NO_TOKEN, duty_post, &duty_form, 0,
         T("Ubah jadwal piket pejabat"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
