/* The lists of a case: history, team, transfers, links; and the history with its notes opened. */
#include "features/casework/casework_web.h"

#include <string.h>

#include "casework_hub_tmpl.h"
#include "features/audit/audit.h"
#include "features/complaint/complaint_web_keys.h"
#include "features/portal/portal.h"
#include "features/staff/staff.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/seal/seal.h"
#include "lib/base/banned.h"

/* --- words --------------------------------------------------------------------------------------------------------- */

static const char *state_word(struct cx *cx, const char *code)
{
    const char *label = complaint_label(complaint_states, str_or(code, ""));
    if (str_empty(label))
        label = complaint_label(complaint_sides, str_or(code, ""));
    if (str_empty(label))
        label = complaint_label(complaint_classes, str_or(code, ""));
    return cx_t(cx, label);
}

/* Whom or which value the detail names; links are named by nobody who might not see the other. */
static const char *detail_word(struct cx *cx, const char *detail)
{
    if (str_starts(detail, "staff="))
        return staff_name(cx->read, cx->actor.office_id, detail + strlen("staff="));
    return str_starts(detail, "value=") ? detail + strlen("value=") : "";
}

const char *case_event_words(struct cx *cx, const struct case_event *e)
{
    static const struct {
        const char *kind, *words; /* a state follows */
        bool to;
    } words[] = {
        {"moved", T("Ke tahap"), true},     {"stepped_back", T("Dikembalikan ke tahap"), true},
        {"ended", T("Berakhir"), true},     {"reopened", T("Dibuka lagi pada tahap"), true},
        {"side_set", T("Ditandai"), true},  {"side_ended", T("Tanda diakhiri"), false},
        {"sorted", T("Digolongkan"), true},
    };
    static const struct complaint_code plain[] = {
        {"valued", T("Nilai sumber dan isi dicatat")},
        {"checked", T("Kelengkapan diperiksa")},
        {"team_added", T("Petugas ditambahkan ke tim")},
        {"team_removed", T("Petugas dikeluarkan dari tim")},
        {"transfer_received", T("Pelimpahan diterima")},
        {"transfer_returned", T("Pelimpahan dikembalikan")},
        {"linked", T("Dikaitkan dengan pengaduan lain")},
        {"unlinked", T("Kaitan dengan pengaduan lain dilepas")},
        {NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(words[i].kind, e->kind))
            return arena_printf(cx->arena, "%s: %s", cx_t(cx, words[i].words),
                                state_word(cx, words[i].to ? e->to_state : e->from_state));
    }
    const char *words_of = cx_t(cx, complaint_label(plain, e->kind));
    const char *more = detail_word(cx, str_or(e->detail, ""));
    return str_empty(more) ? words_of : arena_printf(cx->arena, "%s: %s", words_of, more);
}

static const char *moment(const struct cx *cx, int64_t at)
{
    if (!at)
        return NULL;
    return time_moment(cx->arena, at, cx->offset_min, cx->lang == LANG_EN);
}

/* --- filling --------------------------------------------------------------------------------------------------------- */

/* Newest first. `key` NULL: notes stay shut. */
static enum err fill_events(struct cx *cx, const struct complaint *c,
                            const struct seal_envelope *key, struct hub_view *v)
{
    struct case_event *list = NULL;
    TRY(casework_events(cx->read, cx->actor.office_id, c->id, &list, &v->event_count));
    struct hub_event *events = ARENA_ARRAY(cx->arena, v->event_count + 1, struct hub_event);
    for (size_t i = 0; i < v->event_count; i++) {
        const struct case_event *e = &list[v->event_count - 1 - i];
        char *note = NULL;
        if (key && e->note_sealed.n)
            TRY(seal_drop_open(key, cx->arena, complaint_aad(cx->arena, c->id, "note"),
                               e->note_sealed, &note));
        events[i] = (struct hub_event){.what = case_event_words(cx, e),
                                       .by = staff_name(cx->read, cx->actor.office_id, e->by_id),
                                       .at = moment(cx, e->at),
                                       .note = note,
                                       .sealed = e->note_sealed.n > 0};
    }
    v->events = events;
    return ERR_OK;
}

static bool is_member(const struct case_member *list, size_t count, const char *staff_id)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].staff_id, staff_id))
            return true;
    }
    return false;
}

static enum err fill_people(struct cx *cx, const struct complaint *c, struct hub_view *v)
{
    struct case_member *members = NULL;
    struct staff *all = NULL;
    size_t count = 0, n = 0, r = 0;
    TRY(casework_team(cx->read, cx->actor.office_id, c->id, &members, &v->team_count));
    TRY(staff_list(cx->read, cx->actor.office_id, &all, &count));
    struct hub_person *team = ARENA_ARRAY(cx->arena, v->team_count + 1, struct hub_person);
    struct option *people = ARENA_ARRAY(cx->arena, count + 1, struct option);
    struct option *recipients = ARENA_ARRAY(cx->arena, count + 1, struct option);
    for (size_t i = 0; i < v->team_count; i++)
        team[i] = (struct hub_person){
            .id = members[i].staff_id,
            .name = staff_name(cx->read, cx->actor.office_id, members[i].staff_id),
            .title = case_day_label(cx, members[i].since_day)};
    for (size_t i = 0; i < count; i++) {
        const struct staff *s = &all[i];
        if (!((uint32_t)s->roles & COMPLAINT_READER_ROLES))
            continue;
        const char *label = arena_printf(cx->arena, "%s, %s", s->name, s->title);
        if (!is_member(members, v->team_count, s->id))
            people[n++] = (struct option){s->id, label};
        if ((uint32_t)s->roles & (ROLE_SECTION_CHIEF | ROLE_CASE_OFFICER))
            recipients[r++] = (struct option){s->id, label};
    }
    v->team = team;
    v->people = people;
    v->recipients = recipients;
    return ERR_OK;
}

