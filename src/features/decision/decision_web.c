/* Step 6 over HTTP: POST /tamu/{id}/keputusan, the officials' queue /jawab and one guest of it. The page
 * behind a single-use link is in decision_web_link.c. */
#include <string.h>

#include "decision_tmpl.h"
#include "features/decision/decision_store.h"
#include "features/decision/decision_web.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

static const char *const outcomes[] = {
    "office_head", "intel_chief", "section_chief", "ask_head", "later", "refused", NULL};

struct decision_form {
    const char *outcome, *official, *note;
    int64_t minutes;
};
#define AT(member) .offset = offsetof(struct decision_form, member)
/* clang-format off */
static const struct field decision_fields[] = {
    {.name = "outcome", .type = FIELD_CODE, .flags = FIELD_REQUIRED, AT(outcome), .choices = outcomes, .label = T("Keputusan")},
    {.name = "official", .type = FIELD_TEXT, AT(official), .max = 40, .label = T("Pejabat yang menjawab")},
    {.name = "minutes", .type = FIELD_INT, AT(minutes), .min = 1, .max = 240, .label = T("Menit")},
    {.name = "note", .type = FIELD_TEXT, .flags = FIELD_PRIVATE, AT(note), .max = 300, .label = T("Catatan")},
};
/* clang-format on */
#undef AT
const struct form decision_form = FORM("VisitDecision", struct decision_form, decision_fields);

/* --- whose answer is it ------------------------------------------------------------------------------ */

struct official {
    const char *id;
    uint32_t role;
    const char *channel;
    const char *recorded_by;
};

static enum err forbidden(struct cx *cx)
{
    return cx_fail(cx, ERR_DENIED, "not_addressed",
                   T("Hanya pejabat yang ditanya yang dapat menjawab. Petugas mencatat jawaban "
                     "lisan dengan menyebut pejabatnya."));
}

/* The section chief whom the guest asked for: by name, or by his post. */
static bool is_addressed(const struct cx *cx, const struct visit *v)
{
    if (!(cx->actor.roles & ROLE_SECTION_CHIEF))
        return false;
    return v->host_id ? str_eq(v->host_id, cx->actor.id) : str_eq(v->host, "section_chief");
}

/* The actor's posts: his own, those he is asked for now (duty, acting, in place of who is away), and those
 * as whom a message about this visit was addressed to him. */
static enum err posts_of_actor(struct cx *cx, const struct visit *v, uint32_t *ret)
{
    uint32_t asked = 0, addressed = 0;
    TRY(reach_posts(cx, cx->actor.office_id, cx->actor.id, cx->actor.roles, &asked));
    TRY(notice_posts(cx->read, cx->actor.office_id, v->id, cx->actor.id, &addressed));
    *ret = asked | addressed;
    return ERR_OK;
}

/* The actor answers for himself: as the Kajari, as the Kasi Intel, or as the section chief addressed. */
static enum err own_answer(struct cx *cx, const struct visit *v, struct official *ret)
{
    uint32_t roles = 0;
    uint32_t role = 0;
    TRY(posts_of_actor(cx, v, &roles));
    bool asked_head = str_eq(v->decision_state, "proposed");
    if ((roles & ROLE_OFFICE_HEAD) && (asked_head || !(roles & ROLE_INTEL_CHIEF)))
        role = ROLE_OFFICE_HEAD;
    else if (roles & ROLE_INTEL_CHIEF)
        role = ROLE_INTEL_CHIEF;
    else if (is_addressed(cx, v))
        role = ROLE_SECTION_CHIEF;
    if (!role)
        return forbidden(cx);
    *ret = (struct official){.id = cx->actor.id,
                             .role = role,
                             .channel = cx->actor.kind == ACTOR_TOKEN ? "api" : "page"};
    return ERR_OK;
}

/* The section chief by his post: the very one whom the guest asked for, where he was named. */
static enum err section_of(struct cx *cx, const struct visit *v, struct staff *ret)
{
    if (v->host_id)
        return staff_get(cx->read, cx->actor.office_id, v->host_id, ret);
    struct reach_who who = {0};
    TRY(reach_of_post(cx, cx->actor.office_id, ROLE_SECTION_CHIEF, &who));
    return staff_get(cx->read, cx->actor.office_id, who.staff_id, ret);
}

