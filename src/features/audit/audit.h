/* The audit: append-only, hash-chained, written in the same transaction as the act. An entry's number
 * is also the event number of the live pages. Entries hold ids and codes, never personal data. */
#ifndef BT_AUDIT_H
#define BT_AUDIT_H

#include "lib/base/cx.h"
#include "lib/base/record.h"
#include "lib/db/db.h"

struct audit_new {
    const char *office_id;
    int64_t at;
    const char *actor_kind;   /* "user", "token", "system", "official" */
    const char *actor_id;     /* "" for the system */
    const char *action;       /* "visit_registered" */
    const char *subject_kind; /* "visit" */
    const char *subject_id;
    const char *detail; /* codes, ids and labels of ours: "badge=A-07"; "" for none */
};

struct audit_entry {
    int64_t seq;
    int64_t at;
    const char *actor_kind;
    const char *actor_id;
    const char *action;
    const char *subject_kind;
    const char *subject_id;
    const char *detail;
    struct bytes hash;
};
extern const struct record audit_record;

/* actor kind and id of this cx, as the audit names them. */
const char *audit_actor_kind(const struct cx *cx);

/* Appends an entry. The last statement of a transaction (its row lock is the office's). Its time never
 * runs backwards. ret_seq may be NULL. */
enum err audit_append(struct db_conn *tx, const struct audit_new *e, int64_t *ret_seq) MUST_USE;
/* Appends one entry in a transaction of its own: for looks ("photo_viewed"). */
enum err audit_note(struct cx *cx, const char *action, const char *subject_kind,
                    const char *subject_id, const char *detail) MUST_USE;
/* The head is made with the office. */
enum err audit_begin(struct db_conn *tx, const char *office_id, int64_t now_ms) MUST_USE;
/* Number of the newest entry. */
enum err audit_head(struct db_conn *conn, const char *office_id, int64_t *ret_seq) MUST_USE;
/* Walks the whole chain. ERR_OK and the count; ERR_CONFLICT names the first bad sequence. */
enum err audit_verify(struct db_conn *conn, struct arena *scratch, const char *office_id,
                      int64_t *ret_count, int64_t *ret_bad_seq) MUST_USE;
/* Entries of one subject, oldest first, at most max. */
enum err audit_of_subject(struct db_conn *conn, const char *office_id, const char *subject_id,
                          size_t max, struct audit_entry **ret, size_t *ret_count) MUST_USE;
/* Who looked at a subject and who was let in: entries whose action ends in "read", "viewed", "fetched" or
 * "shared" or speaks of an export; newest first, at most max. */
enum err audit_looks(struct db_conn *conn, const char *office_id, const char *subject_id,
                     size_t max, struct audit_entry **ret, size_t *ret_count) MUST_USE;
/* Entries about visits and message channels with seq > after, for the live pages. */
enum err audit_events_after(struct db_conn *conn, const char *office_id, int64_t after, size_t max,
                            struct audit_entry **ret, size_t *ret_count) MUST_USE;
/* What an action is called for people (msgid), e.g. "Tanda pengenal diserahkan". */
const char *audit_action_label(const char *action);

extern const struct db_sql *const audit_statements[];

#endif