static const char *received_words(struct cx *cx, const struct case_transfer *t)
{
    if (!t->received_at)
        return NULL;
    const char *when = moment(cx, t->received_at);
    return str_empty(t->receipt_number)
               ? when
               : cx_printf(cx, T("%s, tanda terima nomor %s"), when, t->receipt_number);
}

static enum err fill_transfers(struct cx *cx, const struct complaint *c,
                               const struct seal_envelope *key, struct hub_view *v)
{
    struct case_transfer *list = NULL;
    TRY(casework_transfers(cx->read, cx->actor.office_id, c->id, &list, &v->transfer_count));
    struct hub_transfer *rows = ARENA_ARRAY(cx->arena, v->transfer_count + 1, struct hub_transfer);
    for (size_t i = 0; i < v->transfer_count; i++) {
        const struct case_transfer *t = &list[i];
        char *reason = NULL;
        if (key && t->reason_sealed.n)
            TRY(seal_drop_open(key, cx->arena, complaint_aad(cx->arena, c->id, "note"),
                               t->reason_sealed, &reason));
        rows[i] = (struct hub_transfer){.seq = arena_printf(cx->arena, "%lld", (long long)t->seq),
                                        .to = t->to_name,
                                        .when = moment(cx, t->at),
                                        .by = staff_name(cx->read, cx->actor.office_id, t->by_id),
                                        .access = str_eq(t->old_access, "taken")
                                                      ? T("Akses pembaca lama dicabut")
                                                      : T("Akses pembaca lama tetap"),
                                        .received = received_words(cx, t),
                                        .returned = moment(cx, t->returned_at),
                                        .reason = reason,
                                        .open = !t->returned_at};
    }
    v->transfers = rows;
    return ERR_OK;
}

/* Only those that exist for this person. */
static enum err fill_links(struct cx *cx, const struct complaint *c, struct hub_view *v)
{
    struct case_linked *list = NULL;
    size_t count = 0;
    TRY(casework_links(cx->read, cx->actor.office_id, c->id, &list, &count));
    struct hub_link *rows = ARENA_ARRAY(cx->arena, count + 1, struct hub_link);
    for (size_t i = 0; i < count; i++) {
        bool seen = complaint_leads(&cx->actor);
        if (!seen)
            TRY(complaint_has_share(cx->read, cx->actor.office_id, list[i].id, cx->actor.id,
                                    COMPLAINT_CONTENT, &seen));
        if (seen)
            rows[v->link_count++] = (struct hub_link){
                .id = list[i].id,
                .path = case_path(cx, list[i].id),
                .number = complaint_number_text(cx->arena, list[i].number, list[i].year),
                .state = complaint_label(complaint_states, list[i].state)};
    }
    v->links = rows;
    return ERR_OK;
}

enum err case_hub_lists(struct cx *cx, const struct complaint *c, struct hub_view *v)
{
    TRY(fill_events(cx, c, NULL, v));
    TRY(fill_people(cx, c, v));
    TRY(fill_transfers(cx, c, NULL, v));
    return fill_links(cx, c, v);
}

/* --- the history with its notes --------------------------------------------------------------------------------------- */

static void history_body(struct html *h, void *arg)
{
    case_history_page(h, arg);
}

static enum err history_json(struct cx *cx, struct http_res *res, const struct hub_view *v)
{
    json_t *items = json_array();
    for (size_t i = 0; i < v->event_count; i++)
        json_array_append_new(items, json_pack("{s:s, s:s, s:s, s:o}", "what", v->events[i].what,
                                               "by", v->events[i].by, "at", v->events[i].at, "note",
                                               json_text(v->events[i].note)));
    return http_res_json(cx, res, 200, json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

enum err case_history_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct complaint c = {0};
    struct seal_envelope key;
    struct hub_view *v = ARENA_NEW(cx->arena, struct hub_view);
    TRY(complaint_must_exist(cx, http_param(req, "id"), &c));
    TRY(complaint_unlock(cx, c.id, COMPLAINT_CONTENT, &key));
    enum err e = fill_events(cx, &c, &key, v);
    if (e == ERR_OK)
        e = fill_transfers(cx, &c, &key, v);
    explicit_bzero(&key, sizeof(key));
    TRY(e);
    TRY(audit_note(cx, "complaint_history_read", "complaint", c.id, ""));
    v->path = case_path(cx, c.id);
    v->number = complaint_number_text(cx->arena, c.number, c.year);
    if (req->wants == WANTS_JSON)
        return history_json(cx, res, v);
    const struct page_view page = {
        .title = v->number, .current = "/pengaduan", .body = history_body, .arg = v};
    return page_render(cx, req, res, &page);
}
