/* Reading pasted lines of holidays. Pure. */
#include "features/calendar/calendar_import.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/base/banned.h"

#define LINE_PARTS 3

/* --- days ------------------------------------------------------------------------------------------------ */

static int month_of(const char *word)
{
    static const char *const months[] = {"januari",   "februari", "maret",    "april",
                                         "mei",       "juni",     "juli",     "agustus",
                                         "september", "oktober",  "november", "desember"};
    for (size_t i = 0; i < ARRAY_LEN(months); i++) {
        if (str_eq(months[i], word))
            return (int)i + 1;
    }
    return 0;
}

/* Cuts at any of these characters; at most `max` parts. */
static size_t cut(struct arena *a, const char *text, const char *at, const char **parts, size_t max)
{
    size_t n = 0;
    for (const char *p = text; n < max; n++) {
        size_t length = n + 1 < max ? strcspn(p, at) : strlen(p);
        parts[n] = str_trim(a, arena_strndup(a, p, length));
        if (!p[length])
            return n + 1;
        p += length + 1;
    }
    return n;
}

char *calendar_parse_day(struct arena *a, const char *text)
{
    const char *parts[3] = {"", "", ""};
    int64_t day = 0, month = 0, year = 0;
    char *typed = str_lower(a, str_trim(a, text));
    if (calendar_day(typed) != CALENDAR_NO_DAY)
        return typed;
    if (cut(a, typed, strchr(typed, ' ') ? " " : "/-", parts, 3) != 3)
        return NULL;
    if (!str_to_i64(parts[1], 1, 12, &month))
        month = month_of(parts[1]);
    if (month == 0 || !str_to_i64(parts[0], 1, 31, &day) || !str_to_i64(parts[2], 1970, 9999, &year))
        return NULL;
    char *out = arena_printf(a, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
    return calendar_day(out) == CALENDAR_NO_DAY ? NULL : out;
}

/* --- lines ------------------------------------------------------------------------------------------------- */

static const char *kind_of(struct arena *a, const char *name, const char *kind)
{
    const char *word = str_lower(a, str_empty(kind) ? name : kind);
    if (str_starts(word, "cuti bersama"))
        return "collective_leave";
    if (str_empty(kind))
        return "public_holiday";
    if (str_starts(word, "libur nasional") || str_starts(word, "nasional"))
        return "public_holiday";
    return str_starts(word, "libur setempat") || str_starts(word, "setempat") ? "local" : NULL;
}

static bool parse_line(struct arena *a, const char *line, const char *decree, struct holiday *ret)
{
    const char *parts[LINE_PARTS] = {"", "", ""};
    size_t count = cut(a, line, ";\t", parts, LINE_PARTS);
    if (count < 2 || *parts[1] == '\0' || utf8_length(parts[1]) > CALENDAR_NAME_MAX)
        return false;
    *ret = (struct holiday){.day = calendar_parse_day(a, parts[0]),
                            .name = parts[1],
                            .kind = kind_of(a, parts[1], parts[2]),
                            .decree = decree};
    return ret->day && ret->kind;
}

bool calendar_parse_lines(struct arena *a, const char *text, const char *decree,
                          struct holiday **ret, size_t *ret_count, size_t *ret_bad_line)
{
    struct holiday *rows = ARENA_ARRAY(a, CALENDAR_IMPORT_MAX, struct holiday);
    size_t count = 0, number = 0;
    *ret_bad_line = 0;
    for (const char *p = text; p && *p;) {
        size_t length = strcspn(p, "\n");
        char *line = str_trim(a, arena_strndup(a, p, length));
        p += length + (p[length] == '\n');
        number++;
        if (*line == '\0')
            continue;
        if (count == CALENDAR_IMPORT_MAX)
            return false;
        if (!parse_line(a, line, decree, &rows[count])) {
            *ret_bad_line = number;
            return false;
        }
        count++;
    }
    if (count == 0)
        return false;
    *ret = rows;
    *ret_count = count;
    return true;
}
