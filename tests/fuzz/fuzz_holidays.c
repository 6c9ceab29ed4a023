/* Pasted lines of holidays: refused with the line that is wrong, or rows whose days are real days. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "features/calendar/calendar_import.h"
#include "lib/base/arena.h"

#include "lib/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new(4096);
    const char *text = arena_strndup(a, (const char *)data, n);
    struct holiday *rows = NULL;
    size_t count = 0, bad = 0;
    if (calendar_parse_lines(a, text, "SKB", &rows, &count, &bad)) {
        if (count == 0 || count > CALENDAR_IMPORT_MAX || bad != 0)
            abort();
        for (size_t i = 0; i < count; i++) {
            int64_t day = calendar_day(rows[i].day);
            if (day == CALENDAR_NO_DAY || strcmp(calendar_day_text(a, day), rows[i].day) != 0 ||
                !*calendar_kind_label(rows[i].kind) || !*rows[i].name)
                abort();
        }
    } else if (rows) {
        abort();
    }
    arena_free(a);
    return 0;
}