/* Another section chief has no say about this guest, spoken or not. */
static enum err check_section(struct cx *cx, const struct visit *v, const struct staff *s)
{
    bool addressed = v->host_id ? str_eq(v->host_id, s->id) && (s->roles & ROLE_SECTION_CHIEF) != 0
                                : str_eq(v->host, "section_chief");
    if (addressed)
        return ERR_OK;
    cx_field(cx, "official", "not_addressed",
             T("Tamu ini tidak menuju Kasi itu. Pilih Kajari atau Kasi Intelijen."));
    return ERR_INVALID;
}

/* A desk writes down what an official said: by post or by username. */
static enum err spoken_answer(struct cx *cx, const struct visit *v, const char *named,
                              struct official *ret)
{
    struct staff s = {0};
    uint32_t role = 0;
    enum err e;
    bool acting = staff_role_parse(named, &role); /* then: does he hold a post? */
    if (acting && role == ROLE_SECTION_CHIEF) {
        e = section_of(cx, v, &s);
    } else if (acting) {
        struct reach_who who = {0};
        e = reach_of_post(cx, cx->actor.office_id, role, &who);
        if (e == ERR_OK)
            e = staff_get(cx->read, cx->actor.office_id, who.staff_id, &s);
    } else {
        uint32_t posts = 0;
        e = staff_by_username(cx->read, cx->actor.office_id, named, &s);
        if (e == ERR_OK)
            TRY(reach_posts(cx, cx->actor.office_id, s.id, (uint32_t)s.roles, &posts));
        acting = posts != 0;
        role = posts & ROLE_OFFICE_HEAD   ? ROLE_OFFICE_HEAD
               : posts & ROLE_INTEL_CHIEF ? ROLE_INTEL_CHIEF
                                          : ROLE_SECTION_CHIEF;
    }
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    bool official = e == ERR_OK && !s.disabled_at && acting && (role & ROLE_OFFICIALS);
    if (!official) {
        cx_field(cx, "official", "not_a_choice",
                 T("Pejabat itu tidak ada. Pilih Kajari atau Kasi Intelijen."));
        return ERR_INVALID;
    }
    if (role == ROLE_SECTION_CHIEF)
        TRY(check_section(cx, v, &s));
    *ret = (struct official){
        .id = s.id, .role = role, .channel = "spoken", .recorded_by = cx->actor.id};
    return ERR_OK;
}

static enum err who_answers(struct cx *cx, const struct visit *v, const char *named,
                            struct official *ret)
{
    bool desk = (cx->actor.roles & ROLE_DESK) != 0;
    if (!str_empty(named) && desk)
        return spoken_answer(cx, v, named, ret);
    return own_answer(cx, v, ret);
}

/* An official may name himself, by post or by username; for another only a desk writes. */
static bool is_self(const struct cx *cx, const char *named)
{
    uint32_t role = 0;
    return staff_role_parse(named, &role) ? (cx->actor.roles & role) != 0
                                          : str_eq(named, cx->actor.username);
}

/* --- POST /tamu/{id}/keputusan --------------------------------------------------------------------------- */

static enum err answer_post(struct cx *cx, struct http_req *req, struct decision_change *c,
                            struct decision_new *n)
{
    struct visit v = {0};
    const char *named = form_typed(cx, req, "official");
    bool desk = (cx->actor.roles & ROLE_DESK) != 0;
    bool official = (cx->actor.roles & ROLE_OFFICIALS) != 0;
    if (str_empty(named) ? !official : !desk && !is_self(cx, named))
        return forbidden(cx);
    TRY(visit_must_exist(cx, n->visit_id, &v));
    struct official o = {0};
    if (!desk || str_empty(named))
        TRY(own_answer(cx, &v, &o));
    struct decision_form f;
    enum err parsed = form_parse(cx, req, &decision_form, &f);
    if (parsed != ERR_OK && parsed != ERR_INVALID)
        return parsed;
    /* State comes before fields: an answer to a visit that is over is 409 even when it is odd. */
    struct decision_plan plan = decision_plan_of(&v, o.role ? o.role : ROLE_OFFICE_HEAD,
                                                 "intel_chief", false);
    bool over = plan.effect == DECISION_REFUSED && str_eq(plan.refusal.code, "state");
    if (over && !c->replay.present)
        return cx_refuse(cx, &plan.refusal);
    TRY(parsed);
    TRY(who_answers(cx, &v, f.official, &o));
    n->official_id = o.id;
    n->as_role = o.role;
    n->outcome = f.outcome;
    n->minutes = f.minutes;
    n->note = f.note;
    n->channel = o.channel;
    n->recorded_by = o.recorded_by;
    return decision_answer_with(cx, c);
}

