/* Reminders of deadlines: who has something due is told once a working day, in office hours, how many. The
 * message names no complaint. */
#include "features/casework/casework_web.h"

#include <string.h>

#include "features/notice/notice_render.h"
#include "features/notice/notice_whatsapp_store.h"
#include "features/reach/reach.h"
#include "features/staff/staff.h"
#include "lib/base/settings.h"
#include "lib/base/str.h"
#include "lib/base/banned.h"

#define PEOPLE_MAX 500

/* --- how many ------------------------------------------------------------------------------------------------------- */

struct tally {
    int64_t due, late; /* due: the late ones too */
};

/* What the Kajari must do himself: the disposition; and he hears of everything that is late. */
static void add_load(const struct case_load *l, uint32_t posts, struct tally *t)
{
    bool disposition = str_eq(l->state, "disposition");
    if ((posts & ROLE_INTEL_CHIEF) || (disposition && (posts & ROLE_OFFICE_HEAD))) {
        t->due += l->due;
        t->late += l->late;
    } else if (posts & ROLE_OFFICE_HEAD) {
        t->due += l->late;
        t->late += l->late;
    }
}

/* Until the end of the next working day. */
static const char *until_day(const struct cx *cx, const struct calendar *c)
{
    int64_t today = calendar_day_of(cx->now_ms, c->offset_min);
    return calendar_day_text(cx->arena, calendar_add_working(c, today, 1));
}

static const char *day_in(const struct cx *cx, const struct calendar *c)
{
    return calendar_day_text(cx->arena, calendar_day_of(cx->now_ms, c->offset_min));
}

static enum err tally_of(struct cx *cx, const char *office_id, const struct calendar *c,
                         const char *staff_id, uint32_t posts, struct tally *ret)
{
    struct case_load *list = NULL;
    size_t count = 0;
    const char *of = posts & ROLE_LEADERS ? "" : staff_id;
    *ret = (struct tally){0, 0};
    TRY(casework_load(cx->read, office_id, of, until_day(cx, c), day_in(cx, c), &list, &count));
    for (size_t i = 0; i < count; i++)
        add_load(&list[i], posts & ROLE_LEADERS ? posts : (uint32_t)ROLE_INTEL_CHIEF, ret);
    return ERR_OK;
}

/* --- whom ------------------------------------------------------------------------------------------------------------- */

struct round {
    const char *office_id;
    struct calendar calendar;
    struct case_remind_one *people;
    size_t count;
};

/* Once a day; and only who can be reached, and has something due. */
static enum err add_person(struct cx *cx, struct round *r, const char *staff_id, uint32_t posts)
{
    bool reminded = false;
    struct tally t;
    const char **channels = NULL;
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        reminded = reminded || str_eq(r->people[i].staff_id, staff_id);
    if (!reminded)
        TRY(casework_reminded(cx->read, r->office_id, staff_id, day_in(cx, &r->calendar),
                              &reminded));
    if (reminded || r->count == PEOPLE_MAX)
        return ERR_OK;
    TRY(tally_of(cx, r->office_id, &r->calendar, staff_id, posts, &t));
    if (t.due == 0)
        return ERR_OK;
    TRY(reach_channels_named(cx, r->office_id, staff_id, &channels, &count));
    if (count)
        r->people[r->count++] = (struct case_remind_one){
            .outbox_id = cx_new_id(cx), .staff_id = staff_id, .channel = channels[0]};
    return ERR_OK;
}

static enum err add_post(struct cx *cx, struct round *r, uint32_t post)
{
    struct reach_who who = {0};
    enum err e = reach_of_post(cx, r->office_id, post, &who);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e;
    uint32_t posts = 0;
    TRY(reach_posts(cx, r->office_id, who.staff_id, post, &posts));
    return add_person(cx, r, who.staff_id, posts);
}

static enum err add_members(struct cx *cx, struct round *r)
{
    struct case_member_due *list = NULL;
    size_t count = 0;
    TRY(casework_members_due(cx->read, r->office_id, until_day(cx, &r->calendar),
                             day_in(cx, &r->calendar), &list, &count));
    for (size_t i = 0; i < count; i++)
        TRY(add_person(cx, r, list[i].staff_id, 0));
    return ERR_OK;
}

