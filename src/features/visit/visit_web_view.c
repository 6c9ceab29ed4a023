/* Reads a visit with everything around it. See visit_view.h. */
#include "features/visit/visit_view.h"

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

enum err visit_view_read(struct cx *cx, const char *visit_id, struct visit_view *ret)
{
    struct visit_view view = {0};
    TRY(visit_must_exist(cx, visit_id, &view.v));
    TRY(visit_view_fill(cx, &view));
    *ret = view;
    return ERR_OK;
}
