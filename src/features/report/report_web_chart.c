/* Charts as SVG: where everything stands. The words and numbers are those of the tables behind them. */
#include "features/report/report_web.h"

#include <string.h>

#include "features/calendar/calendar.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define LEFT   44
#define RIGHT  720
#define TOP    15
#define BOTTOM 160 /* of the shares */
#define FLOOR  175 /* of the durations */

const char *report_point_label(struct cx *cx, const struct report_period *p, int64_t day, bool full)
{
    struct report_period one = report_period_of(cx->arena,
                                                p->span == SPAN_YEAR ? SPAN_MONTH : SPAN_DAY, day);
    char *label = report_period_label(cx->arena, &one, cx->lang == LANG_EN);
    if (full)
        return label;
    if (p->span == SPAN_YEAR)
        return arena_printf(cx->arena, "%.3s", label);
    return arena_printf(cx->arena, "%d", time_civil(calendar_day_ms(day, 0), 0).day);
}

static int share_y(int64_t part, int64_t whole)
{
    return BOTTOM - (int)((BOTTOM - TOP) * part / whole);
}

static int time_y(int64_t ms, int64_t most_min)
{
    int64_t most = most_min * 60000;
    return FLOOR - (int)((FLOOR - TOP) * (ms < most ? ms : most) / most);
}

/* The top of the durations' axis in minutes, and the lines below it. */
static int64_t time_axis(struct cx *cx, const struct report_figures *f, int64_t limit_min,
                         struct report_page_view *v)
{
    static const int64_t tops[] = {15, 30, 60, 120, 240};
    int64_t most = limit_min * 60000, top = tops[ARRAY_LEN(tops) - 1];
    for (size_t i = 0; i < f->point_count; i++)
        most = f->points[i].p90_ms > most ? f->points[i].p90_ms : most;
    for (size_t i = ARRAY_LEN(tops); i-- > 0;) {
        if (most < tops[i] * 60000)
            top = tops[i];
    }
    for (int64_t i = 0; i <= 3; i++)
        v->time_grid[v->time_grid_count++] = (struct report_grid){
            .y = time_y(i * top / 3 * 60000, top), .label = report_whole(cx, i * top / 3)};
    return top;
}

static void fill_mark(struct cx *cx, const struct report_point *p, int64_t top, int width,
                      struct report_mark *m)
{
    m->visits = report_whole(cx, p->visits);
    m->measured = report_whole(cx, p->measured);
    m->share = report_percent(cx, p->kept, p->measured);
    m->median = report_minutes(cx, p->median_ms);
    m->p90 = report_minutes(cx, p->p90_ms);
    if (p->measured == 0)
        return;
    int y = share_y(p->kept, p->measured);
    m->low = p->kept * 100 < p->measured * REPORT_TARGET;
    m->bar = arena_printf(cx->arena, "M%d %dV%dh%dV%dz", m->x - width / 2, BOTTOM, y, width, BOTTOM);
    m->median_y = time_y(p->median_ms, top);
    m->p90_y = time_y(p->p90_ms, top);
    m->span = arena_printf(cx->arena, "M%d %dV%d", m->x, m->median_y, m->p90_y);
}

/* Days without guests take no room; months do. */
static size_t shown_points(const struct report_period *p, const struct report_figures *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->point_count; i++)
        n += p->span == SPAN_YEAR || f->points[i].visits > 0;
    return n;
}

static void chart_words(struct cx *cx, const struct report_period *p,
                        const struct report_figures *f, struct report_page_view *v)
{
    const struct report_point *worst = NULL, *best = NULL;
    for (size_t i = 0; i < f->point_count; i++) {
        const struct report_point *one = &f->points[i];
        if (one->measured == 0)
            continue;
        if (!worst || one->kept * worst->measured < worst->kept * one->measured)
            worst = one;
        if (!best || one->kept * best->measured > best->kept * one->measured)
            best = one;
    }
    v->time_words = cx_t(cx,
                         T("Diagram titik: median dan p90 lama menunggu, dalam menit. Angkanya ada "
                           "pada tabel di bawah."));
    if (!worst || !best)
        return;
    v->share_words = cx_printf(
        cx, T("Diagram batang: bagian tamu yang diterima tepat waktu, terendah %s (%s), tertinggi %s (%s)."),
        report_percent(cx, worst->kept, worst->measured),
        report_point_label(cx, p, worst->from, true),
        report_percent(cx, best->kept, best->measured), report_point_label(cx, p, best->from, true));
}

