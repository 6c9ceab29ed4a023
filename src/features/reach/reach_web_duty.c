/* /jadwal-piket: who of several holders of a post is asked on which day, a week at a time. */
#include <string.h>

#include "features/portal/portal.h"
#include "features/reach/reach_page.h"
#include "features/reach/reach_web.h"
#include "features/staff/staff.h"
#include "features/standard/standard.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "reach_tmpl.h"
#include "lib/base/banned.h"

#define DAY_MS (24LL * 3600 * 1000)
#define DAYS   7
#define POSTS  DUTY_POSTS

/* Officials are asked; those of the counter are the ones whose competence counts today (/kompetensi). */
static const uint32_t posts[POSTS] = {ROLE_INTEL_CHIEF, ROLE_OFFICE_HEAD, ROLE_FRONT_DESK,
                                      ROLE_DUTY_OFFICER};

struct duty_in {
    const char *day, *post, *staff;
};
struct week_in {
    struct object_list duties;
};
/* clang-format off */
static const struct field duty_fields[] = {
    {.name = "day",
     .type = FIELD_DATE,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct duty_in, day),
     .label = T("Hari")},
    {.name = "post",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct duty_in, post),
     .max = 20,
     .label = T("Jabatan")},
    {.name = "staff",
     .type = FIELD_ID,
     .offset = offsetof(struct duty_in, staff),
     .label = T("Orang")},
};
/* clang-format on */
/* clang-format off */
static const struct field week_fields[] = {
    {.name = "duties",
     .type = FIELD_OBJECTS,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct week_in, duties),
     .max = 31,
     .label = T("Jadwal"),
     .members = duty_fields,
     .member_count = ARRAY_LEN(duty_fields),
     .member_bytes = sizeof(struct duty_in)},
};
/* clang-format on */
const struct form duty_form = FORM("DutyWeek", struct week_in, week_fields);

/* --- days -------------------------------------------------------------------------------------------------- */

static const char *day_text(const struct cx *cx, int64_t ms)
{
    return time_day_text(cx->arena, ms, cx->offset_min);
}

/* The Monday of the week of a day ("": of today), at its midnight. */
static int64_t monday_of(const struct cx *cx, const char *day)
{
    struct civil c = {.hour = 12};
    int64_t ms = cx->now_ms;
    if (time_parse_date(str_or(day, ""), &c.year, &c.month, &c.day))
        ms = time_from_civil(c, cx->offset_min);
    int weekday = time_civil(ms, cx->offset_min).weekday;
    return time_day_start(ms, cx->offset_min) - (int64_t)((weekday + 6) % 7) * DAY_MS;
}

static const char *asked_week(const struct http_req *req)
{
    const char *week = http_query(req, "minggu");
    return week || req->method != HTTP_POST ? week : http_field(req, "_minggu");
}

/* --- the week ------------------------------------------------------------------------------------------------- */

static const struct option *holders_of(struct cx *cx, const struct staff *list, size_t count,
                                       uint32_t role)
{
    struct option *options = ARENA_ARRAY(cx->arena, count + 1, struct option);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if ((uint32_t)list[i].roles & role)
            options[n++] = (struct option){list[i].id, list[i].name};
    }
    return options;
}

static const struct duty *duty_of(const struct duty *list, size_t count, const char *day,
                                  const char *post)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i].day, day) && str_eq(list[i].post, post))
            return &list[i];
    }
    return NULL;
}

static void fill_day(struct cx *cx, size_t number, int64_t ms, struct duty_day *d)
{
    d->label = time_long_date(cx->arena, ms, cx->offset_min, cx->lang == LANG_EN);
    d->today = time_day_start(cx->now_ms, cx->offset_min) == ms;
    for (size_t p = 0; p < POSTS; p++) {
        d->cells[p].name = arena_printf(cx->arena, "duties.%zu", number * POSTS + p);
        d->cells[p].day = day_text(cx, ms);
        d->cells[p].post = staff_role_name(posts[p]);
        d->cells[p].label = arena_printf(cx->arena, "%s, %s", cx_t(cx, staff_role_label(posts[p])),
                                         d->label);
    }
}

static enum err fill(struct cx *cx, int64_t monday, struct duty_view *v)
{
    struct duty *duties = NULL;
    struct staff *people = NULL;
    size_t count = 0, people_count = 0;
    TRY(reach_duty_list(cx->read, cx->actor.office_id, day_text(cx, monday),
                        day_text(cx, monday + 6 * DAY_MS), &duties, &count));
    TRY(staff_list(cx->read, cx->actor.office_id, &people, &people_count));
    for (size_t p = 0; p < POSTS; p++)
        v->posts[p] = staff_role_label(posts[p]);
    for (size_t i = 0; i < DAYS; i++) {
        fill_day(cx, i, monday + (int64_t)i * DAY_MS, &v->days[i]);
        for (size_t p = 0; p < POSTS; p++) {
            struct duty_cell *c = &v->days[i].cells[p];
            const struct duty *d = duty_of(duties, count, c->day, c->post);
            c->holders = holders_of(cx, people, people_count, posts[p]);
            c->staff_id = d ? d->staff_id : "";
            c->staff_name = d ? staff_name(cx->read, cx->actor.office_id, d->staff_id) : NULL;
        }
    }
    v->week = day_text(cx, monday);
    v->before = day_text(cx, monday - 7 * DAY_MS);
    v->after = day_text(cx, monday + 7 * DAY_MS);
    v->label = cx_printf(cx, T("Minggu mulai %s"), v->days[0].label);
    return ERR_OK;
}

