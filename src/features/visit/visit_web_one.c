/* The page of one visit: the nine-step bar, the one next step, and everything around it. */
#include <string.h>

#include "features/audit/audit.h"
#include "features/notice/notice.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "features/visit/visit_page.h"
#include "features/visit/visit_view.h"
#include "features/visit/visit_web.h"
#include "lib/base/phone.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/http/form.h"
#include "lib/json/json.h"
#include "visit_tmpl.h"
#include "lib/base/banned.h"

#define LOG_MAX 200u

static void fill_steps(struct cx *cx, struct visit_one *o)
{
    const struct visit_view *view = o->view;
    int current = visit_reached_step(view->steps, view->step_count) + 1;
    for (int i = 0; i < 9; i++) {
        struct step_view *s = &o->steps[i];
        s->label = visit_step_label(i + 1);
        s->current = view->v.open && i + 1 == current;
    }
    for (size_t i = 0; i < view->step_count; i++) {
        struct step_view *s = &o->steps[view->steps[i].step - 1];
        struct civil c = time_civil(view->steps[i].at, cx->offset_min);
        s->done = view->steps[i].skipped == NULL;
        s->skipped = !s->done;
        s->time = time_hm(cx->arena, view->steps[i].at, cx->offset_min);
        s->iso = arena_printf(cx->arena, "%02d:%02d", c.hour, c.minute);
    }
}

static const char *role_title(const char *role)
{
    uint32_t bit = 0;
    return staff_role_parse(role, &bit) ? staff_role_label(bit) : role;
}

static void fill_answers(struct cx *cx, struct visit_one *o)
{
    static const struct {
        const char *channel, *text;
    } channels[] = {{"whatsapp", T("lewat WhatsApp")},
                    {"link", T("lewat halaman jawaban")},
                    {"page", T("lewat aplikasi")},
                    {"spoken", T("lisan, dicatat petugas")},
                    {"silence", T("tanpa jawaban sampai batas waktu")},
                    {"api", T("lewat API")}};
    const struct visit_view *view = o->view;
    o->answers = ARENA_ARRAY(cx->arena, view->answer_count ? view->answer_count : 1,
                             struct answer_card);
    for (size_t i = 0; i < view->answer_count; i++) {
        const struct answer *a = &view->answers[i];
        const char *how = a->channel;
        for (size_t k = 0; k < ARRAY_LEN(channels); k++) {
            if (str_eq(channels[k].channel, a->channel))
                how = cx_t(cx, channels[k].text);
        }
        const char *post = cx_t(cx, role_title(a->official_role));
        const char *time = time_hm(cx->arena, a->at, cx->offset_min);
        bool silent = str_eq(a->channel, "silence"); /* nobody answered: no name, no "dijawab" */
        o->answers[o->answer_count++] = (struct answer_card){
            .who = silent ? post
                          : arena_printf(cx->arena, "%s, %s", post,
                                         staff_name(cx->read, cx->actor.office_id, a->official_id)),
            .chip = silent ? cx_printf(cx, T("Tidak menjawab sampai %s"), time)
                           : cx_printf(cx, T("Dijawab %s"), time),
            .text = arena_printf(
                cx->arena, "%s, %s%s", cx_t(cx, decision_outcome_label(a->outcome)), how,
                str_eq(a->effect, "too_late") ? cx_t(cx, T(" (terlambat, disimpan)")) : ""),
        };
    }
    if (str_eq(view->v.decision_state, "proposed"))
        o->asked = cx_t(cx, T("Kajari ditanya: terima sendiri atau cukup Kasi Intelijen?"));
    else if (str_eq(view->v.decision_state, "none") && view->v.open)
        o->asked = cx_t(cx, T("Kasi Intelijen ditanya: siapa yang menerima tamu ini?"));
}

static void fill_log(struct cx *cx, struct visit_one *o, const struct audit_entry *entries,
                     size_t count)
{
    o->log = ARENA_ARRAY(cx->arena, count ? count : 1, struct log_line);
    for (size_t i = count; i > 0; i--) {
        const struct audit_entry *e = &entries[i - 1];
        const char *by = str_empty(e->actor_id)
                             ? cx_t(cx, T("Sistem"))
                             : staff_name(cx->read, cx->actor.office_id, e->actor_id);
        o->log[o->log_count++] = (struct log_line){
            .time = time_hms(cx->arena, e->at, cx->offset_min),
            .by = by,
            .what = audit_action_label(e->action),
            .detail = e->detail};
    }
}

static const char *companion_names(struct cx *cx, const struct visit *v)
{
    json_t *list = json_keep(cx->arena, json_loads(str_or(v->companions, "[]"), 0, NULL));
    struct buf b = buf_new(cx->arena, 128, 8192);
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (i)
            buf_puts(&b, ", ");
        buf_puts(&b, json_string_value(json_object_get(item, "name")));
    }
    return b.n ? b.p : NULL;
}

