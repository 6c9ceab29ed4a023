/* The books that the office must keep (R.IN.…): filled by what happened, shown by month, printed in their
 * official columns, closed and signed at the end of each month (domain.md 1.4; KEP-135/A/JA/05/2019). */
#ifndef BT_REGISTER_H
#define BT_REGISTER_H

#include <stdbool.h>

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

#define REGISTER_COLUMNS_MAX 12
#define REGISTER_ROWS_MAX    20000 /* of a month */

struct register_column {
    const char *key;   /* what stands in it: "identity" */
    const char *label; /* as printed: "Identitas lengkap tamu" */
    int share;         /* of the paper's width */
};

/* A book as the office keeps it. */
struct register_book {
    const char *book; /* in paths: "tamu" */
    const char *code, *title, *organiser, *place;
    struct register_column columns[REGISTER_COLUMNS_MAX];
    size_t column_count;
    int64_t changed_at; /* 0: as shipped */
};
/* The shipped books, ended by book NULL. */
extern const struct register_book register_books[];

struct register_month {
    int year, month;
    int64_t from_ms, until_ms; /* in the office's zone; until_ms is the first moment after it */
    const char *text;          /* "2026-07" */
};

/* monthly_recap: what the closing counts. remaining = carried + received - settled. */
struct register_recap {
    int64_t carried, received, settled, individuals, organisations;
};

struct register_closing {
    const char *book, *month, *id, *closed_by, *signer, *acknowledged, *proof_code;
    int64_t closed_at, carried, received, settled, individuals, organisations, pages;
    struct bytes file_hash;
};

/* --- rules (register.c, pure) ---------------------------------------------------------------------------- */
const struct register_book *register_shipped(const char *book); /* NULL: no such book */
/* "2026-07" */
bool register_month_read(struct arena *a, const char *text, int offset_min,
                         struct register_month *ret);
struct register_month register_month_of(struct arena *a, int64_t ms, int offset_min);
struct register_month register_month_before(struct arena *a, const struct register_month *m,
                                            int offset_min);
struct register_month register_month_after(struct arena *a, const struct register_month *m,
                                           int offset_min);
/* "Juli 2026" */
char *register_month_label(struct arena *a, const struct register_month *m, bool english);
/* May the month be closed now? `last`: the last closed month ("YYYY-MM") or NULL; `first`: the month of the
 * first entry. Refusals (409): "month_runs", "already_closed", "earlier_month_open". */
struct refusal register_may_close(struct arena *a, const struct register_month *m, int64_t now_ms,
                                  const char *first, const char *last);
/* Where the letters are signed, from an office's name: "Kejaksaan Negeri Kapuas" → "Kapuas". */
const char *register_place(const char *office_name);

extern const struct db_sql *const register_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *register_routes(void);
/* Removes files of closings that were never stored. For the clock. */
enum err register_sweep(struct cx *cx, const char *office_id) MUST_USE;

#endif
