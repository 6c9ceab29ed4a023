/* Days on which the office works, and hours in which it is open: public holidays, collective leave, local
 * holidays, office hours; arithmetic over them.
 *
 * A day is a number here (days since 1 January 1970) and "YYYY-MM-DD" in the database. A working day is a
 * Monday to Friday that is no holiday (Perpres 21/2023); being open is a matter of the hours of the
 * weekday. */
#ifndef BT_CALENDAR_H
#define BT_CALENDAR_H

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

#define CALENDAR_WEEKDAYS      7
#define CALENDAR_HOLIDAYS_MAX  2000u
#define CALENDAR_NAME_MAX      120
#define CALENDAR_NO_DAY        INT64_MIN
#define CALENDAR_NEXT_YEAR_DUE 11 /* from this month on the coming year's holidays must be there */

/* Of a weekday, in minutes of the office's day. open == close: closed all day; break_from == break_until:
 * no break. */
struct office_hours {
    int64_t weekday; /* 0 = Sunday */
    int64_t open_min, close_min, break_from_min, break_until_min;
};

/* What the arithmetic needs. */
struct calendar {
    const int64_t *holidays; /* day numbers, ascending, each once */
    size_t holiday_count;
    struct office_hours hours[CALENDAR_WEEKDAYS]; /* by weekday */
    int offset_min;                               /* of the office's zone */
};

/* A stretch in which a clock stands still: from <= day < until. until CALENDAR_NO_DAY: it still does. */
struct calendar_pause {
    int64_t from, until;
};

/* How long something may take. */
struct calendar_span {
    int64_t length;
    bool working; /* working days, else calendar days */
};

/* --- rules (pure) ------------------------------------------------------------------------------------ */
/* "2026-07-23" → day number; CALENDAR_NO_DAY when there is no such day. NULL gives CALENDAR_NO_DAY. */
int64_t calendar_day(const char *text);
/* Back; NULL for CALENDAR_NO_DAY. */
char *calendar_day_text(struct arena *a, int64_t day);
/* Day number of a moment in the office's zone, and the moment its day begins. */
int64_t calendar_day_of(int64_t ms, int offset_min);
int64_t calendar_day_ms(int64_t day, int offset_min);
int calendar_weekday(int64_t day); /* 0 = Sunday */
int calendar_year(int64_t day);

bool calendar_is_holiday(const struct calendar *c, int64_t day);
bool calendar_is_working(const struct calendar *c, int64_t day);
/* Working days in (from, until]; negative when until is before from. */
int64_t calendar_working_between(const struct calendar *c, int64_t from, int64_t until);
/* The n-th working day after `day` (n 0: the day itself). */
int64_t calendar_add_working(const struct calendar *c, int64_t day, int64_t n);
/* The last day of a span that begins on `from` (which does not count itself), the pauses taken out.
 * CALENDAR_NO_DAY while one of them is still open. A calendar deadline that falls on a day off moves to
 * the next working day. */
int64_t calendar_due(const struct calendar *c, int64_t from, const struct calendar_span *span,
                     const struct calendar_pause *pauses, size_t pause_count);
/* Is the office open at this moment (breaks are closed)? And when does it open next (the moment itself
 * when it is open); CALENDAR_NO_DAY when it has no hours at all. */
bool calendar_is_open(const struct calendar *c, int64_t ms);
int64_t calendar_next_opening(const struct calendar *c, int64_t ms);

/* --- in the database ---------------------------------------------------------------------------------- */
struct holiday {
    const char *day, *kind, *name, *decree; /* kind: public_holiday collective_leave local */
};
extern const struct record holiday_record;
/* msgid: "Libur nasional", "Cuti bersama", "Libur setempat"; "" when unknown. */
const char *calendar_kind_label(const char *kind);
/* Reads the office's calendar and zone; also within a transaction. */
enum err calendar_load(struct db_conn *conn, const char *office_id, struct calendar *ret) MUST_USE;
/* The holidays of a year, ascending. */
enum err calendar_holidays(struct db_conn *conn, const char *office_id, int year,
                           struct holiday **ret, size_t *ret_count) MUST_USE;
/* From 1 November on: the coming year has no public holiday yet. *ret_year: that year, or 0. */
enum err calendar_missing_year(struct db_conn *conn, const char *office_id, int64_t now_ms,
                               int *ret_year) MUST_USE;

extern const struct db_sql *const calendar_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *calendar_routes(void);

#endif
