/* Reads a visit with everything around it. See visit_view.h. */
#include "features/visit/visit_view.h"

#include "features/visit/visit_store.h"
#include "features/visit/visit_web.h"

#include "features/complaint/complaint.h"
#include "lib/base/banned.h"

enum err visit_view_fill(struct cx *cx, struct visit_view *view)
{
    const char *office = cx->actor.office_id;
    const char *id = view->v.id;
    TRY(visit_identity(cx, &view->v, &view->identity));
    TRY(visit_steps(cx->read, office, id, &view->steps, &view->step_count));
    TRY(custody_items(cx->read, office, id, &view->items, &view->item_count));
    TRY(decision_answers(cx->read, office, id, &view->answers, &view->answer_count));
    TRY(notice_messages(cx->read, office, id, &view->messages, &view->message_count));
    TRY(escalation_rings(cx->read, office, id, &view->alarm));
    return complaint_number_of(cx, &view->v, &view->complaint_number);
}

struct visit_view visit_view_registered(struct arena *a, const struct visit_registration *r)
{
    const struct visit *v = &r->visit;
    struct visit_view view = {.v = *v, .identity = r->identity, .step_count = 3};
    view.steps = ARENA_ARRAY(a, view.step_count, struct visit_step);
    view.steps[0] = (struct visit_step){.step = 1, .at = v->arrived_at};
    view.steps[1] = (struct visit_step){.step = 2, .at = r->act.now_ms};
    view.steps[2] = (struct visit_step){.step = 5, .at = r->act.now_ms, .skipped = v->notice_reason};
    for (size_t i = 0; i < view.step_count; i++)
        view.steps[i].by_id = r->act.actor_id;
    view.messages = ARENA_NEW(a, struct notice_message);
    *view.messages = notice_message_queued(&r->notice, r->act.now_ms);
    view.message_count = v->notice_reason ? 0 : 1;
    return view;
}

enum err visit_view_read(struct cx *cx, const char *visit_id, struct visit_view *ret)
{
    struct visit_view view = {0};
    TRY(visit_must_exist(cx, visit_id, &view.v));
    TRY(visit_view_fill(cx, &view));
    *ret = view;
    return ERR_OK;
}
