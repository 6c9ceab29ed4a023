/* The visits behind a number of the dashboard, newest first. What a visit counts as is the rule of report.c, so
 * that list and number agree: visits are read a page at a time and looked at one by one. */
#include "features/report/report_web.h"

#include <string.h>

#include "features/calendar/calendar.h"
#include "features/portal/portal.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "report_tmpl.h"
#include "lib/base/banned.h"

#define LINES_MAX  100  /* of a page */
#define READ_PAGE  200
#define LOOKED_MAX 4000 /* visits looked at for one page; the rest on the next */

struct wanted {
    int kind; /* enum report_kind; -1: any but the cancelled */
    int phase; /* enum report_phase; -1: any */
    const char *reason, *category;
    int64_t today;
};

static const struct {
    const char *name, *title;
    int kind;
} kinds[] = {
    {"semua", T("Semua kunjungan"), -1},
    {"tepat", T("Diterima tepat waktu"), REPORT_KEPT},
    {"terlambat", T("Diterima lewat batas waktu"), REPORT_MISSED},
    {"lupa", T("Lupa ditutup pada harinya"), REPORT_FORGOTTEN},
    {"susulan", T("Dicatat susulan"), REPORT_LATE_ENTRY},
    {"belum", T("Belum atau tidak jadi diterima"), REPORT_UNRECEIVED},
    {"batal", T("Dibatalkan"), REPORT_CANCELLED},
};

static bool matches(const struct cx *cx, const struct wanted *w, const struct report_visit *v)
{
    int kind = (int)report_kind_of(v, w->today, cx->offset_min);
    if (w->kind >= 0 ? kind != w->kind : kind == REPORT_CANCELLED)
        return false;
    if (w->reason && !(kind == REPORT_MISSED && str_eq(report_reason(v), w->reason)))
        return false;
    if (w->category && !str_eq(v->category, w->category))
        return false;
    if (w->phase < 0)
        return true;
    bool measured = kind == REPORT_KEPT || kind == REPORT_MISSED;
    return measured && report_phase_ms(v, (enum report_phase)w->phase) >= 0;
}

static const char *what_of(const struct report_visit *v, enum report_kind kind)
{
    switch (kind) {
    case REPORT_KEPT:
        return T("Tepat waktu");
    case REPORT_MISSED:
        return report_reason_label(report_reason(v));
    case REPORT_LATE_ENTRY:
        return T("Dicatat susulan");
    case REPORT_FORGOTTEN:
        return T("Lupa ditutup pada harinya");
    case REPORT_CANCELLED:
    case REPORT_UNRECEIVED:
        break;
    }
    return visit_state_label(v->state);
}

static void fill_line(struct cx *cx, const struct wanted *w, const struct report_visit *v,
                      struct report_visit_line *l)
{
    enum report_phase phase = w->phase < 0 ? PHASE_TOTAL : (enum report_phase)w->phase;
    l->path = arena_printf(cx->arena, "/tamu/%s", v->id);
    l->number = arena_printf(cx->arena, "%lld%s/%lld", (long long)v->number, v->number_suffix,
                             (long long)v->year);
    l->at = arena_printf(cx->arena, "%s %s", time_day_text(cx->arena, v->arrived_at, cx->offset_min),
                         time_hm(cx->arena, v->arrived_at, cx->offset_min));
    l->category = visit_category_label(v->category);
    l->took = report_minutes(cx, report_phase_ms(v, phase));
    l->what = what_of(v, report_kind_of(v, w->today, cx->offset_min));
}

/* "1784774400000-<id>" of the last visit that was looked at. */
static bool read_cursor(struct cx *cx, const char *text, struct report_query *q)
{
    const char *dash = text ? strchr(text, '-') : NULL;
    if (!dash)
        return text == NULL;
    const char *ms = arena_printf(cx->arena, "%.*s", (int)(dash - text), text);
    q->before_id = dash + 1;
    return str_to_i64(ms, 0, INT64_MAX, &q->before_ms) && strlen(q->before_id) < UUID_TEXT_BYTES;
}

