/* The page behind the single-use link of a message: the only credential in an address. It is stored
 * hashed, ends after two hours and with its first answer; the server never logs the path. */
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/decision/decision_web.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

static const char *const link_outcomes[] = {
    "office_head", "intel_chief", "section_chief", "ask_head", "later", "refused", NULL};

struct link_form {
    const char *outcome;
    int64_t minutes;
};
/* clang-format off */
static const struct field link_fields[] = {
    {.name = "outcome", .type = FIELD_CODE, .flags = FIELD_REQUIRED, .offset = offsetof(struct link_form, outcome), .choices = link_outcomes, .label = T("Keputusan")},
    {.name = "minutes", .type = FIELD_INT, .offset = offsetof(struct link_form, minutes), .min = 1, .max = 240, .label = T("Menit")},
};
/* clang-format on */
const struct form answer_link_form = FORM("AnswerLink", struct link_form, link_fields);

struct link {
    uint8_t hash[32];
    struct answer_token token;
    struct visit visit;
    uint32_t role;
};

static enum err gone(struct cx *cx)
{
    return cx_fail(
        cx, ERR_MISSING, "link_unknown",
        T("Tautan jawaban ini tidak dikenal atau waktunya sudah lewat. Masuk untuk menjawab."));
}

/* He holds the post, is asked for it now (duty, acting, in place of who is away), or is a deputy of whom it
 * would be asked. */
static enum err still_asked(struct cx *cx, const struct staff *person, uint32_t role, bool *ret)
{
    const char *office = cx->actor.office_id;
    const char **deputies = NULL;
    struct reach_who who = {0};
    uint32_t posts = 0;
    size_t count = 0;
    *ret = false;
    if (person->disabled_at)
        return ERR_OK;
    TRY(reach_posts(cx, office, person->id, (uint32_t)person->roles, &posts));
    *ret = (posts & role) != 0;
    enum err held = *ret ? ERR_MISSING : reach_of_post(cx, office, role, &who);
    if (held != ERR_OK)
        return held == ERR_MISSING ? ERR_OK : held;
    TRY(reach_deputies(cx, office, who.for_id, &deputies, &count));
    for (size_t i = 0; i < count; i++)
        *ret |= str_eq(deputies[i], person->id);
    return ERR_OK;
}

static enum err open_link(struct cx *cx, const struct http_req *req, struct link *ret)
{
    const char *office = cx->actor.office_id;
    seal_secret_hash(cx->seal, "answer", http_param(req, "token"), ret->hash);
    enum err e = decision_token_find(cx->read, office, ret->hash, &ret->token);
    if (e == ERR_MISSING ||
        (e == ERR_OK && (*ret->token.action || ret->token.expires_at <= cx->now_ms)))
        return gone(cx);
    if (e != ERR_OK)
        return e;
    if (!staff_role_parse(ret->token.as_role, &ret->role))
        return ERR_INTERNAL;
    struct staff person = {0};
    TRY(staff_get(cx->read, office, ret->token.staff_id, &person));
    bool may = false;
    TRY(still_asked(cx, &person, ret->role, &may));
    if (!may)
        return gone(cx); /* he has left the post since */
    return visit_get(cx->read, office, ret->token.visit_id, &ret->visit);
}

/* A complaint's guest stays without a name outside the house. */
static void hide_name(struct cx *cx, const struct visit *v, const char **name)
{
    if (str_eq(v->category, "complaint"))
        *name = cx_t(cx, T("Tamu pengaduan"));
}

static enum err show_used(struct cx *cx, struct http_req *req, struct http_res *res,
                          const struct link *l)
{
    struct answered_page *a = ARENA_NEW(cx->arena, struct answered_page);
    a->number = visit_number_text(cx->arena, &l->visit);
    a->name = l->visit.name;
    hide_name(cx, &l->visit, &a->name);
    bool final = str_eq(l->visit.decision_state, "final");
    a->title = l->token.used_at ? cx_t(cx, T("Jawaban Anda sudah tercatat"))
                                : cx_t(cx, T("Sudah diputuskan"));
    a->detail = final ? cx_t(cx, decision_outcome_label(l->visit.decision_outcome))
                      : cx_t(cx, T("Menunggu jawaban Kajari."));
    a->ok = true;
    return answered_page_render(cx, req, res, a);
}

enum err answer_link_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct link *l = ARENA_NEW(cx->arena, struct link);
    TRY(open_link(cx, req, l));
    if (l->token.used_at || str_eq(l->visit.decision_state, "final") || !l->visit.open)
        return show_used(cx, req, res, l);
    struct answer_page *a = ARENA_NEW(cx->arena, struct answer_page);
    TRY(answer_page_fill(cx, &l->visit, l->role == ROLE_OFFICE_HEAD, a));
    hide_name(cx, &l->visit, &a->name);
    a->action = req->path;
    return answer_page_render(cx, req, res, a);
}

static enum err show_answer(struct cx *cx, struct http_req *req, struct http_res *res,
                            const struct decision_new *n, const struct decision_result *r,
                            enum err e)
{
    if (req->wants == WANTS_JSON) {
        if (e != ERR_OK)
            return e;
        json_t *answer = json_keep(
            cx->arena, json_pack("{s:s, s:s}", "outcome", n->outcome, "effect", r->effect));
        res->content_type = "application/json";
        json_write(&res->body, answer);
        return ERR_OK;
    }
    struct answered_page *a = ARENA_NEW(cx->arena, struct answered_page);
    a->number = visit_number_text(cx->arena, &r->visit);
    a->name = r->visit.name;
    hide_name(cx, &r->visit, &a->name);
    a->ok = e == ERR_OK;
    if (a->ok) {
        a->title = cx_printf(cx, T("Tercatat: %s"), cx_t(cx, decision_outcome_label(n->outcome)));
        a->detail = cx_printf(cx, T("Pukul %s %s"), time_hm(cx->arena, cx->now_ms, cx->offset_min),
                              time_zone_letters(cx->offset_min));
        a->advice = str_eq(r->effect, "proposed")
                        ? cx_t(cx, T("Diteruskan kepada Kajari. Jawaban Kajari yang menentukan."))
                    : str_eq(r->effect, "final") && !str_eq(n->outcome, "refused")
                        ? cx_t(cx, T("Petugas mengantar tamu ke ruangan yang ditentukan."))
                        : NULL;
    } else {
        a->title = cx_t(cx, T("Jawaban tidak berlaku"));
        a->detail = str_or(cx->diag.message, "");
        res->status = http_status(e);
    }
    return answered_page_render(cx, req, res, a);
}

enum err answer_link_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct link *l = ARENA_NEW(cx->arena, struct link);
    TRY(open_link(cx, req, l));
    struct link_form f;
    TRY(form_parse(cx, req, &answer_link_form, &f));
    struct decision_new *n = ARENA_NEW(cx->arena, struct decision_new);
    n->act = (struct visit_act){.office_id = cx->actor.office_id,
                                .actor_kind = "official",
                                .actor_id = l->token.staff_id,
                                .now_ms = cx->now_ms};
    n->visit_id = l->visit.id;
    n->official_id = l->token.staff_id;
    n->as_role = l->role;
    n->outcome = f.outcome;
    n->minutes = f.minutes;
    n->channel = "link";
    n->token_hash = l->hash;
    struct decision_result *r = ARENA_NEW(cx->arena, struct decision_result);
    enum err e = decision_answer(cx, n, r);
    if (e != ERR_OK && e != ERR_CONFLICT)
        return e;
    if (!r->visit.id)
        r->visit = l->visit;
    return show_answer(cx, req, res, n, r, e);
}
