/* /saluran: is each channel alive, what failed, who is reached how, what happens when nobody answers, and
 * the wording of the templates. For the administrator. */
#include "features/casework/casework.h"
#include "features/notice/notice_inbound.h"
#include "features/notice/notice_rules.h"
#include "features/notice/notice_view.h"
#include "features/notice/notice_web.h"
#include "features/portal/portal.h"
#include "features/reach/reach.h"
#include "features/report/report_schedule.h"
#include "lib/base/phone.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "notice_tmpl.h"
#include "lib/base/banned.h"

#define WEEK_MS     (7LL * 24 * 3600 * 1000)
#define BLANK_RULES 2u

/* --- forms ----------------------------------------------------------------------------------------------- */

struct rule_in {
    int64_t after_s;
    const char *condition, *action;
};
struct escalation_in {
    struct object_list rules;
};
static const char *const conditions[] = {"undelivered", "unanswered", NULL};
static const char *const actions[] = {"next_channel", "repeat_and_deputy", "next_deputy_or_head",
                                      "counter_alarm", NULL};
/* clang-format off */
static const struct field rule_fields[] = {
    {.name = "after_s",
     .type = FIELD_INT,
     .offset = offsetof(struct rule_in, after_s),
     .min = 0,
     .max = 7200,
     .label = T("Sesudah (detik)")},
    {.name = "condition",
     .type = FIELD_CODE,
     .offset = offsetof(struct rule_in, condition),
     .choices = conditions,
     .label = T("Bila")},
    {.name = "action",
     .type = FIELD_CODE,
     .offset = offsetof(struct rule_in, action),
     .choices = actions,
     .label = T("Tindakan")},
};
/* clang-format on */
/* clang-format off */
static const struct field escalation_fields[] = {
    {.name = "rules",
     .type = FIELD_OBJECTS,
     .offset = offsetof(struct escalation_in, rules),
     .max = 20,
     .label = T("Langkah eskalasi"),
     .members = rule_fields,
     .member_count = ARRAY_LEN(rule_fields),
     .member_bytes = sizeof(struct rule_in)},
};
/* clang-format on */
const struct form escalation_form = FORM("Escalation", struct escalation_in, escalation_fields);

struct test_in {
    const char *staff, *channel;
};
/* clang-format off */
static const struct field test_fields[] = {
    {.name = "staff",
     .type = FIELD_ID,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct test_in, staff),
     .label = T("Orang")},
    {.name = "channel",
     .type = FIELD_ID,
     .offset = offsetof(struct test_in, channel),
     .label = T("Saluran")},
};
/* clang-format on */
const struct form test_form = FORM("ChannelTest", struct test_in, test_fields);

struct code_in {
    const char *channel, *code;
};
/* clang-format off */
static const struct field code_fields[] = {
    {.name = "channel",
     .type = FIELD_ID,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct code_in, channel),
     .label = T("Saluran")},
    {.name = "code",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_DIGITS,
     .offset = offsetof(struct code_in, code),
     .max = 6,
     .label = T("Kode dari pesan uji"),
     .missing = T("Tulis enam angka dari pesan uji.")},
};
/* clang-format on */
const struct form code_form = FORM("ChannelCode", struct code_in, code_fields);

/* --- words ------------------------------------------------------------------------------------------------- */

/* "09.41 WIB" today, else "Kamis, 23 Juli 2026, 09.41 WIB"; NULL for no time. */
static const char *moment(const struct cx *cx, int64_t ms)
{
    if (!ms)
        return NULL;
    if (time_day_start(ms, cx->offset_min) == time_day_start(cx->now_ms, cx->offset_min))
        return arena_printf(cx->arena, "%s %s", time_hm(cx->arena, ms, cx->offset_min),
                            time_zone_letters(cx->offset_min));
    return time_moment(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
}

static const char *duration(const struct cx *cx, int64_t seconds)
{
    if (seconds < 120 || seconds % 60)
        return cx_printf(cx, T("%d detik"), (int)seconds);
    return cx_printf(cx, T("%d menit"), (int)(seconds / 60));
}

static const char *kind_label(const char *kind)
{
    static const struct {
        const char *kind, *label;
    } labels[] = {{NOTICE_VISIT, T("pemberitahuan tamu")},
                  {NOTICE_QUESTION, T("pertanyaan kepada Kajari")},
                  {NOTICE_HEAD, T("pertanyaan kepada Kajari")},
                  {NOTICE_LATE, T("kabar keputusan")},
                  {NOTICE_TEST, T("pesan uji")},
                  {CASE_REMINDER, T("pengingat tenggat")},
                  {REPORT_MAIL, T("laporan berkala")},
                  {REPORT_MAIL_TEST, T("laporan, kiriman langsung")}};
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (str_eq(labels[i].kind, kind))
            return labels[i].label;
    }
    return T("balasan");
}

