/* An answer from wherever it came: gathers what the transaction needs, runs it, wakes who must know. */
#include <string.h>

#include "features/decision/decision_store.h"
#include "features/office/office.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "features/visit/visit_web.h"
#include "lib/base/str.h"
#include "lib/http/sse.h"
#include "lib/outbox/outbox.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

/* Who is asked for a post now, NULL when nobody holds it. */
static enum err holder(struct cx *cx, const char *office_id, uint32_t role, const char **ret)
{
    struct reach_who who = {0};
    enum err e = reach_of_post(cx, office_id, role, &who);
    if (e == ERR_OK)
        *ret = who.staff_id;
    return e == ERR_MISSING ? ERR_OK : e;
}

/* Who receives as "another Kasi": the one who answers, the one asked for by name, else the holder. */
static enum err section_chief(struct cx *cx, const struct decision_new *in, const struct visit *v,
                              const char **ret)
{
    if (in->as_role == ROLE_SECTION_CHIEF && !str_empty(in->official_id)) {
        *ret = in->official_id;
        return ERR_OK;
    }
    struct staff s = {0};
    enum err e = v->host_id ? staff_get(cx->read, in->act.office_id, v->host_id, &s) : ERR_MISSING;
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    if (e == ERR_OK && !s.disabled_at && ((uint32_t)s.roles & ROLE_SECTION_CHIEF)) {
        *ret = v->host_id;
        return ERR_OK;
    }
    return holder(cx, in->act.office_id, ROLE_SECTION_CHIEF, ret);
}

static enum err gather(struct cx *cx, const struct decision_new *in, struct decision_change *c)
{
    struct office office;
    TRY(office_get(cx->read, in->act.office_id, &office));
    c->ask_head_always = str_eq(office.ask_head, "always");
    c->head_silence_ms = office.head_silence_s * 1000;
    TRY(holder(cx, in->act.office_id, ROLE_INTEL_CHIEF, &c->chief_id));
    TRY(holder(cx, in->act.office_id, ROLE_OFFICE_HEAD, &c->head_id));
    if (in->as_role == ROLE_INTEL_CHIEF && !str_empty(in->official_id))
        c->chief_id = in->official_id;
    if (in->as_role == ROLE_OFFICE_HEAD && !str_empty(in->official_id) && !c->silence)
        c->head_id = in->official_id;
    struct visit v = {0};
    TRY(visit_must_exist(cx, in->visit_id, &v));
    TRY(section_chief(cx, in, &v, &c->section_id));
    c->answer_id = cx_new_id(cx);
    c->note_sealed = seal_field(cx->seal, cx->arena, "answer", "note_sealed", c->answer_id,
                                in->note);
    return notice_to(cx, in->act.office_id, NOTICE_QUESTION, ROLE_OFFICE_HEAD, &c->question);
}

enum err decision_answer_with(struct cx *cx, struct decision_change *c)
{
    TRY(gather(cx, c->in, c));
    enum err e = db_tx(cx, "decision_answer", decision_apply, c);
    struct decision_result *r = c->result;
    if (e == ERR_OK) {
        outbox_wake(cx);
        if (cx->sse)
            sse_poke(cx->sse);
    }
    if (r->refusal.err != ERR_OK)
        return cx_refuse(cx, &r->refusal);
    return e;
}

enum err decision_answer(struct cx *cx, const struct decision_new *n, struct decision_result *ret)
{
    struct decision_change *c = ARENA_NEW(cx->arena, struct decision_change);
    c->in = n;
    c->result = ret;
    return decision_answer_with(cx, c);
}

/* --- the clock --------------------------------------------------------------------------------------- */

static enum err silence(struct cx *cx, const char *office_id, const struct visit *v)
{
    const char *head_id = "";
    TRY(holder(cx, office_id, ROLE_OFFICE_HEAD, &head_id));
    struct decision_new *n = ARENA_NEW(cx->arena, struct decision_new);
    n->act = visit_act_system(office_id, cx->now_ms);
    n->visit_id = v->id;
    n->official_id = head_id;
    n->as_role = ROLE_OFFICE_HEAD;
    n->outcome = v->decision_outcome;
    n->channel = "silence";
    struct decision_result result;
    struct decision_change *c = ARENA_NEW(cx->arena, struct decision_change);
    c->in = n;
    c->result = &result;
    c->silence = true;
    return decision_answer_with(cx, c);
}

static enum err again(struct cx *cx, const char *office_id, const struct visit *v,
                      int64_t silence_ms)
{
    struct decision_again *g = ARENA_NEW(cx->arena, struct decision_again);
    g->act = visit_act_system(office_id, cx->now_ms);
    g->visit_id = v->id;
    g->head_silence_ms = silence_ms;
    TRY(notice_to(cx, office_id, NOTICE_VISIT, ROLE_INTEL_CHIEF, &g->chief));
    TRY(notice_to(cx, office_id, NOTICE_QUESTION, ROLE_OFFICE_HEAD, &g->question));
    TRY(db_tx(cx, "decision_again", decision_ask_again, g));
    outbox_wake(cx);
    if (cx->sse)
        sse_poke(cx->sse);
    return ERR_OK;
}

enum err decision_tick(struct cx *cx, const char *office_id)
{
    struct visit *visits = NULL;
    size_t count = 0;
    TRY(decision_due(cx->read, office_id, cx->now_ms, &visits, &count));
    enum err worst = ERR_OK;
    for (size_t i = 0; i < count; i++) { /* one that fails does not hold up the others */
        enum err e = silence(cx, office_id, &visits[i]);
        worst = e == ERR_OK || e == ERR_CONFLICT ? worst : e;
    }
    TRY(decision_to_ask(cx->read, office_id, cx->now_ms, &visits, &count));
    if (count == 0)
        return worst;
    struct office office;
    TRY(office_get(cx->read, office_id, &office));
    for (size_t i = 0; i < count; i++) {
        enum err e = again(cx, office_id, &visits[i], office.head_silence_s * 1000);
        worst = e == ERR_OK ? worst : e;
    }
    return worst;
}
