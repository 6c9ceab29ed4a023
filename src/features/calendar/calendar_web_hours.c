/* /jam-kerja: when the office is open, by weekday. */
#include <string.h>

#include "calendar_tmpl.h"
#include "features/calendar/calendar_page.h"
#include "features/calendar/calendar_web.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/json/json.h"
#include "lib/base/banned.h"

struct hours_in {
    int64_t weekday;
    const char *open, *close, *break_from, *break_until;
};
struct week_in {
    struct object_list hours;
};
#define TIME_FIELD(name_, label_)                                                                  \
    {                                                                                              \
        .name = #name_, .type = FIELD_TEXT, .offset = offsetof(struct hours_in, name_), .max = 8,  \
        .label = (label_)                                                                          \
    }
/* clang-format off */
static const struct field day_fields[] = {
    {.name = "weekday",
     .type = FIELD_INT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct hours_in, weekday),
     .max = CALENDAR_WEEKDAYS - 1,
     .label = T("Hari")},
    TIME_FIELD(open, T("Buka")),
    TIME_FIELD(close, T("Tutup")),
    TIME_FIELD(break_from, T("Mulai istirahat")),
    TIME_FIELD(break_until, T("Selesai istirahat")),
};
static const struct field week_fields[] = {
    {.name = "hours",
     .type = FIELD_OBJECTS,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct week_in, hours),
     .max = CALENDAR_WEEKDAYS,
     .label = T("Jam kerja"),
     .members = day_fields,
     .member_count = ARRAY_LEN(day_fields),
     .member_bytes = sizeof(struct hours_in)},
};
/* clang-format on */
const struct form hours_form = FORM("OfficeHoursChange", struct week_in, week_fields);

/* "Senin": the head of a long date. */
static const char *weekday_label(const struct cx *cx, int64_t weekday)
{
    int64_t sunday = calendar_day_ms(calendar_day("2026-01-04") + weekday, cx->offset_min);
    const char *date = time_long_date(cx->arena, sunday, cx->offset_min, cx->lang == LANG_EN);
    return arena_strndup(cx->arena, date, strcspn(date, ","));
}

/* --- the page ------------------------------------------------------------------------------------------- */

