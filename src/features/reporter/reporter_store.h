/* What the reporter's pages keep: who sits at the tablet now, whether the public page is open, messages. */
#ifndef BT_REPORTER_STORE_H
#define BT_REPORTER_STORE_H

#include "features/reporter/reporter.h"

struct kiosk_session {
    const char *id;
    int64_t ends_at;
    struct bytes visit_sealed; /* kiosk_session|visit_sealed|id */
};

struct kiosk_open {
    const char *office_id, *id;
    struct bytes code_hash, visit_sealed;
    int64_t now_ms, ends_at;
};
/* Also removes what is over. */
enum err kiosk_open_tx(struct db_conn *tx, void *arg); /* struct kiosk_open * */

struct kiosk_begin {
    const char *office_id;
    struct bytes code_hash, cookie_hash;
    int64_t now_ms, ends_at;
};
/* Takes a code, once. ERR_MISSING: unknown, used or over. */
enum err kiosk_begin_tx(struct db_conn *tx, void *arg); /* struct kiosk_begin * */
enum err kiosk_find(struct db_conn *conn, const char *office_id, struct bytes cookie_hash,
                    int64_t now_ms, struct kiosk_session *ret) MUST_USE;

struct kiosk_end {
    const char *office_id;
    struct bytes cookie_hash; /* {NULL, 0}: all that are over */
    int64_t now_ms;
};
enum err kiosk_end_tx(struct db_conn *tx, void *arg); /* struct kiosk_end * */

struct reporter_public_change {
    const char *office_id, *actor_id;
    bool open;
    int64_t now_ms;
};
enum err reporter_public_change_tx(struct db_conn *tx,
                                   void *arg); /* struct reporter_public_change * */

struct reporter_message {
    const char *id, *complaint_id;
    int64_t seq, at, from_reporter;
    const char *kind, *by_id;
    struct bytes body_sealed;
    int64_t seen_at; /* 0: not yet */
};

struct reporter_message_new {
    const char *office_id;
    struct reporter_message message; /* seq is given inside */
    bool audited;                    /* false: an anonymous reporter's */
    int64_t now_ms;
    struct refusal refusal; /* out */
};
/* ERR_CONFLICT "withdrawal_asked" for a second withdrawal. */
enum err reporter_message_add_tx(struct db_conn *tx, void *arg); /* struct reporter_message_new * */
/* All of a complaint, oldest first. */
#define MESSAGES_MAX                                                                               \
    500 /* of one complaint; then the reporter may only withdraw, and the office answer */
enum err reporter_messages(struct db_conn *conn, const char *office_id, const char *complaint_id,
                           struct reporter_message **ret, size_t *ret_count) MUST_USE;

struct reporter_message_seen {
    const char *office_id, *complaint_id, *staff_id;
    int64_t now_ms;
    int64_t last_seq; /* the last one that was shown: what came meanwhile is still unread */
};
/* The office read them: an entry in the audit each time. */
enum err reporter_message_seen_tx(struct db_conn *tx,
                                  void *arg); /* struct reporter_message_seen * */

#endif
