/* Step 5: the notice to the Kasi Intel, the Kajari's question, and what WhatsApp tells us of both. */
#ifndef BT_NOTICE_H
#define BT_NOTICE_H

#include "features/visit/visit.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"
#include "lib/outbox/outbox.h"

#define NOTICE_VISIT    "visit_notice"
#define NOTICE_QUESTION "head_question"
#define NOTICE_LATE     "late_reply"

/* Which channel is set up: "whatsapp" or NULL with the reason (msgid) why step 5 is skipped. */
const char *notice_channel(const struct cx *cx, const char **ret_reason);

/* In the transaction of step 2 or 6: queues the message for a person and sets the visit's notice or
 * question state. Nothing is queued when channel is NULL (the state says why). */
struct notice_new {
    const char *outbox_id; /* UUIDv7 made before */
    const char *kind;
    const char *recipient_id; /* staff id, NULL when nobody holds the post */
    const char *channel;
    const char *reason;
    int64_t round;
    int64_t not_before; /* 0: at once */
};
enum err notice_queue(struct db_conn *tx, const struct visit_act *act, const char *visit_id, const struct notice_new *n) MUST_USE;

/* Outbox hooks (lib/outbox). */
enum err notice_render(struct cx *cx, const struct outbox_row *row, struct outbox_message *ret) MUST_USE;
enum err notice_sent(struct db_conn *tx, const struct outbox_row *row, const struct outbox_result *result, int64_t now_ms) MUST_USE;
/* Processes stored webhook bodies (app's timer, and after each webhook). */
enum err notice_process_webhooks(struct cx *cx, const char *office_id) MUST_USE;
/* Deletes raw bodies older than 30 days. */
enum err notice_forget(struct cx *cx, const char *office_id) MUST_USE;

extern const struct db_sql *const notice_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *notice_routes(void);

#endif