static enum err decision_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct decision_new *n = ARENA_NEW(cx->arena, struct decision_new);
    struct decision_change *c = ARENA_NEW(cx->arena, struct decision_change);
    c->in = n;
    c->result = ARENA_NEW(cx->arena, struct decision_result);
    n->act = visit_act_of(cx);
    n->visit_id = http_param(req, "id");
    TRY(replay_prepare(cx, http_header(req, "idempotency-key"),
                       arena_printf(cx->arena, "POST %s", req->path), req->body_hash, &c->replay));
    enum err e = answer_post(cx, req, c, n);
    if (e != ERR_OK)
        return visit_refused(cx, req, res, n->visit_id, e);
    return visit_answer(cx, req, res, n->visit_id, 200);
}

/* --- the officials' queue ------------------------------------------------------------------------------------- */

/* Is this visit waiting for the actor's own answer? `asked`: the posts he is asked for now. */
static bool is_mine(struct cx *cx, const struct visit *v, uint32_t asked)
{
    uint32_t wanted = str_eq(v->decision_state, "proposed") ? ROLE_OFFICE_HEAD : ROLE_INTEL_CHIEF;
    uint32_t addressed = 0;
    if ((asked & wanted) || (wanted == ROLE_INTEL_CHIEF && is_addressed(cx, v)))
        return true;
    if (notice_posts(cx->read, cx->actor.office_id, v->id, cx->actor.id, &addressed) != ERR_OK)
        return false;
    /* The Kajari is asked directly when the Kasi Intel stays silent. */
    return (addressed & wanted) || (addressed & ROLE_OFFICE_HEAD);
}

static enum err queue_json(struct cx *cx, struct http_res *res, const struct visit *visits,
                           size_t count, uint32_t asked)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!is_mine(cx, &visits[i], asked))
            continue;
        json_array_append_new(items,
                              json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", visits[i].id, "number",
                                        visit_number_text(cx->arena, &visits[i]), "name",
                                        visits[i].name, "category", visits[i].category,
                                        "arrived_at", json_time(cx, visits[i].arrived_at)));
    }
    json_t *answer = json_keep(cx->arena, json_pack("{s:o, s:n}", "items", items, "next_cursor"));
    TRY(today_json(cx, answer));
    return http_res_json(cx, res, 200, json_incref(answer));
}

static int64_t elapsed_s(const struct cx *cx, const struct visit *v)
{
    int64_t ms = cx->now_ms - v->arrived_at;
    return ms > 0 ? ms / 1000 : 0;
}

static void queue_body(struct html *h, void *arg)
{
    queue_view(h, arg);
}

enum err queue_show(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit *visits = NULL;
    size_t count = 0;
    TRY(decision_waiting(cx->read, cx->actor.office_id, &visits, &count));
    uint32_t asked = 0;
    TRY(reach_posts(cx, cx->actor.office_id, cx->actor.id, cx->actor.roles, &asked));
    if (req->wants == WANTS_JSON)
        return queue_json(cx, res, visits, count, asked);
    struct office office;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    struct answer_queue *q = ARENA_NEW(cx->arena, struct answer_queue);
    int64_t readers = 0, waiting = 0;
    TRY(staff_count_readers(cx->read, cx->actor.office_id, &readers, &waiting));
    q->keys_wait = waiting > 0 && (cx->actor.roles & ROLE_LEADERS);
    q->rows = ARENA_ARRAY(cx->arena, count ? count : 1, struct answer_queue_row);
    for (size_t i = 0; i < count; i++) {
        if (!is_mine(cx, &visits[i], asked)) {
            q->others++;
            continue;
        }
        q->rows[q->count++] = (struct answer_queue_row){
            .name = visits[i].name,
            .what = cx_t(cx, visit_category_label(visits[i].category)),
            .number = visit_number_text(cx->arena, &visits[i]),
            .path = arena_printf(cx->arena, "/tamu/%s/jawab", visits[i].id),
            .elapsed_s = elapsed_s(cx, &visits[i]),
            .limit_s = office.limit_s};
    }
    if (req->wants == WANTS_PAGE)
        TRY(today_fill(cx, req, q));
    struct page_view page = {.title = T("Menunggu jawaban"),
                             .current = "/jawab",
                             .lean = true,
                             .body = queue_body,
                             .arg = q};
    return page_render(cx, req, res, &page);
}

/* --- one guest of the queue --------------------------------------------------------------------------------------- */

