/* Reading tables that others made: .xlsx (libzip, libxml2's reader) and .csv, row by row. The file is from
 * anybody: every size has its ceiling before anything is unpacked, a document type or an entity is refused.
 * Of a workbook the first sheet that is shown is read. Of its memory, only the shared texts grow with the file. */
#ifndef BT_LIB_XLSX_READ_H
#define BT_LIB_XLSX_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define SHEET_FILE_MAX    ((size_t)7 << 20)
#define SHEET_PART_MAX    ((size_t)96 << 20) /* a part of the workbook, unpacked */
#define SHEET_TEXTS_MAX   ((size_t)24 << 20) /* all shared texts */
#define SHEET_RATIO_MAX   200                /* unpacked to packed; counted from 1 MiB on */
#define SHEET_ENTRIES_MAX 1000
#define SHEET_ROWS_MAX    100000
#define SHEET_COLUMNS_MAX 60
#define SHEET_CELL_MAX    ((size_t)32 << 10)

enum sheet_kind { SHEET_EMPTY, SHEET_TEXT, SHEET_NUMBER, SHEET_TIME };

/* `text` is never NULL, valid UTF-8: as people would read the cell. `number`: of SHEET_NUMBER and SHEET_TIME; a
 * time counts in days from 30 December 1899. */
struct sheet_cell {
    enum sheet_kind kind;
    const char *text;
    double number;
};

struct sheet_row {
    int64_t number; /* as the spreadsheet counts its rows; of .csv the line where it begins */
    const struct sheet_cell *cells;
    size_t count; /* at most SHEET_COLUMNS_MAX; the columns after them are left out */
};

struct sheet;

/* `file` must outlive the reader, which goes with the arena. ERR_INVALID: *ret_why is a msgid that says what to
 * do. */
enum err sheet_open(struct arena *a, struct bytes file, struct sheet **ret,
                    const char **ret_why) MUST_USE;
/* The next row that holds anything, alive until the one after it. ERR_MISSING: there is none. ERR_INVALID: the
 * file is damaged here, and sheet_why() says so. */
enum err sheet_next(struct sheet *s, struct sheet_row *ret) MUST_USE;
const char *sheet_why(const struct sheet *s);  /* a msgid, or NULL */
const char *sheet_note(const struct sheet *s); /* a msgid: what was made of the file, or NULL */
bool sheet_is_csv(const struct sheet *s);
/* Day and time of a count of days: false when it is no time of 1900 to 9999. */
bool sheet_time(double days, int64_t *ret_ms);

#endif
