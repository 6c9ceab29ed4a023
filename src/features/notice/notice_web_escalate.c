/* Who is asked, and what happens when nobody answers: gathers what the rules need (people, channels,
 * messages so far) and does one rule at a time. Run by the app's clock. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/notice/notice_escalate_store.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "lib/base/log.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/http/sse.h"
#include "lib/base/banned.h"

#define AFTER_MIN_S 10
#define AFTER_MAX_S 7200
#define CALLS_MAX   8u

static void changed(struct cx *cx)
{
    outbox_wake(cx);
    if (cx->sse)
        sse_poke(cx->sse);
}

/* --- the first message ----------------------------------------------------------------------------------- */

enum err notice_to(struct cx *cx, const char *office_id, const char *kind, uint32_t role,
                   struct notice_new *ret)
{
    struct notice_new n = {.outbox_id = cx_new_id(cx), .kind = kind};
    n.channel = notice_channel(cx, &n.reason);
    n.others = n.channel != NULL;
    struct staff who = {0};
    enum err e = reach_holder(cx, office_id, role, &who);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    n.recipient_id = e == ERR_OK ? who.id : NULL;
    n.to = who.name;
    n.post = who.title;
    const char **channels = NULL;
    size_t count = 0;
    if (n.channel && n.recipient_id) {
        TRY(reach_channels_of(cx, office_id, &who, &channels, &count));
        n.channel = count ? channels[0] : NULL;
        n.reason = count ? NULL : T("Nomor atau saluran pesan pejabat belum dicatat");
        n.not_before = outbox_not_before(cx, n.channel, n.recipient_id);
    }
    *ret = n;
    return ERR_OK;
}

/* --- gathering ---------------------------------------------------------------------------------------------- */

static uint32_t role_of(const char *question)
{
    return str_eq(question, NOTICE_QUESTION) ? ROLE_OFFICE_HEAD : ROLE_INTEL_CHIEF;
}

static enum err reach_first(struct cx *cx, const char *office_id, const char *staff_id,
                            struct reachable *ret)
{
    const char **channels = NULL;
    size_t count = 0;
    TRY(reach_channels_named(cx, office_id, staff_id, &channels, &count));
    *ret = (struct reachable){.staff_id = staff_id, .channel = count ? channels[0] : NULL};
    return ERR_OK;
}

static enum err add_deputies(struct cx *cx, const char *office_id, const char *staff_id,
                             struct escalation_facts *f)
{
    const char **ids = NULL;
    size_t count = 0;
    TRY(reach_deputies(cx, office_id, staff_id, &ids, &count));
    struct reachable *all = ARENA_ARRAY(cx->arena, f->deputy_count + count + 1, struct reachable);
    for (size_t i = 0; i < f->deputy_count; i++)
        all[i] = f->deputies[i];
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(ids[i], f->asked_id))
            TRY(reach_first(cx, office_id, ids[i], &all[f->deputy_count++]));
    }
    f->deputies = all;
    return ERR_OK;
}

/* The first recipient stays the one who is asked, whoever holds the post by now. */
static const char *first_asked(const struct escalation_facts *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (str_eq(f->rows[i].kind, f->question))
            return f->rows[i].recipient_id;
    }
    return NULL;
}

static enum err gather(struct cx *cx, const char *office_id, const struct escalation *e,
                       struct escalation_facts *f)
{
    struct outbox_row *rows = NULL;
    TRY(escalation_rows(cx->read, office_id, e->visit_id, e->asked_at, &rows, &f->count));
    f->rows = rows;
    struct reach_who who = {0};
    enum err held = reach_of_post(cx, office_id, role_of(f->question), &who);
    if (held != ERR_OK && held != ERR_MISSING)
        return held;
    f->asked_id = first_asked(f);
    if (!f->asked_id)
        f->asked_id = who.staff_id;
    if (f->asked_id) {
        const char **channels = NULL;
        TRY(reach_channels_named(cx, office_id, f->asked_id, &channels, &f->channel_count));
        f->channels = channels;
        TRY(add_deputies(cx, office_id, f->asked_id, f));
    }
    if (who.for_id && !str_eq(who.for_id, f->asked_id))
        TRY(add_deputies(cx, office_id, who.for_id, f));
    if (str_eq(f->question, NOTICE_QUESTION))
        return ERR_OK;
    enum err head = reach_of_post(cx, office_id, ROLE_OFFICE_HEAD, &who);
    if (head != ERR_OK)
        return head == ERR_MISSING ? ERR_OK : head;
    return reach_first(cx, office_id, who.staff_id, &f->head);
}

