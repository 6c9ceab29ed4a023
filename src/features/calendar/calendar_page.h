/* What the pages of this feature show: filled by calendar_web*.c, written by calendar.tmpl. */
#ifndef BT_CALENDAR_PAGE_H
#define BT_CALENDAR_PAGE_H

#include "features/calendar/calendar.h"
#include "lib/html/widgets.h"

struct holiday_line {
    const char *day, *label, *kind, *css, *name, *decree; /* kind: msgid */
};
struct holiday_typed {
    const char *day, *kind, *name, *decree;
};
struct holidays_view {
    const char *title; /* "Hari libur 2026" */
    const char *before, *after, *year;
    const struct holiday_line *lines;
    size_t count;
    const char *missing; /* the sentence about a year without holidays, or NULL */
    bool may_write;
    const char *edit_day; /* the holiday that is changed, or NULL: a new one is added */
    bool form_open, import_open;
    struct holiday_typed typed;
    const char *import_lines, *import_decree;
    const char *done; /* msgid, or NULL */
};

struct hours_line {
    const char *name, *label; /* name: of the inputs, "hours.3"; label: the weekday */
    const char *weekday, *open, *close, *break_from,
        *break_until; /* "07:30"; "": closed, no break */
};
struct hours_view {
    struct hours_line days[CALENDAR_WEEKDAYS]; /* Monday first */
    bool may_write, done;
    const char *now; /* sentence: open now, or when it opens next */
};

#endif
