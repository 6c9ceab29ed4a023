/* The escalation's rows. */
#ifndef BT_NOTICE_ESCALATE_STORE_H
#define BT_NOTICE_ESCALATE_STORE_H

#include "features/notice/notice_rules.h"

/* A question is asked (or asked again): its first rule is due after its time. One row. */
enum err escalation_open(struct db_conn *tx, const struct visit_act *act, const char *visit_id,
                         const char *question) MUST_USE;

struct escalation {
    const char *visit_id, *question;
    int64_t asked_at, done_sort;
};
/* Whose next rule is due. */
enum err escalation_due(struct db_conn *conn, const char *office_id, int64_t now_ms,
                        struct escalation **ret, size_t *ret_count) MUST_USE;
/* Messages of the visit since a time. */
enum err escalation_rows(struct db_conn *conn, const char *office_id, const char *visit_id,
                         int64_t since, struct outbox_row **ret, size_t *ret_count) MUST_USE;

/* One rule done: only if nobody did it before and the question is still open. */
struct escalation_step {
    struct visit_act act;
    const struct escalation *of;
    int64_t sort, next_at; /* the rule that is done; when the next is due, 0: none is left */
    struct escalation_plan plan;
    const char *ids[2]; /* of the messages */
    bool done;          /* out */
};
enum err escalation_do(struct db_conn *tx, void *arg); /* struct escalation_step * */

struct escalation_save {
    struct visit_act act;
    const struct escalation_rule *rules;
    size_t count;
};
enum err escalation_save(struct db_conn *tx, void *arg); /* struct escalation_save * */

struct message_retry {
    struct visit_act act;
    const char *outbox_id;
};
enum err notice_retry_tx(struct db_conn *tx, void *arg); /* struct message_retry * */

#endif
