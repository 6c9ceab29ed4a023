/* Rules of the report by mail: when it is due, of which period. Pure. */
#include "features/report/report_schedule.h"

#include <string.h>

#include "features/calendar/calendar.h"
#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

enum report_span report_schedule_span(const char *report)
{
    return str_eq(report, "yearly") ? SPAN_YEAR : SPAN_MONTH;
}

const char *report_schedule_label(const char *report)
{
    return str_eq(report, "yearly") ? T("Tahunan") : T("Bulanan");
}

bool report_is_mail(const char *kind)
{
    return str_eq(kind, REPORT_MAIL) || str_eq(kind, REPORT_MAIL_TEST);
}

int64_t report_due_at(const struct report_period *p, int64_t day, int offset_min)
{
    struct civil first = time_civil(calendar_day_ms(p->until, 0), 0);
    struct civil next = {
        .year = first.year + first.month / 12, .month = first.month % 12 + 1, .day = 1};
    int64_t days = calendar_day_of(time_from_civil(next, 0), 0) - p->until;
    int64_t due = p->until + (day < days ? day : days) - 1;
    return calendar_day_ms(due, offset_min) + REPORT_MAIL_HOUR * INT64_C(3600000);
}

struct report_due report_due_next(struct arena *a, const struct report_recipient *r, int offset_min)
{
    enum report_span span = report_schedule_span(r->report);
    struct report_period p;
    if (r->last_period && report_period_read(a, r->last_period, &p)) {
        p = report_period_of(a, span, p.until);
        return (struct report_due){p.text, report_due_at(&p, r->day, offset_min)};
    }
    p = report_latest(a, r->report, r->created_at, offset_min);
    if (report_due_at(&p, r->day, offset_min) <= r->created_at)
        p = report_period_of(a, span, p.until);
    return (struct report_due){p.text, report_due_at(&p, r->day, offset_min)};
}

struct report_period report_latest(struct arena *a, const char *report, int64_t now_ms,
                                   int offset_min)
{
    enum report_span span = report_schedule_span(report);
    struct report_period p = report_period_of(a, span, calendar_day_of(now_ms, offset_min));
    return report_period_of(a, span, p.from - 1);
}
