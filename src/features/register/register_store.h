/* SQL of the books. */
#ifndef BT_REGISTER_STORE_H
#define BT_REGISTER_STORE_H

#include "features/proof/proof.h"
#include "features/register/register.h"
#include "features/visit/visit.h"

/* Which letters `l` stand in the book $n: R and R-… are confidential letters (domain.md 3.8). */
#define REGISTER_CONFIDENTIAL_LETTER                                                               \
    "(substr(l.type, 1, 1) = 'R' AND (length(l.type) = 1 OR substr(l.type, 2, 1) IN ('-', '.')))"
#define REGISTER_LETTER_OF(book)                                                                   \
    "((" book " = 'telaahan' AND l.kind = 'review') OR (" book                                     \
    " = 'surat-keluar-rahasia' AND " REGISTER_CONFIDENTIAL_LETTER ") OR (" book                    \
    " = 'surat-keluar' AND NOT " REGISTER_CONFIDENTIAL_LETTER ")) "

/* What the office changed about a book: all but the columns into *ret, those as JSON. ERR_MISSING: nothing. */
enum err register_book_row(struct db_conn *conn, const char *office_id, const char *book,
                           struct register_book *ret, const char **ret_columns) MUST_USE;

struct register_book_change {
    struct visit_act act;
    const char *book, *code, *title, *organiser, *place, *columns; /* columns: JSON */
    const char *keeper, *acknowledged;
};
enum err register_book_put(struct db_conn *tx, void *arg); /* struct register_book_change * */

/* Visits of a month in the order of the book: number, then suffix. */
enum err register_visits(struct db_conn *conn, const char *office_id, const struct register_month *m,
                         struct visit **ret, size_t *ret_count) MUST_USE;
enum err register_recap_of(struct db_conn *conn, const char *office_id,
                           const struct register_month *m, struct register_recap *ret) MUST_USE;
/* When the first visit came; ERR_MISSING: none yet. */
enum err register_first(struct db_conn *conn, const char *office_id, int64_t *ret_ms) MUST_USE;

/* Is this the id of a closing's file? */
enum err register_closing_known(struct db_conn *conn, const char *office_id, const char *id,
                                bool *ret) MUST_USE;
/* ERR_MISSING: the month is open. */
enum err register_closing_get(struct db_conn *conn, const char *office_id, const char *book,
                              const char *month, struct register_closing *ret) MUST_USE;
/* The last closed month of a book: NULL when none is. */
enum err register_last_closed(struct db_conn *conn, const char *office_id, const char *book,
                              const char **ret) MUST_USE;

/* The first moment that lies in an open month; 0 when no month was closed. */
enum err register_open_since(struct db_conn *conn, const char *office_id, const char *book,
                             int offset_min, int64_t *ret) MUST_USE;

/* What happened to a line after its month was closed: corrected fields, cancelled (field "cancelled"), of visits
 * also late entries (field ""); late lines of other books stand in the month in which they were written.
 * `field` may name several, with commas. */
struct register_change {
    const char *row_id, *field, *reason, *by_id;
    const char *series, *number_suffix; /* series of letters; else "" */
    int64_t at, year, number, row_at;   /* row_at: when the line was received */
};
/* Changes written within [m->from_ms, m->until_ms) to lines of months that were closed by then. */
enum err register_changes(struct db_conn *conn, const char *office_id,
                          const struct register_book *b, const struct register_month *m,
                          int offset_min, struct register_change **ret, size_t *ret_count) MUST_USE;

/* Keeps a closed month with its proof; the hash of the file goes into the audit. */
struct register_close {
    struct visit_act act;
    struct register_closing closing;
    struct proof proof;
    const char *first; /* month of the first entry, or NULL */
    struct register_month month;
    /* The book whose lines are counted once more: one may have come while the paper was drawn. NULL: not. */
    const struct register_book *book;
    struct refusal refusal; /* out */
};
enum err register_close_month(struct db_conn *tx, void *arg); /* struct register_close * */

#endif