void report_charts(struct cx *cx, const struct report_period *p, const struct report_figures *f,
                   int64_t limit_s, struct report_page_view *v)
{
    size_t shown = shown_points(p, f), n = 0;
    int slot = shown ? (RIGHT - LEFT) / (int)shown : 0;
    int width = slot * 7 / 10 < 44 ? slot * 7 / 10 : 44;
    int64_t top = time_axis(cx, f, limit_s / 60, v);
    v->goal_y = share_y(REPORT_TARGET, 100);
    v->limit_y = time_y(limit_s * 1000, top);
    v->limit_text = cx_printf(cx, T("Batas %d menit"), (int)(limit_s / 60));
    v->by_month = p->span == SPAN_YEAR;
    v->marks = ARENA_ARRAY(cx->arena, shown + 1, struct report_mark);
    for (size_t i = 0; i < f->point_count; i++) {
        const struct report_point *point = &f->points[i];
        if (p->span != SPAN_YEAR && point->visits == 0)
            continue;
        struct report_mark *m = &v->marks[n];
        m->x = LEFT + slot * (int)n + slot / 2;
        m->label = report_point_label(cx, p, point->from, false);
        m->name = report_point_label(cx, p, point->from, true);
        m->path = arena_printf(
            cx->arena, "/dasbor/%s",
            report_period_of(cx->arena, v->by_month ? SPAN_MONTH : SPAN_DAY, point->from).text);
        fill_mark(cx, point, top, width > 2 ? width : 2, m);
        v->low_count += m->low;
        n++;
    }
    v->mark_count = n;
    chart_words(cx, p, f, v);
}

/* --- hours and weekdays --------------------------------------------------------------------------------------- */

#define WEEKDAYS    7
#define HOURS       24
#define HEAT_LEFT   72
#define CELL_HEIGHT 37
#define ROW_HEIGHT  41
#define HEAT_TOP    25

/* 0 is Sunday, as 4 January 1970 was. */
static const char *weekday_name(const struct cx *cx, int weekday)
{
    const char *text = time_long_date(cx->arena, calendar_day_ms(3 + weekday, 0), 0,
                                      cx->lang == LANG_EN);
    return arena_printf(cx->arena, "%.*s", (int)strcspn(text, ","), text);
}

struct heat {
    int64_t n[WEEKDAYS][HOURS], most;
    int64_t days[WEEKDAYS];
    int first, last; /* hours */
    int busiest_day, busiest_hour;
};

static void heat_read(const struct report_sum *s, struct heat *h)
{
    *h = (struct heat){.first = 8, .last = 15};
    for (size_t i = 0; i < s->count; i++) {
        const struct report_count *c = &s->counts[i];
        if (!str_eq(c->kind, "hour") || c->n <= 0 || strlen(c->key) != 4)
            continue;
        int day = c->key[0] - '0', hour = (c->key[2] - '0') * 10 + (c->key[3] - '0');
        if (day < 0 || day >= WEEKDAYS || hour < 0 || hour >= HOURS)
            continue;
        h->n[day][hour] += c->n;
        h->days[day] += c->n;
        h->first = hour < h->first ? hour : h->first;
        h->last = hour > h->last ? hour : h->last;
        if (h->n[day][hour] > h->most) {
            h->most = h->n[day][hour];
            h->busiest_day = day;
            h->busiest_hour = hour;
        }
    }
}

static void heat_cell(const struct heat *h, int day, int hour, struct report_cell *c)
{
    static const struct {
        int percent;
        const char *opacity;
    } steps[] = {{80, "1"}, {55, "0.78"}, {30, "0.34"}, {10, "0.18"}, {0, "0.06"}};
    c->n = h->n[day][hour];
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (c->n * 100 >= h->most * steps[i].percent) {
            c->opacity = steps[i].opacity;
            c->dark = i < 2;
            break;
        }
    }
    if (c->n == 0) {
        c->opacity = "0.03";
        c->dark = false;
    }
}

void report_heat(struct cx *cx, const struct report_sum *s, struct report_page_view *v)
{
    struct heat h;
    heat_read(s, &h);
    size_t hours = (size_t)(h.last - h.first + 1);
    int slot = (RIGHT - HEAT_LEFT) / (int)hours;
    if (h.most == 0)
        return;
    v->heat = ARENA_ARRAY(cx->arena, WEEKDAYS, struct report_heat_row);
    v->hours = ARENA_ARRAY(cx->arena, hours, struct report_hour);
    v->hour_count = hours;
    v->heat_most = h.most;
    v->heat_width = slot - 4;
    for (size_t i = 0; i < hours; i++)
        v->hours[i] = (struct report_hour){
            .x = HEAT_LEFT + slot * (int)i + (slot - 4) / 2,
            .label = arena_printf(cx->arena, "%02d.00", h.first + (int)i)};
    for (int i = 1; i <= WEEKDAYS; i++) {
        int day = i % WEEKDAYS; /* Monday first */
        if (i > 5 && h.days[day] == 0)
            continue;
        struct report_heat_row *row = &v->heat[v->heat_count];
        row->label = weekday_name(cx, day);
        row->y = HEAT_TOP + ROW_HEIGHT * (int)v->heat_count++;
        row->cells = ARENA_ARRAY(cx->arena, hours, struct report_cell);
        row->count = hours;
        for (size_t j = 0; j < hours; j++) {
            row->cells[j].x = HEAT_LEFT + slot * (int)j;
            heat_cell(&h, day, h.first + (int)j, &row->cells[j]);
        }
    }
    v->heat_height = HEAT_TOP + ROW_HEIGHT * (int)v->heat_count + (CELL_HEIGHT - ROW_HEIGHT) + 4;
    v->heat_words = cx_printf(cx, T("Peta panas: paling ramai hari %s pukul %02d.00, %s tamu."),
                              weekday_name(cx, h.busiest_day), h.busiest_hour,
                              report_whole(cx, h.most));
}
