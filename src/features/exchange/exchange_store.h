/* Transactions of an import, and what they take. */
#ifndef BT_EXCHANGE_STORE_H
#define BT_EXCHANGE_STORE_H

#include "features/exchange/exchange.h"
#include "features/register/register.h"
#include "features/visit/visit.h"

/* One accepted row, sealed. `visitor_id`: for a guest who is not known; NULL when the book names no document. */
struct exchange_put {
    struct visit visit; /* year, arrived_at, due_at, name, … */
    const char *visitor_id;
    struct bytes visitor_identity;
};

struct exchange_change {
    struct visit_act act;
    struct exchange_batch batch; /* in: id and what is new; out: as it is now */
    /* of exchange_tx_rows: those of the file up to row_next */
    struct exchange_put *rows;
    size_t count;
    int64_t row_from; /* row_next as it was when the rows were read */
    int64_t accepted, refused, warned;
    size_t closed_count; /* months that were closed when they were read */
    bool last;
    int offset_min;
    bool finished;          /* out of exchange_tx_undo: nothing is left */
    struct refusal refusal; /* out */
};
enum err exchange_tx_upload(struct db_conn *tx, void *arg); /* struct exchange_change * */
enum err exchange_tx_mapping(struct db_conn *tx, void *arg);
enum err exchange_tx_begin(struct db_conn *tx, void *arg);
enum err exchange_tx_rows(struct db_conn *tx, void *arg);
enum err exchange_tx_undo(struct db_conn *tx,
                          void *arg); /* at most EXCHANGE_CHUNK; again until finished */

enum err exchange_batch_get(struct db_conn *conn, const char *office_id, const char *id,
                            struct exchange_batch *ret) MUST_USE;
/* The newest first, at most 100. */
enum err exchange_batches(struct db_conn *conn, const char *office_id, struct exchange_batch **ret,
                          size_t *ret_count) MUST_USE;
/* How a book with these heads was mapped the last time. ERR_MISSING: never. */
enum err exchange_mapping_of(struct db_conn *conn, const char *office_id, struct bytes head_index,
                             const char **ret) MUST_USE;
/* Is this guest of this moment there already, from another import? */
enum err exchange_known(struct db_conn *conn, const char *office_id, const char *batch_id,
                        const struct exchange_guest *g, bool *ret) MUST_USE;
/* Months of the guest book that are closed: array of "YYYY-MM". */
struct exchange_month {
    const char *month;
};
enum err exchange_closed_months(struct db_conn *conn, const char *office_id,
                                struct exchange_month **ret, size_t *ret_count) MUST_USE;

/* Visits from from_ms until until_ms in the order of arrival, behind (after_ms, after_id). */
enum err exchange_visits(struct db_conn *conn, const char *office_id, const int64_t range[2],
                         const struct visit *after, struct visit **ret, size_t *ret_count) MUST_USE;
enum err exchange_visit_count(struct db_conn *conn, const char *office_id, const int64_t range[2],
                              int64_t *ret) MUST_USE;

#endif
