/* Workbooks for Excel and LibreOffice (libxlsxwriter), row by row in constant memory. Every text is a text:
 * what begins with = + - @ or a tab is never a formula, neither when the file is opened nor when somebody edits the
 * cell, and its characters stay as they are (docs/adr/0021). What XML cannot carry is left out. */
#ifndef BT_LIB_XLSX_H
#define BT_LIB_XLSX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum xlsx_kind {
    XLSX_TEXT,
    XLSX_WRAP,    /* text of several lines, broken in its cell */
    XLSX_INT,     /* number */
    XLSX_DECIMAL, /* number is in hundredths */
    XLSX_DAY,     /* number is epoch ms; the day in the office's zone */
    XLSX_TIME     /* number is epoch ms; day and time in the office's zone */
};

struct xlsx_column {
    const char *label;
    double width; /* characters */
    enum xlsx_kind kind;
};

struct xlsx_sheet {
    const char *name;         /* of the tab; what Excel forbids in it is replaced */
    const char *title;        /* above the table; NULL: none */
    const char *const *lines; /* below the title, ended by NULL; NULL: none */
    const struct xlsx_column *columns;
    size_t column_count;
    bool landscape;
    int offset_min; /* the office's zone, for days and times */
};

/* The cell's column decides which member counts. NULL text, and 0 of a day or time, are an empty cell. */
struct xlsx_cell {
    const char *text;
    int64_t number;
};

struct xlsx;

#define XLSX_TYPE     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define XLSX_ROWS_MAX 1048576

/* `dir`: where temporary files may lie (DATA/spool); they have no name there. The workbook lives until
 * xlsx_end() or xlsx_drop(). ERR_BUSY: no room for them. */
enum err xlsx_begin(struct arena *a, const char *dir, struct xlsx **ret) MUST_USE;
/* A new sheet: title, lines, and the heads, which stand still on the screen and come again on each printed
 * page. The rows that follow go there. */
enum err xlsx_sheet_begin(struct xlsx *x, const struct xlsx_sheet *s) MUST_USE;
/* One cell a column. ERR_INVALID: the sheet is full. */
enum err xlsx_row(struct xlsx *x, const struct xlsx_cell *cells) MUST_USE;
/* A row in bold across the table: totals, NIHIL. */
enum err xlsx_row_strong(struct xlsx *x, const struct xlsx_cell *cells) MUST_USE;
/* Writes the file: *ret_fd is the caller's, open at its beginning, without a name on the disk. ERR_BUSY: the
 * disk is full. The workbook is gone afterwards, whatever happens. */
enum err xlsx_end(struct xlsx *x, int *ret_fd, int64_t *ret_bytes) MUST_USE;
/* Gives up what was begun. NULL is fine. */
void xlsx_drop(struct xlsx *x);

#endif
