/* What an official finds on /jawab beside the queue: his answers of today, "di luar kantor" with a deputy,
 * and notices in his browser. */
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/decision/decision_web.h"
#include "features/office/office.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/outbox/channel.h"
#include "lib/base/banned.h"

#define SUBSCRIPTION_MAX 2048

struct away_in {
    const char *deputy;
    int64_t from, until;
};
/* clang-format off */
static const struct field away_fields[] = {
    {.name = "deputy",
     .type = FIELD_ID,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct away_in, deputy),
     .label = T("Diwakili oleh"),
     .missing = T("Pilih siapa yang mewakili Anda.")},
    {.name = "from",
     .type = FIELD_TIME,
     .offset = offsetof(struct away_in, from),
     .label = T("Mulai")},
    {.name = "until",
     .type = FIELD_TIME,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct away_in, until),
     .label = T("Sampai"),
     .missing = T("Tulis sampai kapan di luar kantor.")},
};
/* clang-format on */
const struct form away_form = FORM("Away", struct away_in, away_fields);

struct subscription_in {
    const char *subscription;
};
/* clang-format off */
static const struct field subscription_fields[] = {
    {.name = "subscription",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_PRIVATE,
     .offset = offsetof(struct subscription_in, subscription),
     .max = SUBSCRIPTION_MAX,
     .label = T("Langganan"),
     .missing = T("Nyalakan notifikasi dari halaman di HP itu sendiri.")},
};
/* clang-format on */
const struct form subscription_form = FORM("PushSubscription", struct subscription_in,
                                           subscription_fields);

/* --- what the page shows -------------------------------------------------------------------------------------- */

static const char *effect_label(const char *effect)
{
    if (str_eq(effect, "proposed"))
        return T("diteruskan kepada Kajari");
    if (str_eq(effect, "asked_head"))
        return T("Kajari ditanya");
    if (str_eq(effect, "too_late"))
        return T("terlambat, sudah diputuskan");
    return str_eq(effect, "later") ? T("ditanyakan lagi nanti") : NULL;
}

static enum err answers_today(struct cx *cx, struct answer **ret, size_t *ret_count)
{
    return decision_answers_of(cx->read, cx->actor.office_id, cx->actor.id,
                               time_day_start(cx->now_ms, cx->offset_min), ret, ret_count);
}

static enum err fill_answered(struct cx *cx, struct answer_queue *q)
{
    struct answer *list = NULL;
    size_t count = 0;
    TRY(answers_today(cx, &list, &count));
    struct answered_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct answered_row);
    for (size_t i = 0; i < count; i++) {
        struct visit v = {0};
        TRY(visit_get(cx->read, cx->actor.office_id, list[i].visit_id, &v));
        rows[i] = (struct answered_row){.time = time_hm(cx->arena, list[i].at, cx->offset_min),
                                        .number = visit_number_text(cx->arena, &v),
                                        .name = v.name,
                                        .outcome = decision_outcome_label(list[i].outcome),
                                        .effect = effect_label(list[i].effect),
                                        .path = arena_printf(cx->arena, "/tamu/%s", v.id)};
    }
    q->answered = rows;
    q->answered_count = count;
    return ERR_OK;
}

/* The row that says that the actor is away, now or soon; NULL when there is none. */
static enum err away_row(struct cx *cx, const struct stand_in **ret)
{
    struct stand_in *list = NULL;
    size_t count = 0;
    *ret = NULL;
    TRY(reach_stand_ins(cx->read, cx->actor.office_id, cx->actor.id, cx->now_ms, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].kind, "away"))
            *ret = &list[i];
    }
    return ERR_OK;
}

static enum err fill_away(struct cx *cx, struct answer_queue *q)
{
    const struct stand_in *away = NULL;
    struct staff *list = NULL;
    size_t count = 0, n = 0;
    TRY(away_row(cx, &away));
    if (away) {
        q->away_until = time_moment(cx->arena, away->until_at, cx->offset_min, cx->lang == LANG_EN);
        q->away_deputy = staff_name(cx->read, cx->actor.office_id, away->deputy_id);
    }
    TRY(staff_list(cx->read, cx->actor.office_id, &list, &count));
    struct option *options = ARENA_ARRAY(cx->arena, count + 1, struct option);
    for (size_t i = 0; i < count; i++) {
        /* Only officials can open this page and answer. */
        if (((uint32_t)list[i].roles & ROLE_OFFICIALS) && !str_eq(list[i].id, cx->actor.id))
            options[n++] = (struct option){list[i].id, list[i].name};
    }
    q->deputies = options;
    return ERR_OK;
}

static enum err fill_standing_in(struct cx *cx, struct answer_queue *q)
{
    uint32_t asked = 0;
    TRY(reach_posts(cx, cx->actor.office_id, cx->actor.id, cx->actor.roles, &asked));
    uint32_t more = asked & ~cx->actor.roles;
    q->standing_in = more ? cx_t(cx, staff_role_label(more)) : NULL;
    return ERR_OK;
}

static const struct option done_words[] = {{"luar", T("Tercatat: Anda di luar kantor.")},
                                           {"kembali", T("Tercatat: Anda sudah kembali.")},
                                           {"notifikasi", T("Notifikasi menyala di peramban ini.")},
                                           {NULL, NULL}};

