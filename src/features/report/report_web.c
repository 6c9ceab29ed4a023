/* /dasbor: a day, a week, a month or a year at one address each. Figures only; the visits behind them are for
 * leaders and desks (report_web_list.c). */
#include "features/report/report_web.h"

#include <string.h>

#include "features/calendar/calendar.h"
#include "features/office/office.h"
#include "features/portal/portal.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "report_tmpl.h"
#include "lib/base/banned.h"

static int64_t today_of(const struct cx *cx)
{
    return calendar_day_of(cx->now_ms, cx->offset_min);
}

enum err report_period_wanted(struct cx *cx, const struct http_req *req, struct report_period *ret)
{
    if (report_period_read(cx->arena, http_param(req, "period"), ret))
        return ERR_OK;
    return cx_fail(
        cx, ERR_MISSING, "no_period",
        T("Kurun waktu itu tidak ada. Tulis seperti 2026, 2026-11, 2026-M48, atau 2026-11-25."));
}

const char *report_label(struct cx *cx, const struct report_period *p)
{
    return report_period_label(cx->arena, p, cx->lang == LANG_EN);
}

static const char *path_of(struct cx *cx, const struct report_period *p)
{
    return arena_printf(cx->arena, "/dasbor/%s", p->text);
}

static void fill_links(struct cx *cx, const struct report_period *p, struct report_page_view *v)
{
    static const char *const labels[] = {
        [SPAN_DAY] = T("Hari"), [SPAN_WEEK] = T("Pekan"), [SPAN_MONTH] = T("Bulan"), [SPAN_YEAR] = T("Tahun")};
    /* Other spans open where one is, but never in the future. */
    int64_t today = today_of(cx), last = p->until - 1 < today ? p->until - 1 : today;
    last = last < p->from ? p->from : last;
    struct report_period before = report_period_of(cx->arena, p->span, p->from - 1);
    struct report_period after = report_period_of(cx->arena, p->span, p->until);
    for (int i = 0; i < 4; i++) {
        struct report_period one = report_period_of(cx->arena, (enum report_span)i, last);
        v->spans[i] = (struct report_link){path_of(cx, &one), labels[i],
                                           (enum report_span)i == p->span};
    }
    v->before = path_of(cx, &before);
    v->after = after.from <= today ? path_of(cx, &after) : NULL;
    v->today = calendar_day_text(cx->arena, last);
}

static void fill_phases(struct cx *cx, const struct report_sum *s, struct report_page_view *v)
{
    for (int i = 0; i < REPORT_PHASES; i++) {
        enum report_phase phase = (enum report_phase)i;
        v->phases[i] = (struct report_phase_line){
            .label = report_phase_label(phase),
            .path = v->visits_path && s->times.count[i]
                        ? arena_printf(cx->arena, "%s?tahap=%d", v->visits_path, i)
                        : NULL,
            .visits = report_whole(cx, s->times.count[i]),
            .median = report_minutes(cx, report_times_at(&s->times, phase, 50)),
            .p90 = report_minutes(cx, report_times_at(&s->times, phase, 90))};
    }
}

static const char *notice_count(struct cx *cx, const struct report_sum *s, const char *channel,
                                const char *part)
{
    return report_whole(cx, report_notices(cx, s, channel, part));
}

static void fill_channels(struct cx *cx, const struct report_sum *s, struct report_page_view *v)
{
    v->channels = ARENA_ARRAY(cx->arena, REPORT_CHANNELS, struct report_channel_line);
    for (size_t i = 0; i < REPORT_CHANNELS; i++) {
        const char *c = report_channels[i];
        if (report_notices(cx, s, c, "queued") <= 0)
            continue;
        v->channels[v->channel_count++] = (struct report_channel_line){
            .label = report_channel_label(c),
            .queued = notice_count(cx, s, c, "queued"),
            .sent = notice_count(cx, s, c, "sent"),
            .delivered = notice_count(cx, s, c, "delivered"),
            .read = notice_count(cx, s, c, "read"),
            .failed = notice_count(cx, s, c, "failed")};
    }
}

static void fill_figures(struct cx *cx, const struct report_figures *f, struct report_page_view *v)
{
    const struct report_sum *s = &f->sum;
    v->visits = report_whole(cx, s->visits);
    v->share = report_percent(cx, s->kept, report_measured(s));
    v->median = report_minutes(cx, report_times_at(&s->times, PHASE_TOTAL, 50));
    v->p90 = report_minutes(cx, report_times_at(&s->times, PHASE_TOTAL, 90));
    v->complaints = report_whole(cx, report_count_all(s, "state"));
    v->categories = report_lines_of(cx, s, "category", v->visits_path);
    v->hosts = report_lines_of(cx, s, "host", v->visits_path);
    v->reasons = report_lines_of(cx, s, "reason", v->visits_path);
    v->answers = report_lines_of(cx, s, "answer", NULL);
    v->states = report_lines_of(cx, s, "state", NULL);
    v->excluded = report_excluded(cx, s, v->visits_path);
    v->custody = report_custody(cx, s);
    v->closings = report_closings_of(cx, s);
    v->deadlines = report_deadlines_of(cx, f);
    fill_phases(cx, s, v);
    fill_channels(cx, s, v);
    report_heat(cx, s, v);
}

