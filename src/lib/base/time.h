/* Times: epoch milliseconds UTC inside; the office's fixed offset outside (Keppres 41/1987: WIB +7,
 * WITA +8, WIT +9, no daylight saving). */
#ifndef BT_BASE_TIME_H
#define BT_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"

/* A calendar moment in an office's zone. month 1–12, weekday 0 = Sunday. */
struct civil {
    int year, month, day, hour, minute, second, millisecond, weekday;
};

int64_t time_now_ms(void);       /* wall clock */
int64_t time_monotonic_ms(void); /* for deadlines; never runs backwards */

struct civil time_civil(int64_t ms, int offset_min);
int64_t time_from_civil(struct civil c, int offset_min);
/* Midnight that begins the office's day of `ms`. */
int64_t time_day_start(int64_t ms, int offset_min);

/* RFC 3339 with milliseconds left out and the office's offset: 2026-07-23T09:41:05+07:00. */
char *time_rfc3339(struct arena *a, int64_t ms, int offset_min);
/* Reads RFC 3339, or the browser's datetime-local (2026-07-23T09:41, taken in the office's zone). */
bool time_parse(const char *s, int offset_min, int64_t *ret);
/* "2026-07-23" → that date; false when there is no such day. */
bool time_parse_date(const char *s, int *ret_year, int *ret_month, int *ret_day);

/* The office's day of `ms`: "2026-07-23". */
char *time_day_text(struct arena *a, int64_t ms, int offset_min);

/* "WIB", "WITA", "WIT", or "UTC+n". */
const char *time_zone_letters(int offset_min);
/* "09.41", "09.41.05" */
char *time_hm(struct arena *a, int64_t ms, int offset_min);
char *time_hms(struct arena *a, int64_t ms, int offset_min);
/* "Kamis, 23 Juli 2026" or, with english, "Thursday, 23 July 2026". */
char *time_long_date(struct arena *a, int64_t ms, int offset_min, bool english);
/* A moment as every page writes it: "Kamis, 23 Juli 2026, 09.41 WIB". */
char *time_moment(struct arena *a, int64_t ms, int offset_min, bool english);
/* And as Indonesian papers do: "Kamis, 23 Juli 2026, pukul 09.41 WIB". */
char *time_paper_moment(struct arena *a, int64_t ms, int offset_min);

#endif