static void fill_people(struct cx *cx, struct visit_one *o)
{
    const struct visit *v = &o->view->v;
    const struct identity *i = &o->view->identity;
    o->id_type = visit_id_type_label(v->id_type);
    o->masked_number = visit_mask_number(cx->arena, i->id_number);
    o->masked_phone = i->phone ? phone_mask(cx->arena, i->phone) : NULL;
    o->companions = companion_names(cx, v);
    o->receiver = v->receiver_id ? staff_name(cx->read, cx->actor.office_id, v->receiver_id) : NULL;
    o->sub = arena_printf(cx->arena, "%s: %s", cx_t(cx, visit_category_label(v->category)),
                          v->purpose);
    o->call = v->call_number ? cx_printf(cx, T("Panggilan T-%d"), (int)v->call_number) : NULL;
    o->photo_path = v->photo_id ? arena_printf(cx->arena, "/tamu/%s/foto", v->id) : NULL;
}

static void fill_rights(struct cx *cx, struct visit_one *o)
{
    const struct visit *v = &o->view->v;
    o->desk = (cx->actor.roles & ROLE_DESK) != 0;
    o->official = (cx->actor.roles & ROLE_OFFICIALS) != 0;
    o->leader = (cx->actor.roles & ROLE_LEADERS) != 0;
    o->may_wait = visit_may_wait(v).err == ERR_OK;
    o->may_note = visit_may_note(v).err == ERR_OK;
    bool before = str_eq(v->state, "registered") || str_eq(v->state, "checked_in") ||
                  str_eq(v->state, "waiting");
    o->may_decide = before && !str_eq(v->decision_state, "final");
    struct refusal receive = visit_may_receive(v, o->desk, cx->actor.id);
    o->may_receive = receive.err == ERR_OK;
    bool explain = str_eq(v->state, "waiting") && receive.err != ERR_OK;
    o->receive_reason = explain ? cx_t(cx, receive.msgid) : NULL;
    o->complaint_path = arena_printf(cx->arena, "/tamu/%s/pengaduan", v->id);
}

static enum err fill(struct cx *cx, struct visit_one *o)
{
    const struct visit *v = &o->view->v;
    const char *office_id = cx->actor.office_id;
    struct office office;
    TRY(office_get(cx->read, office_id, &office));
    o->number = visit_number_text(cx->arena, v);
    o->path = arena_printf(cx->arena, "/tamu/%s", v->id);
    o->limit_s = office.limit_s;
    o->elapsed_s = visit_elapsed_s(v, cx->now_ms, &o->done);
    fill_steps(cx, o);
    fill_people(cx, o);
    fill_rights(cx, o);
    fill_answers(cx, o);
    TRY(office_rooms(cx->read, office_id, &o->rooms, &o->room_count));
    struct audit_entry *entries = NULL;
    size_t count = 0;
    TRY(audit_of_subject(cx->read, office_id, v->id, LOG_MAX, &entries, &count));
    fill_log(cx, o, entries, count);
    return visit_notice_fill(cx, o, entries, count);
}

const char *visit_typed(struct cx *cx, const struct visit_one *o, const char *name)
{
    return o->refused ? form_typed(cx, o->refused, name) : NULL;
}

const char *visit_typed_item(struct cx *cx, const struct visit_one *o, size_t i, const char *name)
{
    return visit_typed(cx, o, arena_printf(cx->arena, "items[%zu][%s]", i, name));
}

static void one_body(struct html *h, void *arg)
{
    visit_one_view(h, arg);
}

enum err visit_one_page(struct cx *cx, struct http_req *req, struct http_res *res,
                        const char *visit_id, enum err e)
{
    struct visit_one *o = ARENA_NEW(cx->arena, struct visit_one);
    o->view = ARENA_NEW(cx->arena, struct visit_view);
    TRY(visit_view_read(cx, visit_id, o->view));
    TRY(fill(cx, o));
    o->refused = e != ERR_OK ? req : NULL;
    o->progress = arena_printf(cx->arena, "%s %s %zu", o->view->v.state, o->view->v.decision_state,
                               o->answer_count);
    if (e != ERR_OK)
        res->status = http_status(e);
    struct page_view page = {.title = cx_printf(cx, T("Kunjungan %s"), o->number),
                             .current = "/tamu",
                             .live = true,
                             .body = one_body,
                             .arg = o};
    return page_render(cx, req, res, &page);
}

enum err visit_one_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    const char *id = http_param(req, "id");
    if (req->wants == WANTS_JSON)
        return visit_answer(cx, req, res, id, 200);
    return visit_one_page(cx, req, res, id, ERR_OK);
}
