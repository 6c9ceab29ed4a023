/* The visit as JSON (design §5): what programs see, with the number masked. */
#include <string.h>

#include "features/visit/visit_view.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

static void put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

/* Most of what a desk sees was done by the desk itself: its own name needs no look. */
static const char *name_of(struct cx *cx, const char *id)
{
    if (cx->actor.name && *cx->actor.id && str_eq(id, cx->actor.id))
        return cx->actor.name;
    return staff_name(cx->read, cx->actor.office_id, id);
}

static json_t *steps_json(struct cx *cx, const struct visit_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; i < view->step_count; i++) {
        const struct visit_step *s = &view->steps[i];
        json_t *step = json_object();
        put(step, "step", json_integer(s->step));
        put(step, "at", json_time(cx, s->at));
        put(step, "by", str_empty(s->by_id) ? json_null() : json_text(name_of(cx, s->by_id)));
        put(step, "skipped", json_text(s->skipped ? cx_t(cx, s->skipped) : NULL));
        json_array_append_new(list, step);
    }
    return list;
}

static json_t *companions_json(const struct visit *v)
{
    json_t *list = json_loads(str_or(v->companions, "[]"), 0, NULL);
    return list ? list : json_array();
}

static json_t *visitor_json(struct cx *cx, const struct visit_view *view)
{
    const struct visit *v = &view->v;
    const struct identity *i = &view->identity;
    bool desk = (cx->actor.roles & ROLE_DESK) != 0;
    json_t *o = json_object();
    put(o, "id", json_text(v->visitor_id));
    put(o, "name", json_text(v->name));
    put(o, "id_type", json_text(v->id_type));
    put(o, "id_number", json_text(visit_mask_number(cx->arena, i->id_number)));
    put(o, "phone", json_text(i->phone ? phone_mask(cx->arena, i->phone) : NULL));
    put(o, "email", json_text(desk ? i->email : NULL));
    put(o, "address", json_text(desk ? i->address : NULL));
    put(o, "gender", json_text(i->gender));
    put(o, "birth_date", json_text(desk ? i->birth_date : NULL));
    put(o, "visitor_kind", json_text(v->visitor_kind));
    put(o, "organization", json_text(str_empty(v->organization) ? NULL : v->organization));
    put(o, "companions", companions_json(v));
    put(o, "guardian", json_text(v->guardian));
    put(o, "priority", json_text(v->priority));
    return o;
}

