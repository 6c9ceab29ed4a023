/* Calendar arithmetic without the process-wide zone of libc. See time.h. */
#include "lib/base/time.h"

#include <string.h>
#include <time.h>

#include "lib/base/banned.h"

#define DAY_MS 86400000LL

int64_t time_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t time_monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0); /* b is positive */
}

/* Days since 1970-01-01 of a proleptic Gregorian date; the year starts in March, so that the leap
 * day is its last. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil time_civil(int64_t ms, int offset_min)
{
    int64_t local = ms + (int64_t)offset_min * 60000;
    int64_t days = floor_div(local, DAY_MS);
    int64_t rest = local - days * DAY_MS;
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    struct civil c = {
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
        .month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9),
        .hour = (int)(rest / 3600000),
        .minute = (int)(rest / 60000 % 60),
        .second = (int)(rest / 1000 % 60),
        .millisecond = (int)(rest % 1000),
        .weekday = (int)((days % 7 + 11) % 7),
    };
    c.year = (int)(year_of_era + era * 400 + (c.month <= 2));
    return c;
}

int64_t time_from_civil(struct civil c, int offset_min)
{
    int64_t seconds = (days_of(c.year, c.month, c.day) * 24 + c.hour) * 3600 + c.minute * 60 +
                      c.second;
    return seconds * 1000 + c.millisecond - (int64_t)offset_min * 60000;
}

int64_t time_day_start(int64_t ms, int offset_min)
{
    int64_t shift = (int64_t)offset_min * 60000;
    return floor_div(ms + shift, DAY_MS) * DAY_MS - shift;
}

char *time_day_text(struct arena *a, int64_t ms, int offset_min)
{
    struct civil c = time_civil(ms, offset_min);
    return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

char *time_rfc3339(struct arena *a, int64_t ms, int offset_min)
{
    struct civil c = time_civil(ms, offset_min);
    int o = offset_min < 0 ? -offset_min : offset_min;
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", c.year, c.month, c.day,
                        c.hour, c.minute, c.second, offset_min < 0 ? '-' : '+', o / 60, o % 60);
}

/* Exactly n digits at *s; moves *s behind them. */
static bool take_digits(const char **s, int n, int *ret)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        char c = (*s)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *s += n;
    *ret = value;
    return true;
}

static bool take_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(const char **s, struct civil *c)
{
    if (!take_digits(s, 4, &c->year) || !take_char(s, '-') || !take_digits(s, 2, &c->month) ||
        !take_char(s, '-') || !take_digits(s, 2, &c->day))
        return false;
    return c->year >= 1 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= days_in_month(c->year, c->month);
}

bool time_parse_date(const char *s, int *ret_year, int *ret_month, int *ret_day)
{
    struct civil c = {0};
    if (!take_date(&s, &c) || *s)
        return false;
    *ret_year = c.year;
    *ret_month = c.month;
    *ret_day = c.day;
    return true;
}

static bool take_offset(const char **s, int *ret_min)
{
    if (take_char(s, 'Z') || take_char(s, 'z')) {
        *ret_min = 0;
        return true;
    }
    char sign = **s;
    if (sign != '+' && sign != '-')
        return false;
    (*s)++;
    int hours, minutes;
    if (!take_digits(s, 2, &hours) || !take_char(s, ':') || !take_digits(s, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    *ret_min = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    return true;
}

bool time_parse(const char *s, int offset_min, int64_t *ret)
{
    struct civil c = {0};
    if (!take_date(&s, &c))
        return false;
    if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' '))
        return false;
    if (!take_digits(&s, 2, &c.hour) || !take_char(&s, ':') || !take_digits(&s, 2, &c.minute))
        return false;
    if (take_char(&s, ':') && !take_digits(&s, 2, &c.second))
        return false;
    if (take_char(&s, '.')) {
        int scale = 100;
        if (*s < '0' || *s > '9')
            return false;
        for (; *s >= '0' && *s <= '9'; s++, scale /= 10)
            c.millisecond += (*s - '0') * scale;
    }
    if (c.hour > 23 || c.minute > 59 || c.second > 60)
        return false;
    if (*s && !take_offset(&s, &offset_min))
        return false;
    if (*s)
        return false;
    *ret = time_from_civil(c, offset_min);
    return true;
}

const char *time_zone_letters(int offset_min)
{
    switch (offset_min) {
    case 420:
        return "WIB";
    case 480:
        return "WITA";
    case 540:
        return "WIT";
    default:
        return "UTC";
    }
}

char *time_hm(struct arena *a, int64_t ms, int offset_min)
{
    struct civil c = time_civil(ms, offset_min);
    return arena_printf(a, "%02d.%02d", c.hour, c.minute);
}

char *time_hms(struct arena *a, int64_t ms, int offset_min)
{
    struct civil c = time_civil(ms, offset_min);
    return arena_printf(a, "%02d.%02d.%02d", c.hour, c.minute, c.second);
}

char *time_long_date(struct arena *a, int64_t ms, int offset_min, bool english)
{
    static const char *const days[2][7] = {
        {"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
        {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}};
    static const char *const months[2][12] = {
        {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
         "Oktober", "November", "Desember"},
        {"January", "February", "March", "April", "May", "June", "July", "August", "September",
         "October", "November", "December"}};
    struct civil c = time_civil(ms, offset_min);
    return arena_printf(a, "%s, %d %s %d", days[english][c.weekday], c.day,
                        months[english][c.month - 1], c.year);
}

char *time_moment(struct arena *a, int64_t ms, int offset_min, bool english)
{
    return arena_printf(a, "%s, %s %s", time_long_date(a, ms, offset_min, english),
                        time_hm(a, ms, offset_min), time_zone_letters(offset_min));
}

char *time_paper_moment(struct arena *a, int64_t ms, int offset_min)
{
    return arena_printf(a, "%s, pukul %s %s", time_long_date(a, ms, offset_min, false),
                        time_hm(a, ms, offset_min), time_zone_letters(offset_min));
}
