/* The visits behind a number of the dashboard, newest first. What a visit counts as is the rule of report.c, so
 * that list and number agree: visits are read a page at a time and looked at one by one. */
#include "features/report/report_web.h"

#include <string.h>

#include "features/audit/audit.h"
#include "features/calendar/calendar.h"
#include "features/portal/portal.h"
#include "features/visit/visit.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/xlsx/xlsx.h"
#include "report_tmpl.h"
#include "lib/base/banned.h"

#define LINES_MAX  100 /* of a page */
#define READ_PAGE  200
#define LOOKED_MAX 4000 /* visits looked at for one page; the rest on the next */

/* A workbook holds at most so many rows, out of so many visits looked at. */
#define REPORT_BOOK_ROWS   10000
#define REPORT_BOOK_LOOKED 20000

struct wanted {
    int kind;  /* enum report_kind; -1: any but the cancelled */
    int phase; /* enum report_phase; -1: any */
    const char *reason, *category, *host;
    int64_t today;
};

struct taker {
    enum err (*take)(void *arg, const struct report_visit *visit, bool *ret_room);
    void *arg;
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
    if (w->host && !str_eq(report_host(cx->arena, v), w->host))
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
        return str_empty(text);
    const char *ms = arena_printf(cx->arena, "%.*s", (int)(dash - text), text);
    q->before_id = dash + 1;
    return str_to_i64(ms, 0, INT64_MAX, &q->before_ms) && strlen(q->before_id) < UUID_TEXT_BYTES;
}

/* Goes through the visits from q on, page by page, and hands over those that match. Ends with *ret_cut when
 * `take` has no room (it did not take that visit) or `most` were looked at; q then stands before the next one. */
static enum err walk(struct cx *cx, const struct wanted *w, struct report_query *q, size_t most,
                     const struct taker *t, bool *ret_cut)
{
    size_t count = READ_PAGE;
    q->limit = READ_PAGE;
    *ret_cut = true;
    for (size_t looked = 0; count == READ_PAGE; looked += count) {
        struct report_visit *visits = NULL;
        if (looked >= most)
            return ERR_OK;
        TRY(report_visits(cx->read, cx->actor.office_id, q, &visits, &count));
        for (size_t i = 0; i < count; i++) {
            bool room = true;
            if (matches(cx, w, &visits[i]))
                TRY(t->take(t->arg, &visits[i], &room));
            if (!room)
                return ERR_OK;
            q->before_ms = visits[i].arrived_at;
            q->before_id = visits[i].id;
        }
    }
    *ret_cut = false;
    return ERR_OK;
}

struct shown {
    struct cx *cx;
    const struct wanted *w;
    struct report_list_view *v;
};

static enum err take_line(void *arg, const struct report_visit *visit, bool *ret_room)
{
    struct shown *s = arg;
    *ret_room = s->v->count < LINES_MAX;
    if (*ret_room)
        fill_line(s->cx, s->w, visit, &s->v->lines[s->v->count++]);
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
                         .host = http_query(req, "pejabat"),
                         .today = time_day_start(cx->now_ms, cx->offset_min)};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!str_eq(kinds[i].name, kind))
            continue;
        title = cx_t(cx, kinds[i].title);
        w->kind = kinds[i].kind;
    }
    if (http_query(req, "tahap") &&
        !str_to_i64(http_query(req, "tahap"), 0, REPORT_PHASES - 1, &phase))
        return NULL;
    w->phase = (int)phase;
    if (phase >= 0)
        title = cx_t(cx, report_phase_label((enum report_phase)phase));
    /* What the tables of labels do not know comes back as it is, or empty. */
    if (w->category) {
        const char *label = visit_category_label(w->category);
        title = str_eq(label, w->category) ? NULL : cx_t(cx, label);
    }
    if (w->host) {
        const char *label = report_host_label(cx, w->host);
        title = str_eq(label, w->host) ? NULL : label;
    }
    if (w->reason)
        title = cx_t(cx, report_reason_label(w->reason));
    return str_empty(title) ? NULL : title;
}

/* A path of this list with the same filters. */
static const char *list_path(struct cx *cx, const struct http_req *req,
                             const struct report_period *p, const char *leaf, const char *cursor)
{
    static const char *const names[] = {"angka", "tahap", "sebab", "keperluan", "pejabat"};
    const char *path = arena_printf(cx->arena, "/dasbor/%s/%s?cursor=%s", p->text, leaf,
                                    str_or(cursor, ""));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = http_query(req, names[i]);
        if (value)
            path = arena_printf(cx->arena, "%s&%s=%s", path, names[i], value);
    }
    return path;
}

static const char *next_path(struct cx *cx, const struct http_req *req,
                             const struct report_period *p, const struct report_query *q)
{
    return list_path(cx, req, p, "kunjungan",
                     arena_printf(cx->arena, "%lld-%s", (long long)q->before_ms, q->before_id));
}

static void list_body(struct html *h, void *arg)
{
    report_list_page(h, arg);
}