enum err answer_page_fill(struct cx *cx, const struct visit *v, bool head, struct answer_page *ret)
{
    struct office office;
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    const char *kind = str_empty(v->organization) ? cx_t(cx, T("Perorangan")) : v->organization;
    *ret = (struct answer_page){
        .number = visit_number_text(cx->arena, v),
        .name = v->name,
        .what = cx_t(cx, visit_category_label(v->category)),
        .kind = v->companion_count
                    ? cx_printf(cx, T("%s · dengan %d pendamping"), kind, (int)v->companion_count)
                    : cx_printf(cx, T("%s · sendiri"), kind),
        .where = cx_printf(cx, T("%s, datang %s"), v->room ? v->room : cx_t(cx, T("Di loket")),
                           time_hm(cx->arena, v->arrived_at, cx->offset_min)),
        .elapsed_s = elapsed_s(cx, v),
        .limit_s = office.limit_s,
        .head = head,
        .proposal = head && v->decision_outcome
                        ? cx_t(cx, decision_outcome_label(v->decision_outcome))
                        : NULL,
    };
    return ERR_OK;
}

static void answer_body(struct html *h, void *arg)
{
    answer_view(h, arg);
}

enum err answer_page_render(struct cx *cx, struct http_req *req, struct http_res *res,
                            struct answer_page *a)
{
    struct page_view page = {.title = T("Ada tamu menunggu"),
                             .current = "/jawab",
                             .phone = true,
                             .body = answer_body,
                             .arg = a};
    return page_render(cx, req, res, &page);
}

static void answered_body(struct html *h, void *arg)
{
    answered_view(h, arg);
}

enum err answered_page_render(struct cx *cx, struct http_req *req, struct http_res *res,
                              struct answered_page *a)
{
    struct page_view page = {
        .title = T("Jawaban"), .current = "/jawab", .phone = true, .body = answered_body, .arg = a};
    return page_render(cx, req, res, &page);
}

static enum err guest_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct visit v = {0};
    TRY(visit_must_exist(cx, http_param(req, "id"), &v));
    uint32_t asked = 0;
    TRY(reach_posts(cx, cx->actor.office_id, cx->actor.id, cx->actor.roles, &asked));
    if (str_eq(v.decision_state, "final") || !v.open || !is_mine(cx, &v, asked))
        return http_res_redirect(cx, res, arena_printf(cx->arena, "/tamu/%s", v.id));
    struct answer_page *a = ARENA_NEW(cx->arena, struct answer_page);
    bool head = str_eq(v.decision_state, "proposed") ||
                !(asked & (ROLE_INTEL_CHIEF | ROLE_SECTION_CHIEF));
    TRY(answer_page_fill(cx, &v, head, a));
    a->photo_path = v.photo_id ? arena_printf(cx->arena, "/tamu/%s/foto", v.id) : NULL;
    a->action = arena_printf(cx->arena, "/tamu/%s/keputusan", v.id);
    a->by_visit = true;
    return answer_page_render(cx, req, res, a);
}

const struct route *decision_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_POST, "/tamu/{id}/keputusan", ROLE_DESK | ROLE_OFFICIALS, ROUTE_IDEMPOTENT_KEY, decision_post, &decision_form, 0, T("Keputusan siapa yang menerima tamu (langkah 6)"), NULL},
        {HTTP_GET, "/tamu/{id}/jawab", ROLE_OFFICIALS, 0, guest_get, NULL, 0, T("Satu tamu, tombol besar"), NULL},
        {HTTP_GET, "/jawab", ROLE_OFFICIALS, 0, queue_show, NULL, 0, T("Tamu yang menunggu jawaban saya"), NULL},
        {HTTP_POST, "/jawab/luar-kantor", ROLE_OFFICIALS, ROUTE_NO_TOKEN, away_post, &away_form, 0, T("Saya di luar kantor, diwakili"), NULL},
        {HTTP_POST, "/jawab/kembali", ROLE_OFFICIALS, ROUTE_NO_TOKEN, back_post, NULL, 0, T("Saya kembali ke kantor"), NULL},
        {HTTP_POST, "/jawab/langganan", ROLE_OFFICIALS, ROUTE_NO_TOKEN, subscription_post, &subscription_form, 0, T("Nyalakan notifikasi di peramban ini"), NULL},
        {HTTP_GET, "/jawab/{token}", 0, ROUTE_PUBLIC, answer_link_get, NULL, 0, T("Halaman jawaban dari tautan sekali pakai"), NULL},
        {HTTP_POST, "/jawab/{token}", 0, ROUTE_PUBLIC, answer_link_post, &answer_link_form, 0, T("Jawaban dari tautan sekali pakai"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
