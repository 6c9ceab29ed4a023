/* Rules of the escalation: who is asked next when a question stays open. Pure. See notice_rules.h. */
#include "features/notice/notice_rules.h"

#include "lib/base/str.h"
#include "lib/base/banned.h"

const struct escalation_rule *escalation_rule_after(const struct escalation_rule *rules,
                                                    size_t count, int64_t done_sort)
{
    for (size_t i = 0; i < count; i++) {
        if (rules[i].sort > done_sort)
            return &rules[i];
    }
    return NULL;
}

bool escalation_rule_known(const struct escalation_rule *r)
{
    static const char *const actions[] = {"next_channel", "repeat_and_deputy",
                                          "next_deputy_or_head", "counter_alarm"};
    bool action = false;
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        action = action || str_eq(actions[i], r->action);
    return action && (str_eq(r->condition, "undelivered") || str_eq(r->condition, "unanswered"));
}

bool notice_still_asked(const struct visit *v, const char *kind)
{
    bool before = v->open && (visit_state_is(v, "registered") || visit_state_is(v, "checked_in") ||
                              visit_state_is(v, "waiting"));
    return before && str_eq(v->decision_state, str_eq(kind, NOTICE_QUESTION) ? "proposed" : "none");
}

/* --- what the messages so far say ------------------------------------------------------------------------ */

/* A message about this question: the Kajari asked directly belongs to the Kasi Intel's. */
static bool of_question(const struct escalation_facts *f, const struct outbox_row *row)
{
    return str_eq(row->kind, f->question) ||
           (str_eq(f->question, NOTICE_VISIT) && str_eq(row->kind, NOTICE_HEAD));
}

static bool arrived(const struct outbox_row *row)
{
    return str_eq(row->state, "delivered") || str_eq(row->state, "read");
}

static bool is_undelivered(const struct escalation_facts *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct outbox_row *row = &f->rows[i];
        if (of_question(f, row) && str_eq(row->recipient_id, f->asked_id) && arrived(row))
            return false;
    }
    return true;
}

/* Was this person sent anything about the question? On this channel, when one is named. */
static bool was_asked(const struct escalation_facts *f, const char *staff_id, const char *channel)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct outbox_row *row = &f->rows[i];
        if (of_question(f, row) && str_eq(row->recipient_id, staff_id) &&
            (!channel || str_eq(row->channel, channel)))
            return true;
    }
    return false;
}

static const char *unused_channel(const struct escalation_facts *f)
{
    for (size_t i = 0; i < f->channel_count; i++) {
        if (!was_asked(f, f->asked_id, f->channels[i]))
            return f->channels[i];
    }
    return NULL;
}

/* Where a repetition has a chance: the channel on which he had the message, else one that took it. NULL
 * while a message still waits: a second one in the same queue helps nobody. */
static const char *repeat_channel(const struct escalation_facts *f)
{
    const char *taken = NULL;
    const char *had = NULL;
    bool waits = false;
    for (size_t i = 0; i < f->count; i++) {
        const struct outbox_row *row = &f->rows[i];
        if (!of_question(f, row) || !str_eq(row->recipient_id, f->asked_id))
            continue;
        if (arrived(row))
            had = row->channel;
        else if (str_eq(row->state, "sent"))
            taken = row->channel;
        else if (str_eq(row->state, "queued") || str_eq(row->state, "sending"))
            waits = true;
    }
    if (had || taken)
        return had ? had : taken;
    if (waits)
        return NULL;
    const char *unused = unused_channel(f);
    return unused ? unused : f->channel_count ? f->channels[0] : NULL;
}

/* --- the steps --------------------------------------------------------------------------------------------- */

static void add(struct escalation_plan *p, const struct escalation_send *s)
{
    if (s->recipient_id && s->channel)
        p->sends[p->count++] = *s;
}

static bool add_deputy(const struct escalation_facts *f, struct escalation_plan *p)
{
    for (size_t i = 0; i < f->deputy_count; i++) {
        const struct reachable *d = &f->deputies[i];
        if (!d->channel || was_asked(f, d->staff_id, NULL))
            continue;
        add(p, &(struct escalation_send){d->staff_id, d->channel, f->question, "escalation_deputy"});
        return true;
    }
    return false;
}

static void add_head(const struct escalation_facts *f, struct escalation_plan *p)
{
    if (f->head.staff_id && !was_asked(f, f->head.staff_id, NULL))
        add(p, &(struct escalation_send){f->head.staff_id, f->head.channel, NOTICE_HEAD,
                                         "escalation_head"});
}

struct escalation_plan escalation_plan_of(const struct escalation_facts *f)
{
    struct escalation_plan p = {.count = 0};
    const char *action = f->rule->action;
    if (str_eq(f->rule->condition, "undelivered") && !is_undelivered(f))
        return p;
    if (str_eq(action, "counter_alarm")) {
        p.alarm = true;
    } else if (str_eq(action, "next_channel")) {
        add(&p, &(struct escalation_send){f->asked_id, unused_channel(f), f->question,
                                          "escalation_next_channel"});
    } else if (str_eq(action, "repeat_and_deputy")) {
        add(&p, &(struct escalation_send){f->asked_id, repeat_channel(f), f->question,
                                          "escalation_repeated"});
        (void)add_deputy(f, &p);
    } else if (!add_deputy(f, &p)) {
        add_head(f, &p);
    }
    return p;
}