/* --- one rule ------------------------------------------------------------------------------------------------- */

/* In the order of the plan, though they are of the same moment: the time line keeps it. */
static void ids_new(const struct cx *cx, struct escalation_step *s)
{
    for (size_t i = 0; i < s->plan.count; i++) {
        do
            s->ids[i] = cx_new_id(cx);
        while (i && strcmp(s->ids[i - 1], s->ids[i]) >= 0);
    }
}

static enum err do_rule(struct cx *cx, const char *office_id, const struct escalation *e,
                        const struct escalation_rule *rules, size_t count)
{
    struct escalation_step *s = ARENA_NEW(cx->arena, struct escalation_step);
    struct escalation_facts f = {.question = e->question};
    const struct escalation_rule *rule = escalation_rule_after(rules, count, e->done_sort);
    s->act = visit_act_system(office_id, cx->now_ms);
    s->of = e;
    s->sort = rule ? rule->sort : e->done_sort;
    if (rule) {
        const struct escalation_rule *next = escalation_rule_after(rules, count, rule->sort);
        f.rule = rule;
        TRY(gather(cx, office_id, e, &f));
        s->plan = escalation_plan_of(&f);
        s->next_at = next ? e->asked_at + next->after_s * 1000 : 0;
    }
    ids_new(cx, s);
    TRY(db_tx(cx, "escalation", escalation_do, s));
    if (s->done && (s->plan.count || s->plan.alarm))
        changed(cx);
    return ERR_OK;
}

/* --- dead channels ----------------------------------------------------------------------------------------------- */

struct telling {
    struct visit_act act;
    const struct channel_report *report;
    bool changed;
};

static enum err tell(struct db_conn *tx, void *arg)
{
    struct telling *t = arg;
    const struct channel_report *r = t->report;
    TRY(outbox_health_tell(tx, t->act.office_id, r->channel, r->dead ? t->act.now_ms : 0,
                           &t->changed));
    if (!t->changed)
        return ERR_OK;
    return visit_act_log(
        tx, &t->act,
        (struct audit_new){.action = r->dead ? "channel_dead" : "channel_alive",
                           .subject_kind = "channel",
                           .subject_id = r->channel,
                           .detail = arena_printf(db_conn_arena(tx), "state=%s", r->state)});
}

