/* Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): a creating request repeated with the
 * same key has one effect. The row is written in the same transaction as the thing; no copy of the answer
 * is kept: it is rendered again with its first status. Kept 7 days. */
#ifndef BT_LIB_REPLAY_H
#define BT_LIB_REPLAY_H

#include "lib/base/cx.h"
#include "lib/db/db.h"

/* Made before the transaction. `present` false: the request has no key and nothing is done. */
struct replay {
    bool present;
    const char *office_id;
    const char *actor_id;
    uint8_t key_hash[32];
    const char *route; /* method, path pattern and path ids */
    uint8_t body_hash[32];
};

/* `key`: the header's value or NULL. `route`: what the key is for, e.g. "POST /tamu".
 * ERR_BAD with a sentence when the key is empty, too long (255) or has odd characters. */
enum err replay_prepare(struct cx *cx, const char *key, const char *route,
                        const uint8_t body_hash[32], struct replay *ret) MUST_USE;

/* First in the transaction: was this key used? ERR_OK and *ret_found: the same request was done; its
 * subject and status are returned and the transaction should end without doing anything. ERR_INVALID:
 * the key was used with another body or route (reason "idempotency_key_reused" in *ret_refusal). */
enum err replay_find(struct db_conn *tx, const struct replay *r, bool *ret_found,
                     const char **ret_subject_id, int *ret_status,
                     struct refusal *ret_refusal) MUST_USE;
/* Last in the transaction. */
enum err replay_keep(struct db_conn *tx, const struct replay *r, const char *subject_id, int status,
                     int64_t now_ms) MUST_USE;
/* Deletes rows older than 7 days, at most 200. */
enum err replay_forget(struct db_conn *tx, const char *office_id, int64_t now_ms,
                       int64_t *ret_deleted) MUST_USE;

extern const struct db_sql *const replay_statements[];

#endif