static const char *axis_of(struct cx *cx, const struct report_period *p)
{
    const char *label = report_label(cx, p);
    const char *space = strchr(label, ' ');
    if (p->span == SPAN_MONTH && space)
        return arena_printf(cx->arena, "%.3s", label);
    return p->span == SPAN_YEAR ? label : "";
}

static void page_body(struct html *h, void *arg)
{
    report_page(h, arg);
}

static enum err show(struct cx *cx, struct http_req *req, struct http_res *res,
                     const struct report_period *p)
{
    struct report_figures f;
    struct office office = {.limit_s = 600};
    struct report_page_view *v = ARENA_NEW(cx->arena, struct report_page_view);
    TRY(office_get(cx->read, cx->actor.office_id, &office));
    TRY(report_read(cx, p, &f));
    v->label = report_label(cx, p);
    v->path = path_of(cx, p);
    v->text = p->text;
    v->lead = p->span == SPAN_DAY
                  ? v->label
                  : cx_printf(cx, T("%s, %d hari dengan tamu"), v->label, (int)f.days);
    v->visits_path = cx->actor.roles & REPORT_LISTERS
                         ? arena_printf(cx->arena, "%s/kunjungan", v->path)
                         : NULL;
    v->may_schedule = (cx->actor.roles & REPORT_SCHEDULERS) != 0;
    v->axis = axis_of(cx, p);
    fill_links(cx, p, v);
    fill_figures(cx, &f, v);
    report_charts(cx, p, &f, office.limit_s, v);
    struct page_view page = {
        .title = T("Dasbor pelayanan"), .current = "/dasbor", .body = page_body, .arg = v};
    return page_render(cx, req, res, &page);
}

static bool span_named(const char *name, enum report_span *ret)
{
    static const char *const names[] = {"hari", "minggu", "bulan", "tahun"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(names[i], name)) {
            *ret = (enum report_span)i;
            return true;
        }
    }
    return false;
}

/* This month; or, from the form, the span that holds a date. */
static enum err start_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    enum report_span span = SPAN_MONTH;
    int64_t day = calendar_day(http_query(req, "tanggal"));
    bool asked = span_named(http_query(req, "kurun"), &span) || day != CALENDAR_NO_DAY;
    struct report_period p = report_period_of(cx->arena, span,
                                              day == CALENDAR_NO_DAY ? today_of(cx) : day);
    /* A date from the form may lie outside what can be asked for. */
    if (!report_period_read(cx->arena, p.text, &p))
        p = report_period_of(cx->arena, span, today_of(cx));
    return asked ? http_res_redirect(cx, res, path_of(cx, &p)) : show(cx, req, res, &p);
}

static enum err period_get(struct cx *cx, struct http_req *req, struct http_res *res)
{
    struct report_period p;
    TRY(report_period_wanted(cx, req, &p));
    return show(cx, req, res, &p);
}

const struct route *report_routes(void)
{
    /* clang-format off */
    static const struct route rows[] = {
        {HTTP_GET, "/dasbor", REPORT_READERS, ROUTE_NO_TOKEN, start_get, NULL, 0, T("Angka pelayanan bulan ini"), NULL},
        {HTTP_GET, "/dasbor/{period}", REPORT_READERS, ROUTE_NO_TOKEN, period_get, NULL, 0, T("Angka pelayanan satu hari, pekan, bulan, atau tahun"), NULL},
        {HTTP_GET, "/dasbor/{period}/kunjungan", REPORT_LISTERS, ROUTE_NO_TOKEN, report_visits_get, NULL, 0, T("Kunjungan di balik satu angka"), NULL},
        {HTTP_GET, "/dasbor/{period}/kunjungan.xlsx", REPORT_LISTERS, ROUTE_NO_TOKEN, report_book_get, NULL, 0, T("Kunjungan di balik satu angka sebagai .xlsx; dicatat"), NULL},
        {HTTP_GET, "/dasbor/{period}/laporan.pdf", REPORT_READERS, ROUTE_NO_TOKEN, report_pdf_get, NULL, 0, T("Laporan pelayanan sebagai PDF; dicatat"), NULL},
        {HTTP_GET, "/dasbor/{period}/laporan.docx", REPORT_READERS, ROUTE_NO_TOKEN, report_docx_get, NULL, 0, T("Laporan pelayanan sebagai .docx; dicatat"), NULL},
        {HTTP_GET, "/dasbor/{period}/laporan.xlsx", REPORT_READERS, ROUTE_NO_TOKEN, report_xlsx_get, NULL, 0, T("Laporan pelayanan sebagai .xlsx; dicatat"), NULL},
        {.path = NULL},
    };
    /* clang-format on */
    return rows;
}
