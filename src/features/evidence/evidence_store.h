/* Rows of complaint_file, and the transaction that adds them. */
#ifndef BT_EVIDENCE_STORE_H
#define BT_EVIDENCE_STORE_H

#include "features/audit/audit.h"
#include "features/evidence/evidence.h"
#include "lib/replay/replay.h"

struct evidence_row {
    const char *id, *kind, *of_id, *added_by;
    int64_t ordinal, sealed_bytes, added_at;
    struct bytes key_sealed, meta_sealed;
};

struct evidence_write {
    const char *office_id, *complaint_id;
    struct evidence_row rows[2]; /* the original, and its clean copy */
    size_t count;
    struct replay replay;
    int64_t replay_at; /* the day alone */
    /* audit; action NULL: no entry */
    int64_t at;
    const char *action, *actor_kind, *actor_id, *detail;
    struct refusal refusal; /* out */
    bool repeated;          /* out: was stored before, nothing was done */
};
enum err evidence_write(struct db_conn *tx, void *arg); /* struct evidence_write * */

/* Whether a form brought this file before. */
enum err evidence_repeated(struct db_conn *conn, const struct replay *r, bool *ret) MUST_USE;

struct evidence_mark {
    const char *office_id, *complaint_id, *id;
    struct bytes before, after; /* meta_sealed: compared, and set */
    struct audit_new entry;
};
/* ERR_CONFLICT when the row is no longer as it was read. */
enum err evidence_mark(struct db_conn *tx, void *arg); /* struct evidence_mark * */

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