static json_t *items_json(struct cx *cx, const struct visit_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; i < view->item_count; i++) {
        const struct item *it = &view->items[i];
        json_t *o = json_object();
        put(o, "id", json_text(it->id));
        put(o, "kind", json_text(it->kind));
        put(o, "label", json_text(it->label));
        put(o, "slot", json_text(it->slot));
        put(o, "taken_at", json_time(cx, it->taken_at));
        put(o, "taken_by", json_text(name_of(cx, it->taken_by)));
        put(o, "returned_at", json_time(cx, it->returned_at));
        put(o, "returned_by",
            it->returned_by ? json_text(name_of(cx, it->returned_by)) : json_null());
        put(o, "lost_at", json_time(cx, it->lost_at));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *notice_json(struct cx *cx, const char *state, const char *reason, int64_t at)
{
    json_t *o = json_object();
    put(o, "state", json_text(state));
    put(o, "at", json_time(cx, at));
    put(o, "reason", json_text(reason ? cx_t(cx, reason) : NULL));
    return o;
}

static json_t *messages_json(struct cx *cx, const struct visit_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; i < view->message_count; i++) {
        const struct notice_message *m = &view->messages[i];
        json_t *o = json_object();
        put(o, "id", json_text(m->id));
        put(o, "kind", json_text(m->kind));
        put(o, "to", json_text(m->to));
        put(o, "post", json_text(m->post));
        put(o, "channel", json_text(m->channel));
        put(o, "state", json_text(m->state));
        put(o, "queued_at", json_time(cx, m->queued_at));
        put(o, "sent_at", json_time(cx, m->sent_at));
        put(o, "delivered_at", json_time(cx, m->delivered_at));
        put(o, "read_at", json_time(cx, m->read_at));
        put(o, "answered_at", json_time(cx, m->answered_at));
        put(o, "failed_at", json_time(cx, m->failed_at));
        put(o, "reason", json_text(m->reason ? cx_t(cx, m->reason) : NULL));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *answers_json(struct cx *cx, const struct visit_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; i < view->answer_count; i++) {
        const struct answer *a = &view->answers[i];
        json_t *o = json_object();
        put(o, "at", json_time(cx, a->at));
        /* Silence is nobody's answer; the post that was asked stands in role. */
        put(o, "by",
            str_eq(a->channel, "silence") ? json_null() : json_text(name_of(cx, a->official_id)));
        put(o, "role", json_text(a->official_role));
        put(o, "outcome", json_text(a->outcome));
        put(o, "minutes", a->minutes ? json_integer(a->minutes) : json_null());
        put(o, "channel", json_text(a->channel));
        put(o, "recorded_by", a->recorded_by ? json_text(name_of(cx, a->recorded_by)) : json_null());
        put(o, "effect", json_text(a->effect));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *decision_json(struct cx *cx, const struct visit_view *view)
{
    const struct visit *v = &view->v;
    json_t *o = json_object();
    put(o, "state", json_text(v->decision_state));
    put(o, "outcome", json_text(v->decision_outcome));
    put(o, "by", v->decision_by ? json_text(name_of(cx, v->decision_by)) : json_null());
    put(o, "at", json_time(cx, v->decision_at));
    put(o, "receiver", v->receiver_id ? json_text(name_of(cx, v->receiver_id)) : json_null());
    put(o, "answers", answers_json(cx, view));
    return o;
}

static void put_ending(struct cx *cx, json_t *o, const struct visit *v)
{
    put(o, "received_at", json_time(cx, v->received_at));
    put(o, "received_by", v->received_by ? json_text(name_of(cx, v->received_by)) : json_null());
    put(o, "closed_at", json_time(cx, v->closed_at));
    put(o, "end_reason", json_text(v->end_reason));
}

json_t *visit_view_json(struct cx *cx, const struct visit_view *view)
{
    const struct visit *v = &view->v;
    json_t *o = json_object();
    put(o, "id", json_text(v->id));
    put(o, "number", json_integer(v->number));
    put(o, "number_suffix", json_text(str_empty(v->number_suffix) ? NULL : v->number_suffix));
    put(o, "year", json_integer(v->year));
    put(o, "office", json_text(cx->actor.office_id));
    put(o, "state", json_text(v->state));
    put(o, "step", json_integer(visit_highest_step(view->steps, view->step_count)));
    put(o, "steps", steps_json(cx, view));
    put(o, "arrived_at", json_time(cx, v->arrived_at));
    put(o, "due_at", json_time(cx, v->due_at));
    put(o, "registered_at", json_time(cx, v->registered_at));
    put(o, "late", json_boolean(v->late_reason != NULL));
    put(o, "late_reason", json_text(v->late_reason));
    put(o, "visitor", visitor_json(cx, view));
    put(o, "purpose", json_text(v->purpose));
    put(o, "category", json_text(v->category));
    put(o, "service", json_text(v->service));
    put(o, "host", json_text(v->host));
    put(o, "has_photo", json_boolean(v->photo_id != NULL));
    put(o, "no_photo_reason", json_text(v->no_photo_reason));
    put(o, "accepted_warnings",
        json_text(str_empty(v->accepted_warnings) ? NULL : v->accepted_warnings));
    put(o, "badge", json_text(v->badge));
    put(o, "no_card_reason", json_text(v->no_card_reason));
    put(o, "items", items_json(cx, view));
    put(o, "room", json_text(v->room));
    put(o, "call_number", v->call_number ? json_integer(v->call_number) : json_null());
    json_t *notice = notice_json(cx, v->notice_state, v->notice_reason, v->notice_at);
    put(notice, "messages", messages_json(cx, view));
    put(notice, "alarm", json_boolean(view->alarm));
    put(o, "notice", notice);
    put(o, "question", notice_json(cx, v->question_state, v->question_reason, v->question_at));
    put(o, "decision", decision_json(cx, view));
    put_ending(cx, o, v);
    put(o, "note", json_boolean(v->note_at != 0));
    if (view->complaint_number) {
        json_t *complaint = json_object();
        put(complaint, "number", json_text(view->complaint_number));
        put(o, "complaint", complaint);
    }
    return o;
}
