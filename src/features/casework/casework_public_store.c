/* What the reporter may know of the course of his complaint: states and days, no names, no letters. */
#include "features/casework/casework_store.h"

#include "lib/base/str.h"
#include "lib/base/banned.h"

static enum err fill_steps(struct db_conn *conn, const char *office_id, const struct complaint *c,
                           const struct case_frame *frame, struct casework_public *ret)
{
    struct case_stage *stages = NULL;
    size_t count = 0;
    struct arena *a = db_conn_arena(conn);
    TRY(casework_stages(conn, office_id, c->id, &stages, &count));
    struct casework_public_step *steps = ARENA_ARRAY(a, count + 2, struct casework_public_step);
    int64_t received = calendar_day_of(c->received_at, frame->calendar.offset_min);
    steps[0] = (struct casework_public_step){complaint_label(complaint_states, "received"),
                                             calendar_day_text(a, received)};
    ret->step_count = 1;
    /* A stage that is over ended on the day on which the next began. */
    for (size_t i = 0; i < count; i++) {
        const char *next = i + 1 < count ? stages[i + 1].stage : c->state;
        steps[ret->step_count++] = (struct casework_public_step){
            complaint_label(complaint_states, next), stages[i].ended_day};
    }
    ret->steps = steps;
    return ERR_OK;
}

/* What was looked at and not found. */
static void fill_asked(struct arena *a, const struct complaint *c, const struct casework *w,
                       struct casework_public *ret)
{
    struct case_part parts[CASE_PARTS_MAX + 1];
    size_t count = case_parts(c->class, c->reporter_mode, parts);
    const char **asked = ARENA_ARRAY(a, count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        if (!case_has_part(w->complete, parts[i].code))
            asked[ret->asked_count++] = parts[i].label;
    }
    ret->asked = asked;
    ret->asked_until = w->side_due;
}

enum err casework_public_view(struct db_conn *conn, const char *office_id,
                              const struct complaint *c, struct casework_public *ret)
{
    struct casework w = {0};
    struct case_frame frame;
    struct casework_public p = {.state = c->state,
                                .label = complaint_label(complaint_states, c->state),
                                .ended = complaint_state_ends(c->state)};
    TRY(casework_frame(conn, office_id, &frame));
    enum err e = casework_get(conn, office_id, c->id, &w);
    if (e != ERR_OK && e != ERR_MISSING)
        return e;
    TRY(fill_steps(conn, office_id, c, &frame, &p));
    p.side_label = c->side ? complaint_label(complaint_sides, c->side) : NULL;
    p.since_day = e == ERR_OK ? w.stage_day : p.steps[0].day;
    p.due_day = w.overall_due;
    if (str_eq(c->side, "needs_completion"))
        fill_asked(db_conn_arena(conn), c, &w, &p);
    *ret = p;
    return ERR_OK;
}