/* A line for each person and lack, with the days on which it is so. */
static void gather(struct cx *cx, const struct counter_gaps *g, struct duty_view *v)
{
    bool *told = ARENA_ARRAY(cx->arena, g->count + 1, bool);
    v->warnings = ARENA_ARRAY(cx->arena, g->count + 1, const char *);
    for (size_t i = 0; i < g->count; i++) {
        struct buf days = buf_new(cx->arena, 64, 512);
        if (told[i])
            continue;
        for (size_t j = i; j < g->count; j++) {
            if (!str_eq(g->items[i].staff_id, g->items[j].staff_id) ||
                !str_eq(g->items[i].text, g->items[j].text))
                continue;
            told[j] = true;
            buf_printf(&days, "%s%s", days.n ? ", " : "", g->items[j].day);
        }
        v->warnings[v->warning_count++] = arena_printf(cx->arena, "%s (%s)", g->items[i].text,
                                                       days.p);
    }
}

/* Of the days of this week that are still to come: the past cannot be staffed otherwise. */
static enum err fill_warnings(struct cx *cx, int64_t monday, struct duty_view *v)
{
    struct counter_gaps gaps;
    const char *today = day_text(cx, cx->now_ms), *from = day_text(cx, monday);
    const char *until = day_text(cx, monday + 6 * DAY_MS);
    if (strcmp(until, today) < 0)
        return ERR_OK;
    TRY(standard_counter_gaps(cx, strcmp(from, today) < 0 ? today : from, until, false, &gaps));
    gather(cx, &gaps, v);
    return ERR_OK;
}

static enum err answer_json(struct cx *cx, struct http_res *res, int64_t monday)
{
    struct duty *duties = NULL;
    size_t count = 0;
    TRY(reach_duty_list(cx->read, cx->actor.office_id, day_text(cx, monday),
                        day_text(cx, monday + 6 * DAY_MS), &duties, &count));
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, json_pack("{s:s, s:s, s:s}", "day", duties[i].day, "post",
                                               duties[i].post, "staff", duties[i].staff_id));
    return http_res_json(cx, res, 200,
                         json_pack("{s:s, s:o}", "week", day_text(cx, monday), "items", items));
}

static void duty_body(struct html *h, void *arg)
{
    duty_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res, int64_t monday)
{
    struct duty_view *v = ARENA_NEW(cx->arena, struct duty_view);
    TRY(fill(cx, monday, v));
    TRY(fill_warnings(cx, monday, v));
    v->may_write = (cx->actor.roles & ROLE_ADMIN) != 0;
    v->done = http_query(req, "selesai") != NULL;
    const struct page_view page = {
        .title = T("Jadwal piket pejabat"), .current = "/jadwal-piket", .body = duty_body, .arg = v};
    return page_render(cx, req, res, &page);
}

enum err duty_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    int64_t monday = monday_of(cx, asked_week(req));
    return req->wants == WANTS_JSON ? answer_json(cx, res, monday) : show(cx, req, res, monday);
}

/* Only what differs is written: an entry in the audit for each change, none for what stays. */
static enum err save(struct cx *cx, const struct week_in *week)
{
    const struct duty_in *in = week->duties.items;
    for (size_t i = 0; i < week->duties.count; i++) {
        struct duty *now = NULL;
        size_t count = 0;
        const struct duty d = {
            .day = in[i].day, .post = in[i].post, .staff_id = str_or(in[i].staff, "")};
        TRY(reach_duty_list(cx->read, cx->actor.office_id, d.day, d.day, &now, &count));
        const struct duty *old = duty_of(now, count, d.day, d.post);
        if (!str_eq(old ? old->staff_id : "", d.staff_id))
            TRY(reach_duty_set(cx, &d));
    }
    return ERR_OK;
}

enum err duty_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct week_in f;
    enum err e = form_parse(cx, req, &duty_form, &f);
    const struct duty_in *in = f.duties.items;
    int64_t monday = monday_of(cx, f.duties.count ? in[0].day : asked_week(req));
    if (e == ERR_OK)
        e = save(cx, &f);
    if (e == ERR_OK)
        return req->wants == WANTS_JSON
                   ? answer_json(cx, res, monday)
                   : http_res_redirect(cx, res,
                                       arena_printf(cx->arena, "/jadwal-piket?minggu=%s&selesai=1",
                                                    day_text(cx, monday)));
    if (req->wants == WANTS_JSON || e != ERR_INVALID)
        return e;
    res->status = 422;
    return show(cx, req, res, monday);
}
