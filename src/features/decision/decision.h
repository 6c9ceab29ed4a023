/* Step 6: does the Kajari receive the guest, or is the Kasi Intel enough? Two levels, first valid final
 * answer wins, every answer is kept. */
#ifndef BT_DECISION_H
#define BT_DECISION_H

#include "features/visit/visit.h"
#include "lib/base/cx.h"
#include "lib/db/db.h"

struct answer {
    const char *id, *visit_id;
    int64_t at;
    const char *official_id, *official_role, *outcome;
    int64_t minutes;
    struct bytes note_sealed;
    const char *channel, *recorded_by, *effect;
};
extern const struct record answer_record;

enum err decision_answers(struct db_conn *conn, const char *office_id, const char *visit_id,
                          struct answer **ret, size_t *ret_count) MUST_USE;
/* msgid of an outcome: "Diterima Kajari". */
const char *decision_outcome_label(const char *outcome);

/* One answer, from wherever it came. */
struct decision_new {
    struct visit_act act;
    const char *visit_id;
    const char *official_id; /* whose answer it is */
    uint32_t as_role;        /* ROLE_INTEL_CHIEF, ROLE_OFFICE_HEAD or ROLE_SECTION_CHIEF */
    const char *outcome;     /* office_head intel_chief section_chief ask_head later refused */
    int64_t minutes;
    const char *note;
    const char *channel;       /* whatsapp link page spoken silence api */
    const char *recorded_by;   /* desk, for spoken */
    const char *message_id;    /* webhook message, or NULL */
    const uint8_t *token_hash; /* to be used up in the same transaction, or NULL */
};
struct decision_result {
    const char *effect; /* final proposed asked_head later too_late */
    struct visit visit; /* after the answer */
    bool repeated;      /* this message_id or token was seen before: no second effect */
    struct refusal refusal;
};
/* Applies an answer (compare-and-set in one transaction, with the Kajari's question queued when it is
 * due). ERR_CONFLICT with a refusal when the visit can no longer be decided. An answer that is too late
 * is kept and gives ERR_CONFLICT "already_decided". */
enum err decision_answer(struct cx *cx, const struct decision_new *n,
                         struct decision_result *ret) MUST_USE;
/* Proposals whose Kajari stayed silent become final; "nanti" asks again. Called by the app's timer every second. */
enum err decision_tick(struct cx *cx, const char *office_id) MUST_USE;

extern const struct db_sql *const decision_statements[];
struct route;
/* Route rows, ended by a row without a path. */
const struct route *decision_routes(void);

#endif
