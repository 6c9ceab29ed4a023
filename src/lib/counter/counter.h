/* Numbers without a gap: one counter per office, book and period, taken inside the transaction that uses the
 * number, so that a refused write leaves no hole. And the letters that stand behind a number of a late entry. */
#ifndef BT_LIB_COUNTER_H
#define BT_LIB_COUNTER_H

#include "lib/base/arena.h"
#include "lib/db/db.h"

/* The next number of `book` ("visit", "letter:B") in `period` ("2026", "2026-07-23"): 1, 2, …. The counter's
 * row stays locked until the transaction ends. */
enum err counter_next(struct db_conn *tx, const char *office_id, const char *book,
                      const char *period, int64_t *ret) MUST_USE;
/* The same for a calendar year. */
enum err counter_next_of_year(struct db_conn *tx, const char *office_id, const char *book,
                              int64_t year, int64_t *ret) MUST_USE;
/* A, B, … Z, AA, …: what stands behind the number of the (used + 1)th late entry. */
const char *counter_suffix(struct arena *a, int64_t used);

extern const struct db_sql *const counter_statements[];

#endif