/* What path and query ask for. */
struct asked {
    struct report_period period;
    struct report_query from;
    struct wanted wanted;
    const char *title;
};

static enum err read_asked(struct cx *cx, const struct http_req *req, struct asked *a)
{
    TRY(report_period_wanted(cx, req, &a->period));
    a->from = (struct report_query){.from_ms = calendar_day_ms(a->period.from, cx->offset_min),
                                    .until_ms = calendar_day_ms(a->period.until, cx->offset_min),
                                    .before_ms = INT64_MAX,
                                    .before_id = ""};
    a->title = read_wanted(cx, req, &a->wanted);
    if (!a->title || !read_cursor(cx, http_query(req, "cursor"), &a->from))
        return cx_fail(cx, ERR_MISSING, "no_list",
                       T("Daftar itu tidak ada. Buka lewat angka di dasbor."));
    return ERR_OK;
}

enum err report_visits_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct asked a;
    struct report_list_view *v = ARENA_NEW(cx->arena, struct report_list_view);
    struct shown shown = {cx, &a.wanted, v};
    const struct taker taker = {take_line, &shown};
    TRY(read_asked(cx, req, &a));
    v->lines = ARENA_ARRAY(cx->arena, LINES_MAX, struct report_visit_line);
    TRY(walk(cx, &a.wanted, &a.from, LOOKED_MAX, &taker, &v->cut));
    v->title = a.title;
    v->label = report_label(cx, &a.period);
    v->back = cx->actor.roles & REPORT_READERS
                  ? arena_printf(cx->arena, "/dasbor/%s", a.period.text)
                  : "/tamu";
    v->next = v->cut ? next_path(cx, req, &a.period, &a.from) : NULL;
    v->book = list_path(cx, req, &a.period, "kunjungan.xlsx", NULL);
    struct page_view page = {.title = v->title, .current = "/dasbor", .body = list_body, .arg = v};
    return page_render(cx, req, res, &page);
}

/* --- the same as a workbook ------------------------------------------------------------------------------- */

struct writing {
    struct cx *cx;
    const struct wanted *w;
    struct xlsx *x;
    size_t rows;
};

static enum err take_row(void *arg, const struct report_visit *v, bool *ret_room)
{
    struct writing *b = arg;
    struct report_visit_line l;
    *ret_room = b->rows < REPORT_BOOK_ROWS;
    if (!*ret_room)
        return ERR_OK;
    b->rows++;
    fill_line(b->cx, b->w, v, &l);
    const struct xlsx_cell cells[] = {
        {.text = l.number},
        {.number = v->arrived_at},
        {.text = cx_t(b->cx, l.category)},
        {.text = report_host_label(b->cx, report_host(b->cx->arena, v))},
        {.number = v->received_at},
        {.text = l.took},
        {.text = cx_t(b->cx, l.what)}};
    return xlsx_row(b->x, cells);
}

static enum err book_fill(struct cx *cx, struct asked *a, struct xlsx *x)
{
    const struct xlsx_column columns[] = {{cx_t(cx, T("Kunjungan")), 14, XLSX_TEXT},
                                          {cx_t(cx, T("Datang")), 18, XLSX_TIME},
                                          {cx_t(cx, T("Keperluan")), 22, XLSX_TEXT},
                                          {cx_t(cx, T("Pejabat yang dituju")), 24, XLSX_TEXT},
                                          {cx_t(cx, T("Diterima")), 18, XLSX_TIME},
                                          {cx_t(cx, T("Menit")), 10, XLSX_TEXT},
                                          {cx_t(cx, T("Keterangan")), 40, XLSX_TEXT}};
    const struct xlsx_sheet sheet = {
        .name = cx_t(cx, T("Kunjungan")),
        .title = arena_printf(cx->arena, "%s, %s", a->title, report_label(cx, &a->period)),
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .landscape = true,
        .offset_min = cx->offset_min};
    struct writing writing = {.cx = cx, .w = &a->wanted, .x = x};
    const struct taker taker = {take_row, &writing};
    bool cut = false;
    TRY(xlsx_sheet_begin(x, &sheet));
    TRY(walk(cx, &a->wanted, &a->from, REPORT_BOOK_LOOKED, &taker, &cut));
    if (!cut)
        return ERR_OK;
    const struct xlsx_cell last[ARRAY_LEN(columns)] = {
        {.text = cx_printf(
             cx,
             T("Daftar ini terpotong setelah %zu kunjungan. Pilih kurun waktu yang lebih "
               "pendek."),
             writing.rows)}};
    return xlsx_row_strong(x, last);
}

enum err report_book_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct asked a;
    struct xlsx *x = NULL;
    TRY(read_asked(cx, req, &a));
    TRY(audit_note(cx, "report_exported", "report", a.period.text, "format=xlsx list=visits"));
    TRY(workbook_begin(cx, &x));
    enum err e = book_fill(cx, &a, x);
    return workbook_send(cx, res, x, e, arena_printf(cx->arena, "Kunjungan %s.xlsx", a.period.text));
}
