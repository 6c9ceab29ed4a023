/* The transaction of one answer: filled by decision_web_answer.c, run by decision_store.c. */
#ifndef BT_DECISION_STORE_H
#define BT_DECISION_STORE_H

#include "features/decision/decision.h"
#include "features/decision/decision_rules.h"
#include "features/notice/notice.h"
#include "lib/replay/replay.h"

struct decision_change {
    const struct decision_new *in;
    struct replay replay;
    bool ask_head_always;
    int64_t head_silence_ms;
    const char *answer_id;
    struct bytes note_sealed;
    struct notice_new question; /* to the Kajari; its channel NULL when there is none */
    const char *chief_id, *head_id, *section_id; /* holders of the posts, or NULL */
    bool silence;                                /* the timer: only if the proposal is still due */
    /* out */
    bool replayed;
    struct decision_result *result;
};
enum err decision_apply(struct db_conn *tx, void *arg); /* struct decision_change * */

/* Gathers, applies, wakes. c->in and c->result are set; c->replay may be. (decision_web_answer.c) */
enum err decision_answer_with(struct cx *cx, struct decision_change *c) MUST_USE;

/* Visits whose proposal is due, resp. that must be asked again. */
enum err decision_due(struct db_conn *conn, const char *office_id, int64_t now_ms,
                      struct visit **ret, size_t *ret_count) MUST_USE;
enum err decision_to_ask(struct db_conn *conn, const char *office_id, int64_t now_ms,
                         struct visit **ret, size_t *ret_count) MUST_USE;

/* "Nanti" has passed: the message goes out again. */
struct decision_again {
    struct visit_act act;
    const char *visit_id;
    int64_t head_silence_ms;
    struct notice_new chief, question;
};
enum err decision_ask_again(struct db_conn *tx, void *arg); /* struct decision_again * */

/* --- single-use answers -------------------------------------------------------------------------------- */
struct answer_token {
    const char *visit_id, *outbox_id, *staff_id, *as_role, *action;
    int64_t expires_at, used_at;
};
enum err decision_token_find(struct db_conn *conn, const char *office_id, const uint8_t hash[32],
                             struct answer_token *ret) MUST_USE;
struct answer_token_new {
    uint8_t hash[32];
    const char *action;
    int64_t number; /* of a numbered text answer ("Balas 1"); 0: none */
};
struct answer_tokens_new {
    const char *office_id;
    struct answer_token common; /* visit, outbox row, person, role, expiry */
    const struct answer_token_new *tokens;
    size_t count;
};
enum err decision_tokens_add(struct db_conn *tx, void *arg); /* struct answer_tokens_new * */

/* A person's answers since a time, newest first. */
enum err decision_answers_of(struct db_conn *conn, const char *office_id, const char *official_id,
                             int64_t since, struct answer **ret, size_t *ret_count) MUST_USE;

/* Visits that wait for this person's answer: (role bits as level one, level two). Oldest first. */
enum err decision_waiting(struct db_conn *conn, const char *office_id, struct visit **ret,
                          size_t *ret_count) MUST_USE;

#endif
