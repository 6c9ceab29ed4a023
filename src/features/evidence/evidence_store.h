/* Rows of complaint_file, and the transaction that adds them. */
#ifndef BT_EVIDENCE_STORE_H
#define BT_EVIDENCE_STORE_H

#include "features/evidence/evidence.h"

struct evidence_row {
    const char *id, *kind, *of_id, *added_by;
    int64_t ordinal, sealed_bytes, added_at;
    struct bytes key_sealed, meta_sealed;
};

struct evidence_write {
    const char *office_id, *complaint_id;
    struct evidence_row rows[2]; /* the original, and its clean copy */
    size_t count;
    /* audit; action NULL: no entry */
    int64_t at;
    const char *action, *actor_kind, *actor_id, *detail;
    struct refusal refusal; /* out */
};
enum err evidence_write(struct db_conn *tx, void *arg); /* struct evidence_write * */

/* Why no further file is taken; err ERR_OK: one is. `sealed_bytes` of the new one. */
enum err evidence_room(struct db_conn *conn, const char *office_id, const char *complaint_id,
                       int64_t sealed_bytes, struct refusal *ret) MUST_USE;
enum err evidence_rows(struct db_conn *conn, const char *office_id, const char *complaint_id,
                       struct evidence_row **ret, size_t *ret_count) MUST_USE;
enum err evidence_row_get(struct db_conn *conn, const char *office_id, const char *complaint_id,
                          const char *id, struct evidence_row *ret) MUST_USE;
enum err evidence_named(struct db_conn *conn, const char *office_id, const char *id,
                        bool *ret) MUST_USE;

#endif
