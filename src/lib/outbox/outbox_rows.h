/* What the sending thread (worker.c) does to the table; the SQL is in outbox.c. */
#ifndef BT_LIB_OUTBOX_OUTBOX_ROWS_H
#define BT_LIB_OUTBOX_OUTBOX_ROWS_H

#include "lib/outbox/outbox.h"

/* Code of a row whose last attempt may or may not have arrived. */
#define OUTBOX_CODE_UNKNOWN "unknown"
#define OUTBOX_CODE_RENDER  "render" /* our own trouble with the text */
#define OUTBOX_CODE_ADDRESS                                                                        \
    "no_address" /* the recipient cannot be reached on this channel any more */

/* So many messages of one channel may be on their way at once, each to another person. */
#define OUTBOX_FLIGHTS_MAX 4u

struct outbox_claim {
    const char *office_id, *channel;
    int64_t now_ms, lease_until;
    /* Who has a message on its way just now: his next one waits for it. Empty: nobody. */
    char busy[OUTBOX_FLIGHTS_MAX - 1][UUID_TEXT_BYTES];
    int64_t recipient_gap_ms, recipient_burst; /* the pace of a recipient; 0: none */
    struct outbox_row row;                     /* the one that was due longest */
    bool paced;          /* it was put back: its recipient has had enough for now, … */
    int64_t paced_until; /* … until then */
};
/* When the next row is due (epoch ms); 0 when there is none. */
enum err outbox_row_due(struct db_conn *conn, const struct outbox_claim *claim,
                        int64_t *ret) MUST_USE;
/* ERR_MISSING when none is due. */
enum err outbox_row_claim(struct db_conn *tx, struct outbox_claim *claim) MUST_USE;

/* What is recorded of an attempt. */
struct outbox_fate {
    const struct outbox_row *row; /* as it was claimed */
    const char *state;            /* sent; queued or sending (again at next_at); failed; dropped */
    const char *provider_id, *code, *reason;
    int64_t attempts, next_at, now_ms;
    bool hold_recipient; /* the recipient's other rows wait until next_at too */
    int64_t hold_until; /* sent: his other rows on this channel wait until then; 0: they need not */
};
/* ret_changed is 0 when the row has moved on without us: by a status event, or by another process
 * after our lease had ended. */
/* By the attempt's result, now. */
struct outbox_fate outbox_fate_of(const struct outbox_timing *t, const struct outbox_row *row,
                                  const struct outbox_result *result);
enum err outbox_row_record(struct db_conn *tx, const struct outbox_fate *f,
                           int64_t *ret_changed) MUST_USE;

/* The recipient's token bucket, told from when his last messages left (oldest first): it holds `burst`
 * and fills by one each gap. How many he may have now; 0: none before *ret_at. Pure. */
int64_t outbox_pace(const int64_t *sent_at, size_t count, const struct outbox_claim *claim,
                    int64_t *ret_at);
/* Puts a claimed row back when its recipient has had enough; sets row.pace_left. */
enum err outbox_row_pace(struct db_conn *tx, struct outbox_claim *claim) MUST_USE;
/* Those in the row's message share its fate: "sent", "delivered", "read"; anything else lets them go. */
enum err outbox_carried_follow(struct db_conn *tx, const struct outbox_row *carrier,
                               const char *state, int64_t at) MUST_USE;
extern const struct db_sql *const outbox_carry_statements[];

/* What one attempt says of its channel. */
struct health_note {
    const char *office_id, *channel;
    bool accepted, failing, paused; /* none of them: it was tried, no more is known */
    const char *code, *reason;
    int64_t now_ms;
};
/* A recipient's own trouble says nothing against the channel. */
struct health_note outbox_health_of(const struct outbox_row *row,
                                    const struct outbox_result *result, int64_t now_ms);
enum err outbox_health_note(struct db_conn *tx, const struct health_note *n) MUST_USE;
/* A device had a message. */
enum err outbox_health_delivered(struct db_conn *tx, const char *office_id, const char *channel,
                                 int64_t at) MUST_USE;

#endif