static const char *minute_text(struct arena *a, int64_t minute)
{
    return arena_printf(a, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

static const char *now_sentence(struct cx *cx, const struct calendar *c)
{
    if (calendar_is_open(c, cx->now_ms))
        return cx_t(cx, T("Kantor sedang buka."));
    int64_t next = calendar_next_opening(c, cx->now_ms);
    if (next == CALENDAR_NO_DAY)
        return cx_t(cx, T("Jam kerja belum diisi."));
    return cx_printf(cx, T("Kantor sedang tutup. Buka lagi %s pukul %s."),
                     time_long_date(cx->arena, next, cx->offset_min, cx->lang == LANG_EN),
                     time_hm(cx->arena, next, cx->offset_min));
}

static void fill_line(struct cx *cx, const struct office_hours *h, size_t place,
                      struct hours_line *l)
{
    struct arena *a = cx->arena;
    bool open = h->open_min < h->close_min, pause = h->break_from_min < h->break_until_min;
    l->name = arena_printf(a, "hours.%zu", place);
    l->label = weekday_label(cx, h->weekday);
    l->weekday = arena_printf(a, "%d", (int)h->weekday);
    l->open = open ? minute_text(a, h->open_min) : "";
    l->close = open ? minute_text(a, h->close_min) : "";
    l->break_from = open && pause ? minute_text(a, h->break_from_min) : "";
    l->break_until = open && pause ? minute_text(a, h->break_until_min) : "";
}

static void show_typed(struct cx *cx, const struct http_req *req, struct hours_line *l)
{
    struct arena *a = cx->arena;
    l->open = form_typed(cx, req, arena_printf(a, "%s.open", l->name));
    l->close = form_typed(cx, req, arena_printf(a, "%s.close", l->name));
    l->break_from = form_typed(cx, req, arena_printf(a, "%s.break_from", l->name));
    l->break_until = form_typed(cx, req, arena_printf(a, "%s.break_until", l->name));
}

static void hours_body(struct html *h, void *arg)
{
    hours_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct calendar c;
    struct hours_view *v = ARENA_NEW(cx->arena, struct hours_view);
    TRY(calendar_load(cx->read, cx->actor.office_id, &c));
    for (size_t i = 0; i < CALENDAR_WEEKDAYS; i++) {
        fill_line(cx, &c.hours[(i + 1) % CALENDAR_WEEKDAYS], i, &v->days[i]);
        if (req->method == HTTP_POST)
            show_typed(cx, req, &v->days[i]);
    }
    v->may_write = calendar_may_write(cx);
    v->done = http_query(req, "selesai") != NULL;
    v->now = now_sentence(cx, &c);
    const struct page_view page = {
        .title = T("Jam kerja kantor"), .current = "/jam-kerja", .body = hours_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static enum err answer_json(struct cx *cx, struct http_res *res)
{
    struct calendar c;
    TRY(calendar_load(cx->read, cx->actor.office_id, &c));
    json_t *items = json_array();
    for (size_t i = 0; i < CALENDAR_WEEKDAYS; i++) {
        struct hours_line l;
        fill_line(cx, &c.hours[(i + 1) % CALENDAR_WEEKDAYS], i, &l);
        json_array_append_new(items, json_pack("{s:I, s:s, s:s, s:s, s:s}", "weekday",
                                               (json_int_t)((i + 1) % CALENDAR_WEEKDAYS), "open",
                                               l.open, "close", l.close, "break_from", l.break_from,
                                               "break_until", l.break_until));
    }
    return http_res_json(
        cx, res, 200,
        json_pack("{s:o, s:b}", "hours", items, "open_now", calendar_is_open(&c, cx->now_ms)));
}

enum err hours_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    return req->wants == WANTS_JSON ? answer_json(cx, res) : show(cx, req, res);
}

/* --- changes --------------------------------------------------------------------------------------------- */

/* "07:30" or "07.30" → 450; "" → 0, and *ret_there says so. */
static bool read_minute(struct cx *cx, const char *text, int64_t *ret, bool *ret_there)
{
    int64_t hour = 0, minute = 0;
    *ret_there = !str_empty(text);
    *ret = 0;
    if (!*ret_there)
        return true;
    size_t n = strcspn(text, ":.");
    if (n > 2 || !text[n] || strlen(text + n + 1) != 2 ||
        !str_to_i64(arena_strndup(cx->arena, text, n), 0, 23, &hour) ||
        !str_to_i64(text + n + 1, 0, 59, &minute))
        return false;
    *ret = hour * 60 + minute;
    return true;
}

static bool read_day(struct cx *cx, const struct hours_in *in, struct office_hours *ret)
{
    struct office_hours h = {.weekday = in->weekday};
    bool opens = false, closes = false, from = false, until = false;
    if (!read_minute(cx, in->open, &h.open_min, &opens) ||
        !read_minute(cx, in->close, &h.close_min, &closes) ||
        !read_minute(cx, in->break_from, &h.break_from_min, &from) ||
        !read_minute(cx, in->break_until, &h.break_until_min, &until))
        return false;
    if (opens != closes || from != until || (from && !opens))
        return false;
    if (opens && h.open_min >= h.close_min)
        return false;
    if (from && (h.break_from_min < h.open_min || h.break_from_min >= h.break_until_min ||
                 h.break_until_min > h.close_min))
        return false;
    *ret = h;
    return true;
}

/* Days that are not named stay as they are. */
static enum err read_week(struct cx *cx, const struct week_in *week, struct office_hours *hours)
{
    const struct hours_in *in = week->hours.items;
    for (size_t i = 0; i < week->hours.count; i++) {
        struct office_hours h;
        if (read_day(cx, &in[i], &h))
            hours[h.weekday] = h;
        else
            cx_field(cx, arena_printf(cx->arena, "hours.%zu", i), "hours",
                     T("%s: tulis jam buka dan tutup, misalnya 07.30 dan 16.00, dan istirahat di "
                       "antaranya; kosongkan keduanya bila tidak ada."),
                     weekday_label(cx, in[i].weekday));
    }
    return cx_fields(cx);
}

enum err hours_post(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct week_in week;
    struct calendar c;
    TRY(calendar_load(cx->read, cx->actor.office_id, &c));
    enum err e = form_parse(cx, req, &hours_form, &week);
    if (e == ERR_OK)
        e = read_week(cx, &week, c.hours);
    struct calendar_change change = {.hours = c.hours};
    if (e == ERR_OK)
        e = calendar_change_run(cx, "office_hours", calendar_tx_hours, &change);
    if (e == ERR_OK)
        return req->wants == WANTS_JSON ? answer_json(cx, res)
                                        : http_res_redirect(cx, res, "/jam-kerja?selesai=1");
    if (req->wants == WANTS_JSON || e != ERR_INVALID)
        return e;
    res->status = 422;
    return show(cx, req, res);
}
