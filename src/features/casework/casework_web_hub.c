/* /pengaduan/{id}: where a complaint stands, by when, what comes next. The lists below it are filled by
 * casework_web_lists.c. */
#include "features/casework/casework_web.h"

#include <string.h>

#include "casework_hub_tmpl.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/portal/portal.h"
#include "features/reporter/reporter.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

#define STEPS_OPEN 7

/* --- where it stands --------------------------------------------------------------------------------------------- */

/* The seven stages, then the end it came to. */
static void fill_steps(struct cx *cx, const struct complaint *c, const struct case_stage *stages,
                       size_t count, struct hub_view *v)
{
    bool before = true;
    for (size_t i = 0; i < STEPS_OPEN; i++) {
        struct step_view *s = &v->steps[v->step_count++];
        bool current = str_eq(complaint_states[i].code, c->state), passed = false;
        for (size_t j = 0; j < count; j++)
            passed = passed || str_eq(stages[j].stage, complaint_states[i].code);
        before = before && !current;
        s->label = complaint_states[i].label;
        s->current = current;
        s->done = !current && (v->ended ? passed : before);
        s->skipped = v->ended && !passed;
    }
    if (v->ended)
        v->steps[v->step_count++] = (struct step_view){
            .label = complaint_label(complaint_states, c->state), .current = true};
    (void)cx;
}

static void add_deadline(struct cx *cx, const struct calendar *calendar, const char *label,
                         int64_t day, struct hub_view *v)
{
    const char *text = calendar_day_text(cx->arena, day);
    if (!text)
        return;
    struct hub_deadline *d = &v->deadlines[v->deadline_count++];
    d->label = label;
    d->day = case_day_label(cx, text);
    d->left = case_left(cx, calendar, text, &d->css);
}

static enum err fill_deadlines(struct cx *cx, const struct complaint *c, struct hub_view *v)
{
    struct case_frame frame;
    struct case_due due;
    TRY(casework_frame(cx->read, cx->actor.office_id, &frame));
    TRY(casework_due(cx->read, cx->actor.office_id, c->id, &frame, &due));
    add_deadline(cx, &frame.calendar, T("Pelapor melengkapi"), due.side, v);
    add_deadline(cx, &frame.calendar, T("Tahap ini"), due.stage, v);
    add_deadline(cx, &frame.calendar, T("Pemeriksaan laporan"), due.examination, v);
    add_deadline(cx, &frame.calendar, T("Seluruh penanganan"), due.overall, v);
    return ERR_OK;
}

static void fill_parts(const struct complaint *c, const struct casework *w, struct hub_view *v)
{
    struct case_part list[CASE_PARTS_MAX + 1];
    v->part_count = case_parts(c->class, c->reporter_mode, list);
    v->parts_checked = w->complete != NULL;
    for (size_t i = 0; i < v->part_count; i++) {
        v->parts[i] = (struct hub_part){.code = list[i].code,
                                        .label = list[i].label,
                                        .there = case_has_part(w->complete, list[i].code)};
        v->parts_missing = v->parts_missing || !v->parts[i].there;
    }
}

/* --- what comes next ---------------------------------------------------------------------------------------------- */

static struct hub_move move_view(const struct case_move *m)
{
    return (struct hub_move){.to = m->to,
                             .label = m->label,
                             .handover = (m->flags & CASE_HANDOVER) != 0,
                             .reason = (m->flags & CASE_REASON) != 0,
                             .back = (m->flags & (CASE_BACK | CASE_REOPEN)) != 0};
}

/* What is missing for the next step, and where it is done. */
static void fill_hint(struct cx *cx, const struct refusal *r, struct hub_view *v)
{
    v->next_hint = cx_t(cx, r->msgid);
    if (str_eq(r->code, "letter_missing")) {
        v->next_path = arena_printf(cx->arena, "%s/surat/baru?jenis=%s", v->path, r->ref);
        v->next_action = T("Buat surat itu");
    } else if (str_eq(r->code, "not_valued")) {
        v->next_path = "#nilai";
        v->next_action = T("Catat nilai");
    } else if (str_eq(r->code, "not_sorted")) {
        v->next_path = "#golongan";
        v->next_action = T("Pilih golongan");
    } else if (str_eq(r->code, "waiting") || str_eq(r->code, "not_competent")) {
        v->next_path = "#keadaan";
        v->next_action = T("Lihat keadaan");
    }
}