/* The counter's pages are told when a channel dies or lives again, not only when they look. */
static enum err watch_channels(struct cx *cx, const char *office_id)
{
    struct channel_report *list = NULL;
    size_t count = 0;
    TRY(notice_health(cx, office_id, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (list[i].dead == (list[i].told_at != 0))
            continue;
        struct telling t = {.act = visit_act_system(office_id, cx->now_ms), .report = &list[i]};
        TRY(db_tx(cx, "channel_tell", tell, &t));
        log_event(list[i].dead ? LOG_ERROR : LOG_INFO, "channel", "channel", list[i].channel,
                  "state", list[i].state, NULL);
        changed(cx);
    }
    return ERR_OK;
}

enum err escalation_tick(struct cx *cx, const char *office_id)
{
    struct escalation *due = NULL;
    struct escalation_rule *rules = NULL;
    size_t count = 0, rule_count = 0;
    enum err worst = watch_channels(cx, office_id);
    TRY(escalation_due(cx->read, office_id, cx->now_ms, &due, &count));
    if (count == 0)
        return worst;
    TRY(escalation_rules(cx->read, office_id, &rules, &rule_count));
    for (size_t i = 0; i < count; i++) {
        enum err e = do_rule(cx, office_id, &due[i], rules, rule_count);
        if (e != ERR_OK)
            worst = e; /* the others still get their turn; this one is tried again */
    }
    return worst;
}

/* --- the policy; dead letters; whom to call -------------------------------------------------------------------------- */

enum err escalation_rules_save(struct cx *cx, const struct escalation_rule *rules, size_t count)
{
    if (count > ESCALATION_RULES_MAX)
        cx_field(cx, "rules", "too_many", T("Paling banyak %d langkah."), (int)ESCALATION_RULES_MAX);
    for (size_t i = 0; i < count && i < ESCALATION_RULES_MAX; i++) {
        const char *field = arena_printf(cx->arena, "rules.%zu.after_s", i);
        if (rules[i].after_s < AFTER_MIN_S || rules[i].after_s > AFTER_MAX_S)
            cx_field(cx, field, "range", T("Tulis waktu antara %d dan %d detik."), AFTER_MIN_S,
                     AFTER_MAX_S);
        else if (i && rules[i].after_s < rules[i - 1].after_s)
            cx_field(cx, field, "order",
                     T("Waktu setiap langkah tidak boleh mendahului langkah sebelumnya."));
        if (!escalation_rule_known(&rules[i]))
            cx_field(cx, arena_printf(cx->arena, "rules.%zu.action", i), "not_a_choice",
                     T("Pilih tindakan dari daftar."));
    }
    TRY(cx_fields(cx));
    struct escalation_save s = {.act = visit_act_of(cx), .rules = rules, .count = count};
    return db_tx(cx, "escalation_save", escalation_save, &s);
}

enum err notice_retry(struct cx *cx, const char *outbox_id)
{
    struct message_retry r = {.act = visit_act_of(cx), .outbox_id = outbox_id};
    enum err e = db_tx(cx, "notice_retry", notice_retry_tx, &r);
    if (e == ERR_MISSING)
        return cx_fail(cx, ERR_CONFLICT, "not_failed",
                       T("Pesan ini tidak gagal, atau sudah dikirim lagi."));
    if (e == ERR_OK)
        changed(cx);
    return e;
}

struct call_list {
    struct notice_call *calls;
    const char *ids[CALLS_MAX];
    size_t count;
};

static enum err add_call(struct cx *cx, const char *office_id, const char *staff_id,
                         struct call_list *l)
{
    struct staff s = {0};
    char *phone = NULL;
    for (size_t i = 0; i < l->count; i++) {
        if (str_eq(l->ids[i], staff_id))
            return ERR_OK;
    }
    if (l->count == CALLS_MAX)
        return ERR_OK;
    TRY(staff_get(cx->read, office_id, staff_id, &s));
    TRY(staff_phone(cx, &s, &phone));
    const char *tel = phone;
    if (!tel && reach_address(cx, office_id, staff_id, "whatsapp", &tel) != ERR_OK)
        tel = NULL;
    l->ids[l->count] = s.id;
    l->calls[l->count++] = (struct notice_call){.name = s.name,
                                                .post = s.title,
                                                .tel = tel,
                                                .phone = tel ? phone_pretty(cx->arena, tel) : NULL};
    return ERR_OK;
}

static enum err add_post(struct cx *cx, const char *office_id, uint32_t role, struct call_list *l)
{
    struct reach_who who = {0};
    enum err e = reach_of_post(cx, office_id, role, &who);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    TRY(add_call(cx, office_id, who.staff_id, l));
    const char **ids = NULL;
    size_t count = 0;
    TRY(reach_deputies(cx, office_id, who.for_id, &ids, &count));
    for (size_t i = 0; i < count; i++)
        TRY(add_call(cx, office_id, ids[i], l));
    return ERR_OK;
}

enum err notice_calls(struct cx *cx, const char *office_id, const char *question,
                      struct notice_call **ret, size_t *ret_count)
{
    bool head = str_eq(question, NOTICE_QUESTION);
    struct call_list l = {.calls = ARENA_ARRAY(cx->arena, CALLS_MAX, struct notice_call)};
    TRY(add_post(cx, office_id, head ? ROLE_OFFICE_HEAD : ROLE_INTEL_CHIEF, &l));
    TRY(add_post(cx, office_id, head ? ROLE_INTEL_CHIEF : ROLE_OFFICE_HEAD, &l));
    *ret = l.calls;
    *ret_count = l.count;
    return ERR_OK;
}