static enum err collect(struct cx *cx, const struct wanted *w, struct report_query *q,
                        struct report_list_view *v)
{
    size_t count = READ_PAGE;
    v->lines = ARENA_ARRAY(cx->arena, LINES_MAX, struct report_visit_line);
    q->limit = READ_PAGE;
    for (size_t looked = 0; count == READ_PAGE; looked += count) {
        struct report_visit *visits = NULL;
        if (looked >= LOOKED_MAX) {
            v->cut = true;
            return ERR_OK;
        }
        TRY(report_visits(cx->read, cx->actor.office_id, q, &visits, &count));
        for (size_t i = 0; i < count; i++) {
            if (v->count == LINES_MAX) {
                v->cut = true;
                return ERR_OK;
            }
            q->before_ms = visits[i].arrived_at;
            q->before_id = visits[i].id;
            if (matches(cx, w, &visits[i]))
                fill_line(cx, w, &visits[i], &v->lines[v->count++]);
        }
    }
    return ERR_OK;
}

static const char *read_wanted(struct cx *cx, const struct http_req *req, struct wanted *w)
{
    const char *kind = str_or(http_query(req, "angka"), "semua");
    const char *title = NULL;
    int64_t phase = -1;
    *w = (struct wanted){.kind = -1,
                         .phase = -1,
                         .reason = http_query(req, "sebab"),
                         .category = http_query(req, "keperluan"),
                         .today = time_day_start(cx->now_ms, cx->offset_min)};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!str_eq(kinds[i].name, kind))
            continue;
        title = cx_t(cx, kinds[i].title);
        w->kind = kinds[i].kind;
    }
    if (http_query(req, "tahap") && !str_to_i64(http_query(req, "tahap"), 0, REPORT_PHASES - 1, &phase))
        return NULL;
    w->phase = (int)phase;
    if (phase >= 0)
        title = cx_t(cx, report_phase_label((enum report_phase)phase));
    /* What the tables of labels do not know comes back as it is, or empty. */
    if (w->category) {
        const char *label = visit_category_label(w->category);
        title = str_eq(label, w->category) ? NULL : cx_t(cx, label);
    }
    if (w->reason)
        title = cx_t(cx, report_reason_label(w->reason));
    return str_empty(title) ? NULL : title;
}

/* The same list from the visit after the last that was looked at. */
static const char *next_path(struct cx *cx, const struct http_req *req, const struct report_period *p,
                             const struct report_query *q)
{
    static const char *const names[] = {"angka", "tahap", "sebab", "keperluan"};
    const char *path = arena_printf(cx->arena, "/dasbor/%s/kunjungan?cursor=%lld-%s", p->text,
                                    (long long)q->before_ms, q->before_id);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = http_query(req, names[i]);
        if (value)
            path = arena_printf(cx->arena, "%s&%s=%s", path, names[i], value);
    }
    return path;
}

static void list_body(struct html *h, void *arg)
{
    report_list_page(h, arg);
}

enum err report_visits_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct report_period p;
    struct wanted w;
    struct report_list_view *v = ARENA_NEW(cx->arena, struct report_list_view);
    TRY(report_period_wanted(cx, req, &p));
    struct report_query q = {.from_ms = calendar_day_ms(p.from, cx->offset_min),
                             .until_ms = calendar_day_ms(p.until, cx->offset_min),
                             .before_ms = INT64_MAX,
                             .before_id = ""};
    v->title = read_wanted(cx, req, &w);
    if (!v->title || !read_cursor(cx, http_query(req, "cursor"), &q))
        return cx_fail(cx, ERR_MISSING, "no_list",
                       T("Daftar itu tidak ada. Buka lewat angka di dasbor."));
    TRY(collect(cx, &w, &q, v));
    v->label = report_label(cx, &p);
    v->back = cx->actor.roles & REPORT_READERS ? arena_printf(cx->arena, "/dasbor/%s", p.text)
                                               : "/tamu";
    v->next = v->cut ? next_path(cx, req, &p, &q) : NULL;
    struct page_view page = {
        .title = v->title, .current = "/dasbor", .body = list_body, .arg = v};
    return page_render(cx, req, res, &page);
}
