/* Stored webhook bodies and the states of messages. */
#ifndef BT_NOTICE_STORE_H
#define BT_NOTICE_STORE_H

#include "features/notice/notice.h"

struct webhook_new {
    const char *office_id, *id;
    int64_t received_at;
    struct bytes sealed;
};
enum err notice_webhook_keep(struct db_conn *tx, void *arg); /* struct webhook_new * */

struct webhook_row {
    const char *id;
    int64_t received_at;
    struct bytes body_sealed;
};
/* Not yet processed, oldest first. */
enum err notice_webhooks(struct db_conn *conn, const char *office_id, size_t max,
                         struct webhook_row **ret, size_t *ret_count) MUST_USE;
struct webhook_done {
    const char *office_id, *id;
    int64_t now_ms;
};
enum err notice_webhook_done(struct db_conn *tx, void *arg); /* struct webhook_done * */

/* A status of one of our messages. */
struct status_change {
    struct visit_act act;
    const char *wamid, *opaque_id, *status, *code;
    int64_t at;
    bool changed; /* out */
};
enum err notice_status(struct db_conn *tx, void *arg); /* struct status_change * */

/* When a person wrote last, and the business-scoped id learnt. */
struct inbound {
    const char *office_id, *staff_id, *user_id;
    int64_t at;
};
enum err notice_inbound(struct db_conn *tx, void *arg); /* struct inbound * */

/* A reply in the open window (free text): queued once per round. */
struct reply_new {
    struct visit_act act;
    const char *outbox_id, *visit_id, *recipient_id, *channel;
};
enum err notice_reply(struct db_conn *tx, void *arg); /* struct reply_new * */

struct webhook_forget {
    const char *office_id;
    int64_t before_ms;
};
enum err notice_webhook_forget(struct db_conn *tx, void *arg); /* struct webhook_forget * */

#endif