static const char *action_text(const char *action)
{
    static const struct {
        const char *action, *text;
    } texts[] = {
        {"next_channel", T("dikirim lewat saluran berikutnya")},
        {"repeat_and_deputy", T("dikirim ulang, dan pengganti ikut ditanya")},
        {"next_deputy_or_head", T("pengganti berikutnya ditanya; bila tidak ada, Kajari")},
        {"counter_alarm", T("alarm loket berbunyi dengan nomor telepon yang harus dihubungi")}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (str_eq(texts[i].action, action))
            return texts[i].text;
    }
    return action;
}

/* --- filling the page ---------------------------------------------------------------------------------------- */

static struct channel_card card_of(const struct cx *cx, const struct channel_report *r)
{
    bool ok = str_eq(r->state, "ok");
    bool unproven = str_eq(r->state, "unproven");
    int64_t proven = r->delivered_at > r->accepted_at ? r->delivered_at : r->accepted_at;
    return (struct channel_card){.label = r->label,
                                 .state_label = r->state_label,
                                 .css = ok        ? "ok"
                                        : r->dead ? "bad"
                                                  : "warn",
                                 .icon = ok         ? "centang"
                                         : unproven ? "jam"
                                                    : "awas",
                                 .reason = r->reason ? cx_t(cx, r->reason) : NULL,
                                 .since = moment(cx, r->since),
                                 .proven = moment(cx, proven),
                                 .oldest = moment(cx, r->oldest_at),
                                 .waiting = r->waiting,
                                 .dead_letters = r->dead_letters};
}

static enum err fill_health(struct cx *cx, struct channels_view *v)
{
    struct channel_report *list = NULL;
    struct notice_message *dead = NULL;
    size_t count = 0;
    TRY(notice_health(cx, cx->actor.office_id, &list, &count));
    struct channel_card *cards = ARENA_ARRAY(cx->arena, count + 1, struct channel_card);
    for (size_t i = 0; i < count; i++)
        cards[i] = card_of(cx, &list[i]);
    v->channels = cards;
    v->channel_count = count;
    TRY(notice_dead_letters(cx->read, cx->actor.office_id, cx->now_ms - WEEK_MS, &dead, &count));
    struct letter_row *rows = ARENA_ARRAY(cx->arena, count + 1, struct letter_row);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct letter_row){.id = dead[i].id,
                                      .to = dead[i].to,
                                      .channel = reach_channel_label(dead[i].channel),
                                      .what = kind_label(dead[i].kind),
                                      .when = moment(cx, dead[i].failed_at),
                                      .reason = dead[i].reason ? cx_t(cx, dead[i].reason) : NULL};
    v->letters = rows;
    v->letter_count = count;
    return ERR_OK;
}

static const char *test_words(const struct cx *cx, const struct test_sent *t)
{
    if (str_eq(t->state, "failed"))
        return cx_printf(cx, T("Pesan uji gagal: %s"),
                         cx_t(cx, str_or(t->reason, T("sebab tidak diketahui"))));
    return cx_printf(cx, T("Pesan uji %s, menunggu balasan atau kode."), moment(cx, t->queued_at));
}

static struct person_channel channel_row(struct cx *cx, const struct staff_channel *c,
                                         const struct test_sent *tests, size_t count)
{
    struct person_channel row = {.id = c->id,
                                 .channel = c->channel,
                                 .label = reach_channel_label(c->channel),
                                 .address = reach_mask(cx, c->channel, c->address),
                                 .verified = moment(cx, c->verified_at),
                                 .ready = settings_channel_ready(cx->settings, c->channel)};
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(tests[i].subject_id, c->id))
            continue;
        if (tests[i].queued_at > c->verified_at) {
            row.test_state = test_words(cx, &tests[i]);
            row.testing = !str_eq(tests[i].state, "failed");
        }
        break; /* the newest says it */
    }
    return row;
}