enum err today_fill(struct cx *cx, struct http_req *req, struct answer_queue *q)
{
    TRY(fill_answered(cx, q));
    TRY(fill_away(cx, q));
    TRY(fill_standing_in(cx, q));
    if (req->method == HTTP_POST) {
        q->typed_deputy = form_typed(cx, req, "deputy");
        q->typed_from = form_typed(cx, req, "from");
        q->typed_until = form_typed(cx, req, "until");
    }
    q->done = option_label(done_words, http_query(req, "selesai"));
    if (settings_channel_ready(cx->settings, "webpush"))
        q->push_key = webpush_public_key(cx->arena, cx->settings->webpush_key_file);
    return ERR_OK;
}

enum err today_json(struct cx *cx, void *answer)
{
    struct answer *list = NULL;
    const struct stand_in *away = NULL;
    size_t count = 0;
    TRY(answers_today(cx, &list, &count));
    TRY(away_row(cx, &away));
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(items, json_from_record(cx, &answer_record, &list[i]));
    (void)json_object_set_new(answer, "answered", items);
    (void)json_object_set_new(answer, "away",
                              away ? json_pack("{s:s, s:o, s:o}", "deputy", away->deputy_id, "from",
                                               json_time(cx, away->from_at), "until",
                                               json_time(cx, away->until_at))
                                   : json_null());
    return ERR_OK;
}

/* --- forms ------------------------------------------------------------------------------------------------------ */

static enum err finish(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                       const char *done)
{
    if (e == ERR_OK && req->wants != WANTS_JSON)
        return http_res_redirect(cx, res, arena_printf(cx->arena, "/jawab?selesai=%s", done));
    if (e != ERR_OK && (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT)))
        return e;
    res->status = e == ERR_OK ? 200 : http_status(e);
    return queue_show(cx, req, res);
}

static enum err check_official(struct cx *cx, const char *id)
{
    struct staff s = {0};
    enum err e = staff_get(cx->read, cx->actor.office_id, id, &s);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_MISSING || !((uint32_t)s.roles & ROLE_OFFICIALS))
        cx_field(cx, "deputy", "not_official", T("Pilih pejabat lain dari daftar."));
    return cx_fields(cx);
}

enum err away_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct away_in f;
    char id[UUID_TEXT_BYTES];
    enum err e = form_parse(cx, req, &away_form, &f);
    if (e == ERR_OK)
        e = check_official(cx, f.deputy);
    const struct stand_in_new n = {.kind = "away",
                                   .staff_id = cx->actor.id,
                                   .deputy_id = f.deputy,
                                   .from_at = f.from,
                                   .until_at = f.until};
    if (e == ERR_OK)
        e = reach_stand_in_add(cx, &n, id);
    return finish(cx, req, res, e, "luar");
}

enum err back_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const struct stand_in *away = NULL;
    TRY(away_row(cx, &away));
    return finish(cx, req, res, away ? reach_stand_in_end(cx, away->id) : ERR_OK, "kembali");
}

/* Only what the push service needs is kept, always in the same form, so that the same browser is known. */
static const char *normal_form(struct cx *cx, const char *subscription)
{
    json_t *in = NULL;
    const char *endpoint = NULL, *p256dh = NULL, *auth = NULL;
    if (json_parse(cx, (struct bytes){(const uint8_t *)subscription, strlen(subscription)}, &in) !=
            ERR_OK ||
        json_unpack(in, "{s:s, s:{s:s, s:s}}", "endpoint", &endpoint, "keys", "p256dh", &p256dh,
                    "auth", &auth) != 0)
        return NULL;
    json_t *out = json_keep(cx->arena, json_pack("{s:s, s:{s:s, s:s}}", "endpoint", endpoint,
                                                 "keys", "p256dh", p256dh, "auth", auth));
    struct buf b = buf_new(cx->arena, 512, SUBSCRIPTION_MAX);
    json_write(&b, out);
    return b.full ? NULL : b.p;
}

static enum err subscribe(struct cx *cx, const char *subscription)
{
    struct office office;
    char id[UUID_TEXT_BYTES];
    const char *address = normal_form(cx, subscription), *owner = NULL;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    if (!settings_channel_ready(cx->settings, "webpush"))
        return cx_fail(cx, ERR_CONFLICT, "push_off", T("Notifikasi belum disiapkan di kantor ini."));
    if (!address || !webpush_subscription_valid(cx, address, office.demo)) {
        cx->diag = (struct diag){.code = NULL};
        cx_field(cx, "subscription", "webpush",
                 T("Nyalakan notifikasi dari halaman di HP itu sendiri."));
        return ERR_INVALID;
    }
    enum err known = reach_by_address(cx, cx->actor.office_id, "webpush", address, &owner);
    if (known == ERR_OK && str_eq(owner, cx->actor.id))
        return ERR_OK;
    if (known != ERR_OK && known != ERR_MISSING)
        return known;
    const struct reach_channel_new n = {
        .staff_id = cx->actor.id, .channel = "webpush", .address = address};
    return reach_channel_add(cx, &n, id);
}

enum err subscription_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct subscription_in f;
    enum err e = form_parse(cx, req, &subscription_form, &f);
    if (e == ERR_OK)
        e = subscribe(cx, f.subscription);
    return finish(cx, req, res, e, "notifikasi");
}