/* The first move of the table is the usual one; steps back and ends are found under "other steps". */
static void fill_moves(struct cx *cx, const struct case_facts *f, struct hub_view *v)
{
    bool first = true;
    for (const struct case_move *m = case_moves; m->from; m++) {
        if (!str_eq(m->from, f->state))
            continue;
        const struct refusal r = case_could_move(f, m);
        bool usual = first && !v->ended;
        first = false;
        if (usual && r.err == ERR_OK)
            v->next = move_view(m);
        else if (usual && r.err != ERR_DENIED)
            fill_hint(cx, &r, v);
        else if (usual)
            v->next_hint = cx_t(cx, r.msgid);
        else if (r.err == ERR_OK && v->move_count < HUB_MOVES)
            v->moves[v->move_count++] = move_view(m);
    }
    for (size_t i = 0; i < v->move_count; i++)
        v->may_hand_over = v->may_hand_over || v->moves[i].handover;
}

static enum err fill_next(struct cx *cx, const struct complaint *c, const struct casework *w,
                          struct hub_view *v)
{
    struct case_facts f = {.state = c->state,
                           .side = c->side,
                           .mode = c->reporter_mode,
                           .class = c->class,
                           .valued = w->value_source && w->value_content};
    TRY(case_who_of(cx, c->id, &f.who));
    TRY(casework_letters(cx->read, cx->actor.office_id, c->id, &f.letters));
    v->leader = (f.who & CASE_LEADER) != 0;
    v->may_work = (f.who & (CASE_LEADER | CASE_OFFICER)) != 0;
    v->may_read = (f.who & CASE_OFFICER) != 0;
    fill_moves(cx, &f, v);
    return ERR_OK;
}

/* --- the page ------------------------------------------------------------------------------------------------------- */

static const struct option *sorted_classes(struct cx *cx)
{
    return case_options(cx, complaint_classes) + 1; /* without "not sorted yet" */
}

static void fill_words(struct cx *cx, const struct complaint *c, const struct casework *w,
                       struct hub_view *v)
{
    int64_t received = calendar_day_of(c->received_at, cx->offset_min);
    v->path = case_path(cx, c->id);
    v->number = complaint_number_text(cx->arena, c->number, c->year);
    v->received = case_day_label(cx, calendar_day_text(cx->arena, received));
    v->way = complaint_label(complaint_ways, c->way);
    v->mode = complaint_label(complaint_modes, c->reporter_mode);
    v->class_label = complaint_label(complaint_classes, c->class);
    v->state_label = complaint_label(complaint_states, c->state);
    v->side = c->side;
    v->side_label = c->side ? complaint_label(complaint_sides, c->side) : NULL;
    v->stage_since = case_day_label(cx, w->stage_day);
    v->value = w->value_source ? arena_printf(cx->arena, "%s%s", w->value_source, w->value_content)
                               : NULL;
    v->ended = complaint_state_ends(c->state);
    v->no_notes = c->public_key.n != 32;
    v->classes = sorted_classes(cx);
    v->sources = case_options(cx, case_sources);
    v->contents = case_options(cx, case_contents);
    v->class = c->class;
    v->value_source = w->value_source;
    v->value_content = w->value_content;
}

enum err case_hub_fill(struct cx *cx, const struct complaint *c, struct hub_view *v)
{
    struct casework w = {0};
    struct case_stage *stages = NULL;
    size_t count = 0;
    TRY(case_row_of(cx, c, &w));
    TRY(casework_stages(cx->read, cx->actor.office_id, c->id, &stages, &count));
    fill_words(cx, c, &w, v);
    fill_steps(cx, c, stages, count, v);
    fill_parts(c, &w, v);
    TRY(fill_deadlines(cx, c, v));
    TRY(fill_next(cx, c, &w, v));
    TRY(complaint_has_share(cx->read, cx->actor.office_id, c->id, cx->actor.id, COMPLAINT_REPORTER,
                            &v->may_identity));
    TRY(reporter_unread(cx->read, cx->actor.office_id, c->id, &v->unread));
    TRY(reporter_withdrawal(cx->read, cx->actor.office_id, c->id, &v->withdrawal));
    return case_hub_lists(cx, c, v);
}

static void fill_typed(struct cx *cx, const struct http_req *req, struct hub_typed *t)
{
    *t = (struct hub_typed){.to = form_typed(cx, req, "to"),
                            .note = form_typed(cx, req, "note"),
                            .to_name = form_typed(cx, req, "to_name"),
                            .to_staff = form_typed(cx, req, "to_staff"),
                            .old_access = form_typed(cx, req, "old_access"),
                            .side = form_typed(cx, req, "side"),
                            .side_note = form_typed(cx, req, "side_note"),
                            .apip = form_typed(cx, req, "apip"),
                            .staff = form_typed(cx, req, "staff"),
                            .number = form_typed(cx, req, "number")};
}

static void hub_body(struct html *h, void *arg)
{
    case_hub_page(h, arg);
}

