/* A year of holidays pasted as lines. */
#ifndef BT_CALENDAR_IMPORT_H
#define BT_CALENDAR_IMPORT_H

#include "features/calendar/calendar.h"

#define CALENDAR_IMPORT_MAX 120u

/* Lines "2027-01-01; Tahun Baru 2027" or "1 Januari 2027; Cuti bersama …; cuti bersama": a day, a name,
 * and perhaps a kind, divided by semicolons or tabs; empty lines are skipped. Without a kind a name that
 * begins with "Cuti bersama" says so itself, the rest are public holidays. True: rows in *ret. False:
 * *ret_bad_line is the first line (from 1) that was not understood; 0: too many, or none at all. */
bool calendar_parse_lines(struct arena *a, const char *text, const char *decree,
                          struct holiday **ret, size_t *ret_count, size_t *ret_bad_line);
/* "2027-01-01", "1/1/2027", "01-01-2027", "1 Januari 2027" → "2027-01-01"; NULL when it is none. */
char *calendar_parse_day(struct arena *a, const char *text);

#endif