static enum err fill_person(struct cx *cx, const struct staff *s, const struct test_sent *tests,
                            size_t test_count, struct person_card *ret)
{
    struct staff_channel *list = NULL;
    char *phone = NULL;
    size_t count = 0;
    TRY(reach_staff_channels(cx, cx->actor.office_id, s->id, &list, &count));
    TRY(staff_phone(cx, s, &phone));
    struct person_channel *rows = ARENA_ARRAY(cx->arena, count + 1, struct person_channel);
    for (size_t i = 0; i < count; i++)
        rows[i] = channel_row(cx, &list[i], tests, test_count);
    *ret = (struct person_card){
        .id = s->id,
        .name = s->name,
        .title = str_or(s->title, cx_t(cx, staff_role_label((uint32_t)s->roles))),
        .channels = rows,
        .count = count,
        .phone = phone ? phone_mask(cx->arena, phone) : NULL};
    return ERR_OK;
}

/* Officials, and whoever else has channels of his own. */
static enum err fill_people(struct cx *cx, struct channels_view *v)
{
    struct staff *list = NULL;
    struct test_sent *tests = NULL;
    size_t count = 0, test_count = 0, n = 0;
    TRY(staff_list(cx->read, cx->actor.office_id, &list, &count));
    TRY(tests_sent(cx->read, cx->actor.office_id, "", cx->now_ms - TEST_LIFE_MS, &tests,
                   &test_count));
    struct person_card *cards = ARENA_ARRAY(cx->arena, count + 1, struct person_card);
    for (size_t i = 0; i < count; i++) {
        TRY(fill_person(cx, &list[i], tests, test_count, &cards[n]));
        n += ((uint32_t)list[i].roles & ROLE_OFFICIALS) || cards[n].count ? 1 : 0;
    }
    v->people = cards;
    v->people_count = n;
    return ERR_OK;
}

static void fill_lines(struct cx *cx, const struct escalation_rule *rules, size_t count,
                       struct channels_view *v)
{
    struct line_row *lines = ARENA_ARRAY(cx->arena, count + 1, struct line_row);
    lines[0] = (struct line_row){.icon = "kirim",
                                 .text = cx_t(cx, T("Pertanyaan dikirim lewat saluran pertama.")),
                                 .time = cx_t(cx, T("langsung"))};
    for (size_t i = 0; i < count; i++) {
        bool alarm = str_eq(rules[i].action, "counter_alarm");
        const char *what = cx_t(cx, action_text(rules[i].action));
        lines[i + 1] = (struct line_row){.icon = alarm ? "awas" : "antre",
                                         .text = str_eq(rules[i].condition, "undelivered")
                                                     ? cx_printf(cx, T("Belum sampai: %s."), what)
                                                     : cx_printf(cx, T("Belum dijawab: %s."), what),
                                         .time = duration(cx, rules[i].after_s)};
    }
    v->lines = lines;
    v->line_count = count + 1;
}

static void fill_rules(struct cx *cx, const struct escalation_rule *rules, size_t count,
                       struct channels_view *v)
{
    size_t n = count + BLANK_RULES > ESCALATION_RULES_MAX ? count : count + BLANK_RULES;
    struct rule_row *rows = ARENA_ARRAY(cx->arena, n + 1, struct rule_row);
    for (size_t i = 0; i < n; i++) {
        rows[i] = (struct rule_row){
            .after_id = arena_printf(cx->arena, "rules.%zu.after_s", i),
            .condition_id = arena_printf(cx->arena, "rules.%zu.condition", i),
            .action_id = arena_printf(cx->arena, "rules.%zu.action", i)};
        if (i >= count)
            continue;
        rows[i].after = arena_printf(cx->arena, "%lld", (long long)rules[i].after_s);
        rows[i].condition = rules[i].condition;
        rows[i].action = rules[i].action;
    }
    v->rules = rows;
    v->rule_count = n;
}

static void page_body(struct html *h, void *arg)
{
    channels_page(h, arg);
}

