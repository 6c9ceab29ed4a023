/* What the sending thread (worker.c) does to the table; the SQL is in outbox.c. */
#ifndef BT_LIB_OUTBOX_OUTBOX_ROWS_H
#define BT_LIB_OUTBOX_OUTBOX_ROWS_H

#include "lib/outbox/outbox.h"

/* Code of a row whose last attempt may or may not have arrived. */
#define OUTBOX_CODE_UNKNOWN "unknown"

/* When the next row of a channel is due (epoch ms); 0 when there is none. */
enum err outbox_row_due(struct db_conn *conn, const char *office_id, const char *channel,
                        int64_t *ret) MUST_USE;

struct outbox_claim {
    const char *office_id, *channel;
    int64_t now_ms, lease_until;
    struct outbox_row row; /* the one that was due longest */
};
/* ERR_MISSING when none is due. */
enum err outbox_row_claim(struct db_conn *tx, struct outbox_claim *claim) MUST_USE;

/* What is recorded of an attempt. */
struct outbox_fate {
    const struct outbox_row *row; /* as it was claimed */
    const char *state;            /* sent; queued or sending (again at next_at); failed; dropped */
    const char *provider_id, *code, *reason;
    int64_t attempts, next_at, now_ms;
    bool hold_recipient; /* the recipient's other rows wait until next_at too */
};
/* ret_changed is 0 when the row has moved on without us: by a status event, or by another process
 * after our lease had ended. */
enum err outbox_row_record(struct db_conn *tx, const struct outbox_fate *f,
                           int64_t *ret_changed) MUST_USE;

#endif