enum err casework_tick(struct cx *cx, const char *office_id)
{
    struct round r = {.office_id = office_id};
    bool missing = false;
    TRY(casework_is_missing(cx->read, office_id, &missing));
    if (missing)
        TRY(casework_recompute(cx, office_id));
    TRY(calendar_load(cx->read, office_id, &r.calendar));
    int64_t today = calendar_day_of(cx->now_ms, r.calendar.offset_min);
    if (!calendar_is_open(&r.calendar, cx->now_ms) || !calendar_is_working(&r.calendar, today) ||
        !reach_any_channel(cx))
        return ERR_OK;
    r.people = ARENA_ARRAY(cx->arena, PEOPLE_MAX, struct case_remind_one);
    TRY(add_post(cx, &r, ROLE_INTEL_CHIEF));
    TRY(add_post(cx, &r, ROLE_OFFICE_HEAD));
    TRY(add_members(cx, &r));
    if (r.count == 0)
        return ERR_OK;
    struct case_remind remind = {.office_id = office_id,
                                 .day = day_in(cx, &r.calendar),
                                 .now_ms = cx->now_ms,
                                 .people = r.people,
                                 .count = r.count};
    TRY(db_tx(cx, "case_remind", casework_tx_remind, &remind));
    outbox_wake(cx);
    return ERR_OK;
}

/* --- the message ------------------------------------------------------------------------------------------------------- */

static void fill_text(struct cx *cx, const struct outbox_row *row, const struct tally *t,
                      struct outbox_message *m)
{
    const char *near = arena_printf(cx->arena, "%lld", (long long)(t->due - t->late));
    const char *late = arena_printf(cx->arena, "%lld", (long long)t->late);
    m->subject = cx_t(cx, T("Tenggat pengaduan"));
    m->link = arena_printf(cx->arena, "%s/pengaduan", notice_base_url(cx));
    if (str_eq(row->channel, "webpush")) {
        m->text = cx_t(cx, T("Ada tenggat yang perlu Anda lihat. Buka Buku Tamu."));
        return;
    }
    m->text = cx_printf(cx,
                        T("%s pengaduan mendekati tenggat, %s lewat tenggat. Buka Buku Tamu: %s"),
                        near, late, m->link);
    const char **params = ARENA_ARRAY(cx->arena, 3, const char *);
    params[0] = near;
    params[1] = late;
    params[2] = m->link;
    m->params = params;
    m->param_count = 3;
}

/* Whoever opened his window lately gets the words; else WhatsApp wants the template. */
static enum err fill_form(struct cx *cx, const struct outbox_row *row, const struct staff *s,
                          struct outbox_message *m)
{
    const char *template = cx->settings->template_reminder;
    bool window = cx->now_ms - s->last_inbound_at < INT64_C(23) * 3600 * 1000;
    if (!str_eq(row->channel, "whatsapp") || (window && !str_eq(row->code, "131047")))
        return ERR_OK;
    if (str_empty(template) ||
        notice_template_stopped(cx->read, row->office_id, template, cx->now_ms))
        return cx_fail(
            cx, ERR_INVALID, "template_stopped",
            T("Templat pengingat belum disiapkan atau sedang dihentikan oleh WhatsApp."));
    m->template_name = template;
    m->language = cx->settings->language;
    return ERR_OK;
}

enum err casework_render_reminder(struct cx *cx, const struct outbox_row *row,
                                  struct outbox_message *ret)
{
    struct calendar c;
    struct staff s = {0};
    struct tally t;
    uint32_t posts = 0;
    TRY(calendar_load(cx->read, row->office_id, &c));
    TRY(staff_get(cx->read, row->office_id, row->recipient_id, &s));
    /* Of another day, or so late that the office has closed: tomorrow brings a new one. */
    if (row->round != calendar_day_of(cx->now_ms, c.offset_min) ||
        !calendar_is_open(&c, cx->now_ms) || s.disabled_at)
        return ERR_MISSING;
    TRY(reach_posts(cx, row->office_id, s.id, (uint32_t)s.roles, &posts));
    TRY(tally_of(cx, row->office_id, &c, s.id, posts, &t));
    if (t.due == 0)
        return ERR_MISSING;
    fill_text(cx, row, &t, ret);
    return fill_form(cx, row, &s, ret);
}