/* `typed`: the rules that were refused, or NULL for those in force. */
static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     struct channels_view *v, const struct escalation_in *typed)
{
    struct escalation_rule *rules = NULL;
    size_t count = 0;
    TRY(fill_health(cx, v));
    TRY(fill_people(cx, v));
    TRY(escalation_rules(cx->read, cx->actor.office_id, &rules, &count));
    fill_lines(cx, rules, count, v);
    if (typed) {
        const struct rule_in *in = typed->rules.items;
        count = typed->rules.count;
        rules = ARENA_ARRAY(cx->arena, count + 1, struct escalation_rule);
        for (size_t i = 0; i < count; i++)
            rules[i] = (struct escalation_rule){
                .after_s = in[i].after_s, .condition = in[i].condition, .action = in[i].action};
    }
    fill_rules(cx, rules, count, v);
    struct template_card *cards = ARENA_ARRAY(cx->arena, NOTICE_TEMPLATES, struct template_card);
    v->template_count = notice_templates(cx, cards);
    v->templates = cards;
    const struct page_view page = {
        .title = T("Saluran pesan"), .current = "/saluran", .body = page_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- the same as JSON ------------------------------------------------------------------------------------------ */

static json_t *reports_json(struct cx *cx, const struct channel_report *list, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct channel_report *r = &list[i];
        json_array_append_new(
            items, json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:I}", "channel",
                             r->channel, "state", r->state, "dead", r->dead, "reason",
                             json_text(r->reason ? cx_t(cx, r->reason) : NULL), "since",
                             json_time(cx, r->since), "tried_at", json_time(cx, r->tried_at),
                             "accepted_at", json_time(cx, r->accepted_at), "delivered_at",
                             json_time(cx, r->delivered_at), "waiting", (json_int_t)r->waiting,
                             "oldest_at", json_time(cx, r->oldest_at), "dead_letters",
                             (json_int_t)r->dead_letters));
    }
    return items;
}

static json_t *letters_json(struct cx *cx, const struct notice_message *list, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            items,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id", list[i].id, "kind", list[i].kind,
                      "channel", list[i].channel, "to", json_text(list[i].to), "failed_at",
                      json_time(cx, list[i].failed_at), "code", json_text(list[i].code), "reason",
                      json_text(list[i].reason ? cx_t(cx, list[i].reason) : NULL)));
    return items;
}

static json_t *strings_json(const char *const *list, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, json_string(list[i]));
    return items;
}

static json_t *templates_json(struct cx *cx)
{
    struct template_card *cards = ARENA_ARRAY(cx->arena, NOTICE_TEMPLATES, struct template_card);
    size_t count = notice_templates(cx, cards);
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            items,
            json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:b}", "name", cards[i].name, "category",
                      "UTILITY", "language", cards[i].language, "body", cards[i].body, "buttons",
                      strings_json(cards[i].buttons, cards[i].button_count), "samples",
                      strings_json(cards[i].samples, cards[i].sample_count), "stopped",
                      cards[i].stopped));
    return items;
}

static json_t *rules_json(const struct escalation_rule *rules, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, json_pack("{s:I, s:s, s:s}", "after_s",
                                               (json_int_t)rules[i].after_s, "condition",
                                               rules[i].condition, "action", rules[i].action));
    return items;
}

static enum err people_json(struct cx *cx, json_t **ret)
{
    struct channels_view *v = ARENA_NEW(cx->arena, struct channels_view);
    TRY(fill_people(cx, v));
    json_t *items = json_array();
    for (size_t i = 0; i < v->people_count; i++) {
        const struct person_card *p = &v->people[i];
        json_t *channels = json_array();
        for (size_t k = 0; k < p->count; k++)
            json_array_append_new(
                channels,
                json_pack("{s:s, s:s, s:s, s:b, s:b}", "id", p->channels[k].id, "channel",
                          p->channels[k].channel, "address", p->channels[k].address, "verified",
                          p->channels[k].verified != NULL, "testing", p->channels[k].testing));
        json_array_append_new(items, json_pack("{s:s, s:s, s:o, s:o}", "id", p->id, "name", p->name,
                                               "phone", json_text(p->phone), "channels", channels));
    }
    *ret = items;
    return ERR_OK;
}

static enum err answer_json(struct cx *cx, struct http_res *res)
{
    struct channel_report *list = NULL;
    struct notice_message *dead = NULL;
    struct escalation_rule *rules = NULL;
    size_t count = 0, dead_count = 0, rule_count = 0;
    TRY(notice_health(cx, cx->actor.office_id, &list, &count));
    TRY(notice_dead_letters(cx->read, cx->actor.office_id, cx->now_ms - WEEK_MS, &dead,
                            &dead_count));
    TRY(escalation_rules(cx->read, cx->actor.office_id, &rules, &rule_count));
    json_t *people = NULL;
    TRY(people_json(cx, &people));
    json_t *answer = json_pack("{s:o, s:o, s:o, s:o, s:o}", "people", people, "channels",
                               reports_json(cx, list, count), "dead_letters",
                               letters_json(cx, dead, dead_count), "templates", templates_json(cx),
                               "rules", rules_json(rules, rule_count));
    res->content_type = "application/json";
    json_write(&res->body, json_keep(cx->arena, answer));
    return ERR_OK;
}