enum err case_hub_show(struct cx *cx, struct http_req *req, struct http_res *res,
                       const struct complaint *c)
{
    struct hub_view *v = ARENA_NEW(cx->arena, struct hub_view);
    TRY(case_hub_fill(cx, c, v));
    if (req->method == HTTP_POST)
        fill_typed(cx, req, &v->typed);
    else if (http_query(req, "selesai"))
        v->done = T("Perubahan disimpan.");
    const struct page_view page = {
        .title = v->number, .current = "/pengaduan", .body = hub_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- JSON --------------------------------------------------------------------------------------------------------------- */

static json_t *events_json(struct cx *cx, const struct case_event *list, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            items, json_pack("{s:I, s:s, s:o, s:s, s:o, s:o, s:b}", "seq", (json_int_t)list[i].seq,
                             "kind", list[i].kind, "at", json_time(cx, list[i].at), "by",
                             list[i].by_id, "from", json_text(list[i].from_state), "to",
                             json_text(list[i].to_state), "note", list[i].note_sealed.n > 0));
    return items;
}

static json_t *moves_json(const struct hub_view *v)
{
    json_t *items = json_array();
    if (v->next.label)
        json_array_append_new(items, json_string(v->next.to));
    for (size_t i = 0; i < v->move_count; i++)
        json_array_append_new(items, json_string(v->moves[i].to));
    return items;
}

static json_t *parts_json(const struct hub_view *v, bool there)
{
    json_t *items = json_array();
    for (size_t i = 0; i < v->part_count; i++) {
        if (v->parts[i].there == there)
            json_array_append_new(items, json_string(v->parts[i].code));
    }
    return items;
}

static json_t *people_json(const struct hub_view *v)
{
    json_t *items = json_array();
    for (size_t i = 0; i < v->team_count; i++)
        json_array_append_new(
            items, json_pack("{s:s, s:s}", "id", v->team[i].id, "name", v->team[i].name));
    return items;
}

static json_t *transfers_json(struct cx *cx, const struct case_transfer *list, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            items, json_pack("{s:I, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "seq",
                             (json_int_t)list[i].seq, "to_kind", list[i].to_kind, "to_name",
                             list[i].to_name, "to_staff", json_text(list[i].to_staff), "old_access",
                             list[i].old_access, "at", json_time(cx, list[i].at), "received_at",
                             json_time(cx, list[i].received_at), "receipt_number",
                             json_text(list[i].receipt_number), "returned_at",
                             json_time(cx, list[i].returned_at)));
    return items;
}

static json_t *links_json(const struct hub_view *v)
{
    json_t *items = json_array();
    for (size_t i = 0; i < v->link_count; i++)
        json_array_append_new(
            items, json_pack("{s:s, s:s}", "id", v->links[i].id, "number", v->links[i].number));
    return items;
}

enum err case_hub_json(struct cx *cx, struct http_res *res, int status, const struct complaint *c)
{
    const char *office = cx->actor.office_id;
    struct hub_view *v = ARENA_NEW(cx->arena, struct hub_view);
    struct casework w = {0};
    struct case_event *events = NULL;
    struct case_transfer *transfers = NULL;
    size_t event_count = 0, transfer_count = 0;
    TRY(case_hub_fill(cx, c, v));
    TRY(case_row_of(cx, c, &w));
    TRY(casework_events(cx->read, office, c->id, &events, &event_count));
    TRY(casework_transfers(cx->read, office, c->id, &transfers, &transfer_count));
    const char *received = calendar_day_text(cx->arena,
                                             calendar_day_of(c->received_at, cx->offset_min));
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s}", "id", c->id, "number",
                          v->number, "received_on", received, "state", c->state, "side",
                          json_text(c->side), "class", c->class, "way", c->way, "reporter_mode",
                          c->reporter_mode);
    json_object_set_new(o, "stage_on", json_text(w.stage_day));
    json_object_set_new(o, "stage_due_on", json_text(w.due_day));
    json_object_set_new(o, "overall_due_on", json_text(w.overall_due));
    json_object_set_new(o, "completion_due_on", json_text(w.side_due));
    json_object_set_new(o, "value", json_text(v->value));
    json_object_set_new(o, "complete", w.complete ? parts_json(v, true) : json_null());
    json_object_set_new(o, "missing", w.complete ? parts_json(v, false) : json_null());
    json_object_set_new(o, "moves", moves_json(v));
    json_object_set_new(o, "next_missing", json_text(v->next_hint));
    json_object_set_new(o, "team", people_json(v));
    json_object_set_new(o, "transfers", transfers_json(cx, transfers, transfer_count));
    json_object_set_new(o, "links", links_json(v));
    json_object_set_new(o, "events", events_json(cx, events, event_count));
    return http_res_json(cx, res, status, o);
}

enum err case_hub_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    return req->wants == WANTS_JSON ? case_hub_json(cx, res, 200, &c)
                                    : case_hub_show(cx, req, res, &c);
}
