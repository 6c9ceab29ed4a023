/* Arithmetic of working days and office hours over a calendar that was read before. Pure. */
#include "features/calendar/calendar.h"

#include "lib/base/str.h"
#include "lib/base/time.h"
#include "lib/base/banned.h"

#define DAY_MS    INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define YEARS_OF_DAYS                                                                              \
    (INT64_C(366) * 20)   /* no span is longer: beyond it a broken calendar would loop */
#define EPOCH_WEEKDAY 4   /* 1 January 1970 was a Thursday */
#define OPENING_LOOK  400 /* days in which an office with any hours opens again */

/* --- days as numbers and texts ------------------------------------------------------------------------ */

int64_t calendar_day(const char *text)
{
    struct civil c = {.hour = 12};
    if (!text || !time_parse_date(text, &c.year, &c.month, &c.day))
        return CALENDAR_NO_DAY;
    return calendar_day_of(time_from_civil(c, 0), 0);
}

char *calendar_day_text(struct arena *a, int64_t day)
{
    if (day == CALENDAR_NO_DAY)
        return NULL;
    struct civil c = time_civil(day * DAY_MS, 0);
    return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

int64_t calendar_day_of(int64_t ms, int offset_min)
{
    int64_t local = ms + offset_min * MINUTE_MS;
    return local >= 0 ? local / DAY_MS : -((-local + DAY_MS - 1) / DAY_MS);
}

int64_t calendar_day_ms(int64_t day, int offset_min)
{
    return day * DAY_MS - offset_min * MINUTE_MS;
}

int calendar_weekday(int64_t day)
{
    int64_t w = (day + EPOCH_WEEKDAY) % 7;
    return (int)(w < 0 ? w + 7 : w);
}

int calendar_year(int64_t day)
{
    return time_civil(day * DAY_MS, 0).year;
}

/* --- working days ---------------------------------------------------------------------------------------- */

bool calendar_is_holiday(const struct calendar *c, int64_t day)
{
    size_t low = 0, high = c->holiday_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->holidays[middle] == day)
            return true;
        if (c->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool calendar_is_working(const struct calendar *c, int64_t day)
{
    int weekday = calendar_weekday(day);
    return weekday >= 1 && weekday <= 5 && !calendar_is_holiday(c, day);
}

int64_t calendar_working_between(const struct calendar *c, int64_t from, int64_t until)
{
    int64_t n = 0;
    if (until < from)
        return -calendar_working_between(c, until, from);
    for (int64_t day = from + 1; day <= until; day++)
        n += calendar_is_working(c, day);
    return n;
}

int64_t calendar_add_working(const struct calendar *c, int64_t day, int64_t n)
{
    for (int64_t last = day + YEARS_OF_DAYS; n > 0 && day < last;) {
        day++;
        n -= calendar_is_working(c, day);
    }
    return day;
}

static bool is_paused(int64_t day, const struct calendar_pause *pauses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pauses[i].from <= day && day < pauses[i].until)
            return true;
    }
    return false;
}

static bool still_stands(const struct calendar_pause *pauses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pauses[i].until == CALENDAR_NO_DAY)
            return true;
    }
    return false;
}

int64_t calendar_due(const struct calendar *c, int64_t from, const struct calendar_span *span,
                     const struct calendar_pause *pauses, size_t pause_count)
{
    int64_t day = from, left = span->length;
    if (still_stands(pauses, pause_count))
        return CALENDAR_NO_DAY;
    for (int64_t last = from + YEARS_OF_DAYS; left > 0 && day < last;) {
        day++;
        if (!is_paused(day, pauses, pause_count) && (!span->working || calendar_is_working(c, day)))
            left--;
    }
    return calendar_is_working(c, day) ? day : calendar_add_working(c, day, 1);
}

/* --- office hours ------------------------------------------------------------------------------------------ */

static bool open_at(const struct office_hours *h, int64_t minute)
{
    if (minute < h->open_min || minute >= h->close_min)
        return false;
    return minute < h->break_from_min || minute >= h->break_until_min;
}

bool calendar_is_open(const struct calendar *c, int64_t ms)
{
    int64_t day = calendar_day_of(ms, c->offset_min);
    int64_t minute = (ms - calendar_day_ms(day, c->offset_min)) / MINUTE_MS;
    return !calendar_is_holiday(c, day) && open_at(&c->hours[calendar_weekday(day)], minute);
}

/* The first minute of this day from `minute` on at which the office opens; -1: not any more. */
static int64_t opening_minute(const struct office_hours *h, int64_t minute)
{
    if (h->open_min >= h->close_min)
        return -1;
    int64_t first = minute < h->open_min ? h->open_min : minute;
    if (open_at(h, first))
        return first;
    return first < h->break_until_min && open_at(h, h->break_until_min) ? h->break_until_min : -1;
}

int64_t calendar_next_opening(const struct calendar *c, int64_t ms)
{
    int64_t today = calendar_day_of(ms, c->offset_min);
    if (calendar_is_open(c, ms))
        return ms;
    for (int64_t day = today; day < today + OPENING_LOOK; day++) {
        if (calendar_is_holiday(c, day))
            continue;
        int64_t start = calendar_day_ms(day, c->offset_min);
        int64_t from = day == today ? (ms - start + MINUTE_MS - 1) / MINUTE_MS : 0;
        int64_t minute = opening_minute(&c->hours[calendar_weekday(day)], from);
        if (minute >= 0)
            return start + minute * MINUTE_MS;
    }
    return CALENDAR_NO_DAY;
}

/* --- words --------------------------------------------------------------------------------------------------- */

const char *calendar_kind_label(const char *kind)
{
    if (str_eq(kind, "public_holiday"))
        return T("Libur nasional");
    if (str_eq(kind, "collective_leave"))
        return T("Cuti bersama");
    return str_eq(kind, "local") ? T("Libur setempat") : "";
}