/* --- handlers -------------------------------------------------------------------------------------------------- */

static const struct option done_words[] = {{"uji", T("Pesan uji dikirim.")},
                                           {"kode", T("Saluran terbukti sampai.")},
                                           {"ulang", T("Pesan dikirim ulang.")},
                                           {"langkah", T("Langkah eskalasi disimpan.")},
                                           {NULL, NULL}};

enum err channels_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    if (req->wants == WANTS_JSON)
        return answer_json(cx, res);
    struct channels_view *v = ARENA_NEW(cx->arena, struct channels_view);
    v->done = option_label(done_words, http_query(req, "selesai"));
    return show(cx, req, res, v, NULL);
}

/* After a change: the page anew, or what it shows as JSON; the refused page as it is. */
static enum err finish(struct cx *cx, struct http_req *req, struct http_res *res, enum err e,
                       const char *done)
{
    if (e == ERR_OK)
        return req->wants == WANTS_JSON
                   ? answer_json(cx, res)
                   : http_res_redirect(cx, res,
                                       arena_printf(cx->arena, "/saluran?selesai=%s", done));
    if (req->wants == WANTS_JSON || (e != ERR_INVALID && e != ERR_CONFLICT))
        return e;
    res->status = http_status(e);
    return show(cx, req, res, ARENA_NEW(cx->arena, struct channels_view), NULL);
}

enum err escalation_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct escalation_in f;
    enum err e = form_parse(cx, req, &escalation_form, &f);
    struct rule_in *in = f.rules.items;
    struct escalation_rule *rules = ARENA_ARRAY(cx->arena, f.rules.count + 1,
                                                struct escalation_rule);
    size_t n = 0;
    for (size_t i = 0; i < f.rules.count; i++) {
        bool dropped = str_empty(in[i].action) && req->body_kind != BODY_JSON;
        if (dropped)
            continue;
        in[n] = in[i];
        rules[n] = (struct escalation_rule){.sort = (int64_t)n + 1,
                                            .after_s = in[n].after_s,
                                            .condition = str_or(in[n].condition, "unanswered"),
                                            .action = str_or(in[n].action, "")};
        n++;
    }
    f.rules.count = n;
    if (e == ERR_OK)
        e = escalation_rules_save(cx, rules, n);
    if (e != ERR_INVALID || req->wants == WANTS_JSON)
        return finish(cx, req, res, e, "langkah");
    res->status = 422;
    return show(cx, req, res, ARENA_NEW(cx->arena, struct channels_view), &f);
}

enum err retry_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return finish(cx, req, res, notice_retry(cx, http_param(req, "id")), "ulang");
}

/* Whoever has only the telephone of his account gets it as a channel first: the proof needs a row. */
static enum err row_of_phone(struct cx *cx, const char *staff_id, const char **ret)
{
    struct staff s = {0};
    char *phone = NULL;
    char *id = arena_alloc(cx->arena, UUID_TEXT_BYTES);
    enum err e = staff_get(cx->read, cx->actor.office_id, staff_id, &s);
    if (e == ERR_MISSING)
        return cx_fail(cx, e, "staff_unknown", T("Akun itu tidak ada."));
    if (e != ERR_OK)
        return e;
    TRY(staff_phone(cx, &s, &phone));
    const struct reach_channel_new n = {
        .staff_id = staff_id, .channel = "whatsapp", .address = str_or(phone, "")};
    TRY(reach_channel_add(cx, &n, id));
    *ret = id;
    return ERR_OK;
}

enum err test_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct test_in f;
    enum err e = form_parse(cx, req, &test_form, &f);
    if (e == ERR_OK && str_empty(f.channel))
        e = row_of_phone(cx, f.staff, &f.channel);
    if (e == ERR_OK)
        e = notice_test_send(cx, f.staff, f.channel);
    return finish(cx, req, res, e, "uji");
}

enum err code_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct code_in f;
    enum err e = form_parse(cx, req, &code_form, &f);
    if (e == ERR_OK)
        e = notice_test_code_check(cx, f.channel, f.code);
    if (e != ERR_INVALID || req->wants == WANTS_JSON)
        return finish(cx, req, res, e, "kode");
    struct channels_view *v = ARENA_NEW(cx->arena, struct channels_view);
    v->code_of = f.channel;
    res->status = 422;
    return show(cx, req, res, v, NULL);
}
